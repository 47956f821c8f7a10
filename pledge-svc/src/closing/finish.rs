//! The end of a day, once every shard is through: what needs all loans of the day, then the run is finished. Everything
//! here may be done twice without harm, so that a kill in between costs nothing.

use contracts::{Actor, OrgId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use tx_kit::{AuditEntry, Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    chunk::morning,
    failures,
    run::{self, entity, shard},
    shards,
};
use crate::{adjustments, applications, books, facility, fund, instructions, monitoring, risk};

/// Finishes a run whose shards are all through; whether it is finished now.
pub(super) async fn finish(db: &Db, run: &entity::Model) -> Result<bool, Fault> {
    let open = shard::Entity::find()
        .filter(shard::Column::RunId.eq(run.id))
        .filter(shard::Column::Finished.eq(false))
        .count(db.read())
        .await?;
    if open > 0 {
        return Ok(false);
    }
    let bank = OrgId::from_uuid(run.bank_id);
    let morning = morning(run)?;
    let moved = adjustments::move_due_dates(db, bank, morning).await;
    apart(bank, "due dates on holidays recorded lately stay where they are", moved)?;
    let resets = adjustments::reset_rates(db, bank, morning).await?;
    if resets.failures > 0 {
        tracing::warn!(bank.id = %bank, "{} loans keep their old rate: {:?}", resets.failures, resets.failed);
    }
    let reviewed = db.run(|tx| review_funds(tx, bank, run.business_date).in_tx()).await;
    apart(bank, "the agreements of its funds are not reviewed", reviewed)?;
    applications::lapse_due(db, bank, run.business_date).await?;
    instructions::lapse_due(db, bank, run.business_date).await?;
    adjustments::lapse_requests(db, bank, morning).await?;
    facility::close_lines(db, bank, run.business_date).await?;
    let cared = monitoring::end_day(db, bank, run.business_date).await;
    apart(bank, "proofs of use and checks of its loans are not written", cared)?;
    let id = run.id;
    while let Some(1..) = apart(
        bank,
        "what repaid loans still stand with is kept",
        db.run(|tx| settle_in(tx, id).in_tx()).await,
    )? {}
    db.run(|tx| finish_in(tx, id).in_tx()).await
}

/// What fails at what is stored leaves a step of the day out and says so; the day ends all the same and the next one
/// tries again. Anything else stops the day.
fn apart<T>(bank: OrgId, what: &str, outcome: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match outcome {
        Err(fault) if failures::is_of_data(&fault) => {
            tracing::error!(bank.id = %bank, %fault, "{what}");
            Ok(None)
        }
        outcome => outcome.map(Some),
    }
}

/// The circuit breakers of the funds' agreements, once the bank's loans are classified.
async fn review_funds(tx: &mut Tx, bank: OrgId, day: chrono::NaiveDate) -> Result<u32, Fault> {
    tx.on_business_date(day);
    fund::review_bank(tx, bank).await
}

/// A run that is not finished, held against others who finish it, in a transaction that counts for its day.
async fn hold(tx: &mut Tx, id: Uuid) -> Result<Option<entity::Model>, Fault> {
    let found = entity::Entity::find_by_id(id).lock_exclusive().one(tx.conn()).await?;
    let run = found.ok_or_else(|| Fault::Invariant(format!("closing run {id} vanished")))?;
    tx.on_business_date(run.business_date);
    Ok(Some(run).filter(|run| run.status != run::FINISHED))
}

/// What still stands of loans that were repaid comes back: some hundreds of them; how many there were.
async fn settle_in(tx: &mut Tx, id: Uuid) -> Result<usize, Fault> {
    let Some(run) = hold(tx, id).await? else { return Ok(0) };
    let (settled, movements) = risk::settle(tx, run.bank_id.into(), morning(&run)?).await?;
    ledger::store::post(tx, &movements).await?;
    Ok(settled)
}

async fn finish_in(tx: &mut Tx, id: Uuid) -> Result<bool, Fault> {
    let Some(run) = hold(tx, id).await? else { return Ok(true) };
    let shards = shards::of_runs(tx.conn(), [id]).await?;
    if shards.iter().any(|shard| !shard.finished) {
        return Ok(false);
    }
    let bank = OrgId::from_uuid(run.bank_id);
    books::tax_months(tx, bank, run.business_date).await?;
    ledger::store::close_day(tx, bank, run.business_date).await?;
    let sum = |of: fn(&shard::Model) -> i64| shards.iter().map(of).sum::<i64>();
    let (done, failed) = (sum(|shard| shard.done), sum(|shard| shard.failed));
    let change = entity::ActiveModel {
        id: Set(id),
        status: Set(run::FINISHED.to_owned()),
        // When the day was cut there may have been some more or fewer.
        loans: Set(done + failed),
        done: Set(done),
        failed: Set(failed),
        accrued_fen: Set(sum(|shard| shard.accrued_fen)),
        finished_at: Set(Some(tx.now())),
        ..Default::default()
    };
    entity::Entity::update(change).exec(tx.conn()).await?;
    let actor = Actor { tenant: OrgId::from_uuid(run.bank_id), ..Actor::system() };
    let entry = AuditEntry::new(&actor, "close_of_business.finish", "closing", id).with(serde_json::json!({
        "business_date": run.business_date, "loans": done + failed, "failed": failed,
    }));
    tx.audit([entry]).await?;
    Ok(true)
}
