//! Signing in, staying signed in, signing out; language and theme. Tokens live in cookies that no script reads.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http_kit::Lang;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::{Mutex, OnceCell};

use crate::{
    desk::{Desk, Door, Me, Origin, with_query},
    draft::Input,
    failure::{Failure, Refusal},
    frame, guard,
    page::{Notice, Page},
    text::Words,
    value::Facts,
};

const ACCESS: &str = "ipf_access";
const REFRESH: &str = "ipf_refresh";
const LANG: &str = "ipf_lang";
const THEME: &str = "ipf_theme";
/// How long a renewed session is remembered for requests that still carry the old token.
const RENEWED_MEMORY: Duration = Duration::from_secs(60);

/// A pair of tokens.
#[derive(Debug, Clone)]
struct Tokens {
    access: String,
    refresh: String,
}

impl Tokens {
    fn read(answer: &Value) -> Option<Self> {
        let token = |name| Some(answer.text(name).to_owned()).filter(|text| !text.is_empty());
        Some(Self { access: token("access_token")?, refresh: token("refresh_token").unwrap_or_default() })
    }
}

type Renewal = Arc<OnceCell<Option<Tokens>>>;
/// By the hash of the token spent.
type Renewals = Arc<Mutex<HashMap<[u8; 32], (Instant, Renewal)>>>;

/// What every request shares.
#[derive(Clone)]
pub struct Console {
    door: Door,
    /// A refresh token works once; two tabs that renew at the same moment share one renewal.
    renewals: Renewals,
}

impl Console {
    /// Over the gateway's router.
    #[must_use]
    pub fn new(door: Door) -> Self {
        Self { door, renewals: Arc::default() }
    }

    /// The way to the API.
    #[must_use]
    pub fn door(&self) -> &Door {
        &self.door
    }

    async fn renew(&self, origin: &Origin, refresh: &str) -> Option<Tokens> {
        let id: [u8; 32] = Sha256::digest(refresh.as_bytes()).into();
        let renewal = {
            let mut renewals = self.renewals.lock().await;
            renewals.retain(|_, (since, _)| since.elapsed() < RENEWED_MEMORY);
            Arc::clone(&renewals.entry(id).or_insert_with(|| (Instant::now(), Renewal::default())).1)
        };
        let ask = || async {
            let body = json!({ "refresh_token": refresh });
            let answer = self.door.call(origin, None, Method::POST, "/auth/refresh", Some(&body), None).await;
            answer.ok().as_ref().and_then(Tokens::read)
        };
        renewal.get_or_init(ask).await.clone()
    }
}

/// Who looks at a page before we know the person.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Language and headers for the API.
    pub origin: Origin,
    /// `light`, `dark` or empty.
    pub theme: String,
    /// The language was chosen, not assumed.
    pub lang_chosen: bool,
    /// The page came over TLS.
    secure: bool,
}

impl Visitor {
    fn of(parts: &Parts) -> Self {
        let jar = CookieJar::from_headers(&parts.headers);
        let cookie = |name| jar.get(name).map(Cookie::value).unwrap_or_default();
        let lang = if cookie(LANG) == "en" { Lang::En } else { Lang::Zh };
        let theme = Some(cookie(THEME)).filter(|theme| matches!(*theme, "light" | "dark"));
        let secure = parts.headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https");
        Self {
            origin: Origin::of(parts, lang),
            theme: theme.unwrap_or_default().to_owned(),
            lang_chosen: !cookie(LANG).is_empty(),
            secure,
        }
    }

    fn cookie(&self, name: &'static str, value: String) -> Cookie<'static> {
        let mut cookie = Cookie::new(name, value);
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Strict);
        cookie.set_secure(self.secure);
        cookie.set_path("/");
        cookie
    }

    fn keep(&self, response: &mut Response, tokens: &Tokens) {
        put(response, &self.cookie(ACCESS, tokens.access.clone()));
        put(response, &self.cookie(REFRESH, tokens.refresh.clone()));
    }

    fn forget(&self, response: &mut Response) {
        for name in [ACCESS, REFRESH] {
            let mut cookie = self.cookie(name, String::new());
            cookie.make_removal();
            put(response, &cookie);
        }
    }
}

