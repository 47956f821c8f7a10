//! The end of a day, once every shard is through: what needs all loans of the day, then the run is finished. Everything
//! here may be done twice without harm, so that a kill in between costs nothing.

use contracts::{Actor, OrgId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use tx_kit::{AuditEntry, Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    notices,
    run::{self, entity, shard},
};
use crate::{adjustments, facility, fund, risk};

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
    let resets = adjustments::reset_rates(db, bank, morning(run)?).await?;
    if resets.failures > 0 {
        tracing::warn!(bank.id = %bank, "{} loans keep their old rate: {:?}", resets.failures, resets.failed);
    }
    db.run(|tx| review_funds(tx, bank, run.business_date).in_tx()).await?;
    facility::close_lines(db, bank, run.business_date).await?;
    let id = run.id;
    db.run(|tx| finish_in(tx, id).in_tx()).await
}

/// The circuit breakers of the funds' agreements, once the bank's loans are classified.
async fn review_funds(tx: &mut Tx, bank: OrgId, day: chrono::NaiveDate) -> Result<u32, Fault> {
    tx.on_business_date(day);
    fund::review_bank(tx, bank).await
}

fn morning(run: &entity::Model) -> Result<chrono::NaiveDate, Fault> {
    run.business_date.succ_opt().ok_or_else(|| Fault::Other("the calendar ends here".to_owned()))
}

async fn finish_in(tx: &mut Tx, id: Uuid) -> Result<bool, Fault> {
    use sea_orm::QuerySelect;
    let found = entity::Entity::find_by_id(id).lock_exclusive().one(tx.conn()).await?;
    let run = found.ok_or_else(|| Fault::Invariant(format!("closing run {id} vanished")))?;
    if run.status == run::FINISHED {
        return Ok(true);
    }
    tx.on_business_date(run.business_date);
    let shards = shard::Entity::find().filter(shard::Column::RunId.eq(id)).all(tx.conn()).await?;
    if shards.iter().any(|shard| !shard.finished) {
        return Ok(false);
    }
    notices::announce(tx, &run).await?;
    let bank = OrgId::from_uuid(run.bank_id);
    loop {
        let (settled, movements) = risk::settle(tx, bank, morning(&run)?).await?;
        ledger::store::post(tx, &movements).await?;
        if settled == 0 {
            break;
        }
    }
    ledger::store::close_day(tx, bank, run.business_date).await?;
    let sum = |of: fn(&shard::Model) -> i64| shards.iter().map(of).sum::<i64>();
    let change = entity::ActiveModel {
        id: Set(id),
        status: Set(run::FINISHED.to_owned()),
        done: Set(sum(|shard| shard.done)),
        failed: Set(sum(|shard| shard.failed)),
        accrued_fen: Set(sum(|shard| shard.accrued_fen)),
        finished_at: Set(Some(tx.now())),
        ..Default::default()
    };
    entity::Entity::update(change).exec(tx.conn()).await?;
    let actor = Actor { tenant: OrgId::from_uuid(run.bank_id), ..Actor::system() };
    let entry = AuditEntry::new(&actor, "close_of_business.finish", "closing", id).with(serde_json::json!({
        "business_date": run.business_date, "loans": run.loans, "failed": sum(|shard| shard.failed),
    }));
    tx.audit([entry]).await?;
    Ok(true)
}
