//! Pages about the terms, members, deposits and borrowing base of a facility.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    line_samples::SHARED,
    samples::{ENTERPRISE, FACILITY, ID},
};

#[tokio::test]
async fn a_facility_shows_its_terms_who_shares_its_losses_and_what_stopped_it() {
    for (lang, parts) in [
        ("zh", ["互助连带", "专利池担保", "市级风险补偿基金", "集群不良率 3.10%", "前 200 户"]),
        (
            "en",
            [
                "Joint within a mutual-aid pool",
                "Pooled patents",
                "Loss sharing",
                "3.10% of the line",
                "first 200",
            ],
        ),
    ] {
        let api = FakeApi::default();
        let page = Browser::of(&api, "risk_manager", lang).get(&format!("/facilities/{FACILITY}")).await;
        for part in parts {
            assert!(page.has(part), "{lang}: {part}");
        }
    }
}

#[tokio::test]
async fn a_borrowing_base_shows_what_does_not_count_and_the_call_that_waits() {
    let api = FakeApi::default();
    let page =
        Browser::of(&api, "loan_officer", "zh").get(&format!("/facilities/{FACILITY}/borrowing-base")).await;
    for part in ["评估已过有效期", "M20261120-1", "2026-12-04", "重新计算", "40.00"] {
        assert!(page.has(part), "{part}");
    }
}

#[tokio::test]
async fn a_proposal_sends_terms_cover_members_and_banks_as_they_were_typed() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let party = format!("fund:{ID}");
    let fields = [
        ("name", "授信"),
        ("cluster", "盐湖"),
        ("limit", "5000"),
        ("limit_unit", "wan"),
        ("over_allotment", "120"),
        ("liability.kind", "draw"),
        ("liability.rate", "5"),
        ("collateral.rule", "pooled"),
        ("collateral.advance_rate", "60"),
        ("collateral.patent_cap", "25"),
        ("collateral.owner_cap", "50"),
        ("collateral.cure_days", "10"),
        ("collateral.uncured", "line"),
        ("triggers.non_performing_ratio", "3"),
        ("triggers.overdue_ratio", "5"),
        ("triggers.member_tier", ""),
        ("triggers.fund_exhausted", "true"),
        ("cover[0].party", party.as_str()),
        ("cover[0].share_of_loss", "54"),
        ("members[0].enterprise_id", ENTERPRISE),
        ("members[0].share", "10"),
        ("members[0].group", "甲集团"),
        ("shares[0].bank_id", ID),
        ("shares[0].share", "60"),
        ("shares[0].role", "lead"),
        ("shares[0].tranche", "1"),
    ];
    browser.post("/facilities/new", &fields).await;
    let sent = api.last(&Method::POST, "/facilities").unwrap().body;
    assert_eq!(sent["over_allotment"], "1.2");
    assert_eq!(sent["liability"], json!({ "kind": "joint", "basis": "draw", "rate": "0.05" }));
    assert_eq!(
        sent["collateral"],
        json!({ "rule": "pooled", "advance_rate": "0.6", "patent_cap": "0.25", "owner_cap": "0.5", "cure_days": 10,
            "uncured": "line" })
    );
    assert_eq!(
        sent["triggers"],
        json!({ "non_performing_ratio": "0.03", "overdue_ratio": "0.05", "member_tier": null, "fund_exhausted": true })
    );
    assert_eq!(sent["cover"][0]["party"], json!({ "kind": "fund", "fund_id": ID }));
    assert_eq!(
        (&sent["members"][0]["share"], &sent["members"][0]["group"]),
        (&json!("0.1"), &json!("甲集团"))
    );
    assert_eq!((&sent["shares"][0]["role"], &sent["shares"][0]["tranche"]), (&json!("lead"), &json!(1)));
}

