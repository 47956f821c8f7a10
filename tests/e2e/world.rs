//! A suite of one's own for each test: fresh databases, people and patents, a real socket.

use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Duration};

use contracts::{Clock, Service, SystemClock};
use http_kit::config::Settings;
use ip_finance::{
    demo,
    suite::{Databases, Suite},
};
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Mutex};
use tokio_util::sync::CancellationToken;
use tx_kit::testing::{Backend, TestPlace};

pub const PASSWORD: &str = "a demo password";

/// Settings for databases of one's own.
pub async fn settings(place: &TestPlace, backend: Backend) -> Settings {
    let mut settings = Settings { data: place.folder().to_owned(), ..Settings::default() };
    if backend == Backend::Postgres {
        let url = |made: Result<String, tx_kit::Fault>| Some(SecretString::from(made.unwrap()));
        settings.database_url_gateway = url(place.migrated_url::<gateway::Migrator>(Service::Gateway).await);
        settings.database_url_valuation =
            url(place.migrated_url::<valuation_svc::Migrator>(Service::Valuation).await);
        settings.database_url_pledge = url(place.migrated_url::<pledge_svc::Migrator>(Service::Pledge).await);
        settings.database_url_insurance =
            url(place.migrated_url::<insurance_svc::Migrator>(Service::Insurance).await);
        settings.database_url_supervision =
            url(place.migrated_url::<supervision_svc::Migrator>(Service::Supervision).await);
    }
    settings
}

/// A running suite in this process.
pub struct World {
    pub door: Door,
    pub documents: Vec<(Service, utoipa::openapi::OpenApi)>,
    pub databases: Databases,
    pub doors: Vec<(Service, axum::Router)>,
    pub issuer: Arc<identity::InternalIssuer>,
    pub settings: Settings,
    stop: CancellationToken,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
    place: TestPlace,
}

impl World {
    /// People and patents, nothing else yet.
    pub async fn new(backend: Backend) -> Self {
        Self::at(backend, Arc::new(SystemClock)).await
    }

    /// The same under a clock of the test's own.
    pub async fn at(backend: Backend, clock: Arc<dyn Clock>) -> Self {
        let place = TestPlace::new(backend).unwrap();
        let settings = settings(&place, backend).await;
        let suite = Suite::open(&settings, clock.clone()).await.unwrap();
        demo::people_and_patents(&suite.databases, clock.business_date(), PASSWORD).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (stop, documents, databases) = (suite.stop(), suite.documents.clone(), suite.databases.clone());
        let (doors, issuer) = (suite.doors.clone(), suite.keys.internal_issuer());
        let served = tokio::spawn(suite.serve(listener));
        let door = Door::new(base);
        Self { door, documents, databases, doors, issuer, settings, stop, served, place }
    }

    /// Stops it as a signal would; its data stay where the answer says, as long as that is kept.
    pub async fn end(self) -> (Settings, TestPlace) {
        self.stop.cancel();
        self.served.await.unwrap().unwrap();
        for db in self.databases.all() {
            db.migrator().clone().close().await.unwrap();
        }
        (self.settings, self.place)
    }
}

/// The gateway as a client sees it.
#[derive(Clone)]
pub struct Door {
    pub base: String,
    client: reqwest::Client,
    tokens: Arc<Mutex<HashMap<String, String>>>,
}

/// An answer: its status and its JSON.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    #[track_caller]
    pub fn refused(self, status: u16, slug: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(body["type"], format!("/problems/{slug}"), "{body}");
        body
    }
}

impl Door {
    pub fn new(base: String) -> Self {
        let client = http_kit::client().unwrap();
        Self { base, client, tokens: Arc::default() }
    }

