//! Overrides of valuations: the list, proposing one on a valuation, one with both figures side by side, deciding it. What
//! challengers said and what the overrides look like together: `overrides/figures_of.rs`.

mod figures_of;

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
    models::names::GRADES,
    page::{Grid, Notice, Page, Table},
    session::Console,
    steps::{self, Step, Words},
    valuations,
    value::Facts,
};

/// The overrides' address.
pub const API: &str = "/api/valuation/v1/overrides";
const REASONS: &[&str] = &[
    "recent_transaction",
    "fact_not_in_model",
    "external_report",
    "legal_risk",
    "market_change",
    "data_quality",
];
/// Leaf rows of the form.
const LEAVES: usize = 3;

const STEPS: &[Step] = &[
    Step {
        name: "approve",
        key: "ovr-approve",
        permission: "valuation.override_approve",
        words: Words::Nothing,
        danger: false,
        done: "ovr-approved",
    },
    Step {
        name: "refuse",
        key: "refuse",
        permission: "valuation.override_approve",
        words: Words::Reason,
        danger: true,
        done: "refused",
    },
];

/// The pages.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/overrides", get(index))
        .route("/overrides/export", get(export))
        .route("/overrides/statistics", get(figures_of::statistics))
        .route("/overrides/{id}", get(show))
        .route("/overrides/{id}/{step}", get(step_show).post(take))
        .route("/valuations/{id}/override", get(propose_show).post(propose))
        .route("/valuations/{id}/challengers", get(figures_of::challengers))
}

/// What a reader of a valuation must know first: that another person's figures hold, and that a loan of the greatest size
/// needs an external report.
pub fn notices(desk: &Desk, v: &Value) -> Vec<Notice> {
    let mut found = Vec::new();
    if v.has("override_id") {
        let said = |member: &str| figures::wan(v.text(&format!("model_figures.{member}")));
        found.push(Notice {
            tone: "warn",
            title: desk.t("ovr-holds").to_owned(),
            text: desk.tf("ovr-holds-text", &[("value", &said("value")), ("loan", &said("maximum_loan"))]),
            items: Vec::new(),
        });
    }
    if v.flag("external_report_required") {
        found.push(Notice {
            tone: "warn",
            title: desk.t("ovr-external").to_owned(),
            text: desk.t("ovr-external-text").to_owned(),
            items: Vec::new(),
        });
    }
    found
}

/// `GET /overrides`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![chosen(&desk, "status", "col-status", &["proposed", "approved", "refused"])],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/overrides/{}", row.text("id")))
            }),
            column("col-patent", |_, row| {
                Cell::text(row.text("patent_title"))
                    .under(row.text("patent_number"))
                    .to(format!("/valuations/{}", row.text("valuation_id")))
            }),
            column("mdl-bank", |_, row| Cell::text(row.text("tenant_name"))),
            numeric("ovr-model-wan", |_, row| Cell::wan(row.text("model_figures.value"))),
            numeric("ovr-value-wan", |_, row| Cell::wan(row.text("figures.value"))),
            numeric("ovr-size", |_, row| Cell::percent(&row.shown("size"))),
            column("ovr-reason-code", |desk, row| Cell::text(desk.word(row.text("reason_code")))),
            column("maker", |_, row| Cell::text(row.text("maker"))),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))),
            column("col-created", |_, row| Cell::stamp(row.text("created_at"))),
        ],
        export: true,
    };
    let page = Page::new(desk.t("ovr-title")).action(
        desk.may("model.read"),
        desk.t("ovr-statistics"),
        "/overrides/statistics",
    );
    list::show(&desk, page, list).await
}

/// `GET /overrides/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// `GET /overrides/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let found = desk.get(&format!("{API}/{id}")).await?;
    let mut page = page(&desk, &found);
    if found.text("status") == "proposed" {
        for step in STEPS.iter().filter(|step| desk.may(step.permission)) {
            page = page.action(true, desk.words().get(step.key), format!("/overrides/{id}/{}", step.name));
        }
    }
    Ok(frame::show(&desk, page))
}

