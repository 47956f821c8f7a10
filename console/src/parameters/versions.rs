//! Versions that one person proposes and another decides: what their pages have in common, whatever the versions hold.
//! `here` is the page of what they are versions of; a version's own is below it.

use serde_json::Value;

use crate::{
    cell::Cell,
    desk::Desk,
    form::{Field, Form, Kind},
    page::{Grid, Notice, Page, Table},
    steps::{Step, Words},
    value::{Facts, rows},
};

/// Deciding about a version that waits.
pub const STEPS: &[Step] = &[
    Step {
        name: "approve",
        key: "approve",
        permission: "parameter.approve",
        words: Words::Nothing,
        danger: false,
        done: "param-approved",
    },
    Step {
        name: "refuse",
        key: "refuse",
        permission: "parameter.approve",
        words: Words::Reason,
        danger: true,
        done: "refused",
    },
];

/// The page of a version.
pub fn path(here: &str, id: &str) -> String {
    format!("{here}/versions/{id}")
}

/// Proposing where nothing waits; where something does, what that is and the way to decide it.
pub fn proposal(desk: &Desk, page: Page, here: &str, set: &Value) -> Page {
    let waits = set.has("proposal");
    let page = page
        .action(desk.may("parameter.propose") && !waits, desk.t("param-propose"), format!("{here}/propose"))
        .action(
            desk.may("parameter.approve") && waits,
            desk.t("decide"),
            path(here, set.text("proposal.id")),
        );
    if !waits {
        return page;
    }
    page.with(Notice {
        tone: "warn",
        title: desk.tf("param-waits", &[("version", &set.shown("proposal.version"))]),
        text: set.text("proposal.reason").to_owned(),
        items: vec![desk.tf("param-by", &[("name", set.text("proposal.maker"))])],
    })
}

/// Every version, who made it and who decided.
pub fn table(desk: &Desk, here: &str, versions: &Value) -> Table {
    let heads = [
        desk.t("param-version"),
        desk.t("param-effective"),
        desk.t("maker"),
        desk.t("approver"),
        desk.t("col-created"),
        desk.t("col-status"),
    ];
    Table::new(desk, desk.t("param-versions"), &heads).rows(rows(versions), |version| {
        [
            Cell::text(version.shown("version")).to(path(here, version.text("id"))),
            Cell::day(version.text("effective_from")),
            Cell::text(version.text("maker")),
            Cell::text(version.text("approver")),
            Cell::stamp(version.text("created_at")),
            Cell::state(desk, version.text("status")),
        ]
    })
}

/// The version that another would replace; none where it is the one in force, which is held against what it replaced.
pub fn replaced<'set>(set: &'set Value, id: &str) -> &'set str {
    match set.text("active.id") {
        active if active == id => "",
        active => active,
    }
}

/// What a version is held against, in words.
pub fn against(desk: &Desk, diff: &Value) -> String {
    match diff.shown("from.version") {
        number if number.is_empty() => desk.t("param-against-platform").to_owned(),
        number => desk.tf("param-against", &[("version", &number)]),
    }
}

/// Who made a version, who decided it, and why; behind the facts of whose it is.
pub fn facts(desk: &Desk, whose: Grid, version: &Value) -> Grid {
    whose
        .fact(desk.t("param-effective"), Cell::day(version.text("effective_from")))
        .fact(desk.t("maker"), Cell::text(version.text("maker")))
        .fact(desk.t("col-created"), Cell::stamp(version.text("created_at")))
        .fact(desk.t("col-reason"), Cell::text(version.text("reason")))
        .fact(desk.t("approver"), Cell::text(version.text("approver")))
        .fact(desk.t("param-decided"), Cell::stamp(version.text("decided_at")))
        .fact(desk.t("param-decision"), Cell::text(version.text("decision_reason")))
}

/// The ways to decide a version that waits.
pub fn steps(desk: &Desk, page: Page, (here, id): (&str, &str), version: &Value) -> Page {
    let waits = version.text("status") == "proposed";
    let at = path(here, id);
    STEPS.iter().fold(page, |page, step| {
        let open = waits && desk.may(step.permission);
        page.action(open, desk.words().get(step.key), format!("{at}/{}", step.name))
    })
}

/// The form of a decision.
pub fn step_form(desk: &Desk, here: &str, id: &str, step: Step) -> Form {
    let form = step.form(desk, format!("{}/{}", path(here, id), step.name));
    if step.words == Words::Nothing {
        return form
            .intro(desk.t("param-approve-intro"))
            .field(Field::new(Kind::Lines, "reason", desk.t("col-comment")).optional());
    }
    form
}
