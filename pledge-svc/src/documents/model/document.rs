//! A document: what it is about, what it is, who attached it, what a scan said. Versions follow each other; none is
//! ever deleted.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use contracts::{DocumentId, OrgId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Refusal;

/// A name that is none of the known ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such name")]
pub struct Unknown;

/// Defines a list of names, as in JSON and in the database.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in JSON and in the database.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $name {
            type Err = Unknown;

            fn from_str(text: &str) -> Result<Self, Unknown> {
                Self::ALL.iter().copied().find(|one| one.name() == text).ok_or(Unknown)
            }
        }
    };
}

names! {
    /// What a document is about.
    SubjectKind {
        /// 融资申请
        Application = "application",
        /// 质押
        Pledge = "pledge",
        /// 贷款条件变更
        LoanAdjustment = "loan_adjustment",
        /// 清收处置案件
        Case = "case",
        /// 贷款: proofs of use and checks
        Loan = "loan",
    }
}

impl SubjectKind {
    /// Whether every paper of it is for the bank's own eyes: what a bank does to collect is not shown to the debtor.
    #[must_use]
    pub const fn is_banks_own(self) -> bool {
        matches!(self, Self::Case)
    }
}

names! {
    /// What a scan said.
    ScanState {
        /// 已扫描，未发现病毒
        Clean = "clean",
        /// 未扫描: no scanner is set
        NotScanned = "not_scanned",
        /// 隔离待扫描: the scanner did not answer
        Quarantined = "quarantined",
        /// 发现病毒: found when it was scanned again
        Infected = "infected",
    }
}

impl ScanState {
    /// Whether a document in this state may be opened and counts as brought.
    #[must_use]
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Clean | Self::NotScanned)
    }
}

/// What a document is attached to, with the parties who may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// Its kind.
    pub kind: SubjectKind,
    /// Its id.
    pub id: Uuid,
    /// The bank that is party to it.
    pub bank: OrgId,
    /// The enterprise that is party to it.
    pub enterprise: OrgId,
}

/// A file as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// What the paper is: `business_licence`, `financial_statements` …
    pub kind: String,
    /// What its sender calls it, cleaned.
    pub file_name: String,
    /// The media type that its sender declares.
    pub declared: Option<String>,
    /// A note of the sender; may be empty.
    pub note: String,
    /// For the bank's own eyes.
    pub internal: bool,
    /// The content.
    pub bytes: Vec<u8>,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// The kind of thing it is about.
    pub subject_kind: SubjectKind,
    /// The thing it is about.
    pub subject_id: Uuid,
    /// The bank that is party.
    pub bank_id: OrgId,
    /// The enterprise that is party.
    pub enterprise_id: OrgId,
    /// What the paper is: `business_licence`, `financial_statements` …
    pub kind: String,
    /// What its sender called it.
    pub file_name: String,
    /// What its content is.
    pub media_type: String,
    /// Its size in bytes.
    pub bytes: i64,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
    /// What the scan said.
    pub scan: ScanState,
    /// Who scanned it last; null where nobody did.
    pub scanner: Option<String>,
    /// What the scanner found; null where it found nothing.
    pub found: Option<String>,
    /// When it was scanned last.
    pub scanned_at: Option<DateTime<Utc>>,
    /// For the bank's own eyes.
    pub internal: bool,
    /// Counts its versions, from 1.
    pub version: i32,
    /// The version that it takes the place of.
    pub replaces: Option<DocumentId>,
    /// Whether it is the latest version.
    pub latest: bool,
    /// A note of who attached it; may be empty.
    pub note: String,
    /// Who attached it, for people.
    pub uploaded_by: String,
    /// Who attached it.
    pub uploaded_by_id: UserId,
    /// For which organisation.
    pub uploaded_for: OrgId,
    /// When.
    pub uploaded_at: DateTime<Utc>,
}

impl Document {
    /// What it is attached to.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        Subject {
            kind: self.subject_kind,
            id: self.subject_id,
            bank: self.bank_id,
            enterprise: self.enterprise_id,
        }
    }

    /// Whether it may be handed out.
    ///
    /// # Errors
    /// It waits for its scan, or the scan found something.
    pub fn may_be_opened(&self) -> Result<(), Refusal> {
        match self.scan {
            ScanState::Clean | ScanState::NotScanned => Ok(()),
            ScanState::Quarantined => Err(Refusal::Quarantined),
            ScanState::Infected => {
                Err(Refusal::Infected { signature: self.found.clone().unwrap_or_default() })
            }
        }
    }

    /// Whether an organisation may put a new version in its place: the latest, by those who attached it.
    ///
    /// # Errors
    /// A later version exists, or the other party attached it.
    pub fn may_be_replaced_for(&self, organisation: OrgId) -> Result<(), Refusal> {
        if self.uploaded_for != organisation {
            return Err(Refusal::NotYours);
        }
        if self.latest { Ok(()) } else { Err(Refusal::Superseded { version: self.version }) }
    }

    /// Whether it proves something: the latest version, and usable.
    #[must_use]
    pub const fn counts(&self) -> bool {
        self.latest && self.scan.is_usable()
    }
}
