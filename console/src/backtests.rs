//! Back-tests: the list, testing a version, one with its measures, pictures and observations.

mod measures;
mod observed;
mod realised;
mod uploaded;

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    charts::{self, Series},
    decisions::permitted,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, numeric},
    models::{self, SCENARIOS, compare::version_field},
    page::{Chart, FigureRow, Grid, Page, Table},
    session::Console,
    steps,
    value::Facts,
};

/// The back-tests' address.
pub const API: &str = "/api/valuation/v1/backtests";
/// Steps of the ROC picture.
const ROC_STEPS: u32 = 20;
/// Rows of observations that are shown.
const SHOWN: usize = 200;

/// The pages.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/backtests", get(index))
        .route("/backtests/export", get(export))
        .route("/backtests/new", get(run_show).post(run))
        .route("/backtests/{id}", get(show))
        .merge(observed::routes())
        .merge(realised::routes())
        .merge(uploaded::routes())
}

/// `GET /backtests`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: Vec::new(),
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/backtests/{}", row.text("id")))
            }),
            column("mdl-bank", |_, row| Cell::text(row.text("tenant_name"))),
            column("valuation-model", |_, row| {
                Cell::text(row.text("model_version")).under(row.text("challenger_version"))
            }),
            column("bt-period", |_, row| {
                Cell::text(format!("{} – {}", figures::day(row.text("from")), figures::day(row.text("to"))))
            }),
            numeric("bt-bias", |_, row| Cell::percent(&row.shown("result.accuracy.bias"))),
            numeric("bt-mape", |_, row| Cell::percent(&row.shown("result.accuracy.mape"))),
            numeric("bt-auc", |_, row| {
                Cell::figure(figures::decimals(&row.shown("result.discrimination.auc"), 3))
            }),
            numeric("bt-psi", |_, row| {
                Cell::figure(figures::decimals(&row.shown("result.stability.psi"), 3))
            }),
            column("bt-made-by", |_, row| Cell::text(row.text("made_by"))),
            column("col-created", |_, row| Cell::stamp(row.text("created_at"))),
        ],
        export: true,
    };
    let page = Page::new(desk.t("bt-title"))
        .action(desk.may("model.backtest"), desk.t("bt-new"), "/backtests/new")
        .action(true, desk.t("real-title"), "/realisations");
    list::show(&desk, page, list).await
}

/// `GET /backtests/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

async fn run_form(desk: &Desk) -> Form {
    let versions = desk.get(models::API).await.unwrap_or_default();
    Form::new(desk, "/backtests/new", desk.t("bt-run"))
        .intro(desk.t("bt-intro"))
        .field(
            version_field(desk, "version_id", "bt-version", &versions)
                .value(desk.asked("version_id"))
                .help(desk.t("bt-version-help")),
        )
        .field(
            version_field(desk, "challenger_id", "bt-challenger", &versions)
                .help(desk.t("bt-challenger-help")),
        )
        .field(Field::new(Kind::Choice, "scenario", desk.t("col-purpose")).words(desk, SCENARIOS))
        .field(Field::new(Kind::Day, "from", desk.t("bt-from")).half())
        .field(Field::new(Kind::Day, "to", desk.t("bt-to")).half())
}

fn run_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("bt-new")).up(desk.t("bt-title"), "/backtests").with(form)
}

/// `GET /backtests/new`
pub async fn run_show(desk: Desk) -> Result<Response, Failure> {
    permitted(&desk, "model.backtest")?;
    let form = run_form(&desk).await;
    Ok(frame::show(&desk, run_page(&desk, form)))
}

/// `POST /backtests/new`
pub async fn run(desk: Desk, input: Input) -> Result<Response, Failure> {
    permitted(&desk, "model.backtest")?;
    let draft = Draft::new(&desk, &input).texts(&["version_id", "challenger_id", "scenario", "from", "to"]);
    let answer = draft.send(API).await;
    if let Ok(made) = &answer {
        return Ok(frame::go(&format!("/backtests/{}", made.text("id")), "bt-run"));
    }
    let form = run_form(&desk).await;
    steps::answered(&desk, answer, ("/backtests", ""), &input, form, |form| run_page(&desk, form))
}

