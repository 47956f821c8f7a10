//! All rows of a table whose layout is known.

use std::{collections::HashMap, ops::ControlFlow};

use super::{
    ReadFile,
    cells::{Cells, Reading},
    convert,
    dates::{DateOrder, OrderSeen},
    layout::Layout,
    limits::Limits,
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
    let separator = mapping.and_then(|m| m.list_separator.clone());
    let mut reading = Reading {
        list_separator: separator.or_else(|| layout.format.list_separator().map(str::to_owned)),
        date_orders: vec![mapping.and_then(|m| m.date_order); limits.columns_max],
        lossy: source.lossy.then_some(source.encoding),
        strict_width: source.delimited,
    };
    let (file, seen) = read_once(table, layout, &reading, source, limits)?;
    let shown: Vec<Option<DateOrder>> = seen.iter().map(|column| column.order()).collect();
    let helps = seen.iter().zip(&shown).any(|(column, order)| column.ambiguous && order.is_some());
    if !helps {
        return Ok(file);
    }
    reading.date_orders = shown;
    read_once(table, layout, &reading, source, limits).map(|(file, _)| file)
}

fn read_once(
    table: &mut dyn Table,
    layout: &Layout,
    reading: &Reading,
    source: Source,
    limits: &Limits,
) -> Result<(ReadFile, Vec<OrderSeen>), ImportProblem> {
    let mut seen = vec![OrderSeen::default(); limits.columns_max];
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
    table.visit(&mut |row| {
        if row.line <= layout.line || row.is_blank() {
            return ControlFlow::Continue(());
        }
        if file.read >= limits.rows_max {
            file.read += 1;
            return ControlFlow::Break(());
        }
        let Some(record) = record(row, layout, reading, &mut seen).transpose() else {
            return ControlFlow::Continue(());
        };
        file.read += 1;
        keep(&mut file, &mut places, record);
        ControlFlow::Continue(())
    })?;
    if file.read > limits.rows_max {
        return Err(ImportProblem::TooManyRows { rows_max: limits.rows_max });
    }
    Ok((file, seen))
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
    Ok(Some(PatentRecord::of(facts, layout.format.name())))
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
