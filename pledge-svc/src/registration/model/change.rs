//! Changing a registered pledge: the secured claim, patents released from it, the parties' names. What still secures
//! the loans must suffice for them.

use chrono::NaiveDate;
use contracts::PatentId;
use finance::{Money, MoneyError};

use super::{Change, Pledge, PledgeStatus, Refusal};

/// What the pledge secures, and what else does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secured {
    /// Principal that the pledgor owes under the facility.
    pub outstanding: Money,
    /// What the pledgor's other pledges under the facility carry.
    pub elsewhere: Money,
    /// Whether everything that is to be released was sold for the debt: the price has taken its place.
    pub sold: bool,
    /// The last day on which a loan that it secures falls due.
    pub last_due: Option<NaiveDate>,
}

/// Whether a change may be filed.
///
/// # Errors
/// Not registered, something filed already, nothing to change, patents that are not under the pledge, all of them
/// released, a claim beyond what may be lent on the rest, or loans that would be left without cover.
pub fn change(pledge: &Pledge, change: &Change, secured: Secured) -> Result<(), Refusal> {
    if pledge.status != PledgeStatus::Registered {
        return Err(Refusal::NotInStatus { status: pledge.status });
    }
    if let Some(filing) = pledge.filing.as_ref().filter(|filing| filing.state.is_open()) {
        return Err(Refusal::FilingOpen { kind: filing.kind });
    }
    if is_idle(pledge, change) {
        return Err(Refusal::NothingToChange);
    }
    let held: Vec<PatentId> = pledge.held().map(|one| one.patent_id).collect();
    let strangers: Vec<PatentId> = change.release.iter().copied().filter(|id| !held.contains(id)).collect();
    if !strangers.is_empty() {
        return Err(Refusal::NotUnderPledge { patents: strangers });
    }
    if held.iter().all(|id| change.release.contains(id)) {
        return Err(Refusal::ReleasesAll);
    }
    let claim = change.secured_amount.unwrap_or(pledge.secured_amount);
    let maximum = rest(pledge, change).unwrap_or_default();
    // A claim above what may be lent since a value fell may stand as it is; it may not grow, nor the security shrink.
    let touched = claim != pledge.secured_amount || !change.release.is_empty();
    if !claim.is_positive() || (claim > maximum && touched) {
        return Err(Refusal::AboveMaximum { claim, maximum });
    }
    debt_term(pledge, change, secured.last_due)?;
    let carries = after(pledge, change).unwrap_or_default();
    let cover = carries.checked_add(secured.elsewhere).unwrap_or(Money::MAX);
    if !secured.sold && carries < pledge.carrying && cover < secured.outstanding {
        return Err(Refusal::CoverTooSmall { outstanding: secured.outstanding, cover });
    }
    Ok(())
}

/// The change that releases patents and lowers the claim to what may be lent on the rest; `None` where nothing would be
/// left under the pledge.
#[must_use]
pub fn without(pledge: &Pledge, patents: &[PatentId]) -> Option<Change> {
    if pledge.held().all(|one| patents.contains(&one.patent_id)) {
        return None;
    }
    let release = Change { release: patents.to_vec(), ..Change::default() };
    let maximum = rest(pledge, &release).unwrap_or_default();
    let secured_amount = (pledge.secured_amount > maximum).then_some(maximum);
    Some(Change { secured_amount, ..release })
}

/// The debt's term as it is to be: within the rights (ground 6 of CNIPA Announcement 461 of 2021), and no shorter than the
/// loans that it secures.
fn debt_term(pledge: &Pledge, change: &Change, last_due: Option<NaiveDate>) -> Result<(), Refusal> {
    let Some(until) = change.debt_until else { return Ok(()) };
    let left = |one: &&super::PledgedPatent| one.stands() && !change.release.contains(&one.patent_id);
    let ends = pledge.patents.iter().filter(left).filter_map(|one| one.ends_on).min();
    if let Some(ends) = ends.filter(|ends| until > *ends) {
        return Err(Refusal::DebtBeyondRight { until, ends });
    }
    let shorter = pledge.debt_until.is_none_or(|now| until < now);
    match last_due.filter(|due| shorter && until < *due) {
        Some(due) => Err(Refusal::DebtBelowLoans { until, due }),
        None => Ok(()),
    }
}

