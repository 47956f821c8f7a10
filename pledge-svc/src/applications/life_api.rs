//! Routes of an application's way between submission and decision: checklist, deficiency and correction, the risk
//! manager's word, the appeal, and what the decision takes.

use axum::{Json, extract::State};
use contracts::{ApplicationId, FacilityId, OrgId, OrgKind};
use http_kit::{Api, Command, Fields, IfMatch, Page, PathId, Problem, QueryOf, RetryKey, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::InTx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    api::{Eligibility, ReasonRequest, TEXT_CHARS_MAX},
    appeal::{self, Step},
    authority::{self, AuthorityView},
    background::products,
    catalogue, checklist,
    consent::consent,
    correct,
    lapse::lapse,
    model::{
        Application, DeficientItem, Severity,
        checklist::{ChecklistItem, complete},
        deficiency::ITEMS_MAX,
        products::Product,
    },
    standing::{found_today, situation},
    store,
    told::{Told, told},
};
use crate::{facility, state::App};

/// The longest code of a kind of paper or of a statement.
const CODE_CHARS_MAX: usize = 40;

pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ApplicationRead, routes!(list_products))
        .route(Permission::ApplicationRead, routes!(read_checklist))
        .route(Permission::ApplicationRead, routes!(read_eligibility))
        .route(Permission::ParameterRead, routes!(read_authority))
        .route(Permission::ApplicationExamine, routes!(ask_for_correction))
        .route(Permission::ApplicationSubmit, routes!(correct_application))
        .route(Permission::ApplicationConsent, routes!(consent_to_application))
        .route(Permission::ApplicationSubmit, routes!(appeal_refusal))
        .route(Permission::ApplicationApprove, routes!(uphold_refusal))
        .route(Permission::ApplicationApprove, routes!(reopen_application))
        .route(Permission::ApplicationExamine, routes!(lapse_application))
}

/// Whose products.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ProductQuery {
    /// The facility whose bank is asked; an enterprise must be a member of it.
    facility_id: Option<FacilityId>,
    /// The bank, for the regulator.
    bank_id: Option<OrgId>,
}

/// What an application still needs.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Checklist {
    /// The product.
    product: Product,
    /// Papers and statements.
    items: Vec<ChecklistItem>,
    /// Everything is there.
    complete: bool,
}

/// What the enterprise is asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ApplicationDeficiencyRequest)]
struct DeficiencyRequest {
    /// 1 to 30 things.
    items: Vec<DeficientItem>,
}

/// The enterprise's answer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct CorrectionRequest {
    /// What was brought, in the enterprise's words.
    answer: String,
    /// Statements of the product that are made now.
    #[serde(default)]
    statements: Vec<String>,
}

/// The risk manager's word.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = RiskConsentRequest)]
struct ConsentRequest {
    /// Whether the risk manager agrees.
    agrees: bool,
    /// In the risk manager's words.
    comment: String,
}

/// The products that one may apply for: of the bank of a facility for its members, of the own bank for its people.
#[utoipa::path(get, path = "/application-products", tag = "applications", operation_id = "list_application_products",
    params(ProductQuery), responses((status = 200, body = Page<Product>), (status = 404)))]
async fn list_products(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ProductQuery>,
) -> Result<Json<Page<Product>>, Problem> {
    let bank = match (who.0.org_kind, query.facility_id) {
        (OrgKind::Bank, _) => Some(who.0.tenant),
        (OrgKind::Enterprise, Some(id)) => {
            let line = facility::find_for_application(app.db.read(), &who.scope(), id, who.0.tenant).await?;
            Some(line.ok_or_else(Problem::not_found)?.bank_id)
        }
        (OrgKind::Regulator, _) => query.bank_id,
        _ => None,
    };
    let Some(bank) = bank else { return Ok(Json(Page { items: Vec::new(), next_cursor: None })) };
    let offered = products(app.db.read(), bank, app.db.clock().business_date()).await?;
    Ok(Json(Page { items: offered.products, next_cursor: None }))
}

/// What the product requires of an application, what of it is there, and what cures what is missing.
#[utoipa::path(get, path = "/applications/{id}/checklist", tag = "applications", operation_id = "read_checklist",
    params(("id" = ApplicationId, Path)), responses((status = 200, body = Checklist), (status = 404)))]
