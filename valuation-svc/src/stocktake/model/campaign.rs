//! A stocktake: of which patents, until when, by which colleges.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{CampaignId, OrgId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ItemState, Refusal, stored_words};

/// The most characters of a name: of a stocktake, a college, a bundle, a person.
pub const NAME_CHARS_MAX: usize = 100;
/// The most characters of a label.
pub const LABEL_CHARS_MAX: usize = 30;

stored_words! {
    /// Whether a stocktake runs.
    CampaignState {
        /// 进行中
        Open = "open", "进行中";
        /// 已结束
        Closed = "closed", "已结束";
    }
}

/// How many items a stocktake left unfinished at its end, by where they stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Unfinished {
    /// With the inventors.
    pub draft: u64,
    /// With the transfer office.
    pub college: u64,
    /// With the reviewers.
    pub institution: u64,
}

impl Unfinished {
    /// Together.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.draft + self.college + self.institution
    }
}

/// A stocktake of an institute's patents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Campaign {
    /// The stocktake.
    pub id: CampaignId,
    /// Whose it is.
    pub institute_id: OrgId,
    /// The institute's name.
    pub institute_name: String,
    /// What it is called.
    pub name: String,
    /// By when everything is reviewed.
    pub deadline: NaiveDate,
    /// Patents filed in this year or later; every one where absent.
    pub filed_from: Option<i32>,
    /// Patents filed in this year or earlier; every one where absent.
    pub filed_to: Option<i32>,
    /// Whether applications that are still pending belong to it; otherwise rights in force alone.
    pub with_pending: bool,
    /// The colleges that take part; any where empty.
    pub colleges: Vec<String>,
    /// Where it stands.
    pub state: CampaignState,
    /// Bundles made so far: the number of the newest.
    pub bundles: i64,
    /// Who opened it.
    pub opened_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// When.
    pub closed_at: Option<DateTime<Utc>>,
    /// What was said at its end.
    pub closing_note: Option<String>,
    /// What it left unfinished.
    pub unfinished: Option<Unfinished>,
    /// Counted up with every change.
    pub version: i64,
}

impl Campaign {
    /// It still runs.
    ///
    /// # Errors
    /// [`Refusal::Closed`].
    pub fn runs(&self) -> Result<(), Refusal> {
        match self.state {
            CampaignState::Open => Ok(()),
            CampaignState::Closed => Err(Refusal::Closed { name: self.name.clone() }),
        }
    }

    /// The college takes part.
    ///
    /// # Errors
    /// [`Refusal::UnknownCollege`] with those that do.
    pub fn takes(&self, college: &str) -> Result<(), Refusal> {
        if self.colleges.is_empty() || self.colleges.iter().any(|one| one == college) {
            Ok(())
        } else {
            Err(Refusal::UnknownCollege { college: college.to_owned(), known: self.colleges.clone() })
        }
    }

    /// Puts its deadline off.
    ///
    /// # Errors
    /// [`Refusal::Closed`], [`Refusal::NotLater`].
    pub fn extended(mut self, deadline: NaiveDate) -> Result<Self, Refusal> {
        self.runs()?;
        if deadline <= self.deadline {
            return Err(Refusal::NotLater { deadline: self.deadline });
        }
        self.deadline = deadline;
        self.version += 1;
        Ok(self)
    }

    /// Closes it with what it leaves unfinished.
    ///
    /// # Errors
    /// [`Refusal::Closed`] where it is closed already.
    pub fn closed(
        mut self,
        (by, note): (&str, &str),
        now: DateTime<Utc>,
        left: Unfinished,
    ) -> Result<Self, Refusal> {
        self.runs()?;
        self.state = CampaignState::Closed;
        self.closed_by = Some(by.to_owned());
        self.closed_at = Some(now);
        self.closing_note = Some(note.to_owned()).filter(|text| !text.is_empty());
        self.unfinished = Some(left);
        self.version += 1;
        Ok(self)
    }
}

/// How far a stocktake has come, in all or for one college or one grade: each step counts those that have passed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = StocktakeCoverage)]
pub struct Coverage {
    /// Patents.
    pub patents: u64,
    /// Given to a college.
    pub assigned: u64,
    /// Assessed by their inventors.
    pub self_assessed: u64,
    /// Assessed by the transfer office.
    pub unit_assessed: u64,
    /// Reviewed: in the library or kept out.
    pub reviewed: u64,
    /// In the library.
    pub in_library: u64,
    /// Past their day and not reviewed.
    pub overdue: u64,
}

impl Coverage {
    /// Counts `count` more items in a state.
    pub const fn add(&mut self, state: ItemState, assigned: bool, count: u64) {
        self.patents += count;
        if assigned {
            self.assigned += count;
        }
        if state.rank() >= ItemState::College.rank() {
            self.self_assessed += count;
        }
        if state.rank() >= ItemState::Institution.rank() {
            self.unit_assessed += count;
        }
        if state.is_final() {
            self.reviewed += count;
        }
        if matches!(state, ItemState::Library) {
            self.in_library += count;
        }
    }
}
