//! The facts of a patent that scoring reads. What is not known is `None`, never zero.

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::evidence::Counted;

/// The kind of right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ScoredPatentKind)]
pub enum PatentKind {
    /// 发明: examined in substance.
    #[default]
    Invention,
    /// 实用新型: registered without examination in substance.
    UtilityModel,
    /// 外观设计.
    Design,
    /// A kind of another system that maps to none of the three.
    Other,
}

/// Where the right stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ScoredLegalStatus)]
pub enum LegalStatus {
    /// 授权有效.
    Granted,
    /// 审查中.
    Pending,
    /// 权利终止: unpaid, abandoned or withdrawn.
    Lapsed,
    /// 期限届满.
    Expired,
    /// 宣告无效.
    Invalidated,
    /// 权属争议: ownership is before a court or the office.
    Disputed,
    /// The source does not say.
    #[default]
    Unknown,
}

/// What people judged. Every grade runs from 1 (worst for the owner) to 5 (best), except the technology
/// readiness level, 1–9.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct HumanGrades {
    /// Technology readiness level, 1–9 (技术就绪度).
    pub trl: Option<u8>,
    /// 5: no substitute in sight (不可替代性).
    pub substitutability: Option<u8>,
    /// 5: infringement shows on the product itself (侵权可判定性).
    pub detectability: Option<u8>,
    /// 5: works without anyone else's technology (技术独立性).
    pub independence: Option<u8>,
    /// 5: the field grows fast (技术发展趋势).
    pub trend: Option<u8>,
    /// 5: a large and growing market (市场规模与前景).
    pub market: Option<u8>,
    /// 5: the owner or licensees lead the market (市场占有率).
    pub market_share: Option<u8>,
    /// 5: hardly any competitor (竞争情况).
    pub competition: Option<u8>,
    /// 5: an industry that national policy encourages (政策适应性).
    pub policy_fit: Option<u8>,
}

/// Everything the index tree can look at.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ScoringFacts {
    /// Kind of right.
    pub kind: PatentKind,
    /// Legal status at the valuation date.
    pub legal_status: LegalStatus,
    /// Number of claims.
    pub claims: Option<u32>,
    /// Number of independent claims.
    pub independent_claims: Option<u32>,
    /// Pages of the description.
    pub description_pages: Option<u32>,
    /// Countries or regions with a member of the family, the home country included.
    pub family_countries: Option<u32>,
    /// Members of the simple family.
    pub family_size: Option<u32>,
    /// Patents that cite this one, whenever they did.
    pub forward_citations: Option<u32>,
    /// Those of them within five years of its publication, with what the count rests on.
    pub early_citations: Option<Counted>,
    /// Patents that this one cites.
    pub backward_citations: Option<u32>,
    /// Non-patent literature that this one cites.
    pub npl_citations: Option<u32>,
    /// Distinct IPC subclasses (four characters).
    pub ipc_subclasses: Option<u32>,
    /// Applicants or owners.
    pub applicants: Option<u32>,
    /// Filing date.
    pub filing_date: Option<NaiveDate>,
    /// Grant date.
    pub grant_date: Option<NaiveDate>,
    /// The day the right ends by law, where the source gives it.
    pub expiry_date: Option<NaiveDate>,
    /// Whether every annuity due was paid.
    pub annuities_paid: Option<bool>,
    /// Oppositions and invalidation requests that the right survived.
    pub challenges_survived: Option<u32>,
    /// Oppositions and invalidation requests still open.
    pub challenges_pending: Option<u32>,
    /// Lawsuits still open.
    pub litigation: Option<u32>,
    /// Licences recorded.
    pub licences: Option<u32>,
    /// Transfers recorded.
    pub transfers: Option<u32>,
    /// Pledges ever registered.
    pub pledges: Option<u32>,
    /// Products filed as made under the patent (专利产品备案).
    pub product_filings: Option<u32>,
    /// What people judged.
    pub grades: HumanGrades,
}

impl ScoringFacts {
    /// The day protection ends: as recorded, else from the filing date by the term of the kind (Patent Law
    /// of China art. 42: invention 20, utility model 10, design 15 years, 10 when filed before 2021-06-01).
    #[must_use]
    pub fn end_of_protection(&self) -> Option<NaiveDate> {
        if self.expiry_date.is_some() {
            return self.expiry_date;
        }
        let filed = self.filing_date?;
        filed.checked_add_months(Months::new(12 * self.term_years(filed)))
    }

    /// Years of protection left on `date`, never below zero (365.25 days to the year).
    #[must_use]
    pub fn remaining_years(&self, date: NaiveDate) -> Option<f64> {
        self.end_of_protection().map(|end| years_between(date, end).max(0.0))
    }

    /// Years since filing on `date`, never below zero.
    #[must_use]
    pub fn age_years(&self, date: NaiveDate) -> Option<f64> {
        self.filing_date.map(|filed| years_between(filed, date).max(0.0))
    }

    fn term_years(&self, filed: NaiveDate) -> u32 {
        match self.kind {
            PatentKind::UtilityModel => 10,
            PatentKind::Design if (filed.year(), filed.month()) >= (2021, 6) => 15,
            PatentKind::Design => 10,
            PatentKind::Invention | PatentKind::Other => 20,
        }
    }
}

fn years_between(from: NaiveDate, to: NaiveDate) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "day counts are far below 2^52")]
    let days = (to - from).num_days() as f64;
    days / 365.25
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn protection_ends_by_the_term_of_the_kind() {
        let ends = |kind, filed: &str| {
            ScoringFacts { kind, filing_date: Some(day(filed)), ..Default::default() }.end_of_protection()
        };
        assert_eq!(ends(PatentKind::Invention, "2015-03-02"), Some(day("2035-03-02")));
        assert_eq!(ends(PatentKind::UtilityModel, "2020-02-29"), Some(day("2030-02-28")));
        assert_eq!(ends(PatentKind::Design, "2021-05-31"), Some(day("2031-05-31")));
        assert_eq!(ends(PatentKind::Design, "2021-06-01"), Some(day("2036-06-01")));
    }
}
