//! Routes that cannot exist without a permission: each is added with the one it demands, which is checked
//! before the handler, written into the OpenAPI document (`x-permission`), and so reaches the access matrix.

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use identity::{Caller, Permission, Verifier};
use std::sync::Arc;
use utoipa::openapi::{
    OpenApi, OpenApiBuilder, RefOr,
    extensions::ExtensionsBuilder,
    path::{Operation, ParameterIn},
};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::Problem;

/// Collects a service's routes.
pub struct Api<S> {
    router: OpenApiRouter<S>,
}

impl<S: Clone + Send + Sync + 'static> Default for Api<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Api<S> {
    /// No routes yet.
    #[must_use]
    pub fn new() -> Self {
        Self { router: OpenApiRouter::with_openapi(OpenApiBuilder::new().build()) }
    }

    /// Adds the routes of `routes!(handler)` behind a permission.
    #[must_use]
    pub fn route(
        mut self,
        permission: Permission,
        (schemas, mut paths, methods): UtoipaMethodRouter<S>,
    ) -> Self {
        let mut compares = false;
        for item in paths.paths.values_mut() {
            let operations =
                [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
            for operation in operations.into_iter().flatten() {
                compares |= takes(operation, &header::IF_MATCH);
                mark(operation, permission.name());
            }
        }
        let guarded = methods.layer(middleware::from_fn(move |request: Request, next: Next| async move {
            let conditional = request.headers().contains_key(header::IF_MATCH) && !request.method().is_safe();
            match request.extensions().get::<Caller>() {
                None => Problem::unauthenticated().into_response(),
                Some(caller) if !caller.may(permission) => Problem::forbidden().into_response(),
                // Whoever makes a command depend on a version must not have it done without the comparison.
                Some(_) if conditional && !compares => cannot_compare().into_response(),
                Some(_) => next.run(request).await,
            }
        }));
        self.router = self.router.routes((schemas, paths, guarded));
        self
    }

    /// Adds routes that need no sign-in; `why` goes into the document as `x-public`.
    #[must_use]
    pub fn public(mut self, why: &'static str, (schemas, mut paths, methods): UtoipaMethodRouter<S>) -> Self {
        for item in paths.paths.values_mut() {
            for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
                operation.extensions.get_or_insert_default().insert("x-public".to_owned(), why.into());
            }
        }
        self.router = self.router.routes((schemas, paths, methods));
        self
    }

    /// Adds the routes of one subject of the service.
    #[must_use]
    pub fn merge(mut self, subject: Self) -> Self {
        self.router = self.router.merge(subject.router);
        self
    }

    /// The router under `base` with its OpenAPI document.
    pub fn build(self, base: &str, state: S) -> (Router, OpenApi) {
        let nested = OpenApiRouter::with_openapi(OpenApiBuilder::new().build()).nest(base, self.router);
        let (router, document) = nested.split_for_parts();
        (router.with_state(state), document)
    }
}

fn cannot_compare() -> Problem {
    Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "version-not-compared",
        "此操作不比对版本，未作任何更改。请去掉 If-Match 请求头后重新提交。",
        "This command compares no versions, and nothing was done. Send it again without If-Match.",
    )
}

/// Whether an operation documents a header.
fn takes(operation: &Operation, name: &header::HeaderName) -> bool {
    operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(one) => {
            one.parameter_in == ParameterIn::Header && one.name.eq_ignore_ascii_case(name.as_str())
        }
        RefOr::Ref(_) => false,
    })
}

fn mark(operation: &mut Operation, permission: &str) {
    let extensions = ExtensionsBuilder::new().add("x-permission", permission).build();
    operation.extensions.get_or_insert_default().merge(extensions);
}

/// Middleware of a service's door: verifies the internal token and puts the [`Caller`] into the request.
/// A request without a token passes on without a caller; the route's guard refuses it where it must.
pub async fn authenticate(
    State(verifier): State<Arc<Verifier>>,
    mut request: Request,
    next: Next,
) -> Response {
    let bearer = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    // Whatever a client may have smuggled in is not a caller.
    let caller = match bearer {
        None => None,
        Some(token) => match verifier.verify(token).await {
            Ok(caller) => Some(caller),
            Err(identity::TokenRefused::KeysUnavailable(reason)) => {
                tracing::warn!(%reason, "tokens cannot be verified");
                return Problem::unavailable(2).into_response();
            }
            Err(reason) => {
                tracing::debug!(%reason, "a token was refused");
                return Problem::unauthenticated().into_response();
            }
        },
    };
    request.extensions_mut().remove::<Caller>();
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    next.run(request).await
}

/// Serves a document as JSON.
pub fn document_route(path: &str, document: &OpenApi) -> Router {
    let json = document.to_json().unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"));
    let body: Arc<str> = json.into();
    Router::new().route(
        path,
        get(move || {
            let body = Arc::clone(&body);
            async move { ([(header::CONTENT_TYPE, "application/json")], body.to_string()) }
        }),
    )
}
