//! What pages are made of: tables, definition grids, figures, notices, timelines, charts. Each part
//! renders itself; a page is a heading and a row of parts.

mod tabs;

use std::fmt;

use askama::Template;
use serde_json::Value;

pub use tabs::tabs;

use crate::{cell::Cell, desk::Desk, figures, form::Form, value::Facts};

/// A column's head.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// Its words.
    pub label: String,
    /// Right-aligned.
    pub numeric: bool,
    /// Where a click sorts by it.
    pub sort: String,
    /// `ascending` or `descending` where the rows are in this order.
    pub order: &'static str,
}

/// One row.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Its cells; the first names the row.
    pub cells: Vec<Cell>,
}

/// A table.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "table.html")]
pub struct Table {
    /// What it is; shown as a heading unless empty.
    pub title: String,
    /// The columns.
    pub heads: Vec<Head>,
    /// The rows.
    pub rows: Vec<Row>,
    /// The last row, of totals.
    pub foot: Option<Row>,
    /// What to read where there is no row.
    pub empty: String,
}

impl Table {
    /// A table with columns: a label that starts with `#` heads figures.
    #[must_use]
    pub fn new(desk: &Desk, title: impl Into<String>, heads: &[&str]) -> Self {
        let heads = heads
            .iter()
            .map(|label| match label.strip_prefix('#') {
                Some(label) => Head { label: label.to_owned(), numeric: true, ..Head::default() },
                None => Head { label: (*label).to_owned(), ..Head::default() },
            })
            .collect();
        Self { title: title.into(), heads, empty: desk.t("list-empty").to_owned(), ..Self::default() }
    }

    /// Adds a row.
    #[must_use]
    pub fn row(mut self, cells: impl IntoIterator<Item = Cell>) -> Self {
        self.rows.push(Row { cells: cells.into_iter().collect() });
        self
    }

    /// Adds a row for each value.
    #[must_use]
    pub fn rows<const N: usize>(
        mut self,
        values: &[Value],
        mut cells: impl FnMut(&Value) -> [Cell; N],
    ) -> Self {
        self.rows.extend(values.iter().map(|value| Row { cells: cells(value).into() }));
        self
    }
}

/// A definition grid.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "facts.html")]
pub struct Grid {
    /// What it is.
    pub title: String,
    /// Label and value.
    pub rows: Vec<(String, Cell)>,
}

impl Grid {
    /// An empty grid.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), rows: Vec::new() }
    }

    /// Adds a fact.
    #[must_use]
    pub fn fact(mut self, label: impl Into<String>, cell: Cell) -> Self {
        self.rows.push((label.into(), cell));
        self
    }
}

/// A sentence or several with a colour and a word.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "notice.html")]
pub struct Notice {
    /// `ok`, `warn`, `risk` or `info`.
    pub tone: &'static str,
    /// The first words.
    pub title: String,
    /// The sentence.
    pub text: String,
    /// Further lines.
    pub items: Vec<String>,
}

/// A figure that matters.
#[derive(Debug, Clone, Default)]
pub struct Figure {
    /// What it is.
    pub label: String,
    /// The figure.
    pub cell: Cell,
    /// What it says.
    pub note: String,
}

/// A row of figures.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "figures.html")]
pub struct FigureRow {
    /// The figures.
    pub figures: Vec<Figure>,
}

impl FigureRow {
    /// Adds one.
    #[must_use]
    pub fn with(mut self, label: impl Into<String>, cell: Cell, note: impl Into<String>) -> Self {
        self.figures.push(Figure { label: label.into(), cell, note: note.into() });
        self
    }
}

/// A picture with its summary in words and its table behind it.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "chart.html")]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// The same in a sentence.
    pub summary: String,
    /// The picture.
    pub svg: String,
    /// The figures behind it.
    pub table: Table,
    /// The words over the table.
    pub table_label: String,
}

/// A second-level index and its leaves.
#[derive(Debug, Clone, Default)]
pub struct Twig {
    /// Its name.
    pub label: String,
    /// Its score.
    pub cell: Cell,
    /// Its leaves.
    pub table: Table,
}

/// A first-level index.
#[derive(Debug, Clone, Default)]
pub struct Branch {
    /// Its name.
    pub label: String,
    /// Its score and weight.
    pub cell: Cell,
    /// Its second level.
    pub twigs: Vec<Twig>,
}

