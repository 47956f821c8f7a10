//! The web console: pages for every role, rendered on the server over the public JSON API.
//!
//! It is a client of the gateway like any other: each page calls the API in process with the person's own
//! token, so a page can show or do nothing that the API would not. It knows no service crate.
//!
//! Where is …?
//! - signing in, cookies, renewal, language, theme: [`session`]; who may post and what browsers may do: [`guard`]
//! - the way to the API and who is signed in: [`desk`]; reading its answers: [`value`]; its refusals: [`failure`]
//! - rail, top bar, rendering: [`frame`]; what pages are made of: [`page`], [`cell`], [`list`], [`form`], [`form_rows`], [`charts`]; what was posted: [`draft`]
//! - acts that take a comment or reason: [`steps`]; words: [`text`]; figures and amounts: [`figures`]
//! - pages by subject: [`home`], [`patents`], [`imports`], [`reference`], [`valuations`], [`worth`], [`trials`], [`facilities`],
//!   [`proposals`], [`line_changes`], [`line_members`], [`line_deposits`], [`line_authority`], [`line_waivers`], [`line_agreements`], [`borrowing`] (facilities, made of [`line_terms`], [`line_terms_form`], [`line_cover_form`]),
//!   [`applications`] (made of [`application_parts`]), [`apply`], [`assessment`], [`decisions`],
//!   [`corrections`], [`conditions`], [`delegations`], [`counterparties`], [`documents`], [`pledges`], [`register`], [`draw`],
//!   [`loans`], [`lending`], [`tranche`], [`adjustments`], [`adjusting`], [`change_requests`], [`adjusted_plans`], [`fees`], [`payment_instructions`], [`repayment_reversals`], [`reference_rates`], [`working_days`], [`products`],
//!   [`quotes`], [`policies`], [`claims`], [`disposal`], [`compensation`], [`fund`],
//!   [`closings`], [`histories`], [`ledger`], [`reversals`], [`statements`], [`subsidies`], [`subsidy_apply`],
//!   [`subsidy_schemes`], [`risk`], [`risk_loan`], [`risk_words`], [`parameters`] (made of [`parameter_form`]), [`supervision`], [`supervised`],
//!   [`supervision_recovery`], [`supervision_workouts`], [`admin`], [`users`], [`account`]

mod account;
mod adjusted_plans;
mod adjusting;
mod adjustment_rows;
mod adjustment_steps;
mod adjustments;
mod admin;
mod application_parts;
mod applications;
mod apply;
mod assessment;
mod assets;
mod backtests;
mod borrowing;
mod cell;
mod change_requests;
mod charts;
mod claims;
mod closings;
mod collection;
mod compensation;
mod conditions;
mod corrections;
mod counterparties;
mod decisions;
mod delegations;
mod desk;
mod disposal;
mod disposal_asks;
mod disposal_decisions;
mod disposal_pictures;
mod documents;
mod draft;
mod draw;
mod evaluations;
mod examining;
mod facilities;
mod failure;
mod fees;
mod figures;
mod filings;
mod form;
mod form_rows;
mod frame;
mod fund;
mod fund_decisions;
mod fund_orders;
mod guarantees;
mod guard;
mod histories;
mod home;
mod home_queues;
mod imports;
mod insurer_money;
mod ledger;
mod lending;
mod line_agreements;
mod line_authority;
mod line_changes;
mod line_cover_form;
mod line_deposits;
mod line_members;
mod line_terms;
mod line_terms_form;
mod line_waivers;
mod list;
mod loan_care;
mod loans;
mod matching;
mod models;
mod overrides;
mod page;
mod parameter_form;
mod parameters;
mod patents;
mod payment_instructions;
mod pledge_forms;
mod pledge_parts;
mod pledges;
mod policies;
mod portfolios;
mod products;
mod proposals;
mod quotes;
mod reference;
mod reference_rates;
mod register;
mod repayment_reversals;
mod revaluations;
mod reversals;
mod risk;
mod risk_loan;
mod risk_words;
mod scores;
mod session;
mod spans;
mod statements;
mod steps;
mod stocktakes;
mod subsidies;
mod subsidy_apply;
mod subsidy_schemes;
mod supervised;
mod supervision;
mod supervision_recovery;
mod supervision_workouts;
mod text;
mod tranche;
mod trials;
mod triggers;
mod upload;
mod users;
mod valuation_reports;
mod valuations;
mod value;
mod working_days;
mod worth;
mod write_offs_asked;

