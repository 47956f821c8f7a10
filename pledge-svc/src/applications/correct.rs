//! The acts: the officer asks the enterprise for what is missing, and the enterprise brings it.

use std::collections::BTreeSet;

use contracts::ApplicationId;
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    background::products,
    hand::hand,
    model::{
        Application, DeficientItem,
        deficiency::{self, Correction},
        service_levels::ServiceLevels,
    },
    seen::find_seen,
    store,
};
use crate::{
    documents::{self, SubjectKind},
    parameters,
};

/// Asks for what is missing; the bank's clock stands still.
pub(super) async fn ask(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    seen: IfMatch,
    items: &[DeficientItem],
) -> Result<Application, ActError> {
    let application = find_seen(tx, caller, id, seen).await?;
    let levels = levels(tx, &application).await?;
    let by = hand(caller, tx, application.bank_id).await?;
    let asked = deficiency::ask(application, items.to_vec(), &levels, &by)?;
    store::update(tx, &asked).await?;
    let entry = AuditEntry::new(&caller.actor(), "application.ask", "application", id)
        .with(serde_json::json!({ "items": items, "due_on": asked.clock.map(|clock| clock.due_on) }));
    tx.audit([entry]).await?;
    Ok(asked)
}

/// Takes the enterprise's correction; the bank's clock goes on.
pub(super) async fn correct(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    seen: IfMatch,
    answer: &str,
    statements: &[String],
) -> Result<Application, ActError> {
    let application = find_seen(tx, caller, id, seen).await?;
    let levels = levels(tx, &application).await?;
    are_known(tx, &application, statements).await?;
    let asked_at = application.deficiencies.last().map(|open| open.asked_at);
    let documents =
        documents::find_of(tx.conn(), &caller.scope(), SubjectKind::Application, id.uuid()).await?;
    let brought: BTreeSet<String> = documents
        .into_iter()
        .filter(|document| document.counts() && asked_at.is_none_or(|at| document.uploaded_at >= at))
        .map(|document| document.kind)
        .collect();
    let correction = Correction { answer: answer.to_owned(), statements: statements.to_vec(), brought };
    let by = hand(caller, tx, application.bank_id).await?;
    let corrected = deficiency::correct(application, correction, &levels, &by)?;
    store::update(tx, &corrected).await?;
    let entry = AuditEntry::new(&caller.actor(), "application.correct", "application", id)
        .with(serde_json::json!({ "answer": answer, "statements": statements }));
    tx.audit([entry]).await?;
    Ok(corrected)
}

/// Every statement is one of the product's.
async fn are_known(tx: &Tx, application: &Application, statements: &[String]) -> Result<(), ActError> {
    if statements.is_empty() {
        return Ok(());
    }
    let offered = products(tx.conn(), application.bank_id, application.submitted_on).await?;
    let product = offered.of(&application.product);
    let unknown = |code: &String| !product.statements.iter().any(|statement| statement.code == *code);
    let Some(position) = statements.iter().position(unknown) else { return Ok(()) };
    Err(Problem::bad_fields(Vec::new())
        .with_field(
            format!("statements[{position}]"),
            "该产品没有此项声明。",
            "The product has no such statement.",
        )
        .into())
}

async fn levels(tx: &Tx, application: &Application) -> Result<ServiceLevels, ActError> {
    Ok(parameters::current(tx.conn(), application.bank_id, tx.business_date()).await?)
}
