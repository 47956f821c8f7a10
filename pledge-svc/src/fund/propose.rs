//! The act: one person of a fund asks for something; nothing moves before another decides it.

use contracts::{FundId, FundInstructionId, OrgKind};
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    carry_out,
    model::{
        Instruction, Order, Outcome, Refusal,
        instruction::{NewAgreement, flaws},
    },
    store,
};
use crate::{
    directory::{self, Named},
    state::App,
};

/// The fund of the caller's organisation: both have one id.
pub(super) fn own_fund(caller: &Caller) -> Result<FundId, ActError> {
    match caller.org_kind {
        OrgKind::Fund => Ok(FundId::from_uuid(caller.tenant.uuid())),
        _ => Err(Problem::not_found().into()),
    }
}

/// The order with the registered name of the bank that it names; asked before the transaction begins.
///
/// # Errors
/// 422 where the platform knows no such bank, or under another name; 503 while the directory does not answer.
pub(super) async fn registered(app: &App, caller: &Caller, order: &Order) -> Result<Order, ActError> {
    let Order::Agreement(new) = order else { return Ok(order.clone()) };
    let bank = Named {
        id: new.bank_id,
        kinds: &[OrgKind::Bank],
        at: String::new(),
        id_field: "bank_id",
        name: Some(("bank_name", new.bank_name.as_str())),
        also: None,
    };
    let bank_name = directory::name(app, caller, bank).await?;
    Ok(Order::Agreement(NewAgreement { bank_name, ..new.clone() }))
}

/// Asks for what the order says. What could not be done today is refused at once.
pub(super) async fn propose(tx: &mut Tx, caller: &Caller, order: &Order) -> Result<Instruction, ActError> {
    let fund_id = own_fund(caller)?;
    let found = flaws(order);
    if !found.is_empty() {
        return Err(Refusal::Flawed(found).into());
    }
    carry_out::effect(tx, fund_id, order).await?;
    let instruction = Instruction {
        id: FundInstructionId::fresh(tx.now()),
        fund_id,
        order: order.clone(),
        status: Outcome::Proposed,
        maker_id: caller.user,
        maker: caller.name.clone(),
        approver: None,
        reason: None,
        created_at: tx.now(),
        decided_at: None,
    };
    match store::insert_instruction(tx, &instruction).await {
        Err(fault) if fault.is_unique_violation() => {
            return Err(Problem::refused(
                "change-pending",
                "该协议已有一项待复核的事项，请先完成复核。",
                "Something already waits for a decision on this agreement; decide that one first.",
            )
            .into());
        }
        other => other?,
    }
    let entry = AuditEntry::new(&caller.actor(), "fund.propose", "fund_instruction", instruction.id)
        .with(&instruction.order);
    tx.audit([entry]).await?;
    Ok(instruction)
}
