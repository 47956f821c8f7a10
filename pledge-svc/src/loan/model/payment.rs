//! How the money of a draw is paid out: by the bank to the borrower's counterparty (受托支付), or by the borrower itself
//! (自主支付).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who pays the borrower's counterparty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMode {
    /// 受托支付: the bank, on the borrower's order and against its papers.
    Entrusted,
    /// 自主支付: the borrower, who proves the use afterwards.
    #[default]
    #[serde(rename = "self")]
    Borrower,
}

impl PaymentMode {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Entrusted => "entrusted",
            Self::Borrower => "self",
        }
    }

    /// In Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Entrusted => "受托支付",
            Self::Borrower => "自主支付",
        }
    }

    /// The mode of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Entrusted, Self::Borrower].into_iter().find(|mode| mode.name() == text)
    }

    /// What a request means that names a mode, a payee, both or neither: a payee is paid by the bank.
    #[must_use]
    pub const fn meant(named: Option<Self>, payee: bool) -> Self {
        match named {
            Some(mode) => mode,
            None if payee => Self::Entrusted,
            None => Self::Borrower,
        }
    }
}

/// Whom the bank pays on the borrower's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Payee {
    /// The account's name.
    pub name: String,
    /// The account's number, with its bank where that is not told by it.
    pub account: String,
    /// The contract, order or invoice that is paid.
    #[serde(default)]
    pub reference: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_names_a_payee_alone_orders_the_bank_to_pay() {
        assert_eq!(PaymentMode::meant(None, true), PaymentMode::Entrusted);
        assert_eq!(PaymentMode::meant(None, false), PaymentMode::Borrower);
        assert_eq!(PaymentMode::meant(Some(PaymentMode::Borrower), true), PaymentMode::Borrower);
        for mode in [PaymentMode::Entrusted, PaymentMode::Borrower] {
            assert_eq!(PaymentMode::parse(mode.name()), Some(mode));
        }
    }
}
