//! valuation-svc: the catalogue of patents, how good they are (scoring), what they are worth (appraisal), and the
//! valuations that banks ask for.
//!
//! Where is …? Patents: [`catalogue`]; importing them: [`imports`]; the score: [`scoring`]; the methods:
//! [`appraisal`]; a bank's valuation of one patent: [`valuations`].

pub mod appraisal;
pub mod catalogue;
pub mod imports;
pub mod scoring;
mod state;
pub mod valuations;

use std::sync::Arc;

use axum::middleware;
use http_kit::{Api, Worker};
use identity::Verifier;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tx_kit::{Db, jobs};

/// The service's tables.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(tx_kit::migrations::TxKitTables),
            Box::new(catalogue::CatalogueTables),
            Box::new(imports::ImportTables),
            Box::new(valuations::ValuationTables),
        ]
    }
}

/// What the service needs from around it.
pub struct Deps {
    /// Its own database.
    pub db: Db,
    /// Who verifies the gateway's tokens.
    pub verifier: Arc<Verifier>,
}

/// Builds the service.
#[must_use]
pub fn build(deps: Deps) -> http_kit::Service {
    let Deps { db, verifier } = deps;
    let app = state::App::new(db.clone());
    let api = Api::new()
        .merge(catalogue::api::routes())
        .merge(imports::api::routes())
        .merge(scoring::api::routes())
        .merge(appraisal::api::routes())
        .merge(valuations::api::routes());
    let (router, openapi) = api.build(contracts::Service::Valuation.base_path(), app);
    let looks = Arc::new(db.clone());
    let router = router
        .layer(middleware::from_fn_with_state(looks, http_kit::looks::record))
        .layer(middleware::from_fn_with_state(verifier, http_kit::api::authenticate));
    http_kit::Service {
        name: contracts::Service::Valuation,
        consumers: vec![
            Arc::new(catalogue::encumbrance::Encumbrances::new(db.clone())),
            Arc::new(catalogue::consent::PledgeeConsents::new(db.clone())),
        ],
        workers: vec![Worker::new("valuation.imports", {
            let db = db.clone();
            move |stop| jobs::run(db, Arc::new(imports::ImportJob), stop)
        })],
        db,
        router,
        openapi,
    }
}
