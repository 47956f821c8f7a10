//! The act: a round ends. Anonymous answers of enough enterprises are shown to the owner, and what enough enterprises said
//! of what is shown goes on record for the score.

use std::collections::BTreeMap;

use contracts::EvaluationRoundId;
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Fault, Tx};
use uuid::Uuid;

use super::{
    model::{Round, Said, on_record, releases},
    store::{self, evaluation},
};
use crate::catalogue::{self, store as patents};

/// Closes a round of the caller's institute.
pub(super) async fn close(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (EvaluationRoundId, IfMatch),
) -> Result<Round, ActError> {
    store::find_round(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let round = store::lock_round(tx.conn(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(round.version)?;
    let round = round.closed(&caller.name, tx.now())?;
    let mut by_patent: BTreeMap<Uuid, Vec<evaluation::Model>> = BTreeMap::new();
    for row in store::all_answers(tx.conn(), id).await? {
        by_patent.entry(row.patent_id).or_default().push(row);
    }
    let mut graded = Vec::new();
    for (patent, rows) in &by_patent {
        let said = rows.iter().map(|row| {
            Ok::<_, Fault>(Said { enterprise: row.tenant.into(), answer: store::answer_of(row)? })
        });
        let mut said = said.collect::<Result<Vec<Said>, _>>()?;
        if releases(&said) {
            store::release(tx, id, *patent).await?;
        } else {
            // What is kept back counts in no grade either: beside the named answers its median would give it away.
            said.retain(|one| one.answer.named);
        }
        graded.extend(record(tx, *patent, &said).await?);
    }
    let count = graded.len();
    if count > 0 {
        catalogue::upsert(tx, &graded, &caller.actor()).await?;
    }
    store::update_round(tx, &round).await?;
    let details = serde_json::json!({ "patents_answered": by_patent.len(), "grades_recorded": count });
    tx.audit([AuditEntry::new(&caller.actor(), "evaluation.close", "evaluation_round", id).with(details)])
        .await?;
    Ok(round)
}

/// The patent's record with what the experts say, where that says something new.
async fn record(tx: &Tx, patent: Uuid, said: &[Said]) -> Result<Option<catalogue::PatentRecord>, ActError> {
    let Some(row) = patents::lock(tx, patent.into()).await? else { return Ok(None) };
    let mut record = patents::record_of(&row)?;
    let Some(grades) = on_record(record.grades, said) else { return Ok(None) };
    record.grades = grades;
    Ok(Some(record))
}
