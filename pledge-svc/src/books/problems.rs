//! Refusals of the books as the caller hears them.

use http_kit::{ActError, Problem};

use super::{accounts, model::Refusal};

/// Where a step of a loan is undone instead.
fn in_the_loan(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "loan.repayment" => (
            "请打开该笔贷款的“还款明细”，在相应的还款处申请冲正。",
            "Open the loan's payments and propose the reversal at the payment itself.",
        ),
        "interest.exempt" | "interest.exempt_ended" => (
            "免征增值税认定在该笔贷款的“变更”中办理和撤销。",
            "The recognition is made, and revoked, among the loan's changes.",
        ),
        _ if kind.starts_with("interest.") => (
            "计提的利息随贷款而定：还款记错的，请在该笔贷款的“还款明细”中冲正该笔还款。",
            "What is accrued follows from the loan: where a payment was booked by mistake, undo it among the loan's payments.",
        ),
        _ => ("请在该笔贷款中更正。", "Correct it in the loan."),
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::IsReversal => Self::refused(
                "is-reversal",
                "该凭证本身就是冲正凭证，不能再冲正。如原凭证无误，请重新办理原业务。",
                "This movement is itself a reversal and cannot be reversed. If the first one was right, do the business again.",
            ),
            Refusal::Already { by } => Self::refused(
                "already-reversed",
                format!("该凭证已被凭证 {by} 冲正，未作更改。"),
                format!("The movement was already reversed by {by}; nothing was changed."),
            )
            .with("reversed_by", by),
            Refusal::Controlled { code } => {
                let (zh, en) = accounts::account(&code).map_or(("", ""), |account| (account.zh, account.en));
                Self::refused(
                    "controlled-account",
                    format!("凭证涉及 {code} {zh}，其余额须与业务台账一致，不能只在总账冲正。请在原业务中更正。"),
                    format!("The movement touches {code} {en}, whose balance must equal the rows behind it, so it is not reversed in the ledger alone. Correct it where it was made."),
                )
                .with("account", code)
            }
            Refusal::LoanStep { kind } => Self::refused(
                "loan-step",
                format!("凭证（{kind}）是贷款业务的一步，不能只在总账冲正。{}", in_the_loan(&kind).0),
                format!(
                    "The movement ({kind}) is a step of a loan and is not reversed in the ledger alone. {}",
                    in_the_loan(&kind).1
                ),
            )
            .with("kind", kind),
            Refusal::TaxOfMonth { kind } => Self::refused(
                "tax-of-month",
                format!("凭证（{kind}）是月末从收入中分离的税额，冲正后该月收入即未计税，因此不能冲正。请更正有误的业务，税额差异随下一月末计入。"),
                format!("The movement ({kind}) is the tax of a month's income, which would stay untaxed without it, so it is not reversed. Correct the business that was wrong; the tax follows at the next month's end."),
            )
            .with("kind", kind),
            Refusal::Pending => Self::refused(
                "reversal-pending",
                "该凭证已有一笔冲正待复核。请先复核或退回。",
                "A reversal of this movement waits for its decision. Have it confirmed or rejected first.",
            ),
            Refusal::SamePerson => Self::refused(
                "four-eyes",
                "冲正须由另一位运营人员复核，经办人不能复核自己的申请。",
                "Another person of operations must decide it: who proposed a reversal never confirms it.",
            ),
            Refusal::NotOpen { status } => Self::refused(
                "wrong-state",
                format!("该冲正{}，不能再办理。请刷新后查看。", status.zh()),
                format!("The reversal is {} and cannot be decided again. Reload to see it.", status.name()),
            )
            .with("status", status),
        }
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}
