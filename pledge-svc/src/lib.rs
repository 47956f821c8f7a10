//! pledge-svc: pledge financing from the application to the last repayment.
//!
//! Where is …?
//! - applications and their decisions: [`applications`]; pledges and the register: [`registration`]
//! - collective credit facilities and draws on them: [`facility`]
//! - loans: [`loan`]; payments on them and the schedule calculator: [`servicing`]; what borrowers say they pay and the
//!   bank has not confirmed: [`instructions`]; new terms: [`adjustments`]
//! - the care of a loan after the money is out, proofs of use and checks: [`monitoring`]
//! - the close of business: [`closing`]; classification and expected loss: [`risk`]
//! - loans that are not repaid: [`disposal`]; who shares the loss: [`fund`]; subsidies: [`subsidies`]
//! - papers of all of them: [`documents`]; what a bank has set for itself: [`parameters`]; the working days that it goes
//!   by: [`working_days`]
//! - the bank's ledger and whether everything agrees: [`books`]
//! - which rows somebody sees by whom they name: `visible`
//! - organisations that a request names, as the platform has them registered: `directory`
//! - a body for each command, as the API's document shows it: `examples`

pub mod adjustments;
pub mod applications;
pub mod books;
pub mod closing;
mod directory;
pub mod disposal;
pub mod documents;
mod examples;
pub mod facility;
pub mod fund;
pub mod instructions;
pub mod loan;
pub mod monitoring;
pub mod parameters;
pub mod registration;
pub mod risk;
pub mod servicing;
mod state;
pub mod subsidies;
mod visible;
pub mod working_days;

use std::sync::Arc;

use axum::middleware;
use contracts::{Clock, Service};
use http_kit::{
    Api, Peer,
    config::{ConfigError, Settings},
};
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
            Box::new(documents::migrations::DocumentTables),
            Box::new(parameters::migrations::ParameterTables),
            Box::new(adjustments::migrations::AdjustmentTables),
            Box::new(closing::migrations::ClosingTables),
            Box::new(risk::migrations::RiskTables),
            Box::new(disposal::migrations::DisposalTables),
            Box::new(fund::migrations::FundTables),
            Box::new(subsidies::migrations::SubsidyTables),
            Box::new(monitoring::migrations::MonitoringTables),
            Box::new(books::migrations::BookTables),
            Box::new(instructions::migrations::InstructionTables),
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
    /// The platform's directory of organisations.
    pub directory: Peer,
    /// What lies outside the suite.
    pub outside: Outside,
}

/// What lies outside the suite and may be set: the default needs nothing of it.
#[derive(Clone, Default)]
pub struct Outside {
    /// `host:port` of a ClamAV daemon that scans what is uploaded (`IPF_CLAMD_ADDRESS`); without it documents are marked
    /// as not scanned.
    pub clamd_address: Option<String>,
    /// Where pledges are registered: the built-in register, or an office outside (`IPF_REGISTER_URL`).
    pub register: registration::Office,
}

impl Outside {
    /// What the settings name.
    ///
    /// # Errors
    /// One sentence for an address that cannot be used.
    pub fn by_settings(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, ConfigError> {
        Ok(Self {
            clamd_address: settings.clamd_address.clone(),
            register: registration::Office::by_settings(settings, clock)?,
        })
    }
}

/// Builds the service.
#[must_use]
pub fn build(deps: Deps) -> http_kit::Service {
    let desk = Arc::new(facility::DrawDesk::new(deps.db.clone()));
    let scanner = documents::scanner::scanner(deps.outside.clamd_address.as_deref());
    let mut workers = Vec::new();
    workers.push(closing::worker(deps.db.clone()));
    workers.extend(documents::workers(&deps.db, &scanner));
    workers.extend(registration::workers(&deps.db, &deps.outside.register));
    let app = App {
        db: deps.db.clone(),
        valuation: deps.valuation,
        directory: deps.directory,
        desk,
        scanner,
        office: deps.outside.register,
    };
    let api = Api::new()
        .merge(applications::routes())
        .merge(registration::routes())
        .merge(facility::api::routes())
        .merge(loan::api::routes())
        .merge(loan::movement_routes())
        .merge(servicing::api::routes())
        .merge(instructions::routes())
        .merge(documents::routes())
        .merge(parameters::routes())
        .merge(working_days::routes())
        .merge(adjustments::routes())
        .merge(monitoring::routes())
        .merge(closing::routes())
        .merge(risk::routes())
        .merge(disposal::routes())
        .merge(fund::routes())
        .merge(subsidies::routes())
        .merge(books::api::routes());
    let (router, mut openapi) = api.build(Service::Pledge.base_path(), app);
    examples::put(&mut openapi);
    let looks = Arc::new(deps.db.clone());
    let router = router
        .layer(middleware::from_fn_with_state(looks, http_kit::looks::record))
        .layer(middleware::from_fn_with_state(deps.verifier, http_kit::api::authenticate));
    http_kit::Service {
        name: Service::Pledge,
        consumers: vec![
            Arc::new(registration::PatentRights::new(deps.db.clone())),
            Arc::new(registration::RevaluationsDue::new(deps.db.clone())),
            Arc::new(facility::PoolValues::new(deps.db.clone())),
            Arc::new(facility::FundStandings::new(deps.db.clone())),
            Arc::new(subsidies::InsuredPolicies::new(deps.db.clone())),
            Arc::new(disposal::GuaranteePolicies::new(deps.db.clone())),
        ],
        db: deps.db,
        router,
        openapi,
        workers,
    }
}
