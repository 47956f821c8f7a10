//! The content of a model: shown section by section, and changed in the same sections by its developer while it is a draft.
//! Every figure is a leaf of the content, so that nothing of it can only be reached by the API.

use axum::{extract::Path, response::Response};
use serde_json::{Map, Value, json};

use crate::{
    cell::Cell,
    decisions::permitted,
    desk::{Desk, Id},
    draft::Input,
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    models::{API, names},
    page::{Page, Table},
    steps,
    value::Facts,
};

/// Overlay rows beside those that are there.
const NEW_OVERLAYS: usize = 2;
/// The sections with the text of each.
const SECTIONS: [(&str, &str); 5] = [
    ("weights", "mdl-s-weights"),
    ("bands", "mdl-s-bands"),
    ("parameters", "mdl-s-parameters"),
    ("industries", "mdl-s-industries"),
    ("overlays", "mdl-s-overlays"),
];
const OVERLAY: [&str; 7] = ["code", "reason", "industry", "adjustment", "limit", "from", "until"];

/// A figure of the content.
struct Leaf {
    /// Its JSON pointer, which is also the field's name.
    pointer: String,
    label: String,
    value: Value,
}

/// The section that a figure belongs to; none for what is not changed here (names, sources).
fn section(pointer: &str) -> Option<&'static str> {
    let last = pointer.rsplit('/').next().unwrap_or_default();
    if pointer.starts_with("/parameters/industries/") {
        (last != "industry").then_some("industries")
    } else if pointer.starts_with("/parameters/") {
        Some("parameters")
    } else if pointer.starts_with("/overlays/") {
        Some("overlays")
    } else if last == "points" {
        Some("bands")
    } else if matches!(last, "weight" | "weights" | "coverage_floor" | "from") {
        Some("weights")
    } else {
        None
    }
}

/// Every figure of the content that belongs to a section, in order.
fn leaves(desk: &Desk, content: &Value) -> Vec<Leaf> {
    let mut found = Vec::new();
    walk(desk, content, String::new(), &[], &mut found);
    found.retain(|leaf| section(&leaf.pointer).is_some());
    found
}

/// The name of a row of a list, where it has one.
fn row_name(desk: &Desk, row: &Value) -> Option<String> {
    let named = row.said("name", desk.lang());
    if !named.is_empty() {
        return Some(named.to_owned());
    }
    ["scenario", "industry", "grade", "code"].iter().find_map(|key| {
        let value = row.text(key);
        (!value.is_empty()).then(|| desk.word(value))
    })
}

fn walk(desk: &Desk, value: &Value, pointer: String, path: &[String], found: &mut Vec<Leaf>) {
    let deeper = |name: String| {
        let mut path = path.to_vec();
        path.push(name);
        path
    };
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let known = desk.words().find(&format!("mp-{name}"));
                let path = match known {
                    Some(words) => deeper(words.to_owned()),
                    None => path.to_vec(),
                };
                walk(desk, value, format!("{pointer}/{name}"), &path, found);
            }
        }
        Value::Array(rows) if rows.iter().any(Value::is_object) => {
            for (at, row) in rows.iter().enumerate() {
                let name = row_name(desk, row).unwrap_or_else(|| (at + 1).to_string());
                walk(desk, row, format!("{pointer}/{at}"), &deeper(name), found);
            }
        }
        other => found.push(Leaf { pointer, label: path.join(" › "), value: other.clone() }),
    }
}

/// A figure as text: pairs as `0:20, 3:40`, lists as `0.35, 0.25, 0.4`.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(items) => {
            let one = |item: &Value| match item {
                Value::Array(pair) => pair.iter().map(text).collect::<Vec<_>>().join(":"),
                other => text(other),
            };
            items.iter().map(one).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// What was typed in the shape of what stood there.
