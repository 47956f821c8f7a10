//! The rules of the index tree: its shape, its names and codes, weights, bands and grades.

use std::collections::BTreeSet;

use super::Found;
use crate::scoring::model::{Band, IndexTree, Scenario};

/// Second-level indices of a first-level one, and leaves of a second-level one, at most.
const BELOW_MAX: usize = 12;
/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 60;
/// The longest code, in characters.
const CODE_CHARS_MAX: usize = 12;
/// The longest statement of where the tree comes from, in characters.
const SOURCE_CHARS_MAX: usize = 2_000;
/// Points of a band at most.
const POINTS_MAX: usize = 20;
/// The first level, in the order of every purpose's weights.
const FIRST: [&str; 3] = ["L", "T", "E"];

/// What is wrong with a tree.
pub(super) fn check(found: &mut Found, tree: &IndexTree) {
    stated(found, tree);
    let codes: Vec<&str> = tree.indices.iter().map(|index| index.code.as_str()).collect();
    found.require(
        codes == FIRST,
        "tree.indices",
        "一级指标须为三个，代码依次为 L、T、E",
        "there must be three first-level indices with the codes L, T and E in this order",
    );
    purposes(found, tree);
    found.within("tree.coverage_floor", tree.coverage_floor, 0.3, 1.0);
    indices(found, tree);
    grades(found, tree);
}

fn stated(found: &mut Found, tree: &IndexTree) {
    found.words("tree.version".to_owned(), &tree.version, NAME_CHARS_MAX);
    found.words("tree.source_zh".to_owned(), &tree.source_zh, SOURCE_CHARS_MAX);
    found.words("tree.source_en".to_owned(), &tree.source_en, SOURCE_CHARS_MAX);
    found.words("tree.status".to_owned(), &tree.status, NAME_CHARS_MAX);
    let claims = tree.status.to_lowercase();
    found.require(
        claims.trim() != "official" && claims.trim() != "官方",
        "tree.status",
        "本行模型不得标为官方",
        "a bank's model may not call itself official",
    );
}

fn purposes(found: &mut Found, tree: &IndexTree) {
    for scenario in [Scenario::Pledge, Scenario::Licence, Scenario::Stocktake] {
        let own = tree.scenarios.iter().filter(|one| one.scenario == scenario).count();
        found.require(
            own == 1,
            format!("tree.scenarios.{}", scenario.as_str()),
            "每个用途须有且仅有一组权重",
            "each purpose has exactly one set of weights",
        );
    }
    for one in &tree.scenarios {
        found.shares(&format!("tree.scenarios.{}.weights", one.scenario.as_str()), &one.weights);
    }
}

/// A code as a part of a path; its place where it has none.
fn part(code: &str, at: usize) -> String {
    if code.trim().is_empty() {
        (at + 1).to_string()
    } else {
        code.trim().chars().take(CODE_CHARS_MAX).collect()
    }
}

fn names(found: &mut Found, path: &str, (zh, en): (&str, &str)) {
    found.words(format!("{path}.name_zh"), zh, NAME_CHARS_MAX);
    found.words(format!("{path}.name_en"), en, NAME_CHARS_MAX);
}

fn below(found: &mut Found, path: String, count: usize) {
    found.require(
        (1..=BELOW_MAX).contains(&count),
        path,
        format!("其下须有 1 至 {BELOW_MAX} 个指标"),
        format!("there must be 1 to {BELOW_MAX} indices below it"),
    );
}

fn indices(found: &mut Found, tree: &IndexTree) {
    let (mut codes, mut leaves) = (BTreeSet::new(), BTreeSet::new());
    for (at, index) in tree.indices.iter().enumerate() {
        let path = format!("tree.indices.{}", part(&index.code, at));
        names(found, &path, (&index.name_zh, &index.name_en));
        below(found, path.clone(), index.children.len());
        let weights: Vec<f64> = index.children.iter().map(|child| child.weight).collect();
        found.shares(&format!("{path}.weight"), &weights);
        for (at, child) in index.children.iter().enumerate() {
            let path = format!("{path}.{}", part(&child.code, at));
            let code = child.code.trim();
            found.words(format!("{path}.code"), code, CODE_CHARS_MAX);
            found.require(
                code.is_empty() || (!FIRST.contains(&code) && codes.insert(code.to_owned())),
                format!("{path}.code"),
                "代码重复",
                "the code is there twice",
            );
            names(found, &path, (&child.name_zh, &child.name_en));
            below(found, path.clone(), child.leaves.len());
            let weights: Vec<f64> = child.leaves.iter().map(|leaf| leaf.weight).collect();
            found.shares(&format!("{path}.weight"), &weights);
            for leaf in &child.leaves {
                let path = format!("{path}.{:?}", leaf.code);
                names(found, &path, (&leaf.name_zh, &leaf.name_en));
                band(found, &path, &leaf.band);
                found.require(leaves.insert(leaf.code), path, "同一指标出现两次", "the leaf is there twice");
            }
        }
    }
}

