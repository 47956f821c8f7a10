//! What valued patents brought: the list, recording one or many, verifying what another person recorded.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::{Value, json};

use crate::{
    cell::Cell,
    decisions::permitted,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric},
    page::{Grid, Page},
    session::Console,
    steps::{self, Step, Words},
    valuations,
    value::{Facts, rows},
};

const API: &str = "/api/valuation/v1/realisations";
const KINDS: &[&str] = &["sale", "auction", "licence", "disposal"];
/// Lines of an import at most.
const LINES_MAX: usize = 500;

const STEPS: &[Step] = &[
    Step {
        name: "verify",
        key: "real-verify",
        permission: "model.backtest",
        words: Words::Nothing,
        danger: false,
        done: "real-verified",
    },
    Step {
        name: "refuse",
        key: "real-refuse",
        permission: "model.backtest",
        words: Words::Reason,
        danger: true,
        done: "refused",
    },
];

/// The pages.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/realisations", get(index))
        .route("/realisations/export", get(export))
        .route("/realisations/new", get(record_show).post(record))
        .route("/realisations/lines", get(import_show).post(import))
        .route("/realisations/{id}", get(show))
        .route("/realisations/{id}/{step}", get(step_show).post(take))
}

fn kind(desk: &Desk, row: &Value) -> String {
    desk.words().get(&format!("real-kind-{}", row.text("kind"))).to_owned()
}

/// `GET /realisations`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![chosen(&desk, "status", "col-status", &["recorded", "verified", "refused"])],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/realisations/{}", row.text("id")))
            }),
            column("mdl-bank", |_, row| Cell::text(row.text("tenant_name"))),
            column("col-patent", |_, row| {
                Cell::text(row.text("patent_title"))
                    .under(row.text("patent_number"))
                    .to(format!("/valuations/{}", row.text("valuation_id")))
            }),
            column("bt-kind", |desk, row| Cell::text(kind(desk, row))),
            numeric("bt-realised-wan", |_, row| Cell::wan(row.text("amount"))).summed("amount"),
            column("bt-realised-on", |_, row| Cell::day(row.text("realised_on"))),
            column("real-source", |desk, row| {
                Cell::text(desk.words().get(&format!("real-source-{}", row.text("source"))))
            }),
            column("real-recorder", |_, row| Cell::text(row.text("recorder"))),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))),
        ],
        export: true,
    };
    let page = Page::new(desk.t("real-title"))
        .up(desk.t("bt-title"), "/backtests")
        .action(desk.may("model.backtest"), desk.t("real-new"), "/realisations/new")
        .action(desk.may("model.backtest"), desk.t("real-import"), "/realisations/lines")
        .action(desk.may("model.backtest"), desk.t("real-file"), super::uploaded::HERE);
    list::show(&desk, page, list).await
}

/// `GET /realisations/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// The valuation that has a number, as its id.
async fn valuation(desk: &Desk, number: &str) -> Option<String> {
    let found = desk.find(valuations::API, &[("q", number), ("limit", "5")]).await.ok()?;
    let row = rows(&found).iter().find(|row| row.text("number").eq_ignore_ascii_case(number))?;
    Some(row.text("id").to_owned())
}

fn record_form(desk: &Desk) -> Form {
    let kinds = KINDS
        .iter()
        .map(|kind| ((*kind).to_owned(), desk.words().get(&format!("real-kind-{kind}")).to_owned()));
    Form::new(desk, "/realisations/new", desk.t("real-new"))
        .intro(desk.t("real-intro"))
        .field(
            Field::new(Kind::Text, "valuation_number", desk.t("real-valuation"))
                .value(desk.asked("valuation")),
        )
        .field(Field::new(Kind::Choice, "kind", desk.t("bt-kind")).options(kinds))
        .field(Field::new(Kind::Amount, "amount", desk.t("real-amount")))
        .field(Field::new(Kind::Day, "realised_on", desk.t("bt-realised-on")))
        .field(
            Field::new(Kind::Text, "reference", desk.t("real-reference")).help(desk.t("real-reference-help")),
        )
        .field(Field::new(Kind::Lines, "note", desk.t("real-note")).optional())
}

fn form_page(desk: &Desk, title: &'static str, form: Form) -> Page {
    Page::new(desk.t(title)).up(desk.t("real-title"), "/realisations").with(form)
}

/// `GET /realisations/new`
pub async fn record_show(desk: Desk) -> Result<Response, Failure> {
    permitted(&desk, "model.backtest")?;
    Ok(frame::show(&desk, form_page(&desk, "real-new", record_form(&desk))))
}

fn refused(desk: &Desk, field: &str, text: String) -> Refusal {
    let detail = desk.t("form-correct").to_owned();
    Refusal { status: 422, detail, fields: vec![(field.to_owned(), text)], ..Refusal::default() }
}

