//! Rows of a form: as many as were shown, and more when they are asked for.

use crate::{desk::Desk, draft::Input, form::Form};

/// The button's name.
const ACT: &str = "act";
/// Its value: the form comes back with more rows and what was typed; nothing is sent.
const MORE: &str = "more_rows";

/// The button that asks for more rows.
pub fn button(desk: &Desk, form: Form) -> Form {
    form.second(ACT, MORE, desk.t("form-more-rows"))
}

/// Whether more rows are asked for.
pub fn asked(input: &Input) -> bool {
    input.text(ACT) == MORE
}

/// How many rows of a group to show: as many as were there, at first `usual`, and that many more when asked for; never
/// more than the API takes.
pub fn shown(input: &Input, group: &str, usual: usize, most: usize) -> usize {
    let there = present(input, group).max(usual);
    let more = if asked(input) { usual.max(1) } else { 0 };
    there.saturating_add(more).min(most)
}

/// The rows of a group that were posted, empty ones among them.
pub fn present(input: &Input, group: &str) -> usize {
    input.pairs().filter_map(|(name, _)| index(name, group)).map(|at| at + 1).max().unwrap_or(0)
}

fn index(name: &str, group: &str) -> Option<usize> {
    let (index, _) = name.strip_prefix(group)?.strip_prefix('[')?.split_once(']')?;
    index.parse::<usize>().ok().filter(|index| *index < MOST)
}

/// No group of any form has more rows; a posted index beyond it is nobody's row.
const MOST: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn input(pairs: &[(&str, &str)]) -> Input {
        Input::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_form_shows_the_rows_that_were_there_and_more_when_asked() {
        assert_eq!(shown(&input(&[]), "lots", 4, 200), 4);
        assert_eq!(shown(&input(&[("lots[6].price", "")]), "lots", 4, 200), 7);
        let more = [("lots[6].price", "1"), ("also[30].share", "1"), ("act", "more_rows")];
        assert_eq!(shown(&input(&more), "lots", 4, 200), 11);
        assert_eq!(shown(&input(&more), "lots", 4, 9), 9, "never more than the API takes");
        assert_eq!(present(&input(&[("lots[99999999].price", "1"), ("lots[x].price", "1")]), "lots"), 0);
    }
}
