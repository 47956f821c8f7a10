//! Configuration: defaults, then `ip-finance.toml`, then `IPF_…` variables; secrets never print.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use contracts::Service;
use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tx_kit::DbConfig;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// One JSON object a line.
    Json,
}

/// A setting that does not hold, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// Everything that can be set. `IPF_DATABASE_URL_PLEDGE` sets `database_url_pledge`, and so on.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// Where SQLite files and keys lie.
    pub data: PathBuf,
    /// The database of a thin binary; the five below it win in the all-in-one.
    pub database_url: Option<SecretString>,
    /// The gateway's database.
    pub database_url_gateway: Option<SecretString>,
    /// valuation-svc's database.
    pub database_url_valuation: Option<SecretString>,
    /// pledge-svc's database.
    pub database_url_pledge: Option<SecretString>,
    /// insurance-svc's database.
    pub database_url_insurance: Option<SecretString>,
    /// supervision-svc's database.
    pub database_url_supervision: Option<SecretString>,
    /// Connections for each database.
    pub database_connections: u32,
    /// How long a start waits for a database or NATS that is away; without it for ever.
    pub start_wait_seconds: Option<u64>,
    /// NATS JetStream; without it events stay in the process.
    pub nats_url: Option<SecretString>,
    /// The JetStream stream of this installation.
    pub nats_stream: String,
    /// The gateway, as the services reach it.
    pub gateway_url: Option<String>,
    /// valuation-svc, as its peers reach it.
    pub valuation_url: Option<String>,
    /// pledge-svc, as its peers reach it.
    pub pledge_url: Option<String>,
    /// insurance-svc, as its peers reach it.
    pub insurance_url: Option<String>,
    /// supervision-svc, as its peers reach it.
    pub supervision_url: Option<String>,
    /// What the services show the gateway when they ask for a token for a peer.
    pub internal_client_secret: Option<SecretString>,
    /// Where people reach the platform, such as `https://ip-finance.example`: printed on what anybody may verify.
    pub public_url: Option<String>,
    /// The office outside that registers pledges; without it the built-in register does.
    pub register_url: Option<String>,
    /// The secret shared with that office.
    pub register_secret: Option<SecretString>,
    /// `host:port` of the ClamAV daemon that scans what is uploaded; without it documents are marked as not scanned.
    pub clamd_address: Option<String>,
    /// Patents that one institute may propose on one day.
    pub proposals_per_institute_a_day: u64,
    /// What of them to one enterprise.
    pub proposals_per_enterprise_a_day: u64,
    /// What the ranking of patents for needs weighs, such as `text:0.5,ipc:0.3`; without it the platform's defaults.
    pub match_weights: Option<String>,
    /// The OTLP/HTTP collector.
    pub otlp_endpoint: Option<String>,
    /// How log lines look.
    pub log: LogFormat,
    /// What is logged.
    pub log_filter: String,
    /// Origins that browsers may call the API from; none by default.
    pub cors_origins: Vec<String>,
    /// Requests a second for each client address.
    pub requests_per_second_max: u32,
    /// Whether a reverse proxy stands in front and writes the client's address into `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// The demo accounts' password.
    pub demo_password: SecretString,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: PathBuf::from("./data"),
            database_url: None,
            database_url_gateway: None,
            database_url_valuation: None,
            database_url_pledge: None,
            database_url_insurance: None,
            database_url_supervision: None,
            database_connections: 8,
            start_wait_seconds: None,
            nats_url: None,
            nats_stream: tx_kit::bus::nats::DEFAULT_STREAM.to_owned(),
            gateway_url: None,
            valuation_url: None,
            pledge_url: None,
            insurance_url: None,
            supervision_url: None,
            internal_client_secret: None,
            public_url: None,
            register_url: None,
            register_secret: None,
            clamd_address: None,
            proposals_per_institute_a_day: 50,
            proposals_per_enterprise_a_day: 5,
            match_weights: None,
            otlp_endpoint: None,
            log: LogFormat::Pretty,
            log_filter: "info,sqlx=warn,sea_orm_migration=warn,async_nats=warn,opentelemetry=warn".to_owned(),
            cors_origins: Vec::new(),
            requests_per_second_max: 2_000,
            behind_proxy: false,
            demo_password: SecretString::from("demo"),
        }
    }
}

/// The shortest secret of the services.
const SECRET_CHARS_MIN: usize = 32;

