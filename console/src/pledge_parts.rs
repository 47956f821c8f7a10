//! What a pledge's page is made of: where its papers are, what they ask for, the patents with their rights, consents,
//! and what happened.

use serde_json::Value;

use crate::{
    cell::{Cell, tone},
    desk::Desk,
    figures,
    page::{Event, Grid, Notice, Page, Table, Timeline},
    value::{Facts, rows},
};

/// The word of a group of this subject: `pl-state-accepted`.
pub fn word(desk: &Desk, group: &str, value: &str) -> String {
    if value.is_empty() {
        return "—".to_owned();
    }
    let found = desk.words().find(&format!("pl-{group}-{value}"));
    found.map_or_else(|| value.replace('_', " "), str::to_owned)
}

/// The words of several values, one after the other.
pub fn words(desk: &Desk, group: &str, values: &[Value]) -> String {
    let all: Vec<String> =
        values.iter().filter_map(Value::as_str).map(|value| word(desk, group, value)).collect();
    all.join(desk.stop("；"))
}

/// Where a filing is, with its colour.
pub fn filing_state(desk: &Desk, state: &str) -> Cell {
    let colour = match state {
        "accepted" | "submitted" | "corrected" => "warn",
        "deficient" => "risk",
        other => tone(other),
    };
    Cell { tone: if state.is_empty() { "" } else { colour }, ..Cell::text(word(desk, "state", state)) }
}

/// What was filed, where it is, and when the register's answer is due.
pub fn filing(desk: &Desk, row: &Value) -> Cell {
    if !row.has("filing") {
        return Cell::text("");
    }
    let mut cell = filing_state(desk, row.text("filing.state"));
    if row.has("filing.due_on") {
        let due = desk.tf("pl-due-on", &[("day", figures::day(row.text("filing.due_on")).as_str())]);
        cell = cell.under(due);
    }
    if row.flag("overdue") { cell.marked(desk.t("pl-overdue")) } else { cell }
}

/// The facts of a pledge and its patents, as every page of it shows them.
pub fn page(desk: &Desk, p: &Value, title: String) -> Page {
    let mut facts = Grid::new(desk.t("pledge-facts"))
        .fact(desk.t("pledge-registration"), Cell::text(p.text("registration_number")))
        .fact(desk.t("pledgor"), Cell::text(p.text("enterprise_name")))
        .fact(desk.t("pledgee"), Cell::text(p.text("bank_name")))
        .fact(desk.t("secured"), Cell::yuan(p.text("secured_amount")))
        .fact(desk.t("collateral-value"), Cell::yuan(p.text("collateral_value")))
        .fact(desk.t("maximum-loan"), Cell::yuan(p.text("maximum_loan")))
        .fact(desk.t("pl-carrying"), Cell::yuan(p.text("carrying")))
        .fact(desk.t("pl-debt-until"), Cell::day(p.text("debt_until")))
        .fact(desk.t("pl-filing"), filing(desk, p));
    for (permission, label, to) in [
        ("application.read", "pledge-application", format!("/applications/{}", p.text("application_id"))),
        ("facility.read", "col-facility", format!("/facilities/{}", p.text("facility_id"))),
    ] {
        // They say nothing but where to go.
        if desk.may(permission) {
            facts = facts.fact(desk.t(label), Cell::text(desk.t("open")).to(to));
        }
    }
    let heads = [
        desk.t("col-patent"),
        desk.t("pl-right"),
        &format!("#{}", desk.t("collateral-value-wan")),
        desk.t("col-valid-until"),
        desk.t("pl-annuity-until"),
    ];
    let patents = Table::new(desk, desk.t("application-patents"), &heads).rows(p.list("patents"), |row| {
        [
            Cell::text(row.text("title"))
                .under(row.text("number"))
                .to(format!("/patents/{}", row.text("patent_id"))),
            right(desk, row),
            Cell::wan(row.text("collateral_value")),
            Cell::day(row.text("valid_until")),
            Cell::day(row.text("annuity_until")),
        ]
    });
    Page::new(title)
        .up(desk.t("pledges-title"), "/pledges")
        .number(p.text("number"))
        .badge(Cell::state(desk, p.text("status")))
        .with(facts)
        .with(patents)
}

/// How the right under the pledge stands.
fn right(desk: &Desk, patent: &Value) -> Cell {
    if patent.has("released_on") {
        let day = figures::day(patent.text("released_on"));
        return Cell::badge(desk.t("pl-released"), "plain").under(day);
    }
    let status = match patent.text("right.status") {
        "" => "granted",
        told => told,
    };
    let cell = Cell::state(desk, status);
    let open = patent.list("right.challenges");
    if open.is_empty() {
        return cell;
    }
    let named: Vec<String> = open.iter().filter_map(Value::as_str).map(|one| desk.word(one)).collect();
    Cell { tone: "risk", ..cell }.under(desk.tf("pl-challenged", &[("what", &named.join(desk.stop("、")))]))
}

