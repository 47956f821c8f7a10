//! Text as words: Chinese by dictionary (jieba's search mode, which gives the short words inside a long one too), Latin
//! letters lowercased and stemmed, full-width characters as half-width ones. Traditional characters stay as they are.

use std::{collections::BTreeSet, sync::LazyLock};

use jieba_rs::Jieba;
use tantivy::tokenizer::{Language, RawTokenizer, Stemmer, TextAnalyzer, TokenStream};

/// A word with its place in the text it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As it is compared: normalised.
    pub term: String,
    /// Its first byte in the text.
    pub from: usize,
    /// The byte after its last.
    pub to: usize,
}

/// Longer runs of letters are no words.
const WORD_CHARS_MAX: usize = 40;

/// Words of patents that say nothing about what they are: form words and the usual openings of titles and abstracts.
const EMPTY: &[&str] = &[
    "的",
    "了",
    "和",
    "与",
    "及",
    "其",
    "在",
    "是",
    "为",
    "对",
    "等",
    "中",
    "以",
    "将",
    "所",
    "由",
    "从",
    "向",
    "或",
    "并",
    "而",
    "之",
    "于",
    "被",
    "把",
    "能",
    "可",
    "用",
    "该",
    "使",
    "需",
    "有",
    "个",
    "一种",
    "及其",
    "以及",
    "其中",
    "包括",
    "用于",
    "通过",
    "进行",
    "所述",
    "公开",
    "涉及",
    "发明",
    "本发明",
    "实用新型",
    "希望",
    "需要",
    "寻求",
    "我司",
    "可以",
    "能够",
    "目前",
    "现有",
    "a",
    "an",
    "the",
    "of",
    "and",
    "for",
];

/// Words of needs that say nothing about the technique.
static EVERYDAY: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let list = include_str!("../../../data/matching/need-words.txt");
    list.lines()
        .filter(|line| !line.starts_with('#'))
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect()
});

/// Words that name no technique, as they are compared.
static FILLER: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let list = include_str!("../../../data/matching/filler-words.txt");
    list.lines().filter(|line| !line.starts_with('#')).filter_map(|line| term(line.trim())).collect()
});

static DICTIONARY: LazyLock<Jieba> = LazyLock::new(Jieba::new);
static STEMMER: LazyLock<TextAnalyzer> = LazyLock::new(|| {
    TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(Language::English)).build()
});

/// The words of a text in their order, form words left out.
#[must_use]
pub fn words(text: &str) -> Vec<Word> {
    let (plain, places) = normalised(text);
    let cut = DICTIONARY.cut_for_search(&plain, false);
    cut.into_iter()
        .filter_map(|token| {
            let term = term(token.word)?;
            let from = places.get(token.byte_start).copied()?;
            let to = places.get(token.byte_end).copied()?;
            Some(Word { term, from, to })
        })
        .collect()
}

/// The words alone.
#[must_use]
pub fn terms(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.term).collect()
}

/// The words of what an enterprise says that tell what it is about.
#[must_use]
pub fn telling(text: &str) -> Vec<String> {
    terms(text).into_iter().filter(|term| !EVERYDAY.contains(term.as_str())).collect()
}

/// Whether a word, as it is compared, names something technical: a reason why two texts match rests on such words alone.
#[must_use]
pub fn names_technique(term: &str) -> bool {
    !FILLER.contains(term)
}

fn term(word: &str) -> Option<String> {
    let word = word.trim();
    let says = word.chars().any(char::is_alphanumeric);
    if !says || EMPTY.contains(&word) || word.chars().count() > WORD_CHARS_MAX {
        return None;
    }
    if word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        let mut stemmer = STEMMER.clone();
        let mut stream = stemmer.token_stream(word);
        return stream.next().map(|token| token.text.clone());
    }
    Some(word.to_owned())
}

/// The text lowercased and half-width, with the place in the original of each byte of it and of its end.
fn normalised(text: &str) -> (String, Vec<usize>) {
    let mut plain = String::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len() + 1);
    for (at, letter) in text.char_indices() {
        let before = plain.len();
        let half = half_width(letter);
        let mut lower = half.to_lowercase();
        // A letter whose small form is several stays: a word has one place.
        plain.push(match (lower.next(), lower.next()) {
            (Some(small), None) => small,
            _ => half,
        });
        places.resize(places.len() + plain.len() - before, at);
    }
    places.push(text.len());
    (plain, places)
}

/// Full-width forms (U+FF01 to U+FF5E) and the ideographic space as their ASCII twins.
fn half_width(letter: char) -> char {
    match letter {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_word_is_found_by_the_words_inside_it_and_form_words_are_none() {
        let found = terms("一种玄武岩纤维增强复合材料的制备方法");
        for word in ["玄武岩", "纤维", "增强", "材料", "复合材料", "制备", "方法"] {
            assert!(found.iter().any(|term| term == word), "{word} is not in {found:?}");
        }
        assert!(!found.iter().any(|term| term == "的" || term == "一种"), "{found:?}");
    }

    #[test]
    fn how_a_firm_speaks_of_itself_tells_nothing() {
        let found = telling("我们希望明年降低苎麻脱胶的用碱量，预算可以商量");
        assert!(
            found.iter().any(|term| term == "脱胶") && found.iter().any(|term| term == "苎麻"),
            "{found:?}"
        );
        assert!(!found.iter().any(|term| ["希望", "预算", "降低"].contains(&term.as_str())), "{found:?}");
    }

    #[test]
    fn what_every_title_has_names_no_technique() {
        for filler in ["方法", "装置", "系统", "制备", "method", "Devices", "comprising"] {
            assert!(terms(filler).iter().all(|term| !names_technique(term)), "{filler}");
        }
        for technical in ["玄武岩", "提锂", "吸附剂", "battery"] {
            assert!(terms(technical).iter().all(|term| names_technique(term)), "{technical}");
        }
    }

    #[test]
    fn latin_words_are_found_in_any_case_width_and_number() {
        assert_eq!(terms("Ｂａｔｔｅｒｉｅｓ"), terms("battery"));
        assert_eq!(terms("Coatings"), terms("coated"));
        assert_eq!(terms("１２３"), ["123"]);
    }

    #[test]
    fn traditional_characters_stay_as_they_are() {
        let found = terms("鋰離子電池");
        assert!(found.concat().contains('鋰'), "{found:?}");
        assert!(!found.concat().contains('锂'), "{found:?}");
    }

    proptest! {
        /// Whatever is typed, each word lies inside the text, on borders of characters.
        #[test]
        fn every_word_has_its_place_in_the_text(text in "\\PC{0,60}") {
            for word in words(&text) {
                prop_assert!(word.from < word.to);
                prop_assert!(text.get(word.from..word.to).is_some());
            }
        }
    }
}
