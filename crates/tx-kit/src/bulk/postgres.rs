//! Rows as PostgreSQL takes them: an array for each column, unnested on the server, or a binary `COPY`.
//!
//! Unnesting costs the server about as much for each value as storing it, so many rows are copied instead; a copy in
//! turn costs two more turns between client and server, so few rows are not.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Arguments, postgres::PgArguments};
use uuid::Uuid;

use super::{Rows, Values, each};
use crate::Fault;

/// From this many values on (rows × columns) a table's rows are copied. A copy's two turns cost about as much as
/// unnesting 600 values.
const COPY_VALUES_MIN: usize = 600;

/// Whether rows are many enough to be copied.
pub(crate) fn is_copied(rows: &Rows) -> bool {
    rows.len * rows.columns.len() >= COPY_VALUES_MIN
}

const fn array_type(values: &Values) -> &'static str {
    match values {
        Values::Uuid(_) => "uuid[]",
        Values::Text(_) => "text[]",
        Values::Number(_) => "int8[]",
        Values::Small(_) => "int4[]",
        Values::Flag(_) => "bool[]",
        Values::Date(_) => "date[]",
        Values::Stamp(_) => "timestamptz[]",
    }
}

/// `unnest($1::uuid[], $2::text[])`, counting parameters from the one after `before`.
fn unnest(rows: &Rows, before: usize) -> String {
    let arrays: Vec<String> = rows
        .columns
        .iter()
        .zip(before + 1..)
        .map(|((_, values), number)| format!("${number}::{}", array_type(values)))
        .collect();
    format!("unnest({})", arrays.join(", "))
}

/// The rows as something to select from, under their name.
pub(crate) fn source(rows: &Rows) -> String {
    format!("{} AS {}({})", unnest(rows, 0), rows.name, rows.column_names())
}

/// One statement that inserts into several tables, in their order as far as anyone can see: keys between them are
/// looked at when all of it is done.
pub(crate) fn insert(tables: &[Rows]) -> String {
    let mut before = 0;
    let mut inserts: Vec<String> = tables
        .iter()
        .map(|rows| {
            let names = rows.column_names();
            let text =
                format!("INSERT INTO \"{}\" ({names}) SELECT * FROM {}", rows.name, unnest(rows, before));
            before += rows.columns.len();
            text
        })
        .collect();
    let last = inserts.pop().unwrap_or_default();
    if inserts.is_empty() {
        return last;
    }
    let firsts: Vec<String> =
        inserts.iter().zip(1..).map(|(insert, number)| format!("w{number} AS ({insert})")).collect();
    format!("WITH {} {last}", firsts.join(", "))
}

/// Binds each column as one array.
pub(crate) fn bind(tables: Vec<Rows>) -> Result<PgArguments, Fault> {
    let mut arguments = PgArguments::default();
    for (_, values) in tables.into_iter().flat_map(|rows| rows.columns) {
        each!(values, array => arguments.add(array)).map_err(|error| Fault::Other(error.to_string()))?;
    }
    Ok(arguments)
}

/// The statement that opens a copy.
pub(crate) fn copy(rows: &Rows) -> String {
    format!("COPY \"{}\" ({}) FROM STDIN WITH (FORMAT binary)", rows.name, rows.column_names())
}

/// The rows in the binary format of `COPY` (PostgreSQL manual, "COPY, Binary Format"): every column exactly as wide
/// as declared, so a number of 32 bits must be `INTEGER` and one of 64 `BIGINT`.
pub(crate) fn copy_data(rows: &Rows) -> Result<Vec<u8>, Fault> {
    // Most of a row is texts; a buffer that has to grow once or twice more costs little.
    let mut data = Vec::with_capacity(64 + rows.len * rows.columns.len() * 32);
    data.extend_from_slice(b"PGCOPY\n\xff\r\n\0");
    data.extend_from_slice(&[0; 8]);
    let fields = i16::try_from(rows.columns.len())
        .map_err(|_| Fault::Invariant(format!("{} has too many columns", rows.name)))?;
    for row in 0..rows.len {
        data.extend_from_slice(&fields.to_be_bytes());
        for (_, values) in &rows.columns {
            each!(values, all => match all.get(row).and_then(Option::as_ref) {
                None => data.extend_from_slice(&(-1_i32).to_be_bytes()),
                Some(one) => one.write(&mut data)?,
            });
        }
    }
    data.extend_from_slice(&(-1_i16).to_be_bytes());
    Ok(data)
}

