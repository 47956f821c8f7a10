//! Which column holds what: the header row, found among the first rows, and the export it belongs to.

use std::ops::ControlFlow;

use super::{
    field::{FIELDS, Field, header_key},
    format::Format,
    mapping::Mapping,
    problem::ImportProblem,
    reason::Reason,
    table::{Row, Table},
};

/// One column that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    /// Its place, counted from zero.
    pub index: usize,
    pub field: Field,
    /// The header as the file writes it.
    pub header: String,
    rank: usize,
}

/// The columns of a table and where its rows begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// The line of the header.
    pub line: u64,
    /// Cells of the header.
    pub width: usize,
    /// The columns that are read, best first within a field.
    pub columns: Vec<Column>,
    /// Places in `columns` by field.
    places: Vec<Vec<usize>>,
    /// Headers that are not read.
    pub unread: Vec<String>,
    /// The export.
    pub format: Format,
    /// Why no file with this header is read.
    flaw: Option<ImportProblem>,
}

impl Layout {
    /// The rows below the header may be read.
    ///
    /// # Errors
    /// Two columns that are read have one name, or a name is damaged.
    pub(super) fn sound(&self) -> Result<(), ImportProblem> {
        self.flaw.clone().map_or(Ok(()), Err)
    }

    /// The columns of a field, best first.
    pub(super) fn of(&self, field: Field) -> impl Iterator<Item = &Column> {
        self.places.get(field as usize).into_iter().flatten().filter_map(|at| self.columns.get(*at))
    }

    /// How many different fields it knows: the more, the surer.
    pub(super) fn fields(&self) -> usize {
        self.places.iter().filter(|columns| !columns.is_empty()).count()
    }

    fn is_usable(&self) -> bool {
        let has = |field| self.of(field).next().is_some();
        has(Field::Title) && (has(Field::PublicationNumber) || has(Field::GrantNumber))
    }

    fn build(line: u64, headers: &[String], mapping: Option<&Mapping>) -> Self {
        let keys: Vec<String> = headers.iter().map(|header| header_key(header)).collect();
        let mut columns = Vec::new();
        let mut unread = Vec::new();
        for (index, (header, key)) in headers.iter().zip(&keys).enumerate() {
            let stated = mapping.map(|m| stated_fields(m, key)).unwrap_or_default();
            let known = Field::of_header(key)
                .filter(|(field, _)| mapping.is_none_or(|m| !m.columns.contains_key(field)))
                .filter(|_| stated.is_empty());
            if stated.is_empty() && known.is_none() && !key.is_empty() {
                unread.push(header.clone());
            }
            let chosen = stated.into_iter().map(|field| (field, 0)).chain(known);
            columns.extend(chosen.map(|(field, rank)| Column { index, field, header: header.clone(), rank }));
        }
        columns.sort_by_key(|column| (column.rank, column.index));
        let mut places = vec![Vec::new(); FIELDS];
        for (at, column) in columns.iter().enumerate() {
            if let Some(place) = places.get_mut(column.field as usize) {
                place.push(at);
            }
        }
        let format = Format::of_headers(&keys);
        let flaw = flaw(headers, &keys, &columns);
        Self { line, width: headers.len(), columns, places, unread, format, flaw }
    }

    /// The first header of the mapping that the row does not have.
    fn missing(&self, mapping: &Mapping) -> Option<String> {
        mapping
            .columns
            .iter()
            .find(|(field, _)| self.of(**field).next().is_none())
            .map(|(_, header)| header.clone())
    }
}

/// What makes a header doubtful: a name with a character that no name has, or one name on two columns that are read.
fn flaw(headers: &[String], keys: &[String], columns: &[Column]) -> Option<ImportProblem> {
    if let Some(problem) = damaged(headers) {
        return Some(problem);
    }
    let read = |at: usize| columns.iter().any(|column| column.index == at);
    let twice = |at: usize| keys.iter().take(at).any(|before| Some(before) == keys.get(at));
    let repeated = (0..keys.len()).find(|at| read(*at) && twice(*at))?;
    Some(ImportProblem::RepeatedColumn { header: headers.get(repeated)?.clone() })
}

/// The first name that holds U+0000.
pub(super) fn damaged(headers: &[String]) -> Option<ImportProblem> {
    let header = headers.iter().find(|header| header.contains('\0'))?;
    Some(ImportProblem::DamagedHeader { header: header.clone() })
}

fn stated_fields(mapping: &Mapping, key: &str) -> Vec<Field> {
    let same = |header: &String| !key.is_empty() && header_key(header) == key;
    mapping.columns.iter().filter(|(_, header)| same(header)).map(|(field, _)| *field).collect()
}

/// Finds the header among the first rows: the row that names most fields, publication number and title among
/// them. Rows above it are titles, dates and search terms of the export.
///
/// # Errors
/// No row is one; the table cannot be read.
pub(super) fn find(
    table: &mut dyn Table,
    mapping: Option<&Mapping>,
    rows_max: usize,
) -> Result<Layout, ImportProblem> {
    let mut best: Option<Layout> = None;
    let mut likest: Vec<String> = Vec::new();
    let mut likest_fields = 0;
    let mut missing: Option<(String, Vec<String>, usize)> = None;
    let mut rows_seen = 0;
    let mut too_wide = None;
    table.visit(&mut |row| {
        if row.is_blank() {
            return ControlFlow::Continue(());
        }
        rows_seen += 1;
        if rows_seen > rows_max {
            return ControlFlow::Break(());
        }
        if let Some(Reason::TooWide { columns_max, .. }) = row.broken {
            too_wide.get_or_insert(columns_max);
        }
        let headers = headers(row);
        let layout = Layout { width: row.cells.len(), ..Layout::build(row.line, &headers, mapping) };
        let fields = layout.fields();
        if fields > likest_fields || (fields == likest_fields && headers.len() > likest.len()) {
            (likest, likest_fields) = (headers.clone(), fields);
        }
        if !layout.is_usable() {
            return ControlFlow::Continue(());
        }
        if let Some(header) = mapping.and_then(|m| layout.missing(m)) {
            if missing.as_ref().is_none_or(|(_, _, most)| fields > *most) {
                missing = Some((header, headers, fields));
            }
        } else if best.as_ref().is_none_or(|found| fields > found.fields()) {
            best = Some(layout);
        }
        ControlFlow::Continue(())
    })?;
    if let Some(layout) = best {
        return Ok(layout);
    }
    if let Some(columns_max) = too_wide {
        return Err(ImportProblem::TooManyColumns { columns_max });
    }
    if rows_seen == 0 {
        return Err(ImportProblem::Empty);
    }
    let seen: Vec<String> = likest.into_iter().filter(|header| !header.is_empty()).collect();
    let mapped = mapping.filter(|m| m.is_complete()).and_then(|m| {
        let has = |header: &&String| seen.iter().any(|s| header_key(s) == header_key(header));
        m.columns.values().find(|header| !has(header)).cloned()
    });
    Err(match (missing, mapped) {
        (Some((header, seen, _)), _) => ImportProblem::MappedHeaderMissing { header, seen },
        (None, Some(header)) => ImportProblem::MappedHeaderMissing { header, seen },
        (None, None) => ImportProblem::UnrecognisedHeaders { seen },
    })
}

fn headers(row: &Row<'_>) -> Vec<String> {
    let mut headers: Vec<String> =
        row.cells.iter().map(|cell| cell.text().chars().take(200).collect()).collect();
    while headers.last().is_some_and(String::is_empty) {
        headers.pop();
    }
    headers
}
