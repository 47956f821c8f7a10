//! insurance-svc: quotes, policies, claims and reserves of patent insurance.
//!
//! Where is …?
//! - product terms and rating tables: `products`; what a risk costs: `quotes`
//! - binding, earning, cancelling: `policies`; what a loss pays: `claims`
//! - reserves for claims not yet known: `reserving`
//! - the picture of pledge loans, fed by events: `loans`; the insurer's book: `books`

mod books;
pub mod claims;
mod lists;
mod loans;
pub mod policies;
pub mod products;
pub mod quotes;
pub mod reserving;
mod state;

use std::sync::Arc;

use axum::middleware;
use http_kit::{Api, Peer, Service, Worker};
use identity::Verifier;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tx_kit::Db;

pub use policies::close_of_month;
use products::model::Catalogue;
use state::App;

/// The service's tables, in the order in which they are made.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(tx_kit::migrations::TxKitTables),
            Box::new(ledger::migrations::LedgerTables),
            Box::new(loans::LoanTables),
            Box::new(quotes::QuoteTables),
            Box::new(policies::PolicyTables),
            Box::new(claims::ClaimTables),
        ]
    }
}

/// What the service needs from outside.
pub struct Deps {
    /// Its database, migrated.
    pub db: Db,
    /// Who verifies the tokens at its door.
    pub verifier: Arc<Verifier>,
    /// The patent catalogue.
    pub valuation: Peer,
}

/// Builds the service.
#[must_use]
pub fn build(deps: Deps) -> Service {
    let products = Catalogue::load().unwrap_or_else(|error| {
        // The data files are part of the release and held by a test: a fault here sells nothing rather than
        // keeping the other services from starting.
        tracing::error!(%error, "no insurance product is on sale");
        Catalogue::empty()
    });
    let app = App { db: deps.db.clone(), valuation: deps.valuation, products: Arc::new(products) };
    let api = Api::new()
        .merge(products::routes())
        .merge(quotes::routes())
        .merge(policies::routes())
        .merge(claims::routes())
        .merge(loans::routes())
        .merge(books::routes())
        .merge(reserving::routes());
    let (router, openapi) = api.build(contracts::Service::Insurance.base_path(), app);
    let looks = Arc::new(deps.db.clone());
    let router = router
        .layer(middleware::from_fn_with_state(looks, http_kit::looks::record))
        .layer(middleware::from_fn_with_state(deps.verifier, http_kit::api::authenticate));
    let closing = deps.db.clone();
    Service {
        name: contracts::Service::Insurance,
        consumers: vec![
            Arc::new(loans::InsurableLoans::new(deps.db.clone())),
            Arc::new(claims::Recoveries::new(deps.db.clone())),
        ],
        workers: vec![Worker::new("insurance.monthly_close", move |stop| {
            policies::close_from_time_to_time(closing, stop)
        })],
        db: deps.db,
        router,
        openapi,
    }
}
