//! Rows as PostgreSQL takes them: an array for each column, unnested on the server.
//!
//! Not `COPY`: its data and its end are two writes with no answer between them, and the driver leaves Nagle's algorithm
//! on, so that every copy over TCP waits some forty milliseconds for a delayed acknowledgement.

use sqlx::{Arguments, postgres::PgArguments};

use super::{Rows, Values, each};
use crate::Fault;

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
    let mut inserts = inserts(tables, 0);
    let last = inserts.pop().unwrap_or_default();
    if inserts.is_empty() {
        return last;
    }
    format!("WITH {} {last}", named('w', inserts))
}

/// One statement that executes others which join rows, inserts into several tables, and tells of each of the others how many
/// rows it touched.
pub(crate) fn all(guards: &[(&str, Rows)], tables: &[Rows]) -> String {
    let mut before = 0;
    let touching = guards.iter().map(|(template, rows)| {
        let source = format!("{} AS {}({})", unnest(rows, before), rows.name, rows.column_names());
        before += rows.columns.len();
        format!("{} RETURNING 1", template.replace("{rows}", &source))
    });
    let mut parts = vec![named('g', touching.collect())];
    if !tables.is_empty() {
        parts.push(named('w', inserts(tables, before)));
    }
    let counts: Vec<String> =
        (1..=guards.len()).map(|number| format!("(SELECT COUNT(*) FROM g{number})")).collect();
    format!("WITH {} SELECT {}", parts.join(", "), counts.join(", "))
}

/// The inserts, whose values stand after `before` others.
fn inserts(tables: &[Rows], mut before: usize) -> Vec<String> {
    let one = |rows: &Rows| {
        let names = rows.column_names();
        let text = format!("INSERT INTO \"{}\" ({names}) SELECT * FROM {}", rows.name, unnest(rows, before));
        before += rows.columns.len();
        text
    };
    tables.iter().map(one).collect()
}

fn named(letter: char, parts: Vec<String>) -> String {
    let named: Vec<String> =
        parts.iter().zip(1..).map(|(part, number)| format!("{letter}{number} AS ({part})")).collect();
    named.join(", ")
}

/// Binds each column as one array.
pub(crate) fn bind(tables: Vec<Rows>) -> Result<PgArguments, Fault> {
    let mut arguments = PgArguments::default();
    for (_, values) in tables.into_iter().flat_map(|rows| rows.columns) {
        each!(values, array => arguments.add(array)).map_err(|error| Fault::Other(error.to_string()))?;
    }
    Ok(arguments)
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
    fn guards_and_inserts_are_one_statement_that_counts_what_each_guard_touched() {
        let guard = "UPDATE a SET n = t.id FROM {rows} WHERE a.key = t.key";
        let text = all(&[(guard, rows(1)), (guard, rows(2))], &[rows(3)]);
        let expected = "WITH g1 AS (UPDATE a SET n = t.id FROM unnest($1::int8[], $2::text[]) AS t(\"id\", \"key\") \
            WHERE a.key = t.key RETURNING 1), \
            g2 AS (UPDATE a SET n = t.id FROM unnest($3::int8[], $4::text[]) AS t(\"id\", \"key\") \
            WHERE a.key = t.key RETURNING 1), \
            w1 AS (INSERT INTO \"t\" (\"id\", \"key\") SELECT * FROM unnest($5::int8[], $6::text[])) \
            SELECT (SELECT COUNT(*) FROM g1), (SELECT COUNT(*) FROM g2)";
        assert_eq!(text, expected);
        assert!(!all(&[(guard, rows(1))], &[]).contains("w1"));
    }
}
