//! The products that loans are lent under: what a member may draw under, what a draw would agree, what a loan has agreed.

use serde_json::Value;

use crate::{
    adjustments,
    cell::Cell,
    desk::Desk,
    facilities, figures,
    page::{Grid, Table},
    trials,
    value::{Facts, rows},
};

/// The products of a facility's bank; none where they cannot be told.
pub async fn offered(desk: &Desk, facility: &str) -> Vec<Value> {
    let answer = desk.get(&format!("{}/{facility}/products", facilities::API)).await;
    answer.map(|answer| rows(&answer).to_vec()).unwrap_or_default()
}

/// The name of a product, or of what a loan has agreed.
pub fn name(desk: &Desk, named: &Value) -> String {
    named.said("name", desk.lang()).to_owned()
}

/// The products as choices of a form.
pub fn choices(desk: &Desk, products: &[Value]) -> Vec<(String, String)> {
    products.iter().map(|one| (one.text("code").to_owned(), name(desk, one))).collect()
}

/// The products with what each admits.
pub fn table(desk: &Desk, products: &[Value]) -> Table {
    let heads = [
        desk.t("lend-product"),
        desk.t("repayment-way"),
        &format!("#{}", desk.t("lend-every")),
        &format!("#{}", desk.t("lend-tenor-max")),
        &format!("#{}", desk.t("lend-grace-max")),
        desk.t("lend-pricing"),
        &format!("#{}", desk.t("lend-penalty-surcharge")),
        &format!("#{}", desk.t("lend-prepayment-fee")),
        &format!("#{}", desk.t("lend-tranche-months")),
    ];
    Table::new(desk, desk.t("lend-products"), &heads).rows(products, |one| {
        let methods: Vec<String> =
            one.list("repayments").iter().filter_map(Value::as_str).map(|method| desk.word(method)).collect();
        [
            Cell::text(name(desk, one)).under(one.text("code")),
            Cell::text(methods.join(desk.t("lend-and"))),
            Cell::figure(one.shown("every_months")).under(settled(desk, one)),
            Cell::figure(one.shown("tenor_max_months")),
            Cell::figure(one.shown("grace_max")),
            Cell::text(pricing(desk, one.text("rate_reset"))),
            Cell::percent(&one.shown("penalty_surcharge")),
            Cell::percent(&one.shown("prepayment_fee_rate")),
            Cell::figure(one.shown("tranche_months")),
        ]
    })
}

/// On which day of the month interest is settled, where it is agreed.
fn settled(desk: &Desk, one: &Value) -> String {
    match one.shown("due_day").as_str() {
        "" => String::new(),
        day => desk.tf("lend-due-day", &[("day", day)]),
    }
}

/// How a rate is priced: fixed, or floating with the day on which it is taken anew.
pub fn pricing(desk: &Desk, reset: &str) -> String {
    if matches!(reset, "" | "fixed") {
        return desk.t("adj-basis-fixed").to_owned();
    }
    format!("{} · {}", desk.t("adj-basis-floating"), adjustments::reset(desk, reset))
}

/// What a loan has agreed, or a draw would: both are told alike.
pub fn agreed(desk: &Desk, agreed: &Value) -> Grid {
    let conditions = agreed.at("conditions");
    let fee = Cell::percent(&conditions.shown("prepayment_fee_rate"));
    let fee = match conditions.text("prepayment_free_from") {
        "" => fee,
        from => fee.under(desk.tf("lend-free-from", &[("day", &figures::day(from))])),
    };
    let mut grid = Grid::new(desk.t("lend-terms"))
        .fact(desk.t("lend-product"), Cell::text(name(desk, conditions)).under(agreed.text("product")))
        .fact(desk.t("annual-rate"), Cell::percent(&agreed.shown("annual_rate")))
        .fact(desk.t("lend-pricing"), Cell::text(pricing(desk, agreed.text("pricing.reset"))))
        .fact(desk.t("repayment-way"), Cell::text(desk.word(agreed.text("repayment"))))
        .fact(desk.t("lend-every"), Cell::figure(agreed.shown("every_months")).under(settled(desk, agreed)))
        .fact(desk.t("lend-level"), Cell::text(desk.word(&agreed.shown("level_last"))))
        .fact(desk.t("lend-grace"), Cell::figure(agreed.shown("grace")))
        .fact(desk.t("day-count"), Cell::text(trials::day_count(desk, agreed.text("day_count"))))
        .fact(desk.t("loan-penalty-rate"), Cell::percent(&agreed.shown("penalty_rate")))
        .fact(desk.t("lend-misuse-surcharge"), Cell::percent(&conditions.shown("misuse_surcharge")))
        .fact(desk.t("lend-penalty-compounds"), Cell::text(desk.word(&conditions.shown("penalty_compounds"))))
        .fact(desk.t("lend-holiday-grace"), Cell::text(desk.word(&agreed.shown("holiday_grace"))))
        .fact(desk.t("lend-prepayment-fee"), fee);
    if agreed.has("pricing") {
        grid = grid
            .fact(desk.t("adj-spread"), Cell::figure(agreed.shown("pricing.spread_bp")))
            .fact(desk.t("adj-reset-on"), Cell::day(agreed.text("pricing.reset_on")));
    }
    match conditions.text("tranche_until") {
        "" => grid.fact(desk.t("lend-tranche-until"), Cell::text(desk.t("lend-no-tranche"))),
        until => grid.fact(desk.t("lend-tranche-until"), Cell::day(until)),
    }
}

/// What a draw would agree, with its schedule.
pub fn preview(desk: &Desk, preview: &Value) -> Vec<crate::page::Block> {
    let schedule = preview.at("schedule");
    vec![agreed(desk, preview).into(), trials::instalments(desk, schedule).into()]
}
