//! What is stated of a version: whether its change is material, by its developer and its validator; the validation report.

use serde_json::Value;

use crate::{
    cell::Cell,
    desk::Desk,
    form::{Field, Form, Kind},
    models::TESTS,
    page::{Grid, Table},
    value::Facts,
};

/// Whether the change is material, in words, with the reason.
pub(super) fn material(desk: &Desk, m: &Value) -> Cell {
    let key = if m.flag("material") { "mdl-material-yes" } else { "mdl-material-no" };
    Cell::text(desk.words().get(key)).under(m.text("material_reason"))
}

/// The fields in which it is stated.
pub(super) fn material_fields(desk: &Desk, form: Form, help: &str) -> Form {
    let choices = [("true", "mdl-material-yes"), ("false", "mdl-material-no")]
        .map(|(value, key)| (value.to_owned(), desk.words().get(key).to_owned()));
    form.field(
        Field::new(Kind::Choice, "material", desk.t("mdl-material")).optional().options(choices).help(help),
    )
    .field(Field::new(Kind::Lines, "material_reason", desk.t("mdl-material-reason")).optional())
}

/// What the validator found.
pub(super) fn validation(desk: &Desk, m: &Value) -> Grid {
    Grid::new(desk.t("mdl-validation"))
        .fact(desk.t("mdl-findings"), Cell::text(m.text("validation.findings")))
        .fact(desk.t("mdl-conditions"), Cell::text(m.text("validation.conditions")))
        .fact(desk.t("mdl-document"), Cell::text(m.text("validation.document")))
        .fact(desk.t("mdl-material-reason"), Cell::text(m.text("validation.material_reason")))
        .fact(desk.t("mdl-validated-at"), Cell::stamp(m.text("validated_at")))
}

/// The tests that the validator ran.
pub(super) fn tests(desk: &Desk, m: &Value) -> Table {
    let heads = [desk.t("mdl-test"), desk.t("mdl-test-result"), desk.t("mdl-test-passed")];
    Table::new(desk, desk.t("mdl-tests"), &heads).rows(m.list("validation.tests"), |test| {
        let (key, tone) = if test.flag("passed") { ("mdl-passed", "ok") } else { ("mdl-failed", "risk") };
        [
            Cell::text(test.text("name")),
            Cell::text(test.text("result")),
            Cell::badge(desk.words().get(key), tone),
        ]
    })
}

/// The form of a validation report.
pub(super) fn validation_form(desk: &Desk, form: Form) -> Form {
    let passed = [("true", "mdl-passed"), ("false", "mdl-failed")]
        .map(|(value, key)| (value.to_owned(), desk.words().get(key).to_owned()));
    let form = (0..TESTS).fold(form.intro(desk.t("mdl-validate-intro")), |form, i| {
        let number = (i + 1).to_string();
        let name = |part: &str| format!("tests[{i}].{part}");
        let field = |kind, part: &str, key: &str| {
            let field = Field::new(kind, name(part), desk.tf(key, &[("number", &number)]));
            if i == 0 { field } else { field.optional() }
        };
        form.field(field(Kind::Text, "name", "mdl-test-n").half())
            .field(field(Kind::Choice, "passed", "mdl-test-passed-n").half().options(passed.clone()))
            .field(field(Kind::Text, "result", "mdl-test-result-n"))
    });
    let form = form
        .field(Field::new(Kind::Lines, "findings", desk.t("mdl-findings")))
        .field(Field::new(Kind::Lines, "conditions", desk.t("mdl-conditions")).optional())
        .field(Field::new(Kind::Text, "document", desk.t("mdl-document")).help(desk.t("mdl-document-help")));
    material_fields(desk, form, desk.t("mdl-material-validate-help"))
}
