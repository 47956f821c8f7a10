//! Nobody approves a version of the approval authority that lets the own authority reach further.

use contracts::UserId;

use super::authority::ApprovalAuthority;

impl ApprovalAuthority {
    /// Whether this version, in place of the one before, raises the own authority of a person that either of them names. The
    /// bound of everybody who is not named is the house's, and rises for all alike.
    #[must_use]
    pub fn raises_own_limit(&self, before: &Self, user: UserId) -> bool {
        let named = |set: &Self| set.persons.iter().any(|person| person.user_id == user);
        if !named(self) && !named(before) {
            return false;
        }
        match (before.limit_of(user), self.limit_of(user)) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(before), Some(after)) => after > before,
        }
    }
}

#[cfg(test)]
mod tests {
    use finance::Money;
    use uuid::Uuid;

    use super::*;
    use crate::applications::model::authority::PersonalLimit;

    fn set(general: Option<i64>, own: Option<i64>) -> ApprovalAuthority {
        let person =
            |limit| PersonalLimit { user_id: me(), name: "审批人".into(), limit: Money::from_fen(limit) };
        ApprovalAuthority {
            personal_limit: general.map(Money::from_fen),
            persons: own.map(person).into_iter().collect(),
            ..ApprovalAuthority::default()
        }
    }

    fn me() -> UserId {
        UserId::from_uuid(Uuid::from_u128(1))
    }

    #[test]
    fn ones_own_limit_is_raised_by_name_or_by_taking_the_name_off_and_the_houses_for_all() {
        for (before, after, raised) in [
            (set(Some(5), Some(3)), set(Some(5), Some(4)), true),
            (set(Some(5), Some(3)), set(Some(5), None), true),
            (set(Some(5), None), set(Some(5), Some(6)), true),
            (set(None, Some(3)), set(None, None), true),
            (set(Some(5), Some(3)), set(Some(9), Some(3)), false),
            (set(Some(5), None), set(Some(9), None), false),
            (set(None, None), set(None, Some(9)), false),
            (set(Some(5), Some(3)), set(Some(5), Some(2)), false),
        ] {
            assert_eq!(after.raises_own_limit(&before, me()), raised, "{before:?} to {after:?}");
        }
    }
}
