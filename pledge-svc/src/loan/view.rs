//! A loan as pages and lists show it, as it stands on a day.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ApplicationId, FacilityId, LoanId, OrgId, OrgKind};
use finance::{DayCount, Money, Rate, Repayment, Roll, Schedule, WorkingDays};
use http_kit::Who;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    calendar::calendars,
    model::{
        LoanShare, LoanStatus, LoanTerms, Misuse, RepaymentForm, owing,
        payment::{Payee, PaymentMode},
        products::{Floats, LoanConditions},
        standing,
        tranche::Running,
    },
    store,
};
use crate::{
    fund::{self, CoveredBy},
    state::App,
};

/// A loan.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct LoanView {
    pub(super) id: LoanId,
    pub(super) number: String,
    pub(super) facility_id: FacilityId,
    pub(super) facility_name: String,
    pub(super) bank_id: OrgId,
    pub(super) bank_name: String,
    pub(super) enterprise_id: OrgId,
    pub(super) enterprise_name: String,
    pub(super) industry: String,
    pub(super) principal: Money,
    pub(super) outstanding: Money,
    /// All interest owed today: due, running, penalty and interest on interest.
    pub(super) interest_accrued: Money,
    /// Of it, penalty interest.
    pub(super) penalty: Money,
    /// Of it, interest on overdue interest.
    pub(super) interest_on_interest: Money,
    /// Principal past its due date.
    pub(super) overdue_principal: Money,
    /// Contract interest past its due date.
    pub(super) overdue_interest: Money,
    /// Fees owed.
    pub(super) fees: Money,
    /// The day on which the oldest of them falls due or fell due.
    pub(super) fees_due_on: Option<NaiveDate>,
    /// Principal that was written off and is still claimed.
    pub(super) written_off: Money,
    /// What would settle the loan today, with the fee for repaying ahead.
    pub(super) payoff: Money,
    /// Of it, the fee for repaying ahead what has not fallen due.
    pub(super) prepayment_fee: Money,
    pub(super) annual_rate: Rate,
    pub(super) day_count: DayCount,
    /// How it is repaid, as agreed at the draw.
    pub(super) repayment: Repayment,
    /// How the plan in force repays it.
    pub(super) repayment_in_force: RepaymentForm,
    pub(super) tenor_months: u32,
    /// The rate a year on what is overdue.
    pub(super) penalty_rate: Rate,
    /// Principal that was not used as agreed.
    pub(super) misuse: Option<Misuse>,
    /// The rate a year on it.
    pub(super) misuse_rate: Option<Rate>,
    /// Months between instalments.
    pub(super) every_months: u32,
    /// The day of the month on which interest is settled; none for the day of the draw.
    pub(super) due_day: Option<u32>,
    /// Whether equal instalments are shifted by a fen or so where that brings the last one closer.
    pub(super) level_last: bool,
    /// Opening instalments without principal.
    pub(super) grace: u32,
    /// Whether a due date that is no working day may be met on the next one.
    pub(super) holiday_grace: bool,
    /// Where a due date goes that is no working day.
    pub(super) roll: Roll,
    /// The code of the product it was lent under.
    pub(super) product: String,
    /// What the product says beside the terms, as it was agreed at the draw.
    pub(super) conditions: LoanConditions,
    /// Whether a further tranche may be drawn on it today, as far as the loan goes.
    pub(super) admits_tranche: bool,
    /// How it is priced, where its rate floats.
    pub(super) pricing: Option<Floats>,
    /// Rises with every new schedule; 0 while the one agreed at the draw stands.
    pub(super) plan_version: i32,
    /// Since when it counts as restructured.
    pub(super) restructured_on: Option<NaiveDate>,
    /// The last day on which its interest is exempt from VAT; none where it is taxed.
    pub(super) vat_exempt_until: Option<NaiveDate>,
    /// Since when it is declared due before its time.
    pub(super) accelerated_on: Option<NaiveDate>,
    pub(super) drawn_on: NaiveDate,
    pub(super) matures_on: NaiveDate,
    pub(super) status: LoanStatus,
    pub(super) overdue_days: i64,
    pub(super) next_due: Option<NextDue>,
    pub(super) purpose: Option<String>,
    /// The application under whose approval it was drawn; none where it was drawn without one.
    pub(super) application_id: Option<ApplicationId>,
    /// The product of that application.
    pub(super) application_product: Option<String>,
    /// Who paid the money of the first draw to the borrower's counterparty.
    pub(super) payment_mode: PaymentMode,
    /// Whom the bank paid.
    pub(super) payee: Option<Payee>,
    pub(super) shares: Vec<LoanShare>,
    /// The agreements with funds that covered it when it was drawn, tranche by tranche; not shown to the borrower.
    pub(super) covered_by: Vec<CoveredBy>,
    pub(super) created_at: DateTime<Utc>,
}

