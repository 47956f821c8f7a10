//! Insurance products and quotes: what is on offer, asking for a quote, binding it.

use axum::{extract::Path, response::Response};
use serde_json::{Map, Value};

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric},
    page::{Beside, Block, Grid, Notice, Page, Table},
    products, proposals, steps,
    value::{Facts, rows},
};

const QUOTES: &str = "/api/insurance/v1/quotes";
/// The products' codes, for filters.
pub const CODES: &[&str] = &["enforcement", "pledge_loan_guarantee"];

/// `GET /quotes`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: QUOTES.to_owned(),
        filters: vec![
            chosen(&desk, "status", "col-status", &["open", "bound", "expired"]),
            chosen(&desk, "product", "col-product", CODES),
        ],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/quotes/{}", row.text("id")))
            }),
            column("col-product", |desk, row| Cell::text(desk.word(row.text("product")))),
            column("insured", |_, row| Cell::text(row.text("insured_name"))),
            column("insured-object", |_, row| Cell::text(object(row))),
            numeric("limit-claim-wan", |_, row| Cell::wan(row.text("limit_per_claim"))),
            numeric("premium", |_, row| Cell::yuan(row.text("premium"))),
            column("period", |_, row| period_cell(row)),
            column("quote-referral", |desk, row| {
                if row.flag("referral.required") {
                    Cell::badge(desk.t("yes"), "warn")
                } else {
                    Cell::text("")
                }
            }),
            column("col-valid-until", |_, row| Cell::day(row.text("valid_until"))),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))),
        ],
        export: true,
    };
    let page =
        Page::new(desk.t("quotes-title")).action(desk.may("quote.make"), desk.t("quote-new"), "/quotes/new");
    list::show(&desk, page, list).await
}

/// `GET /quotes/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(QUOTES).await
}

/// The patent or loan insured.
pub fn object(row: &Value) -> String {
    match row.text("patent_number") {
        "" => row.text("loan_number").to_owned(),
        number => number.to_owned(),
    }
}

/// From when to when.
pub fn period(row: &Value) -> String {
    format!("{} – {}", figures::day(row.text("starts_on")), figures::day(row.text("ends_on")))
}

/// The same in a column: each day stays whole.
pub fn period_cell(row: &Value) -> Cell {
    Cell::day(row.text("starts_on")).under(format!("– {}", figures::day(row.text("ends_on"))))
}

/// What a quote is for, from what was typed or from the page's address.
fn asked(desk: &Desk, input: &Input, name: &str) -> String {
    match input.text(name) {
        "" => desk.asked(name).to_owned(),
        text => text.to_owned(),
    }
}

async fn loan_options(desk: &Desk) -> Vec<(String, String)> {
    let answer =
        desk.find("/api/insurance/v1/insurable-loans", &[("limit", "200")]).await.unwrap_or_default();
    rows(&answer).iter().map(|loan| (loan.text("loan_id").to_owned(), loan_words(desk, loan))).collect()
}

async fn quote_form(desk: &Desk, product: &Value, input: &Input) -> Form {
    let patent = asked(desk, input, "patent_id");
    let (enterprises, loans, patent) = tokio::join!(
        proposals::organisations(desk, "enterprise"),
        loan_options(desk),
        patent_number(desk, &patent)
    );
    let of_loan = product.text("insures") == "loan" || product.text("code") == "pledge_loan_guarantee";
    let object = if of_loan {
        Field::new(Kind::Choice, "loan_id", desk.t("quote-loan"))
            .options(loans)
            .value(asked(desk, input, "loan_id"))
            .help(desk.t("quote-loan-help"))
    } else {
        let field = Field::new(Kind::Text, "patent_number", desk.t("quote-patent"));
        field.value(patent).help(desk.t("quote-patent-help"))
    };
    let form = Form::new(desk, "/quotes/new", desk.t("quote-make"))
        .intro(desk.t("quote-intro"))
        .hidden("product", product.text("code"))
        .field(Field::new(Kind::Choice, "insured_id", desk.t("insured")).options(enterprises))
        .field(object)
        .field(Field::new(Kind::Amount, "limit_per_claim", desk.t("limit-claim")))
        .field(Field::new(Kind::Amount, "aggregate_limit", desk.t("limit-aggregate")))
        .field(Field::new(Kind::Amount, "deductible", desk.t("deductible")).optional())
        .field(Field::new(Kind::Percent, "coinsurance", desk.t("coinsurance")).optional())
        .field(Field::new(Kind::Day, "starts_on", desk.t("starts-on")).half())
        .field(Field::new(Kind::Day, "ends_on", desk.t("ends-on")).half());
    with_factors(desk, product, form)
}

