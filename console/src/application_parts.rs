//! What an application's page is made of: the ask, the clock, the assessment, approvals and decision, findings, patents,
//! checklist, corrections, conditions, appeal.

use serde_json::{Value, json};

use crate::{
    cell::{Cell, person},
    desk::Desk,
    documents,
    draft::Input,
    figures,
    page::{Beside, Block, Grid, Notice, Table},
    value::{Facts, rows},
};

/// A state of an application or of what belongs to it, with the colour that fits.
pub fn state(desk: &Desk, value: &str) -> Cell {
    let tone = match value {
        "deficient" | "corrected" | "approved_once" | "appealed" | "open" | "fulfilled" | "notice" => "warn",
        "confirmed" => "ok",
        "waived" | "dropped" => "plain",
        _ => return Cell::state(desk, value),
    };
    Cell { tone, ..Cell::state(desk, value) }
}

/// What is due next, and how many working days are left.
pub fn clock(desk: &Desk, a: &Value) -> Cell {
    let c = a.at("clock");
    if !c.has("due_on") {
        return Cell::text("");
    }
    let left = c.count("remaining_days");
    let days = left.unsigned_abs().to_string();
    let (tone, words) = if c.flag("overdue") {
        ("risk", desk.tf("clock-over", &[("days", &days)]))
    } else if left <= 1 {
        ("warn", desk.tf("clock-left", &[("days", &days)]))
    } else {
        ("info", desk.tf("clock-left", &[("days", &days)]))
    };
    Cell { tone, fixed: true, ..Cell::text(words) }.under(format!(
        "{} {}",
        desk.word(c.text("kind")),
        figures::day(c.text("due_on"))
    ))
}

/// What the application asks and rests on.
pub fn parts(desk: &Desk, a: &Value) -> Vec<Block> {
    let mut left: Vec<Block> = vec![ask(desk, a).into()];
    if a.has("assessment") {
        left.push(assessment(desk, a).into());
    }
    let mut blocks: Vec<Block> = Vec::new();
    if !a.flag("clock.calendar_known") && a.has("clock") {
        let text = desk.t("clock-calendar-unknown").to_owned();
        blocks.push(Notice { tone: "info", text, ..Notice::default() }.into());
    }
    blocks.push(Beside { blocks: left }.into());
    if a.has("consent") || a.has("first_approval") {
        blocks.push(approvals(desk, a).into());
    }
    if a.has("decision") {
        blocks.push(decision(desk, a).into());
    }
    if a.has("appeal") {
        blocks.push(appeal(desk, a).into());
    }
    let found: Vec<Value> = a.list("findings").iter().chain(a.list("assessment.findings")).cloned().collect();
    if !found.is_empty() {
        blocks.push(findings(desk, &found).into());
    }
    blocks.push(patents(desk, a).into());
    if a.has("deficiencies") {
        blocks.push(deficiencies(desk, a).into());
    }
    blocks
}

/// Papers and statements that the product asks for; nothing where it asks for none.
pub async fn checklist(desk: &Desk, id: &str) -> Option<Block> {
    let answer = desk.get(&format!("{}/{id}/checklist", crate::applications::API)).await.ok()?;
    let items = answer.list("items");
    if items.is_empty() {
        return None;
    }
    let heads =
        [desk.t("checklist-item"), desk.t("checklist-kind"), desk.t("col-status"), desk.t("finding-cure")];
    let product = answer.at("product").said("name", desk.lang());
    let title = desk.tf("checklist-of", &[("product", product)]);
    let table = Table::new(desk, title, &heads).rows(items, |item| {
        let (key, tone) =
            if item.flag("present") { ("checklist-present", "ok") } else { ("checklist-missing", "warn") };
        let cure = if item.flag("present") { "" } else { item.said("cure", desk.lang()) };
        [
            Cell::text(item.said("name", desk.lang())),
            Cell::text(desk.word(item.text("kind"))),
            Cell::badge(desk.words().get(key), tone),
            Cell::text(cure),
        ]
    });
    Some(table.into())
}

/// What the register asks for with the pledge, and whether each is there; only while there is no pledge and one is next.
pub async fn pledge_papers(desk: &Desk, a: &Value) -> Option<Block> {
    if a.text("status") != "approved" || a.has("pledge_id") {
        return None;
    }
    let path = format!("{}/{}/pledge-papers", crate::applications::API, a.text("id"));
    let answer = desk.get(&path).await.ok()?;
    if rows(&answer).is_empty() {
        return None;
    }
    Some(papers_asked_for(desk, desk.t("checklist-pledge"), rows(&answer)).into())
}

