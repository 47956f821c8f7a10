//! Filings, and the patents that they may name.

use chrono::NaiveDate;
use contracts::{OrgId, PatentId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::patent::LegalStatus;

/// What of a product a patent protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProductProtects)]
pub enum Protects {
    /// 产品整体
    Product,
    /// 部件
    Part,
    /// 制造方法
    Process,
    /// 用途
    Use,
    /// 外观
    Appearance,
}

impl Protects {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Product, Self::Part, Self::Process, Self::Use, Self::Appearance];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Part => "part",
            Self::Process => "process",
            Self::Use => "use",
            Self::Appearance => "appearance",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// Where a filing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProductFilingStatus)]
pub enum FilingStatus {
    /// 已备案
    Filed,
    /// 已撤回
    Withdrawn,
}

impl FilingStatus {
    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Filed => "filed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Filed, Self::Withdrawn].into_iter().find(|status| status.name() == name)
    }
}

/// A patent that a filing is to name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// The patent.
    pub patent: PatentId,
    /// Its number.
    pub number: String,
    /// Where it stands today.
    pub legal_status: LegalStatus,
    /// Its owner on the platform.
    pub owner: Option<OrgId>,
    /// Organisations of the platform, and names, that are licensed under it in its timeline, with the last day.
    pub licensees: Vec<(Option<OrgId>, Option<String>, Option<NaiveDate>)>,
}

/// Why a filing is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilingRefused {
    /// The patent is not in force.
    NotInForce { number: String, status: LegalStatus },
    /// The patent is another's, and no licence to the maker is on record.
    NotTheMakers { number: String },
    /// The filing was withdrawn.
    Withdrawn,
}

/// Whether a filing may name a patent that is not in it yet: a patent in force that the filer owns, that nobody of the
/// platform owns, or under which filer or maker are licensed on that day.
///
/// # Errors
/// The first rule that speaks against it.
pub fn may_cover(
    patent: &Covered,
    (filer, maker): ((OrgId, &str), (Option<OrgId>, &str)),
    on: NaiveDate,
) -> Result<(), FilingRefused> {
    if patent.legal_status != LegalStatus::Granted {
        let (number, status) = (patent.number.clone(), patent.legal_status);
        return Err(FilingRefused::NotInForce { number, status });
    }
    if patent.owner.is_none_or(|owner| owner == filer.0) {
        return Ok(());
    }
    let licensed = |(org, name, until): &(Option<OrgId>, Option<String>, Option<NaiveDate>)| {
        let runs = until.is_none_or(|until| on <= until);
        let by_id = org.is_some_and(|org| org == filer.0 || maker.0 == Some(org));
        let by_name = name.as_deref().is_some_and(|name| name == filer.1 || name == maker.1);
        let to_everybody = org.is_none() && name.is_none();
        runs && (by_id || by_name || to_everybody)
    };
    if patent.licensees.iter().any(licensed) {
        Ok(())
    } else {
        Err(FilingRefused::NotTheMakers { number: patent.number.clone() })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn org(n: u128) -> OrgId {
        OrgId::from_uuid(Uuid::from_u128(n))
    }

    fn patent(owner: Option<OrgId>) -> Covered {
        Covered {
            patent: PatentId::from_uuid(Uuid::nil()),
            number: "CN110000001B".into(),
            legal_status: LegalStatus::Granted,
            owner,
            licensees: Vec::new(),
        }
    }

    fn cover(patent: &Covered) -> Result<(), FilingRefused> {
        let on = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        may_cover(patent, ((org(1), "甲公司"), (None, "甲公司")), on)
    }

    #[test]
    fn a_product_is_filed_under_patents_that_its_maker_owns_or_is_licensed_under() {
        assert_eq!(cover(&patent(Some(org(1)))), Ok(()));
        assert_eq!(cover(&patent(None)), Ok(()));
        let others = patent(Some(org(2)));
        assert_eq!(cover(&others), Err(FilingRefused::NotTheMakers { number: others.number.clone() }));
        let until = |day: &str| day.parse().ok();
        for (licensee, covered) in [
            ((Some(org(1)), None, None), true),
            ((None, Some("甲公司".to_owned()), until("2026-11-24")), true),
            ((None, Some("甲公司".to_owned()), until("2026-11-23")), false),
            ((None, Some("乙公司".to_owned()), None), false),
            ((None, None, None), true),
        ] {
            let licensed = Covered { licensees: vec![licensee.clone()], ..others.clone() };
            assert_eq!(cover(&licensed).is_ok(), covered, "{licensee:?}");
        }
    }

    #[test]
    fn a_right_that_is_not_in_force_protects_no_product() {
        let lapsed = Covered { legal_status: LegalStatus::Lapsed, ..patent(Some(org(1))) };
        assert!(matches!(cover(&lapsed), Err(FilingRefused::NotInForce { .. })));
    }
}
