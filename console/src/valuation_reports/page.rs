//! What a valuation report says, as a page that prints on A4: the same content, in the same order, as its PDF.

use serde_json::Value;

use super::qr;
use crate::{
    cell::Cell,
    desk::Desk,
    figures,
    page::{Beside, Grid, Notice, Page, Table},
    patents::joined,
    valuations::{radar, tree},
    value::Facts,
    worth,
};

/// The facts of a report, as every page of it shows them.
pub fn facts(desk: &Desk, one: &Value) -> Grid {
    let grid = Grid::new(desk.t("rep-facts"))
        .fact(desk.t("rep-valuation"), {
            Cell::text(one.text("valuation_number")).to(format!("/valuations/{}", one.text("valuation_id")))
        })
        .fact(desk.t("valuation-market"), Cell::yuan(one.text("value")))
        .fact(desk.t("col-valued-on"), Cell::day(one.text("valuation_date")))
        .fact(desk.t("col-valid-until"), Cell::day(one.text("valid_until")))
        .fact(desk.t("rep-prepared-by"), Cell::text(one.text("prepared_by")))
        .fact(desk.t("rep-reviewed-by"), Cell::text(one.text("reviewed_by")));
    if !one.has("code") {
        return grid;
    }
    grid.fact(desk.t("vfy-code"), Cell::text(one.text("code")))
        .fact(desk.t("rep-sha256"), Cell::text(one.text("content_sha256")))
}

/// The whole report.
pub fn body(desk: &Desk, page: Page, one: &Value, content: &Value) -> Page {
    let result = content.at("result");
    let mut page = page.with(facts(desk, one));
    if content.flag("subject.generated") {
        let text = desk.t("rep-generated").to_owned();
        page = page.with(Notice { tone: "warn", text, ..Notice::default() });
    }
    page = page
        .with(worth::value_range(desk, result))
        .with(engagement(desk, content))
        .with(list_of(desk, "rep-standards", content.list("engagement.standards")))
        .with(subject(desk, content.at("subject")))
        .with(worth::methods(desk, result));
    if let Some(overlays) = worth::overlays(desk, result) {
        page = page.with(overlays);
    }
    page = worth::stated(desk, result).into_iter().fold(page, Page::with);
    page = page.with(worth::assumptions(desk, result));
    if content.has("evidence") {
        page = page.with(evidence(desk, content.at("evidence")));
    }
    if content.has("deals") {
        page = page.with(deals(desk, content.list("deals")));
    }
    if content.has("special_assumptions") {
        page = page.with(Notice {
            tone: "info",
            title: desk.t("rep-special").to_owned(),
            text: content.text("special_assumptions").to_owned(),
            ..Notice::default()
        });
    }
    page = page.with(radar(desk, result)).with(tree(desk, result));
    if result.has("value.simulation.histogram") {
        page = page.with(worth::histogram(desk, result)).with(worth::percentiles(desk, result));
    }
    if result.has("value.simulation.tornado") {
        page = page.with(worth::tornado(desk, result));
    }
    if let Some(drawn) = worth::correlations(desk, result) {
        page = page.with(drawn);
    }
    page = page
        .with(worth::collateral(desk, result))
        .with(list_of(desk, "valuation-limits", result.list("limits")))
        .with(list_of(desk, "rep-statements", content.list("statements")));
    if content.has("comments") {
        page = page.with(Notice {
            tone: "info",
            title: desk.t("rep-comments").to_owned(),
            text: content.text("comments").to_owned(),
            ..Notice::default()
        });
    }
    let page =
        page.with(Beside { blocks: vec![model(desk, content).into(), signatures(desk, content).into()] });
    match one.has("verification_url").then(|| qr::block(desk, one.text("verification_url"))).flatten() {
        Some(code) => page.with(code),
        None => page,
    }
}

fn engagement(desk: &Desk, content: &Value) -> Grid {
    let e = content.at("engagement");
    let said = |stem: &str| e.said(stem, desk.lang()).to_owned();
    Grid::new(desk.t("rep-engagement"))
        .fact(desk.t("rep-client"), Cell::text(e.text("client")))
        .fact(desk.t("rep-user"), Cell::text(e.text("intended_user")))
        .fact(desk.t("col-purpose"), Cell::text(said("purpose")))
        .fact(desk.t("rep-value-type"), Cell::text(said("value_type")))
        .fact(desk.t("rep-premise"), Cell::text(said("premise")))
        .fact(desk.t("col-valued-on"), Cell::day(e.text("valuation_date")))
        .fact(desk.t("rep-date"), Cell::day(e.text("report_date")))
        .fact(desk.t("col-valid-until"), Cell::day(e.text("valid_until")))
        .fact(desk.t("rep-currency"), Cell::text(e.text("currency")))
}

