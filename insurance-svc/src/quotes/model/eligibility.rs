//! Whether a patent or a loan can be insured at all; every ground that stands against it is named at once.

use chrono::{Months, NaiveDate};
use contracts::OrgId;
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::products::model::Product;

/// Why a risk cannot be insured, and what would change that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ground {
    /// A stable code.
    pub code: String,
    /// 中文
    pub reason_zh: String,
    /// English
    pub reason_en: String,
    /// What to do about it.
    pub cure_zh: String,
    /// What to do about it.
    pub cure_en: String,
}

impl Ground {
    fn new(code: &str, reason: (&str, &str), cure: (&str, &str)) -> Self {
        Self {
            code: code.to_owned(),
            reason_zh: reason.0.to_owned(),
            reason_en: reason.1.to_owned(),
            cure_zh: cure.0.to_owned(),
            cure_en: cure.1.to_owned(),
        }
    }
}

/// What the catalogue says about a patent, as far as cover depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatentFacts {
    /// Granted and not ended.
    pub in_force: bool,
    /// `CN`, where the catalogue says.
    pub jurisdiction: Option<String>,
    /// The end of its term, where known.
    pub expires_on: Option<NaiveDate>,
    /// Whether an annuity is unpaid beyond its time.
    pub annuity_unpaid: bool,
    /// Disputes and invalidation proceedings that are open.
    pub open_disputes: usize,
    /// Registered owners.
    pub owners: usize,
    /// Whether their consent was declared.
    pub consent_declared: bool,
}

/// What is known of a loan, as far as cover depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanFacts {
    /// The borrower.
    pub enterprise_id: OrgId,
    /// Principal still owed.
    pub outstanding: Money,
    /// Day of the last instalment.
    pub matures_on: NaiveDate,
    /// The last day that another policy already covers, where one does.
    pub insured_until: Option<NaiveDate>,
}

/// The grounds against insuring a patent from the first to the last day of cover. None: it can be insured.
#[must_use]
pub fn patent_grounds(
    product: &Product,
    patent: &PatentFacts,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
) -> Vec<Ground> {
    let mut grounds = Vec::new();
    if !patent.in_force {
        grounds.push(Ground::new(
            "patent_not_in_force",
            (
                "专利未授权、已终止或已被宣告无效。",
                "The patent is not granted, has ended or was declared invalid.",
            ),
            ("请选择有效专利。", "Choose a patent that is in force."),
        ));
    }
    if patent.jurisdiction.as_ref().is_some_and(|country| *country != product.territory) {
        grounds.push(Ground::new(
            "outside_territory",
            ("本产品仅承保中国专利。", "The product insures Chinese patents only."),
            ("请选择中国专利。", "Choose a Chinese patent."),
        ));
    }
    grounds.extend(life_ground(product, patent, starts_on, ends_on));
    if patent.annuity_unpaid {
        grounds.push(Ground::new(
            "annuity_unpaid",
            ("专利年费未缴。", "An annuity is unpaid."),
            ("请补缴年费后重新报价。", "Pay the annuity and quote again."),
        ));
    }
    if patent.open_disputes > 0 {
        grounds.push(Ground::new(
            "open_dispute",
            ("专利存在未了结的权属纠纷或无效程序。", "A dispute or invalidation proceeding is open."),
            ("请待程序了结后重新报价。", "Quote again when it is closed."),
        ));
    }
    if patent.owners > 1 && !patent.consent_declared {
        grounds.push(Ground::new(
            "co_owner_consent_missing",
            ("专利有共有人，未声明其同意投保。", "The patent has co-owners whose consent was not declared."),
            (
                "请取得全体共有人书面同意，并作出共有人同意的声明。",
                "Obtain the written consent of all co-owners and declare that they agree.",
            ),
        ));
    }
    grounds
}

fn life_ground(
    product: &Product,
    patent: &PatentFacts,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
) -> Option<Ground> {
    let Some(expires_on) = patent.expires_on else {
        return Some(Ground::new(
            "term_unknown",
            ("专利届满日未知。", "The end of the patent's term is not known."),
            ("请补全专利的申请日。", "Complete the patent's filing date in the catalogue."),
        ));
    };
    let needed = starts_on.checked_add_months(Months::new(product.minimum_patent_years * 12))?;
    if expires_on >= needed && expires_on >= ends_on {
        return None;
    }
    let years = product.minimum_patent_years;
    Some(Ground::new(
        "remaining_life_too_short",
        (
            &format!("专利于{expires_on}届满：起保时须剩余{years}年以上，且不早于保险期间终止日。"),
            &format!(
                "The patent ends on {expires_on}: {years} years must be left at the start of cover, and cover must not outlast it."
            ),
        ),
        (
            "请选择剩余年限更长的专利或缩短保险期间。",
            "Choose a patent with more years left or a shorter cover.",
        ),
    ))
}

