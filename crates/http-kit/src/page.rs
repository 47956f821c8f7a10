//! Lists as the public contract wants them: `{"items": […], "next_cursor": …}`.

use serde::{Deserialize, Deserializer, Serialize};
use tx_kit::listing::{LIMIT_DEFAULT, LIMIT_MAX, PageOf, PageRequest};
use utoipa::{IntoParams, ToSchema};

/// One page of a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Send this as `cursor` for the next page; null on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page of rows, each shown by `show`.
    pub fn of<M>(page: PageOf<M>, show: impl FnMut(M) -> T) -> Self {
        Self { items: page.items.into_iter().map(show).collect(), next_cursor: page.next_cursor }
    }
}

/// `limit` and `cursor`, to be flattened into each list's own query type — as plain fields, since query
/// strings cannot be flattened: see [`PageQuery::request`].
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "limit")]
    pub limit: Option<u64>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// The page asked for; a limit out of range is brought into it.
    #[must_use]
    pub fn request(&self) -> PageRequest {
        request(self.limit, self.cursor.clone())
    }
}

/// A page request from a query's own `limit` and `cursor`.
#[must_use]
pub fn request(limit: Option<u64>, cursor: Option<String>) -> PageRequest {
    PageRequest { limit: limit.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MAX), cursor }
}

/// Reads a limit from a query string, where everything is text.
///
/// # Errors
/// When it is not a whole number from 1 to [`LIMIT_MAX`].
pub fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    match Option::<String>::deserialize(deserializer)? {
        None => Ok(None),
        Some(text) => match text.parse() {
            Ok(rows) if (1..=LIMIT_MAX).contains(&rows) => Ok(Some(rows)),
            _ => Err(serde::de::Error::custom(format!("1–{LIMIT_MAX}"))),
        },
    }
}
