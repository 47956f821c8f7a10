//! Asking for a valuation: a short form, and in groups that open what is stated for further methods. Their fields and bodies
//! are the trial calculator's, a method's name before each.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::{Map, Value, json};

use crate::{
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    models::names::DRIVERS,
    page::Page,
    patents::{API as PATENTS, grounds, right},
    session::Console,
    trials::{correlations, method_body, method_fields},
    value::Facts,
};

/// Methods that a request may state inputs of, with the field that says that it does.
const METHODS: [(&str, &str); 8] = [
    ("relief_from_royalty", "revenue"),
    ("excess_earnings", "earnings"),
    ("with_and_without", "cash_flows_with"),
    ("royalty_capitalisation", "royalty"),
    ("replacement_cost", "costs"),
    ("market_comparables", "comparables"),
    ("hedonic", "transactions"),
    ("real_option", "strike"),
];
/// Every method with a weight.
const WEIGHED: [&str; 8] = [
    "relief_from_royalty",
    "excess_earnings",
    "with_and_without",
    "royalty_capitalisation",
    "replacement_cost",
    "market_comparables",
    "hedonic",
    "real_option",
];
/// What people grade, with its name and the best grade.
const GRADED: [(&str, &str, u8); 9] = [
    ("trl", "sti-trl", 9),
    ("substitutability", "vr-grade-substitutability", 5),
    ("detectability", "vr-grade-detectability", 5),
    ("independence", "vr-grade-independence", 5),
    ("trend", "vr-grade-trend", 5),
    ("market", "vr-grade-market", 5),
    ("market_share", "vr-grade-market_share", 5),
    ("competition", "vr-grade-competition", 5),
    ("policy_fit", "vr-grade-policy_fit", 5),
];

/// The form and where it is sent.
pub fn routes() -> Router<Console> {
    Router::new().route("/patents/{id}/value", get(show).post(send))
}

fn optional(desk: &Desk, kind: Kind, name: &str, key: &'static str) -> Field {
    Field::new(kind, name, desk.t(key)).optional()
}

fn form(desk: &Desk, id: &str) -> Form {
    let field = |kind, name: &str, key| optional(desk, kind, name, key);
    let short = Form::new(desk, format!("/patents/{id}/value"), desk.t("value-it"))
        .intro(desk.t("value-intro"))
        .field(
            Field::new(Kind::Choice, "purpose", desk.t("col-purpose"))
                .words(desk, &["pledge", "licence", "stocktake"]),
        )
        .field(field(Kind::Amount, "annual_revenue", "as-annual_revenue").help(desk.t("value-revenue-help")))
        .field(field(Kind::Percent, "revenue_growth", "as-revenue_growth"))
        .field(field(Kind::Percent, "royalty_rate", "as-royalty_rate").help(desk.t("value-royalty-help")))
        .field(field(Kind::Percent, "discount_rate", "as-discount_rate"))
        .field(field(Kind::Percent, "tax_rate", "as-tax_rate"))
        .field(field(Kind::Amount, "development_cost", "as-development_cost"))
        .field(field(Kind::Text, "remaining_economic_life_years", "as-remaining_economic_life_years"))
        .field(field(Kind::Whole, "seed", "as-seed").help(desk.t("value-seed-help")))
        .group(
            desk.t("vr-life"),
            vec![
                field(Kind::Percent, "success_probability", "as-success_probability")
                    .half()
                    .help(desk.t("vr-success-help")),
                field(Kind::Text, "success_reason", "vr-reason").half(),
                field(Kind::Text, "technology_life_years", "vr-technology-life")
                    .half()
                    .help(desk.t("vr-technology-life-help")),
                field(Kind::Text, "technology_life_reason", "vr-reason").half(),
            ],
        )
        .group(desk.t("vr-grades"), grades(desk));
    let stated = METHODS.into_iter().fold(short, |form, (method, _)| {
        form.group(desk.tf("vr-method", &[("method", named(desk, method))]), fields(desk, method))
    });
    let mut weights: Vec<Field> = WEIGHED
        .into_iter()
        .map(|method| {
            Field::new(Kind::Percent, format!("weights.{method}"), named(desk, method)).optional().half()
        })
        .collect();
    weights.push(field(Kind::Text, "weights.reason", "vr-reason").help(desk.t("vr-weights-help")));
    let drawn: Vec<String> =
        DRIVERS.iter().map(|name| desk.word(&format!("as-{name}")).replace(' ', "")).collect();
    stated.group(desk.t("vr-weights"), weights).group(
        desk.t("vr-correlations"),
        vec![
            field(Kind::Lines, "correlations.pairs", "tr-correlations")
                .help(desk.tf("vr-correlations-help", &[("names", &drawn.join(desk.stop("、")))])),
            field(Kind::Text, "correlations.reason", "vr-reason"),
        ],
    )
}

