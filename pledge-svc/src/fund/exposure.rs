//! What agreements cover today: the principal of the loans under the facilities that they stand for.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use contracts::{FacilityId, FundAgreementId};
use finance::{Money, MoneyError};
use identity::Scope;
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

/// What each of several agreements covers, in one query.
///
/// # Errors
/// The database's fault, or a sum beyond the range of amounts.
pub(super) async fn of_each(
    conn: &impl ConnectionTrait,
    agreements: &[Agreement],
    on: NaiveDate,
) -> Result<HashMap<FundAgreementId, Exposure>, Fault> {
    let mut stands_for: Vec<(FundAgreementId, Vec<FacilityId>)> = Vec::with_capacity(agreements.len());
    for agreement in agreements {
        stands_for.push((agreement.id, store::find_facilities(conn, &Scope::system(), agreement).await?));
    }
    let mut all: Vec<FacilityId> = stands_for.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    let late = on.checked_sub_days(Days::new(PERFORMS_UP_TO_DAYS)).unwrap_or(NaiveDate::MIN);
    let principal = store::find_principal(conn, &Scope::system(), &all, late).await?;
    stands_for
        .into_iter()
        .map(|(id, facilities)| {
            let parts = || facilities.iter().filter_map(|facility| principal.get(facility));
            let broken = |error: MoneyError| Fault::Corrupt(format!("cover of fund agreement {id}: {error}"));
            let exposure = Exposure {
                covered: Money::total(parts().map(|part| part.covered)).map_err(broken)?,
                non_performing: Money::total(parts().map(|part| part.non_performing)).map_err(broken)?,
            };
            Ok((id, exposure))
        })
        .collect()
}
