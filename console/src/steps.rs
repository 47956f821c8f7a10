//! Steps: an act on one object that takes a comment or a reason — approve, refuse, suspend, cancel — shown
//! beside what it acts on, so that the one who decides sees maker, changes and limits at once.

use axum::response::Response;

use crate::{
    desk::Desk,
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    page::Page,
};

/// What a step asks in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// Nothing.
    Nothing,
    /// A comment, if one likes.
    Comment,
    /// A reason.
    Reason,
}

/// A step.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Its name in addresses, here and in the API.
    pub name: &'static str,
    /// The key of its title and button.
    pub key: &'static str,
    /// Who may take it.
    pub permission: &'static str,
    /// What it asks.
    pub words: Words,
    /// Hard to undo.
    pub danger: bool,
    /// `done-…` afterwards.
    pub done: &'static str,
}

/// A step, as a row of a table of them: name, key, permission, what it asks, whether it is hard to undo, what is said
/// afterwards.
#[must_use]
pub const fn step(
    name: &'static str,
    key: &'static str,
    permission: &'static str,
    words: Words,
    danger: bool,
    done: &'static str,
) -> Step {
    Step { name, key, permission, words, danger, done }
}

impl Step {
    /// Its form.
    #[must_use]
    pub fn form(&self, desk: &Desk, action: String) -> Form {
        let form = Form::new(desk, action, desk.words().get(self.key)).danger(self.danger);
        match self.words {
            Words::Nothing => form,
            Words::Comment => {
                form.field(Field::new(Kind::Lines, "comment", desk.t("col-comment")).optional())
            }
            Words::Reason => {
                let reason = Field::new(Kind::Lines, "reason", desk.t("col-reason"));
                form.field(reason.help(desk.t("reason-help")))
            }
        }
    }
}

/// The step of that name, if the person may take it.
///
/// # Errors
/// 404 where there is none, 403 where it is not theirs.
pub fn find(desk: &Desk, steps: &[Step], name: &str) -> Result<Step, Failure> {
    let step = steps.iter().find(|step| step.name == name).copied().ok_or_else(Failure::not_found)?;
    if desk.may(step.permission) { Ok(step) } else { Err(Failure::status(axum::http::StatusCode::FORBIDDEN)) }
}

/// Takes the step.
///
/// # Errors
/// What the API refused.
pub async fn take(desk: &Desk, api: &str, input: &Input) -> Result<serde_json::Value, Refusal> {
    Draft::new(desk, input).texts(&["comment", "reason", "delegation_id"]).send(api).await
}

/// After a step: on to `to`, or the page again with what was refused at its form.
///
/// # Errors
/// The session's end.
pub fn answered(
    desk: &Desk,
    answer: Result<serde_json::Value, Refusal>,
    to: (&str, &str),
    input: &Input,
    form: Form,
    page: impl FnOnce(Form) -> Page,
) -> Result<Response, Failure> {
    match answer {
        Ok(_) => Ok(frame::go(to.0, to.1)),
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(refusal) => {
            let mut form = form.keep(desk, input).refused(desk, &refusal);
            if let Some(problem) = &mut form.problem {
                problem.items.extend(crate::patents::grounds(desk, &refusal.body));
            }
            Ok(frame::show_with(desk, crate::status_of(&refusal), page(form)))
        }
    }
}
