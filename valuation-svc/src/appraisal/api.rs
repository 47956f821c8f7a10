//! The trial calculator: one method, nothing stored.

use axum::{Json, extract::State};
use http_kit::{Api, InSteps, Problem};
use identity::Permission;
use serde::Deserialize;
use utoipa_axum::routes;

use super::model::{
    AppraisalError,
    preview::{PreviewMethod, PreviewRequest, PreviewResponse, preview},
};
use crate::state::App;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new().route(Permission::TrialCalculation, routes!(calculate))
}

/// Calculates a value by one method. Nothing is stored.
///
/// A large tree or simulation takes up to seconds: it runs off the request threads, a bounded number at a
/// time; beyond that callers are asked to come again.
#[utoipa::path(post, path = "/appraisals/preview", tag = "appraisals", operation_id = "preview_appraisal",
    request_body = PreviewRequest,
    responses((status = 200, body = PreviewResponse), (status = 422, description = "参数有误"),
        (status = 503, description = "正在计算的请求过多")))]
async fn calculate(State(app): State<App>, body: InSteps) -> Result<Json<PreviewResponse>, Problem> {
    let asked = asked(&body)?;
    let place = app.calculations.clone().try_acquire_owned().map_err(|_| Problem::unavailable(1))?;
    let found = tokio::task::spawn_blocking(move || {
        let _place = place;
        preview(&asked)
    })
    .await
    .map_err(|error| Problem::fault(&error))?;
    found.map(Json).map_err(refusal)
}

/// The member that says which calculation is asked for.
const METHOD: &str = "method";

/// That member alone.
#[derive(Debug, Deserialize)]
struct Asked {
    method: PreviewMethod,
}

/// What is asked, so that a value which does not read is named by its path and not as the whole body.
fn asked(body: &InSteps) -> Result<PreviewRequest, Problem> {
    let Asked { method } = body.read()?;
    match method {
        PreviewMethod::ReliefFromRoyalty => body.beside(METHOD).map(PreviewRequest::ReliefFromRoyalty),
        PreviewMethod::ExcessEarnings => body.beside(METHOD).map(PreviewRequest::ExcessEarnings),
        PreviewMethod::WithAndWithout => body.beside(METHOD).map(PreviewRequest::WithAndWithout),
        PreviewMethod::ReplacementCost => body.beside(METHOD).map(PreviewRequest::ReplacementCost),
        PreviewMethod::MarketComparables => body.beside(METHOD).map(PreviewRequest::MarketComparables),
        PreviewMethod::Hedonic => body.beside(METHOD).map(PreviewRequest::Hedonic),
        PreviewMethod::RoyaltyCapitalisation => {
            body.beside(METHOD).map(PreviewRequest::RoyaltyCapitalisation)
        }
        PreviewMethod::RealOption => body.beside(METHOD).map(PreviewRequest::RealOption),
        PreviewMethod::MonteCarlo => body.beside(METHOD).map(PreviewRequest::MonteCarlo),
        PreviewMethod::ProfitSplit => body.beside(METHOD).map(PreviewRequest::ProfitSplit),
        PreviewMethod::RemainingLife => body.beside(METHOD).map(PreviewRequest::RemainingLife),
        PreviewMethod::Reconciliation => body.beside(METHOD).map(PreviewRequest::Reconciliation),
        PreviewMethod::CollateralValue => body.beside(METHOD).map(PreviewRequest::CollateralValue),
    }
}

fn refusal(error: AppraisalError) -> Problem {
    Problem::invalid(
        "cannot-be-calculated",
        format!("无法计算：{} {}。请修改后重试。", error.field, error.zh),
        format!("This cannot be calculated: {} {}. Correct it and try again.", error.field, error.en),
    )
    .with_field(error.field, error.zh, error.en)
}