/// Whether everything is to be as it is.
fn is_idle(pledge: &Pledge, change: &Change) -> bool {
    let same_name = |new: &Option<String>, old: &str| new.as_deref().is_none_or(|name| name == old);
    change.release.is_empty()
        && change.secured_amount.is_none_or(|amount| amount == pledge.secured_amount)
        && same_name(&change.enterprise_name, &pledge.enterprise_name)
        && same_name(&change.bank_name, &pledge.bank_name)
        && change.debt_until.is_none_or(|until| Some(until) == pledge.debt_until)
        && [&change.pledgor_address, &change.pledgee_address, &change.claim_kind, &change.scope]
            .iter()
            .all(|text| text.is_none())
}

/// The most that may be lent on what is not released.
fn rest(pledge: &Pledge, change: &Change) -> Result<Money, MoneyError> {
    pledge.maximum_on(|one| !change.release.contains(&one.patent_id))
}

/// Whether a change burdens the pledgor with more than before: a higher claim, a longer debt.
#[must_use]
pub fn burdens(pledge: &Pledge, change: &Change) -> bool {
    change.secured_amount.is_some_and(|claim| claim > pledge.secured_amount)
        || change.debt_until.is_some_and(|until| pledge.debt_until.is_none_or(|now| until > now))
        || change.claim_kind.is_some()
        || change.scope.is_some()
}

/// What the pledge will carry once the change is registered.
///
/// # Errors
/// When a sum is beyond the range of money.
pub fn after(pledge: &Pledge, change: &Change) -> Result<Money, MoneyError> {
    let standing = pledge.maximum_on(|one| pledge.counts(one) && !change.release.contains(&one.patent_id))?;
    Ok(standing.min(change.secured_amount.unwrap_or(pledge.secured_amount)))
}

