//! Lists: one answer of the API as a table with filters, sort, paging, page totals and exports.

use askama::Template;
use axum::response::Response;
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, with_query},
    failure::Failure,
    figures, frame,
    page::{Block, Head, Notice, Page, Row, Table},
    text::Words,
    value::{Facts, rows},
};

/// Rows of a page.
const ROWS: &str = "50";

/// A column: its label's key, how a row shows in it, by which name the API sorts it.
pub struct Column {
    key: &'static str,
    cell: fn(&Desk, &Value) -> Cell,
    sort: &'static str,
    numeric: bool,
    sum: &'static str,
    sum_as: fn(&str) -> Cell,
}

/// A column of text.
#[must_use]
pub const fn column(key: &'static str, cell: fn(&Desk, &Value) -> Cell) -> Column {
    Column { key, cell, sort: "", numeric: false, sum: "", sum_as: Cell::wan }
}

/// A column of figures.
#[must_use]
pub const fn numeric(key: &'static str, cell: fn(&Desk, &Value) -> Cell) -> Column {
    Column { key, cell, sort: "", numeric: true, sum: "", sum_as: Cell::wan }
}

impl Column {
    /// The API sorts by it.
    #[must_use]
    pub const fn sorted(mut self, name: &'static str) -> Self {
        self.sort = name;
        self
    }

    /// The amounts of the page are summed in 万元: the member that holds them.
    #[must_use]
    pub const fn summed(mut self, member: &'static str) -> Self {
        self.sum = member;
        self
    }

    /// The amounts of the page are summed in yuan, as the column shows them: the member that holds them.
    #[must_use]
    pub const fn summed_yuan(mut self, member: &'static str) -> Self {
        self.sum = member;
        self.sum_as = Cell::yuan;
        self
    }
}

/// A filter: the query parameter, its label's key, its choices (none: typed).
pub struct Filter {
    name: &'static str,
    key: &'static str,
    choices: Vec<(String, String)>,
    /// Chosen unless asked otherwise.
    pub chosen: String,
}

/// A filter that is typed.
#[must_use]
pub fn typed(name: &'static str, key: &'static str) -> Filter {
    Filter { name, key, choices: Vec::new(), chosen: String::new() }
}

/// A filter with stored values to choose from.
#[must_use]
pub fn chosen(desk: &Desk, name: &'static str, key: &'static str, values: &[&str]) -> Filter {
    let choices = values.iter().map(|value| ((*value).to_owned(), desk.word(value))).collect();
    Filter { name, key, choices, chosen: String::new() }
}

/// A filter with its own choices.
#[must_use]
pub fn picked(name: &'static str, key: &'static str, choices: Vec<(String, String)>) -> Filter {
    Filter { name, key, choices, chosen: String::new() }
}

/// A list of the API.
pub struct List {
    /// Its address in the API.
    pub api: String,
    /// Its filters.
    pub filters: Vec<Filter>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// It can be had as a file under this page's address + `/export`.
    pub export: bool,
}

#[derive(Template)]
#[template(path = "list.html")]
struct Bar<'a> {
    words: &'static Words,
    path: &'a str,
    filters: &'a [Filter],
    sort: &'a str,
    filtered: bool,
    csv: String,
    xlsx: String,
}

#[derive(Template)]
#[template(path = "pager.html")]
struct Pager {
    words: &'static Words,
    first: String,
    next: String,
}

/// Shows a list as the page `page`, whose other parts stay above it.
///
/// # Errors
/// What the API refused, but for bad filters, which the page itself says.
pub async fn show(desk: &Desk, page: Page, list: List) -> Result<Response, Failure> {
    Ok(frame::show(desk, fill(desk, page, list).await?))
}

