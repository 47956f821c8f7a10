//! Rows as SQLite takes them: prepared statements of a few fixed sizes.

use std::{ops::Range, sync::Arc};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use sqlx::{Arguments, error::BoxDynError, sqlite::SqliteArguments};
use uuid::Uuid;

use super::{Rows, each};
use crate::Fault;

/// SQLite binds at most this many values in a statement (`SQLITE_MAX_VARIABLE_NUMBER`).
const VALUES_MAX: usize = 32_766;
/// Rows in one statement. More would save little time and hold more memory in prepared statements.
const ROWS_MAX: usize = 256;

/// The most rows of this shape in one statement: a power of two.
fn rows_max(columns: usize) -> usize {
    let most = (VALUES_MAX / columns.max(1)).clamp(1, ROWS_MAX);
    1 << most.ilog2()
}

/// Some of the rows, and the size of the statement that takes them: where it is larger, it is filled up with empty rows.
pub(crate) type Cut = (Range<usize>, usize);

/// Cuts rows for inserting into statements whose sizes are powers of two: at most two besides the full ones, and little
/// of them empty. Empty rows are told by their first column; where a row has nothing there itself, none is filled up.
pub(crate) fn cuts(rows: &Rows) -> Vec<Cut> {
    let most = rows_max(rows.columns.len());
    let told =
        rows.columns.first().is_some_and(|(_, values)| each!(values, all => all.iter().all(Option::is_some)));
    let mut cuts = Vec::new();
    let mut from = 0;
    while from < rows.len {
        let left = rows.len - from;
        let (below, above) = (most.min(1 << left.ilog2()), left.next_power_of_two());
        let is_last =
            told && above <= most && (above - left <= left / 8 || !cuts.is_empty() && from % most > 0);
        let size = if is_last { above } else { below };
        cuts.push((from..from + size.min(left), size));
        from += size.min(left);
    }
    cuts
}

/// Cuts rows for joining into statements of the largest size, the last one filled up to a power of two.
pub(crate) fn slices(rows: &Rows) -> Vec<Cut> {
    let most = rows_max(rows.columns.len());
    (0..rows.len)
        .step_by(most)
        .map(|from| {
            let until = rows.len.min(from + most);
            (from..until, (until - from).next_power_of_two())
        })
        .collect()
}

fn places(columns: usize, size: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; size].join(", ")
}

/// The statement of a size that inserts rows, `filled` of them.
pub(crate) fn insert(rows: &Rows, size: usize, filled: usize) -> String {
    let (table, names) = (rows.name, rows.column_names());
    let values = places(rows.columns.len(), size);
    if filled == size {
        format!("INSERT INTO \"{table}\" ({names}) VALUES {values}")
    } else {
        format!("INSERT INTO \"{table}\" ({names}) SELECT * FROM (VALUES {values}) WHERE column1 IS NOT NULL")
    }
}

/// `size` rows as something to select from, under their name.
pub(crate) fn source(rows: &Rows, size: usize) -> String {
    let named: Vec<String> =
        rows.columns.iter().zip(1..).map(|((name, _), n)| format!("column{n} AS \"{name}\"")).collect();
    let values = places(rows.columns.len(), size);
    format!("(SELECT {} FROM (VALUES {values})) AS {}", named.join(", "), rows.name)
}

/// Binds some of the rows, taking their texts, and after them as many empty rows as fill up to `size`.
pub(crate) fn bind(rows: &mut Rows, range: Range<usize>, size: usize) -> Result<SqliteArguments, Fault> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(size * rows.columns.len(), 0);
    let mut written: Vec<Written> = rows.columns.iter().map(|_| Written::default()).collect();
    let filled = range.len();
    let fill = || -> Result<(), BoxDynError> {
        for row in range {
            for ((_, values), written) in rows.columns.iter_mut().zip(&mut written) {
                each!(values, all => match all.get_mut(row).and_then(Option::take) {
                    None => arguments.add(None::<i64>)?,
                    Some(one) => one.bind(&mut arguments, written)?,
                });
            }
        }
        for _ in 0..(size - filled) * rows.columns.len() {
            arguments.add(None::<i64>)?;
        }
        Ok(())
    };
    fill().map_err(|error| Fault::Other(error.to_string()))?;
    Ok(arguments)
}

/// The last day and instant of a column as text: the rows of one transaction mostly share them, and writing one out
/// takes longer than storing it.
#[derive(Default)]
struct Written {
    date: Option<(NaiveDate, Arc<str>)>,
    stamp: Option<(DateTime<Utc>, Arc<str>)>,
}

