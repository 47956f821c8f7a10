//! What passes without a session: the few routes of services that are public by law or that prove themselves by a
//! signature. Each is named here with its method, so that nothing is opened by a service alone.

use axum::http::Method;

/// The open routes.
static OPEN: [(Method, &str); 4] = [
    // The register of pledges is open to everybody.
    (Method::GET, "/api/pledge/v1/register/entries"),
    // The office outside proves itself by its signature over the body.
    (Method::POST, "/api/pledge/v1/register/callbacks"),
    // Whoever holds a valuation report may verify it by its code.
    (Method::GET, "/api/valuation/v1/report-verifications"),
    (Method::POST, "/api/valuation/v1/report-verifications"),
];

/// The open routes, each with its method, as services name them in their documents.
pub fn open_routes() -> impl Iterator<Item = (&'static Method, &'static str)> {
    OPEN.iter().map(|(method, path)| (method, *path))
}

/// Whether a request may go on without a session.
pub(crate) fn is_open(method: &Method, path: &str) -> bool {
    OPEN.iter().any(|(open, at)| open == method && *at == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_is_open_and_only_by_its_method() {
        assert!(is_open(&Method::GET, "/api/pledge/v1/register/entries"));
        assert!(is_open(&Method::POST, "/api/pledge/v1/register/callbacks"));
        for (method, path) in [
            (Method::POST, "/api/pledge/v1/register/entries"),
            (Method::GET, "/api/pledge/v1/register/callbacks"),
            (Method::GET, "/api/pledge/v1/register/entries/"),
            (Method::GET, "/api/pledge/v1/register/entries/../../pledges"),
            (Method::GET, "/api/pledge/v1/pledges"),
        ] {
            assert!(!is_open(&method, path), "{method} {path}");
        }
    }
}
