//! The refusal of a text that names none of the choices of a closed list (a day count, a repayment, …).

/// A text that is none of the names allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a {what}: use one of {allowed}")]
pub struct UnknownChoice {
    /// What the text should have named.
    pub what: &'static str,
    /// The text, cut to forty characters.
    pub given: String,
    /// The names allowed, separated by commas.
    pub allowed: String,
}

/// The choice whose name is `text`.
pub(crate) fn choose<T: Copy>(
    what: &'static str,
    text: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<T, UnknownChoice> {
    all.iter().copied().find(|choice| name(*choice) == text).ok_or_else(|| UnknownChoice {
        what,
        given: text.chars().take(40).collect(),
        allowed: all.iter().map(|choice| name(*choice)).collect::<Vec<_>>().join(", "),
    })
}
