//! The gateway as a process of its own.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};
use contracts::{Clock, Service, SystemClock};
use gateway::{Deps, Keys, Migrator, Upstream, accounts::ensure_administrator, build, front};
use http_kit::{
    Start,
    config::{ConfigError, Settings},
    own_process::{StartError, ended, migrate, open, serve, served},
    telemetry,
};

#[derive(Parser)]
struct Arguments {
    /// Settings file; `ip-finance.toml` in the working folder otherwise.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve (the default).
    Serve,
    /// Bring the database to this program's schema and end.
    Migrate,
    /// Make the first administrator, where there is none, and print the one-time password.
    Administrator,
}

fn main() -> ExitCode {
    ended(Service::Gateway, run(&Arguments::parse()))
}

#[tokio::main]
async fn run(arguments: &Arguments) -> Result<(), StartError> {
    let settings = Settings::load(arguments.config.as_deref())?;
    match arguments.command {
        Some(Verb::Migrate) => migrate::<Migrator>(Service::Gateway, &settings).await,
        Some(Verb::Administrator) => {
            let clock: Arc<dyn Clock> = Arc::new(SystemClock);
            let db = open::<Migrator>(Service::Gateway, &settings, &clock, &Start::at_once()).await?;
            show(ensure_administrator(&db).await?);
            Ok(())
        }
        Some(Verb::Serve) | None => {
            settings.check_own_process(Service::Gateway)?;
            let _telemetry = telemetry::start(Service::Gateway.name(), &settings)?;
            let start = Start::patient(&settings);
            served(serve_when_ready(settings, &start).await)
        }
    }
}

async fn serve_when_ready(settings: Settings, start: &Start) -> Result<(), StartError> {
    let upstreams = upstreams(&settings)?;
    let door = start.listen(settings.listen).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let db = &open::<Migrator>(Service::Gateway, &settings, &clock, start).await?;
    let keys = start.need("the database of gateway", || Keys::open(db)).await?;
    let (db, keys) = (db.clone(), Arc::new(keys));
    let client_secret = settings.internal_client_secret.clone();
    let documents = Vec::new();
    let service = build(Deps { db, keys, upstreams, documents, settings: settings.clone(), client_secret })?;
    // The console is a client of the door beside it, over the same public API.
    let app = service.router.clone().merge(console::router(service.router.clone()));
    serve(service, front(app, &settings), &settings, (start, door)).await
}

fn upstreams(settings: &Settings) -> Result<Vec<(Service, Upstream)>, ConfigError> {
    Service::ALL
        .into_iter()
        .filter(|service| *service != Service::Gateway)
        .map(|service| {
            let address = settings.peer_url(service).ok_or_else(|| {
                ConfigError(format!("IPF_{}_URL is not set", service.name().to_uppercase()))
            })?;
            Ok((service, Upstream::Http(address.to_owned())))
        })
        .collect()
}

#[expect(clippy::print_stdout, reason = "the answer of this command")]
fn show(made: Option<gateway::accounts::OneTimePassword>) {
    match made {
        Some(one) => println!("{}\n{}", one.username, one.password),
        None => println!("there is an administrator already; nothing was changed"),
    }
}
