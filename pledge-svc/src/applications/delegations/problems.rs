//! Refusals of the rules of lent authority as the caller hears them.

use axum::http::StatusCode;
use http_kit::Problem;

use crate::applications::model::delegation::DelegationRefusal;

impl From<DelegationRefusal> for Problem {
    fn from(refusal: DelegationRefusal) -> Self {
        match refusal {
            DelegationRefusal::ToOneself => Self::bad_fields(Vec::new()).with_field(
                "to_user_id",
                "不能转授给本人。请选择同事。",
                "One does not lend to oneself. Choose a colleague.",
            ),
            DelegationRefusal::NotAnApprover => Self::bad_fields(Vec::new()).with_field(
                "to_user_id",
                "该同事尚未登记为本行审批人。请其先登录并在“审批授权”页登记。",
                "The colleague is not known as an approver of the bank. Have them sign in and make themselves known first.",
            ),
            DelegationRefusal::Days { days_max } => Self::bad_fields(Vec::new()).with_field(
                "valid_until",
                format!("截止日期不得早于起始日期或今天，期限不超过 {days_max} 天。"),
                format!("The last day must lie neither before the first nor in the past, within {days_max} days."),
            ),
            DelegationRefusal::AboveOwn { limit } => Self::bad_fields(Vec::new()).with_field(
                "cap",
                format!("转授金额不得超过本人权限 {limit} 元。"),
                format!("No more than your own authority of {limit} yuan can be lent."),
            ),
            DelegationRefusal::NotToYou => Self::new(
                StatusCode::FORBIDDEN,
                "not-your-delegation",
                "该授权不是转授给您的，不能使用。授权不得再转授。",
                "This authority was not lent to you, and what is lent is not lent on.",
            ),
            DelegationRefusal::NotInForce => Self::refused(
                "delegation-not-in-force",
                "该授权未生效、已到期或已撤销，不能使用。",
                "The delegation has not begun, has ended, or was taken back.",
            ),
            DelegationRefusal::NotYours => Self::new(
                StatusCode::FORBIDDEN,
                "not-your-delegation",
                "只有授权人或被授权人可以撤销该授权。",
                "Only who lent the authority or whom it was lent to may end it.",
            ),
            DelegationRefusal::Runs => Self::refused(
                "not-in-status",
                "该授权尚未终止，无需确认知悉。",
                "The delegation has not ended yet, so there is nothing to take note of.",
            ),
            DelegationRefusal::Revoked => Self::refused(
                "not-in-status",
                "该授权已撤销，无需重复办理。",
                "The delegation was taken back before.",
            ),
        }
    }
}
