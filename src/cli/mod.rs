//! The commands of `ip-finance`. Without any, it serves the demo on this machine alone.

mod banner;
mod closing;
mod import;
mod maintenance;
mod serve;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use http_kit::{config::Settings, own_process::StartError};

/// Turns patents into finance: valuation, pledge lending, insurance and supervision in one program.
#[derive(Parser)]
#[command(name = "ip-finance", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Verb>,
    /// Settings file; `ip-finance.toml` in the working folder otherwise.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve everything in one process (without `--demo`: the production start).
    Serve(ServeArguments),
    /// Bring all databases to this program's schema and end.
    Migrate(DataArguments),
    /// Import from files.
    #[command(subcommand)]
    Import(ImportVerb),
    /// The audit trail.
    #[command(subcommand)]
    Audit(AuditVerb),
    /// Compare facilities, loans, ledgers and the regulator's figures, to the fen.
    Reconcile(ReportArguments),
    /// Accounts, from the machine itself.
    #[command(subcommand)]
    User(UserVerb),
    /// Close the business of every bank, day by day, up to the last day that is over or the day named.
    CloseOfBusiness {
        /// The last day to close.
        #[arg(long)]
        date: Option<chrono::NaiveDate>,
        #[command(flatten)]
        report: ReportArguments,
    },
    /// Empty the regulator's read model and rebuild it from the services' events.
    RebuildSupervision(DataArguments),
}

#[derive(Args, Clone, Default)]
struct DataArguments {
    /// The folder of databases and keys.
    #[arg(long)]
    data: Option<PathBuf>,
}

#[derive(Args, Clone, Default)]
struct ReportArguments {
    #[command(flatten)]
    data: DataArguments,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args, Clone, Default)]
struct ServeArguments {
    /// Where to listen.
    #[arg(long)]
    listen: Option<SocketAddr>,
    #[command(flatten)]
    data: DataArguments,
    /// Make the demo when the folder is new.
    #[arg(long)]
    demo: bool,
    /// Serve demo accounts, whose passwords everybody knows, beyond this machine.
    #[arg(long)]
    demo_beyond_this_machine: bool,
}

#[derive(Subcommand)]
enum ImportVerb {
    /// Patents, as exported by The Lens, Espacenet, Patentscope, Google Patents and others.
    Patents(ImportArguments),
}

#[derive(Args)]
struct ImportArguments {
    /// The CSV or XLSX file.
    file: PathBuf,
    /// A mapping file (TOML) for headers that are not recognised.
    #[arg(long)]
    mapping: Option<PathBuf>,
    #[command(flatten)]
    report: ReportArguments,
}

#[derive(Subcommand)]
enum AuditVerb {
    /// Prove the hash chain of every service and name its unsealed tail.
    Verify(ReportArguments),
}

#[derive(Subcommand)]
enum UserVerb {
    /// Give an account a new one-time password; its sessions end.
    ResetPassword {
        /// The user name.
        username: String,
        #[command(flatten)]
        data: DataArguments,
    },
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The program could not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The input cannot be read at all.
    #[error("{0}")]
    Input(String),
    /// What was checked does not hold; it has been said in detail.
    #[error("{0}")]
    Broken(String),
}

impl From<tx_kit::Fault> for Failure {
    fn from(fault: tx_kit::Fault) -> Self {
        Self::Start(fault.into())
    }
}

impl From<http_kit::config::ConfigError> for Failure {
    fn from(error: http_kit::config::ConfigError) -> Self {
        Self::Start(error.into())
    }
}

impl Failure {
    const fn code(&self) -> u8 {
        match self {
            Self::Start(_) | Self::Broken(_) => 1,
            Self::Input(_) => 2,
        }
    }
}

/// Runs the command line. Exit code 0, or one sentence and another one.
#[expect(clippy::print_stderr, reason = "the last word of a program that failed")]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("ip-finance: {failure}");
            ExitCode::from(failure.code())
        }
    }
}

#[tokio::main]
async fn run(arguments: Arguments) -> Result<(), Failure> {
    let mut settings = Settings::load(arguments.config.as_deref())?;
    let at = |settings: &mut Settings, data: &DataArguments| {
        if let Some(folder) = &data.data {
            settings.data.clone_from(folder);
        }
    };
    match arguments.command {
        None => {
            let demo = ServeArguments { demo: true, ..ServeArguments::default() };
            serve::serve(settings, &demo).await
        }
        Some(Verb::Serve(verb)) => {
            at(&mut settings, &verb.data);
            if let Some(listen) = verb.listen {
                settings.listen = listen;
            }
            serve::serve(settings, &verb).await
        }
        Some(Verb::Migrate(data)) => {
            at(&mut settings, &data);
            maintenance::migrate(&settings).await
        }
        Some(Verb::Import(ImportVerb::Patents(verb))) => {
            at(&mut settings, &verb.report.data);
            import::patents(&settings, &verb.file, verb.mapping.as_deref(), verb.report.json).await
        }
        Some(Verb::Audit(AuditVerb::Verify(report))) => {
            at(&mut settings, &report.data);
            maintenance::verify_audit(&settings, report.json).await
        }
        Some(Verb::Reconcile(report)) => {
            at(&mut settings, &report.data);
            maintenance::reconcile(&settings, report.json).await
        }
        Some(Verb::User(UserVerb::ResetPassword { username, data })) => {
            at(&mut settings, &data);
            maintenance::reset_password(&settings, &username).await
        }
        Some(Verb::CloseOfBusiness { date, report }) => {
            at(&mut settings, &report.data);
            closing::close_of_business(&settings, date, report.json).await
        }
        Some(Verb::RebuildSupervision(data)) => {
            at(&mut settings, &data);
            maintenance::rebuild_supervision(&settings).await
        }
    }
}
