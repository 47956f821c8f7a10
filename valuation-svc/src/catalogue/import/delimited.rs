//! Rows of a delimited text (RFC 4180 as the world writes it): LF, CRLF or bare CR, quoted cells with line
//! ends in them, quotation marks inside a quoted cell that nobody doubled.
//!
//! Not a guesser: the delimiter is given. The `csv` crate is not used because it counts only line feeds,
//! and an error must name the line that an editor shows.

use std::{borrow::Cow, ops::ControlFlow};

use super::{
    limits::Limits,
    problem::ImportProblem,
    reason::Reason,
    table::{Cell, Row, Table},
};

/// A decoded text with its delimiter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Delimited<'a> {
    text: &'a str,
    delimiter: u8,
    limits: &'a Limits,
}

impl<'a> Delimited<'a> {
    /// `delimiter` must be ASCII.
    pub(super) fn new(text: &'a str, delimiter: u8, limits: &'a Limits) -> Self {
        Self { text, delimiter, limits }
    }
}

impl Table for Delimited<'_> {
    fn visit(&mut self, each: &mut dyn FnMut(&Row<'_>) -> ControlFlow<()>) -> Result<(), ImportProblem> {
        let mut reader = Reader { table: *self, at: 0, line: 1 };
        let mut broken_quotes = 0;
        while let Some(row) = reader.next_row() {
            if row.broken == Some(Reason::UnclosedQuote) {
                broken_quotes += 1;
                if broken_quotes > self.limits.broken_quotes_max {
                    return Err(ImportProblem::BrokenQuotes { line: row.line });
                }
            }
            if each(&row).is_break() {
                break;
            }
        }
        Ok(())
    }
}

struct Reader<'a> {
    table: Delimited<'a>,
    at: usize,
    line: u64,
}

/// The quotation mark never closed, or not within the largest row.
struct Unclosed;

