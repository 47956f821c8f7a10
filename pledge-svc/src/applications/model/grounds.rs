//! The grounds on which the patent office would refuse to register a pledge over a patent (CNIPA Announcement
//! 461 of 2021), checked before an application is taken, before it is sent to the register, and by the register.
//!
//! Ground 7 is checked as far as facts go (the contract itself is made from them); ground 12, "other", is for
//! people.

use std::collections::HashMap;

use chrono::{Months, NaiveDate};
use contracts::{OrgId, PatentId, PledgeId};

use super::{Finding, FindingCode, PatentFacts, Severity, facts::DisputeMeaning};

/// The pledge that is being considered.
#[derive(Debug, Clone, Copy)]
pub struct Considered<'a> {
    /// 出质人
    pub pledgor: OrgId,
    /// The term of the debt in months, from `on`.
    pub tenor_months: u32,
    /// The day.
    pub on: NaiveDate,
    /// The live pledges that this service knows of, by patent.
    pub held: &'a HashMap<PatentId, PledgeId>,
    /// The pledge under consideration itself, where it already exists: it does not stand in its own way.
    pub itself: Option<PledgeId>,
}

/// Everything that stands in the way of pledging these patents together.
#[must_use]
pub fn grounds(patents: &[PatentFacts], considered: Considered<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = patents.iter().flat_map(|patent| of_one(patent, considered)).collect();
    found.extend(same_day_pairs(patents));
    found
}

/// Ground 8 once an application is there: a declaration that the owners consent opens it, for papers are attached to what
/// exists; it is assessed, and its pledge filed, on their consent itself, which is among the papers or is not.
#[must_use]
pub fn with_owners_consent(findings: Vec<Finding>, consented: bool) -> Vec<Finding> {
    let co_owned = |finding: &Finding| finding.code == FindingCode::CoOwned;
    let standing = findings.into_iter().filter(|finding| !(consented && co_owned(finding)));
    standing
        .map(|finding| if co_owned(&finding) { finding.weighing(Severity::Hard) } else { finding })
        .collect()
}

