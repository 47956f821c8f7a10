//! The OECD's indicators of a patent in its cohort: what each rests on and how far it may be relied on.

use serde_json::Value;

use crate::{cell::Cell, desk::Desk, figures, page::Table, value::Facts};

/// Each indicator with what it rests on, and the composites.
pub fn table(desk: &Desk, oecd: &Value) -> Table {
    let heads = [
        desk.t("sc-indicator"),
        &format!("#{}", desk.t("sc-value")),
        &format!("#{}", desk.t("sc-cohort-top")),
        &format!("#{}", desk.t("sc-normalised")),
        &format!("#{}", desk.t("sc-confidence")),
        desk.t("sc-remark"),
    ];
    let mut table = Table::new(desk, desk.t("sc-oecd"), &heads).rows(oecd.list("indicators"), |one| {
        let code = one.text("indicator");
        let remark = match one.text("basis") {
            _ if !one.has("value") => Cell::badge(desk.t("sc-undefined"), "plain"),
            basis @ ("partly_dated" | "total_only" | "partly_known" | "window_open") => {
                Cell::badge(desk.words().get(&format!("sc-b-{basis}")), "warn")
            }
            _ if one.flag("small_cohort") => Cell::badge(desk.t("sc-small"), "warn"),
            "running" => Cell::badge(desk.t("sc-b-running"), "plain"),
            _ => Cell::default(),
        };
        [
            Cell::text(desk.words().get(&format!("sc-i-{code}"))),
            Cell::figure(figures::decimals(&one.shown("value"), 1)),
            Cell::figure(figures::decimals(&one.shown("cohort_maximum"), 2)),
            Cell::figure(figures::decimals(&one.shown("normalised"), 4))
                .with_bar(one.point("normalised") * 100.0),
            Cell::percent(&one.shown("confidence")),
            remark,
        ]
    });
    for (key, path) in [("sc-quality-4", "quality_4"), ("sc-quality-6", "quality_6")] {
        let remark =
            if oecd.has(path) { Cell::default() } else { Cell::badge(desk.t("sc-undefined"), "plain") };
        table = table.row([
            Cell::text(desk.t(key)),
            Cell::default(),
            Cell::default(),
            Cell::figure(figures::decimals(&oecd.shown(path), 4)),
            Cell::default(),
            remark,
        ]);
    }
    table = table.row([
        Cell::text(desk.t("sc-confidence-all")),
        Cell::default(),
        Cell::default(),
        Cell::default(),
        Cell::percent(&oecd.shown("confidence")),
        Cell::text(desk.t("sc-confidence-text")),
    ]);
    if oecd.flag("breakthrough") {
        table = table.row([
            Cell::badge(desk.t("sc-breakthrough"), "ok"),
            Cell::default(),
            Cell::default(),
            Cell::default(),
            Cell::default(),
            Cell::default(),
        ]);
    }
    table
}
