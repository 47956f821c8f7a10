//! A service that is started before its database and NATS are there.

use contracts::Service;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tx_kit::testing::{Backend, TestPlace};
use url::Url;

use super::{
    processes::nats,
    world::{Program, free_port, ready},
};

/// valuation-svc with a database and a NATS server at these addresses.
fn valuation(place: &TestPlace, address: &str, database: &str, nats: &str) -> Program {
    let settings = [
        ("IPF_LISTEN", address.to_owned()),
        ("IPF_DATABASE_URL", database.to_owned()),
        ("IPF_DATA", place.folder().display().to_string()),
        ("IPF_NATS_URL", nats.to_owned()),
        ("IPF_NATS_STREAM", format!("t{}", uuid::Uuid::new_v4().simple())),
        ("IPF_GATEWAY_URL", "http://127.0.0.1:9".to_owned()),
        ("IPF_INTERNAL_CLIENT_SECRET", "the secret of this test, of 32 characters or more".to_owned()),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value));
    Program::start("valuation-svc", &[], &settings)
}

/// Waits until a program that lives and is not ready says that it waits for this.
async fn waits_for(base: &str, what: &str, program: &mut Program) {
    let client = http_kit::client().unwrap();
    for _ in 0..600 {
        assert!(!program.has_ended(), "it ended instead of waiting for {what}");
        if let Ok(answer) = client.get(format!("{base}/health/ready")).send().await {
            assert_eq!(answer.status(), 503);
            let body: Value = answer.json().await.unwrap();
            if body["missing"] == format!("it waits for {what}") {
                let live = client.get(format!("{base}/health/live")).send().await.unwrap();
                assert_eq!(live.status(), 200);
                return;
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("it never said that it waits for {what}");
}

/// A server that is away until [`Away::comes`]: an address that nobody answers, and the one it leads to.
struct Away {
    port: u16,
    leads_to: String,
}

impl Away {
    /// The address with another port, and what is behind it.
    fn of(url: &str) -> (String, Self) {
        let mut url = Url::parse(url).unwrap();
        let leads_to = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
        let port = free_port();
        url.set_port(Some(port)).unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        (url.to_string(), Self { port, leads_to })
    }

    async fn comes(self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let Ok(mut far) = TcpStream::connect(&self.leads_to).await else { continue };
                tokio::spawn(async move { tokio::io::copy_bidirectional(&mut near, &mut far).await });
            }
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_starts_first_waits_for_its_database_and_for_nats_and_then_serves() {
    let Some(nats) = nats() else { return };
    for backend in Backend::available().unwrap() {
        let place = TestPlace::new(backend).unwrap();
        let real = place.migrated_url::<valuation_svc::Migrator>(Service::Valuation).await.unwrap();
        let (database, server) = match backend {
            Backend::Sqlite => (real, None),
            Backend::Postgres => {
                let (url, away) = Away::of(&real);
                (url, Some(away))
            }
        };
        let (nats, broker) = Away::of(&nats);
        let address = format!("127.0.0.1:{}", free_port());
        let base = format!("http://{address}");
        let mut program = valuation(&place, &address, &database, &nats);
        if let Some(server) = server {
            waits_for(&base, "the database of valuation", &mut program).await;
            server.comes().await;
        }
        waits_for(&base, "NATS", &mut program).await;
        broker.comes().await;
        ready(&base, &mut program).await;
        program.terminate();
        assert_eq!(program.exit_code().await, Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_waits_ends_when_it_is_told_to_stop() {
    let place = TestPlace::new(Backend::Sqlite).unwrap();
    let database = place.database_url(Service::Valuation).await.unwrap();
    let address = format!("127.0.0.1:{}", free_port());
    let nats = format!("nats://127.0.0.1:{}", free_port());
    let mut program = valuation(&place, &address, &database, &nats);
    waits_for(&format!("http://{address}"), "NATS", &mut program).await;
    program.terminate();
    assert_eq!(program.exit_code().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_whose_database_does_not_exist_says_so_at_once() {
    for backend in Backend::available().unwrap() {
        if backend == Backend::Sqlite {
            continue;
        }
        let place = TestPlace::new(backend).unwrap();
        let database = place.database_url(Service::Valuation).await.unwrap();
        let address = format!("127.0.0.1:{}", free_port());
        let nats = format!("nats://127.0.0.1:{}", free_port());
        let mut program = valuation(&place, &address, &format!("{database}_of_nobody"), &nats);
        assert_eq!(program.exit_code().await, Some(1));
    }
}