/// The factors that the underwriter states, and what the applicant declares.
fn with_factors(desk: &Desk, product: &Value, mut form: Form) -> Form {
    for factor in product.list("rating_factors") {
        let options = factor_options(desk, factor.at("values"));
        if options.is_empty() || (factor.has("asked") && !factor.flag("asked")) {
            continue;
        }
        let field = Field::new(
            Kind::Choice,
            format!("factors.{}", factor.text("code")),
            factor.said("name", desk.lang()),
        );
        form = form.field(field.optional().options(options).value(factor.text("default")));
    }
    for one in product.list("declarations") {
        let words = one.said("name", desk.lang()).to_owned();
        let field =
            Field::new(Kind::Checks, format!("factors.{}", one.text("code")), desk.t("quote-declares"));
        form = form.field(field.options([("yes".to_owned(), words)]));
    }
    form
}

fn factor_options(desk: &Desk, values: &Value) -> Vec<(String, String)> {
    match values {
        Value::Array(items) => items
            .iter()
            .map(|item| match item {
                Value::String(name) => (name.clone(), desk.word(name)),
                other => {
                    let code = match other.shown("value") {
                        code if code.is_empty() => other.shown("code"),
                        code => code,
                    };
                    let words = match other.said("name", desk.lang()) {
                        "" => desk.word(&code),
                        words => words.to_owned(),
                    };
                    (code, words)
                }
            })
            .filter(|(code, _)| !code.is_empty())
            .collect(),
        Value::Object(map) => map.keys().map(|name| (name.clone(), desk.word(name))).collect(),
        _ => Vec::new(),
    }
}

fn loan_words(desk: &Desk, loan: &Value) -> String {
    let insured = if loan.flag("insured") { desk.t("loan-insured") } else { "" };
    format!(
        "{} · {} · {} · {} {insured}",
        loan.text("number"),
        loan.text("enterprise_name"),
        loan.text("bank_name"),
        figures::yuan(loan.text("outstanding"))
    )
}

async fn patent_number(desk: &Desk, id: &str) -> String {
    if id.is_empty() {
        return String::new();
    }
    let id = Id::from(id.to_owned());
    desk.get(&format!("{}/{id}", crate::patents::API)).await.unwrap_or_default().text("number").to_owned()
}

fn quote_page(desk: &Desk, product: &Value, form: Form) -> Page {
    Page::new(desk.t("quote-new"))
        .up(desk.t("quotes-title"), "/quotes")
        .number(product.said("name", desk.lang()))
        .with(form)
}

/// Which product the quote is for; each leads on with what is to be insured.
fn choose_page(desk: &Desk, products: &[Value]) -> Page {
    let heads = [desk.t("col-product"), desk.t("product-object")];
    let table = Table::new(desk, desk.t("quote-choose"), &heads).rows(products, |product| {
        let query = [
            ("product", product.text("code")),
            ("patent_id", desk.asked("patent_id")),
            ("loan_id", desk.asked("loan_id")),
        ];
        [
            Cell::text(product.said("name", desk.lang())).to(crate::desk::with_query("/quotes/new", &query)),
            Cell::text(product.said("insured_object", desk.lang())),
        ]
    });
    Page::new(desk.t("quote-new")).up(desk.t("quotes-title"), "/quotes").with(table)
}

/// `GET /quotes/new`
pub async fn make_show(desk: Desk) -> Result<Response, Failure> {
    if desk.asked("product").is_empty() {
        let products = desk.get(products::API).await?;
        return Ok(frame::show(&desk, choose_page(&desk, rows(&products))));
    }
    let code = Id::from(desk.asked("product").to_owned());
    let product = desk.get(&format!("{}/{code}", products::API)).await?;
    let form = quote_form(&desk, &product, &Input::default()).await;
    Ok(frame::show(&desk, quote_page(&desk, &product, form)))
}