/// Grades to use instead of those on record; left empty, what is on record stays.
fn grades(desk: &Desk) -> Vec<Field> {
    let choice = |(name, key, best): (&str, &'static str, u8)| {
        let options = (1..=best).map(|grade| (grade.to_string(), grade.to_string()));
        let field = Field::new(Kind::Choice, format!("grades.{name}"), desk.t(key)).options(options);
        let field = field.optional().half();
        if name == "trl" { field.help(desk.t("vr-grades-help")) } else { field }
    };
    GRADED.into_iter().map(choice).collect()
}

/// The name of a method, as models call it.
fn named<'a>(desk: &'a Desk, method: &'a str) -> &'a str {
    desk.words().find(&format!("mp-{method}")).unwrap_or(method)
}

/// The calculator's fields of a method under its name, none of them filled in, after what they rest on.
fn fields(desk: &Desk, method: &str) -> Vec<Field> {
    let basis =
        optional(desk, Kind::Text, &format!("{method}.basis"), "vr-basis").help(desk.t("vr-basis-help"));
    let own = method_fields(desk, method).into_iter().map(|field| {
        // The unit of amounts is always one of two; everything else is left to the model.
        let unit = field.name == "revenue_unit";
        Field {
            name: format!("{method}.{}", field.name),
            required: unit,
            value: if unit { field.value } else { String::new() },
            ..field
        }
    });
    std::iter::once(basis).chain(own).collect()
}

/// What was typed under a name, without it.
fn under(input: &Input, name: &str) -> Input {
    let prefix = format!("{name}.");
    let own = input
        .pairs()
        .filter_map(|(field, value)| Some((field.strip_prefix(&prefix)?.to_owned(), value.to_owned())));
    Input::of(own.collect())
}

/// The body's part about methods.
///
/// # Errors
/// The fields that do not read, under their method's name.
fn stated(desk: &Desk, input: &Input) -> Result<Value, Refusal> {
    let mut methods = Map::new();
    let mut bad: Vec<(String, String)> = Vec::new();
    for (method, needed) in METHODS {
        let own = under(input, method);
        let typed = |(field, value): (&str, &str)| {
            !value.trim().is_empty() && field != "revenue_unit" && !field.ends_with("_unit")
        };
        if !own.pairs().any(typed) {
            continue;
        }
        // An option may leave everything to the valuation; the other methods have one field without which they are not.
        if own.text(needed).is_empty() && method != "real_option" {
            bad.push((format!("{method}.{needed}"), desk.t("form-required").to_owned()));
            continue;
        }
        match method_body(desk, method, &own) {
            Ok(mut inputs) => {
                if let Some(inputs) = inputs.as_object_mut() {
                    inputs.remove("method");
                    if own.text("tab").is_empty() {
                        inputs.remove("tab");
                    }
                }
                methods.insert(method.to_owned(), json!({ "basis": own.text("basis"), "inputs": inputs }));
            }
            Err(refusal) => {
                bad.extend(refusal.fields.into_iter().map(|(field, why)| (format!("{method}.{field}"), why)));
            }
        }
    }
    let own = under(input, "weights");
    if own.pairs().any(|(_, value)| !value.trim().is_empty()) {
        match Draft::new(desk, &own).percents(&WEIGHED).finish() {
            Ok(shares) => {
                methods
                    .insert("weights".to_owned(), json!({ "reason": own.text("reason"), "shares": shares }));
            }
            Err(refusal) => {
                bad.extend(refusal.fields.into_iter().map(|(field, why)| (format!("weights.{field}"), why)));
            }
        }
    }
    let own = under(input, "correlations");
    if own.pairs().any(|(_, value)| !value.trim().is_empty()) {
        match correlations(desk, DRIVERS, own.text("pairs")) {
            Some(pairs) => {
                let said = json!({ "reason": own.text("reason"), "pairs": pairs });
                methods.insert("correlations".to_owned(), said);
            }
            None => bad.push(("correlations.pairs".to_owned(), desk.t("tr-bad-correlations").to_owned())),
        }
    }
    if bad.is_empty() {
        return Ok(Value::Object(methods));
    }
    let detail = desk.t("form-correct").to_owned();
    Err(Refusal { status: 422, detail, fields: bad, ..Refusal::default() })
}