/// Adds a list to a page.
///
/// # Errors
/// As [`show`].
pub async fn fill(desk: &Desk, mut page: Page, mut list: List) -> Result<Page, Failure> {
    for filter in &mut list.filters {
        desk.asked(filter.name).clone_into(&mut filter.chosen);
    }
    let mut query = vec![("limit", ROWS)];
    query.extend(list.filters.iter().map(|filter| (filter.name, filter.chosen.as_str())));
    query.extend([("sort", desk.asked("sort")), ("cursor", desk.asked("cursor"))]);
    let answer = match desk.find(&list.api, &query).await {
        Ok(answer) => answer,
        Err(Failure::Refused(refusal)) if matches!(refusal.status, 400 | 422) => {
            let items = refusal.fields.iter().map(|(name, text)| format!("{name}: {text}")).collect();
            page.blocks.push(Block::from(Notice {
                tone: "risk",
                title: desk.t("form-refused").to_owned(),
                text: refusal.detail.clone(),
                items,
            }));
            Value::Null
        }
        Err(failure) => return Err(failure),
    };
    page.blocks.push(bar(desk, &list));
    page.blocks.push(table(desk, &list, rows(&answer)).into());
    let first = if desk.asked("cursor").is_empty() { String::new() } else { link(desk, &list, &[]) };
    let next = match answer.text("next_cursor") {
        "" => String::new(),
        cursor => link(desk, &list, &[("sort", desk.asked("sort")), ("cursor", cursor)]),
    };
    page.blocks.push(markup(&Pager { words: desk.words(), first, next }));
    Ok(page)
}

fn link(desk: &Desk, list: &List, more: &[(&str, &str)]) -> String {
    let mut query: Vec<_> = list.filters.iter().map(|filter| (filter.name, filter.chosen.as_str())).collect();
    query.extend(more);
    with_query(desk.path(), &query)
}

fn bar(desk: &Desk, list: &List) -> Block {
    let file = |kind: &str| {
        let mut query = vec![("format", kind), ("sort", desk.asked("sort"))];
        query.extend(list.filters.iter().map(|filter| (filter.name, filter.chosen.as_str())));
        if list.export { with_query(&format!("{}/export", desk.path()), &query) } else { String::new() }
    };
    markup(&Bar {
        words: desk.words(),
        path: desk.path(),
        filters: &list.filters,
        sort: desk.asked("sort"),
        filtered: list.filters.iter().any(|filter| !filter.chosen.is_empty()),
        csv: file("csv"),
        xlsx: file("xlsx"),
    })
}

fn table(desk: &Desk, list: &List, values: &[Value]) -> Table {
    let sort = desk.asked("sort");
    let heads = list
        .columns
        .iter()
        .map(|column| {
            let descending = format!("-{}", column.sort);
            let (order, turned) = match sort {
                "" => ("", column.sort),
                now if now == column.sort => ("ascending", descending.as_str()),
                now if now == descending => ("descending", column.sort),
                _ => ("", column.sort),
            };
            let sort =
                if column.sort.is_empty() { String::new() } else { link(desk, list, &[("sort", turned)]) };
            Head { label: desk.words().get(column.key).to_owned(), numeric: column.numeric, sort, order }
        })
        .collect();
    let shown = |value: &Value| Row {
        cells: list
            .columns
            .iter()
            .map(|column| {
                let cell = (column.cell)(desk, value);
                // A number is read and copied in one piece.
                let fixed = cell.fixed || column.key == "col-number";
                Cell { numeric: column.numeric, fixed, ..cell }
            })
            .collect(),
    };
    let foot = (values.len() > 1 && list.columns.iter().any(|column| !column.sum.is_empty())).then(|| Row {
        cells: list
            .columns
            .iter()
            .enumerate()
            .map(|(i, column)| match column.sum {
                "" if i == 0 => Cell::text(desk.t("list-page-total")),
                "" => Cell::default(),
                member => (column.sum_as)(&figures::sum(values.iter().map(|value| value.text(member)))),
            })
            .collect(),
    });
    Table {
        title: String::new(),
        heads,
        rows: values.iter().map(shown).collect(),
        foot,
        empty: desk.t("list-empty").to_owned(),
    }
}

/// A small template as a part of a page.
pub fn markup(view: &impl Template) -> Block {
    Block::Markup(crate::page::Markup(view.render().unwrap_or_default()))
}
