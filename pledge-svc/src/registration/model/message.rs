//! What the register says about a filing. Its messages about one filing count from 1 without gaps, so that it can be
//! told which came first and whether one is missing, however they arrive.

use chrono::NaiveDate;
use contracts::FilingId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Ground;

/// The most messages about one filing that are kept: a number far beyond the next expected is not believed.
pub const SEQUENCE_MAX: i64 = 10_000;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfficeMessage {
    /// The filing it is about, by the id that it was filed with.
    pub request_id: FilingId,
    /// Its place among the messages about this filing, from 1.
    pub sequence: i64,
    /// The day of the office's act.
    pub on: NaiveDate,
    /// What it says.
    pub answer: Answer,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = RegisterAnswer)]
pub enum Answer {
    /// 受理: the office has the papers and its time runs.
    Accepted {
        /// The office's own number.
        #[serde(default)]
        reference: Option<String>,
    },
    /// 补正: something is to be corrected.
    Deficient {
        /// What, in the office's words.
        text: String,
        /// The grounds it would refuse on.
        #[serde(default)]
        grounds: Vec<Ground>,
        /// The day by which it wants the answer.
        #[serde(default)]
        answer_by: Option<NaiveDate>,
    },
    /// 准予登记: the pledge is in the register and exists.
    Registered {
        /// 登记号
        registration_number: String,
    },
    /// 准予变更
    Changed,
    /// 准予注销
    Cancelled,
    /// 不予登记
    Refused {
        /// On which grounds.
        #[serde(default)]
        grounds: Vec<Ground>,
        /// In the office's words.
        reason: String,
    },
    /// 准予撤回
    Withdrawn,
    /// 撤销登记: a ground was found later; the pledge never existed.
    Annulled {
        /// On which grounds.
        #[serde(default)]
        grounds: Vec<Ground>,
        /// In the office's words.
        reason: String,
    },
}

impl Answer {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Deficient { .. } => "deficient",
            Self::Registered { .. } => "registered",
            Self::Changed => "changed",
            Self::Cancelled => "cancelled",
            Self::Refused { .. } => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Annulled { .. } => "annulled",
        }
    }
}
