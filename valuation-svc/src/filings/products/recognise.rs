//! The acts on recognitions: recording one, recording its end.

use chrono::NaiveDate;
use contracts::{LegalEventId, PatentId, ProductFilingId};
use http_kit::{ActError, IfMatch, Problem};
use identity::{Caller, Scope};
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use tx_kit::Tx;
use utoipa::ToSchema;

use super::{
    file::{covered, standing, told},
    model::{CriterionMet, may_recognise, recognition::Basis},
    store::{self, recognition, row},
    view::ProductFiling,
};
use crate::catalogue::patent::LegalStatus;

/// A recognition as it is told.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecognitionTold {
    /// Who recognised it.
    pub(super) body: String,
    /// 认定编号
    pub(super) certificate: String,
    /// When.
    pub(super) recognised_on: NaiveDate,
    /// The last day, where there is one.
    #[serde(default)]
    pub(super) valid_until: Option<NaiveDate>,
    /// The criteria of the method, each with its evidence.
    pub(super) criteria: Vec<CriterionMet>,
}

/// Records that a product was recognised as patent-intensive.
pub(super) async fn recognise(
    tx: &mut Tx,
    caller: &Caller,
    ((id, seen), asked): ((ProductFilingId, IfMatch), &RecognitionTold),
) -> Result<ProductFiling, ActError> {
    let row = standing(tx, caller, (id, seen)).await?;
    let parts = store::list_parts(tx.conn(), &Scope::system(), &[row.id]).await?;
    let on = tx.business_date();
    let mut in_force = 0;
    for one in &parts.covered {
        let patent = covered(tx, PatentId::from_uuid(one.patent_id), on).await?;
        in_force += usize::from(patent.legal_status == LegalStatus::Granted);
    }
    let years: Vec<i32> = parts.revenues.iter().map(|one| one.year).collect();
    let basis = Basis { filed: true, recognised: row.recognised, in_force, years: &years };
    let days = (asked.recognised_on, asked.valid_until);
    may_recognise(basis, &asked.criteria, days).map_err(ActError::from)?;
    let recognition = recognition::Model {
        id: LegalEventId::fresh(tx.now()).uuid(),
        filing_id: row.id,
        body: asked.body.trim().to_owned(),
        certificate: asked.certificate.trim().to_owned(),
        recognised_on: asked.recognised_on,
        valid_until: asked.valid_until,
        criteria: serde_json::to_string(&asked.criteria)?,
        recorded_by: caller.name.clone(),
        recorded_at: tx.now(),
        ended_on: None,
        end_reason: None,
    };
    store::insert_recognition(tx, recognition).await?;
    let changed = row::ActiveModel { recognised: Set(true), ..Default::default() };
    store::update(tx, &row, changed).await?;
    told(tx, caller, ("recognise", "product.recognise"), (row.id, "")).await
}

/// Records that the recognition has ended.
pub(super) async fn end(
    tx: &mut Tx,
    caller: &Caller,
    ((id, seen), reason): ((ProductFilingId, IfMatch), &str),
) -> Result<ProductFiling, ActError> {
    let row = standing(tx, caller, (id, seen)).await?;
    if !store::end_recognition(tx, row.id, reason).await? {
        return Err(Problem::refused(
            "not-recognised",
            "该产品没有有效的专利密集型产品认定，无需登记结束。",
            "The product is not recognised as patent-intensive, so there is nothing to end.",
        )
        .into());
    }
    let changed = row::ActiveModel { recognised: Set(false), ..Default::default() };
    store::update(tx, &row, changed).await?;
    told(tx, caller, ("end_recognition", "product.end_recognition"), (row.id, reason)).await
}
