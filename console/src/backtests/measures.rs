//! What each measure of a back-test says, on how many observations it rests, and which of them cannot be told.

use serde_json::Value;

use crate::{
    cell::Cell,
    charts::{self, Series},
    desk::Desk,
    figures,
    page::{Chart, Notice, Page, Table},
    value::Facts,
};

/// The parts of a result: the part, a measure that it has where it could be told, why it could not, where observations
/// are written down.
const PARTS: [(&str, &str, &str, &str); 3] = [
    ("accuracy", "bias", "bt-none-accuracy", "bt-part-accuracy"),
    ("discrimination", "auc", "bt-none-discrimination", "bt-part-discrimination"),
    ("stability", "psi", "bt-none-stability", "bt-part-stability"),
];
/// Each measure: its part, its member, its name, what it says.
const MEASURES: [(&str, &str, &str, &str); 7] = [
    ("accuracy", "bias", "bt-bias", "bt-says-bias"),
    ("accuracy", "mape", "bt-mape", "bt-says-mape"),
    ("accuracy", "median_error", "bt-median", "bt-says-median"),
    ("accuracy", "rank_correlation", "bt-rank", "bt-says-rank"),
    ("discrimination", "auc", "bt-auc", "bt-says-auc"),
    ("discrimination", "ks", "bt-ks", "bt-says-ks"),
    ("stability", "psi", "bt-psi", "bt-says-psi"),
];

/// The confidence interval of AUC: `0.61 – 0.89`.
pub fn auc_interval(discrimination: &Value) -> String {
    if !discrimination.has("auc_low") {
        return String::new();
    }
    let end = |member: &str| figures::decimals(&discrimination.shown(member), 3);
    format!("{} – {}", end("auc_low"), end("auc_high"))
}

/// How many observations a part rests on: `12`, with defaults where there are any, and both periods of the scores.
fn observations(desk: &Desk, part: &str, of: &Value) -> String {
    let count = of.shown("count");
    match part {
        "discrimination" => {
            desk.tf("bt-of-defaults", &[("count", &count), ("defaults", &of.shown("defaults"))])
        }
        "stability" => desk.tf("bt-of-periods", &[("before", &of.shown("reference_count")), ("now", &count)]),
        _ => count,
    }
}

fn figure(part: &str, member: &str, of: &Value) -> Cell {
    let text = of.shown(member);
    match (part, member) {
        _ if text.is_empty() => Cell::figure(""),
        ("accuracy", "bias" | "mape" | "median_error") => Cell::percent(&text),
        (_, "auc") => Cell::figure(figures::decimals(&text, 3)).under(auc_interval(of)),
        _ => Cell::figure(figures::decimals(&text, 3)),
    }
}

/// Every measure with its figure, its observations and what it says.
pub fn explained(desk: &Desk, result: &Value) -> Table {
    let heads = [
        desk.t("bt-measure"),
        &format!("#{}", desk.t("bt-figure")),
        &format!("#{}", desk.t("bt-rests-on")),
        desk.t("bt-says"),
    ];
    MEASURES.iter().fold(
        Table::new(desk, desk.t("bt-measures"), &heads),
        |table, (part, member, name, says)| {
            let of = result.at(part);
            let counted = if of.has("count") { observations(desk, part, of) } else { String::new() };
            table.row([
                Cell::text(desk.words().get(name)),
                figure(part, member, of),
                Cell::figure(counted),
                Cell::text(desk.words().get(says)),
            ])
        },
    )
}

