//! Errors as RFC 9457 problems: a stable `type`, one sentence in the caller's language that says what to
//! do, the numbers behind a refusal, and a line for each bad field.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tx_kit::{AsFault, Fault, KeyReused, listing::ListingError};

use crate::extract::Lang;

/// Where the description of each problem type lies, relative to the door.
pub const TYPE_BASE: &str = "/problems/";

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

impl Text {
    /// Both languages.
    #[must_use]
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// In one language.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field's path in the request: `members[2].sub_limit`.
    pub field: String,
    /// What is wrong and what would be right.
    pub text: Text,
}

/// An error on its way to the caller.
#[derive(Debug, Clone)]
pub struct Problem {
    inner: Box<Inner>,
}

#[derive(Debug, Clone)]
struct Inner {
    status: StatusCode,
    slug: &'static str,
    detail: Text,
    fields: Vec<FieldProblem>,
    numbers: Map<String, Value>,
    retry_after_seconds: Option<u64>,
    fault: Option<String>,
}

impl Problem {
    /// A problem of a stable kind (`limit-exceeded`) with its sentence.
    #[must_use]
    pub fn new(status: StatusCode, slug: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                status,
                slug,
                detail: Text::new(zh, en),
                fields: Vec::new(),
                numbers: Map::new(),
                retry_after_seconds: None,
                fault: None,
            }),
        }
    }

    /// 409: the request is sound, the state refuses it.
    #[must_use]
    pub fn refused(slug: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, slug, zh, en)
    }

    /// 422: the request itself is wrong.
    #[must_use]
    pub fn invalid(slug: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, slug, zh, en)
    }

    /// 404, the same for what is another tenant's and what is not there.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "没有找到，或不在您的权限范围内。请检查编号。",
            "Not found, or not yours to see. Check the number.",
        )
    }

    /// 412 for a decision on a version that is no longer the present one.
    #[must_use]
    pub fn stale(version: i64) -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "stale-version",
            format!("您看到的内容已被更新（现为第 {version} 版），未作任何更改。请刷新查看后再办理。"),
            format!(
                "What you saw has changed since (it is at version {version}) and nothing was done. Look at it again first."
            ),
        )
        .with("version", version)
    }

    /// 401
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "请先登录：访问令牌缺失、无效或已过期。",
            "Sign in first: the access token is missing, invalid or expired.",
        )
    }

    /// 403
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "您的岗位没有此项权限。如确需办理，请联系本机构管理员。",
            "Your role does not permit this. If you need it, ask your organisation's administrator.",
        )
    }

    /// 422 for a request whose fields do not read or do not hold.
    #[must_use]
    pub fn bad_fields(fields: Vec<FieldProblem>) -> Self {
        let mut problem = Self::invalid(
            "invalid-request",
            "请求有误，未作任何更改。请按各字段的说明修改后重试。",
            "The request is not valid and nothing was changed. Correct the fields named and try again.",
        );
        problem.inner.fields = fields;
        problem
    }

    /// 503 while something behind is not reachable.
    #[must_use]
    pub fn unavailable(retry_after_seconds: u64) -> Self {
        let mut problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "服务暂时不可用，未作任何更改。请稍后重试。",
            "The service is not available for the moment and nothing was changed. Try again shortly.",
        );
        problem.inner.retry_after_seconds = Some(retry_after_seconds);
        problem
    }

    /// 504 where nobody can say whether the request was carried out: what would have said so did not answer.
    #[must_use]
    pub fn unanswered() -> Self {
        Self::new(
            StatusCode::GATEWAY_TIMEOUT,
            "no-answer",
            "服务未及时答复，此操作可能已经完成。请先查询结果；带相同 Idempotency-Key 重试不会重复办理。",
            "The service did not answer in time and may have carried this out. Look first; a retry with the same Idempotency-Key does nothing twice.",
        )
        .retry_after(2)
    }

    /// 500 with an id for the log; the caller hears no detail.
    #[must_use]
    pub fn fault(error: &impl std::fmt::Display) -> Self {
        let id = uuid::Uuid::new_v4();
        tracing::error!(fault.id = %id, "{error}");
        let mut problem = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "fault",
            format!("系统故障，编号 {id}。请稍后重试；若仍出现，请将编号告知平台管理员。"),
            format!(
                "Something failed on our side, id {id}. Try again shortly; if it persists, give the id to the platform's administrator."
            ),
        );
        problem.inner.fault = Some(id.to_string());
        problem
    }

    /// Adds a number or value that the refusal rests on (`available`).
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.inner.numbers.insert(name.to_owned(), value);
        }
        self
    }

    /// Adds what is wrong with one field.
    #[must_use]
    pub fn with_field(
        mut self,
        field: impl Into<String>,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        self.inner.fields.push(FieldProblem { field: field.into(), text: Text::new(zh, en) });
        self
    }

    /// Says when to come again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.inner.retry_after_seconds = Some(seconds);
        self
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.inner.status
    }

    /// The last part of the problem's type.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        self.inner.slug
    }

    /// The sentence.
    #[must_use]
    pub fn detail(&self) -> &Text {
        &self.inner.detail
    }

    /// The problem as the JSON object that goes out.
    #[must_use]
    pub fn render(&self, lang: Lang) -> Value {
        let inner = &self.inner;
        let mut body = inner.numbers.clone();
        body.insert("type".into(), format!("{TYPE_BASE}{}", inner.slug).into());
        body.insert("title".into(), inner.status.canonical_reason().unwrap_or("Error").into());
        body.insert("status".into(), inner.status.as_u16().into());
        body.insert("detail".into(), inner.detail.in_lang(lang).into());
        if !inner.fields.is_empty() {
            let fields: Vec<Value> = inner
                .fields
                .iter()
                .map(|field| serde_json::json!({ "field": field.field, "detail": field.text.in_lang(lang) }))
                .collect();
            body.insert("errors".into(), fields.into());
        }
        if let Some(id) = &inner.fault {
            body.insert("fault_id".into(), id.clone().into());
        }
        Value::Object(body)
    }

    fn response(&self, lang: Lang) -> Response {
        let inner = &self.inner;
        let mut response = (inner.status, self.render(lang).to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
        if inner.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = inner.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Problem {
    /// Renders in Chinese; [`speak`] renders again in the caller's language where that is another.
    fn into_response(self) -> Response {
        let mut response = self.response(Lang::Zh);
        response.extensions_mut().insert(self);
        response
    }
}

/// Middleware: renders a problem in the language of the request.
pub async fn speak(request: Request, next: Next) -> Response {
    let lang = Lang::of(request.headers());
    let response = next.run(request).await;
    match response.extensions().get::<Problem>() {
        Some(problem) if lang != Lang::Zh => problem.response(lang),
        _ => response,
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        if fault.is_transient() {
            tracing::warn!(%fault, "a transaction gave up after being overtaken too often");
            return Self::unavailable(1);
        }
        if fault.is_outage() {
            tracing::error!(%fault, "the database does not answer");
            return Self::unavailable(2);
        }
        match fault {
            Fault::Unanswered(reason) => {
                tracing::error!(%reason, "the database was lost while it committed");
                Self::unanswered()
            }
            Fault::Peer(reason) => {
                tracing::warn!(%reason, "a peer did not answer");
                Self::unavailable(2)
            }
            other => Self::fault(&other),
        }
    }
}

impl From<sea_orm::DbErr> for Problem {
    fn from(error: sea_orm::DbErr) -> Self {
        Fault::from(error).into()
    }
}

impl From<ListingError> for Problem {
    fn from(error: ListingError) -> Self {
        match error {
            ListingError::BadCursor => Self::bad_fields(vec![FieldProblem {
                field: "cursor".into(),
                text: Text::new(
                    "游标不是本列表给出的，或排序已改变。请从第一页重新开始。",
                    "The cursor is not one that this list gave in this order. Start again from the first page.",
                ),
            }]),
            ListingError::Fault(fault) => fault.into(),
        }
    }
}

impl AsFault for Problem {
    /// A problem is already an answer; nothing in it is tried again.
    fn as_fault(&self) -> Option<&Fault> {
        None
    }
}

impl KeyReused for Problem {
    fn key_reused() -> Self {
        Self::invalid(
            "idempotency-key-reused",
            "此 Idempotency-Key 已用于另一请求（内容不同或由他人提交）。请换用新的键。",
            "This Idempotency-Key was used for another request, with other content or by another person. Use a new key.",
        )
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnAcquireErr, DbErr};

    use super::*;

    #[test]
    fn a_database_that_is_away_is_told_as_such_and_a_lost_commit_is_not_called_undone() {
        let told = |fault: Fault| {
            let problem = Problem::from(fault);
            (problem.status().as_u16(), problem.slug())
        };
        let away = DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        assert_eq!(told(away.into()), (503, "unavailable"));
        assert_eq!(told(Fault::Unanswered("lost".to_owned())), (504, "no-answer"));
        assert_eq!(told(Fault::Conflict("a twin".to_owned())), (503, "unavailable"));
        assert_eq!(told(Fault::Corrupt("a row".to_owned())), (500, "fault"));
    }
}