impl Settings {
    /// Reads file and environment.
    ///
    /// # Errors
    /// One sentence that names the setting.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::new();
        if let Some(file) = file {
            if !file.is_file() {
                return Err(ConfigError(format!("the configuration file {} is not there", file.display())));
            }
            figment = figment.merge(Toml::file_exact(file));
        } else {
            figment = figment.merge(Toml::file("ip-finance.toml"));
        }
        // Tests have variables of their own under the same prefix.
        let ours =
            Env::prefixed("IPF_").filter(|key| !key.as_str().to_ascii_lowercase().starts_with("test_"));
        figment
            .merge(ours)
            .extract()
            .map_err(|error| ConfigError(format!("a setting does not read: {error}")))
    }

    /// The database of a service: its own address, the one of a thin binary, or a SQLite file in the data folder.
    #[must_use]
    pub fn database(&self, service: Service) -> DbConfig {
        let own = self.own_database(service).or(self.database_url.as_ref());
        let url = own.map_or_else(
            || format!("sqlite://{}", self.data.join(format!("{service}.db")).display()),
            |url| url.expose_secret().to_owned(),
        );
        DbConfig { connections_max: self.database_connections, ..DbConfig::at(url) }
    }

    fn own_database(&self, service: Service) -> Option<&SecretString> {
        match service {
            Service::Gateway => self.database_url_gateway.as_ref(),
            Service::Valuation => self.database_url_valuation.as_ref(),
            Service::Pledge => self.database_url_pledge.as_ref(),
            Service::Insurance => self.database_url_insurance.as_ref(),
            Service::Supervision => self.database_url_supervision.as_ref(),
        }
    }

    /// Where a service listens, as its peers reach it.
    #[must_use]
    pub fn peer_url(&self, service: Service) -> Option<&str> {
        match service {
            Service::Gateway => self.gateway_url.as_deref(),
            Service::Valuation => self.valuation_url.as_deref(),
            Service::Pledge => self.pledge_url.as_deref(),
            Service::Insurance => self.insurance_url.as_deref(),
            Service::Supervision => self.supervision_url.as_deref(),
        }
    }

    /// Checks an all-in-one start: a production setting is whole or absent.
    ///
    /// # Errors
    /// One sentence that names what is missing.
    pub fn check_all_in_one(&self) -> Result<(), ConfigError> {
        let set: Vec<Service> =
            Service::ALL.into_iter().filter(|service| self.own_database(*service).is_some()).collect();
        let missing: Vec<String> = Service::ALL
            .into_iter()
            .filter(|service| !set.contains(service))
            .map(|service| format!("IPF_DATABASE_URL_{}", service.name().to_uppercase()))
            .collect();
        if !set.is_empty() && !missing.is_empty() {
            return Err(ConfigError(format!(
                "some databases are set and others are not: set {} too, or none for SQLite in {}",
                missing.join(", "),
                self.data.display()
            )));
        }
        if self.database_url.is_some() {
            return Err(ConfigError(
                "IPF_DATABASE_URL is for one service's own binary: in the all-in-one set IPF_DATABASE_URL_GATEWAY and the other four".into(),
            ));
        }
        self.check_secret()
    }

    /// Whoever knows the services' secret can be anybody: one that can be guessed is none.
    fn check_secret(&self) -> Result<(), ConfigError> {
        let short = |secret: &SecretString| secret.expose_secret().trim().chars().count() < SECRET_CHARS_MIN;
        if self.internal_client_secret.as_ref().is_some_and(short) {
            return Err(ConfigError(format!(
                "IPF_INTERNAL_CLIENT_SECRET is too short: set {SECRET_CHARS_MIN} random characters or more"
            )));
        }
        // Whoever knows this one can register and annul pledges.
        match (&self.register_url, &self.register_secret) {
            (Some(_), None) => Err(ConfigError("IPF_REGISTER_URL also needs IPF_REGISTER_SECRET".into())),
            (None, Some(_)) => Err(ConfigError("IPF_REGISTER_SECRET also needs IPF_REGISTER_URL".into())),
            (Some(_), Some(secret)) if short(secret) => Err(ConfigError(format!(
                "IPF_REGISTER_SECRET is too short: set {SECRET_CHARS_MIN} random characters or more"
            ))),
            _ => Ok(()),
        }
    }

    /// Checks the start of one service as its own process.
    ///
    /// # Errors
    /// One sentence that names what is missing.
    pub fn check_own_process(&self, service: Service) -> Result<(), ConfigError> {
        let mut missing = Vec::new();
        if self.nats_url.is_none() && service != Service::Gateway {
            missing.push("IPF_NATS_URL");
        }
        if self.internal_client_secret.is_none() {
            missing.push("IPF_INTERNAL_CLIENT_SECRET");
        }
        if service == Service::Gateway {
            for (peer, name) in [
                (Service::Valuation, "IPF_VALUATION_URL"),
                (Service::Pledge, "IPF_PLEDGE_URL"),
                (Service::Insurance, "IPF_INSURANCE_URL"),
                (Service::Supervision, "IPF_SUPERVISION_URL"),
            ] {
                if self.peer_url(peer).is_none() {
                    missing.push(name);
                }
            }
        } else if self.gateway_url.is_none() {
            missing.push("IPF_GATEWAY_URL");
        }
        self.check_secret()?;
        if missing.is_empty() {
            Ok(())
        } else {
            Err(ConfigError(format!("{service} as its own process also needs {}", missing.join(", "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_can_be_guessed_starts_nothing() {
        let with = |secret: &str| Settings {
            internal_client_secret: Some(SecretString::from(secret)),
            nats_url: Some(SecretString::from("nats://127.0.0.1:4222")),
            gateway_url: Some("http://127.0.0.1:8080".to_owned()),
            ..Settings::default()
        };
        let blank = " ".repeat(40);
        for secret in ["", "short", blank.as_str()] {
            assert!(with(secret).check_all_in_one().is_err(), "{secret:?}");
            assert!(with(secret).check_own_process(Service::Valuation).is_err(), "{secret:?}");
        }
        let long = "k".repeat(SECRET_CHARS_MIN);
        assert!(
            with(&long).check_all_in_one().is_ok()
                && with(&long).check_own_process(Service::Valuation).is_ok()
        );
        assert!(Settings::default().check_all_in_one().is_ok(), "the all-in-one needs none");
    }

    #[test]
    fn an_office_outside_and_the_secret_shared_with_it_are_set_together() {
        let with = |url: Option<&str>, secret: Option<&str>| {
            let settings = Settings {
                register_url: url.map(str::to_owned),
                register_secret: secret.map(SecretString::from),
                ..Settings::default()
            };
            settings.check_all_in_one().is_ok()
        };
        let (url, long) = (Some("https://register.example"), "r".repeat(SECRET_CHARS_MIN));
        assert!(with(url, Some(&long)) && with(None, None));
        assert!(!with(url, None) && !with(None, Some(&long)) && !with(url, Some("short")));
    }
}
