//! Cases, funds and claims: what is shown beside each other, what is sent, what is kept.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    recovery_samples::WRITE_OFF,
    samples::{BANK, ENTERPRISE, FACILITY, ID, PATENT, loan},
};

#[tokio::test]
async fn a_case_shows_waterfall_and_shares_as_table_and_picture_and_what_was_promised() {
    let api = FakeApi::default();
    for (lang, waterfall, broken) in
        [("zh", "价款分配", "已违约"), ("en", "Waterfall of the proceeds", "Broken")]
    {
        let page = Browser::of(&api, "risk_manager", lang).get(&format!("/disposal/{ID}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        for part in [waterfall, broken, "250,000.00", "2.75%", "var(--c1)", "DC-2027-0001"] {
            assert!(page.has(part), "{lang}: {part}");
        }
    }
}

#[tokio::test]
async fn a_loan_that_has_a_case_is_not_offered_for_a_second_one() {
    let mut free = loan();
    free["id"] = json!(PATENT);
    free["number"] = json!("LN-2026-0002");
    let loans = json!({ "items": [loan(), free] });
    let api = FakeApi { instead: vec![("/pledge/v1/loans", loans.clone())], ..FakeApi::default() };
    let form = Browser::of(&api, "risk_manager", "zh").get("/disposal/new").await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.text);
    assert!(form.has("LN-2026-0002") && !form.has("LN-2026-0001"), "{}", form.text);
    let asked: Vec<String> = api
        .asked()
        .into_iter()
        .filter(|one| one.path.ends_with("/disposal-cases"))
        .map(|one| one.query)
        .collect();
    for status in ["proposed", "collection", "disposal", "sharing", "written_off"] {
        assert!(
            asked.iter().any(|query| query.contains(&format!("status={status}&"))),
            "{status}: {asked:?}"
        );
    }
    assert!(!asked.iter().any(|query| query.contains("closed")), "a closed case bars no new one: {asked:?}");
    let none = json!({ "items": [] });
    let instead = vec![("/pledge/v1/loans", loans), ("/disposal-cases", none)];
    let api = FakeApi { instead, ..FakeApi::default() };
    let form = Browser::of(&api, "risk_manager", "zh").get("/disposal/new").await;
    assert!(form.has("LN-2026-0001") && form.has("LN-2026-0002"), "{}", form.text);
}

#[tokio::test]
async fn who_decides_sees_what_is_asked_beside_what_it_would_do_and_where_the_case_stands() {
    let refusal = json!({ "slug": "four-eyes", "detail": "经办人不得审批自己提交的事项。" });
    let api = FakeApi { refuse: Some(("/approve", 403, refusal)), ..FakeApi::default() };
    let mut browser = Browser::of(&api, "credit_approver", "zh");
    let path = format!("/disposal-proposals/{ID}/approve");
    let page = browser.get(&path).await;
    for part in ["孙悦", "买受人", "110,000.00", "500,000.00", "价款分配"] {
        assert!(page.has(part), "{part}");
    }
    let page = browser.post(&path, &[("idempotency_key", "k-1")]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.has("经办人不得审批自己提交的事项。"));
    assert_eq!(api.last(&Method::POST, "/approve").unwrap().key, "k-1");
}

#[tokio::test]
async fn proceeds_are_sent_patent_by_patent_with_what_each_was_lent_on() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    let lot = format!("{PATENT}|ZL202110000001.X|4000000.00");
    let fields = [
        ("method", "auction"),
        ("buyer", "买受人"),
        ("reference", "1 号"),
        ("order", "statutory"),
        ("lots[0].patent_id", lot.as_str()),
        ("lots[0].price", "11"),
        ("lots[0].price_unit", "wan"),
    ];
    let sent = browser.post(&format!("/disposal/{ID}/proceeds"), &fields).await;
    assert_eq!(sent.location, format!("/disposal-proposals/{ID}?done=disp-asked"));
    let body = api.last(&Method::POST, "/proposals").unwrap().body;
    assert_eq!(
        body,
        json!({ "kind": "proceeds", "method": "auction", "buyer": "买受人", "reference": "1 号",
            "order": ["costs", "interest", "penalty", "principal"],
            "lots": [{ "patent_id": PATENT, "number": "ZL202110000001.X", "price": "110000.00", "appraised": "4000000.00" }] })
    );
}

