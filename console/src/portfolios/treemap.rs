//! A treemap: each patent a tile as large as its value, coloured by industry; tiles as square as they can be (squarified
//! treemaps, Bruls, Huizing and van Wijk 2000).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    cell::Cell,
    desk::Desk,
    figures,
    page::{Chart, Table},
    value::Facts,
};

/// The picture's size, as its template has it.
const SIZE: (f64, f64) = (1000.0, 420.0);
/// Tiles; the patents beyond are too small to be seen.
const TILES_MAX: usize = 60;
/// Colours of the style sheet.
const COLOURS: usize = 6;
/// A tile with room for its number.
const ROOM: (f64, f64) = (150.0, 34.0);

struct Tile {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    group: usize,
    label: String,
    title: String,
    shown: bool,
}

#[derive(askama::Template)]
#[template(path = "treemap.svg", escape = "html")]
struct Treemap {
    tiles: Vec<Tile>,
}

/// A rectangle: left, top, width, height.
type Rect = (f64, f64, f64, f64);

/// How far from square the worst tile of a row is, whose areas sum to `sum` along a side.
fn worst(row: &[f64], side: f64) -> f64 {
    let sum: f64 = row.iter().sum();
    row.iter()
        .map(|area| (side * side * area / (sum * sum)).max(sum * sum / (side * side * area)))
        .fold(1.0, f64::max)
}

/// The rectangles of positive values, largest first, that fill a rectangle in proportion.
fn squarified(values: &[f64], (mut x, mut y, mut width, mut height): Rect) -> Vec<Rect> {
    let total: f64 = values.iter().sum();
    if total <= 0.0 {
        return Vec::new();
    }
    let areas: Vec<f64> = values.iter().map(|value| value / total * width * height).collect();
    let mut placed = Vec::with_capacity(areas.len());
    let mut at = 0;
    while at < areas.len() {
        let side = width.min(height);
        let mut end = at + 1;
        while end < areas.len() && worst(&areas[at..=end], side) <= worst(&areas[at..end], side) {
            end += 1;
        }
        let row = &areas[at..end];
        let thick = row.iter().sum::<f64>() / side;
        let mut along = 0.0;
        for area in row {
            let length = area / thick;
            placed.push(if width >= height {
                (x, y + along, thick, length)
            } else {
                (x + along, y, length, thick)
            });
            along += length;
        }
        if width >= height {
            x += thick;
            width -= thick;
        } else {
            y += thick;
            height -= thick;
        }
        at = end;
    }
    placed
}

/// The members of a portfolio as tiles, with their figures behind them.
pub fn chart(desk: &Desk, members: &[Value]) -> Chart {
    let mut valued: Vec<&Value> = members.iter().filter(|one| one.point("value") > 0.0).collect();
    valued.sort_by(|a, b| b.point("value").total_cmp(&a.point("value")));
    valued.truncate(TILES_MAX);
    let mut industries: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &valued {
        let next = industries.len() % COLOURS + 1;
        industries.entry(one.text("industry")).or_insert(next);
    }
    let values: Vec<f64> = valued.iter().map(|one| one.point("value")).collect();
    let tiles = squarified(&values, (0.0, 0.0, SIZE.0, SIZE.1)).into_iter().zip(&valued).map(
        |((x, y, width, height), one)| Tile {
            x,
            y,
            width: width.max(0.0),
            height: height.max(0.0),
            group: industries.get(one.text("industry")).copied().unwrap_or(1),
            label: one.text("patent_number").to_owned(),
            title: format!("{} {}", one.text("patent_title"), figures::wan(one.text("value"))),
            shown: width > ROOM.0 && height > ROOM.1,
        },
    );
    let picture = Treemap { tiles: tiles.collect() };
    let heads = [desk.t("col-patent"), desk.t("pf-field"), &format!("#{}", desk.t("col-value-wan"))];
    let table = valued.iter().fold(Table::new(desk, "", &heads), |table, one| {
        table.row([
            Cell::text(one.text("patent_number")).to(format!("/patents/{}", one.text("patent_id"))),
            Cell::text(desk.word(one.text("industry"))),
            Cell::wan(one.text("value")),
        ])
    });
    let largest = valued.first().map_or("", |one| one.text("patent_number"));
    Chart {
        title: desk.t("pf-treemap").to_owned(),
        summary: desk.tf("pf-treemap-summary", &[("largest", largest)]),
        svg: askama::Template::render(&picture).unwrap_or_default(),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::squarified;

    #[test]
    fn tiles_fill_the_picture_in_proportion_and_stay_within_it() {
        let values = [6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0];
        let tiles = squarified(&values, (0.0, 0.0, 600.0, 400.0));
        assert_eq!(tiles.len(), values.len());
        for ((x, y, width, height), value) in tiles.iter().zip(values) {
            assert!((width * height - value / 24.0 * 240_000.0).abs() < 1e-6, "{value}");
            assert!(*x >= 0.0 && *y >= 0.0 && x + width < 600.001 && y + height < 400.001);
        }
        // The example of the paper: the first two tiles stand above each other, 3 wide and 2 high of 6 by 4.
        assert!((tiles[0].2 - 300.0).abs() < 1e-6 && (tiles[0].3 - 200.0).abs() < 1e-6, "{:?}", tiles[0]);
        assert_eq!(squarified(&[], (0.0, 0.0, 1.0, 1.0)), []);
    }
}
