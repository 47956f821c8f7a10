//! A facility as the API shows it, and as the others hear of it.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{
    ClusterId, Event, FacilityId, MemberId, OrgId,
    events::{FacilityChanged, FacilityMember, SyndicateShare},
};
use finance::{Money, Rate};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, Tx};

use super::{
    model::{MemberStatus, Share, Status},
    store,
};

/// A facility.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FacilityView {
    /// Its id.
    pub id: FacilityId,
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// The lead bank.
    pub bank_id: OrgId,
    /// The lead bank's name.
    pub bank_name: String,
    /// The cluster's id, where registered.
    pub cluster_id: Option<ClusterId>,
    /// The cluster's name.
    pub cluster: String,
    /// The cluster's operator.
    pub operator_id: Option<OrgId>,
    /// The industry's code.
    pub industry: String,
    /// What may be drawn at most.
    pub limit: Money,
    /// Principal outstanding.
    pub drawn: Money,
    /// Held for approved applications.
    pub reserved: Money,
    /// Free.
    pub available: Money,
    /// Always `CNY`.
    pub currency: String,
    /// Where it stands.
    pub status: Status,
    /// Whether a repayment frees the line.
    pub revolving: bool,
    /// First day of the window.
    pub available_from: NaiveDate,
    /// Last day of the window.
    pub available_until: NaiveDate,
    /// Contract rate a year.
    pub annual_rate: Rate,
    /// The longest tenor.
    pub tenor_cap_months: u32,
    /// The most that one member may owe, as a part of the limit.
    pub single_member_cap: Rate,
    /// The most that may be lent on collateral value.
    pub ltv_cap: Rate,
    /// Who proposed it.
    pub maker: String,
    /// Who decided it.
    pub approver: Option<String>,
    /// The reason of the last refusal or suspension.
    pub reason: Option<String>,
    /// The syndicate, lead first; empty for a sole lender.
    pub shares: Vec<Share>,
    /// The members that the caller may see.
    pub members: Vec<MemberView>,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// Rises with every change.
    pub version: i64,
}

/// A member's place.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MemberView {
    /// Its id.
    pub id: MemberId,
    /// The enterprise.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// What it may owe at most.
    pub sub_limit: Money,
    /// What it owes in principal.
    pub drawn: Money,
    /// Held for its approved applications.
    pub reserved: Money,
    /// Free under the sub-limit.
    pub available: Money,
    /// Whether it may draw.
    pub status: MemberStatus,
}

/// The views of facilities found in scope.
pub(crate) async fn views(
    conn: &impl ConnectionTrait,
    scope: &identity::Scope,
    rows: Vec<store::facility::Model>,
) -> Result<Vec<FacilityView>, Fault> {
    let mut shares = store::shares(conn, &rows).await?;
    let mut members = store::members(conn, scope, &rows).await?;
    rows.into_iter()
        .map(|row| {
            let own = members.extract_if(.., |member| member.facility_id == row.id).collect();
            let shares = shares.remove(&row.id).unwrap_or_default();
            view(row, shares, own)
        })
        .collect()
}

fn view(
    row: store::facility::Model,
    shares: Vec<Share>,
    members: Vec<store::member::Model>,
) -> Result<FacilityView, Fault> {
    let facility = store::facility_of(row.clone(), shares)?;
    let members = members
        .into_iter()
        .map(|row| {
            let member = store::member_of(row)?;
            let available = member.available();
            Ok(MemberView {
                id: member.id,
                enterprise_id: member.enterprise_id,
                enterprise_name: member.enterprise_name,
                sub_limit: member.sub_limit,
                drawn: member.drawn,
                reserved: member.reserved,
                available,
                status: member.status,
            })
        })
        .collect::<Result<_, Fault>>()?;
    Ok(FacilityView {
        available: facility.available(),
        id: facility.id,
        number: facility.number,
        name: facility.name,
        bank_id: facility.bank_id,
        bank_name: facility.bank_name,
        cluster_id: row.cluster_id.map(ClusterId::from_uuid),
        cluster: row.cluster,
        operator_id: row.operator_id.map(OrgId::from_uuid),
        industry: facility.industry,
        limit: facility.limit,
        drawn: facility.drawn,
        reserved: facility.reserved,
        currency: Money::CURRENCY.to_owned(),
        status: facility.status,
        revolving: facility.revolving,
        available_from: facility.available_from,
        available_until: facility.available_until,
        annual_rate: facility.annual_rate,
        tenor_cap_months: facility.tenor_cap_months,
        single_member_cap: facility.single_member_cap,
        ltv_cap: facility.ltv_cap,
        maker: row.maker,
        approver: row.approver,
        reason: row.reason,
        shares: facility.shares,
        members,
        created_at: row.created_at,
        version: facility.version,
    })
}

/// One facility as it stands inside the transaction, whole, for the answer of an act.
pub(crate) async fn after(tx: &Tx, id: FacilityId) -> Result<FacilityView, Fault> {
    let row = store::facility::Entity::find_by_id(id.uuid())
        .one(tx.conn())
        .await?
        .ok_or_else(|| Fault::Invariant(format!("facility {id} vanished inside its own act")))?;
    views(tx.conn(), &identity::Scope::system(), vec![row])
        .await?
        .pop()
        .ok_or_else(|| Fault::Invariant(format!("facility {id} has no view")))
}

/// Tells the others the whole state of a facility after a change.
pub(crate) async fn publish(tx: &mut Tx, view: &FacilityView) -> Result<(), Fault> {
    let event = Event::FacilityChanged(FacilityChanged {
        facility_id: view.id,
        number: view.number.clone(),
        name: view.name.clone(),
        bank_id: view.bank_id,
        bank_name: view.bank_name.clone(),
        cluster: view.cluster.clone(),
        industry: view.industry.clone(),
        limit: view.limit,
        drawn: view.drawn,
        reserved: view.reserved,
        status: view.status.name().to_owned(),
        available_from: view.available_from,
        available_until: view.available_until,
        shares: view
            .shares
            .iter()
            .map(|share| SyndicateShare {
                bank_id: share.bank_id,
                bank_name: share.bank_name.clone(),
                share: share.share,
                amount: Money::ZERO,
            })
            .collect(),
        members: view
            .members
            .iter()
            .map(|member| FacilityMember {
                enterprise_id: member.enterprise_id,
                enterprise_name: member.enterprise_name.clone(),
                sub_limit: member.sub_limit,
                drawn: member.drawn,
                reserved: member.reserved,
            })
            .collect(),
    });
    tx.publish([(view.id.uuid(), view.version, event)]).await
}
