//! Refusals of the rules as the caller hears them.

use http_kit::{ActError, Problem};

use super::model::Refusal;

/// The scheme is for loans of another product: by its names, in Chinese and English, where they are known.
pub(super) fn other_product(code: &str, names: Option<(&str, &str)>) -> Problem {
    let (zh, en) = names.unwrap_or((code, code));
    Problem::refused(
        "scheme-of-other-product",
        format!("该政策只补贴“{zh}”产品的贷款。"),
        format!("The scheme is for loans of the product {en} only."),
    )
    .with("product", code)
}

/// The same of the product of the application under which the loan was drawn.
pub(super) fn other_programme(code: &str, names: Option<(&str, &str)>) -> Problem {
    let (zh, en) = names.unwrap_or((code, code));
    Problem::refused(
        "scheme-of-other-product",
        format!("该政策只补贴在“{zh}”产品申请项下提取的贷款。"),
        format!("The scheme is for loans drawn under applications for the product {en} only."),
    )
    .with("application_product", code)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::SchemeNotActive { status } => Self::refused(
                "scheme-not-active",
                format!("该补贴政策{}，不能申请。请选择实施中的政策。", status.zh()),
                format!("The scheme is {}, so nothing can be claimed under it. Choose an active one.", status.name()),
            )
            .with("status", status),
            Refusal::OtherKind => Self::refused(
                "scheme-of-other-kind",
                "该政策补贴的不是这一类费用。贷款利息请选贴息政策，保费请选保费补贴政策。",
                "The scheme subsidises something else: choose an interest scheme for interest, a premium scheme for premiums.",
            ),
            Refusal::OtherProduct { wanted } => other_product(&wanted, None),
            Refusal::OtherProgramme { wanted } => other_programme(&wanted, None),
            Refusal::Restructured => Self::refused(
                "loan-excluded",
                "该政策不补贴重组过的贷款。",
                "The scheme leaves out loans that were restructured.",
            )
            .with("why", "restructured"),
            Refusal::Misused => Self::refused(
                "loan-excluded",
                "该政策不补贴被认定挪用过资金的贷款。",
                "The scheme leaves out loans whose money was not used as agreed.",
            )
            .with("why", "misused"),
            Refusal::PaidLate { paid } => Self::refused(
                "interest-paid-late",
                format!("该期间可申请的利息 {paid} 元均为逾期后支付，该政策不予补贴。"),
                format!("All {paid} yuan of interest left in the period were paid late, which the scheme leaves out."),
            )
            .with("paid_late", paid),
            Refusal::OutsideValidity { from, until } => Self::refused(
                "outside-validity",
                format!("该政策有效期为 {from} 至 {until}，请把期间调整到有效期内。"),
                format!("The scheme is valid from {from} to {until}: choose a period within it."),
            )
            .with("valid_from", from)
            .with("valid_until", until),
            Refusal::BadPeriod => Self::invalid(
                "bad-period",
                "申请期间须在同一自然年内，起始日不晚于截止日，且截止日不晚于今天。跨年请分别申请。",
                "The period lies within one calendar year, begins no later than it ends and ends no later than today. Claim each year by itself.",
            ),
            Refusal::NothingPaid { paid, already } => Self::refused(
                "nothing-to-claim",
                format!("该期间借款人已付利息 {paid} 元，其中 {already} 元已在其他申请中，没有可申请的利息。"),
                format!("{paid} yuan of interest was paid in the period, {already} of it is in other claims: nothing is left to claim."),
            )
            .with("paid", paid)
            .with("already_claimed", already),
            Refusal::PremiumClaimed => Self::refused(
                "premium-claimed",
                "该保单的保费已申请补贴，不能重复申请。",
                "A subsidy for this policy's premium was claimed already.",
            ),
            Refusal::NoPremium => Self::refused(
                "no-premium",
                "该保单的保费已全部退还，没有可补贴的保费。",
                "The policy's premium was given back: nothing is left to subsidise.",
            ),
            Refusal::CapReached { year, enterprise_left, budget_left } => cap_reached(year)
                .with("enterprise_left", enterprise_left)
                .with("budget_left", budget_left),
            Refusal::OtherAmount { seen, now } => Self::refused(
                "amount-changed",
                format!("按今天的付息和额度，本申请可核定 {now} 元，而不是您看到的 {seen} 元，未作任何更改。请刷新查看后再审核。"),
                format!("On today's payments and caps the claim comes to {now} yuan, not the {seen} that you have seen; nothing was changed. Look again before you decide."),
            )
            .with("seen", seen)
            .with("amount", now),
            Refusal::NotInStatus { status } => Self::refused(
                "wrong-state",
                format!("该申请{}，不能办理此操作。请刷新后查看。", status.zh()),
                format!("The claim is {}, so this step is not possible. Reload to see it.", status.name()),
            )
            .with("status", status),
            Refusal::SchemeNotInStatus { status } => Self::refused(
                "wrong-state",
                format!("该政策{}，不能办理此操作。请刷新后查看。", status.zh()),
                format!("The scheme is {}, so this step is not possible. Reload to see it.", status.name()),
            )
            .with("status", status),
            Refusal::SamePerson => Self::refused(
                "four-eyes",
                "此步骤须由另一人办理：申请、审核、拨付以及政策的提出与审定不得由同一人完成。",
                "Another person must do this: who claims does not decide, who decides does not pay, who proposes does not adopt.",
            ),
            Refusal::NotFunded { held } => Self::refused(
                "not-funded",
                format!("专户余额 {held} 元，不足以拨付。请先登记到账资金。"),
                format!("The special account holds {held} yuan, which is not enough. Record the money received first."),
            )
            .with("held", held),
            Refusal::Subsidy(error) => Self::refused(
                "no-subsidy",
                format!("无法计算补贴：{error}。"),
                format!("No subsidy can be worked out: {error}."),
            ),
            Refusal::Overflow(error) => Self::fault(&error),
        }
    }
}

fn cap_reached(year: i32) -> Problem {
    Problem::refused(
        "cap-reached",
        format!("{year} 年度的企业上限或政策预算已用完，本次没有可申请的金额。"),
        format!(
            "The enterprise's cap or the scheme's budget of {year} is used up: nothing is left to claim."
        ),
    )
    .with("year", year)
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}