/// The grounds against insuring a loan. None: it can be insured.
#[must_use]
pub fn loan_grounds(
    loan: &LoanFacts,
    aggregate_limit: Money,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
) -> Vec<Ground> {
    let mut grounds = Vec::new();
    if !loan.outstanding.is_positive() {
        grounds.push(Ground::new(
            "loan_repaid",
            ("贷款已结清。", "The loan is repaid."),
            ("请选择尚有余额的贷款。", "Choose a loan that is still owed."),
        ));
    } else if aggregate_limit > loan.outstanding {
        grounds.push(Ground::new(
            "limit_above_outstanding",
            (
                &format!("保额高于贷款余额{}元。", loan.outstanding),
                &format!("The limit is above the {} yuan still owed.", loan.outstanding),
            ),
            ("请将保额降至贷款余额以内。", "Lower the limit to what is owed."),
        ));
    }
    if ends_on > loan.matures_on {
        grounds.push(Ground::new(
            "cover_beyond_maturity",
            (
                &format!("保险期间超过贷款到期日{}。", loan.matures_on),
                &format!("Cover ends after the loan matures on {}.", loan.matures_on),
            ),
            ("请缩短保险期间。", "Choose an earlier last day."),
        ));
    }
    if let Some(until) = loan.insured_until
        && until >= starts_on
    {
        grounds.push(Ground::new(
            "already_insured",
            (
                &format!("贷款已由另一保单承保至{until}。"),
                &format!("The loan is covered by another policy until {until}."),
            ),
            ("请从其终止后起保。", "Start cover after that day."),
        ));
    }
    grounds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::products::model::Catalogue;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn sound() -> PatentFacts {
        PatentFacts {
            in_force: true,
            jurisdiction: Some("CN".into()),
            expires_on: Some(day("2029-03-01")),
            annuity_unpaid: false,
            open_disputes: 0,
            owners: 1,
            consent_declared: false,
        }
    }

    fn codes(patent: &PatentFacts, starts_on: &str) -> Vec<String> {
        let catalogue = Catalogue::load().unwrap();
        let product = catalogue.version("enforcement", "2025.1").unwrap();
        let ends_on = day(starts_on) + Months::new(12) - chrono::Days::new(1);
        patent_grounds(product, patent, day(starts_on), ends_on)
            .into_iter()
            .map(|ground| ground.code)
            .collect()
    }

    /// Beijing's pilot: a valid Chinese patent with three years left, no dispute, co-owners' consent.
    #[test]
    fn a_valid_patent_with_three_years_left_can_be_insured_and_a_day_less_cannot() {
        assert!(codes(&sound(), "2026-03-01").is_empty());
        assert_eq!(codes(&sound(), "2026-03-02"), ["remaining_life_too_short"]);
    }

    #[test]
    fn every_ground_is_named_at_once() {
        let patent = PatentFacts {
            in_force: false,
            jurisdiction: Some("US".into()),
            expires_on: None,
            annuity_unpaid: true,
            open_disputes: 1,
            owners: 2,
            consent_declared: false,
        };
        assert_eq!(
            codes(&patent, "2026-03-01"),
            [
                "patent_not_in_force",
                "outside_territory",
                "term_unknown",
                "annuity_unpaid",
                "open_dispute",
                "co_owner_consent_missing"
            ]
        );
        assert!(
            codes(&PatentFacts { owners: 2, consent_declared: true, ..sound() }, "2026-03-01").is_empty()
        );
    }

    #[test]
    fn a_loan_is_insured_once_for_what_is_owed_and_no_longer_than_it_runs() {
        let loan = LoanFacts {
            enterprise_id: OrgId::from_uuid(uuid::Uuid::nil()),
            outstanding: "1000.00".parse().unwrap(),
            matures_on: day("2027-03-01"),
            insured_until: None,
        };
        let codes = |loan: &LoanFacts, limit: &str, until: &str| -> Vec<String> {
            let grounds = loan_grounds(loan, limit.parse().unwrap(), day("2026-03-01"), day(until));
            grounds.into_iter().map(|ground| ground.code).collect()
        };
        assert!(codes(&loan, "1000.00", "2027-03-01").is_empty());
        assert_eq!(
            codes(&loan, "1000.01", "2027-03-02"),
            ["limit_above_outstanding", "cover_beyond_maturity"]
        );
        let insured = LoanFacts { insured_until: Some(day("2026-03-01")), ..loan.clone() };
        assert_eq!(codes(&insured, "1.00", "2027-03-01"), ["already_insured"]);
        let repaid = LoanFacts { outstanding: Money::ZERO, ..loan };
        assert_eq!(codes(&repaid, "1.00", "2027-03-01"), ["loan_repaid"]);
    }
}
