//! A browser without scripts: cookies, forms, redirects, one header more or less where a test wants it.

use std::collections::BTreeMap;

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use tower::ServiceExt;

use crate::fake_api::FakeApi;

/// What came back.
pub struct Shown {
    pub status: StatusCode,
    pub text: String,
    pub location: String,
    pub headers: axum::http::HeaderMap,
}

impl Shown {
    /// The value of a hidden or text input.
    pub fn input(&self, name: &str) -> String {
        let marker = format!("name=\"{name}\" value=\"");
        let at = self.text.find(&marker).unwrap_or_else(|| panic!("no input {name} in {}", self.text));
        self.text[at + marker.len()..].split('"').next().unwrap().to_owned()
    }

    pub fn has(&self, text: &str) -> bool {
        self.text.contains(text)
    }
}

/// The browser.
pub struct Browser {
    console: Router,
    cookies: BTreeMap<String, String>,
    pub site: &'static str,
    pub proto: &'static str,
    /// The `Set-Cookie` headers of the last answer.
    pub set: Vec<String>,
}

impl Browser {
    pub fn open(api: &FakeApi) -> Self {
        Self::before(api.router())
    }

    /// Before an API of this router, signed out.
    pub fn before(api: Router) -> Self {
        Self {
            console: console::router(api),
            cookies: BTreeMap::new(),
            site: "same-origin",
            proto: "http",
            set: Vec::new(),
        }
    }

    /// Signed in by cookie as a role, in a language.
    pub fn of(api: &FakeApi, role: &str, lang: &str) -> Self {
        Self::open(api).signed_in(role, lang)
    }

    pub fn signed_in(mut self, role: &str, lang: &str) -> Self {
        self.set_cookie("ipf_access", &format!("access-{role}"));
        self.set_cookie("ipf_lang", lang);
        self
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub async fn get(&mut self, path: &str) -> Shown {
        let request = Request::get(path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap();
        self.send(request).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", self.site)
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    pub async fn send(&mut self, mut request: Request<Body>) -> Shown {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = request.headers_mut();
        headers.insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        headers.insert(header::HOST, "console.test".parse().unwrap());
        headers.insert("x-forwarded-proto", self.proto.parse().unwrap());
        headers.insert("x-forwarded-for", "203.0.113.7".parse().unwrap());
        let response = self.console.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        self.set =
            headers.get_all(header::SET_COOKIE).iter().map(|v| v.to_str().unwrap().to_owned()).collect();
        for line in &self.set {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location =
            headers.get(header::LOCATION).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Shown { status, text: String::from_utf8_lossy(&bytes).into_owned(), location, headers }
    }
}
