//! Annulling a registered pledge from the start, when a ground against it is found later: the built-in register's
//! own step. An office outside annuls by its message.

use chrono::NaiveDate;

use super::{Answer, Filing, FilingState, Ground, Pledge, PledgeStatus, Refusal, refuse::named};

/// The register's answer that annuls.
///
/// # Errors
/// The pledge was never registered, or was annulled before.
pub fn annul(pledge: &Pledge, grounds: Vec<Ground>, reason: String) -> Result<Answer, Refusal> {
    match pledge.status {
        PledgeStatus::Registered | PledgeStatus::Cancelled => {
            Ok(Answer::Annulled { grounds: named(grounds), reason })
        }
        status => Err(Refusal::NotInStatus { status }),
    }
}

/// What else is filed for an annulled pledge falls with it.
#[must_use]
pub fn fallen(filing: Filing, on: NaiveDate) -> Filing {
    Filing {
        state: FilingState::Withdrawn,
        due_on: None,
        deficiency: None,
        decided_on: Some(on),
        version: filing.version + 1,
        ..filing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::model::{
        CameTo, OfficeMessage,
        samples::{day, registered_case, submitted},
        take::take,
    };

    #[test]
    fn an_annulled_pledge_never_existed_and_is_not_annulled_twice() {
        let case = registered_case();
        let answer = annul(&case.pledge, vec![Ground::NotThePatentee], "非权利人".into()).unwrap();
        let message = OfficeMessage {
            request_id: case.filing.id,
            sequence: case.filing.taken + 1,
            on: day("2027-01-05"),
            answer,
        };
        let (case, came_to) = take(case, &message);
        assert_eq!((case.pledge.status, came_to), (PledgeStatus::Annulled, CameTo::Moved));
        assert_eq!(case.filing.grounds, [Ground::NotThePatentee]);
        assert!(annul(&case.pledge, vec![], "再次".into()).is_err());
        assert!(annul(&submitted().pledge, vec![], "未登记".into()).is_err());
    }
}
