//! One agreement of a fund with how it stands, and deciding what a colleague asked for: what is asked beside what stands.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::Input,
    failure::Failure,
    figures,
    form::Form,
    frame,
    fund::{AGREEMENTS, API, INSTRUCTIONS, account, said, state, times},
    fund_orders,
    page::{Beside, Block, FigureRow, Grid, Notice, Page},
    steps::{self, Step, Words},
    value::Facts,
};

const STEPS: &[Step] = &[
    Step {
        name: "approve",
        key: "approve",
        permission: "fund.manage",
        words: Words::Nothing,
        danger: false,
        done: "approved",
    },
    Step {
        name: "refuse",
        key: "refuse",
        permission: "fund.manage",
        words: Words::Reason,
        danger: true,
        done: "refused",
    },
];

/// How an agreement stands today.
pub fn standing(desk: &Desk, agreement: &Value) -> FigureRow {
    let of = |name: &str| agreement.text(&format!("standing.{name}")).to_owned();
    let ratio = |name: &str| Cell::percent(&agreement.shown(&format!("standing.{name}")));
    let threshold = figures::percent(&agreement.shown("threshold"));
    let note = desk.tf("fund-threshold-note", &[("threshold", &threshold)]);
    FigureRow::default()
        .with(
            desk.t("fund-covered-wan"),
            Cell::wan(&of("covered")).with_bar(figures::share(&of("covered"), &of("capacity"))),
            desk.tf(
                "fund-utilisation-note",
                &[("share", &figures::percent(&agreement.shown("standing.utilisation")))],
            ),
        )
        .with(desk.t("fund-room-wan"), Cell::wan(&of("room")), desk.t("fund-room-note"))
        .with(
            desk.t("fund-leverage"),
            Cell::figure(times(&agreement.shown("standing.leverage"))),
            desk.tf("fund-leverage-note", &[("most", &times(&agreement.shown("leverage_max")))]),
        )
        .with(desk.t("fund-compensated-ratio"), ratio("compensated_ratio"), note.clone())
        .with(desk.t("fund-bad-ratio"), ratio("non_performing_ratio"), note)
}

/// What is agreed.
pub fn terms(desk: &Desk, title: &str, agreement: &Value) -> Grid {
    let cap = |name: &str| match agreement.text(name) {
        "" => Cell::text(desk.t("fund-no-cap")),
        cap => Cell::yuan(cap),
    };
    Grid::new(title)
        .fact(desk.t("fund-commitment"), Cell::yuan(agreement.text("commitment")))
        .fact(desk.t("fund-leverage-max"), Cell::figure(times(&agreement.shown("leverage_max"))))
        .fact(desk.t("fund-share-max"), Cell::percent(&agreement.shown("share_max")))
        .fact(desk.t("fund-cap-per-claim"), cap("cap_per_claim"))
        .fact(desk.t("fund-cap-per-year"), cap("cap_per_year"))
        .fact(desk.t("fund-deductible"), Cell::yuan(agreement.text("deductible")))
        .fact(desk.t("fund-threshold"), Cell::percent(&agreement.shown("threshold")))
        .fact(
            desk.t("fund-days"),
            Cell::text(format!(
                "{} – {}",
                figures::day(agreement.text("starts_on")),
                figures::day(agreement.text("ends_on"))
            )),
        )
}

/// `GET /fund-agreements/{id}`
pub async fn agreement(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let one = desk.get(&format!("{AGREEMENTS}/{id}")).await?;
    let status = one.text("status");
    let manages = desk.may("fund.manage");
    let order = |kind: &str| format!("/fund-orders/{kind}?agreement_id={id}");
    let facts = Grid::new(desk.t("fund-parties"))
        .fact(desk.t("fund"), Cell::text(one.text("fund_name")).to(format!("/funds/{}", one.text("fund_id"))))
        .fact(desk.t("col-bank"), Cell::text(one.text("bank_name")))
        .fact(
            desk.t("col-facility"),
            match one.text("facility_id") {
                "" => Cell::text(desk.t("fund-whole-bank")),
                facility => Cell::text(one.text("facility_name")).to(format!("/facilities/{facility}")),
            },
        )
        .fact(desk.t("fund-paid"), Cell::yuan(one.text("paid")))
        .fact(desk.t("fund-recovered"), Cell::yuan(one.text("returned")))
        .fact(
            desk.t("fund-pending"),
            Cell::yuan(one.text("pending")).to("/compensation-claims?status=claimed"),
        )
        .fact(desk.t("fund-commitment-left"), Cell::yuan(one.text("standing.commitment_left")));
    let mut page = Page::new(desk.tf("fund-agreement-of", &[("bank", one.text("bank_name"))]))
        .up(desk.t("fund-agreements"), "/fund-agreements")
        .number(one.text("number"))
        .badge(state(&desk, status))
        .action(manages && status == "stopped", desk.t("fund-release"), order("release"))
        .action(manages && status != "ended", desk.t("fund-amend"), order("amendment"))
        .action(manages && status == "active", desk.t("fund-review"), format!("/fund-agreements/{id}/review"))
        .action(manages && status != "ended", desk.t("fund-end"), order("end"));
    if status == "stopped" {
        let text = desk.tf(
            "fund-stopped-note",
            &[
                ("cause", &said(&desk, one.text("stop_cause"))),
                ("ratio", &figures::percent(&one.shown("stop_ratio"))),
                ("day", &figures::day(one.text("stopped_on"))),
            ],
        );
        page = page.with(Notice { tone: "risk", title: said(&desk, "stopped"), text, ..Notice::default() });
    }
    page = page
        .with(standing(&desk, &one))
        .with(Beside { blocks: vec![terms(&desk, desk.t("fund-terms"), &one).into(), facts.into()] });
    Ok(frame::show(&desk, page))
}

