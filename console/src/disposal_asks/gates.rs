//! What comes before a loss is shared or a loan written off: declaring the loan due, finding collateral worthless, and the
//! papers of a write-off, each a document that lies in the case.

use serde_json::{Value, json};

use crate::{
    desk::Desk,
    disposal::{API, choices},
    documents,
    draft::{Draft, Input},
    figures,
    form::{Field, Form, Kind},
    value::{Facts, rows},
};

const GROUNDS: &[&str] = &["overdue", "misuse", "insolvency", "collateral", "breach"];

/// The documents of a case, to choose from.
pub(super) async fn papers_of(desk: &Desk, case: &Value) -> Vec<(String, String)> {
    let answer = desk.get(&format!("{API}/{}/documents", case.text("id"))).await.unwrap_or_default();
    rows(&answer)
        .iter()
        .filter(|one| one.flag("latest"))
        .map(|one| {
            let words = format!("{} · {}", documents::kind(desk, one.text("kind")), one.text("file_name"));
            (one.text("id").to_owned(), words)
        })
        .collect()
}

/// The field in which a document of the case is chosen.
async fn paper(desk: &Desk, case: &Value, key: &'static str) -> Field {
    Field::new(Kind::Choice, "document_id", desk.words().get(key))
        .options(papers_of(desk, case).await)
        .help(desk.t("disp-paper-help"))
}

/// What declaring a loan due takes.
pub(super) async fn acceleration(desk: &Desk, case: &Value, form: Form) -> Form {
    let letter = paper(desk, case, "disp-letter").await;
    form.field(Field::new(Kind::Choice, "ground", desk.t("disp-ground")).options(choices(desk, GROUNDS)))
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")))
        .field(Field::new(Kind::Text, "clause", desk.t("disp-clause")))
        .field(Field::new(Kind::Day, "notified_on", desk.t("disp-notified-on")))
        .field(letter)
}

/// What finding collateral worthless takes.
pub(super) async fn finding(desk: &Desk, case: &Value, form: Form) -> Form {
    let report = paper(desk, case, "disp-report").await;
    let left = case.list("collateral_left").iter().map(|one| {
        let words = format!("{} · {}", one.text("number"), figures::yuan(one.text("value")));
        (one.text("patent_id").to_owned(), words)
    });
    form.field(
        Field::new(Kind::Choice, "patent_id", desk.t("disp-finding-patent"))
            .optional()
            .options(left)
            .help(desk.t("disp-finding-patent-help")),
    )
    .field(Field::new(Kind::Amount, "value", desk.t("disp-finding-value")).half())
    .field(Field::new(Kind::Amount, "costs", desk.t("disp-finding-costs")).half())
    .field(Field::new(Kind::Day, "valued_on", desk.t("disp-valued-on")).half())
    .field(Field::new(Kind::Text, "valuer", desk.t("disp-valuer")).half())
    .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")))
    .field(report)
}

/// The patent that a finding is about; all that is left where none was chosen.
pub(super) fn found(draft: &mut Draft<'_>, input: &Input) {
    match input.text("patent_id") {
        "" => {}
        one => draft.set("patent_ids", json!([one])),
    }
}

/// Condition and papers of a write-off: every paper that some condition demands, once, each with its number and its
/// document; those of the condition chosen must be given.
pub(super) async fn write_off(desk: &Desk, case: &Value, form: Form) -> Form {
    let answer = desk.get("/api/pledge/v1/write-off-conditions").await.unwrap_or_default();
    let documents = papers_of(desk, case).await;
    let conditions = rows(&answer);
    let chosen = desk.asked("condition");
    let options =
        conditions.iter().map(|row| (row.text("condition").to_owned(), row.said("", desk.lang()).to_owned()));
    let form = form.field(
        Field::new(Kind::Choice, "condition", desk.t("disp-condition"))
            .options(options)
            .value(chosen)
            .help(desk.t("disp-condition-help")),
    );
    let mut known: Vec<&str> = Vec::new();
    let papers = conditions.iter().flat_map(|row| row.list("papers"));
    papers
        .filter(|paper| {
            let new = !known.contains(&paper.text("code"));
            known.push(paper.text("code"));
            new
        })
        .fold(form, |form, paper| {
            let code = paper.text("code");
            let number = Field::new(Kind::Text, format!("papers.{code}"), paper.said("", desk.lang()));
            let document = Field::new(Kind::Choice, format!("document.{code}"), desk.t("disp-document"));
            form.field(number.optional().half()).field(document.optional().options(documents.clone()).half())
        })
        .field(Field::new(Kind::Lines, "note", desk.t("col-comment")).optional())
}

/// The papers that were given, each with its document.
pub(super) fn written_off(draft: &mut Draft<'_>, input: &Input) {
    let given = input
        .pairs()
        .filter_map(|(name, value)| Some((name.strip_prefix("papers.")?, value.trim())))
        .filter(|(_, value)| !value.is_empty());
    let papers: Vec<Value> = given
        .map(|(code, value)| {
            let mut paper = json!({ "code": code, "reference": value });
            match input.text(&format!("document.{code}")) {
                "" => {}
                document => paper["document_id"] = document.into(),
            }
            paper
        })
        .collect();
    draft.set("papers", papers);
}