/// `POST /realisations/new`
pub async fn record(desk: Desk, input: Input) -> Result<Response, Failure> {
    permitted(&desk, "model.backtest")?;
    let answer = match valuation(&desk, input.text("valuation_number")).await {
        Some(id) => {
            let draft = Draft::new(&desk, &input).texts(&["kind", "realised_on", "reference", "note"]);
            draft.amounts(&["amount"]).with("valuation_id", id).send(API).await
        }
        None => Err(refused(&desk, "valuation_number", desk.t("real-no-valuation").to_owned())),
    };
    let form = record_form(&desk);
    steps::answered(&desk, answer, ("/realisations", "real-recorded"), &input, form, |form| {
        form_page(&desk, "real-new", form)
    })
}

fn import_form(desk: &Desk) -> Form {
    Form::new(desk, "/realisations/lines", desk.t("real-import"))
        .intro(desk.t("real-import-intro"))
        .field(Field::new(Kind::Lines, "lines", desk.t("real-lines")).help(desk.t("real-lines-help")))
}

/// `GET /realisations/lines`
pub async fn import_show(desk: Desk) -> Result<Response, Failure> {
    permitted(&desk, "model.backtest")?;
    Ok(frame::show(&desk, form_page(&desk, "real-import", import_form(&desk))))
}

/// The lines as rows for the API, or the first line that does not read.
async fn read_lines(desk: &Desk, text: &str) -> Result<Vec<Value>, Refusal> {
    let mut found = Vec::new();
    for (at, line) in
        text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty()).take(LINES_MAX + 1)
    {
        let number = (at + 1).to_string();
        let wrong = |key: &str| refused(desk, "lines", desk.tf(key, &[("line", &number)]));
        let cells: Vec<&str> = line.split([',', '，', '\t']).map(str::trim).collect();
        let [valued, kind, amount, day, reference] = cells.as_slice() else {
            return Err(wrong("real-bad-line"));
        };
        let known = KINDS
            .iter()
            .find(|one| **one == *kind || desk.words().get(&format!("real-kind-{one}")) == *kind)
            .ok_or_else(|| wrong("real-bad-kind"))?;
        let amount = figures::typed_amount(amount, "yuan").ok_or_else(|| wrong("real-bad-amount"))?;
        let id = valuation(desk, valued).await.ok_or_else(|| wrong("real-bad-valuation"))?;
        found.push(json!({
            "valuation_id": id, "kind": known, "amount": amount, "realised_on": day, "reference": reference,
        }));
    }
    Ok(found)
}

/// `POST /realisations/lines`
pub async fn import(desk: Desk, input: Input) -> Result<Response, Failure> {
    permitted(&desk, "model.backtest")?;
    let answer = match read_lines(&desk, input.text("lines")).await {
        Ok(rows) => desk.post(&format!("{API}/batch"), &json!({ "rows": rows }), input.key()).await,
        Err(refusal) => Err(refusal),
    };
    let form = import_form(&desk);
    steps::answered(&desk, answer, ("/realisations", "real-recorded"), &input, form, |form| {
        form_page(&desk, "real-import", form)
    })
}

fn page(desk: &Desk, r: &Value) -> Page {
    let facts = Grid::new(desk.t("real-facts"))
        .fact(desk.t("col-patent"), Cell::text(r.text("patent_title")).under(r.text("patent_number")))
        .fact(
            desk.t("real-valuation"),
            Cell::text(r.text("valuation_number")).to(format!("/valuations/{}", r.text("valuation_id"))),
        )
        .fact(desk.t("bt-kind"), Cell::text(kind(desk, r)))
        .fact(desk.t("real-amount"), Cell::yuan(r.text("amount")))
        .fact(desk.t("bt-realised-on"), Cell::day(r.text("realised_on")))
        .fact(desk.t("real-reference"), Cell::text(r.text("reference")))
        .fact(desk.t("real-note"), Cell::text(r.text("note")))
        .fact(desk.t("real-recorder"), Cell::text(r.text("recorder")))
        .fact(desk.t("real-verifier"), Cell::text(r.text("verifier")).under(r.text("decision_reason")))
        .fact(desk.t("col-created"), Cell::stamp(r.text("created_at")));
    Page::new(desk.t("real-one"))
        .up(desk.t("real-title"), "/realisations")
        .number(r.text("number"))
        .badge(Cell::state(desk, r.text("status")))
        .with(facts)
}

/// `GET /realisations/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let found = desk.get(&format!("{API}/{id}")).await?;
    let mut page = page(&desk, &found);
    if found.text("status") == "recorded" {
        for step in STEPS.iter().filter(|step| desk.may(step.permission)) {
            page = page.action(true, desk.words().get(step.key), format!("/realisations/{id}/{}", step.name));
        }
    }
    Ok(frame::show(&desk, page))
}

/// `GET /realisations/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, name)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let found = desk.get(&format!("{API}/{id}")).await?;
    let form = step.form(&desk, format!("/realisations/{id}/{}", step.name));
    Ok(frame::show(&desk, page(&desk, &found).with(form)))
}

/// `POST /realisations/{id}/{step}`
pub async fn take(desk: Desk, Path((id, name)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let found = desk.get(&format!("{API}/{id}")).await?;
    let answer = steps::take(&desk, &format!("{API}/{id}/{}", step.name), &input).await;
    let form = step.form(&desk, format!("/realisations/{id}/{}", step.name));
    let here = format!("/realisations/{id}");
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| page(&desk, &found).with(form))
}
