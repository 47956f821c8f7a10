//! Economic value: 4 second-level indices, 10 leaves.

use super::super::band::{Band, Direction::Rising};
use super::super::leaf::LeafCode::*;
use super::super::tree::SecondLevel;
use super::{Names, graded, leaf, second};

pub(super) fn economic() -> Vec<SecondLevel> {
    let operation = |input: Names| {
        Band::of(input, ("次", ""), Rising, &[(0.0, 40.0), (1.0, 75.0), (3.0, 90.0), (6.0, 100.0)])
    };
    vec![
        second(
            "E1",
            ("剩余经济寿命", "Remaining economic life"),
            0.30,
            vec![
                leaf(
                    E11,
                    ("剩余保护期", "Remaining term"),
                    0.7,
                    Band::of(
                        ("剩余保护期", "Remaining term"),
                        ("年", "years"),
                        Rising,
                        &[(0.0, 0.0), (3.0, 35.0), (6.0, 59.0), (10.0, 80.0), (15.0, 95.0), (20.0, 100.0)],
                    ),
                ),
                leaf(
                    E12,
                    ("维持年限", "Years kept in force"),
                    0.3,
                    Band::of(
                        ("已缴年费维持", "Kept in force:"),
                        ("年", "years"),
                        Rising,
                        &[(0.0, 10.0), (1.0, 45.0), (5.0, 70.0), (10.0, 100.0)],
                    ),
                ),
            ],
        ),
        second(
            "E2",
            ("竞争情况", "Competition"),
            0.15,
            vec![
                leaf(
                    E21,
                    ("竞争程度评级", "Competition grade"),
                    0.6,
                    graded("竞争程度评级", "Competition grade"),
                ),
                leaf(
                    E22,
                    ("市场占有率评级", "Market share grade"),
                    0.4,
                    graded("市场占有率评级", "Market share grade"),
                ),
            ],
        ),
        second(
            "E3",
            ("市场应用", "Market application"),
            0.25,
            vec![
                leaf(
                    E31,
                    ("市场规模与前景评级", "Market size and outlook"),
                    0.4,
                    graded("市场规模与前景评级", "Market grade"),
                ),
                leaf(
                    E32,
                    ("专利产品备案", "Patent-product filings"),
                    0.35,
                    Band::of(
                        ("专利产品备案", "Patent-product filings:"),
                        ("个", ""),
                        Rising,
                        &[(0.0, 35.0), (1.0, 75.0), (3.0, 90.0), (5.0, 100.0)],
                    ),
                ),
                leaf(
                    E33,
                    ("政策适应性评级", "Policy fit"),
                    0.25,
                    graded("政策适应性评级", "Policy fit grade"),
                ),
            ],
        ),
        second(
            "E4",
            ("运营情况", "Operation"),
            0.30,
            vec![
                leaf(E41, ("许可", "Licences"), 0.45, operation(("许可", "Licences:"))),
                leaf(E42, ("转让", "Transfers"), 0.25, operation(("转让", "Transfers:"))),
                leaf(E43, ("质押", "Pledges"), 0.30, operation(("质押", "Pledges:"))),
            ],
        ),
    ]
}
