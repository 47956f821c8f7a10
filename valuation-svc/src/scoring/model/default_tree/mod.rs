//! The platform's default tree: 3 first-level, 14 second-level, 27 leaves, the shape of GB/T 42748-2023.
//!
//! The standard's own weight and score tables are not reproduced here: weights and bands are the
//! platform's defaults, open to every bank to replace. Index names follow CNIPA's 2012 handbook of patent
//! value indices, the standard's forerunner.

mod economic;
mod legal;
mod technical;

use super::{
    band::{Band, Direction},
    grade::{Grade, GradeBand},
    leaf::LeafCode,
    tree::{FirstLevel, IndexTree, Leaf, Scenario, ScenarioWeights, SecondLevel},
};
use Direction::Rising;

type Names = (&'static str, &'static str);

impl IndexTree {
    /// The default model of the platform.
    #[must_use]
    pub fn platform_default() -> Self {
        Self {
            version: "gbt42748-platform-2".into(),
            source_zh: "指标层级按 GB/T 42748-2023（3 个一级、14 个二级、27 个三级指标）；指标名称参照国家知识产权局 \
                        2012 年专利价值分析指标体系操作手册；权重与评分区间为平台默认值，不是标准发布的数值"
                .into(),
            source_en: "Levels as in GB/T 42748-2023 (3 first-, 14 second-, 27 third-level indices); names \
                        after CNIPA's 2012 handbook of patent value indices; weights and bands are platform \
                        defaults, not figures published in the standard"
                .into(),
            status: "platform default".into(),
            coverage_floor: 0.6,
            scenarios: vec![
                ScenarioWeights { scenario: Scenario::Pledge, weights: [0.35, 0.25, 0.40] },
                ScenarioWeights { scenario: Scenario::Licence, weights: [0.30, 0.35, 0.35] },
                ScenarioWeights { scenario: Scenario::Stocktake, weights: [0.25, 0.40, 0.35] },
            ],
            grades: [
                (Grade::AAA, 85.0),
                (Grade::AA, 75.0),
                (Grade::A, 65.0),
                (Grade::BBB, 55.0),
                (Grade::BB, 45.0),
                (Grade::B, 35.0),
                (Grade::C, 0.0),
            ]
            .map(|(grade, from)| GradeBand { grade, from })
            .to_vec(),
            indices: vec![
                first("L", ("法律价值", "Legal value"), legal::legal()),
                first("T", ("技术价值", "Technical value"), technical::technical()),
                first("E", ("经济价值", "Economic value"), economic::economic()),
            ],
        }
    }
}

impl Band {
    fn of(input: Names, unit: Names, direction: Direction, points: &[(f64, f64)]) -> Self {
        Self {
            input_zh: input.0.into(),
            input_en: input.1.into(),
            unit_zh: unit.0.into(),
            unit_en: unit.1.into(),
            direction,
            points: points.to_vec(),
        }
    }
}

/// A person's grade of 1–5 as 20, 40, 60, 80, 100.
fn graded(input_zh: &'static str, input_en: &'static str) -> Band {
    Band::of(
        (input_zh, input_en),
        ("级", ""),
        Rising,
        &[(1.0, 20.0), (2.0, 40.0), (3.0, 60.0), (4.0, 80.0), (5.0, 100.0)],
    )
}

fn leaf(code: LeafCode, name: Names, weight: f64, band: Band) -> Leaf {
    Leaf { code, name_zh: name.0.into(), name_en: name.1.into(), weight, band }
}

fn second(code: &str, name: Names, weight: f64, leaves: Vec<Leaf>) -> SecondLevel {
    SecondLevel { code: code.into(), name_zh: name.0.into(), name_en: name.1.into(), weight, leaves }
}

fn first(code: &str, name: Names, children: Vec<SecondLevel>) -> FirstLevel {
    FirstLevel { code: code.into(), name_zh: name.0.into(), name_en: name.1.into(), children }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::Falling;

    #[test]
    fn the_default_tree_has_the_standards_shape_of_3_14_and_27() {
        let tree = IndexTree::platform_default();
        assert_eq!(tree.validate(), Ok(()));
        let second: Vec<_> = tree.indices.iter().map(|i| i.children.len()).collect();
        assert_eq!(second, [4, 6, 4]);
        assert_eq!(tree.leaves().count(), 27);
        assert_eq!(tree.status, "platform default");
    }

    #[test]
    fn every_band_keeps_its_documented_direction_over_its_whole_range() {
        for leaf in IndexTree::platform_default().leaves() {
            let scores: Vec<_> = (0..=400).map(|i| leaf.band.score(f64::from(i) / 10.0)).collect();
            for pair in scores.windows(2) {
                let kept = match leaf.band.direction {
                    Rising => pair[0] <= pair[1],
                    Falling => pair[0] >= pair[1],
                };
                assert!(kept, "{:?}", leaf.code);
            }
        }
    }

    #[test]
    fn a_tree_whose_weights_do_not_sum_to_one_is_refused() {
        let mut tree = IndexTree::platform_default();
        tree.indices[0].children[0].weight = 0.5;
        assert!(tree.validate().is_err());
    }

    #[test]
    fn the_tree_survives_the_way_to_json_and_back() {
        let tree = IndexTree::platform_default();
        let text = serde_json::to_string(&tree).unwrap();
        assert_eq!(serde_json::from_str::<IndexTree>(&text).unwrap(), tree);
    }
}
