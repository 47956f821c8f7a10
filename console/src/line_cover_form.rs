//! Who bears a part of a line's losses, as rows of a form: filled in with the promises that stand or with a way of sharing
//! seen elsewhere. Those of one turn bear side by side, each its part of the loss that reaches the turn.

use serde_json::{Value, json};

use crate::{
    desk::Desk,
    draft::{Draft, Input},
    figures,
    form::{Field, Form, Kind},
    form_rows,
    line_terms::say,
    line_terms_form::{alike, percent, typed},
    proposals::{organisations, replace_index},
    value::{Facts, rows},
};

const GROUP: &str = "cover";
/// Rows of a form on which nothing stands yet.
const USUAL: usize = 3;
/// As many parties as the API takes.
const MOST: usize = 10;
/// The kinds of parties: in the API, the member with the party's id, what the presets call them.
const KINDS: [(&str, &str, &str); 5] = [
    ("fund", "fund_id", "fund"),
    ("guarantee_insurer", "insurer_id", "insurer"),
    ("guarantor", "guarantor_id", "guarantor"),
    ("reguarantor", "reguarantor_id", "reguarantor"),
    ("appraiser", "appraiser_id", "appraiser"),
];

/// What the rows are made from: who may bear a part, and how others share.
#[derive(Debug, Default)]
pub struct Known {
    parties: Vec<(String, String)>,
    presets: Vec<Value>,
}

/// Asks for both.
pub async fn known(desk: &Desk) -> Known {
    let (funds, insurers, institutes, enterprises, presets) = tokio::join!(
        organisations(desk, "fund"),
        organisations(desk, "insurer"),
        organisations(desk, "institute"),
        organisations(desk, "enterprise"),
        desk.get("/api/pledge/v1/loss-sharing-presets")
    );
    let of = |kind: &'static str, found: &[(String, String)]| -> Vec<(String, String)> {
        let word = say(desk, kind);
        found.iter().map(|(id, name)| (format!("{kind}:{id}"), format!("{name} · {word}"))).collect()
    };
    let parties = [
        of("fund", &funds),
        of("guarantee_insurer", &insurers),
        of("guarantor", &enterprises),
        of("guarantor", &funds),
        of("reguarantor", &insurers),
        of("reguarantor", &funds),
        of("appraiser", &institutes),
        of("appraiser", &enterprises),
    ];
    let presets = presets.unwrap_or_default();
    Known { parties: parties.concat(), presets: rows(&presets).to_vec() }
}

/// A party as a choice's value.
fn value_of(party: &Value) -> String {
    let kind = party.text("kind");
    let id = KINDS.iter().find(|(known, ..)| *known == kind).map_or("", |(_, id, _)| party.text(id));
    format!("{kind}:{id}")
}

/// The rows for a facility: what stands on it, and empty ones.
pub fn fields(desk: &Desk, form: Form, f: &Value, input: &Input, known: &Known) -> Form {
    let standing = f.list(GROUP);
    let presets = known.presets.iter();
    let presets = presets.map(|row| (row.text("code").to_owned(), row.said("name", desk.lang()).to_owned()));
    let form = form.field(
        Field::new(Kind::Choice, "preset", desk.t("fl-cover-preset"))
            .optional()
            .options(presets)
            .help(desk.t("fl-cover-preset-help")),
    );
    let count = form_rows::shown(input, GROUP, USUAL.max(standing.len()), MOST);
    (0..count).fold(form, |form, i| row(desk, form, (i, standing.get(i).unwrap_or(&Value::Null)), known))
}

