//! valuation-svc: the catalogue of patents, how good they are (scoring), what they are worth (appraisal), and the
//! valuations that banks ask for.
//!
//! Where is …? Patents: [`catalogue`]; what owners file beside them: [`filings`]; importing them: [`imports`]; the score: [`scoring`]; the methods:
//! [`appraisal`]; search, needs and who may want a patent: [`matching`]; a bank's valuation of one patent: [`valuations`];
//! an institute's stocktake: [`stocktake`]; what enterprises' experts say: [`evaluation`]; the tables that
//! valuations rest on: [`reference`]; licences and sales as market evidence: [`deals`].

pub mod appraisal;
pub mod backtests;
pub mod catalogue;
pub mod deals;
pub mod evaluation;
pub mod filings;
pub mod imports;
pub mod matching;
pub mod models;
pub mod overrides;
pub mod portfolios;
pub mod reference;
pub mod reports;
pub mod scoring;
mod state;
pub mod stocktake;
pub mod triggers;
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
            Box::new(catalogue::TimelineTables),
            Box::new(filings::FilingTables),
            Box::new(imports::ImportTables),
            Box::new(valuations::ValuationTables),
            Box::new(models::ModelTables),
            Box::new(overrides::OverrideTables),
            Box::new(backtests::BacktestTables),
            Box::new(stocktake::StocktakeTables),
            Box::new(evaluation::EvaluationTables),
            Box::new(matching::MatchingTables),
            Box::new(scoring::ScoringTables),
            Box::new(reference::ReferenceTables),
            Box::new(deals::DealTables),
            Box::new(triggers::TriggerTables),
            Box::new(reports::ReportTables),
            Box::new(portfolios::PortfolioTables),
        ]
    }
}

/// What the service needs from around it.
pub struct Deps {
    /// Its own database.
    pub db: Db,
    /// Who verifies the gateway's tokens.
    pub verifier: Arc<Verifier>,
    /// How matching is set up, and where its search index is kept.
    pub matching: matching::Settings,
    /// The address at which people verify reports ([`reports::verification_page`]); reports carry no QR code without.
    pub verification_page: Option<String>,
}

/// Builds the service.
#[must_use]
pub fn build(deps: Deps) -> http_kit::Service {
    let Deps { db, verifier, matching, verification_page } = deps;
    let app = state::App::new(db.clone(), matching, verification_page);
    let search = matching::worker(&app.matching, &db);
    let api = Api::new()
        .merge(catalogue::api::routes())
        .merge(catalogue::timeline::api::routes())
        .merge(catalogue::links::api::routes())
        .merge(catalogue::high_value::api::routes())
        .merge(catalogue::dormant::api::routes())
        .merge(filings::routes())
        .merge(imports::api::routes())
        .merge(scoring::api::routes())
        .merge(appraisal::api::routes())
        .merge(valuations::api::routes())
        .merge(models::api::routes())
        .merge(overrides::api::routes())
        .merge(backtests::api::routes())
        .merge(valuations::comparison::routes())
        .merge(reference::api::routes())
        .merge(deals::api::routes())
        .merge(stocktake::api::routes())
        .merge(evaluation::api::routes())
        .merge(matching::routes())
        .merge(triggers::api::routes())
        .merge(reports::api::routes())
        .merge(portfolios::api::routes());
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
            Arc::new(triggers::RevaluationTriggers::new(db.clone())),
            Arc::new(backtests::Outcomes::new(db.clone())),
        ],
        workers: vec![
            triggers::worker(&db),
            models::worker(&db),
            search,
            Worker::new("valuation.stocktake", {
                let db = db.clone();
                move |stop| jobs::run(db, Arc::new(stocktake::StocktakeJob), stop)
            }),
            Worker::new("valuation.reference", {
                let db = db.clone();
                move |stop| reference::follow(db, stop)
            }),
            Worker::new("valuation.portfolios", {
                let db = db.clone();
                move |stop| jobs::run(db, Arc::new(portfolios::PortfolioJob), stop)
            }),
            Worker::new("valuation.imports", {
                let db = db.clone();
                move |stop| jobs::run(db, Arc::new(imports::ImportJob), stop)
            }),
            Worker::new("valuation.imports.streamed", {
                let db = db.clone();
                move |stop| jobs::run(db, Arc::new(imports::StreamedImportJob::default()), stop)
            }),
            Worker::new("valuation.scoring", {
                let db = db.clone();
                move |stop| jobs::run(db, Arc::new(scoring::ScoringJob::default()), stop)
            }),
        ],
        db,
        router,
        openapi,
    }
}
