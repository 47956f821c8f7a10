//! The acts: an expert evaluates a patent, revises that while the round runs; the owner replies.

use contracts::{EvaluationId, EvaluationRoundId, PatentId};
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    model::{Answer, Refusal, Round},
    store::{self, evaluation},
};

/// A round that is put to the caller, locked, and that takes answers today.
async fn answering(tx: &Tx, caller: &Caller, id: EvaluationRoundId) -> Result<Round, ActError> {
    store::find_round(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let round = store::lock_round(tx.conn(), id).await?.ok_or_else(Problem::not_found)?;
    round.takes_answers(tx.business_date())?;
    Ok(round)
}

/// Evaluates a patent of a round.
pub(super) async fn evaluate(
    tx: &mut Tx,
    caller: &Caller,
    (id, patent): (EvaluationRoundId, PatentId),
    answer: &Answer,
) -> Result<evaluation::Model, ActError> {
    let round = answering(tx, caller, id).await?;
    let put = store::find_patent(tx.conn(), &caller.scope(), (id, patent)).await?;
    let put = put.ok_or_else(Problem::not_found)?;
    let before = store::find_answers(tx.conn(), &caller.scope(), (id, caller.user), &[patent.uuid()]).await?;
    if !before.is_empty() {
        return Err(Refusal::Evaluated.into());
    }
    let row = evaluation::Model {
        // Of no order: an id that begins with its instant would tell the owner when an unnamed expert wrote.
        id: Uuid::new_v4(),
        round_id: id.uuid(),
        owner_id: round.institute_id.uuid(),
        patent_id: put.patent_id,
        patent_number: put.patent_number,
        patent_title: put.patent_title,
        tenant: caller.tenant.uuid(),
        tenant_name: caller.tenant_name.clone(),
        evaluator_id: caller.user.uuid(),
        evaluator_name: caller.name.clone(),
        answer: serde_json::to_string(answer)?,
        intent: answer.intent.name().to_owned(),
        named: answer.named,
        conflict: answer.conflict,
        released: false,
        reply: None,
        replied_by: None,
        replied_at: None,
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    };
    store::insert_evaluation(tx, row.clone()).await?;
    noted(tx, caller, &row, "evaluation.answer").await?;
    Ok(row)
}

/// Revises the caller's own evaluation while the round takes answers.
pub(super) async fn revise(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (EvaluationId, IfMatch),
    answer: &Answer,
) -> Result<evaluation::Model, ActError> {
    let found = store::find_evaluation(tx.conn(), (&caller.scope(), caller.user), id).await?;
    let row = found.ok_or_else(Problem::not_found)?;
    answering(tx, caller, row.round_id.into()).await?;
    seen.check(row.version)?;
    let row = evaluation::Model {
        answer: serde_json::to_string(answer)?,
        intent: answer.intent.name().to_owned(),
        named: answer.named,
        conflict: answer.conflict,
        updated_at: tx.now(),
        version: row.version + 1,
        ..row
    };
    store::update_evaluation(tx, &row).await?;
    noted(tx, caller, &row, "evaluation.revise").await?;
    Ok(row)
}

/// The owner replies to an answer that is shown to it.
pub(super) async fn reply(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (EvaluationId, IfMatch),
    text: &str,
) -> Result<evaluation::Model, ActError> {
    let found = store::find_evaluation(tx.conn(), (&caller.scope(), caller.user), id).await?;
    let row = found.ok_or_else(Problem::not_found)?;
    seen.check(row.version)?;
    let row = evaluation::Model {
        reply: Some(text.to_owned()),
        replied_by: Some(caller.name.clone()),
        replied_at: Some(tx.now()),
        updated_at: tx.now(),
        version: row.version + 1,
        ..row
    };
    store::update_evaluation(tx, &row).await?;
    noted(tx, caller, &row, "evaluation.reply").await?;
    Ok(row)
}

async fn noted(
    tx: &mut Tx,
    caller: &Caller,
    row: &evaluation::Model,
    action: &'static str,
) -> Result<(), ActError> {
    let details = serde_json::json!({ "patent": row.patent_number, "round": row.round_id });
    tx.audit([AuditEntry::new(&caller.actor(), action, "evaluation", row.id).with(details)]).await?;
    Ok(())
}
