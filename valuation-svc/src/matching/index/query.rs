//! Asking the index: patents by words, classes and numbers, best first, ties by id; and how rare words are.

use std::collections::{BTreeMap, BTreeSet};

use contracts::OrgId;
use tantivy::{
    DocAddress, Searcher, TantivyDocument, Term,
    collector::TopDocs,
    query::{BooleanQuery, BoostQuery, ConstScoreQuery, Occur, Query, TermQuery},
    schema::{Field, IndexRecordOption, Value},
};
use tx_kit::{Db, Fault};
use uuid::Uuid;

use super::{
    SearchIndex, beside,
    fields::{ABSTRACT, APPLICANTS, EXACT, Fields, INDUSTRY, TITLE},
    shelf::fault,
};
use crate::{
    catalogue::{industry::Industry, number, patent::LegalStatus},
    matching::model::{
        classes,
        segment::terms,
        similarity::{Bag, Rarity},
    },
};

/// The most words of a question that are looked for: those that tell most apart.
const WORDS_MAX: usize = 64;
/// What a shared class counts in the choice of candidates.
const CLASS: f32 = 4.0;
/// The number of digits from which a word may be a patent's number.
const NUMBER_DIGITS_MIN: usize = 6;

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    words: BTreeSet<String>,
    symbols: Vec<String>,
    numbers: Vec<String>,
    /// Of the words, how many at least a patent must have, as a share.
    share: f64,
}

impl Sought {
    /// What a person typed: most of the words must be there; a number or a class finds its patents whatever else is typed.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        let parts = || text.split_whitespace();
        let whole = text.trim();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
        let numbers = [whole]
            .into_iter()
            .chain(parts())
            .filter(|part| {
                digits(part) >= NUMBER_DIGITS_MIN
                    && part.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ' || c == '.')
            })
            .map(number::key)
            .collect();
        let symbols = parts().filter(|part| classes::is_symbol(part)).map(classes::symbol).collect();
        Self { words: terms(text).into_iter().collect(), symbols, numbers, share: 0.6 }
    }

    /// What a need or a patent is about: any of its words, and its classes.
    #[must_use]
    pub fn about(bag: &Bag, symbols: &[String]) -> Self {
        let near = symbols.iter().flat_map(|symbol| classes::levels(symbol)).filter(|level| level.len() >= 4);
        Self {
            words: bag.words().map(str::to_owned).collect(),
            symbols: near.collect(),
            numbers: Vec::new(),
            share: 0.0,
        }
    }

    /// The words, for marking them.
    #[must_use]
    pub fn words(&self) -> &BTreeSet<String> {
        &self.words
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.symbols.is_empty() && self.numbers.is_empty()
    }
}

/// What a search is narrowed by before it is ranked. The database decides again on what it finds.
#[derive(Debug, Clone, Default)]
pub struct Narrowed {
    /// The beginning of an IPC symbol, at a level of the classification.
    pub ipc: Option<String>,
    /// The industry.
    pub industry: Option<Industry>,
    /// The status as it may be stated.
    pub statuses: Vec<LegalStatus>,
    /// The owner.
    pub owner: Option<OrgId>,
}

/// A patent that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The patent.
    pub id: Uuid,
    /// Its BM25 over the fields, weighted.
    pub score: f64,
}

impl SearchIndex {
    /// The best patents for what is looked for, `skip` left out, at most `limit`; after whatever the catalogue has
    /// gained just now.
    ///
    /// # Errors
    /// The database's fault, or the index's.
    pub async fn find(
        &self,
        db: &Db,
        sought: &Sought,
        narrowed: &Narrowed,
        (skip, limit): (usize, usize),
    ) -> Result<Vec<Hit>, Fault> {
        self.freshen(db).await?;
        self.ask(sought, narrowed, (skip, limit)).await
    }

    /// The same of what the index has.
    ///
    /// # Errors
    /// The index's fault.
    pub async fn ask(
        &self,
        sought: &Sought,
        narrowed: &Narrowed,
        (skip, limit): (usize, usize),
    ) -> Result<Vec<Hit>, Fault> {
        let shelf = self.shelf().await?;
        let (sought, narrowed) = (sought.clone(), narrowed.clone());
        beside(move || {
            let searcher = shelf.searcher();
            let Some(query) = query(&searcher, &shelf.fields, &sought, &narrowed)? else {
                return Ok(Vec::new());
            };
            let top = TopDocs::with_limit(limit.max(1)).and_offset(skip).order_by_score();
            let found: Vec<(f32, DocAddress)> = searcher.search(&query, &top).map_err(fault)?;
            let mut hits = Vec::with_capacity(found.len());
            for (score, address) in found {
                let document: TantivyDocument = searcher.doc(address).map_err(fault)?;
                let id = document.get_first(shelf.fields.id).and_then(|value| value.as_str());
                let id = id.and_then(|text| Uuid::parse_str(text).ok());
                let id = id.ok_or_else(|| Fault::Corrupt("an entry of the search index".to_owned()))?;
                hits.push(Hit { id, score: f64::from(score) });
            }
            hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
            Ok(hits)
        })
        .await
    }