/// What stands above the facts: a deficiency, papers that did not arrive, a register that is late.
pub fn notices(desk: &Desk, p: &Value) -> Vec<Notice> {
    let mut found = Vec::new();
    let open = p.list("filings").first();
    if let Some(asked) = open.map(|one| one.at("deficiency")).filter(|asked| !asked.is_null()) {
        let mut items: Vec<String> = asked
            .list("grounds")
            .iter()
            .filter_map(Value::as_str)
            .map(|ground| word(desk, "g", ground))
            .collect();
        if asked.has("answer_by") {
            let day = figures::day(asked.text("answer_by"));
            items.push(desk.tf("pl-answer-by-day", &[("day", day.as_str())]));
        }
        let title = desk.t("pl-deficiency-title").to_owned();
        found.push(Notice { tone: "warn", title, text: asked.text("text").to_owned(), items });
    }
    if p.has("delivery_error") {
        let text = desk.t("pl-not-delivered").to_owned();
        let items = vec![p.text("delivery_error").to_owned()];
        found.push(Notice { tone: "warn", text, items, ..Notice::default() });
    }
    if p.flag("overdue") {
        let text = desk.t("pl-overdue-text").to_owned();
        found.push(Notice { tone: "risk", title: desk.t("pl-overdue").to_owned(), text, items: Vec::new() });
    }
    if open.is_some_and(|one| one.flag("withdrawal_asked") && p.text("filing.state") != "withdrawn") {
        let text = desk.t("pl-withdrawal-asked").to_owned();
        found.push(Notice { tone: "info", text, ..Notice::default() });
    }
    found
}

/// Everything that was filed, newest first.
pub fn filings(desk: &Desk, p: &Value) -> Table {
    let heads = [
        desk.t("pl-what"),
        desk.t("col-status"),
        desk.t("pl-filed-at"),
        desk.t("pl-delivery"),
        desk.t("pl-decided-on"),
        desk.t("pl-note"),
    ];
    Table::new(desk, desk.t("pl-filings"), &heads).rows(p.list("filings"), |row| {
        let note = [
            row.text("papers.reason").to_owned(),
            words(desk, "g", row.list("grounds")),
            row.text("decision_note").to_owned(),
        ];
        let note: Vec<String> = note.into_iter().filter(|text| !text.is_empty()).collect();
        let way = desk.t(if row.flag("online") { "pl-online" } else { "pl-on-paper" });
        [
            Cell::text(word(desk, "kind", row.text("kind"))).under(way),
            filing_state(desk, row.text("state")),
            Cell::stamp(row.text("filed_at")).under(filed(desk, row)),
            Cell::text(word(desk, "delivery", row.text("delivery"))),
            Cell::day(row.text("decided_on")),
            Cell::text(note.join(" · ")),
        ]
    })
}

/// Who filed it, the office's number for it, and that the pledgor confirmed it.
fn filed(desk: &Desk, row: &Value) -> String {
    let confirmed = match row.text("confirmed_by") {
        "" => String::new(),
        who => desk.tf("pl-confirmed-by", &[("who", who)]),
    };
    let said = [row.text("filed_by").to_owned(), row.text("office_reference").to_owned(), confirmed];
    said.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The pledgee's consents, newest first.
pub fn consents(desk: &Desk, id: &str, answer: &Value, on: &str) -> Table {
    let heads = [
        desk.t("pl-consented"),
        desk.t("pl-terms"),
        &format!("#{}", desk.t("patents-count")),
        desk.t("pl-consent-until"),
        desk.t("pl-given-by"),
        desk.t("col-status"),
    ];
    let may = desk.may("pledge.consent");
    Table::new(desk, desk.t("pl-consents"), &heads).rows(rows(answer), |row| {
        let revoked = row.has("revoked_at");
        let over = row.text("valid_until") < on;
        let state = match (revoked, over) {
            (true, _) => Cell::badge(desk.t("pl-consent-revoked"), "plain").under(row.text("revoke_reason")),
            (_, true) => Cell::badge(desk.t("pl-consent-over"), "plain"),
            _ => Cell::badge(desk.t("pl-consent-holds"), "ok"),
        };
        let state = if may && !revoked && !over {
            state.to(format!("/pledges/{id}/consents/{}/revoke", row.text("id")))
        } else {
            state
        };
        [
            Cell::text(words(desk, "act", row.list("acts"))),
            Cell::text(row.text("terms")),
            Cell::figure(row.list("patents").len().to_string()),
            Cell::day(row.text("valid_until")).under(figures::day(row.text("valid_from"))),
            Cell::text(row.text("given_by")),
            state,
        ]
    })
}

/// What happened, newest last.
pub fn timeline(desk: &Desk, history: &Value) -> Timeline {
    let events = rows(history)
        .iter()
        .map(|line| Event {
            at: figures::stamp(line.text("at")),
            what: Cell::text(word(desk, "h", line.text("kind"))),
            note: note(desk, line),
        })
        .collect();
    Timeline { title: desk.t("timeline").to_owned(), events }
}

/// Who, and what was said with it.
fn note(desk: &Desk, line: &Value) -> String {
    let details = line.at("details");
    let mut said = vec![line.text("who").to_owned()];
    for name in ["registration_number", "number", "text", "reason", "note", "terms", "asked_by", "error"] {
        said.push(details.text(name).to_owned());
    }
    said.push(details.at("act").as_str().map_or_else(String::new, |act| word(desk, "act", act)));
    said.push(words(desk, "act", details.list("acts")));
    said.push(words(desk, "g", details.list("grounds")));
    if details.text("came_to") == "contradicts" {
        said.push(desk.t("pl-contradicts").to_owned());
    }
    said.retain(|text| !text.is_empty());
    said.join(" · ")
}
