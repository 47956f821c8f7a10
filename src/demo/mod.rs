//! The demo: a simulated year of a city's patent finance, made by running the real use cases under a clock that is
//! set from day to day, so that ledgers, events and the regulator's figures agree. Nothing is inserted.
//!
//! Where is …? Who takes part: `cast.rs`; how they call the services: `desk.rs`; what happens when: `year.rs`; the
//! steps of a borrower, an underwriter, a bank: `borrowing.rs`, `insuring.rs`, `banking.rs`; what becomes of loans that are not
//! repaid: `workout.rs`; the university's stocktake and
//! the experts who evaluate it: `stocktake.rs`; the scoring of the catalogue: `scoring.rs`; needs and proposals: `matching.rs`; what is recorded and filed beside patents: `filings.rs`; the market index and deals: `reference.rs`; valuation
//! reports, what has to be valued anew, and a portfolio: `reports.rs`.

mod banking;
mod borrowing;
mod cast;
mod desk;
mod filings;
mod insuring;
mod matching;
mod models;
mod people;
mod reference;
mod reports;
mod scoring;
mod stocktake;
mod workout;
mod year;

use contracts::SimulatedClock;
use http_kit::own_process::StartError;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use crate::suite::{Databases, Suite};

/// The accounts that a start prints: user name and what it may do.
#[must_use]
pub fn accounts() -> Vec<(&'static str, &'static str)> {
    vec![
        ("officer@bank-a.demo", "甲银行客户经理 loan officer of bank A"),
        ("approver@bank-a.demo", "甲银行审批人 credit approver of bank A"),
        ("developer@bank-a.demo · validator@bank-a.demo", "甲银行模型研发、验证 model developer, validator"),
        ("officer@bank-b.demo · approver@bank-b.demo · risk@bank-b.demo", "乙银行 bank B"),
        ("manager@fund-a.demo · manager-2@fund-a.demo", "风险补偿基金 risk-compensation fund"),
        ("finance@enterprise-1.demo … 8", "集群企业财务 enterprises of the cluster"),
        ("underwriter@insurer-a.demo", "核保人 underwriter"),
        ("claims@insurer-a.demo", "理赔人员 claims handler"),
        ("transfer-office@university-a.demo", "高校技术转移办公室 transfer office"),
        (
            "inventor@university-a.demo · admin@university-a.demo",
            "发明人、机构管理员 inventor, institute admin",
        ),
        ("evaluator@enterprise-1.demo … 3", "企业评价专家 experts of enterprises"),
        ("examiner@regulator.demo", "监管检查员 the regulator's examiner"),
        ("admin@platform.demo · admin-2@platform.demo", "平台管理员 platform administrators"),
    ]
}

/// Makes the year that ends today and leaves the clock there.
///
/// # Errors
/// One sentence: which step of the story failed and what the service answered.
pub async fn make(suite: &Suite, clock: &SimulatedClock, password: &str) -> Result<(), StartError> {
    year::run(suite, clock, password)
        .await
        .map_err(|error| StartError::Fault(Fault::Other(error.to_string())))
}

/// Enters the demo's organisations and people and fills the catalogue, without a year behind them.
///
/// # Errors
/// One sentence: what failed.
pub async fn people_and_patents(
    databases: &Databases,
    today: chrono::NaiveDate,
    password: &str,
) -> Result<(), StartError> {
    let failed = |error: desk::DemoError| StartError::Fault(Fault::Other(error.to_string()));
    people::enter(&databases.gateway, password).await.map_err(failed)?;
    people::fill_catalogue(&databases.valuation, today).await.map_err(failed)
}

/// Whether this installation holds the demo accounts.
///
/// # Errors
/// The database's fault.
pub async fn is_here(suite: &Suite) -> Result<bool, Fault> {
    let db = &suite.databases.gateway;
    let row = db
        .read()
        .query_one_raw(sea_orm::Statement::from_string(
            db.read().get_database_backend(),
            format!("SELECT id FROM account WHERE username = '{}'", cast::ADMINISTRATOR),
        ))
        .await?;
    Ok(row.is_some())
}
