//! Whether a patent can be offered at all, and how readily: what has ended, is fought over, or is pledged without the
//! pledgee's consent is not proposed to anybody.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::patent::LegalStatus;

/// Why a patent is not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PatentUnavailable)]
pub enum Unavailable {
    /// The right has ended or was never granted.
    Ended,
    /// A dispute over ownership, or a court's preservation, is open.
    Disputed,
    /// A registered pledge lies on it, and the pledgee has not consented to a licence or a transfer (民法典第444条).
    Pledged,
    /// The owner said in a stocktake that it is not to be offered.
    Unwilling,
}

impl Unavailable {
    /// The sentence for people.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Ended => ("专利权已终止或未授权", "the right has ended or was refused"),
            Self::Disputed => {
                ("权属存在未决争议或财产保全", "its ownership is in dispute or under preservation")
            }
            Self::Pledged => (
                "已质押且质权人未同意许可或转让",
                "it is pledged, and the pledgee has not consented to a licence or transfer",
            ),
            Self::Unwilling => {
                ("权利人在盘点中表示不转化", "its owner said in the stocktake that it is not offered")
            }
        }
    }
}

/// What is known of a patent on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The status on the day.
    pub status: LegalStatus,
    /// An open dispute over ownership, or a preservation.
    pub disputed: bool,
    /// Under a registered pledge.
    pub pledged: bool,
    /// Every pledgee consents today to a licence or a transfer.
    pub consented: bool,
    /// What the owner said in a stocktake, where one is known.
    pub willing: Option<bool>,
}

/// How readily a patent is to be had, 0 to 1, or why it is not. A granted right whose owner is willing stands highest, then
/// one of whose owner nothing is known; a pledge with consent, and an application that is not decided, cost something.
///
/// # Errors
/// [`Unavailable`]
pub fn availability(standing: Standing) -> Result<f64, Unavailable> {
    let right: f64 = match standing.status {
        LegalStatus::Granted => 1.0,
        LegalStatus::Unknown => 0.7,
        LegalStatus::Pending => 0.5,
        LegalStatus::Lapsed
        | LegalStatus::Expired
        | LegalStatus::Invalidated
        | LegalStatus::Withdrawn
        | LegalStatus::Rejected => return Err(Unavailable::Ended),
    };
    if standing.disputed {
        return Err(Unavailable::Disputed);
    }
    if standing.pledged && !standing.consented {
        return Err(Unavailable::Pledged);
    }
    let willing = match standing.willing {
        Some(false) => return Err(Unavailable::Unwilling),
        Some(true) => 1.0,
        None => 0.8,
    };
    Ok(right * willing * if standing.pledged { 0.8 } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: Standing = Standing {
        status: LegalStatus::Granted,
        disputed: false,
        pledged: false,
        consented: false,
        willing: Some(true),
    };

    #[test]
    fn what_has_ended_is_disputed_pledged_or_withheld_is_not_offered() {
        assert_eq!(availability(SOUND), Ok(1.0));
        for status in
            [LegalStatus::Lapsed, LegalStatus::Expired, LegalStatus::Invalidated, LegalStatus::Rejected]
        {
            assert_eq!(availability(Standing { status, ..SOUND }), Err(Unavailable::Ended));
        }
        assert_eq!(availability(Standing { disputed: true, ..SOUND }), Err(Unavailable::Disputed));
        assert_eq!(availability(Standing { pledged: true, ..SOUND }), Err(Unavailable::Pledged));
        assert_eq!(availability(Standing { willing: Some(false), ..SOUND }), Err(Unavailable::Unwilling));
    }

    #[test]
    fn consent_opens_a_pledged_patent_and_doubts_cost_something() {
        let pledged = availability(Standing { pledged: true, consented: true, ..SOUND }).unwrap();
        let unasked = availability(Standing { willing: None, ..SOUND }).unwrap();
        let pending = availability(Standing { status: LegalStatus::Pending, ..SOUND }).unwrap();
        for less in [pledged, unasked, pending] {
            assert!(less > 0.0 && less < 1.0);
        }
    }
}
