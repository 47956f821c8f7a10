//! Patents made up for demonstration: consistent in themselves, marked as generated, and numbered in ranges that the
//! Chinese office has not issued, so that none can be taken for a real one.
//!
//! The same seed, count, day and owners give the same patents.

mod vocabulary;

use std::collections::BTreeSet;

use chrono::{Datelike, Days, Months, NaiveDate};
use contracts::OrgId;
use rand::RngExt;
use rand_pcg::Pcg64;

use self::vocabulary::{FAMILY_NAMES, GIVEN_NAMES, VOCABULARIES, Vocabulary};
use super::{
    number::chinese_check_character,
    patent::{LegalStatus, PatentFacts, PatentKind, statutory_expiry},
    record::{Dispute, DisputeKind, DisputeStatus, PatentRecord},
};
use crate::scoring::model::HumanGrades;

/// Where the records say they come from.
pub const SOURCE: &str = "演示数据（系统生成）";
/// The year of the earliest filing.
const FIRST_YEAR: i32 = 2014;
/// Serial numbers of applications from here on are not given out within a year (the busiest stay below two million).
const FREE_SERIAL: u32 = 9_000_000;
/// Publication numbers from here on have not been reached.
const FREE_PUBLICATION: u32 = 90_000_000;

/// Makes up patents of the cluster's five industries as known on a day. The owner at position i of the list works
/// mainly in the industry at position i mod 5 (natural gas chemistry, new materials, lithium and potassium,
/// agriculture, mechanical engineering); an empty list leaves the patents to makers unknown to the platform.
#[must_use]
pub fn generated_patents(
    seed: u64,
    count: usize,
    on: NaiveDate,
    owners: &[(OrgId, &str)],
) -> Vec<PatentRecord> {
    let mut draw = Draw(Pcg64::new(u128::from(seed), 0x1f2e_3d4c));
    let mut titles = BTreeSet::new();
    (0_u32..)
        .take(count)
        .map(|serial| {
            let place = usize::try_from(serial).unwrap_or(0);
            let owner =
                place.checked_rem(owners.len()).and_then(|at| owners.get(at).map(|owner| (at, *owner)));
            let main = owner.map_or(place, |(at, _)| at) % VOCABULARIES.len();
            let industry = if draw.chance(80) { main } else { draw.below(VOCABULARIES.len()) };
            one(&mut draw, serial, industry, owner.map(|(_, owner)| owner), on, &mut titles)
        })
        .collect()
}

/// Random choices from one stream.
struct Draw(Pcg64);

impl Draw {
    /// Whether something of so many per cent happens.
    fn chance(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100_u32) < percent
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0.random_range(0..bound.max(1))
    }

    fn between(&mut self, low: u32, high: u32) -> u32 {
        self.0.random_range(low..=high.max(low))
    }

    fn one_of<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let at = self.below(items.len());
        items.get(at).copied().unwrap_or_default()
    }

    fn grade(&mut self, low: u8, high: u8) -> Option<u8> {
        let grade = self.between(u32::from(low), u32::from(high));
        let known = self.chance(92);
        u8::try_from(grade).ok().filter(|_| known)
    }
}

struct Dates {
    filed: NaiveDate,
    published: Option<NaiveDate>,
    granted: Option<NaiveDate>,
    expires: Option<NaiveDate>,
}

fn one(
    draw: &mut Draw,
    serial: u32,
    industry: usize,
    owner: Option<(OrgId, &str)>,
    on: NaiveDate,
    titles: &mut BTreeSet<String>,
) -> PatentRecord {
    let words = VOCABULARIES.get(industry).unwrap_or(&VOCABULARIES[0]);
    let kind = if draw.chance(70) { PatentKind::Invention } else { PatentKind::UtilityModel };
    let (title, main_class, abstract_text) = wording(draw, words, kind, titles);
    let dates = dates(draw, kind, on);
    let legal_status = status(draw, &dates, on);
    let holder = owner.map_or_else(|| "达州某科技有限公司".to_owned(), |(_, name)| name.to_owned());
    let mut facts = PatentFacts {
        jurisdiction: "CN".to_owned(),
        kind,
        title,
        abstract_text: Some(abstract_text),
        applicants: vec![holder.clone()],
        current_owners: dates.granted.map(|_| vec![holder]).unwrap_or_default(),
        inventors: inventors(draw),
        ipc: classes(draw, words, main_class),
        filing_date: Some(dates.filed),
        publication_date: dates.granted.or(dates.published),
        grant_date: dates.granted,
        expiry_date: dates.expires,
        priority_date: Some(dates.filed),
        legal_status,
        annuities_paid_to: annuities(draw, &dates, legal_status, on),
        industry: Some(words.industry.name_zh().to_owned()),
        ..PatentFacts::default()
    };
    numbers(&mut facts, serial, &dates);
    counts(draw, &mut facts, &dates, on);
    let disputes = disputes(draw, &mut facts, &dates, on);
    PatentRecord {
        facts,
        owner: owner.map(|(id, _)| id),
        grades: grades(draw),
        product_filings: Some(draw.between(0, 2)),
        disputes,
        generated: true,
        source: SOURCE.to_owned(),
        ..PatentRecord::default()
    }
}

