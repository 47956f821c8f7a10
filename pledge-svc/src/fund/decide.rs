//! The act: another person of the fund approves what was asked for, which is then done in the same transaction against
//! the state of that moment, or refuses it with a reason.

use contracts::FundInstructionId;
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    carry_out,
    model::{Decision, Instruction},
    store,
};

/// Decides.
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    id: FundInstructionId,
    decision: Decision<'_>,
    seen: IfMatch,
) -> Result<Instruction, ActError> {
    let instruction =
        store::find_instruction(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let decided = instruction.decided(&caller.actor(), decision, tx.now())?;
    if decision == Decision::Approve {
        carry_out::carry_out(tx, &decided, seen).await?;
    } else {
        carry_out::as_seen(tx, &decided, seen).await?;
    }
    store::update_instruction(tx, &decided).await?;
    let action = if decision == Decision::Approve { "fund.approve" } else { "fund.refuse" };
    let entry = AuditEntry::new(&caller.actor(), action, "fund_instruction", id)
        .with(serde_json::json!({ "order": decided.order, "reason": decided.reason }));
    tx.audit([entry]).await?;
    Ok(decided)
}
