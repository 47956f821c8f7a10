//! What happens on which day of the year. Day 0 is a year ago; the last day is yesterday.

use chrono::TimeDelta;
use contracts::{Clock, SimulatedClock, SystemClock};
use finance::Money;

use super::{
    banking::{self, Bank},
    borrowing::Borrower,
    cast::{
        APPROVER_A, APPROVER_B, APPROVER_C, BORROWERS, ENTERPRISES, OFFICER_A, OFFICER_B, OPERATIONS_A,
        OPERATIONS_B, RISK_A, RISK_B, TRANSFER_OFFICE,
    },
    desk::{DemoError, Desk, items, text},
    filings, insuring, matching, models, people, reference, reports, scoring, stocktake, workout,
};
use crate::suite::Suite;

/// Days of the story.
const DAYS: i64 = 365;
/// The day of the first borrower's valuation, and from it the days of the steps that follow.
const FIRST_BORROWER: i64 = 70;
/// Days from a borrower's first step to the first check of its loans, and from one check to the next.
const FIRST_CHECK: i64 = 95;
const BETWEEN_CHECKS: i64 = 85;
const BETWEEN_BORROWERS: i64 = 13;
const MEMBERS: usize = 8;

/// What is kept from day to day.
#[derive(Default)]
struct Story {
    facility_a: Option<String>,
    facility_b: Option<String>,
    borrowers: Vec<Borrower>,
    policy: Option<String>,
    claim: Option<String>,
    stocktake: Option<String>,
    round: Option<String>,
    cases: workout::Cases,
}

/// Tells the whole year.
pub(super) async fn run(suite: &Suite, clock: &SimulatedClock, password: &str) -> Result<(), DemoError> {
    let first_day = SystemClock.business_date() - TimeDelta::days(DAYS);
    let mut desk = Desk::new(suite, clock, first_day);
    people::enter(&suite.databases.gateway, password).await?;
    people::fill_catalogue(&suite.databases.valuation, SystemClock.business_date()).await?;
    let mut story = Story::default();
    for day in 0..DAYS {
        desk.open(first_day + TimeDelta::days(day));
        close_of_business(&mut desk, day).await?;
        found_facilities(&mut desk, &mut story, day).await?;
        for place in 0..story.borrowers.len() {
            borrower_day(&mut desk, &mut story.borrowers[place], place, day).await?;
        }
        insurance_day(&mut desk, &mut story, day).await?;
        workout::day(&mut desk, &mut story.cases, &story.borrowers, day).await?;
        last_days(&mut desk, &mut story, day).await?;
        // What happened today is known to everybody tomorrow.
        suite.settle().await?;
    }
    Ok(())
}

/// The day of a borrower's first step, by its place. The one that is lost comes first of bank B's: it has to be late for long.
fn begins(place: usize) -> i64 {
    if place == workout::LOST {
        return workout::LOST_BEGINS;
    }
    FIRST_BORROWER + BETWEEN_BORROWERS * i64::try_from(place).unwrap_or(0)
}

/// Whether a borrower draws again after two months: every other one, but for those that have drawn nearly all already.
const fn draws_twice(place: usize) -> bool {
    place.is_multiple_of(2) && !workout::fails(place)
}

/// Both banks close the day before each morning, from their first loan on; the last day is closed by the worker.
async fn close_of_business(desk: &mut Desk<'_>, day: i64) -> Result<(), DemoError> {
    let first_loans = [begins(0), begins(workout::LOST)];
    for (operations, first) in [OPERATIONS_A, OPERATIONS_B].iter().zip(first_loans) {
        if day > first {
            banking::close_yesterday(desk, operations).await?;
        }
    }
    Ok(())
}

