//! Endpoint × tenant: every operation on a thing that belongs to somebody is "not there" for everybody else, by
//! whatever role they come. Generated from the OpenAPI documents; a path that is not classified fails.

use std::collections::HashMap;

use axum::{
    body::Body,
    http::{Request, header},
};
use contracts::{OrgId, OrgKind, Service, UserId};
use http_body_util::BodyExt;
use identity::{Caller, Role, permits};
use sea_orm::ConnectionTrait;
use serde_json::json;
use tower::ServiceExt;
use tx_kit::testing::Backend;

use super::{
    matrix::{operations, permission},
    story,
    world::World,
};

/// Public facts, open to every role that may read them at all.
const PUBLIC: [&str; 5] = ["patents", "products", "ipc-industries", "scoring", "reference"];
/// Things that take a longer story to make than this one: the service's own tests try each of them as a stranger with a
/// real id (`pledge-svc/tests/http/{application_life,books,disposal,documents,fund,guarantee_money,payment_reversal,registration,subsidies}.rs`,
/// `valuation-svc/tests/http/`). Here the id is nobody's.
const ELSEWHERE: [&str; 30] = [
    "backtests",
    "compensation-claims",
    "deals",
    "delegations",
    "documents",
    "dormant-patents",
    "evaluation-rounds",
    "evaluations",
    "fund-agreements",
    "funds",
    "insurer-payments",
    "ledger",
    "ledger-reversals",
    "matches",
    "models",
    "needs",
    "overrides",
    "portfolios",
    "prefilings",
    "product-filings",
    "realisations",
    "repayment-reversals",
    "reports",
    "revaluation-triggers",
    "scoring-runs",
    "stocktake-items",
    "stocktakes",
    "subsidy-claims",
    "subsidy-schemes",
    "register",
];

fn stranger(role: Role) -> Caller {
    Caller {
        user: UserId::from_uuid(uuid::Uuid::new_v4()),
        name: "外人".into(),
        tenant: OrgId::from_uuid(uuid::Uuid::new_v4()),
        tenant_name: "外部机构".into(),
        org_kind: role.organisation().unwrap_or(OrgKind::Bank),
        roles: vec![role],
    }
}

/// Real ids by the first word of the path.
async fn owned(world: &World) -> HashMap<String, String> {
    let told = story::tell(&world.door).await;
    let mut ids = HashMap::from([
        ("facilities".to_owned(), told.facility),
        ("loans".to_owned(), told.loan),
        ("policies".to_owned(), told.policy),
        ("payment-instructions".to_owned(), told.instruction),
    ]);
    for (who, list, word) in [
        ("officer@bank-a.demo", "/api/pledge/v1/applications", "applications"),
        ("officer@bank-a.demo", "/api/pledge/v1/pledges", "pledges"),
        ("officer@bank-a.demo", "/api/valuation/v1/valuations", "valuations"),
        ("underwriter@insurer-a.demo", "/api/insurance/v1/quotes", "quotes"),
    ] {
        let rows = world.door.get(who, list).await.expect(200);
        ids.insert(word.to_owned(), rows["items"][0]["id"].as_str().unwrap().to_owned());
    }
    lending(world, &mut ids).await;
    let claim = json!({
        "policy_id": ids["policies"], "cause": "发现侵权", "occurred_on": chrono_today(world).await, "loss": "1000.00",
    });
    let claim =
        world.door.post("finance@enterprise-1.demo", "/api/insurance/v1/claims", claim).await.expect(201);
    ids.insert("claims".to_owned(), claim["id"].as_str().unwrap().to_owned());
    ids
}

/// What a bank and a fund make beside loans.
async fn lending(world: &World, ids: &mut HashMap<String, String>) {
    let loan = ids["loans"].clone();
    let enterprise = world.door.get("finance@enterprise-1.demo", "/api/platform/v1/me").await.expect(200);
    let member = json!({
        "enterprise_id": enterprise["organisation"]["id"], "name": enterprise["organisation"]["name"],
        "relation": "同一实际控制人",
    });
    let other = world.door.get("finance@enterprise-2.demo", "/api/platform/v1/me").await.expect(200);
    let second = json!({
        "enterprise_id": other["organisation"]["id"], "name": other["organisation"]["name"],
        "relation": "同一实际控制人",
    });
    for (word, who, path, body) in [
        (
            "adjustments",
            "officer@bank-a.demo",
            format!("/api/pledge/v1/loans/{loan}/adjustments"),
            json!({
                "change": { "kind": "extension", "months": 3, "security": "已签订补充质押协议" },
                "reason": "回款延后",
            }),
        ),
        (
            "change-requests",
            "finance@enterprise-1.demo",
            format!("/api/pledge/v1/loans/{loan}/change-requests"),
            json!({ "change": { "kind": "extension", "months": 3 }, "reason": "回款延后" }),
        ),
        (
            "loan-tasks",
            "officer@bank-a.demo",
            format!("/api/pledge/v1/loans/{loan}/checks"),
            json!({ "outcome": "sound", "findings": "生产经营正常" }),
        ),
        (
            "blacklist",
            "risk@bank-a.demo",
            "/api/pledge/v1/blacklist".to_owned(),
            json!({ "name": "某企业", "source": "dishonest_debtor", "reason": "拒不履行" }),
        ),
        (
            "connected-groups",
            "risk@bank-a.demo",
            "/api/pledge/v1/connected-groups".to_owned(),
            json!({ "name": "甲系企业", "reason": "同一实际控制人", "members": [member, second] }),
        ),
        (
            "disposal-cases",
            "risk@bank-a.demo",
            "/api/pledge/v1/disposal-cases".to_owned(),
            json!({ "loan_id": loan, "cause": "decision", "reason": "挪用贷款资金" }),
        ),
        (
            "fund-instructions",
            "manager@fund-a.demo",
            "/api/pledge/v1/fund-instructions".to_owned(),
            json!({ "kind": "open", "name": "风险补偿资金池", "sponsor": "市财政局" }),
        ),
    ] {
        let made = world.door.post(who, &path, body).await.expect(201);
        ids.insert(word.to_owned(), made["id"].as_str().unwrap().to_owned());
        if let Some(proposal) = made["proposals"][0]["id"].as_str() {
            ids.insert("disposal-proposals".to_owned(), proposal.to_owned());
        }
    }
    // A day is closed once it is over: the loans are a day older than this test.
    let today: chrono::NaiveDate = chrono_today(world).await.parse().unwrap();
    let yesterday = today.pred_opt().unwrap();
    let older = format!("UPDATE loan SET drawn_on = '{yesterday}', interest_from = '{yesterday}'");
    world.databases.pledge.migrator().execute_unprepared(&older).await.unwrap();
    let closing = json!({ "business_date": yesterday });
    let closed = world.door.post("operations@bank-a.demo", "/api/pledge/v1/closings", closing).await;
    assert!(matches!(closed.status.as_u16(), 200 | 202), "{}", closed.body);
    let runs = world.door.get("operations@bank-a.demo", "/api/pledge/v1/closings").await.expect(200);
    ids.insert("closings".to_owned(), runs["items"][0]["id"].as_str().unwrap().to_owned());
}

