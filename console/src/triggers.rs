//! What is to be valued anew: of pledged patents, of every valuation of one's own, of every bank for the regulator; and the
//! rules by which it is found.

use axum::{Router, http::StatusCode, response::Response, routing::get};
use serde_json::{Map, Value, json};

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::Input,
    failure::Failure,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, picked, typed},
    page::{Page, Table},
    session::Console,
    steps,
    value::{Facts, rows},
};

const PLEDGED: &str = "/api/pledge/v1/pledge-revaluations-due";
const OWN: &str = "/api/valuation/v1/revaluation-triggers";
const RULES: &str = "/api/valuation/v1/revaluation-triggers/rules";
const SUPERVISED: &str = "/api/supervision/v1/revaluations";
const STATES: [&str; 3] = ["due", "overdue", "closed"];
const CAUSES: [&str; 10] = [
    "annuity_missed",
    "invalidation_filed",
    "ownership_disputed",
    "preserved",
    "right_ended",
    "transferred",
    "market_moved",
    "validity_ending",
    "aged",
    "model_retired",
];

/// The pages of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/revaluations-due", get(pledged))
        .route("/revaluations-due/export", get(pledged_export))
        .route("/revaluation-triggers", get(own))
        .route("/revaluation-triggers/export", get(own_export))
        .route("/revaluation-triggers/rules", get(rules_show).post(rules))
        .route("/supervision/revaluations", get(supervised))
        .route("/supervision/revaluations/export", get(supervised_export))
}

/// The name of a cause.
pub fn cause(desk: &Desk, code: &str) -> String {
    desk.word(&format!("cause-{code}"))
}

fn state(desk: &Desk, one: &Value) -> Cell {
    let status = one.text("status");
    let tone = match status {
        "overdue" => "risk",
        "due" => "warn",
        _ => "ok",
    };
    let cell = Cell::badge(desk.word(&format!("reval-{status}")), tone);
    if one.has("closed_on") { cell.under(one.text("closed_on")) } else { cell }
}

fn why(desk: &Desk, one: &Value) -> Cell {
    Cell::text(cause(desk, one.text("cause"))).under(one.said("reason", desk.lang()))
}

fn patent(_: &Desk, one: &Value) -> Cell {
    Cell::text(one.text("patent_title"))
        .under(one.text("patent_number"))
        .to(format!("/patents/{}", one.text("patent_id")))
}

fn valuation(_: &Desk, one: &Value) -> Cell {
    Cell::text(one.text("valuation_number")).to(format!("/valuations/{}", one.text("valuation_id")))
}

fn filters(desk: &Desk, searched: bool) -> Vec<list::Filter> {
    let states = STATES.iter().map(|one| ((*one).to_owned(), desk.word(&format!("reval-{one}")))).collect();
    let causes = CAUSES.iter().map(|one| ((*one).to_owned(), cause(desk, one))).collect();
    let mut all = vec![picked("status", "col-status", states), picked("cause", "trg-cause", causes)];
    if searched {
        all.push(typed("q", "valuations-q"));
    }
    all
}

/// `GET /revaluations-due`: the pledged patents of a bank
async fn pledged(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: PLEDGED.to_owned(),
        filters: filters(&desk, false),
        columns: vec![
            column("col-pledge", |_, row| {
                Cell::text(row.text("pledge_number")).to(format!("/pledges/{}", row.text("pledge_id")))
            }),
            column("pledgor", |_, row| Cell::text(row.text("enterprise_name"))),
            column("col-patent", patent),
            column("trg-valuation", valuation),
            column("trg-cause", why),
            column("trg-noted", |_, row| Cell::day(row.text("noted_on"))).sorted("noted_on"),
            column("trg-deadline", |_, row| Cell::day(row.text("deadline"))).sorted("deadline"),
            column("col-status", state),
            column("trg-next", next),
        ],
        export: true,
    };
    let page = Page::new(desk.t("trg-pledged")).up(desk.t("pledges-title"), "/pledges").action(
        desk.may("model.approve"),
        desk.t("trg-rules"),
        "/revaluation-triggers/rules",
    );
    list::show(&desk, page, list).await
}

/// What asks for the patents of a pledge to be valued anew; it keeps nobody from seeing the pledge.
pub async fn of_pledge(desk: &Desk, id: &Id) -> Value {
    let asked = [("pledge_id", &**id), ("limit", "50")];
    desk.find(PLEDGED, &asked).await.unwrap_or_default()
}

/// The same as a part of the pledge's page.
pub fn table(desk: &Desk, due: &Value) -> Table {
    let heads = [
        desk.t("col-patent"),
        desk.t("trg-cause"),
        desk.t("trg-noted"),
        desk.t("trg-deadline"),
        desk.t("col-status"),
        desk.t("trg-next"),
    ];
    Table::new(desk, desk.t("trg-pledged"), &heads).rows(rows(due), |row| {
        [
            patent(desk, row),
            why(desk, row),
            Cell::day(row.text("noted_on")),
            Cell::day(row.text("deadline")),
            state(desk, row),
            next(desk, row),
        ]
    })
}

