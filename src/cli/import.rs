//! `import patents FILE`

use std::{path::Path, sync::Arc};

use contracts::{Actor, Clock, Service, SystemClock};
use http_kit::{config::Settings, own_process};

use super::Failure;

#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(super) async fn patents(
    settings: &Settings,
    file: &Path,
    mapping: Option<&Path>,
    json: bool,
) -> Result<(), Failure> {
    let unreadable = |path: &Path, error: std::io::Error| Failure::Input(format!("{}: {error}", path.display()));
    let bytes = std::fs::read(file).map_err(|error| unreadable(file, error))?;
    let mapping = mapping
        .map(|path| std::fs::read_to_string(path).map_err(|error| unreadable(path, error)))
        .transpose()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let db = own_process::open::<valuation_svc::Migrator>(Service::Valuation, settings, &clock).await?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let result = valuation_svc::imports::import_file(&db, &name, bytes, mapping.as_deref(), &Actor::system())
        .await
        .map_err(|error| Failure::Input(format!("{}: {error}", file.display())))?;
    if json {
        println!("{}", serde_json::json!(result));
        return Ok(());
    }
    println!(
        "{} read, {} imported, {} updated, {} unchanged, {} rejected",
        result.read, result.imported, result.updated, result.unchanged, result.rejected
    );
    for error in &result.errors {
        println!("  line {}, {}: {}", error.line, error.column, error.reason);
    }
    Ok(())
}