/// What falls due next.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub(super) struct NextDue {
    pub(super) due: NaiveDate,
    pub(super) total: Money,
}

/// The views of loans found in scope, as they stand on a day.
pub(super) async fn views(
    app: &App,
    who: &Who,
    rows: Vec<store::loan::Model>,
) -> Result<Vec<LoanView>, Fault> {
    let mut shares: HashMap<Uuid, Vec<LoanShare>> = HashMap::new();
    for share in store::shares(app.db.read(), rows.iter().map(|row| row.id)).await? {
        shares.entry(share.loan_id).or_default().push(store::share_of(share));
    }
    let on = app.db.clock().business_date();
    let borrower = who.0.org_kind == OrgKind::Enterprise;
    let ids: Vec<LoanId> = rows.iter().map(|row| row.id.into()).collect();
    let mut covers = if borrower { HashMap::new() } else { fund::covered_by(app.db.read(), &ids).await? };
    let mut plans = store::plans(app.db.read(), &rows).await?;
    let calendars = calendars(app.db.read(), &rows, on).await?;
    rows.into_iter()
        .map(|row| {
            let parts = shares.remove(&row.id).unwrap_or_default();
            let plan = plans
                .remove(&row.id)
                .ok_or_else(|| Fault::Invariant(format!("loan {} has no plan", row.id)))?;
            // How a syndicate shares a loan is the banks' affair.
            let calendar = calendars.of(row.bank_id.into())?;
            let covered_by = covers.remove(&row.id.into()).unwrap_or_default();
            let parts = if borrower { Vec::new() } else { parts };
            Ok(LoanView { covered_by, ..view(row, &plan, parts, (on, calendar))? })
        })
        .collect()
}

fn view(
    row: store::loan::Model,
    plan: &Schedule,
    shares: Vec<LoanShare>,
    (on, calendar): (NaiveDate, &'static WorkingDays),
) -> Result<LoanView, Fault> {
    let (terms, account, status) = store::parts(&row)?;
    let terms = LoanTerms { calendar, ..terms };
    let conditions = store::conditions(&row)?;
    let corrupt = |error: finance::MoneyError| Fault::Corrupt(error.to_string());
    let today = standing(&terms, plan, &account, on).map_err(corrupt)?;
    let then = account.clone().advanced(&terms, plan, on).map_err(corrupt)?;
    let not_due = then.not_due().map_err(corrupt)?;
    let prepayment_fee = conditions.prepayment_fee(not_due, on).map_err(corrupt)?;
    let running = Running {
        terms: &terms,
        plan,
        account: &then,
        owed: &owing(&terms, plan, &then, on).map_err(corrupt)?,
        status,
        conditions: &conditions,
        restructured_on: row.restructured_on,
        on,
    };
    let admits_tranche = running.admits().is_ok();
    let (payment_mode, payee) = store::tranche::paid_out(&row.payment_mode, row.payee.as_deref())?;
    Ok(LoanView {
        pricing: store::floats(&row)?,
        repayment_in_force: store::form(&row)?,
        id: row.id.into(),
        number: row.number,
        facility_id: row.facility_id.into(),
        facility_name: row.facility_name,
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        industry: row.industry,
        principal: terms.principal,
        outstanding: account.outstanding,
        interest_accrued: today.interest,
        penalty: today.penalty,
        interest_on_interest: today.on_interest,
        overdue_principal: today.overdue_principal,
        overdue_interest: today.overdue_interest,
        fees: today.fees,
        fees_due_on: account.arrears.fee_dues.first().map(|fee| fee.due),
        written_off: Money::from_fen(row.written_off_fen),
        payoff: today.payoff.checked_add(prepayment_fee).map_err(corrupt)?,
        prepayment_fee,
        annual_rate: terms.annual_rate,
        day_count: terms.day_count,
        repayment: terms.repayment,
        tenor_months: terms.tenor_months,
        penalty_rate: terms.penalty_rate(),
        misuse: account.arrears.misuse,
        misuse_rate: account.arrears.misuse.map(|misuse| misuse.rate(&terms)),
        every_months: terms.every_months,
        due_day: terms.due_day,
        level_last: terms.level_last,
        grace: terms.grace,
        holiday_grace: terms.holiday_grace,
        roll: terms.roll,
        product: row.product,
        conditions,
        admits_tranche,
        plan_version: row.plan_version,
        restructured_on: row.restructured_on,
        vat_exempt_until: row.vat_exempt_until,
        accelerated_on: row.accelerated_on,
        drawn_on: terms.drawn_on,
        matures_on: row.matures_on,
        status,
        overdue_days: today.overdue_days,
        next_due: today.next_due.map(|(due, total)| NextDue { due, total }),
        purpose: row.purpose,
        application_id: row.application_id.map(Into::into),
        application_product: row.application_product,
        payment_mode,
        payee,
        shares,
        covered_by: Vec::new(),
        created_at: row.created_at,
    })
}
