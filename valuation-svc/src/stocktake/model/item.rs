//! One patent's place in a stocktake.

use chrono::{DateTime, Months, NaiveDate, Utc};
use contracts::{CampaignId, OrgId, PatentId, StocktakeItemId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Assessment, Implementation, UnitAssessment, stored_words};

/// Years after its grant from which a patent that nobody uses counts as dormant where no reason is on file.
pub const DORMANT_YEARS: u32 = 5;

stored_words! {
    /// Where an item stands: 草稿 → 学院 → 机构 → 可转化库, as the national plan has it.
    ItemState {
        /// With the inventor.
        Draft = "draft", "待发明人自评";
        /// With the transfer office, which assesses for the college or unit.
        College = "college", "待单位评价";
        /// With the institute's reviewers.
        Institution = "institution", "待机构审核";
        /// In the library of patents that can be put to use.
        Library = "library", "已入可转化库";
        /// Reviewed and kept out of the library.
        KeptOut = "kept_out", "不入库";
    }
}

impl ItemState {
    /// How far along it is; both ends are equally far.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::Draft => 0,
            Self::College => 1,
            Self::Institution => 2,
            Self::Library | Self::KeptOut => 3,
        }
    }

    /// Nothing more is to be done.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Library | Self::KeptOut)
    }
}

/// One patent's place in a stocktake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = StocktakeItem)]
pub struct Item {
    /// The item.
    pub id: StocktakeItemId,
    /// The stocktake.
    pub campaign_id: CampaignId,
    /// The institute.
    pub institute_id: OrgId,
    /// The patent.
    pub patent_id: PatentId,
    /// Its number.
    pub patent_number: String,
    /// Its title.
    pub patent_title: String,
    /// Its kind.
    pub patent_kind: String,
    /// Its first IPC symbol; empty where unknown.
    pub ipc: String,
    /// When it was filed.
    pub filed_on: Option<NaiveDate>,
    /// When it was granted.
    pub granted_on: Option<NaiveDate>,
    /// The college or unit it was given to; empty while it was given to none.
    pub college: String,
    /// The inventor's account, where it is known.
    pub inventor_id: Option<UserId>,
    /// The inventor to ask, by name.
    pub inventor_name: String,
    /// By when it is to be reviewed.
    pub due_on: NaiveDate,
    /// Where it stands.
    pub state: ItemState,
    /// What the inventor says.
    pub self_assessment: Option<Assessment>,
    /// Who wrote that down: the inventor, or the transfer office where the inventor has no account.
    pub self_assessed_by: Option<String>,
    /// What the transfer office says.
    pub unit_assessment: Option<UnitAssessment>,
    /// Who said it.
    pub unit_assessed_by_id: Option<UserId>,
    /// Who said it, by name.
    pub unit_assessed_by: Option<String>,
    /// Labels.
    pub labels: Vec<String>,
    /// The number of its bundle within the stocktake.
    pub bundle: Option<i64>,
    /// Why it was returned or kept out, where it was.
    pub reason: Option<String>,
    /// Who reviewed it last.
    pub reviewed_by: Option<String>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Counted up with every change.
    pub version: i64,
}

impl Item {
    /// Given to a college or unit.
    #[must_use]
    pub fn is_assigned(&self) -> bool {
        !self.college.is_empty()
    }

    /// Not yet reviewed although its day has passed.
    #[must_use]
    pub fn is_overdue(&self, on: NaiveDate) -> bool {
        !self.state.is_final() && self.due_on < on
    }

    /// Granted more than five years ago, said not to be used, and no reason on file: such a patent of state-funded work may
    /// be licensed by the state's rule. Whether it is used is the inventor's word; without it nothing is said.
    #[must_use]
    pub fn is_dormant(&self, on: NaiveDate) -> bool {
        let old = self
            .granted_on
            .and_then(|day| day.checked_add_months(Months::new(12 * DORMANT_YEARS)))
            .is_some_and(|day| day < on);
        let idle = self.self_assessment.as_ref().is_some_and(|own| {
            own.implementation == Some(Implementation::None) && own.justification.trim().is_empty()
        });
        old && idle
    }
}
