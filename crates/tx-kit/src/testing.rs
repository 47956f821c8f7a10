//! Databases for tests: each test has its own, on SQLite always and on PostgreSQL where
//! `IPF_TEST_POSTGRES_URL` names a server (`IPF_TEST_REQUIRE_ALL` makes its absence a failure).

use std::sync::{Arc, Mutex, PoisonError};

use contracts::{Clock, Service};
use sea_orm::{ConnectionTrait, Database};
use sea_orm_migration::MigratorTrait;

pub use crate::probe::{Break, Probe};
use crate::{Db, DbConfig, Fault};

mod templates;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file in a temporary folder.
    Sqlite,
    /// A database of its own on the server named by the environment.
    Postgres,
}

impl Backend {
    /// Every backend that is here to be tested on.
    ///
    /// # Errors
    /// When all are demanded and one is missing.
    pub fn available() -> Result<Vec<Self>, Fault> {
        let postgres = std::env::var_os("IPF_TEST_POSTGRES_URL").is_some();
        if !postgres && std::env::var_os("IPF_TEST_REQUIRE_ALL").is_some() {
            return Err(Fault::Other(
                "IPF_TEST_REQUIRE_ALL is set, but IPF_TEST_POSTGRES_URL is not".to_owned(),
            ));
        }
        Ok(if postgres { vec![Self::Sqlite, Self::Postgres] } else { vec![Self::Sqlite] })
    }
}

/// A fresh, empty place for databases, kept as long as this value.
pub struct TestPlace {
    backend: Backend,
    folder: tempfile::TempDir,
    made: Mutex<Vec<String>>,
}

impl TestPlace {
    /// A new place.
    ///
    /// # Errors
    /// When no temporary folder can be made.
    pub fn new(backend: Backend) -> Result<Self, Fault> {
        let folder = tempfile::tempdir().map_err(|error| Fault::Other(error.to_string()))?;
        Ok(Self { backend, folder, made: Mutex::default() })
    }

    /// The folder, for keys and files.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The address of a fresh, empty database for a service.
    ///
    /// # Errors
    /// When the server cannot make one.
    pub async fn database_url(&self, service: Service) -> Result<String, Fault> {
        match self.backend {
            Backend::Sqlite => Ok(format!("sqlite://{}", self.file(service).display())),
            Backend::Postgres => self.create(&server()?, service, "").await,
        }
    }

    /// The address of a fresh database for a service, in which the migrations ran.
    ///
    /// # Errors
    /// When the server cannot make one, or a migration fails.
    pub async fn migrated_url<M: MigratorTrait>(&self, service: Service) -> Result<String, Fault> {
        match self.backend {
            Backend::Sqlite => {
                let schema = templates::sqlite::<M>().await?;
                std::fs::write(self.file(service), schema)
                    .map_err(|error| Fault::Other(error.to_string()))?;
                self.database_url(service).await
            }
            Backend::Postgres => {
                let server = server()?;
                let template = templates::postgres::<M>(&server).await?;
                self.create(&server, service, &format!(" TEMPLATE {template}")).await
            }
        }
    }

    fn file(&self, service: Service) -> std::path::PathBuf {
        self.folder.path().join(format!("{service}.db"))
    }

    async fn create(&self, server: &str, service: Service, template: &str) -> Result<String, Fault> {
        let name = format!("t_{}_{service}", uuid::Uuid::new_v4().simple());
        let admin = Database::connect(server).await?;
        admin.execute_unprepared(&format!("CREATE DATABASE {name}{template}")).await?;
        admin.close().await?;
        self.made.lock().unwrap_or_else(PoisonError::into_inner).push(name.clone());
        beside(server, &name)
    }

    /// Opens a fresh database of a service in which its migrations ran.
    ///
    /// # Errors
    /// The database's fault.
    pub async fn open<M: MigratorTrait>(&self, service: Service, clock: Arc<dyn Clock>) -> Result<Db, Fault> {
        let url = self.migrated_url::<M>(service).await?;
        Db::open(service, &DbConfig { connections_max: 6, ..DbConfig::at(url) }, clock).await
    }
}

/// The server that tests make their databases on.
fn server() -> Result<String, Fault> {
    std::env::var("IPF_TEST_POSTGRES_URL").map_err(|error| Fault::Other(error.to_string()))
}

/// The address of another database of a server.
fn beside(server: &str, name: &str) -> Result<String, Fault> {
    let (base, _) = server
        .rsplit_once('/')
        .ok_or_else(|| Fault::Other("IPF_TEST_POSTGRES_URL names no database".to_owned()))?;
    Ok(format!("{base}/{name}"))
}

/// Every database is some megabytes, and a run of all tests makes more than a thousand: none is left behind.
impl Drop for TestPlace {
    fn drop(&mut self) {
        let made = std::mem::take(self.made.get_mut().unwrap_or_else(PoisonError::into_inner));
        let Ok(server) = server() else { return };
        if made.is_empty() {
            return;
        }
        // The test's own runtime is busy with this drop. What cannot be dropped goes with the server.
        let dropper = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                let Ok(admin) = Database::connect(&server).await else { return };
                for name in made {
                    let _ = admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
                }
            });
        });
        let _ = dropper.join();
    }
}
