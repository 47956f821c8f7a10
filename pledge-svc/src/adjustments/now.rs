//! Reading a loan as the rules of this subject see it, locked for an act or as it stands for a page.

use chrono::NaiveDate;
use contracts::{LoanId, OrgId};
use finance::{Fixings, Money, Schedule};
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::{Fault, Tx};

use super::{
    apply::tier_of,
    model::{Around, Floating, LoanNow, Past},
    rates, store,
};
use crate::{
    facility,
    loan::{
        Held, LoanStatus, LoanTerms, by_calendar,
        model::{Account, Owing, RateHistory, owing},
        store as loans,
    },
    parameters, registration,
    risk::RiskParameters,
};

/// A loan on a day, read without a lock.
pub(super) struct Seen {
    pub row: loans::loan::Model,
    pub terms: LoanTerms,
    pub plan: Schedule,
    pub account: Account,
    pub owed: Owing,
    pub status: LoanStatus,
    pub on: NaiveDate,
}

/// The loan as it stands, where it is in scope.
pub(super) async fn seen(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: LoanId,
    on: NaiveDate,
) -> Result<Option<Seen>, Fault> {
    let Some(row) = loans::one(conn, scope, id).await? else { return Ok(None) };
    let plan = loans::plan_of(conn, &row).await?;
    let (terms, account, status) = loans::parts(&row)?;
    let terms = by_calendar(conn, &row, terms, on).await?;
    let account = account.advanced(&terms, &plan, on).map_err(broken)?;
    let owed = owing(&terms, &plan, &account, on).map_err(broken)?;
    Ok(Some(Seen { row, terms, plan, account, owed, status, on }))
}

impl Seen {
    /// What is known about it beside its account.
    pub(super) async fn around(&self, conn: &impl ConnectionTrait) -> Result<Around, Fault> {
        beside(conn, &self.row, self.account.outstanding, &self.owed, self.on).await
    }

    pub(super) fn now<'a>(&'a self, around: &'a Around) -> LoanNow<'a> {
        LoanNow {
            terms: &self.terms,
            plan: &self.plan,
            account: &self.account,
            owed: &self.owed,
            status: self.status,
            on: self.on,
            around,
        }
    }
}

/// A held loan as the rules see it.
pub(super) fn of_held<'a>(held: &'a Held, around: &'a Around) -> LoanNow<'a> {
    LoanNow {
        terms: &held.terms,
        plan: &held.plan,
        account: &held.account,
        owed: &held.owed,
        status: held.status,
        on: held.on,
        around,
    }
}

/// What is known about a held loan beside its account.
pub(super) async fn around(tx: &Tx, held: &Held) -> Result<Around, Fault> {
    beside(tx.conn(), &held.row, held.account.outstanding, &held.owed, held.on).await
}

/// What is known about a loan beside its account. The question is the suite's own: the loan was found in scope.
async fn beside(
    conn: &impl ConnectionTrait,
    row: &loans::loan::Model,
    outstanding: Money,
    owed: &Owing,
    on: NaiveDate,
) -> Result<Around, Fault> {
    let (terms, ..) = loans::parts(row)?;
    let bank: OrgId = row.bank_id.into();
    let applied = store::find_applied(conn, &Scope::system(), row.id.into()).await?;
    let parameters: RiskParameters = parameters::current(conn, bank, on).await?;
    let law = parameters.classification;
    Ok(Around {
        rights_end_on: rights_end_on(conn, row).await?,
        rates: rate_history(conn, row).await?,
        misuse_surcharge: loans::conditions(row)?.misuse_surcharge,
        past: Past::of(&terms, applied.iter().map(|(change, matures_on)| (change, *matures_on))),
        tier: tier_of(conn, row, outstanding, owed, on).await?,
        restructured_on: row.restructured_on,
        floating: floating(row)?,
        fixings: fixings(conn, bank, on).await?,
        observation: (law.observation_months, law.observation_periods),
    })
}

/// The day on which the first of the rights that secure a loan ends, where it is not secured by a pool.
async fn rights_end_on(
    conn: &impl ConnectionTrait,
    row: &loans::loan::Model,
) -> Result<Option<NaiveDate>, Fault> {
    let facility = row.facility_id.into();
    let terms = facility::loss_terms(conn, &Scope::system(), facility).await?;
    if terms.is_some_and(|line| line.pooled) {
        return Ok(None);
    }
    registration::first_end(conn, facility, row.enterprise_id.into()).await
}

/// The contract rates that a loan found in scope had, by the changes that were approved and the resets of its rate.
///
/// # Errors
/// The database's fault, or a rate that does not read back.
pub(crate) async fn rate_history(
    conn: &impl ConnectionTrait,
    row: &loans::loan::Model,
) -> Result<RateHistory, Fault> {
    let (terms, ..) = loans::parts(row)?;
    let changes = store::find_rates(conn, &Scope::system(), row.id.into()).await?;
    Ok(RateHistory::new(changes, terms.annual_rate))
}

/// How a loan is priced, where it floats.
pub(super) fn floating(row: &loans::loan::Model) -> Result<Option<Floating>, Fault> {
    let (Some(spread_bp), Some(reset)) = (row.spread_bp, row.rate_reset.as_deref()) else { return Ok(None) };
    let reset = reset.parse().map_err(|_| Fault::Corrupt(format!("rate reset of loan {}", row.id)))?;
    Ok(Some(Floating { spread_bp, reset, reset_on: row.reset_on }))
}

/// The reference rates that a bank knows on a day.
pub(super) async fn fixings(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    on: NaiveDate,
) -> Result<Fixings, Fault> {
    let own: rates::ReferenceRates = parameters::current(conn, bank, on).await?;
    own.all().map_err(|error| Fault::Corrupt(format!("reference rates of bank {bank}: {error}")))
}

pub(super) fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Invariant(error.to_string())
}
