//! What a patent is in the index: its words by field, and what a search is narrowed by. Field weights are the platform's
//! defaults (docs/matching.md).

use tantivy::{
    TantivyDocument, Term,
    schema::{Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{Token, TokenStream, Tokenizer},
};
use tx_kit::Fault;
use uuid::Uuid;

use crate::{
    catalogue::{
        PatentRecord, number,
        store::{self, patent},
    },
    matching::model::{
        classes,
        segment::{self, Word},
    },
};

/// The tokenizer's name in the schema.
pub(super) const TOKENIZER: &str = "catalogue";
/// How much a word found in the title counts against one in the abstract.
pub(super) const TITLE: f32 = 3.0;
/// In the abstract.
pub(super) const ABSTRACT: f32 = 1.0;
/// In an applicant's name.
pub(super) const APPLICANTS: f32 = 1.5;
/// In the industry's name.
pub(super) const INDUSTRY: f32 = 0.5;
/// A patent whose number or class was typed.
pub(super) const EXACT: f32 = 20.0;

/// The fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// The patent's id; the only one that is stored.
    pub id: Field,
    /// Id and version together: whether this version is there.
    pub key: Field,
    /// Its numbers, normalised.
    pub number: Field,
    pub title: Field,
    pub abstract_text: Field,
    pub applicants: Field,
    /// The industry's names, as words.
    pub industry_words: Field,
    /// Every symbol with the beginnings at which the classification divides.
    pub ipc: Field,
    /// The industry's code.
    pub industry: Field,
    /// The status as it was stated; the term is looked at in the database.
    pub status: Field,
    /// The owner on the platform.
    pub owner: Field,
}

/// The schema with its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let words = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(IndexRecordOption::WithFreqs),
    );
    let mut builder = Schema::builder();
    let fields = Fields {
        id: builder.add_text_field("id", STRING | STORED),
        key: builder.add_text_field("key", STRING),
        number: builder.add_text_field("number", STRING),
        title: builder.add_text_field("title", words.clone()),
        abstract_text: builder.add_text_field("abstract", words.clone()),
        applicants: builder.add_text_field("applicants", words.clone()),
        industry_words: builder.add_text_field("industry_words", words),
        ipc: builder.add_text_field("ipc", STRING),
        industry: builder.add_text_field("industry", STRING),
        status: builder.add_text_field("status", STRING),
        owner: builder.add_text_field("owner", STRING),
    };
    (builder.build(), fields)
}

/// A patent on its way into the index.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The patent.
    pub id: Uuid,
    /// Its version.
    pub version: i64,
    /// What is known of it.
    pub record: PatentRecord,
}

impl Entry {
    /// The entry of a row.
    ///
    /// # Errors
    /// A record that no longer reads.
    pub(super) fn of(row: &patent::Model) -> Result<Self, Fault> {
        Ok(Self { id: row.id, version: row.version, record: store::record_of(row)? })
    }

    pub(super) fn document(&self, fields: &Fields) -> TantivyDocument {
        let facts = &self.record.facts;
        let industry = self.record.industry();
        let mut document = TantivyDocument::new();
        document.add_text(fields.id, self.id.to_string());
        document.add_text(fields.key, key(self.id, self.version));
        let numbers =
            [Some(&facts.publication_number), facts.application_number.as_ref(), facts.grant_number.as_ref()];
        for typed in numbers.into_iter().flatten() {
            let whole = number::key(typed);
            // The number is known without its kind code too: a letter and perhaps a digit.
            let plain = whole.trim_end_matches(|c: char| c.is_ascii_digit());
            let plain = plain.strip_suffix(|c: char| c.is_ascii_alphabetic()).filter(|p| p.len() > 2);
            let kind = whole.len() - plain.map_or(whole.len(), str::len);
            if let Some(plain) = plain.filter(|_| kind <= 2) {
                document.add_text(fields.number, plain);
            }
            document.add_text(fields.number, whole);
        }
        document.add_text(fields.title, &facts.title);
        document.add_text(fields.abstract_text, facts.abstract_text.as_deref().unwrap_or_default());
        document.add_text(fields.applicants, facts.applicants.join(store::NAMES));
        document.add_text(
            fields.industry_words,
            format!(
                "{} {} {}",
                industry.name_zh(),
                industry.name_en(),
                facts.industry.as_deref().unwrap_or_default()
            ),
        );
        let mut symbols: Vec<String> = facts.ipc.iter().flat_map(|symbol| classes::levels(symbol)).collect();
        symbols.sort_unstable();
        symbols.dedup();
        for symbol in symbols {
            document.add_text(fields.ipc, symbol);
        }
        document.add_text(fields.industry, industry.code());
        document.add_text(fields.status, facts.legal_status.as_str());
        if let Some(owner) = self.record.owner {
            document.add_text(fields.owner, owner.uuid().to_string());
        }
        document
    }

    pub(super) fn term(&self, fields: &Fields) -> Term {
        Term::from_field_text(fields.id, &self.id.to_string())
    }
}

/// A patent's id and version in one word.
pub(super) fn key(id: Uuid, version: i64) -> String {
    format!("{id}:{version}")
}

/// The words of a text, for the index.
#[derive(Debug, Clone, Default)]
pub(super) struct Segmenter;

impl Tokenizer for Segmenter {
    type TokenStream<'a> = Segmented;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Segmented {
        Segmented { words: segment::words(text).into_iter(), token: Token::default(), position: 0 }
    }
}

/// The words of one text.
pub(super) struct Segmented {
    words: std::vec::IntoIter<Word>,
    token: Token,
    position: usize,
}

impl TokenStream for Segmented {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else { return false };
        self.token = Token {
            offset_from: word.from,
            offset_to: word.to,
            position: self.position,
            text: word.term,
            position_length: 1,
        };
        self.position += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
