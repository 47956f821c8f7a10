//! The supervisor's lists: facilities, loans down to their events, warnings, valuations that differ.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    failure::Failure,
    figures, frame,
    list::{self, List, chosen, column, numeric, picked, typed},
    loans,
    page::{Event, FigureRow, Grid, Page, Table, Timeline},
    proposals, risk_words,
    supervision::API,
    value::{Facts, rows},
};

/// `GET /supervision/facilities`
pub async fn facilities(desk: Desk) -> Result<Response, Failure> {
    let banks = proposals::organisations(&desk, "bank").await;
    let states = ["proposed", "active", "suspended", "expired", "closed", "refused"];
    let list = List {
        api: format!("{API}/facilities"),
        filters: vec![
            typed("q", "facilities-q"),
            picked("bank_id", "col-bank", banks),
            chosen(&desk, "status", "col-status", &states),
        ],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/supervision/facilities/{}", row.text("id")))
            }),
            column("col-name", |_, row| Cell::text(row.text("name")).under(row.text("cluster"))),
            column("col-bank", |_, row| Cell::text(row.text("bank_name"))),
            numeric("limit-wan", |_, row| Cell::wan(row.text("limit"))).summed("limit"),
            numeric("drawn-wan", |_, row| {
                Cell::wan(row.text("drawn")).with_bar(figures::share(row.text("drawn"), row.text("limit")))
            })
            .summed("drawn"),
            numeric("reserved-wan", |_, row| Cell::wan(row.text("reserved"))).summed("reserved"),
            numeric("available-wan", |_, row| Cell::wan(row.text("available"))).summed("available"),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("sup-facilities-title")), list).await
}

/// `GET /supervision/facilities/export`
pub async fn facilities_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(&format!("{API}/facilities")).await
}

/// `GET /supervision/facilities/{id}`
pub async fn facility(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{API}/facilities/{id}")).await?;
    let f = &facility;
    let heads = [
        desk.t("col-enterprise"),
        &format!("#{}", desk.t("sub-limit-wan")),
        &format!("#{}", desk.t("drawn-wan")),
        &format!("#{}", desk.t("available-wan")),
    ];
    let members = Table::new(&desk, desk.t("facility-members"), &heads).rows(f.list("members"), |m| {
        let href = format!("/supervision/loans?enterprise_id={}", m.text("enterprise_id"));
        [
            Cell::text(m.text("enterprise_name")).to(href),
            Cell::wan(m.text("sub_limit")),
            Cell::wan(m.text("drawn")).with_bar(figures::share(m.text("drawn"), m.text("sub_limit"))),
            Cell::wan(m.text("available")),
        ]
    });
    let page = Page::new(f.text("name"))
        .up(desk.t("sup-facilities-title"), "/supervision/facilities")
        .number(format!("{} · {}", f.text("number"), f.text("bank_name")))
        .badge(Cell::state(&desk, f.text("status")))
        .with(crate::facilities::use_of(&desk, f))
        .with(members)
        .with(events(&desk, f.list("events")));
    Ok(frame::show(&desk, page))
}

/// `GET /supervision/loans`
pub async fn loans_list(desk: Desk) -> Result<Response, Failure> {
    let banks = proposals::organisations(&desk, "bank").await;
    let mut filters = vec![
        typed("q", "loans-q"),
        picked("bank_id", "col-bank", banks),
        chosen(&desk, "status", "col-status", &["active", "overdue", "repaid", "written_off"]),
        picked("tier", "risk-tier", risk_words::supervised_tiers(&desk)),
        picked("stage", "risk-stage", risk_words::stages(&desk)),
        picked("industry", "patents-industry", crate::patents::industries(&desk).await),
    ];
    if !desk.asked("enterprise_id").is_empty() {
        filters.push(typed("enterprise_id", "col-enterprise"));
    }
    let list = List {
        api: format!("{API}/loans"),
        filters,
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/supervision/loans/{}", row.text("id")))
            }),
            column("col-enterprise", |_, row| Cell::text(row.text("enterprise_name"))),
            column("col-bank", |_, row| Cell::text(row.text("bank_name")).under(row.text("facility_name"))),
            column("patents-industry", |desk, row| Cell::text(desk.word(row.text("industry")))),
            numeric("principal-wan", |_, row| Cell::wan(row.text("principal"))).summed("principal"),
            numeric("sup-covered-wan", |_, row| Cell::wan(row.text("covered"))).summed("covered"),
            numeric("outstanding-wan", |_, row| Cell::wan(row.text("outstanding"))).summed("outstanding"),
            numeric("annual-rate", |_, row| Cell::percent(&row.shown("annual_rate"))),
            column("loan-drawn-on", |_, row| Cell::day(row.text("drawn_on"))),
            column("loan-matures-on", |_, row| Cell::day(row.text("matures_on"))),
            column("risk-tier", |desk, row| risk_words::tier(desk, row.text("tier"))),
            column("risk-stage", |desk, row| Cell::text(risk_words::stage(desk, &row.shown("stage")))),
            numeric("risk-provision-wan", |_, row| Cell::wan(row.text("provision")))
                .summed("provision")
                .sorted("provision"),
            column("col-status", loans::status),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("sup-loans-title")), list).await
}

