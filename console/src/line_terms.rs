//! The terms of a facility as a page shows them: caps, liability, collateral, who covers a loss, what stops the line.

use serde_json::Value;

use crate::{
    cell::Cell,
    desk::Desk,
    facilities::API,
    figures, line_terms_form,
    page::{Block, Grid, Table},
    value::{Facts, rows},
};

/// The word for a stored value of a facility's terms.
pub fn say(desk: &Desk, value: &str) -> String {
    desk.words().find(&format!("fl-v-{value}")).map_or_else(|| desk.word(value), str::to_owned)
}

/// Adds the agreed terms to a grid.
pub fn agreed(desk: &Desk, f: &Value, grid: Grid) -> Grid {
    grid.fact(desk.t("fl-pricing"), Cell::text(line_terms_form::pricing::said(desk, f.at("pricing"))))
        .fact(desk.t("fl-over-allotment"), Cell::percent(&f.shown("over_allotment")))
        .fact(desk.t("fl-group-cap"), Cell::percent(&f.shown("group_cap")))
        .fact(desk.t("fl-pool-cap"), Cell::percent(&f.shown("pool_cap")))
        .fact(desk.t("fl-liability"), Cell::text(liability(desk, f.at("liability"))))
        .fact(desk.t("fl-collateral"), Cell::text(collateral(desk, f.at("collateral"))))
        .fact(desk.t("fl-triggers"), Cell::text(triggers(desk, f.at("triggers"))))
}

/// How far the members answer for each other.
pub fn liability(desk: &Desk, terms: &Value) -> String {
    if terms.text("kind") != "joint" {
        return say(desk, terms.text("kind"));
    }
    let rate = figures::percent(terms.text("rate"));
    let basis = say(desk, &format!("basis-{}", terms.text("basis")));
    desk.tf("fl-joint-terms", &[("rate", &rate), ("basis", &basis)])
}

/// What secures the loans.
pub fn collateral(desk: &Desk, terms: &Value) -> String {
    match terms.text("rule") {
        "pooled" => {
            let percent = |name| figures::percent(terms.text(name));
            desk.tf(
                "fl-pooled-terms",
                &[
                    ("rate", &percent("advance_rate")),
                    ("patent", &percent("patent_cap")),
                    ("owner", &percent("owner_cap")),
                    ("days", &terms.shown("cure_days")),
                    ("uncured", &say(desk, &format!("uncured-{}", terms.text("uncured")))),
                ],
            )
        }
        "unsecured" => desk.tf("fl-unsecured-terms", &[("amount", &figures::wan(terms.text("up_to")))]),
        rule => say(desk, rule),
    }
}

/// What stops the line without anybody deciding it.
pub fn triggers(desk: &Desk, terms: &Value) -> String {
    let mut parts = Vec::new();
    if terms.has("non_performing_ratio") {
        let ratio = figures::percent(terms.text("non_performing_ratio"));
        parts.push(desk.tf("fl-trigger-ratio", &[("ratio", &ratio)]));
    }
    if terms.has("overdue_ratio") {
        let ratio = figures::percent(terms.text("overdue_ratio"));
        parts.push(desk.tf("fl-trigger-overdue", &[("ratio", &ratio)]));
    }
    if terms.has("member_tier") {
        let tier = say(desk, terms.text("member_tier"));
        parts.push(desk.tf("fl-trigger-tier", &[("tier", &tier)]));
    }
    if terms.flag("fund_exhausted") {
        parts.push(desk.t("fl-trigger-fund").to_owned());
    }
    if parts.is_empty() { desk.t("fl-trigger-none").to_owned() } else { parts.join(desk.stop("；")) }
}

/// Who bears a part of a loss besides the bank.
pub fn cover(desk: &Desk, f: &Value) -> Option<Block> {
    if !f.has("cover") {
        return None;
    }
    let heads = [
        &format!("#{}", desk.t("fl-rank")),
        desk.t("fl-cover-party"),
        desk.t("fl-kind"),
        &format!("#{}", desk.t("fl-cover-share")),
        &format!("#{}", desk.t("fl-cover-cap")),
        &format!("#{}", desk.t("fl-deductible")),
        desk.t("fl-cover-valid-until"),
    ];
    let table =
        Table::new(desk, desk.t("fl-cover"), &heads.map(AsRef::as_ref)).rows(f.list("cover"), |one| {
            [
                Cell::figure(one.shown("rank")),
                Cell::text(one.text("name")).under(one.text("contract")),
                Cell::text(say(desk, one.text("party.kind"))),
                Cell::percent(one.text("share_of_loss")),
                Cell::wan(one.text("cap")),
                Cell::wan(one.text("deductible")),
                Cell::day(one.text("valid_until")),
            ]
        });
    Some(table.into())
}

/// The syndicate, its lead and agent first.
pub fn shares(desk: &Desk, f: &Value) -> Option<Block> {
    if !f.has("shares") {
        return None;
    }
    let heads = [
        desk.t("col-bank"),
        desk.t("fl-role"),
        &format!("#{}", desk.t("fl-tranche")),
        &format!("#{}", desk.t("share")),
    ];
    let table = Table::new(desk, desk.t("facility-shares"), &heads).rows(f.list("shares"), |share| {
        let role =
            if share.text("bank_id") == f.text("agent_bank_id") { "agent" } else { share.text("role") };
        [
            Cell::text(share.text("bank_name")),
            Cell::text(say(desk, role)),
            Cell::figure(share.shown("tranche")),
            Cell::percent(&share.shown("share")),
        ]
    });
    Some(table.into())
}

/// What stopped the line or a member, and what became of it.
pub async fn stops(desk: &Desk, id: &str) -> Option<Block> {
    let answer = desk.get(&format!("{API}/{id}/triggers")).await.ok()?;
    if rows(&answer).is_empty() {
        return None;
    }
    let heads = [
        desk.t("fl-tripped-on"),
        desk.t("fl-kind"),
        desk.t("col-reason"),
        desk.t("col-status"),
        desk.t("fl-ended-on"),
    ];
    let table = Table::new(desk, desk.t("fl-stops"), &heads).rows(rows(&answer), |one| {
        let state = one.text("state");
        let tone = if state == "standing" { "risk" } else { "plain" };
        [
            Cell::day(one.text("tripped_on")),
            Cell::text(say(desk, one.text("kind"))),
            Cell::text(one.said("reason", desk.lang())),
            Cell::badge(say(desk, state), tone),
            Cell::day(one.text("ended_on")).under(one.text("ended_by")),
        ]
    });
    Some(table.into())
}
