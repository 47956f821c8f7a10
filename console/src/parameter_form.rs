//! A set of a bank's parameters as rows and as a form. The API documents every field by its path (`scenarios[].weight`);
//! the rows, the form and the way back from what was typed follow from that and from the values that there are.

pub mod words;

use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::{
    cell::Cell,
    desk::Desk,
    draft::Input,
    figures,
    form::{Field, Kind},
    value::Facts,
};

/// In front of the path of a field, here and in what the API says of it.
const CONTENT: &str = "content";

/// A documented name and what is under it.
struct Node<'a> {
    name: &'a str,
    /// A list of it.
    many: bool,
    doc: Option<&'a Value>,
    children: Vec<Node<'a>>,
}

fn tree(docs: &[Value]) -> Vec<Node<'_>> {
    let mut roots = Vec::new();
    for doc in docs {
        let mut level = &mut roots;
        let mut steps = doc.text("field").split('.').peekable();
        while let Some(step) = steps.next() {
            let name = step.trim_end_matches("[]");
            let at = match level.iter().position(|node: &Node<'_>| node.name == name) {
                Some(at) => at,
                None => {
                    level.push(Node { name, many: false, doc: None, children: Vec::new() });
                    level.len() - 1
                }
            };
            let node = &mut level[at];
            node.many |= step.ends_with("[]");
            if steps.peek().is_none() {
                node.doc = Some(doc);
            }
            level = &mut node.children;
        }
    }
    roots
}

/// One value of a set with its path and what it means.
pub struct Leaf<'a> {
    /// `scenarios[1].weight`
    pub path: String,
    /// Its place in lists, for people: `2`, `1.3`; empty outside of lists.
    pub place: String,
    /// The API's documentation of it.
    pub doc: &'a Value,
    /// The value; null where there is none.
    pub value: Value,
    /// In an entry that is not there yet.
    pub fresh: bool,
}

/// Every value of a set in the order of its documentation; with an entry more of each list where `more`.
pub fn leaves<'a>(docs: &'a [Value], content: &Value, more: bool) -> Vec<Leaf<'a>> {
    let mut found = Vec::new();
    for node in tree(docs) {
        let value = content.get(node.name).cloned().unwrap_or_default();
        walk(&node, &value, (node.name.to_owned(), String::new()), (more, false), &mut found);
    }
    found
}

fn walk<'a>(
    node: &Node<'a>,
    value: &Value,
    (path, place): (String, String),
    (more, fresh): (bool, bool),
    found: &mut Vec<Leaf<'a>>,
) {
    if !node.many {
        return under(node, value, (path, place), (more, fresh), found);
    }
    let entries = value.as_array().map_or(&[][..], Vec::as_slice);
    for index in 0..entries.len() + usize::from(more) {
        let entry = entries.get(index).unwrap_or(&Value::Null);
        let number = index + 1;
        let place = if place.is_empty() { number.to_string() } else { format!("{place}.{number}") };
        let fresh = fresh || index >= entries.len();
        under(node, entry, (format!("{path}[{index}]"), place), (more, fresh), found);
    }
}

fn under<'a>(
    node: &Node<'a>,
    value: &Value,
    (path, place): (String, String),
    (more, fresh): (bool, bool),
    found: &mut Vec<Leaf<'a>>,
) {
    if node.children.is_empty() {
        let Some(doc) = node.doc else { return };
        found.push(Leaf { path, place, doc, value: value.clone(), fresh });
        return;
    }
    for child in &node.children {
        let below = value.get(child.name).cloned().unwrap_or_default();
        walk(child, &below, (format!("{path}.{}", child.name), place.clone()), (more, fresh), found);
    }
}

/// What a field means, in the page's language, with its place in lists in front.
pub fn label(desk: &Desk, doc: &Value, place: &str) -> String {
    let words = doc.text(if desk.lang() == http_kit::Lang::Zh { "zh" } else { "en" });
    if place.is_empty() { words.to_owned() } else { format!("{place} · {words}") }
}

