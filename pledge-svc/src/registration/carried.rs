//! Looking up what members' pledges carry; the rule is `model/collateral.rs`.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::{FacilityId, OrgId, PatentId, PledgeId};
use finance::MoneyError;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::{
    model::{Collateral, collateral::carried},
    store,
};

/// What a member's pledges under a facility carry on a day. The facility and the member are already the
/// caller's to ask about; the sum is the suite's own question.
///
/// # Errors
/// The database's fault, or a sum beyond the range of money.
pub async fn collateral(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
    enterprise: OrgId,
    on: NaiveDate,
) -> Result<Collateral, Fault> {
    let mut found = collaterals(conn, facility, &[enterprise], on).await?;
    Ok(found.remove(&enterprise).unwrap_or_default())
}

/// The same for many members of one facility, in one query; a member without pledges is in the answer with
/// nothing.
///
/// # Errors
/// As [`collateral`].
pub async fn collaterals(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
    enterprises: &[OrgId],
    on: NaiveDate,
) -> Result<HashMap<OrgId, Collateral>, Fault> {
    let mut carriers = store::find_carriers(conn, &Scope::system(), facility, enterprises).await?;
    enterprises
        .iter()
        .map(|enterprise| {
            let pledges = carriers.remove(enterprise).unwrap_or_default();
            let sum = carried(pledges, on).map_err(|error: MoneyError| {
                Fault::Corrupt(format!("collateral of {enterprise}: {error}"))
            })?;
            Ok((*enterprise, sum))
        })
        .collect()
}

/// The live pledge of each of the patents that has one, whoever holds it: a patent is pledged once.
///
/// # Errors
/// The database's fault.
pub async fn live_by_patent(
    conn: &impl ConnectionTrait,
    patents: &[PatentId],
) -> Result<HashMap<PatentId, PledgeId>, Fault> {
    store::find_live_by_patent(conn, &Scope::system(), patents).await
}
