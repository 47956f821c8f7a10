//! A QR code (ISO/IEC 18004) as dark and light squares. The encoder is the crate `qrcode`; here it becomes runs to be drawn.

use qrcode::{Color, EcLevel, QrCode};

/// The dark squares of a QR code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    width: usize,
    dark: Vec<bool>,
}

impl Qr {
    /// The code of a text, such as an address, with the correction of an eighth of it (level M); `None` where the text is
    /// too long for any code.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let dark = code.into_colors().into_iter().map(|color| color == Color::Dark).collect();
        Some(Self { width, dark })
    }

    /// Squares on a side, without the light margin of four around it.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Whether the square in a column and a row, both from 0, is dark.
    #[must_use]
    pub fn is_dark(&self, column: usize, row: usize) -> bool {
        column < self.width && self.dark.get(row * self.width + column).is_some_and(|dark| *dark)
    }

    /// The dark runs, row by row: column and row where one begins, and its length in squares.
    #[must_use]
    pub fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs: Vec<(usize, usize, usize)> = Vec::new();
        for row in 0..self.width {
            for column in (0..self.width).filter(|column| self.is_dark(*column, row)) {
                match runs.last_mut() {
                    Some((from, line, length)) if *line == row && *from + *length == column => *length += 1,
                    _ => runs.push((column, row, 1)),
                }
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "https://ipf.example/verify?code=7K3M-9Q2A-4XTC-0B1F-E";

    #[test]
    fn a_reader_reads_the_address_back_from_the_runs_that_are_drawn() {
        let code = Qr::of(ADDRESS).unwrap();
        let mut drawn = vec![vec![false; code.width()]; code.width()];
        for (column, row, length) in code.runs() {
            drawn[row][column..column + length].fill(true);
        }
        let grid = rqrr::SimpleGrid::from_func(code.width(), |column, row| drawn[row][column]);
        let (_, read) = rqrr::Grid::new(grid).decode().unwrap();
        assert_eq!(read, ADDRESS);
    }

    #[test]
    fn a_text_beyond_the_largest_code_has_none() {
        assert_eq!(Qr::of(&"x".repeat(3_000)), None);
    }
}