/// The pledge with a registered change.
#[must_use]
pub fn applied(pledge: Pledge, change: &Change, on: NaiveDate) -> Pledge {
    let maximum_loan = rest(&pledge, change).unwrap_or_default();
    let mut changed = Pledge {
        secured_amount: change.secured_amount.unwrap_or(pledge.secured_amount),
        maximum_loan,
        enterprise_name: change.enterprise_name.clone().unwrap_or(pledge.enterprise_name),
        bank_name: change.bank_name.clone().unwrap_or(pledge.bank_name),
        debt_until: change.debt_until.or(pledge.debt_until),
        ..pledge
    };
    for patent in &mut changed.patents {
        if change.release.contains(&patent.patent_id) {
            patent.released_on = patent.released_on.or(Some(on));
        }
    }
    let values: Vec<Money> = changed.held().map(|one| one.collateral_value).collect();
    changed.collateral_value = Money::total(values).unwrap_or(changed.collateral_value);
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::model::samples::{day, fen, patent_id, registered};

    const NOTHING_OWED: Secured =
        Secured { outstanding: Money::ZERO, elsewhere: Money::ZERO, sold: false, last_due: None };

    fn releasing(number: u128) -> Change {
        Change { release: vec![patent_id(number)], ..Change::default() }
    }

    #[test]
    fn the_debts_term_moves_within_the_rights_and_never_below_the_loans() {
        let until = |text: &str| Change { debt_until: Some(day(text)), ..Change::default() };
        let mut pledge = registered();
        pledge.debt_until = Some(day("2028-01-01"));
        pledge.patents[1].ends_on = Some(day("2029-01-01"));
        let owing = Secured { last_due: Some(day("2027-12-01")), ..NOTHING_OWED };
        assert_eq!(change(&pledge, &until("2029-01-01"), owing), Ok(()));
        let (asked, ends) = (day("2029-01-02"), day("2029-01-01"));
        let beyond = Err(Refusal::DebtBeyondRight { until: asked, ends });
        assert_eq!(change(&pledge, &until("2029-01-02"), owing), beyond);
        assert_eq!(change(&pledge, &until("2027-12-01"), owing), Ok(()));
        let (asked, due) = (day("2027-11-30"), day("2027-12-01"));
        assert_eq!(
            change(&pledge, &until("2027-11-30"), owing),
            Err(Refusal::DebtBelowLoans { until: asked, due })
        );
        assert_eq!(change(&pledge, &until("2028-01-01"), owing), Err(Refusal::NothingToChange));
        assert!(burdens(&pledge, &until("2028-06-01")) && !burdens(&pledge, &until("2027-12-31")));
        assert_eq!(
            applied(pledge, &until("2028-06-01"), day("2026-12-01")).debt_until,
            Some(day("2028-06-01"))
        );
    }

    #[test]
    fn a_released_patent_takes_its_part_of_the_value_and_of_the_loan_with_it() {
        // Two patents of 1,000,000 and 500,000 fen, together good for 750,000; 500,000 are secured.
        let change_one = Change { secured_amount: Some(fen(200_000)), ..releasing(1) };
        assert_eq!(change(&registered(), &change_one, NOTHING_OWED), Ok(()));
        let after = applied(registered(), &change_one, day("2026-12-01"));
        assert_eq!((after.collateral_value, after.maximum_loan), (fen(500_000), fen(250_000)));
        assert_eq!(after.secured_amount, fen(200_000));
        assert_eq!(after.held().count(), 1);
        assert_eq!(after.patents[0].released_on, Some(day("2026-12-01")));
    }

    #[test]
    fn the_claim_never_goes_beyond_what_may_be_lent_on_the_rest() {
        let refused = change(&registered(), &releasing(1), NOTHING_OWED);
        assert_eq!(refused, Err(Refusal::AboveMaximum { claim: fen(500_000), maximum: fen(250_000) }));
        let more = Change { secured_amount: Some(fen(750_001)), ..Change::default() };
        let refused = change(&registered(), &more, NOTHING_OWED);
        assert_eq!(refused, Err(Refusal::AboveMaximum { claim: fen(750_001), maximum: fen(750_000) }));
    }

    #[test]
    fn loans_are_not_left_without_cover() {
        let less = Change { secured_amount: Some(fen(300_000)), ..Change::default() };
        let owing = |outstanding, elsewhere| Secured {
            outstanding: fen(outstanding),
            elsewhere: fen(elsewhere),
            sold: false,
            last_due: None,
        };
        assert_eq!(
            change(&registered(), &less, owing(300_001, 0)),
            Err(Refusal::CoverTooSmall { outstanding: fen(300_001), cover: fen(300_000) })
        );
        assert_eq!(change(&registered(), &less, owing(300_001, 1)), Ok(()));
        let name = Change { enterprise_name: Some("甲公司（更名）".into()), ..Change::default() };
        assert_eq!(change(&registered(), &name, owing(900_000, 0)), Ok(()), "a name lowers no cover");
    }

    #[test]
    fn what_was_sold_is_released_though_the_debt_is_not_paid() {
        let secured = Secured { outstanding: fen(500_000), ..NOTHING_OWED };
        let released = without(&registered(), &[patent_id(1)]).unwrap();
        assert_eq!(released.secured_amount, Some(fen(250_000)), "no more than may be lent on the rest");
        assert!(matches!(change(&registered(), &released, secured), Err(Refusal::CoverTooSmall { .. })));
        assert_eq!(change(&registered(), &released, Secured { sold: true, ..secured }), Ok(()));
        assert_eq!(without(&registered(), &[patent_id(1), patent_id(2)]), None, "that is a cancellation");
        let small = Pledge { secured_amount: fen(200_000), ..registered() };
        assert_eq!(without(&small, &[patent_id(1)]).unwrap().secured_amount, None);
    }

    #[test]
    fn a_change_of_nothing_of_strangers_or_of_everything_is_refused() {
        let refused = |content: &Change| change(&registered(), content, NOTHING_OWED).unwrap_err();
        assert_eq!(refused(&Change::default()), Refusal::NothingToChange);
        let same = Change { secured_amount: Some(fen(500_000)), ..Change::default() };
        assert_eq!(refused(&same), Refusal::NothingToChange);
        assert_eq!(refused(&releasing(9)), Refusal::NotUnderPledge { patents: vec![patent_id(9)] });
        let all = Change { release: vec![patent_id(1), patent_id(2)], ..Change::default() };
        assert_eq!(refused(&all), Refusal::ReleasesAll);
    }
}
