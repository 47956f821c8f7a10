//! A PDF document, block by block from the top.

use chrono::NaiveDate;

use crate::{Fonts, PaperError, Picture, Table, layout, print};

/// The language that a document is written in: it names pages, stamps and dates, and is told to screen readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// 简体中文
    Chinese,
    /// English
    English,
}

impl Language {
    /// The language tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// One of two texts.
    #[must_use]
    pub const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Chinese => zh,
            Self::English => en,
        }
    }

    pub(crate) fn page_of(self, page: usize, pages: usize) -> String {
        match self {
            Self::Chinese => format!("第 {page} 页 / 共 {pages} 页"),
            Self::English => format!("Page {page} of {pages}"),
        }
    }
}

/// A part of a document.
#[derive(Debug, Clone)]
pub(crate) enum Block {
    Heading(String),
    Paragraph(String),
    Grid(Vec<(String, String)>),
    Table(Table),
    Picture(Picture),
    Signatures(Vec<(String, String)>),
    Verification(String, Option<String>),
}

/// A document on A4 in the making.
#[derive(Debug, Clone)]
pub struct Paper {
    pub(crate) language: Language,
    pub(crate) title: String,
    pub(crate) subtitle: Option<String>,
    pub(crate) dated: NaiveDate,
    pub(crate) head: (String, String),
    pub(crate) foot: String,
    pub(crate) blocks: Vec<Block>,
}

impl Paper {
    /// A document with a title, made on a day.
    #[must_use]
    pub fn new(language: Language, title: impl Into<String>, dated: NaiveDate) -> Self {
        Self {
            language,
            title: title.into(),
            subtitle: None,
            dated,
            head: (String::new(), String::new()),
            foot: String::new(),
            blocks: Vec::new(),
        }
    }

    /// A line below the title: the period, the number.
    #[must_use]
    pub fn subtitle(mut self, text: impl Into<String>) -> Self {
        self.subtitle = Some(text.into());
        self
    }

    /// What stands at the top of every page, on the left (who issues it) and on the right (its number); each is
    /// cut where half a line ends.
    #[must_use]
    pub fn head(mut self, left: impl Into<String>, right: impl Into<String>) -> Self {
        self.head = (left.into(), right.into());
        self
    }

    /// What stands at the bottom of every page, left of the page number.
    #[must_use]
    pub fn foot(mut self, text: impl Into<String>) -> Self {
        self.foot = text.into();
        self
    }

    /// A heading within the document.
    #[must_use]
    pub fn heading(self, text: impl Into<String>) -> Self {
        self.with(Block::Heading(text.into()))
    }

    /// A paragraph; line feeds hold.
    #[must_use]
    pub fn paragraph(self, text: impl Into<String>) -> Self {
        self.with(Block::Paragraph(text.into()))
    }

    /// Names with their values, two to a line.
    #[must_use]
    pub fn grid<N: Into<String>, V: Into<String>>(self, pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        self.with(Block::Grid(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect()))
    }

    /// A table. It breaks over pages and repeats its head.
    #[must_use]
    pub fn table(self, table: Table) -> Self {
        self.with(Block::Table(table))
    }

    /// A picture; it does not break over pages.
    #[must_use]
    pub fn picture(self, picture: Picture) -> Self {
        self.with(Block::Picture(picture))
    }

    /// Who signs, each with the role and the name; room for seal, signature and date.
    #[must_use]
    pub fn signatures<R: Into<String>, N: Into<String>>(
        self,
        parties: impl IntoIterator<Item = (R, N)>,
    ) -> Self {
        self.with(Block::Signatures(
            parties.into_iter().map(|(role, name)| (role.into(), name.into())).collect(),
        ))
    }

    /// How the reader can verify that the document is the issuer's: a code and where to enter it.
    #[must_use]
    pub fn verification(self, text: impl Into<String>) -> Self {
        self.with(Block::Verification(text.into(), None))
    }

    /// The same with the address at which it is verified: in words, and as a QR code that a telephone reads.
    #[must_use]
    pub fn verification_at(self, text: impl Into<String>, address: impl Into<String>) -> Self {
        self.with(Block::Verification(text.into(), Some(address.into())))
    }

    fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// The document as a PDF, set in the fonts of this machine.
    ///
    /// # Errors
    /// [`PaperError::NoChineseFont`] where there is none; a font that does not read; a sum out of range.
    pub fn bytes(&self) -> Result<Vec<u8>, PaperError> {
        self.bytes_in(Fonts::installed()?)
    }

    /// The document as a PDF, set in these fonts.
    ///
    /// # Errors
    /// A font that does not read; a sum out of range.
    pub fn bytes_in(&self, fonts: &Fonts) -> Result<Vec<u8>, PaperError> {
        let loaded = fonts.load()?;
        let pages = layout::pages(self, &loaded)?;
        print::pdf(self, &pages, &loaded)
    }
}
