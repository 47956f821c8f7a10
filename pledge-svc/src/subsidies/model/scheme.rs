//! A scheme: what is subsidised, at which rate, under which caps, by which document, from when until when. One fund
//! manager proposes it, another adopts it; it ends by its date or by hand. Terms never change: a new document is a new
//! scheme.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{OrgId, SubsidySchemeId, UserId};
use finance::{Money, PremiumScale, Rate};
use serde::{Deserialize, Serialize};

use super::{ClaimKind, Hand, Refusal};

/// How far a scheme is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SchemeStatus {
    /// 待审定
    Proposed,
    /// 实施中
    Active,
    /// 未采纳
    TurnedDown,
    /// 已终止
    Ended,
}

impl SchemeStatus {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::Proposed, Self::Active, Self::TurnedDown, Self::Ended];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Active => "active",
            Self::TurnedDown => "turned_down",
            Self::Ended => "ended",
        }
    }

    /// In Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Proposed => "待审定",
            Self::Active => "实施中",
            Self::TurnedDown => "未采纳",
            Self::Ended => "已终止",
        }
    }

    /// The status of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == text)
    }
}

/// A scheme that says nothing of them leaves them out.
const fn left_out() -> bool {
    true
}

/// What a scheme grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SchemeTerms {
    /// Its name.
    pub name: String,
    /// The document that it rests on, with number and date.
    pub source: String,
    /// What is subsidised.
    pub kind: ClaimKind,
    /// For interest: the part of the yearly rate that is borne (`0.015` is 1.5 % a year).
    pub annual_rate: Option<Rate>,
    /// For premiums: the parts borne by class and year.
    pub premium_scale: Option<PremiumScale>,
    /// For interest: loans of this lending product only.
    pub product: Option<String>,
    /// For interest: loans drawn under applications for this product only.
    #[serde(default)]
    pub application_product: Option<String>,
    /// For interest: what was paid late is left out.
    #[serde(default = "left_out")]
    pub exclude_overdue: bool,
    /// For interest: loans that were restructured are left out.
    #[serde(default = "left_out")]
    pub exclude_restructured: bool,
    /// For interest: loans whose money was not used as agreed are left out.
    #[serde(default = "left_out")]
    pub exclude_misused: bool,
    /// The most for one enterprise in a calendar year.
    pub cap_per_year: Option<Money>,
    /// The most for all together in a calendar year.
    pub budget_per_year: Option<Money>,
    /// First day on which interest or premium must have been paid.
    pub valid_from: NaiveDate,
    /// Last such day.
    pub valid_until: NaiveDate,
}

/// A scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Scheme {
    /// Its id.
    pub id: SubsidySchemeId,
    /// The organisation that keeps and pays it.
    pub fund_id: OrgId,
    /// Its name.
    pub fund_name: String,
    /// What it grants.
    #[serde(flatten)]
    pub terms: SchemeTerms,
    /// How far it is.
    pub status: SchemeStatus,
    /// Money received for it.
    pub funded: Money,
    /// Money paid out under it.
    pub paid: Money,
    /// Who proposed it.
    pub maker_id: UserId,
    /// The name.
    pub maker: String,
    /// Who decided it.
    pub checker: Option<String>,
    /// Why it was turned down or ended.
    pub reason: Option<String>,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl Scheme {
    /// What the special account holds for it.
    #[must_use]
    pub fn held(&self) -> Money {
        self.funded.saturating_sub(self.paid)
    }
}

