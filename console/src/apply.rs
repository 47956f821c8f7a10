//! Applying: an enterprise chooses facility, product, amount, term and patents and makes the product's statements; a check
//! shows what stands in the way.

use axum::response::Response;
use serde_json::Value;

use crate::{
    application_parts::findings,
    applications::{API, PRODUCTS},
    desk::Desk,
    draft::{Draft, Input},
    facilities,
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    frame,
    page::{Notice, Page},
    value::{Facts, rows},
};

/// The applicant's own patents: those the catalogue knows as its own, and those that carry its name.
async fn own_patents(desk: &Desk) -> Vec<(String, String)> {
    let me = desk.me();
    let by = |name: &'static str, value: String| async move {
        desk.find(crate::patents::API, &[(name, &value), ("limit", "100")]).await.unwrap_or_default()
    };
    let (owned, named) =
        tokio::join!(by("owner_id", me.organisation_id.clone()), by("applicant", me.organisation.clone()));
    let mut found: Vec<(String, String)> = Vec::new();
    for patent in rows(&owned).iter().chain(rows(&named)) {
        let id = patent.text("id");
        // A catalogue that does not know the owner filter would answer everyone's.
        let mine =
            patent.list("applicants").iter().any(|name| name.as_str() == Some(me.organisation.as_str()))
                || patent.text("owner_id") == me.organisation_id;
        if !mine || found.iter().any(|(known, _)| known == id) {
            continue;
        }
        let mark = if patent.flag("encumbered") { desk.t("encumbered-yes") } else { "" };
        let state = desk.word(patent.text("legal_status"));
        found.push((
            id.to_owned(),
            format!("{} {} · {state} {mark}", patent.text("number"), patent.text("title")),
        ));
    }
    found
}

/// The active facilities with what is left for this enterprise.
async fn own_facilities(desk: &Desk) -> Vec<(String, String)> {
    let query = [("status", "active"), ("limit", "100")];
    let answer = desk.find(facilities::API, &query).await.unwrap_or_default();
    rows(&answer)
        .iter()
        .map(|row| {
            let own =
                row.list("members").iter().find(|m| m.text("enterprise_id") == desk.me().organisation_id);
            let left = own.map_or_else(|| row.text("available"), |member| member.text("available"));
            let words = desk.tf(
                "apply-facility",
                &[("name", row.text("name")), ("bank", row.text("bank_name")), ("left", &figures::wan(left))],
            );
            (row.text("id").to_owned(), words)
        })
        .collect()
}

/// The products of the bank behind the facility that is asked for, or behind the first one.
async fn products(desk: &Desk, facility: &str) -> Vec<Value> {
    let query = [("facility_id", facility)];
    let answer = desk.find(PRODUCTS, &query).await.unwrap_or_default();
    rows(&answer).to_vec()
}

/// What a product asks for, in words.
fn product_words(desk: &Desk, product: &Value) -> String {
    let mut words = vec![product.said("name", desk.lang()).to_owned()];
    if product.has("amount_max") {
        words.push(desk.tf("product-amount", &[("amount", &figures::wan(product.text("amount_max")))]));
    }
    if product.has("tenor_max_months") {
        words.push(desk.tf("product-tenor", &[("months", &product.shown("tenor_max_months"))]));
    }
    let papers = product.list("documents").len();
    if papers > 0 {
        words.push(desk.tf("product-papers", &[("count", &papers.to_string())]));
    }
    words.join(" · ")
}

/// The statements of every product that has some, each under its product's name.
fn statements(desk: &Desk, products: &[Value]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for product in products {
        for statement in product.list("statements") {
            let code = statement.text("code");
            if !found.iter().any(|(known, _)| known == code) {
                let [product, statement] = [product, statement].map(|one| one.said("name", desk.lang()));
                let words = format!("{product}{}{statement}", desk.stop("："));
                found.push((code.to_owned(), words));
            }
        }
    }
    found
}

