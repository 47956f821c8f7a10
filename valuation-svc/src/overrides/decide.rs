//! The act: another person approves an override or refuses it with a reason. Once approved, list, loan and collateral use its
//! figures and the others are told; the model's result stays beside them.

use contracts::{Event, OverrideId, ValuationId};
use http_kit::{ActError, Problem};
use identity::Caller;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    model::OverrideStatus,
    problems,
    store::{self, row},
    view::{self, OverrideView},
};
use crate::{
    catalogue,
    valuations::{self, model::Figures, store::valuation},
};

/// Decides a proposal that waits.
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    id: OverrideId,
    approve: bool,
    reason: Option<&str>,
) -> Result<OverrideView, ActError> {
    let mut row = store::find_one(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let status = store::status_of(&row)?;
    if status != OverrideStatus::Proposed {
        return Err(problems::decided(status).into());
    }
    if row.maker_id == caller.user.uuid() {
        return Err(four_eyes::same_person().into());
    }
    row.status = if approve { OverrideStatus::Approved } else { OverrideStatus::Refused }.name().to_owned();
    row.decider_id = Some(caller.user.uuid());
    row.decider = Some(caller.name.clone());
    row.decision_reason = reason.map(ToOwned::to_owned);
    row.decided_at = Some(tx.now());
    store::decide(tx, &row).await?;
    if approve {
        take_effect(tx, caller, &row).await?;
    }
    let action = if approve { "valuation.override_approve" } else { "valuation.override_refuse" };
    let entry = AuditEntry::new(&caller.actor(), action, "override", id)
        .with(serde_json::json!({ "valuation": row.valuation_id, "size_bp": row.size_bp, "reason": reason }));
    tx.audit([entry]).await?;
    Ok(view::shown(row)?)
}

/// Puts the figures in the valuation's place and tells the others.
async fn take_effect(tx: &mut Tx, caller: &Caller, row: &row::Model) -> Result<(), ActError> {
    let id = ValuationId::from_uuid(row.valuation_id);
    let mut valued = valuations::store::one(tx.conn(), &caller.scope(), id)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("override {} of no valuation", row.id)))?;
    if valued.valid_until < tx.business_date() {
        return Err(problems::expired(valued.valid_until).into());
    }
    let figures: Figures = serde_json::from_str(&row.figures_json)?;
    let read = valued.row_version;
    valued.override_id = Some(row.id);
    valued.effective = row.figures_json.clone();
    valued.score_hundredths = valuations::hundredths(figures.score);
    valued.grade = figures.grade.map(|grade| grade.as_str().to_owned()).unwrap_or_default();
    valued.low_fen = figures.low.fen();
    valued.value_fen = figures.value.fen();
    valued.high_fen = figures.high.fen();
    valued.collateral_fen = figures.collateral_value.fen();
    valued.maximum_loan_fen = figures.maximum_loan.fen();
    valued.external_report_required = figures.external_report_required;
    valued.row_version = read + 1;
    let touched = valuation::Entity::update_many()
        .set(valuation::ActiveModel {
            override_id: Set(valued.override_id),
            effective: Set(valued.effective.clone()),
            score_hundredths: Set(valued.score_hundredths),
            grade: Set(valued.grade.clone()),
            low_fen: Set(valued.low_fen),
            value_fen: Set(valued.value_fen),
            high_fen: Set(valued.high_fen),
            collateral_fen: Set(valued.collateral_fen),
            maximum_loan_fen: Set(valued.maximum_loan_fen),
            external_report_required: Set(valued.external_report_required),
            row_version: Set(valued.row_version),
            ..Default::default()
        })
        .filter(valuation::Column::Id.eq(valued.id))
        .filter(valuation::Column::RowVersion.eq(read))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched != 1 {
        return Err(Fault::Conflict(format!("valuation {id} was changed")).into());
    }
    let patent =
        catalogue::store::one(tx.conn(), &identity::Scope::system(), valued.patent_id.into()).await?;
    let industry = patent.map(|patent| patent.industry).unwrap_or_default();
    let event = Event::ValuationCompleted(valuations::completed(&valued, &industry));
    Ok(tx.publish([(id.uuid(), valued.row_version, event)]).await?)
}
