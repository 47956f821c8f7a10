//! The act: an instruction that nobody confirmed ends with its last day, by the close of the bank's business.

use chrono::NaiveDate;
use contracts::{Actor, OrgId, PaymentInstructionId};
use http_kit::{ActError, IfMatch, Problem};
use identity::Scope;
use sea_orm::ActiveValue::Set;
use tx_kit::{AuditEntry, Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{decide::claimed, give::told, model::Step, store};
use crate::closing::{self, OfInstruction};

/// Ends every instruction to a bank that waits and whose last day is one that is being closed, or was before it; how many
/// ended. One that cannot be ended is written down and taken along by the next close.
///
/// # Errors
/// The database's fault while they are listed.
pub(crate) async fn lapse_due(db: &Db, bank: OrgId, day: NaiveDate) -> Result<u64, Fault> {
    let (mut lapsed, mut after) = (0, Uuid::nil());
    loop {
        let ids = store::list_over(db.read(), &Scope::system(), bank, (day, after)).await?;
        let Some(last) = ids.last().copied() else { return Ok(lapsed) };
        for id in ids {
            match db.run(|tx| lapse(tx, bank, id.into(), day).in_tx()).await {
                Ok(()) => lapsed += 1,
                Err(ActError::Refused(problem)) => {
                    // It was confirmed, sent back or withdrawn while the day was being closed.
                    tracing::info!(instruction.id = %id, "it does not lapse: {}", problem.detail().en);
                }
                Err(ActError::Fault(fault)) => {
                    tracing::error!(instruction.id = %id, %fault, "an instruction could not lapse");
                }
            }
        }
        after = last;
    }
}

async fn lapse(tx: &mut Tx, bank: OrgId, id: PaymentInstructionId, day: NaiveDate) -> Result<(), ActError> {
    tx.on_business_date(day);
    let found = store::find(tx.conn(), &Scope::system(), id).await?.ok_or_else(Problem::not_found)?;
    let (row, status) = claimed(tx, &found, IfMatch::default(), Step::Lapse).await?;
    let change = store::row::ActiveModel {
        status: Set(status.name().to_owned()),
        decided_at: Set(Some(tx.now())),
        ..Default::default()
    };
    store::update(tx, &row, change).await?;
    closing::instruction(tx, &told(&row), OfInstruction::Lapsed).await?;
    let actor = Actor { tenant: bank, ..Actor::system() };
    let entry = AuditEntry::new(&actor, "payment_instruction.lapse", "payment_instruction", row.id)
        .with(serde_json::json!({ "lapses_on": row.lapses_on, "business_date": day }));
    Ok(tx.audit([entry]).await?)
}
