//! Looking up what members' pledges carry; the rule is `model/collateral.rs`.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use contracts::{FacilityId, OrgId, PatentId, PledgeId};
use finance::MoneyError;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::{
    model::{Collateral, Lien, Pledge, collateral::carried},
    store::find,
};

/// What a member's pledges under a facility carry on a day: registered pledges with valid valuations, on patents in
/// force, less what is about to be released or cancelled. The facility and the member are already the caller's to
/// ask about; the sum is the suite's own question.
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
    let mut found = collaterals_across(conn, &[facility], enterprises, on).await?;
    Ok(enterprises
        .iter()
        .map(|enterprise| (*enterprise, found.remove(&(facility, *enterprise)).unwrap_or_default()))
        .collect())
}

/// The same for members of many facilities, in one query; a member without registered pledges is not in the answer.
///
/// # Errors
/// As [`collateral`].
pub async fn collaterals_across(
    conn: &impl ConnectionTrait,
    facilities: &[FacilityId],
    enterprises: &[OrgId],
    on: NaiveDate,
) -> Result<HashMap<(FacilityId, OrgId), Collateral>, Fault> {
    let carriers = find::find_carriers(conn, &Scope::system(), facilities, enterprises).await?;
    carriers
        .into_iter()
        .map(|(member, pledges)| {
            let sum = carried(pledges, on).map_err(|error: MoneyError| {
                Fault::Corrupt(format!("collateral of {}: {error}", member.1))
            })?;
            Ok((member, sum))
        })
        .collect()
}

/// The day on which the first of the rights that a member has pledged under a facility ends by its term: rights that
/// were released or have ended secure nothing and do not count. The caller has found the member's loan in scope.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn first_end(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
    enterprise: OrgId,
) -> Result<Option<NaiveDate>, Fault> {
    let pledges = find::find_of_member(conn, &Scope::system(), facility, enterprise).await?;
    Ok(pledges.iter().filter_map(Pledge::first_end).min())
}

/// The live pledge of each of the patents that has one, whoever holds it: a patent is pledged once.
///
/// # Errors
/// The database's fault.
pub async fn live_by_patent(
    conn: &impl ConnectionTrait,
    patents: &[PatentId],
) -> Result<HashMap<PatentId, PledgeId>, Fault> {
    find::find_live_by_patent(conn, &Scope::system(), patents).await
}

/// Every registered pledge over each of its patents, as far as one sees: what the catalogue should show.
///
/// # Errors
/// The database's fault.
pub async fn liens(conn: &impl ConnectionTrait, scope: &Scope) -> Result<BTreeSet<Lien>, Fault> {
    find::find_liens(conn, scope).await
}