/// The documentation of a path with numbers in it, and its place in lists.
pub fn documented<'a>(docs: &'a [Value], path: &str) -> Option<(&'a Value, String)> {
    let (mut name, mut places) = (String::new(), Vec::new());
    for (position, part) in path.split('[').enumerate() {
        match part.split_once(']') {
            Some((index, rest)) if position > 0 => {
                places.push((index.parse::<usize>().ok()? + 1).to_string());
                name.push_str("[]");
                name.push_str(rest);
            }
            _ => name.push_str(part),
        }
    }
    let doc = docs.iter().find(|doc| doc.text("field") == name)?;
    Some((doc, places.join(".")))
}

/// A value as it is read.
pub fn shown(desk: &Desk, doc: &Value, value: &Value) -> Cell {
    let text = plain(value);
    match (doc.text("unit"), value) {
        (_, Value::Null) => Cell::text(""),
        ("fraction", _) => Cell::figure(format!("{}%", percent(&text))),
        ("yuan", _) => Cell::yuan(&text),
        ("flag", _) => Cell::text(desk.t(if text == "true" { "yes" } else { "no" })),
        ("days" | "months" | "years", _) => Cell::figure(format!("{text} {}", unit(desk, doc.text("unit")))),
        ("count" | "factor", _) => Cell::figure(text),
        _ => Cell::text(words::said(desk, doc.text("field"), &text).unwrap_or(text)),
    }
}

fn unit(desk: &Desk, name: &str) -> &'static str {
    match name {
        "days" => desk.t("param-unit-days"),
        "months" => desk.t("param-unit-months"),
        "years" => desk.t("param-unit-years"),
        _ => "",
    }
}

/// A scalar as text, a list of scalars with commas.
fn plain(value: &Value) -> String {
    match value {
        Value::Array(entries) => entries.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.shown(""),
    }
}

/// A fraction in percent with all its digits.
fn percent(fraction: &str) -> String {
    Decimal::from_str(fraction)
        .ok()
        .and_then(|rate| rate.checked_mul(Decimal::ONE_HUNDRED))
        .map_or_else(|| fraction.to_owned(), |rate| rate.normalize().to_string())
}

/// The fields of a form for a set, with an empty entry at the end of each list.
pub fn fields(desk: &Desk, docs: &[Value], content: &Value) -> Vec<Field> {
    leaves(docs, content, true).iter().map(|leaf| field(desk, leaf)).collect()
}

fn field(desk: &Desk, leaf: &Leaf<'_>) -> Field {
    let (doc, text) = (leaf.doc, plain(&leaf.value));
    let choices = words::choices(desk, doc.text("field"));
    let (kind, value) = match doc.text("unit") {
        _ if choices.is_some() => (Kind::Choice, text),
        "fraction" if !text.is_empty() => (Kind::Percent, percent(&text)),
        "fraction" => (Kind::Percent, text),
        "yuan" => (Kind::Amount, text),
        "flag" => (Kind::Choice, text),
        "days" | "months" | "years" | "count" => (Kind::Whole, text),
        _ => (Kind::Text, text),
    };
    let source = doc.said("source", desk.lang());
    let mut made = Field::new(kind, format!("{CONTENT}.{}", leaf.path), label(desk, doc, &leaf.place))
        .help(desk.tf("param-basis-is", &[("source", source)]));
    made = match kind {
        Kind::Amount if !value.is_empty() => made.yuan(&value),
        Kind::Choice => match choices {
            Some(choices) => made.options(choices).value(value),
            None => made.words(desk, &["true", "false"]).value(value),
        },
        _ => made.value(value),
    };
    if leaf.fresh || leaf.value.is_null() || leaf.value.is_array() { made.optional() } else { made }
}

/// One step of a path.
enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

/// The most entries of a list that a form may name.
const INDEX_MAX: usize = 1_000;

fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut found = Vec::new();
    for part in path.split('.') {
        let mut pieces = part.split('[');
        found.push(Step::Name(pieces.next()?));
        for piece in pieces {
            let index = piece.strip_suffix(']')?.parse().ok().filter(|index| *index < INDEX_MAX)?;
            found.push(Step::Index(index));
        }
    }
    Some(found)
}

/// What was typed as a set, and what does not read as the field demands: its name and the key of why.
pub fn typed(docs: &[Value], template: &Value, input: &Input) -> (Value, Vec<(String, &'static str)>) {
    let (mut content, mut bad) = (Value::Object(Map::new()), Vec::new());
    for (name, text) in input.pairs() {
        let Some(path) = name.strip_prefix(CONTENT).and_then(|rest| rest.strip_prefix('.')) else { continue };
        let (Some((doc, _)), Some(steps)) = (documented(docs, path), steps(path)) else { continue };
        let value = if is_list(docs, template, doc) {
            Some(text.split([',', '，']).map(str::trim).filter(|one| !one.is_empty()).collect())
        } else if text.trim().is_empty() {
            None
        } else {
            let unit = input.text(&format!("{name}_unit"));
            match scalar(doc.text("unit"), text.trim(), unit) {
                Ok(value) => Some(value),
                Err(key) => {
                    bad.push((name.to_owned(), key));
                    None
                }
            }
        };
        put(&mut content, &steps, value);
    }
    drop_empty_entries(&mut content);
    (content, bad)
}

/// Whether a field of this documentation holds a list that is typed on one line.
fn is_list(docs: &[Value], template: &Value, doc: &Value) -> bool {
    leaves(docs, template, false).iter().any(|leaf| leaf.doc == doc && leaf.value.is_array())
}

fn scalar(unit_of: &str, text: &str, money: &str) -> Result<Value, &'static str> {
    match unit_of {
        "fraction" => figures::typed_percent(text).map(Value::from).ok_or("form-bad-percent"),
        "yuan" => figures::typed_amount(text, money).map(Value::from).ok_or("form-bad-amount"),
        "factor" => {
            Decimal::from_str(text).map(|number| number.to_string().into()).map_err(|_| "param-bad-number")
        }
        "days" | "months" | "years" | "count" => {
            text.parse::<i64>().map(Value::from).map_err(|_| "form-bad-whole")
        }
        "flag" => Ok((text == "true").into()),
        _ => Ok(text.into()),
    }
}

/// Puts a value at a path; the lists and members on the way are made, also for no value.
fn put(at: &mut Value, steps: &[Step<'_>], value: Option<Value>) {
    let Some((first, rest)) = steps.split_first() else {
        if let Some(value) = value {
            *at = value;
        }
        return;
    };
    match first {
        Step::Name(name) => {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            if let Some(members) = at.as_object_mut() {
                if rest.is_empty() && value.is_none() {
                    return;
                }
                put(members.entry((*name).to_owned()).or_insert(Value::Null), rest, value);
            }
        }
        Step::Index(index) => {
            if !at.is_array() {
                *at = Value::Array(Vec::new());
            }
            if let Some(entries) = at.as_array_mut() {
                while entries.len() <= *index {
                    entries.push(Value::Null);
                }
                put(&mut entries[*index], rest, value);
            }
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(entries) => entries.iter().all(is_empty),
        Value::Object(members) => members.values().all(is_empty),
        _ => false,
    }
}

/// An entry in which nothing was typed is none.
fn drop_empty_entries(value: &mut Value) {
    match value {
        Value::Array(entries) => {
            entries.retain(|entry| !is_empty(entry));
            entries.iter_mut().for_each(drop_empty_entries);
        }
        Value::Object(members) => members.values_mut().for_each(drop_empty_entries),
        _ => {}
    }
}

#[cfg(test)]
#[path = "parameter_form_tests.rs"]
mod tests;
