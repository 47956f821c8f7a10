//! A schema is made once for each test program and then copied: a service has hundreds of tables and indexes, and making
//! them anew took most of the time of a short test.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, LazyLock},
    time::UNIX_EPOCH,
};

use contracts::{Clock, Service, SystemClock};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use sea_orm_migration::MigratorTrait;
use tokio::sync::Mutex;

use crate::{Db, DbConfig, Fault};

/// What was made, by the name of its migrator.
type Made<T> = LazyLock<Mutex<HashMap<&'static str, T>>>;

/// SQLite files that only hold a schema.
static SQLITE: Made<Arc<[u8]>> = LazyLock::new(Mutex::default);
/// Names of PostgreSQL databases that only hold one.
static POSTGRES: Made<String> = LazyLock::new(Mutex::default);

/// The file of an SQLite database in which all migrations ran.
pub(super) async fn sqlite<M: MigratorTrait>() -> Result<Arc<[u8]>, Fault> {
    let mut made = SQLITE.lock().await;
    let kind = std::any::type_name::<M>();
    if let Some(file) = made.get(kind) {
        return Ok(Arc::clone(file));
    }
    let other = |error: std::io::Error| Fault::Other(error.to_string());
    let folder = tempfile::tempdir().map_err(other)?;
    let path = folder.path().join("template.db");
    migrate::<M>(format!("sqlite://{}", path.display())).await?;
    let file: Arc<[u8]> = std::fs::read(&path).map_err(other)?.into();
    made.insert(kind, Arc::clone(&file));
    Ok(file)
}

/// The name of a database on `server` in which all migrations ran. A program finds the one of its last run and replaces
/// it when it was built anew, so that no more than one for each program and migrator is left behind.
pub(super) async fn postgres<M: MigratorTrait>(server: &str) -> Result<String, Fault> {
    let mut made = POSTGRES.lock().await;
    let kind = std::any::type_name::<M>();
    if let Some(name) = made.get(kind) {
        return Ok(name.clone());
    }
    let (program, stamp) = program()?;
    let mut hasher = DefaultHasher::new();
    (kind, program).hash(&mut hasher);
    let name = format!("t_template_{:016x}", hasher.finish());
    // Test programs start side by side: the lock is this one session's.
    let admin = Database::connect(ConnectOptions::new(server).max_connections(1).to_owned()).await?;
    admin.execute_unprepared("SELECT pg_advisory_lock(7460)").await?;
    if comment(&admin, &name).await?.as_deref() != Some(stamp.as_str()) {
        admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
        migrate::<M>(super::beside(server, &name)?).await?;
        admin.execute_unprepared(&format!("COMMENT ON DATABASE {name} IS '{stamp}'")).await?;
    }
    admin.close().await?;
    made.insert(kind, name.clone());
    Ok(name)
}

async fn migrate<M: MigratorTrait>(url: String) -> Result<(), Fault> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let db = Db::open(Service::Gateway, &DbConfig::at(url), clock).await?;
    M::up(db.migrator(), None).await?;
    db.close().await;
    Ok(())
}

/// The path of this program, and when and how large it was built.
fn program() -> Result<(std::path::PathBuf, String), Fault> {
    let other = |error: std::io::Error| Fault::Other(error.to_string());
    let path = std::env::current_exe().map_err(other)?;
    let data = std::fs::metadata(&path).map_err(other)?;
    let built = data.modified().map_err(other)?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok((path, format!("{} {}", built.as_nanos(), data.len())))
}

/// What is written beside a database; nothing where there is no such database.
async fn comment(admin: &DatabaseConnection, name: &str) -> Result<Option<String>, Fault> {
    let sql = "SELECT shobj_description(oid, 'pg_database') AS stamp FROM pg_database WHERE datname = $1";
    let statement = Statement::from_sql_and_values(admin.get_database_backend(), sql, [name.into()]);
    let row = admin.query_one_raw(statement).await?;
    Ok(row.and_then(|row| row.try_get("", "stamp").ok()))
}