#[tokio::test]
async fn a_loss_is_shared_with_further_parties_and_bad_figures_stand_at_their_fields() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    let path = format!("/disposal/{ID}/sharing");
    let bad = [
        ("interest", "true"),
        ("also[0].bearer", "appraiser"),
        ("also[0].name", "评估机构"),
        ("also[0].share", "四"),
    ];
    let page = browser.post(&path, &bad).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("aria-invalid=\"true\"") && page.has("value=\"评估机构\""));
    assert!(api.last(&Method::POST, "/proposals").is_none());
    let good = [
        ("interest", "false"),
        ("penalty", "false"),
        ("also[0].bearer", "appraiser"),
        ("also[0].name", "评估机构"),
        ("also[0].rank", "2"),
        ("also[0].share", "4"),
    ];
    browser.post(&path, &good).await;
    assert_eq!(
        api.last(&Method::POST, "/proposals").unwrap().body,
        json!({ "kind": "sharing", "interest": false, "penalty": false,
            "also": [{ "bearer": "appraiser", "name": "评估机构", "rank": 2, "share": "0.04" }] })
    );
}

#[tokio::test]
async fn a_sale_takes_as_many_patents_and_a_loss_as_many_parties_as_there_are() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    let path = format!("/disposal/{ID}/proceeds");
    let first = browser.get(&path).await;
    assert!(first.has("lots[3].price") && !first.has("lots[9].price"));
    let mut fields: Vec<(String, String)> =
        [("method", "auction"), ("buyer", "买受人"), ("reference", "1 号"), ("order", "principal_first")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
    for i in 0..10 {
        fields.push((format!("lots[{i}].patent_id"), format!("{PATENT}|ZL{i}|")));
        fields.push((format!("lots[{i}].price"), "1".to_owned()));
        fields.push((format!("lots[{i}].price_unit"), "yuan".to_owned()));
    }
    let mut more: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    more.push(("act", "more_rows"));
    let page = browser.post(&path, &more).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("lots[13].price") && page.has("value=\"买受人\""), "more rows, and what was typed");
    assert!(api.last(&Method::POST, "/proposals").is_none(), "nothing is asked for yet");
    more.pop();
    browser.post(&path, &more).await;
    let sent = api.last(&Method::POST, "/proposals").unwrap().body;
    assert_eq!(sent["lots"].as_array().unwrap().len(), 10, "one sale of ten patents");
    let path = format!("/disposal/{ID}/sharing");
    let named = [
        ("interest", "true"),
        ("penalty", "false"),
        ("also[5].bearer", "insurer"),
        ("also[5].party_id", ID),
        ("also[5].rank", "1"),
        ("also[5].share", "16"),
    ];
    browser.post(&path, &named).await;
    assert_eq!(
        api.last(&Method::POST, "/proposals").unwrap().body["also"],
        json!([{ "bearer": "insurer", "name": "", "party_id": ID, "rank": 1, "share": "0.16" }])
    );
}

#[tokio::test]
async fn a_write_off_names_its_papers_and_what_is_missing_stands_at_the_paper() {
    let refusal = json!({ "slug": "invalid-request", "detail": "请求有误。", "errors": [
        { "field": "papers.judgment", "detail": "须提供：判决。" }] });
    let api = FakeApi { refuse: Some(("/proposals", 422, refusal)), ..FakeApi::default() };
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    let fields = [("condition", "enforced"), ("papers.debt", "档案 1 号"), ("papers.judgment", "")];
    let page = browser.post(&format!("/disposal/{ID}/write_off"), &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("须提供：判决。") && page.has("value=\"档案 1 号\""));
    let body = api.last(&Method::POST, "/proposals").unwrap().body;
    assert_eq!(
        body,
        json!({ "kind": "write_off", "condition": "enforced", "papers": [{ "code": "debt", "reference": "档案 1 号" }] })
    );
}

