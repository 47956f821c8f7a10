//! What is done with a proposed change of a loan: the bank approves, refuses or withdraws it, after the risk manager's word
//! where its authority asks for that, the borrower consents to it or declines it; and what it waits for, the borrower's
//! consent, its papers and another approver.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    adjusting, adjustment_rows,
    adjustments::{self, API, page},
    application_parts,
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame, line_authority,
    page::{Block, Grid, Notice},
    session::Console,
    steps::{self, Step, Words},
    value::Facts,
};

const STEPS: &[Step] = &[
    Step {
        name: "approve",
        key: "approve",
        permission: "loan.adjust.approve",
        words: Words::Reason,
        danger: false,
        done: "adj-approved",
    },
    Step {
        name: "refuse",
        key: "refuse",
        permission: "loan.adjust.approve",
        words: Words::Reason,
        danger: true,
        done: "refused",
    },
    Step {
        name: "withdraw",
        key: "withdraw",
        permission: "loan.adjust",
        words: Words::Reason,
        danger: true,
        done: "adj-withdrawn",
    },
    Step {
        name: CONSENT,
        key: "adj-consent-give",
        permission: "loan.change.ask",
        words: Words::Nothing,
        danger: false,
        done: "adj-consented",
    },
    Step {
        name: "decline",
        key: "adj-consent-decline",
        permission: "loan.change.ask",
        words: Words::Reason,
        danger: true,
        done: "adj-declined",
    },
    Step {
        name: RISK_CONSENT,
        key: "consent",
        permission: "application.consent",
        words: Words::Nothing,
        danger: false,
        done: "consented",
    },
];
/// The borrower's word.
const CONSENT: &str = "consent";
/// The risk manager's.
const RISK_CONSENT: &str = "risk-consent";

/// The pages of changes.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/loans/{id}/adjustments", get(adjustments::of_loan))
        .route("/loans/{id}/adjustments/{kind}", get(adjusting::show).post(adjusting::submit))
        .route("/adjustments", get(adjustment_rows::index))
        .route("/adjustments/export", get(adjustment_rows::export))
        .route("/adjustments/{id}", get(adjustments::show))
        .route("/adjustments/{id}/{step}", get(step_show).post(step))
}

/// The steps that the one who asks may take now.
pub fn offered<'a>(desk: &'a Desk, one: &'a Value) -> impl Iterator<Item = &'static Step> + use<'a> {
    let waits = one.text("status") == "proposed";
    let (wanted, led) = (one.text("consent") == "wanted", adjustments::led(desk, one));
    STEPS.iter().filter(move |step| {
        let of_borrower = step.permission == "loan.change.ask";
        waits && led && desk.may(step.permission) && (wanted || !of_borrower)
    })
}

/// The key of the word for where the consent stands.
pub fn consent_word(state: &str) -> &'static str {
    match state {
        "wanted" => "adj-consent-wanted",
        "given" => "adj-consent-given",
        "declined" => "adj-consent-declined",
        _ => "adj-consent-none",
    }
}

/// Where the consent stands.
pub fn said(desk: &Desk, state: &str) -> Cell {
    let tone = match state {
        "wanted" => "warn",
        "given" => "ok",
        "declined" => "risk",
        _ => "plain",
    };
    Cell::badge(desk.t(consent_word(state)), tone)
}

/// The borrower's consent, of a change that needs it.
pub fn consent(desk: &Desk, one: &Value) -> Option<Grid> {
    if !one.has("consent") {
        return None;
    }
    let mut grid =
        Grid::new(desk.t("adj-consent")).fact(desk.t("col-status"), said(desk, one.text("consent")));
    if one.has("consented_at") {
        let by = Cell::text(one.text("consent_by")).under(figures::stamp(one.text("consented_at")));
        grid = grid
            .fact(desk.t("adj-consent-by"), by)
            .fact(desk.t("adj-consent-note"), Cell::text(one.text("consent_note")));
    } else {
        grid = grid.fact(desk.t("adj-consent-note"), Cell::text(desk.t("adj-consent-exact")));
    }
    Some(grid)
}

