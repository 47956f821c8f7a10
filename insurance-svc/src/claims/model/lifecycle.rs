//! The states of a claim and the steps between them. Whoever assesses never approves.
//!
//! notified → assessed → approved → paid; notified or assessed → refused; assessed with nothing to pay → closed.

use contracts::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a claim is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 已报案
    Notified,
    /// 已定损
    Assessed,
    /// 已核赔
    Approved,
    /// 已赔付
    Paid,
    /// 已拒赔
    Refused,
    /// 零赔付结案
    Closed,
}

impl Status {
    /// Every one of them.
    pub const ALL: [Self; 6] =
        [Self::Notified, Self::Assessed, Self::Approved, Self::Paid, Self::Refused, Self::Closed];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Notified => "notified",
            Self::Assessed => "assessed",
            Self::Approved => "approved",
            Self::Paid => "paid",
            Self::Refused => "refused",
            Self::Closed => "closed",
        }
    }

    /// The name for people.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Notified => "已报案",
            Self::Assessed => "已定损",
            Self::Approved => "已核赔",
            Self::Paid => "已赔付",
            Self::Refused => "已拒赔",
            Self::Closed => "零赔付结案",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// Something done to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The loss is assessed, or assessed again before it is approved.
    Assess,
    /// The payment is approved; `nothing` when none is due.
    Approve {
        /// Whether nothing is payable.
        nothing: bool,
    },
    /// The claim is refused.
    Refuse,
    /// The approved amount is paid.
    Pay,
}

/// Why a step is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It does not follow from where the claim is.
    NotNow(Status),
    /// The assessor decides on the own assessment.
    FourEyes,
}

/// The state after a step.
///
/// # Errors
/// [`Refusal`]
pub fn after(status: Status, step: Step, assessor: Option<UserId>, by: UserId) -> Result<Status, Refusal> {
    let next = match (status, step) {
        (Status::Notified | Status::Assessed, Step::Assess) => return Ok(Status::Assessed),
        (Status::Assessed, Step::Approve { nothing: false }) => Status::Approved,
        (Status::Assessed, Step::Approve { nothing: true }) => Status::Closed,
        (Status::Notified | Status::Assessed, Step::Refuse) => Status::Refused,
        (Status::Approved, Step::Pay) => return Ok(Status::Paid),
        _ => return Err(Refusal::NotNow(status)),
    };
    if assessor == Some(by) { Err(Refusal::FourEyes) } else { Ok(next) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPROVE: Step = Step::Approve { nothing: false };

    fn user(number: u128) -> UserId {
        UserId::from_uuid(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn a_claim_goes_from_notice_to_payment_through_two_people() {
        let (handler, approver) = (user(1), user(2));
        let assessed = after(Status::Notified, Step::Assess, None, handler).unwrap();
        let approved = after(assessed, APPROVE, Some(handler), approver).unwrap();
        assert_eq!(after(approved, Step::Pay, Some(handler), approver), Ok(Status::Paid));
        assert_eq!(after(assessed, APPROVE, Some(handler), handler), Err(Refusal::FourEyes));
        assert_eq!(after(assessed, Step::Refuse, Some(handler), handler), Err(Refusal::FourEyes));
        let nothing = Step::Approve { nothing: true };
        assert_eq!(after(assessed, nothing, Some(handler), approver), Ok(Status::Closed));
    }

    #[test]
    fn no_other_step_exists() {
        let allowed = [
            (Status::Notified, Step::Assess),
            (Status::Assessed, Step::Assess),
            (Status::Assessed, APPROVE),
            (Status::Notified, Step::Refuse),
            (Status::Assessed, Step::Refuse),
            (Status::Approved, Step::Pay),
        ];
        for status in Status::ALL {
            for step in [Step::Assess, APPROVE, Step::Refuse, Step::Pay] {
                let taken = after(status, step, Some(user(1)), user(2)).is_ok();
                assert_eq!(taken, allowed.contains(&(status, step)), "{status:?} {step:?}");
            }
            assert_eq!(Status::parse(status.name()), Some(status));
        }
    }
}
