//! Deciding what a colleague asked for in a case: what is asked, what it would do today, and where the case stands, side by
//! side.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    decisions::permitted,
    desk::{Desk, Id},
    disposal::{self, choices, facts, owed, plan_facts, said, state},
    disposal_pictures::{recovery, sharing, waterfall},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::Form,
    frame, line_authority,
    list::{self, List, column, numeric, picked},
    page::{Beside, Block, Grid, Notice, Page, Table},
    steps::{self, Step, Words},
    value::Facts,
};

/// The proposals' address.
pub const API: &str = "/api/pledge/v1/disposal-proposals";
/// The ask that takes the bank's levels of approval.
const WRITE_OFF: &str = "write_off";
/// The risk manager's word, in addresses here and in the API.
const CONSENT: &str = "consent";
const DECISIONS: &[&str] = &["proposed", "approved", "refused"];

const STEPS: &[Step] = &[
    Step {
        name: "approve",
        key: "approve",
        permission: "disposal.approve",
        words: Words::Comment,
        danger: false,
        done: "approved",
    },
    Step {
        name: "refuse",
        key: "refuse",
        permission: "disposal.approve",
        words: Words::Reason,
        danger: true,
        done: "refused",
    },
];

/// `GET /disposal-proposals`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![picked("status", "col-status", choices(&desk, DECISIONS))],
        columns: vec![
            column("disp-proposal", |desk, row| {
                Cell::text(said(desk, row.text("ask.kind")))
                    .to(format!("/disposal-proposals/{}", row.text("id")))
            }),
            column("disp-case", |_, row| {
                Cell::text(row.text("case_number"))
                    .under(row.text("enterprise_name"))
                    .to(format!("/disposal/{}", row.text("case_id")))
            }),
            numeric("amount", |_, row| Cell::yuan(row.text("ask.amount"))),
            column("maker", |_, row| Cell::text(row.text("maker"))),
            column("approver", |_, row| Cell::text(row.text("approver"))),
            column("col-created", |_, row| Cell::stamp(row.text("created_at"))),
            column("col-status", |desk, row| state(desk, row.text("status"))),
        ],
        export: false,
    };
    list::show(&desk, Page::new(desk.t("disp-proposals")).up(desk.t("disp-title"), "/disposal"), list).await
}

/// What is asked for, as facts.
fn asked(desk: &Desk, ask: &Value) -> Grid {
    let mut grid = Grid::new(desk.t("disp-asked"));
    if ask.text("kind") == "plan" {
        return plan_facts(desk, grid, ask);
    }
    if ask.has("method") {
        grid = grid.fact(desk.t("disp-method"), Cell::text(said(desk, ask.text("method"))));
    }
    for (name, key) in [("amount", "amount"), ("valuation", "disp-valuation")] {
        if ask.has(name) {
            let words = figures::in_words(ask.text(name), desk.lang());
            grid = grid.fact(desk.words().get(key), Cell::text(words));
        }
    }
    for (name, key) in [
        ("buyer", "disp-buyer"),
        ("purpose", "disp-purpose"),
        ("payee", "disp-payee"),
        ("payer", "fund-payer"),
        ("reference", "disp-reference"),
        ("clause", "disp-clause"),
        ("valuer", "disp-valuer"),
        ("note", "col-comment"),
        ("reason", "col-reason"),
    ] {
        if ask.has(name) {
            grid = grid.fact(desk.words().get(key), Cell::text(ask.text(name)));
        }
    }
    for (name, key) in [("value", "disp-finding-value"), ("costs", "disp-finding-costs")] {
        if ask.has(name) {
            grid = grid.fact(desk.words().get(key), Cell::yuan(ask.text(name)));
        }
    }
    if ask.has("notified_on") {
        grid = grid.fact(desk.t("disp-notified-on"), Cell::day(ask.text("notified_on")));
    }
    for (name, key) in [("outcome", "outcome"), ("condition", "disp-condition"), ("ground", "disp-ground")] {
        if ask.has(name) {
            grid = grid.fact(desk.words().get(key), Cell::text(said(desk, ask.text(name))));
        }
    }
    if ask.has("claim_id") {
        let claim = format!("/compensation-claims/{}", ask.text("claim_id"));
        grid = grid.fact(desk.t("comp-claim"), Cell::text(desk.t("open")).to(claim));
    }
    grid
}

