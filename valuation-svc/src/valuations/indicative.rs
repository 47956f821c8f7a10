//! What a patent is worth today by the model that an organisation values with, without a valuation being made: for
//! patents that are looked at together with others.

use chrono::NaiveDate;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    model::{Appraised, Inputs, MethodInputs, NotAssessed, Overrides, appraise},
    request::{self, ValuationRequest},
};
use crate::{
    catalogue::store::{self as patents},
    models::InForce,
    scoring::model::{HumanGrades, Scenario},
};

/// What a patent would be valued from on a day; `None` where the catalogue has no such patent.
///
/// # Errors
/// The database's fault.
pub async fn inputs_on(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    patent: Uuid,
    (purpose, on): (Scenario, NaiveDate),
    champion: &InForce,
) -> Result<Option<Inputs>, Fault> {
    let Some(row) = patents::one(conn, scope, patent.into()).await? else { return Ok(None) };
    let asked = ValuationRequest {
        patent_id: patent.into(),
        purpose,
        assumptions: Overrides::default(),
        methods: MethodInputs::default(),
        grades: HumanGrades::default(),
    };
    let mut inputs = request::inputs(&row, &asked, on, champion)?;
    request::read_evidence(conn, scope, &row, &mut inputs).await?;
    Ok(Some(inputs))
}

/// What it comes to.
///
/// # Errors
/// Why it is not assessed.
pub fn indicate(inputs: &Inputs, champion: &InForce) -> Result<Appraised, NotAssessed> {
    appraise(inputs, &champion.content)
}
