//! Insurance products: what is on offer and on which terms.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    failure::Failure,
    frame,
    page::{Beside, Grid, Notice, Page, Table},
    value::{Facts, rows},
};

/// The products' address.
pub const API: &str = "/api/insurance/v1/products";

/// `GET /products`
pub async fn products(desk: Desk) -> Result<Response, Failure> {
    let answer = desk.get(API).await?;
    let mut page = Page::new(desk.t("products-title"));
    for product in rows(&answer) {
        page = page.with(
            Grid::new(product.said("name", desk.lang()))
                .fact(
                    desk.t("product-object"),
                    Cell::text(product.said("insured_object", desk.lang()))
                        .to(format!("/products/{}", product.text("code"))),
                )
                .fact(desk.t("product-territory"), Cell::text(product.said("territory", desk.lang())))
                .fact(desk.t("product-limit-max"), Cell::yuan(product.text("limit_max")))
                .fact(desk.t("product-minimum"), Cell::yuan(product.text("minimum_premium")))
                .fact(desk.t("product-waiting"), Cell::figure(product.shown("waiting_period_days"))),
        );
    }
    if rows(&answer).is_empty() {
        page = page.with(Notice { tone: "info", text: desk.t("list-empty").to_owned(), ..Notice::default() });
    }
    Ok(frame::show(&desk, page))
}

/// `GET /products/{code}`
pub async fn product(desk: Desk, Path(code): Path<Id>) -> Result<Response, Failure> {
    let product = desk.get(&format!("{API}/{code}")).await?;
    let p = &product;
    let lines = |name: &str| -> Vec<String> {
        p.list(name).iter().map(|line| line.said("", desk.lang()).to_owned()).collect()
    };
    let facts = Grid::new(desk.t("product-terms"))
        .fact(desk.t("product-object"), Cell::text(p.said("insured_object", desk.lang())))
        .fact(desk.t("product-territory"), Cell::text(p.said("territory", desk.lang())))
        .fact(desk.t("product-waiting"), Cell::figure(p.shown("waiting_period_days")))
        .fact(desk.t("deductible"), Cell::yuan(&p.shown("deductible")))
        .fact(desk.t("coinsurance"), Cell::percent(&p.shown("coinsurance")))
        .fact(desk.t("product-limit-max"), Cell::yuan(p.text("limit_max")))
        .fact(desk.t("product-minimum"), Cell::yuan(p.text("minimum_premium")));
    let heads = [desk.t("rating-factor"), desk.t("rating-values")];
    let factors =
        Table::new(&desk, desk.t("product-factors"), &heads).rows(p.list("rating_factors"), |factor| {
            [
                Cell::text(factor.said("name", desk.lang())),
                Cell::text(factor_values(&desk, factor.at("values"))),
            ]
        });
    let list = |title: &'static str, items| Notice {
        tone: "info",
        title: title.to_owned(),
        items,
        ..Notice::default()
    };
    let page = Page::new(p.said("name", desk.lang()))
        .up(desk.t("products-title"), "/products")
        .number(format!("{} · {}", p.text("code"), p.shown("version")))
        .action(desk.may("quote.make"), desk.t("quote-new"), format!("/quotes/new?product={code}"))
        .with(facts)
        .with(factors)
        .with(Beside {
            blocks: vec![
                list(desk.t("product-exclusions"), lines("exclusions")).into(),
                list(desk.t("product-documents"), lines("claim_documents")).into(),
            ],
        });
    Ok(frame::show(&desk, page))
}

/// A factor's values in whichever shape: names, `{value, …}` rows or a map from name to multiplier.
fn factor_values(desk: &Desk, values: &Value) -> String {
    match values {
        Value::Array(items) => items
            .iter()
            .map(|item| match item {
                Value::String(name) => desk.word(name),
                other => {
                    let name = match other.said("name", desk.lang()) {
                        "" => desk.word(other.text("value")),
                        name => name.to_owned(),
                    };
                    format!("{name} {}", other.shown("multiplier"))
                }
            })
            .collect::<Vec<_>>()
            .join(desk.stop("；")),
        Value::Object(map) => map
            .keys()
            .map(|name| format!("{} {}", desk.word(name), values.shown(name)))
            .collect::<Vec<_>>()
            .join(desk.stop("；")),
        other => other.shown(""),
    }
}
