//! The act: a further tranche of a running loan (分次放款). Line and member are locked, decided on and guarded as a draw's
//! are; the loan admits it by its own rule, `loan/model/tranche.rs`.
//!
//! Locks: facility, member, loan. At READ COMMITTED, as a draw, and for the reasons given in `lines.rs`; the loan is
//! locked before it is read.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use contracts::{
    DrawdownId, Event, FacilityId, LoanId, OrgId,
    events::{LoanTrancheDrawn, SyndicateShare},
};
use finance::{Money, Rate, split};
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    answers::draw_refused,
    draw::{Room, parts},
    lines::{self, Lines, Patience},
    model::{
        Facility, Member,
        draw::{Ask, decide_draw},
    },
    postings,
    tranche_answers::refused,
};
use crate::{
    disposal, fund,
    loan::{
        Held, LoanShare, NewPlan, hold,
        model::tranche::{Increased, Running},
        replace_plan, store,
    },
    risk,
    servicing::{model::weights, postings::accrual},
};

/// A tranche to draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrancheRequest {
    /// Principal.
    pub amount: Money,
    /// What the money is for.
    #[serde(default)]
    pub purpose: Option<String>,
}

/// A tranche that was granted and disbursed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Tranche {
    /// Its id.
    pub id: DrawdownId,
    /// The loan.
    pub loan_id: LoanId,
    /// Principal of the tranche.
    pub amount: Money,
    /// Everything drawn on the loan so far.
    pub principal: Money,
    /// Principal owed after it.
    pub outstanding: Money,
    /// Business date.
    pub drawn_on: NaiveDate,
    /// Day the loan falls due.
    pub matures_on: NaiveDate,
    /// The oldest due date that is not met.
    pub next_due_on: Option<NaiveDate>,
    /// The schedule that it led to.
    pub plan_version: i32,
    /// The facility after it.
    pub facility: Room,
    /// The member's place after it.
    pub member: Room,
}

