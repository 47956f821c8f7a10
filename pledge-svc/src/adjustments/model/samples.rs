//! Loans for the tests of the rules.

use chrono::NaiveDate;
use finance::{Claim, DayCount, Fixings, Instalment, Money, Rate, Repayment, Schedule};

use super::{Around, ChangeBounds, LoanNow, Past};
use crate::{
    books::ValueAddedTax,
    loan::{
        LoanStatus, LoanTerms,
        model::{Account, Owing, RateHistory, owing, receive},
    },
    risk::model::Tier,
};

/// A loan on a day, owning what [`LoanNow`] borrows.
pub(super) struct Sample {
    pub terms: LoanTerms,
    pub plan: Schedule,
    pub account: Account,
    pub owed: Owing,
    pub status: LoanStatus,
    pub on: NaiveDate,
    pub around: Around,
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// 1,200,000 at 3.6 % from 2025-01-20 for twelve months, monthly.
pub(super) fn terms(repayment: Repayment, day_count: DayCount) -> LoanTerms {
    let principal = Money::from_yuan(1_200_000).unwrap();
    LoanTerms::monthly(principal, Rate::from_basis_points(360), day_count, repayment, 12, day("2025-01-20"))
}

impl Sample {
    /// A loan of which so many instalments were paid on their days, on a day after that.
    pub fn of(terms: LoanTerms, paid: usize, on: NaiveDate) -> Self {
        let plan = terms.schedule().unwrap();
        let mut account = Account::opened(terms.principal, terms.drawn_on);
        for instalment in plan.instalments.iter().take(paid) {
            account = settled(&terms, &plan, account, instalment.total, instalment.due);
        }
        let past = Past::of(&terms, []);
        let around = Around {
            past,
            tier: Tier::Normal,
            restructured_on: None,
            floating: None,
            fixings: Fixings::china().clone(),
            observation: (12, 2),
            rights_end_on: None,
            rates: RateHistory::constant(terms.annual_rate),
            misuse_surcharge: Rate::ONE,
            bounds: ChangeBounds { rollovers_in_a_row_max: 20, ..ChangeBounds::default() },
            line_rate: Rate::from_basis_points(1_500),
            product_rate_max: None,
            product_rate_unknown: false,
            tenor_max_months: 60,
            product: crate::loan::STANDARD_PRODUCT.to_owned(),
            blacklisted: false,
            debt_until: None,
            tax: ValueAddedTax::default(),
            exempt_until: None,
            valued_until: None,
        };
        Self::at(terms, plan, account, on, around)
    }

    /// A loan as it stands on a day.
    pub fn at(terms: LoanTerms, plan: Schedule, account: Account, on: NaiveDate, around: Around) -> Self {
        let account = account.advanced(&terms, &plan, on).unwrap();
        let owed = owing(&terms, &plan, &account, on).unwrap();
        Self { terms, plan, account, owed, status: LoanStatus::Active, on, around }
    }

    /// The same loan after a payment today.
    pub fn paying(self, amount: Money) -> Self {
        let account = settled(&self.terms, &self.plan, self.account, amount, self.on);
        Self::at(self.terms, self.plan, account, self.on, self.around)
    }

    pub fn now(&self) -> LoanNow<'_> {
        LoanNow {
            terms: &self.terms,
            plan: &self.plan,
            account: &self.account,
            owed: &self.owed,
            status: self.status,
            on: self.on,
            around: &self.around,
        }
    }
}

fn settled(terms: &LoanTerms, plan: &Schedule, account: Account, amount: Money, on: NaiveDate) -> Account {
    let account = account.advanced(terms, plan, on).unwrap();
    if amount.is_zero() {
        return account;
    }
    receive(terms, plan, &account, amount, &Claim::USUAL_ORDER, on).unwrap().account
}

/// The instalments of a plan that come after a day.
pub(super) fn to_come(plan: &Schedule, on: NaiveDate) -> Vec<&Instalment> {
    plan.instalments.iter().filter(|one| one.due > on).collect()
}

/// What the account asks for when every instalment to come is paid on its day, and the account after the last.
pub(super) fn paid_out(
    terms: &LoanTerms,
    plan: &Schedule,
    mut account: Account,
    on: NaiveDate,
) -> (Vec<Money>, Account) {
    let mut asked = Vec::new();
    for instalment in to_come(plan, on) {
        account = account.advanced(terms, plan, instalment.due).unwrap();
        let owed = owing(terms, plan, &account, instalment.due).unwrap();
        let due = owed.total().unwrap().saturating_sub(account.not_due().unwrap());
        // Deferred interest runs on and is not asked for before it falls due.
        let due = if instalment.total.is_zero() { Money::ZERO } else { due };
        account = settled(terms, plan, account, due, instalment.due);
        asked.push(due);
    }
    (asked, account)
}
