//! Reading API answers: a missing or null member is empty, never a broken page.

use serde_json::Value;

/// Access by dotted path (`score.total`, `members.0.enterprise_name`).
pub trait Facts {
    /// The value there; null where there is none.
    fn at(&self, path: &str) -> &Value;
    /// The text there; empty where there is none.
    fn text(&self, path: &str) -> &str;
    /// The scalar there as text: strings as they are, numbers and flags written out.
    fn shown(&self, path: &str) -> String;
    /// The array there; empty where there is none.
    fn list(&self, path: &str) -> &[Value];
    /// Whether the flag there is set.
    fn flag(&self, path: &str) -> bool;
    /// The whole number there, 0 where there is none; also from a string.
    fn count(&self, path: &str) -> i64;
    /// The number there for a picture, from a number or a decimal string.
    fn point(&self, path: &str) -> f64;
    /// Whether something is there.
    fn has(&self, path: &str) -> bool;
    /// The member `stem_zh` or `stem_en`, or of an object `stem` the member `zh` or `en`.
    fn said(&self, stem: &str, lang: http_kit::Lang) -> &str;
}

static NULL: Value = Value::Null;

impl Facts for Value {
    fn at(&self, path: &str) -> &Value {
        if path.is_empty() {
            return self;
        }
        path.split('.').fold(self, |value, step| match value {
            Value::Object(map) => map.get(step).unwrap_or(&NULL),
            Value::Array(items) => step.parse::<usize>().ok().and_then(|i| items.get(i)).unwrap_or(&NULL),
            _ => &NULL,
        })
    }

    fn text(&self, path: &str) -> &str {
        self.at(path).as_str().unwrap_or_default()
    }

    fn shown(&self, path: &str) -> String {
        match self.at(path) {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            _ => String::new(),
        }
    }

    fn list(&self, path: &str) -> &[Value] {
        self.at(path).as_array().map_or(&[], Vec::as_slice)
    }

    fn flag(&self, path: &str) -> bool {
        self.at(path).as_bool().unwrap_or_default()
    }

    fn count(&self, path: &str) -> i64 {
        match self.at(path) {
            Value::Number(number) => number.as_i64().unwrap_or_default(),
            Value::String(text) => text.parse().unwrap_or_default(),
            _ => 0,
        }
    }

    fn point(&self, path: &str) -> f64 {
        match self.at(path) {
            Value::Number(number) => number.as_f64().unwrap_or_default(),
            Value::String(text) => text.parse().unwrap_or_default(),
            _ => 0.0,
        }
    }

    fn has(&self, path: &str) -> bool {
        match self.at(path) {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            _ => true,
        }
    }

    fn said(&self, stem: &str, lang: http_kit::Lang) -> &str {
        let side = match lang {
            http_kit::Lang::Zh => "zh",
            http_kit::Lang::En => "en",
        };
        let flat = if stem.is_empty() { side.to_owned() } else { format!("{stem}_{side}") };
        match self.text(&flat) {
            "" => match self.text(&format!("{stem}.{side}")) {
                "" => self.text(stem),
                text => text,
            },
            text => text,
        }
    }
}

/// The rows of a list answer, which is `{"items": […]}` or a bare array.
#[must_use]
pub fn rows(answer: &Value) -> &[Value] {
    answer.as_array().map_or_else(|| answer.list("items"), Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_empty() {
        let value = serde_json::json!({ "a": { "b": [ { "c": "x" } ] }, "n": 3, "name_zh": "甲", "why": { "en": "b" } });
        assert_eq!(value.text("a.b.0.c"), "x");
        assert_eq!(value.text("a.z.0.c"), "");
        assert_eq!(value.shown("n"), "3");
        assert!(value.list("a.q").is_empty());
        assert_eq!(value.said("name", http_kit::Lang::Zh), "甲");
        assert_eq!(value.said("why", http_kit::Lang::En), "b");
        assert!(!value.has("q"));
    }
}
