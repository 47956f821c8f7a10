//! The five criteria, over evidence that was looked up. Pure.

use chrono::{Months, NaiveDate};
use contracts::PledgeId;
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::{
    patent::{LegalStatus, PatentKind},
    record::PatentRecord,
    timeline::model::FigureStatus,
};

/// Years in force that count as long.
pub const KEPT_YEARS: u32 = 10;
/// What a pledge secures that counts as higher financing. The definition names no figure: the platform's default, CNY 10
/// million.
pub const HIGH_PLEDGE: Money = Money::from_fen(1_000_000_000);

/// The criteria of the definition, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HighValueCriterion)]
pub enum Criterion {
    /// 战略性新兴产业的有效发明专利
    StrategicIndustry,
    /// 在海外有同族专利权的有效发明专利
    OverseasFamily,
    /// 维持年限超过 10 年的有效发明专利
    LongKept,
    /// 实现较高质押融资金额的有效发明专利
    PledgeFinancing,
    /// 获得国家科学技术奖或中国专利奖的有效发明专利
    Prize,
}

impl Criterion {
    /// Where the way of counting is from, and how well it is confirmed. That there are these five is as the office's
    /// spokesmen are reported; from which day years are kept, and what a higher amount is, nobody was found to say.
    #[must_use]
    pub const fn basis(self) -> (&'static str, FigureStatus) {
        match self {
            Self::LongKept => (
                "维持年限自申请日起算为平台默认口径；未找到统计机关对起算日的说明",
                FigureStatus::PlatformDefault,
            ),
            Self::PledgeFinancing => (
                "单笔质押担保 1000 万元为平台默认标准；未找到统计机关公布的数额",
                FigureStatus::PlatformDefault,
            ),
            Self::StrategicIndustry | Self::OverseasFamily | Self::Prize => {
                ("国家知识产权局高价值发明专利五种情形，据新闻发布会报道", FigureStatus::Republished)
            }
        }
    }
}

/// What speaks for or against a criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = HighValueEvidence)]
pub struct Evidence {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// The pledge that it is about.
    #[serde(default)]
    pub pledge_id: Option<PledgeId>,
}

/// A criterion's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = HighValueAnswer)]
pub struct Answer {
    /// The criterion.
    pub criterion: Criterion,
    /// Whether it is met; absent where it is not known.
    pub met: Option<bool>,
    /// By what.
    pub evidence: Vec<Evidence>,
    /// Where the way of counting is from.
    #[serde(default)]
    pub source: String,
    /// How well it is confirmed.
    #[serde(default)]
    pub status: FigureStatus,
}

impl Answer {
    fn of(criterion: Criterion, met: Option<bool>, evidence: Vec<Evidence>) -> Self {
        let (source, status) = criterion.basis();
        Self { criterion, met, evidence, source: source.to_owned(), status }
    }
}

/// What was looked up beside the record.
#[derive(Debug, Clone, Default)]
pub struct LookedUp {
    /// Strategic emerging industries of its classes: code and name.
    pub strategic: Vec<(String, String)>,
    /// Members of the family abroad: number, and whether it is in force where somebody says.
    pub abroad: Vec<(String, Option<bool>)>,
    /// Registered pledges over it: which, whose, and what each secures.
    pub pledges: Vec<(PledgeId, String, Money)>,
    /// Prizes: name in Chinese, in English, year.
    pub prizes: Vec<(String, String, i32)>,
}

/// A patent against the definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HighValue {
    /// Whether it is an invention in force, which the definition is about.
    pub counted: bool,
    /// Whether it is a high-value invention patent: counted, with a criterion met.
    pub high_value: bool,
    /// The five criteria in order.
    pub answers: Vec<Answer>,
}

