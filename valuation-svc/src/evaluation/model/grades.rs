//! What a closed round says to the score.

use std::collections::BTreeSet;

use super::{Said, summary::median};
use crate::scoring::model::HumanGrades;

/// Enterprises without an interest that must have answered before a round says anything to the score. The platform's
/// default.
pub const ENTERPRISES_MIN: usize = 3;

/// The grades on record after a round: the market outlook becomes the experts' median, since the market knows it better than
/// the owner; the readiness that they see is taken only where nobody has said one. Price ideas and answers with an
/// interest are not looked at. `None` where the answers are too few or change nothing. The platform's default rule.
#[must_use]
pub fn on_record(known: HumanGrades, said: &[Said]) -> Option<HumanGrades> {
    let counted: Vec<&Said> = said.iter().filter(|one| !one.answer.conflict).collect();
    let enterprises: BTreeSet<_> = counted.iter().map(|one| one.enterprise).collect();
    if enterprises.len() < ENTERPRISES_MIN {
        return None;
    }
    let after = HumanGrades {
        market: median(counted.iter().map(|one| one.answer.outlook)),
        trl: known.trl.or_else(|| median(counted.iter().map(|one| one.answer.maturity))),
        ..known
    };
    (after != known).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::{super::summary::tests::answer, *};

    fn said(enterprise: u128, maturity: u8, outlook: u8, conflict: bool) -> Said {
        let enterprise = contracts::OrgId::from_uuid(uuid::Uuid::from_u128(enterprise));
        Said { enterprise, answer: answer(maturity, outlook, false, conflict) }
    }

    #[test]
    fn three_enterprises_without_an_interest_set_the_market_and_never_overrule_a_readiness() {
        let known = HumanGrades { trl: Some(4), market: Some(5), ..HumanGrades::default() };
        let three = [said(1, 6, 2, false), said(2, 7, 3, false), said(3, 8, 3, false)];
        let after = on_record(known, &three).unwrap();
        assert_eq!((after.trl, after.market), (Some(4), Some(3)));
        assert_eq!(on_record(HumanGrades::default(), &three).unwrap().trl, Some(7));
        assert_eq!(on_record(after, &three), None, "the same again changes nothing");
        let two = [said(1, 6, 2, false), said(1, 7, 3, false), said(3, 8, 3, false)];
        assert_eq!(on_record(known, &two), None, "two experts of one enterprise are one voice");
        let interested = [said(1, 6, 2, false), said(2, 7, 3, false), said(3, 8, 3, true)];
        assert_eq!(on_record(known, &interested), None);
    }
}
