//! What enterprises record about their own patents, and what the catalogue takes over from others' words.

use axum::http::{Method, StatusCode};
use contracts::OrgKind;
use identity::{Caller, Role};
use serde_json::{Value, json};
use valuation_svc::catalogue::{PatentRecord, patent::LegalStatus};

use crate::{
    bench::{Suite, caller, enterprise, examiner, items, officer, on_each, text},
    stocktake::{office, opened, reviewer},
    timeline::{id_of, invention, made, refused, transfer_office},
};

fn owned(number: &str) -> PatentRecord {
    let mut record = invention(number);
    record.owner = Some(enterprise().tenant);
    record.facts.applicants = vec!["enterprise".into()];
    record
}

fn competitor() -> Caller {
    caller(6, "别家", OrgKind::Enterprise, Role::Signatory)
}

fn on(day: &str, what: &Value) -> Value {
    json!({ "happened_on": day, "what": what, "source": "合同" })
}

async fn dormant(suite: &Suite, who: &Caller) -> Vec<String> {
    let list = suite.get(who, "/dormant-patents").await;
    items(&list).iter().map(|one| text(one, "number").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_records_what_happens_to_its_own_patents_and_to_no_others() {
    on_each(async |suite| {
        let mut nobodys = invention("CN110000003B");
        nobodys.owner = None;
        suite.record(&[owned("CN110000001B"), invention("CN110000002B"), nobodys]).await;
        let (us, id) = (enterprise(), id_of(&suite, "CN110000001B").await);
        let path = format!("/patents/{id}/timeline");
        let licence =
            json!({ "kind": "licensed", "licence": "ordinary", "licensee": "乙公司", "until": "2030-01-01" });
        for number in ["CN110000002B", "CN110000003B"] {
            let other = format!("/patents/{}/timeline", id_of(&suite, number).await);
            let found = refused(&suite, &us, &other, on("2026-10-01", &licence)).await;
            assert_eq!(found, (StatusCode::CONFLICT, json!("/problems/patent-held-by-others")), "{number}");
        }
        let found = refused(&suite, &competitor(), &path, on("2026-10-01", &licence)).await;
        assert_eq!(found.0, StatusCode::CONFLICT);

        // It says why the patent waits; once it is licensed, it waits no more.
        assert_eq!(dormant(&suite, &us).await, ["CN110000001B"]);
        let reasons = format!("/dormant-patents/{id}/justifications");
        let why =
            json!({ "ground": "market_not_ready", "reason": "下游未量产", "valid_until": "2027-12-31" });
        assert_eq!(refused(&suite, &competitor(), &reasons, why.clone()).await.0, StatusCode::NOT_FOUND);
        made(&suite, &us, &reasons, why).await;
        assert_eq!(dormant(&suite, &us).await, Vec::<String>::new());

        let granted = made(&suite, &us, &path, on("2026-10-01", &licence)).await;
        let end = json!({ "kind": "licence_ended", "licence_entry": granted["id"], "reason": "协商解除" });
        let early = refused(&suite, &us, &path, on("2026-09-30", &end)).await;
        assert_eq!(early, (StatusCode::CONFLICT, json!("/problems/entry-refused")));
        made(&suite, &us, &path, on("2026-11-01", &end)).await;
        let again = refused(&suite, &us, &path, on("2026-11-02", &end)).await;
        assert_eq!(again.1, json!("/problems/entry-refused"), "it ended already");
        let deals = suite.get(&us, &format!("{path}?kind=deals")).await;
        let kinds: Vec<&str> = items(&deals).iter().map(|one| text(one, "kind")).collect();
        assert_eq!(kinds, ["licence_ended", "licensed"]);
        assert_eq!(suite.get(&us, &format!("/patents/{id}")).await["licences"], 1);

        let sale = json!({ "kind": "transferred", "to": ["别家"], "to_organisation": competitor().tenant });
        made(&suite, &us, &path, on("2026-11-20", &sale)).await;
        let lapse = json!({ "kind": "lapsed", "cause": "abandoned" });
        assert_eq!(refused(&suite, &us, &path, on("2026-11-21", &lapse)).await.0, StatusCode::CONFLICT);
        let invention = json!({ "title": "锂盐", "inventors": ["王五"] });
        assert_eq!(refused(&suite, &us, "/prefilings", invention).await.0, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_not_filed_under_a_licence_that_ended() {
    on_each(async |suite| {
        suite.record(&[invention("CN110000001B")]).await;
        let id = id_of(&suite, "CN110000001B").await;
        let (office, path) = (transfer_office(), format!("/patents/{id}/timeline"));
        let licence = json!({ "kind": "licensed", "licence": "ordinary", "licensee": "enterprise", "until": "2030-01-01" });
        let granted = made(&suite, &office, &path, on("2026-01-05", &licence)).await;
        let product = json!({ "product": "电池级碳酸锂", "model": "LC-99", "relation": "权利要求1的方法用于全部产线",
            "patents": [{ "patent_id": id, "protects": "process", "claims": "1" }],
            "revenues": [{ "year": 2025, "revenue": "12000000.00" }] });
        let end = json!({ "kind": "licence_ended", "licence_entry": granted["id"], "reason": "违约解除" });
        made(&suite, &office, &path, on("2026-11-01", &end)).await;
        let found = refused(&suite, &enterprise(), "/product-filings", product).await;
        assert_eq!(found.1, json!("/problems/not-the-makers-patent"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_high_value_patents_and_each_answer_go_by_the_same_members_in_force() {
    on_each(async |suite| {
        let mut first = invention("CN110000001B");
        let mut second = invention("CN110000002B");
        for record in [&mut first, &mut second] {
            // Young and of no strategic industry: the family alone decides.
            record.facts.filing_date = "2021-06-03".parse().ok();
            record.facts.ipc = vec!["A47G19/02".into()];
        }
        let mut abroad = invention("US10000001B2");
        abroad.facts.jurisdiction = "US".into();
        abroad.owner = None;
        suite.record(&[first, second, abroad.clone()]).await;
        let ids = [id_of(&suite, "CN110000001B").await, id_of(&suite, "CN110000002B").await];
        let told = json!({ "source": "检索", "members": [{ "number": "CN110000002B" }, { "number": "US10000001B2" }] });
        made(&suite, &transfer_office(), &format!("/patents/{}/family", ids[0]), told).await;
        let high = async || {
            let listed = suite.get(&examiner(), "/patents?high_value=true&limit=200").await;
            let mut found = Vec::new();
            for id in ids {
                let answer = suite.get(&examiner(), &format!("/patents/{id}/high-value")).await;
                let in_list = items(&listed).iter().any(|one| one["id"] == json!(id));
                assert_eq!(answer["high_value"], json!(in_list), "{answer}");
                assert_eq!(answer["answers"][2]["status"], "platform_default", "{answer}");
                found.push(in_list);
            }
            found
        };
        assert_eq!(high().await, [true, true], "the catalogue knows that the member abroad is in force");
        abroad.facts.legal_status = LegalStatus::Lapsed;
        suite.record(&[abroad]).await;
        assert_eq!(high().await, [false, false]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patent_cited_by_others_of_the_catalogue_is_counted_once_each_and_never_below_its_source() {
    on_each(async |suite| {
        suite.record(&[invention("CN110000001B"), invention("CN110000002B")]).await;
        let id = id_of(&suite, "CN110000001B").await;
        let count = async || {
            let shown = suite.get(&officer(1), &format!("/patents/{id}")).await["forward_citations"].clone();
            let listed = suite.get(&officer(1), &format!("/patents/{id}/citations?kind=forward")).await;
            (shown, items(&listed).len())
        };
        assert_eq!(count().await, (Value::Null, 0));
        let mut citing = invention("CN110000003B");
        citing.cites = vec!["CN110000001B".into()];
        suite.record(std::slice::from_ref(&citing)).await;
        assert_eq!(count().await, (json!(1), 1));
        // A search report tells of another from its other end.
        let cites = json!({ "source": "检索报告",
            "citations": [{ "kind": "backward_patent", "reference": "CN 110000001 B" }] });
        let other = id_of(&suite, "CN110000002B").await;
        made(&suite, &transfer_office(), &format!("/patents/{other}/citations"), cites).await;
        assert_eq!(count().await, (json!(2), 2));
        for (stated, shown) in [(1, 2), (7, 7)] {
            let mut file = invention("CN110000001B");
            file.facts.forward_citations = Some(stated);
            suite.record(&[file]).await;
            assert_eq!(count().await, (json!(shown), 2), "the source states {stated}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stocktake_accepted_leaves_the_list_of_unused_patents() {
    on_each(async |suite| {
        let campaign = opened(&suite).await;
        let listed = suite.get(&office(), &format!("/stocktake-items?campaign_id={campaign}")).await;
        assert!(dormant(&suite, &office()).await.len() >= 2);
        let mut done = Vec::new();
        for (item, (used, why)) in items(&listed).iter().zip([("own", ""), ("none", "中试未完成")]) {
            let to = json!({ "items": [{ "id": item["id"] }], "college": "药学院" });
            made(&suite, &office(), &format!("/stocktakes/{campaign}/assign"), to).await;
            let path = format!("/stocktake-items/{}", text(item, "id"));
            let said = json!({ "trl": 6, "scenarios": "动力电池", "prospect": 4, "willingness": "willing",
                "mode": "licence", "funding": "other", "implementation": used, "justification": why, "value": 4,
                "contact_name": "张三", "hand_in": true });
            made(&suite, &office(), &format!("{path}/self-assessment-for"), said).await;
            let unit = json!({ "trl": 5, "prospect": 4, "mode": "licence", "value": 4, "reasons": "缺少中试",
                "forward": true });
            made(&suite, &office(), &format!("{path}/unit-assessment"), unit).await;
            made(&suite, &reviewer(), &format!("{path}/review"), json!({ "verdict": "accept" })).await;
            done.push(text(item, "patent_id").to_owned());
        }
        let left = dormant(&suite, &office()).await;
        assert_eq!(left, ["CN105000003B"], "the one that was not of the stocktake");
        let timeline = suite.get(&office(), &format!("/patents/{}/timeline?kind=implemented", done[0])).await;
        assert_eq!(items(&timeline)[0]["source"], "存量专利盘点", "{timeline}");
        let reasons = format!("/dormant-patents/{}/justifications", done[1]);
        let given = suite.get(&office(), &reasons).await;
        assert_eq!(items(&given)[0]["reason"], "中试未完成", "{given}");
        assert_eq!(suite.call(&competitor(), Method::GET, &reasons, None).await.0, StatusCode::NOT_FOUND);
    })
    .await;
}
