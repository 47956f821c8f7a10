//! A cumulative run-off triangle: origin periods down, development periods across, the oldest origin first and one
//! cell fewer in each row.

/// The fewest origins that a variance can be estimated from.
pub const ORIGINS_MIN: usize = 3;
/// The most origins taken.
pub const ORIGINS_MAX: usize = 60;
/// The smallest cell taken, yuan: one fen.
pub const CELL_MIN: f64 = 0.01;
/// The largest cell taken, yuan.
pub const CELL_MAX: f64 = 1e15;

/// A triangle fit for estimation.
#[derive(Debug, Clone, PartialEq)]
pub struct Triangle {
    rows: Vec<Vec<f64>>,
}

/// Why numbers are no triangle.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TriangleError {
    /// Too few or too many origins.
    #[error("a triangle has {ORIGINS_MIN} to {ORIGINS_MAX} origins, this one has {0}")]
    Origins(usize),
    /// A row is not one shorter than the row before.
    #[error("row {row} needs {needed} cells and has {found}")]
    Shape {
        /// Index from 0.
        row: usize,
        /// Cells it should have.
        needed: usize,
        /// Cells it has.
        found: usize,
    },
    /// A cumulative amount is below a fen or too large.
    #[error("row {row}, column {column}: a cumulative amount is from {CELL_MIN} to {CELL_MAX}")]
    Cell {
        /// Index from 0.
        row: usize,
        /// Index from 0.
        column: usize,
    },
}

impl Triangle {
    /// A triangle of cumulative amounts.
    ///
    /// # Errors
    /// [`TriangleError`]
    pub fn try_new(rows: Vec<Vec<f64>>) -> Result<Self, TriangleError> {
        let origins = rows.len();
        if !(ORIGINS_MIN..=ORIGINS_MAX).contains(&origins) {
            return Err(TriangleError::Origins(origins));
        }
        for (row, cells) in rows.iter().enumerate() {
            let needed = origins - row;
            if cells.len() != needed {
                return Err(TriangleError::Shape { row, needed, found: cells.len() });
            }
            if let Some(column) = cells.iter().position(|cell| !(CELL_MIN..=CELL_MAX).contains(cell)) {
                return Err(TriangleError::Cell { row, column });
            }
        }
        Ok(Self { rows })
    }

    /// A triangle from amounts of each development period by itself.
    ///
    /// # Errors
    /// [`TriangleError`]
    pub fn from_increments(rows: Vec<Vec<f64>>) -> Result<Self, TriangleError> {
        let cumulate = |cells: Vec<f64>| {
            cells
                .into_iter()
                .scan(0.0, |sum, cell| {
                    *sum += cell;
                    Some(*sum)
                })
                .collect()
        };
        Self::try_new(rows.into_iter().map(cumulate).collect())
    }

    /// Origin periods, as many as development periods.
    #[must_use]
    pub fn origins(&self) -> usize {
        self.rows.len()
    }

    /// The rows, oldest origin first.
    #[must_use]
    pub fn rows(&self) -> &[Vec<f64>] {
        &self.rows
    }

    /// The newest figure of each origin, oldest origin first.
    pub fn latest(&self) -> impl Iterator<Item = f64> {
        self.rows.iter().filter_map(|cells| cells.last().copied())
    }

    /// Pairs of neighbouring cells `(now, next)` of the origins that have both, at a development period.
    pub fn steps(&self, period: usize) -> impl Iterator<Item = (f64, f64)> {
        self.rows.iter().filter_map(move |cells| Some((*cells.get(period)?, *cells.get(period + 1)?)))
    }

    /// Amounts of one development period by itself, of the origins that have it, oldest first.
    pub fn increments(&self, period: usize) -> impl Iterator<Item = f64> {
        self.rows.iter().filter_map(move |cells| {
            let before = if period == 0 { 0.0 } else { *cells.get(period - 1)? };
            Some(*cells.get(period)? - before)
        })
    }
}

#[cfg(test)]
pub(super) fn taylor_ashe() -> Triangle {
    let text = "357848 1124788 1735330 2218270 2745596 3319994 3466336 3606286 3833515 3901463 / \
        352118 1236139 2170033 3353322 3799067 4120063 4647867 4914039 5339085 / \
        290507 1292306 2218525 3235179 3985995 4132918 4628910 4909315 / \
        310608 1418858 2195047 3757447 4029929 4381982 4588268 / \
        443160 1136350 2128333 2897821 3402672 3873311 / 396132 1333217 2180715 2985752 3691712 / \
        440832 1288463 2419861 3483130 / 359480 1421128 2864498 / 376686 1363294 / 344014";
    let row = |row: &str| row.split_whitespace().map(|cell| cell.parse().unwrap()).collect();
    Triangle::try_new(text.split('/').map(row).collect()).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_triangle_is_refused_with_the_place() {
        assert_eq!(Triangle::try_new(vec![vec![1.0, 2.0], vec![1.0]]), Err(TriangleError::Origins(2)));
        let ragged = vec![vec![1.0, 2.0, 3.0], vec![1.0], vec![1.0]];
        assert_eq!(Triangle::try_new(ragged), Err(TriangleError::Shape { row: 1, needed: 2, found: 1 }));
        let empty = vec![vec![1.0, 2.0, 3.0], vec![1.0, 0.0], vec![1.0]];
        assert_eq!(Triangle::try_new(empty), Err(TriangleError::Cell { row: 1, column: 1 }));
    }

    #[test]
    fn increments_and_cumulative_amounts_make_the_same_triangle() {
        let increments = vec![vec![10.0, 5.0, 1.0], vec![11.0, 6.0], vec![12.0]];
        let cumulative = vec![vec![10.0, 15.0, 16.0], vec![11.0, 17.0], vec![12.0]];
        let triangle = Triangle::from_increments(increments).unwrap();
        assert_eq!(triangle, Triangle::try_new(cumulative).unwrap());
        assert_eq!(triangle.increments(1).collect::<Vec<_>>(), [5.0, 6.0]);
    }
}