/// A title that no other patent of the run has, its main class, and an abstract in the usual form.
fn wording(
    draw: &mut Draw,
    words: &Vocabulary,
    kind: PatentKind,
    titles: &mut BTreeSet<String>,
) -> (String, &'static str, String) {
    let mut attempt = 0_u32;
    loop {
        let (subject, class) = draw.one_of(words.subjects);
        let feature = draw.one_of(words.features);
        let is_method = kind == PatentKind::Invention && draw.chance(75);
        let what = if is_method { draw.one_of(words.methods) } else { draw.one_of(words.devices) };
        // Thousands of records exhaust the combinations: then a number tells them apart.
        let series = if attempt < 40 { String::new() } else { format!("（{}型）", attempt - 39) };
        let title = if is_method {
            format!("一种{subject}的{feature}{what}{series}")
        } else {
            format!("一种用于{subject}的{feature}{what}{series}")
        };
        attempt += 1;
        if titles.insert(title.clone()) {
            let right = if kind == PatentKind::Invention { "本发明" } else { "本实用新型" };
            let steps = steps(draw, words);
            let how = if is_method { "包括以下步骤" } else { "其工作过程为" };
            let (effect, place) = (draw.one_of(words.effects), draw.one_of(words.uses));
            let text = format!("{right}公开了{title}，{how}：{steps}。{right}能够{effect}，适用于{place}。");
            return (title, class, text);
        }
    }
}

fn steps(draw: &mut Draw, words: &Vocabulary) -> String {
    let first = draw.below(words.steps.len());
    let chosen = words.steps.iter().cycle().skip(first).take(3);
    chosen.zip(1..).map(|(step, n)| format!("S{n}，{step}")).collect::<Vec<_>>().join("；")
}

fn classes(draw: &mut Draw, words: &Vocabulary, main: &str) -> Vec<String> {
    let mut classes = vec![main.to_owned()];
    for _ in 0..draw.between(0, 3) {
        let class = draw.one_of(words.beside).to_owned();
        if !classes.contains(&class) {
            classes.push(class);
        }
    }
    classes
}

fn inventors(draw: &mut Draw) -> Vec<String> {
    let family: Vec<char> = FAMILY_NAMES.chars().collect();
    let given: Vec<char> = GIVEN_NAMES.chars().collect();
    (0..draw.between(2, 5))
        .map(|_| [draw.one_of(&family), draw.one_of(&given), draw.one_of(&given)].iter().collect())
        .collect()
}

/// Filed, published after eighteen months, granted after two to three and a half years; a utility model is published
/// with its grant, within a year.
fn dates(draw: &mut Draw, kind: PatentKind, on: NaiveDate) -> Dates {
    let first = NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 2).unwrap_or(on);
    let span = u32::try_from((on - first).num_days() - 400).unwrap_or(1).max(1);
    // Utility models live ten years: only the younger half of the span keeps most of them in force.
    let start = if kind == PatentKind::UtilityModel { span * 2 / 5 } else { 0 };
    let filed = first + Days::new(u64::from(draw.between(start, span)));
    let after = |months: u32, days: u32| filed + Months::new(months) + Days::new(u64::from(days));
    let within = |day: NaiveDate| Some(day).filter(|day| *day < on);
    let days = draw.between(0, 27);
    let (published, granted) = if kind == PatentKind::Invention {
        let months = draw.between(22, 42);
        (within(after(18, 3)), within(after(months, days)))
    } else {
        let granted = within(after(draw.between(6, 11), days));
        (granted, granted)
    };
    Dates { filed, published, granted, expires: statutory_expiry(kind, "CN", filed) }
}

fn status(draw: &mut Draw, dates: &Dates, on: NaiveDate) -> LegalStatus {
    let (fate, old) = (draw.between(0, 99), on.year() - dates.filed.year() > 4);
    match dates.granted {
        None => LegalStatus::Pending,
        Some(_) if dates.expires.is_some_and(|end| end <= on) => LegalStatus::Expired,
        Some(_) if old && fate < 4 => LegalStatus::Lapsed,
        Some(_) if old && fate == 4 => LegalStatus::Invalidated,
        Some(_) => LegalStatus::Granted,
    }
}