fn subject(desk: &Desk, s: &Value) -> Grid {
    let liens: Vec<String> = s
        .list("encumbrances")
        .iter()
        .map(|one| format!("{} {}", one.text("pledgee"), figures::day(one.text("since"))))
        .collect();
    let disputes: Vec<String> = s
        .list("disputes")
        .iter()
        .map(|one| format!("{} {}", desk.word(one.text("kind")), desk.word(one.text("status"))))
        .collect();
    Grid::new(desk.t("rep-subject"))
        .fact(desk.t("register-patent-number"), {
            Cell::text(s.text("number")).to(format!("/patents/{}", s.text("patent_id")))
        })
        .fact(desk.t("rep-kind"), Cell::text(desk.word(s.text("kind"))))
        .fact(desk.t("rep-applicants"), Cell::text(joined(desk, s, "applicants")))
        .fact(desk.t("rep-owners"), Cell::text(joined(desk, s, "owners")))
        .fact(desk.t("rep-inventors"), Cell::text(joined(desk, s, "inventors")))
        .fact(desk.t("rep-classes"), Cell::text(joined(desk, s, "ipc")))
        .fact(desk.t("rep-industry"), Cell::text(s.said("industry", desk.lang())))
        .fact(desk.t("rep-legal-status"), Cell::text(desk.word(s.text("legal_status"))))
        .fact(desk.t("rep-filed-on"), Cell::day(s.text("filed_on")))
        .fact(desk.t("rep-granted-on"), Cell::day(s.text("granted_on")))
        .fact(desk.t("rep-expires-on"), Cell::day(s.text("expires_on")))
        .fact(desk.t("rep-annuities"), Cell::day(s.text("annuities_paid_to")))
        .fact(desk.t("sc-i-claims"), Cell::figure(s.shown("claims")))
        .fact(desk.t("rep-family"), Cell::text(joined(desk, s, "family_countries")))
        .fact(desk.t("rep-licences"), Cell::figure(s.shown("licences")))
        .fact(desk.t("rep-transfers"), Cell::figure(s.shown("transfers")))
        .fact(desk.t("rep-disputes"), Cell::text(disputes.join(desk.stop("；"))))
        .fact(desk.t("rep-liens"), Cell::text(liens.join(desk.stop("；"))))
        .fact(desk.t("valuation-source"), Cell::text(s.text("source")))
}

fn evidence(desk: &Desk, row: &Value) -> Grid {
    let grid = Grid::new(desk.t("rep-evidence"))
        .fact(desk.t("valuation-source"), Cell::text(row.said("source", desk.lang())))
        .fact(desk.t("rep-evidence-row"), Cell::text(row.text("row")));
    if !row.has("royalty_low") {
        return grid;
    }
    grid.fact(desk.t("rep-royalty-low"), Cell::percent(&row.shown("royalty_low")))
        .fact(desk.t("rep-royalty-high"), Cell::percent(&row.shown("royalty_high")))
}

fn deals(desk: &Desk, deals: &[Value]) -> Table {
    let heads = [
        desk.t("rep-dealt-on"),
        &format!("#{}", desk.t("rep-deal-price")),
        &format!("#{}", desk.t("rep-deal-adjusted")),
        &format!("#{}", desk.t("rep-deal-similarity")),
    ];
    Table::new(desk, desk.t("rep-deals"), &heads).rows(deals, |one| {
        [
            Cell::day(one.text("dealt_on")).to(format!("/deals/{}", one.text("deal_id"))),
            Cell::yuan(one.text("price")),
            Cell::yuan(one.text("adjusted_price")),
            Cell::percent(&one.shown("similarity")),
        ]
    })
}

/// Sentences under a heading.
fn list_of(desk: &Desk, key: &'static str, sentences: &[Value]) -> Notice {
    let items = sentences.iter().map(|one| one.said("", desk.lang()).to_owned()).collect();
    Notice { tone: "info", title: desk.t(key).to_owned(), items, ..Notice::default() }
}

fn model(desk: &Desk, content: &Value) -> Grid {
    let m = content.at("model");
    Grid::new(desk.t("rep-model"))
        .fact(desk.t("valuation-model"), Cell::text(m.shown("version")))
        .fact(desk.t("as-seed"), Cell::text(m.shown("seed")))
        .fact(desk.t("valuation-paths"), Cell::figure(m.shown("paths")))
        .fact(desk.t("rep-inputs-sha256"), Cell::text(m.text("inputs_sha256")))
}

fn signatures(desk: &Desk, content: &Value) -> Table {
    let heads =
        [desk.t("rep-signed-as"), desk.t("rep-signed-by"), desk.t("col-tenant"), desk.t("col-created")];
    let mut table = Table::new(desk, desk.t("rep-signatures"), &heads);
    for (key, path) in
        [("rep-prepared-by", "signatures.prepared"), ("rep-reviewed-by", "signatures.reviewed")]
    {
        if content.has(path) {
            let one = content.at(path);
            table = table.row([
                Cell::text(desk.t(key)),
                Cell::text(one.text("name")),
                Cell::text(one.text("organisation")),
                Cell::stamp(one.text("at")),
            ]);
        }
    }
    table
}
