//! Doing what was approved in a case: payments on the loan, claims, ledger, events. The case's own row is the caller's.

use contracts::{Actor, CompensationId, OrgId};
use finance::{Claim as Debt, Money, ProceedsClaim};
use http_kit::ActError;
use identity::Caller;
use ledger::Movement;
use tx_kit::{Fault, Tx};

use super::{
    consider::Effect,
    declare_due::declare_due,
    insurer, lots,
    model::{Ask, Case, Claim, ClaimStatus, LossShares, Proposal, Realised, Recovered, realisation::debts},
    pool,
    postings::{self, About},
    settle::{settle, settle_late},
    store, votes,
};
use crate::{
    books::memorandum,
    fund::{self, Bearer, HandedBack},
    loan::{Held, LoanStatus, WrittenOff},
    registration::Office,
    risk,
    servicing::{
        self, Payment,
        model::{moved, weights},
    },
};

/// What the movements of a held loan's case are about.
pub(super) fn about(held: &Held) -> About {
    About { lead: held.row.bank_id.into(), loan: held.id(), facility: held.facility.id }
}

/// Does it.
pub(super) async fn carry_out(
    tx: &mut Tx,
    office: &Office,
    caller: &Caller,
    held: &mut Held,
    proposal: &Proposal,
    effect: Effect,
    case: &Case,
) -> Result<(), ActError> {
    match effect {
        Effect::Opened | Effect::Planned(_) | Effect::Closed => Ok(()),
        Effect::Accelerated { .. } => declare_due(tx, held, &caller.name).await,
        Effect::Found { worthless } => {
            store::insert_findings(tx, (case.id, proposal.id), &worthless).await?;
            // After a sale it may be the rest that was left to sell.
            review(tx, held).await
        }
        Effect::CostPaid { amount } => {
            let movement = postings::cost_paid(about(held), amount)?;
            post(tx, [movement]).await
        }
        Effect::Realised { done, pledges } => {
            sold(tx, caller, held, proposal, &done).await?;
            lots::let_go(tx, office, caller, (case, proposal), &pledges).await?;
            review(tx, held).await
        }
        Effect::Shared(shares) => {
            claim_shares(tx, case, &shares).await?;
            review(tx, held).await
        }
        Effect::Answered { claim, late, .. } => {
            // Who recorded the answer stands for who answered it.
            let maker = Actor { user: proposal.maker_id, name: proposal.maker.clone(), tenant: case.bank_id };
            let answered =
                Claim { answered_by_id: Some(maker.user), answered_by: Some(maker.name), ..*claim };
            let confirmed = answered.confirmed(&caller.actor(), tx.business_date())?;
            // The rule counted one step for the answer, which was never written by itself.
            let read = confirmed.version - 2;
            match late {
                None => settle(tx, caller, held, &confirmed, read).await,
                Some(late) => settle_late(tx, caller, held, (&confirmed, read), late).await,
            }
        }
        Effect::Unanswered { claim, .. } => {
            let read = claim.version - 1;
            let names = (Some(proposal.maker.clone()), proposal.approver.clone());
            let recorded = Claim { answered_by: names.0, decided_by: names.1, ..*claim };
            Ok(store::update_claim(tx, &recorded, read).await?)
        }
        Effect::WrittenOff { .. } => {
            take_off_books(tx, held, case).await?;
            Ok(votes::tell_participants(tx, caller, held, (proposal, case)).await?)
        }
        Effect::Recovered(done) => give_back(tx, caller, held, proposal, &done, case).await,
    }
}

/// The loan's class follows what the case has come to at the next close, though the loan itself has not changed and is not late.
async fn review(tx: &Tx, held: &Held) -> Result<(), ActError> {
    Ok(risk::review_loan(tx.conn(), held.id().uuid()).await?)
}

async fn post(tx: &mut Tx, movements: impl IntoIterator<Item = Movement>) -> Result<(), ActError> {
    let movements: Vec<Movement> = movements.into_iter().collect();
    ledger::store::post(tx, &movements).await?;
    Ok(())
}

async fn sold(
    tx: &mut Tx,
    caller: &Caller,
    held: &mut Held,
    proposal: &Proposal,
    done: &Realised,
) -> Result<(), ActError> {
    let order = match &proposal.ask {
        Ask::Proceeds(sale) => debts(&sale.order()),
        _ => debts(&ProceedsClaim::PRINCIPAL_FIRST),
    };
    pay_loan(tx, caller, held, done.to_loan, &order, &proposal.case_number).await?;
    let beside = postings::proceeds_received(about(held), done.reimbursed, done.waterfall.surplus)?;
    post(tx, beside).await
}

/// Pays the loan out of what the case brought in.
async fn pay_loan(
    tx: &mut Tx,
    caller: &Caller,
    held: &mut Held,
    amount: Money,
    order: &[Debt],
    case_number: &str,
) -> Result<(), ActError> {
    if amount.is_zero() {
        return Ok(());
    }
    let payment = Payment { amount, order, source: "disposal", comment: Some(case_number) };
    servicing::take(tx, caller, held, payment).await?;
    Ok(())
}

