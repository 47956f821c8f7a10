//! The gateway put together: routes, layers, workers.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    http::{HeaderName, HeaderValue, Method, header},
    middleware,
};
use contracts::Service;
use http_kit::{Api, Worker, config::Settings};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use tower_http::{
    cors::{AllowOrigin, CorsLayer},
    set_header::SetResponseHeaderLayer,
};
use tx_kit::{Db, Fault, InTx, Tx};
use utoipa::openapi::OpenApi;

use crate::{
    Keys, Upstream, accounts, bodies, exchange, keys, limits, openapi, platform, problems, proxy,
    sessions::{self, door},
    state::App,
};

/// How often the signing keys are read again, so that another replica's rotation arrives.
const KEYS_EVERY: Duration = Duration::from_secs(30);
/// How often what has expired is swept out.
const SWEEP_EVERY: Duration = Duration::from_secs(600);

/// What the gateway is built from.
pub struct Deps {
    /// Its own data.
    pub db: Db,
    /// Its keys.
    pub keys: Arc<Keys>,
    /// The services behind it.
    pub upstreams: Vec<(Service, Upstream)>,
    /// The documents of those in this process; those at an address are asked for theirs.
    pub documents: Vec<(Service, OpenApi)>,
    /// Limits and origins.
    pub settings: Settings,
    /// What services in their own processes show when they ask for an internal token; no exchange without it.
    pub client_secret: Option<SecretString>,
}

/// Builds the gateway.
///
/// # Errors
/// One sentence for an address or an origin that cannot be used.
pub fn build(deps: Deps) -> Result<http_kit::Service, Fault> {
    let db = deps.db.clone();
    let cors = cors(&deps.settings)?;
    let app = App::new(deps)?;
    let (parts, document) = documented(&app);
    app.documents.add(Service::Gateway, &document)?;

    let api = parts
        .platform
        .layer(middleware::from_fn(bodies::read_admitted))
        .merge(proxy::routes().with_state(app.clone()))
        .layer(middleware::from_fn(door::demand))
        .layer(middleware::from_fn_with_state(app.clone(), door::admit));
    let directory = parts
        .directory
        .layer(middleware::from_fn(bodies::read_admitted))
        .layer(middleware::from_fn(door::demand))
        .layer(middleware::from_fn_with_state(app.clone(), door::admit_service))
        .layer(middleware::from_fn_with_state(app.clone(), door::admit));
    let auth = parts.auth.layer(middleware::from_fn_with_state(app.clone(), door::admit));
    let limited = Router::new()
        .merge(unstored(api.merge(directory).merge(auth)))
        .merge(openapi::routes().with_state(app.clone()))
        .merge(problems::routes())
        .layer(middleware::from_fn_with_state(app.clone(), limits::limit));
    let services_own = unstored(exchange::routes().with_state(app.clone()));
    let mut router = Router::new().merge(limited).merge(services_own).merge(parts.well_known);
    if let Some(cors) = cors {
        router = router.layer(cors);
    }
    Ok(http_kit::Service {
        name: Service::Gateway,
        db,
        router: secured(router),
        openapi: document,
        consumers: Vec::new(),
        workers: workers(&app),
    })
}

/// The routes that the document describes.
struct Documented {
    platform: Router,
    directory: Router,
    auth: Router,
    well_known: Router,
}

fn documented(app: &App) -> (Documented, OpenApi) {
    let platform = Api::new()
        .merge(platform::routes())
        .merge(accounts::platform_routes())
        .merge(keys::platform_routes());
    let (platform, mut document) = platform.build(Service::Gateway.base_path(), app.clone());
    let (directory, directory_document) =
        accounts::directory_routes().build(Service::Gateway.base_path(), app.clone());
    let (auth, auth_document) = sessions::routes().build("/auth", app.clone());
    let (well_known, well_known_document) = keys::well_known_routes().build("/.well-known", app.clone());
    document.merge(directory_document);
    document.merge(auth_document);
    document.merge(well_known_document);
    (Documented { platform, directory, auth, well_known }, document)
}

/// Personal answers are kept by nobody on the way.
fn unstored(router: Router) -> Router {
    router.layer(SetResponseHeaderLayer::if_not_present(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store"),
    ))
}

/// What every answer tells a browser not to do. Pages of ours need a style sheet and nothing else.
fn secured(router: Router) -> Router {
    let policy =
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    let headers = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    headers.into_iter().fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)))
    })
}

/// Other origins are let in only where they are configured; credentials never travel by cookie.
fn cors(settings: &Settings) -> Result<Option<CorsLayer>, Fault> {
    if settings.cors_origins.is_empty() {
        return Ok(None);
    }
    let origins = settings
        .cors_origins
        .iter()
        .map(|origin| {
            let known = origin.starts_with("https://") || origin.starts_with("http://");
            match HeaderValue::from_str(origin.trim_end_matches('/')) {
                Ok(value) if known => Ok(value),
                _ => Err(Fault::Other(format!(
                    "cors_origins: {origin} is not an origin such as https://bank.example"
                ))),
            }
        })
        .collect::<Result<Vec<_>, _>>()?;
    let asked: [HeaderName; 5] = [
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::ACCEPT_LANGUAGE,
        HeaderName::from_static("idempotency-key"),
        HeaderName::from_static("x-request-id"),
    ];
    let shown: [HeaderName; 3] =
        [header::RETRY_AFTER, header::CONTENT_DISPOSITION, HeaderName::from_static("x-request-id")];
    Ok(Some(
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
            .allow_headers(asked)
            .expose_headers(shown)
            .max_age(Duration::from_secs(600)),
    ))
}

fn workers(app: &App) -> Vec<Worker> {
    let (for_keys, for_sweep) = (app.clone(), app.clone());
    vec![
        Worker::new("gateway: keys", move |stop| {
            every(KEYS_EVERY, stop, move || read_keys(for_keys.clone()))
        }),
        Worker::new("gateway: sweep", move |stop| every(SWEEP_EVERY, stop, move || sweep(for_sweep.clone()))),
    ]
}

async fn every<F: Future<Output = Result<(), Fault>>>(
    pause: Duration,
    stop: CancellationToken,
    work: impl Fn() -> F,
) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        if let Err(fault) = work().await {
            tracing::warn!(%fault, "housekeeping of the gateway will be tried again");
        }
    }
}

async fn read_keys(app: App) -> Result<(), Fault> {
    app.keys.reload().await
}

async fn sweep(app: App) -> Result<(), Fault> {
    app.rate_limit.forget_quiet();
    app.db.run(|tx| sweep_rows(tx).in_tx()).await
}

async fn sweep_rows(tx: &mut Tx) -> Result<(), Fault> {
    sessions::delete_expired(tx).await?;
    sessions::forget_old(tx).await
}