fn page(desk: &Desk, patent: &Value, form: Form) -> Page {
    Page::new(desk.t("value-title"))
        .up(patent.text("number"), format!("/patents/{}", patent.text("id")))
        .number(patent.text("title"))
        .with(right(desk, patent))
        .with(form)
}

/// `GET /patents/{id}/value`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let patent = desk.get(&format!("{PATENTS}/{id}")).await?;
    let form = form(&desk, &id);
    Ok(frame::show(&desk, page(&desk, &patent, form)))
}

fn body(desk: &Desk, id: &str, input: &Input) -> Result<Value, Refusal> {
    let assumptions = Draft::new(desk, input)
        .amounts(&["annual_revenue", "development_cost"])
        .percents(&["revenue_growth", "royalty_rate", "discount_rate", "tax_rate", "success_probability"])
        .texts(&[
            "remaining_economic_life_years",
            "success_reason",
            "technology_life_years",
            "technology_life_reason",
        ])
        .wholes(&["seed"])
        .finish();
    let (assumptions, methods) = match (assumptions, stated(desk, input)) {
        (Ok(assumptions), Ok(methods)) => (assumptions, methods),
        (Err(mut refusal), Err(other)) => {
            refusal.fields.extend(other.fields);
            return Err(refusal);
        }
        (Err(refusal), Ok(_)) | (Ok(_), Err(refusal)) => return Err(refusal),
    };
    let mut body = json!({ "patent_id": id, "purpose": input.text("purpose"), "assumptions": assumptions });
    if methods.as_object().is_some_and(|methods| !methods.is_empty()) {
        body["methods"] = methods;
    }
    let graded =
        Draft::new(desk, &under(input, "grades")).wholes(&GRADED.map(|(name, _, _)| name)).finish()?;
    if graded.as_object().is_some_and(|grades| !grades.is_empty()) {
        body["grades"] = graded;
    }
    Ok(body)
}

/// `POST /patents/{id}/value`
async fn send(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let sent = match body(&desk, &id, &input) {
        Ok(body) => desk.post(super::API, &body, input.key()).await,
        Err(refusal) => Err(refusal),
    };
    let mut refusal = match sent {
        Ok(valuation) => return Ok(frame::go(&format!("/valuations/{}", valuation.text("id")), "valued")),
        Err(refusal) if refusal.status == 401 => return Err(refusal.into()),
        Err(refusal) => refusal,
    };
    for (field, _) in &mut refusal.fields {
        *field = typed_at(field);
    }
    let patent = desk.get(&format!("{PATENTS}/{id}")).await?;
    let mut form = form(&desk, &id).keep(&desk, &input).refused(&desk, &refusal);
    if let Some(problem) = &mut form.problem {
        problem.items.extend(grounds(&desk, &refusal.body));
    }
    let status = crate::status_of(&refusal);
    Ok(frame::show_with(&desk, status, page(&desk, &patent, form)))
}

/// The field of the form that a field of the body was typed in: `methods.hedonic.inputs.transactions[3].price` is said at
/// `hedonic.transactions`, `methods.weights.shares.hedonic` at `weights.hedonic`.
fn typed_at(field: &str) -> String {
    if let Some(plain) = field.strip_prefix("assumptions.") {
        return plain.to_owned();
    }
    let Some(stated) = field.strip_prefix("methods.") else { return field.to_owned() };
    let mut parts = stated.split(['.', '[']);
    let method = parts.next().unwrap_or_default();
    match parts.find(|part| !matches!(*part, "inputs" | "shares")) {
        Some(part) => format!("{method}.{part}"),
        None => format!("{method}.reason"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_api_says_of_a_figure_is_said_where_it_was_typed() {
        for (field, place) in [
            ("assumptions.royalty_rate", "royalty_rate"),
            ("methods.hedonic.inputs.transactions[3].price", "hedonic.transactions"),
            ("methods.excess_earnings.basis", "excess_earnings.basis"),
            ("methods.weights.shares.hedonic", "weights.hedonic"),
            ("methods.weights.shares", "weights.reason"),
            ("methods.correlations.pairs", "correlations.pairs"),
            ("grades.trl", "grades.trl"),
        ] {
            assert_eq!(typed_at(field), place);
        }
    }
}
