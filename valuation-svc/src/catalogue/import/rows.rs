//! All rows of a table whose layout is known.

use std::{collections::HashMap, ops::ControlFlow};

use super::{
    ReadFile,
    cells::{Cells, Reading},
    convert,
    dates::{DateOrder, OrderSeen},
    layout::Layout,
    limits::Limits,
    listed::listed,
    mapping::Mapping,
    problem::ImportProblem,
    reason::RowError,
    table::{Row, Table},
};
use crate::catalogue::{number, record::PatentRecord};

/// What the bytes of the file showed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    /// The encoding of the text; `XLSX` for a workbook.
    pub encoding: &'static str,
    /// Some bytes have no meaning in the encoding.
    pub lossy: bool,
    /// Whether the rows come from delimited text.
    pub delimited: bool,
}

/// Reads the rows below the header. Where days of a column can be read two ways, but others of the same column show
/// the order, the rows are read a second time with it.
///
/// # Errors
/// The table cannot be read, or has too many rows.
pub(super) fn read(
    table: &mut dyn Table,
    layout: &Layout,
    mapping: Option<&Mapping>,
    source: Source,
    limits: &Limits,
) -> Result<ReadFile, ImportProblem> {
    let mut reading = reading(layout, mapping, source, limits);
    let (file, seen) = read_once(table, layout, &reading, source, limits)?;
    if !learn(&mut reading, &seen) {
        return Ok(file);
    }
    read_once(table, layout, &reading, source, limits).map(|(file, _)| file)
}

/// The same, row by row, so that a million rows are never held together: once to count the rows and to see how days are
/// written, once to hand each on with the count. Documents that stand more than once are handed on as often.
///
/// # Errors
/// The table cannot be read, or has too many rows; nothing has been handed on then.
pub(super) fn stream(
    table: &mut dyn Table,
    layout: &Layout,
    mapping: Option<&Mapping>,
    source: Source,
    limits: &Limits,
    each: &mut EachRow<'_>,
) -> Result<(), ImportProblem> {
    let mut reading = reading(layout, mapping, source, limits);
    let (total, seen) = pass(table, layout, &reading, limits, &mut |_| ControlFlow::Continue(()))?;
    learn(&mut reading, &seen);
    pass(table, layout, &reading, limits, &mut |record| each(total, record)).map(|_| ())
}

/// Takes a row's record, or why it is refused, with the number of rows in all.
pub type EachRow<'a> = dyn FnMut(u64, Result<PatentRecord, RowError>) -> ControlFlow<()> + 'a;

fn reading(layout: &Layout, mapping: Option<&Mapping>, source: Source, limits: &Limits) -> Reading {
    let separator = mapping.and_then(|m| m.list_separator.clone());
    Reading {
        list_separator: separator.or_else(|| layout.format.list_separator().map(str::to_owned)),
        date_orders: vec![mapping.and_then(|m| m.date_order); limits.columns_max],
        lossy: source.lossy.then_some(source.encoding),
        strict_width: source.delimited,
    }
}

/// Takes over the orders of days that the rows showed; whether that helps.
fn learn(reading: &mut Reading, seen: &[OrderSeen]) -> bool {
    let shown: Vec<Option<DateOrder>> = seen.iter().map(|column| column.order()).collect();
    let helps = seen.iter().zip(&shown).any(|(column, order)| column.ambiguous && order.is_some());
    if helps {
        reading.date_orders = shown;
    }
    helps
}

fn read_once(
    table: &mut dyn Table,
    layout: &Layout,
    reading: &Reading,
    source: Source,
    limits: &Limits,
) -> Result<(ReadFile, Vec<OrderSeen>), ImportProblem> {
    let mut file = ReadFile {
        format: layout.format,
        encoding: source.encoding,
        header_line: layout.line,
        unread: layout.unread.clone(),
        read: 0,
        duplicates: 0,
        rows: Vec::new(),
    };
    let mut places: HashMap<String, usize> = HashMap::new();
    let (read, seen) = pass(table, layout, reading, limits, &mut |record| {
        keep(&mut file, &mut places, record);
        ControlFlow::Continue(())
    })?;
    file.read = read;
    Ok((file, seen))
}

/// Every row below the header once; how many there are, and what their days showed.
fn pass(
    table: &mut dyn Table,
    layout: &Layout,
    reading: &Reading,
    limits: &Limits,
    each: &mut dyn FnMut(Result<PatentRecord, RowError>) -> ControlFlow<()>,
) -> Result<(u64, Vec<OrderSeen>), ImportProblem> {
    let mut seen = vec![OrderSeen::default(); limits.columns_max];
    let mut read = 0;
    table.visit(&mut |row| {
        if row.line <= layout.line || row.is_blank() {
            return ControlFlow::Continue(());
        }
        if read >= limits.rows_max {
            read += 1;
            return ControlFlow::Break(());
        }
        let Some(record) = record(row, layout, reading, &mut seen).transpose() else {
            return ControlFlow::Continue(());
        };
        read += 1;
        each(record)
    })?;
    if read > limits.rows_max {
        return Err(ImportProblem::TooManyRows { rows_max: limits.rows_max });
    }
    Ok((read, seen))
}

/// The record of a row; `None` for a row that repeats the header.
fn record(
    row: &Row<'_>,
    layout: &Layout,
    reading: &Reading,
    seen: &mut [OrderSeen],
) -> Result<Option<PatentRecord>, RowError> {
    let cells = Cells::of(row, layout, reading)?;
    if cells.is_header() {
        return Ok(None);
    }
    let facts = convert::facts(&cells, seen)?;
    let mut record = PatentRecord::of(facts, layout.format.name());
    listed(&cells, &mut record)?;
    Ok(Some(record))
}

fn keep(file: &mut ReadFile, places: &mut HashMap<String, usize>, record: Result<PatentRecord, RowError>) {
    if let Ok(newer) = &record {
        let key = number::key(&newer.facts.publication_number);
        if let Some(slot) = places.get(&key).and_then(|place| file.rows.get_mut(*place)) {
            file.duplicates += 1;
            // What the later row does not say stays as the earlier one said it.
            let merged = slot.as_ref().ok().and_then(|older| older.updated_by(newer).ok());
            *slot = merged.map_or(record, Ok);
            return;
        }
        places.insert(key, file.rows.len());
    }
    file.rows.push(record);
}
