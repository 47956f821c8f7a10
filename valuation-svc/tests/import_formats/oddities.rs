//! What real files have besides data: repeated rows and headers, blank lines, formulas, doubtful days.

use valuation_svc::catalogue::patent::LegalStatus;

use crate::{day, facts, only, read, refused};

#[test]
fn of_a_document_that_stands_twice_the_last_row_wins_and_is_counted() {
    let file = read(
        "公开(公告)号,标题,权利要求数量,被引证次数,法律状态\n\
         CN115000001B,旧名称,9,,有效\nCN115000002B,另一件,1,1,有效\nCN 115000001 B,新名称,,12,失效\n",
    )
    .unwrap();
    assert_eq!((file.read, file.duplicates, file.rows.len()), (3, 1, 2));
    let patent = &facts(file)[0];
    assert_eq!(patent.title, "新名称");
    assert_eq!((patent.claims, patent.forward_citations), (Some(9), Some(12)), "what is not said stays");
    assert_eq!(patent.legal_status, LegalStatus::Lapsed);
}

#[test]
fn blank_lines_and_repeated_headers_are_no_rows() {
    let file = read("\n\n公开号,标题\n\nCN1234567C,甲\n,\n公开号,标题\nCN1234568C,乙\n\n").unwrap();
    assert_eq!((file.read, file.header_line), (2, 3));
    assert_eq!(facts(file).len(), 2);
}

#[test]
fn the_last_row_may_break_off_and_a_cell_may_hold_lines() {
    let patent = only("公开号,标题,摘要,申请日\n\"CN1234567C\",\"甲\n的 方法\"");
    assert_eq!(patent.title, "甲 的 方法");
    assert_eq!(patent.filing_date, None);
}

#[test]
fn texts_dressed_as_formulas_are_texts_and_other_formulas_are_refused() {
    let patent = only(
        "公开号,标题,申请日\n\"=HYPERLINK(\"\"https://a.example/\"\",\"\"CN1234567C\"\")\",甲,\"=\"\"20190307\"\"\"\n",
    );
    assert_eq!((patent.publication_number.as_str(), patent.filing_date), ("CN1234567C", day("2019-03-07")));
    let text = "公开号,标题\nCN1234567C,=cmd|' /C calc'!A0\n";
    assert_eq!(refused(text), [(2, Some("标题".to_owned()), "formula")]);
}

#[test]
fn the_days_of_a_column_show_its_order_together() {
    let all = facts(
        read("Publication Number,Title,Filing date\nEP1654906B1,a,03/04/2004\nEP1654907B1,b,25/04/2004\n")
            .unwrap(),
    );
    assert_eq!(all[0].filing_date, day("2004-04-03"));
    let all = facts(
        read("Publication Number,Title,Filing date\nEP1654906B1,a,03/04/2004\nEP1654907B1,b,04/25/2004\n")
            .unwrap(),
    );
    assert_eq!(all[0].filing_date, day("2004-03-04"));
    let text = "Publication Number,Title,Filing date\nEP1654906B1,a,03/04/2004\nEP1654907B1,b,2004-04-25\n";
    assert_eq!(refused(text), [(2, Some("Filing date".to_owned()), "ambiguous-date")]);
}

#[test]
fn every_form_of_a_day_is_read() {
    for form in [
        "2019-03-07",
        "2019/3/7",
        "2019.03.07",
        "07.03.2019",
        "20190307",
        "2019年3月7日",
        "43531",
        "2019/3/7 0:00",
    ] {
        let patent = only(&format!("公开号,标题,申请日\nCN1234567C,甲,{form}\n"));
        assert_eq!(patent.filing_date, day("2019-03-07"), "{form}");
    }
}

#[test]
fn a_cell_that_says_nothing_is_unknown_and_no_nought() {
    let patent =
        only("公开号,标题,权利要求数量,被引证次数,申请日,发明人\nCN1234567C,甲,-,N/A,0000-00-00,无\n");
    assert_eq!((patent.claims, patent.forward_citations, patent.filing_date), (None, None, None));
    assert!(patent.inventors.is_empty());
}

#[test]
fn a_grant_number_stands_in_for_a_missing_publication_number() {
    let patent = only("授权公告号,专利名称,专利号\nCN1234567C,甲,ZL 03104033.0\n");
    assert_eq!(patent.publication_number, "CN1234567C");
    assert_eq!(patent.application_number.as_deref(), Some("CN03104033.0"));
}
