//! The risk of one loan: tier, stage, provision and warnings with their reasons, what it was, what is judged; and the acts
//! on it: judging, confirming, the watch list.

use axum::{extract::Path, http::StatusCode, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    page::{Event, FigureRow, Grid, Notice, Page, Table, Timeline},
    risk::wanted,
    risk_words::{TIERS, flag, stage, tier, tier_name},
    steps::{self, Step, Words},
    value::Facts,
};

const API: &str = "/api/pledge/v1/loans";

/// What is done to the loan.
const STEPS: &[Step] = &[
    Step {
        name: "classify",
        key: "risk-classify",
        permission: "risk.classify",
        words: Words::Reason,
        danger: false,
        done: "risk-proposed",
    },
    Step {
        name: "watch",
        key: "risk-watch",
        permission: "risk.classify",
        words: Words::Reason,
        danger: false,
        done: "risk-watched",
    },
    Step {
        name: "unwatch",
        key: "risk-unwatch",
        permission: "risk.classify",
        words: Words::Reason,
        danger: true,
        done: "risk-unwatched",
    },
];

/// What is decided about a judgement that waits.
const DECISIONS: &[Step] = &[
    Step {
        name: "confirm",
        key: "risk-confirm",
        permission: "risk.confirm",
        words: Words::Nothing,
        danger: false,
        done: "risk-confirmed",
    },
    Step {
        name: "refuse",
        key: "refuse",
        permission: "risk.confirm",
        words: Words::Reason,
        danger: true,
        done: "refused",
    },
];

fn here(id: &str) -> String {
    format!("/loans/{id}/risk")
}

/// `GET /loans/{id}/risk`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let risk = desk.get(&format!("{API}/{id}/risk")).await?;
    let owed = risk.point("outstanding") > 0.0;
    let mut page = page(&desk, &risk);
    let waits = risk.text("judgement.id");
    for decision in DECISIONS {
        page = page.action(
            !waits.is_empty() && desk.may(decision.permission),
            desk.words().get(decision.key),
            format!("{}/{waits}/{}", here(&id), decision.name),
        );
    }
    for step in STEPS {
        let fits = match step.name {
            "classify" => waits.is_empty(),
            "watch" => !risk.has("watched"),
            _ => risk.has("watched"),
        };
        page = page.action(
            owed && fits && desk.may(step.permission),
            desk.words().get(step.key),
            format!("{}/{}", here(&id), step.name),
        );
    }
    let page = page.with(reasons(&desk, &risk)).with(facts(&desk, &risk)).with(timeline(&desk, &risk));
    Ok(frame::show(&desk, page))
}

/// Heading, figures, what waits and what is judged: what everyone who decides has to see.
fn page(desk: &Desk, risk: &Value) -> Page {
    let cover = figures::percent(&risk.shown("cover"));
    let mut page = Page::new(desk.tf("risk-of", &[("name", risk.text("enterprise_name"))]))
        .up(desk.t("risk-work-list"), "/risk/loans")
        .number(risk.text("number"))
        .badge(tier(desk, risk.text("tier")));
    if risk.text("loan_status") == "written_off" {
        let words = figures::yuan(risk.text("written_off"));
        let text = desk.tf("risk-written-off", &[("amount", &words)]);
        page = page.badge(Cell::badge(desk.word("written_off"), "risk")).with(Notice {
            tone: "warn",
            text,
            ..Notice::default()
        });
    }
    for warning in risk.list("flags") {
        page = page.badge(Cell::badge(flag(desk, warning.text("flag")), "warn"));
    }
    page = page.with(
        FigureRow::default()
            .with(desk.t("risk-tier"), tier(desk, risk.text("tier")), since(desk, risk))
            .with(desk.t("risk-stage"), Cell::text(stage(desk, &risk.shown("stage"))), "")
            .with(desk.t("outstanding-wan"), Cell::wan(risk.text("outstanding")), "")
            .with(
                desk.t("risk-provision"),
                Cell::yuan(risk.text("provision")),
                desk.tf("risk-provision-ratio", &[("ratio", &cover)]),
            )
            .with(
                desk.t("risk-expected"),
                Cell::yuan(risk.text("expected_loss")),
                desk.t("risk-expected-note"),
            )
            .with(desk.t("risk-days"), Cell::figure(risk.shown("overdue_days")), ""),
    );
    if risk.has("judgement") {
        let one = risk.at("judgement");
        let asks = wanted(desk, one);
        page = page.with(Notice {
            tone: "warn",
            title: desk.tf("risk-waits", &[("wanted", &asks.text)]),
            text: one.text("reason").to_owned(),
            items: vec![
                desk.tf("param-by", &[("name", one.text("maker"))]),
                desk.tf("risk-rule-gives", &[("tier", &tier_name(desk, one.text("rule_tier")))]),
                asks.sub,
            ]
            .into_iter()
            .filter(|line| !line.is_empty())
            .collect(),
        });
    }
    page
}