use axum::{
    Router,
    extract::{Request, State},
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
    let console = Console::new(Door::to(api));
    let desks = work()
        .merge(lending())
        .merge(examining::routes())
        .merge(stocktakes::routes())
        .merge(models::routes())
        .merge(evaluations::routes())
        .merge(matching::routes())
        .merge(line_authority::routes())
        .merge(register::routes())
        .merge(risks())
        .merge(recovery())
        .merge(adjusted())
        .merge(books())
        .merge(insurance())
        .merge(platform())
        .route_layer(middleware::from_fn_with_state(console.clone(), session::open));
    let doors = Router::new()
        .route("/register", get(register::look_up))
        .merge(valuation_reports::verification::doors())
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
    let browser = request.method() == Method::GET && session::takes_pages(request.headers());
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let sent = console.door().0.clone().oneshot(Request::from_parts(parts, body)).await;
    let response = sent.unwrap_or_else(|never| match never {});
    // The door may ask whoever brings no token for one before it says that there is nothing.
    let nothing = matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED);
    if nothing && browser && !asked.uri.path().starts_with("/api/") {
        return session::nowhere(&asked);
    }
    if response.status() != StatusCode::NOT_FOUND {
        return response;
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
        .merge(trials::routes())
        .merge(patents::routes())
        .merge(filings::routes())
        .merge(reference::routes())
        .merge(imports::routes())
        .merge(valuations::routes())
}

