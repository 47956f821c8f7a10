//! The acts: a risk manager proposes to judge a loan worse than the rules do, or to lift what was judged; another person
//! confirms it, and from then on it holds.

use contracts::{ClassificationId, LoanId};
use finance::Rate;
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use serde::Deserialize;
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    assess::{Owes, gather},
    model::{
        Judged, JudgementStatus, Tier,
        judgement::{self, Refusal},
    },
    reassess::{Setting, reassess_as},
    store::{self, write},
    view::{JudgementView, judgement_view},
};
use crate::loan::{Held, LoanStatus, hold};

/// A judgement proposed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = RiskProposal)]
pub(super) struct Proposal {
    /// The tier, not better than the rules give. Without it and without an estimate the tier and the estimate judged before are
    /// lifted, unless difficulties alone are found solved.
    #[serde(default)]
    pub tier: Option<Tier>,
    /// The loss expected on this loan by itself, as a part of its book value: the loan is credit-impaired.
    #[serde(default)]
    pub impairment: Option<Rate>,
    /// The debtor's difficulties, for which the loan was restructured, are solved: it is released at the end of its observation.
    /// Alone it leaves tier and estimate as they stand; a judgement without it leaves this finding as it stands.
    #[serde(default)]
    pub difficulty_solved: bool,
    /// Why.
    pub reason: String,
}

/// Holds an active loan of which the caller's bank is the lead; another one is not there.
pub(super) async fn hold_led(tx: &Tx, caller: &Caller, id: LoanId) -> Result<Held, ActError> {
    let held = hold(tx, caller, id).await?.ok_or_else(Problem::not_found)?;
    if held.row.bank_id != caller.tenant.uuid() {
        return Err(Problem::not_found().into());
    }
    if held.status == LoanStatus::Active { Ok(held) } else { Err(Refusal::Settled.into()) }
}

/// Proposes a judgement; one of a loan may wait at a time.
pub(super) async fn propose(
    tx: &mut Tx,
    caller: &Caller,
    id: LoanId,
    proposal: &Proposal,
) -> Result<JudgementView, ActError> {
    let held = hold_led(tx, caller, id).await?;
    if store::find::find_open_judgement(tx.conn(), &caller.scope(), id).await?.is_some() {
        return Err(Refusal::Pending.into());
    }
    let batch = gather(tx.conn(), caller.tenant, held.on, std::slice::from_ref(&held.row)).await?;
    let owes = Owes::of(&held.plan, &held.account, &held.owed)
        .map_err(|error| Fault::Invariant(error.to_string()))?;
    let watched = batch.watched(held.row.id);
    let standing = batch.judged(held.row.id)?;
    let solved_on = proposal.difficulty_solved.then_some(held.on);
    let wanted = Judged { tier: proposal.tier, impairment: proposal.impairment, solved_on };
    // What the rules give: with the estimate that would hold, without any judgement of the tier.
    let ruled = Judged { tier: None, ..judgement::holds(wanted, standing) };
    let rule = batch.assess_as(&held.row, &owes, ruled, watched)?.after.tier;
    let judged = judgement::propose(wanted, standing, rule)?;
    let judgement = ClassificationId::fresh(tx.now());
    let row = store::judgement::Model {
        id: judgement.uuid(),
        loan_id: id.uuid(),
        bank_id: held.row.bank_id,
        loan_number: held.row.number.clone(),
        enterprise_name: held.row.enterprise_name.clone(),
        tier: judged.tier.map(Tier::number),
        impairment: judged.impairment.map(|loss| loss.to_string()),
        solved: judged.solved_on.is_some(),
        rule_tier: rule.number(),
        reason: proposal.reason.trim().to_owned(),
        status: JudgementStatus::Proposed.name().to_owned(),
        maker_id: caller.user.uuid(),
        maker: caller.name.clone(),
        decider_id: None,
        decider: None,
        decision_reason: None,
        created_at: tx.now(),
        decided_at: None,
    };
    write::insert_judgement(tx, row.clone()).await?;
    let entry = AuditEntry::new(&caller.actor(), "risk.judge.propose", "loan", id).with(serde_json::json!({
        "judgement": judgement, "tier": judged.tier, "impairment": judged.impairment, "rule": rule,
        "reason": row.reason,
    }));
    tx.audit([entry]).await?;
    Ok(judgement_view(row)?)
}

/// Confirms or refuses a judgement that waits.
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    (loan, id, seen): (LoanId, Uuid, IfMatch),
    confirm: bool,
    reason: Option<&str>,
) -> Result<JudgementView, ActError> {
    let mut held = hold_led(tx, caller, loan).await?;
    seen.check(held.row.version)?;
    let mut row = store::find::find_judgement(tx.conn(), &caller.scope(), loan, id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let status = row.status.parse().map_err(|_| Fault::Corrupt(format!("status of judgement {id}")))?;
    judgement::decide(status, row.maker_id.into(), caller.user)?;
    if confirm {
        let asked = Judged {
            tier: row.tier.map(store::tier).transpose()?,
            impairment: store::impairment(row.impairment.as_deref())?,
            solved_on: row.solved.then_some(held.on),
        };
        apply(tx, caller, &mut held, asked, &row.reason).await?;
    }
    row.status =
        if confirm { JudgementStatus::Confirmed } else { JudgementStatus::Refused }.name().to_owned();
    row.decider_id = Some(caller.user.uuid());
    row.decider = Some(caller.name.clone());
    row.decision_reason = reason.map(str::to_owned);
    row.decided_at = Some(tx.now());
    write::decide_judgement(tx, &row).await?;
    let action = if confirm { "risk.judge.confirm" } else { "risk.judge.refuse" };
    let entry = AuditEntry::new(&caller.actor(), action, "loan", loan)
        .with(serde_json::json!({ "judgement": id, "reason": reason }));
    tx.audit([entry]).await?;
    Ok(judgement_view(row)?)
}

/// The loan is assessed under the judgement, and others are told.
async fn apply(
    tx: &mut Tx,
    caller: &Caller,
    held: &mut Held,
    asked: Judged,
    reason: &str,
) -> Result<(), ActError> {
    let known = store::find::find_risk(tx.conn(), &caller.scope(), held.id()).await?;
    let standing = known.as_ref().map(store::judged_of).transpose()?.unwrap_or_default();
    let judged = judgement::holds(asked, standing);
    // A tier and an estimate that stay keep the reason that was given for them.
    let stays = judgement::says_solved_alone(asked) && (judged.tier.is_some() || judged.impairment.is_some());
    let before = known.as_ref().filter(|_| stays).and_then(|row| row.judged_reason.clone());
    let reason = before.as_deref().unwrap_or(reason);
    let watched = known.as_ref().is_some_and(|row| row.watched);
    if known.is_some() {
        // The row's CHECK holds the tier to what is judged; what was judged before makes way first.
        write::set_judged(tx, held.id(), Judged::default(), None).await?;
    }
    held.write(tx, Default::default()).await?;
    let (_, told) = reassess_as(tx, held, "judgement", Some(Setting { judged, watched })).await?;
    let reason = (judged != Judged::default()).then_some(reason);
    write::set_judged(tx, held.id(), judged, reason).await?;
    let event = held.state_changed("judgement", told.parts(), false)?;
    tx.publish([(held.row.id, held.row.version, event)]).await?;
    Ok(())
}