trait Place {
    fn bind(self, arguments: &mut SqliteArguments, written: &mut Written) -> Result<(), BoxDynError>;
}

/// Values that need no writing out.
macro_rules! plain {
    ($($kind:ty),+) => {$(
        impl Place for $kind {
            fn bind(self, arguments: &mut SqliteArguments, _: &mut Written) -> Result<(), BoxDynError> {
                arguments.add(self)
            }
        }
    )+};
}
plain!(Uuid, String, i64, i32, bool);

/// What was written out last, where it is the same again.
fn kept<T: PartialEq + Copy>(
    last: &mut Option<(T, Arc<str>)>,
    value: T,
    write: impl FnOnce(T) -> String,
) -> Arc<str> {
    match last {
        Some((same, text)) if *same == value => Arc::clone(text),
        _ => {
            let text: Arc<str> = write(value).into();
            *last = Some((value, Arc::clone(&text)));
            text
        }
    }
}

impl Place for NaiveDate {
    fn bind(self, arguments: &mut SqliteArguments, written: &mut Written) -> Result<(), BoxDynError> {
        arguments.add(kept(&mut written.date, self, |day| day.format("%F").to_string()))
    }
}

impl Place for DateTime<Utc> {
    fn bind(self, arguments: &mut SqliteArguments, written: &mut Written) -> Result<(), BoxDynError> {
        // As the driver writes it, so that a row looks the same whichever way it came.
        let write = |at: Self| at.to_rfc3339_opts(SecondsFormat::AutoSi, false);
        arguments.add(kept(&mut written.stamp, self, write))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bulk::Values;

    fn rows(len: usize) -> Rows {
        let numbers = Values::Number((0..len).map(|n| i64::try_from(n).ok()).collect());
        Rows::named("t", vec![("id", numbers.clone()), ("key", numbers)]).unwrap()
    }

    fn covered(cuts: Vec<Cut>) -> Vec<usize> {
        cuts.into_iter().flat_map(|(range, _)| range).collect()
    }

    #[test]
    fn statements_have_few_sizes_and_cover_every_row_once() {
        for len in 0..1_100 {
            let rows = rows(len);
            let every: Vec<usize> = (0..len).collect();
            for cuts in [cuts(&rows), slices(&rows)] {
                assert!(cuts.iter().all(|(range, size)| {
                    size.is_power_of_two() && range.len() <= *size && *size <= ROWS_MAX
                }));
                assert!(cuts.len() <= len / ROWS_MAX + 2, "{len}: {cuts:?}");
                assert_eq!(covered(cuts), every);
            }
        }
        assert_eq!(cuts(&rows(250)), [(0..250, 256)]);
        assert_eq!(cuts(&rows(130)), [(0..128, 128), (128..130, 2)]);
        assert_eq!(cuts(&rows(200)), [(0..128, 128), (128..200, 128)]);
    }

    #[test]
    fn a_row_with_nothing_in_its_first_column_is_never_taken_for_an_empty_one() {
        let numbers = Values::Number(vec![Some(1), None, Some(3), Some(4), Some(5), Some(6), Some(7)]);
        let rows = Rows::named("t", vec![("id", numbers)]).unwrap();
        assert_eq!(cuts(&rows), [(0..4, 4), (4..6, 2), (6..7, 1)]);
    }

    #[test]
    fn wide_rows_stay_below_what_a_statement_binds() {
        assert_eq!(rows_max(2), 256);
        assert_eq!(rows_max(200), 128);
        assert_eq!(rows_max(40_000), 1);
    }

    #[test]
    fn the_texts_are_those_that_sqlite_reads() {
        let rows = rows(3);
        assert_eq!(insert(&rows, 2, 2), "INSERT INTO \"t\" (\"id\", \"key\") VALUES (?, ?), (?, ?)");
        assert_eq!(
            insert(&rows, 2, 1),
            "INSERT INTO \"t\" (\"id\", \"key\") SELECT * FROM (VALUES (?, ?), (?, ?)) WHERE column1 IS NOT NULL"
        );
        assert_eq!(
            source(&rows, 1),
            "(SELECT column1 AS \"id\", column2 AS \"key\" FROM (VALUES (?, ?))) AS t"
        );
        assert_eq!(bind(&mut rows.clone(), 0..3, 4).unwrap().len(), 8);
    }
}