async fn chrono_today(world: &World) -> String {
    let books =
        world.door.get("officer@bank-a.demo", "/api/pledge/v1/ledger/trial-balance").await.expect(200);
    books["as_of"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_somebody_is_not_there_for_anybody_else() {
    let world = World::new(Backend::Sqlite).await;
    let ids = owned(&world).await;
    let mut tried = 0;
    let documents = world.documents.iter().filter(|(service, _)| {
        // The regulator's service shows everything to the regulator and nothing to anybody else; people and
        // organisations are tried with real sign-ins in the gateway's own tests.
        !matches!(service, Service::Supervision | Service::Gateway)
    });
    for (service, document) in documents {
        let (_, door) = world.doors.iter().find(|(name, _)| name == service).unwrap();
        for (method, path, operation) in operations(document) {
            let inner = path.trim_start_matches(service.base_path());
            let word = inner.split('/').nth(1).unwrap_or_default();
            // A kind of parameters, an account of one's own book: everybody has their own, nobody another's.
            let own = inner.contains("{kind}") || inner.contains("{code}");
            if !inner.contains('{') || PUBLIC.contains(&word) || word == "imports" || own {
                continue;
            }
            let nobody = uuid::Uuid::nil().to_string();
            let id = match ids.get(word) {
                Some(id) => id,
                None if ELSEWHERE.contains(&word) => &nobody,
                None => panic!("{path} is about things that this test does not know"),
            };
            let real = path.replacen("{id}", id, 1);
            let part = |part: &str| if part.starts_with('{') { nobody.clone() } else { part.to_owned() };
            let real = real.split('/').map(part).collect::<Vec<_>>().join("/");
            assert!(!real.contains('{'), "{real}");
            let permission = permission(&operation).unwrap();
            for role in Role::ALL.iter().filter(|role| role.organisation() != Some(OrgKind::Regulator)) {
                if !permits(*role, permission) {
                    continue;
                }
                let token = world.issuer.sign(&stranger(*role), *service).unwrap();
                let request = Request::builder()
                    .method(method)
                    .uri(&real)
                    .header(header::AUTHORIZATION, format!("Bearer {token}"))
                    .header(header::CONTENT_TYPE, "application/json")
                    .header("idempotency-key", uuid::Uuid::new_v4().to_string())
                    .body(Body::from(body(&real)))
                    .unwrap();
                let answer = door.clone().oneshot(request).await.unwrap();
                let status = answer.status().as_u16();
                let text = answer.into_body().collect().await.unwrap().to_bytes();
                let text = String::from_utf8_lossy(&text);
                // A body that does not fit is refused before anything is looked up: that tells nothing either.
                assert!(
                    matches!(status, 404 | 422),
                    "{role} of a stranger at {method} {real}: {status} {text}"
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 60, "only {tried} were tried");
    world.end().await;
}

/// A body that the operation reads, so that the answer comes from the lookup.
fn body(path: &str) -> String {
    let act = path.rsplit('/').next().unwrap_or_default();
    let body = match act {
        "drawdowns" => json!({ "enterprise_id": uuid::Uuid::nil(), "amount": "1.00", "tenor_months": 1 }),
        "repayments" | "tranches" => json!({ "amount": "1.00" }),
        "changes" => json!({ "limit": "1.00", "reason": "试探" }),
        "cancel" => json!({ "reason": "试探", "effective_on": "2030-01-01" }),
        "assess" => json!({
            "valuations": [], "recommended_amount": "1.00", "comment": "试探", "assessed_loss": "1.00", "reserve": "1.00",
        }),
        _ => json!({ "reason": "试探" }),
    };
    body.to_string()
}
