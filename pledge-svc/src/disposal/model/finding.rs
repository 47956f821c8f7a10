//! Finding that collateral is worth nothing to the case (无变现价值认定): what a sale would fetch does not meet what it would
//! cost. Recorded with who found it and the paper, so that a loss may be determined although the patent was not sold.

use chrono::NaiveDate;
use contracts::{DocumentId, PatentId, PledgeId};
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Case, CaseStatus, Refusal, proposal::Flaw};

/// The most patents of one finding.
const PATENTS_MAX: usize = 200;

/// Collateral is to be found worthless.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CollateralFinding)]
pub struct Finding {
    /// The patents; everything that secures the loan and is neither sold nor found worthless, where none is named.
    #[serde(default)]
    pub patent_ids: Vec<PatentId>,
    /// What a sale would fetch, of all of them.
    pub value: Money,
    /// What selling them would cost.
    pub costs: Money,
    /// The day of that value.
    pub valued_on: NaiveDate,
    /// Who valued it, with the number of the report or of the failed auction.
    pub valuer: String,
    /// Why nothing is to be had.
    pub reason: String,
    /// The report, as a document of the case.
    pub document_id: DocumentId,
}

impl Finding {
    /// Everything that is wrong with it by itself, on a day.
    pub(super) fn flaws(&self, today: NaiveDate, found: &mut Vec<Flaw>) {
        super::proposal::text(found, "valuer", &self.valuer, 200);
        super::proposal::text(found, "reason", &self.reason, 1_000);
        if self.patent_ids.len() > PATENTS_MAX {
            found.push(Flaw::new(
                "patent_ids",
                format!("一次最多认定 {PATENTS_MAX} 件专利。"),
                format!("At most {PATENTS_MAX} patents at a time."),
            ));
        }
        for (field, amount) in [("value", self.value), ("costs", self.costs)] {
            if amount.is_negative() {
                found.push(Flaw::new(field, "金额不得为负。", "The amount may not be negative."));
            }
        }
        if self.valued_on > today {
            found.push(Flaw::new(
                "valued_on",
                "估值基准日不得晚于今日。",
                "The day of the value may not lie in the future.",
            ));
        }
    }
}

/// A patent that secures the loan and is neither sold nor found worthless.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CollateralLeft {
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub number: String,
    /// What it was lent on.
    pub value: Money,
}

/// The case with collateral found worthless, and which of it.
///
/// # Errors
/// Not in collection or disposal, more to be had than a sale costs, nothing left, or a patent that is none of it.
pub fn found_worthless(
    case: &Case,
    finding: &Finding,
    left: &[CollateralLeft],
) -> Result<(Case, Vec<CollateralLeft>), Refusal> {
    case.require(&[CaseStatus::Collection, CaseStatus::Disposal])?;
    if finding.value > finding.costs {
        return Err(Refusal::WorthSelling { value: finding.value, costs: finding.costs });
    }
    let named =
        |one: &&CollateralLeft| finding.patent_ids.is_empty() || finding.patent_ids.contains(&one.patent_id);
    let stranger = finding.patent_ids.iter().find(|id| left.iter().all(|one| one.patent_id != **id));
    if let Some(id) = stranger {
        return Err(Refusal::NotPledged { number: id.to_string() });
    }
    let worthless: Vec<CollateralLeft> = left.iter().filter(named).cloned().collect();
    if worthless.is_empty() {
        return Err(Refusal::NoCollateralLeft);
    }
    Ok((case.with_money(case.money), worthless))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::disposal::model::samples::{case, day, yuan};

    fn finding(value: i64, costs: i64, patents: &[u128]) -> Finding {
        Finding {
            patent_ids: patents.iter().map(|id| PatentId::from_uuid(Uuid::from_u128(*id))).collect(),
            value: yuan(value),
            costs: yuan(costs),
            valued_on: day("2026-06-01"),
            valuer: "评估机构 评字 2 号".into(),
            reason: "两次流拍".into(),
            document_id: DocumentId::from_uuid(Uuid::from_u128(9)),
        }
    }

    fn left(ids: &[u128]) -> Vec<CollateralLeft> {
        ids.iter()
            .map(|id| CollateralLeft {
                pledge_id: PledgeId::from_uuid(Uuid::from_u128(70)),
                patent_id: PatentId::from_uuid(Uuid::from_u128(*id)),
                number: format!("CN{id}B"),
                value: yuan(1_000),
            })
            .collect()
    }

    #[test]
    fn what_fetches_more_than_it_costs_is_sold_and_not_found_worthless() {
        let all = left(&[1, 2]);
        let refused = found_worthless(&case(), &finding(101, 100, &[]), &all);
        assert_eq!(refused, Err(Refusal::WorthSelling { value: yuan(101), costs: yuan(100) }));
        let (after, worthless) = found_worthless(&case(), &finding(100, 100, &[]), &all).unwrap();
        assert_eq!((after.version, worthless), (case().version + 1, all));
    }

    #[test]
    fn a_finding_is_of_patents_that_secure_the_loan_and_are_left() {
        let all = left(&[1, 2]);
        let (_, one) = found_worthless(&case(), &finding(0, 0, &[2]), &all).unwrap();
        assert_eq!(one, left(&[2]));
        let stranger = found_worthless(&case(), &finding(0, 0, &[2, 3]), &all);
        assert!(matches!(stranger, Err(Refusal::NotPledged { .. })));
        assert_eq!(found_worthless(&case(), &finding(0, 0, &[]), &[]), Err(Refusal::NoCollateralLeft));
        let sharing = case().in_status(CaseStatus::Sharing);
        assert!(found_worthless(&sharing, &finding(0, 0, &[]), &all).is_err());
    }

    #[test]
    fn a_finding_says_what_is_wrong_with_it() {
        let bad = Finding {
            valuer: String::new(),
            valued_on: day("2026-06-02"),
            costs: yuan(-1),
            ..finding(-1, 0, &[])
        };
        let mut found = Vec::new();
        bad.flaws(day("2026-06-01"), &mut found);
        let fields: Vec<_> = found.iter().map(|flaw| flaw.field.as_str()).collect();
        assert_eq!(fields, ["valuer", "value", "costs", "valued_on"]);
    }
}
