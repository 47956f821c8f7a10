//! Versions, activations and challengers' figures as rows. A bank finds its own, the regulator every bank's.

pub(crate) mod rows;

use chrono::NaiveDate;
use contracts::{ModelVersionId, OrgId, ValuationId};
use identity::Scope;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
};
use tx_kit::{Fault, Tx};

use super::model::{ModelRole, ModelStatus};
use crate::scoring::model::Scenario;
pub(crate) use rows::{activation, challenger, version};

/// What a list of versions is narrowed by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// In this status.
    pub status: Option<ModelStatus>,
    /// Of this bank; a bank sees its own anyway.
    pub bank: Option<OrgId>,
}

/// The versions that a scope may see, narrowed.
pub(crate) fn find(scope: &Scope, filter: &Filter) -> Select<version::Entity> {
    use version::Column;
    let mut all = Condition::all();
    if !scope.sees_all() {
        all = all.add(Column::BankId.eq(scope.tenant().uuid()));
    }
    all = all
        .add_option(filter.status.map(|status| Column::Status.eq(status.name())))
        .add_option(filter.bank.map(|bank| Column::BankId.eq(bank.uuid())));
    version::Entity::find().filter(all)
}

/// One version that a scope may see.
pub(crate) async fn find_one(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ModelVersionId,
) -> Result<Option<version::Model>, Fault> {
    Ok(find(scope, &Filter::default()).filter(version::Column::Id.eq(id.uuid())).one(conn).await?)
}

/// The highest number of a bank's versions so far; 0 where there is none.
pub(crate) async fn find_last_number(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
) -> Result<i64, Fault> {
    let last: Option<i64> = find(scope, &Filter { bank: Some(bank), ..Filter::default() })
        .select_only()
        .column(version::Column::Version)
        .order_by_desc(version::Column::Version)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(last.unwrap_or(0))
}

/// Writes a new version; a twin with the same number makes the transaction run again.
pub(crate) async fn insert(tx: &Tx, row: version::Model) -> Result<(), Fault> {
    let inserted = version::Entity::insert(version::ActiveModel::from(row))
        .exec_without_returning(tx.conn())
        .await
        .map_err(Fault::from);
    match inserted {
        Err(fault) if fault.is_unique_violation() => {
            Err(Fault::Conflict("another version of the bank was first".to_owned()))
        }
        other => other.map(drop),
    }
}

/// Writes a version as it is now over the one that was read.
pub(crate) async fn update(tx: &Tx, row: &version::Model, read: i64) -> Result<(), Fault> {
    let mut active = version::ActiveModel::from(row.clone()).reset_all();
    active.id = sea_orm::ActiveValue::NotSet;
    let touched = version::Entity::update_many()
        .set(active)
        .filter(version::Column::Id.eq(row.id))
        .filter(version::Column::RowVersion.eq(read))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 { Ok(()) } else { Err(Fault::Conflict(format!("model version {} was changed", row.id))) }
}

/// The activations of a version that have no end yet.
pub(crate) async fn find_open_activations(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ModelVersionId,
) -> Result<Vec<activation::Model>, Fault> {
    Ok(activations(scope)
        .filter(activation::Column::VersionId.eq(id.uuid()))
        .filter(activation::Column::ActiveUntil.is_null())
        .all(conn)
        .await?)
}

fn activations(scope: &Scope) -> Select<activation::Entity> {
    let mut all = Condition::all();
    if !scope.sees_all() {
        all = all.add(activation::Column::BankId.eq(scope.tenant().uuid()));
    }
    activation::Entity::find().filter(all)
}

/// Every activation of some versions, the newest first.
pub(crate) async fn list_activations(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[uuid::Uuid],
) -> Result<Vec<activation::Model>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(activations(scope)
        .filter(activation::Column::VersionId.is_in(ids.iter().copied()))
        .order_by_desc(activation::Column::ActiveFrom)
        .order_by_desc(activation::Column::Id)
        .all(conn)
        .await?)
}

