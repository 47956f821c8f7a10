//! What a notice is about, in words.

use serde::{Deserialize, Serialize};

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum NoticeKind {
    /// 即将到期: something falls due in a few days.
    DueSoon,
    /// 今日到期
    Due,
    /// 逾期
    Overdue,
    /// 还款已冲正: a payment was undone, and what it had paid is owed again. Given by the act, not by a close.
    PaymentReversed,
    /// 提前到期: the loan was declared due, and everything on it is to be paid. Given by the act, not by a close.
    DeclaredDue,
    /// 付款指示待确认: a payment was instructed and waits for the bank. Given by the act, as those below.
    PaymentWaits,
    /// 付款指示已确认: the money has come in, or gone out, and is booked.
    PaymentConfirmed,
    /// 付款指示已退回
    PaymentSentBack,
    /// 付款指示已失效: nobody confirmed it in its term. Given by the close of its last day.
    PaymentLapsed,
    /// 变更申请待受理: the borrower asks for other terms. Given by the act, as those below.
    ChangeAsked,
    /// 变更申请已答复: taken up, refused or lapsed.
    ChangeAnswered,
    /// 变更方案待借款人同意
    ConsentWanted,
    /// 借款人已答复变更方案
    ConsentAnswered,
    /// 贷款变更已生效
    TermsChanged,
    /// 用途证明逾期: what a draw was spent on was to be proved by today. Given by the close of that day.
    UseUnproven,
    /// 用途证明未通过: other papers are wanted. Given by the act.
    UseRejected,
}

impl NoticeKind {
    const ALL: [Self; 16] = [
        Self::DueSoon,
        Self::Due,
        Self::Overdue,
        Self::PaymentReversed,
        Self::DeclaredDue,
        Self::PaymentWaits,
        Self::PaymentConfirmed,
        Self::PaymentSentBack,
        Self::PaymentLapsed,
        Self::ChangeAsked,
        Self::ChangeAnswered,
        Self::ConsentWanted,
        Self::ConsentAnswered,
        Self::TermsChanged,
        Self::UseUnproven,
        Self::UseRejected,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::DueSoon => "due_soon",
            Self::Due => "due",
            Self::Overdue => "overdue",
            Self::PaymentReversed => "payment_reversed",
            Self::DeclaredDue => "declared_due",
            Self::PaymentWaits => "payment_waits",
            Self::PaymentConfirmed => "payment_confirmed",
            Self::PaymentSentBack => "payment_sent_back",
            Self::PaymentLapsed => "payment_lapsed",
            Self::ChangeAsked => "change_asked",
            Self::ChangeAnswered => "change_answered",
            Self::ConsentWanted => "consent_wanted",
            Self::ConsentAnswered => "consent_answered",
            Self::TermsChanged => "terms_changed",
            Self::UseUnproven => "use_unproven",
            Self::UseRejected => "use_rejected",
        }
    }

    /// The word in Chinese.
    pub(super) const fn name_zh(self) -> &'static str {
        match self {
            Self::DueSoon => "即将到期",
            Self::Due => "今日到期",
            Self::Overdue => "逾期",
            Self::PaymentReversed => "还款已冲正",
            Self::DeclaredDue => "提前到期",
            Self::PaymentWaits => "付款指示待确认",
            Self::PaymentConfirmed => "付款指示已确认",
            Self::PaymentSentBack => "付款指示已退回",
            Self::PaymentLapsed => "付款指示已失效",
            Self::ChangeAsked => "变更申请待受理",
            Self::ChangeAnswered => "变更申请已答复",
            Self::ConsentWanted => "变更方案待同意",
            Self::ConsentAnswered => "变更方案已答复",
            Self::TermsChanged => "贷款变更已生效",
            Self::UseUnproven => "用途证明逾期",
            Self::UseRejected => "用途证明未通过",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}