#[tokio::test]
async fn the_parties_of_a_loss_stand_in_the_form_of_a_change_and_bear_side_by_side_where_they_share_a_turn() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let path = format!("/facilities/{FACILITY}/change");
    let form = browser.get(&path).await;
    assert!(form.has(&format!("value=\"fund:{ID}\" selected")), "who stands is filled in");
    assert!(form.has("name=\"cover[0].rank\" value=\"1\""));
    // Another row for each group, and what was typed is kept.
    let insurer = format!("guarantee_insurer:{ID}");
    let fund = format!("fund:{ID}");
    let typed = [
        ("reason", "增加保险分担"),
        ("cover[0].party", fund.as_str()),
        ("cover[0].rank", "1"),
        ("cover[0].share_of_loss", "54"),
        ("cover[1].party", insurer.as_str()),
        ("cover[1].rank", "1"),
        ("cover[1].share_of_loss", "16"),
    ];
    let mut more = typed.to_vec();
    more.push(("act", "more_rows"));
    let page = browser.post(&path, &more).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("cover[5].party") && page.has("增加保险分担") && page.has("value=\"16\""));
    assert!(api.last(&Method::POST, "/changes").is_none(), "nothing is proposed yet");
    browser.post(&path, &typed).await;
    let cover = api.last(&Method::POST, "/changes").unwrap().body["cover"].clone();
    let ranks: Vec<_> = cover.as_array().unwrap().iter().map(|one| one["rank"].clone()).collect();
    assert_eq!(ranks, [json!(1), json!(1)]);
    assert_eq!(cover[1]["party"], json!({ "kind": "guarantee_insurer", "insurer_id": ID }));
    // A way of sharing seen elsewhere takes the place of the rows.
    let taken = [("preset", "zhuhai"), ("act", "more_rows"), ("cover[1].party", insurer.as_str())];
    let page = browser.post(&path, &taken).await;
    assert!(
        page.has("name=\"cover[0].share_of_loss\" value=\"40\""),
        "the fund's part; the bank bears the rest"
    );
    // Whoever is taken out of every row covers nothing any more.
    let emptied = [("reason", "基金退出"), ("cover[0].party", "")];
    browser.post(&path, &emptied).await;
    assert_eq!(api.last(&Method::POST, "/changes").unwrap().body["cover"], json!([]));
}

#[tokio::test]
async fn a_change_sends_only_what_is_not_as_it_stands() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let fields = [
        ("reason", "年度复核"),
        ("available_until", "2028-12-31"),
        ("over_allotment", "120"),
        ("group_cap", "25"),
        ("liability.kind", "sub_limit"),
        ("liability.rate", "5"),
        ("triggers.non_performing_ratio", "3"),
        ("triggers.member_tier", "substandard"),
        ("triggers.fund_exhausted", "true"),
    ];
    let page = browser.post(&format!("/facilities/{FACILITY}/change"), &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let sent = api.last(&Method::POST, "/changes").unwrap().body;
    assert_eq!(sent, json!({ "reason": "年度复核", "available_until": "2028-12-31", "group_cap": "0.25" }));
    let pause = [("act", "pause"), ("reason", "风险上升")];
    browser.post(&format!("/facilities/{FACILITY}/members/{ENTERPRISE}"), &pause).await;
    let sent = api.last(&Method::POST, "/changes").unwrap().body;
    assert_eq!(sent, json!({ "reason": "风险上升", "pause": [ENTERPRISE] }));
    let close = [("reason", "到期")];
    browser.post(&format!("/facilities/{FACILITY}/close"), &close).await;
    assert_eq!(api.last(&Method::POST, "/changes").unwrap().body["close"], true);
}

#[tokio::test]
async fn an_enterprise_pays_in_for_itself_and_a_refusal_stands_at_the_amount() {
    let refusal =
        json!({ "slug": "deposit-beyond-need", "detail": "保证金余额最多为 100.00 元。", "most": "100.00" });
    let api = FakeApi { refuse: Some(("/deposits", 409, refusal)), ..FakeApi::default() };
    let mut browser = Browser::of(&api, "finance", "zh");
    let path = format!("/facilities/{FACILITY}/deposit");
    let fields = [("idempotency_key", "k1"), ("kind", "mutual_aid"), ("amount", "5"), ("amount_unit", "wan")];
    let page = browser.post(&path, &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.has("最多为 100.00 元") && page.has("id=\"f-amount-error\""));
    let sent = api.last(&Method::POST, "/deposits").unwrap();
    assert_eq!((&sent.body["enterprise_id"], &sent.body["amount"]), (&json!(ENTERPRISE), &json!("50000.00")));
    assert!(!sent.key.is_empty(), "money moves under a key");
}