async fn form(desk: &Desk, facility: &str) -> Form {
    let (facilities, patents) = tokio::join!(own_facilities(desk), own_patents(desk));
    let first = facilities.first().map(|(id, _)| id.clone()).unwrap_or_default();
    let offered = products(desk, if facility.is_empty() { &first } else { facility }).await;
    let mut choice = Field::new(Kind::Checks, "patent_ids", desk.t("apply-patents")).options(patents);
    choice.help =
        desk.t(if choice.options.is_empty() { "apply-no-patents" } else { "apply-patents-help" }).to_owned();
    choice.ticked = desk.query().iter().filter(|(k, _)| k == "patent_ids").map(|(_, v)| v.clone()).collect();
    let form = Form::new(desk, "/applications/new", desk.t("apply-submit"))
        .intro(desk.t("apply-intro"))
        .field(
            Field::new(Kind::Choice, "facility_id", desk.t("col-facility"))
                .options(facilities)
                .value(desk.asked("facility_id")),
        )
        .field(
            Field::new(Kind::Choice, "product", desk.t("application-product"))
                .help(desk.t("apply-product-help"))
                .options(offered.iter().map(|one| (one.text("code").to_owned(), product_words(desk, one))))
                .value(match desk.asked("product") {
                    "" => "standard",
                    product => product,
                }),
        )
        .field(Field::new(Kind::Amount, "amount", desk.t("amount")))
        .field(
            Field::new(Kind::Whole, "tenor_months", desk.t("tenor-months"))
                .value("12")
                .help(desk.t("tenor-help")),
        )
        .field(Field::new(Kind::Lines, "purpose", desk.t("purpose")))
        .field(choice);
    let stated = statements(desk, &offered);
    let form = if stated.is_empty() {
        form
    } else {
        let field = Field::new(Kind::Checks, "statements", desk.t("apply-statements"));
        form.field(field.help(desk.t("apply-statements-help")).options(stated))
    };
    form.second("act", "check", desk.t("apply-check"))
}

fn page(desk: &Desk) -> Page {
    Page::new(desk.t("apply")).up(desk.t("applications-title"), "/applications")
}

/// `GET /applications/new`
pub async fn show(desk: Desk) -> Result<Response, Failure> {
    let form = form(&desk, desk.asked("facility_id")).await;
    Ok(frame::show(&desk, page(&desk).with(form)))
}

fn draft<'a>(desk: &'a Desk, input: &'a Input) -> Draft<'a> {
    let patents: Vec<&str> = input.all("patent_ids").collect();
    Draft::new(desk, input)
        .texts(&["facility_id", "product"])
        .amounts(&["amount"])
        .wholes(&["tenor_months"])
        .with("patent_ids", patents)
}

/// `POST /applications/new`
pub async fn submit(desk: Desk, input: Input) -> Result<Response, Failure> {
    if input.text("act") == "check" {
        return check(&desk, &input).await;
    }
    let declarations: Vec<&str> = input.all("declarations").collect();
    let statements: Vec<&str> = input.all("statements").collect();
    let mut draft = draft(&desk, &input).texts(&["purpose"]);
    if !statements.is_empty() {
        draft.set("statements", statements);
    }
    if !declarations.is_empty() {
        draft.set("declarations", declarations);
    }
    match draft.send(API).await {
        Ok(made) => Ok(frame::go(&format!("/applications/{}", made.text("id")), "submitted")),
        Err(refusal) => refused(&desk, &input, &refusal).await,
    }
}

/// What stands in the way as a table; what may be declared becomes a box to tick.
fn with_findings(desk: &Desk, form: Form, found: &[Value]) -> Form {
    let soft: Vec<(String, String)> = found
        .iter()
        .filter(|finding| finding.text("severity") == "soft")
        .map(|finding| (finding.text("code").to_owned(), finding.said("reason", desk.lang()).to_owned()))
        .collect();
    if soft.is_empty() {
        return form;
    }
    let field = Field::new(Kind::Checks, "declarations", desk.t("apply-declare"));
    form.field(field.help(desk.t("apply-declare-help")).options(soft))
}

async fn check(desk: &Desk, input: &Input) -> Result<Response, Failure> {
    let answer = match draft(desk, input).finish() {
        Ok(body) => desk.post(&format!("{API}/eligibility"), &body, None).await,
        Err(refusal) => Err(refusal),
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(refusal) => return refused(desk, input, &refusal).await,
    };
    let found = answer.list("findings");
    let form = with_findings(desk, form(desk, input.text("facility_id")).await, found).keep(desk, input);
    let (tone, key) =
        if answer.flag("eligible") { ("ok", "apply-eligible") } else { ("risk", "apply-not-eligible") };
    let notice = Notice { tone, text: desk.words().get(key).to_owned(), ..Notice::default() };
    let mut page = page(desk).with(notice);
    if !found.is_empty() {
        page = page.with(findings(desk, found));
    }
    Ok(frame::show(desk, page.with(form)))
}

async fn refused(desk: &Desk, input: &Input, refusal: &Refusal) -> Result<Response, Failure> {
    if refusal.status == 401 {
        return Err(refusal.clone().into());
    }
    let found = refusal.body.list("findings");
    let form = form(desk, input.text("facility_id")).await;
    let form = with_findings(desk, form, found).keep(desk, input).refused(desk, refusal);
    let mut page = page(desk);
    if !found.is_empty() {
        page = page.with(findings(desk, found));
    }
    Ok(frame::show_with(desk, crate::status_of(refusal), page.with(form)))
}