fn put(response: &mut Response, cookie: &Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// A path of this console: never another host.
fn local(path: &str) -> &str {
    // A browser drops tabs and line ends from an address, so that `/<tab>/host` would lead to another host.
    let sound = path.starts_with('/')
        && !path.starts_with("//")
        && !path.chars().any(|character| character == '\\' || character.is_control());
    if sound { path } else { "/" }
}

/// Middleware around every page: who may post, in which language, and pages for failures before sign-in.
pub async fn visit(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::of(&parts);
    parts.extensions.insert(visitor.clone());
    let response = guard::stand(Request::from_parts(parts, body), next).await;
    match response.extensions().get::<Failure>() {
        Some(failure) => answer_failure(failure, &visitor, None, "/"),
        None => response,
    }
}

/// Middleware around the pages of signed-in people: opens the desk, renews what expired, draws failures.
pub async fn open(State(console): State<Console>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut visitor = parts.extensions.get::<Visitor>().cloned().unwrap_or_else(|| Visitor::of(&parts));
    let here = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    // After signing in again a form is shown afresh; only pages that are read are returned to.
    let back = if parts.method == Method::GET { here } else { "/".to_owned() };
    let jar = CookieJar::from_headers(&parts.headers);
    let cookie = |name| jar.get(name).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    let (access, refresh) = (cookie(ACCESS), cookie(REFRESH));

    let mut renewed = None;
    let mut me = whoami(&console, &visitor, &access).await;
    if matches!(me, Err(Failure::SignIn)) && !refresh.is_empty() {
        renewed = console.renew(&visitor.origin, &refresh).await;
        if let Some(tokens) = &renewed {
            me = whoami(&console, &visitor, &tokens.access).await;
        }
    }
    let me = match me {
        Ok(me) => me,
        Err(failure) => return answer_failure(&failure, &visitor, None, &back),
    };
    if !visitor.lang_chosen && me.text("language").starts_with("en") {
        visitor.origin = Origin::of(&parts, Lang::En);
    }
    let token = renewed.as_ref().map_or(access, |tokens| tokens.access.clone());
    let door = console.door.clone();
    let desk = Desk::open(door, visitor.origin.clone(), token, Me::read(&me), visitor.theme.clone(), &parts);
    parts.extensions.insert(desk.clone());
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        response = answer_failure(&failure, &visitor, Some(&desk), &back);
    }
    if let Some(tokens) = &renewed {
        visitor.keep(&mut response, tokens);
    }
    response
}

async fn whoami(console: &Console, visitor: &Visitor, access: &str) -> Result<Value, Failure> {
    if access.is_empty() {
        return Err(Failure::SignIn);
    }
    let path = "/api/platform/v1/me";
    Ok(console.door.call(&visitor.origin, Some(access), Method::GET, path, None, None).await?)
}

/// A failure as a page: to the sign-in page, to the password page, or what happened and what to do.
fn answer_failure(failure: &Failure, visitor: &Visitor, desk: Option<&Desk>, back: &str) -> Response {
    let refusal = match failure {
        Failure::SignIn => {
            let next = if back == "/" { "" } else { back };
            let mut response = Redirect::to(&with_query("/sign-in", &[("next", next)])).into_response();
            visitor.forget(&mut response);
            return response;
        }
        Failure::ChangePassword => return Redirect::to("/password?must=1").into_response(),
        Failure::Refused(refusal) => refusal,
    };
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let page = failure_page(Words::of(visitor.origin.lang), status, refusal);
    match desk {
        Some(desk) => frame::show_with(desk, status, page),
        None => frame::show_bare(visitor, status, page),
    }
}

/// Whether an answer may be a page: for who names HTML, and for who takes anything and has been at the console.
#[must_use]
pub fn takes_pages(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or("*/*");
    let jar = || CookieJar::from_headers(headers);
    let visited = || [ACCESS, REFRESH].iter().any(|name| jar().get(name).is_some());
    accept.contains("text/html") || (accept.contains("*/*") && visited())
}

/// The page for an address that nobody answers.
pub fn nowhere(parts: &Parts) -> Response {
    answer_failure(&Failure::not_found(), &Visitor::of(parts), None, "/")
}

