//! The gateway as a process of its own.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};
use contracts::{Clock, Service, SystemClock};
use gateway::{Deps, Keys, Migrator, Upstream, accounts::ensure_administrator, build};
use http_kit::{
    config::{ConfigError, Settings},
    own_process::{StartError, ended, open, serve},
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
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let db = open::<Migrator>(Service::Gateway, &settings, &clock).await?;
    match arguments.command {
        Some(Verb::Migrate) => return Ok(()),
        Some(Verb::Administrator) => {
            show(ensure_administrator(&db).await?);
            return Ok(());
        }
        Some(Verb::Serve) | None => {}
    }
    settings.check_own_process(Service::Gateway)?;
    let _telemetry = telemetry::start(Service::Gateway.name(), &settings)?;
    let keys = Arc::new(Keys::open(&db).await?);
    let upstreams = upstreams(&settings)?;
    let client_secret = settings.internal_client_secret.clone();
    let documents = Vec::new();
    let service = build(Deps { db, keys, upstreams, documents, settings: settings.clone(), client_secret })?;
    // The console is a client of the door beside it, over the same public API.
    let app = service.router.clone().merge(console::router(service.router.clone()));
    serve(service, app, &settings).await
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
