//! The normalised record of one patent document: what the catalogue keeps, whatever file it came from.
//!
//! A pure value. It is not a row of the store, and it says nothing about pledges on the platform, values or
//! scores. What the source does not say is `None` (or an empty list), never zero.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is protected: the three kinds of patent of the Chinese Patent Law, article 2, and the rest.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PatentKind {
    /// 发明
    Invention,
    /// 实用新型
    UtilityModel,
    /// 外观设计
    Design,
    /// Plant patents, defensive publications, and documents that do not say what they protect.
    #[default]
    Other,
}

impl PatentKind {
    /// The name in JSON and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invention => "invention",
            Self::UtilityModel => "utility_model",
            Self::Design => "design",
            Self::Other => "other",
        }
    }
}

/// Where the right stands, as the source states it or as the kind of document implies.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LegalStatus {
    /// 审中: applied for, not decided.
    Pending,
    /// 授权、有效
    Granted,
    /// 终止、失效: ended before its term, for instance because an annuity was not paid.
    Lapsed,
    /// 届满: ended with its term.
    Expired,
    /// 宣告无效
    Invalidated,
    /// 撤回、放弃
    Withdrawn,
    /// 驳回
    Rejected,
    /// The source does not say, or says it in words that are not understood.
    #[default]
    Unknown,
}

impl LegalStatus {
    /// The name in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Pending => "审中",
            Self::Granted => "有效",
            Self::Lapsed => "终止",
            Self::Expired => "届满",
            Self::Invalidated => "无效",
            Self::Withdrawn => "撤回",
            Self::Rejected => "驳回",
            Self::Unknown => "未载明",
        }
    }

    /// The name in JSON and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Granted => "granted",
            Self::Lapsed => "lapsed",
            Self::Expired => "expired",
            Self::Invalidated => "invalidated",
            Self::Withdrawn => "withdrawn",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }
}

/// The facts of one patent document. Counts are numbers of items; dates are calendar days.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PatentFacts {
    /// 公开(公告)号, normalised: country, number, kind code without blanks (`CN115000000A`). Never empty.
    pub publication_number: String,
    /// 申请号, normalised; Chinese ones with their check digit (`CN201310467361.2`).
    pub application_number: Option<String>,
    /// 授权公告号: number of the publication of the grant.
    pub grant_number: Option<String>,
    /// Office of publication, two letters (WIPO ST.3). Never empty.
    pub jurisdiction: String,
    /// Kind code of the document (WIPO ST.16), such as `A`, `B2`, `U`; empty when the source gives none.
    pub document_kind: String,
    /// What is protected.
    pub kind: PatentKind,
    /// 名称. Never empty.
    pub title: String,
    /// 摘要
    pub abstract_text: Option<String>,
    /// 申请人, in the order of the source, without repetitions.
    pub applicants: Vec<String>,
    /// 当前专利权人, where the source tells them apart from the applicants.
    pub current_owners: Vec<String>,
    /// 发明人
    pub inventors: Vec<String>,
    /// International classes, main class first (`A63H30/04`, or a subclass alone: `B64D`).
    pub ipc: Vec<String>,
    /// Cooperative classes (`G06F3/04817`).
    pub cpc: Vec<String>,
    /// 申请日
    pub filing_date: Option<NaiveDate>,
    /// 公开(公告)日
    pub publication_date: Option<NaiveDate>,
    /// 授权公告日
    pub grant_date: Option<NaiveDate>,
    /// 届满日: as stated by the source, else by [`statutory_expiry`].
    pub expiry_date: Option<NaiveDate>,
    /// 最早优先权日
    pub priority_date: Option<NaiveDate>,
    /// 法律状态
    pub legal_status: LegalStatus,
    /// 权利要求数量
    pub claims: Option<u32>,
    /// 独立权利要求数量
    pub independent_claims: Option<u32>,
    /// 说明书页数
    pub description_pages: Option<u32>,
    /// 被引证次数
    pub forward_citations: Option<u32>,
    /// 引证专利数
    pub backward_citations: Option<u32>,
    /// 引证非专利文献数
    pub non_patent_citations: Option<u32>,
    /// 简单同族数量
    pub simple_family_size: Option<u32>,
    /// 扩展同族数量
    pub extended_family_size: Option<u32>,
    /// Offices of the family's members, two letters, sorted; empty when unknown.
    pub family_countries: Vec<String>,
    /// 许可次数
    pub licences: Option<u32>,
    /// 转让次数
    pub transfers: Option<u32>,
    /// 质押次数 as the source counts them; the platform's own register is elsewhere.
    pub pledges: Option<u32>,
    /// 诉讼次数
    pub litigations: Option<u32>,
    /// 异议次数
    pub oppositions: Option<u32>,
    /// 无效宣告请求次数
    pub invalidation_requests: Option<u32>,
    /// Identifier at The Lens.
    pub lens_id: Option<String>,
    /// A page about the document, `http` or `https`.
    pub url: Option<String>,
    /// 年费缴至: the day up to which annuities are paid.
    pub annuities_paid_to: Option<NaiveDate>,
    /// 国民经济行业 as the source names it (GB/T 4754).
    pub industry: Option<String>,
}

