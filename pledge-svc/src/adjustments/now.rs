//! Reading a loan as the rules of this subject see it, locked for an act or as it stands for a page.

use chrono::NaiveDate;
use contracts::{LoanId, OrgId};
use finance::{Fixings, Rate, Schedule};
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::{Fault, Tx};

use super::{
    apply::tier_of,
    model::{Around, ChangeBounds, Floating, LoanNow, Past},
    rates, store,
};
use crate::{
    applications::{self, ApplicationProducts},
    facility::store as lines,
    loan::{
        Held, LendingProducts, LoanKind, LoanRules, LoanStatus, LoanTerms, by_calendar,
        model::{Account, Owing, RateHistory, owing},
        store as loans,
    },
    parameters,
    registration::{self, SecurityEnds},
    risk::RiskParameters,
    working_days,
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
        beside(conn, &self.row, (&self.plan, &self.account, &self.owed), self.on).await
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
    beside(tx.conn(), &held.row, (&held.plan, &held.account, &held.owed), held.on).await
}

/// What is known about a loan beside its account. The question is the suite's own: the loan was found in scope.
async fn beside(
    conn: &impl ConnectionTrait,
    row: &loans::loan::Model,
    today: (&Schedule, &Account, &Owing),
    on: NaiveDate,
) -> Result<Around, Fault> {
    let (terms, ..) = loans::parts(row)?;
    let bank: OrgId = row.bank_id.into();
    let applied = store::find_applied(conn, &Scope::system(), row.id.into()).await?;
    let parameters: RiskParameters = parameters::current(conn, bank, on).await?;
    let law = parameters.classification;
    let gone = || Fault::Invariant(format!("loan {} has lost its facility", row.id));
    let line = lines::one(conn, &Scope::system(), row.facility_id.into()).await?.ok_or_else(gone)?;
    let line = lines::facility_of(line, Vec::new())?;
    let security = security(conn, row, line.terms.collateral.pool().is_some()).await?;
    let bounds: ChangeBounds = parameters::current(conn, bank, on).await?;
    let products: LendingProducts = parameters::current(conn, bank, on).await?;
    let product = products.named(&row.product);
    let rules: LoanRules = parameters::current(conn, bank, on).await?;
    // As for a new loan: the line's, the product's, and the rule's for the kind of loan, without an exception.
    let tenor_max_months = [
        product.and_then(|one| one.tenor_max_months),
        rules.of(product.map_or(LoanKind::WorkingCapital, |one| one.kind)).term_max(false),
    ];
    let tenor_max_months = tenor_max_months.into_iter().flatten().fold(line.tenor_cap_months, u32::min);
    let fixings = fixings(conn, bank, on).await?;
    let (product_rate_max, product_rate_unknown) = ceiling(conn, row, &fixings, on).await?;
    Ok(Around {
        rights_end_on: security.right,
        debt_until: security.debt,
        tax: parameters::current(conn, bank, on).await?,
        exempt_until: row.vat_exempt_until,
        valued_until: security.valuation,
        bounds,
        line_rate: line.annual_rate,
        product_rate_max,
        product_rate_unknown,
        tenor_max_months,
        product: row.product.clone(),
        blacklisted: applications::blacklisted(
            conn,
            bank,
            row.enterprise_id.into(),
            &row.enterprise_name,
            on,
        )
        .await?,
        rates: rate_history(conn, row).await?,
        misuse_surcharge: loans::conditions(row)?.misuse_surcharge,
        past: Past::of(&terms, applied.iter().map(|(change, matures_on)| (change, *matures_on))),
        tier: tier_of(conn, row, today, on).await?,
        restructured_on: row.restructured_on,
        floating: floating(row)?,
        fixings,
        observation: (law.observation_months, law.observation_periods),
    })
}

/// The highest rate that the product of the loan's application admits, by the LPR in force, and whether that LPR would have to
/// be known and is not; of a loan that was drawn without one, that of the applications whose pledges secure it.
async fn ceiling(
    conn: &impl ConnectionTrait,
    row: &loans::loan::Model,
    fixings: &Fixings,
    on: NaiveDate,
) -> Result<(Option<Rate>, bool), Fault> {
    let bank: OrgId = row.bank_id.into();
    let lpr = fixings.current(on).map(|fixing| fixing.one_year);
    let Some(code) = &row.application_product else {
        let secured = (row.facility_id.into(), row.enterprise_id.into());
        return applications::highest_rate(conn, bank, secured, (on, lpr)).await;
    };
    let products: ApplicationProducts = parameters::current(conn, bank, on).await?;
    let product = products.of(code);
    Ok((product.rate_max(lpr), product.lpr_spread_max.is_some() && lpr.is_none()))
}

/// Until when what secures a loan stands; of a pool nothing is known, for its base falls with each right that ends.
async fn security(
    conn: &impl ConnectionTrait,
    row: &loans::loan::Model,
    pooled: bool,
) -> Result<SecurityEnds, Fault> {
    if pooled {
        return Ok(SecurityEnds::default());
    }
    registration::security_ends(conn, row.facility_id.into(), row.enterprise_id.into()).await
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
    let calendar = working_days::of_bank(conn, bank, on).await?;
    own.all(calendar).map_err(|error| Fault::Corrupt(format!("reference rates of bank {bank}: {error}")))
}

pub(super) fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Invariant(error.to_string())
}
