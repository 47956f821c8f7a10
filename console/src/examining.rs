//! The addresses of what happens to an application between submission and payment, and of what a bank keeps beside it.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use crate::{
    conditions, corrections, counterparties, decisions, delegations, documents, session::Console,
    upload::UPLOAD_BYTES_MAX,
};

/// The routes.
pub fn routes() -> Router<Console> {
    let upload = || DefaultBodyLimit::max(UPLOAD_BYTES_MAX);
    Router::new()
        .route("/applications/{id}/approve", get(decisions::approve_show).post(decisions::approve))
        .route("/applications/{id}/consent", get(decisions::consent_show).post(decisions::consent))
        .route("/applications/{id}/deficiency", get(corrections::ask_show).post(corrections::ask))
        .route("/applications/{id}/correct", get(corrections::correct_show).post(corrections::correct))
        .route(
            "/applications/{id}/documents",
            get(documents::application_show).post(documents::application_attach).layer(upload()),
        )
        .route(
            "/pledges/{id}/documents",
            get(documents::pledge_show).post(documents::pledge_attach).layer(upload()),
        )
        .route(
            "/adjustments/{id}/documents",
            get(documents::adjustment_show).post(documents::adjustment_attach).layer(upload()),
        )
        .route(
            "/loans/{id}/documents",
            get(documents::loan_show).post(documents::loan_attach).layer(upload()),
        )
        .route(
            "/disposal/{id}/documents",
            get(documents::case_show).post(documents::case_attach).layer(upload()),
        )
        .route("/documents", get(documents::index))
        .route("/documents/export", get(documents::export))
        .route("/documents/{id}", get(documents::show))
        .route("/documents/{id}/content", get(documents::content))
        .route("/documents/{id}/versions", post(documents::replace).layer(upload()))
        .route("/conditions", get(conditions::index))
        .route("/conditions/export", get(conditions::export))
        .route(
            "/applications/{id}/conditions/{condition}/{step}",
            get(conditions::step_show).post(conditions::step),
        )
        .route("/delegations", get(delegations::index))
        .route("/delegations/new", get(delegations::lend_show).post(delegations::lend))
        .route("/delegations/known", post(delegations::introduce))
        .route("/delegations/{id}", get(delegations::show).post(delegations::revoke))
        .route("/delegations/{id}/seen", post(delegations::seen))
        .route("/blacklist", get(counterparties::blacklist))
        .route("/blacklist/export", get(counterparties::blacklist_export))
        .route("/blacklist/new", get(counterparties::enter_show).post(counterparties::enter))
        .route(
            "/blacklist/import",
            get(counterparties::import_show).post(counterparties::import).layer(upload()),
        )
        .route("/blacklist/{id}", get(counterparties::entry).post(counterparties::end))
        .route("/connected-groups", get(counterparties::groups))
        .route("/connected-groups/export", get(counterparties::groups_export))
        .route("/connected-groups/new", get(counterparties::declare_show).post(counterparties::declare))
        .route("/connected-groups/{id}", get(counterparties::group).post(counterparties::change))
        .route("/connected-groups/{id}/dissolve", post(counterparties::dissolve))
}
