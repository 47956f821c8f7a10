//! What an accepted assessment says to the score.

use super::UnitAssessment;
use crate::scoring::model::HumanGrades;

/// The grades on record after a patent was accepted into the library: the transfer office's reviewed readiness is the
/// maturity, its industrial prospect the market outlook. Its value grade is not among them: a valuation takes no value as
/// an input (专利资产评估指导意见). Other grades stay as they were. The platform's default rule.
#[must_use]
pub fn on_record(known: HumanGrades, unit: &UnitAssessment) -> HumanGrades {
    HumanGrades { trl: Some(unit.trl), market: Some(unit.prospect), ..known }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accepted_assessment_sets_maturity_and_market_and_leaves_the_rest() {
        let known = HumanGrades { trl: Some(3), competition: Some(2), ..HumanGrades::default() };
        let unit = UnitAssessment { trl: 6, prospect: 4, mode: None, value: 5, reasons: String::new() };
        let after = on_record(known, &unit);
        assert_eq!((after.trl, after.market, after.competition), (Some(6), Some(4), Some(2)));
        assert_eq!(after.substitutability, None);
    }
}
