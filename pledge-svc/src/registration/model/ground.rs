//! The twelve grounds on which the office refuses to register a pledge, or annuls it later (CNIPA Announcement 461
//! of 2021, 专利权质押登记办法).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::applications::FindingCode;

/// Defines the grounds by their number in the announcement, with their words. A name is a token tree: a literal is handed to
/// the derives inside an invisible group, in which the document's does not find it.
macro_rules! grounds {
    ($($(#[$doc:meta])* $ground:ident = $number:literal $name:tt, $zh:literal, $en:literal);+ $(;)?) => {
        /// A ground of refusal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[schema(as = RefusalGround)]
        pub enum Ground { $($(#[$doc])* #[serde(rename = $name)] $ground),+ }

        impl Ground {
            /// Every ground, in the announcement's order.
            pub const ALL: [Self; 12] = [$(Self::$ground),+];

            /// Its number in the announcement.
            #[must_use]
            pub const fn number(self) -> u8 {
                match self { $(Self::$ground => $number),+ }
            }

            /// The stable name; that of the finding where the rules look for the ground.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$ground => $name),+ }
            }

            /// In the announcement's words.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$ground => $zh),+ }
            }

            /// In English.
            #[must_use]
            pub const fn en(self) -> &'static str {
                match self { $(Self::$ground => $en),+ }
            }
        }
    };
}

grounds! {
    /// (1)
    NotThePatentee = 1 "not_the_patentee",
        "出质人不是当事人申请质押登记时专利登记簿记载的专利权人",
        "the pledgor is not the patentee on record";
    /// (2)
    RightEnded = 2 "right_ended", "专利权已终止或者已被宣告无效", "the patent has ended or been declared invalid";
    /// (3)
    NotGranted = 3 "not_granted", "专利申请尚未被授予专利权", "the patent is not granted yet";
    /// (4)
    AnnuityUnpaid = 4 "annuity_unpaid", "专利权没有按照规定缴纳年费", "an annuity is not paid";
    /// (5)
    OwnershipDispute = 5 "ownership_dispute",
        "因专利权的归属发生纠纷已被中止有关程序，或者已被人民法院裁定采取保全措施",
        "proceedings are suspended over its ownership, or a court has ordered its preservation";
    /// (6)
    TermBeyondRight = 6 "term_beyond_right",
        "债务人履行债务的期限超过专利权有效期", "the debt would outlive the patent";
    /// (7)
    ContractContent = 7 "contract_content",
        "质押合同不符合规定的内容要求", "the pledge contract lacks content that it must have";
    /// (8)
    CoOwned = 8 "co_owned",
        "以共有专利权出质但未取得全体共有人同意且无特别约定",
        "co-owned, without the consent of every owner and without an agreement";
    /// (9)
    AlreadyPledged = 9 "already_pledged", "专利权已被申请质押登记且处于质押期间", "already pledged";
    /// (10)
    SameDayPair = 10 "same_day_pair",
        "同一申请人同日对同样的发明创造既申请实用新型专利又申请发明专利，仅以其中一项出质",
        "one of a utility model and an invention filed for the same thing on the same day";
    /// (11)
    InvalidationPending = 11 "invalidation_pending",
        "专利权已被启动无效宣告程序", "its invalidation has been asked for";
    /// (12)
    Other = 12 "other", "其他不符合出质条件的情形", "another condition of a pledge is not met";
}

impl Ground {
    /// The ground that a finding of the rules is, where it is one of the announcement's.
    #[must_use]
    pub fn of(code: FindingCode) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.name() == code.name())
    }
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no ground's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such ground")]
pub struct UnknownGround;

impl FromStr for Ground {
    type Err = UnknownGround;

    fn from_str(text: &str) -> Result<Self, UnknownGround> {
        Self::ALL.into_iter().find(|ground| ground.name() == text).ok_or(UnknownGround)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_names_grounds_and_findings_as_they_are_sent() {
        let told = |schema: &serde_json::Value| schema["enum"].clone();
        let grounds = serde_json::to_value(<Ground as utoipa::PartialSchema>::schema()).unwrap();
        assert_eq!(told(&grounds), serde_json::to_value(Ground::ALL).unwrap());
        assert_eq!(told(&grounds), serde_json::json!(Ground::ALL.map(Ground::name)));
        let findings = serde_json::to_value(<FindingCode as utoipa::PartialSchema>::schema()).unwrap();
        assert_eq!(told(&findings), serde_json::to_value(FindingCode::ALL).unwrap());
        let names: Vec<&str> = FindingCode::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(told(&findings), serde_json::json!(names));
    }

    #[test]
    fn the_announcement_has_twelve_grounds_and_the_rules_look_for_all_but_the_last() {
        let numbers: Vec<u8> = Ground::ALL.into_iter().map(Ground::number).collect();
        assert_eq!(numbers, (1..=12).collect::<Vec<u8>>());
        for ground in Ground::ALL.into_iter().filter(|one| *one != Ground::Other) {
            let code: FindingCode = ground.name().parse().unwrap();
            assert_eq!(Ground::of(code), Some(ground));
        }
        assert_eq!(Ground::of(FindingCode::AboveSubLimit), None, "a term of the facility is no ground");
    }
}
