//! A bar of links to what stands beside a page.

use super::Markup;

#[derive(askama::Template)]
#[template(path = "tabs.html")]
struct Tabs {
    label: String,
    links: Vec<(String, String, bool)>,
}

/// A bar of links, each with its words, its address, and whether it leads to where one is.
pub fn tabs(label: &str, links: impl IntoIterator<Item = (String, String, bool)>) -> Markup {
    let tabs = Tabs { label: label.to_owned(), links: links.into_iter().collect() };
    Markup(askama::Template::render(&tabs).unwrap_or_default())
}
