//! What is to be valued anew: of pledged patents, of every valuation of one's own, of every bank for the regulator. The
//! rules by which it is found: [`rules`].

mod rules;

use axum::{Router, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id, with_query},
    failure::Failure,
    list::{self, List, column, picked, typed},
    page::{Page, Table},
    session::Console,
    value::{Facts, rows},
};

const PLEDGED: &str = "/api/pledge/v1/pledge-revaluations-due";
const OWN: &str = "/api/valuation/v1/revaluation-triggers";
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
        .route("/supervision/revaluations", get(supervised))
        .route("/supervision/revaluations/export", get(supervised_export))
        .merge(rules::routes())
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
        desk.may("parameter.propose"),
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
            column("trg-next", |desk, row| {
                let bank = [("organisation_id", row.text("bank_id"))];
                Cell::text(desk.t("trg-rules")).to(with_query("/revaluation-triggers/rules", &bank))
            }),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("trg-supervised")), list).await
}

/// `GET /supervision/revaluations/export`
async fn supervised_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(SUPERVISED).await
}
