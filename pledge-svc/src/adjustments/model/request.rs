//! What a borrower asks its bank to change: pending until it is taken up as a proposal of the bank's own, refused with a
//! reason, withdrawn, or lapsed with the last day of its term. Asking binds nobody: a change takes both parties' consent
//! (民法典, article 543), and the bank decides whether it extends (贷款通则, 中国人民银行令〔1996〕第2号, article 12).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdjustmentKind, Refusal};

/// What has become of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ChangeRequestStatus)]
pub enum RequestStatus {
    /// 待受理
    Pending,
    /// 已受理: it became a proposal
    TakenUp,
    /// 未受理
    Refused,
    /// 已撤回
    Withdrawn,
    /// 已失效
    Lapsed,
}

impl RequestStatus {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Pending, Self::TakenUp, Self::Refused, Self::Withdrawn, Self::Lapsed];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::TakenUp => "taken_up",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed",
        }
    }

    /// 名称
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Pending => "待受理",
            Self::TakenUp => "已受理",
            Self::Refused => "未受理",
            Self::Withdrawn => "已撤回",
            Self::Lapsed => "已失效",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == text)
    }
}

/// A request as the rules see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// What has become of it.
    pub status: RequestStatus,
    /// The last day on which the bank may take it up.
    pub answer_by: NaiveDate,
}

/// Whether a borrower asks for a kind of change: for what the parties agree on. Misuse is found by the bank, fees are
/// waived by it.
///
/// # Errors
/// [`Refusal::NotAskable`]
pub const fn may_ask(kind: AdjustmentKind) -> Result<(), Refusal> {
    if kind.is_new_terms() { Ok(()) } else { Err(Refusal::NotAskable { kind }) }
}

/// Where a request goes: only from pending; what is past its last day is neither taken up nor refused any more.
///
/// # Errors
/// [`Refusal::RequestClosed`], [`Refusal::RequestLate`]
pub fn step(asked: Asked, to: RequestStatus, on: NaiveDate) -> Result<RequestStatus, Refusal> {
    if asked.status != RequestStatus::Pending {
        return Err(Refusal::RequestClosed(asked.status));
    }
    let late = on > asked.answer_by;
    match to {
        RequestStatus::TakenUp | RequestStatus::Refused if late => {
            Err(Refusal::RequestLate { until: asked.answer_by })
        }
        RequestStatus::Lapsed if !late => Err(Refusal::RequestClosed(asked.status)),
        _ => Ok(to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_request_is_answered_once_and_until_its_last_day() {
        use RequestStatus::{Lapsed, Pending, Refused, TakenUp, Withdrawn};
        let open = Asked { status: Pending, answer_by: day("2026-12-08") };
        let (last, after) = (day("2026-12-08"), day("2026-12-09"));
        for to in [TakenUp, Refused, Withdrawn] {
            assert_eq!(step(open, to, last), Ok(to));
        }
        assert_eq!(
            step(open, Lapsed, last),
            Err(Refusal::RequestClosed(Pending)),
            "its last day is not over"
        );
        assert_eq!(step(open, Lapsed, after), Ok(Lapsed));
        assert_eq!(step(open, TakenUp, after), Err(Refusal::RequestLate { until: last }));
        assert_eq!(step(open, Refused, after), Err(Refusal::RequestLate { until: last }));
        assert_eq!(step(open, Withdrawn, after), Ok(Withdrawn));
        for status in [TakenUp, Refused, Withdrawn, Lapsed] {
            for to in RequestStatus::ALL {
                assert_eq!(step(Asked { status, ..open }, to, last), Err(Refusal::RequestClosed(status)));
            }
        }
    }

    #[test]
    fn what_the_bank_finds_or_gives_by_itself_is_not_asked_for() {
        use AdjustmentKind::{FeeWaiver, Misuse, MisuseEnded, VatExemption, VatExemptionEnded};
        for kind in AdjustmentKind::ALL {
            let asked = may_ask(kind).is_ok();
            assert_eq!(
                asked,
                ![Misuse, MisuseEnded, FeeWaiver, VatExemption, VatExemptionEnded].contains(&kind),
                "{}",
                kind.name()
            );
        }
    }

    #[test]
    fn states_are_called_the_same_everywhere() {
        for status in RequestStatus::ALL {
            assert_eq!(RequestStatus::parse(status.name()), Some(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
        }
    }
}
