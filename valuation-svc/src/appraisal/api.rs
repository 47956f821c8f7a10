//! The trial calculator: one method, nothing stored.

use axum::{Json, extract::State};
use http_kit::{Api, Body, Problem};
use identity::Permission;
use utoipa_axum::routes;

use super::model::{
    AppraisalError,
    preview::{PreviewRequest, PreviewResponse, preview},
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
async fn calculate(
    State(app): State<App>,
    Body(asked): Body<PreviewRequest>,
) -> Result<Json<PreviewResponse>, Problem> {
    let place = app.calculations.clone().try_acquire_owned().map_err(|_| Problem::unavailable(1))?;
    let found = tokio::task::spawn_blocking(move || {
        let _place = place;
        preview(&asked)
    })
    .await
    .map_err(|error| Problem::fault(&error))?;
    found.map(Json).map_err(refusal)
}

fn refusal(error: AppraisalError) -> Problem {
    Problem::invalid(
        "cannot-be-calculated",
        format!("无法计算：{} {}。请修改后重试。", error.field, error.zh),
        format!("This cannot be calculated: {} {}. Correct it and try again.", error.field, error.en),
    )
    .with_field(error.field, error.zh, error.en)
}
