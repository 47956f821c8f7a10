//! The rules by which it is found what is to be valued anew: what holds, the versions, proposing one, what differs side by
//! side, and deciding it.

use axum::{Router, extract::Path, http::StatusCode, response::Response, routing::get};
use serde_json::{Map, Value, json};

use super::{CAUSES, cause};
use crate::{
    cell::Cell,
    desk::{Desk, Id, with_query},
    draft::{Draft, Input},
    failure::Failure,
    form::{Field, Form, Kind},
    frame,
    page::{Grid, Page, Table},
    parameters::versions,
    session::Console,
    steps,
    value::Facts,
};

const API: &str = "/api/valuation/v1/revaluation-triggers/rules";
const HERE: &str = "/revaluation-triggers/rules";

/// The pages of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/revaluation-triggers/rules", get(show))
        .route("/revaluation-triggers/rules/propose", get(propose_show).post(propose))
        .route("/revaluation-triggers/rules/versions/export", get(versions_export))
        .route("/revaluation-triggers/rules/versions/{version}", get(version))
        .route("/revaluation-triggers/rules/versions/{version}/{step}", get(step_show).post(step))
}

/// The organisation that is asked about: one's own, or the one the regulator has named.
fn of_organisation(desk: &Desk, path: &str) -> String {
    with_query(path, &[("organisation_id", desk.asked("organisation_id"))])
}

fn rule_of<'a>(view: &'a Value, of: &str, code: &str) -> &'a Value {
    static NONE: Value = Value::Null;
    view.list(of).iter().find(|rule| rule.text("cause") == code).unwrap_or(&NONE)
}

/// The unit of a threshold; empty where the cause has none.
fn unit(code: &str) -> &'static str {
    match code {
        "market_moved" => "trg-share",
        "validity_ending" => "trg-days-before",
        "aged" => "trg-months",
        _ => "",
    }
}

fn threshold(desk: &Desk, code: &str, rule: &Value) -> String {
    match rule.shown("threshold") {
        shown if shown.is_empty() => "—".to_owned(),
        shown => format!("{shown} {}", desk.words().get(unit(code))),
    }
}

fn values(desk: &Desk, view: &Value) -> Table {
    let heads = [
        desk.t("trg-cause"),
        desk.t("trg-enabled"),
        &format!("#{}", desk.t("trg-days")),
        &format!("#{}", desk.t("trg-threshold")),
        &format!("#{}", desk.t("trg-default")),
    ];
    let mut table = Table::new(desk, desk.t("trg-rules"), &heads);
    for code in CAUSES {
        let (rule, platform) = (rule_of(view, "rules", code), rule_of(view, "platform.rules", code));
        let used = if rule.flag("enabled") { ("yes", "ok") } else { ("no", "plain") };
        table = table.row([
            Cell::text(cause(desk, code)),
            Cell::badge(desk.words().get(used.0), used.1),
            Cell::figure(rule.shown("deadline_days")),
            Cell::figure(threshold(desk, code, rule)),
            Cell::figure(format!(
                "{} · {}",
                platform.shown("deadline_days"),
                threshold(desk, code, platform)
            )),
        ]);
    }
    table
}

/// `GET /revaluation-triggers/rules`
async fn show(desk: Desk) -> Result<Response, Failure> {
    let view = desk.get(&of_organisation(&desk, API)).await?;
    let all = desk.get(&of_organisation(&desk, &format!("{API}/versions"))).await?;
    let source = if view.flag("defaults") {
        Cell::badge(desk.t("param-source-platform"), "plain")
    } else {
        Cell::badge(desk.t("param-source-bank"), "ok")
    };
    let page = Page::new(desk.t("trg-rules")).up(desk.t("trg-title"), "/revaluation-triggers").badge(source);
    let asked = [("organisation_id", desk.asked("organisation_id")), ("format", "xlsx")];
    let file = with_query(&format!("{HERE}/versions/export"), &asked);
    let page = versions::proposal(&desk, page, HERE, &view).action(true, desk.t("trg-versions-file"), file);
    Ok(frame::show(&desk, page.with(values(&desk, &view)).with(versions::table(&desk, HERE, &all))))
}

/// `GET /revaluation-triggers/rules/versions/export`
async fn versions_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(&format!("{API}/versions")).await
}

fn propose_form(desk: &Desk, view: &Value) -> Form {
    let checks = CAUSES.iter().map(|code| ((*code).to_owned(), cause(desk, code)));
    let mut enabled = Field::new(Kind::Checks, "enabled", desk.t("trg-enabled")).options(checks).optional();
    enabled.ticked = CAUSES
        .iter()
        .filter(|code| rule_of(view, "rules", code).flag("enabled"))
        .map(|code| (*code).to_owned())
        .collect();
    let mut form = Form::new(desk, format!("{HERE}/propose"), desk.t("param-submit"))
        .intro(desk.t("trg-set-intro"))
        .field(
            Field::new(Kind::Day, "effective_from", desk.t("param-effective"))
                .value(view.text("on"))
                .help(desk.t("param-effective-help")),
        )
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("param-reason-help")))
        .field(enabled);
    for code in CAUSES {
        let rule = rule_of(view, "rules", code);
        let label = format!("{} · {}", cause(desk, code), desk.t("trg-days"));
        form = form.field(
            Field::new(Kind::Whole, format!("rules.{code}.deadline_days"), label)
                .half()
                .value(rule.shown("deadline_days")),
        );
        if !unit(code).is_empty() {
            let label = format!("{} · {}", cause(desk, code), desk.words().get(unit(code)));
            form = form.field(
                Field::new(Kind::Text, format!("rules.{code}.threshold"), label)
                    .half()
                    .value(rule.shown("threshold")),
            );
        }
    }
    form
}