/// `GET /supervision/loans/export`
pub async fn loans_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(&format!("{API}/loans")).await
}

/// `GET /supervision/loans/{id}`
pub async fn loan(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let loan = desk.get(&format!("{API}/loans/{id}")).await?;
    let l = &loan;
    let standing = FigureRow::default()
        .with(desk.t("loan-principal"), Cell::yuan(l.text("principal")), "")
        .with(desk.t("sup-covered"), Cell::yuan(l.text("covered")), "")
        .with(desk.t("outstanding"), Cell::yuan(l.text("outstanding")), "")
        .with(desk.t("annual-rate"), Cell::percent(&l.shown("annual_rate")), "")
        .with(
            desk.t("risk-tier"),
            risk_words::tier(&desk, l.text("tier")),
            risk_words::stage(&desk, &l.shown("stage")),
        )
        .with(desk.t("risk-provision"), Cell::yuan(l.text("provision")), "");
    let facts = Grid::new(desk.t("loan-terms"))
        .fact(desk.t("col-bank"), Cell::text(l.text("bank_name")))
        .fact(
            desk.t("col-facility"),
            Cell::text(l.text("facility_name"))
                .to(format!("/supervision/facilities/{}", l.text("facility_id"))),
        )
        .fact(desk.t("patents-industry"), Cell::text(desk.word(l.text("industry"))))
        .fact(desk.t("loan-drawn-on"), Cell::day(l.text("drawn_on")))
        .fact(desk.t("loan-matures-on"), Cell::day(l.text("matures_on")))
        .fact(desk.t("risk-assessed-on"), Cell::day(l.text("assessed_on")))
        .fact(desk.t("risk-days"), Cell::figure(l.shown("assessed_overdue_days")));
    let page = Page::new(desk.tf("loan-of", &[("name", l.text("enterprise_name"))]))
        .up(desk.t("sup-loans-title"), "/supervision/loans")
        .number(l.text("number"))
        .badge(loans::status(&desk, l))
        .action(desk.may("loan.read"), desk.t("sup-loan-at-bank"), format!("/loans/{id}"))
        .with(standing)
        .with(facts)
        .with(events(&desk, l.list("events")));
    Ok(frame::show(&desk, page))
}

/// Events in the order they happened, with what they say in figures.
fn events(desk: &Desk, events: &[Value]) -> Timeline {
    let mut sorted: Vec<&Value> = events.iter().collect();
    sorted.sort_by_key(|event| (stamp(event).to_owned(), event.count("version")));
    let shown = sorted.into_iter().map(|event| {
        let name = match event.text("name") {
            "" => event.text("kind"),
            name => name,
        };
        Event {
            at: figures::stamp(stamp(event)),
            what: Cell::text(desk.word(name)),
            note: note(desk, event.at("data")),
        }
    });
    Timeline { title: desk.t("timeline").to_owned(), events: shown.collect() }
}

fn stamp(event: &Value) -> &str {
    match event.text("occurred_at") {
        "" => event.text("at"),
        at => at,
    }
}