/// The champion of a bank for a purpose that has no end yet.
pub(crate) async fn find_open_champion(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
    scenario: Scenario,
) -> Result<Option<activation::Model>, Fault> {
    Ok(activations(scope)
        .filter(activation::Column::BankId.eq(bank.uuid()))
        .filter(activation::Column::Scenario.eq(scenario.as_str()))
        .filter(activation::Column::Role.eq(ModelRole::Champion.name()))
        .filter(activation::Column::ActiveUntil.is_null())
        .one(conn)
        .await?)
}

/// How many challengers of a bank for a purpose have no end yet.
pub(crate) async fn count_open_challengers(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
    scenario: Scenario,
) -> Result<u64, Fault> {
    Ok(activations(scope)
        .filter(activation::Column::BankId.eq(bank.uuid()))
        .filter(activation::Column::Scenario.eq(scenario.as_str()))
        .filter(activation::Column::Role.eq(ModelRole::Challenger.name()))
        .filter(activation::Column::ActiveUntil.is_null())
        .count(conn)
        .await?)
}

/// What a version is named by and identified with, without its content.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct Head {
    pub id: uuid::Uuid,
    pub number: String,
    pub version: i64,
    pub name: String,
    pub content_hash: String,
}

/// What a bank uses for a purpose on a day: the role and the version of champion and challengers, the latest first. The
/// contents are not read: whoever has the one of a hash needs it no second time.
pub(crate) async fn find_in_force(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
    (scenario, on): (Scenario, NaiveDate),
) -> Result<Vec<(activation::Model, Head)>, Fault> {
    use activation::Column as A;
    use version::Column as V;
    let running = Condition::any().add(A::ActiveUntil.is_null()).add(A::ActiveUntil.gt(on));
    let found = activations(scope)
        .filter(A::BankId.eq(bank.uuid()))
        .filter(A::Scenario.eq(scenario.as_str()))
        .filter(A::ActiveFrom.lte(on))
        .filter(running)
        .order_by_desc(A::ActiveFrom)
        .order_by_desc(A::Id)
        .all(conn)
        .await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let heads: Vec<Head> = version::Entity::find()
        .select_only()
        .columns([V::Id, V::Number, V::Version, V::Name, V::ContentHash])
        .filter(V::Id.is_in(found.iter().map(|one| one.version_id)))
        .into_model()
        .all(conn)
        .await?;
    Ok(found
        .into_iter()
        .filter_map(|one| {
            let head = heads.iter().find(|head| head.id == one.version_id)?.clone();
            Some((one, head))
        })
        .collect())
}

/// The content of a version of a bank.
pub(crate) async fn find_content(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: uuid::Uuid,
) -> Result<Option<String>, Fault> {
    let content = find(scope, &Filter::default()).filter(version::Column::Id.eq(id));
    Ok(content.select_only().column(version::Column::Content).into_tuple().one(conn).await?)
}

/// Every champion that a bank has had for a purpose by a day, with its version's hash and whether the change was material.
pub(crate) async fn list_champions(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
    (scenario, by): (Scenario, NaiveDate),
) -> Result<Vec<(activation::Model, String, bool)>, Fault> {
    use activation::Column as A;
    let had = activations(scope)
        .filter(A::BankId.eq(bank.uuid()))
        .filter(A::Scenario.eq(scenario.as_str()))
        .filter(A::Role.eq(ModelRole::Champion.name()))
        .filter(A::ActiveFrom.lte(by))
        .all(conn)
        .await?;
    if had.is_empty() {
        return Ok(Vec::new());
    }
    let versions: Vec<(uuid::Uuid, String, bool)> = version::Entity::find()
        .select_only()
        .columns([version::Column::Id, version::Column::ContentHash, version::Column::Material])
        .filter(version::Column::Id.is_in(had.iter().map(|one| one.version_id)))
        .into_tuple()
        .all(conn)
        .await?;
    let of = |one: activation::Model| {
        let (_, hash, material) = versions.iter().find(|(id, ..)| *id == one.version_id)?;
        Some((one, hash.clone(), *material))
    };
    Ok(had.into_iter().filter_map(of).collect())
}

