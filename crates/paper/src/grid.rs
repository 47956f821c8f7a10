//! Tables on a page: how wide each column is, and its rows.

use crate::{
    Cell, Column, PaperError, Table,
    fonts::Weight,
    layout::{Look, Pen, Row, SIDE, Strip, measure},
};

/// Sizes tried, until the figures fit on one line each.
const SIZES: [f32; 4] = [9.0, 8.0, 7.0, 6.0];
/// Room at both sides of a cell.
const INSET: f32 = 4.0;
/// The least a column of words is squeezed to, in characters.
const WORDS_MIN: f32 = 4.0;
const HEAD_SHADE: u8 = 236;
const SUM_SHADE: u8 = 246;

/// Sets a table.
pub(crate) fn set(pen: &mut Pen<'_>, table: &Table) -> Result<(), PaperError> {
    let sums = table.sum_row()?;
    let size = SIZES
        .into_iter()
        .find(|size| least(&widest(pen, table, sums.as_deref(), *size), &table.columns, *size) <= measure())
        .unwrap_or(SIZES[SIZES.len() - 1]);
    let widths = shared_out(&widest(pen, table, sums.as_deref(), size), &table.columns, size);
    let titles: Vec<String> = table.columns.iter().map(|column| column.title.clone()).collect();
    let look = |shade| Look { size, padding: 2.5, shade, ruled: true };
    let head = Row {
        strips: strips(pen, &table.columns, &widths, &titles, size, Weight::Bold),
        look: look(Some(HEAD_SHADE)),
    };
    pen.row(&head, None);
    for row in &table.rows {
        let strips = strips(pen, &table.columns, &widths, &shown(row), size, Weight::Regular);
        pen.row(&Row { strips, look: look(None) }, Some(&head));
    }
    if let Some(row) = sums {
        let strips = strips(pen, &table.columns, &widths, &shown(&row), size, Weight::Bold);
        pen.row(&Row { strips, look: look(Some(SUM_SHADE)) }, Some(&head));
    }
    pen.down(8.0);
    Ok(())
}

fn shown(row: &[Cell]) -> Vec<String> {
    row.iter().map(Cell::shown).collect()
}

/// How wide each column would like to be.
fn widest(pen: &Pen<'_>, table: &Table, sums: Option<&[Cell]>, size: f32) -> Vec<f32> {
    let (regular, bold) = (pen.ruler(Weight::Regular), pen.ruler(Weight::Bold));
    table
        .columns
        .iter()
        .enumerate()
        .map(|(position, column)| {
            let head = bold.width(&column.title, size);
            let cells = table.rows.iter().filter_map(|row| row.get(position));
            let cells = cells.map(|cell| regular.width(&cell.shown(), size));
            let sum =
                sums.and_then(|row| row.get(position)).map_or(0.0, |cell| bold.width(&cell.shown(), size));
            cells.fold(head.max(sum), f32::max) + 2.0 * INSET
        })
        .collect()
}

/// Words wrap; figures and days do not.
fn wraps(column: &Column) -> bool {
    column.kind == crate::Kind::Text
}

fn squeezed(wish: f32, size: f32) -> f32 {
    wish.min(WORDS_MIN * size + 2.0 * INSET)
}

/// The least that the columns need together.
fn least(wishes: &[f32], columns: &[Column], size: f32) -> f32 {
    wishes
        .iter()
        .zip(columns)
        .map(|(wish, column)| if wraps(column) { squeezed(*wish, size) } else { *wish })
        .sum()
}

/// The columns' widths, which sum to the width of the text: what is left over goes to the words, in proportion to
/// what they would like; what is missing is taken from them, and from the figures only where that is not enough.
fn shared_out(wishes: &[f32], columns: &[Column], size: f32) -> Vec<f32> {
    let floors: Vec<f32> = wishes
        .iter()
        .zip(columns)
        .map(|(wish, column)| if wraps(column) { squeezed(*wish, size) } else { *wish })
        .collect();
    let (floor, wish): (f32, f32) = (floors.iter().sum(), wishes.iter().sum());
    if floor <= 0.0 || wish <= 0.0 {
        return wishes.to_vec();
    }
    if floor >= measure() {
        return floors.iter().map(|one| one * measure() / floor).collect();
    }
    if wish <= measure() {
        return wishes.iter().map(|one| one * measure() / wish).collect();
    }
    // Between the two: each column of words gets the same part of what it would like beyond its least.
    let part = (measure() - floor) / (wish - floor);
    floors.iter().zip(wishes).map(|(least, wish)| least + (wish - least) * part).collect()
}

fn strips(
    pen: &Pen<'_>,
    columns: &[Column],
    widths: &[f32],
    texts: &[String],
    size: f32,
    weight: Weight,
) -> Vec<Strip> {
    let mut x = SIDE;
    let mut strips = Vec::with_capacity(columns.len());
    for ((column, width), text) in columns.iter().zip(widths).zip(texts) {
        // A hair's breadth against rounding: a text that was measured to fit must not wrap.
        let inner = (width - 2.0 * INSET).max(size) + 0.01;
        let strip = pen.strip(text, x + INSET, inner, size, weight, 0);
        strips.push(Strip { right: column.kind.is_figure(), ..strip });
        x += width;
    }
    strips
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_fill_the_width_and_figures_keep_theirs() {
        let columns = [Column::text("说明"), Column::amount("金额"), Column::amount("余额")];
        for wishes in [[50.0, 60.0, 60.0], [900.0, 80.0, 90.0], [900.0, 400.0, 400.0]] {
            let widths = shared_out(&wishes, &columns, 9.0);
            assert!((widths.iter().sum::<f32>() - measure()).abs() < 0.1, "{widths:?}");
        }
        let widths = shared_out(&[900.0, 80.0, 90.0], &columns, 9.0);
        assert!((widths[1] - 80.0).abs() < 0.01 && (widths[2] - 90.0).abs() < 0.01, "{widths:?}");
    }
}
