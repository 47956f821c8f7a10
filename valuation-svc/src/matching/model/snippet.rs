//! The part of a text that shows why it was found: pieces, each marked or not. No markup, so nothing to escape.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::segment::words;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SnippetPiece)]
pub struct Piece {
    /// As it stands in the text.
    pub text: String,
    /// Whether it is a word that was looked for.
    pub marked: bool,
}

/// Shown where a text goes on beyond its part.
const MORE: &str = "…";
/// How far before the first marked word a part begins, in characters.
const LEAD_CHARS: usize = 12;

/// At most `chars_max` characters of the text around the words that were looked for; its beginning where it has none.
#[must_use]
pub fn snippet(text: &str, looked_for: &BTreeSet<String>, chars_max: usize) -> Vec<Piece> {
    let marks = marks(text, looked_for);
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let place = |byte: usize| starts.partition_point(|start| *start < byte);
    let length = starts.len() - 1;
    let room = chars_max.min(length);
    // The window that begins a little before a marked word and covers the most marked characters; the first of several.
    let mut best = (0, 0);
    for (from, _) in &marks {
        let begin = place(*from).saturating_sub(LEAD_CHARS).min(length - room);
        let end = begin + room;
        let covered = marks
            .iter()
            .map(|(from, to)| place(*to).min(end).saturating_sub(place(*from).max(begin)))
            .sum::<usize>();
        if covered > best.1 {
            best = (begin, covered);
        }
    }
    let (begin, end) = (best.0, best.0 + room);
    let byte = |at: usize| starts.get(at).copied().unwrap_or(text.len());
    pieces(text, (byte(begin), byte(end)), &marks)
}

fn pieces(text: &str, (begin, end): (usize, usize), marks: &[(usize, usize)]) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut say = |from: usize, to: usize, marked: bool| {
        if let Some(text) = text.get(from..to).filter(|text| !text.is_empty()) {
            found.push(Piece { text: text.to_owned(), marked });
        }
    };
    let mut at = begin;
    for (from, to) in marks {
        let (from, to) = ((*from).max(at), (*to).min(end));
        if from < to {
            say(at, from, false);
            say(from, to, true);
            at = to;
        }
    }
    say(at, end, false);
    let more = || Piece { text: MORE.to_owned(), marked: false };
    if begin > 0 {
        found.insert(0, more());
    }
    if end < text.len() {
        found.push(more());
    }
    found
}

/// The places of the words that were looked for, none over another, in order.
fn marks(text: &str, looked_for: &BTreeSet<String>) -> Vec<(usize, usize)> {
    let hits = words(text).into_iter().filter(|word| looked_for.contains(&word.term));
    let mut hits: Vec<(usize, usize)> = hits.map(|word| (word.from, word.to)).collect();
    hits.sort_unstable();
    let mut joined: Vec<(usize, usize)> = Vec::with_capacity(hits.len());
    for (from, to) in hits {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::matching::model::segment::terms;

    fn set(text: &str) -> BTreeSet<String> {
        terms(text).into_iter().collect()
    }

    #[test]
    fn a_part_shows_the_words_looked_for_marked_and_as_they_were_written() {
        let text = "本发明公开了一种高温烟气过滤材料，以连续<b>玄武岩</b>纤维织造，耐温三百度。";
        let found = snippet(text, &set("玄武岩纤维"), 24);
        let marked: String = found.iter().filter(|p| p.marked).map(|p| p.text.as_str()).collect();
        assert_eq!(marked, "玄武岩纤维");
        assert!(found.iter().any(|p| !p.marked && p.text.contains("<b>")), "{found:?}");
        assert_eq!(found[0].text, MORE);
    }

    #[test]
    fn a_text_without_the_words_shows_its_beginning() {
        let found = snippet("苎麻脱胶废水的处理", &set("锂"), 4);
        assert_eq!(found[0], Piece { text: "苎麻脱胶".into(), marked: false });
        assert_eq!(found[1].text, MORE);
        assert!(snippet("", &set("锂"), 10).is_empty());
    }

    proptest! {
        /// A part is the text itself, no longer than asked for, whatever is in it.
        #[test]
        fn a_part_is_a_part_of_the_text(text in "\\PC{0,80}", sought in "\\PC{0,10}", most in 1_usize..40) {
            let found = snippet(&text, &set(&sought), most);
            let said: String = found.iter().map(|p| p.text.as_str()).collect();
            prop_assert!(text.contains(said.trim_matches('…')), "{said}");
            prop_assert!(said.chars().count() <= most + 2);
        }
    }
}
