//! Tables as both PDF and workbook take them: typed columns, rows of cells, sums of the columns that have one.

use chrono::NaiveDate;
use finance::{Money, Rate, grouped};
use rust_decimal::Decimal;

use crate::PaperError;

/// What a column holds; it decides the side that its cells stand on, and whether it has a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words, on the left.
    Text,
    /// Amounts in yuan, on the right, with a sum.
    Amount,
    /// Whole numbers, on the right.
    Whole,
    /// Figures with decimals, on the right.
    Decimal,
    /// Rates as percentages, on the right.
    Percent,
    /// Days, on the left.
    Date,
}

impl Kind {
    /// Whether cells stand on the right.
    #[must_use]
    pub(crate) const fn is_figure(self) -> bool {
        matches!(self, Self::Amount | Self::Whole | Self::Decimal | Self::Percent)
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub(crate) title: String,
    pub(crate) kind: Kind,
    pub(crate) summed: bool,
}

impl Column {
    /// A column of a kind.
    #[must_use]
    pub fn new(title: impl Into<String>, kind: Kind) -> Self {
        Self { title: title.into(), kind, summed: kind == Kind::Amount }
    }

    /// A column of words.
    #[must_use]
    pub fn text(title: impl Into<String>) -> Self {
        Self::new(title, Kind::Text)
    }

    /// A column of amounts.
    #[must_use]
    pub fn amount(title: impl Into<String>) -> Self {
        Self::new(title, Kind::Amount)
    }

    /// A column of amounts whose sum says nothing: balances after each row.
    #[must_use]
    pub fn balance(title: impl Into<String>) -> Self {
        Self { summed: false, ..Self::new(title, Kind::Amount) }
    }

    /// A column of days.
    #[must_use]
    pub fn date(title: impl Into<String>) -> Self {
        Self::new(title, Kind::Date)
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words, never a formula.
    Text(String),
    /// An amount in yuan.
    Amount(Money),
    /// A whole number.
    Whole(i64),
    /// A figure with decimals, shown with as many as it has.
    Decimal(Decimal),
    /// A rate, shown as a percentage.
    Percent(Rate),
    /// A day.
    Date(NaiveDate),
    /// Nothing.
    Empty,
}

impl Cell {
    /// The cell as people read it: `1,234.56`, `0.8500`, `3.45 %`, `2026-11-24`.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Amount(money) => grouped(*money),
            Self::Whole(number) => number.to_string(),
            Self::Decimal(figure) => figure.to_string(),
            Self::Percent(rate) => percent(*rate),
            Self::Date(day) => day.to_string(),
            Self::Empty => String::new(),
        }
    }
}

/// A rate as a percentage with as many decimals as it has: `3.45 %`.
fn percent(rate: Rate) -> String {
    rate.fraction().checked_mul(Decimal::ONE_HUNDRED).map_or_else(
        || rate.to_string(),
        |hundredfold| {
            let shown = hundredfold.normalize();
            format!("{shown} %")
        },
    )
}

/// Columns and rows. A row that is shorter than the head ends with empty cells; what is beyond the head is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
    pub(crate) sums: Option<String>,
}

impl Table {
    /// A table without rows yet.
    #[must_use]
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new(), sums: None }
    }

    /// Adds a row.
    #[must_use]
    pub fn row(mut self, cells: impl IntoIterator<Item = Cell>) -> Self {
        self.push(cells);
        self
    }

    /// Adds rows.
    #[must_use]
    pub fn rows<R: IntoIterator<Item = Cell>>(mut self, rows: impl IntoIterator<Item = R>) -> Self {
        for row in rows {
            self.push(row);
        }
        self
    }

    fn push(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let mut row: Vec<Cell> = cells.into_iter().take(self.columns.len()).collect();
        row.resize(self.columns.len(), Cell::Empty);
        self.rows.push(row);
    }

    /// Ends the table with the sums of its columns of amounts, under this word.
    #[must_use]
    pub fn sums(mut self, word: impl Into<String>) -> Self {
        self.sums = Some(word.into());
        self
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row of sums, where one is wanted: the word in the first column that has no sum of its own.
    pub(crate) fn sum_row(&self) -> Result<Option<Vec<Cell>>, PaperError> {
        let Some(word) = &self.sums else { return Ok(None) };
        let mut cells = Vec::with_capacity(self.columns.len());
        for (position, column) in self.columns.iter().enumerate() {
            cells.push(if column.summed { Cell::Amount(self.sum(position, column)?) } else { Cell::Empty });
        }
        if let Some(place) = cells.iter_mut().find(|cell| **cell == Cell::Empty) {
            *place = Cell::Text(word.clone());
        }
        Ok(Some(cells))
    }

    fn sum(&self, position: usize, column: &Column) -> Result<Money, PaperError> {
        let amounts = self.rows.iter().filter_map(|row| match row.get(position) {
            Some(Cell::Amount(money)) => Some(*money),
            _ => None,
        });
        Money::total(amounts).map_err(|_| PaperError::Overflow { column: column.title.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_exact_and_stands_under_its_column_only() {
        let table = Table::new([Column::text("项目"), Column::amount("金额"), Column::balance("余额")])
            .row([
                Cell::Text("一".into()),
                Cell::Amount(Money::from_fen(10)),
                Cell::Amount(Money::from_fen(5)),
            ])
            .row([
                Cell::Text("二".into()),
                Cell::Amount(Money::from_fen(20)),
                Cell::Amount(Money::from_fen(6)),
            ])
            .sums("合计");
        let sums = table.sum_row().unwrap().unwrap();
        assert_eq!(sums, [Cell::Text("合计".into()), Cell::Amount(Money::from_fen(30)), Cell::Empty]);
    }

    #[test]
    fn a_sum_beyond_the_range_is_an_error_and_not_a_wrong_figure() {
        let table = Table::new([Column::amount("金额")])
            .row([Cell::Amount(Money::MAX)])
            .row([Cell::Amount(Money::from_fen(1))])
            .sums("合计");
        assert_eq!(table.sum_row(), Err(PaperError::Overflow { column: "金额".into() }));
    }

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(Cell::Amount(Money::from_fen(-123_456_789)).shown(), "-1,234,567.89");
        assert_eq!(Cell::Decimal("-0.8500".parse().unwrap()).shown(), "-0.8500");
        assert_eq!(Cell::Percent("0.0345".parse().unwrap()).shown(), "3.45 %");
        assert_eq!(Cell::Percent("0.1".parse().unwrap()).shown(), "10 %");
    }

    #[test]
    fn a_short_row_is_filled_and_a_long_one_cut() {
        let table = Table::new([Column::text("甲"), Column::text("乙")]).row([]).row(vec![Cell::Whole(1); 5]);
        assert_eq!(table.rows[0], [Cell::Empty, Cell::Empty]);
        assert_eq!(table.rows[1].len(), 2);
    }
}
