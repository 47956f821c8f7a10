//! Generality, originality and radicalness from the citations of a catalogue: of the documents that cite and are
//! cited, those count whose classes the catalogue knows, as its own documents or as told with the citation. Where it knows
//! none, the indicator is undefined, never zero.
//!
//! Columns of numbers, so that a million documents with their citations fit in memory: a document is a number made of its
//! publication number, a subclass is its four letters.

use serde::{Deserialize, Serialize};

/// Lists of different lengths, one after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lists<T> {
    ends: Vec<u32>,
    values: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { ends: Vec::new(), values: Vec::new() }
    }
}

impl<T> Lists<T> {
    /// Adds a list.
    pub fn push(&mut self, values: impl IntoIterator<Item = T>) {
        self.values.extend(values);
        self.ends.push(u32::try_from(self.values.len()).unwrap_or(u32::MAX));
    }

    /// Adds the lists of others.
    pub fn append(&mut self, others: Self) {
        let before = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.ends.extend(others.ends.iter().map(|end| end.saturating_add(before)));
        self.values.extend(others.values);
    }

    /// A list; empty where there is none.
    #[must_use]
    pub fn get(&self, at: usize) -> &[T] {
        let from = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let to = self.ends.get(at).copied().unwrap_or(from);
        self.values.get(from as usize..to as usize).unwrap_or(&[])
    }
}