fn lending() -> Router<Console> {
    Router::new()
        .route("/facilities", get(facilities::index))
        .route("/facilities/export", get(facilities::export))
        .route("/facilities/new", get(proposals::propose_show).post(proposals::propose))
        .route("/facilities/{id}", get(facilities::show))
        .route("/facilities/{id}/draw", get(draw::draw_show).post(draw::draw))
        .route("/facilities/{id}/change", get(line_changes::change_show).post(line_changes::change))
        .route("/facilities/{id}/close", get(line_changes::close_show).post(line_changes::close))
        .route("/facilities/{id}/changes", get(histories::changes))
        .route("/facilities/{id}/members", get(line_members::index))
        .route("/facilities/{id}/members/export", get(line_members::export))
        .route("/facilities/{id}/members/{enterprise}", get(line_members::show).post(line_members::change))
        .route("/facilities/{id}/deposits", get(line_deposits::index))
        .route("/facilities/{id}/deposit", get(line_deposits::pay_in_show).post(line_deposits::pay_in))
        .route(
            "/facilities/{id}/deposit-return",
            get(line_deposits::give_back_show).post(line_deposits::give_back),
        )
        .route("/facilities/{id}/borrowing-base", get(borrowing::show).post(borrowing::recompute))
        .route("/margin-calls", get(borrowing::calls))
        .route("/margin-calls/export", get(borrowing::calls_export))
        .route("/facilities/{id}/{step}", get(facilities::step_show).post(facilities::step))
        .route(
            "/facilities/{id}/changes/{change}/{step}",
            get(line_changes::decide_show).post(line_changes::decide),
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
        .merge(loans::routes())
        .route("/closings", get(closings::index))
        .route("/closings/new", get(closings::new).post(closings::close))
        .route("/closings/export", get(histories::closings_export))
        .route("/closings/{id}", get(closings::show))
        .route("/closings/{id}/failures", get(histories::failures))
        .route("/closings/{id}/failures/export", get(histories::failures_export))
        .route("/notices", get(closings::notices))
        .route("/notices/export", get(histories::notices_export))
}

/// The books, statements, subsidies.
fn books() -> Router<Console> {
    Router::new()
        .route("/ledger", get(ledger::index))
        .route("/ledger/days", get(ledger::days))
        .route("/ledger/accounts/{code}", get(ledger::account))
        .route("/ledger/accounts/{code}/export", get(ledger::account_export))
        .route("/ledger/movements/{id}", get(ledger::movement))
        .route("/ledger/movements/{id}/reverse", get(ledger::reverse_show).post(ledger::reverse))
        .route("/ledger-reversals", get(reversals::index))
        .route("/ledger-reversals/{id}", get(reversals::show))
        .route("/ledger-reversals/{id}/{step}", get(reversals::step_show).post(reversals::step))
        .route("/statement", get(statements::borrower))
        .route("/statement/file", get(statements::borrower_file))
        .route("/loans/{id}/movements", get(histories::movements))
        .route("/loans/{id}/movements/export", get(histories::movements_export))
        .route("/facilities/{id}/statement", get(statements::facility))
        .route("/facilities/{id}/statement/file", get(statements::facility_file))
        .route("/subsidies", get(subsidies::index))
        .route("/subsidies/export", get(subsidies::export))
        .route("/subsidies/new", get(subsidy_apply::show).post(subsidy_apply::submit))
        .route("/subsidies/{id}", get(subsidies::show))
        .route("/subsidies/{id}/{step}", get(subsidies::step_show).post(subsidies::step))
        .route("/subsidy-schemes", get(subsidy_schemes::index))
        .route("/subsidy-schemes/new", get(subsidy_schemes::propose_show).post(subsidy_schemes::propose))
        .route("/subsidy-schemes/{id}", get(subsidy_schemes::show))
        .route("/subsidy-schemes/{id}/{step}", get(subsidy_schemes::step_show).post(subsidy_schemes::step))
}

/// What becomes of a loan's repayment after it was drawn.
fn adjusted() -> Router<Console> {
    Router::new()
        .route("/loans/{id}/fees", get(fees::show).post(fees::charge))
        .merge(adjustment_steps::routes())
        .merge(change_requests::routes())
        .route("/reference-rates", get(reference_rates::index))
        .route("/working-days", get(working_days::index))
        .route("/working-days/record", get(working_days::record_show).post(working_days::record))
}

/// Classification, provisions, and what a bank has set for them.
fn risks() -> Router<Console> {
    Router::new()
        .merge(risk::routes())
        .route("/loans/{id}/risk", get(risk_loan::show))
        .route("/loans/{id}/risk/{step}", get(risk_loan::step_show).post(risk_loan::step))
        .route("/loans/{id}/risk/{judgement}/{step}", get(risk_loan::decide_show).post(risk_loan::decide))
        .route("/parameters", get(parameters::index))
        .route("/parameters/{kind}", get(parameters::show))
        .route("/parameters/{kind}/propose", get(parameters::propose_show).post(parameters::propose))
        .route("/parameters/{kind}/versions/{version}", get(parameters::version))
        .route(
            "/parameters/{kind}/versions/{version}/{step}",
            get(parameters::step_show).post(parameters::step),
        )
}

/// What happens to loans that are not repaid, and the funds that share the loss.
fn recovery() -> Router<Console> {
    Router::new()
        .route("/disposal", get(disposal::index))
        .route("/disposal/export", get(disposal::export))
        .route("/disposal/new", get(collection::open_show).post(collection::open))
        .route("/disposal/{id}", get(disposal::show))
        .route("/disposal/{id}/action", get(collection::action_show).post(collection::action))
        .route("/disposal/{id}/{kind}", get(disposal_asks::ask_show).post(disposal_asks::ask))
        .route("/disposal-proposals", get(disposal_decisions::index))
        .route("/disposal-proposals/{id}", get(disposal_decisions::show))
        .route(
            "/disposal-proposals/{id}/{step}",
            get(disposal_decisions::step_show).post(disposal_decisions::step),
        )
        .merge(compensation::routes())
        .route("/funds", get(fund::index))
        .route("/funds/{id}", get(fund::show))
        .route("/funds/{id}/entries/export", get(fund::entries_export))
        .route("/fund-agreements", get(fund::agreements))
        .route("/fund-agreements/export", get(fund::agreements_export))
        .route("/fund-agreements/{id}", get(fund_decisions::agreement))
        .route("/fund-agreements/{id}/review", get(fund_decisions::review_show).post(fund_decisions::review))
        .route("/fund-orders/{kind}", get(fund_orders::show).post(fund_orders::send))
        .route("/fund-instructions", get(fund::instructions))
        .route("/fund-instructions/{id}", get(fund_decisions::instruction))
        .route("/fund-instructions/{id}/{step}", get(fund_decisions::step_show).post(fund_decisions::step))
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
        .merge(supervision_recovery::routes())
        .route("/supervision/warnings", get(supervised::warnings))
        .route("/supervision/deviations", get(supervised::deviations))
        .route("/organisations", get(admin::organisations))
        .route("/organisations/new", get(admin::organisation_new).post(admin::organisation_make))
        .route("/organisations/{id}", get(admin::organisation))
        .merge(users::routes())
        .route("/services", get(admin::services))
        .route("/keys", get(admin::keys).post(admin::rotate))
        .route("/audit", get(admin::audit))
        .route("/audit/export", get(admin::audit_export))
}
