//! Steps that several stories share.

use serde_json::{Value, json};

use super::setting::{self, ENTERPRISE, Setting};

pub const LOAN: u128 = 0xA1;

pub fn patent_quote(limit: &str) -> Value {
    json!({
        "product": "enforcement", "insured_id": setting::id(ENTERPRISE), "insured_name": "启明科技",
        "patent_id": setting::id(setting::GOOD_PATENT), "limit_per_claim": limit, "aggregate_limit": limit,
        "starts_on": "2026-03-01", "ends_on": "2027-02-28",
    })
}

pub fn loan_quote() -> Value {
    json!({
        "product": "pledge_loan_guarantee", "insured_id": setting::id(ENTERPRISE), "insured_name": "启明科技",
        "loan_id": setting::id(LOAN), "limit_per_claim": "800000.00", "aggregate_limit": "800000.00",
        "starts_on": "2026-03-01", "ends_on": "2027-02-28",
    })
}

pub async fn bound(setting: &Setting, quote: Value) -> Value {
    let underwriter = setting.underwriter();
    let (status, quote) = setting.post(&underwriter, "/quotes", None, quote).await;
    assert_eq!(status, 201, "{quote}");
    let (status, policy) =
        setting.post(&underwriter, "/policies", Some("bind"), json!({ "quote_id": quote["id"] })).await;
    assert_eq!(status, 201, "{policy}");
    policy
}

/// Notifies, assesses and approves a loss under a policy; the approved claim.
pub async fn approved(setting: &Setting, policy: &Value, loss: &str) -> Value {
    let notice = json!({
        "policy_id": policy["id"], "cause": "第三方侵权", "occurred_on": setting.today(), "loss": loss,
    });
    let (status, claim) = setting.post(&setting.handler(), "/claims", None, notice).await;
    assert_eq!(status, 201, "{claim}");
    let id = claim["id"].as_str().unwrap();
    let found = json!({ "assessed_loss": loss, "reserve": "1000.00", "comment": "属实" });
    let (status, claim) =
        setting.post(&setting.handler(), &format!("/claims/{id}/assess"), None, found).await;
    assert_eq!(status, 200, "{claim}");
    let (status, claim) =
        setting.post(&setting.approver(), &format!("/claims/{id}/approve"), None, json!({})).await;
    assert_eq!(status, 200, "{claim}");
    claim
}

pub async fn books_balance(setting: &Setting) -> Vec<(String, String, String)> {
    let (status, balance) = setting.get(&setting.underwriter(), "/ledger/trial-balance").await;
    assert_eq!(status, 200, "{balance}");
    assert_eq!(balance["totals"]["debit"], balance["totals"]["credit"]);
    let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    let lines = balance["accounts"].as_array().unwrap().iter();
    lines.map(|line| (text(line, "account"), text(line, "debit"), text(line, "credit"))).collect()
}

pub fn side<'b>(books: &'b [(String, String, String)], account: &str) -> (&'b str, &'b str) {
    books.iter().find(|line| line.0 == account).map_or(("0.00", "0.00"), |line| (&line.1, &line.2))
}
