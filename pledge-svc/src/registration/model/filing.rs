//! What is filed with the register for a pledge — its registration, a change, its cancellation — and how far the
//! register has come with it.
//!
//! `submitted → accepted → (deficient → corrected) → completed | refused | withdrawn`. The register moves it by its
//! messages (`message.rs`, `take.rs`), the bank by correcting and by asking to withdraw. It never goes back.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{DocumentId, FilingId, PatentId, PledgeId, UserId};
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{FilingBrief, Ground, PledgeContract};
use crate::applications::FindingCode;

/// Defines an enumeration with stable names.
macro_rules! words {
    ($(#[$doc:meta])* $kind:ident { $($(#[$own:meta])* $word:ident = $name:literal),+ $(,)? } unknown $unknown:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $kind { $($(#[$own])* $word),+ }

        impl $kind {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$word),+];

            /// The name in JSON and in the database.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$word => $name),+ }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $kind {
            type Err = $unknown;

            fn from_str(text: &str) -> Result<Self, $unknown> {
                Self::ALL.iter().copied().find(|one| one.name() == text).ok_or($unknown)
            }
        }

        /// A name that is none of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        #[error("no such name")]
        pub struct $unknown;
    };
}

words! {
    /// What is filed.
    FilingKind {
        /// 质押登记
        Registration = "registration",
        /// 变更登记
        Change = "change",
        /// 注销登记
        Cancellation = "cancellation",
    } unknown UnknownKind
}

words! {
    /// How far the register has come.
    FilingState {
        /// 已提交, not heard of yet
        Submitted = "submitted",
        /// 已受理
        Accepted = "accepted",
        /// 待补正
        Deficient = "deficient",
        /// 已补正
        Corrected = "corrected",
        /// 已办结
        Completed = "completed",
        /// 不予办理
        Refused = "refused",
        /// 已撤回
        Withdrawn = "withdrawn",
    } unknown UnknownState
}

impl FilingState {
    /// Whether an answer is still to come.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Submitted | Self::Accepted | Self::Deficient | Self::Corrected)
    }

    /// The official Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Submitted => "已提交",
            Self::Accepted => "已受理",
            Self::Deficient => "待补正",
            Self::Corrected => "已补正",
            Self::Completed => "已办结",
            Self::Refused => "不予办理",
            Self::Withdrawn => "已撤回",
        }
    }
}

words! {
    /// How the papers reach the register.
    Delivery {
        /// The built-in register has them with the filing itself.
        AtOnce = "at_once",
        /// They wait to be sent, or to be sent again.
        Waiting = "waiting",
        /// The office has them.
        Delivered = "delivered",
        /// Sending was given up; the office may have them all the same.
        GivenUp = "given_up",
    } unknown UnknownDelivery
}

/// What the office wants corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FilingDeficiency)]
pub struct Deficiency {
    /// In the office's words.
    pub text: String,
    /// The grounds it would refuse on.
    pub grounds: Vec<Ground>,
    /// The day it asked.
    pub asked_on: NaiveDate,
    /// The day by which it wants the answer, where it names one.
    pub answer_by: Option<NaiveDate>,
}

/// What of a registered pledge is to change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = PledgeChange)]
pub struct Change {
    /// The secured claim from then on.
    #[serde(default)]
    pub secured_amount: Option<Money>,
    /// Patents that are released from the pledge.
    #[serde(default)]
    pub release: Vec<PatentId>,
    /// The pledgor's new name.
    #[serde(default)]
    pub enterprise_name: Option<String>,
    /// The pledgee's new name.
    #[serde(default)]
    pub bank_name: Option<String>,
    /// The pledgor's new address.
    #[serde(default)]
    pub pledgor_address: Option<String>,
    /// The pledgee's new address.
    #[serde(default)]
    pub pledgee_address: Option<String>,
    /// The kind of the secured claim from then on.
    #[serde(default)]
    pub claim_kind: Option<String>,
    /// 担保范围: the scope secured from then on.
    #[serde(default)]
    pub scope: Option<String>,
    /// The last day of the term for performing the debt from then on.
    #[serde(default)]
    pub debt_until: Option<NaiveDate>,
}

impl Change {
    /// Whether it changes nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A document that goes to the register with the filing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttachedPaper {
    /// The document.
    pub document_id: DocumentId,
    /// What it is.
    pub kind: String,
    /// What it is called.
    pub file_name: String,
    /// SHA-256 of its content, in hexadecimal: what was filed is what is kept.
    pub sha256: String,
}