async fn found_facilities(desk: &mut Desk<'_>, story: &mut Story, day: i64) -> Result<(), DemoError> {
    match day {
        10 => {
            for (manager, approver) in [(RISK_A, APPROVER_A), (RISK_B, APPROVER_B)] {
                banking::its_parameters(desk, &manager, &approver).await?;
            }
        }
        20 => {
            let proposal = banking::cluster_facility(desk, &ENTERPRISES[..MEMBERS]);
            story.facility_a = Some(banking::propose(desk, &OFFICER_A, proposal).await?);
        }
        22 => {
            let facility = story.facility_a.clone().unwrap_or_default();
            banking::agree(desk, &APPROVER_C, &facility).await?;
            banking::approve(desk, &APPROVER_A, &facility).await?;
            let bank = Bank { officer: OFFICER_A, approver: APPROVER_A, operations: OPERATIONS_A };
            let members = BORROWERS[..MEMBERS].iter();
            story.borrowers.extend(members.map(|one| Borrower::new(*one, bank, &facility, 2_500_000)));
        }
        30 => {
            let proposal = banking::other_facility(desk, &ENTERPRISES[MEMBERS..]);
            story.facility_b = Some(banking::propose(desk, &OFFICER_B, proposal).await?);
        }
        33 => {
            let facility = story.facility_b.clone().unwrap_or_default();
            banking::approve(desk, &APPROVER_B, &facility).await?;
            let bank = Bank { officer: OFFICER_B, approver: APPROVER_B, operations: OPERATIONS_B };
            let members = BORROWERS[MEMBERS..].iter();
            story.borrowers.extend(members.map(|one| Borrower::new(*one, bank, &facility, 2_500_000)));
        }
        _ => {}
    }
    Ok(())
}

async fn borrower_day(
    desk: &mut Desk<'_>,
    borrower: &mut Borrower,
    place: usize,
    day: i64,
) -> Result<(), DemoError> {
    match day - begins(place) {
        0 => borrower.value_patents(desk).await?,
        1 => borrower.apply(desk).await?,
        3 => borrower.assess(desk).await?,
        5 => borrower.approve(desk).await?,
        6 => borrower.pledge(desk).await?,
        8 => borrower.register(desk).await?,
        10 => {
            // Those that will not repay have drawn nearly all that was approved and owe it until the end: the collateral was worth
            // little more than twice the loan, and a forced sale leaves a loss.
            let (part, repayment) = if workout::fails(place) {
                (90, "interest_only")
            } else {
                (40, ["interest_only", "equal_instalment", "equal_principal"][place % 3])
            };
            borrower.draw(desk, part, repayment).await?;
        }
        // Every three months, a few days before each check is due.
        since if since >= FIRST_CHECK && (since - FIRST_CHECK) % BETWEEN_CHECKS == 0 => {
            borrower.look_after(desk).await?;
        }
        60 if draws_twice(place) => borrower.draw(desk, 25, "interest_only").await?,
        75 if place == 1 => {
            // Money came in early: a part of the principal is repaid and the line is free again.
            if let Some(loan) = borrower.loans.first().cloned() {
                borrower.pay(desk, &loan, Money::from_fen(10_000_000)).await?;
            }
        }
        _ => {}
    }
    // One borrower of bank B runs late in the last weeks, for the regulator to see; while it is late it draws no more. Another
    // has stopped paying for good by then.
    borrower.pays = match place {
        workout::LOST => day < workout::LOST_FROM,
        workout::LATE => day < workout::LATE_FROM,
        _ => true,
    };
    borrower.pay_what_is_due(desk).await
}

async fn insurance_day(desk: &mut Desk<'_>, story: &mut Story, day: i64) -> Result<(), DemoError> {
    match day {
        150 | 165 | 180 => {
            let place = usize::try_from((day - 150) / 15).unwrap_or(0);
            let quote = insuring::quote_enforcement(desk, &story.borrowers[place], 0).await?;
            let policy = insuring::bind(desk, &quote).await?;
            story.policy.get_or_insert(policy);
        }
        200 | 205 | 210 => {
            // The third is the loan that runs late.
            let place = [0, 1, workout::LATE][usize::try_from((day - 200) / 5).unwrap_or(0)];
            let quote = insuring::quote_guarantee(desk, &story.borrowers[place]).await?;
            insuring::bind(desk, &quote).await?;
        }
        290 => {
            let policy = story.policy.clone().unwrap_or_default();
            story.claim = Some(insuring::notify(desk, &story.borrowers[0].person, &policy).await?);
        }
        295 => {
            insuring::assess(desk, story.claim.as_deref().unwrap_or_default()).await?;
        }
        302 => insuring::pay(desk, story.claim.as_deref().unwrap_or_default()).await?,
        _ => {}
    }
    Ok(())
}

