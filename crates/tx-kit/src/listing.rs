//! Lists by keyset: a page is found by the last row's sort value and id, so that it costs the same on page
//! one and on page ten thousand, and rows that come or go meanwhile shift nothing.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ModelTrait, Order, QueryFilter, QueryOrder,
    QuerySelect, Select, Value,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};
use serde::{Deserialize, Serialize};

use crate::Fault;

/// The most rows on one page.
pub const LIMIT_MAX: u64 = 200;
/// Rows on a page when the caller names no number.
pub const LIMIT_DEFAULT: u64 = 50;
/// How much of a search text is looked for.
const SEARCH_CHARS_MAX: usize = 100;

/// A page asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// Rows wanted, 1 to [`LIMIT_MAX`].
    pub limit: u64,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { limit: LIMIT_DEFAULT, cursor: None }
    }
}

/// The order of a list. The column must never be null.
#[derive(Debug, Clone, Copy)]
pub struct Sort<C> {
    /// The column.
    pub column: C,
    /// Largest first.
    pub descending: bool,
}

/// A page found.
#[derive(Debug, Clone)]
pub struct PageOf<M> {
    /// Its rows.
    pub items: Vec<M>,
    /// The cursor of the next page; `None` at the end.
    pub next_cursor: Option<String>,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum ListingError {
    /// The cursor is not one of ours, or of another sort order.
    #[error("the cursor is not one that this list gave")]
    BadCursor,
    /// The database's fault.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<sea_orm::DbErr> for ListingError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Fault(error.into())
    }
}

/// A sort value inside a cursor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", content = "v", rename_all = "snake_case")]
enum Key {
    Text(String),
    Number(i64),
    Date(NaiveDate),
    Stamp(DateTime<Utc>),
    Id(uuid::Uuid),
}

impl Key {
    fn of(value: Value) -> Result<Self, Fault> {
        match value {
            Value::String(Some(text)) => Ok(Self::Text(text)),
            Value::BigInt(Some(number)) => Ok(Self::Number(number)),
            Value::Int(Some(number)) => Ok(Self::Number(number.into())),
            Value::ChronoDate(Some(date)) => Ok(Self::Date(date)),
            Value::ChronoDateTimeUtc(Some(stamp)) => Ok(Self::Stamp(stamp)),
            Value::Uuid(Some(id)) => Ok(Self::Id(id)),
            other => Err(Fault::Other(format!("a list cannot be sorted by {other:?}"))),
        }
    }

    fn value(self) -> Value {
        match self {
            Self::Text(text) => text.into(),
            Self::Number(number) => number.into(),
            Self::Date(date) => date.into(),
            Self::Stamp(stamp) => stamp.into(),
            Self::Id(id) => id.into(),
        }
    }