/// The papers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = FilingPapers)]
pub struct Papers {
    /// The pledge contract, for a registration.
    #[serde(default)]
    pub contract: Option<PledgeContract>,
    /// What is to change, for a change.
    #[serde(default)]
    pub change: Option<Change>,
    /// Why, for a change or a cancellation.
    #[serde(default)]
    pub reason: Option<String>,
    /// What the parties declare to know of and still want.
    #[serde(default)]
    pub declarations: Vec<FindingCode>,
    /// What the parties wrote with their last correction.
    #[serde(default)]
    pub note: Option<String>,
    /// The documents that go with it.
    #[serde(default)]
    pub attached: Vec<AttachedPaper>,
}

/// Something filed with the register. Its id is the request's id towards an office outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Filing {
    /// Its id.
    pub id: FilingId,
    /// The pledge.
    pub pledge_id: PledgeId,
    /// What is filed.
    pub kind: FilingKind,
    /// Where it is.
    pub state: FilingState,
    /// Whether it was filed online: the register then has two working days instead of five.
    pub online: bool,
    /// The papers, as last corrected.
    pub papers: Papers,
    /// How they reach the register.
    pub delivery: Delivery,
    /// The office's own number for it.
    pub office_reference: Option<String>,
    /// When it was filed.
    pub filed_at: DateTime<Utc>,
    /// Who filed it, for people; none where the suite did.
    #[serde(default)]
    pub filed_by: Option<String>,
    /// The same by id: who files does not grant.
    #[serde(skip)]
    pub filed_by_id: Option<UserId>,
    /// 出质人确认: who of the pledgor confirmed what was filed, for people.
    #[serde(default)]
    pub confirmed_by: Option<String>,
    /// When.
    #[serde(default)]
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The day from which the register's time runs.
    pub clock_from: Option<NaiveDate>,
    /// The last day for the register's answer, while it is the register's turn.
    pub due_on: Option<NaiveDate>,
    /// What is to be corrected, while the filing is deficient.
    pub deficiency: Option<Deficiency>,
    /// How often it was corrected.
    pub corrections: u32,
    /// Whether the office was asked to let it be withdrawn.
    pub withdrawal_asked: bool,
    /// The day it ended.
    pub decided_on: Option<NaiveDate>,
    /// The grounds of a refusal or of an annulment.
    pub grounds: Vec<Ground>,
    /// The office's words with its decision.
    pub decision_note: Option<String>,
    /// The number of the office's last message that was taken; its messages count from 1.
    pub taken: i64,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// The first state of a filing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFiling {
    /// Its id.
    pub id: FilingId,
    /// The pledge.
    pub pledge_id: PledgeId,
    /// What is filed.
    pub kind: FilingKind,
    /// Whether online.
    pub online: bool,
    /// The papers.
    pub papers: Papers,
    /// Whether an office outside has to be reached.
    pub outside: bool,
    /// The instant.
    pub at: DateTime<Utc>,
}

impl Filing {
    /// A filing on its way.
    #[must_use]
    pub fn new(new: NewFiling) -> Self {
        Self {
            id: new.id,
            pledge_id: new.pledge_id,
            kind: new.kind,
            state: FilingState::Submitted,
            online: new.online,
            papers: new.papers,
            delivery: if new.outside { Delivery::Waiting } else { Delivery::AtOnce },
            office_reference: None,
            filed_at: new.at,
            filed_by: None,
            filed_by_id: None,
            confirmed_by: None,
            confirmed_at: None,
            clock_from: None,
            due_on: None,
            deficiency: None,
            corrections: 0,
            withdrawal_asked: false,
            decided_on: None,
            grounds: Vec::new(),
            decision_note: None,
            taken: 0,
            version: 1,
        }
    }

    /// The same as a person filed it.
    #[must_use]
    pub fn filed_by(self, user: UserId, name: &str) -> Self {
        Self { filed_by_id: Some(user), filed_by: Some(name.to_owned()), ..self }
    }

    /// What the pledge shows of it.
    #[must_use]
    pub fn brief(&self) -> FilingBrief {
        FilingBrief { id: self.id, kind: self.kind, state: self.state, due_on: self.due_on }
    }

    /// The change that it asks for, where it is one.
    #[must_use]
    pub fn change(&self) -> Option<&Change> {
        self.papers.change.as_ref().filter(|_| self.kind == FilingKind::Change)
    }
}
