//! All services wired into one process, with the same constructors as the thin binaries.

use std::sync::{Arc, OnceLock};

use axum::Router;
use contracts::{Clock, Service};
use http_kit::{
    Peer, Start,
    config::{ConfigError, Settings},
    own_process::{self, StartError, end_workers},
    server,
};
use identity::{TokenExchange, Verifier, exchange::InProcessExchange, token::KeySource};
use sea_orm::ConnectionTrait;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tx_kit::{Bus, Db, Fault, relay};

/// The databases of the suite, migrated.
#[derive(Clone)]
pub struct Databases {
    /// Accounts, sessions, keys.
    pub gateway: Db,
    /// Catalogue and valuations.
    pub valuation: Db,
    /// Facilities and loans.
    pub pledge: Db,
    /// Policies and claims.
    pub insurance: Db,
    /// The regulator's read model.
    pub supervision: Db,
}

impl Databases {
    /// Opens all of them at once and brings them to this program's schema. One that is away is an error.
    ///
    /// # Errors
    /// The first database's fault, as one sentence.
    pub async fn open(settings: &Settings, clock: &Arc<dyn Clock>) -> Result<Self, StartError> {
        Self::open_when_there(settings, clock, &Start::at_once()).await
    }

    /// The same at a start that waits for those that are away.
    ///
    /// # Errors
    /// The first database's fault, as one sentence.
    pub async fn open_when_there(
        settings: &Settings,
        clock: &Arc<dyn Clock>,
        start: &Start,
    ) -> Result<Self, StartError> {
        let (gateway, valuation, pledge, insurance, supervision) = tokio::try_join!(
            own_process::open::<gateway::Migrator>(Service::Gateway, settings, clock, start),
            own_process::open::<valuation_svc::Migrator>(Service::Valuation, settings, clock, start),
            own_process::open::<pledge_svc::Migrator>(Service::Pledge, settings, clock, start),
            own_process::open::<insurance_svc::Migrator>(Service::Insurance, settings, clock, start),
            own_process::open::<supervision_svc::Migrator>(Service::Supervision, settings, clock, start),
        )?;
        Ok(Self { gateway, valuation, pledge, insurance, supervision })
    }

    /// Every one of them, the gateway's first.
    #[must_use]
    pub fn all(&self) -> [&Db; 5] {
        [&self.gateway, &self.valuation, &self.pledge, &self.insurance, &self.supervision]
    }
}

/// The suite, built and not yet started.
pub struct Suite {
    /// Its data.
    pub databases: Databases,
    /// The gateway's keys.
    pub keys: Arc<gateway::Keys>,
    /// Gateway and console: what the world sees, without health and request dressing.
    pub router: Router,
    /// Each service's own router, behind its own door.
    pub doors: Vec<(Service, Router)>,
    /// What each service's routes are, the gateway's own among them.
    pub documents: Vec<(Service, utoipa::openapi::OpenApi)>,
    services: Vec<http_kit::Service>,
    bus: Arc<dyn Bus>,
    stop: CancellationToken,
}

impl Suite {
    /// Opens the databases and builds everything. What is away is an error.
    ///
    /// # Errors
    /// One sentence: a database, the bus or the keys.
    pub async fn open(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        Self::open_when_there(settings, clock, &Start::at_once()).await
    }

    /// The same at a start that waits for databases and bus that are away.
    ///
    /// # Errors
    /// One sentence: a database, the bus or the keys.
    pub async fn open_when_there(
        settings: &Settings,
        clock: Arc<dyn Clock>,
        start: &Start,
    ) -> Result<Self, StartError> {
        let databases = Databases::open_when_there(settings, &clock, start).await?;
        let keys = start.need("the database of gateway", || gateway::Keys::open(&databases.gateway)).await?;
        let (keys, stop) = (Arc::new(keys), start.stop());
        let bus = own_process::bus(settings, start).await?;
        let outside = pledge_svc::Outside::by_settings(settings, Arc::clone(&clock))?;
        let valuing = Valuing {
            matching: valuation_svc::matching::Settings::by(settings)?,
            verification_page: verification_page(settings)?,
        };
        let gateway_door = Arc::new(OnceLock::new());
        let mut services = build_services(&databases, &keys, (&clock, &gateway_door), outside, valuing);
        for service in &mut services {
            service.attach(bus.as_ref(), start).await?;
        }
        let doors: Vec<(Service, Router)> =
            services.iter().map(|service| (service.name, service.router.clone())).collect();
        let mut documents: Vec<_> =
            services.iter().map(|service| (service.name, service.openapi.clone())).collect();
        let mut door = gateway::build(gateway::Deps {
            db: databases.gateway.clone(),
            keys: Arc::clone(&keys),
            upstreams: doors
                .iter()
                .map(|(name, router)| (*name, gateway::Upstream::InProcess(router.clone())))
                .collect(),
            documents: documents.clone(),
            settings: settings.clone(),
            client_secret: settings.internal_client_secret.clone(),
        })?;
        door.attach(bus.as_ref(), start).await?;
        // The cell is filled once, here; before, nobody can have asked.
        drop(gateway_door.set(door.router.clone()));
        documents.push((door.name, door.openapi.clone()));
        let api = door.router.clone();
        let router = gateway::front(api.clone().merge(console::router(api)), settings);
        services.push(door);
        Ok(Self { databases, keys, router, doors, documents, services, bus, stop })
    }