fn page(desk: &Desk, o: &Value) -> Page {
    Page::new(desk.tf("ovr-of", &[("number", o.text("valuation_number"))]))
        .up(desk.t("ovr-title"), "/overrides")
        .number(o.text("number"))
        .badge(Cell::state(desk, o.text("status")))
        .with(both(desk, o))
        .with(facts(desk, o))
}

/// The model's figures and the proposed ones side by side.
fn both(desk: &Desk, o: &Value) -> Table {
    let heads = [
        desk.t("mdl-figure"),
        &format!("#{}", desk.t("ovr-model-says")),
        &format!("#{}", desk.t("ovr-proposed")),
    ];
    let side = |member: &str, cell: fn(&str) -> Cell| {
        [cell(&o.shown(&format!("model_figures.{member}"))), cell(&o.shown(&format!("figures.{member}")))]
    };
    let rows = [
        ("col-score", side("score", |text| Cell::figure(figures::decimals(text, 2)))),
        ("col-grade", side("grade", |text| Cell::figure(text))),
        ("col-value-wan", side("value", Cell::wan)),
        ("collateral-value-wan", side("collateral_value", Cell::wan)),
        ("ovr-ltv", side("ltv_cap", Cell::percent)),
        ("col-maximum-wan", side("maximum_loan", Cell::wan)),
    ];
    rows.into_iter().fold(Table::new(desk, desk.t("ovr-both"), &heads), |table, (key, [model, proposed])| {
        table.row([Cell::text(desk.words().get(key)), model, proposed])
    })
}

fn facts(desk: &Desk, o: &Value) -> Grid {
    Grid::new(desk.t("ovr-facts"))
        .fact(desk.t("col-patent"), Cell::text(o.text("patent_title")).under(o.text("patent_number")))
        .fact(
            desk.t("valuations-title"),
            Cell::text(o.text("valuation_number")).to(format!("/valuations/{}", o.text("valuation_id"))),
        )
        .fact(desk.t("valuation-model"), Cell::text(o.text("model_version")))
        .fact(
            desk.t("ovr-kind"),
            Cell::text(desk.words().get(&format!("ovr-kind-{}", o.text("change.kind")))),
        )
        .fact(desk.t("ovr-size"), Cell::percent(&o.shown("size")))
        .fact(desk.t("ovr-reason-code"), Cell::text(desk.word(o.text("reason_code"))))
        .fact(desk.t("col-reason"), Cell::text(o.text("reason")))
        .fact(desk.t("ovr-evidence"), Cell::text(o.text("evidence")))
        .fact(desk.t("maker"), Cell::text(o.text("maker")))
        .fact(desk.t("approver"), Cell::text(o.text("decider")).under(o.text("decision_reason")))
        .fact(desk.t("col-created"), Cell::stamp(o.text("created_at")))
}

/// `GET /overrides/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, name)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let found = desk.get(&format!("{API}/{id}")).await?;
    let form = step.form(&desk, format!("/overrides/{id}/{}", step.name));
    Ok(frame::show(&desk, page(&desk, &found).with(form)))
}

/// `POST /overrides/{id}/{step}`
pub async fn take(desk: Desk, Path((id, name)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let found = desk.get(&format!("{API}/{id}")).await?;
    let answer = steps::take(&desk, &format!("{API}/{id}/{}", step.name), &input).await;
    let form = step.form(&desk, format!("/overrides/{id}/{}", step.name));
    let here = format!("/overrides/{id}");
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| page(&desk, &found).with(form))
}

