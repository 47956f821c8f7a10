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
use uuid::Uuid;

use super::{
    answers::draw_refused,
    conduct::{Conduct, Drawn},
    covered::Cover,
    draw::{Room, parts},
    lines::{self, Lines, Patience},
    model::{
        Facility, Member,
        approval::HeldApproval,
        draw::{Ask, Refusal, decide_draw},
    },
    postings,
    tranche_answers::refused,
};
use crate::{
    books::memorandum,
    disposal, fund,
    loan::{
        Held, LoanShare, NewPlan, Payee, PaymentMode, hold,
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
    /// `entrusted` where the bank pays the borrower's counterparty, `self` where the borrower does; entrusted where a payee
    /// is named, unless said otherwise.
    #[serde(default)]
    pub payment_mode: Option<PaymentMode>,
    /// Whom the bank pays.
    #[serde(default)]
    pub payee: Option<Payee>,
}

impl TrancheRequest {
    /// Who pays the money out.
    const fn mode(&self) -> PaymentMode {
        PaymentMode::meant(self.payment_mode, self.payee.is_some())
    }
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
    /// What of it the funds cover on which the line counts: all, or nothing where one of them does not; none where it counts
    /// on no fund.
    #[serde(default)]
    pub covered: Option<Money>,
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
    let locked = lines::lock(tx, [facility], [enterprise], Patience::Wait).await?;
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
    let ask = Ask {
        amount: request.amount,
        tenor_months: running.months_left(),
        matures_on: held.row.matures_on,
        // Until it is known what is left of the loan's own approval.
        may_take: Money::ZERO,
    };
    let drawn = Drawn {
        bank: held.facility.bank_id,
        // Of the member's approvals only that of the first draw counts, as long as it stands.
        application: None,
        applied_for: held.row.application_product.as_deref(),
        product: Some(&held.row.product),
        before: held.terms.principal,
        tenor_months: 0,
        annual_rate: held.terms.annual_rate,
        mode: request.mode(),
        on: held.on,
    };
    let conduct = Conduct::read(tx.conn(), [held.facility.bank_id].into(), held.on).await?;
    let (facility, member) =
        on_the_line(&mut lines, (facility, enterprise), ask, (&conduct, drawn, held.row.application_id))?;
    lines.guard(tx, Vec::new()).await?;
    let mut cover = Cover::read(tx, &lines, &[(facility.id, request.amount)]).await?;
    let taken = cover.take(&facility, request.amount, held.on)?;
    let taken = taken.map_err(|refusal| ActError::Refused(draw_refused(&refusal)))?;
    (held.facility, held.member) = (facility, member);
    let added = parts(&held.facility, request.amount)?;
    lend(tx, &mut held, &added, increased, caller).await?;
    let movements = postings::disbursement(id, held.facility.id, &added)?;
    ledger::store::post(tx, &movements).await?;
    let tranche = record(tx, caller, &held, &added, (request, taken.covered)).await?;
    fund::record_cover(tx, &taken.by, (id, tranche.id), tranche.amount).await?;
    Ok(tranche)
}

/// Decides on the line as a draw is decided, and moves it; gives line and place after it. Of what is held for the member
/// only what is left of the loan's own approval is drawn, as long as that stands; the rest comes out of what is free.
fn on_the_line(
    lines: &mut Lines,
    (facility, enterprise): (FacilityId, OrgId),
    ask: Ask,
    (conduct, drawn, application): (&Conduct, Drawn<'_>, Option<Uuid>),
) -> Result<(Facility, Member), ActError> {
    let gone = || Fault::Invariant(format!("{enterprise} has a loan without a place on {facility}"));
    let line = lines.get_mut(facility).ok_or_else(gone)?;
    let of_loan = |one: &&HeldApproval| Some(one.application_id.uuid()) == application;
    let own = line.member(enterprise).ok_or_else(gone)?.approvals.iter().find(of_loan).cloned();
    let ask = Ask { may_take: own.as_ref().map_or(Money::ZERO, |one| one.left), ..ask };
    let (member, backing) = line.place(enterprise, ask).ok_or_else(gone)?;
    let refused = |refusal: Refusal| ActError::Refused(draw_refused(&refusal));
    let draw = decide_draw(&line.facility, member, backing, ask, drawn.on).map_err(refused)?;
    conduct.hold(own.as_slice(), draw, drawn).map_err(|refusal| refused(Refusal::Conduct { refusal }))?;
    let member = line.moved_by(enterprise, draw, own.map(|one| one.application_id))?.clone();
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
        let earned = (held.interest_income(), change);
        movements.extend(accrual("interest.accrual", held.row.id, group, share.bank_id, earned)?);
    }
    let about = (held.row.id, Some(held.facility.id.uuid()));
    movements.extend(memorandum::reshared(about, (before, &held.shares), held.interest())?);
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
    (request, covered): (&TrancheRequest, Option<Money>),
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
        covered,
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
        payment_mode: Set(request.mode().name().to_owned()),
        payee: Set(request.payee.as_ref().map(serde_json::to_string).transpose().map_err(Fault::from)?),
        requested_by: Set(caller.name.clone()),
        created_at: Set(tx.now()),
    };
    store::tranche::Entity::insert(row).exec_without_returning(tx.conn()).await.map_err(Fault::from)?;
    tx.publish([(held.row.id, held.row.version, drawn_event(held, added, &tranche))]).await?;
    let entry = AuditEntry::new(&caller.actor(), "loan.draw_tranche", "loan", tranche.loan_id).with(
        serde_json::json!({
            "tranche": tranche.id, "facility": facility.id, "amount": tranche.amount,
            "outstanding": tranche.outstanding, "drawn": facility.drawn, "covered": tranche.covered,
            "purpose": request.purpose,
            "payment_mode": request.mode(), "payee": request.payee,
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
        covered: tranche.covered,
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
