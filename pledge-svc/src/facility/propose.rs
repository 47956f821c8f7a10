//! The act: a loan officer proposes a facility. It is not lent on before another person approves it.

use contracts::{FacilityId, MemberId};
use finance::Money;
use http_kit::ActError;
use identity::Caller;
use sea_orm::{ActiveValue::Set, EntityTrait};
use tx_kit::{AuditEntry, Fault, InTx, Tx};

use super::{
    answers, connected, events, exposure,
    model::{
        MemberStatus, ShareRole, Status,
        agreement::AgreementKind,
        members::ProposedMember,
        places::Place,
        proposal::{Proposal, flaws},
    },
    priced, registered, store,
    view::{self, FacilityView},
};
use crate::state::App;

/// Rows of one statement: seventeen columns stay below SQLite's 32,766 bound values.
const ROWS_PER_STATEMENT: usize = 1_000;

/// Proposes a facility of the caller's bank.
pub(crate) async fn propose(
    app: &App,
    caller: &Caller,
    key: Option<&tx_kit::IdempotencyKey>,
    proposal: &Proposal,
) -> Result<FacilityView, ActError> {
    if let Some(answer) = app.db.answered::<FacilityView, ActError>(key).await? {
        return Ok(answer);
    }
    let proposal = &registered::proposal(app, caller, proposal).await?;
    app.db.run_once(key, |tx| propose_in(tx, caller, proposal).in_tx()).await
}

async fn propose_in(tx: &mut Tx, caller: &Caller, proposal: &Proposal) -> Result<FacilityView, ActError> {
    let members = connected::labelled(tx.conn(), caller.tenant, &proposal.members).await?;
    let mut proposal = Proposal { members, ..proposal.clone() };
    let found = flaws(&proposal, caller.tenant, tx.business_date());
    if !found.is_empty() {
        return Err(answers::flawed(found).into());
    }
    let (terms, on) = (proposal.terms(), tx.business_date());
    let priced = priced::on_lpr(tx.conn(), caller.tenant, &terms, proposal.tenor_cap_months, on);
    proposal.annual_rate = priced.await?.unwrap_or(proposal.annual_rate);
    let proposal = &proposal;
    let id = FacilityId::fresh(tx.now());
    insert(tx, caller, proposal, id).await?;
    let caps = exposure::participants_caps(tx, caller.tenant, &proposal.shares).await?;
    let shares = proposal.shares.iter().zip(0..).map(|(share, position)| store::share::ActiveModel {
        facility_id: Set(id.uuid()),
        position: Set(position),
        bank_id: Set(share.bank_id.uuid()),
        bank_name: Set(share.bank_name.clone()),
        share: Set(share.share.to_string()),
        role: Set(if position == 0 { ShareRole::Lead } else { share.role }.name().to_owned()),
        tranche: Set(share.tranche.into()),
        customer_cap_fen: Set(caps.get(&share.bank_id).and_then(|caps| caps.customer).map(Money::fen)),
        connected_cap_fen: Set(caps.get(&share.bank_id).and_then(|caps| caps.connected).map(Money::fen)),
    });
    if !proposal.shares.is_empty() {
        store::share::Entity::insert_many(shares).exec_without_returning(tx.conn()).await?;
    }
    let asked = proposal.shares.iter().filter(|share| share.bank_id != caller.tenant);
    let about = (AgreementKind::Facility, id.uuid());
    store::agreement::ask(tx, id, about, asked, proposal.limit).await?;
    store::cover::replace(tx.conn(), id, &proposal.cover).await?;
    insert_members(tx, id, &places(proposal)).await?;
    let mut view = view::after(tx, id).await?;
    events::whole(tx, &mut view).await?;
    let entry = AuditEntry::new(&caller.actor(), "facility.propose", "facility", id)
        .with(serde_json::json!({ "limit": view.limit, "members": proposal.members.len() }));
    tx.audit([entry]).await?;
    Ok(view)
}

