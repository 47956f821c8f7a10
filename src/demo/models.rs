//! Bank A's own valuation model: drafted, validated, approved and used by three people, a challenger beside it; later an
//! override that waits and one that holds, what a few patents were sold for, and back-tests.

use contracts::Service::Valuation;
use serde_json::{Value, json};

use super::{
    cast::{APPROVER_A, DEVELOPER_A, OFFICER_A, RISK_A, VALIDATOR_A},
    desk::{DemoError, Desk, items, text},
};

/// Patents that are valued, that nothing is lent on, and that are then sold.
const SOLD: usize = 8;
/// What each of them brought, percent of its value.
const PRICES: [i64; SOLD] = [96, 71, 118, 84, 63, 105, 90, 77];

/// What happens on a day.
pub(super) async fn day(desk: &mut Desk<'_>, day: i64) -> Result<(), DemoError> {
    match day {
        40 => {
            let own = draft(desk, "科技贷专版", "/parameters/liquidation/cost", json!(0.09)).await?;
            put_in_use(desk, &own, "champion").await?;
            let other = draft(desk, "科技贷挑战版", "/parameters/weights", weights()).await?;
            put_in_use(desk, &other, "challenger").await
        }
        240 => value(desk).await,
        336 => sell(desk).await,
        354 => test_and_override(desk).await,
        // A version waits for the validator when the reader signs in.
        358 => {
            let next = draft(desk, "科技贷专版 2027", "/parameters/validity/months", json!(9)).await?;
            desk.post(&DEVELOPER_A, Valuation, &format!("{next}/submit"), json!({})).await.map(drop)
        }
        _ => Ok(()),
    }
}

fn weights() -> Value {
    json!({
        "relief_from_royalty": 0.5, "replacement_cost": 0.2, "market_comparables": 0.2, "real_option": 0.1,
    })
}

/// A draft with one part of the platform's default changed.
async fn draft(desk: &mut Desk<'_>, name: &str, part: &str, figure: Value) -> Result<String, DemoError> {
    let asked = json!({ "name": name, "reason": "结合本行处置经验调整参数" });
    let made = desk.post(&DEVELOPER_A, Valuation, "/models", asked).await?;
    let path = format!("/models/{}", text(&made, "/id")?);
    let mut content = made.get("content").cloned().unwrap_or_default();
    if let Some(place) = content.pointer_mut(part) {
        *place = figure;
    }
    let body = json!({ "content": content, "row_version": made.get("row_version") });
    desk.post(&DEVELOPER_A, Valuation, &format!("{path}/content"), body).await?;
    Ok(path)
}

async fn put_in_use(desk: &mut Desk<'_>, path: &str, role: &str) -> Result<(), DemoError> {
    desk.post(&DEVELOPER_A, Valuation, &format!("{path}/submit"), json!({})).await?;
    let report = json!({
        "tests": [
            { "name": "复算", "result": "抽取 30 笔逐笔复算，结果一致", "passed": true },
            { "name": "敏感性", "result": "费率上下浮动 20%，估值变动在预期范围内", "passed": true },
        ],
        "findings": "参数有处置案例支持，区间与方向符合要求。", "conditions": "每半年回测一次", "document": "模验〔2026〕3 号",
    });
    desk.post(&VALIDATOR_A, Valuation, &format!("{path}/validate"), report).await?;
    desk.post(&RISK_A, Valuation, &format!("{path}/approve"), json!({ "comment": "同意启用" })).await?;
    let use_it = json!({ "scenario": "pledge", "role": role, "active_from": desk.today });
    desk.post(&RISK_A, Valuation, &format!("{path}/activate"), use_it).await.map(drop)
}

