//! A small file of each export.

use valuation_svc::catalogue::{
    import::Format,
    patent::{LegalStatus, PatentKind},
};

use crate::{day, facts, only, read};

#[test]
fn the_lens_of_today_says_owners_claims_of_status_and_citations() {
    let patent = only(
        "#,Jurisdiction,Kind,Display Key,Lens ID,Publication Date,Publication Year,Application Number,Application \
         Date,Priority Numbers,Earliest Priority Date,Title,Abstract,Applicants,Inventors,Owners,URL,Document \
         Type,Has Full Text,Cites Patent Count,Cited by Patent Count,Simple Family Size,Extended Family \
         Size,Sequence Count,CPC Classifications,IPCR Classifications,US Classifications,NPL Citation \
         Count,Simple Family Members,Legal Status\n\
         1,US,B2,US 9999123 B2,012-345-678-901-234,2018-06-19,2018,US 201514999123 A,2015-11-02,US 201462074000 P \
         20141103,2014-11-03,Lithium Recovery From Brine,A method.,\"DOE; INC.;;ROE LTD\",\"KRESS; ROBERT W.\",ROE \
         LTD (2019-01-01),https://lens.org/012-345-678-901-234,Granted \
         Patent,yes,12,34,3,5,0,C22B26/12;;C01D15/08,C22B26/12,423/1,7,US 9999123 B2;;CN 107000000 B;;EP 3215000 \
         A1,Active\n",
    );
    assert_eq!(patent.publication_number, "US9999123B2");
    assert_eq!((patent.kind, patent.legal_status), (PatentKind::Invention, LegalStatus::Granted));
    assert_eq!(patent.applicants, ["DOE, INC.", "ROE LTD"]);
    assert_eq!(patent.inventors, ["KRESS, ROBERT W."]);
    assert_eq!(patent.ipc, ["C22B26/12"]);
    assert_eq!(patent.cpc, ["C22B26/12", "C01D15/08"]);
    assert_eq!((patent.backward_citations, patent.forward_citations), (Some(12), Some(34)));
    assert_eq!((patent.non_patent_citations, patent.simple_family_size), (Some(7), Some(3)));
    assert_eq!(patent.family_countries, ["CN", "EP", "US"]);
    assert_eq!((patent.priority_date, patent.grant_date), (day("2014-11-03"), day("2018-06-19")));
    assert_eq!(patent.expiry_date, day("2035-11-02"));
    assert_eq!(patent.lens_id.as_deref(), Some("012-345-678-901-234"));
}

#[test]
fn espacenet_of_today_has_lines_above_its_header_and_families_in_one_row() {
    let file = read(
        "Search results\n\"Query: ti = \"\"lithium brine\"\"\"\n\n\
         No,Title,Inventors,Applicants,Publication number,Earliest priority,IPC,CPC,Publication date,Earliest \
         publication,Family number\n\
         1,Extracting lithium,\"LI MING [CN]\nZHANG SAN [CN]\",UNIV X [CN],\"CN115000123A\nCN115000123B\",\
         2021-03-05,\"C22B26/12 (2006.01)\nC22B3/42 (2006.01)\",C22B26/12,\"2022-09-02\n2023-10-10\",2022-09-02,\
         82000000\n",
    )
    .unwrap();
    assert_eq!((file.format, file.header_line), (Format::Espacenet, 4));
    let patent = &facts(file)[0];
    assert_eq!(patent.publication_number, "CN115000123A");
    assert_eq!(patent.publication_date, day("2022-09-02"));
    assert_eq!(patent.ipc, ["C22B26/12", "C22B3/42"]);
    assert_eq!(patent.inventors, ["LI MING", "ZHANG SAN"]);
    assert_eq!(patent.priority_date, day("2021-03-05"));
}

