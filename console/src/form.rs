//! Forms: one column, labels above, errors at the field, what was typed is kept, a key against sending twice.

use askama::Template;
use serde_json::Value;

use crate::{
    desk::Desk,
    draft::{Input, SEEN},
    failure::Refusal,
    figures,
    page::Notice,
    value::Facts,
};

/// How the API begins its sentence on a field that is not there, in either language.
const MISSING: [&str; 2] = ["缺少此项", "Missing:"];

/// How a field is typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    #[default]
    Text,
    /// An amount with its unit, 元 or 万元.
    Amount,
    /// Percent.
    Percent,
    /// A whole number.
    Whole,
    /// A day.
    Day,
    /// Several lines.
    Lines,
    /// One of several.
    Choice,
    /// Any of several.
    Checks,
    /// A password.
    Secret,
    /// A file.
    File,
}

/// One field.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// Its name, the same path as in the API's body.
    pub name: String,
    /// Its label.
    pub label: String,
    /// The rule that bites.
    pub help: String,
    /// How it is typed.
    pub kind: Kind,
    /// What was typed.
    pub value: String,
    /// `yuan` or `wan`.
    pub unit: String,
    /// Value and words of each choice.
    pub options: Vec<(String, String)>,
    /// What was ticked.
    pub ticked: Vec<String>,
    /// What is wrong.
    pub error: String,
    /// Must be given.
    pub required: bool,
    /// The amount read back in words.
    pub read_back: String,
    /// Stands beside its neighbour where there is room.
    pub half: bool,
    /// The heading of the group that it begins; empty where it begins none. A group is shown closed until it holds something.
    pub begins: String,
    /// It is the last of its group.
    pub ends: bool,
}

impl Field {
    /// A required field.
    pub fn new(kind: Kind, name: impl Into<String>, label: impl Into<String>) -> Self {
        let unit = if kind == Kind::Amount { "wan" } else { "" };
        Self {
            name: name.into(),
            label: label.into(),
            kind,
            unit: unit.into(),
            required: true,
            ..Self::default()
        }
    }

    /// May be left out.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Beside its neighbour.
    #[must_use]
    pub fn half(mut self) -> Self {
        self.half = true;
        self
    }

    /// With help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// With a value to begin with.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// An amount in yuan to begin with.
    #[must_use]
    pub fn yuan(mut self, amount: &str) -> Self {
        self.unit = "yuan".to_owned();
        self.value = amount.to_owned();
        self
    }

    /// With choices.
    #[must_use]
    pub fn options(mut self, options: impl IntoIterator<Item = (String, String)>) -> Self {
        self.options = options.into_iter().collect();
        self
    }

    /// The choices named by stored values.
    #[must_use]
    pub fn words(self, desk: &Desk, values: &[&str]) -> Self {
        let options: Vec<_> = values.iter().map(|value| ((*value).to_owned(), desk.word(value))).collect();
        self.options(options)
    }

    /// The id of the input.
    #[must_use]
    pub fn id(&self) -> String {
        format!("f-{}", self.name.replace(['.', '[', ']'], "-"))
    }

    /// Left empty although it must be given.
    fn is_missing(&self) -> bool {
        self.required
            && !matches!(self.kind, Kind::Checks | Kind::Secret | Kind::File)
            && self.value.trim().is_empty()
    }

    fn is_ticked(&self, value: &str) -> bool {
        self.ticked.iter().any(|ticked| ticked == value)
    }
}

/// A form.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "form.html")]
pub struct Form {
    /// Where it is sent.
    pub action: String,
    /// Its heading.
    pub title: String,
    /// What it does.
    pub intro: String,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Hidden values.
    pub hidden: Vec<(String, String)>,
    /// The words on the button.
    pub submit: String,
    /// A second button: name, value, words.
    pub second: Option<(String, String, String)>,
    /// A dangerous act.
    pub danger: bool,
    /// Sends a file.
    pub file: bool,
    /// Only asks: sent by GET.
    pub reads: bool,
    /// What went wrong, above the fields.
    pub problem: Option<Notice>,
    /// Where to look at the thing again, after it has changed since the form was shown: address and words.
    pub again: Option<(String, String)>,
    unit_yuan: String,
    unit_wan: String,
    optional: String,
}

