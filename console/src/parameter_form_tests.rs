//! A set that goes through the form and back.

use serde_json::json;

use super::*;

fn docs() -> Vec<Value> {
    let doc = |field: &str, unit: &str| json!({ "field": field, "zh": field, "en": field, "unit": unit });
    vec![
        doc("days", "days"),
        doc("levels", "text"),
        doc("levels[].up_to", "yuan"),
        doc("levels[].binding", "flag"),
        doc("levels[].papers[].code", "text"),
        doc("levels[].industries", "text"),
        doc("pd.normal[]", "fraction"),
        doc("factor", "factor"),
    ]
}

fn content() -> Value {
    json!({
        "days": 90, "factor": "1.6", "pd": { "normal": ["0.02", "0.0345"] },
        "levels": [
            { "up_to": "100.00", "binding": true, "papers": [{ "code": "a" }], "industries": ["C26", "C38"] },
            { "up_to": null, "binding": false, "papers": [], "industries": [] },
        ],
    })
}

fn posted(leaves: &[Leaf<'_>]) -> Vec<(String, String)> {
    leaves
        .iter()
        .map(|leaf| {
            let text = plain(&leaf.value);
            let text = if leaf.doc["unit"] == "fraction" && !text.is_empty() { percent(&text) } else { text };
            (format!("content.{}", leaf.path), text)
        })
        .collect()
}

#[test]
fn a_set_that_is_sent_as_it_was_shown_is_the_same_set() {
    let (docs, content) = (docs(), content());
    let input = Input::of(posted(&leaves(&docs, &content, true)));
    let (mut again, bad) = typed(&docs, &content, &input);
    assert!(bad.is_empty());
    // What was null was left empty and is not sent.
    again["levels"][1]["up_to"] = Value::Null;
    assert_eq!(again, content);
}

#[test]
fn an_entry_is_added_by_typing_in_the_last_row_and_dropped_by_emptying_it() {
    let (docs, content) = (docs(), content());
    let mut pairs = posted(&leaves(&docs, &content, true));
    for (name, text) in &mut pairs {
        match name.as_str() {
            "content.pd.normal[0]" => text.clear(),
            "content.pd.normal[2]" => "4%".clone_into(text),
            "content.levels[2].up_to" => "5".clone_into(text),
            _ => {}
        }
    }
    pairs.push(("content.levels[2].up_to_unit".to_owned(), "wan".to_owned()));
    let (made, bad) = typed(&docs, &content, &Input::of(pairs));
    assert!(bad.is_empty());
    assert_eq!(made["pd"]["normal"], json!(["0.0345", "0.04"]));
    assert_eq!(made["levels"][2], json!({ "up_to": "50000.00", "papers": [], "industries": [] }));
}

#[test]
fn what_does_not_read_is_named_at_its_field() {
    let input = Input::of(vec![
        ("content.days".to_owned(), "ninety".to_owned()),
        ("content.pd.normal[0]".to_owned(), "viel".to_owned()),
        ("content.factor".to_owned(), "x".to_owned()),
        ("content.unknown".to_owned(), "1".to_owned()),
        ("content.pd.normal[99999999]".to_owned(), "1".to_owned()),
    ]);
    let (made, bad) = typed(&docs(), &content(), &input);
    assert_eq!(
        bad,
        [
            ("content.days".to_owned(), "form-bad-whole"),
            ("content.pd.normal[0]".to_owned(), "form-bad-percent"),
            ("content.factor".to_owned(), "param-bad-number"),
        ]
    );
    assert_eq!(made, json!({ "pd": { "normal": [] } }));
}

#[test]
fn a_path_with_numbers_is_documented_by_the_one_without() {
    let docs = docs();
    let (doc, place) = documented(&docs, "levels[1].papers[0].code").unwrap();
    assert_eq!((doc.text("field"), place.as_str()), ("levels[].papers[].code", "2.1"));
    assert!(documented(&docs, "levels[1].nothing").is_none());
    assert_eq!(percent("0.0670"), "6.7");
    assert_eq!(percent("0.00125"), "0.125");
}
