//! The frame around every page: rail, top bar, heading. The rail shows what the person's permissions open.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use http_kit::Lang;

use crate::{
    assets,
    desk::{Desk, with_query},
    page::{Notice, Page},
    session::Visitor,
    text::Words,
};

/// One entry of the rail: text key, address, permission (empty: everyone).
struct Entry {
    key: &'static str,
    href: &'static str,
    permission: &'static str,
}

const fn entry(key: &'static str, href: &'static str, permission: &'static str) -> Entry {
    Entry { key, href, permission }
}

/// What lies between a bank and its borrower alone, as their applications do: changes, tasks and papers of a loan, payment
/// instructions, reminders. A fund reads the loans that it covers and would find all of these empty.
pub const BETWEEN: &str = "application.read";

/// The rail, in groups.
const RAIL: &[(&str, &[Entry])] = &[
    ("rail-work", &[entry("home-title", "/", ""), entry("trials-title", "/trials", "trial.calculate")]),
    (
        "rail-patents",
        &[
            entry("patents-title", "/patents", "patent.read"),
            entry("mt-search-title", "/patent-search", "patent.read"),
            entry("pt-annuities-title", "/annuities", "patent.read"),
            entry("pt-own-title", "/own-patents", "application.submit"),
            entry("pt-dormant-title", "/dormant-patents", "stocktake.read"),
            entry("pt-dormant-title", "/dormant-patents", "application.submit"),
            entry("prd-title", "/product-filings", "patent.read"),
            entry("pe-title", "/prefilings", "stocktake.read"),
            entry("imports-title", "/imports", "patent.import"),
            entry("valuations-title", "/valuations", "valuation.read"),
            entry("rep-title", "/valuation-reports", "valuation.read"),
            entry("trg-title", "/revaluation-triggers", "valuation.read"),
            entry("pf-title", "/portfolios", "valuation.read"),
            entry("deals-title", "/deals", "evidence.read"),
            entry("ref-title", "/reference-data", "reference.read"),
            entry("stk-title", "/stocktakes", "stocktake.read"),
            entry("sti-title", "/stocktake-items", "stocktake.read"),
            entry("evr-title", "/evaluation-rounds", "evaluation.read"),
            entry("eva-title", "/evaluations", "evaluation.read"),
            entry("mt-needs-title", "/needs", "match.read"),
            entry("mt-title", "/matches", "match.read"),
            entry("sc-list-title", "/patent-scores", "patent.read"),
            entry("sr-title", "/scoring-runs", "model.read"),
            entry("mdl-title", "/models", "model.read"),
            entry("ovr-title", "/overrides", "valuation.read"),
            entry("bt-title", "/backtests", "model.read"),
        ],
    ),
    (
        "rail-lending",
        &[
            entry("facilities-title", "/facilities", "facility.read"),
            entry("applications-title", "/applications", "application.read"),
            entry("conditions-title", "/conditions", "application.read"),
            entry("documents-title", "/documents", "document.read"),
            entry("pledges-title", "/pledges", "pledge.read"),
            entry("trg-pledged", "/revaluations-due", "application.assess"),
            entry("loans-title", "/loans", "loan.read"),
            entry("delegations-title", "/delegations", "parameter.read"),
            entry("blacklist-title", "/blacklist", "counterparty.read"),
            entry("groups-title", "/connected-groups", "counterparty.read"),
        ],
    ),
    (
        "rail-servicing",
        &[
            entry("adj-title", "/adjustments", BETWEEN),
            entry("creq-title", "/change-requests", BETWEEN),
            entry("care-title", "/loan-tasks", BETWEEN),
            entry("pi-title", "/payment-instructions", BETWEEN),
            entry("rr-title", "/repayment-reversals", "ledger.reverse"),
            entry("notices-title", "/notices", BETWEEN),
            entry("closings-title", "/closings", "risk.read"),
            entry("risk-title", "/risk", "risk.read"),
            entry("fl-margin-calls", "/margin-calls", "facility.read"),
            entry("disp-title", "/disposal", "disposal.read"),
            entry("funds-title", "/funds", "fund.read"),
            entry("subsidies-title", "/subsidies", "subsidy.read"),
            entry("ledger-title", "/ledger", "ledger.read"),
            entry("rates-title", "/reference-rates", "loan.read"),
            entry("wd-title", "/working-days", "trial.calculate"),
            entry("param-title", "/parameters", "parameter.read"),
        ],
    ),
    (
        "rail-insurance",
        &[
            entry("products-title", "/products", "product.read"),
            entry("quotes-title", "/quotes", "quote.read"),
            entry("policies-title", "/policies", "policy.read"),
            entry("claims-title", "/claims", "claim.read"),
        ],
    ),
    (
        "rail-supervision",
        &[
            entry("overview-title", "/supervision", "portfolio.read"),
            entry("sup-facilities-title", "/supervision/facilities", "portfolio.read"),
            entry("sup-loans-title", "/supervision/loans", "portfolio.read"),
            entry("suprec-title", "/supervision/recoveries", "portfolio.read"),
            entry("warnings-title", "/supervision/warnings", "portfolio.read"),
            entry("deviations-title", "/supervision/deviations", "portfolio.read"),
            entry("trg-supervised", "/supervision/revaluations", "portfolio.read"),
        ],
    ),
    (
        "rail-platform",
        &[
            entry("organisations-title", "/organisations", "organisation.read"),
            entry("users-title", "/users", "user.manage"),
            entry("services-title", "/services", "platform.operate"),
            entry("keys-title", "/keys", "platform.operate"),
            entry("audit-title", "/audit", "audit.read"),
        ],
    ),
];