/// The places of the members proposed; each has an allotment, as the rule has seen.
fn places(proposal: &Proposal) -> Vec<Place> {
    let place = |member: &ProposedMember| {
        Some(Place {
            enterprise_id: member.enterprise_id,
            enterprise_name: member.enterprise_name.trim().to_owned(),
            allotment: member.allotment(proposal.limit)?,
            group: member.group_label(),
            status: MemberStatus::Active,
        })
    };
    proposal.members.iter().filter_map(place).collect()
}

async fn insert(tx: &Tx, caller: &Caller, proposal: &Proposal, id: FacilityId) -> Result<(), ActError> {
    let terms = proposal.terms();
    let caps = exposure::caps(tx.conn(), caller.tenant, tx.business_date()).await?;
    let row = store::facility::ActiveModel {
        id: Set(id.uuid()),
        number: Set(contracts::number("F", tx.business_date(), id.uuid())),
        name: Set(proposal.name.trim().to_owned()),
        bank_id: Set(caller.tenant.uuid()),
        bank_name: Set(caller.tenant_name.clone()),
        cluster_id: Set(proposal.cluster_id.map(contracts::ClusterId::uuid)),
        cluster: Set(proposal.cluster.trim().to_owned()),
        operator_id: Set(proposal.operator_id.map(contracts::OrgId::uuid)),
        industry: Set(proposal.industry.clone()),
        limit_fen: Set(proposal.limit.fen()),
        drawn_fen: Set(0),
        reserved_fen: Set(0),
        retired_fen: Set(0),
        status: Set(Status::Proposed.name().to_owned()),
        revolving: Set(proposal.revolving),
        available_from: Set(proposal.available_from),
        available_until: Set(proposal.available_until),
        annual_rate: Set(proposal.annual_rate.to_string()),
        tenor_cap_months: Set(i32::try_from(proposal.tenor_cap_months).unwrap_or(i32::MAX)),
        single_member_cap: Set(proposal.single_member_cap.to_string()),
        ltv_cap: Set(proposal.ltv_cap.to_string()),
        terms: Set(serde_json::to_string(&terms)?),
        pooled: Set(terms.collateral.pool().is_some()),
        grouped: Set(proposal.members.iter().any(|member| member.group_label().is_some())),
        funded: Set(false),
        maker_id: Set(caller.user.uuid()),
        maker: Set(caller.name.clone()),
        approver: Set(None),
        suspended_on: Set(None),
        reason: Set(None),
        created_at: Set(tx.now()),
        version: Set(1),
        customer_cap_fen: Set(caps.customer.map(Money::fen)),
        connected_cap_fen: Set(caps.connected.map(Money::fen)),
    };
    store::facility::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Adds members with nothing drawn.
pub(super) async fn insert_members(tx: &Tx, facility: FacilityId, places: &[Place]) -> Result<(), Fault> {
    for chunk in places.chunks(ROWS_PER_STATEMENT) {
        let rows = chunk.iter().map(|place| store::member::ActiveModel {
            id: Set(MemberId::fresh(tx.now()).uuid()),
            facility_id: Set(facility.uuid()),
            enterprise_id: Set(place.enterprise_id.uuid()),
            enterprise_name: Set(place.enterprise_name.clone()),
            sub_limit_fen: Set(place.allotment.sub_limit.fen()),
            drawn_fen: Set(0),
            reserved_fen: Set(0),
            retired_fen: Set(0),
            status: Set(place.status.name().to_owned()),
            status_reason: Set(None),
            paused_by: Set(None),
            group_label: Set(place.group.clone()),
            sub_share: Set(place.allotment.share.map(|share| share.to_string())),
            deposit_fen: Set(0),
            margin_fen: Set(0),
            conditions_open: Set(0),
            waived_fen: Set(0),
            waived_until: Set(None),
            approvals: Set(None),
        });
        store::member::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}
