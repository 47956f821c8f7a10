//! How a facility prices new draws, as fields of a form and as the API's body: at one rate, or on the LPR with a spread.

use serde_json::{Value, json};

use crate::{
    adjustments,
    desk::Desk,
    draft::{Draft, Input},
    form::{Field, Form, Kind},
    line_terms_form::{alike, percent, same, typed},
    value::Facts,
};

const RESETS: [&str; 6] = ["anniversary", "january", "monthly", "quarterly", "half_yearly", "fixed"];

/// The fields of price, tenor and collateral of new draws, with what stands in `f`.
pub fn fields(desk: &Desk, form: Form, f: &Value) -> Form {
    let floats = f.text("pricing.kind") == "lpr";
    let kinds = [
        ("fixed".to_owned(), desk.t("adj-basis-fixed").to_owned()),
        ("lpr".to_owned(), desk.t("adj-basis-floating").to_owned()),
    ];
    let spread = if floats { f.shown("pricing.spread_bp") } else { String::new() };
    let resets = RESETS.map(|name| (name.to_owned(), adjustments::reset(desk, name)));
    let stands = |name: &str, usual: &str| if f.has(name) { percent(f.text(name)) } else { usual.to_owned() };
    let months = if f.has("tenor_cap_months") { f.shown("tenor_cap_months") } else { "36".to_owned() };
    form.field(
        Field::new(Kind::Choice, "pricing.kind", desk.t("fl-pricing"))
            .half()
            .options(kinds)
            .value(if floats { "lpr" } else { "fixed" })
            .help(desk.t("fl-pricing-help")),
    )
    .field(
        Field::new(Kind::Percent, "annual_rate", desk.t("annual-rate"))
            .optional()
            .half()
            .value(if floats { String::new() } else { stands("annual_rate", "") })
            .help(desk.t("adj-fixed-help")),
    )
    .field(
        Field::new(Kind::Whole, "pricing.spread_bp", desk.t("adj-spread"))
            .optional()
            .half()
            .value(spread)
            .help(desk.t("adj-spread-help")),
    )
    .field(
        Field::new(Kind::Choice, "pricing.reset", desk.t("adj-reset"))
            .half()
            .options(resets)
            .value(if floats { f.text("pricing.reset") } else { "anniversary" }),
    )
    .field(Field::new(Kind::Whole, "tenor_cap_months", desk.t("tenor-cap")).value(months).half())
    .field(Field::new(Kind::Percent, "ltv_cap", desk.t("ltv-cap")).value(stands("ltv_cap", "50")).half())
}

/// Sets what was typed and is not as it stands in `f`.
pub fn set(draft: &mut Draft<'_>, input: &Input, f: &Value) {
    let kind = input.text("pricing.kind");
    let pricing = match kind {
        "lpr" => match input.text("pricing.spread_bp").parse::<i32>() {
            Ok(spread) => {
                Some(json!({ "kind": "lpr", "spread_bp": spread, "reset": input.text("pricing.reset") }))
            }
            Err(_) => {
                draft.bad("pricing.spread_bp", "form-bad-whole");
                None
            }
        },
        "fixed" if f.has("pricing") => Some(json!({ "kind": "fixed" })),
        _ => None,
    };
    let changes = pricing.filter(|pricing| !alike(f.at("pricing"), pricing));
    // The rate that a floating line shows is of another day: where its price becomes fixed, what was typed counts.
    let anew = changes.is_some();
    if let Some(pricing) = changes {
        draft.set("pricing", pricing);
    }
    for name in ["annual_rate", "ltv_cap"] {
        let before = anew && name == "annual_rate";
        if let Some(rate) = typed(draft, input, name)
            && (before || !same(f.text(name), &rate))
            && !(kind == "lpr" && name == "annual_rate" && same(f.text(name), &rate))
        {
            draft.set(name, rate);
        }
    }
    let months = input.text("tenor_cap_months");
    match months.parse::<u32>() {
        Ok(number) if months != f.shown("tenor_cap_months") => draft.set("tenor_cap_months", number),
        Err(_) if !months.is_empty() => draft.bad("tenor_cap_months", "form-bad-whole"),
        _ => {}
    }
}

/// How new draws are priced, in a line.
pub fn said(desk: &Desk, pricing: &Value) -> String {
    if pricing.text("kind") != "lpr" {
        return desk.t("adj-basis-fixed").to_owned();
    }
    let reset = adjustments::reset(desk, pricing.text("reset"));
    desk.tf("fl-pricing-lpr", &[("spread", &pricing.shown("spread_bp")), ("reset", &reset)])
}
