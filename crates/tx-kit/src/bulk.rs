//! Many rows in few statements.
//!
//! A statement that names every value of every row (`VALUES (?, ?), (?, ?), …`) has another text for each number of
//! rows, is parsed and planned anew each time and cannot be kept prepared. Here the text depends on the table alone
//! (PostgreSQL: an array for each column) or on one of a handful of sizes (SQLite).
//!
//! Where is …? What PostgreSQL is sent: `bulk/postgres.rs`; what SQLite is sent: `bulk/sqlite.rs`; sending it:
//! [`crate::Conn::insert`], [`crate::Conn::execute_with`], [`crate::Conn::query_with`].

pub(crate) mod postgres;
pub(crate) mod sqlite;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, Condition, DbBackend, EntityName, EntityTrait, IdenStatic,
    Iterable, Value,
};
use uuid::Uuid;

use crate::Fault;

/// The values of one column, one for each row.
#[derive(Debug, Clone)]
pub enum Values {
    /// Ids.
    Uuid(Vec<Option<Uuid>>),
    /// Texts.
    Text(Vec<Option<String>>),
    /// Whole numbers of 64 bits: amounts in fen, versions.
    Number(Vec<Option<i64>>),
    /// Whole numbers of 32 bits.
    Small(Vec<Option<i32>>),
    /// Yes or no.
    Flag(Vec<Option<bool>>),
    /// Days.
    Date(Vec<Option<NaiveDate>>),
    /// Instants.
    Stamp(Vec<Option<DateTime<Utc>>>),
}

/// Does the same with the values of whatever kind.
macro_rules! each {
    ($values:expr, $of_kind:ident => $done:expr) => {
        match $values {
            $crate::bulk::Values::Uuid($of_kind) => $done,
            $crate::bulk::Values::Text($of_kind) => $done,
            $crate::bulk::Values::Number($of_kind) => $done,
            $crate::bulk::Values::Small($of_kind) => $done,
            $crate::bulk::Values::Flag($of_kind) => $done,
            $crate::bulk::Values::Date($of_kind) => $done,
            $crate::bulk::Values::Stamp($of_kind) => $done,
        }
    };
}
pub(crate) use each;

impl Values {
    /// Ids, none of them missing.
    pub fn ids(values: impl IntoIterator<Item = Uuid>) -> Self {
        Self::Uuid(values.into_iter().map(Some).collect())
    }

    /// Texts, none of them missing.
    pub fn texts(values: impl IntoIterator<Item = String>) -> Self {
        Self::Text(values.into_iter().map(Some).collect())
    }

    /// Numbers, none of them missing.
    pub fn numbers(values: impl IntoIterator<Item = i64>) -> Self {
        Self::Number(values.into_iter().map(Some).collect())
    }

    fn len(&self) -> usize {
        each!(self, values => values.len())
    }

    /// No value yet, of the kind of this one.
    fn like(value: &Value, capacity: usize) -> Result<Self, Fault> {
        Ok(match value {
            Value::Uuid(_) => Self::Uuid(Vec::with_capacity(capacity)),
            Value::String(_) => Self::Text(Vec::with_capacity(capacity)),
            Value::BigInt(_) => Self::Number(Vec::with_capacity(capacity)),
            Value::Int(_) => Self::Small(Vec::with_capacity(capacity)),
            Value::Bool(_) => Self::Flag(Vec::with_capacity(capacity)),
            Value::ChronoDate(_) => Self::Date(Vec::with_capacity(capacity)),
            Value::ChronoDateTimeUtc(_) => Self::Stamp(Vec::with_capacity(capacity)),
            other => return Err(Fault::Invariant(format!("a value like {other:?} is not written in bulk"))),
        })
    }

    fn append(&mut self, more: Self) -> Result<(), Fault> {
        match (self, more) {
            (Self::Uuid(all), Self::Uuid(more)) => all.extend(more),
            (Self::Text(all), Self::Text(more)) => all.extend(more),
            (Self::Number(all), Self::Number(more)) => all.extend(more),
            (Self::Small(all), Self::Small(more)) => all.extend(more),
            (Self::Flag(all), Self::Flag(more)) => all.extend(more),
            (Self::Date(all), Self::Date(more)) => all.extend(more),
            (Self::Stamp(all), Self::Stamp(more)) => all.extend(more),
            (all, _) => return Err(Fault::Invariant(format!("{all:?} took values of another kind"))),
        }
        Ok(())
    }

    fn push(&mut self, value: Value) -> Result<(), Fault> {
        match (self, value) {
            (Self::Uuid(all), Value::Uuid(one)) => all.push(one),
            (Self::Text(all), Value::String(one)) => all.push(one),
            (Self::Number(all), Value::BigInt(one)) => all.push(one),
            (Self::Small(all), Value::Int(one)) => all.push(one),
            (Self::Flag(all), Value::Bool(one)) => all.push(one),
            (Self::Date(all), Value::ChronoDate(one)) => all.push(one),
            (Self::Stamp(all), Value::ChronoDateTimeUtc(one)) => all.push(one),
            (_, other) => {
                return Err(Fault::Invariant(format!("{other:?} is not of its column's kind")));
            }
        }
        Ok(())
    }
}