/// What is done about it next: the patent is valued, or the new value is proposed for the pledge.
fn next(desk: &Desk, row: &Value) -> Cell {
    if row.has("closed_by") {
        return Cell::text(desk.t("trg-valued")).to(format!("/valuations/{}", row.text("closed_by")));
    }
    if desk.may("valuation.request") {
        return Cell::text(desk.t("trg-value-now")).to(format!("/patents/{}/value", row.text("patent_id")));
    }
    Cell::text("")
}

/// `GET /revaluations-due/export`
async fn pledged_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(PLEDGED).await
}

/// `GET /revaluation-triggers`: every valuation of one's own
async fn own(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: OWN.to_owned(),
        filters: filters(&desk, true),
        columns: vec![
            column("trg-valuation", valuation),
            column("col-patent", patent),
            column("col-tenant", |_, row| Cell::text(row.text("tenant_name"))),
            column("trg-cause", why),
            column("trg-noted", |_, row| Cell::day(row.text("noted_on"))).sorted("noted_on"),
            column("trg-deadline", |_, row| Cell::day(row.text("deadline"))).sorted("deadline"),
            column("col-status", state),
            column("trg-next", next),
        ],
        export: true,
    };
    let page = Page::new(desk.t("trg-title")).up(desk.t("valuations-title"), "/valuations").action(
        true,
        desk.t("trg-rules"),
        "/revaluation-triggers/rules",
    );
    list::show(&desk, page, list).await
}

/// `GET /revaluation-triggers/export`
async fn own_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(OWN).await
}

/// `GET /supervision/revaluations`: every bank's
async fn supervised(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: SUPERVISED.to_owned(),
        filters: filters(&desk, true),
        columns: vec![
            column("col-bank", |_, row| Cell::text(row.text("bank_name"))).sorted("bank_name"),
            column("trg-valuation", valuation),
            column("col-patent", patent),
            column("col-purpose", |desk, row| Cell::text(desk.word(row.text("purpose")))),
            column("trg-cause", why),
            column("trg-noted", |_, row| Cell::day(row.text("noted_on"))).sorted("noted_on"),
            column("trg-deadline", |_, row| Cell::day(row.text("deadline"))).sorted("deadline"),
            column("col-status", state),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("trg-supervised")), list).await
}

/// `GET /supervision/revaluations/export`
async fn supervised_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(SUPERVISED).await
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

fn rules_table(desk: &Desk, view: &Value) -> Table {
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
        let threshold = |rule: &Value| {
            let shown = rule.shown("threshold");
            if shown.is_empty() {
                "—".to_owned()
            } else {
                format!("{shown} {}", desk.words().get(unit(code)))
            }
        };
        table = table.row([
            Cell::text(cause(desk, code)),
            Cell::badge(desk.words().get(used.0), used.1),
            Cell::figure(rule.shown("deadline_days")),
            Cell::figure(threshold(rule)),
            Cell::figure(format!("{} · {}", platform.shown("deadline_days"), threshold(platform))),
        ]);
    }
    table
}

fn rules_form(desk: &Desk, view: &Value) -> Form {
    let checks = CAUSES.iter().map(|code| ((*code).to_owned(), cause(desk, code)));
    let mut enabled = Field::new(Kind::Checks, "enabled", desk.t("trg-enabled")).options(checks).optional();
    enabled.ticked = CAUSES
        .iter()
        .filter(|code| rule_of(view, "rules", code).flag("enabled"))
        .map(|code| (*code).to_owned())
        .collect();
    let mut form = Form::new(desk, "/revaluation-triggers/rules", desk.t("trg-set"))
        .title(desk.t("trg-set"))
        .intro(desk.t("trg-set-intro"))
        .seen(view)
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

fn rules_page(desk: &Desk, view: &Value, form: Form) -> Page {
    let page = Page::new(desk.t("trg-rules"))
        .up(desk.t("trg-title"), "/revaluation-triggers")
        .with(rules_table(desk, view));
    if desk.may("model.approve") { page.with(form) } else { page }
}

/// `GET /revaluation-triggers/rules`
async fn rules_show(desk: Desk) -> Result<Response, Failure> {
    let view = desk.get(RULES).await?;
    let form = rules_form(&desk, &view);
    Ok(frame::show(&desk, rules_page(&desk, &view, form)))
}

/// `POST /revaluation-triggers/rules`
async fn rules(desk: Desk, input: Input) -> Result<Response, Failure> {
    if !desk.may("model.approve") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    let view = desk.get(RULES).await?;
    let rules: Vec<Value> = CAUSES.iter().map(|code| typed_rule(&input, code)).collect();
    let draft = crate::draft::Draft::new(&desk, &input).with("rules", rules);
    let answer = draft.send(RULES).await;
    let form = rules_form(&desk, &view);
    steps::answered(&desk, answer, ("/revaluation-triggers/rules", "trg-set"), &input, form, |form| {
        rules_page(&desk, &view, form)
    })
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