const REVIEW: Step = Step {
    name: "review",
    key: "fund-review",
    permission: "fund.manage",
    words: Words::Nothing,
    danger: false,
    done: "fund-reviewed",
};

fn review_page(desk: &Desk, one: &Value, form: Form) -> Page {
    Page::new(desk.t("fund-review"))
        .up(one.text("number"), format!("/fund-agreements/{}", one.text("id")))
        .badge(state(desk, one.text("status")))
        .with(standing(desk, one))
        .with(form.intro(desk.t("fund-review-intro")))
}

/// `GET /fund-agreements/{id}/review`
pub async fn review_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let step = steps::find(&desk, &[REVIEW], REVIEW.name)?;
    let one = desk.get(&format!("{AGREEMENTS}/{id}")).await?;
    let form = step.form(&desk, format!("/fund-agreements/{id}/review"));
    Ok(frame::show(&desk, review_page(&desk, &one, form)))
}

/// `POST /fund-agreements/{id}/review`
pub async fn review(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, &[REVIEW], REVIEW.name)?;
    let answer = steps::take(&desk, &format!("{AGREEMENTS}/{id}/review"), &input).await;
    let here = format!("/fund-agreements/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let one = desk.get(&format!("{AGREEMENTS}/{id}")).await?;
    let form = step.form(&desk, format!("{here}/review"));
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| review_page(&desk, &one, form))
}

async fn instruction_page(desk: &Desk, one: &Value, form: Option<Form>) -> Result<Page, Failure> {
    let hands = Grid::new(desk.t("hands"))
        .fact(desk.t("maker"), Cell::text(one.text("maker")))
        .fact(desk.t("col-created"), Cell::stamp(one.text("created_at")))
        .fact(desk.t("approver"), Cell::text(one.text("approver")))
        .fact(desk.t("col-reason"), Cell::text(one.text("refusal_reason")));
    let asked = fund_orders::asked(desk, one.at("order"));
    let mut page = Page::new(said(desk, one.text("order.kind")))
        .up(desk.t("fund-instructions"), "/fund-instructions")
        .badge(state(desk, one.text("status")))
        .with(Beside { blocks: vec![asked.into(), hands.into()] });
    // What stands today, beside what is asked for.
    if let Ok(fund) = desk.get(&format!("{API}/{}", one.text("fund_id"))).await {
        page.blocks.extend(account(desk, &fund));
    }
    if one.has("order.agreement_id") {
        let agreement = desk.get(&format!("{AGREEMENTS}/{}", one.text("order.agreement_id"))).await?;
        page = page.with(standing(desk, &agreement)).with(terms(desk, desk.t("fund-terms-now"), &agreement));
    }
    page.blocks.extend(form.map(Block::from));
    Ok(page)
}

/// `GET /fund-instructions/{id}`
pub async fn instruction(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let one = desk.get(&format!("{INSTRUCTIONS}/{id}")).await?;
    let open = one.text("status") == "proposed" && desk.may("fund.manage");
    let page = instruction_page(&desk, &one, None)
        .await?
        .action(open, desk.t("approve"), format!("/fund-instructions/{id}/approve"))
        .action(open, desk.t("refuse"), format!("/fund-instructions/{id}/refuse"));
    Ok(frame::show(&desk, page))
}

/// `GET /fund-instructions/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let one = desk.get(&format!("{INSTRUCTIONS}/{id}")).await?;
    let form = step.form(&desk, format!("/fund-instructions/{id}/{}", step.name)).seen(&one);
    Ok(frame::show(&desk, instruction_page(&desk, &one, Some(form)).await?))
}

/// `POST /fund-instructions/{id}/{step}`
pub async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let answer = steps::take(&desk, &format!("{INSTRUCTIONS}/{id}/{}", step.name), &input).await;
    let here = format!("/fund-instructions/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let one = desk.get(&format!("{INSTRUCTIONS}/{id}")).await?;
    let page = instruction_page(&desk, &one, None).await?;
    let form = step.form(&desk, format!("{here}/{}", step.name)).seen(&one);
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| page.with(form))
}