/// What the decision of a change that waits takes; null where it is decided, or the person may not know.
pub async fn demanded(desk: &Desk, one: &Value) -> Value {
    let own = desk.me().kind == "bank" && adjustments::led(desk, one);
    if own && one.text("status") == "proposed" {
        line_authority::demanded(desk, &format!("{API}/{}", one.text("id"))).await
    } else {
        Value::Null
    }
}

/// How many must still approve a change that waits.
pub fn missing(desk: &Desk, one: &Value) -> Option<Notice> {
    if !one.has("approvals_missing") {
        return None;
    }
    let count = one.shown("approvals_missing");
    Some(Notice {
        tone: "info",
        title: desk.tf("adj-approvals-missing", &[("count", &count)]),
        text: desk.t("adj-approvals-fall").to_owned(),
        ..Notice::default()
    })
}

/// The papers that a change asks for, and which are there; none where it asks for none.
pub async fn papers(desk: &Desk, change: &str) -> Option<Block> {
    let answer = desk.get(&format!("{change}/papers")).await.ok()?;
    let listed = answer.list("papers");
    if listed.is_empty() {
        return None;
    }
    Some(application_parts::papers_asked_for(desk, desk.t("adj-papers"), listed).into())
}

fn form(desk: &Desk, step: &Step, id: &Id, (one, demanded): (&Value, &Value)) -> Form {
    let form = step.form(desk, format!("/adjustments/{id}/{}", step.name)).seen(one);
    let form = match step.name {
        CONSENT => form
            .intro(desk.t("adj-consent-exact"))
            .field(Field::new(Kind::Lines, "note", desk.t("adj-consent-note")).optional()),
        RISK_CONSENT => form
            .field(Field::new(Kind::Choice, "agrees", desk.t("la-consent-question")).options([
                ("true".to_owned(), desk.t("consent-agrees").to_owned()),
                ("false".to_owned(), desk.t("consent-denies").to_owned()),
            ]))
            .field(Field::new(Kind::Lines, "comment", desk.t("col-comment"))),
        "approve" => line_authority::lent(desk, form, demanded),
        _ => form,
    };
    // What is approved rests on the figures on this page: the loan must not have changed since.
    form.hidden("loan_version", one.shown("today.loan_version"))
}

/// `GET /adjustments/{id}/{step}`
async fn step_show(desk: Desk, Path((id, name)): Path<(Id, String)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let one = desk.get(&format!("{API}/{id}")).await?;
    let demanded = demanded(&desk, &one).await;
    let form = form(&desk, &step, &id, (&one, &demanded));
    Ok(frame::show(&desk, page(&desk, &one, &demanded, Some(form))))
}

/// `POST /adjustments/{id}/{step}`
async fn step(desk: Desk, Path((id, name)): Path<(Id, String)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let draft = Draft::new(&desk, &input);
    let draft = match step.name {
        "approve" => draft.texts(&["reason", "delegation_id"]).wholes(&["loan_version"]),
        RISK_CONSENT => draft.texts(&["comment"]).with("agrees", input.text("agrees") == "true"),
        CONSENT => draft.texts(&["note"]),
        _ => draft.texts(&["reason"]),
    };
    let answer = draft.send(&format!("{API}/{id}/{}", step.name)).await;
    let to = format!("/adjustments/{id}");
    if let Ok(decided) = &answer {
        // The first of two approvals leaves it open.
        let once = step.name == "approve" && decided.has("approvals_missing");
        return Ok(frame::go(&to, if once { "approved-once" } else { step.done }));
    }
    let one = desk.get(&format!("{API}/{id}")).await?;
    let demanded = demanded(&desk, &one).await;
    let form = form(&desk, &step, &id, (&one, &demanded));
    steps::answered(&desk, answer, (&to, step.done), &input, form, |form| {
        page(&desk, &one, &demanded, Some(form))
    })
}