/// `POST /quotes/new`
pub async fn make(desk: Desk, input: Input) -> Result<Response, Failure> {
    let enterprises = proposals::organisations(&desk, "enterprise").await;
    let insured = input.text("insured_id");
    let insured_name = enterprises.iter().find(|(id, _)| id == insured).map_or("", |(_, name)| name.as_str());
    let mut draft = Draft::new(&desk, &input)
        .texts(&["product", "insured_id", "loan_id", "starts_on", "ends_on"])
        .amounts(&["limit_per_claim", "aggregate_limit", "deductible"])
        .percents(&["coinsurance"])
        .with("insured_name", insured_name);
    let number = input.text("patent_number");
    if !number.is_empty() {
        let by_number = Id::from(number.to_uppercase().replace(' ', ""));
        match desk.get(&format!("{}/by-number/{by_number}", crate::patents::API)).await {
            Ok(patent) => draft.set("patent_id", patent.text("id")),
            Err(_) => draft.bad("patent_number", "quote-no-patent"),
        }
    }
    let factors: Map<String, Value> = input
        .pairs()
        .filter(|(_, value)| !value.is_empty())
        .filter_map(|(name, value)| Some((name.strip_prefix("factors.")?.to_owned(), value.into())))
        .collect();
    if !factors.is_empty() {
        draft.set("factors", factors);
    }
    let answer = draft.send(QUOTES).await;
    if let Ok(quote) = &answer {
        return Ok(frame::go(&format!("/quotes/{}", quote.text("id")), "quoted"));
    }
    let code = Id::from(input.text("product").to_owned());
    let product = desk.get(&format!("{}/{code}", products::API)).await?;
    let form = quote_form(&desk, &product, &input).await;
    steps::answered(&desk, answer, ("/quotes", ""), &input, form, |form| quote_page(&desk, &product, form))
}

fn page(desk: &Desk, q: &Value) -> Page {
    let mut page = Page::new(desk.word(q.text("product")))
        .up(desk.t("quotes-title"), "/quotes")
        .number(q.text("number"))
        .badge(Cell::state(desk, q.text("status")));
    if q.flag("referral.required") {
        page = page.with(Notice {
            tone: "warn",
            title: desk.t("quote-referral").to_owned(),
            items: crate::patents::grounds(desk, q.at("referral")),
            ..Notice::default()
        });
    }
    page.with(cover(desk, q)).with(rating(desk, q))
}

/// Who and what is covered, how far and for how much.
pub fn cover(desk: &Desk, q: &Value) -> Block {
    let parties = Grid::new(desk.t("cover-parties"))
        .fact(desk.t("insured"), Cell::text(q.text("insured_name")))
        .fact(desk.t("beneficiary"), Cell::text(q.text("beneficiary_name")))
        .fact(desk.t("insured-object"), Cell::text(object(q)))
        .fact(desk.t("period"), Cell::text(period(q)))
        .fact(desk.t("col-valid-until"), Cell::day(q.text("valid_until")));
    let terms = Grid::new(desk.t("cover-terms"))
        .fact(
            desk.t("premium"),
            Cell::yuan(q.text("premium")).under(figures::in_words(q.text("premium"), desk.lang())),
        )
        .fact(desk.t("limit-claim"), Cell::yuan(q.text("limit_per_claim")))
        .fact(desk.t("limit-aggregate"), Cell::yuan(q.text("aggregate_limit")))
        .fact(desk.t("deductible"), Cell::yuan(q.text("deductible")))
        .fact(desk.t("coinsurance"), Cell::percent(&q.shown("coinsurance")));
    Beside { blocks: vec![terms.into(), parties.into()] }.into()
}

/// How the premium came about, factor by factor.
fn rating(desk: &Desk, q: &Value) -> Table {
    let heads = [
        desk.t("rating-factor"),
        desk.t("rating-value"),
        &format!("#{}", desk.t("rating-multiplier")),
        desk.t("col-reason"),
    ];
    let title = format!("{} {}", desk.t("rating-title"), q.shown("rating_version"));
    Table::new(desk, title, &heads).rows(q.list("rating"), |row| {
        let name = match row.said("name", desk.lang()) {
            "" => row.text("factor"),
            name => name,
        };
        [
            Cell::text(name),
            Cell::text(desk.word(&row.shown("value"))),
            Cell::figure(row.shown("multiplier_or_rate")),
            Cell::text(row.said("reason", desk.lang())),
        ]
    })
}

fn bind_form(desk: &Desk, id: &str) -> Form {
    Form::new(desk, format!("/quotes/{id}"), desk.t("bind")).title(desk.t("bind")).intro(desk.t("bind-intro"))
}

/// `GET /quotes/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let quote = desk.get(&format!("{QUOTES}/{id}")).await?;
    let mut page = page(&desk, &quote);
    if quote.text("status") == "open" && desk.may("policy.bind") {
        page = page.with(bind_form(&desk, &id));
    }
    Ok(frame::show(&desk, page))
}

/// `POST /quotes/{id}`: binds the quote.
pub async fn bind(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let answer =
        Draft::new(&desk, &input).with("quote_id", id.to_string()).send("/api/insurance/v1/policies").await;
    if let Ok(policy) = &answer {
        return Ok(frame::go(&format!("/policies/{}", policy.text("id")), "bound"));
    }
    let quote = desk.get(&format!("{QUOTES}/{id}")).await?;
    let form = bind_form(&desk, &id);
    steps::answered(&desk, answer, ("/policies", ""), &input, form, |form| page(&desk, &quote).with(form))
}
