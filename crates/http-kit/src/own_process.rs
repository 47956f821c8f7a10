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
use tokio::task::JoinSet;
use tx_kit::{
    Bus, Db, Fault,
    bus::{in_process::InProcessBus, nats::NatsBus},
};

use crate::{
    Peer, Service, Start,
    api::document_route,
    client,
    config::{ConfigError, Settings},
    server,
    start::Door,
    telemetry,
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
    /// Something that it needs is not there, and it waits no longer.
    #[error("{what} is away: {fault}")]
    Away {
        /// What.
        what: String,
        /// Why it is not to be reached.
        fault: Fault,
    },
    /// A signal told it to stop while it waited.
    #[error("told to stop before it had what it needs")]
    Stopped,
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
    if matches!(arguments.command, Some(Verb::Migrate)) {
        return migrate::<M>(name, &settings).await;
    }
    settings.check_own_process(name)?;
    let _telemetry = telemetry::start(name.name(), &settings)?;
    let start = Start::patient(&settings);
    served(serve_when_ready::<M>(name, settings, &start, build).await)
}

/// A signal that comes while a service waits ends it as one that comes later.
///
/// # Errors
/// Any other reason for not having served.
pub fn served(outcome: Result<(), StartError>) -> Result<(), StartError> {
    match outcome {
        Err(StartError::Stopped) => Ok(()),
        other => other,
    }
}

async fn serve_when_ready<M: MigratorTrait>(
    name: Name,
    settings: Settings,
    start: &Start,
    build: impl FnOnce(&Parts) -> Result<Service, ConfigError>,
) -> Result<(), StartError> {
    let door = start.listen(settings.listen).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let db = open::<M>(name, &settings, &clock, start).await?;
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
    serve(service, app, &parts.settings, (start, door)).await
}

/// Brings a service's database to the program's schema, and waits for it while it is away.
///
/// # Errors
/// The database's fault, as one sentence.
pub async fn migrate<M: MigratorTrait>(name: Name, settings: &Settings) -> Result<(), StartError> {
    let _logs = telemetry::logs_alone(name.name(), settings)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let db = open::<M>(name, settings, &clock, &Start::patient(settings)).await?;
    db.close().await;
    Ok(())
}

/// Opens a service's database and brings it to the program's schema.
///
/// # Errors
/// The database's fault, as one sentence.
pub async fn open<M: MigratorTrait>(
    name: Name,
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    start: &Start,
) -> Result<Db, StartError> {
    let config = &settings.database(name);
    start
        .need(&format!("the database of {name}"), || async move {
            let db = Db::open(name, config, Arc::clone(clock)).await?;
            M::up(db.migrator(), None).await?;
            Ok(db)
        })
        .await
}

/// The bus of the settings: NATS, or this process alone where none is set.
///
/// # Errors
/// NATS refuses, or is away for too long.
pub async fn bus(settings: &Settings, start: &Start) -> Result<Arc<dyn Bus>, StartError> {
    let Some(url) = &settings.nats_url else { return Ok(Arc::new(InProcessBus::default())) };
    let connected =
        start.need("NATS", || NatsBus::connect(url.expose_secret(), &settings.nats_stream)).await?;
    Ok(Arc::new(connected))
}

/// Serves a built service with NATS as its bus until a signal ends the process.
///
/// # Errors
/// When the bus refuses.
pub async fn serve(
    mut service: Service,
    app: Router,
    settings: &Settings,
    (start, door): (&Start, Door),
) -> Result<(), StartError> {
    let (stop, address) = (start.stop(), settings.listen);
    let mut tasks = JoinSet::new();
    // The gateway publishes nothing and listens to nothing: it never waits for NATS. Its audit trail is sealed all the same.
    let bus = match service.name {
        Name::Gateway => Arc::new(InProcessBus::default()) as Arc<dyn Bus>,
        _ => bus(settings, start).await?,
    };
    service.attach(bus.as_ref(), start).await?;
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
    server::serve(door.open(), app, stop.clone())
        .await
        .map_err(|reason| StartError::Listen { address, reason })?;
    stop.cancel();
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
