//! The waterfall of proceeds, the shares of a loss and the parts of a recovery: each as a table and as a picture.

use serde_json::Value;

use crate::{
    cell::Cell,
    charts::{self, Series},
    desk::Desk,
    disposal::said,
    figures,
    page::{Block, Chart, Row, Table},
    value::Facts,
};

/// What the proceeds pay, in the order of the page.
const CLAIMS: [&str; 4] = ["costs", "principal", "interest", "penalty"];

/// A waterfall as a table and as a picture.
pub fn waterfall(desk: &Desk, done: &Value, what: &str) -> [Block; 2] {
    let heads = [
        desk.t("disp-claim"),
        &format!("#{}", desk.t("disp-owed")),
        &format!("#{}", desk.t("disp-paid")),
        &format!("#{}", desk.t("disp-left")),
    ];
    let title = format!("{} {what}", desk.t("disp-waterfall"));
    let mut table = CLAIMS.iter().fold(Table::new(desk, title, &heads), |table, claim| {
        let of = |side: &str| Cell::yuan(done.text(&format!("{side}.{claim}")));
        table.row([Cell::text(said(desk, claim)), of("owed"), of("waterfall.paid"), of("waterfall.left")])
    });
    table = table.row([
        Cell::text(desk.t("disp-surplus")),
        Cell::text(""),
        Cell::yuan(done.text("waterfall.surplus")),
        Cell::text(""),
    ]);
    table.foot = Some(Row {
        cells: vec![
            Cell::text(desk.t("disp-gross")),
            Cell::text(""),
            Cell::yuan(done.text("gross")),
            Cell::text(""),
        ],
    });
    let labels: Vec<String> = CLAIMS.iter().map(|claim| said(desk, claim)).collect();
    let series = [("waterfall.paid", "disp-paid"), ("waterfall.left", "disp-left")].map(|(side, key)| {
        let values = CLAIMS.iter().map(|claim| done.point(&format!("{side}.{claim}")) / 10_000.0).collect();
        Series::new(desk.words().get(key), values)
    });
    let chart = Chart {
        title: desk.t("disp-waterfall-picture").to_owned(),
        summary: desk.tf(
            "disp-waterfall-summary",
            &[
                ("gross", &figures::wan(done.text("gross"))),
                ("principal", &figures::wan(done.text("waterfall.paid.principal"))),
                ("left", &figures::wan(done.text("waterfall.left.principal"))),
            ],
        ),
        svg: charts::stacked_rows(&labels, &series),
        ..Chart::default()
    };
    [table.into(), chart.into()]
}

/// How a loss is shared, as a table and as a picture; nothing before it is.
pub fn sharing(desk: &Desk, shares: &Value) -> Vec<Block> {
    if !shares.has("loss") {
        return Vec::new();
    }
    let heads = [
        desk.t("disp-bearer"),
        &format!("#{}", desk.t("disp-rank")),
        &format!("#{}", desk.t("share")),
        &format!("#{}", desk.t("disp-agreed")),
        &format!("#{}", desk.t("disp-borne")),
        desk.t("disp-limited-by"),
    ];
    let mut table = Table::new(desk, desk.t("disp-sharing"), &heads).rows(shares.list("parts"), |part| {
        [
            Cell::text(part.text("sharer.name")).under(said(desk, part.text("sharer.bearer"))),
            Cell::figure(part.shown("sharer.rank")),
            Cell::percent(&part.shown("sharer.share")),
            Cell::yuan(part.text("agreed")),
            Cell::yuan(part.text("borne")).with_bar(figures::share(part.text("borne"), shares.text("loss"))),
            Cell::text(said(desk, part.text(if part.has("absent") { "absent" } else { "limited_by" }))),
        ]
    });
    table = table.row([
        Cell::text(said(desk, "bank")),
        Cell::text(""),
        Cell::text(""),
        Cell::text(""),
        Cell::yuan(shares.text("bank")).with_bar(figures::share(shares.text("bank"), shares.text("loss"))),
        Cell::text(""),
    ]);
    let foot = ["", "", ""].map(Cell::text);
    table.foot = Some(Row {
        cells: [Cell::text(desk.t("disp-loss"))]
            .into_iter()
            .chain(foot)
            .chain([Cell::yuan(shares.text("loss")), Cell::text("")])
            .collect(),
    });
    let mut labels: Vec<String> =
        shares.list("parts").iter().map(|part| part.text("sharer.name").to_owned()).collect();
    labels.push(said(desk, "bank"));
    let values = shares.list("parts").iter().map(|part| part.point("borne")).chain([shares.point("bank")]);
    let series = [Series::new(desk.t("disp-borne"), values.map(|yuan| yuan / 10_000.0).collect())];
    let chart = Chart {
        title: desk.t("disp-sharing-picture").to_owned(),
        summary: desk.tf(
            "disp-sharing-summary",
            &[("loss", &figures::wan(shares.text("loss"))), ("bank", &figures::wan(shares.text("bank")))],
        ),
        svg: charts::bars(&labels, &series),
        ..Chart::default()
    };
    vec![table.into(), chart.into()]
}

/// Where a recovery goes.
pub fn recovery(desk: &Desk, done: &Value) -> Table {
    let heads = [desk.t("disp-goes-to"), &format!("#{}", desk.t("amount"))];
    let back = figures::sum(done.list("back").iter().map(|one| one.text("amount")));
    let eased = figures::sum(done.list("eased").iter().map(|one| one.text("amount")));
    let mut table = Table::new(desk, desk.t("disp-recovery-parts"), &heads)
        .row([Cell::text(said(desk, "costs")), Cell::yuan(done.text("costs"))])
        .row([Cell::text(desk.t("disp-returned")), Cell::yuan(&back)])
        .row([Cell::text(desk.t("disp-own-back")), Cell::yuan(done.text("own_back"))])
        .row([Cell::text(desk.t("disp-eased")), Cell::yuan(&eased)])
        .row([Cell::text(desk.t("disp-extra")), Cell::yuan(done.text("extra"))])
        .row([Cell::text(desk.t("disp-surplus")), Cell::yuan(done.text("surplus"))]);
    table.foot =
        Some(Row { cells: vec![Cell::text(desk.t("disp-recovered")), Cell::yuan(done.text("gross"))] });
    table
}
