//! A stand-in for the gateway: canned answers in the shapes of the public API, and a memory of what was asked.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::samples;

/// One request that reached the API.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub query: String,
    pub token: String,
    pub language: String,
    pub key: String,
    pub if_match: String,
    pub forwarded_for: String,
    pub body: Value,
}

/// What the API remembers and how it misbehaves.
#[derive(Clone, Default)]
pub struct FakeApi {
    pub memory: Arc<Mutex<Vec<Asked>>>,
    /// Paths that begin so are answered 503.
    pub dead: Option<&'static str>,
    /// `(path ending, status, problem)` answered instead of the sample.
    pub refuse: Option<(&'static str, u16, Value)>,
    /// `(path ending, answer)` of reads answered so instead of with the sample.
    pub instead: Vec<(&'static str, Value)>,
    /// The password is a one-time password.
    pub must_change: bool,
}

impl FakeApi {
    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// Every request so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.memory.lock().unwrap().clone()
    }

    /// The last request of a method to a path.
    pub fn last(&self, method: &Method, ending: &str) -> Option<Asked> {
        self.asked().into_iter().rev().find(|one| one.method == *method && one.path.ends_with(ending))
    }
}

fn problem(status: u16, slug: &str, detail: &str, more: Value) -> Response {
    let mut body = json!({ "type": format!("/problems/{slug}"), "status": status, "detail": detail });
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    let status = StatusCode::from_u16(status).unwrap();
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

async fn answer(
    State(api): State<FakeApi>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let asked = Asked {
        method: method.clone(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        token: text("authorization").trim_start_matches("Bearer ").to_owned(),
        language: text("accept-language"),
        key: text("idempotency-key"),
        if_match: text("if-match"),
        forwarded_for: text("x-forwarded-for"),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    api.memory.lock().unwrap().push(asked.clone());
    let path = asked.path.as_str();
    if path.starts_with("/auth/") {
        return door(&api, path, &asked.body);
    }
    if path == "/health/live" {
        return Json(json!({ "status": "live" })).into_response();
    }
    if path == "/api/pledge/v1/register/entries" {
        return Json(samples::register_entries(&asked.query)).into_response();
    }
    if path == "/api/valuation/v1/report-verifications" {
        return Json(crate::report_samples::verification()).into_response();
    }
    let Some(role) = asked.token.strip_prefix("access-") else {
        return problem(401, "unauthenticated", "请先登录", json!({}));
    };
    if path == "/api/platform/v1/me" {
        return Json(samples::me(role)).into_response();
    }
    if api.must_change {
        return problem(403, "password-change-required", "请先修改密码", json!({}));
    }
    if api.dead.is_some_and(|dead| path.starts_with(dead)) {
        return problem(503, "unavailable", "服务暂时不可用，未作任何更改。请稍后重试。", json!({}));
    }
    if let Some((ending, status, more)) = &api.refuse
        && path.ends_with(ending)
        && method == Method::POST
    {
        let slug = more["slug"].as_str().unwrap_or("refused");
        return problem(*status, slug, more["detail"].as_str().unwrap_or("未能办理"), more.clone());
    }
    if path.ends_with("/export") {
        let kind = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"list.csv\""),
        ];
        return (kind, format!("query\n{}\n", asked.query)).into_response();
    }
    if method == Method::GET
        && let Some((_, value)) = api.instead.iter().find(|(ending, _)| path.ends_with(ending))
    {
        return Json(value.clone()).into_response();
    }
    if let Some(value) = asked.body["method"].as_str().and_then(crate::score_samples::appraisal) {
        return Json(value).into_response();
    }
    match samples::answer(&method, path) {
        Some(value) => Json(value).into_response(),
        None => problem(404, "not-found", "没有找到，或不在您的权限范围内。请检查编号。", json!({})),
    }
}

fn door(api: &FakeApi, path: &str, body: &Value) -> Response {
    let tokens = |role: &str, generation: &str| {
        Json(json!({
            "access_token": format!("access-{role}"), "token_type": "Bearer", "expires_in": 900,
            "refresh_token": format!("refresh-{role}-{generation}"), "must_change_password": api.must_change,
        }))
        .into_response()
    };
    match path {
        "/auth/token" if body["password"] == "demo" => tokens(body["username"].as_str().unwrap(), "1"),
        "/auth/token" if body["password"] == "locked" => {
            let mut response = problem(429, "too-many-attempts", "尝试次数过多。", json!({}));
            response.headers_mut().insert(header::RETRY_AFTER, "60".parse().unwrap());
            response
        }
        "/auth/token" => problem(401, "invalid-credentials", "用户名或密码不正确。", json!({})),
        "/auth/refresh" => {
            let spent = api.asked().iter().filter(|one| one.path == path && one.body == *body).count() > 1;
            match body["refresh_token"]
                .as_str()
                .and_then(|t| t.strip_prefix("refresh-"))
                .and_then(|t| t.strip_suffix("-1"))
            {
                Some(role) if !spent => tokens(role, "2"),
                _ => problem(401, "session-revoked", "会话已失效", json!({})),
            }
        }
        "/auth/password" if body["current"] != "demo" => {
            problem(401, "invalid-credentials", "当前密码不正确。", json!({}))
        }
        _ => StatusCode::NO_CONTENT.into_response(),
    }
}
