//! Lists of other documents in a row: the simple family's members, what the document cites, what cites it. What is no
//! number among them is left out: exports put remarks there.

use std::collections::BTreeSet;

use super::{
    cells::{Cells, count},
    document_number::DocumentNumber,
    field::Field,
    lists,
    reason::RowError,
};
use crate::catalogue::record::PatentRecord;

/// The most documents of one list; the longest lists of citations have some thousands, of which the rest is left out.
const LISTED_MAX: usize = 1_000;
/// The longest reference to literature, characters.
const REFERENCE_CHARS_MAX: usize = 1_000;

/// Puts the lists of a row into its record.
///
/// # Errors
/// A cell that does not read as text.
pub(super) fn listed(cells: &Cells<'_>, record: &mut PatentRecord) -> Result<(), RowError> {
    record.family = numbers(cells, Field::SimpleFamilyMembers)?;
    record.family.retain(|number| *number != record.facts.publication_number);
    record.cites = numbers(cells, Field::CitedPatents)?;
    record.cited_by = numbers(cells, Field::CitingPatents)?;
    record.literature = cells
        .texts(Field::CitedLiterature)?
        .iter()
        .flat_map(|text| lists::split(text, cells.list_separator()))
        .map(|piece| lists::one_line(piece).chars().take(REFERENCE_CHARS_MAX).collect())
        .take(LISTED_MAX)
        .collect();
    Ok(())
}

/// The documents of a field's cells, each once, in their order. Some exports put a count where others put the list.
fn numbers(cells: &Cells<'_>, field: Field) -> Result<Vec<String>, RowError> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for text in cells.texts(field)? {
        if count(&text).is_some() {
            continue;
        }
        for piece in lists::symbols(&text, cells.list_separator()) {
            let Ok(number) = DocumentNumber::parse(piece, None, None) else { continue };
            if found.len() < LISTED_MAX && seen.insert(number.full()) {
                found.push(number.full());
            }
        }
    }
    Ok(found)
}
