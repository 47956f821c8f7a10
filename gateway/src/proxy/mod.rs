//! Passing an accepted request on to the service it is for, in this process or over HTTP, with an internal token in
//! place of the user's and nothing in its headers that is not on a list.
//!
//! Where is …?
//! - which headers pass: [`headers`]; how large a body may be: [`body`]; what needs no session: [`open`]
//! - when a service that does not answer is left alone: [`breaker`]
//! - one service behind: [`upstream`]

mod body;
pub mod breaker;
mod headers;
mod open;
mod upstream;

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::any,
};
use contracts::Service;
use http_kit::{Problem, extract};
use tx_kit::Fault;

pub(crate) use open::is_open;
pub use open::open_routes;
pub(crate) use upstream::Health;
pub use upstream::Upstream;

use crate::{bodies::sender_of, sessions::door::Admitted, state::App};
use body::Limits;
use upstream::{Behind, Unanswered};

/// The services behind the gateway.
pub(crate) struct Upstreams {
    all: Vec<(Service, Behind)>,
}

impl Upstreams {
    pub(crate) fn new(upstreams: Vec<(Service, Upstream)>) -> Result<Self, Fault> {
        let all = upstreams
            .into_iter()
            .map(|(service, upstream)| Ok((service, Behind::new(service, upstream)?)))
            .collect::<Result<_, Fault>>()?;
        Ok(Self { all })
    }

    fn of(&self, service: Service) -> Option<&Behind> {
        self.all.iter().find(|(name, _)| *name == service).map(|(_, behind)| behind)
    }

    /// How each service does.
    pub(crate) async fn health(&self) -> Vec<(Service, Health)> {
        let asked = self.all.iter().map(|(service, behind)| async move { (*service, behind.health().await) });
        futures::future::join_all(asked).await
    }
}

/// The routes of the services' APIs; what is below `/api` and nobody's is not found.
pub(crate) fn routes() -> Router<App> {
    let mut router = Router::new()
        .route("/api", any(nothing))
        .route("/api/", any(nothing))
        .route("/api/{*rest}", any(nothing));
    for service in Service::ALL.into_iter().filter(|service| *service != Service::Gateway) {
        let forward = any(move |State(app): State<App>, request: Request| async move {
            let who = request.extensions().get::<Admitted>().cloned();
            pass_on(&app, service, who.as_ref(), request).await.unwrap_or_else(IntoResponse::into_response)
        });
        let base = service.base_path();
        router = router.route(base, forward.clone()).route(&format!("{base}/{{*rest}}"), forward);
    }
    router
}

async fn nothing() -> Problem {
    Problem::not_found()
}

async fn pass_on(
    app: &App,
    service: Service,
    who: Option<&Admitted>,
    request: Request,
) -> Result<Response, Problem> {
    let behind = app.upstreams.of(service).ok_or_else(Problem::not_found)?;
    let (parts, body) = request.into_parts();
    let token = match who {
        Some(who) => {
            let signed = app.keys.internal_issuer().sign(&who.caller, service);
            Some(signed.map_err(|error| Problem::fault(&error))?)
        }
        // The door lets nobody in without a session but to what is open.
        None if is_open(&parts.method, parts.uri.path()) => None,
        None => return Err(Problem::unauthenticated()),
    };
    let limits = Limits::of(&parts.method, parts.uri.path());
    let (body, watch) = limits.hold(body, sender_of(&parts.extensions)).await?;
    // A request of our own making: neither headers nor extensions of the client's get into it unasked.
    let mut inner = Request::new(body);
    *inner.method_mut() = parts.method.clone();
    *inner.uri_mut() = parts.uri;
    *inner.headers_mut() = headers::for_service(&parts.headers, token.as_deref())?;
    let answer = behind.call(inner, limits.deadline(), &watch).await;
    if watch.exceeded() {
        return Err(body::too_large(limits.bytes_max()));
    }
    match answer {
        Err(_) if watch.cut() => Err(extract::cut()),
        Err(Unanswered::Lost) if watch.is_under_way() => Err(extract::cut()),
        Ok(mut response) => {
            headers::clean_answer(response.headers_mut());
            Ok(response)
        }
        Err(Unanswered::Unreachable { retry_after_seconds }) => {
            Err(Problem::unavailable(retry_after_seconds).with("service", service))
        }
        Err(Unanswered::Lost) if parts.method.is_safe() => {
            Err(Problem::unavailable(2).with("service", service))
        }
        Err(Unanswered::Lost) => Err(lost(service)),
    }
}

/// The request went out and no answer came back: it may have been carried out.
fn lost(service: Service) -> Problem {
    Problem::unanswered().with("service", service)
}