/// The amounts, days and reasons of an event's data.
fn note(desk: &Desk, data: &Value) -> String {
    const SAID: [&str; 12] = [
        "amount",
        "covered",
        "principal",
        "interest",
        "outstanding",
        "limit",
        "drawn",
        "value",
        "premium",
        "status",
        "matures_on",
        "reason",
    ];
    SAID.into_iter()
        .filter(|name| data.has(name) && !data.shown(name).is_empty())
        .map(|name| {
            let shown = data.shown(name);
            let shown = match name {
                "status" => desk.word(&shown),
                "reason" | "matures_on" => shown,
                _ => figures::yuan(&shown),
            };
            format!("{} {shown}", desk.word(&format!("as-{name}")))
        })
        .collect::<Vec<_>>()
        .join(desk.stop("，"))
}

/// `GET /supervision/warnings`
pub async fn warnings(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: format!("{API}/warnings"),
        filters: vec![chosen(&desk, "status", "col-status", &["open", "closed"])],
        columns: vec![
            column("warning-title", |desk, row| {
                Cell::text(row.said("title", desk.lang()))
                    .under(row.said("detail", desk.lang()))
                    .to(subject_href(row))
            }),
            column("finding-severity", |desk, row| Cell::state(desk, row.text("severity"))),
            column("finding-subject", |desk, row| Cell::text(desk.word(row.text("subject")))),
            numeric("rating-value", |_, row| Cell::figure(row.shown("value"))),
            numeric("warning-threshold", |_, row| Cell::figure(row.shown("threshold"))),
            column("warning-raised", |_, row| Cell::stamp(row.text("raised_at"))),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))),
        ],
        export: false,
    };
    let mut page = list::fill(&desk, Page::new(desk.t("warnings-title")), list).await?;
    if let Ok(rules) = desk.get(&format!("{API}/warning-rules")).await {
        let heads = [
            desk.t("warning-rule"),
            &format!("#{}", desk.t("warning-threshold")),
            desk.t("finding-severity"),
        ];
        page = page.with(Table::new(&desk, desk.t("warning-rules"), &heads).rows(rows(&rules), |rule| {
            let name = [rule.said("title", desk.lang()), rule.said("name", desk.lang()), rule.text("rule")];
            let name = name.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
            [
                Cell::text(name).under(rule.said("detail", desk.lang())),
                Cell::figure(rule.shown("threshold")),
                Cell::state(&desk, rule.text("severity")),
            ]
        }));
    }
    Ok(frame::show(&desk, page))
}

fn subject_href(row: &Value) -> String {
    let id = row.text("subject_id");
    match row.text("subject") {
        "loan" => format!("/supervision/loans/{id}"),
        "facility" => format!("/supervision/facilities/{id}"),
        "patent" => format!("/patents/{id}"),
        "application" => format!("/applications/{id}"),
        "pledge" => format!("/pledges/{id}"),
        "enterprise" => format!("/supervision/loans?enterprise_id={id}"),
        _ => String::new(),
    }
}

/// `GET /supervision/deviations`
pub async fn deviations(desk: Desk) -> Result<Response, Failure> {
    let answer = desk.find(&format!("{API}/valuation-deviations"), &[("limit", "100")]).await?;
    let heads = [
        desk.t("col-patent"),
        desk.t("deviation-values"),
        &format!("#{}", desk.t("valuation-low-wan")),
        &format!("#{}", desk.t("valuation-high-wan")),
        &format!("#{}", desk.t("deviation-spread")),
    ];
    let table = Table::new(&desk, "", &heads).rows(rows(&answer), |row| {
        let values: Vec<String> = row
            .list("values")
            .iter()
            .map(|v| {
                format!(
                    "{} {}{}{}{}",
                    v.text("bank_name"),
                    figures::wan(v.text("value")),
                    desk.stop("（"),
                    figures::day(v.text("valuation_date")),
                    desk.stop("）")
                )
            })
            .collect();
        [
            Cell::text(row.text("title"))
                .under(row.text("number"))
                .to(format!("/patents/{}", row.text("patent_id"))),
            Cell::text(values.join(desk.stop("；"))),
            Cell::wan(row.text("low")),
            Cell::wan(row.text("high")),
            Cell::percent(&row.shown("spread")),
        ]
    });
    let page = Page::new(desk.t("deviations-title")).number(desk.t("deviations-note")).with(table);
    Ok(frame::show(&desk, page))
}
