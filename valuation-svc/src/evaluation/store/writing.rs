//! Writing rounds and answers, each under its guard.

use contracts::EvaluationRoundId;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr};
use tx_kit::{Fault, Tx, bulk::Rows};
use uuid::Uuid;

use super::entities::{evaluation, invited, put, round};
use crate::evaluation::model::Round;

/// The row of a round.
fn round_row(one: &Round) -> round::Model {
    round::Model {
        id: one.id.uuid(),
        tenant: one.institute_id.uuid(),
        tenant_name: one.institute_name.clone(),
        name: one.name.clone(),
        deadline: one.deadline,
        note: one.note.clone(),
        industry: one.industry.clone(),
        open_to_all: one.open_to_all,
        state: one.state.name().to_owned(),
        patents: one.patents,
        opened_by: one.opened_by.clone(),
        created_at: one.created_at,
        closed_by: one.closed_by.clone(),
        closed_at: one.closed_at,
        version: one.version,
    }
}

/// Writes a new round with its patents and the enterprises invited.
pub(in crate::evaluation) async fn insert_round(
    tx: &Tx,
    one: &Round,
    patents: Vec<put::Model>,
    enterprises: Vec<invited::Model>,
) -> Result<(), Fault> {
    round::Entity::insert(round_row(one).into_active_model()).exec_without_returning(tx.conn()).await?;
    let patents = Rows::of(patents.into_iter().map(|row| row.into_active_model().reset_all()))?;
    tx.conn().insert([patents]).await?;
    if !enterprises.is_empty() {
        let rows = Rows::of(enterprises.into_iter().map(|row| row.into_active_model().reset_all()))?;
        tx.conn().insert([rows]).await?;
    }
    Ok(())
}

/// Writes a round's new state; the row must still be at the version before.
///
/// # Errors
/// A conflict where another changed it meanwhile.
pub(in crate::evaluation) async fn update_round(tx: &Tx, one: &Round) -> Result<(), Fault> {
    let touched = round::Entity::update_many()
        .set(round_row(one).into_active_model().reset_all())
        .filter(round::Column::Id.eq(one.id.uuid()))
        .filter(round::Column::Version.eq(one.version - 1))
        .exec(tx.conn())
        .await?
        .rows_affected;
    guarded(touched, || format!("evaluation round {} was changed by another", one.id))
}

/// Writes a new answer.
pub(in crate::evaluation) async fn insert_evaluation(tx: &Tx, row: evaluation::Model) -> Result<(), Fault> {
    evaluation::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes an answer's new state; the row must still be at the version before.
///
/// # Errors
/// A conflict where another changed it meanwhile.
pub(in crate::evaluation) async fn update_evaluation(tx: &Tx, row: &evaluation::Model) -> Result<(), Fault> {
    let touched = evaluation::Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(evaluation::Column::Id.eq(row.id))
        .filter(evaluation::Column::Version.eq(row.version - 1))
        .exec(tx.conn())
        .await?
        .rows_affected;
    guarded(touched, || format!("evaluation {} was changed by another", row.id))
}

/// Lets the owner see the anonymous answers on a patent of a round.
pub(in crate::evaluation) async fn release(
    tx: &Tx,
    round: EvaluationRoundId,
    patent: Uuid,
) -> Result<(), Fault> {
    evaluation::Entity::update_many()
        .col_expr(evaluation::Column::Released, Expr::value(true))
        .filter(evaluation::Column::RoundId.eq(round.uuid()))
        .filter(evaluation::Column::PatentId.eq(patent))
        .exec(tx.conn())
        .await?;
    Ok(())
}

fn guarded(touched: u64, what: impl FnOnce() -> String) -> Result<(), Fault> {
    if touched == 1 { Ok(()) } else { Err(Fault::Conflict(what())) }
}