#[test]
fn patentscope_writes_days_first_and_countries_apart() {
    let file = read(
        "Application Id\tApplication Number\tApplication Date\tCountry\tTitle\tAbstract\tI P C\tApplicants\tInventors\
         \tPublication Number\tPublication Date\tPriorities Data\n\
         WO2012134605\tPCT/US2012/023300\t31.01.2012\tWO\tFeed additive\tText\tA23K 1/16\tDOE; ROE\tA; B\
         \tWO/2012/134605\t04.10.2012\t61/438,000 31.01.2011 US\n\
         US43429111\t13999111\t15.01.2014\tUnited States of America\tCatalyst\t\tB01J 21/00; B01J 23/00\tDOE\tA\
         \t20140200100\t17.07.2014\t\n",
    )
    .unwrap();
    assert_eq!(file.format, Format::Patentscope);
    let all = facts(file);
    assert_eq!(all[0].publication_number, "WO2012134605");
    assert_eq!(all[0].application_number.as_deref(), Some("PCT/US2012/023300"));
    assert_eq!(all[0].publication_date, day("2012-10-04"));
    assert_eq!(all[0].applicants, ["DOE", "ROE"]);
    assert_eq!(all[1].publication_number, "US20140200100");
    assert_eq!(all[1].ipc, ["B01J21/00", "B01J23/00"]);
}

#[test]
fn google_patents_begins_with_the_address_of_the_search() {
    let file = read(
        "search URL:,https://patents.google.com/?q=lithium&oq=lithium\n\
         id,title,assignee,inventor/author,priority date,filing/creation date,publication date,grant date,result \
         link,representative figure link\n\
         US-9876543-B2,\"Device, and method\",\"Foo, Inc.\",\"Ann Doe, Bob Roe\",2012-03-01,2013-03-01,2018-01-23,\
         2018-01-23,https://patents.google.com/patent/US9876543B2/en,https://patentimages.storage.googleapis.com/a.png\n\
         CN-107000001-A,锂盐的制备方法,某某大学,张三,2016-12-01,2016-12-01,2017-08-01,,\
         https://patents.google.com/patent/CN107000001A/en,\n",
    )
    .unwrap();
    assert_eq!((file.format, file.header_line), (Format::GooglePatents, 2));
    let all = facts(file);
    assert_eq!(all[0].publication_number, "US9876543B2");
    assert_eq!(all[0].applicants, ["Foo, Inc."]);
    assert_eq!((all[0].legal_status, all[0].grant_date), (LegalStatus::Granted, day("2018-01-23")));
    assert_eq!((all[1].legal_status, all[1].grant_date), (LegalStatus::Unknown, None));
    assert_eq!(all[1].url.as_deref(), Some("https://patents.google.com/patent/CN107000001A/en"));
}

#[test]
fn derwent_parts_with_semicolons_and_bars_below_title_lines() {
    let file = read(
        "Derwent Innovation Export;;;\nExported: 2024-01-05;;;\n\n\
         Publication Number;Title;Title - DWPI;Assignee/Applicant;Assignee - Current US;Inventor;Application \
         Number;Application Date;Publication Date;Priority Date - Earliest;IPC - Current;Count of Citing \
         Patents;Count of Cited Refs - Patent;Count of Cited Refs - Non-patent;INPADOC Family Members;DWPI Family \
         Members;Dead/Alive\n\
         US9123456B2;;New brine process;Doe Inc | Roe Ltd;Roe Ltd;Doe, A. | Roe, B.;US13123456A;2011-04-01;\
         2015-09-01;2010-04-01;C22B002612 | C22B000342;17;5;2;US9123456B2 | EP2500000A1;US9123456B2 | EP2500000A1 | \
         CN102800000B;Alive\n",
    )
    .unwrap();
    assert_eq!((file.format, file.header_line), (Format::Derwent, 4));
    let patent = &facts(file)[0];
    assert_eq!(patent.title, "New brine process");
    assert_eq!(patent.applicants, ["Doe Inc", "Roe Ltd"]);
    assert_eq!(patent.inventors, ["Doe, A.", "Roe, B."]);
    assert_eq!(patent.ipc, ["C22B26/12", "C22B3/42"]);
    assert_eq!((patent.simple_family_size, patent.extended_family_size), (Some(3), Some(2)));
    assert_eq!(patent.family_countries, ["CN", "EP", "US"]);
    assert_eq!(patent.legal_status, LegalStatus::Granted);
}

