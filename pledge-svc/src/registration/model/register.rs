//! Entering what was filed in the register: the pledge, which exists from then on, or its change or cancellation.

use chrono::{DateTime, Utc};
use contracts::UserId;

use super::{Answer, Filing, FilingKind, Pledge, Refusal};

/// The register's answer that grants what waits for it. A registration takes its number.
///
/// # Errors
/// Nothing waits.
pub fn register(pledge: &Pledge, registration_number: String) -> Result<Answer, Refusal> {
    let open = pledge.filing.as_ref().filter(|filing| filing.state.is_open());
    match open.map(|filing| filing.kind) {
        Some(FilingKind::Registration) => Ok(Answer::Registered { registration_number }),
        Some(FilingKind::Change) => Ok(Answer::Changed),
        Some(FilingKind::Cancellation) => Ok(Answer::Cancelled),
        None => Err(Refusal::NotInStatus { status: pledge.status }),
    }
}

/// Whether this person may grant what was filed at the bank's own desk: another than who filed it, and with the pledgor's
/// word — its confirmation, or the contract that it signed — where the filing burdens it with more than before (民法典, article
/// 444; 专利权质押登记办法, 国家知识产权局公告第461号, 2021: both parties sign).
///
/// # Errors
/// The filer's own hand, or nothing of the pledgor.
pub fn may_grant(filing: &Filing, burdens: bool, signed: bool, by: UserId) -> Result<(), Refusal> {
    if filing.filed_by_id == Some(by) {
        return Err(Refusal::FourEyes);
    }
    if burdens && !signed && filing.confirmed_at.is_none() {
        return Err(Refusal::NotConfirmed);
    }
    Ok(())
}

/// The pledgor's word on what is at the register for its pledge.
///
/// # Errors
/// Nothing that it would have to confirm, or confirmed before.
pub fn confirm(filing: Filing, by: &str, at: DateTime<Utc>) -> Result<Filing, Refusal> {
    let waits = filing.state.is_open() && filing.kind != FilingKind::Cancellation;
    if !waits || filing.confirmed_at.is_some() {
        return Err(Refusal::NothingToConfirm);
    }
    let version = filing.version + 1;
    Ok(Filing { confirmed_by: Some(by.to_owned()), confirmed_at: Some(at), version, ..filing })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::model::{
        CameTo, OfficeMessage, PledgeStatus,
        samples::{accepted, day},
        take::take,
    };

    #[test]
    fn who_files_does_not_grant_and_the_pledgor_has_its_word() {
        let (filer, other) =
            (UserId::from_uuid(uuid::Uuid::from_u128(1)), UserId::from_uuid(uuid::Uuid::from_u128(2)));
        let filing = accepted().filing.filed_by(filer, "经办");
        assert_eq!(may_grant(&filing, true, true, filer), Err(Refusal::FourEyes));
        assert_eq!(may_grant(&filing, true, false, other), Err(Refusal::NotConfirmed));
        assert_eq!(may_grant(&filing, true, true, other), Ok(()), "the signed contract is its word");
        assert_eq!(may_grant(&filing, false, false, other), Ok(()), "a release burdens nobody");
        let at = filing.filed_at;
        let confirmed = confirm(filing, "企业财务", at).unwrap();
        assert_eq!(may_grant(&confirmed, true, false, other), Ok(()));
        assert_eq!(confirm(confirmed, "企业财务", at), Err(Refusal::NothingToConfirm));
        let done = crate::registration::model::samples::registered_case().filing;
        assert_eq!(confirm(done, "企业财务", at), Err(Refusal::NothingToConfirm));
    }

    #[test]
    fn a_pledge_is_registered_once_with_its_number_and_day() {
        let case = accepted();
        let answer = register(&case.pledge, "Y1".into()).unwrap();
        let message =
            OfficeMessage { request_id: case.filing.id, sequence: 2, on: day("2026-11-25"), answer };
        let (case, came_to) = take(case, &message);
        assert_eq!(came_to, CameTo::Moved);
        assert_eq!(case.pledge.registration_number.as_deref(), Some("Y1"));
        assert_eq!(case.pledge.registered_on, Some(day("2026-11-25")));
        assert_eq!(
            register(&case.pledge, "Y2".into()),
            Err(Refusal::NotInStatus { status: PledgeStatus::Registered })
        );
    }
}
