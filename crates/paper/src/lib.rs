//! Documents for people: PDF with Chinese text, and workbooks. It knows nothing of loans or banks; a subject says
//! what stands on its paper, in which words and in which order.
//!
//! ```no_run
//! use paper::{Cell, Column, Language, Paper, Table};
//! # fn main() -> Result<(), paper::PaperError> {
//! let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default();
//! let payments = Table::new([Column::text("日期"), Column::amount("金额（元）")])
//!     .row([Cell::Date(day), Cell::Amount(finance::Money::from_fen(123_456))])
//!     .sums("合计");
//! let bytes = Paper::new(Language::Chinese, "还款明细", day)
//!     .head("示例银行", "编号 L-1")
//!     .grid([("借款人", "某某公司"), ("借据号", "L-1")])
//!     .table(payments)
//!     .signatures([("借款人", "某某公司")])
//!     .bytes()?;
//! # Ok(())
//! # }
//! ```
//!
//! The same input gives the same bytes: dates come from the caller, nothing reads a clock. Making a document reads
//! a font of twenty megabytes and computes for tens of milliseconds: call it where blocking is allowed.
//!
//! Where is …?
//! - the builder of a PDF: [`Paper`]; its blocks become pages in `layout.rs`, tables in `grid.rs`, pages become a file
//!   in `print.rs`
//! - columns, cells and rows, shared by PDF and workbook: [`Table`], [`Column`], [`Cell`]
//! - pictures of boxes, shapes and words: [`Picture`]; the code that a telephone reads: [`Qr`]
//! - workbooks: [`sheet`]
//! - the fonts of the machine: [`Fonts`]; breaking text into lines: `lines.rs`

mod document;
mod error;
mod fonts;
mod grid;
mod layout;
mod lines;
mod picture;
mod print;
mod qr;
pub mod sheet;
mod table;

pub use document::{Language, Paper};
pub use error::PaperError;
pub use fonts::Fonts;
pub use picture::{Picture, Side};
pub use qr::Qr;
pub use table::{Cell, Column, Kind, Table};
