//! Reversals of ledger movements (冲正): the list, one of them beside the movement that it undoes, confirming and rejecting
//! it as another person than proposed it.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::Input,
    failure::Failure,
    frame,
    ledger::{self, movement_page},
    list::{self, List, chosen, column},
    page::{Grid, Page},
    steps::{self, Step, Words},
    value::Facts,
};

const REVERSALS: &str = "/api/pledge/v1/ledger-reversals";

const STEPS: &[Step] = &[
    Step {
        name: "confirm",
        key: "rev-confirm",
        permission: "ledger.reverse",
        words: Words::Nothing,
        danger: true,
        done: "rev-confirmed",
    },
    Step {
        name: "reject",
        key: "rev-reject",
        permission: "ledger.reverse",
        words: Words::Reason,
        danger: false,
        done: "rev-rejected",
    },
];

/// `GET /ledger-reversals`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: REVERSALS.to_owned(),
        filters: vec![chosen(&desk, "status", "col-status", &["proposed", "confirmed", "rejected"])],
        columns: vec![
            column("ledger-kind", |desk, row| {
                Cell::text(desk.word(row.text("movement_kind")))
                    .to(format!("/ledger-reversals/{}", row.text("id")))
            }),
            column("col-reason", |_, row| Cell::text(row.text("reason"))),
            column("maker", |_, row| Cell::text(row.text("maker"))),
            column("rev-checker", |_, row| Cell::text(row.text("checker"))),
            column("col-created", |_, row| Cell::stamp(row.text("created_at"))),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))),
        ],
        export: false,
    };
    let page = Page::new(desk.t("rev-title")).up(desk.t("ledger-title"), "/ledger");
    list::show(&desk, page, list).await
}

async fn beside(desk: &Desk, id: &str) -> Result<(Value, Page), Failure> {
    let one = desk.get(&format!("{REVERSALS}/{id}")).await?;
    let movement = desk.get(&format!("{}/movements/{}", ledger::API, one.text("movement_id"))).await?;
    let mut facts = Grid::new(desk.t("rev-proposal"))
        .fact(desk.t("col-reason"), Cell::text(one.text("reason")))
        .fact(desk.t("maker"), Cell::text(one.text("maker")))
        .fact(desk.t("col-created"), Cell::stamp(one.text("created_at")));
    if one.has("checker") {
        facts = facts
            .fact(desk.t("rev-checker"), Cell::text(one.text("checker")))
            .fact(desk.t("rev-decided"), Cell::stamp(one.text("decided_at")));
    }
    if one.has("decision_reason") {
        facts = facts.fact(desk.t("rev-why-rejected"), Cell::text(one.text("decision_reason")));
    }
    if one.has("reversal_movement_id") {
        let mirror = format!("/ledger/movements/{}", one.text("reversal_movement_id"));
        facts = facts.fact(desk.t("rev-mirror"), Cell::text(desk.t("open")).to(mirror));
    }
    let mut page = movement_page(desk, one.text("movement_id"), &movement)
        .up(desk.t("rev-title"), "/ledger-reversals")
        .badge(Cell::state(desk, one.text("status")));
    page.blocks.insert(0, facts.into());
    Ok((one, page))
}

/// `GET /ledger-reversals/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let (one, mut page) = beside(&desk, &id).await?;
    let open = one.text("status") == "proposed" && desk.may("ledger.reverse");
    for step in STEPS {
        page = page.action(open, desk.words().get(step.key), format!("/ledger-reversals/{id}/{}", step.name));
    }
    Ok(frame::show(&desk, page))
}

/// `GET /ledger-reversals/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let (_, page) = beside(&desk, &id).await?;
    let form = step.form(&desk, format!("/ledger-reversals/{id}/{}", step.name));
    Ok(frame::show(&desk, page.with(form)))
}

/// `POST /ledger-reversals/{id}/{step}`
pub async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let here = format!("/ledger-reversals/{id}");
    let answer = steps::take(&desk, &format!("{REVERSALS}/{id}/{}", step.name), &input).await;
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let (_, page) = beside(&desk, &id).await?;
    let form = step.form(&desk, format!("{here}/{}", step.name));
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| page.with(form))
}
