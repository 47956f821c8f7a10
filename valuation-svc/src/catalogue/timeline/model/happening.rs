//! The kinds of entries of a patent's timeline.

use chrono::NaiveDate;
use contracts::{LegalEventId, OrgId, PledgeId};
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::settled::{Settled, Told};
use crate::catalogue::{disposal::Disposal, record::DisputeKind};

/// The kinds of licences (Patent Law of China, articles 12 and 50; 专利实施许可合同备案办法).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LicenceKind {
    /// 独占许可: nobody but the licensee, not even the owner.
    Exclusive,
    /// 排他许可: the licensee and the owner.
    Sole,
    /// 普通许可
    Ordinary,
    /// 开放许可: declared to everybody (Patent Law, articles 50 to 52).
    Open,
}

/// Why a right ended before its term (Patent Law, article 44).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LapseCause {
    /// 未缴年费
    AnnuityUnpaid,
    /// 放弃: the owner gave it up, or withdrew the application.
    Abandoned,
    /// 驳回: the application was refused.
    Rejected,
    /// 其他
    Other,
}

/// How proceedings over a patent ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisputeOutcome {
    /// 维持有效: the right stands as it was.
    Upheld,
    /// 部分无效: the right stands with fewer claims.
    PartlyUpheld,
    /// 宣告全部无效
    Invalidated,
    /// 撤回、驳回请求
    Withdrawn,
    /// 其他结案: settled, decided, lifted.
    Ended,
}

/// Prizes that make a patent a high-value one by the statistical definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PatentPrize)]
pub enum Award {
    /// 国家科学技术奖
    StateScienceAndTechnology,
    /// 中国专利奖
    ChinaPatentAward,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = PatentHappening)]
pub enum Happening {
    /// 申请公布
    Published,
    /// 授权公告
    Granted,
    /// 缴纳年费 for a year, counted from the filing day.
    AnnuityPaid {
        /// The year: 1 is the one that begins with the filing day.
        year: u32,
        /// What was paid, surcharge included.
        #[serde(default)]
        amount: Option<Money>,
    },
    /// 未按期缴纳年费
    AnnuityMissed {
        /// The year that was not paid for.
        year: u32,
        /// What is owed.
        #[serde(default)]
        amount: Option<Money>,
    },
    /// 专利权转移
    Transferred {
        /// Holders who gave their right; all of them where none is named.
        #[serde(default)]
        from: Vec<String>,
        /// The new holders.
        to: Vec<String>,
        /// The new holder among the platform's organisations.
        #[serde(default)]
        to_organisation: Option<OrgId>,
    },
    /// 实施许可
    Licensed {
        /// Its kind.
        licence: LicenceKind,
        /// Who may use it; empty for an open licence.
        #[serde(default)]
        licensee: Option<String>,
        /// The licensee among the platform's organisations.
        #[serde(default)]
        licensee_organisation: Option<OrgId>,
        /// The last day.
        #[serde(default)]
        until: Option<NaiveDate>,
        /// 备案号 of the contract, or of the declaration.
        #[serde(default)]
        registered_number: Option<String>,
    },
    /// 许可提前终止: a licence ended before its last day. That it was granted stays counted.
    LicenceEnded {
        /// The entry of the licence.
        licence_entry: LegalEventId,
        /// Why.
        reason: String,
    },
    /// 争议发生: invalidation requested, litigation, a dispute over ownership, a court's preservation.
    DisputeOpened {
        /// What it is about.
        dispute: DisputeKind,
        /// 案号
        #[serde(default)]
        reference: Option<String>,
        /// Who brought it.
        #[serde(default)]
        by: Option<String>,
    },
    /// 争议终结
    DisputeClosed {
        /// What it was about.
        dispute: DisputeKind,
        /// How it ended.
        outcome: DisputeOutcome,
        /// 案号 or number of the decision.
        #[serde(default)]
        reference: Option<String>,
    },
    /// 权利终止、驳回、撤回
    Lapsed {
        /// Why.
        cause: LapseCause,
    },
    /// 权利恢复 (Implementing Regulations, on the restoration of rights).
    Restored,
    /// 期限届满
    Expired,
    /// 实施: first made, used or sold by the owner itself.
    Implemented {
        /// How, in words.
        how: String,
    },
    /// 获奖
    Awarded {
        /// The prize.
        award: Award,
        /// Of this year.
        year: i32,
        /// Its grade, in the words of the decision.
        #[serde(default)]
        grade: Option<String>,
    },
    /// 更正为无此事: the entry that it takes the place of never happened.
    Void,
    /// 质押登记, told by the pledges' register.
    PledgeRegistered {
        /// The pledge.
        pledge_id: PledgeId,
        /// The pledgee.
        bank_name: String,
    },
    /// 质押登记注销, told by the pledges' register.
    PledgeCancelled {
        /// The pledge.
        pledge_id: PledgeId,
        /// The pledgee.
        bank_name: String,
    },
    /// 首次登载: what was on record before the first entry. Made by the catalogue itself.
    Opening {
        /// The facts as they stood.
        facts: Box<Settled>,
    },
    /// 来源载明: what a newer file says otherwise. Made by the catalogue itself.
    Stated {
        /// What is said otherwise.
        facts: Box<Told>,
    },
}

