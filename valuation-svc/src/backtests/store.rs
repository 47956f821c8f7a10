//! Realisations, outcomes and back-tests as rows. A bank finds its own, the regulator every bank's.

pub(crate) mod rows;

use chrono::NaiveDate;
use contracts::{BacktestId, OrgId, RealisationId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

pub(crate) use rows::{backtest, default, outcome, realisation};

/// Rows that a back-test rests on at most, of each kind.
pub(crate) const OBSERVATIONS_MAX: u64 = 20_000;

fn own(scope: &Scope, tenant: impl ColumnTrait) -> Condition {
    if scope.sees_all() { Condition::all() } else { Condition::all().add(tenant.eq(scope.tenant().uuid())) }
}

/// The realisations that a scope may see, in a status.
pub(crate) fn find_realisations(scope: &Scope, status: Option<&str>) -> Select<realisation::Entity> {
    use realisation::Column;
    realisation::Entity::find()
        .filter(own(scope, Column::Tenant).add_option(status.map(|status| Column::Status.eq(status))))
}

/// One realisation that a scope may see.
pub(crate) async fn find_realisation(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: RealisationId,
) -> Result<Option<realisation::Model>, Fault> {
    Ok(find_realisations(scope, None).filter(realisation::Column::Id.eq(id.uuid())).one(conn).await?)
}

/// What stands under a reference for a valuation.
pub(crate) async fn find_recorded(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (valuation, reference): (Uuid, &str),
) -> Result<Option<realisation::Model>, Fault> {
    use realisation::Column;
    Ok(find_realisations(scope, None)
        .filter(Column::ValuationId.eq(valuation))
        .filter(Column::Reference.eq(reference))
        .filter(Column::Status.ne("refused"))
        .one(conn)
        .await?)
}

/// The verified realisations of a bank in a period.
pub(crate) async fn list_verified(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<realisation::Model>, Fault> {
    use realisation::Column;
    Ok(find_realisations(scope, Some("verified"))
        .filter(Column::RealisedOn.gte(from))
        .filter(Column::RealisedOn.lte(to))
        .order_by_asc(Column::RealisedOn)
        .order_by_asc(Column::Id)
        .limit(OBSERVATIONS_MAX)
        .all(conn)
        .await?)
}

/// Writes a realisation; a twin under the same reference makes the transaction run again and be refused.
pub(crate) async fn insert_realisation(tx: &Tx, row: realisation::Model) -> Result<(), Fault> {
    let inserted = realisation::Entity::insert(realisation::ActiveModel::from(row))
        .exec_without_returning(tx.conn())
        .await
        .map_err(Fault::from);
    match inserted {
        Err(fault) if fault.is_unique_violation() => {
            Err(Fault::Conflict("the same realisation was recorded first".to_owned()))
        }
        other => other.map(drop),
    }
}

/// Writes the decision about a realisation that waits.
pub(crate) async fn decide_realisation(tx: &Tx, decided: &realisation::Model) -> Result<(), Fault> {
    let touched = realisation::Entity::update_many()
        .set(realisation::ActiveModel {
            status: Set(decided.status.clone()),
            verifier_id: Set(decided.verifier_id),
            verifier: Set(decided.verifier.clone()),
            decision_reason: Set(decided.decision_reason.clone()),
            decided_at: Set(decided.decided_at),
            ..Default::default()
        })
        .filter(realisation::Column::Id.eq(decided.id))
        .filter(realisation::Column::Status.eq("recorded"))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("realisation {} was decided", decided.id)))
    }
}

/// Brings a realisation that waits to a newer amount of what told it.
pub(crate) async fn raise_realisation(tx: &Tx, row: &realisation::Model) -> Result<(), Fault> {
    realisation::Entity::update_many()
        .set(realisation::ActiveModel {
            amount_fen: Set(row.amount_fen),
            realised_on: Set(row.realised_on),
            source_version: Set(row.source_version),
            ..Default::default()
        })
        .filter(realisation::Column::Id.eq(row.id))
        .filter(realisation::Column::Status.eq("recorded"))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// The patents that were pledged to a bank up to a day.
pub(crate) async fn list_outcomes(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    up_to: NaiveDate,
) -> Result<Vec<outcome::Model>, Fault> {
    use outcome::Column;
    Ok(outcome::Entity::find()
        .filter(own(scope, Column::BankId))
        .filter(Column::RegisteredOn.lte(up_to))
        .order_by_asc(Column::RegisteredOn)
        .order_by_asc(Column::PledgeId)
        .order_by_asc(Column::PatentId)
        .limit(OBSERVATIONS_MAX)
        .all(conn)
        .await?)
}

/// The patents that a borrower had pledged to a bank by a day, given back since or not.
pub(crate) async fn list_pledged(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (bank, enterprise): (OrgId, OrgId),
    by: NaiveDate,
) -> Result<Vec<outcome::Model>, Fault> {
    use outcome::Column;
    Ok(outcome::Entity::find()
        .filter(own(scope, Column::BankId))
        .filter(Column::BankId.eq(bank.uuid()))
        .filter(Column::EnterpriseId.eq(enterprise.uuid()))
        .filter(Column::RegisteredOn.lte(by))
        .all(conn)
        .await?)
}

/// The borrowers that defaulted at a bank up to a day.
pub(crate) async fn list_defaults(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    up_to: NaiveDate,
) -> Result<Vec<default::Model>, Fault> {
    Ok(default::Entity::find()
        .filter(own(scope, default::Column::BankId))
        .filter(default::Column::DefaultedOn.lte(up_to))
        .all(conn)
        .await?)
}

/// The back-tests that a scope may see.
pub(crate) fn find_backtests(scope: &Scope) -> Select<backtest::Entity> {
    backtest::Entity::find().filter(own(scope, backtest::Column::Tenant))
}

/// One back-test that a scope may see.
pub(crate) async fn find_backtest(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: BacktestId,
) -> Result<Option<backtest::Model>, Fault> {
    Ok(find_backtests(scope).filter(backtest::Column::Id.eq(id.uuid())).one(conn).await?)
}
