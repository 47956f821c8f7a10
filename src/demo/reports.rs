//! What a bank makes of its valuations late in the year: what has to be valued anew is found, one report is issued, one waits
//! for its review, one is still a draft, and what it values is looked at as a whole.

use contracts::Service;
use serde_json::{Value, json};
use tx_kit::jobs;
use valuation_svc::{portfolios::PortfolioJob, triggers};

use super::{
    cast::{OFFICER_A, RISK_A},
    desk::{DemoError, Desk, items, text},
};

/// Days of the year on which valuations that are due by time are looked for.
pub(super) const ROUNDS: [i64; 3] = [200, 300, 355];
/// The day of the reports.
pub(super) const REPORTS: i64 = 357;
/// Reports that are written.
const REPORTED: usize = 3;
/// Causes that come with time or with the model: nothing happened to the patent.
const BY_TIME: [&str; 4] = ["market_moved", "validity_ending", "aged", "model_retired"];
/// Patents looked at as a whole.
const TOGETHER: usize = 20;

/// Looks for what is to be valued anew, as the worker does every hour.
pub(super) async fn round(desk: &Desk<'_>) -> Result<(), DemoError> {
    triggers::sweep(&desk.suite.databases.valuation).await?;
    Ok(())
}

/// Patents that the bank has valued for a pledge and that nothing has happened to since, each once.
async fn sound(desk: &Desk<'_>) -> Result<Vec<String>, DemoError> {
    let service = Service::Valuation;
    let due = desk.get(&OFFICER_A, service, "/revaluation-triggers?status=due&limit=200").await?;
    let happened: Vec<&str> = items(&due)
        .iter()
        .filter(|one| !BY_TIME.iter().any(|cause| one["cause"] == *cause))
        .filter_map(|one| one["patent_id"].as_str())
        .collect();
    let path = "/valuations?purpose=pledge&valid=true&limit=200";
    let made = desk.get(&OFFICER_A, service, path).await?;
    let mut patents: Vec<String> = Vec::new();
    for one in items(&made) {
        let patent = text(one, "/patent_id")?;
        if !happened.contains(&patent) && !patents.iter().any(|known| known == patent) {
            patents.push(patent.to_owned());
        }
    }
    Ok(patents)
}

/// What an enterprise states of one patent beyond its record: earnings, two plans and the choice to build.
fn plans() -> Value {
    json!({
        "excess_earnings": { "basis": "企业 2027 至 2031 年盈利预测（已审阅）", "inputs": {
            "earnings": ["2600000.00", "3100000.00", "3400000.00", "3300000.00", "2900000.00"],
            "contributory_charges": ["700000.00", "750000.00", "800000.00", "800000.00", "750000.00"] } },
        "with_and_without": { "basis": "可行性研究报告第 6 章", "inputs": {
            "cash_flows_with": ["1900000.00", "2300000.00", "2500000.00", "2400000.00"],
            "cash_flows_without": ["1200000.00", "1250000.00", "1300000.00", "1300000.00"] } },
        "real_option": { "basis": "扩产方案，三年内决定", "inputs": { "strike": "1500000.00", "years": "3" } },
        "weights": { "reason": "盈利预测经会计师审阅，其余作对照", "shares": { "relief_from_royalty": "0.35",
            "excess_earnings": "0.35", "with_and_without": "0.15", "market_comparables": "0.1", "real_option": "0.05" } },
    })
}

/// Three reports, each as far as it came, and a portfolio. What they rest on is valued for a licence: a pledge goes on relying
/// on what it has.
pub(super) async fn written(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let service = Service::Valuation;
    let mut patents = sound(desk).await?;
    for (place, patent) in patents.iter().take(REPORTED).enumerate() {
        let mut asked = json!({ "patent_id": patent, "purpose": "licence" });
        if place == 0 {
            asked["methods"] = plans();
            asked["assumptions"] =
                json!({ "success_probability": "0.8", "success_reason": "已与下游企业签订三年供货合同" });
        }
        let valuation = desk.post(&OFFICER_A, service, "/valuations", asked).await?;
        let texts = json!({
            "intended_user": "甲银行信贷审批部",
            "comments": "已核对专利登记簿副本、年费缴纳凭证和企业提供的销售合同。",
        });
        let body = json!({ "valuation_id": text(&valuation, "/id")?, "texts": texts });
        let draft = desk.post(&OFFICER_A, service, "/reports", body).await?;
        let path = format!("/reports/{}", text(&draft, "/id")?);
        if place < 2 {
            desk.post(&OFFICER_A, service, &format!("{path}/prepare"), json!({})).await?;
        }
        if place == 0 {
            desk.post(&RISK_A, service, &format!("{path}/issue"), json!({})).await?;
        }
    }
    patents.truncate(TOGETHER);
    if patents.is_empty() {
        return Ok(());
    }
    let body = json!({
        "name": "集群质押专利组合", "source": { "patents": patents },
        "spec": { "purpose": "pledge", "synergy_rate": "0.05", "synergy_reason": "同一工艺链上的专利可成套许可" },
    });
    desk.post(&OFFICER_A, service, "/portfolios", body).await?;
    while jobs::step(&desk.suite.databases.valuation, &PortfolioJob).await? {}
    Ok(())
}
