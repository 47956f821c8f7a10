//! The same story with every service in a process of its own, NATS between them.

use contracts::{Clock, Service, SystemClock};
use ip_finance::{demo, suite::Databases};
use std::sync::Arc;
use tx_kit::testing::{Backend, TestPlace};

use super::{
    story,
    world::{Door, PASSWORD, Program, free_port, ready, settings},
};

const PROGRAMS: [(Service, &str); 5] = [
    (Service::Gateway, "gateway"),
    (Service::Valuation, "valuation-svc"),
    (Service::Pledge, "pledge-svc"),
    (Service::Insurance, "insurance-svc"),
    (Service::Supervision, "supervision-svc"),
];

/// The NATS server to test with; it may be missing only where nothing demands it.
pub fn nats() -> Option<String> {
    let url = std::env::var("IPF_TEST_NATS_URL").ok();
    assert!(
        url.is_some() || std::env::var_os("IPF_TEST_REQUIRE_ALL").is_none(),
        "IPF_TEST_REQUIRE_ALL is set, but IPF_TEST_NATS_URL is not"
    );
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_is_the_same_over_separate_processes() {
    let Some(nats) = nats() else { return };
    for backend in Backend::available().unwrap() {
        let place = TestPlace::new(backend).unwrap();
        let settings = settings(&place, backend).await;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let databases = Databases::open(&settings, &clock).await.unwrap();
        demo::people_and_patents(&databases, clock.business_date(), PASSWORD).await.unwrap();
        let urls: Vec<(Service, String)> = PROGRAMS
            .iter()
            .map(|(service, _)| (*service, format!("http://127.0.0.1:{}", free_port())))
            .collect();
        let mut shared: Vec<(String, String)> = urls
            .iter()
            .map(|(service, url)| (format!("IPF_{}_URL", service.name().to_uppercase()), url.clone()))
            .collect();
        shared.push(("IPF_NATS_URL".into(), nats.clone()));
        shared.push(("IPF_NATS_STREAM".into(), format!("t{}", uuid::Uuid::new_v4().simple())));
        shared.push((
            "IPF_INTERNAL_CLIENT_SECRET".into(),
            "the secret of this test, of 32 characters or more".into(),
        ));
        let mut running = Vec::new();
        for ((service, program), (_, url)) in PROGRAMS.iter().zip(&urls) {
            let mut own = shared.clone();
            let database = settings.database(*service).url;
            own.push(("IPF_DATABASE_URL".into(), database));
            own.push(("IPF_LISTEN".into(), url.trim_start_matches("http://").to_owned()));
            own.push(("IPF_DATA".into(), place.folder().display().to_string()));
            running.push((url.clone(), Program::start(program, &[], &own)));
        }
        for (url, program) in &mut running {
            ready(url, program).await;
        }
        let gateway = urls[0].1.clone();
        story::tell(&Door::new(gateway)).await;
    }
}
