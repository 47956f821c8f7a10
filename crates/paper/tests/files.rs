//! The files as other programs read them: PDF by `lopdf`, workbooks by `calamine`. Where the machine has no Chinese
//! font, what needs one is left out, unless `IPF_TEST_REQUIRE_ALL` is set.

#[cfg(test)]
mod files {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};
    use chrono::NaiveDate;
    use finance::Money;
    use paper::{
        Cell, Column, Fonts, Kind, Language, Paper, PaperError, Picture, Side, Table,
        sheet::{Book, Sheet},
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn fonts_are_here() -> bool {
        match Fonts::installed() {
            Ok(_) => true,
            Err(PaperError::NoChineseFont) => {
                assert!(
                    std::env::var_os("IPF_TEST_REQUIRE_ALL").is_none(),
                    "no Chinese font is installed and every test is demanded"
                );
                false
            }
            Err(error) => panic!("{error}"),
        }
    }

    fn payments(rows: i64) -> Table {
        let columns = [
            Column::date("还款日"),
            Column::text("摘要"),
            Column::amount("本金（元）"),
            Column::balance("余额（元）"),
            Column::new("年利率", Kind::Percent),
        ];
        let rows = (1..=rows).map(|number| {
            [
                Cell::Date(day("2026-11-24")),
                Cell::Text(format!("第{number}笔还款，按合同约定归还本金及利息，由借款人账户扣划")),
                Cell::Amount(Money::from_fen(number * 100_001)),
                Cell::Amount(Money::from_fen(123_456_789_012 - number)),
                Cell::Percent("0.0345".parse().unwrap()),
            ]
        });
        Table::new(columns).rows(rows).sums("合计")
    }

    fn statement(rows: i64) -> Paper {
        Paper::new(Language::Chinese, "贷款对账单", day("2026-11-24"))
            .subtitle("2026-01-01 至 2026-11-24")
            .head("示例银行股份有限公司", "编号 L-20261124-1")
            .foot("本对账单由系统生成")
            .grid([("借款人", "成都催化剂有限公司"), ("借据号", "L-1"), ("年利率", "3.45 %")])
            .heading("还款明细")
            .table(payments(rows))
            .paragraph("以上款项均已入账。The figures are exact to the fen.")
            .signatures([("贷款人", "示例银行"), ("借款人", "成都催化剂有限公司")])
            .verification("验证码 0123-4567-89AB，可在本平台核验。")
    }

    /// The text of each page, without white space.
    fn pages(bytes: &[u8]) -> Vec<String> {
        let document = lopdf::Document::load_mem(bytes).unwrap();
        let numbers: Vec<u32> = document.get_pages().keys().copied().collect();
        numbers
            .into_iter()
            .map(|number| {
                document.extract_text(&[number]).unwrap().chars().filter(|c| !c.is_whitespace()).collect()
            })
            .collect()
    }

    #[test]
    fn a_picture_stands_whole_on_a_page_with_its_words_within_the_margins() {
        if !fonts_are_here() {
            return;
        }
        let picture = || {
            Picture::new(120.0)
                .boxed((0.1, 10.0), (0.9, 30.0), 200)
                .words((1.0, 40.0), Side::Left, "右端的文字不越出页边")
                .words((0.0, 60.0), Side::Right, "左端的文字也一样")
        };
        let paper = || (0..8).fold(statement(3), |paper, _| paper.picture(picture()));
        let bytes = paper().bytes().unwrap();
        let pages = pages(&bytes);
        let held = pages.iter().map(|page| page.matches("右端的文字不越出页边").count()).sum::<usize>();
        assert_eq!(held, 8, "{pages:?}");
        assert!(pages.len() > 1 && pages.iter().all(|page| !page.is_empty()));
        assert_eq!(paper().bytes().unwrap(), bytes, "the same picture gives the same bytes");
    }

    #[test]
    fn a_pdf_says_in_chinese_what_was_put_on_it() {
        if !fonts_are_here() {
            return;
        }
        let pages = pages(&statement(3).bytes().unwrap());
        assert_eq!(pages.len(), 1);
        let text = &pages[0];
        for expected in [
            "贷款对账单",
            "2026-01-01至2026-11-24",
            "示例银行股份有限公司",
            "编号L-20261124-1",
            "成都催化剂有限公司",
            "还款明细",
            "1,000.01",
            "3.45%",
            "合计",
            "6,000.06",
            "以上款项均已入账。Thefiguresareexacttothefen.",
            "签字（盖章）",
            "验证码0123-4567-89AB",
            "第1页/共1页",
        ] {
            assert!(text.contains(expected), "{expected} is missing in {text}");
        }
    }

    #[test]
    fn a_long_table_breaks_over_pages_repeats_its_head_and_loses_no_row() {
        if !fonts_are_here() {
            return;
        }
        let pages = pages(&statement(120).bytes().unwrap());
        assert!(pages.len() > 2, "{} pages", pages.len());
        for (index, text) in pages.iter().enumerate() {
            assert!(text.contains(&format!("第{}页/共{}页", index + 1, pages.len())), "{text}");
            if text.contains("笔还款") {
                assert!(text.contains("本金（元）"), "no head on page {}", index + 1);
            }
        }
        let whole = pages.concat();
        for number in 1..=120 {
            assert!(whole.contains(&format!("第{number}笔还款")), "row {number} is missing");
        }
        // 1 + … + 120 = 7,260 times 1,000.01
        assert_eq!(whole.matches("7,260,072.60").count(), 1, "the sum stands once, at the end");
    }

    #[test]
    fn a_cell_higher_than_a_page_is_continued_and_figures_too_wide_for_the_page_keep_every_digit() {
        if !fonts_are_here() {
            return;
        }
        let long: String = (0..6_000).map(|number| char::from(b'a' + (number % 26) as u8)).collect();
        let mut columns = vec![Column::text("说明")];
        let mut row = vec![Cell::Text(long.clone())];
        for number in 0..9 {
            columns.push(Column::amount(format!("金额{number}")));
            row.push(Cell::Amount(Money::from_fen(1_234_567_890_123_456 + number)));
        }
        let paper =
            Paper::new(Language::English, "Wide", day("2026-11-24")).table(Table::new(columns).row(row));
        let pages = pages(&paper.bytes().unwrap());
        assert!(pages.len() > 1);
        let letters: usize =
            pages.iter().map(|text| text.matches("abcdef").count() + text.matches("uvwxyz").count()).sum();
        assert!(letters > 0, "the long text is there");
        assert!(pages.last().unwrap().contains(&format!("Page{}of{}", pages.len(), pages.len())));
    }

    #[test]
    fn the_same_document_has_the_same_bytes_and_a_few_characters_of_the_font() {
        if !fonts_are_here() {
            return;
        }
        let (one, two) = (statement(30).bytes().unwrap(), statement(30).bytes().unwrap());
        assert!(one == two, "the bytes differ");
        assert!(one.len() < 400_000, "{} bytes: the whole font is embedded", one.len());
        let other = Paper::new(Language::Chinese, "贷款对账单", day("2026-11-25")).bytes().unwrap();
        assert!(one != other);
    }

    #[test]
    fn a_document_without_a_chinese_font_is_refused_and_not_printed_as_boxes() {
        let error = Fonts::among(&fontdb::Database::new()).unwrap_err();
        assert!(error.to_string().starts_with("no Chinese font is installed on the server"), "{error}");
    }

    fn read(bytes: Vec<u8>, name: &str) -> calamine::Range<Data> {
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
        book.worksheet_range(name).unwrap()
    }

    #[test]
    fn a_workbook_has_typed_cells_exact_to_the_fen_and_sums() {
        let book = Book::new(day("2026-11-24"))
            .sheet(Sheet::new("还款明细", payments(3)).notes([("借款人", "成都催化剂有限公司")]));
        let bytes = book.bytes().unwrap();
        assert!(bytes == book.bytes().unwrap(), "the same content has the same bytes");
        let range = read(bytes, "还款明细");
        let at = |row, column| range.get_value((row, column)).cloned().unwrap_or(Data::Empty);
        assert_eq!(at(0, 1), Data::String("成都催化剂有限公司".into()));
        assert_eq!(at(2, 2), Data::String("本金（元）".into()));
        assert_eq!(at(3, 2), Data::Float(1_000.01));
        assert_eq!(at(5, 3), Data::Float(1_234_567_890.09));
        assert_eq!(at(3, 4), Data::Float(0.0345));
        assert!(matches!(at(3, 0), Data::DateTime(_)), "{:?}", at(3, 0));
        assert_eq!(at(6, 0), Data::String("合计".into()));
        assert_eq!(at(6, 2), Data::Float(6_000.06));
        assert_eq!(at(6, 3), Data::Empty, "a balance has no sum");
    }

    #[test]
    fn a_figure_with_decimals_is_a_number_as_long_as_no_digit_of_it_is_lost() {
        let figures = [
            ("68.50", Data::Float(68.5)),
            ("-0.068", Data::Float(-0.068)),
            ("12", Data::Float(12.0)),
            ("0.123456789", Data::Float(0.123_456_789)),
            ("9999999999999.99", Data::Float(9_999_999_999_999.99)),
            ("10000000000000.01", Data::String("10000000000000.01".into())),
            ("0.1234567890123456", Data::String("0.1234567890123456".into())),
        ];
        let table = Table::new([Column::new("评分", Kind::Decimal)])
            .rows(figures.iter().map(|(figure, _)| [Cell::Decimal(figure.parse().unwrap())]));
        let range = read(Book::new(day("2026-11-24")).sheet(Sheet::new("表", table)).bytes().unwrap(), "表");
        for ((row, _), (figure, expected)) in range.rows().enumerate().skip(1).zip(figures) {
            assert_eq!(range.get((row, 0)), Some(&expected), "{figure}");
        }
        assert_eq!(range.height(), 8);
    }

    #[test]
    fn text_never_becomes_a_formula_and_an_amount_beyond_doubles_stays_exact() {
        let table = Table::new([Column::text("摘要"), Column::balance("金额")])
            .row([Cell::Text("=1+1".into()), Cell::Amount(Money::MAX)]);
        let range = read(Book::new(day("2026-11-24")).sheet(Sheet::new("表", table)).bytes().unwrap(), "表");
        assert_eq!(range.get_value((1, 0)), Some(&Data::String("=1+1".into())));
        assert_eq!(range.get_value((1, 1)), Some(&Data::String("92233720368547758.07".into())));
    }
}