/// Writes an activation; a champion that another person put into use meanwhile makes the transaction run again.
pub(crate) async fn insert_activation(tx: &Tx, row: activation::Model) -> Result<(), Fault> {
    let inserted = activation::Entity::insert(activation::ActiveModel::from(row))
        .exec_without_returning(tx.conn())
        .await
        .map_err(Fault::from);
    match inserted {
        Err(fault) if fault.is_unique_violation() => {
            Err(Fault::Conflict("another version was put into use first".to_owned()))
        }
        other => other.map(drop),
    }
}

/// Ends an activation on a day: it does not hold on that day any more.
pub(crate) async fn end_activation(tx: &Tx, row: &activation::Model, day: NaiveDate) -> Result<(), Fault> {
    set_end(tx, row, Some(day.max(row.active_from))).await
}

/// Puts an end, or none, in place of the one of an activation.
pub(crate) async fn set_end(tx: &Tx, row: &activation::Model, until: Option<NaiveDate>) -> Result<(), Fault> {
    use activation::Column as A;
    let as_read = match row.active_until {
        Some(read) => A::ActiveUntil.eq(read),
        None => A::ActiveUntil.is_null(),
    };
    let changed =
        activation::ActiveModel { active_until: sea_orm::ActiveValue::Set(until), ..Default::default() };
    let update = activation::Entity::update_many().set(changed).filter(A::Id.eq(row.id)).filter(as_read);
    let touched = update.exec(tx.conn()).await?.rows_affected;
    if touched == 1 { Ok(()) } else { Err(Fault::Conflict(format!("activation {} was ended", row.id))) }
}

/// The champion of a bank for a purpose that holds until a day, on which another takes its place.
pub(crate) async fn find_champion_until(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    next: &activation::Model,
) -> Result<Option<activation::Model>, Fault> {
    use activation::Column as A;
    Ok(activations(scope)
        .filter(A::BankId.eq(next.bank_id))
        .filter(A::Scenario.eq(&next.scenario))
        .filter(A::Role.eq(ModelRole::Champion.name()))
        .filter(A::ActiveUntil.eq(next.active_from))
        .filter(A::ActiveFrom.lt(next.active_from))
        .one(conn)
        .await?)
}

/// The champion of a bank for a purpose that begins on the day on which another ends.
pub(crate) async fn find_champion_from(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (before, day): (&activation::Model, NaiveDate),
) -> Result<Option<activation::Model>, Fault> {
    use activation::Column as A;
    Ok(activations(scope)
        .filter(A::BankId.eq(before.bank_id))
        .filter(A::Scenario.eq(&before.scenario))
        .filter(A::Role.eq(ModelRole::Champion.name()))
        .filter(A::ActiveFrom.eq(day))
        .filter(A::VersionId.ne(before.version_id))
        .order_by_desc(A::Id)
        .one(conn)
        .await?)
}

/// The versions that are in use by their status.
pub(crate) async fn list_in_use(
    conn: &impl ConnectionTrait,
    scope: &Scope,
) -> Result<Vec<version::Model>, Fault> {
    let filter = Filter { status: Some(ModelStatus::Active), ..Filter::default() };
    Ok(find(scope, &filter).order_by_asc(version::Column::Id).all(conn).await?)
}

/// Writes the challengers' figures of a valuation.
pub(crate) async fn insert_challengers(tx: &Tx, rows: Vec<challenger::Model>) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    challenger::Entity::insert_many(rows.into_iter().map(challenger::ActiveModel::from))
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// The challengers' figures of a valuation that a scope may see.
pub(crate) async fn list_challengers(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ValuationId,
) -> Result<Vec<challenger::Model>, Fault> {
    let mut all = Condition::all().add(challenger::Column::ValuationId.eq(id.uuid()));
    if !scope.sees_all() {
        all = all.add(challenger::Column::Tenant.eq(scope.tenant().uuid()));
    }
    Ok(challenger::Entity::find().filter(all).order_by_asc(challenger::Column::Id).all(conn).await?)
}
