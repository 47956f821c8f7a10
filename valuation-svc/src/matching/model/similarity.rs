//! How alike two texts are, by their words: the cosine of their TF-IDF vectors, and Okapi BM25 over a few texts in memory
//! (Robertson, Zaragoza 2009, The Probabilistic Relevance Framework). Pure and lexical: nothing is learnt from data.

use std::collections::{BTreeMap, BTreeSet};

/// BM25: how soon a word that is repeated says no more. The usual default.
const K1: f64 = 1.2;
/// BM25: how far a long text is discounted. The usual default.
const B: f64 = 0.75;

/// How often each word occurs in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bag {
    counts: BTreeMap<String, u32>,
    length: u32,
}

impl Bag {
    /// The words of a text. A word of `twice` counts double: a title says more than what follows it.
    #[must_use]
    pub fn of(twice: &[String], once: &[String]) -> Self {
        let mut bag = Self::default();
        for (words, weight) in [(twice, 2), (once, 1)] {
            for word in words {
                *bag.counts.entry(word.clone()).or_default() += weight;
                bag.length += weight;
            }
        }
        bag
    }

    /// Its different words, in order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.counts.keys().map(String::as_str)
    }

    /// Whether it has no words.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

/// How much each word tells apart, by the number of texts that have it.
#[derive(Debug, Clone, Default)]
pub struct Rarity {
    texts: f64,
    having: BTreeMap<String, u64>,
}

impl Rarity {
    /// Of `texts` texts, `having` of which have each word; a word that is not named is in none.
    #[must_use]
    pub fn new(texts: u64, having: BTreeMap<String, u64>) -> Self {
        Self { texts: real(texts), having }
    }

    /// Counted over a few texts.
    pub fn counted<'a>(bags: impl IntoIterator<Item = &'a Bag>) -> Self {
        let mut having: BTreeMap<String, u64> = BTreeMap::new();
        let mut texts = 0;
        for bag in bags {
            texts += 1;
            for word in bag.words() {
                *having.entry(word.to_owned()).or_default() += 1;
            }
        }
        Self::new(texts, having)
    }

    /// BM25's inverse document frequency, ln(1 + (N − n + ½)/(n + ½)): above zero, less for a more common word.
    #[must_use]
    pub fn of(&self, word: &str) -> f64 {
        let having = real(self.having.get(word).copied().unwrap_or_default()).min(self.texts);
        ((self.texts - having + 0.5) / (having + 0.5)).ln_1p()
    }
}

/// The cosine of two texts' TF-IDF vectors with logarithmic counts, 0 to 1.
#[must_use]
pub fn cosine(left: &Bag, right: &Bag, rarity: &Rarity) -> f64 {
    let weight = |word: &str, count: u32| (1.0 + f64::from(count).ln()) * rarity.of(word);
    let norm = |bag: &Bag| bag.counts.iter().map(|(word, n)| weight(word, *n).powi(2)).sum::<f64>().sqrt();
    let both: f64 = left
        .counts
        .iter()
        .filter_map(|(word, n)| right.counts.get(word).map(|m| weight(word, *n) * weight(word, *m)))
        .sum();
    let norms = norm(left) * norm(right);
    if norms > 0.0 { (both / norms).clamp(0.0, 1.0) } else { 0.0 }
}

/// BM25 of a text for the words of another.
#[must_use]
pub fn bm25(sought: &Bag, text: &Bag, rarity: &Rarity, mean_length: f64) -> f64 {
    let longer = if mean_length > 0.0 { f64::from(text.length) / mean_length } else { 1.0 };
    sought
        .words()
        .filter_map(|word| text.counts.get(word).map(|count| (word, f64::from(*count))))
        .map(|(word, count)| rarity.of(word) * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * longer)))
        .sum()
}

/// The mean length of texts, in words; zero of none.
pub fn mean_length<'a>(bags: impl IntoIterator<Item = &'a Bag>) -> f64 {
    let (sum, count) =
        bags.into_iter().fold((0.0, 0.0), |(sum, count), bag| (sum + f64::from(bag.length), count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// The words of both, those that tell most apart first; ties in the order of the alphabet.
#[must_use]
pub fn shared(left: &Bag, right: &Bag, rarity: &Rarity) -> Vec<String> {
    let theirs: BTreeSet<&str> = right.words().collect();
    let mut both: Vec<&str> = left.words().filter(|word| theirs.contains(word)).collect();
    both.sort_by(|a, b| rarity.of(b).total_cmp(&rarity.of(a)).then_with(|| a.cmp(b)));
    both.into_iter().map(str::to_owned).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of texts are far below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bag(words: &[&str]) -> Bag {
        Bag::of(&[], &words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn texts_of_the_same_words_are_alike_and_texts_without_a_common_word_are_not() {
        let (a, b, c) = (bag(&["锂", "电池"]), bag(&["电池", "锂"]), bag(&["苎麻"]));
        let rarity = Rarity::counted([&a, &b, &c]);
        assert!((cosine(&a, &b, &rarity) - 1.0).abs() < 1e-12);
        assert!(cosine(&a, &c, &rarity).abs() < 1e-12);
        assert!(cosine(&a, &Bag::default(), &rarity).abs() < 1e-12);
    }

    #[test]
    fn a_rare_word_tells_more_than_a_common_one() {
        let (a, b, c) = (bag(&["方法", "离子筛"]), bag(&["方法"]), bag(&["方法", "脱胶"]));
        let rarity = Rarity::counted([&a, &b, &c]);
        assert!(rarity.of("离子筛") > rarity.of("方法"));
        assert!(rarity.of("没有") > rarity.of("离子筛"));
        let sought = bag(&["离子筛", "方法"]);
        let mean = mean_length([&a, &b, &c]);
        assert!(bm25(&sought, &a, &rarity, mean) > bm25(&sought, &c, &rarity, mean));
        assert_eq!(shared(&sought, &a, &rarity), ["离子筛", "方法"]);
    }

    proptest! {
        #[test]
        fn likeness_is_the_same_both_ways_and_between_nought_and_one(
            left in prop::collection::vec("[a-e]", 0..8), right in prop::collection::vec("[a-e]", 0..8),
        ) {
            let (left, right) = (Bag::of(&[], &left), Bag::of(&right, &[]));
            let rarity = Rarity::counted([&left, &right]);
            let there = cosine(&left, &right, &rarity);
            prop_assert!((0.0..=1.0).contains(&there));
            prop_assert!((there - cosine(&right, &left, &rarity)).abs() < 1e-12);
        }
    }
}