impl<'a> Reader<'a> {
    fn next_row(&mut self) -> Option<Row<'a>> {
        let bytes = self.table.text.as_bytes();
        if self.at >= bytes.len() {
            return None;
        }
        let limits = self.table.limits;
        let (start, line) = (self.at, self.line);
        let mut cells = Vec::new();
        let mut found = 0;
        loop {
            let cell = if bytes.get(self.at) == Some(&b'"') {
                match self.quoted(start) {
                    Ok(text) => text,
                    Err(Unclosed) => {
                        // Reading goes on at the next line, so that one stray mark costs one row.
                        (self.at, self.line) = (start, line);
                        self.skip_to_line_end();
                        self.take_line_end();
                        return Some(Row { line, cells: Vec::new(), broken: Some(Reason::UnclosedQuote) });
                    }
                }
            } else {
                self.plain()
            };
            found += 1;
            if found <= limits.columns_max {
                cells.push(if cell.len() > limits.cell_bytes_max {
                    Cell::Bad(Reason::CellTooLarge { bytes_max: limits.cell_bytes_max })
                } else {
                    Cell::Text(cell)
                });
            }
            if bytes.get(self.at) == Some(&self.table.delimiter) {
                self.at += 1;
            } else {
                break;
            }
        }
        let bytes_read = self.at - start;
        self.take_line_end();
        let broken = if bytes_read > limits.row_bytes_max {
            Some(Reason::RowTooLarge { bytes_max: limits.row_bytes_max })
        } else if found > limits.columns_max {
            Some(Reason::TooWide { columns_max: limits.columns_max, found })
        } else {
            None
        };
        Some(Row { line, cells, broken })
    }

    fn plain(&mut self) -> Cow<'a, str> {
        let text = self.table.text;
        let rest = &text.as_bytes()[self.at..];
        let length = rest
            .iter()
            .position(|b| *b == self.table.delimiter || *b == b'\n' || *b == b'\r')
            .unwrap_or(rest.len());
        let cell = &text[self.at..self.at + length];
        self.at += length;
        Cow::Borrowed(cell)
    }

    /// A cell between quotation marks. A mark ends the cell only before a delimiter or a line end: exports
    /// are seen that leave marks inside a title undoubled.
    fn quoted(&mut self, row_start: usize) -> Result<Cow<'a, str>, Unclosed> {
        let text = self.table.text;
        let bytes = text.as_bytes();
        self.at += 1;
        let mut kept = self.at;
        let mut owned = String::new();
        loop {
            if self.at - row_start > self.table.limits.row_bytes_max {
                return Err(Unclosed);
            }
            match bytes.get(self.at) {
                None => return Err(Unclosed),
                Some(b'"') => {
                    let next = bytes.get(self.at + 1).copied();
                    if next == Some(b'"') {
                        owned.push_str(&text[kept..=self.at]);
                        self.at += 2;
                        kept = self.at;
                    } else if next.is_none_or(|b| b == self.table.delimiter || b == b'\n' || b == b'\r') {
                        let tail = &text[kept..self.at];
                        self.at += 1;
                        return Ok(if owned.is_empty() {
                            Cow::Borrowed(tail)
                        } else {
                            owned.push_str(tail);
                            Cow::Owned(owned)
                        });
                    } else {
                        self.at += 1;
                    }
                }
                Some(b'\r') if bytes.get(self.at + 1) == Some(&b'\n') => {
                    self.at += 2;
                    self.line += 1;
                }
                Some(b'\r' | b'\n') => {
                    self.at += 1;
                    self.line += 1;
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn skip_to_line_end(&mut self) {
        let rest = &self.table.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|b| *b == b'\n' || *b == b'\r').unwrap_or(rest.len());
    }

    fn take_line_end(&mut self) {
        let bytes = self.table.text.as_bytes();
        let length = match (bytes.get(self.at), bytes.get(self.at + 1)) {
            (Some(b'\r'), Some(b'\n')) => 2,
            (Some(b'\r' | b'\n'), _) => 1,
            _ => return,
        };
        self.at += length;
        self.line += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u64, Result<Vec<String>, Reason>)> {
        let limits = Limits { row_bytes_max: 200, cell_bytes_max: 50, columns_max: 4, ..Limits::default() };
        let mut seen = Vec::new();
        Delimited::new(text, b',', &limits)
            .visit(&mut |row| {
                let cells = row.cells.iter().map(|c| c.text().into_owned()).collect();
                seen.push((row.line, row.broken.clone().map_or(Ok(cells), Err)));
                ControlFlow::Continue(())
            })
            .unwrap();
        seen
    }

    fn cells(of: &[&str]) -> Result<Vec<String>, Reason> {
        Ok(of.iter().map(|c| (*c).to_string()).collect())
    }

    #[test]
    fn every_line_end_counts_one_line() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "\"x", "y\",2", "", "c,"].join(end);
            let seen = rows(&text);
            assert_eq!(seen[0], (1, cells(&["a", "b"])));
            assert_eq!(seen[1].0, 2);
            assert_eq!(seen[1].1.as_ref().unwrap()[1], "2");
            assert_eq!(seen[2], (4, cells(&[""])));
            assert_eq!(seen[3], (5, cells(&["c", ""])));
        }
    }

    #[test]
    fn marks_inside_a_quoted_cell_are_kept_doubled_or_not() {
        assert_eq!(rows("\"a \"\"b\"\" c\",1")[0].1, cells(&["a \"b\" c", "1"]));
        assert_eq!(rows("\"a \"b\" c\",1")[0].1, cells(&["a \"b\" c", "1"]));
        assert_eq!(rows("5\" tube,1")[0].1, cells(&["5\" tube", "1"]));
        assert_eq!(rows("\"\",1")[0].1, cells(&["", "1"]));
    }

    #[test]
    fn one_stray_mark_costs_one_row() {
        let seen = rows("a,b\nc,\"d\ne,f\n");
        assert_eq!(seen[1], (2, Err(Reason::UnclosedQuote)));
        assert_eq!(seen[2], (3, cells(&["e", "f"])));
    }

    #[test]
    fn a_row_with_too_many_cells_or_bytes_is_named_and_the_next_is_read() {
        let long = "x".repeat(300);
        let seen = rows(&format!("1,2,3,4,5\n{long}\nok"));
        assert_eq!(seen[0].1, Err(Reason::TooWide { columns_max: 4, found: 5 }));
        assert_eq!(seen[1].1, Err(Reason::RowTooLarge { bytes_max: 200 }));
        assert_eq!(seen[2], (3, cells(&["ok"])));
    }

    #[test]
    fn a_file_of_broken_quotes_is_given_up() {
        let limits = Limits { row_bytes_max: 20, broken_quotes_max: 3, ..Limits::default() };
        let text = "b\",\"\n".repeat(50);
        let text = format!("\"{text}");
        let result = Delimited::new(&text, b',', &limits).visit(&mut |_| ControlFlow::Continue(()));
        assert!(matches!(result, Err(ImportProblem::BrokenQuotes { .. })), "{result:?}");
    }
}