/// Answers the criteria for a patent on a day.
#[must_use]
pub fn high_value(record: &PatentRecord, found: &LookedUp, on: NaiveDate) -> HighValue {
    let counted =
        record.facts.kind == PatentKind::Invention && record.legal_status(on) == LegalStatus::Granted;
    let answers = vec![
        strategic(record, found),
        overseas(record, found),
        long_kept(record, on),
        financing(found),
        prize(record, found),
    ];
    let high_value = counted && answers.iter().any(|answer| answer.met == Some(true));
    HighValue { counted, high_value, answers }
}

fn said(zh: String, en: String) -> Evidence {
    Evidence { zh, en, pledge_id: None }
}

fn strategic(record: &PatentRecord, found: &LookedUp) -> Answer {
    let classed = !record.facts.ipc.is_empty() || !record.facts.cpc.is_empty();
    let evidence = found
        .strategic
        .iter()
        .map(|(code, name)| {
            said(
                format!("分类号对应战略性新兴产业 {code} {name}"),
                format!("Its classes belong to the strategic emerging industry {code} {name}"),
            )
        })
        .collect();
    let met = classed.then_some(!found.strategic.is_empty());
    Answer::of(Criterion::StrategicIndustry, met, evidence)
}

fn overseas(record: &PatentRecord, found: &LookedUp) -> Answer {
    let mut evidence: Vec<Evidence> = found
        .abroad
        .iter()
        .map(|(number, in_force)| match in_force {
            Some(true) => said(format!("海外同族 {number} 有效"), format!("{number} abroad is in force")),
            Some(false) => {
                said(format!("海外同族 {number} 已失效"), format!("{number} abroad is not in force"))
            }
            None => said(
                format!("海外同族 {number} 是否有效未载明"),
                format!("Nobody says whether {number} abroad is in force"),
            ),
        })
        .collect();
    let listed: Vec<&str> = record
        .facts
        .family_countries
        .iter()
        .map(String::as_str)
        .filter(|code| *code != record.facts.jurisdiction && *code != "WO")
        .collect();
    let met = if found.abroad.iter().any(|(_, in_force)| *in_force == Some(true)) {
        Some(true)
    } else if found.abroad.iter().any(|(_, in_force)| in_force.is_none()) {
        None
    } else if !found.abroad.is_empty() {
        Some(false)
    } else if listed.is_empty() {
        // A family that is told without a member abroad has none.
        record.facts.simple_family_size.map(|_| false)
    } else {
        let named = listed.join("、");
        evidence.push(said(
            format!("来源载明在 {named} 有同族文献，是否有效未载明"),
            format!(
                "The source names family documents in {named}; whether they are in force it does not say"
            ),
        ));
        None
    };
    Answer::of(Criterion::OverseasFamily, met, evidence)
}

/// How long it is kept is counted from the filing day: the platform's default, to be confirmed.
fn long_kept(record: &PatentRecord, on: NaiveDate) -> Answer {
    let filed = record.facts.filing_date;
    let met = filed.map(|filed| {
        filed.checked_add_months(Months::new(12 * KEPT_YEARS)).is_some_and(|passed| passed < on)
    });
    let evidence = filed
        .map(|filed| {
            let years = on.years_since(filed).unwrap_or(0);
            said(
                format!("申请日 {filed}，已维持 {years} 年（自申请日起算，平台默认口径，待确认）"),
                format!(
                    "Filed on {filed}, kept for {years} years (from the filing day: the platform's default, to be confirmed)"
                ),
            )
        })
        .into_iter()
        .collect();
    Answer::of(Criterion::LongKept, met, evidence)
}

fn financing(found: &LookedUp) -> Answer {
    let evidence = found
        .pledges
        .iter()
        .map(|(pledge, bank, secured)| Evidence {
            zh: format!("质押给{bank}，所在质押担保 {secured} 元（平台默认标准 {HIGH_PLEDGE} 元）"),
            en: format!(
                "Pledged to {bank}, in a pledge that secures {secured} yuan (the platform's default measure: {HIGH_PLEDGE})"
            ),
            pledge_id: Some(*pledge),
        })
        .collect();
    let met = found.pledges.iter().any(|(_, _, secured)| *secured >= HIGH_PLEDGE);
    Answer::of(Criterion::PledgeFinancing, Some(met), evidence)
}