/// Rows of one table on their way, column by column.
#[derive(Debug, Clone)]
pub struct Rows {
    pub(crate) name: &'static str,
    pub(crate) columns: Vec<(&'static str, Values)>,
    pub(crate) len: usize,
}

impl Rows {
    /// The rows of entities, every column given.
    ///
    /// # Errors
    /// A bug of the caller: a column that is not set, or of a kind that is not written in bulk.
    pub fn of<A>(models: impl IntoIterator<Item = A>) -> Result<Self, Fault>
    where
        A: ActiveModelTrait,
        <A::Entity as EntityTrait>::Column: Copy,
    {
        let name = A::Entity::default().table_name();
        let all: Vec<_> = <A::Entity as EntityTrait>::Column::iter().collect();
        let models = models.into_iter();
        let capacity = models.size_hint().0;
        let mut rows = Self { name, columns: Vec::with_capacity(all.len()), len: 0 };
        for mut model in models {
            for (position, column) in all.iter().enumerate() {
                let (ActiveValue::Set(value) | ActiveValue::Unchanged(value)) = model.take(*column) else {
                    return Err(Fault::Invariant(format!("{name}.{} is not set", column.as_str())));
                };
                if rows.len == 0 {
                    rows.columns.push((column.as_str(), Values::like(&value, capacity)?));
                }
                if let Some((_, values)) = rows.columns.get_mut(position) {
                    values.push(value)?;
                }
            }
            rows.len += 1;
        }
        Ok(rows)
    }

    /// Rows that a statement joins under a name: `v` in `UPDATE t SET … FROM {v} WHERE t.id = v.id`.
    ///
    /// # Errors
    /// A bug of the caller: columns of different lengths.
    pub fn named(name: &'static str, columns: Vec<(&'static str, Values)>) -> Result<Self, Fault> {
        let len = columns.first().map_or(0, |(_, values)| values.len());
        if columns.iter().any(|(_, values)| values.len() != len) {
            return Err(Fault::Invariant(format!("the columns of {name} differ in length")));
        }
        Ok(Self { name, columns, len })
    }

    /// Adds rows of the same table.
    ///
    /// # Errors
    /// A bug of the caller: rows of another table, or of another shape.
    pub fn append(&mut self, more: Self) -> Result<(), Fault> {
        if more.is_empty() {
            return Ok(());
        }
        if self.is_empty() {
            *self = more;
            return Ok(());
        }
        let named = |rows: &Self| rows.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        if self.name != more.name || named(self) != named(&more) {
            return Err(Fault::Invariant(format!("rows of {} are not rows of {}", more.name, self.name)));
        }
        for ((_, all), (_, more)) in self.columns.iter_mut().zip(more.columns) {
            all.append(more)?;
        }
        self.len += more.len;
        Ok(())
    }

    /// How many rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// `"a", "b", "c"`.
    fn column_names(&self) -> String {
        self.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
    }
}

/// The ids, the last one repeated up to the next power of two: a list in `IN (…)` then has one of a few lengths, so
/// that the statements around it stay prepared.
#[must_use]
pub fn padded<T: Copy>(ids: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut ids: Vec<T> = ids.into_iter().collect();
    if let Some(last) = ids.last().copied() {
        ids.resize(ids.len().next_power_of_two(), last);
    }
    ids
}

/// Rows whose two columns hold one of the pairs. On SQLite each pair is sought by itself: two lists of *n* make it seek
/// n² pairs in an index over both columns. PostgreSQL reads two lists well and plans hundreds of alternatives badly, so
/// there the rows may hold one column of one pair and the other of another, where an index has such a row: callers
/// look up what they asked for.
pub fn paired<C: ColumnTrait>(
    backend: DbBackend,
    (first, second): (C, C),
    pairs: impl IntoIterator<Item = (Uuid, Uuid)>,
) -> Condition {
    let pairs = padded(pairs);
    if backend == DbBackend::Sqlite && !pairs.is_empty() {
        return pairs.into_iter().fold(Condition::any(), |any, (one, other)| {
            any.add(Condition::all().add(first.eq(one)).add(second.eq(other)))
        });
    }
    let (ones, others): (Vec<Uuid>, Vec<Uuid>) = pairs.into_iter().unzip();
    Condition::all().add(first.is_in(ones)).add(second.is_in(others))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_any_length_have_one_of_a_few_lengths() {
        let lengths: Vec<usize> = [0, 1, 2, 3, 5, 64, 65].map(|n| padded(0..n).len()).into();
        assert_eq!(lengths, [0, 1, 2, 4, 8, 64, 128]);
        assert_eq!(padded(0..3), [0, 1, 2, 2]);
    }

    #[test]
    fn rows_are_added_to_rows_of_their_own_table_alone() {
        let rows = |name, column| Rows::named(name, vec![(column, Values::numbers([1, 2]))]).unwrap();
        let mut all = rows("a", "x");
        all.append(rows("a", "x")).unwrap();
        assert_eq!(all.len(), 4);
        assert!(all.append(rows("b", "x")).is_err());
        assert!(all.append(rows("a", "y")).is_err());
    }

    #[test]
    fn columns_of_different_lengths_are_no_rows() {
        let uneven = vec![("a", Values::numbers([1, 2])), ("b", Values::numbers([1]))];
        assert!(matches!(Rows::named("v", uneven), Err(Fault::Invariant(_))));
    }
}
