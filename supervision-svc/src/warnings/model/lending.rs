//! What the rules say about lending: overdue loans, lines nearly used up, concentration.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use finance::{Money, grouped};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    Facts,
    rule::{Code, rule},
    warning::{About, Warning, percent},
};

/// Fewer borrowers are always concentrated: nothing is learnt from saying so.
const BORROWERS_MIN: usize = 5;

/// A facility in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub id: Uuid,
    pub number: String,
    pub bank_id: Uuid,
    pub bank_name: String,
    pub limit: Money,
    pub drawn: Money,
    pub changed_at: DateTime<Utc>,
    /// Its member with the most drawn, where anything is.
    pub largest: Option<Member>,
}

/// A member of a facility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub enterprise_name: String,
    pub drawn: Money,
    pub changed_at: DateTime<Utc>,
}

/// A loan on which a due date was missed, with principal owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Overdue {
    pub id: Uuid,
    pub number: String,
    pub bank_id: Uuid,
    pub bank_name: String,
    pub enterprise_name: String,
    pub outstanding: Money,
    /// The oldest due date that was missed.
    pub missed_on: NaiveDate,
}

/// What a borrower owes a bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exposure {
    pub bank_id: Uuid,
    pub bank_name: String,
    pub enterprise_id: Uuid,
    pub enterprise_name: String,
    pub outstanding: Money,
    pub changed_at: DateTime<Utc>,
}

pub(super) fn warnings(facts: &Facts, today: NaiveDate) -> Vec<Warning> {
    let overdue = facts.overdue.iter().filter_map(|loan| overdue(loan, today));
    let lines = facts.lines.iter().flat_map(|line| [utilisation(line), member(line)].into_iter().flatten());
    let borrowers = facts.exposures.chunk_by(|a, b| a.bank_id == b.bank_id).filter_map(largest_borrower);
    overdue.chain(lines).chain(borrowers).collect()
}

/// Midnight in China at the beginning of a day.
pub(super) fn day_begins(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(8)
}

fn overdue(loan: &Overdue, today: NaiveDate) -> Option<Warning> {
    let days = (today - loan.missed_on).num_days();
    let rule = rule(Code::LoanOverdue);
    if Decimal::from(days) < rule.threshold || !loan.outstanding.is_positive() {
        return None;
    }
    let about = About {
        subject: "loan",
        subject_id: loan.id,
        bank_id: loan.bank_id,
        bank_name: loan.bank_name.clone(),
        since: day_begins(loan.missed_on + TimeDelta::days(1)),
    };
    let (number, name, owed) = (&loan.number, &loan.enterprise_name, grouped(loan.outstanding));
    let texts = (
        format!(
            "{name}的贷款 {number} 于 {} 应还的款项未还清，逾期 {days} 天，本金余额 {owed} 元。",
            loan.missed_on
        ),
        format!(
            "Loan {number} of {name} did not pay what was due on {}: {days} days overdue, {owed} yuan of principal owed.",
            loan.missed_on
        ),
    );
    Some(Warning::new(Code::LoanOverdue, about, (days.into(), rule.threshold), texts))
}

fn about_line(line: &Line, since: DateTime<Utc>) -> About {
    About {
        subject: "facility",
        subject_id: line.id,
        bank_id: line.bank_id,
        bank_name: line.bank_name.clone(),
        since,
    }
}

fn utilisation(line: &Line) -> Option<Warning> {
    let rule = rule(Code::FacilityUtilisation);
    let used = line.drawn.ratio_of(line.limit)?.fraction();
    if used < rule.threshold {
        return None;
    }
    let (number, drawn, limit, part) =
        (&line.number, grouped(line.drawn), grouped(line.limit), percent(used));
    let texts = (
        format!("集合授信 {number} 已用 {drawn} 元，占额度 {limit} 元的 {part}。"),
        format!("Facility {number} has {drawn} yuan drawn, {part} of its limit of {limit} yuan."),
    );
    let figures = (used.round_dp(6), rule.threshold);
    Some(Warning::new(Code::FacilityUtilisation, about_line(line, line.changed_at), figures, texts))
}

fn member(line: &Line) -> Option<Warning> {
    let rule = rule(Code::MemberConcentration);
    let (member, cap) = (line.largest.as_ref()?, rule.parameter?);
    let threshold = rule.threshold * cap;
    let share = member.drawn.ratio_of(line.limit)?.fraction();
    if share < threshold {
        return None;
    }
    let (number, name, part, cap) = (&line.number, &member.enterprise_name, percent(share), percent(cap));
    let texts = (
        format!("{name}在集合授信 {number} 中用信占额度的 {part}，上限为 {cap}。"),
        format!("{name} has drawn {part} of the limit of facility {number}; the cap is {cap}."),
    );
    let about = about_line(line, member.changed_at);
    Some(Warning::new(Code::MemberConcentration, about, (share.round_dp(6), threshold), texts))
}

