//! What the university does: it takes stock of its patents, puts what is ready to experts of enterprises, and hears them.

use chrono::TimeDelta;
use contracts::Service;
use serde_json::{Value, json};
use tx_kit::jobs;
use valuation_svc::stocktake::StocktakeJob;

use super::{
    cast::{EVALUATORS, INSTITUTE_ADMIN, INVENTOR, TRANSFER_OFFICE},
    desk::{DemoError, Desk, items, text},
};

/// Patents that the inventor with an account answers for.
const OWN: usize = 6;
/// Patents that are assessed, that the office has assessed too, and that are in the library on the last day.
const ASSESSED: usize = 12;
const UNIT_ASSESSED: usize = 9;
const SHELVED: usize = 6;

async fn do_jobs(desk: &Desk<'_>) -> Result<(), DemoError> {
    while jobs::step(&desk.suite.databases.valuation, &StocktakeJob).await? {}
    Ok(())
}

/// Opens the stocktake that runs on the reader's day; its id.
pub(super) async fn open(desk: &mut Desk<'_>) -> Result<String, DemoError> {
    let body = json!({
        "name": "存量专利盘点（演示）", "deadline": desk.today + TimeDelta::days(120),
        "colleges": ["化学化工学院", "机械工程学院", "农业科学学院", "科学技术处"],
        "rules": [
            { "ipc": "C", "college": "化学化工学院" }, { "ipc": "A01", "college": "农业科学学院" },
            { "ipc": "B", "college": "机械工程学院" }, { "ipc": "F", "college": "机械工程学院" },
            { "college": "科学技术处" },
        ],
    });
    let made = desk.post(&TRANSFER_OFFICE, Service::Valuation, "/stocktakes", body).await?;
    do_jobs(desk).await?;
    Ok(text(&made, "/id")?.to_owned())
}

fn own_words(place: usize) -> Value {
    let used = ["none", "pilot", "none", "own"][place % 4];
    let mode = ["licence", "transfer", "open_licence", "equity"][place % 4];
    json!({
        "trl": 4 + place % 4, "scenarios": "园区企业的生产线改造与新产品试制", "prospect": 2 + place % 4,
        "willingness": if place % 5 == 4 { "conditional" } else { "willing" },
        "mode": mode,
        "funding": if place.is_multiple_of(2) { "state" } else { "other" },
        "project_number": if place.is_multiple_of(2) { "演示项目-2021-018" } else { "" },
        "implementation": used, "value": 2 + place % 3, "contact_name": "科学技术处", "hand_in": true,
    })
}

/// Patents are given to their inventor, assessed, bundled, reviewed: some at every step.
pub(super) async fn assess(desk: &mut Desk<'_>, campaign: &str) -> Result<(), DemoError> {
    let listed = desk
        .get(
            &TRANSFER_OFFICE,
            Service::Valuation,
            &format!("/stocktake-items?campaign_id={campaign}&limit=40"),
        )
        .await?;
    let all: Vec<(String, String)> = items(&listed)
        .iter()
        .map(|item| Ok((text(item, "/id")?.to_owned(), text(item, "/college")?.to_owned())))
        .collect::<Result<_, DemoError>>()?;
    for (id, college) in all.iter().take(OWN) {
        let body = json!({
            "items": [{ "id": id }], "college": college, "inventor_name": INVENTOR.name, "inventor_id": INVENTOR.id(),
        });
        desk.post(&TRANSFER_OFFICE, Service::Valuation, &format!("/stocktakes/{campaign}/assign"), body)
            .await?;
    }
    for (place, (id, _)) in all.iter().take(ASSESSED).enumerate() {
        // The last two of the inventor's own wait for the reader.
        let (who, how) = match place {
            place if place + 2 < OWN => (&INVENTOR, "self-assessment"),
            place if place < OWN => continue,
            _ => (&TRANSFER_OFFICE, "self-assessment-for"),
        };
        desk.post(who, Service::Valuation, &format!("/stocktake-items/{id}/{how}"), own_words(place)).await?;
    }
    let assessed: Vec<(usize, &String)> = all
        .iter()
        .enumerate()
        .take(ASSESSED)
        .filter(|(place, _)| *place + 2 < OWN || *place >= OWN)
        .map(|(place, (id, _))| (place, id))
        .collect();
    for (place, id) in assessed.iter().take(UNIT_ASSESSED) {
        let own = own_words(*place);
        let body = json!({
            "trl": 4, "prospect": own["prospect"], "mode": own["mode"], "value": own["value"],
            "reasons": "以中试报告为准", "forward": true,
        });
        desk.post(
            &TRANSFER_OFFICE,
            Service::Valuation,
            &format!("/stocktake-items/{id}/unit-assessment"),
            body,
        )
        .await?;
    }
    bundle(desk, campaign, &assessed).await?;
    for (position, (_, id)) in assessed.iter().take(SHELVED + 1).enumerate() {
        let verdict = if position < SHELVED {
            json!({ "verdict": "accept" })
        } else {
            json!({ "verdict": "keep_out", "reason": "已有替代工艺，近期无市场" })
        };
        desk.post(&INSTITUTE_ADMIN, Service::Valuation, &format!("/stocktake-items/{id}/review"), verdict)
            .await?;
    }
    Ok(())
}