/// The index tree of a score.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "tree.html")]
pub struct Tree {
    /// What it is.
    pub title: String,
    /// The first level.
    pub branches: Vec<Branch>,
}

/// Something that happened.
#[derive(Debug, Clone, Default)]
pub struct Event {
    /// When.
    pub at: String,
    /// What.
    pub what: Cell,
    /// Who, why, how much.
    pub note: String,
}

/// What happened, newest last.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "timeline.html")]
pub struct Timeline {
    /// What it is.
    pub title: String,
    /// The events.
    pub events: Vec<Event>,
}

impl Timeline {
    /// The steps of what one asks for and others answer: each that was taken, at its time, with who took it and what was
    /// said. A step is the field of its time, what it is called, and the fields of who and what.
    #[must_use]
    pub fn of_steps<'a>(
        desk: &Desk,
        one: &Value,
        steps: impl IntoIterator<Item = (&'a str, Cell, [&'a str; 2])>,
    ) -> Self {
        let taken = steps.into_iter().filter(|(at, ..)| one.has(at)).map(|(at, what, words)| Event {
            at: figures::stamp(one.text(at)),
            what,
            note: words.map(|field| one.text(field)).join(" ").trim().to_owned(),
        });
        Self { title: desk.t("timeline").to_owned(), events: taken.collect() }
    }
}

/// Blocks beside each other where there is room.
#[derive(Debug, Default, Template)]
#[template(path = "beside.html")]
pub struct Beside {
    /// The blocks.
    pub blocks: Vec<Block>,
}

macro_rules! blocks {
    ($($name:ident),+) => {
        /// A part of a page.
        #[derive(Debug)]
        #[expect(clippy::large_enum_variant, reason = "a page holds a handful of blocks, none of them for long")]
        pub enum Block { $(#[doc = concat!("A [`", stringify!($name), "`].")] $name($name)),+ }

        impl fmt::Display for Block {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Self::$name(part) => fmt::Display::fmt(part, f)),+ }
            }
        }

        $(impl From<$name> for Block {
            fn from(part: $name) -> Self { Self::$name(part) }
        })+
    };
}
blocks!(Table, Grid, Notice, FigureRow, Chart, Tree, Timeline, Beside, Form, Markup);

/// Text of our own that is already HTML (a small template's output).
#[derive(Debug, Clone)]
pub struct Markup(pub String);

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that can be done from a page.
#[derive(Debug, Clone)]
pub struct Action {
    /// Its words.
    pub label: String,
    /// Where it is done.
    pub href: String,
}

/// A page: a heading and parts.
#[derive(Debug)]
pub struct Page {
    /// The title.
    pub title: String,
    /// The number, patent or contract behind the title.
    pub number: String,
    /// States and marks.
    pub badges: Vec<Cell>,
    /// Where one comes from: words and address.
    pub up: Option<Action>,
    /// What can be done; the first is the next one and the only filled button.
    pub actions: Vec<Action>,
    /// The parts.
    pub blocks: Vec<Block>,
    /// Loads itself again after so many seconds.
    pub refresh_seconds: Option<u32>,
}

impl Page {
    /// A page with a title.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            number: String::new(),
            badges: Vec::new(),
            up: None,
            actions: Vec::new(),
            blocks: Vec::new(),
            refresh_seconds: None,
        }
    }

    /// Under which list it belongs.
    #[must_use]
    pub fn up(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.up = Some(Action { label: label.into(), href: href.into() });
        self
    }

    /// With its number.
    #[must_use]
    pub fn number(mut self, number: impl Into<String>) -> Self {
        self.number = number.into();
        self
    }

    /// With a state or mark.
    #[must_use]
    pub fn badge(mut self, cell: Cell) -> Self {
        self.badges.push(cell);
        self
    }

    /// With something to do, if `when`.
    #[must_use]
    pub fn action(mut self, when: bool, label: impl Into<String>, href: impl Into<String>) -> Self {
        if when {
            self.actions.push(Action { label: label.into(), href: href.into() });
        }
        self
    }

    /// With a part.
    #[must_use]
    pub fn with(mut self, block: impl Into<Block>) -> Self {
        self.blocks.push(block.into());
        self
    }
}