/// What waits for somebody when the reader signs in for the first time.
async fn last_days(desk: &mut Desk<'_>, story: &mut Story, day: i64) -> Result<(), DemoError> {
    if scoring::DAYS.contains(&day) {
        scoring::run(desk).await?;
    }
    if filings::DAYS.contains(&day) {
        filings::run(desk, day).await?;
    }
    if day == reference::DAY {
        reference::run(desk).await?;
    }
    models::day(desk, day).await?;
    if reports::ROUNDS.contains(&day) {
        reports::round(desk).await?;
    }
    match day {
        300 => story.stocktake = Some(stocktake::open(desk).await?),
        310 => {
            let campaign = story.stocktake.clone().unwrap_or_default();
            stocktake::assess(desk, &campaign).await?;
        }
        325 => {
            let campaign = story.stocktake.clone().unwrap_or_default();
            story.round = Some(stocktake::put_to_experts(desk, &campaign).await?);
        }
        337 => {
            let campaign = story.stocktake.clone().unwrap_or_default();
            stocktake::hear(desk, &campaign, &story.round.clone().unwrap_or_default()).await?;
        }
        340 => second_opinions(desk, story).await?,
        344 => matching::state_needs(desk).await?,
        350 => stocktake(desk).await?,
        352 => matching::propose(desk).await?,
        356 => again(desk, &mut story.borrowers[3], true).await?,
        reports::REPORTS => reports::written(desk).await?,
        360 => again(desk, &mut story.borrowers[5], false).await?,
        361 => {
            let proposal = banking::waiting_facility(desk, &ENTERPRISES[2..4]);
            banking::propose(desk, &OFFICER_A, proposal).await?;
            // It waits for bank C when the reader signs in.
            let shared = banking::shared_facility(desk, &ENTERPRISES[9..11]);
            banking::propose(desk, &OFFICER_B, shared).await?;
        }
        362 => {
            // It waits for the underwriter when the reader signs in.
            insuring::quote_enforcement(desk, &story.borrowers[4], 25).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Bank B values patents that bank A lends on: the regulator compares.
async fn second_opinions(desk: &mut Desk<'_>, story: &Story) -> Result<(), DemoError> {
    for borrower in story.borrowers.iter().take(3) {
        for patent in borrower.patents.iter().take(1) {
            banking::value(desk, &OFFICER_B, patent).await?;
        }
    }
    Ok(())
}

/// The university looks at what it has.
async fn stocktake(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let query =
        "/patents?legal_status=granted&limit=3&q=%E5%B7%9D%E4%B8%9C%E7%90%86%E5%B7%A5%E5%A4%A7%E5%AD%A6";
    let found = desk.get(&TRANSFER_OFFICE, contracts::Service::Valuation, query).await?;
    for patent in items(&found) {
        let body = serde_json::json!({ "patent_id": text(patent, "/id")?, "purpose": "stocktake" });
        match desk.post(&TRANSFER_OFFICE, contracts::Service::Valuation, "/valuations", body).await {
            // One that cannot be assessed stays without a valuation.
            Ok(_) | Err(DemoError::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A borrower applies again with what it has not pledged yet; the officer may already have assessed it.
async fn again(desk: &mut Desk<'_>, borrower: &mut Borrower, assessed: bool) -> Result<(), DemoError> {
    let mut second = Borrower { loans: Vec::new(), ..borrower.clone() };
    second.value_patents(desk).await?;
    if second.valuations.is_empty() {
        return Ok(());
    }
    // A fifth of the place at least is still free.
    second.sub_limit = Money::from_fen(50_000_000);
    second.apply(desk).await?;
    if assessed {
        second.assess(desk).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bank_bs_borrowers_have_all_drawn_before_a_lost_loan_stops_its_line() {
        let last_draw = |place: usize| begins(place) + if draws_twice(place) { 60 } else { 10 };
        let last = (MEMBERS..BORROWERS.len()).map(last_draw).max().unwrap();
        // A loan is non-performing once it is more than ninety days overdue, and stops the line then.
        assert!(last < workout::LOST_FROM + 91, "{last}");
        assert!(begins(workout::LOST) > 33, "the line is approved first");
    }
}
