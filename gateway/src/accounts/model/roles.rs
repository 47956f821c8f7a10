//! Which roles one person may hold at once: those of the organisation's kind, never both sides of a four-eyes act,
//! and an auditor or administrator nothing else.

use contracts::OrgKind;
use identity::Role;

/// Why these roles cannot be one person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RolesRefused {
    /// None at all.
    #[error("no role")]
    None,
    /// A role of another kind of organisation.
    #[error("{0} is no role of this kind of organisation")]
    Foreign(Role),
    /// A role that stands alone beside another.
    #[error("{0} goes with no other role")]
    Alone(Role),
    /// Maker and approver of the same act.
    #[error("{0} and {1} are two persons")]
    FourEyes(Role, Role),
}

/// The two sides of one act.
const FOUR_EYES: [(Role, Role); 3] = [
    (Role::LoanOfficer, Role::CreditApprover),
    (Role::ClaimsHandler, Role::ClaimsApprover),
    (Role::ModelDeveloper, Role::ModelValidator),
];
/// Who never makes business acts.
const ALONE: [Role; 5] =
    [Role::Auditor, Role::BankAdmin, Role::InsurerAdmin, Role::InstituteAdmin, Role::PlatformAdmin];

/// The roles in order and without doubles, where one person of this kind of organisation may hold them together.
///
/// # Errors
/// [`RolesRefused`]
pub fn check(kind: OrgKind, roles: &[Role]) -> Result<Vec<Role>, RolesRefused> {
    let mut roles = roles.to_vec();
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() {
        return Err(RolesRefused::None);
    }
    if let Some(foreign) = roles.iter().find(|role| !fits(**role, kind)) {
        return Err(RolesRefused::Foreign(*foreign));
    }
    if roles.len() > 1
        && let Some(alone) = roles.iter().find(|role| ALONE.contains(role))
    {
        return Err(RolesRefused::Alone(*alone));
    }
    match FOUR_EYES.iter().find(|(make, approve)| roles.contains(make) && roles.contains(approve)) {
        Some((make, approve)) => Err(RolesRefused::FourEyes(*make, *approve)),
        None => Ok(roles),
    }
}

fn fits(role: Role, kind: OrgKind) -> bool {
    role.organisation().map_or(kind != OrgKind::Platform, |of| of == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_holds_roles_of_the_own_kind_of_organisation_only() {
        assert_eq!(
            check(OrgKind::Bank, &[Role::Operations, Role::LoanOfficer, Role::Operations]),
            Ok(vec![Role::LoanOfficer, Role::Operations])
        );
        assert_eq!(
            check(OrgKind::Enterprise, &[Role::LoanOfficer]),
            Err(RolesRefused::Foreign(Role::LoanOfficer))
        );
        assert_eq!(check(OrgKind::Insurer, &[Role::Auditor]), Ok(vec![Role::Auditor]));
        assert_eq!(check(OrgKind::Bank, &[]), Err(RolesRefused::None));
    }

    #[test]
    fn maker_and_approver_are_two_persons() {
        for (make, approve) in FOUR_EYES {
            let kind = make.organisation().unwrap();
            assert_eq!(check(kind, &[approve, make]), Err(RolesRefused::FourEyes(make, approve)));
        }
    }

    #[test]
    fn an_auditor_or_administrator_makes_no_business_act() {
        assert_eq!(
            check(OrgKind::Bank, &[Role::LoanOfficer, Role::Auditor]),
            Err(RolesRefused::Alone(Role::Auditor))
        );
        assert_eq!(
            check(OrgKind::Bank, &[Role::BankAdmin, Role::Operations]),
            Err(RolesRefused::Alone(Role::BankAdmin))
        );
    }
}
