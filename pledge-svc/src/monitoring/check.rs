//! The act: a check of the borrower was made; the next one is due some months later.

use chrono::NaiveDate;
use contracts::{DocumentId, LoanId};
use http_kit::{ActError, Problem};
use identity::Caller;
use serde::{Deserialize, Serialize};
use tx_kit::Tx;

use super::{
    evidence::{are_there, fresh, hand, own, record},
    model::{Outcome, Task, TaskKind, months_after},
    store,
};
use crate::{loan::LoanRules, parameters};

/// A check that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckRequest {
    /// What it came to.
    pub outcome: Outcome,
    /// What was found.
    pub findings: String,
    /// The day on which it was made; today unless said otherwise.
    #[serde(default)]
    pub checked_on: Option<NaiveDate>,
    /// The loan's documents that belong to it, at most 20.
    #[serde(default)]
    pub document_ids: Vec<DocumentId>,
    /// When the next one is due, where it is to be earlier than the bank's interval.
    #[serde(default)]
    pub next_due_on: Option<NaiveDate>,
}

/// Writes a check down and the next one ahead.
pub(super) async fn check(
    tx: &mut Tx,
    caller: &Caller,
    id: LoanId,
    request: &CheckRequest,
) -> Result<Task, ActError> {
    let row = own(tx, caller, id).await?;
    are_there(tx, caller, id, &request.document_ids).await?;
    let by = hand(tx, caller);
    let rules: LoanRules = parameters::current(tx.conn(), row.bank_id.into(), by.on).await?;
    let checked_on = request.checked_on.unwrap_or(by.on);
    let latest = months_after(checked_on, rules.check_months);
    let due_on = request.next_due_on.unwrap_or(latest);
    if due_on <= checked_on || due_on > latest {
        return Err(Problem::bad_fields(Vec::new())
            .with_field(
                "next_due_on",
                format!("下次检查日须晚于本次检查日，且不晚于 {latest}。"),
                format!("The next check lies after this one and by {latest}."),
            )
            .into());
    }
    let findings = (request.outcome, request.findings.trim().to_owned());
    let papers = request.document_ids.clone();
    let ahead = store::find_ahead(tx.conn(), &caller.scope(), id).await?;
    let done = match ahead {
        Some(task) => {
            let done = task.checked(findings, papers, checked_on, &by)?;
            store::update(tx, &done, None).await?;
            done
        }
        None => {
            let first = Task {
                due_on: months_after(row.drawn_on, rules.check_months),
                ..fresh(tx, &row, TaskKind::Check)
            };
            let done = first.checked(findings, papers, checked_on, &by)?;
            store::insert(tx, &done, None).await?;
            done
        }
    };
    let next = Task { since: checked_on, due_on, version: 1, ..fresh(tx, &row, TaskKind::Check) };
    store::insert(tx, &next, None).await?;
    record(tx, caller, &done, "loan_task.check").await?;
    Ok(done)
}
