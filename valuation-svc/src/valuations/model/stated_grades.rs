//! People's grades that a request states in place of those on record. How far they may carry a pledge: `bound.rs`.

use crate::scoring::model::HumanGrades;

/// The grades that a valuation goes by: those stated, else those on record.
#[must_use]
pub fn merged(own: HumanGrades, known: HumanGrades) -> HumanGrades {
    HumanGrades {
        trl: own.trl.or(known.trl),
        substitutability: own.substitutability.or(known.substitutability),
        detectability: own.detectability.or(known.detectability),
        independence: own.independence.or(known.independence),
        trend: own.trend.or(known.trend),
        market: own.market.or(known.market),
        market_share: own.market_share.or(known.market_share),
        competition: own.competition.or(known.competition),
        policy_fit: own.policy_fit.or(known.policy_fit),
    }
}

/// The grades stated that are others than those on record; none where none is.
#[must_use]
pub fn replaced(own: HumanGrades, known: HumanGrades) -> Option<HumanGrades> {
    let other = |own: Option<u8>, known: Option<u8>| own.filter(|grade| Some(*grade) != known);
    let replaced = HumanGrades {
        trl: other(own.trl, known.trl),
        substitutability: other(own.substitutability, known.substitutability),
        detectability: other(own.detectability, known.detectability),
        independence: other(own.independence, known.independence),
        trend: other(own.trend, known.trend),
        market: other(own.market, known.market),
        market_share: other(own.market_share, known.market_share),
        competition: other(own.competition, known.competition),
        policy_fit: other(own.policy_fit, known.policy_fit),
    };
    (replaced != HumanGrades::default()).then_some(replaced)
}

/// Grades by their names, in Chinese and in English.
pub(super) fn told(grades: &HumanGrades) -> (String, String) {
    let named = [
        ("技术就绪度", "technology readiness", grades.trl),
        ("不可替代性", "non-substitutability", grades.substitutability),
        ("侵权可判定性", "detectability", grades.detectability),
        ("技术独立性", "independence", grades.independence),
        ("技术发展趋势", "trend of the field", grades.trend),
        ("市场规模与前景", "market", grades.market),
        ("市场占有率", "market share", grades.market_share),
        ("竞争情况", "competition", grades.competition),
        ("政策适应性", "fit with policy", grades.policy_fit),
    ];
    let stated = named.into_iter().filter_map(|(zh, en, grade)| grade.map(|grade| (zh, en, grade)));
    let (zh, en): (Vec<String>, Vec<String>) =
        stated.map(|(zh, en, grade)| (format!("{zh} {grade}"), format!("{en} {grade}"))).unzip();
    (zh.join("、"), en.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stated_grade_counts_before_the_one_on_record_and_is_named_where_it_is_another() {
        let known = HumanGrades { trl: Some(5), market: Some(3), trend: Some(4), ..HumanGrades::default() };
        let own =
            HumanGrades { trl: Some(9), market: Some(3), competition: Some(2), ..HumanGrades::default() };
        let both = merged(own, known);
        assert_eq!(
            (both.trl, both.market, both.trend, both.competition),
            (Some(9), Some(3), Some(4), Some(2))
        );
        let other = replaced(own, known).unwrap();
        assert_eq!(other, HumanGrades { trl: Some(9), competition: Some(2), ..HumanGrades::default() });
        assert_eq!(
            told(&other),
            ("技术就绪度 9、竞争情况 2".to_owned(), "technology readiness 9, competition 2".to_owned())
        );
        assert_eq!(replaced(known, known), None);
        assert_eq!(replaced(HumanGrades::default(), known), None);
    }
}