fn prize(record: &PatentRecord, found: &LookedUp) -> Answer {
    let evidence = found
        .prizes
        .iter()
        .map(|(zh, en, year)| said(format!("{year} 年{zh}"), format!("{en} of {year}")))
        .collect();
    let counted = record.awards.is_some_and(|awards| awards > 0);
    // That nobody recorded a prize does not say that there was none.
    let met = (counted || !found.prizes.is_empty()).then_some(true);
    Answer::of(Criterion::Prize, met, evidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::patent::PatentFacts;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn invention(filed: &str) -> PatentRecord {
        let facts = PatentFacts {
            publication_number: "CN110000001B".into(),
            jurisdiction: "CN".into(),
            kind: PatentKind::Invention,
            legal_status: LegalStatus::Granted,
            filing_date: Some(day(filed)),
            ipc: vec!["C22B26/12".into()],
            ..PatentFacts::default()
        };
        PatentRecord::of(facts, "test")
    }

    fn met(record: &PatentRecord, found: &LookedUp) -> Vec<Option<bool>> {
        high_value(record, found, day("2026-11-24")).answers.iter().map(|answer| answer.met).collect()
    }

    #[test]
    fn an_invention_kept_for_more_than_ten_years_counts_from_the_day_after() {
        let of = |filed: &str| high_value(&invention(filed), &LookedUp::default(), day("2026-11-24"));
        assert!(of("2016-11-23").high_value);
        assert!(!of("2016-11-24").high_value);
    }

    #[test]
    fn only_inventions_in_force_are_counted() {
        let mut model = invention("2010-01-04");
        model.facts.kind = PatentKind::UtilityModel;
        let mut lapsed = invention("2010-01-04");
        lapsed.facts.legal_status = LegalStatus::Lapsed;
        for record in [model, lapsed] {
            let found = high_value(&record, &LookedUp::default(), day("2026-11-24"));
            assert!(!found.counted && !found.high_value);
            assert_eq!(found.answers[2].met, Some(true), "the criterion itself is answered");
        }
    }

    #[test]
    fn a_member_abroad_counts_once_it_is_known_to_be_in_force() {
        let record = invention("2022-01-04");
        let abroad =
            |in_force| LookedUp { abroad: vec![("EP3456789B1".into(), in_force)], ..LookedUp::default() };
        assert_eq!(met(&record, &abroad(Some(true)))[1], Some(true));
        assert_eq!(met(&record, &abroad(Some(false)))[1], Some(false));
        assert_eq!(met(&record, &abroad(None))[1], None);
        assert_eq!(met(&record, &LookedUp::default())[1], None, "no family was told");
        let mut listed = invention("2022-01-04");
        listed.facts.simple_family_size = Some(1);
        assert_eq!(met(&listed, &LookedUp::default())[1], Some(false));
        listed.facts.family_countries = vec!["CN".into(), "US".into()];
        assert_eq!(met(&listed, &LookedUp::default())[1], None);
    }

    #[test]
    fn a_pledge_counts_from_the_measure_on_and_no_recorded_prize_is_not_known() {
        let record = invention("2022-01-04");
        let pledged = |fen| LookedUp {
            pledges: vec![(PledgeId::from_uuid(uuid::Uuid::nil()), "甲银行".into(), Money::from_fen(fen))],
            ..LookedUp::default()
        };
        assert_eq!(met(&record, &pledged(HIGH_PLEDGE.fen()))[3], Some(true));
        assert_eq!(met(&record, &pledged(HIGH_PLEDGE.fen() - 1))[3], Some(false));
        assert_eq!(met(&record, &LookedUp::default())[4], None);
    }
}
