//! Technical value: 6 second-level indices, 9 leaves.

use super::super::band::{
    Band,
    Direction::{Falling, Rising},
};
use super::super::leaf::LeafCode::*;
use super::super::tree::SecondLevel;
use super::{graded, leaf, second};

pub(super) fn technical() -> Vec<SecondLevel> {
    vec![
        second(
            "T1",
            ("先进性", "Advancement"),
            0.25,
            vec![
                leaf(
                    T11,
                    ("五年内被引证次数", "Forward citations within five years"),
                    0.65,
                    Band::of(
                        ("公开后五年内被引证", "Cited within five years of publication:"),
                        ("次", ""),
                        Rising,
                        &[(0.0, 30.0), (1.0, 45.0), (5.0, 70.0), (15.0, 90.0), (30.0, 100.0)],
                    ),
                ),
                leaf(
                    T12,
                    ("科学关联度", "Science base"),
                    0.35,
                    Band::of(
                        ("引用非专利文献", "Non-patent literature cited:"),
                        ("篇", ""),
                        Rising,
                        &[(0.0, 40.0), (2.0, 60.0), (5.0, 80.0), (10.0, 100.0)],
                    ),
                ),
            ],
        ),
        second(
            "T2",
            ("可替代性", "Substitutability"),
            0.15,
            vec![leaf(
                T21,
                ("不可替代性评级", "Grade of non-substitutability"),
                1.0,
                graded("不可替代性评级", "Non-substitutability grade"),
            )],
        ),
        second(
            "T3",
            ("适用范围", "Scope of application"),
            0.15,
            vec![leaf(
                T31,
                ("技术领域数量", "Technical fields covered"),
                1.0,
                Band::of(
                    ("涉及 IPC 小类", "IPC subclasses:"),
                    ("个", ""),
                    Rising,
                    &[(1.0, 45.0), (2.0, 65.0), (4.0, 85.0), (7.0, 100.0)],
                ),
            )],
        ),
        second(
            "T4",
            ("独立性", "Independence"),
            0.10,
            vec![leaf(
                T41,
                ("对配套技术的独立性", "Independence of complementary technology"),
                1.0,
                graded("技术独立性评级", "Independence grade"),
            )],
        ),
        second(
            "T5",
            ("成熟度", "Maturity"),
            0.20,
            vec![
                leaf(
                    T51,
                    ("技术就绪度", "Technology readiness"),
                    0.6,
                    Band::of(
                        ("技术就绪度", "Technology readiness level"),
                        ("级", ""),
                        Rising,
                        &[(1.0, 10.0), (3.0, 25.0), (5.0, 50.0), (7.0, 75.0), (9.0, 100.0)],
                    ),
                ),
                leaf(
                    T52,
                    ("公开充分程度", "Depth of disclosure"),
                    0.4,
                    Band::of(
                        ("说明书", "Description:"),
                        ("页", "pages"),
                        Rising,
                        &[(1.0, 30.0), (5.0, 50.0), (10.0, 70.0), (20.0, 90.0), (40.0, 100.0)],
                    ),
                ),
            ],
        ),
        second(
            "T6",
            ("技术发展趋势", "Trend of the field"),
            0.15,
            vec![
                leaf(
                    T61,
                    ("技术发展趋势评级", "Trend grade"),
                    0.5,
                    graded("技术发展趋势评级", "Trend grade"),
                ),
                leaf(
                    T62,
                    ("技术年龄", "Age of the technology"),
                    0.5,
                    Band::of(
                        ("自申请日起", "Since filing:"),
                        ("年", "years"),
                        Falling,
                        &[(0.0, 95.0), (3.0, 85.0), (8.0, 60.0), (15.0, 30.0), (20.0, 10.0)],
                    ),
                ),
            ],
        ),
    ]
}
