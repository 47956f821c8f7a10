//! The start page: what needs this person today, counted from the lists, and the figures that matter to the role.

use axum::response::Response;
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, with_query},
    failure::Failure,
    figures, frame,
    page::{FigureRow, Notice, Page, Table},
    value::{Facts, rows},
};

/// A queue: the permission of the one who works it off, its list in the API and here, which rows wait.
struct Queue {
    key: &'static str,
    permission: &'static str,
    api: &'static str,
    here: &'static str,
    status: &'static str,
}

const fn queue(
    key: &'static str,
    permission: &'static str,
    api: &'static str,
    here: &'static str,
    status: &'static str,
) -> Queue {
    Queue { key, permission, api, here, status }
}

const PLEDGE: &str = "/api/pledge/v1";

/// Every queue there is; a person sees those whose permission they hold.
const QUEUES: &[Queue] = &[
    queue("todo-assess", "application.assess", "/api/pledge/v1/applications", "/applications", "submitted"),
    queue("todo-decide", "application.approve", "/api/pledge/v1/applications", "/applications", "assessed"),
    queue("todo-facility", "facility.approve", "/api/pledge/v1/facilities", "/facilities", "proposed"),
    queue("todo-pledge", "pledge.register", "/api/pledge/v1/applications", "/applications", "approved"),
    queue("todo-register", "pledge.register", "/api/pledge/v1/pledges", "/pledges", "submitted"),
    queue("todo-adjust", "loan.adjust.approve", "/api/pledge/v1/adjustments", "/adjustments", "proposed"),
    queue(
        "todo-judgement",
        "risk.confirm",
        "/api/pledge/v1/risk/classifications",
        "/risk/classifications",
        "proposed",
    ),
    queue("todo-mine", "application.submit", "/api/pledge/v1/applications", "/applications", "submitted"),
    queue("todo-repay", "drawdown.request", "/api/pledge/v1/loans", "/loans", "active"),
    queue("todo-quotes", "policy.bind", "/api/insurance/v1/quotes", "/quotes", "open"),
    queue("todo-claims", "claim.assess", "/api/insurance/v1/claims", "/claims", "notified"),
    queue("todo-claims-decide", "claim.approve", "/api/insurance/v1/claims", "/claims", "assessed"),
    queue("todo-claims-pay", "claim.approve", "/api/insurance/v1/claims", "/claims", "approved"),
    queue("todo-warnings", "portfolio.read", "/api/supervision/v1/warnings", "/supervision/warnings", "open"),
];

struct Waiting {
    queue: &'static Queue,
    count: Result<String, ()>,
    none: bool,
    oldest: String,
}

async fn count(desk: &Desk, queue: &'static Queue) -> Waiting {
    let answer = desk.find(queue.api, &[("status", queue.status), ("limit", "100")]).await;
    let Ok(answer) = answer else {
        return Waiting { queue, count: Err(()), none: false, oldest: String::new() };
    };
    let approved_without_pledge = |row: &&Value| {
        queue.key != "todo-pledge" || (row.text("status") == "approved" && !row.has("pledge_id"))
    };
    let waiting: Vec<&Value> = rows(&answer)
        .iter()
        .filter(|row| row.text("status").is_empty() || row.text("status") == queue.status)
        .filter(approved_without_pledge)
        .collect();
    let more = if answer.has("next_cursor") { "+" } else { "" };
    let oldest = waiting
        .iter()
        .map(|row| if row.has("next_due.due") { row.text("next_due.due") } else { stamp_of(row) })
        .filter(|at| !at.is_empty())
        .min()
        .map(figures::day)
        .unwrap_or_default();
    Waiting { queue, count: Ok(format!("{}{more}", waiting.len())), none: waiting.is_empty(), oldest }
}

fn stamp_of(row: &Value) -> &str {
    ["created_at", "notified_at", "submitted_at", "raised_at"]
        .into_iter()
        .map(|name| row.text(name))
        .find(|at| !at.is_empty())
        .unwrap_or_default()
}