fn row(desk: &Desk, form: Form, (i, now): (usize, &Value), known: &Known) -> Form {
    let number = (i + 1).to_string();
    let at = |part: &str| format!("{GROUP}[{i}].{part}");
    let label = |key: &str| desk.tf(key, &[("number", &number)]);
    let mut parties = known.parties.clone();
    let mut party = Field::new(Kind::Choice, at("party"), label("fl-cover-party-n")).optional().half();
    if now.has("party") {
        let value = value_of(now.at("party"));
        // Who stands stays to be chosen, also where the caller does not see the organisation.
        if !parties.iter().any(|(known, _)| *known == value) {
            parties.push((
                value.clone(),
                format!("{} · {}", now.text("name"), say(desk, now.text("party.kind"))),
            ));
        }
        party = party.value(value);
    }
    let yuan = |field: Field, name: &str| {
        if now.has(name) { field.yuan(now.text(name)) } else { field }
    };
    form.field(party.options(parties))
        .field(
            Field::new(Kind::Whole, at("rank"), label("fl-cover-rank-n"))
                .optional()
                .half()
                .value(now.shown("rank"))
                .help(desk.t("fl-cover-rank-help")),
        )
        .field(
            Field::new(Kind::Percent, at("share_of_loss"), label("fl-cover-share-n"))
                .optional()
                .half()
                .value(percent(now.text("share_of_loss"))),
        )
        .field(yuan(Field::new(Kind::Amount, at("cap"), label("fl-cover-cap-n")).optional().half(), "cap"))
        .field(yuan(
            Field::new(Kind::Amount, at("deductible"), label("fl-deductible-n")).optional().half(),
            "deductible",
        ))
        .field(
            Field::new(Kind::Text, at("contract"), label("fl-cover-contract-n"))
                .optional()
                .half()
                .value(now.text("contract"))
                .help(desk.t("fl-cover-contract-help")),
        )
        .field(
            Field::new(Kind::Day, at("valid_until"), label("fl-cover-valid-until-n"))
                .optional()
                .half()
                .value(now.text("valid_until"))
                .help(desk.t("fl-cover-valid-until-help")),
        )
}

/// What was typed, with the rows of a way of sharing in the place of those that were there, where one was chosen: all its
/// parties bear side by side, the bank what they leave.
pub fn taken(input: &Input, known: &Known) -> Input {
    let code = input.text("preset");
    let Some(preset) = known.presets.iter().find(|preset| preset.text("code") == code) else {
        return input.clone();
    };
    let mut pairs: Vec<(String, String)> = input
        .pairs()
        .filter(|(name, _)| !name.starts_with("cover[") && *name != "preset")
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let bearers = preset.list("bearers").iter().filter_map(Value::as_str).filter(|bearer| *bearer != "bank");
    for (i, bearer) in bearers.enumerate() {
        let kind = KINDS.iter().find(|(.., known)| *known == bearer).map_or("", |(kind, ..)| kind);
        let prefix = format!("{kind}:");
        let party = known.parties.iter().find(|(value, _)| value.starts_with(&prefix));
        let share = preset.list("shares").iter().find(|share| share.text("bearer") == bearer);
        pairs
            .push((format!("{GROUP}[{i}].party"), party.map(|(value, _)| value.clone()).unwrap_or_default()));
        pairs.push((format!("{GROUP}[{i}].rank"), "1".to_owned()));
        pairs.push((
            format!("{GROUP}[{i}].share_of_loss"),
            share.map(|share| percent(share.text("share"))).unwrap_or_default(),
        ));
    }
    // The rows that were there and are not the preset's are emptied: what stands on the line does not show through.
    for i in bearers_of(preset)..form_rows::present(input, GROUP) {
        for part in ["party", "rank", "share_of_loss"] {
            pairs.push((format!("{GROUP}[{i}].{part}"), String::new()));
        }
    }
    for i in 0..form_rows::present(input, GROUP).max(bearers_of(preset)) {
        for part in ["cap", "deductible", "contract", "valid_until"] {
            pairs.push((format!("{GROUP}[{i}].{part}"), String::new()));
        }
    }
    Input::of(pairs)
}

/// How many parties beside the bank share.
fn bearers_of(preset: &Value) -> usize {
    preset.list("bearers").iter().filter(|bearer| bearer.as_str() != Some("bank")).count()
}