fn propose_form(desk: &Desk, v: &Value) -> Form {
    let kinds = ["value", "grade", "leaves"]
        .map(|kind| (kind.to_owned(), desk.words().get(&format!("ovr-kind-{kind}")).to_owned()));
    let leaves: Vec<(String, String)> = v
        .list("score.indices")
        .iter()
        .flat_map(|index| index.list("subindices"))
        .flat_map(|sub| sub.list("leaves"))
        .filter(|leaf| !leaf.flag("missing"))
        .map(|leaf| {
            let score = figures::decimals(&leaf.shown("score"), 1);
            (leaf.text("code").to_owned(), format!("{} ({score})", valuations::name(desk, leaf)))
        })
        .collect();
    let form = Form::new(desk, format!("/valuations/{}/override", v.text("id")), desk.t("ovr-propose"))
        .intro(desk.t("ovr-intro"))
        .field(Field::new(Kind::Choice, "change.kind", desk.t("ovr-kind")).options(kinds))
        .field(Field::new(Kind::Amount, "change.value", desk.t("ovr-new-value")).optional())
        .field(
            Field::new(Kind::Choice, "change.grade", desk.t("ovr-new-grade")).optional().words(desk, GRADES),
        );
    let form = (0..LEAVES).fold(form, |form, i| {
        form.field(
            Field::new(Kind::Choice, format!("leaf[{i}]"), desk.t("ovr-leaf"))
                .optional()
                .half()
                .options(leaves.clone()),
        )
        .field(Field::new(Kind::Text, format!("score[{i}]"), desk.t("ovr-leaf-score")).optional().half())
    });
    form.field(Field::new(Kind::Choice, "reason_code", desk.t("ovr-reason-code")).words(desk, REASONS))
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")))
        .field(Field::new(Kind::Text, "evidence", desk.t("ovr-evidence")).help(desk.t("ovr-evidence-help")))
}

fn propose_page(desk: &Desk, v: &Value, form: Form) -> Page {
    let facts = Grid::new(desk.t("ovr-model-says"))
        .fact(desk.t("col-patent"), Cell::text(v.text("patent_title")).under(v.text("patent_number")))
        .fact(desk.t("col-value-wan"), Cell::wan(v.text("value.value")))
        .fact(desk.t("col-grade"), Cell::text(v.text("score.grade")))
        .fact(desk.t("col-maximum-wan"), Cell::wan(v.text("collateral.maximum_loan")));
    Page::new(desk.t("ovr-propose"))
        .up(v.text("number").to_owned(), format!("/valuations/{}", v.text("id")))
        .with(facts)
        .with(form)
}

/// `GET /valuations/{id}/override`
pub async fn propose_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    permitted(&desk, "valuation.override")?;
    let valuation = desk.get(&format!("{}/{id}", valuations::API)).await?;
    let form = propose_form(&desk, &valuation);
    Ok(frame::show(&desk, propose_page(&desk, &valuation, form)))
}

/// What was typed as the change that the API takes.
fn change(desk: &Desk, input: &Input) -> Result<Value, Refusal> {
    let refused = |name: &str, key: &'static str| Refusal {
        status: 422,
        detail: desk.t("form-correct").to_owned(),
        fields: vec![(name.to_owned(), desk.t(key).to_owned())],
        ..Refusal::default()
    };
    match input.text("change.kind") {
        "grade" => Ok(json!({ "kind": "grade", "grade": input.text("change.grade") })),
        "leaves" => {
            let mut leaves = Vec::new();
            for i in 0..LEAVES {
                let (leaf, score) = (input.text(&format!("leaf[{i}]")), input.text(&format!("score[{i}]")));
                if leaf.is_empty() {
                    continue;
                }
                if score.parse::<f64>().is_err() {
                    return Err(refused(&format!("score[{i}]"), "mdl-bad-figure"));
                }
                leaves.push(json!({ "leaf": leaf, "score": score }));
            }
            Ok(json!({ "kind": "leaves", "leaves": leaves }))
        }
        _ => {
            let typed = figures::typed_amount(input.text("change.value"), input.text("change.value_unit"));
            let value = typed.ok_or_else(|| refused("change.value", "form-bad-amount"))?;
            Ok(json!({ "kind": "value", "value": value }))
        }
    }
}

/// `POST /valuations/{id}/override`
pub async fn propose(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    permitted(&desk, "valuation.override")?;
    let valuation = desk.get(&format!("{}/{id}", valuations::API)).await?;
    let answer = match change(&desk, &input) {
        Ok(change) => {
            let draft = Draft::new(&desk, &input).texts(&["reason_code", "reason", "evidence"]);
            draft.with("change", change).send(&format!("{}/{id}/overrides", valuations::API)).await
        }
        Err(refusal) => Err(refusal),
    };
    if let Ok(made) = &answer {
        return Ok(frame::go(&format!("/overrides/{}", made.text("id")), "proposed"));
    }
    let form = propose_form(&desk, &valuation);
    steps::answered(&desk, answer, ("/overrides", ""), &input, form, |form| {
        propose_page(&desk, &valuation, form)
    })
}
