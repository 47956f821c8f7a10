//! A service as a process of its own: settings, database, tokens over HTTP, NATS, health, graceful end.
//!
//! The thin binaries are this and the service's `build`; the all-in-one binary wires the same constructors in one
//! process instead.

use std::{process::ExitCode, sync::Arc, time::Duration};

use axum::Router;
use clap::{Parser, Subcommand};
use contracts::{Clock, Service as Name, SystemClock};
use identity::{TokenExchange, Verifier, exchange::HttpExchange, token::KeySource};
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;
use secrecy::ExposeSecret;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tx_kit::{
    Bus, Db, Fault,
    bus::{in_process::InProcessBus, nats::NatsBus},
};

use crate::{
    Peer, Service,
    api::document_route,
    client,
    config::{ConfigError, Settings},
    server, telemetry,
};

/// Where the gateway publishes the keys of internal tokens.
pub const INTERNAL_KEYS_PATH: &str = "/.well-known/internal-jwks.json";
/// How long background work may take to end.
const WORKERS_END_MAX: Duration = Duration::from_secs(20);

/// What ends a process before it serves.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Database, bus or keys.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the machine says.
        reason: std::io::Error,
    },
    /// Logs, traces or metrics.
    #[error(transparent)]
    Telemetry(#[from] telemetry::TelemetryError),
}

/// What a service is built from in a process of its own.
pub struct Parts {
    /// Its database, migrated.
    pub db: Db,
    /// Who may knock.
    pub verifier: Arc<Verifier>,
    /// Its settings.
    pub settings: Settings,
    tokens: Arc<dyn TokenExchange>,
    client: reqwest::Client,
}

impl Parts {
    /// Another service at the address of the settings.
    ///
    /// # Errors
    /// [`ConfigError`] when the address is not set.
    pub fn peer(&self, service: Name) -> Result<Peer, ConfigError> {
        let base = self.settings.peer_url(service).ok_or_else(|| {
            ConfigError(format!("set IPF_{}_URL: this service asks {service}", service.name().to_uppercase()))
        })?;
        Ok(Peer::at(service, base, self.client.clone(), Arc::clone(&self.tokens)))
    }
}

#[derive(Parser)]
struct Arguments {
    /// Settings file; `ip-finance.toml` in the working folder otherwise.
    #[arg(long, global = true)]
    config: Option<std::path::PathBuf>,
    #[command(subcommand)]
    command: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve (the default).
    Serve,
    /// Bring the database to this program's schema and end.
    Migrate,
}

/// Runs a service until a signal ends it. One sentence and exit code 1 when it cannot start.
pub fn main<M: MigratorTrait>(
    name: Name,
    build: impl FnOnce(&Parts) -> Result<Service, ConfigError> + Send + 'static,
) -> ExitCode {
    let arguments = Arguments::parse();
    ended(name, run::<M>(name, &arguments, build))
}

/// Says why a process could not start.
#[expect(clippy::print_stderr, reason = "the last word of a program that cannot start")]
pub fn ended(name: Name, outcome: Result<(), StartError>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name} cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run<M: MigratorTrait>(
    name: Name,
    arguments: &Arguments,
    build: impl FnOnce(&Parts) -> Result<Service, ConfigError> + Send + 'static,
) -> Result<(), StartError> {
    let settings = Settings::load(arguments.config.as_deref())?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let db = open::<M>(name, &settings, &clock).await?;
    if matches!(arguments.command, Some(Verb::Migrate)) {
        return Ok(());
    }
    settings.check_own_process(name)?;
    let _telemetry = telemetry::start(name.name(), &settings)?;
    let client = client()?;
    let missing = |what: &str| ConfigError(format!("{what} is not set"));
    let gateway = settings.gateway_url.clone().ok_or_else(|| missing("IPF_GATEWAY_URL"))?;
    let secret =
        settings.internal_client_secret.clone().ok_or_else(|| missing("IPF_INTERNAL_CLIENT_SECRET"))?;
    let url = format!("{}{INTERNAL_KEYS_PATH}", gateway.trim_end_matches('/'));
    let keys = KeySource::Url { url, client: client.clone() };
    let parts = Parts {
        verifier: Arc::new(Verifier::new(name, keys, clock)),
        tokens: Arc::new(HttpExchange::new(&gateway, secret.expose_secret(), client.clone())),
        db,
        client,
        settings,
    };
    let service = build(&parts)?;
    let document = document_route("/openapi.json", &service.openapi);
    let app = service.router.clone().merge(document);
    serve(service, app, &parts.settings).await
}

/// Opens a service's database and brings it to the program's schema.
///
/// # Errors
/// The database's fault, as one sentence.
pub async fn open<M: MigratorTrait>(
    name: Name,
    settings: &Settings,
    clock: &Arc<dyn Clock>,
) -> Result<Db, Fault> {
    let db = Db::open(name, &settings.database(name), Arc::clone(clock)).await?;
    M::up(db.migrator(), None).await?;
    Ok(db)
}

/// Serves a built service with NATS as its bus until a signal ends the process.
///
/// # Errors
/// When the bus is away or the address is taken.
pub async fn serve(mut service: Service, app: Router, settings: &Settings) -> Result<(), StartError> {
    let stop = CancellationToken::new();
    let address = settings.listen;
    let listener =
        TcpListener::bind(address).await.map_err(|reason| StartError::Listen { address, reason })?;
    let mut tasks = JoinSet::new();
    // Only the gateway, which publishes nothing, starts without NATS; its audit trail is sealed all the same.
    let bus: Arc<dyn Bus> = match &settings.nats_url {
        Some(url) => Arc::new(NatsBus::connect(url.expose_secret(), &settings.nats_stream).await?),
        None => Arc::new(InProcessBus::default()),
    };
    service.attach(bus.as_ref(), &stop).await?;
    service.start(&bus, &mut tasks, &stop);
    let db = service.db.clone();
    let ready: server::ReadyCheck = Arc::new(move || {
        let db = db.clone();
        Box::pin(async move {
            db.read().execute_unprepared("SELECT 1").await.map(drop).map_err(|error| error.to_string())
        })
    });
    let app = server::dress(app.merge(server::health(ready)));
    tracing::info!("{} listens on {address}", service.name);
    let signal = tokio::spawn(server::stop_on_signal(stop.clone()));
    server::serve(listener, app, stop.clone())
        .await
        .map_err(|reason| StartError::Listen { address, reason })?;
    stop.cancel();
    signal.abort();
    end_workers(tasks).await;
    service.db.close().await;
    Ok(())
}

/// Waits for background work to end, but not for ever.
pub async fn end_workers(mut tasks: JoinSet<()>) {
    let all = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(WORKERS_END_MAX, all).await.is_err() {
        tracing::warn!("background work did not end in time; it resumes at the next start");
    }
}