fn failure_page(words: &'static Words, status: StatusCode, refusal: &Refusal) -> Page {
    let kind = match status.as_u16() {
        403 => "forbidden",
        404 => "missing",
        429 => "busy",
        502..=504 => "unavailable",
        500..=599 => "fault",
        _ => "refused",
    };
    let title = words.find(&format!("error-{kind}")).unwrap_or_default();
    let standard = words.find(&format!("error-{kind}-text")).unwrap_or_default();
    let detail = if refusal.detail.is_empty() { standard.to_owned() } else { refusal.detail.clone() };
    let mut items: Vec<String> =
        refusal.fields.iter().map(|(name, text)| format!("{name}: {text}")).collect();
    if let Some(seconds) = refusal.retry_after {
        items.push(words.with("error-retry-after", &[("seconds", &seconds.to_string())]));
    }
    if refusal.body.has("fault_id") {
        items.push(words.with("error-fault-id", &[("id", refusal.body.text("fault_id"))]));
    }
    if let Some(todo) = words.find(&format!("error-{kind}-todo")) {
        items.push(todo.to_owned());
    }
    let tone = if status.is_server_error() { "warn" } else { "risk" };
    Page::new(title).action(true, words.get("error-home"), "/").with(Notice {
        tone,
        title: status.as_u16().to_string(),
        text: detail,
        items,
    })
}

/// The sign-in page.
pub async fn sign_in_form(visitor: axum::Extension<Visitor>, request: Request) -> Response {
    let query: Vec<(String, String)> =
        serde_urlencoded::from_str(request.uri().query().unwrap_or_default()).unwrap_or_default();
    let next = Input::of(query).text("next").to_owned();
    frame::show_sign_in(&visitor, StatusCode::OK, None, "", local(&next))
}

/// Signs in.
pub async fn sign_in(
    State(console): State<Console>,
    axum::Extension(visitor): axum::Extension<Visitor>,
    input: Input,
) -> Response {
    let next = local(input.text("next")).to_owned();
    let username = input.text("username");
    let body = json!({ "username": username, "password": input.get("password").unwrap_or_default() });
    let answer =
        console.door.call(&visitor.origin, None, Method::POST, "/auth/token", Some(&body), None).await;
    let refusal = match answer {
        Ok(answer) => match Tokens::read(&answer) {
            Some(tokens) => {
                let to = if answer.flag("must_change_password") { "/password?must=1" } else { &next };
                let mut response = Redirect::to(to).into_response();
                visitor.keep(&mut response, &tokens);
                return response;
            }
            None => Refusal { status: 502, ..Refusal::default() },
        },
        Err(refusal) => refusal,
    };
    let words = Words::of(visitor.origin.lang);
    let text = match (refusal.status, refusal.detail.as_str()) {
        (_, detail) if !detail.is_empty() => detail.to_owned(),
        (401, _) => words.get("sign-in-wrong").to_owned(),
        _ => words.get("error-unavailable-text").to_owned(),
    };
    let wait = refusal.retry_after.map(|s| words.with("error-retry-after", &[("seconds", &s.to_string())]));
    let notice = Notice {
        tone: "risk",
        title: words.get("sign-in-failed").to_owned(),
        text,
        items: wait.into_iter().collect(),
    };
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_GATEWAY);
    frame::show_sign_in(&visitor, status, Some(notice), username, &next)
}

/// Signs out: revokes the session and forgets it here, whether or not the revocation was heard.
pub async fn sign_out(
    State(console): State<Console>,
    axum::Extension(visitor): axum::Extension<Visitor>,
    jar: CookieJar,
) -> Response {
    let cookie = |name| jar.get(name).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    let body = json!({ "refresh_token": cookie(REFRESH) });
    let access = cookie(ACCESS);
    let ended =
        console.door.call(&visitor.origin, Some(&access), Method::POST, "/auth/sign-out", Some(&body), None);
    if let Err(refusal) = ended.await {
        tracing::debug!(refusal.status, "the session had already ended");
    }
    let mut response = Redirect::to("/sign-in").into_response();
    visitor.forget(&mut response);
    response
}

/// Keeps language or theme and goes back.
pub async fn prefer(axum::Extension(visitor): axum::Extension<Visitor>, input: Input) -> Response {
    let mut response = Redirect::to(local(input.text("back"))).into_response();
    let known: [(&'static str, &str, &[&str]); 2] =
        [(LANG, input.text("lang"), &["zh", "en"]), (THEME, input.text("theme"), &["light", "dark"])];
    for (name, value, allowed) in known {
        if allowed.contains(&value) {
            let mut cookie = visitor.cookie(name, value.to_owned());
            cookie.make_permanent();
            put(&mut response, &cookie);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn one_is_never_sent_to_another_host() {
        assert_eq!(local("/loans?q=1"), "/loans?q=1");
        for elsewhere in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "/a\r\nb",
            "/\t/evil.example",
            "/a\0",
        ] {
            assert_eq!(local(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
