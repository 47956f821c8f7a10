//! A facility as the API shows it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ClusterId, FacilityId, MemberId, OrgId, OrgKind};
use finance::{Money, Rate};
use identity::Scope;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::{
    agreements::{self, AgreementView},
    model::{
        CollateralRule, Liability, LossCover, MemberStatus, Share, Status, Triggers, pricing::Pricing,
        waiver::Waiver,
    },
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
    /// Contract rate a year; where the line is priced on the LPR, that of the day on which it was agreed.
    pub annual_rate: Rate,
    /// How new draws are priced.
    #[serde(default)]
    pub pricing: Pricing,
    /// The longest tenor.
    pub tenor_cap_months: u32,
    /// The most that one member may owe, as a part of the limit.
    pub single_member_cap: Rate,
    /// The most that may be lent on collateral value.
    pub ltv_cap: Rate,
    /// Sub-limits together are at most the limit times this.
    pub over_allotment: Rate,
    /// The sub-limits together.
    pub allotted: Money,
    /// The most that a group of connected members may use, as a part of the limit.
    pub group_cap: Rate,
    /// The most that may be lent on one pool of pledged patents, as a part of the limit.
    pub pool_cap: Rate,
    /// How far the members answer for each other.
    pub liability: Liability,
    /// What secures the loans.
    pub collateral: CollateralRule,
    /// Who bears a part of a loss besides the bank; for its banks, those who do and the regulator.
    pub cover: Vec<LossCover>,
    /// What stops the line without anybody deciding it.
    pub triggers: Triggers,
    /// Who proposed it.
    pub maker: String,
    /// Who decided it.
    pub approver: Option<String>,
    /// The reason of the last refusal or suspension; the banks' own affair, and the regulator's.
    pub reason: Option<String>,
    /// Since when it is suspended; none where it is not.
    #[serde(default)]
    pub suspended_on: Option<NaiveDate>,
    /// The syndicate, lead first; empty for a sole lender.
    pub shares: Vec<Share>,
    /// What the banks that take part have said of the proposed line; for banks and the regulator.
    #[serde(default)]
    pub agreements: Vec<AgreementView>,
    /// The bank that every draw and payment passes: the lead.
    pub agent_bank_id: OrgId,
    /// The members that the caller may see, the first 200 of them.
    pub members: Vec<MemberView>,
    /// How many there are.
    pub members_count: u64,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// Rises with every change.
    pub version: i64,
}

/// A member's place. Its figures are for its banks, itself and the regulator; the cluster's operator sees who is on
/// the list, how each stands and its sub-limit, and no reason of the bank's.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MemberView {
    /// Its id.
    pub id: MemberId,
    /// The enterprise.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// Whether it may draw.
    pub status: MemberStatus,
    /// The group of connected members that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Why it is paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// What it may owe at most; for its banks, itself, the regulator and the cluster's operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_limit: Option<Money>,
    /// Its figures.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<MemberFigures>,
}

/// What a member has and owes.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MemberFigures {
    /// The sub-limit as a part of the limit, where it was agreed so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Rate>,
    /// What it owes in principal.
    pub drawn: Money,
    /// Held for its approved applications.
    pub reserved: Money,
    /// Free under the sub-limit.
    pub available: Money,
    /// What it has paid into the mutual-aid pool.
    pub deposit: Money,
    /// What must be paid in for what it owes now.
    pub deposit_required: Money,
    /// What it has paid in as margin for the borrowing base.
    pub margin: Money,
    /// Conditions precedent that are not fulfilled.
    pub conditions_open: u32,
    /// The waiver of its pledge that was approved last; over once its last day is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waiver>,
}

/// The views of facilities found in scope.
pub(crate) async fn views(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    rows: Vec<store::facility::Model>,
) -> Result<Vec<FacilityView>, Fault> {
    let mut shares = store::shares(conn, &rows).await?;
    let counts = store::allotted(conn, &rows).await?;
    let mut members = by_facility(store::members(conn, scope, &rows, &counts).await?, |row| row.facility_id);
    let mut agreements = HashMap::new();
    if scope.sees_all() || scope.kind() == OrgKind::Bank {
        let shared = rows.iter().filter(|row| shares.get(&row.id).is_some_and(|shares| shares.len() > 1));
        let subjects: Vec<Uuid> = shared.map(|row| row.id).collect();
        agreements = agreements::views_of(conn, &subjects).await?;
    }
    let mut covers = HashMap::new();
    if scope.sees_all() || matches!(scope.kind(), OrgKind::Bank | OrgKind::Fund | OrgKind::Insurer) {
        covers = by_facility(store::cover::covers(conn, rows.iter().map(|row| row.id)).await?, |one| one.0);
    }
    rows.into_iter()
        .map(|row| {
            let own = members.remove(&row.id).unwrap_or_default();
            let parts = Parts {
                shares: shares.remove(&row.id).unwrap_or_default(),
                agreements: agreements.remove(&row.id).unwrap_or_default(),
                count: counts.get(&row.id).copied().unwrap_or_default(),
                cover: covers.remove(&row.id).unwrap_or_default().into_iter().map(|one| one.1).collect(),
            };
            view(row, parts, own, scope)
        })
        .collect()
}

