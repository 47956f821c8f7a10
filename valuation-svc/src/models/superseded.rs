//! The end of a version's use: the champion before holds until the day on which the next one begins, and only then is it
//! retired; where the next one is taken back before it began, the one before holds on.

use std::time::Duration;

use chrono::NaiveDate;
use contracts::{Actor, ModelVersionId};
use http_kit::Worker;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tokio_util::sync::CancellationToken;
use tx_kit::{Db, Fault, InTx, Tx};

use super::{
    develop::put,
    in_force::label,
    model::{ModelRole, ModelStatus, Term},
    store::{self, activation, version},
};

/// How often versions whose last day has passed are looked for.
const EVERY: Duration = Duration::from_secs(900);

fn term(row: &activation::Model) -> Term {
    Term { from: row.active_from, until: row.active_until }
}

/// Ends a use on a day. A champion that had not begun by today leaves its days to the one that it was to follow.
pub(super) async fn end(tx: &Tx, one: &activation::Model, day: NaiveDate) -> Result<(), Fault> {
    store::end_activation(tx, one, day).await?;
    let never_begins = one.active_from > tx.business_date() && day <= one.active_from;
    if one.role != ModelRole::Champion.name() || !never_begins {
        return Ok(());
    }
    match store::find_champion_until(tx.conn(), &Scope::system(), one).await? {
        Some(before) => store::set_end(tx, &before, one.active_until).await,
        None => Ok(()),
    }
}

/// The uses of a version that have days left.
pub(super) async fn days_left(
    conn: &impl ConnectionTrait,
    id: ModelVersionId,
    today: NaiveDate,
) -> Result<Vec<activation::Model>, Fault> {
    let uses = store::list_activations(conn, &Scope::system(), &[id.uuid()]).await?;
    Ok(uses.into_iter().filter(|one| term(one).has_days_left(today)).collect())
}

/// Retires a version that is used for nothing any more; whether it was.
pub(super) async fn retire_if_over(tx: &mut Tx, id: ModelVersionId, by: &Actor) -> Result<bool, Fault> {
    let (scope, today) = (Scope::system(), tx.business_date());
    let row = store::find_one(tx.conn(), &scope, id).await?;
    let Some(mut row) = row.filter(|row| row.status == ModelStatus::Active.name()) else { return Ok(false) };
    if !days_left(tx.conn(), id, today).await?.is_empty() {
        return Ok(false);
    }
    let next = next_of(tx, &row).await?;
    if let Some((use_of_next, version)) = &next {
        row.retired_by = Some(use_of_next.activated_by.clone());
        row.retired_reason = Some(format!("{} · {}", label(version), use_of_next.active_from));
    }
    row.status = ModelStatus::Retired.name().to_owned();
    let details = next.map(|(one, _)| serde_json::json!({ "by": one.version_id, "from": one.active_from }));
    put(tx, by, &mut row, ("model.supersede", serde_json::json!(details))).await?;
    Ok(true)
}

/// The champion that took the place of a version on its last day, with its version.
async fn next_of(
    tx: &Tx,
    row: &version::Model,
) -> Result<Option<(activation::Model, version::Model)>, Fault> {
    let scope = Scope::system();
    let uses = store::list_activations(tx.conn(), &scope, &[row.id]).await?;
    let last = uses.into_iter().filter_map(|one| one.active_until.map(|day| (one, day)));
    let Some((last, day)) = last.max_by_key(|(_, day)| *day) else { return Ok(None) };
    let Some(next) = store::find_champion_from(tx.conn(), &scope, (&last, day)).await? else {
        return Ok(None);
    };
    let version = store::find_one(tx.conn(), &scope, next.version_id.into()).await?;
    Ok(version.map(|version| (next, version)))
}

/// Retires every version whose last day has passed; how many.
///
/// # Errors
/// The database's fault.
pub async fn retire_superseded(db: &Db) -> Result<usize, Fault> {
    let (mut retired, today) = (0, db.clock().business_date());
    for row in store::list_in_use(db.read(), &Scope::system()).await? {
        let id = ModelVersionId::from_uuid(row.id);
        if days_left(db.read(), id, today).await?.is_empty() {
            retired += usize::from(db.run(|tx| retire_by_time(tx, id).in_tx()).await?);
        }
    }
    Ok(retired)
}

async fn retire_by_time(tx: &mut Tx, id: ModelVersionId) -> Result<bool, Fault> {
    retire_if_over(tx, id, &Actor::system()).await
}

/// Who retires them.
pub(crate) fn worker(db: &Db) -> Worker {
    let db = db.clone();
    Worker::new("valuation.models", move |stop| run(db, stop))
}

async fn run(db: Db, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(fault) = retire_superseded(&db).await {
            tracing::error!(%fault, "superseded model versions wait after a fault");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
