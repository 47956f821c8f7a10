//! The start page: what needs this person today, counted from the lists, and the figures that matter to the role.

use axum::response::Response;
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::Desk,
    failure::Failure,
    figures, frame, home_queues,
    page::{Block, FigureRow, Notice, Page, Table},
    reference_rates,
    value::{Facts, rows},
    working_days,
};

const PLEDGE: &str = "/api/pledge/v1";
/// Where a bank states its capital, which its bounds on large exposures go by.
const ELIGIBILITY: &str = "/parameters/application_eligibility";

/// `GET /`
pub async fn home(desk: Desk) -> Result<Response, Failure> {
    let mine = home_queues::of(&desk).map(|queue| home_queues::count(&desk, queue));
    let (waiting, (figures, trouble), unbounded) =
        tokio::join!(futures::future::join_all(mine), key_figures(&desk), unbounded(&desk));
    let mut table = Table::new(
        &desk,
        desk.t("home-todo"),
        &[desk.t("home-queue"), &format!("#{}", desk.t("home-count")), desk.t("home-oldest")],
    );
    desk.t("home-nothing").clone_into(&mut table.empty);
    for one in waiting {
        let href = one.queue.href();
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
        .number(format!("{} · {}", desk.me().organisation, roles.join(desk.stop("、"))))
        .action(desk.may("application.submit"), desk.t("apply"), "/applications/new")
        .action(desk.may("drawdown.request"), desk.t("draw"), "/facilities")
        .action(desk.may("facility.propose"), desk.t("facility-propose"), "/facilities/new")
        .action(desk.may("quote.make"), desk.t("quote-new"), "/quotes/new")
        .action(unbounded, desk.t("home-capital-state"), format!("{ELIGIBILITY}/propose"));
    if unbounded {
        page = page.with(Notice {
            tone: "warn",
            title: desk.t("param-capital-title").to_owned(),
            text: desk.t("home-capital").to_owned(),
            items: Vec::new(),
        });
    }
    if desk.may("parameter.propose") || desk.may("close_of_business.run") {
        // Whoever records them, and whoever closes the days that go by them, hears in time of what is not known.
        page.blocks.extend(working_days::notice(&desk).await.ok().flatten().map(Block::from));
        page.blocks.extend(reference_rates::notice(&desk).await.map(Block::from));
    }
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

/// Whether the one who sets the bank's rules has to hear that its capital is not stated, so that no bound goes by it.
async fn unbounded(desk: &Desk) -> bool {
    desk.may("parameter.propose")
        && desk
            .get(&format!("{PLEDGE}{ELIGIBILITY}"))
            .await
            .is_ok_and(|set| crate::parameters::bounds_rest(&set))
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