fn typed(text: &str, before: &Value) -> Option<Value> {
    let text = text.trim();
    match before {
        Value::String(_) => Some(text.into()),
        Value::Bool(_) => text.parse::<bool>().ok().map(Value::from),
        Value::Number(number) if number.is_u64() && !text.contains('.') => {
            text.parse::<u64>().ok().map(Value::from)
        }
        Value::Number(_) => number(text),
        Value::Null => Some(if text.is_empty() { Value::Null } else { text.into() }),
        Value::Array(items) => {
            let pairs = items.iter().any(Value::is_array);
            let named = items.iter().any(|item| item.get(0).is_some_and(Value::is_string));
            let cells = text.split([',', '，']).map(str::trim).filter(|cell| !cell.is_empty());
            let read = |cell: &str| {
                if !pairs {
                    return number(cell);
                }
                let (left, right) = cell.split_once([':', '：'])?;
                if named {
                    Some(json!([left.trim(), right.trim()]))
                } else {
                    Some(json!([number(left.trim())?, number(right.trim())?]))
                }
            };
            cells.map(read).collect::<Option<Vec<Value>>>().map(Value::from)
        }
        Value::Object(_) => None,
    }
}

fn number(text: &str) -> Option<Value> {
    let found: f64 = text.parse().ok()?;
    found.is_finite().then(|| json!(found))
}

/// The content as tables, a section each.
pub fn sections(desk: &Desk, content: &Value) -> Vec<Table> {
    let all = leaves(desk, content);
    let heads = [desk.t("mdl-figure"), &format!("#{}", desk.t("mdl-value"))];
    SECTIONS
        .iter()
        .map(|(name, key)| {
            let own = all.iter().filter(|leaf| section(&leaf.pointer) == Some(*name));
            own.fold(Table::new(desk, desk.words().get(key), &heads), |table, leaf| {
                let value = names::said(desk, &leaf.pointer, &text(&leaf.value));
                table.row([Cell::text(leaf.label.clone()), Cell::figure(value)])
            })
        })
        .filter(|table| !table.rows.is_empty())
        .collect()
}

fn chosen_section(desk: &Desk) -> &'static str {
    let asked = desk.asked("section");
    SECTIONS.iter().map(|(name, _)| *name).find(|name| *name == asked).unwrap_or("weights")
}

fn edit_form(desk: &Desk, m: &Value, section_name: &'static str) -> Form {
    let (id, content) = (m.text("id"), m.at("content"));
    let intro = match section_name {
        "bands" => desk.t("mdl-bands-intro"),
        "overlays" => desk.t("mdl-overlays-intro"),
        _ => desk.t("mdl-edit-intro"),
    };
    let form = Form::new(desk, format!("/models/{id}/edit?section={section_name}"), desk.t("mdl-save"))
        .intro(intro)
        .hidden("row_version", m.shown("row_version"));
    if section_name == "overlays" {
        return overlay_fields(desk, form, content);
    }
    let all = leaves(desk, content);
    all.iter().filter(|leaf| section(&leaf.pointer) == Some(section_name)).fold(form, |form, leaf| {
        let value = text(&leaf.value);
        let field = match names::choices(desk, &leaf.pointer, &value) {
            Some(choices) => {
                Field::new(Kind::Choice, leaf.pointer.clone(), leaf.label.clone()).options(choices)
            }
            None => Field::new(Kind::Text, leaf.pointer.clone(), leaf.label.clone()),
        };
        form.field(field.value(value).half())
    })
}

fn overlay_fields(desk: &Desk, form: Form, content: &Value) -> Form {
    let there = content.list("overlays").len();
    (0..there + NEW_OVERLAYS).fold(form, |form, i| {
        let number = (i + 1).to_string();
        OVERLAY.iter().fold(form, |form, part| {
            let label = format!("{number}. {}", desk.words().get(&format!("mdl-o-{part}")));
            let place = format!("overlays.{i}.{part}");
            let value = content.text(&place);
            let choices = names::choices(desk, &place, value);
            let kind = match *part {
                "from" | "until" => Kind::Day,
                _ if choices.is_some() => Kind::Choice,
                _ => Kind::Text,
            };
            let field = Field::new(kind, format!("overlays[{i}].{part}"), label);
            form.field(field.options(choices.unwrap_or_default()).value(value).optional().half())
        })
    })
}