/// A link of the rail as shown.
pub struct Link {
    label: &'static str,
    href: &'static str,
    here: bool,
}

/// What the layout needs.
pub struct Frame {
    lang: Lang,
    theme: String,
    title: String,
    words: &'static Words,
    rail: Vec<(&'static str, Vec<Link>)>,
    person: String,
    organisation: String,
    back: String,
    notice: Option<Notice>,
    refresh_seconds: Option<u32>,
    style: String,
    script: String,
    icon: String,
}

impl Frame {
    fn bare(visitor: &Visitor, title: String) -> Self {
        Self {
            lang: visitor.origin.lang,
            theme: visitor.theme.clone(),
            title,
            words: Words::of(visitor.origin.lang),
            rail: Vec::new(),
            person: String::new(),
            organisation: String::new(),
            back: "/".to_owned(),
            notice: None,
            refresh_seconds: None,
            style: assets::href("console.css"),
            script: assets::href("console.js"),
            icon: assets::href("mark.svg"),
        }
    }

    fn of(desk: &Desk, title: String) -> Self {
        let path = desk.path();
        let open = |link: &Entry| link.permission.is_empty() || desk.may(link.permission);
        // The longest entry that the path lies under is where we are.
        let here = RAIL
            .iter()
            .flat_map(|(_, entries)| entries.iter())
            .filter(|link| {
                path == link.href || (link.href != "/" && path.starts_with(&format!("{}/", link.href)))
            })
            .max_by_key(|link| link.href.len())
            .map(|link| link.href);
        let link = |link: &Entry| Link {
            label: desk.words().get(link.key),
            href: link.href,
            here: here == Some(link.href),
        };
        let rail = RAIL
            .iter()
            .map(|(group, entries)| {
                (desk.words().get(group), entries.iter().filter(|e| open(e)).map(link).collect::<Vec<_>>())
            })
            .filter(|(_, links)| !links.is_empty())
            .collect();
        let query: Vec<_> = desk.query().iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let done = match desk.asked("done") {
            "" => None,
            done => desk.words().find(&format!("done-{done}")),
        };
        Self {
            lang: desk.lang(),
            theme: desk.theme().to_owned(),
            title,
            words: desk.words(),
            rail,
            person: desk.me().name.clone(),
            organisation: desk.me().organisation.clone(),
            back: with_query(path, &query),
            notice: done.map(|text| Notice { tone: "ok", text: text.to_owned(), ..Notice::default() }),
            refresh_seconds: None,
            style: assets::href("console.css"),
            script: assets::href("console.js"),
            icon: assets::href("mark.svg"),
        }
    }

    fn t<'a>(&'a self, key: &'a str) -> &'a str {
        self.words.get(key)
    }

    fn tag(&self) -> &'static str {
        self.lang.tag()
    }

    fn is_zh(&self) -> bool {
        self.lang == Lang::Zh
    }
}

#[derive(Template)]
#[template(path = "page.html")]
struct PageView {
    frame: Frame,
    page: Page,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInView {
    frame: Frame,
    problem: Option<Notice>,
    username: String,
    next: String,
}

/// Renders a page in its frame.
#[must_use]
pub fn show(desk: &Desk, page: Page) -> Response {
    show_with(desk, StatusCode::OK, page)
}

/// Renders a page in its frame with a status of its own: a form that was refused answers 422.
#[must_use]
pub fn show_with(desk: &Desk, status: StatusCode, page: Page) -> Response {
    let mut frame = Frame::of(desk, page.title.clone());
    frame.refresh_seconds = page.refresh_seconds;
    html(status, &PageView { frame, page })
}

/// Renders a page for someone who is not signed in.
#[must_use]
pub fn show_bare(visitor: &Visitor, status: StatusCode, page: Page) -> Response {
    html(status, &PageView { frame: Frame::bare(visitor, page.title.clone()), page })
}

/// Renders the sign-in page.
#[must_use]
pub fn show_sign_in(
    visitor: &Visitor,
    status: StatusCode,
    problem: Option<Notice>,
    username: &str,
    next: &str,
) -> Response {
    let frame = Frame::bare(visitor, Words::of(visitor.origin.lang).get("sign-in").to_owned());
    html(status, &SignInView { frame, problem, username: username.to_owned(), next: next.to_owned() })
}

/// Goes to a page that then says `done-KEY`.
#[must_use]
pub fn go(path: &str, done: &str) -> Response {
    Redirect::to(&with_query(path, &[("done", done)])).into_response()
}

fn html(status: StatusCode, view: &impl Template) -> Response {
    match view.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page did not render");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