#[tokio::test]
async fn a_paper_of_a_write_off_is_sent_with_its_document_of_the_case() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    let path = format!("/disposal/{ID}/write_off");
    assert!(browser.get(&path).await.has("营业执照.pdf"), "chosen among the case's documents");
    let fields = [("condition", "enforced"), ("papers.debt", "档案 1 号"), ("document.debt", ID)];
    browser.post(&path, &fields).await;
    assert_eq!(
        api.last(&Method::POST, "/proposals").unwrap().body,
        json!({ "kind": "write_off", "condition": "enforced",
            "papers": [{ "code": "debt", "reference": "档案 1 号", "document_id": ID }] })
    );
}

#[tokio::test]
async fn a_loan_is_declared_due_and_what_is_left_of_its_collateral_found_worthless() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    let case = browser.get(&format!("/disposal/{ID}")).await;
    for part in ["宣布提前到期日", "ZL202110000002.X", "认定无变现价值"] {
        assert!(case.has(part), "{part}");
    }
    let fields = [
        ("ground", "misuse"),
        ("reason", "挪用贷款资金"),
        ("clause", "第十二条"),
        ("notified_on", "2027-04-11"),
        ("document_id", ID),
    ];
    browser.post(&format!("/disposal/{ID}/acceleration"), &fields).await;
    assert_eq!(
        api.last(&Method::POST, "/proposals").unwrap().body,
        json!({ "kind": "acceleration", "ground": "misuse", "reason": "挪用贷款资金", "clause": "第十二条",
            "notified_on": "2027-04-11", "document_id": ID })
    );
    let fields = [
        ("patent_id", PATENT),
        ("value", "0.5"),
        ("value_unit", "wan"),
        ("costs", "2"),
        ("costs_unit", "wan"),
        ("valued_on", "2027-04-11"),
        ("valuer", "评估机构"),
        ("reason", "两次流拍"),
        ("document_id", ID),
    ];
    browser.post(&format!("/disposal/{ID}/finding"), &fields).await;
    assert_eq!(
        api.last(&Method::POST, "/proposals").unwrap().body,
        json!({ "kind": "finding", "patent_ids": [PATENT], "value": "5000.00", "costs": "20000.00",
            "valued_on": "2027-04-11", "valuer": "评估机构", "reason": "两次流拍", "document_id": ID })
    );
}

#[tokio::test]
async fn a_write_off_shows_its_level_and_takes_the_risk_managers_word() {
    let api = FakeApi::default();
    let page =
        Browser::of(&api, "credit_approver", "zh").get(&format!("/disposal-proposals/{WRITE_OFF}")).await;
    assert!(page.has("该金额须先经风险经理同意。") && page.has("250,000.00"), "{}", page.text);
    let mut manager = Browser::of(&api, "risk_manager", "zh");
    let path = format!("/disposal-proposals/{WRITE_OFF}/consent");
    assert_eq!(manager.get(&path).await.status, StatusCode::OK);
    manager.post(&path, &[("agrees", "true"), ("comment", "已穷尽追索")]).await;
    assert_eq!(
        api.last(&Method::POST, "/consent").unwrap().body,
        json!({ "agrees": true, "comment": "已穷尽追索" })
    );
}

#[tokio::test]
async fn a_bank_that_takes_part_reads_the_write_off_and_says_its_word_on_what_it_has_read() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "credit_approver", "zh");
    let page = browser.get(&format!("/write-offs/{ID}")).await;
    for text in ["乙银行", "100,000.00", "寄送催收函", "丙银行", "同意核销"] {
        assert!(page.has(text), "{text}: {}", page.text);
    }
    let path = format!("/write-offs/{ID}/decline");
    assert_eq!(browser.get(&path).await.status, StatusCode::OK);
    let sent = browser.post(&path, &[("reason", "追偿未尽"), ("seen_version", "4")]).await;
    assert_eq!(sent.location, format!("/write-offs/{ID}?done=ag-declined"));
    let said = api.last(&Method::POST, "/decline").unwrap();
    assert_eq!((&said.body, said.if_match.as_str()), (&json!({ "reason": "追偿未尽" }), "\"4\""));
    assert!(said.path.ends_with(&format!("/disposal-proposals/{ID}/decline")), "{}", said.path);
}