#[test]
fn incopat_in_chinese_counts_everything() {
    let file = read(
        "序号,标题,公开（公告）号,申请号,申请日,公开（公告）日,申请人,发明人,IPC,IPC主分类,专利类型,专利有效性,当前法律状态,\
         权利要求数量,独立权利要求数量,文献页数,被引证次数,引证次数,简单同族个数,扩展同族个数,同族国家/地区,转让次数,许可次数,\
         质押次数,诉讼次数,国民经济行业,年费缴至\n\
         1,一种锂盐的制备方法,CN103456789B,CN201310467361.2,2013/10/9,2015年3月4日,甲公司; 乙大学,张三; 李四,\
         C22B3/42; C22B26/12,C22B26/12,发明授权,有效,授权,10,2,12,8,6,3,4,CN; US,1,2,1,0,C32,2026-10-09\n",
    )
    .unwrap();
    assert_eq!(file.format, Format::IncoPat);
    assert_eq!(file.unread, ["序号", "文献页数"]);
    let patent = &facts(file)[0];
    assert_eq!(patent.application_number.as_deref(), Some("CN201310467361.2"));
    assert_eq!((patent.filing_date, patent.grant_date), (day("2013-10-09"), day("2015-03-04")));
    assert_eq!(patent.ipc, ["C22B26/12", "C22B3/42"], "the main class comes first");
    assert_eq!((patent.claims, patent.independent_claims), (Some(10), Some(2)));
    assert_eq!((patent.transfers, patent.licences, patent.pledges), (Some(1), Some(2), Some(1)));
    assert_eq!(patent.litigations, Some(0), "a stated nought is known");
    assert_eq!(patent.family_countries, ["CN", "US"]);
    assert_eq!(patent.annuities_paid_to, day("2026-10-09"));
    assert_eq!(patent.legal_status, LegalStatus::Granted);
}

#[test]
fn patsnap_parts_with_bars_and_knows_original_and_current_owners() {
    let file = read(
        "公开(公告)号,标题,摘要,原始申请(专利权)人,当前申请(专利权)人,发明人,申请日,公开(公告)日,授权日,预估到期日,简单法律状态,\
         法律状态/事件,专利类型,IPC主分类,被引用专利数量,引用专利数量,简单同族,受理局\n\
         CN210000001U,卡车车桥,摘要,甲公司,乙公司 | 丙公司,张三 | 李四,2019.06.01,2020.05.01,2020.05.01,2029.06.01,失效,\
         未缴年费 | 权利转移,实用新型,B60B35/00,2,0,CN210000001U | CN110000001A,中国\n",
    )
    .unwrap();
    assert_eq!(file.format, Format::PatSnap);
    let patent = &facts(file)[0];
    assert_eq!((patent.kind, patent.legal_status), (PatentKind::UtilityModel, LegalStatus::Lapsed));
    assert_eq!(patent.applicants, ["甲公司"]);
    assert_eq!(patent.current_owners, ["乙公司", "丙公司"]);
    assert_eq!((patent.expiry_date, patent.simple_family_size), (day("2029-06-01"), Some(2)));
}

#[test]
fn the_chinese_office_and_other_vendors_use_other_words_for_the_same() {
    let all = facts(
        read(
            "专利名称\t公开（公告）号\t申请号\t申请日\t公开（公告）日\t申请（专利权）人\t发明人\tIPC分类号\t法律状态\t专利类型\t权利要求数\n\
             包装盒\tCN301234567S\t201030123456.X\t20100301\t20101201\t丁公司\t王五\tLOC(9)Cl.09-03\t期限届满\t外观设计\t\n\
             一种稻田养鱼方法\tCN107000002A\t201710000001\t20170101\t20170801\t农科院；戊合作社\t赵六、钱七\tA01K61/00；A01G22/22\
             \t实质审查\t发明专利\t9项\n",
        )
        .unwrap(),
    );
    assert_eq!((all[0].kind, all[0].legal_status), (PatentKind::Design, LegalStatus::Expired));
    assert_eq!(all[0].application_number.as_deref(), Some("CN201030123456.X"));
    assert!(all[0].ipc.is_empty(), "a class of designs is no IPC symbol");
    assert_eq!(all[0].expiry_date, day("2020-03-01"), "ten years for a design filed before 2021-06-01");
    assert_eq!(all[1].legal_status, LegalStatus::Pending);
    assert_eq!(all[1].inventors, ["赵六", "钱七"]);
    assert_eq!(all[1].applicants, ["农科院", "戊合作社"]);
    assert_eq!(all[1].claims, Some(9));
    assert!(all[1].application_number.as_deref().unwrap().starts_with("CN201710000001."));
}