fn since(desk: &Desk, risk: &Value) -> String {
    if !risk.has("since") {
        return desk.t("risk-unassessed-note").to_owned();
    }
    desk.tf("risk-since-day", &[("day", &figures::day(risk.text("since")))])
}

fn reasons(desk: &Desk, risk: &Value) -> Table {
    let heads = [desk.t("risk-why"), desk.t("param-basis")];
    let mut table =
        Table::new(desk, desk.t("risk-reasons"), &heads).rows(risk.list("reasons"), |one| reason(desk, one));
    desk.t("risk-no-reason").clone_into(&mut table.empty);
    table
}

fn reason(desk: &Desk, one: &Value) -> [Cell; 2] {
    let words = one.text(if desk.lang() == http_kit::Lang::Zh { "zh" } else { "en" });
    [Cell::text(words), Cell::text(one.said("basis", desk.lang()))]
}

fn facts(desk: &Desk, risk: &Value) -> Grid {
    let mut grid = Grid::new(desk.t("risk-facts"))
        .fact(
            desk.t("risk-loan"),
            Cell::text(risk.text("number")).to(format!("/loans/{}", risk.text("loan_id"))),
        )
        .fact(
            desk.t("col-facility"),
            Cell::text(risk.text("facility_name")).to(format!("/facilities/{}", risk.text("facility_id"))),
        )
        .fact(desk.t("col-bank"), Cell::text(risk.text("bank_name")))
        .fact(desk.t("risk-own-tier"), tier(desk, risk.text("own_tier")))
        .fact(desk.t("risk-assessed-on"), Cell::day(risk.text("assessed_on")))
        .fact(desk.t("risk-npl-since"), Cell::day(risk.text("nonperforming_since")))
        .fact(desk.t("risk-cleared-on"), Cell::day(risk.text("cleared_on")))
        .fact(desk.t("risk-observed-since"), Cell::day(risk.text("observed_since")));
    if risk.has("judged") {
        grid = grid
            .fact(desk.t("risk-judged"), wanted(desk, risk.at("judged")))
            .fact(desk.t("risk-judged-why"), Cell::text(risk.text("judged.reason")));
        if risk.has("judged.difficulty_solved_on") {
            let day = Cell::day(risk.text("judged.difficulty_solved_on"));
            grid = grid.fact(desk.t("risk-solved-on"), day);
        }
    }
    if risk.has("watched") {
        grid = grid.fact(
            desk.t("risk-watch-list"),
            Cell::text(risk.text("watched.reason")).under(desk.tf(
                "risk-watched-by",
                &[("name", risk.text("watched.by")), ("day", &figures::day(risk.text("watched.on")))],
            )),
        );
    }
    for part in risk.list("parts") {
        grid = grid.fact(
            desk.tf("risk-part", &[("bank", part.text("bank_name"))]),
            Cell::yuan(part.text("provision")),
        );
    }
    grid
}

fn cause(desk: &Desk, name: &str) -> String {
    match name {
        "close" => desk.t("risk-cause-close"),
        "judgement" => desk.t("risk-cause-judgement"),
        "watch_list" => desk.t("risk-cause-watch"),
        "restructuring" => desk.t("risk-cause-restructuring"),
        "extension" => desk.t("risk-cause-extension"),
        "misuse" => desk.t("adj-kind-misuse"),
        "misuse_ended" => desk.t("adj-kind-misuse-ended"),
        "fee_waiver" => desk.t("adj-kind-fee-waiver"),
        "vat_exemption" => desk.t("adj-kind-vat-exemption"),
        "vat_exemption_ended" => desk.t("adj-kind-vat-exemption-ended"),
        "fee" => desk.t("fee-charge"),
        "rollover" => desk.t("risk-cause-rollover"),
        "repricing" => desk.t("risk-cause-repricing"),
        "calendar" => desk.t("risk-cause-calendar"),
        "write_off" => desk.t("risk-cause-write-off"),
        "disposal" => desk.t("risk-cause-disposal"),
        "repaid" => desk.t("risk-cause-repaid"),
        _ => desk.t("risk-cause-other"),
    }
    .to_owned()
}

/// What the loan was, oldest first.
fn timeline(desk: &Desk, risk: &Value) -> Timeline {
    let events = risk.list("history").iter().rev().map(|one| {
        let what = Cell { sub: stage(desk, &one.shown("stage")), ..tier(desk, one.text("tier")) };
        let provision = figures::yuan(one.text("provision"));
        let mut note =
            vec![cause(desk, one.text("cause")), desk.tf("risk-provision-is", &[("amount", &provision)])];
        note.extend(one.list("reasons").iter().map(|why| reason(desk, why)[0].text.clone()));
        Event { at: figures::day(one.text("from")), what, note: note.join(desk.t("risk-and")) }
    });
    Timeline { title: desk.t("risk-history").to_owned(), events: events.collect() }
}

