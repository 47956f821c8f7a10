//! The API's refusals of a trial at the fields and in the unit of its form: the API speaks in shares where the form asks for
//! percent.

use std::str::FromStr;

use rust_decimal::Decimal;

use super::forms::{DRAWN, Unit};
use crate::{
    failure::Refusal,
    form::{Form, Kind},
};

/// The decimals by which a percent has fewer than its share.
const PERCENT_PLACES: u32 = 2;

/// Says each refusal at the field in which it was typed, as `revenue[2]` and `royalty_rate.low` are at theirs, and its bounds
/// in percent where the form has them so.
pub fn restate(form: &Form, refusal: &mut Refusal) {
    for (field, detail) in &mut refusal.fields {
        if is_in_percent(form, field, detail) {
            *detail = in_percent(detail);
        }
        let end = field.find(['[', '.']).unwrap_or(field.len());
        field.truncate(end);
    }
}

/// Whether what a sentence bounds is typed as percent.
fn is_in_percent(form: &Form, field: &str, detail: &str) -> bool {
    // How many entries a list has is no share, whatever the entries are.
    if ["项", "entries"].iter().any(|word| detail.contains(word)) {
        return false;
    }
    let name = field.split(['[', '.']).next().unwrap_or(field);
    match name {
        "factors" => field.ends_with(".score"),
        "indications" => field == name || field.ends_with(".weight"),
        _ => {
            form.fields.iter().any(|typed| typed.name == name && matches!(typed.kind, Kind::Percent))
                || DRAWN.iter().any(|(drawn, unit, ..)| *drawn == name && *unit == Unit::Percent)
                // Outcomes are typed with their probabilities in percent, in whatever unit they are themselves.
                || ["概率", "probabilities"].iter().any(|word| detail.contains(word))
        }
    }
}

/// A sentence on shares as one on percents: `必须在 0 与 1 之间` → `必须在 0% 与 100% 之间`.
fn in_percent(detail: &str) -> String {
    if ["位小数", "decimals"].iter().any(|word| detail.contains(word)) {
        return each_number(detail, |places| places.saturating_sub(PERCENT_PLACES.into()).to_string());
    }
    each_number(detail, |share| match share.checked_mul(Decimal::ONE_HUNDRED) {
        Some(percent) => format!("{}%", percent.normalize()),
        None => share.to_string(),
    })
}

/// The sentence with each of its numbers said otherwise.
fn each_number(sentence: &str, said: impl Fn(Decimal) -> String) -> String {
    let (mut all, mut number) = (String::new(), String::new());
    let close = |all: &mut String, number: &mut String| {
        match Decimal::from_str(number) {
            Ok(read) => all.push_str(&said(read)),
            Err(_) => all.push_str(number),
        }
        number.clear();
    };
    for c in sentence.chars() {
        if c.is_ascii_digit() || matches!(c, '-' | '.') {
            number.push(c);
        } else {
            close(&mut all, &mut number);
            all.push(c);
        }
    }
    close(&mut all, &mut number);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_on_shares_becomes_one_on_percents() {
        for (share, percent) in [
            ("必须在 0 与 1 之间", "必须在 0% 与 100% 之间"),
            ("must lie between 0.001 and 0.999", "must lie between 0.1% and 99.9%"),
            ("必须大于 -1 且不大于 10", "必须大于 -100% 且不大于 1000%"),
            ("the weights must sum to 1", "the weights must sum to 100%"),
            ("最多 6 位小数", "最多 4 位小数"),
            ("must have at most 6 decimals", "must have at most 4 decimals"),
            ("不得为负", "不得为负"),
            ("not a well-known one", "not a well-known one"),
        ] {
            assert_eq!(in_percent(share), percent);
        }
    }
}