impl Form {
    /// A form with its button. It carries a fresh key, so that sending it twice acts once.
    pub fn new(desk: &Desk, action: impl Into<String>, submit: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            submit: submit.into(),
            hidden: vec![("idempotency_key".to_owned(), uuid::Uuid::new_v4().to_string())],
            unit_yuan: desk.t("unit-yuan").to_owned(),
            unit_wan: desk.t("unit-wan").to_owned(),
            optional: desk.t("form-optional").to_owned(),
            ..Self::default()
        }
    }

    /// With a heading.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// With a sentence on what it does.
    #[must_use]
    pub fn intro(mut self, intro: impl Into<String>) -> Self {
        self.intro = intro.into();
        self
    }

    /// With a field.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.file |= field.kind == Kind::File;
        self.fields.push(field);
        self
    }

    /// With fields that few need, together under a heading that opens.
    #[must_use]
    pub fn group(self, heading: impl Into<String>, mut fields: Vec<Field>) -> Self {
        if let Some(first) = fields.first_mut() {
            first.begins = heading.into();
        }
        if let Some(last) = fields.last_mut() {
            last.ends = true;
        }
        fields.into_iter().fold(self, Self::field)
    }

    /// Whether the group that begins at a field is shown open: something was typed there or is wrong there. Templates hand over
    /// references.
    fn is_open(&self, at: &usize) -> bool {
        let fields = self.fields.iter().skip(*at);
        let end = fields.clone().position(|field| field.ends).map_or(0, |last| last + 1);
        fields.take(end).any(|field| {
            !field.error.is_empty() || (field.kind != Kind::Choice && !field.value.trim().is_empty())
        })
    }

    /// With a hidden value.
    #[must_use]
    pub fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.hidden.push((name.into(), value.into()));
        self
    }

    /// About a thing that others may change meanwhile: the act is refused where it is no longer at the version shown.
    #[must_use]
    pub fn seen(self, thing: &Value) -> Self {
        if thing.has("version") { self.hidden(SEEN, thing.shown("version")) } else { self }
    }

    /// With a second button.
    #[must_use]
    pub fn second(mut self, name: &str, value: &str, label: impl Into<String>) -> Self {
        self.second = Some((name.to_owned(), value.to_owned(), label.into()));
        self
    }

    /// Marked as dangerous, if `when`.
    #[must_use]
    pub fn danger(mut self, when: bool) -> Self {
        self.danger = when;
        self
    }

    /// Puts back what was typed, the key included: trying again is the same act.
    #[must_use]
    pub fn keep(mut self, desk: &Desk, input: &Input) -> Self {
        for field in &mut self.fields {
            if field.kind == Kind::Secret {
                continue;
            }
            field.ticked = input.all(&field.name).map(str::to_owned).collect();
            if let Some(value) = input.get(&field.name) {
                field.value = value.to_owned();
            }
            if field.kind == Kind::Amount {
                if let Some(unit) = input.get(&format!("{}_unit", field.name)) {
                    field.unit = unit.to_owned();
                }
                if let Some(amount) = figures::typed_amount(&field.value, &field.unit) {
                    field.read_back = figures::in_words(&amount, desk.lang());
                }
            }
        }
        for (name, value) in &mut self.hidden {
            if let Some(kept) = input.get(name) {
                *value = kept.to_owned();
            }
        }
        self
    }

    /// Shows what the API refused: at the fields it names, the rest above.
    #[must_use]
    pub fn refused(mut self, desk: &Desk, refusal: &Refusal) -> Self {
        let mut items = Vec::new();
        if matches!(refusal.status, 400 | 422) {
            for field in self.fields.iter_mut().filter(|field| field.is_missing()) {
                desk.t("form-required").clone_into(&mut field.error);
            }
        }
        for (name, detail) in &refusal.fields {
            // What the API says of a field that was left empty is said at the field above.
            if MISSING.iter().any(|start| detail.starts_with(start))
                && self.fields.iter().any(Field::is_missing)
            {
                continue;
            }
            match self.fields.iter_mut().find(|field| field.name == *name) {
                Some(field) => field.error = detail.clone(),
                None => items.push(format!("{name}: {detail}")),
            }
        }
        let text = match refusal.detail.as_str() {
            "" => desk.t("error-unavailable-text").to_owned(),
            detail => detail.to_owned(),
        };
        if refusal.slug == "idempotency-key-reused"
            && let Some((_, key)) = self.hidden.first_mut()
        {
            *key = uuid::Uuid::new_v4().to_string();
        }
        // The form keeps the version that was seen: it goes on only after another look.
        let of_something = self.hidden.iter().any(|(name, _)| name == SEEN);
        if of_something && matches!(refusal.status, 409 | 412) {
            self.again = Some((self.action.clone(), desk.t("form-look-again").to_owned()));
        }
        self.problem = Some(Notice { tone: "risk", title: desk.t("form-refused").to_owned(), text, items });
        self
    }
}