/// Claims on everybody who bears something; a fund is told what waits for it.
async fn claim_shares(tx: &mut Tx, case: &Case, shares: &LossShares) -> Result<(), ActError> {
    let mut claims = Vec::new();
    for part in shares.parts.iter().filter(|part| part.borne.is_positive()) {
        let id = CompensationId::fresh(tx.now());
        claims.push(Claim {
            id,
            number: contracts::number("CC", tx.business_date(), id.uuid()),
            case_id: case.id,
            case_number: case.number.clone(),
            bank_id: case.bank_id,
            bank_name: case.bank_name.clone(),
            enterprise_name: case.enterprise_name.clone(),
            bearer: part.sharer.bearer,
            party_id: part.sharer.party_id,
            party: part.sharer.name.trim().to_owned(),
            agreement_id: part.agreement_id,
            policy_id: part.policy_id,
            amount: part.borne,
            status: ClaimStatus::Claimed,
            granted: None,
            reason: None,
            reference: None,
            answered_by_id: None,
            answered_by: None,
            decided_by: None,
            paid: Money::ZERO,
            returned: Money::ZERO,
            eased: Money::ZERO,
            claimed_on: tx.business_date(),
            decided_on: None,
            version: 1,
        });
        if let Some(agreement) = part.agreement_id {
            fund::note_claim(tx, agreement, part.borne).await?;
        }
    }
    store::insert_claims(tx, &claims).await?;
    Ok(())
}

/// Takes the loan off the books of every bank: provided for in whole first, with the interest that the books show as
/// receivable, then written off against the provision.
async fn take_off_books(tx: &mut Tx, held: &mut Held, case: &Case) -> Result<(), ActError> {
    let about = about(held);
    risk::cover_write_off(tx, held).await?;
    let written = held.write_off(tx).await?;
    kept_whole(case, &written)?;
    let receivable = moved(Money::ZERO, written.shown.receivable, &weights(&held.shares))
        .map_err(|error| Fault::Invariant(format!("the shares of loan {}: {error}", held.id())))?;
    let parts: Vec<(OrgId, Money, Money)> = written
        .principal
        .iter()
        .zip(receivable)
        .map(|((bank, principal), interest)| (*bank, *principal, interest))
        .collect();
    ledger::store::post(tx, &postings::written_off(about, &parts)?).await?;
    // Nothing of its interest is suspended any more: it is claimed with the principal (`notes.rs`).
    memorandum::follow_interest(tx, memorandum::WRITTEN_OFF, held, written.shown).await?;
    let event = held.state_changed("write_off", ("loss", 3, Money::ZERO), true)?;
    tx.publish([(held.id().uuid(), held.row.version, event)]).await?;
    Ok(())
}

/// What the rule keeps of the claim is what the loan no longer shows: the bank's part of the loss and what is beyond it.
fn kept_whole(case: &Case, written: &WrittenOff) -> Result<(), Fault> {
    let broken = |error: finance::MoneyError| Fault::Invariant(error.to_string());
    let principal = Money::total(written.principal.iter().map(|(_, part)| *part)).map_err(broken)?;
    let gone = Money::total([principal, written.interest, written.fees]).map_err(broken)?;
    let lacks = case.money.own_loss().saturating_sub(case.money.own_back);
    let claimed = (gone.saturating_sub(lacks), principal, written.shown.taxed());
    if claimed == (case.money.claim_kept, case.money.written_off, case.money.taxed) {
        return Ok(());
    }
    Err(Fault::Invariant(format!("case {} keeps another claim than its loan had", case.id)))
}

/// Gives a recovery to bank, sharers and pledgor.
async fn give_back(
    tx: &mut Tx,
    caller: &Caller,
    held: &mut Held,
    proposal: &Proposal,
    done: &Recovered,
    case: &Case,
) -> Result<(), ActError> {
    let broken = |error: finance::MoneyError| Fault::Invariant(error.to_string());
    let own = done.own_back.checked_add(done.extra).map_err(broken)?;
    if held.status == LoanStatus::Active {
        let order = debts(&ProceedsClaim::PRINCIPAL_FIRST);
        pay_loan(tx, caller, held, own, &order, &proposal.case_number).await?;
    } else {
        let had_been = done.written_back.checked_add(done.taxed).map_err(broken)?;
        let interest = own.checked_sub(had_been).map_err(broken)?;
        let reinstated = (done.written_back, done.taxed);
        let income = (held.interest_income(), interest);
        let movements = postings::recovered_after_write_off(about(held), &held.shares, reinstated, income)?;
        post(tx, movements).await?;
    }
    let handed_on = postings::recovery_handed_on(
        about(held),
        done.costs,
        done.returned().map_err(broken)?,
        done.surplus,
    )?;
    post(tx, handed_on).await?;
    let claims = store::list_claims(tx.conn(), &identity::Scope::system(), case.id).await?;
    let of = |id: CompensationId| {
        let gone = || Fault::Invariant(format!("claim {id} vanished inside its own act"));
        claims.iter().find(|claim| claim.id == id).ok_or_else(gone)
    };
    for eased in &done.eased {
        let claim = of(eased.claim_id)?;
        let after = claim.eased_by(eased.amount, tx.business_date())?;
        store::update_claim(tx, &after, claim.version).await?;
        if let Some(agreement) = claim.agreement_id {
            fund::lower_claim(tx, agreement, eased.amount).await?;
        }
    }
    for back in &done.back {
        let claim = of(back.claim_id)?;
        let after = claim.handed_back(back.amount)?;
        store::update_claim(tx, &after, claim.version).await?;
        if let (Bearer::Fund, Some(agreement)) = (claim.bearer, claim.agreement_id) {
            let returned = HandedBack {
                agreement,
                claim: claim.id,
                number: &claim.number,
                amount: back.amount,
                maker: &proposal.maker,
                approver: &caller.name,
            };
            fund::take_recovery(tx, &returned).await?;
        }
        if matches!(claim.bearer, Bearer::Insurer | Bearer::Reguarantor) {
            insurer::hand_back(tx, case, claim, back.amount).await?;
        }
        if let Some(kind) = pool::kind_of(claim.bearer) {
            pool::put_back(tx, caller, held, (kind, back.amount)).await?;
            pool::base_after(tx, caller, held).await?;
        }
    }
    Ok(())
}