#[tokio::test]
async fn a_promise_is_noted_with_its_amount_and_day() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    let fields = [
        ("kind", "promise"),
        ("note", "承诺还款"),
        ("promise.amount", "0.1"),
        ("promise.amount_unit", "wan"),
        ("promise.until", "2027-05-01"),
    ];
    let sent = browser.post(&format!("/disposal/{ID}/action"), &fields).await;
    assert_eq!(sent.location, format!("/disposal/{ID}?done=disp-noted"));
    assert_eq!(
        api.last(&Method::POST, "/actions").unwrap().body,
        json!({ "kind": "promise", "note": "承诺还款", "promise": { "amount": "1000.00", "until": "2027-05-01" } })
    );
}

#[tokio::test]
async fn whoever_bears_a_part_of_a_loss_sees_the_collection_papers_and_pledges_behind_it() {
    for role in ["fund_manager", "claims_handler", "claims_approver"] {
        let api = FakeApi::default();
        let mut browser = Browser::of(&api, role, "zh");
        let page = browser.get(&format!("/disposal/{ID}")).await;
        assert_eq!(page.status, StatusCode::OK, "{role}");
        for part in ["/pledges/", "/documents/", "DC-2027-0001"] {
            assert!(page.has(part), "{role}: {part}");
        }
        assert_eq!(page.has(&format!("href=\"/loans/{ID}\"")), role == "fund_manager", "{role}");
        let claim = browser.get(&format!("/compensation-claims/{ID}")).await;
        assert!(claim.has("查看案件、材料与质押"), "{role}");
        for page in ["/disposal", "/pledges", "/documents"] {
            assert_eq!(browser.get(page).await.status, StatusCode::OK, "{role}: {page}");
        }
    }
}

#[tokio::test]
async fn a_fund_reads_a_loan_that_it_covers_and_is_led_nowhere_that_it_may_not_go() {
    let mut covered = loan();
    // Both funds have the name of the organisation of the one who is signed in: which is its own, its id tells.
    let cover = |agreement, fund| {
        json!({ "agreement_id": agreement, "number": "FA-2026-0001", "fund_id": fund,
            "fund_name": "青海盐湖锂业有限公司", "amount": "1.00" })
    };
    covered["covered_by"] = json!([cover(ID, BANK), cover(PATENT, FACILITY)]);
    let ending: &'static str = format!("/loans/{ID}").leak();
    let api = FakeApi { instead: vec![(ending, covered)], ..FakeApi::default() };
    let path = format!("/loans/{ID}");
    let link = |to: &str| format!("href=\"{to}\"");
    let fund = Browser::of(&api, "fund_manager", "zh").get(&path).await;
    let officer = Browser::of(&api, "loan_officer", "zh").get(&path).await;
    assert_eq!((fund.status, officer.status), (StatusCode::OK, StatusCode::OK));
    for to in [
        "/adjustments".to_owned(),
        "/change-requests".to_owned(),
        "/loan-tasks".to_owned(),
        "/payment-instructions".to_owned(),
        "/notices".to_owned(),
        format!("/loans/{ID}/adjustments"),
        format!("/loans/{ID}/documents"),
        format!("/applications/{ID}"),
        format!("/loan-tasks/{ID}"),
        format!("/fund-agreements/{PATENT}"),
    ] {
        assert!(officer.has(&link(&to)), "an officer is led to {to}");
        assert!(!fund.has(&link(&to)), "a fund is not led to {to}");
    }
    for to in ["/loans".to_owned(), format!("{path}/statement"), format!("/fund-agreements/{ID}")] {
        assert!(fund.has(&link(&to)), "a fund is led to {to}");
    }
}

#[tokio::test]
async fn the_papers_of_a_case_are_called_by_their_names_in_both_languages() {
    let paper = |kind: &str| {
        json!({ "id": ID, "subject_kind": "case", "subject_id": ID, "kind": kind, "file_name": "1.pdf", "bytes": 2048,
            "scan": "clean", "version": 1, "latest": true, "uploaded_at": "2027-03-02T00:00:00Z" })
    };
    let papers = json!({ "items": [paper("acceleration_letter"), paper("debt"), paper("disposal")] });
    let ending: &'static str = format!("/disposal-cases/{ID}/documents").leak();
    let api = FakeApi { instead: vec![(ending, papers)], ..FakeApi::default() };
    for (lang, names) in [
        ("zh", ["贷款提前到期通知书", "债权凭证", "处置或抵债文件"]),
        ("en", ["Letter that declares the loan due", "Proof of the debt", "Papers of the disposal"]),
    ] {
        // Who attaches nothing is offered no list of kinds: what the page names, it names in the table.
        let page = Browser::of(&api, "fund_manager", lang).get(&format!("/disposal/{ID}/documents")).await;
        for name in names {
            assert!(page.has(name), "{lang}: {name} in {}", page.text);
        }
        assert!(!page.has("acceleration letter") && !page.has("acceleration_letter"), "{lang}");
    }
}

