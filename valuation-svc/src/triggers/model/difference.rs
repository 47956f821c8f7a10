//! What a version of an organisation's rules changes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Cause, CauseRule, TriggerRules};

/// A cause whose rule differs between two sets of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TriggerRuleDifference)]
pub struct RuleDifference {
    /// The cause.
    pub cause: Cause,
    /// Its rule before.
    pub before: Option<CauseRule>,
    /// Its rule after.
    pub after: Option<CauseRule>,
}

/// What differs from `before` to `after`, cause by cause; nothing where only the order of the rules does.
#[must_use]
pub fn differences(before: &TriggerRules, after: &TriggerRules) -> Vec<RuleDifference> {
    let rule = |of: &TriggerRules, cause| of.rules.iter().find(|rule| rule.cause == cause).cloned();
    Cause::ALL
        .into_iter()
        .map(|cause| RuleDifference { cause, before: rule(before, cause), after: rule(after, cause) })
        .filter(|one| one.before != one.after)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_cause_asks_for_is_a_difference() {
        let platform = TriggerRules::default();
        let mut other = platform.clone();
        other.rules.reverse();
        assert_eq!(differences(&platform, &other), []);
        for rule in &mut other.rules {
            if rule.cause == Cause::Aged {
                rule.deadline_days = 7;
            }
        }
        let found = differences(&platform, &other);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].cause, found[0].after.as_ref().unwrap().deadline_days), (Cause::Aged, 7));
    }
}