/// Annuities run from the filing day: paid to the end of the running year, or not paid for it.
fn annuities(draw: &mut Draw, dates: &Dates, status: LegalStatus, on: NaiveDate) -> Option<NaiveDate> {
    dates.granted?;
    let years = u32::try_from(on.year() - dates.filed.year()).unwrap_or(0);
    let anniversary = |year: u32| dates.filed.checked_add_months(Months::new(12 * year));
    let next = (years..years + 2).filter_map(anniversary).find(|day| *day > on)?;
    let (late, end) = (draw.chance(5), dates.expires.unwrap_or(next));
    let paid_to = match status {
        LegalStatus::Granted if late => next - Months::new(12),
        LegalStatus::Granted => next,
        _ => next - Months::new(24),
    };
    Some(paid_to.min(end) - Days::new(1))
}

fn numbers(facts: &mut PatentFacts, serial: u32, dates: &Dates) {
    let (digit, publication, letter) = match facts.kind {
        PatentKind::UtilityModel => (2, 200_000_000, "U"),
        _ => (1, 100_000_000, if dates.granted.is_some() { "B" } else { "A" }),
    };
    let digits = format!("{}{digit}{:07}", dates.filed.year(), FREE_SERIAL + serial);
    let check = chinese_check_character(&digits).unwrap_or('0');
    let number = format!("CN{}{letter}", publication + FREE_PUBLICATION + serial);
    facts.application_number = Some(format!("CN{digits}.{check}"));
    facts.grant_number = dates.granted.map(|_| number.clone());
    facts.document_kind = letter.to_owned();
    facts.publication_number = number;
}

fn counts(draw: &mut Draw, facts: &mut PatentFacts, dates: &Dates, on: NaiveDate) {
    let invention = facts.kind == PatentKind::Invention;
    let age = u32::try_from(on.year() - dates.filed.year()).unwrap_or(0);
    let claims = if invention { draw.between(6, 20) } else { draw.between(5, 10) };
    facts.claims = Some(claims);
    facts.independent_claims = Some(draw.between(1, if invention { 3 } else { 2 }));
    facts.description_pages = Some(draw.between(6, if invention { 30 } else { 12 }));
    facts.forward_citations = Some(draw.between(0, age * if invention { 2 } else { 1 }));
    facts.backward_citations = Some(draw.between(3, 12));
    facts.non_patent_citations = Some(if invention { draw.between(0, 6) } else { 0 });
    facts.licences = Some(if draw.chance(25) { draw.between(1, 3) } else { 0 });
    facts.transfers = Some(u32::from(draw.chance(12)));
    facts.pledges = Some(u32::from(draw.chance(15)));
    facts.litigations = Some(0);
    facts.oppositions = Some(0);
    facts.invalidation_requests = Some(0);
    let mut countries = vec!["CN".to_owned()];
    if invention && draw.chance(20) {
        for office in ["EP", "JP", "US"] {
            if draw.chance(60) {
                countries.push(office.to_owned());
            }
        }
    }
    let members = u32::try_from(countries.len()).unwrap_or(1);
    facts.simple_family_size = Some(members);
    facts.extended_family_size = Some(members + draw.between(0, 1));
    facts.family_countries = countries;
}

fn disputes(draw: &mut Draw, facts: &mut PatentFacts, dates: &Dates, on: NaiveDate) -> Vec<Dispute> {
    let Some(granted) = dates.granted else { return Vec::new() };
    let days = u32::try_from((on - granted).num_days() - 1).unwrap_or(0);
    let noted_on = granted + Days::new(u64::from(draw.between(0, days)));
    let noted = |kind, status| vec![Dispute { kind, status, noted_on }];
    match draw.between(0, 99) {
        0 => noted(DisputeKind::Ownership, DisputeStatus::Open),
        1 => {
            facts.litigations = Some(1);
            noted(DisputeKind::Litigation, DisputeStatus::Open)
        }
        2..=5 => {
            facts.invalidation_requests = Some(1);
            noted(DisputeKind::Invalidation, DisputeStatus::Upheld)
        }
        6 => {
            facts.invalidation_requests = Some(1);
            noted(DisputeKind::Invalidation, DisputeStatus::Open)
        }
        _ => Vec::new(),
    }
}

fn grades(draw: &mut Draw) -> HumanGrades {
    HumanGrades {
        trl: draw.grade(5, 9),
        substitutability: draw.grade(2, 5),
        detectability: draw.grade(2, 5),
        independence: draw.grade(2, 5),
        trend: draw.grade(3, 5),
        market: draw.grade(2, 5),
        market_share: draw.grade(1, 4),
        competition: draw.grade(2, 4),
        policy_fit: draw.grade(3, 5),
    }
}

#[cfg(test)]
mod tests;
