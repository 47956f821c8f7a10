//! The act: a request that the bank has not answered lapses with the last day of its term, by the close of its business.

use chrono::NaiveDate;
use contracts::{Actor, ChangeRequestId, OrgId};
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Scope;
use sea_orm::ActiveValue::Set;
use tx_kit::{AuditEntry, Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    super::model::{
        RequestStatus,
        request::{Asked, step},
    },
    store,
};
use crate::closing::{self, OfTerms, Told};

/// Ends every request to a bank that waits and whose last day lies before a morning; how many ended. One that cannot be
/// ended is written down and taken along by the next close.
///
/// # Errors
/// The database's fault while they are listed.
pub async fn lapse_requests(db: &Db, bank: OrgId, morning: NaiveDate) -> Result<u64, Fault> {
    let (mut lapsed, mut after) = (0, Uuid::nil());
    loop {
        let ids = store::list_over(db.read(), &Scope::system(), bank, (morning, after)).await?;
        let Some(last) = ids.last().copied() else { return Ok(lapsed) };
        for id in ids {
            match db.run(|tx| lapse(tx, bank, id.into(), morning).in_tx()).await {
                Ok(()) => lapsed += 1,
                Err(ActError::Refused(problem)) => {
                    // It was answered or withdrawn while the day was being closed.
                    tracing::info!(request.id = %id, "it does not lapse: {}", problem.detail().en);
                }
                Err(ActError::Fault(fault)) => {
                    tracing::error!(request.id = %id, %fault, "a request could not lapse");
                }
            }
        }
        after = last;
    }
}

async fn lapse(tx: &mut Tx, bank: OrgId, id: ChangeRequestId, morning: NaiveDate) -> Result<(), ActError> {
    let row = store::find(tx.conn(), &Scope::system(), id).await?.ok_or_else(Problem::not_found)?;
    let asked = Asked { status: store::status_of(&row)?, answer_by: row.answer_by };
    let status = step(asked, RequestStatus::Lapsed, morning)?;
    let change = store::row::ActiveModel {
        status: Set(status.name().to_owned()),
        answered_at: Set(Some(tx.now())),
        ..Default::default()
    };
    // No lock of the loan: an answer that came between has raised the version, and this waits for the next close.
    store::update(tx, &row, change).await?;
    let told = Told {
        bank: row.bank_id,
        enterprise: row.enterprise_id,
        loan: Some(row.loan_id),
        number: &row.loan_number,
        amount: Money::from_fen(row.outstanding_fen),
    };
    closing::terms(tx, &told, OfTerms::Answered).await?;
    let actor = Actor { tenant: bank, ..Actor::system() };
    let entry = AuditEntry::new(&actor, "loan.change.lapse", "loan", row.loan_id)
        .with(serde_json::json!({ "request": id, "answer_by": row.answer_by }));
    Ok(tx.audit([entry]).await?)
}
