//! The stage of expected loss (CAS 22, IFRS 9 §5.5): 1 as lent, 2 the risk has risen significantly, 3 credit-impaired.

use finance::EclStage;

use super::{LoanFacts, Reason, classify::Classified, parameters::Staging};

/// The stage of a loan that was classified; reasons are added that its tier does not show already.
///
/// Beyond the presumption of default, impaired by its own estimate or non-performing: 3. Overdue beyond the presumption
/// of an increase, special-mention or worse, or on the watch list: 2.
pub(super) fn stage(facts: &LoanFacts, staging: &Staging, made: &mut Classified) -> EclStage {
    if made.tier.is_nonperforming()
        || facts.overdue_days > staging.impaired_after_days
        || facts.judged.impairment.is_some()
    {
        return EclStage::Three;
    }
    let increased = facts.overdue_days > staging.increased_after_days;
    if increased {
        made.reasons.push(Reason::RiskIncreased { days: facts.overdue_days });
    }
    if facts.watched {
        made.reasons.push(Reason::Watched);
    }
    let worse = made.tier > super::Tier::Normal;
    if increased || worse || facts.watched { EclStage::Two } else { EclStage::One }
}
