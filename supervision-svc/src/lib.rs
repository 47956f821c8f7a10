//! The regulator's view of everything, fed by events alone; it calls no other service and changes nothing but
//! its own read model and its audit trail.
//!
//! Where is …?
//! - events becoming rows, and the rebuild by replay: [`intake`]; the rows themselves: [`read_model`]
//! - figures and lists: [`portfolio`]; early warnings: [`warnings`]; Basel capital: [`capital`]

mod capital;
mod intake;
mod migrations;
mod portfolio;
mod read_model;
mod state;
mod warnings;

use std::sync::Arc;

use axum::middleware;
use http_kit::Api;
use identity::Verifier;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tx_kit::Db;

pub use intake::rebuild;
pub use portfolio::{BankTotals, FacilityTotals, RecoveryTotals, Totals, recovery_totals, totals};
use state::App;

/// The tables of the service.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(tx_kit::migrations::TxKitTables), Box::new(migrations::ReadModelTables)]
    }
}

/// What the service needs.
pub struct Deps {
    /// Its own database.
    pub db: Db,
    /// Verifies internal tokens for it.
    pub verifier: Arc<Verifier>,
}

/// Builds the service: its routes behind its own door, and the one consumer of every event.
#[must_use]
pub fn build(deps: Deps) -> http_kit::Service {
    let Deps { db, verifier } = deps;
    let api = Api::new().merge(portfolio::routes()).merge(warnings::routes()).merge(capital::routes());
    let state = App { db: db.clone() };
    let (router, openapi) = api.build(contracts::Service::Supervision.base_path(), state);
    let router = router.layer(middleware::from_fn_with_state(verifier, http_kit::api::authenticate));
    http_kit::Service {
        name: contracts::Service::Supervision,
        router,
        openapi,
        consumers: vec![Arc::new(intake::Intake::live(db.clone()))],
        workers: Vec::new(),
        db,
    }
}
