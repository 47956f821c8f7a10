//! A write-off as the banks that take part in the loan see it: what is owed, what was done to collect, the papers, who has
//! agreed; and the word of the own bank, after its risk manager's where its authority asks for it.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    decisions::permitted,
    desk::{Desk, Id},
    disposal::{owed, said, state},
    disposal_decisions::API,
    documents,
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::Form,
    frame, line_agreements, line_authority,
    page::{Beside, Grid, Page, Table},
    session::Console,
    steps::{self, Step, Words},
    value::Facts,
};

/// The risk manager's word, in addresses here and in the API.
const CONSENT: &str = "consent";

const STEPS: &[Step] = &[
    Step {
        name: "agree",
        key: "wo-agree",
        permission: "disposal.approve",
        words: Words::Comment,
        danger: false,
        done: "ag-agreed",
    },
    Step {
        name: "decline",
        key: "ag-decline",
        permission: "disposal.approve",
        words: Words::Reason,
        danger: true,
        done: "ag-declined",
    },
];

/// The pages of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/write-offs/{id}", get(show))
        .route("/write-offs/{id}/{step}", get(step_show).post(step))
}

fn facts(desk: &Desk, one: &Value) -> Grid {
    Grid::new(desk.t("disp-asked"))
        .fact(desk.t("fl-v-agent"), Cell::text(one.text("lead_bank_name")))
        .fact(
            desk.t("disp-loan"),
            Cell::text(one.text("loan_number")).to(format!("/loans/{}", one.text("loan_id"))),
        )
        .fact(
            desk.t("col-facility"),
            Cell::text(one.text("facility_name")).to(format!("/facilities/{}", one.text("facility_id"))),
        )
        .fact(desk.t("col-enterprise"), Cell::text(one.text("enterprise_name")))
        .fact(desk.t("disp-condition"), Cell::text(said(desk, one.text("write_off.condition"))))
        .fact(desk.t("col-comment"), Cell::text(one.text("write_off.note")))
        .fact(desk.t("wo-total"), Cell::yuan(one.text("total")))
        .fact(desk.t("wo-own-principal"), Cell::yuan(one.text("own_principal")))
        .fact(desk.t("wo-loss"), Cell::yuan(one.text("loss")))
        .fact(desk.t("wo-compensated"), Cell::yuan(one.text("compensated")))
        .fact(desk.t("col-created"), Cell::stamp(one.text("created_at")))
}

fn papers(desk: &Desk, one: &Value) -> Table {
    let heads = [desk.t("disp-paper"), desk.t("disp-reference")];
    Table::new(desk, desk.t("disp-papers"), &heads).rows(one.at("write_off").list("papers"), |paper| {
        [
            Cell::text(said(desk, &format!("paper-{}", paper.text("code")))),
            Cell::text(paper.text("reference")),
        ]
    })
}

fn actions(desk: &Desk, one: &Value) -> Table {
    let heads =
        [desk.t("wo-made-on"), desk.t("disp-action-kind"), desk.t("disp-contact"), desk.t("col-comment")];
    Table::new(desk, desk.t("wo-collection"), &heads).rows(one.list("actions"), |action| {
        [
            Cell::day(action.text("made_on")),
            Cell::text(said(desk, action.text("kind"))),
            Cell::text(action.text("contact")),
            Cell::text(action.text("note")),
        ]
    })
}

/// The write-off with what the own bank's decision of it takes.
async fn page(desk: &Desk, one: &Value) -> Page {
    let demanded = line_authority::demanded(desk, &format!("{API}/{}", one.text("id"))).await;
    let mut page = Page::new(desk.t("wo-title"))
        .up(desk.t("ag-title"), "/agreements")
        .number(one.text("case_number"))
        .badge(state(desk, one.text("status")))
        .with(owed(desk, one))
        .with(Beside { blocks: vec![facts(desk, one).into(), papers(desk, one).into()] });
    if !demanded.is_null() {
        page.blocks.extend(line_authority::blocks(desk, &demanded));
    }
    page.blocks.extend(line_agreements::blocks(desk, one.list("agreements")));
    page.with(actions(desk, one)).with(documents::table(desk, desk.t("wo-papers"), one.list("documents")))
}