/// The patents of a sale or the papers of a write-off.
fn details(desk: &Desk, ask: &Value) -> Option<Block> {
    if ask.has("lots") {
        let heads = [
            desk.t("col-patent"),
            &format!("#{}", desk.t("disp-appraised")),
            &format!("#{}", desk.t("disp-price")),
        ];
        let table = Table::new(desk, desk.t("disp-lots"), &heads).rows(ask.list("lots"), |lot| {
            [
                Cell::text(lot.text("number")).to(format!("/patents/{}", lot.text("patent_id"))),
                Cell::yuan(lot.text("appraised")),
                Cell::yuan(lot.text("price")),
            ]
        });
        return Some(table.into());
    }
    if ask.has("papers") {
        let heads = [desk.t("disp-paper"), desk.t("disp-reference")];
        let table = Table::new(desk, desk.t("disp-papers"), &heads).rows(ask.list("papers"), |paper| {
            [
                Cell::text(said(desk, &format!("paper-{}", paper.text("code")))),
                Cell::text(paper.text("reference")),
            ]
        });
        return Some(table.into());
    }
    None
}

/// What it did, or would do today.
fn effect(desk: &Desk, one: &Value) -> Vec<Block> {
    let done = one.at("result");
    match done.text("did") {
        "realised" => waterfall(desk, done, "").into(),
        "shared" => sharing(desk, done),
        "recovered" => vec![recovery(desk, done).into()],
        "accelerated" => {
            let grid = Grid::new(desk.t("disp-effect"))
                .fact(desk.t("disp-falls-due"), Cell::yuan(done.text("principal")));
            vec![grid.into()]
        }
        "found" => {
            let heads = [desk.t("col-patent"), &format!("#{}", desk.t("disp-appraised"))];
            let table =
                Table::new(desk, desk.t("disp-worthless"), &heads).rows(done.list("worthless"), |row| {
                    [
                        Cell::text(row.text("number")).to(format!("/patents/{}", row.text("patent_id"))),
                        Cell::yuan(row.text("value")),
                    ]
                });
            vec![table.into()]
        }
        "written_off" => {
            let grid = Grid::new(desk.t("disp-effect"))
                .fact(desk.t("disp-taken-off"), Cell::yuan(done.text("taken_off")))
                .fact(desk.t("disp-written-off"), Cell::yuan(done.text("principal")))
                .fact(desk.t("disp-claim-kept"), Cell::yuan(done.text("claim_kept")));
            vec![grid.into()]
        }
        "" if one.text("status") == "proposed" => {
            let text = desk.t("disp-not-possible").to_owned();
            vec![Notice { tone: "warn", text, ..Notice::default() }.into()]
        }
        _ => Vec::new(),
    }
}

async fn page(desk: &Desk, one: &Value) -> Result<Page, Failure> {
    let id = Id::from(one.text("case_id").to_owned());
    let case = desk.get(&format!("{}/{id}", disposal::API)).await?;
    let hands = Grid::new(desk.t("hands"))
        .fact(desk.t("maker"), Cell::text(one.text("maker")))
        .fact(desk.t("col-created"), Cell::stamp(one.text("created_at")))
        .fact(desk.t("approver"), Cell::text(one.text("approver")))
        .fact(desk.t("col-reason"), Cell::text(one.text("refusal_reason")));
    let mut page = Page::new(said(desk, one.text("ask.kind")))
        .up(case.text("number"), format!("/disposal/{id}"))
        .number(one.text("case_number"))
        .badge(state(desk, one.text("status")))
        .with(Beside { blocks: vec![asked(desk, one.at("ask")).into(), hands.into()] });
    if one.text("ask.kind") == WRITE_OFF {
        let demanded = line_authority::demanded(desk, &format!("{API}/{}", one.text("id"))).await;
        page.blocks.extend(line_authority::blocks(desk, &demanded));
    }
    page.blocks.extend(details(desk, one.at("ask")));
    page.blocks.extend(effect(desk, one));
    Ok(page.with(owed(desk, &case)).with(facts(desk, &case)))
}