fn by_facility<T>(rows: Vec<T>, of: impl Fn(&T) -> Uuid) -> HashMap<Uuid, Vec<T>> {
    let mut grouped: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        grouped.entry(of(&row)).or_default().push(row);
    }
    grouped
}

/// What a facility's row does not hold itself.
struct Parts {
    shares: Vec<Share>,
    agreements: Vec<AgreementView>,
    count: store::Allotted,
    cover: Vec<LossCover>,
}

fn view(
    row: store::facility::Model,
    parts: Parts,
    members: Vec<store::member::Model>,
    scope: &Scope,
) -> Result<FacilityView, Fault> {
    let facility = store::facility_of(row.clone(), parts.shares)?;
    let members = members
        .into_iter()
        .map(|row| member_view(row, facility.terms.liability, scope))
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
        pricing: facility.terms.pricing,
        tenor_cap_months: facility.tenor_cap_months,
        single_member_cap: facility.single_member_cap,
        ltv_cap: facility.ltv_cap,
        over_allotment: facility.terms.over_allotment,
        allotted: Money::from_fen(parts.count.fen),
        group_cap: facility.terms.group_cap,
        pool_cap: facility.terms.pool_cap,
        liability: facility.terms.liability,
        collateral: facility.terms.collateral,
        cover: parts.cover,
        triggers: facility.terms.triggers,
        maker: row.maker,
        approver: row.approver,
        reason: row.reason.filter(|_| scope.sees_all() || scope.kind() == OrgKind::Bank),
        suspended_on: row.suspended_on.filter(|_| facility.status == Status::Suspended),
        shares: facility.shares,
        agreements: parts.agreements,
        agent_bank_id: facility.bank_id,
        members,
        members_count: parts.count.members.unsigned_abs(),
        created_at: row.created_at,
        version: facility.version,
    })
}

/// A member's place as a scope may see it.
pub(crate) fn member_view(
    row: store::member::Model,
    liability: Liability,
    scope: &Scope,
) -> Result<MemberView, Fault> {
    let figured = scope.sees_all() || matches!(scope.kind(), OrgKind::Bank | OrgKind::Enterprise);
    // What the bank found by itself is its own affair; a member reads what a person wrote to it.
    let told = figured && (scope.kind() != OrgKind::Enterprise || row.paused_by.is_none());
    let status_reason = row.status_reason.clone().filter(|_| told);
    let limited = figured || scope.kind() == OrgKind::ClusterOperator;
    let member = store::member_of(row)?;
    let figures = MemberFigures {
        share: member.sub_share,
        drawn: member.drawn,
        reserved: member.reserved,
        available: member.available(),
        deposit: member.deposit,
        deposit_required: liability
            .deposit_required(member.sub_limit, member.drawn)
            .map_err(|error| Fault::Corrupt(error.to_string()))?,
        margin: member.margin,
        conditions_open: member.conditions_open,
        waiver: member.waiver,
    };
    Ok(MemberView {
        id: member.id,
        enterprise_id: member.enterprise_id,
        enterprise_name: member.enterprise_name,
        status: member.status,
        group: member.group.filter(|_| scope.sees_all() || scope.kind() == OrgKind::Bank),
        status_reason,
        sub_limit: limited.then_some(member.sub_limit),
        figures: figured.then_some(figures),
    })
}

/// One facility as it stands inside the transaction, for the answer of an act of its bank.
pub(crate) async fn after(tx: &Tx, id: FacilityId) -> Result<FacilityView, Fault> {
    let row = store::facility::Entity::find_by_id(id.uuid())
        .one(tx.conn())
        .await?
        .ok_or_else(|| Fault::Invariant(format!("facility {id} vanished inside its own act")))?;
    views(tx.conn(), &Scope::system(), vec![row])
        .await?
        .pop()
        .ok_or_else(|| Fault::Invariant(format!("facility {id} has no view")))
}