/// A document as a number: its publication number without spelling and kind code, so that an application and its grant are
/// one (FNV-1a, 64 bits).
#[must_use]
pub fn document(number: &str) -> u64 {
    let letters: Vec<u8> =
        number.bytes().filter(u8::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect();
    let kind =
        letters.iter().rposition(u8::is_ascii_alphabetic).filter(|at| *at >= 4 && letters.len() - at <= 2);
    let body = letters.get(..kind.unwrap_or(letters.len())).unwrap_or(&letters);
    body.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, letter| {
        (hash ^ u64::from(*letter)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A subclass as a number: the first four letters of a symbol; `None` where it has fewer.
#[must_use]
pub fn subclass(symbol: &str) -> Option<u32> {
    let mut letters = symbol.bytes().filter(|letter| !letter.is_ascii_whitespace()).take(4);
    let four = [letters.next()?, letters.next()?, letters.next()?, letters.next()?];
    four.is_ascii().then(|| u32::from_be_bytes(four.map(|letter| letter.to_ascii_uppercase())))
}

/// The documents of a catalogue, column by column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Citations {
    /// Each document.
    pub documents: Vec<u64>,
    /// The subclass of each of its symbols.
    pub classes: Lists<u32>,
    /// What it cites.
    pub cites: Lists<u64>,
    /// What cites it.
    pub cited_by: Lists<u64>,
    /// Documents whose classes are told with a citation.
    pub told: Vec<u64>,
    /// The subclass of each of their symbols.
    pub told_classes: Lists<u32>,
}

/// The indicators of each document; not a number where undefined.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CitationIndicators {
    /// `1 − Σⱼ (mean over citing documents of the share of their symbols in subclass j)²`.
    pub generality: Vec<f64>,
    /// `1 − Σⱼ sⱼ²` over the subclasses of all cited documents.
    pub originality: Vec<f64>,
    /// The share of the cited documents' subclasses that the document itself is not in.
    pub radicalness: Vec<f64>,
    /// Whether the classes of every document that is listed as citing it are known.
    pub citing_whole: Vec<bool>,
    /// Whether the classes of every document that it is listed as citing are known.
    pub cited_whole: Vec<bool>,
}

impl Citations {
    /// Adds the documents of others.
    pub fn append(&mut self, others: Self) {
        self.documents.extend(others.documents);
        self.classes.append(others.classes);
        self.cites.append(others.cites);
        self.cited_by.append(others.cited_by);
        self.told.extend(others.told);
        self.told_classes.append(others.told_classes);
    }

    /// The classes of a document by its place: the catalogue's own stand before those that are told of.
    fn classes_at(&self, place: u32) -> &[u32] {
        let place = place as usize;
        match place.checked_sub(self.documents.len()) {
            None => self.classes.get(place),
            Some(told) => self.told_classes.get(told),
        }
    }

    /// Works out every document's indicators.
    #[must_use]
    pub fn indicators(&self) -> CitationIndicators {
        let mut found = CitationIndicators {
            generality: vec![f64::NAN; self.documents.len()],
            originality: vec![f64::NAN; self.documents.len()],
            radicalness: vec![f64::NAN; self.documents.len()],
            citing_whole: vec![false; self.documents.len()],
            cited_whole: vec![false; self.documents.len()],
        };
        let mut pairs = self.pairs();
        for group in pairs.chunk_by(|a, b| a.0 == b.0) {
            let citing = group.iter().map(|(_, citing)| self.classes_at(*citing));
            set(&mut found.generality, group, generality(citing));
            set(&mut found.citing_whole, group, Some(self.whole(group, &self.cited_by)));
        }
        // The other way round: who cites stands in front.
        pairs.iter_mut().for_each(|(cited, citing)| std::mem::swap(cited, citing));
        pairs.sort_unstable();
        for group in pairs.chunk_by(|a, b| a.0 == b.0) {
            let own = group.first().map_or(&[][..], |(at, _)| self.classes_at(*at));
            let cited = || group.iter().flat_map(|(_, cited)| self.classes_at(*cited));
            set(&mut found.originality, group, originality(cited().copied()));
            let (all, outside) = cited().fold((0u32, 0u32), |(all, outside), class| {
                (all + 1, outside + u32::from(!own.contains(class)))
            });
            set(&mut found.radicalness, group, (all > 0).then(|| f64::from(outside) / f64::from(all)));
            set(&mut found.cited_whole, group, Some(self.whole(group, &self.cites)));
        }
        found
    }

    /// Whether as many documents of known classes stand beside one as are listed with it.
    fn whole(&self, group: &[(u32, u32)], listed: &Lists<u64>) -> bool {
        let known = group.iter().filter(|(_, other)| !self.classes_at(*other).is_empty()).count();
        group.first().is_some_and(|(at, _)| known >= listed.get(*at as usize).len())
    }

    /// Who is cited and who cites, by their positions, in order and each once, told from either side.
    fn pairs(&self) -> Vec<(u32, u32)> {
        let all = self.documents.iter().chain(&self.told).copied();
        let mut places: Vec<(u64, u32)> = all.zip(0..).collect();
        // Of the places of one document the first is taken: the catalogue's own before what is told.
        places.sort_unstable();
        let place = |document: &u64| {
            let at = places.partition_point(|(known, _)| known < document);
            places.get(at).filter(|(known, _)| known == document).map(|(_, at)| *at)
        };
        let mut pairs = Vec::new();
        for (at, own) in (0..self.documents.len()).zip(0u32..) {
            pairs.extend(self.cites.get(at).iter().filter_map(place).map(|cited| (cited, own)));
            pairs.extend(self.cited_by.get(at).iter().filter_map(place).map(|citing| (own, citing)));
        }
        pairs.retain(|(cited, citing)| cited != citing);
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }
}

fn set<T>(column: &mut [T], group: &[(u32, u32)], value: Option<T>) {
    if let (Some((at, _)), Some(value)) = (group.first(), value)
        && let Some(slot) = column.get_mut(*at as usize)
    {
        *slot = value;
    }
}

/// Adds to the sum of a subclass. Documents have few: a line of them is faster than a map.
fn add(sums: &mut Vec<(u32, f64)>, class: u32, more: f64) {
    match sums.iter_mut().find(|(known, _)| *known == class) {
        Some((_, sum)) => *sum += more,
        None => sums.push((class, more)),
    }
}

fn generality<'a>(citing: impl Iterator<Item = &'a [u32]>) -> Option<f64> {
    let (mut sums, mut documents) = (Vec::new(), 0.0);
    for classes in citing.filter(|classes| !classes.is_empty()) {
        documents += 1.0;
        let each = 1.0 / f64::from(u32::try_from(classes.len()).unwrap_or(u32::MAX));
        classes.iter().for_each(|class| add(&mut sums, *class, each));
    }
    (documents > 0.0)
        .then(|| 1.0 - sums.iter().map(|(_, sum)| (sum / documents) * (sum / documents)).sum::<f64>())
}

fn originality(cited: impl Iterator<Item = u32>) -> Option<f64> {
    let (mut sums, mut all) = (Vec::new(), 0.0);
    for class in cited {
        all += 1.0;
        add(&mut sums, class, 1.0);
    }
    (all > 0.0).then(|| 1.0 - sums.iter().map(|(_, sum)| (sum / all) * (sum / all)).sum::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A document's number, its classes, what it cites and what cites it.
    type Told<'a> = (&'a str, &'a [&'a str], &'a [&'a str], &'a [&'a str]);

    fn catalogue(all: &[Told<'_>]) -> Citations {
        let mut found = Citations::default();
        for (number, symbols, cites, cited_by) in all {
            found.documents.push(document(number));
            found.classes.push(symbols.iter().filter_map(|symbol| subclass(symbol)));
            found.cites.push(cites.iter().map(|number| document(number)));
            found.cited_by.push(cited_by.iter().map(|number| document(number)));
        }
        found
    }

    fn close(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-12, "{value} is not {expected}");
    }

    /// The worked examples of the OECD's definitions: generality 71/162, radicalness 3/7.
    #[test]
    fn the_worked_examples_come_out_of_a_catalogue() {
        let found = catalogue(&[
            (
                "CN100000001B",
                &["A61K", "C07D"],
                &["CN100000011B", "CN100000012A", "CN100000013B", "CN100000014B"],
                &[],
            ),
            ("CN100000011B", &["A61K1/00", "A61P1/00"], &[], &[]),
            ("CN100000012B", &["A61K"], &[], &[]),
            ("CN100000013B", &["C07D", "A61K", "A61P"], &[], &[]),
            ("CN100000014B", &["G01N"], &[], &[]),
            // Cited by three, told once from each side and once from both.
            ("CN100000002B", &["H01M"], &[], &["CN100000021B", "CN100000022B"]),
            ("CN100000021B", &["A61K31/00", "A61K9/20", "A61P35/00"], &["CN100000002B"], &[]),
            ("CN100000022B", &["A61K31/00"], &[], &[]),
            ("CN100000023B", &["G01N33/50", "A61K31/00"], &["CN100000002A"], &[]),
        ])
        .indicators();
        close(found.radicalness[0], 3.0 / 7.0);
        close(found.generality[5], 71.0 / 162.0);
        // A61K ×3, A61P ×2, C07D, G01N.
        close(found.originality[0], 34.0 / 49.0);
        assert!(found.generality[0].is_nan() && found.originality[1].is_nan());
        assert!(found.cited_whole[0] && found.citing_whole[5], "all of them are known");
        close(found.originality[6], 0.0);
        close(found.radicalness[6], 1.0);
    }

    #[test]
    fn classes_told_with_a_citation_count_where_the_catalogue_has_no_such_document() {
        let mut found = catalogue(&[
            ("CN100000001B", &["C07D"], &["US1000001A", "CN100000002B"], &["EP2000001A", "JP3000001A"]),
            ("CN100000002B", &["A61P"], &[], &[]),
        ]);
        for (number, symbols) in [
            ("US1000001B", ["A61K", "A61P"]),
            ("EP2000001B", ["G01N", "C07D"]),
            ("CN100000002B", ["H01M", "H01M"]),
        ] {
            found.told.push(document(number));
            found.told_classes.push(symbols.iter().filter_map(|symbol| subclass(symbol)));
        }
        let found = found.indicators();
        // Cited: A61K, A61P and, by the catalogue's own word, A61P.
        close(found.originality[0], 1.0 - (1.0 / 9.0 + 4.0 / 9.0));
        close(found.radicalness[0], 1.0);
        close(found.generality[0], 0.5);
        assert_eq!((found.cited_whole[0], found.citing_whole[0]), (true, false), "one that cites is unknown");
        assert_eq!(found.generality.len(), 2, "what is only told of has no indicators");
    }

    #[test]
    fn an_application_and_its_grant_are_one_document_and_pieces_add_up() {
        assert_eq!(document("CN 100000001 A"), document("cn100000001B"));
        assert_eq!(document("US20150056336A1"), document("US20150056336"));
        assert_ne!(document("CN100000001B"), document("CN100000002B"));
        let mut whole = catalogue(&[("CN1", &["A61K"], &["CN2"], &[])]);
        whole.append(catalogue(&[("CN2", &["C07D", "A61P"], &[], &["CN1"])]));
        assert_eq!(
            whole,
            catalogue(&[("CN1", &["A61K"], &["CN2"], &[]), ("CN2", &["C07D", "A61P"], &[], &["CN1"])])
        );
        assert_eq!(whole.classes.get(1).len(), 2);
        assert!(whole.classes.get(2).is_empty());
    }
}