#[tokio::test]
async fn an_agreement_is_asked_for_with_exact_terms_and_the_banks_name() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "fund_manager", "zh");
    let form = browser.get("/fund-orders/agreement").await;
    assert!(
        form.has("珠海的做法") && form.has("value=\"10\""),
        "presets with their source, the default leverage"
    );
    let fields = [
        ("bank_id", ENTERPRISE),
        ("commitment", "600"),
        ("commitment_unit", "wan"),
        ("leverage_max", "10"),
        ("share_max", "50"),
        ("threshold", "5"),
        ("starts_on", "2026-01-01"),
        ("ends_on", "2027-12-31"),
    ];
    let sent = browser.post("/fund-orders/agreement", &fields).await;
    assert_eq!(sent.location, format!("/fund-instructions/{ID}?done=fund-asked"));
    let body = api.last(&Method::POST, "/fund-instructions").unwrap().body;
    assert_eq!(
        (&body["commitment"], &body["bank_name"]),
        (&json!("6000000.00"), &json!("青海盐湖锂业有限公司"))
    );
    assert_eq!((&body["share_max"], &body["threshold"]), (&json!("0.5"), &json!("0.05")));
    assert_eq!((&body["kind"], &body["leverage_max"]), (&json!("agreement"), &json!("10")));
}

#[tokio::test]
async fn a_fund_shows_its_balance_its_leverage_and_why_a_bank_is_stopped() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "fund_manager", "zh");
    let page = browser.get(&format!("/funds/{ID}")).await;
    for part in
        ["9,750,000.00", "与基金账簿一致", "6.3×", "使用率 62.60%", "熔断", "-250,000.00", "class=\"chart\""]
    {
        assert!(page.has(part), "{part}");
    }
    let page = browser.get(&format!("/fund-agreements/{ID}")).await;
    for part in ["不良率达到 6.12% 超过熔断线", "解除熔断", "1,000,000.00"] {
        assert!(page.has(part), "{part}");
    }
    let page = browser.get(&format!("/fund-instructions/{ID}/approve")).await;
    for part in ["银行已整改", "赵敏", "现行条款", "6,000,000.00"] {
        assert!(page.has(part), "{part}");
    }
}

#[tokio::test]
async fn a_claim_is_confirmed_once_with_the_forms_key_after_the_amount_was_read_in_words() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "fund_manager", "zh");
    let path = format!("/compensation-claims/{ID}/confirm");
    let form = browser.get(&path).await;
    assert!(form.has("人民币贰拾肆万元整") && form.has("扣除免赔"));
    let key = form.input("idempotency_key");
    let sent = browser.post(&path, &[("idempotency_key", &key)]).await;
    assert_eq!(sent.location, format!("/compensation-claims/{ID}?done=comp-confirmed"));
    assert_eq!(api.last(&Method::POST, "/confirm").unwrap().key, key);
}

#[tokio::test]
async fn a_case_shows_the_policy_behind_the_loss_and_what_to_do_with_money_that_found_nothing_to_settle() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    let page = browser.get(&format!("/disposal/{ID}")).await;
    for part in [
        "PO-2026-0009",
        "甲财产保险",
        "680,000.00",
        "15,000.00",
        "未匹配",
        "请与保险公司核对后，由两人办理退还或匹配",
        "违约日无保单承保",
    ] {
        assert!(page.has(part), "{part}");
    }
    let mut browser = Browser::of(&api, "claims_handler", "zh");
    let page = browser.get(&format!("/claims/{ID}")).await;
    for part in ["银行返还的追偿款", "CC-2027-0001", "20,000.00"] {
        assert!(page.has(part), "{part}");
    }
}