/// `GET /disposal-proposals/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let one = desk.get(&format!("{API}/{id}")).await?;
    let open = one.text("status") == "proposed" && desk.may("disposal.approve");
    let speaks = one.text("status") == "proposed"
        && one.text("ask.kind") == WRITE_OFF
        && desk.may("application.consent");
    let page = page(&desk, &one)
        .await?
        .action(speaks, desk.t("consent"), format!("/disposal-proposals/{id}/{CONSENT}"))
        .action(open, desk.t("approve"), format!("/disposal-proposals/{id}/approve"))
        .action(open, desk.t("refuse"), format!("/disposal-proposals/{id}/refuse"));
    Ok(frame::show(&desk, page))
}

/// The form of a decision; of a write-off with the colleagues whose authority may be used.
async fn form(desk: &Desk, one: &Value, step: Step) -> Form {
    let form = plain_form(desk, one, step);
    if step.name != "approve" || one.text("ask.kind") != WRITE_OFF {
        return form;
    }
    let demanded = line_authority::demanded(desk, &format!("{API}/{}", one.text("id"))).await;
    line_authority::lent(desk, form, &demanded)
}

/// The risk manager's word on a write-off.
fn consent_form(desk: &Desk, id: &str) -> Form {
    line_authority::consent_form(desk, format!("/disposal-proposals/{id}/{CONSENT}"))
}

fn plain_form(desk: &Desk, one: &Value, step: Step) -> Form {
    step.form(desk, format!("/disposal-proposals/{}/{}", one.text("id"), step.name))
        .seen(one)
        .title(desk.words().get(step.key))
}

/// `GET /disposal-proposals/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    if &*step == CONSENT {
        permitted(&desk, "application.consent")?;
        let one = desk.get(&format!("{API}/{id}")).await?;
        let form = consent_form(&desk, &id);
        return Ok(frame::show(&desk, page(&desk, &one).await?.with(form)));
    }
    let step = steps::find(&desk, STEPS, &step)?;
    let one = desk.get(&format!("{API}/{id}")).await?;
    let form = form(&desk, &one, step).await;
    Ok(frame::show(&desk, page(&desk, &one).await?.with(form)))
}

/// `POST /disposal-proposals/{id}/{step}`
pub async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    if &*step == CONSENT {
        return speak(&desk, &id, &input).await;
    }
    let step = steps::find(&desk, STEPS, &step)?;
    let answer = steps::take(&desk, &format!("{API}/{id}/{}", step.name), &input).await;
    let here = format!("/disposal-proposals/{id}");
    if let Ok(decided) = &answer {
        return Ok(frame::go(&here, line_authority::done(decided, step.name, step.done)));
    }
    let one = desk.get(&format!("{API}/{id}")).await?;
    let page = page(&desk, &one).await?;
    let form = form(&desk, &one, step).await;
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| page.with(form))
}

/// Takes the risk manager's word.
async fn speak(desk: &Desk, id: &str, input: &Input) -> Result<Response, Failure> {
    permitted(desk, "application.consent")?;
    let draft = Draft::new(desk, input).texts(&["comment"]).with("agrees", input.text("agrees") == "true");
    let answer = draft.send(&format!("{API}/{id}/{CONSENT}")).await;
    let here = format!("/disposal-proposals/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, "consented"));
    }
    let one = desk.get(&format!("{API}/{id}")).await?;
    let page = page(desk, &one).await?;
    steps::answered(desk, answer, (&here, ""), input, consent_form(desk, id), |form| page.with(form))
}