/// `GET /backtests/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let path = format!("{API}/{id}");
    let found = desk.get(&path).await?;
    let again = desk.get(&format!("{path}/reproduction")).await.unwrap_or_default();
    let b = &found;
    let mut page = Page::new(desk.t("bt-one"))
        .up(desk.t("bt-title"), "/backtests")
        .number(b.text("number"))
        .action(true, desk.t("bt-observed-rows"), format!("/backtests/{id}/observations"))
        .badge(if again.flag("identical") {
            Cell::badge(desk.t("bt-identical"), "ok")
        } else {
            Cell::badge(desk.t("bt-not-identical"), "risk")
        })
        .with(headline(&desk, b))
        .with(facts(&desk, b));
    page = measures::warned(&desk, b.at("result"), page);
    if b.has("result.accuracy.bias") {
        page = page.with(scatter(&desk, b));
    }
    if b.has("result.discrimination.auc") {
        page = page.with(roc(&desk, b));
    }
    if b.has("result.stability.psi") {
        page = page.with(drift(&desk, b));
    }
    if b.has("challenger_id") {
        page = measures::beside(&desk, b, page);
    }
    page = page.with(measures::explained(&desk, b.at("result")));
    Ok(frame::show(&desk, page))
}

fn headline(desk: &Desk, b: &Value) -> FigureRow {
    let count = |part: &str| {
        let counted = b.shown(&format!("result.{part}.count"));
        desk.tf("bt-count", &[("count", if counted.is_empty() { "0" } else { counted.as_str() })])
    };
    let decimals = |path: &str| Cell::figure(figures::decimals(&b.shown(path), 3));
    FigureRow::default()
        .with(desk.t("bt-bias"), Cell::percent(&b.shown("result.accuracy.bias")), count("accuracy"))
        .with(desk.t("bt-mape"), Cell::percent(&b.shown("result.accuracy.mape")), "")
        .with(desk.t("bt-median"), Cell::percent(&b.shown("result.accuracy.median_error")), "")
        .with(desk.t("bt-rank"), decimals("result.accuracy.rank_correlation"), "")
        .with(
            desk.t("bt-auc"),
            decimals("result.discrimination.auc")
                .under(measures::auc_interval(b.at("result.discrimination"))),
            count("discrimination"),
        )
        .with(desk.t("bt-ks"), decimals("result.discrimination.ks"), "")
        .with(
            desk.t("bt-psi"),
            decimals("result.stability.psi"),
            desk.word(b.text("result.stability.reading")),
        )
}

fn facts(desk: &Desk, b: &Value) -> Grid {
    let version = match b.text("version_id") {
        "" => Cell::text(b.text("model_version")).to("/models/platform-default"),
        id => Cell::text(b.text("model_version")).to(format!("/models/{id}")),
    };
    Grid::new(desk.t("bt-facts"))
        .fact(desk.t("bt-version"), version)
        .fact(desk.t("bt-challenger"), Cell::text(b.text("challenger_version")))
        .fact(desk.t("col-purpose"), Cell::text(desk.word(b.text("scenario"))))
        .fact(desk.t("bt-from"), Cell::day(b.text("from")))
        .fact(desk.t("bt-to"), Cell::day(b.text("to")))
        .fact(desk.t("bt-made-by"), Cell::text(b.text("made_by")))
        .fact(desk.t("col-created"), Cell::stamp(b.text("created_at")))
}

fn wan(text: &str) -> f64 {
    text.parse::<f64>().unwrap_or(0.0) / 10_000.0
}

