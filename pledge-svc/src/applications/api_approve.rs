//! What an approver sends.

use contracts::DelegationId;
use finance::Money;
use http_kit::{Fields, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    api::TEXT_CHARS_MAX,
    approve::Said,
    model::{ApprovedTerms, condition::CONDITIONS_MAX},
};

/// An approval.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ApplicationApproveRequest)]
pub struct ApproveRequest {
    /// Less than recommended, where the approver wants so.
    pub amount: Option<Money>,
    /// The approver's comment.
    pub comment: Option<String>,
    /// The delegation whose authority is used; without one the approver's own.
    pub delegation_id: Option<DelegationId>,
    /// Conditions precedent that the approval carries beside the product's own.
    #[serde(default)]
    pub conditions: Vec<ApprovalCondition>,
    /// Why it may run longer than the rule for its kind of loan; needed where it does.
    #[serde(default)]
    pub term_exception: Option<String>,
    /// Whether everything drawn under it is paid out by the bank (受托支付), as for a new customer of middling credit.
    #[serde(default)]
    pub entrusted_payment: bool,
}

/// A condition precedent: one of the product's by its code, or one in the approver's own words.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ApprovalCondition {
    /// The product's code.
    pub code: Option<String>,
    /// In the approver's own words.
    pub text: Option<String>,
}

impl ApproveRequest {
    pub(super) fn checked(self) -> Result<Said, Problem> {
        let mut fields = Fields::new();
        if let Some(amount) = self.amount {
            fields.amount(amount, Money::MAX, "amount");
        }
        let comment = self.comment.as_deref().map(str::trim).unwrap_or_default();
        if !comment.is_empty() {
            fields.text(comment, TEXT_CHARS_MAX, "comment");
        }
        let reason = self.term_exception.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        if let Some(reason) = reason {
            fields.text(reason, TEXT_CHARS_MAX, "term_exception");
        }
        fields.require(
            self.conditions.len() <= CONDITIONS_MAX,
            "conditions",
            format!("最多 {CONDITIONS_MAX} 项放款前提条件。"),
            format!("At most {CONDITIONS_MAX} conditions."),
        );
        let mut said = Said {
            amount: self.amount,
            comment: comment.to_owned(),
            delegation: self.delegation_id,
            terms: ApprovedTerms {
                term_exception: reason.map(str::to_owned),
                entrusted_payment: self.entrusted_payment,
            },
            ..Said::default()
        };
        for (index, condition) in self.conditions.iter().enumerate() {
            match (&condition.code, &condition.text) {
                (Some(code), None) => said.codes.push(code.trim().to_owned()),
                (None, Some(text)) => {
                    fields.text(text, TEXT_CHARS_MAX, &format!("conditions[{index}].text"));
                    said.texts.push(text.trim().to_owned());
                }
                _ => fields.require(
                    false,
                    &format!("conditions[{index}]"),
                    "每项条件须且只须填写代码或内容之一。",
                    "Give each condition either its code or its words.",
                ),
            }
        }
        fields.finish()?;
        Ok(said)
    }
}
