//! What the lists of the service share: the order asked for, search by text, and the most rows of a file.

use http_kit::{Problem, export};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};
use tx_kit::{Fault, listing::Sort};

/// The order asked for as `name` or `-name`, or the default.
///
/// # Errors
/// 422 where the list has no such order.
pub(crate) fn order<C: Copy>(
    asked: Option<&str>,
    columns: &[(&str, C)],
    default: Sort<C>,
) -> Result<Sort<C>, Problem> {
    let Some(asked) = asked else { return Ok(default) };
    let (name, descending) = asked.strip_prefix('-').map_or((asked, false), |name| (name, true));
    match columns.iter().find(|(known, _)| *known == name) {
        Some((_, column)) => Ok(Sort { column: *column, descending }),
        None => {
            let known = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            Err(Problem::bad_fields(Vec::new()).with_field(
                "sort",
                format!("可用的排序：{known}，前加减号为倒序。"),
                format!("The list sorts by {known}; a minus in front turns the order."),
            ))
        }
    }
}

/// Rows in which one of the columns contains the text, whatever the case.
pub(crate) fn containing<C: ColumnTrait>(columns: &[C], text: &str) -> Condition {
    let escaped: String =
        text.trim().to_lowercase().chars().take(100).fold(String::new(), |mut pattern, letter| {
            if matches!(letter, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(letter);
            pattern
        });
    let pattern = format!("%{escaped}%");
    columns.iter().fold(Condition::any(), |any, column| {
        let lower = Expr::expr(Func::lower(Expr::col(column.as_column_ref())));
        any.add(lower.like(LikeExpr::new(pattern.clone()).escape('\\')))
    })
}

/// Every row of a selection, as many as one file holds.
pub(crate) async fn for_file<E: EntityTrait>(
    select: Select<E>,
    conn: &impl ConnectionTrait,
) -> Result<Vec<E::Model>, Fault> {
    Ok(select.limit(export::ROWS_MAX).all(conn).await?)
}
