//! pledge-svc: pledge financing from the application to the last repayment.
//!
//! Where is …?
//! - applications and their decisions: [`applications`]; pledges and the register: [`registration`]
//! - collective credit facilities and draws on them: [`facility`]
//! - loans: [`loan`]; payments on them and the schedule calculator: [`servicing`]
//! - the bank's ledger and whether everything agrees: [`books`]

pub mod applications;
pub mod books;
pub mod facility;
pub mod loan;
pub mod registration;
pub mod servicing;
mod state;

use std::sync::Arc;

use axum::middleware;
use contracts::Service;
use http_kit::{Api, Peer};
use identity::Verifier;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tx_kit::Db;

pub use state::App;

/// The service's tables, in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(tx_kit::migrations::TxKitTables),
            Box::new(ledger::migrations::LedgerTables),
            Box::new(facility::migrations::FacilityTables),
            Box::new(loan::migrations::LoanTables),
            Box::new(applications::migrations::ApplicationTables),
            Box::new(registration::migrations::PledgeTables),
        ]
    }
}

/// What the service needs from outside.
pub struct Deps {
    /// Its database, migrated.
    pub db: Db,
    /// Who may knock.
    pub verifier: Arc<Verifier>,
    /// The catalogue and the valuations.
    pub valuation: Peer,
}

/// Builds the service.
#[must_use]
pub fn build(deps: Deps) -> http_kit::Service {
    let desk = Arc::new(facility::DrawDesk::new(deps.db.clone()));
    let app = App { db: deps.db.clone(), valuation: deps.valuation, desk };
    let api = Api::new()
        .merge(applications::routes())
        .merge(registration::routes())
        .merge(facility::api::routes())
        .merge(loan::api::routes())
        .merge(loan::movement_routes())
        .merge(servicing::api::routes())
        .merge(books::api::routes());
    let (router, openapi) = api.build(Service::Pledge.base_path(), app);
    let looks = Arc::new(deps.db.clone());
    let router = router
        .layer(middleware::from_fn_with_state(looks, http_kit::looks::record))
        .layer(middleware::from_fn_with_state(deps.verifier, http_kit::api::authenticate));
    http_kit::Service {
        name: Service::Pledge,
        db: deps.db,
        router,
        openapi,
        consumers: Vec::new(),
        workers: Vec::new(),
    }
}