/// Those who bear a part of a loss where they are not as they stand in `f`, and for each its row in the form. Nothing where
/// the form had no such rows.
pub fn covers(draft: &mut Draft<'_>, input: &Input, f: &Value) -> (Option<Vec<Value>>, Vec<usize>) {
    let (mut found, mut places): (Vec<Value>, Vec<usize>) = (Vec::new(), Vec::new());
    let count = form_rows::present(input, GROUP);
    if count == 0 {
        return (None, places);
    }
    let mut last_rank = 0;
    for i in 0..count {
        let at = |part: &str| format!("{GROUP}[{i}].{part}");
        let chosen = input.text(&at("party"));
        let Some((kind, id)) = chosen.split_once(':') else {
            if !input.text(&at("share_of_loss")).is_empty() {
                draft.bad(&at("party"), "form-required");
            }
            continue;
        };
        let id_field = KINDS.iter().find(|(known, ..)| *known == kind).map_or("id", |(_, field, _)| field);
        let rank = match input.text(&at("rank")) {
            "" => last_rank + 1,
            text => text.parse::<u32>().unwrap_or_else(|_| {
                draft.bad(&at("rank"), "form-bad-whole");
                last_rank + 1
            }),
        };
        last_rank = last_rank.max(rank);
        let share = typed(draft, input, &at("share_of_loss")).unwrap_or_else(|| "0".to_owned());
        let mut party = json!({ "kind": kind });
        party[id_field] = id.into();
        let mut one = json!({ "party": party, "rank": rank, "share_of_loss": share, "cap": null,
            "deductible": "0.00" });
        for part in ["contract", "valid_until"] {
            let text = input.text(&at(part));
            one[part] = if text.is_empty() { Value::Null } else { text.into() };
        }
        for part in ["cap", "deductible"] {
            let (field, text) = (at(part), input.text(&at(part)));
            if text.is_empty() {
                continue;
            }
            match figures::typed_amount(text, input.text(&format!("{field}_unit"))) {
                Some(amount) => one[part] = amount.into(),
                None => draft.bad(&field, "form-bad-amount"),
            }
        }
        found.push(one);
        places.push(i);
    }
    let standing = f.list(GROUP);
    let same =
        standing.len() == found.len() && standing.iter().zip(&found).all(|(now, then)| alike(now, then));
    ((!same).then_some(found), places)
}

/// Shows what the API says of a promise in the row where it was typed.
pub fn place(fields: &mut [(String, String)], places: &[usize]) {
    replace_index(fields, GROUP, places);
    for (field, _) in fields.iter_mut().filter(|(field, _)| field.starts_with("cover[")) {
        if let Some((row, part)) = field.split_once("].")
            && (part.starts_with("party") || part == "name")
        {
            *field = format!("{row}].party");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(pairs: &[(&str, &str)]) -> Input {
        Input::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn zhongshan() -> Known {
        let shares = [("fund", "0.54"), ("bank", "0.26"), ("insurer", "0.16"), ("appraiser", "0.04")];
        Known {
            parties: ["fund:1", "guarantee_insurer:2", "reguarantor:2", "appraiser:3"]
                .map(|value| (value.to_owned(), value.to_owned()))
                .to_vec(),
            presets: vec![json!({
                "code": "zhongshan",
                "bearers": shares.map(|(bearer, _)| bearer),
                "shares": shares.map(|(bearer, share)| json!({ "bearer": bearer, "share": share })),
            })],
        }
    }

    #[test]
    fn the_parties_of_zhongshan_bear_side_by_side_in_one_turn() {
        let typed = input(&[
            ("preset", "zhongshan"),
            ("name", "授信"),
            ("cover[0].cap", "5"),
            ("cover[4].party", "fund:9"),
        ]);
        let taken = taken(&typed, &zhongshan());
        let row = |i: usize| {
            ["party", "rank", "share_of_loss"]
                .map(|part| taken.text(&format!("cover[{i}].{part}")).to_owned())
        };
        assert_eq!(row(0), ["fund:1", "1", "54"]);
        assert_eq!(row(1), ["guarantee_insurer:2", "1", "16"]);
        assert_eq!(row(2), ["appraiser:3", "1", "4"]);
        assert_eq!(row(4), ["", "", ""], "what was there is gone");
        assert_eq!((taken.text("name"), taken.text("cover[0].cap")), ("授信", ""));
    }

    #[test]
    fn what_the_api_says_of_a_party_stands_at_its_row() {
        let mut fields = vec![
            ("cover[1].party.fund_id".to_owned(), "x".to_owned()),
            ("cover[0].rank".to_owned(), "y".to_owned()),
        ];
        place(&mut fields, &[2, 5]);
        assert_eq!(fields[0].0, "cover[5].party");
        assert_eq!(fields[1].0, "cover[2].rank");
    }
}