fn step_form(desk: &Desk, id: &str, step: Step) -> Form {
    let form = step.form(desk, format!("{}/{}", here(id), step.name));
    match step.name {
        "classify" => {
            let tiers = TIERS.iter().skip(1).map(|name| ((*name).to_owned(), tier_name(desk, name)));
            let tier = Field::new(Kind::Choice, "tier", desk.t("risk-wanted")).options(tiers).optional();
            let loss = Field::new(Kind::Percent, "impairment", desk.t("risk-estimate")).optional();
            let yes = [("yes".to_owned(), desk.t("yes").to_owned())];
            let solved = Field::new(Kind::Choice, "difficulty_solved", desk.t("risk-solved")).options(yes);
            form.intro(desk.t("risk-classify-intro"))
                .field(tier.help(desk.t("risk-classify-help")))
                .field(loss.help(desk.t("risk-estimate-help")))
                .field(solved.optional().help(desk.t("risk-solved-help")))
        }
        "watch" => form.intro(desk.t("risk-watch-intro")),
        _ => form.intro(desk.t("risk-unwatch-intro")),
    }
}

/// `GET /loans/{id}/risk/{step}`
pub async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let risk = desk.get(&format!("{API}/{id}/risk")).await?;
    let form = step_form(&desk, &id, step);
    let page = page(&desk, &risk).with(form).with(reasons(&desk, &risk));
    Ok(frame::show(&desk, page))
}

/// `POST /loans/{id}/risk/{step}`
pub async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let mut draft = Draft::new(&desk, &input).texts(&["reason", "tier"]).percents(&["impairment"]);
    if input.text("difficulty_solved") == "yes" {
        draft.set("difficulty_solved", true);
    }
    let to = if step.name == "classify" { "classifications" } else { step.name };
    let answer = draft.send(&format!("{API}/{id}/{to}")).await;
    let back = here(&id);
    if answer.is_ok() {
        return Ok(frame::go(&back, step.done));
    }
    let risk = desk.get(&format!("{API}/{id}/risk")).await?;
    let form = step_form(&desk, &id, step);
    steps::answered(&desk, answer, (&back, step.done), &input, form, |form| {
        page(&desk, &risk).with(form).with(reasons(&desk, &risk))
    })
}

/// The judgement of the page's address, if it is the one that waits: another one has been decided meanwhile.
fn waiting(risk: &Value, judgement: &str) -> Result<(), Failure> {
    if risk.text("judgement.id") == judgement { Ok(()) } else { Err(Failure::status(StatusCode::NOT_FOUND)) }
}

fn decision_form(desk: &Desk, id: &str, (risk, judgement): (&Value, &str), step: Step) -> Form {
    let form = step.form(desk, format!("{}/{judgement}/{}", here(id), step.name)).seen(risk);
    if step.words == Words::Nothing {
        return form
            .intro(desk.t("risk-confirm-intro"))
            .field(Field::new(Kind::Lines, "reason", desk.t("col-comment")).optional());
    }
    form
}

/// `GET /loans/{id}/risk/{judgement}/{step}`
pub async fn decide_show(
    desk: Desk,
    Path((id, judgement, step)): Path<(Id, Id, Id)>,
) -> Result<Response, Failure> {
    let step = steps::find(&desk, DECISIONS, &step)?;
    let risk = desk.get(&format!("{API}/{id}/risk")).await?;
    waiting(&risk, &judgement)?;
    let form = decision_form(&desk, &id, (&risk, &*judgement), step);
    Ok(frame::show(&desk, page(&desk, &risk).with(form).with(reasons(&desk, &risk))))
}

/// `POST /loans/{id}/risk/{judgement}/{step}`
pub async fn decide(
    desk: Desk,
    Path((id, judgement, step)): Path<(Id, Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    let step = steps::find(&desk, DECISIONS, &step)?;
    let api = format!("{API}/{id}/classifications/{judgement}/{}", step.name);
    let answer = steps::take(&desk, &api, &input).await;
    let back = here(&id);
    if answer.is_ok() {
        return Ok(frame::go(&back, step.done));
    }
    let risk = desk.get(&format!("{API}/{id}/risk")).await?;
    let form = decision_form(&desk, &id, (&risk, &*judgement), step);
    steps::answered(&desk, answer, (&back, step.done), &input, form, |form| {
        page(&desk, &risk).with(form).with(reasons(&desk, &risk))
    })
}
