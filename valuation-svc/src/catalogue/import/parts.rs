//! Which part of a package holds which sheet of its workbook, found as the workbook's reader finds it, and how many sheets,
//! names and relationships it would hold: a few bytes of XML become a hundred in memory there.
//!
//! What the reader might take in another way than this module (one thing said twice) is refused, so that both see the same.

use std::{
    collections::{HashMap, HashSet},
    io::{Cursor, Read},
};

use quick_xml::{escape::unescape, events::BytesStart};
use zip::ZipArchive;

use super::{held::each_tag, problem::ImportProblem, sheets::found_as};

/// Sheets of a workbook, those without a table included.
const SHEETS_MAX: usize = 1_000;
/// Names that a workbook gives to ranges.
const NAMES_MAX: usize = 100_000;
/// Relationships that one part states.
const RELATIONS_MAX: usize = 100_000;
/// Length of a name in a package, bytes (APPNOTE 4.4.10). Each sheet copies the folder of the workbook.
const NAME_BYTES_MAX: usize = 65_535;

/// Places of parts in the package, by their names as the reader looks for them.
struct Index(HashMap<String, usize>);

impl Index {
    /// # Errors
    /// A name cannot be read, or two are one name to the reader (ISO/IEC 29500-2, 6.2.2.3 forbids it).
    fn of(archive: &ZipArchive<Cursor<&[u8]>>) -> Result<Self, ImportProblem> {
        let mut places = HashMap::new();
        for (place, name) in archive.file_names().enumerate() {
            let name = name.map_err(|_| ImportProblem::CorruptWorkbook)?;
            if places.insert(found_as(&name), place).is_some() {
                return Err(ImportProblem::CorruptWorkbook);
            }
        }
        Ok(Self(places))
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.0.get(&found_as(name)).copied()
    }
}

/// The place in the package of each sheet, in the workbook's order; `None` for a sheet that has no part.
///
/// # Errors
/// The package does not say where its workbook or its sheets are, or in two ways; two sheets are one part; there are too
/// many to hold.
pub(super) fn of_sheets(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
) -> Result<Vec<Option<usize>>, ImportProblem> {
    let index = Index::of(archive)?;
    let missing = ImportProblem::CorruptWorkbook;
    let target = workbook(part(archive, &index, "_rels/.rels")?.ok_or_else(|| missing.clone())?)?;
    let (folder, name) = target
        .rsplit_once('/')
        .map_or(("", target.as_str()), |(folder, name)| (folder.strip_prefix('/').unwrap_or(folder), name));
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let name = if name.is_empty() { "workbook.xml" } else { name };
    let targets = targets(part(archive, &index, &format!("{folder}_rels/{name}.rels"))?.ok_or(missing)?)?;
    let Some(book) = part(archive, &index, &format!("{folder}{name}"))? else { return Ok(Vec::new()) };
    let paths = paths(book, &folder, &targets)?;
    Ok(paths.iter().map(|path| index.place(path)).collect())
}

fn part<'a, 'b>(
    archive: &'a mut ZipArchive<Cursor<&'b [u8]>>,
    index: &Index,
    name: &str,
) -> Result<Option<impl Read + use<'a, 'b>>, ImportProblem> {
    let place = index.place(name);
    place.map(|place| archive.by_index(place).map_err(|_| ImportProblem::CorruptWorkbook)).transpose()
}

/// Where the package says that its workbook is.
fn workbook(part: impl Read) -> Result<String, ImportProblem> {
    let mut found = None;
    each_relation(part, &mut |tag| {
        let kind = stated(tag, |key| key == "Type")?;
        if kind.is_some_and(|kind| kind.ends_with("/relationships/officeDocument")) {
            let target = stated(tag, |key| key == "Target")?.ok_or(ImportProblem::CorruptWorkbook)?;
            let target = unescape(&target).map_err(|_| ImportProblem::CorruptWorkbook)?.into_owned();
            if target.len() > NAME_BYTES_MAX || found.replace(target).is_some() {
                return Err(ImportProblem::CorruptWorkbook);
            }
        }
        Ok(())
    })?;
    found.ok_or(ImportProblem::CorruptWorkbook)
}

/// The targets of a workbook's relationships by their ids.
fn targets(part: impl Read) -> Result<HashMap<String, String>, ImportProblem> {
    let mut targets = HashMap::new();
    each_relation(part, &mut |tag| {
        let target = stated(tag, |key| key == "Target")?.unwrap_or_default();
        if let Some(id) = stated(tag, |key| key == "Id")?
            && targets.insert(id, target).is_some()
        {
            return Err(ImportProblem::CorruptWorkbook);
        }
        Ok(())
    })?;
    Ok(targets)
}

/// Names of the parts of a workbook's sheets. Two sheets in one part are written by no program: they make few bytes many
/// sheets.
fn paths(
    book: impl Read,
    folder: &str,
    targets: &HashMap<String, String>,
) -> Result<Vec<String>, ImportProblem> {
    let (mut paths, mut seen, mut names) = (Vec::new(), HashSet::new(), 0);
    each_tag(book, &mut |tag| {
        match tag.local_name().as_ref() {
            "sheet" => {
                let id = stated(tag, |key| key == "id" || key.ends_with(":id"))?.unwrap_or_default();
                let target = targets.get(&id).ok_or(ImportProblem::CorruptWorkbook)?;
                let path =
                    target.strip_prefix('/').map_or_else(|| format!("{folder}{target}"), str::to_owned);
                if !seen.insert(found_as(&path)) {
                    return Err(ImportProblem::CorruptWorkbook);
                }
                paths.push(path);
            }
            "definedName" => names += 1,
            _ => {}
        }
        bearable(paths.len() <= SHEETS_MAX && names <= NAMES_MAX)
    })?;
    Ok(paths)
}