/// Designs filed in China from this day run fifteen years (Patent Law as amended in 2020, article 42).
const CHINESE_DESIGN_REFORM: (i32, u32, u32) = (2021, 6, 1);

/// Offices whose utility models run ten years from filing.
const TEN_YEAR_UTILITY_MODELS: [&str; 12] =
    ["CN", "DE", "JP", "KR", "TW", "RU", "UA", "ES", "IT", "AT", "PL", "CZ"];

/// The last day of the term counted from filing: inventions twenty years, utility models ten, Chinese
/// designs ten or, filed from 2021-06-01, fifteen (Patent Law of China, article 42).
///
/// `None` where the term does not follow from the filing date: international applications, which grant
/// nothing themselves, other kinds, and the designs and utility models of offices with other rules.
/// Extensions and adjustments of term are not known here.
#[must_use]
pub fn statutory_expiry(kind: PatentKind, jurisdiction: &str, filing: NaiveDate) -> Option<NaiveDate> {
    let years = match kind {
        PatentKind::Invention if jurisdiction == "WO" => return None,
        PatentKind::Invention => 20,
        PatentKind::UtilityModel if TEN_YEAR_UTILITY_MODELS.contains(&jurisdiction) => 10,
        PatentKind::Design if jurisdiction == "CN" => {
            let (year, month, day) = CHINESE_DESIGN_REFORM;
            if filing >= NaiveDate::from_ymd_opt(year, month, day)? { 15 } else { 10 }
        }
        _ => return None,
    };
    filing.checked_add_months(Months::new(years * 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_term_is_counted_from_filing_by_kind() {
        let filed = day("2013-03-15");
        assert_eq!(statutory_expiry(PatentKind::Invention, "CN", filed), Some(day("2033-03-15")));
        assert_eq!(statutory_expiry(PatentKind::UtilityModel, "CN", filed), Some(day("2023-03-15")));
        assert_eq!(statutory_expiry(PatentKind::Other, "US", filed), None);
        assert_eq!(statutory_expiry(PatentKind::Invention, "WO", filed), None);
    }

    #[test]
    fn chinese_designs_run_fifteen_years_only_if_filed_from_the_reform_on() {
        let design = |filed| statutory_expiry(PatentKind::Design, "CN", day(filed));
        assert_eq!(design("2021-05-31"), Some(day("2031-05-31")));
        assert_eq!(design("2021-06-01"), Some(day("2036-06-01")));
        assert_eq!(statutory_expiry(PatentKind::Design, "US", day("2021-06-01")), None);
    }

    #[test]
    fn what_is_unknown_stays_absent_in_json() {
        let facts = PatentFacts { publication_number: "CN1A".into(), ..PatentFacts::default() };
        let json = serde_json::to_value(&facts).unwrap();
        assert!(json["claims"].is_null());
        assert_eq!(json["legal_status"], "unknown");
        assert_eq!(serde_json::from_value::<PatentFacts>(json).unwrap(), facts);
    }
}
