//! `import patents FILE`

use std::{path::Path, sync::Arc};

use contracts::{Actor, Clock, Service, SystemClock};
use http_kit::{config::Settings, own_process};
use valuation_svc::imports::ImportResult;

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
    let bytes = std::fs::read(file).map_err(|error| unreadable(file, error))?;
    let mapping = mapping
        .map(|path| std::fs::read_to_string(path).map_err(|error| unreadable(path, error)))
        .transpose()?;
    if settings.database(Service::Valuation).url.starts_with("sqlite:") {
        serve::make_folder(&settings.data)?;
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let db = own_process::open::<valuation_svc::Migrator>(Service::Valuation, settings, &clock).await?;
    let result = valuation_svc::imports::import_file(&db, bytes, mapping, &Actor::system())
        .await
        .map_err(|error| Failure::Input(format!("{}: {error}", file.display())))?;
    if json {
        println!("{}", as_json(&result));
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

/// The answer for programs: a reason is one sentence.
fn as_json(result: &ImportResult) -> serde_json::Value {
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
        "unchanged": result.unchanged, "rejected": result.rejected, "errors": errors,
    })
}