    /// Brings every event that waits to everyone who wants it, until nothing waits any more.
    ///
    /// # Errors
    /// The fault of a database or of the bus.
    pub async fn settle(&self) -> Result<(), Fault> {
        loop {
            let mut moved = 0;
            for db in self.databases.all() {
                moved += relay::drain(db, self.bus.as_ref()).await?;
            }
            if moved == 0 {
                return Ok(());
            }
        }
    }

    /// Tells everything that runs to stop.
    #[must_use]
    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Starts relays, sealers and workers and serves on the listener until the suite is told to stop.
    ///
    /// # Errors
    /// The machine's, while serving.
    pub async fn serve(mut self, listener: TcpListener) -> std::io::Result<()> {
        let mut tasks = JoinSet::new();
        for service in &mut self.services {
            service.start(&self.bus, &mut tasks, &self.stop);
        }
        let databases = self.databases.clone();
        let ready: server::ReadyCheck = Arc::new(move || {
            let databases = databases.clone();
            Box::pin(async move {
                for db in databases.all() {
                    let asked = db.read().execute_unprepared("SELECT 1").await;
                    asked.map_err(|error| format!("{}: {error}", db.service()))?;
                }
                Ok(())
            })
        });
        let app = server::dress(self.router.clone().merge(server::health(ready)));
        let served = server::serve(listener, app, self.stop.clone()).await;
        self.stop.cancel();
        end_workers(tasks).await;
        for db in self.databases.all() {
            db.close().await;
        }
        served
    }
}

/// How valuation-svc is set up.
struct Valuing {
    matching: valuation_svc::matching::Settings,
    verification_page: Option<String>,
}

/// Where people verify reports: as it is set, else where this program listens, unless that is no address for others.
fn verification_page(settings: &Settings) -> Result<Option<String>, ConfigError> {
    let here = (!settings.listen.ip().is_unspecified()).then(|| format!("http://{}", settings.listen));
    let public_url = settings.public_url.clone().or(here);
    valuation_svc::reports::verification_page(&Settings { public_url, ..settings.clone() })
}

fn build_services(
    databases: &Databases,
    keys: &gateway::Keys,
    (clock, gateway_door): (&Arc<dyn Clock>, &Arc<OnceLock<Router>>),
    outside: pledge_svc::Outside,
    valuing: Valuing,
) -> Vec<http_kit::Service> {
    let issuer = keys.internal_issuer();
    let tokens: Arc<dyn TokenExchange> = Arc::new(InProcessExchange(Arc::clone(&issuer)));
    let verifier =
        |service| Arc::new(Verifier::new(service, KeySource::Fixed(issuer.public_keys()), Arc::clone(clock)));
    let valuation_door = Arc::new(OnceLock::new());
    let valuation_peer =
        || Peer::in_process(Service::Valuation, Arc::clone(&valuation_door), Arc::clone(&tokens));
    let valuation = valuation_svc::build(valuation_svc::Deps {
        db: databases.valuation.clone(),
        verifier: verifier(Service::Valuation),
        matching: valuing.matching,
        verification_page: valuing.verification_page,
    });
    let pledge = pledge_svc::build(pledge_svc::Deps {
        db: databases.pledge.clone(),
        verifier: verifier(Service::Pledge),
        valuation: valuation_peer(),
        directory: Peer::in_process(Service::Gateway, Arc::clone(gateway_door), Arc::clone(&tokens)),
        outside,
    });
    let insurance = insurance_svc::build(insurance_svc::Deps {
        db: databases.insurance.clone(),
        verifier: verifier(Service::Insurance),
        valuation: valuation_peer(),
    });
    let supervision = supervision_svc::build(supervision_svc::Deps {
        db: databases.supervision.clone(),
        verifier: verifier(Service::Supervision),
    });
    // The cell is filled once, here; before, nobody can have asked.
    drop(valuation_door.set(valuation.router.clone()));
    vec![valuation, pledge, insurance, supervision]
}
