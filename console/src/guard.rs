//! Guards around every page: where a POST came from, and what the browser may do with the page.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

use crate::failure::Failure;
use axum::response::IntoResponse;

/// No inline script or style, nothing from elsewhere, no framing, forms only to ourselves.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

/// Whether a state-changing request was sent by one of our own pages: the browser says so in `Sec-Fetch-Site`,
/// or, where it does not send that, by an `Origin` that is this host.
#[must_use]
pub fn same_site(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(&HeaderName::from_static("sec-fetch-site")) {
        Some("same-origin") => return true,
        Some(_) => return false,
        None => {}
    }
    let Some((_, from)) = text(&header::ORIGIN).and_then(|origin| origin.split_once("://")) else {
        return false;
    };
    [HeaderName::from_static("x-forwarded-host"), header::HOST].iter().any(|name| text(name) == Some(from))
}

/// Middleware: refuses what another site made the browser send, and dresses the answer.
pub async fn stand(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !reads && !same_site(request.headers()) {
        tracing::warn!(path = request.uri().path(), "refused a form that another site sent");
        return Failure::status(StatusCode::FORBIDDEN).into_response();
    }
    next.run(request).await
}

/// Middleware, outermost: security headers on every page.
pub async fn dress(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A page shows figures of one person at one moment: nobody stores it.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn only_our_own_pages_may_post() {
        assert!(same_site(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(same_site(&headers(&[
            ("origin", "http://bank.example:8080"),
            ("host", "bank.example:8080")
        ])));
        assert!(same_site(&headers(&[
            ("origin", "https://ip.example"),
            ("x-forwarded-host", "ip.example"),
            ("host", "10.0.0.1")
        ])));
        assert!(!same_site(&headers(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://a"),
            ("host", "a")
        ])));
        assert!(!same_site(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(!same_site(&headers(&[("origin", "https://evil.example"), ("host", "bank.example")])));
        assert!(!same_site(&headers(&[("origin", "null"), ("host", "bank.example")])));
        assert!(!same_site(&headers(&[("host", "bank.example")])));
    }
}