/// Draws a further tranche on a loan of the caller.
///
/// # Errors
/// Not the caller's loan, the refusal of loan, line or member, or the database's fault.
pub(super) async fn draw_tranche(
    tx: &mut Tx,
    caller: &Caller,
    id: LoanId,
    request: &TrancheRequest,
    seen: IfMatch,
) -> Result<Tranche, ActError> {
    let row = store::one(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    if row.enterprise_id != caller.tenant.uuid() {
        return Err(Problem::not_found().into());
    }
    let (facility, enterprise): (FacilityId, OrgId) = (row.facility_id.into(), row.enterprise_id.into());
    let locked = lines::lock(tx, [facility], Patience::Wait).await?;
    let mut lines = lines::read(tx, locked, &BTreeSet::from([(facility, enterprise)])).await?;
    let mut held = hold(tx, caller, id).await?.ok_or_else(Problem::not_found)?;
    seen.check(held.row.version)?;
    if let Some(case) = disposal::find_open(tx.conn(), &identity::Scope::system(), id).await? {
        return Err(in_disposal(&case.number).into());
    }
    let conditions = store::conditions(&held.row)?;
    let running = Running {
        terms: &held.terms,
        plan: &held.plan,
        account: &held.account,
        owed: &held.owed,
        status: held.status,
        conditions: &conditions,
        restructured_on: held.row.restructured_on,
        on: held.on,
    };
    let increased = running.increased(request.amount).map_err(refused)?;
    let ask =
        Ask { amount: request.amount, tenor_months: running.months_left(), matures_on: held.row.matures_on };
    let (facility, member) = on_the_line(&mut lines, (facility, enterprise), ask, held.on)?;
    lines.guard(tx).await?;
    let covered = lines.covering(tx).await?.take(facility.id, request.amount, held.on)?;
    (held.facility, held.member) = (facility, member);
    let added = parts(&held.facility, request.amount)?;
    lend(tx, &mut held, &added, increased, caller).await?;
    let movements = postings::disbursement(id, held.facility.id, &added)?;
    ledger::store::post(tx, &movements).await?;
    let tranche = record(tx, caller, &held, &added, request).await?;
    fund::record_cover(tx, &covered, (id, tranche.id), tranche.amount).await?;
    Ok(tranche)
}

/// Decides on the line as a draw is decided, and moves it; gives line and place after it.
fn on_the_line(
    lines: &mut Lines,
    (facility, enterprise): (FacilityId, OrgId),
    ask: Ask,
    on: NaiveDate,
) -> Result<(Facility, Member), ActError> {
    let gone = || Fault::Invariant(format!("{enterprise} has a loan without a place on {facility}"));
    let line = lines.get_mut(facility).ok_or_else(gone)?;
    let (member, backing) = line.place(enterprise, ask).ok_or_else(gone)?;
    let draw = decide_draw(&line.facility, member, backing, ask, on)
        .map_err(|refusal| ActError::Refused(draw_refused(&refusal)))?;
    let member = line.moved_by(enterprise, draw)?.clone();
    Ok((line.facility.clone(), member))
}

/// The loan takes the principal, its banks take their parts, and the new plan takes the place of the present one.
async fn lend(
    tx: &mut Tx,
    held: &mut Held,
    added: &[LoanShare],
    increased: Increased,
    caller: &Caller,
) -> Result<(), Fault> {
    let banks = |shares: &[LoanShare]| shares.iter().map(|share| share.bank_id).collect::<Vec<_>>();
    if banks(&held.shares) != banks(added) {
        return Err(Fault::Invariant(format!("loan {} is lent by other banks than its line", held.row.id)));
    }
    let amounts: Vec<Money> = added.iter().map(|share| share.amount).collect();
    let amount = Money::total(amounts.iter().copied()).map_err(broken)?;
    let before = held.shares.clone();
    held.add_to_shares(tx, &amounts).await?;
    reshare_interest(tx, held, &before).await?;
    risk::reshare(tx, held, &before).await?;
    held.terms.principal = held.terms.principal.checked_add(amount).map_err(broken)?;
    held.account = increased.account;
    let principal = held.terms.principal.fen();
    held.row.principal_fen = principal;
    let beside = store::loan::ActiveModel { principal_fen: Set(principal), ..Default::default() };
    held.write(tx, beside).await?;
    let plan = NewPlan {
        schedule: increased.schedule,
        cause: "tranche",
        effective_on: held.on,
        made_by: &caller.name,
        annual_rate: None,
        restructured: false,
    };
    replace_plan(tx, held, plan).await
}

/// What the books show as receivable follows the banks' parts, which are split to the fen and so may move by one.
async fn reshare_interest(tx: &mut Tx, held: &Held, before: &[LoanShare]) -> Result<(), Fault> {
    let posted = held.posted();
    let had = split(posted, &weights(before)).map_err(broken)?;
    let has = split(posted, &weights(&held.shares)).map_err(broken)?;
    let mut movements = Vec::new();
    for (share, (had, has)) in held.shares.iter().zip(had.into_iter().zip(has)) {
        let change = has.checked_sub(had).map_err(broken)?;
        let group = Some(held.facility.id.uuid());
        movements.extend(accrual("interest.accrual", held.row.id, group, share.bank_id, change)?);
    }
    if movements.is_empty() {
        return Ok(());
    }
    ledger::store::post(tx, &movements).await?;
    Ok(())
}

/// The tranche's row, the event, the audit entry, and the answer.
async fn record(
    tx: &mut Tx,
    caller: &Caller,
    held: &Held,
    added: &[LoanShare],
    request: &TrancheRequest,
) -> Result<Tranche, ActError> {
    let (facility, member) = (&held.facility, &held.member);
    let tranche = Tranche {
        id: DrawdownId::fresh(tx.now()),
        loan_id: held.id(),
        amount: request.amount,
        principal: held.terms.principal,
        outstanding: held.account.outstanding,
        drawn_on: held.on,
        matures_on: held.row.matures_on,
        next_due_on: held.next_due_on()?,
        plan_version: held.row.plan_version,
        facility: Room {
            drawn: facility.drawn,
            reserved: facility.reserved,
            available: facility.available(),
        },
        member: Room { drawn: member.drawn, reserved: member.reserved, available: member.available() },
    };
    let row = store::tranche::ActiveModel {
        id: Set(tranche.id.uuid()),
        loan_id: Set(held.row.id),
        amount_fen: Set(tranche.amount.fen()),
        drawn_on: Set(tranche.drawn_on),
        plan_version: Set(tranche.plan_version),
        purpose: Set(request.purpose.clone()),
        requested_by: Set(caller.name.clone()),
        created_at: Set(tx.now()),
    };
    store::tranche::Entity::insert(row).exec_without_returning(tx.conn()).await.map_err(Fault::from)?;
    tx.publish([(held.row.id, held.row.version, drawn_event(held, added, &tranche))]).await?;
    let entry = AuditEntry::new(&caller.actor(), "loan.draw_tranche", "loan", tranche.loan_id).with(
        serde_json::json!({
            "tranche": tranche.id, "facility": facility.id, "amount": tranche.amount,
            "outstanding": tranche.outstanding, "drawn": facility.drawn, "purpose": request.purpose,
        }),
    );
    tx.audit([entry]).await?;
    Ok(tranche)
}

fn drawn_event(held: &Held, added: &[LoanShare], tranche: &Tranche) -> Event {
    let (facility, member) = (&held.facility, &held.member);
    let share_of = |bank: OrgId| {
        facility.shares.iter().find(|share| share.bank_id == bank).map_or(Rate::ONE, |share| share.share)
    };
    Event::LoanTrancheDrawn(LoanTrancheDrawn {
        loan_id: tranche.loan_id,
        drawdown_id: tranche.id,
        facility_id: facility.id,
        bank_id: facility.bank_id,
        enterprise_id: member.enterprise_id,
        amount: tranche.amount,
        outstanding: tranche.outstanding,
        drawn_on: tranche.drawn_on,
        matures_on: tranche.matures_on,
        next_due_on: tranche.next_due_on,
        shares: added
            .iter()
            .map(|share| SyndicateShare {
                bank_id: share.bank_id,
                bank_name: share.bank_name.clone(),
                share: share_of(share.bank_id),
                amount: share.amount,
            })
            .collect(),
        facility_version: facility.version,
        facility_drawn: facility.drawn,
        facility_reserved: facility.reserved,
        member_drawn: member.drawn,
        member_reserved: member.reserved,
    })
}

/// A loan that is being collected on gets no further money.
pub(super) fn in_disposal(case: &str) -> Problem {
    Problem::refused(
        "in-disposal",
        format!("该笔贷款正在处置（案件 {case}），不能再次放款。请先与银行办结处置。"),
        format!("The loan is in disposal (case {case}), so nothing further can be drawn. Settle the case with the bank first."),
    )
    .with("case", case)
}

fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Invariant(error.to_string())
}