fn of_one(patent: &PatentFacts, considered: Considered<'_>) -> Vec<Finding> {
    [
        owner(patent, considered.pledgor),
        standing(patent, considered.on),
        annuity(patent, considered.on),
        term(patent, considered),
        contract_content(patent),
        co_owned(patent),
        already_pledged(patent, considered),
        dispute(patent, DisputeMeaning::Ownership),
        dispute(patent, DisputeMeaning::Validity),
        same_day_twin(patent),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn owner(patent: &PatentFacts, pledgor: OrgId) -> Option<Finding> {
    (patent.owner_id != Some(pledgor)).then(|| {
        Finding::new(
            FindingCode::NotThePatentee,
            &patent.number,
            ("出质人不是登记的专利权人", "the pledgor is not the registered patentee"),
            (
                "请先办理著录项目变更，或改用本企业名下的专利",
                "record the transfer first, or offer a patent of your own",
            ),
        )
    })
}

fn standing(patent: &PatentFacts, on: NaiveDate) -> Option<Finding> {
    let past_term = patent.expires_on.is_some_and(|day| day < on);
    match patent.legal_status.as_str() {
        "granted" if !past_term => None,
        "pending" | "unknown" | "" => Some(Finding::new(
            FindingCode::NotGranted,
            &patent.number,
            (
                "专利申请尚未授权，或法律状态未查明",
                "the patent is not granted, or its legal status is not known",
            ),
            (
                "请在授权公告后再申请；如已授权，请更新专利数据",
                "apply after the grant; if it is granted, update its data",
            ),
        )),
        _ => Some(Finding::new(
            FindingCode::RightEnded,
            &patent.number,
            ("专利权已终止、届满或被宣告无效", "the patent has ended, expired or been declared invalid"),
            (
                "请改用有效专利；可恢复的权利请先办理恢复",
                "offer a patent in force; restore the right first where that is possible",
            ),
        )),
    }
}

fn annuity(patent: &PatentFacts, on: NaiveDate) -> Option<Finding> {
    // `due` is the ordinary time for paying. What is unknown is for the bank's assessment, not a refusal.
    let lapsing = patent.annuity_status == "unpaid"
        || (patent.annuity_status == "paid" && patent.annuity_until().is_some_and(|day| day < on));
    lapsing.then(|| {
        Finding::new(
            FindingCode::AnnuityUnpaid,
            &patent.number,
            ("未按规定缴纳年费", "an annuity is not paid"),
            (
                "请补缴年费及滞纳金，并更新缴费状态",
                "pay the annuity with its surcharge and update the patent's data",
            ),
        )
    })
}

fn term(patent: &PatentFacts, considered: Considered<'_>) -> Option<Finding> {
    let debt_ends = considered.on.checked_add_months(Months::new(considered.tenor_months));
    let right_ends = patent.expires_on?;
    let outlives = debt_ends.is_none_or(|day| day > right_ends);
    (outlives && right_ends >= considered.on).then(|| {
        Finding::new(
            FindingCode::TermBeyondRight,
            &patent.number,
            (
                format!("债务履行期限超过专利权有效期（专利权于 {right_ends} 届满）"),
                format!("the debt would outlive the patent, which expires on {right_ends}"),
            ),
            (
                "请缩短期限，或改用剩余有效期更长的专利",
                "shorten the term, or offer a patent with more years left",
            ),
        )
    })
}

fn contract_content(patent: &PatentFacts) -> Option<Finding> {
    let granted_undated = patent.legal_status == "granted" && patent.grant_date.is_none();
    (patent.title.trim().is_empty() || patent.filing_date.is_none() || granted_undated).then(|| {
        Finding::new(
            FindingCode::ContractContent,
            &patent.number,
            (
                "质押合同须载明的名称、申请日或授权公告日缺失",
                "the title, filing date or grant date that the pledge contract must state is missing",
            ),
            ("请补全专利数据后重试", "complete the patent's data and try again"),
        )
    })
}

fn co_owned(patent: &PatentFacts) -> Option<Finding> {
    (patent.owners().len() > 1).then(|| {
        Finding::new(
            FindingCode::CoOwned,
            &patent.number,
            (
                "专利权为共有，须经全体共有人同意",
                "the patent is co-owned: every owner must consent to the pledge",
            ),
            (
                "请取得全体共有人书面同意，在申请中声明，提交后上传“共有人同意书”；未上传的，银行不能评审，也不能办理质押登记",
                "obtain every owner's written consent, declare it in the application, and attach it once that is made: without the paper it is neither assessed nor its pledge filed",
            ),
        )
    })
}

fn already_pledged(patent: &PatentFacts, considered: Considered<'_>) -> Option<Finding> {
    let other = |pledge: PledgeId| considered.itself != Some(pledge);
    let held = considered.held.get(&patent.id).copied().is_some_and(other)
        || patent.encumbrances.iter().any(|encumbrance| other(encumbrance.pledge_id));
    held.then(|| {
        Finding::new(
            FindingCode::AlreadyPledged,
            &patent.number,
            ("专利权已办理质押", "the patent is already pledged"),
            (
                "请先注销原质押登记，或改用其他专利",
                "have the other pledge cancelled first, or offer another patent",
            ),
        )
    })
}

fn dispute(patent: &PatentFacts, meaning: DisputeMeaning) -> Option<Finding> {
    if !patent.disputes.iter().any(|dispute| dispute.meaning() == meaning) {
        return None;
    }
    let (code, reason, cure) = match meaning {
        DisputeMeaning::None => return None,
        DisputeMeaning::Ownership => (
            FindingCode::OwnershipDispute,
            (
                "权属纠纷中止中，或已被人民法院采取保全措施",
                "its ownership is in dispute, or a court has ordered its preservation",
            ),
            (
                "请在纠纷了结或保全解除后再申请",
                "apply once the dispute is settled or the preservation lifted",
            ),
        ),
        DisputeMeaning::Validity => (
            FindingCode::InvalidationPending,
            ("专利权已被请求宣告无效", "its invalidation has been asked for"),
            (
                "当事人知情并仍愿质押的，请在申请中声明",
                "if the parties know and still want the pledge, declare it",
            ),
        ),
    };
    Some(Finding::new(code, &patent.number, reason, cure))
}

/// Ground 10 as the catalogue knows it: the utility model is offered, and its applicant filed an invention for the same
/// thing on the same day.
fn same_day_twin(patent: &PatentFacts) -> Option<Finding> {
    patent.same_day_twin.as_ref().filter(|_| patent.kind == "utility_model").map(|_| same_day(patent))
}

fn same_day(model: &PatentFacts) -> Finding {
    Finding::new(
        FindingCode::SameDayPair,
        &model.number,
        (
            "同一申请人同日就同样的发明创造申请了实用新型和发明",
            "an invention and a utility model were filed for the same thing on the same day",
        ),
        (
            "当事人知情并仍愿质押的，请在申请中声明",
            "if the parties know and still want the pledge, declare it",
        ),
    )
}

/// Ground 10 among the patents offered: the same title, filed on the same day, once as each kind. A pair that the catalogue
/// knows of is found already.
fn same_day_pairs(patents: &[PatentFacts]) -> Vec<Finding> {
    let of_kind = |kind: &'static str| patents.iter().filter(move |patent| patent.kind == kind);
    of_kind("utility_model")
        .filter(|model| {
            model.same_day_twin.is_none()
                && model.filing_date.is_some()
                && of_kind("invention").any(|invention| {
                    invention.filing_date == model.filing_date && invention.title.trim() == model.title.trim()
                })
        })
        .map(same_day)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::{
        facts::{Dispute, Encumbrance, SameDayTwin},
        samples::{day, enterprise, patent},
    };

    fn codes(patents: &[PatentFacts], tenor_months: u32) -> Vec<FindingCode> {
        let held = HashMap::new();
        let considered = Considered {
            pledgor: enterprise(),
            tenor_months,
            on: day("2026-11-24"),
            held: &held,
            itself: None,
        };
        grounds(patents, considered).into_iter().map(|finding| finding.code).collect()
    }

    fn dispute_of(kind: &str, status: &str) -> Vec<Dispute> {
        vec![Dispute { kind: kind.to_owned(), status: status.to_owned() }]
    }

    #[test]
    fn a_sound_patent_of_the_pledgor_has_no_ground_against_it() {
        assert_eq!(codes(&[patent(1), patent(2)], 12), []);
    }

    #[test]
    fn each_ground_of_the_announcement_is_found_by_its_own_code() {
        let other = OrgId::from_uuid(uuid::Uuid::from_u128(999));
        let pledge = Encumbrance { pledge_id: PledgeId::from_uuid(uuid::Uuid::from_u128(7)) };
        let cases = [
            (FindingCode::NotThePatentee, PatentFacts { owner_id: Some(other), ..patent(1) }),
            (FindingCode::NotThePatentee, PatentFacts { owner_id: None, ..patent(1) }),
            (FindingCode::RightEnded, PatentFacts { legal_status: "lapsed".into(), ..patent(1) }),
            (FindingCode::RightEnded, PatentFacts { legal_status: "invalidated".into(), ..patent(1) }),
            (FindingCode::RightEnded, PatentFacts { expires_on: Some(day("2026-11-23")), ..patent(1) }),
            (FindingCode::NotGranted, PatentFacts { legal_status: "pending".into(), ..patent(1) }),
            (FindingCode::NotGranted, PatentFacts { legal_status: "unknown".into(), ..patent(1) }),
            (FindingCode::AnnuityUnpaid, PatentFacts { annuity_status: "unpaid".into(), ..patent(1) }),
            (
                FindingCode::OwnershipDispute,
                PatentFacts { disputes: dispute_of("ownership", "pending"), ..patent(1) },
            ),
            (
                FindingCode::OwnershipDispute,
                PatentFacts { disputes: dispute_of("preservation", "in_force"), ..patent(1) },
            ),
            (FindingCode::ContractContent, PatentFacts { grant_date: None, ..patent(1) }),
            (FindingCode::CoOwned, PatentFacts { applicants: vec!["甲".into(), "乙".into()], ..patent(1) }),
            (
                FindingCode::CoOwned,
                PatentFacts { current_owners: vec!["甲".into(), "乙".into()], ..patent(1) },
            ),
            (FindingCode::AlreadyPledged, PatentFacts { encumbrances: vec![pledge], ..patent(1) }),
            (
                FindingCode::InvalidationPending,
                PatentFacts { disputes: dispute_of("invalidation", "pending"), ..patent(1) },
            ),
        ];
        for (code, facts) in cases {
            assert_eq!(codes(&[facts], 12), [code], "{code}");
        }
    }

    #[test]
    fn a_patent_since_assigned_to_one_owner_is_not_co_owned() {
        let applied = vec!["甲".into(), "乙".into()];
        let assigned = PatentFacts { applicants: applied, current_owners: vec!["甲".into()], ..patent(1) };
        assert_eq!(codes(&[assigned], 12), []);
    }

    #[test]
    fn a_debt_may_last_to_the_last_day_of_the_patent_and_not_a_day_longer() {
        let ends = |day_text| PatentFacts { expires_on: Some(day(day_text)), ..patent(1) };
        assert_eq!(codes(&[ends("2027-11-24")], 12), []);
        assert_eq!(codes(&[ends("2027-11-23")], 12), [FindingCode::TermBeyondRight]);
        assert_eq!(codes(&[ends("2027-11-24")], u32::MAX), [FindingCode::TermBeyondRight]);
    }

    #[test]
    fn a_dispute_that_is_over_or_about_money_stands_in_nobodys_way() {
        for (kind, status) in
            [("invalidation", "maintained"), ("ownership", "settled"), ("infringement", "pending")]
        {
            assert_eq!(codes(&[PatentFacts { disputes: dispute_of(kind, status), ..patent(1) }], 12), []);
        }
    }

    #[test]
    fn an_invention_and_a_utility_model_of_one_day_and_title_are_a_pair() {
        let model = PatentFacts { kind: "utility_model".into(), title: patent(1).title, ..patent(2) };
        assert_eq!(codes(&[patent(1), model.clone()], 12), [FindingCode::SameDayPair]);
        let later = PatentFacts { filing_date: Some(day("2021-01-05")), ..model };
        assert_eq!(codes(&[patent(1), later], 12), []);
    }

    #[test]
    fn a_utility_model_offered_alone_is_a_pair_where_the_catalogue_knows_its_invention() {
        let twin = Some(SameDayTwin { number: "CN2A".into() });
        let model = PatentFacts { kind: "utility_model".into(), same_day_twin: twin.clone(), ..patent(2) };
        assert_eq!(codes(std::slice::from_ref(&model), 12), [FindingCode::SameDayPair]);
        let invention = PatentFacts { same_day_twin: twin, ..patent(1) };
        assert_eq!(codes(std::slice::from_ref(&invention), 12), [], "the ground is about the utility model");
        let both = PatentFacts { title: invention.title.clone(), ..model };
        assert_eq!(codes(&[invention, both], 12), [FindingCode::SameDayPair], "it is found once");
    }

    #[test]
    fn a_pledge_does_not_stand_in_its_own_way_but_another_does() {
        let pledge = PledgeId::from_uuid(uuid::Uuid::from_u128(7));
        let held = HashMap::from([(patent(1).id, pledge)]);
        let considered = |itself| Considered {
            pledgor: enterprise(),
            tenor_months: 12,
            on: day("2026-11-24"),
            held: &held,
            itself,
        };
        assert_eq!(grounds(&[patent(1)], considered(Some(pledge))), []);
        assert_eq!(grounds(&[patent(1)], considered(None)).len(), 1);
    }
}