/// What cannot be told for want of observations, and what rests on few of them.
pub fn warned(desk: &Desk, result: &Value, mut page: Page) -> Page {
    let few: Vec<String> = PARTS
        .iter()
        .filter(|(part, ..)| result.flag(&format!("{part}.few")))
        .map(|(part, .., name)| {
            let counted = observations(desk, part, result.at(part));
            desk.tf("bt-few-part", &[("part", desk.words().get(name)), ("count", &counted)])
        })
        .collect();
    if !few.is_empty() {
        page = page.with(Notice {
            tone: "warn",
            title: desk.t("bt-few").to_owned(),
            text: desk.t("bt-few-text").to_owned(),
            items: few,
        });
    }
    let absent: Vec<String> = PARTS
        .iter()
        .filter(|(part, member, ..)| !result.has(&format!("{part}.{member}")))
        .map(|(_, _, why, _)| desk.words().get(why).to_owned())
        .collect();
    if !absent.is_empty() {
        page = page.with(Notice {
            tone: "info",
            title: desk.t("bt-none").to_owned(),
            text: desk.t("bt-none-text").to_owned(),
            items: absent,
        });
    }
    page
}

/// Model and challenger on the same observations: the measures and, where both have them, a picture.
pub fn beside(desk: &Desk, b: &Value, page: Page) -> Page {
    let beside = b.at("result.challenger");
    let counted = |side: &str| beside.has(&format!("{side}_accuracy.count"));
    let judged = |side: &str| beside.has(&format!("{side}_discrimination.count"));
    let sides = ["model", "challenger"];
    if !sides.iter().any(|side| counted(side) || judged(side)) {
        return page.with(Notice {
            tone: "info",
            title: desk.t("bt-beside").to_owned(),
            text: desk.t("bt-beside-none").to_owned(),
            items: Vec::new(),
        });
    }
    let heads = [
        desk.t("bt-measure"),
        &format!("#{}", b.text("model_version")),
        &format!("#{}", b.text("challenger_version")),
    ];
    let of = |side: &str, part: &str| beside.at(&format!("{side}_{part}")).clone();
    let mut table = Table::new(desk, desk.t("bt-beside"), &heads);
    for (part, key) in [("accuracy", "bt-realised-count"), ("discrimination", "bt-pledged-count")] {
        table = table.row([
            Cell::text(desk.words().get(key)),
            Cell::figure(of("model", part).shown("count")),
            Cell::figure(of("challenger", part).shown("count")),
        ]);
        for (_, member, name, _) in MEASURES.iter().filter(|(of_part, ..)| *of_part == part) {
            table = table.row([
                Cell::text(desk.words().get(name)),
                figure(part, member, &of("model", part)),
                figure(part, member, &of("challenger", part)),
            ]);
        }
    }
    let few =
        ["accuracy", "discrimination"].iter().any(|part| sides.iter().any(|side| of(side, part).flag("few")));
    let text = if few { desk.t("bt-beside-few") } else { desk.t("bt-beside-text") };
    let page = page.with(Notice {
        tone: if few { "warn" } else { "info" },
        title: desk.t("bt-beside").to_owned(),
        text: text.to_owned(),
        items: Vec::new(),
    });
    if sides.iter().all(|side| counted(side)) { page.with(picture(desk, b, table)) } else { page.with(table) }
}

fn picture(desk: &Desk, b: &Value, table: Table) -> Chart {
    let members = [("bias", "bt-bias-size"), ("mape", "bt-mape")];
    let labels: Vec<String> = members.iter().map(|(_, key)| desk.words().get(key).to_owned()).collect();
    let side = |side: &str| {
        let of = b.at(&format!("result.challenger.{side}_accuracy"));
        members.iter().map(|(member, _)| 100.0 * of.point(member).abs()).collect::<Vec<f64>>()
    };
    let series = [
        Series::new(b.text("model_version"), side("model")),
        Series::new(b.text("challenger_version"), side("challenger")),
    ];
    let mape = |side: &str| figures::percent(&b.shown(&format!("result.challenger.{side}_accuracy.mape")));
    Chart {
        title: desk.t("bt-beside-chart").to_owned(),
        summary: desk.tf(
            "bt-beside-summary",
            &[
                ("count", &b.shown("result.challenger.model_accuracy.count")),
                ("model", &mape("model")),
                ("challenger", &mape("challenger")),
            ],
        ),
        svg: charts::bars(&labels, &series),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}