/// `GET /`
pub async fn home(desk: Desk) -> Result<Response, Failure> {
    let mine = QUEUES.iter().filter(|queue| desk.may(queue.permission)).map(|queue| count(&desk, queue));
    let (waiting, (figures, trouble)) = tokio::join!(futures::future::join_all(mine), key_figures(&desk));
    let mut table = Table::new(
        &desk,
        desk.t("home-todo"),
        &[desk.t("home-queue"), &format!("#{}", desk.t("home-count")), desk.t("home-oldest")],
    );
    desk.t("home-nothing").clone_into(&mut table.empty);
    for one in waiting {
        let href = with_query(one.queue.here, &[("status", one.queue.status)]);
        let count = match one.count {
            Ok(count) if one.none => Cell::figure(count),
            Ok(count) => Cell { numeric: true, ..Cell::badge(count, "warn") },
            Err(()) => Cell::badge(desk.t("home-no-answer"), "risk"),
        };
        table =
            table.row([Cell::text(desk.words().get(one.queue.key)).to(href), count, Cell::text(one.oldest)]);
    }
    let title = desk.tf("home-welcome", &[("name", &desk.me().name)]);
    let roles: Vec<String> = desk.me().roles.iter().map(|role| desk.word(&format!("role-{role}"))).collect();
    let mut page = Page::new(title)
        .number(format!("{} · {}", desk.me().organisation, roles.join("、")))
        .action(desk.may("application.submit"), desk.t("apply"), "/applications/new")
        .action(desk.may("drawdown.request"), desk.t("draw"), "/facilities")
        .action(desk.may("facility.propose"), desk.t("facility-propose"), "/facilities/new")
        .action(desk.may("quote.make"), desk.t("quote-new"), "/quotes/new");
    if trouble {
        page =
            page.with(Notice { tone: "warn", text: desk.t("home-trouble").to_owned(), ..Notice::default() });
    }
    if !figures.figures.is_empty() {
        page = page.with(figures);
    }
    if !table.rows.is_empty() {
        page = page.with(table);
    }
    if desk.may("session.own") && page.blocks.is_empty() {
        page =
            page.with(Notice { tone: "info", text: desk.t("home-nothing").to_owned(), ..Notice::default() });
    }
    Ok(frame::show(&desk, page))
}

/// The figures that matter to the role, and whether something did not answer.
async fn key_figures(desk: &Desk) -> (FigureRow, bool) {
    if desk.may("portfolio.read") {
        return match desk.get("/api/supervision/v1/overview").await {
            Ok(answer) => (crate::supervision::key_figures(desk, &answer), false),
            Err(_) => (FigureRow::default(), true),
        };
    }
    if desk.may("facility.read") {
        return match desk.find(&format!("{PLEDGE}/facilities"), &[("limit", "100")]).await {
            Ok(answer) => (lines(desk, rows(&answer)), false),
            Err(_) => (FigureRow::default(), true),
        };
    }
    if desk.may("policy.read") {
        return match desk.find("/api/insurance/v1/policies", &[("limit", "100")]).await {
            Ok(answer) => {
                let policies = rows(&answer);
                let sum = |name| Cell::wan(&figures::sum(policies.iter().map(|row| row.text(name))));
                let row = FigureRow::default()
                    .with(
                        desk.t("policies-title"),
                        Cell::figure(policies.len().to_string()).to("/policies"),
                        "",
                    )
                    .with(desk.t("premium-wan"), sum("premium"), "")
                    .with(desk.t("unearned-wan"), sum("unearned"), "");
                (row, false)
            }
            Err(_) => (FigureRow::default(), true),
        };
    }
    (FigureRow::default(), false)
}

/// Limit, use and what is left over the active facilities; an enterprise counts its own sub-limits.
fn lines(desk: &Desk, facilities: &[Value]) -> FigureRow {
    let active: Vec<&Value> = facilities.iter().filter(|row| row.text("status") == "active").collect();
    let own = desk.me().kind == "enterprise";
    let sum = |facility: &'static str, member: &'static str| {
        let amounts: Vec<&str> = if own {
            active
                .iter()
                .flat_map(|row| row.list("members"))
                .filter(|row| row.text("enterprise_id") == desk.me().organisation_id)
                .map(|row| row.text(member))
                .collect()
        } else {
            active.iter().map(|row| row.text(facility)).collect()
        };
        figures::sum(amounts.into_iter())
    };
    let (limit, drawn) = (sum("limit", "sub_limit"), sum("drawn", "drawn"));
    FigureRow::default()
        .with(desk.t("limit-wan"), Cell::wan(&limit).to("/facilities?status=active"), "")
        .with(
            desk.t("drawn-wan"),
            // A cluster's operator sees what is drawn, not each loan.
            Cell::wan(&drawn).with_bar(figures::share(&drawn, &limit)).to(if desk.may("loan.read") {
                "/loans"
            } else {
                ""
            }),
            "",
        )
        .with(desk.t("available-wan"), Cell::wan(&sum("available", "available")), "")
}