fn band(found: &mut Found, path: &str, band: &Band) {
    found.words(format!("{path}.band.input_zh"), &band.input_zh, NAME_CHARS_MAX);
    found.words(format!("{path}.band.input_en"), &band.input_en, NAME_CHARS_MAX);
    for (unit, text) in [("unit_zh", &band.unit_zh), ("unit_en", &band.unit_en)] {
        if !text.is_empty() {
            found.words(format!("{path}.band.{unit}"), text, NAME_CHARS_MAX);
        }
    }
    found.require(
        band.is_sound() && band.points.len() <= POINTS_MAX,
        format!("{path}.band"),
        "评分区间须按事实递增排列（不得重叠）、分值在 0 至 100 之间，并与所载方向一致，至多 20 点",
        "the band's facts must rise without overlap, its scores lie within 0–100 and keep the stated direction; at most 20 points",
    );
}

fn grades(found: &mut Found, tree: &IndexTree) {
    let falling =
        tree.grades.windows(2).all(|pair| matches!(pair, [a, b] if a.from > b.from && a.grade < b.grade));
    let (best, last) = (tree.grades.first(), tree.grades.last());
    found.require(
        falling && best.is_some_and(|one| one.from <= 100.0) && last.is_some_and(|one| one.from == 0.0),
        "tree.grades",
        "等级须由高到低排列且分数区间不得重叠，最高一级不超过 100 分，最低一级自 0 分起",
        "grades go from the best down without overlap; the best begins at 100 or below, the lowest at 0",
    );
}

#[cfg(test)]
mod tests {
    use super::super::problems;
    use crate::models::model::ModelContent;

    type Spoil = fn(&mut ModelContent);

    fn fields(spoil: Spoil) -> Vec<String> {
        let mut content = ModelContent::clone(&ModelContent::platform_default().content);
        spoil(&mut content);
        problems(&content).into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_tree_without_names_or_with_a_code_twice_is_told_at_its_field() {
        let cases: [(Spoil, &str); 10] = [
            (|c| c.tree.indices[0].name_zh = "  ".into(), "tree.indices.L.name_zh"),
            (|c| c.tree.indices[1].children[0].name_en = String::new(), "tree.indices.T.T1.name_en"),
            (
                |c| c.tree.indices[0].children[0].leaves[0].name_zh = "名".repeat(61),
                "tree.indices.L.L1.L11.name_zh",
            ),
            (|c| c.tree.indices[0].children[1].code = "L1".into(), "tree.indices.L.L1.code"),
            (|c| c.tree.indices[0].children[0].code = String::new(), "tree.indices.L.1.code"),
            (|c| c.tree.indices.swap(0, 1), "tree.indices"),
            (|c| c.tree.version = "a\u{7}".into(), "tree.version"),
            (|c| c.tree.status = " Official".into(), "tree.status"),
            (
                |c| c.tree.indices[0].children[0].leaves[0].band.input_zh = String::new(),
                "tree.indices.L.L1.L11.band.input_zh",
            ),
            (
                |c| {
                    let points = &mut c.tree.indices[0].children[0].leaves[0].band.points;
                    points[1].0 = points[0].0;
                },
                "tree.indices.L.L1.L11.band",
            ),
        ];
        for (spoil, field) in cases {
            assert_eq!(fields(spoil), [field]);
        }
    }

    #[test]
    fn weights_that_come_to_nothing_and_levels_without_end_are_refused() {
        let nothing: Spoil = |c| {
            for leaf in &mut c.tree.indices[0].children[0].leaves {
                leaf.weight = 0.0;
            }
        };
        assert_eq!(fields(nothing), ["tree.indices.L.L1.weight"]);
        let bare: Spoil = |c| c.tree.indices[0].children[0].leaves.clear();
        assert_eq!(fields(bare), ["tree.indices.L.L1", "tree.indices.L.L1.weight"]);
        let endless: Spoil = |c| {
            let one = c.tree.indices[2].children[0].clone();
            c.tree.indices[2].children = vec![one; 5_000];
        };
        let found = fields(endless);
        assert_eq!((found.len(), found[0].as_str()), (200, "tree.indices.E"));
    }
}