/// The exposures of one bank.
fn largest_borrower(of_bank: &[Exposure]) -> Option<Warning> {
    let rule = rule(Code::TopBorrower);
    let threshold = rule.threshold * rule.parameter?;
    let largest = of_bank
        .iter()
        .max_by(|a, b| a.outstanding.cmp(&b.outstanding).then(b.enterprise_id.cmp(&a.enterprise_id)))?;
    let whole = Money::total(of_bank.iter().map(|one| one.outstanding)).ok()?;
    let share = largest.outstanding.ratio_of(whole)?.fraction();
    if of_bank.len() < BORROWERS_MIN || share < threshold {
        return None;
    }
    let (bank, name, part, cap) =
        (&largest.bank_name, &largest.enterprise_name, percent(share), percent(rule.parameter?));
    let texts = (
        format!("{name}占{bank}专利质押贷款余额的 {part}，上限为 {cap}。"),
        format!("{name} holds {part} of the outstanding pledge loans of {bank}; the cap is {cap}."),
    );
    let about = About {
        subject: "enterprise",
        subject_id: largest.enterprise_id,
        bank_id: largest.bank_id,
        bank_name: bank.clone(),
        since: largest.changed_at,
    };
    Some(Warning::new(Code::TopBorrower, about, (share.round_dp(6), threshold), texts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(yuan: i64) -> Money {
        Money::from_yuan(yuan).unwrap()
    }

    fn line(limit: i64, drawn: i64, member: i64) -> Line {
        Line {
            id: Uuid::from_u128(1),
            number: "F1".into(),
            bank_id: Uuid::from_u128(2),
            bank_name: "甲银行".into(),
            limit: yuan(limit),
            drawn: yuan(drawn),
            changed_at: DateTime::UNIX_EPOCH,
            largest: Some(Member {
                enterprise_name: "企业一".into(),
                drawn: yuan(member),
                changed_at: DateTime::UNIX_EPOCH,
            }),
        }
    }

    #[test]
    fn a_loan_is_overdue_from_the_day_after_a_missed_due_date() {
        let loan = Overdue {
            id: Uuid::from_u128(1),
            number: "L1".into(),
            bank_id: Uuid::from_u128(2),
            bank_name: "甲银行".into(),
            enterprise_name: "企业一".into(),
            outstanding: yuan(100),
            missed_on: "2026-06-30".parse().unwrap(),
        };
        assert_eq!(overdue(&loan, "2026-06-30".parse().unwrap()), None);
        let found = overdue(&loan, "2026-07-01".parse().unwrap()).unwrap();
        assert_eq!((found.value, found.threshold), (Decimal::ONE, Decimal::ONE));
        assert_eq!(found.raised_at.to_rfc3339(), "2026-06-30T16:00:00+00:00");
    }

    #[test]
    fn a_line_warns_from_95_percent_of_its_limit() {
        assert_eq!(utilisation(&line(10_000, 9_499, 0)), None);
        assert_eq!(utilisation(&line(10_000, 9_500, 0)).unwrap().value.to_string(), "0.95");
        assert_eq!(utilisation(&line(0, 0, 0)), None);
    }

    #[test]
    fn a_member_warns_from_80_percent_of_the_cap_of_20_percent() {
        assert_eq!(member(&line(10_000, 1_599, 1_599)), None);
        let found = member(&line(10_000, 1_600, 1_600)).unwrap();
        assert_eq!((found.value.to_string(), found.threshold.to_string()), ("0.16".into(), "0.16".into()));
    }

    #[test]
    fn the_largest_of_five_borrowers_warns_and_the_largest_of_four_does_not() {
        let owes = |id: u128, amount: i64| Exposure {
            bank_id: Uuid::from_u128(2),
            bank_name: "甲银行".into(),
            enterprise_id: Uuid::from_u128(id),
            enterprise_name: format!("企业{id}"),
            outstanding: yuan(amount),
            changed_at: DateTime::UNIX_EPOCH,
        };
        let five: Vec<Exposure> =
            [20, 15, 25, 20, 20].into_iter().zip(1..).map(|(a, id)| owes(id, a)).collect();
        let found = largest_borrower(&five).unwrap();
        assert_eq!((found.subject_id, found.value.to_string()), (Uuid::from_u128(3), "0.25".into()));
        assert_eq!(largest_borrower(&five[..4]), None);
    }
}
