//! The web console: pages for every role, rendered on the server over the public JSON API.
//!
//! It is a client of the gateway like any other: each page calls the API in process with the person's own
//! token, so a page can show or do nothing that the API would not. It knows no service crate.
//!
//! Where is …?
//! - signing in, cookies, renewal, language, theme: [`session`]; who may post and what browsers may do: [`guard`]
//! - the way to the API and who is signed in: [`desk`]; reading its answers: [`value`]; its refusals: [`failure`]
//! - rail, top bar, rendering: [`frame`]; what pages are made of: [`page`], [`cell`], [`list`], [`form`],
//!   [`charts`]; what was posted: [`draft`]
//! - acts that take a comment or reason: [`steps`]; words: [`text`]; figures and amounts: [`figures`]
//! - pages by subject: [`home`], [`patents`], [`imports`], [`valuations`], [`worth`], [`trials`], [`facilities`],
//!   [`proposals`], [`applications`], [`apply`], [`assessment`], [`pledges`], [`draw`], [`loans`], [`products`],
//!   [`quotes`], [`policies`], [`claims`], [`supervision`], [`supervised`], [`admin`], [`users`], [`account`]

mod account;
mod admin;
mod applications;
mod apply;
mod assessment;
mod assets;
mod cell;
mod charts;
mod claims;
mod desk;
mod draft;
mod draw;
mod facilities;
mod failure;
mod figures;
mod form;
mod frame;
mod guard;
mod home;
mod imports;
mod list;
mod loans;
mod page;
mod patents;
mod pledges;
mod policies;
mod products;
mod proposals;
mod quotes;
mod session;
mod steps;
mod supervised;
mod supervision;
mod text;
mod trials;
mod users;
mod valuations;
mod value;
mod worth;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{Method, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tower::ServiceExt;

use crate::{desk::Door, failure::Refusal, session::Console};

/// The console over the gateway's router. What is not a page goes to `api` unchanged, so that the router that
/// comes back answers everything; it may as well be merged with `api`, which then answers its own routes first.
pub fn router(api: Router) -> Router {
    let console = Console::new(Door(api));
    let desks = work()
        .merge(lending())
        .merge(insurance())
        .merge(platform())
        .route_layer(middleware::from_fn_with_state(console.clone(), session::open));
    let doors = Router::new()
        .route("/sign-in", get(session::sign_in_form).post(session::sign_in))
        .route("/sign-out", post(session::sign_out))
        .route("/preferences", post(session::prefer));
    desks
        .merge(doors)
        .route_layer(middleware::from_fn(session::visit))
        .route("/static/{name}", get(assets::serve))
        .layer(middleware::from_fn(guard::dress))
        .route("/{*rest}", axum::routing::any(beyond))
        .with_state(console)
}

/// Not a page of ours: the API's, or nobody's — and then a browser gets a page that says so.
async fn beyond(State(console): State<Console>, request: Request) -> Response {
    let browser = request.method() == Method::GET
        && request
            .headers()
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"));
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let sent = console.door().0.clone().oneshot(Request::from_parts(parts, body)).await;
    let response = sent.unwrap_or_else(|never| match never {});
    if response.status() != StatusCode::NOT_FOUND {
        return response;
    }
    if browser && !asked.uri.path().starts_with("/api/") {
        return session::nowhere(&asked);
    }
    // A router's own 404 is empty; clients of the API are told as everywhere else.
    if response.headers().contains_key(header::CONTENT_TYPE) {
        return response;
    }
    http_kit::Problem::not_found().into_response()
}

/// The status that a page with a refused form answers.
pub(crate) fn status_of(refusal: &Refusal) -> StatusCode {
    StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
}

fn work() -> Router<Console> {
    Router::new()
        .route("/", get(home::home))
        .route("/search", get(account::search))
        .route("/password", get(account::password_show).post(account::password))
        .route("/trials", get(trials::index))
        .route("/trials/appraisal", post(trials::appraisal))
        .route("/trials/schedule", post(trials::schedule))
        .route("/patents", get(patents::index))
        .route("/patents/export", get(patents::export))
        .route("/patents/{id}", get(patents::show))
        .route("/patents/{id}/value", get(patents::value_show).post(patents::value))
        .route(
            "/imports",
            get(imports::index).post(imports::upload).layer(DefaultBodyLimit::max(imports::UPLOAD_BYTES_MAX)),
        )
        .route("/imports/{id}", get(imports::show))
        .route("/valuations", get(valuations::index))
        .route("/valuations/export", get(valuations::export))
        .route("/valuations/{id}", get(valuations::show))
}

fn lending() -> Router<Console> {
    Router::new()
        .route("/facilities", get(facilities::index))
        .route("/facilities/export", get(facilities::export))
        .route("/facilities/new", get(proposals::propose_show).post(proposals::propose))
        .route("/facilities/{id}", get(facilities::show))
        .route("/facilities/{id}/draw", get(draw::draw_show).post(draw::draw))
        .route("/facilities/{id}/change", get(proposals::change_show).post(proposals::change))
        .route("/facilities/{id}/{step}", get(facilities::step_show).post(facilities::step))
        .route(
            "/facilities/{id}/changes/{change}/{step}",
            get(proposals::decide_show).post(proposals::decide),
        )
        .route("/applications", get(applications::index))
        .route("/applications/export", get(applications::export))
        .route("/applications/new", get(apply::show).post(apply::submit))
        .route("/applications/{id}", get(applications::show))
        .route("/applications/{id}/assess", get(assessment::assess_show).post(assessment::assess))
        .route("/applications/{id}/{step}", get(applications::step_show).post(applications::step))
        .route("/pledges", get(pledges::index))
        .route("/pledges/export", get(pledges::export))
        .route("/pledges/{id}", get(pledges::show))
        .route("/pledges/{id}/{step}", get(pledges::step_show).post(pledges::step))
        .route("/loans", get(loans::index))
        .route("/loans/export", get(loans::export))
        .route("/loans/{id}", get(loans::show))
        .route("/loans/{id}/repay", get(draw::repay_show).post(draw::repay))
        .route("/ledger", get(loans::ledger))
}

fn insurance() -> Router<Console> {
    Router::new()
        .route("/products", get(products::products))
        .route("/products/{code}", get(products::product))
        .route("/quotes", get(quotes::index))
        .route("/quotes/export", get(quotes::export))
        .route("/quotes/new", get(quotes::make_show).post(quotes::make))
        .route("/quotes/{id}", get(quotes::show).post(quotes::bind))
        .route("/policies", get(policies::index))
        .route("/policies/export", get(policies::export))
        .route("/policies/{id}", get(policies::show))
        .route("/policies/{id}/cancel", get(policies::cancel_show).post(policies::cancel))
        .route("/claims", get(claims::index))
        .route("/claims/export", get(claims::export))
        .route("/claims/new", get(claims::notify_show).post(claims::notify))
        .route("/claims/{id}", get(claims::show))
        .route("/claims/{id}/{step}", get(claims::step_show).post(claims::step))
}

fn platform() -> Router<Console> {
    Router::new()
        .route("/supervision", get(supervision::overview))
        .route("/supervision/facilities", get(supervised::facilities))
        .route("/supervision/facilities/export", get(supervised::facilities_export))
        .route("/supervision/facilities/{id}", get(supervised::facility))
        .route("/supervision/loans", get(supervised::loans_list))
        .route("/supervision/loans/export", get(supervised::loans_export))
        .route("/supervision/loans/{id}", get(supervised::loan))
        .route("/supervision/warnings", get(supervised::warnings))
        .route("/supervision/deviations", get(supervised::deviations))
        .route("/organisations", get(admin::organisations))
        .route("/organisations/new", get(admin::organisation_new).post(admin::organisation_make))
        .route("/organisations/{id}", get(admin::organisation))
        .route("/users", get(users::users))
        .route("/users/export", get(users::users_export))
        .route("/users/new", get(users::user_new).post(users::user_make))
        .route("/users/{id}", get(users::user))
        .route("/users/{id}/{step}", post(users::user_step))
        .route("/services", get(admin::services))
        .route("/keys", get(admin::keys).post(admin::rotate))
        .route("/audit", get(admin::audit))
        .route("/audit/export", get(admin::audit_export))
}