impl Happening {
    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Granted => "granted",
            Self::AnnuityPaid { .. } => "annuity_paid",
            Self::AnnuityMissed { .. } => "annuity_missed",
            Self::Transferred { .. } => "transferred",
            Self::Licensed { .. } => "licensed",
            Self::LicenceEnded { .. } => "licence_ended",
            Self::DisputeOpened { .. } => "dispute_opened",
            Self::DisputeClosed { .. } => "dispute_closed",
            Self::Lapsed { .. } => "lapsed",
            Self::Restored => "restored",
            Self::Expired => "expired",
            Self::Implemented { .. } => "implemented",
            Self::Awarded { .. } => "awarded",
            Self::Void => "void",
            Self::PledgeRegistered { .. } => "pledge_registered",
            Self::PledgeCancelled { .. } => "pledge_cancelled",
            Self::Opening { .. } => "opening",
            Self::Stated { .. } => "stated",
        }
    }

    /// Whether a person may record it; the others are made by the catalogue and by the pledges' register.
    #[must_use]
    pub const fn by_people(&self) -> bool {
        !matches!(
            self,
            Self::PledgeRegistered { .. }
                | Self::PledgeCancelled { .. }
                | Self::Opening { .. }
                | Self::Stated { .. }
        )
    }

    /// Its texts, each with its field; none of them is empty or long.
    #[must_use]
    pub fn texts(&self) -> Vec<(&'static str, &str)> {
        fn given<'a>(field: &'static str, text: &'a Option<String>) -> Option<(&'static str, &'a str)> {
            text.as_deref().filter(|text| !text.is_empty()).map(|text| (field, text))
        }
        match self {
            Self::Transferred { from, to, .. } => {
                let from = from.iter().map(|name| ("from", name.as_str()));
                let to_whom = to.iter().map(|name| ("to", name.as_str()));
                let nobody = to.is_empty().then_some(("to", ""));
                from.chain(to_whom).chain(nobody).collect()
            }
            Self::Licensed { licensee, registered_number, .. } => {
                [given("licensee", licensee), given("registered_number", registered_number)]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            Self::LicenceEnded { reason, .. } => vec![("reason", reason)],
            Self::DisputeOpened { reference, by, .. } => {
                [given("reference", reference), given("by", by)].into_iter().flatten().collect()
            }
            Self::DisputeClosed { reference, .. } => given("reference", reference).into_iter().collect(),
            Self::Implemented { how } => vec![("how", how)],
            Self::Awarded { grade, .. } => given("grade", grade).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Its amount, with its field.
    #[must_use]
    pub fn amount(&self) -> Option<(&'static str, Money)> {
        match self {
            Self::AnnuityPaid { amount, .. } | Self::AnnuityMissed { amount, .. } => {
                amount.map(|amount| ("amount", amount))
            }
            _ => None,
        }
    }

    /// What it does that a pledgee has to consent to (Civil Code, article 444).
    #[must_use]
    pub const fn disposal(&self) -> Option<Disposal> {
        match self {
            Self::Transferred { .. } => Some(Disposal::Transfer),
            Self::Licensed { .. } => Some(Disposal::Licence),
            Self::Lapsed { cause: LapseCause::Abandoned } => Some(Disposal::Abandonment),
            _ => None,
        }
    }
}