    /// Signs in once for each user name.
    pub async fn token(&self, username: &str) -> String {
        if let Some(token) = self.tokens.lock().await.get(username) {
            return token.clone();
        }
        let body = json!({ "username": username, "password": PASSWORD });
        let answer = self.client.post(format!("{}/auth/token", self.base)).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{username} signs in");
        let body: Value = answer.json().await.unwrap();
        let token = body["access_token"].as_str().unwrap().to_owned();
        self.tokens.lock().await.insert(username.to_owned(), token.clone());
        token
    }

    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.send(Method::GET, who, path, None, None).await
    }

    pub async fn post(&self, who: &str, path: &str, body: Value) -> Answer {
        let key = uuid::Uuid::new_v4().to_string();
        self.send(Method::POST, who, path, Some(body), Some(&key)).await
    }

    pub async fn send(
        &self,
        method: Method,
        who: &str,
        path: &str,
        body: Option<Value>,
        key: Option<&str>,
    ) -> Answer {
        let token = self.token(who).await;
        let mut request = self.client.request(method, format!("{}{path}", self.base)).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer { status, body }
    }

    /// Attaches a paper of a kind to a thing of pledge-svc's.
    pub async fn attach(&self, who: &str, thing: &str, kind: &str) -> Answer {
        let token = self.token(who).await;
        let path = format!("{}/api/pledge/v1/{thing}/documents?kind={kind}&file_name={kind}.pdf", self.base);
        let request = self
            .client
            .post(path)
            .bearer_auth(token)
            .header("content-type", "application/pdf")
            .body(b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n".to_vec());
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer { status, body }
    }

    /// Waits for what events bring, at most a minute: a delivery that is lost on the way is made again after half of one.
    pub async fn until<T>(&self, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
        for _ in 0..600 {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("waited in vain for: {what}");
    }
}

/// A file of the checkout.
pub fn checkout(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A free port of this machine.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A program of the workspace in a process of its own, killed when dropped.
pub struct Program {
    child: std::process::Child,
}

impl Program {
    /// Starts a program with these settings and nothing else from this process's environment.
    pub fn start(name: &str, arguments: &[&str], settings: &[(String, String)]) -> Self {
        let mut command = std::process::Command::new(program(name));
        for (variable, _) in std::env::vars().filter(|(variable, _)| variable.starts_with("IPF_")) {
            command.env_remove(variable);
        }
        let child = command
            .args(arguments)
            .envs(settings.iter().cloned())
            .env("IPF_LOG_FILTER", "warn")
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        Self { child }
    }

    /// SIGKILL: no farewell, nothing flushed.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        let kill = format!("kill -TERM {}", self.child.id());
        let sent = std::process::Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(sent.success());
    }

    /// The code that it ends with, within half a minute.
    pub async fn exit_code(&mut self) -> Option<i32> {
        for _ in 0..600 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the program goes on");
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Where a program of the workspace lies: `cargo test --workspace` has built it beside this package's own; a run of
/// this package alone builds what is missing.
fn program(name: &str) -> PathBuf {
    static BUILT: std::sync::Once = std::sync::Once::new();
    let own = PathBuf::from(env!("CARGO_BIN_EXE_ip-finance"));
    let wanted = own.with_file_name(name);
    if !wanted.exists() {
        BUILT.call_once(|| {
            let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
            let status = std::process::Command::new(cargo)
                .args(["build", "--workspace", "--bins"])
                .current_dir(checkout(""))
                .status()
                .unwrap();
            assert!(status.success(), "the thin binaries build");
        });
    }
    wanted
}

/// Waits until a program answers that it is ready.
pub async fn ready(base: &str, program: &mut Program) {
    let client = http_kit::client().unwrap();
    for _ in 0..600 {
        assert!(!program.has_ended(), "the program at {base} ended before it was ready");
        let asked = client.get(format!("{base}/health/ready")).send().await;
        if asked.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{base} was not ready in half a minute");
}

/// The variables that give a process the same databases.
pub fn variables(settings: &Settings) -> Vec<(String, String)> {
    use secrecy::ExposeSecret;
    [
        ("GATEWAY", &settings.database_url_gateway),
        ("VALUATION", &settings.database_url_valuation),
        ("PLEDGE", &settings.database_url_pledge),
        ("INSURANCE", &settings.database_url_insurance),
        ("SUPERVISION", &settings.database_url_supervision),
    ]
    .into_iter()
    .filter_map(|(name, url)| {
        let url = url.as_ref()?;
        Some((format!("IPF_DATABASE_URL_{name}"), url.expose_secret().to_owned()))
    })
    .collect()
}