    const fn kind(&self) -> u8 {
        match self {
            Self::Text(_) => 0,
            Self::Number(_) => 1,
            Self::Date(_) => 2,
            Self::Stamp(_) => 3,
            Self::Id(_) => 4,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    column: String,
    descending: bool,
    key: Key,
    id: uuid::Uuid,
}

/// Reads one page of `select` in the order of `sort`, ties by `id`.
///
/// # Errors
/// [`ListingError::BadCursor`] for a cursor of another list or order; the database's fault.
pub async fn page<E>(
    select: Select<E>,
    conn: &impl ConnectionTrait,
    sort: Sort<E::Column>,
    id: E::Column,
    request: &PageRequest,
) -> Result<PageOf<E::Model>, ListingError>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E>,
    E::Column: Copy,
{
    let column = sea_orm::Iden::to_string(&sort.column);
    let order = if sort.descending { Order::Desc } else { Order::Asc };
    let mut select = select.order_by(sort.column, order.clone()).order_by(id, order);
    if let Some(text) = &request.cursor {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ListingError::BadCursor)?;
        let cursor: Cursor = serde_json::from_slice(&bytes).map_err(|_| ListingError::BadCursor)?;
        if cursor.column != column || cursor.descending != sort.descending || !fits(&sort.column, &cursor.key)
        {
            return Err(ListingError::BadCursor);
        }
        let (key, last) = (cursor.key.value(), cursor.id);
        let beyond = if sort.descending {
            Condition::any()
                .add(sort.column.lt(key.clone()))
                .add(Condition::all().add(sort.column.eq(key)).add(id.lt(last)))
        } else {
            Condition::any()
                .add(sort.column.gt(key.clone()))
                .add(Condition::all().add(sort.column.eq(key)).add(id.gt(last)))
        };
        select = select.filter(beyond);
    }
    let limit = request.limit.clamp(1, LIMIT_MAX);
    let mut items = select.limit(limit + 1).all(conn).await?;
    let more = items.len() as u64 > limit;
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next_cursor = match items.last() {
        Some(last) if more => {
            let Value::Uuid(Some(last_id)) = last.get(id) else {
                return Err(Fault::Other("a list's ties are broken by a uuid".to_owned()).into());
            };
            let cursor = Cursor {
                column,
                descending: sort.descending,
                key: Key::of(last.get(sort.column))?,
                id: last_id,
            };
            let text = serde_json::to_vec(&cursor).map_err(Fault::from)?;
            Some(URL_SAFE_NO_PAD.encode(text))
        }
        _ => None,
    };
    Ok(PageOf { items, next_cursor })
}

/// Rows in which one of the columns contains the text, whatever the case; `%` and `_` are characters like any other.
#[must_use]
pub fn containing<C: ColumnTrait>(columns: &[C], text: &str) -> Condition {
    let mut pattern = "%".to_owned();
    for letter in text.trim().to_lowercase().chars().take(SEARCH_CHARS_MAX) {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    columns.iter().fold(Condition::any(), |any, column| {
        let lower = Expr::expr(Func::lower(Expr::col(column.as_column_ref())));
        any.add(lower.like(LikeExpr::new(pattern.clone()).escape('\\')))
    })
}

/// Whether a cursor's value is of the column's type, and one that every database takes: a forged one must not reach
/// the database's parser.
fn fits<C: ColumnTrait>(column: &C, key: &Key) -> bool {
    use sea_orm::sea_query::ColumnType;
    let expected = match column.def().get_column_type() {
        ColumnType::BigInteger | ColumnType::Integer => 1,
        ColumnType::Date => 2,
        ColumnType::TimestampWithTimeZone | ColumnType::DateTime | ColumnType::Timestamp => 3,
        ColumnType::Uuid => 4,
        _ => 0,
    };
    let takes = |year: i32| (1..=9999).contains(&year);
    let sound = match key {
        Key::Text(text) => !text.contains('\0'),
        Key::Date(day) => takes(day.year()),
        Key::Stamp(at) => takes(at.year()),
        Key::Number(_) | Key::Id(_) => true,
    };
    sound && key.kind() == expected
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, QueryTrait};

    use super::*;
    use crate::audit::entity::{Column, Entity};

    #[test]
    fn a_search_looks_for_its_text_and_not_for_a_pattern() {
        for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
            let sql = Entity::find().filter(containing(&[Column::Action], " 50%_A\\ ")).build(backend);
            let values = format!("{:?}", sql.values);
            assert!(values.contains(r"%50\\%\\_a\\\\%"), "{values}");
            assert!(sql.sql.contains("LOWER(") && sql.sql.contains("ESCAPE"), "{}", sql.sql);
        }
    }

    #[test]
    fn a_forged_cursor_holds_nothing_that_a_database_refuses() {
        assert!(fits(&Column::Action, &Key::Text("loan.draw".to_owned())));
        assert!(!fits(&Column::Action, &Key::Text("a\0".to_owned())));
        assert!(!fits(&Column::Action, &Key::Number(1)));
        assert!(fits(&Column::At, &Key::Stamp(DateTime::UNIX_EPOCH)));
        assert!(!fits(&Column::At, &Key::Stamp(DateTime::<Utc>::MAX_UTC)));
        assert!(!fits(&Column::At, &Key::Stamp(DateTime::<Utc>::MIN_UTC)));
    }
}
