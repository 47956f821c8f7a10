//! Legal value: 4 second-level indices, 8 leaves.

use super::super::band::{
    Band,
    Direction::{Falling, Rising},
};
use super::super::leaf::LeafCode::*;
use super::super::tree::SecondLevel;
use super::{graded, leaf, second};

pub(super) fn legal() -> Vec<SecondLevel> {
    vec![
        second(
            "L1",
            ("权利稳定性", "Stability of the right"),
            0.35,
            vec![
                leaf(
                    L11,
                    ("审查与确权经历", "Examination and challenges survived"),
                    0.6,
                    Band::of(
                        ("审查与确权记分", "Examination points"),
                        ("分值", "points of record"),
                        Rising,
                        &[(0.0, 20.0), (1.0, 50.0), (2.0, 75.0), (3.0, 90.0), (4.0, 100.0)],
                    ),
                ),
                leaf(
                    L12,
                    ("未决争议", "Open challenges and lawsuits"),
                    0.4,
                    Band::of(
                        ("未决异议、无效请求和诉讼", "Open challenges and lawsuits"),
                        ("件", ""),
                        Falling,
                        &[(0.0, 90.0), (1.0, 40.0), (3.0, 0.0)],
                    ),
                ),
            ],
        ),
        second(
            "L2",
            ("保护范围", "Scope of protection"),
            0.30,
            vec![
                leaf(
                    L21,
                    ("权利要求数量", "Number of claims"),
                    0.35,
                    Band::of(
                        ("权利要求", "Claims:"),
                        ("项", ""),
                        Rising,
                        &[(1.0, 30.0), (5.0, 50.0), (10.0, 70.0), (20.0, 90.0), (30.0, 100.0)],
                    ),
                ),
                leaf(
                    L22,
                    ("独立权利要求数量", "Number of independent claims"),
                    0.25,
                    Band::of(
                        ("独立权利要求", "Independent claims:"),
                        ("项", ""),
                        Rising,
                        &[(1.0, 50.0), (2.0, 70.0), (3.0, 85.0), (5.0, 100.0)],
                    ),
                ),
                leaf(
                    L23,
                    ("同族国家和地区", "Countries and regions of the family"),
                    0.40,
                    Band::of(
                        ("同族覆盖国家和地区", "Family countries and regions:"),
                        ("个", ""),
                        Rising,
                        &[(1.0, 40.0), (2.0, 55.0), (4.0, 75.0), (8.0, 90.0), (15.0, 100.0)],
                    ),
                ),
            ],
        ),
        second(
            "L3",
            ("侵权可判定性", "Detectability of infringement"),
            0.15,
            vec![leaf(
                L31,
                ("侵权可判定性评级", "Detectability grade"),
                1.0,
                graded("侵权可判定性评级", "Detectability grade"),
            )],
        ),
        second(
            "L4",
            ("依赖性", "Dependence"),
            0.20,
            vec![
                leaf(
                    L41,
                    ("对在先专利的依赖", "Reliance on earlier patents"),
                    0.5,
                    Band::of(
                        ("引用在先专利", "Earlier patents cited:"),
                        ("件", ""),
                        Falling,
                        &[(0.0, 90.0), (5.0, 80.0), (15.0, 60.0), (40.0, 30.0)],
                    ),
                ),
                leaf(
                    L42,
                    ("权利人数量", "Number of owners"),
                    0.5,
                    Band::of(
                        ("权利人", "Owners:"),
                        ("个", ""),
                        Falling,
                        &[(1.0, 95.0), (2.0, 70.0), (3.0, 55.0), (6.0, 30.0)],
                    ),
                ),
            ],
        ),
    ]
}