/// What is wrong with terms: the field, and a sentence in both languages.
#[must_use]
pub fn flaws(terms: &SchemeTerms) -> Vec<(&'static str, &'static str, &'static str)> {
    let mut found = Vec::new();
    let mut demand = |holds: bool, field, zh, en| {
        if !holds {
            found.push((field, zh, en));
        }
    };
    match terms.kind {
        ClaimKind::Interest => {
            let rate = terms.annual_rate.unwrap_or(Rate::ZERO);
            demand(
                rate > Rate::ZERO && rate.is_share(),
                "annual_rate",
                "贴息政策须写明年贴息率，大于 0 且不超过 1，如 0.015。",
                "An interest scheme names its yearly rate, above 0 and at most 1, such as 0.015.",
            );
            demand(
                terms.premium_scale.is_none(),
                "premium_scale",
                "贴息政策不设保费补贴比例。",
                "An interest scheme has no premium scale.",
            );
        }
        ClaimKind::Premium => {
            let shares = terms.premium_scale.is_some_and(|scale| {
                [scale.first_year, scale.first_class, scale.second_class, scale.third_class]
                    .iter()
                    .all(|share| share.is_share())
            });
            demand(
                shares,
                "premium_scale",
                "保费补贴政策须写明各年度、各类别比例，均在 0 至 1 之间。",
                "A premium scheme names its parts by year and class, each between 0 and 1.",
            );
            demand(
                terms.annual_rate.is_none() && terms.product.is_none() && terms.application_product.is_none(),
                "annual_rate",
                "保费补贴政策不设贴息率和贷款产品。",
                "A premium scheme has neither yearly rate nor loan product.",
            );
        }
    }
    let positive = |amount: Option<Money>| amount.is_none_or(Money::is_positive);
    demand(positive(terms.cap_per_year), "cap_per_year", "上限须大于零。", "A cap is more than zero.");
    demand(
        positive(terms.budget_per_year),
        "budget_per_year",
        "预算须大于零。",
        "A budget is more than zero.",
    );
    demand(
        terms.valid_from <= terms.valid_until,
        "valid_until",
        "终止日不得早于起始日。",
        "The last day is not before the first.",
    );
    found
}

fn open(scheme: &Scheme, hand: &Hand) -> Result<(), Refusal> {
    if scheme.status != SchemeStatus::Proposed {
        return Err(Refusal::SchemeNotInStatus { status: scheme.status });
    }
    if scheme.maker_id == hand.user { Err(Refusal::SamePerson) } else { Ok(()) }
}

/// The scheme as adopted by another person.
///
/// # Errors
/// [`Refusal::SchemeNotInStatus`], [`Refusal::SamePerson`].
pub fn adopted(scheme: Scheme, hand: &Hand) -> Result<Scheme, Refusal> {
    open(&scheme, hand)?;
    Ok(Scheme {
        status: SchemeStatus::Active,
        checker: Some(hand.name.clone()),
        version: scheme.version + 1,
        ..scheme
    })
}

/// The scheme as turned down by another person.
///
/// # Errors
/// [`Refusal::SchemeNotInStatus`], [`Refusal::SamePerson`].
pub fn turned_down(scheme: Scheme, reason: &str, hand: &Hand) -> Result<Scheme, Refusal> {
    open(&scheme, hand)?;
    Ok(Scheme {
        status: SchemeStatus::TurnedDown,
        checker: Some(hand.name.clone()),
        reason: Some(reason.to_owned()),
        version: scheme.version + 1,
        ..scheme
    })
}

/// The scheme as ended before its date: nothing new is claimed, what was approved is still paid.
///
/// # Errors
/// [`Refusal::SchemeNotInStatus`]
pub fn ended(scheme: Scheme, reason: &str) -> Result<Scheme, Refusal> {
    if scheme.status != SchemeStatus::Active {
        return Err(Refusal::SchemeNotInStatus { status: scheme.status });
    }
    Ok(Scheme {
        status: SchemeStatus::Ended,
        reason: Some(reason.to_owned()),
        version: scheme.version + 1,
        ..scheme
    })
}

