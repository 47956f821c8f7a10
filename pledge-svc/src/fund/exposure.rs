//! What agreements cover today: the principal outstanding of what was drawn while they covered new loans.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use contracts::FundAgreementId;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::{
    model::{Agreement, Exposure},
    store,
};

/// Overdue by more days than these a loan is at least substandard, and so non-performing, whether it was classified since
/// or not (金融资产风险分类办法, 2023).
const PERFORMS_UP_TO_DAYS: u64 = 90;

/// What one agreement covers.
///
/// # Errors
/// The database's fault.
pub(super) async fn of(
    conn: &impl ConnectionTrait,
    agreement: &Agreement,
    on: NaiveDate,
) -> Result<Exposure, Fault> {
    let mut found = of_each(conn, std::slice::from_ref(agreement), on).await?;
    Ok(found.remove(&agreement.id).unwrap_or_default())
}

/// What each of several agreements covers.
///
/// # Errors
/// The database's fault, or a sum beyond the range of amounts.
pub(super) async fn of_each(
    conn: &impl ConnectionTrait,
    agreements: &[Agreement],
    on: NaiveDate,
) -> Result<HashMap<FundAgreementId, Exposure>, Fault> {
    let ids: Vec<FundAgreementId> = agreements.iter().map(|agreement| agreement.id).collect();
    let late = on.checked_sub_days(Days::new(PERFORMS_UP_TO_DAYS)).unwrap_or(NaiveDate::MIN);
    store::exposures(conn, &ids, Some(late)).await
}

/// How much each of several agreements covers; what of it is bad is left out.
///
/// # Errors
/// As [`of_each`].
pub(super) async fn covered_by_each(
    conn: &impl ConnectionTrait,
    agreements: &[Agreement],
) -> Result<HashMap<FundAgreementId, Exposure>, Fault> {
    let ids: Vec<FundAgreementId> = agreements.iter().map(|agreement| agreement.id).collect();
    store::exposures(conn, &ids, None).await
}