/// Both models, that for licences and the bank's own for pledges, are to be held against what the patents bring.
async fn value(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let found =
        desk.get(&OFFICER_A, Valuation, "/patents?legal_status=granted&kind=invention&limit=40").await?;
    let mut made = 0;
    for patent in items(&found) {
        if made == SOLD {
            break;
        }
        let id = text(patent, "/id")?;
        let body = |purpose: &str| json!({ "patent_id": id, "purpose": purpose });
        match desk.post(&OFFICER_A, Valuation, "/valuations", body("licence")).await {
            Ok(_) => {
                desk.post(&OFFICER_A, Valuation, "/valuations", body("pledge")).await?;
                made += 1;
            }
            // One that cannot be assessed is passed over.
            Err(DemoError::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Bank A's valuations for a licence, the oldest first.
async fn valued(desk: &Desk<'_>) -> Result<Vec<Value>, DemoError> {
    let path = "/valuations?purpose=licence&sort=created_at&limit=50";
    Ok(items(&desk.get(&OFFICER_A, Valuation, path).await?).to_vec())
}

/// What the patents brought; all but the last are verified.
async fn sell(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let valued = valued(desk).await?;
    for (at, (valuation, percent)) in valued.iter().zip(PRICES).enumerate() {
        let yuan: finance::Money =
            text(valuation, "/value")?.parse().map_err(|_| DemoError::Fault("a value".to_owned()))?;
        let price = finance::Money::from_fen(yuan.fen() / 10_000 * percent * 100);
        if !price.is_positive() {
            continue;
        }
        let patent = text(valuation, "/patent_id")?;
        let pledge = desk
            .get(&OFFICER_A, Valuation, &format!("/valuations?purpose=pledge&patent_id={patent}&limit=1"))
            .await?;
        for (letter, one) in ["A", "B"].into_iter().zip([valuation].into_iter().chain(items(&pledge))) {
            let body = json!({
                "valuation_id": text(one, "/id")?, "kind": if at % 3 == 0 { "auction" } else { "sale" },
                "amount": price, "realised_on": desk.today, "reference": format!("转让合同 2026-{:02}-{letter}", at + 1),
            });
            let made = desk.post(&DEVELOPER_A, Valuation, "/realisations", body).await?;
            if at + 1 < valued.len() {
                let path = format!("/realisations/{}/verify", text(&made, "/id")?);
                desk.post(&VALIDATOR_A, Valuation, &path, json!({})).await?;
            }
        }
    }
    Ok(())
}

async fn test_and_override(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let from = desk.today - chrono::TimeDelta::days(180);
    let licence = json!({ "scenario": "licence", "from": from, "to": desk.today });
    desk.post(&VALIDATOR_A, Valuation, "/backtests", licence).await?;
    let models = desk.get(&DEVELOPER_A, Valuation, "/models?status=active").await?;
    let of = |role: &str| {
        let used = |model: &&Value| {
            model.pointer("/activations/0/role").and_then(Value::as_str).is_some_and(|own| own == role)
        };
        items(&models).iter().find(used).and_then(|model| model.get("id").cloned())
    };
    let pledge = json!({
        "version_id": of("champion"), "challenger_id": of("challenger"), "scenario": "pledge", "from": from,
        "to": desk.today,
    });
    desk.post(&VALIDATOR_A, Valuation, "/backtests", pledge).await?;
    for (at, valuation) in valued(desk).await?.iter().enumerate().take(2) {
        let yuan: finance::Money =
            text(valuation, "/value")?.parse().map_err(|_| DemoError::Fault("a value".to_owned()))?;
        let lower = finance::Money::from_fen(yuan.fen() / 100 * if at == 0 { 85 } else { 92 });
        let body = json!({
            "change": { "kind": "value", "value": lower }, "reason_code": "recent_transaction",
            "reason": "同族专利近期成交价低于模型估值", "evidence": "转让合同 2026-02",
        });
        let path = format!("/valuations/{}/overrides", text(valuation, "/id")?);
        let made = desk.post(&OFFICER_A, Valuation, &path, body).await?;
        // The second waits for the approver when the reader signs in.
        if at == 0 {
            let path = format!("/overrides/{}/approve", text(&made, "/id")?);
            desk.post(&APPROVER_A, Valuation, &path, json!({})).await?;
        }
    }
    Ok(())
}