async fn read(desk: &Desk, id: &str) -> Result<Value, Failure> {
    desk.get(&format!("{API}/{id}/asked")).await
}

/// `GET /write-offs/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let one = read(&desk, &id).await?;
    let open = one.text("status") == "proposed";
    let word = line_agreements::own(&desk, one.list("agreements")).map(|one| one.text("status").to_owned());
    let word = word.as_deref();
    let decides = open && desk.may("disposal.approve");
    let speaks = open && matches!(word, Some("open" | "declined")) && desk.may("application.consent");
    let page = page(&desk, &one)
        .await
        .action(speaks, desk.t("consent"), format!("/write-offs/{id}/{CONSENT}"))
        .action(
            decides && matches!(word, Some("open" | "declined")),
            desk.t("wo-agree"),
            format!("/write-offs/{id}/agree"),
        )
        .action(
            decides && matches!(word, Some("open" | "agreed")),
            desk.t("ag-decline"),
            format!("/write-offs/{id}/decline"),
        );
    Ok(frame::show(&desk, page))
}

async fn form(desk: &Desk, one: &Value, step: Step) -> Form {
    let form = step.form(desk, format!("/write-offs/{}/{}", one.text("id"), step.name)).seen(one);
    if step.name != "agree" {
        return form.intro(desk.t("wo-decline-intro"));
    }
    let amount = figures::yuan(one.text("own_principal"));
    let form = form.intro(desk.tf("wo-agree-intro", &[("amount", &amount)]));
    let demanded = line_authority::demanded(desk, &format!("{API}/{}", one.text("id"))).await;
    line_authority::lent(desk, form, &demanded)
}

fn consent_form(desk: &Desk, id: &str) -> Form {
    line_authority::consent_form(desk, format!("/write-offs/{id}/{CONSENT}"))
}

/// `GET /write-offs/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, name)): Path<(Id, Id)>) -> Result<Response, Failure> {
    if &*name == CONSENT {
        permitted(&desk, "application.consent")?;
        let one = read(&desk, &id).await?;
        return Ok(frame::show(&desk, page(&desk, &one).await.with(consent_form(&desk, &id))));
    }
    let step = steps::find(&desk, STEPS, &name)?;
    let one = read(&desk, &id).await?;
    let form = form(&desk, &one, step).await;
    Ok(frame::show(&desk, page(&desk, &one).await.with(form)))
}

/// `POST /write-offs/{id}/{step}`
pub async fn step(desk: Desk, Path((id, name)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let here = format!("/write-offs/{id}");
    if &*name == CONSENT {
        permitted(&desk, "application.consent")?;
        let draft =
            Draft::new(&desk, &input).texts(&["comment"]).with("agrees", input.text("agrees") == "true");
        let answer = draft.send(&format!("{API}/{id}/{CONSENT}")).await;
        if answer.is_ok() {
            return Ok(frame::go(&here, "consented"));
        }
        let one = read(&desk, &id).await?;
        let page = page(&desk, &one).await;
        let form = consent_form(&desk, &id);
        return steps::answered(&desk, answer, (&here, ""), &input, form, |form| page.with(form));
    }
    let step = steps::find(&desk, STEPS, &name)?;
    let answer = steps::take(&desk, &format!("{API}/{id}/{}", step.name), &input).await;
    if let Ok(answer) = &answer {
        // The first of two approvals leaves the word open.
        let agreed = line_agreements::own(&desk, answer.list("agreements"))
            .is_none_or(|one| one.text("status") == "agreed");
        let done = if step.name == "agree" && !agreed { "approved-once" } else { step.done };
        return Ok(frame::go(&here, done));
    }
    let one = read(&desk, &id).await?;
    let page = page(&desk, &one).await;
    let form = form(&desk, &one, step).await;
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| page.with(form))
}