/// Papers that are asked for: whether each is there, and what to do where it is not.
pub fn papers_asked_for(desk: &Desk, title: impl Into<String>, items: &[Value]) -> Table {
    let heads = [desk.t("checklist-item"), desk.t("col-status"), desk.t("finding-cure")];
    Table::new(desk, title, &heads).rows(items, |item| {
        let (key, tone) =
            if item.flag("present") { ("checklist-present", "ok") } else { ("checklist-missing", "warn") };
        let cure = if item.flag("present") { "" } else { item.said("cure", desk.lang()) };
        [
            Cell::text(item.said("name", desk.lang())),
            Cell::badge(desk.words().get(key), tone),
            Cell::text(cure),
        ]
    })
}

/// What is attached; the title's link leads to where more is attached.
pub async fn papers(desk: &Desk, id: &str) -> Option<Block> {
    documents::attached(desk, &format!("{}/{id}", crate::applications::API)).await
}

/// The conditions precedent, each leading to what can be done about it.
pub async fn conditions(desk: &Desk, id: &str) -> Option<Block> {
    let answer = desk.get(&format!("{}/{id}/conditions", crate::applications::API)).await.ok()?;
    if rows(&answer).is_empty() {
        return None;
    }
    Some(crate::conditions::table(desk, desk.t("conditions-title"), rows(&answer)).into())
}

fn approvals(desk: &Desk, a: &Value) -> Table {
    let heads = [
        desk.t("approval-step"),
        desk.t("approver"),
        &format!("#{}", desk.t("amount-wan")),
        desk.t("col-comment"),
        desk.t("col-created"),
    ];
    let mut table = Table::new(desk, desk.t("approvals-title"), &heads);
    if a.has("consent") {
        let c = a.at("consent");
        let (key, tone) =
            if c.flag("agrees") { ("consent-agrees", "ok") } else { ("consent-denies", "risk") };
        table = table.row([
            Cell::badge(desk.words().get(key), tone),
            Cell::text(c.text("by")),
            Cell::text(""),
            Cell::text(c.text("comment")),
            Cell::stamp(c.text("at")),
        ]);
    }
    if a.has("first_approval") {
        let f = a.at("first_approval");
        table = table.row([
            state(desk, "approved_once"),
            Cell::text(f.text("by")).under(under(desk, f)),
            Cell::wan(f.text("amount")),
            Cell::text(f.text("comment")),
            Cell::stamp(f.text("at")),
        ]);
    }
    table
}

/// Whose authority was used, where it was a colleague's.
fn under(desk: &Desk, vote: &Value) -> String {
    match vote.text("under.from") {
        "" => String::new(),
        from => desk.tf("approval-under", &[("name", from)]),
    }
}

fn appeal(desk: &Desk, a: &Value) -> Grid {
    let p = a.at("appeal");
    let grid = Grid::new(desk.t("appeal-title"))
        .fact(desk.t("appeal-refused"), Cell::text(p.text("refused_by")).under(p.text("refusal")))
        .fact(desk.t("appeal-made"), Cell::text(p.text("by")).under(figures::stamp(p.text("at"))))
        .fact(desk.t("col-reason"), Cell::text(p.text("reason")));
    if !p.has("outcome") {
        return grid.fact(desk.t("outcome"), state(desk, "appealed"));
    }
    grid.fact(desk.t("outcome"), Cell::text(desk.word(p.text("outcome"))))
        .fact(desk.t("approver"), Cell::text(p.text("decided_by")).under(p.text("decision")))
}

fn deficiencies(desk: &Desk, a: &Value) -> Table {
    let number = format!("#{}", desk.t("deficiency-number"));
    let heads = [
        number.as_str(),
        desk.t("deficiency-items"),
        desk.t("maker"),
        desk.t("deficiency-due"),
        desk.t("deficiency-answer"),
    ];
    Table::new(desk, desk.t("deficiencies-title"), &heads).rows(a.list("deficiencies"), |one| {
        let items: Vec<String> = one.list("items").iter().map(|item| item_words(desk, item)).collect();
        let answer = match one.text("answer") {
            "" => Cell::badge(desk.t("deficiency-open"), "warn"),
            answer => Cell::text(answer).under(figures::stamp(one.text("answered_at"))),
        };
        [
            Cell::figure(one.shown("number")),
            Cell::text(items.join(desk.stop("；"))),
            Cell::text(one.text("asked_by")).under(figures::stamp(one.text("asked_at"))),
            Cell::day(one.text("due_on")),
            answer,
        ]
    })
}

/// One thing asked for: the kind of paper in front, where there is one.
pub fn item_words(desk: &Desk, item: &Value) -> String {
    match item.text("document_kind") {
        "" => item.text("text").to_owned(),
        kind => format!(
            "{}{}{}{}",
            desk.stop("【"),
            documents::kind(desk, kind),
            desk.stop("】"),
            item.text("text")
        ),
    }
}