/// A value with its length before it.
trait Field {
    fn write(&self, data: &mut Vec<u8>) -> Result<(), Fault>;
}

fn sized(data: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Fault> {
    let length = i32::try_from(bytes.len()).map_err(|_| Fault::Other("a text is too long".to_owned()))?;
    data.extend_from_slice(&length.to_be_bytes());
    data.extend_from_slice(bytes);
    Ok(())
}

impl Field for Uuid {
    fn write(&self, data: &mut Vec<u8>) -> Result<(), Fault> {
        sized(data, self.as_bytes())
    }
}

impl Field for String {
    fn write(&self, data: &mut Vec<u8>) -> Result<(), Fault> {
        sized(data, self.as_bytes())
    }
}

impl Field for i64 {
    fn write(&self, data: &mut Vec<u8>) -> Result<(), Fault> {
        sized(data, &self.to_be_bytes())
    }
}

impl Field for i32 {
    fn write(&self, data: &mut Vec<u8>) -> Result<(), Fault> {
        sized(data, &self.to_be_bytes())
    }
}

impl Field for bool {
    fn write(&self, data: &mut Vec<u8>) -> Result<(), Fault> {
        sized(data, &[u8::from(*self)])
    }
}

/// PostgreSQL counts days and microseconds from the first of January 2000.
const DAYS_TO_2000: i32 = 10_957;
const MICROSECONDS_TO_2000: i64 = 946_684_800_000_000;

impl Field for NaiveDate {
    fn write(&self, data: &mut Vec<u8>) -> Result<(), Fault> {
        let days = self.to_epoch_days() - DAYS_TO_2000;
        sized(data, &days.to_be_bytes())
    }
}

impl Field for DateTime<Utc> {
    fn write(&self, data: &mut Vec<u8>) -> Result<(), Fault> {
        let microseconds = self.timestamp_micros() - MICROSECONDS_TO_2000;
        sized(data, &microseconds.to_be_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(len: usize) -> Rows {
        let numbers = Values::Number((0..len).map(|n| i64::try_from(n).ok()).collect());
        let texts = Values::Text((0..len).map(|n| (n > 0).then(|| n.to_string())).collect());
        Rows::named("t", vec![("id", numbers), ("key", texts)]).unwrap()
    }

    #[test]
    fn the_text_of_an_insert_does_not_depend_on_the_number_of_rows() {
        let one = insert(&[rows(1)]);
        assert_eq!(one, "INSERT INTO \"t\" (\"id\", \"key\") SELECT * FROM unnest($1::int8[], $2::text[])");
        assert_eq!(insert(&[rows(17)]), one);
        let both = insert(&[rows(1), rows(2)]);
        assert!(both.starts_with("WITH w1 AS (INSERT INTO"), "{both}");
        assert!(both.ends_with("unnest($3::int8[], $4::text[])"), "{both}");
    }

    #[test]
    fn a_copy_is_laid_out_as_the_manual_says() {
        let data = copy_data(&rows(2)).unwrap();
        assert_eq!(&data[..19], b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
        let first = [0, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255];
        let second = [0, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, b'1'];
        assert_eq!(data[19..], [&first[..], &second[..], &[255, 255]].concat());
    }

    #[test]
    fn days_and_instants_are_counted_from_2000() {
        let mut data = Vec::new();
        NaiveDate::from_ymd_opt(2000, 1, 2).unwrap().write(&mut data).unwrap();
        "1999-12-31T23:59:59Z".parse::<DateTime<Utc>>().unwrap().write(&mut data).unwrap();
        let expected = [&[0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 8][..], &(-1_000_000_i64).to_be_bytes()].concat();
        assert_eq!(data, expected);
    }
}