fn propose_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("param-propose")).up(desk.t("trg-rules"), HERE).with(form)
}

/// `GET /revaluation-triggers/rules/propose`
async fn propose_show(desk: Desk) -> Result<Response, Failure> {
    if !desk.may("parameter.propose") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    let view = desk.get(API).await?;
    let form = propose_form(&desk, &view);
    Ok(frame::show(&desk, propose_page(&desk, form)))
}

/// `POST /revaluation-triggers/rules/propose`
async fn propose(desk: Desk, input: Input) -> Result<Response, Failure> {
    if !desk.may("parameter.propose") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    let rules: Vec<Value> = CAUSES.iter().map(|code| typed_rule(&input, code)).collect();
    let draft = Draft::new(&desk, &input).texts(&["effective_from", "reason"]).with("rules", rules);
    let answer = draft.send(&format!("{API}/proposals")).await;
    let here = answer.as_ref().map(|version| versions::path(HERE, version.text("id"))).unwrap_or_default();
    let view = desk.get(API).await?;
    let form = propose_form(&desk, &view);
    steps::answered(&desk, answer, (&here, "param-proposed"), &input, form, |form| propose_page(&desk, form))
}

/// A rule as typed; what is not a number goes on as it is, for the API to name.
fn typed_rule(input: &Input, code: &str) -> Value {
    let days = input.text(&format!("rules.{code}.deadline_days"));
    let threshold = input.text(&format!("rules.{code}.threshold"));
    let mut rule = Map::new();
    rule.insert("cause".to_owned(), json!(code));
    rule.insert("enabled".to_owned(), json!(input.all("enabled").any(|one| one == code)));
    rule.insert("deadline_days".to_owned(), days.parse::<u32>().map_or_else(|_| json!(days), Value::from));
    if !threshold.is_empty() {
        rule.insert("threshold".to_owned(), json!(threshold));
    }
    Value::Object(rule)
}

/// What a rule says, in one line.
fn says(desk: &Desk, code: &str, rule: &Value) -> String {
    if !rule.flag("enabled") {
        return desk.t("trg-off").to_owned();
    }
    let days = format!("{} {}", desk.t("trg-days"), rule.shown("deadline_days"));
    if rule.has("threshold") { format!("{days} · {}", threshold(desk, code, rule)) } else { days }
}

/// A version with what differs from what it would replace, or replaced.
async fn version_page(desk: &Desk, id: &str) -> Result<(Page, Value), Failure> {
    let version = desk.get(&format!("{API}/versions/{id}")).await?;
    let set = desk.find(API, &[("organisation_id", version.text("organisation_id"))]).await?;
    let before = versions::replaced(&set, id);
    let diff = desk.find(&format!("{API}/diff"), &[("from", before), ("to", id)]).await?;
    let against = versions::against(desk, &diff);
    let whose = Grid::new(desk.t("param-about"))
        .fact(desk.t("col-tenant"), Cell::text(version.text("organisation_name")));
    let heads = [desk.t("trg-cause"), desk.t("param-before"), desk.t("param-after")];
    let title = desk.tf("param-differences", &[("against", &against)]);
    let mut differences = Table::new(desk, title, &heads).rows(diff.list("differences"), |one| {
        let code = one.text("cause");
        [
            Cell::text(cause(desk, code)),
            Cell::text(says(desk, code, one.at("before"))),
            Cell::text(says(desk, code, one.at("after"))),
        ]
    });
    desk.t("param-no-difference").clone_into(&mut differences.empty);
    let number = version.shown("version");
    let page = Page::new(desk.tf("param-version-of", &[("name", desk.t("trg-rules")), ("version", &number)]))
        .up(desk.t("trg-rules"), HERE)
        .badge(Cell::state(desk, version.text("status")))
        .with(versions::facts(desk, whose, &version))
        .with(differences);
    Ok((page, version))
}

/// `GET /revaluation-triggers/rules/versions/{version}`
async fn version(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let (page, version) = version_page(&desk, &id).await?;
    let page = versions::steps(&desk, page, (HERE, &id), &version);
    Ok(frame::show(&desk, page))
}

/// `GET /revaluation-triggers/rules/versions/{version}/{step}`
async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, versions::STEPS, &step)?;
    let (page, _) = version_page(&desk, &id).await?;
    let form = versions::step_form(&desk, HERE, &id, step);
    Ok(frame::show(&desk, page.with(form)))
}

/// `POST /revaluation-triggers/rules/versions/{version}/{step}`
async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, versions::STEPS, &step)?;
    let answer = steps::take(&desk, &format!("{API}/proposals/{id}/{}", step.name), &input).await;
    if answer.is_ok() {
        return Ok(frame::go(HERE, step.done));
    }
    let (page, _) = version_page(&desk, &id).await?;
    let form = versions::step_form(&desk, HERE, &id, step);
    steps::answered(&desk, answer, (HERE, step.done), &input, form, |form| page.with(form))
}