    /// How rare words are among the patents' titles and abstracts.
    ///
    /// # Errors
    /// The index's fault.
    pub async fn rarity(&self, words: BTreeSet<String>) -> Result<Rarity, Fault> {
        let shelf = self.shelf().await?;
        beside(move || {
            let searcher = shelf.searcher();
            let mut having = BTreeMap::new();
            for word in words {
                let count = frequency(&searcher, &shelf.fields, &word)?;
                having.insert(word, count);
            }
            Ok(Rarity::new(searcher.num_docs(), having))
        })
        .await
    }
}

/// In how many patents a word is, at least.
fn frequency(searcher: &Searcher, fields: &Fields, word: &str) -> Result<u64, Fault> {
    let of = |field: Field| searcher.doc_freq(&Term::from_field_text(field, word)).map_err(fault);
    Ok(of(fields.title)?.max(of(fields.abstract_text)?))
}

/// The question as the index is asked it; nothing where none of it can be found.
fn query(
    searcher: &Searcher,
    fields: &Fields,
    sought: &Sought,
    narrowed: &Narrowed,
) -> Result<Option<Box<dyn Query>>, Fault> {
    let mut words: Vec<(u64, &String)> = Vec::with_capacity(sought.words.len());
    for word in &sought.words {
        words.push((frequency(searcher, fields, word)?, word));
    }
    // A typed word that is nowhere in titles and abstracts may be an applicant's. The rarest tell most apart.
    words.retain(|(count, _)| *count > 0 || sought.share > 0.0);
    words.sort();
    let at_least = share_of(words.len(), sought.share);
    words.truncate(WORDS_MAX.max(at_least));
    let each: Vec<(Occur, Box<dyn Query>)> =
        words.into_iter().map(|(_, word)| (Occur::Should, anywhere(fields, word))).collect();
    let mut any: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    if !each.is_empty() {
        let all = BooleanQuery::with_minimum_required_clauses(each, at_least.max(1));
        any.push((Occur::Should, Box::new(all)));
    }
    let exact = |field, text: &str, weight| -> (Occur, Box<dyn Query>) {
        (Occur::Should, Box::new(ConstScoreQuery::new(Box::new(has(field, text)), weight)))
    };
    let class = if sought.share > 0.0 { EXACT } else { CLASS };
    any.extend(sought.symbols.iter().map(|symbol| exact(fields.ipc, symbol, class)));
    any.extend(sought.numbers.iter().map(|number| exact(fields.number, number, EXACT)));
    if any.is_empty() {
        return Ok(None);
    }
    let mut all: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, Box::new(BooleanQuery::new(any)))];
    all.extend(narrow(fields, narrowed).into_iter().map(|query| -> (Occur, Box<dyn Query>) {
        (Occur::Must, Box::new(ConstScoreQuery::new(query, 0.0)))
    }));
    Ok(Some(Box::new(BooleanQuery::new(all))))
}

/// A share of a number of words, rounded up.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a question has a few dozen words"
)]
fn share_of(words: usize, share: f64) -> usize {
    (words as f64 * share).ceil() as usize
}

fn anywhere(fields: &Fields, word: &str) -> Box<dyn Query> {
    let places = [
        (fields.title, TITLE),
        (fields.abstract_text, ABSTRACT),
        (fields.applicants, APPLICANTS),
        (fields.industry_words, INDUSTRY),
    ];
    let each = places.into_iter().map(|(field, weight)| -> (Occur, Box<dyn Query>) {
        let term = TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::WithFreqs);
        (Occur::Should, Box::new(BoostQuery::new(Box::new(term), weight)))
    });
    Box::new(BooleanQuery::new(each.collect()))
}

fn has(field: Field, text: &str) -> TermQuery {
    TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic)
}

fn narrow(fields: &Fields, narrowed: &Narrowed) -> Vec<Box<dyn Query>> {
    let mut all: Vec<Box<dyn Query>> = Vec::new();
    if let Some(symbol) = &narrowed.ipc {
        all.push(Box::new(has(fields.ipc, &classes::symbol(symbol))));
    }
    if let Some(industry) = narrowed.industry {
        all.push(Box::new(has(fields.industry, industry.code())));
    }
    if !narrowed.statuses.is_empty() {
        let any = narrowed.statuses.iter().map(|status| -> (Occur, Box<dyn Query>) {
            (Occur::Should, Box::new(has(fields.status, status.as_str())))
        });
        all.push(Box::new(BooleanQuery::new(any.collect())));
    }
    if let Some(owner) = narrowed.owner {
        all.push(Box::new(has(fields.owner, &owner.uuid().to_string())));
    }
    all
}
