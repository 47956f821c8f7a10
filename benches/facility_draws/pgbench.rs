//! The other side: `pgbench` with prepared statements, doing one conditional UPDATE and one INSERT in a transaction.

use std::{path::Path, process::Command};

use sea_orm::ConnectionTrait;
use tx_kit::Db;

use crate::{Failed, Spread};

const TABLES: &str = "
    CREATE TABLE bare_line (id INTEGER PRIMARY KEY, line_limit BIGINT NOT NULL, drawn BIGINT NOT NULL);
    CREATE TABLE bare_journal (line INTEGER NOT NULL, amount BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT now());
    INSERT INTO bare_line SELECT n, 9000000000000000, 0 FROM generate_series(1, 1000) AS n;";

const SCRIPT: &str = "
\\set amount random(1, 1000)
BEGIN;
UPDATE bare_line SET drawn = drawn + :amount WHERE id = :line AND drawn + :amount <= line_limit;
INSERT INTO bare_journal (line, amount) VALUES (:line, :amount);
END;
";

/// Where `pgbench` is: on the path, or with one of the servers that Debian installs.
pub(crate) fn program() -> Result<String, Failed> {
    let mut places = vec!["pgbench".to_owned()];
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let mut found: Vec<String> = versions
            .filter_map(Result::ok)
            .map(|version| version.path().join("bin/pgbench").display().to_string())
            .filter(|path| Path::new(path).exists())
            .collect();
        found.sort_unstable();
        places.extend(found.into_iter().rev());
    }
    places
        .into_iter()
        .find(|place| Command::new(place).arg("--version").output().is_ok_and(|done| done.status.success()))
        .ok_or_else(|| "pgbench is not installed (Debian: postgresql-contrib or postgresql-15)".into())
}

/// Tables and scripts of the other side.
pub(crate) struct Bare {
    program: String,
    url: String,
    folder: tempfile::TempDir,
}

impl Bare {
    pub(crate) async fn made(db: &Db, program: &str, url: &str) -> Result<Self, Failed> {
        db.migrator().execute_unprepared(TABLES).await?;
        db.migrator().execute_unprepared("VACUUM ANALYZE bare_line").await?;
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("hot"), format!("\\set line 1{SCRIPT}"))?;
        std::fs::write(folder.path().join("wide"), format!("\\set line random(1, 1000){SCRIPT}"))?;
        Ok(Self { program: program.to_owned(), url: url.to_owned(), folder })
    }

    /// Transactions a second.
    pub(crate) async fn run(&self, spread: Spread, callers: usize, seconds: u64) -> Result<f64, Failed> {
        let script = match spread {
            Spread::Hot => "hot",
            Spread::Wide => "wide",
        };
        let mut command = Command::new(&self.program);
        command
            .args(["--no-vacuum", "--protocol=prepared"])
            .arg(format!("--client={callers}"))
            .arg(format!("--jobs={}", callers.min(2)))
            .arg(format!("--time={seconds}"))
            .arg("--file")
            .arg(self.folder.path().join(script))
            .arg(&self.url);
        let done = tokio::task::spawn_blocking(move || command.output()).await??;
        let said = String::from_utf8_lossy(&done.stdout);
        if !done.status.success() {
            return Err(format!("pgbench failed: {}", String::from_utf8_lossy(&done.stderr)).into());
        }
        said.lines()
            .find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok())
            .ok_or_else(|| format!("pgbench said no rate: {said}").into())
    }
}
