//! `import patents FILE`: in transactions of five hundred rows, so that a command that was killed goes on when it is given
//! the same file again.

use std::{path::Path, sync::Arc};

use contracts::{Actor, Clock, Service, SystemClock};
use http_kit::{Start, config::Settings, own_process};
use valuation_svc::imports::{self, ImportError, ImportResult, Stage};

use super::{Failure, serve};

#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(super) async fn patents(
    settings: &Settings,
    file: &Path,
    mapping: Option<&Path>,
    json: bool,
) -> Result<(), Failure> {
    let unreadable =
        |path: &Path, error: std::io::Error| Failure::Input(format!("{}: {error}", path.display()));
    let mut source = std::fs::File::open(file).map_err(|error| unreadable(file, error))?;
    let mapping = mapping
        .map(|path| std::fs::read_to_string(path).map_err(|error| unreadable(path, error)))
        .transpose()?;
    if settings.database(Service::Valuation).url.starts_with("sqlite:") {
        serve::make_folder(&settings.data)?;
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let start = Start::at_once();
    let db =
        own_process::open::<valuation_svc::Migrator>(Service::Valuation, settings, &clock, &start).await?;
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let (mut told, mut resumed) = (None, false);
    let result =
        imports::import_file(&db, (name.as_str(), &mut source), mapping, &Actor::system(), |stage| {
            resumed = stage.resumed;
            if !json {
                tell(stage, &mut told);
            }
        })
        .await
        .map_err(|error| stopped(file, error))?;
    if json {
        println!("{}", as_json(&result, resumed));
        return Ok(());
    }
    println!(
        "{} read, {} imported, {} updated, {} unchanged, {} rejected",
        result.read, result.imported, result.updated, result.unchanged, result.rejected
    );
    for error in &result.errors {
        let column = error.column.as_deref().unwrap_or("-");
        println!("  line {}, {column}: {} {}", error.line, error.reason.zh, error.reason.en);
    }
    Ok(())
}

/// A file that cannot be read is the input's fault; anything else leaves what is imported, and how to go on is said.
fn stopped(file: &Path, error: ImportError) -> Failure {
    let said = format!("{}: {error}", file.display());
    match error {
        ImportError::Unreadable { .. } => Failure::Input(said),
        ImportError::Fault(_) => {
            Failure::Broken(format!("{said} — what is imported so far stays; run the command again to go on"))
        }
    }
}

/// Says that an import goes on where an earlier command stopped, and every tenth of the way.
#[expect(clippy::print_stdout, reason = "the command's progress")]
fn tell(stage: Stage, told: &mut Option<i64>) {
    let tenth = if stage.total > 0 { stage.done * 10 / stage.total } else { 0 };
    match *told {
        None if stage.resumed => println!("continuing an import that stopped at {} rows", stage.done),
        Some(before) if tenth > before => println!("{} of {} rows", stage.done, stage.total),
        _ => {}
    }
    if told.is_none_or(|before| tenth > before) {
        *told = Some(tenth);
    }
}

/// The answer for programs: a reason is one sentence; `resumed` where it went on with what an earlier command had begun.
fn as_json(result: &ImportResult, resumed: bool) -> serde_json::Value {
    let errors: Vec<_> = result
        .errors
        .iter()
        .map(|error| {
            serde_json::json!({
                "line": error.line, "column": error.column, "reason": error.reason.zh, "reason_en": error.reason.en,
                "code": error.reason.code,
            })
        })
        .collect();
    serde_json::json!({
        "read": result.read, "imported": result.imported, "updated": result.updated,
        "unchanged": result.unchanged, "rejected": result.rejected, "errors": errors, "resumed": resumed,
    })
}