fn edit_page(desk: &Desk, m: &Value, form: Form) -> Page {
    let id = m.text("id");
    let sections = SECTIONS.iter().fold(
        Table::new(desk, desk.t("mdl-sections"), &[desk.t("mdl-section")]),
        |table, (name, key)| {
            table.row([Cell::text(desk.words().get(key)).to(format!("/models/{id}/edit?section={name}"))])
        },
    );
    Page::new(desk.t("mdl-edit"))
        .up(format!("{} v{}", m.text("name"), m.shown("version")), format!("/models/{id}"))
        .with(form)
        .with(sections)
}

/// `GET /models/{id}/edit`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    permitted(&desk, "model.develop")?;
    let model = desk.get(&format!("{API}/{id}")).await?;
    let form = edit_form(&desk, &model, chosen_section(&desk));
    Ok(frame::show(&desk, edit_page(&desk, &model, form)))
}

/// The content with what was typed in its place, or the fields that do not read.
fn changed(
    desk: &Desk,
    content: &Value,
    input: &Input,
    section_name: &str,
) -> Result<Value, Vec<(String, String)>> {
    let mut after = content.clone();
    if section_name == "overlays" {
        after["overlays"] = overlays(input).into();
        return Ok(after);
    }
    let mut bad = Vec::new();
    for leaf in leaves(desk, content) {
        let Some(words) = input.get(&leaf.pointer) else { continue };
        match (typed(words, &leaf.value), after.pointer_mut(&leaf.pointer)) {
            (Some(value), Some(place)) => *place = value,
            _ => bad.push((leaf.pointer.clone(), desk.t("mdl-bad-figure").to_owned())),
        }
    }
    if bad.is_empty() { Ok(after) } else { Err(bad) }
}

fn overlays(input: &Input) -> Vec<Value> {
    (0..40)
        .filter_map(|i| {
            let typed = |part: &str| input.text(&format!("overlays[{i}].{part}"));
            if OVERLAY.iter().all(|part| typed(part).is_empty()) {
                return None;
            }
            let fields = OVERLAY.iter().filter(|part| !typed(part).is_empty());
            Some(Value::Object(
                fields.map(|part| ((*part).to_owned(), typed(part).into())).collect::<Map<_, _>>(),
            ))
        })
        .collect()
}

/// `POST /models/{id}/edit`
pub async fn save(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    permitted(&desk, "model.develop")?;
    let model = desk.get(&format!("{API}/{id}")).await?;
    let section_name = chosen_section(&desk);
    let answer = match changed(&desk, model.at("content"), &input, section_name) {
        Ok(content) => {
            let seen = input.text("row_version").parse::<i64>().unwrap_or_default();
            let body = json!({ "content": content, "row_version": seen });
            desk.post(&format!("{API}/{id}/content"), &body, input.key()).await
        }
        Err(fields) => {
            let detail = desk.t("form-correct").to_owned();
            Err(Refusal { status: 422, detail, fields, ..Refusal::default() })
        }
    };
    let here = format!("/models/{id}");
    let form = edit_form(&desk, &model, section_name);
    steps::answered(&desk, answer, (&here, "saved"), &input, form, |form| edit_page(&desk, &model, form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_keeps_the_shape_of_what_stood_there() {
        assert_eq!(
            typed("0:20, 3:45.5", &json!([[0.0, 20.0], [3.0, 40.0]])),
            Some(json!([[0.0, 20.0], [3.0, 45.5]]))
        );
        assert_eq!(
            typed("AAA:0.8，AA:0.7", &json!([["AAA", "0.8"]])),
            Some(json!([["AAA", "0.8"], ["AA", "0.7"]]))
        );
        assert_eq!(typed("0.35, 0.25, 0.4", &json!([0.3, 0.3, 0.4])), Some(json!([0.35, 0.25, 0.4])));
        assert_eq!(typed("12", &json!(10)), Some(json!(12)));
        assert_eq!(typed("1e9999", &json!(0.5)), None);
        assert_eq!(typed("abc", &json!([[0.0, 1.0]])), None);
        assert_eq!(text(&json!([[0.0, 20.0], [3.0, 40.0]])), "0.0:20.0, 3.0:40.0");
    }
}