/// Terms to start from, each with the document it is taken from. The days are those of the trial; whoever adopts a scheme
/// checks them against the document in force.
#[must_use]
pub fn presets() -> Vec<SchemeTerms> {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    vec![
        SchemeTerms {
            name: "天府知来贷贴息".to_owned(),
            source: "四川省“天府知来贷”试行办法（2025年）：省级财政按年利率1.5个百分点贴息".to_owned(),
            kind: ClaimKind::Interest,
            annual_rate: Some(Rate::from_basis_points(150)),
            premium_scale: None,
            product: None,
            application_product: Some("tianfu_zhilai".to_owned()),
            exclude_overdue: true,
            exclude_restructured: true,
            exclude_misused: true,
            cap_per_year: None,
            budget_per_year: None,
            valid_from: day(2025, 1, 1),
            valid_until: day(2027, 12, 31),
        },
        SchemeTerms {
            name: "知识产权保险试点保费补贴".to_owned(),
            source: "北京市知识产权保险试点：首年全额补贴，续保按类别补贴90%、80%、50%".to_owned(),
            kind: ClaimKind::Premium,
            annual_rate: None,
            premium_scale: Some(PremiumScale::default()),
            product: None,
            application_product: None,
            exclude_overdue: true,
            exclude_restructured: true,
            exclude_misused: true,
            cap_per_year: None,
            budget_per_year: None,
            valid_from: day(2025, 1, 1),
            valid_until: day(2027, 12, 31),
        },
    ]
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn hand(number: u128) -> Hand {
        Hand {
            user: UserId::from_uuid(Uuid::from_u128(number)),
            name: format!("基金经理{number}"),
            on: "2026-11-24".parse().unwrap(),
            at: "2026-11-24T02:00:00Z".parse().unwrap(),
        }
    }

    fn scheme() -> Scheme {
        Scheme {
            id: SubsidySchemeId::from_uuid(Uuid::from_u128(1)),
            fund_id: OrgId::from_uuid(Uuid::from_u128(2)),
            fund_name: "基金".into(),
            terms: presets().remove(0),
            status: SchemeStatus::Proposed,
            funded: Money::ZERO,
            paid: Money::ZERO,
            maker_id: hand(1).user,
            maker: "基金经理1".into(),
            checker: None,
            reason: None,
            created_at: hand(1).at,
            version: 1,
        }
    }

    #[test]
    fn every_preset_could_be_proposed_as_it_stands() {
        for terms in presets() {
            assert_eq!(flaws(&terms), [], "{}", terms.name);
            assert!(!terms.source.is_empty());
        }
    }

    #[test]
    fn a_scheme_says_what_its_kind_needs_and_no_more() {
        let [interest, premium] = <[SchemeTerms; 2]>::try_from(presets()).unwrap();
        let fields = |terms: &SchemeTerms| flaws(terms).into_iter().map(|flaw| flaw.0).collect::<Vec<_>>();
        assert_eq!(fields(&SchemeTerms { annual_rate: None, ..interest.clone() }), ["annual_rate"]);
        assert_eq!(fields(&SchemeTerms { premium_scale: None, ..premium.clone() }), ["premium_scale"]);
        assert_eq!(fields(&SchemeTerms { product: Some("x".into()), ..premium }), ["annual_rate"]);
        let upside_down = SchemeTerms { valid_until: "2024-12-31".parse().unwrap(), ..interest.clone() };
        assert_eq!(fields(&upside_down), ["valid_until"]);
        assert_eq!(fields(&SchemeTerms { cap_per_year: Some(Money::ZERO), ..interest }), ["cap_per_year"]);
    }

    #[test]
    fn another_person_adopts_a_scheme_and_only_an_active_one_ends() {
        assert_eq!(adopted(scheme(), &hand(1)), Err(Refusal::SamePerson));
        assert!(ended(scheme(), "预算用完").is_err());
        let active = adopted(scheme(), &hand(2)).unwrap();
        assert_eq!((active.status, active.version), (SchemeStatus::Active, 2));
        assert!(adopted(active.clone(), &hand(3)).is_err());
        assert_eq!(ended(active, "预算用完").unwrap().status, SchemeStatus::Ended);
        assert_eq!(turned_down(scheme(), "依据不足", &hand(2)).unwrap().status, SchemeStatus::TurnedDown);
    }
}
