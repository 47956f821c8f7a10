//! The outcome of a simulation as a histogram with its bins behind it.

use serde_json::Value;

use super::{Series, bars};
use crate::{
    cell::Cell,
    desk::Desk,
    figures,
    page::{Chart, Table},
    value::Facts,
};

/// How many paths ended in each bin: from, to and count, as the API lists them.
pub fn histogram(desk: &Desk, bins: &[Value], title: &str, summary: String) -> Chart {
    let labels: Vec<String> = bins.iter().map(|bin| figures::wan(&bin.shown("from"))).collect();
    let counts = bins.iter().map(|bin| bin.point("count")).collect();
    let heads = [
        &format!("#{}", desk.t("valuation-from")),
        &format!("#{}", desk.t("valuation-to")),
        &format!("#{}", desk.t("valuation-paths")),
    ];
    let table = Table::new(desk, "", &heads.map(String::as_str)).rows(bins, |bin| {
        [Cell::wan(&bin.shown("from")), Cell::wan(&bin.shown("to")), Cell::figure(bin.shown("count"))]
    });
    Chart {
        title: title.to_owned(),
        summary,
        svg: bars(&labels, &[Series::new(desk.t("valuation-paths"), counts)]),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}
