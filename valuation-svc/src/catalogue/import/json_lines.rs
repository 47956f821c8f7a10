//! Rows of JSON Lines: an object a line, its members the columns.
//!
//! The header is made of all members in the order in which they first appear. Texts stand as they are, numbers as
//! numbers, arrays of texts joined by semicolons; what is nested deeper stands as its JSON, and the column it is in says
//! whether that means anything.

use std::{borrow::Cow, collections::HashMap, fmt, ops::ControlFlow};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{
    limits::Limits,
    problem::ImportProblem,
    reason::Reason,
    table::{Cell, Row, Table},
};

/// A decoded text of objects.
#[derive(Debug)]
pub(super) struct JsonLines<'a> {
    text: &'a str,
    limits: &'a Limits,
    headers: Vec<String>,
    places: HashMap<String, usize>,
}

/// The members of an object as a line writes them.
#[derive(Debug, Default)]
pub struct Members {
    /// Each name with its value; of a name that stands twice the last.
    pub values: Map<String, Value>,
    /// The first name that stands twice: which of the two values counts cannot be told.
    pub repeated: Option<String>,
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Members::default();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if members.repeated.is_none() && members.values.contains_key(&name) {
                        members.repeated = Some(name.clone());
                    }
                    members.values.insert(name, value);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Reading)
    }
}

/// Whether a text is one: it begins with an object.
pub(super) fn looks_like(text: &str) -> bool {
    text.trim_start().lines().next().is_some_and(|line| line.starts_with('{'))
}

impl<'a> JsonLines<'a> {
    /// Reads through the text once for the members.
    ///
    /// # Errors
    /// More different members than columns are allowed, or a line with one member twice.
    pub(super) fn new(text: &'a str, limits: &'a Limits) -> Result<Self, ImportProblem> {
        let mut table = Self { text, limits, headers: Vec::new(), places: HashMap::new() };
        for line in text.lines() {
            let Ok(object) = parse(line, limits) else { continue };
            if let Some(header) = object.repeated {
                return Err(ImportProblem::RepeatedColumn { header });
            }
            for name in object.values.keys() {
                if table.places.contains_key(name) {
                    continue;
                }
                if table.headers.len() >= limits.columns_max {
                    return Err(ImportProblem::TooManyColumns { columns_max: limits.columns_max });
                }
                table.places.insert(name.clone(), table.headers.len());
                table.headers.push(name.clone());
            }
        }
        Ok(table)
    }

    fn row(&self, number: u64, line: &str) -> Row<'static> {
        let object = match parse(line, self.limits) {
            Ok(object) => object,
            Err(reason) => return Row { line: number, cells: Vec::new(), broken: Some(reason) },
        };
        let mut cells = vec![Cell::Text(Cow::Borrowed("")); self.headers.len()];
        for (name, value) in object.values {
            let cell = cell(value, self.limits);
            if let Some(slot) = self.places.get(&name).and_then(|at| cells.get_mut(*at)) {
                *slot = cell;
            }
        }
        Row { line: number, cells, broken: None }
    }
}

fn parse(line: &str, limits: &Limits) -> Result<Members, Reason> {
    if line.len() > limits.row_bytes_max {
        return Err(Reason::RowTooLarge { bytes_max: limits.row_bytes_max });
    }
    serde_json::from_str(line).map_err(|_| Reason::NotAnObject)
}

fn cell(value: Value, limits: &Limits) -> Cell<'static> {
    let text = match value {
        Value::Null => String::new(),
        Value::Bool(flag) => flag.to_string().to_uppercase(),
        Value::Number(number) => match number.as_f64() {
            Some(number) => return Cell::Number(number),
            None => number.to_string(),
        },
        Value::String(text) => text,
        Value::Array(items) => items.into_iter().map(item).collect::<Vec<_>>().join("; "),
        nested @ Value::Object(_) => nested.to_string(),
    };
    if text.len() > limits.cell_bytes_max {
        Cell::Bad(Reason::CellTooLarge { bytes_max: limits.cell_bytes_max })
    } else {
        Cell::Text(Cow::Owned(text))
    }
}

fn item(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

impl Table for JsonLines<'_> {
    fn visit(&mut self, each: &mut dyn FnMut(&Row<'_>) -> ControlFlow<()>) -> Result<(), ImportProblem> {
        // Members have no line of their own: the header stands before the first.
        let cells = self.headers.iter().map(|name| Cell::Text(Cow::Borrowed(name.as_str()))).collect();
        if each(&Row { line: 0, cells, broken: None }).is_break() {
            return Ok(());
        }
        for (number, line) in (1..).zip(self.text.lines()) {
            if !line.trim().is_empty() && each(&self.row(number, line)).is_break() {
                return Ok(());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_columns_in_the_order_of_their_first_appearance() {
        let text = "{\"a\":\"x\",\"n\":12}\n\n{\"list\":[\"甲\",\"乙\"],\"a\":null,\"ok\":true}\nno object\n";
        let limits = Limits::default();
        let mut seen = Vec::new();
        let mut table = JsonLines::new(text, &limits).unwrap();
        table
            .visit(&mut |row| {
                let cells: Vec<String> = row.cells.iter().map(|c| c.text().into_owned()).collect();
                seen.push((row.line, cells, row.broken.clone()));
                ControlFlow::Continue(())
            })
            .unwrap();
        let texts = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        assert_eq!(seen[0], (0, texts(&["a", "n", "list", "ok"]), None));
        assert_eq!(seen[1], (1, texts(&["x", "12", "", ""]), None));
        assert_eq!(seen[2], (3, texts(&["", "", "甲; 乙", "TRUE"]), None));
        assert_eq!(seen[3], (4, vec![], Some(Reason::NotAnObject)));
        let twice = JsonLines::new("{\"a\":1}\n{\"a\":1,\"b\":2,\"a\":3}\n", &limits).map(|_| ());
        assert_eq!(twice, Err(ImportProblem::RepeatedColumn { header: "a".to_owned() }));
        assert!(looks_like("\n{\"a\":1}") && !looks_like("a,b\n{\"a\":1}"));
    }
}