fn ask(desk: &Desk, a: &Value) -> Grid {
    Grid::new(desk.t("application-ask"))
        .fact(
            desk.t("amount"),
            Cell::yuan(a.text("amount")).under(figures::in_words(a.text("amount"), desk.lang())),
        )
        .fact(desk.t("tenor-months"), Cell::figure(a.shown("tenor_months")))
        .fact(desk.t("purpose"), Cell::text(a.text("purpose")))
        .fact(desk.t("application-product"), Cell::text(desk.word(a.text("product"))))
        .fact(desk.t("clock-title"), clock(desk, a))
        .fact(
            desk.t("col-facility"),
            Cell::text(a.text("facility_name")).to(format!("/facilities/{}", a.text("facility_id"))),
        )
        .fact(desk.t("col-bank"), Cell::text(a.text("bank_name")))
        .fact(desk.t("col-enterprise"), Cell::text(a.text("enterprise_name")))
}

fn assessment(desk: &Desk, a: &Value) -> Grid {
    let s = a.at("assessment");
    Grid::new(desk.t("application-assessment"))
        .fact(desk.t("maker"), Cell::text(person(s.at("by"))).under(figures::stamp(s.text("at"))))
        .fact(desk.t("recommended-amount"), Cell::yuan(s.text("recommended_amount")))
        .fact(desk.t("collateral-value"), Cell::yuan(s.text("collateral_value")))
        .fact(desk.t("maximum-loan"), Cell::yuan(s.text("maximum_loan")))
        .fact(desk.t("col-comment"), Cell::text(s.text("comment")))
}

fn decision(desk: &Desk, a: &Value) -> Grid {
    let d = a.at("decision");
    let mut grid = Grid::new(desk.t("application-decision"))
        .fact(desk.t("approver"), Cell::text(person(d.at("by"))).under(figures::stamp(d.text("at"))))
        .fact(desk.t("outcome"), state(desk, d.text("outcome")))
        .fact(desk.t("amount"), Cell::yuan(d.text("amount")))
        .fact(desk.t("col-reason"), Cell::text(d.text("reason")));
    if d.has("under") {
        grid = grid.fact(desk.t("approval-authority"), Cell::text(under(desk, d)));
    }
    if a.has("approval_until") && matches!(a.text("status"), "approved" | "lapsed") && !a.has("pledge_id") {
        grid = grid.fact(desk.t("application-approval-until"), Cell::day(a.text("approval_until")));
    }
    if a.has("appeal_until") && a.text("status") == "refused" {
        grid = grid.fact(desk.t("appeal-until"), Cell::day(a.text("appeal_until")));
    }
    grid
}

/// What stands in the way, and what cures it.
pub fn findings(desk: &Desk, findings: &[Value]) -> Table {
    let heads =
        [desk.t("finding-severity"), desk.t("col-reason"), desk.t("finding-cure"), desk.t("finding-subject")];
    Table::new(desk, desk.t("findings"), &heads).rows(findings, |finding| {
        [
            state(desk, finding.text("severity")),
            Cell::text(finding.said("reason", desk.lang())),
            Cell::text(finding.said("cure", desk.lang())),
            Cell::text(finding.shown("subject")),
        ]
    })
}

fn patents(desk: &Desk, a: &Value) -> Table {
    let heads = [
        desk.t("col-patent"),
        &format!("#{}", desk.t("collateral-value-wan")),
        &format!("#{}", desk.t("ltv-cap")),
        &format!("#{}", desk.t("col-maximum-wan")),
        desk.t("col-valid-until"),
        desk.t("col-valuation"),
    ];
    Table::new(desk, desk.t("application-patents"), &heads).rows(a.list("patents"), |p| {
        let valuation = if p.has("valuation_id") && desk.may("valuation.read") {
            Cell::text(desk.t("open")).to(format!("/valuations/{}", p.text("valuation_id")))
        } else {
            Cell::text("")
        };
        [
            Cell::text(p.text("title"))
                .under(p.text("number"))
                .to(format!("/patents/{}", p.text("patent_id"))),
            Cell::wan(p.text("collateral_value")),
            Cell::percent(&p.shown("ltv_cap")),
            Cell::wan(p.text("maximum_loan")),
            Cell::day(p.text("valid_until")),
            valuation,
        ]
    })
}

/// Which valuation was chosen for each patent of an application or a pledge, as the services take it.
pub fn chosen_valuations(of: &Value, input: &Input) -> Vec<Value> {
    of.list("patents")
        .iter()
        .map(|patent| patent.text("patent_id"))
        .map(|patent| (patent, input.text(&format!("valuation-{patent}"))))
        .filter(|(_, valuation)| !valuation.is_empty())
        .map(|(patent, valuation)| json!({ "patent_id": patent, "valuation_id": valuation }))
        .collect()
}
