//! How long an approved loan may run, by its kind (贷款新规 of 2024): within the rule for its kind, or beyond it for a reason
//! that the approver names and up to the longest exception.

use super::{Application, Refusal, records::ApprovedTerms};
use crate::loan::model::rules::KindRules;

/// What the approvals so far say of the loan beside its amount: of the decision, or of the first of two.
#[must_use]
pub fn approved_terms(application: &Application) -> ApprovedTerms {
    let decided = application.decision.as_ref().map(|decision| &decision.terms);
    decided.or(application.first_approval.as_ref().map(|first| &first.terms)).cloned().unwrap_or_default()
}

/// Whether the term that was approved is within the rules for the kind of loan.
///
/// # Errors
/// [`Refusal::TermWithoutReason`], [`Refusal::TermTooLong`].
pub fn within_kind(application: &Application, rules: &KindRules) -> Result<(), Refusal> {
    let asked = application.tenor_months;
    if asked <= rules.term_months {
        return Ok(());
    }
    if let Some(most) = rules.term_exception_months.filter(|most| asked > *most) {
        return Err(Refusal::TermTooLong { asked, most });
    }
    if approved_terms(application).term_exception.is_none() {
        return Err(Refusal::TermWithoutReason { asked, most: rules.term_months });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        applications::model::{Decision, samples::application},
        loan::LoanRules,
    };

    #[test]
    fn beyond_three_years_the_approver_says_why_and_beyond_five_nothing_helps() {
        let rules = LoanRules::default().working_capital;
        let of = |tenor_months, reason: Option<&str>| {
            let mut one = application();
            let by = crate::applications::model::samples::approver();
            one.tenor_months = tenor_months;
            one.decision = Some(Decision {
                terms: ApprovedTerms { term_exception: reason.map(str::to_owned), entrusted_payment: false },
                ..Decision::without_amount(one.status, "同意", &by)
            });
            within_kind(&one, &rules)
        };
        assert_eq!(of(36, None), Ok(()));
        assert_eq!(of(37, None), Err(Refusal::TermWithoutReason { asked: 37, most: 36 }));
        assert_eq!(of(60, Some("订单生产周期三年以上，回款期长")), Ok(()));
        assert_eq!(of(61, Some("同上")), Err(Refusal::TermTooLong { asked: 61, most: 60 }));
    }
}