fn scatter(desk: &Desk, b: &Value) -> Chart {
    let rows = b.list("observations.realised");
    let points: Vec<(f64, f64)> =
        rows.iter().map(|row| (wan(row.text("model.value")), wan(row.text("realised")))).collect();
    let heads = [
        desk.t("col-patent"),
        &format!("#{}", desk.t("bt-model-wan")),
        &format!("#{}", desk.t("bt-realised-wan")),
        desk.t("bt-realised-on"),
        desk.t("bt-kind"),
    ];
    let table =
        Table::new(desk, "", &heads).rows(rows.get(..rows.len().min(SHOWN)).unwrap_or_default(), |row| {
            [
                Cell::text(row.text("patent_number")).to(format!("/valuations/{}", row.text("valuation_id"))),
                Cell::wan(row.text("model.value")),
                Cell::wan(row.text("realised")),
                Cell::day(row.text("realised_on")),
                Cell::text(desk.words().get(&format!("real-kind-{}", row.text("kind")))),
            ]
        });
    let percent = |member: &str| figures::percent(&b.shown(&format!("result.accuracy.{member}")));
    Chart {
        title: desk.t("bt-scatter").to_owned(),
        summary: desk.tf(
            "bt-scatter-summary",
            &[
                ("count", &b.shown("result.accuracy.count")),
                ("bias", &percent("bias")),
                ("mape", &percent("mape")),
            ],
        ),
        svg: charts::scatter(desk.t("bt-observations"), desk.t("bt-diagonal"), &points),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

/// The curve between its points, at a share of false alarms.
fn height(points: &[(f64, f64)], at: f64) -> f64 {
    let mut before = (0.0, 0.0);
    for point in points {
        if point.0 >= at {
            let width = point.0 - before.0;
            return if width > 0.0 {
                before.1 + (point.1 - before.1) * (at - before.0) / width
            } else {
                point.1
            };
        }
        before = *point;
    }
    1.0
}

fn roc(desk: &Desk, b: &Value) -> Chart {
    let figure = |value: &Value, at: usize| value.shown(&at.to_string()).parse::<f64>().unwrap_or(0.0);
    let points: Vec<(f64, f64)> = b
        .list("result.discrimination.roc")
        .iter()
        .map(|point| (figure(point, 0), figure(point, 1)))
        .collect();
    let ticks: Vec<f64> = (0..=ROC_STEPS).map(|step| f64::from(step) / f64::from(ROC_STEPS)).collect();
    let labels: Vec<String> = ticks.iter().map(|tick| figures::percent(&tick.to_string())).collect();
    let curve: Vec<f64> = ticks.iter().map(|tick| 100.0 * height(&points, *tick)).collect();
    let chance: Vec<f64> = ticks.iter().map(|tick| 100.0 * tick).collect();
    let series = [Series::new(desk.t("bt-roc-curve"), curve), Series::new(desk.t("bt-roc-chance"), chance)];
    let heads = [&format!("#{}", desk.t("bt-false-alarms")), &format!("#{}", desk.t("bt-found"))];
    let heads: Vec<&str> = heads.iter().map(|head| head.as_str()).collect();
    let table = Table::new(desk, "", &heads).rows(b.list("result.discrimination.roc"), |point| {
        [Cell::percent(&point.shown("0")), Cell::percent(&point.shown("1"))]
    });
    Chart {
        title: desk.t("bt-roc").to_owned(),
        summary: desk.tf(
            "bt-roc-summary",
            &[
                ("auc", &figures::decimals(&b.shown("result.discrimination.auc"), 3)),
                ("interval", &measures::auc_interval(b.at("result.discrimination"))),
                ("ks", &figures::decimals(&b.shown("result.discrimination.ks"), 3)),
                ("defaults", &b.shown("result.discrimination.defaults")),
                ("count", &b.shown("result.discrimination.count")),
            ],
        ),
        svg: charts::lines(&labels, &series),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

fn band(band: &Value) -> String {
    let bound = |member: &str| figures::decimals(&band.shown(member), 1);
    match (band.has("above"), band.has("up_to")) {
        (true, true) => format!("{}–{}", bound("above"), bound("up_to")),
        (true, false) => format!("> {}", bound("above")),
        (false, true) => format!("≤ {}", bound("up_to")),
        (false, false) => "0–100".to_owned(),
    }
}

fn drift(desk: &Desk, b: &Value) -> Chart {
    let bands = b.list("result.stability.bands");
    let labels: Vec<String> = bands.iter().map(band).collect();
    let side = |member: &'static str| bands.iter().map(|one| 100.0 * one.point(member)).collect::<Vec<f64>>();
    let series = [
        Series::new(desk.t("bt-reference"), side("reference")),
        Series::new(desk.t("bt-actual"), side("actual")),
    ];
    let heads = [
        desk.t("bt-band"),
        &format!("#{}", desk.t("bt-reference")),
        &format!("#{}", desk.t("bt-actual")),
        &format!("#{}", desk.t("bt-part")),
    ];
    let table = Table::new(desk, "", &heads).rows(bands, |one| {
        [
            Cell::text(band(one)),
            Cell::percent(&one.shown("reference")),
            Cell::percent(&one.shown("actual")),
            Cell::figure(figures::decimals(&one.shown("part"), 4)),
        ]
    });
    Chart {
        title: desk.t("bt-drift").to_owned(),
        summary: desk.tf(
            "bt-drift-summary",
            &[
                ("psi", &figures::decimals(&b.shown("result.stability.psi"), 3)),
                ("reading", &desk.word(b.text("result.stability.reading"))),
            ],
        ),
        svg: charts::bars(&labels, &series),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}
