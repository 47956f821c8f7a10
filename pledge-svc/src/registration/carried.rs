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
    let members: Vec<_> = enterprises.iter().map(|enterprise| (facility, *enterprise)).collect();
    let mut found = collaterals_across(conn, &members, on).await?;
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
    members: &[(FacilityId, OrgId)],
    on: NaiveDate,
) -> Result<HashMap<(FacilityId, OrgId), Collateral>, Fault> {
    let carriers = find::find_carriers(conn, &Scope::system(), members).await?;
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

/// Until when what a member has pledged under a facility secures a loan: each day the first of all its registered pledges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SecurityEnds {
    /// The day on which the first of the rights ends by its term, as the catalogue said: rights that were released or have
    /// ended secure nothing and do not count.
    pub right: Option<NaiveDate>,
    /// The last day of the debt's term in the pledge contracts.
    pub debt: Option<NaiveDate>,
    /// The last day on which every valuation may be relied on.
    pub valuation: Option<NaiveDate>,
}

/// Until when what a member has pledged under a facility secures its loans. The caller has found the member's loan in
/// scope.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn security_ends(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
    enterprise: OrgId,
) -> Result<SecurityEnds, Fault> {
    let system = Scope::system();
    let pledges = find::find_of_member(conn, &system, facility, enterprise).await?;
    Ok(SecurityEnds {
        right: pledges.iter().filter_map(Pledge::first_end).min(),
        debt: pledges.iter().filter_map(|pledge| pledge.debt_until).min(),
        valuation: pledges.iter().filter_map(Pledge::valid_until).min(),
    })
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
