//! What owners file beside their patents: products, and inventions examined before they are filed.

use axum::http::{Method, StatusCode};
use contracts::{OrgKind, UserId};
use identity::{Caller, Role};
use serde_json::{Value, json};

use crate::{
    bench::{Suite, caller, enterprise, examiner, items, officer, on_each, text},
    timeline::{id_of, invention, made, refused, transfer_office},
};

/// The university's administrator, another person than its transfer office.
fn administrator() -> Caller {
    let mut who = caller(7, "大学", OrgKind::Institute, Role::InstituteAdmin);
    who.user = UserId::from_uuid(uuid::Uuid::from_u128(7_001));
    "季校长".clone_into(&mut who.name);
    who
}

async fn patent(suite: &Suite, id: impl std::fmt::Display) -> Value {
    suite.get(&officer(1), &format!("/patents/{id}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_filed_under_patents_that_count_it_until_it_is_withdrawn() {
    on_each(async |suite| {
        let mut own = invention("CN110000001B");
        own.owner = Some(enterprise().tenant);
        let mut lapsed = invention("CN110000003B");
        lapsed.facts.legal_status = valuation_svc::catalogue::patent::LegalStatus::Lapsed;
        lapsed.owner = Some(enterprise().tenant);
        suite.record(&[own, invention("CN110000002B"), lapsed]).await;
        let mut ids = Vec::new();
        for number in ["CN110000001B", "CN110000002B", "CN110000003B"] {
            ids.push(id_of(&suite, number).await);
        }
        let product = |patents: &[usize]| {
            let patents: Vec<Value> = patents
                .iter()
                .map(|at| json!({ "patent_id": ids[*at], "protects": "process", "claims": "1, 3-5" }))
                .collect();
            json!({ "product": "电池级碳酸锂", "model": "LC-99", "relation": "权利要求1的方法用于全部产线",
                "patents": patents, "revenues": [{ "year": 2025, "revenue": "12000000.00" }], "reason": "补充专利" })
        };
        let maker = enterprise();
        let path = "/product-filings";
        assert_eq!(refused(&suite, &maker, path, product(&[2])).await.1, json!("/problems/patent-not-in-force"));
        assert_eq!(refused(&suite, &maker, path, product(&[1])).await.1, json!("/problems/not-the-makers-patent"));
        assert_eq!(refused(&suite, &officer(1), path, product(&[0])).await.0, StatusCode::FORBIDDEN);
        let filed = made(&suite, &maker, path, product(&[0])).await;
        let one = format!("{path}/{}", text(&filed, "id"));
        assert_eq!(patent(&suite, ids[0]).await["implemented"], true);
        assert_eq!(patent(&suite, ids[0]).await["product_filings"], 1);

        let licence = json!({ "happened_on": "2026-10-01", "source": "备案通知", "what": {
            "kind": "licensed", "licence": "ordinary", "licensee": "enterprise", "until": "2030-01-01" } });
        made(&suite, &transfer_office(), &format!("/patents/{}/timeline", ids[1]), licence).await;
        let changed = made(&suite, &maker, &format!("{one}/change"), product(&[0, 1])).await;
        assert_eq!((changed["patents"].as_array().unwrap().len(), &changed["version"]), (2, &json!(2)));
        let criteria = json!({ "body": "国家专利密集型产品备案认定试点平台", "certificate": "MJ-2026-0001",
            "recognised_on": "2026-06-01", "criteria": [
                { "criterion": "专利对产品的贡献", "met": true, "evidence": "评价报告第3节" }] });
        let recognised = made(&suite, &maker, &format!("{one}/recognise"), criteria.clone()).await;
        assert_eq!(recognised["recognised"], true);
        let again = refused(&suite, &maker, &format!("{one}/recognise"), criteria.clone()).await;
        assert_eq!(again.1, json!("/problems/recognised-already"));

        let stranger = caller(6, "别家", OrgKind::Enterprise, Role::Finance);
        for who in [&stranger, &officer(1)] {
            assert_eq!(suite.call(who, Method::GET, &one, None).await.0, StatusCode::NOT_FOUND);
            let changes = format!("{one}/changes");
            assert_eq!(suite.call(who, Method::GET, &changes, None).await.0, StatusCode::NOT_FOUND);
            assert!(items(&suite.get(who, path).await).is_empty());
        }
        let reason = json!({ "reason": "试探" });
        for (act, body) in [
            ("change", product(&[0])),
            ("withdraw", reason.clone()),
            ("recognise", criteria),
            ("end-recognition", reason.clone()),
        ] {
            let answer = refused(&suite, &stranger, &format!("{one}/{act}"), body).await;
            assert_eq!(answer.0, StatusCode::NOT_FOUND, "{act}");
        }
        let public = suite.get(&stranger, &format!("/patents/{}/products", ids[1])).await;
        assert_eq!((text(&items(&public)[0], "product"), &items(&public)[0]["revenues"]), ("电池级碳酸锂", &Value::Null));

        made(&suite, &maker, &format!("{one}/end-recognition"), reason.clone()).await;
        made(&suite, &maker, &format!("{one}/withdraw"), reason.clone()).await;
        let over = refused(&suite, &maker, &format!("{one}/withdraw"), reason).await;
        assert_eq!(over.1, json!("/problems/filing-withdrawn"));
        assert_eq!(patent(&suite, ids[0]).await["product_filings"], 0);
        assert_eq!(patent(&suite, ids[0]).await["implemented"], false);
        let history = suite.get(&examiner(), &format!("{one}/changes")).await;
        let acts: Vec<&str> = items(&history).iter().map(|one| text(one, "act")).collect();
        assert_eq!(acts, ["file", "change", "recognise", "end_recognition", "withdraw"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invention_is_examined_by_one_decided_by_another_and_named_once_it_is_a_patent() {
    on_each(async |suite| {
        let mut filed = invention("CN110000001A");
        filed.owner = None;
        suite.record(&[filed]).await;
        let patent = id_of(&suite, "CN110000001A").await;
        let (office, head) = (transfer_office(), administrator());
        let examined = |searched: bool, evaluator: &str| {
            json!({ "title": "锂盐提纯方法", "inventors": ["王五", "赵六"], "field": "C22B26/12", "summary": "三级沉淀",
                "searched": searched, "search_findings": if searched { "未见相同方案" } else { "" },
                "market_outlook": 4, "market_note": "储能需求", "ownership": "institute", "state_funded": true,
                "project": "2024YFB0000001", "recommendation": "file", "recommendation_reason": "可实施",
                "evaluator": evaluator })
        };
        let path = "/prefilings";
        let found = refused(&suite, &office, path, examined(true, "王 五")).await;
        assert_eq!(found.1, json!("/problems/evaluator-is-inventor"));
        assert_eq!(refused(&suite, &office, path, examined(false, "李评")).await.1, json!("/problems/novelty-not-searched"));
        assert_eq!(refused(&suite, &officer(1), path, examined(true, "李评")).await.0, StatusCode::FORBIDDEN);
        let one = made(&suite, &office, path, examined(true, "李评")).await;
        let one = format!("{path}/{}", text(&one, "id"));
        made(&suite, &office, &format!("{one}/revise"), examined(true, "钱评")).await;

        let decision = json!({ "decision": "file", "reason": "同意" });
        let decide = format!("{one}/decide");
        assert_eq!(
            refused(&suite, &office, &decide, decision.clone()).await,
            (StatusCode::FORBIDDEN, json!("/problems/not-administrator"))
        );
        let link = format!("{one}/link");
        let named = json!({ "patent_id": patent });
        assert_eq!(refused(&suite, &office, &link, named.clone()).await.1, json!("/problems/not-to-be-filed"));
        let stranger = caller(6, "另一大学", OrgKind::Institute, Role::InstituteAdmin);
        for (act, body) in
            [("revise", examined(true, "李评")), ("decide", decision.clone()), ("link", named.clone())]
        {
            let answer = refused(&suite, &stranger, &format!("{one}/{act}"), body).await;
            assert_eq!(answer.0, StatusCode::NOT_FOUND, "{act}");
        }
        assert_eq!(suite.call(&stranger, Method::GET, &one, None).await.0, StatusCode::NOT_FOUND);
        assert!(items(&suite.get(&stranger, path).await).is_empty());

        let decided = made(&suite, &head, &decide, decision.clone()).await;
        assert_eq!((text(&decided, "status"), text(&decided, "decided_by")), ("decided", "季校长"));
        assert_eq!(refused(&suite, &head, &decide, decision).await.1, json!("/problems/already-decided"));
        let revised = refused(&suite, &office, &format!("{one}/revise"), examined(true, "李评")).await;
        assert_eq!(revised.1, json!("/problems/already-decided"));
        let linked = made(&suite, &office, &link, named.clone()).await;
        assert_eq!((&linked["patent_id"], text(&linked, "status")), (&json!(patent), "filed"));
        assert_eq!(refused(&suite, &office, &link, named).await.1, json!("/problems/already-linked"));
        assert_eq!(items(&suite.get(&examiner(), "/prefilings?status=filed").await).len(), 1);
    })
    .await;
}