async fn bundle(desk: &mut Desk<'_>, campaign: &str, assessed: &[(usize, &String)]) -> Result<(), DemoError> {
    let body = json!({ "name": "清洁生产工艺包", "note": "可整体许可" });
    let made = desk
        .post(&TRANSFER_OFFICE, Service::Valuation, &format!("/stocktakes/{campaign}/bundles"), body)
        .await?;
    let seen: Vec<Value> = assessed.iter().take(3).map(|(_, id)| json!({ "id": id })).collect();
    let body = json!({ "items": seen, "bundle": made["number"], "add_labels": ["清洁生产"] });
    desk.post(&TRANSFER_OFFICE, Service::Valuation, &format!("/stocktakes/{campaign}/edit"), body)
        .await
        .map(drop)
}

/// The bundle is put to experts of every enterprise, who answer; the other patents to those of two, and that round runs on.
pub(super) async fn put_to_experts(desk: &mut Desk<'_>, campaign: &str) -> Result<String, DemoError> {
    let body = json!({
        "name": "清洁生产工艺包评价", "deadline": desk.today + TimeDelta::days(10), "campaign_id": campaign, "bundle": 1,
        "open_to_all": true, "note": "请就可实施性和改进方向提出意见。",
    });
    let round = desk.post(&TRANSFER_OFFICE, Service::Valuation, "/evaluation-rounds", body).await?;
    let round = text(&round, "/id")?.to_owned();
    let path = format!("/evaluation-rounds/{round}/patents");
    let patents = desk.get(&TRANSFER_OFFICE, Service::Valuation, &path).await?;
    for (place, expert) in EVALUATORS.iter().enumerate() {
        for (position, patent) in items(&patents).iter().enumerate() {
            let turn = (place + position) % 3;
            let intent = ["intends", "considers", "declines"][turn];
            let wish = ["licence", "development", "none"][turn];
            let body = json!({
                "patent_id": patent["patent_id"], "intent": intent,
                "maturity": 4 + place, "outlook": 3 + turn,
                "wish": wish,
                "improvements": "降低能耗，补充长周期运行数据", "price_low": "200000.00", "price_high": "600000.00",
                // Of every second patent all are heard by name, of the others all unnamed: each is enough to count.
                "named": position % 2 == 0,
            });
            desk.post(expert, Service::Valuation, &format!("/evaluation-rounds/{round}/evaluations"), body)
                .await?;
        }
    }
    Ok(round)
}

/// The round ends, the owner replies to what was said by name, and another round waits for the experts.
pub(super) async fn hear(desk: &mut Desk<'_>, campaign: &str, round: &str) -> Result<(), DemoError> {
    desk.post(&TRANSFER_OFFICE, Service::Valuation, &format!("/evaluation-rounds/{round}/close"), json!({}))
        .await?;
    let heard =
        desk.get(&TRANSFER_OFFICE, Service::Valuation, &format!("/evaluations?round_id={round}")).await?;
    if let Some(one) = items(&heard).iter().find(|one| one["enterprise_name"].is_string()) {
        let reply = json!({ "reply": "可提供样品和中试报告，欢迎到校对接。" });
        let path = format!("/evaluations/{}/reply", text(one, "/id")?);
        desk.post(&TRANSFER_OFFICE, Service::Valuation, &path, reply).await?;
    }
    let path = format!("/stocktake-items?campaign_id={campaign}&state=library");
    let shelved = desk.get(&TRANSFER_OFFICE, Service::Valuation, &path).await?;
    let patents: Vec<&Value> = items(&shelved)
        .iter()
        .filter(|item| item["bundle"].is_null())
        .map(|item| &item["patent_id"])
        .collect();
    let invited: Vec<Value> = EVALUATORS
        .iter()
        .take(2)
        .map(|one| json!({ "enterprise_id": one.of.id(), "name": one.of.name }))
        .collect();
    let body = json!({
        "name": "可转化专利市场评价", "deadline": desk.today + TimeDelta::days(30), "patents": patents, "invited": invited,
    });
    desk.post(&TRANSFER_OFFICE, Service::Valuation, "/evaluation-rounds", body).await.map(drop)
}
