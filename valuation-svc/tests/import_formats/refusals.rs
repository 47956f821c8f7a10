//! What is refused: rows one by one with line, column and reason, files with one sentence.

use valuation_svc::catalogue::import::{self, ImportProblem, Limits};

use crate::{read, refused};

fn at(line: u64, column: &str, code: &'static str) -> (u64, Option<String>, &'static str) {
    (line, Some(column.to_owned()), code)
}

#[test]
fn each_bad_row_is_named_and_the_good_ones_are_read() {
    let text = "公开（公告）号,标题,申请号,申请日,权利要求数,IPC分类号,链接\n\
                CN1234567C,甲,,,,,\n\
                ,乙,,,,,\n\
                CN1234568C,,,,,,\n\
                一种方法,丁,,,,,\n\
                1234567,戊,,,,,\n\
                CN1234569C,己,CN201310467361.5,,,,\n\
                CN1234570C,庚,,2019-02-30,,,\n\
                CN1234571C,辛,,,很多,,\n\
                CN1234572C,壬,,,,农业,\n\
                CN1234573C,癸,,,,,javascript:alert(1)\n\
                CN1234574C,子,,,,,,多了一格\n\
                CN1234575C,\"丑,,,,,\n\
                CN1234576C,寅,,,,,\n";
    assert_eq!(
        refused(text),
        [
            at(3, "公开（公告）号", "missing"),
            at(4, "标题", "missing"),
            at(5, "公开（公告）号", "not-a-number"),
            at(6, "公开（公告）号", "office-unknown"),
            at(7, "申请号", "check-digit"),
            at(8, "申请日", "bad-date"),
            at(9, "权利要求数", "bad-count"),
            at(10, "IPC分类号", "bad-class"),
            at(11, "链接", "bad-link"),
            (12, None, "too-many-cells"),
            (13, None, "unclosed-quote"),
        ]
    );
    let file = read(text).unwrap();
    assert_eq!((file.read, file.rejected()), (13, 11));
}

#[test]
fn a_cell_with_the_character_zero_refuses_its_row_and_a_column_name_with_it_the_file() {
    let text =
        "公开号,标题,摘要,备注\nCN1234567C,甲\u{0}乙,文,\nCN1234568C,乙\u{0},文,\nCN1234569C,丙,文,\u{0}\n";
    let filler: String = (0..40).map(|n| format!("CN12346{n:02}C,一种无人机的控制方法,文,\n")).collect();
    assert_eq!(
        refused(&format!("{text}{filler}")),
        [at(2, "标题", "zero-character"), at(3, "标题", "zero-character")],
        "a column that is not read does not matter"
    );
    let json = "{\"publication_number\":\"CN1234567C\",\"title\":\"甲\\u0000\"}\n";
    assert_eq!(refused(json), [at(1, "title", "zero-character")]);
    let header = format!("{text}{filler}").replacen("摘要", "摘\u{0}要", 1);
    assert_eq!(read(&header).unwrap_err().code(), "damaged-header");
}

#[test]
fn two_columns_of_one_name_refuse_the_file_unless_nobody_reads_them() {
    for (text, name) in [
        ("公开号,标题,标题\nCN1234567C,甲,乙\n", "标题"),
        ("Title;Publication Number;TITLE\na;EP1654906B1;b\n", "TITLE"),
        ("{\"公开号\":\"CN1234567C\",\"标题\":\"甲\",\"标题\":\"乙\"}\n", "标题"),
        (
            "{\"公开号\":\"CN1234567C\",\"Title\":\"甲\"}\n{\"title\":\"乙\",\"公开号\":\"CN1234568C\"}\n",
            "title",
        ),
    ] {
        let refusal = read(text).unwrap_err();
        assert_eq!(refusal.code(), "repeated-column", "{text}");
        assert!(refusal.zh().contains(name) && refusal.en().contains(name), "{refusal}");
    }
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in (0_u16..).zip(["公开号", "标题", "申请日", "申请日"]) {
        sheet.write(0, column, header).unwrap();
    }
    sheet.write(1, 0, "CN1234567C").unwrap();
    // A second sheet that would read does not stand in for the first.
    let second = book.add_worksheet();
    for (column, cells) in (0_u16..).zip([["公开号", "CN1234567C"], ["标题", "甲"]]) {
        second.write(0, column, cells[0]).unwrap();
        second.write(1, column, cells[1]).unwrap();
    }
    let refusal = import::read(&book.save_to_buffer().unwrap(), None).unwrap_err();
    assert_eq!(refusal, ImportProblem::RepeatedColumn { header: "申请日".to_owned() });
    let file = read("公开号,标题,备注,备注\nCN1234567C,甲,一,二\n").unwrap();
    assert_eq!((file.read, file.unread.len()), (1, 2));
}

#[test]
fn a_reason_is_a_sentence_in_both_languages() {
    let (_, refused) = read("公开号,标题,申请号\nCN1234567C,甲,CN201310467361.5\n").unwrap().into_parts();
    assert_eq!(refused[0].reason.zh(), "申请号“CN201310467361.5”的校验位不正确，应为 2");
    assert!(refused[0].reason.en().contains("it must be 2"));
    let json = serde_json::to_value(&refused[0]).unwrap();
    assert_eq!(json["line"], 2);
    assert_eq!(json["column"], "申请号");
    assert_eq!(json["reason"]["code"], "check-digit");
}

#[test]
fn a_file_that_is_no_table_of_patents_is_refused_in_one_sentence() {
    for (bytes, code) in [
        (&b""[..], "empty"),
        (b" \r\n \n", "empty"),
        (b"%PDF-1.7 ...", "not-a-table"),
        (b"<!DOCTYPE html><table></table>", "not-a-table"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07", "not-a-table"),
        (b"name,amount\nloan,3\n", "unrecognised-headers"),
        (b"PK\x03\x04 no package", "corrupt-workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old-workbook"),
    ] {
        let refusal = import::read(bytes, None).unwrap_err();
        assert_eq!(refusal.code(), code, "{bytes:?}");
        assert!(refusal.zh().ends_with('。') && refusal.en().ends_with('.'), "{refusal}");
        assert_eq!(refusal.en().lines().count(), 1);
    }
    let refusal = read("编号,名字\n1,2\n").unwrap_err();
    assert!(refusal.zh().contains("编号、名字"), "{}", refusal.zh());
}

#[test]
fn beyond_its_limits_a_file_is_refused_and_not_cut_short() {
    let text = "公开号,标题\nCN1234567C,甲\nCN1234568C,乙\nCN1234569C,丙\n";
    let within = |limits: Limits| import::read_within(text.as_bytes(), None, &limits);
    assert_eq!(within(Limits { rows_max: 3, ..Limits::default() }).unwrap().read, 3);
    assert_eq!(
        within(Limits { rows_max: 2, ..Limits::default() }),
        Err(ImportProblem::TooManyRows { rows_max: 2 })
    );
    assert_eq!(
        within(Limits { file_bytes_max: 20, ..Limits::default() }),
        Err(ImportProblem::TooLarge { bytes_max: 20 })
    );
    assert_eq!(
        within(Limits { columns_max: 1, ..Limits::default() }),
        Err(ImportProblem::TooManyColumns { columns_max: 1 })
    );
    let long = format!("公开号,标题\nCN1234567C,{}\n", "长".repeat(100));
    let limits = Limits { cell_bytes_max: 100, ..Limits::default() };
    let (_, refused) = import::read_within(long.as_bytes(), None, &limits).unwrap().into_parts();
    assert_eq!((refused[0].line, refused[0].reason.code()), (2, "cell-too-large"));
}
