//! Pages of rows that are computed rather than stored: the cursor is the place of the next row, and holds only as
//! long as the rows do.

use http_kit::{Page, Problem};
use tx_kit::listing::{LIMIT_DEFAULT, LIMIT_MAX, ListingError};

/// The page of `rows` that is asked for.
///
/// # Errors
/// 422 for a cursor that this list did not give.
pub(crate) fn page_of<T>(rows: Vec<T>, limit: Option<u64>, cursor: Option<&str>) -> Result<Page<T>, Problem> {
    let start = match cursor {
        None => 0,
        Some(text) => text.parse::<usize>().map_err(|_| Problem::from(ListingError::BadCursor))?,
    };
    let limit = usize::try_from(limit.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MAX)).unwrap_or(1);
    let end = start.saturating_add(limit);
    let next_cursor = (end < rows.len()).then(|| end.to_string());
    Ok(Page { items: rows.into_iter().skip(start).take(limit).collect(), next_cursor })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_without_gap_or_repeat() {
        let first = page_of((0..5).collect(), Some(2), None).unwrap();
        let second = page_of((0..5).collect(), Some(2), first.next_cursor.as_deref()).unwrap();
        let third = page_of((0..5).collect(), Some(2), second.next_cursor.as_deref()).unwrap();
        assert_eq!([first.items, second.items, third.items].concat(), [0, 1, 2, 3, 4]);
        assert_eq!(third.next_cursor, None);
        assert!(page_of(vec![1], None, Some("one")).is_err());
    }
}
