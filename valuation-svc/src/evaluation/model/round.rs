//! A round: which patents are put to which experts, until when.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{EvaluationRoundId, OrgId, PatentId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::stocktake::stored_words;

/// The most characters of a round's name.
pub const NAME_CHARS_MAX: usize = 100;

stored_words! {
    /// Whether a round runs.
    RoundState {
        /// 进行中
        Open = "open", "进行中";
        /// 已结束
        Closed = "closed", "已结束";
    }
}

/// A round of market evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Round {
    /// The round.
    pub id: EvaluationRoundId,
    /// Whose patents they are.
    pub institute_id: OrgId,
    /// The institute's name.
    pub institute_name: String,
    /// What it is called.
    pub name: String,
    /// The last day on which experts answer and revise.
    pub deadline: NaiveDate,
    /// What the institute says to the experts.
    pub note: String,
    /// The industry that it is addressed to; empty for every one.
    pub industry: String,
    /// Every enterprise's experts may answer; otherwise those of the enterprises invited.
    pub open_to_all: bool,
    /// Where it stands.
    pub state: RoundState,
    /// Patents put to it.
    pub patents: i64,
    /// Who opened it.
    pub opened_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// When.
    pub closed_at: Option<DateTime<Utc>>,
    /// Counted up with every change.
    pub version: i64,
}

/// Why a round's rules refuse a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The round is closed.
    Closed {
        /// What it is called.
        name: String,
    },
    /// Its last day is over.
    Over {
        /// That day.
        deadline: NaiveDate,
    },
    /// Patents that are not in the institute's library.
    NotInLibrary {
        /// Those.
        patents: Vec<PatentId>,
    },
    /// The expert has evaluated the patent in this round.
    Evaluated,
}

impl Round {
    /// It still runs.
    ///
    /// # Errors
    /// [`Refusal::Closed`].
    pub fn runs(&self) -> Result<(), Refusal> {
        match self.state {
            RoundState::Open => Ok(()),
            RoundState::Closed => Err(Refusal::Closed { name: self.name.clone() }),
        }
    }

    /// Experts may answer and revise on a day.
    ///
    /// # Errors
    /// [`Refusal::Closed`], [`Refusal::Over`].
    pub fn takes_answers(&self, on: NaiveDate) -> Result<(), Refusal> {
        self.runs()?;
        if on <= self.deadline { Ok(()) } else { Err(Refusal::Over { deadline: self.deadline }) }
    }

    /// Closes it.
    ///
    /// # Errors
    /// [`Refusal::Closed`].
    pub fn closed(mut self, by: &str, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.runs()?;
        self.state = RoundState::Closed;
        self.closed_by = Some(by.to_owned());
        self.closed_at = Some(now);
        self.version += 1;
        Ok(self)
    }
}