fn each_relation(
    part: impl Read,
    each: &mut dyn FnMut(&BytesStart<'_>) -> Result<(), ImportProblem>,
) -> Result<(), ImportProblem> {
    let mut relations = 0;
    each_tag(part, &mut |tag| {
        if tag.local_name().as_ref() != "Relationship" {
            return Ok(());
        }
        relations += 1;
        bearable(relations <= RELATIONS_MAX)?;
        each(tag)
    })?;
    Ok(())
}

fn bearable(is_it: bool) -> Result<(), ImportProblem> {
    if is_it { Ok(()) } else { Err(ImportProblem::WorkbookTooLarge) }
}

/// What a tag states under such a key, as it is written.
///
/// # Errors
/// It states it twice, or is damaged.
fn stated(tag: &BytesStart<'_>, is_key: impl Fn(&str) -> bool) -> Result<Option<String>, ImportProblem> {
    let mut found = None;
    // The parser's own search for repeated keys takes the square of their number.
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| ImportProblem::CorruptWorkbook)?;
        if is_key(attribute.key.as_ref()) && found.replace(attribute.value.into_owned()).is_some() {
            return Err(ImportProblem::CorruptWorkbook);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAMAGED: ImportProblem = ImportProblem::CorruptWorkbook;
    const TOO_LARGE: ImportProblem = ImportProblem::WorkbookTooLarge;

    #[test]
    fn no_more_relationships_are_held_than_a_hundred_thousand() {
        let judge = |count: usize| {
            let relation = "<Relationship Type=\"x/image\" Target=\"a.png\"/>".repeat(count);
            targets(format!("<Relationships>{relation}</Relationships>").as_bytes()).map(|all| all.len())
        };
        assert_eq!(judge(RELATIONS_MAX), Ok(0));
        assert_eq!(judge(RELATIONS_MAX + 1), Err(TOO_LARGE));
    }

    /// The paths of sheets of a workbook in `xl/`, of which the relationships are numbered.
    fn judged(inner: &str) -> Result<Vec<String>, ImportProblem> {
        let targets = (0..2_000).map(|id| (id.to_string(), format!("worksheets/sheet{id}.xml"))).collect();
        paths(format!("<workbook>{inner}</workbook>").as_bytes(), "xl/", &targets)
    }

    #[test]
    fn no_more_sheets_are_held_than_a_thousand_and_no_more_names_than_a_hundred_thousand() {
        let sheets = |count: usize| -> String {
            (0..count).map(|id| format!("<sheet name=\"{id}\" r:id=\"{id}\"/>")).collect()
        };
        assert_eq!(judged(&sheets(SHEETS_MAX)).map(|paths| paths.len()), Ok(SHEETS_MAX));
        assert_eq!(judged(&sheets(SHEETS_MAX + 1)), Err(TOO_LARGE));
        let names = |count: usize| "<definedName name=\"a\"/>".repeat(count);
        assert_eq!(judged(&names(NAMES_MAX)), Ok(Vec::new()));
        assert_eq!(judged(&names(NAMES_MAX + 1)), Err(TOO_LARGE));
    }

    #[test]
    fn each_sheet_is_one_part_that_is_said_once() {
        let one = Ok(vec!["xl/worksheets/sheet1.xml".to_owned()]);
        assert_eq!(judged("<sheets><sheet name=\"a\" sheetId=\"9\" r:id=\"1\"/></sheets>"), one);
        for sheets in [
            "<sheet r:id=\"1\"/><sheet name=\"b\" r:id=\"1\"/>",
            "<sheet r:id=\"1\" id=\"2\"/>",
            "<sheet r:id=\"5000\"/>",
            "<sheet name=\"a\"/>",
        ] {
            assert_eq!(judged(sheets), Err(DAMAGED), "{sheets}");
        }
        // The reader takes one part for another's name in any case.
        let targets = [("1", "worksheets/a.xml"), ("2", "/XL/Worksheets\\A.xml")];
        let targets = targets.map(|(id, target)| (id.to_owned(), target.to_owned())).into();
        let twice = b"<workbook><sheet r:id=\"1\"/><sheet r:id=\"2\"/></workbook>";
        assert_eq!(paths(&twice[..], "xl/", &targets), Err(DAMAGED));
    }

    #[test]
    fn a_package_says_once_where_its_workbook_is() {
        let office = |target: &str| {
            format!("<Relationship Type=\"x/relationships/officeDocument\" Target=\"{target}\"/>")
        };
        let judge = |inner: &str| workbook(format!("<Relationships>{inner}</Relationships>").as_bytes());
        assert_eq!(judge(&office("xl/a&amp;b.xml")), Ok("xl/a&b.xml".to_owned()));
        assert_eq!(judge(&office("xl/a.xml").repeat(2)), Err(DAMAGED));
        assert_eq!(judge(&office(&"a".repeat(NAME_BYTES_MAX + 1))), Err(DAMAGED));
        assert_eq!(judge(""), Err(DAMAGED));
    }
}
