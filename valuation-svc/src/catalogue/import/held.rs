//! The parts of a package that the workbook's reader holds whole, looked at before it does: the texts that cells share, and
//! the styles. A few bytes there become many in memory: an empty text is five bytes of XML and a value of its own, a style
//! copies the fonts and formats that it names, and room is made for as many texts as the part says it has.
//!
//! They are parsed by the reader's own parser, so that what passes here is what it sees. What cannot be parsed is left to it.

use std::io::{BufReader, Read};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{limits::Limits, problem::ImportProblem};

/// What a style takes in memory beside the texts that it copies, bytes.
const STYLE_BYTES: u64 = 256;

/// What a part of a package is to the reader that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// The texts that cells share.
    Texts,
    /// How cells look, and by that which numbers are days.
    Styles,
}

impl Held {
    /// What the part of this name is; `None` for one that is never held whole. The reader finds parts by their names in
    /// any case.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        if name.ends_with("sharedstrings.xml") {
            Some(Self::Texts)
        } else if name.ends_with("styles.xml") {
            Some(Self::Styles)
        } else {
            None
        }
    }

    /// Checks that the part takes bearable room.
    ///
    /// # Errors
    /// It does not, or it says in a way that is no number how many texts it has.
    pub(super) fn check(self, part: impl Read, limits: &Limits) -> Result<(), ImportProblem> {
        match self {
            Self::Texts => texts(part, limits),
            Self::Styles => styles(part, limits),
        }
    }
}

fn texts(part: impl Read, limits: &Limits) -> Result<(), ImportProblem> {
    let (mut said, mut there): (u64, u64) = (0, 0);
    each_tag(part, &mut |tag| {
        match tag.local_name().as_ref() {
            "sst" => said = said.max(declared(tag)?),
            "si" => there += 1,
            _ => {}
        }
        bearable(said.max(there), limits.workbook_texts_max)
    })?;
    Ok(())
}

/// How many texts a part says it has; 0 where it does not say.
fn declared(tag: &BytesStart<'_>) -> Result<u64, ImportProblem> {
    let stated = tag.try_get_attribute("uniqueCount").map_err(|_| ImportProblem::CorruptWorkbook)?;
    stated.map_or(Ok(0), |count| count.value.trim().parse().map_err(|_| ImportProblem::CorruptWorkbook))
}

fn styles(part: impl Read, limits: &Limits) -> Result<(), ImportProblem> {
    let (mut tags, mut longest): (u64, u64) = (0, 0);
    each_tag(part, &mut |tag| {
        tags += 1;
        longest = longest.max(tag.attributes_raw().len() as u64);
        bearable(tags.saturating_mul(longest + STYLE_BYTES), limits.workbook_bytes_max)
    })?;
    Ok(())
}

fn bearable(amount: u64, most: u64) -> Result<(), ImportProblem> {
    if amount > most { Err(ImportProblem::WorkbookTooLarge) } else { Ok(()) }
}

/// Every element of a part, until it ends or cannot be parsed; whether it could be parsed to its end.
pub(super) fn each_tag(
    part: impl Read,
    each: &mut dyn FnMut(&BytesStart<'_>) -> Result<(), ImportProblem>,
) -> Result<bool, ImportProblem> {
    let mut xml = Reader::from_reader(BufReader::new(part));
    let config = xml.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => each(&tag)?,
            Ok(Event::Eof) => return Ok(true),
            Err(_) => return Ok(false),
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: fn() -> Limits =
        || Limits { workbook_texts_max: 3, workbook_bytes_max: 10_000, ..Limits::default() };

    #[test]
    fn texts_are_bearable_by_how_many_there_are_and_by_how_many_are_said_to_be() {
        let judge = |xml: &str| Held::Texts.check(xml.as_bytes(), &LIMITS());
        assert_eq!(judge("<sst uniqueCount='3'><si><t>a</t></si><si/><x:si/></sst>"), Ok(()));
        let too_large = Err(ImportProblem::WorkbookTooLarge);
        assert_eq!(judge("<sst><si/><si/><si/><si/></sst>"), too_large);
        assert_eq!(judge("<sst count=\"1\" uniqueCount = \"4\"></sst>"), too_large);
        assert_eq!(judge("<sst uniqueCount=\"18446744073709551615\"/>"), too_large);
        let damaged = Err(ImportProblem::CorruptWorkbook);
        assert_eq!(judge("<sst uniqueCount=\"18446744073709551616\"/>"), damaged);
        assert_eq!(judge("<sst uniqueCount=\"many\"/>"), damaged);
        assert_eq!(judge("<sst uniqueCount=\"1\"><si><t>a</"), Ok(()), "left to the reader");
    }

    #[test]
    fn styles_are_bearable_by_how_many_copy_how_much() {
        let judge = |formats: usize, name: usize| {
            let font = format!("<font><name val=\"{}\"/></font>", "a".repeat(name));
            let xml = format!("<styleSheet>{font}{}</styleSheet>", "<xf fontId='0'/>".repeat(formats));
            Held::Styles.check(xml.as_bytes(), &LIMITS())
        };
        assert_eq!(judge(10, 100), Ok(()));
        assert_eq!(judge(40, 1), Err(ImportProblem::WorkbookTooLarge));
        assert_eq!(judge(10, 1_000), Err(ImportProblem::WorkbookTooLarge));
    }

    #[test]
    fn only_what_is_held_whole_is_looked_at() {
        assert_eq!(Held::of_name("XL/SharedStrings.XML"), Some(Held::Texts));
        assert_eq!(Held::of_name("xl\\styles.xml"), Some(Held::Styles));
        assert_eq!(Held::of_name("xl/worksheets/sheet1.xml"), None);
    }
}