async fn read_checklist(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
) -> Result<Json<Checklist>, Problem> {
    let application = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let offered = products(app.db.read(), application.bank_id, application.submitted_on).await?;
    let product = offered.of(&application.product);
    let today = app.db.clock().business_date();
    let items = checklist::of(app.db.read(), &application, &product, (application.amount, today)).await?;
    Ok(Json(Checklist { complete: complete(&items).is_ok(), product, items }))
}

/// Everything that stands against an application today. Changes nothing.
#[utoipa::path(get, path = "/applications/{id}/eligibility", tag = "applications", operation_id = "read_eligibility",
    params(("id" = ApplicationId, Path)), responses((status = 200, body = Eligibility), (status = 404)))]
async fn read_eligibility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
) -> Result<Json<Eligibility>, Problem> {
    let today = app.db.clock().business_date();
    let application = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let patents = catalogue::patents(&app.valuation, &who.0, &application.patent_ids()).await?;
    let situation = situation(app.db.read(), &who.0, &application, today).await?;
    let findings = found_today(app.db.read(), &application, &situation, &patents, today).await?;
    let stands = findings.iter().any(|finding| finding.stands_against(&application.declarations));
    let told = findings.into_iter().filter(|finding| {
        // What refuses nothing is for those who decide.
        finding.severity != Severity::Notice || who.0.org_kind != OrgKind::Enterprise
    });
    Ok(Json(Eligibility { eligible: !stands, findings: told.collect() }))
}

/// What the decision of an application takes, and whether the one who asks may take it.
#[utoipa::path(get, path = "/applications/{id}/authority", tag = "applications", operation_id = "read_authority",
    params(("id" = ApplicationId, Path)), responses((status = 200, body = AuthorityView), (status = 404)))]
async fn read_authority(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
) -> Result<Json<AuthorityView>, Problem> {
    let application = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let today = app.db.clock().business_date();
    Ok(Json(authority::look(app.db.read(), &who.0, application, today).await?))
}

/// Ask the enterprise for what is missing; the bank's clock stands still until it is brought.
#[utoipa::path(post, path = "/applications/{id}/deficiency", tag = "applications", operation_id = "ask_for_correction",
    params(("id" = ApplicationId, Path), IfMatch, RetryKey), request_body = DeficiencyRequest,
    responses((status = 200, body = Application), (status = 404), (status = 412, description = "stale-version"), (status = 409, description = "not-in-status"),
        (status = 422)))]
async fn ask_for_correction(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
    seen: IfMatch,
    cmd: Command<DeficiencyRequest>,
) -> Result<Told, Problem> {
    let Command { body, key } = cmd;
    let mut fields = Fields::new();
    fields.require(
        (1..=ITEMS_MAX).contains(&body.items.len()),
        "items",
        format!("请列出 1 至 {ITEMS_MAX} 项需补正的内容。"),
        format!("Name 1 to {ITEMS_MAX} things."),
    );
    for (index, item) in body.items.iter().enumerate() {
        fields.text(&item.text, TEXT_CHARS_MAX, &format!("items[{index}].text"));
        if let Some(kind) = &item.document_kind {
            fields.text(kind, CODE_CHARS_MAX, &format!("items[{index}].document_kind"));
        }
    }
    fields.finish()?;
    let items: Vec<DeficientItem> = body
        .items
        .into_iter()
        .map(|item| DeficientItem {
            document_kind: item.document_kind.map(|kind| kind.trim().to_owned()),
            text: item.text.trim().to_owned(),
        })
        .collect();
    let (caller, items) = (&who.0, &items);
    let asked = app.db.run_once(key.as_ref(), |tx| correct::ask(tx, caller, id, seen, items).in_tx()).await?;
    told(&app, &who, asked).await
}

