//! The words for tiers, stages, warnings and days overdue, and the supervisor's table of them.

use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, with_query},
    page::{Beside, Table},
    value::Facts,
};

/// The tiers, best first.
pub const TIERS: [&str; 5] = ["normal", "special_mention", "substandard", "doubtful", "loss"];
/// The words for a tier.
pub fn tier_name(desk: &Desk, tier: &str) -> String {
    match tier {
        "normal" => desk.t("risk-tier-normal"),
        "special_mention" => desk.t("risk-tier-special-mention"),
        "substandard" => desk.t("risk-tier-substandard"),
        "doubtful" => desk.t("risk-tier-doubtful"),
        "loss" => desk.t("risk-tier-loss"),
        "unassessed" => desk.t("risk-unassessed"),
        _ => "—",
    }
    .to_owned()
}

/// A tier as a badge.
pub fn tier(desk: &Desk, tier: &str) -> Cell {
    let tone = match tier {
        "normal" => "ok",
        "special_mention" => "warn",
        "substandard" | "doubtful" | "loss" => "risk",
        _ => "plain",
    };
    Cell::badge(tier_name(desk, tier), tone)
}

/// The words for a stage.
pub fn stage(desk: &Desk, number: &str) -> String {
    match number {
        "1" => desk.t("risk-stage-1").to_owned(),
        "2" => desk.t("risk-stage-2").to_owned(),
        "3" => desk.t("risk-stage-3").to_owned(),
        _ => desk.t("risk-unassessed").to_owned(),
    }
}

/// The stages to choose from.
pub fn stages(desk: &Desk) -> Vec<(String, String)> {
    ["1", "2", "3"].map(|number| (number.to_owned(), stage(desk, number))).to_vec()
}

/// The tiers to choose from.
pub fn tiers(desk: &Desk) -> Vec<(String, String)> {
    TIERS.map(|name| (name.to_owned(), tier_name(desk, name))).to_vec()
}

/// The tiers that the supervisor chooses from: all that are non-performing and those without one among them.
pub fn supervised_tiers(desk: &Desk) -> Vec<(String, String)> {
    let mut choices = tiers(desk);
    choices.push(("nonperforming".to_owned(), desk.t("risk-npl-only").to_owned()));
    choices.push(("unassessed".to_owned(), tier_name(desk, "unassessed")));
    choices
}

/// The words for a warning.
pub fn flag(desk: &Desk, name: &str) -> String {
    match name {
        "overdue" => desk.t("risk-flag-overdue"),
        "ltv_above_cap" => desk.t("risk-flag-ltv"),
        "valuation_expired" => desk.t("risk-flag-valuation"),
        "patent_life_short" => desk.t("risk-flag-life"),
        "concentration" => desk.t("risk-flag-concentration"),
        "pledge_lost" => desk.t("risk-flag-pledge"),
        "pledge_waived" => desk.t("risk-flag-waived"),
        "patent_attacked" => desk.t("risk-flag-attacked"),
        "annuity_unpaid" => desk.t("risk-flag-annuity"),
        _ => "—",
    }
    .to_owned()
}

/// The words for a band of days overdue.
pub fn band(desk: &Desk, name: &str) -> String {
    match name {
        "current" => desk.t("risk-band-current").to_owned(),
        "361_up" => desk.t("risk-band-beyond").to_owned(),
        days => desk.tf("risk-band", &[("days", &days.replace('_', "–"))]),
    }
}

/// The heads of a table of loans by group: what the group is, then its figures.
pub fn group_heads(desk: &Desk, of: &'static str) -> [String; 6] {
    [
        desk.words().get(of).to_owned(),
        format!("#{}", desk.t("risk-loans")),
        format!("#{}", desk.t("outstanding-wan")),
        format!("#{}", desk.t("risk-share")),
        format!("#{}", desk.t("risk-provision-wan")),
        format!("#{}", desk.t("risk-cover")),
    ]
}

/// Tiers and stages of the whole market, as the supervisor's overview has them; each leads to its loans.
pub fn market(desk: &Desk, overview: &Value) -> Beside {
    let table =
        |title: &'static str, of: &'static str, groups: &[Value], named: fn(&Desk, &Value) -> Cell| {
            let heads = group_heads(desk, of);
            let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
            Table::new(desk, desk.words().get(title), &heads).rows(groups, |one| {
                [
                    named(desk, one),
                    Cell::figure(one.shown("loans")),
                    Cell::wan(one.text("outstanding")),
                    Cell::percent(&one.shown("share")),
                    Cell::wan(one.text("provision")),
                    Cell::percent(&one.shown("cover")),
                ]
            })
        };
    let tiers = table("risk-by-tier", "risk-tier", overview.list("by_tier"), |desk, one| {
        let name = one.text("tier");
        tier(desk, name).to(with_query("/supervision/loans", &[("tier", name)]))
    });
    let stages = table("risk-by-stage", "risk-stage", overview.list("by_stage"), |desk, one| {
        let number = one.shown("stage");
        let cell = Cell::text(stage(desk, &number));
        if number == "0" { cell } else { cell.to(with_query("/supervision/loans", &[("stage", &number)])) }
    });
    Beside { blocks: vec![tiers.into(), stages.into()] }
}
