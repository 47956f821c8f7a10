//! What passes through the door. Requests: a list of what services use, so that no header a client invents ever
//! reaches one. Answers: everything but what belongs to the connection.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use http_kit::Problem;

/// What a service may see of a client's request; the length of the body is the connection's own affair.
const PASSED: [HeaderName; 12] = [
    header::ACCEPT,
    header::ACCEPT_LANGUAGE,
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::RANGE,
    header::USER_AGENT,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("x-request-id"),
    // The register's office proves itself to the service that its message is for.
    HeaderName::from_static("x-register-timestamp"),
    HeaderName::from_static("x-register-signature"),
];
/// The trace the request belongs to (W3C Trace Context).
const TRACE: [HeaderName; 2] =
    [HeaderName::from_static("traceparent"), HeaderName::from_static("tracestate")];

/// What never comes back from a service: the connection's own headers, cookies, and what the gateway says itself.
const KEPT_BACK: [HeaderName; 10] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::TE,
    header::TRAILER,
    header::PROXY_AUTHENTICATE,
    header::SERVER,
    header::SET_COOKIE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("x-request-id"),
];

/// The headers of the request to a service: those on the list, and the internal token of whoever has a session.
pub(super) fn for_service(client: &HeaderMap, token: Option<&str>) -> Result<HeaderMap, Problem> {
    let mut passed = HeaderMap::with_capacity(PASSED.len() + 1);
    for name in PASSED.into_iter().chain(TRACE) {
        // The first of several: a service must not see another one than the gateway might.
        if let Some(value) = client.get(&name) {
            passed.insert(name, value.clone());
        }
    }
    if let Some(token) = token {
        let mut bearer =
            HeaderValue::from_str(&format!("Bearer {token}")).map_err(|error| Problem::fault(&error))?;
        bearer.set_sensitive(true);
        passed.insert(header::AUTHORIZATION, bearer);
    }
    Ok(passed)
}

/// Takes out of an answer what is not for the client.
pub(super) fn clean_answer(answer: &mut HeaderMap) {
    // `Connection` names further headers of the connection.
    let named: Vec<HeaderName> = answer
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&KEPT_BACK) {
        answer.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_gets_nothing_through_that_is_not_on_the_list() {
        let mut client = HeaderMap::new();
        for (name, value) in [
            ("authorization", "Bearer user-token"),
            ("cookie", "session=1"),
            ("x-caller", "admin"),
            ("x-forwarded-for", "1.2.3.4"),
            ("idempotency-key", "k-1"),
            ("accept-language", "en"),
            ("x-request-id", "r-1"),
        ] {
            client.insert(name, HeaderValue::from_static(value));
        }
        let passed = for_service(&client, Some("internal")).unwrap();
        let mut names: Vec<&str> = passed.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept-language", "authorization", "idempotency-key", "x-request-id"]);
        assert_eq!(passed["authorization"], "Bearer internal");
        let nobodys = for_service(&client, None).unwrap();
        assert!(!nobodys.contains_key("authorization"), "the client's own token goes no further");
    }

    #[test]
    fn an_answer_keeps_its_own_headers_and_loses_the_connections() {
        let mut answer = HeaderMap::new();
        for (name, value) in [
            ("content-type", "application/json"),
            ("retry-after", "3"),
            ("connection", "close, x-hop"),
            ("x-hop", "1"),
            ("set-cookie", "a=b"),
            ("server", "something"),
        ] {
            answer.insert(name, HeaderValue::from_static(value));
        }
        clean_answer(&mut answer);
        let mut names: Vec<&str> = answer.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["content-type", "retry-after"]);
    }
}