/// Bring what was asked for; the papers are attached before.
#[utoipa::path(post, path = "/applications/{id}/correct", tag = "applications", operation_id = "correct_application",
    params(("id" = ApplicationId, Path), IfMatch, RetryKey), request_body = CorrectionRequest,
    responses((status = 200, body = Application), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, correction-incomplete"), (status = 422)))]
async fn correct_application(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
    seen: IfMatch,
    cmd: Command<CorrectionRequest>,
) -> Result<Told, Problem> {
    let Command { body, key } = cmd;
    let mut fields = Fields::new();
    fields.text(&body.answer, TEXT_CHARS_MAX, "answer");
    for (index, code) in body.statements.iter().enumerate() {
        fields.text(code, CODE_CHARS_MAX, &format!("statements[{index}]"));
    }
    fields.finish()?;
    let (caller, answer, statements) = (&who.0, body.answer.trim(), &body.statements);
    let act = app
        .db
        .run_once(key.as_ref(), |tx| correct::correct(tx, caller, id, seen, answer, statements).in_tx());
    told(&app, &who, act.await?).await
}

/// Say as risk manager whether the amount may be approved.
#[utoipa::path(post, path = "/applications/{id}/consent", tag = "applications", operation_id = "consent_to_application",
    params(("id" = ApplicationId, Path), IfMatch, RetryKey), request_body = ConsentRequest,
    responses((status = 200, body = Application), (status = 403, description = "four-eyes"), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status"), (status = 422)))]
async fn consent_to_application(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
    seen: IfMatch,
    cmd: Command<ConsentRequest>,
) -> Result<Told, Problem> {
    let Command { body, key } = cmd;
    let mut fields = Fields::new();
    fields.text(&body.comment, TEXT_CHARS_MAX, "comment");
    fields.finish()?;
    let (caller, comment, agrees) = (&who.0, body.comment.trim(), body.agrees);
    let said =
        app.db.run_once(key.as_ref(), |tx| consent(tx, caller, id, seen, agrees, comment).in_tx()).await?;
    told(&app, &who, said).await
}

async fn appeal_step(
    app: &App,
    who: &Who,
    (id, seen): (ApplicationId, IfMatch),
    cmd: &Command<ReasonRequest>,
    step: Step,
) -> Result<Told, Problem> {
    let (caller, reason) = (&who.0, cmd.body.checked()?);
    let act =
        app.db.run_once(cmd.key.as_ref(), |tx| appeal::take(tx, caller, id, seen, step, reason).in_tx());
    told(app, who, act.await?).await
}

/// End an approval whose term is over and on which no pledge was submitted; what it held of the line is let go. The close
/// of business does the same on the evening of the last day.
#[utoipa::path(post, path = "/applications/{id}/lapse", tag = "applications", operation_id = "lapse_application",
    params(("id" = ApplicationId, Path), IfMatch, RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = Application), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, pledge-exists, approval-holds")))]
async fn lapse_application(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
    seen: IfMatch,
    cmd: Command<ReasonRequest>,
) -> Result<Told, Problem> {
    let (caller, reason) = (&who.0, cmd.body.checked()?);
    let on = app.db.clock().business_date();
    let act = app.db.run_once(cmd.key.as_ref(), |tx| lapse(tx, caller, id, seen, (reason, on)).in_tx());
    told(&app, &who, act.await?).await
}

/// Appeal against a refusal, once and within the bank's time limit.
#[utoipa::path(post, path = "/applications/{id}/appeal", tag = "applications", operation_id = "appeal_refusal",
    params(("id" = ApplicationId, Path), IfMatch, RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = Application), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, appealed-before, appeal-too-late")))]
async fn appeal_refusal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
    seen: IfMatch,
    cmd: Command<ReasonRequest>,
) -> Result<Told, Problem> {
    appeal_step(&app, &who, (id, seen), &cmd, Step::Appeal).await
}

/// Keep a refusal that was appealed against; another approver than who refused.
#[utoipa::path(post, path = "/applications/{id}/appeal/uphold", tag = "applications", operation_id = "uphold_refusal",
    params(("id" = ApplicationId, Path), IfMatch, RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = Application), (status = 403, description = "own-refusal"), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status")))]
async fn uphold_refusal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
    seen: IfMatch,
    cmd: Command<ReasonRequest>,
) -> Result<Told, Problem> {
    appeal_step(&app, &who, (id, seen), &cmd, Step::Uphold).await
}

/// Lift a refusal that was appealed against: the application is assessed anew; another approver than who refused.
#[utoipa::path(post, path = "/applications/{id}/appeal/reopen", tag = "applications",
    operation_id = "reopen_application", params(("id" = ApplicationId, Path), IfMatch, RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = Application), (status = 403, description = "own-refusal"), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status")))]
async fn reopen_application(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
    seen: IfMatch,
    cmd: Command<ReasonRequest>,
) -> Result<Told, Problem> {
    appeal_step(&app, &who, (id, seen), &cmd, Step::Reopen).await
}
