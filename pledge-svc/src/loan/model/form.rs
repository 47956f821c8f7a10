//! How a loan is repaid by the plan in force: by a method, or by a list that was agreed in a restructuring.

use finance::Repayment;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the plan in force repays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RepaymentForm {
    /// 等额本息
    EqualInstalment,
    /// 等额本金
    EqualPrincipal,
    /// 按期付息到期还本
    InterestOnly,
    /// 到期一次还本付息
    Bullet,
    /// 约定还款清单
    AgreedList,
}

impl RepaymentForm {
    /// Every form.
    pub const ALL: [Self; 5] =
        [Self::EqualInstalment, Self::EqualPrincipal, Self::InterestOnly, Self::Bullet, Self::AgreedList];

    /// The stable name; a method's is its own.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EqualInstalment => Repayment::EqualInstalment.name(),
            Self::EqualPrincipal => Repayment::EqualPrincipal.name(),
            Self::InterestOnly => Repayment::InterestOnly.name(),
            Self::Bullet => Repayment::Bullet.name(),
            Self::AgreedList => "agreed_list",
        }
    }

    /// The form of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == text)
    }
}

impl From<Repayment> for RepaymentForm {
    fn from(method: Repayment) -> Self {
        match method {
            Repayment::EqualInstalment => Self::EqualInstalment,
            Repayment::EqualPrincipal => Self::EqualPrincipal,
            Repayment::InterestOnly => Self::InterestOnly,
            Repayment::Bullet => Self::Bullet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_called_the_same_everywhere_and_a_method_by_its_own_name() {
        for form in RepaymentForm::ALL {
            assert_eq!(RepaymentForm::parse(form.name()), Some(form));
            assert_eq!(serde_json::to_value(form).unwrap(), form.name());
        }
        for method in Repayment::ALL {
            assert_eq!(RepaymentForm::from(method).name(), method.name());
        }
    }
}