#[tokio::test]
async fn an_approver_sees_who_has_spoken_and_may_use_a_colleagues_authority() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "credit_approver", "zh");
    let change = format!("/facilities/{FACILITY}/changes/{ID}/approve");
    let waiver = format!("/facilities/{FACILITY}/waivers/{ID}/approve");
    for path in [format!("/facilities/{FACILITY}/approve"), change.clone(), waiver.clone()] {
        let page = browser.get(&path).await;
        for part in ["张伟", "苟静", "风险可控", "超过权限", "李明"] {
            assert!(page.has(part), "{path}: {part}");
        }
        let fields = [("comment", "同意"), ("delegation_id", ID)];
        assert_eq!(browser.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
        let sent = api.last(&Method::POST, "/approve").unwrap().body;
        assert_eq!(sent, json!({ "comment": "同意", "delegation_id": ID }));
    }
    let consent = [("agrees", "false"), ("comment", "额度过大")];
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    browser.post(&format!("/facilities/{FACILITY}/consent"), &consent).await;
    assert_eq!(
        api.last(&Method::POST, "/consent").unwrap().body,
        json!({ "agrees": false, "comment": "额度过大" })
    );
}

#[tokio::test]
async fn a_waiver_of_the_pledge_is_proposed_with_its_amount_and_day_and_shown_with_the_loan() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let fields = [
        ("enterprise_id", ENTERPRISE),
        ("amount", "100"),
        ("amount_unit", "wan"),
        ("until", "2026-12-31"),
        ("reason", "登记机构系统升级"),
    ];
    let page = browser.post(&format!("/facilities/{FACILITY}/waivers/new"), &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(
        api.last(&Method::POST, "/pledge-waivers").unwrap().body,
        json!({ "enterprise_id": ENTERPRISE, "amount": "1000000.00", "until": "2026-12-31", "reason": "登记机构系统升级" })
    );
    let page = browser.get(&format!("/loans/{ID}")).await;
    assert!(page.has("放款时的质押豁免") && page.has("登记机构系统升级"));
}

#[tokio::test]
async fn a_bank_that_takes_part_sees_its_own_part_and_gives_its_word_and_leaves_the_decision_to_the_lead() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "credit_approver", "zh");
    let line = format!("/facilities/{SHARED}");
    let page = browser.get(&line).await;
    for part in ["20,000,000.00", "待答复", "须待参加行全部同意后方可批准：甲银行。", "钱进"]
    {
        assert!(page.has(part), "{part}");
    }
    for (step, there) in [("agree", true), ("decline", true), ("approve", false), ("refuse", false)] {
        assert_eq!(page.has(&format!("href=\"{line}/{step}\"")), there, "{step}");
    }
    let asked = browser.get(&format!("{line}/agree")).await;
    assert!(asked.has("本行按份额最多承贷 20,000,000.00") && asked.has("李明（上限"), "{}", asked.text);
    let sent =
        browser.post(&format!("{line}/agree"), &[("comment", "同意参加"), ("seen_version", "3")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let sent = api.last(&Method::POST, &format!("{line}/agree")).unwrap();
    assert_eq!((sent.body, sent.if_match), (json!({ "comment": "同意参加" }), "\"3\"".to_owned()));
    let reason = [("reason", "单户占比过高"), ("seen_version", "3")];
    browser.post(&format!("{line}/changes/{ID}/decline"), &reason).await;
    let sent = api.last(&Method::POST, &format!("/changes/{ID}/decline")).unwrap();
    assert_eq!(sent.body, json!({ "reason": "单户占比过高" }));
    // What was declined may be agreed to again; what was agreed is taken back by declining.
    assert!(page.has(&format!("href=\"{line}/changes/{ID}/agree\"")));
    let waiver = browser.get(&format!("{line}/waivers/{ID}")).await;
    assert!(waiver.has("/decline\"") && !waiver.has("/agree\"") && !waiver.has("/approve\""));
    let manager = Browser::of(&api, "risk_manager", "zh").get(&line).await;
    assert!(manager.has(&format!("href=\"{line}/consent\"")) && !manager.has("/agree\""));
}
