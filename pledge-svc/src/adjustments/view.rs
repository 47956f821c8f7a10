//! Changes of loans as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{AdjustmentId, ChangeRequestId, FacilityId, LoanId, OrgId, OrgKind, UserId};
use finance::{Claim, Money, MoneyError, Rate, Schedule};
use identity::Scope;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    model::{Adjusted, AdjustmentKind, AdjustmentStatus, Change, Consent, LoanNow},
    store,
};
use crate::loan::{
    LoanTerms,
    model::{Account, owing},
};

/// A change of a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdjustmentView {
    /// Its id.
    pub id: AdjustmentId,
    /// The loan.
    pub loan_id: LoanId,
    /// The loan's number.
    pub loan_number: String,
    /// The facility.
    pub facility_id: FacilityId,
    /// The lead bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The borrower.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// What kind of change.
    pub kind: AdjustmentKind,
    /// What has become of it.
    pub status: AdjustmentStatus,
    /// What was proposed.
    pub change: Change,
    /// Why; the bank's own, not shown to the borrower.
    pub reason: Option<String>,
    /// The assessment that it rests on; the bank's own, not shown to the borrower.
    pub assessment: Option<String>,
    /// Principal outstanding when it was proposed, or when it took effect.
    pub outstanding: Money,
    /// Contract rate before.
    pub annual_rate_before: Rate,
    /// Contract rate after.
    pub annual_rate_after: Rate,
    /// Maturity before.
    pub matures_on_before: NaiveDate,
    /// Maturity after.
    pub matures_on_after: NaiveDate,
    /// Whether the loan counts as restructured by it.
    pub restructured: bool,
    /// Until when the loan is observed, where it counts as restructured.
    pub observed_until: Option<NaiveDate>,
    /// Who proposed it; the close of business for a reset of the reference rate.
    pub maker: String,
    /// Who proposed it.
    pub maker_id: Option<UserId>,
    /// Who decided it.
    pub approver: Option<String>,
    /// How many approvals it still waits for, by its bank's authority: told to that bank, of one that waits and is looked
    /// at or decided; absent in lists.
    #[serde(default)]
    pub approvals_missing: Option<u8>,
    /// Whether it waits for the risk manager's word: told in lists to the bank that decides it.
    #[serde(default)]
    pub risk_word_wanted: bool,
    /// Why it was decided so.
    pub decision_reason: Option<String>,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// The day from which it counts.
    pub effective_on: Option<NaiveDate>,
    /// The version of the loan's plan that it made.
    pub plan_version: Option<i32>,
    /// What of the borrower's it takes up.
    pub request_id: Option<ChangeRequestId>,
    /// Where the borrower's consent stands; absent where the change needs none.
    pub consent: Option<Consent>,
    /// Who answered for the borrower.
    pub consent_by: Option<String>,
    /// What the borrower said with it.
    pub consent_note: Option<String>,
    /// When; where the borrower itself asked for the same, when it asked.
    pub consented_at: Option<DateTime<Utc>>,
    /// Rises with every step.
    pub version: i64,
}

/// A change with both plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdjustmentDetail {
    /// The change.
    #[serde(flatten)]
    pub adjustment: AdjustmentView,
    /// The plan before: when it was proposed, or when it took effect. Absent for a reset of the reference rate.
    pub plan_before: Option<Schedule>,
    /// The plan after.
    pub plan_after: Option<Schedule>,
    /// For one that waits: what it would do today.
    pub today: Option<Outlook>,
}

/// What a change would do today, or why it could not be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "outlook", rename_all = "snake_case")]
pub enum Outlook {
    /// It could be done.
    Possible(Box<Preview>),
    /// It could not.
    Refused {
        /// The kind of problem.
        problem: String,
        /// 中文
        zh: String,
        /// English
        en: String,
    },
}

/// The plan of a loan before and after a change, side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Preview {
    /// The business date on which it is worked out; the change counts from it.
    pub on: NaiveDate,
    /// The version of the loan that it rests on; send it with the approval.
    pub loan_version: i64,
    /// Before.
    pub before: Side,
    /// After.
    pub after: Side,
    /// Whether the loan would count as restructured.
    pub restructured: bool,
    /// Until when it would be observed.
    pub observed_until: Option<NaiveDate>,
}

/// One of both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AdjustmentSide)]
pub struct Side {
    /// The whole plan.
    pub plan: Schedule,
    /// Contract rate.
    pub annual_rate: Rate,
    /// The last due date.
    pub matures_on: NaiveDate,
    /// Instalments still to come.
    pub instalments: usize,
    /// Principal still to come.
    pub principal: Money,
    /// Interest still to come.
    pub interest: Money,
    /// Penalty interest owed that day.
    pub penalty: Money,
    /// Fees owed that day.
    pub fees: Money,
}

impl Side {
    fn of(terms: &LoanTerms, plan: Schedule, account: &Account, on: NaiveDate) -> Result<Self, MoneyError> {
        let owed = owing(terms, &plan, account, on)?;
        let to_come = || plan.instalments.iter().filter(move |one| one.due > on);
        let matures_on = plan.instalments.last().map_or(on, |last| last.due);
        let (instalments, principal, interest) = (
            to_come().count(),
            Money::total(to_come().map(|one| one.principal))?,
            Money::total(to_come().map(|one| one.interest))?,
        );
        let (penalty, fees) =
            (owed.sum(|claim| claim == Claim::Penalty)?, owed.sum(|claim| claim == Claim::Fees)?);
        let annual_rate = terms.annual_rate;
        Ok(Self { annual_rate, matures_on, instalments, principal, interest, penalty, fees, plan })
    }
}

impl Preview {
    /// The preview of a change that the rules admit.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub(super) fn of(now: &LoanNow, loan_version: i64, made: &Adjusted) -> Result<Self, MoneyError> {
        let terms = LoanTerms { annual_rate: made.annual_rate, ..*now.terms };
        Ok(Self {
            on: now.on,
            loan_version,
            before: Side::of(now.terms, now.plan.clone(), now.account, now.on)?,
            after: Side::of(&terms, made.schedule.clone(), &made.account, now.on)?,
            restructured: made.restructured,
            observed_until: made.observed_until,
        })
    }
}

/// A row as its reader may see it.
pub(super) fn shown(row: store::row::Model, scope: &Scope) -> Result<AdjustmentView, Fault> {
    let corrupt = |what: &str| Fault::Corrupt(format!("{what} of change {}", row.id));
    // What the bank thinks of its borrower is its own affair.
    let own = scope.kind() != OrgKind::Enterprise;
    let consent = store::consent_of(&row)?;
    Ok(AdjustmentView {
        id: row.id.into(),
        loan_id: row.loan_id.into(),
        facility_id: row.facility_id.into(),
        bank_id: row.bank_id.into(),
        enterprise_id: row.enterprise_id.into(),
        kind: AdjustmentKind::parse(&row.kind).ok_or_else(|| corrupt("kind"))?,
        status: store::status_of(&row)?,
        change: store::change_of(&row)?,
        outstanding: Money::from_fen(row.outstanding_fen),
        annual_rate_before: row.rate_before.parse().map_err(|_| corrupt("rate"))?,
        annual_rate_after: row.rate_after.parse().map_err(|_| corrupt("rate"))?,
        reason: own.then_some(row.reason),
        assessment: row.assessment.filter(|_| own),
        decision_reason: row.decision_reason.filter(|_| own),
        maker_id: row.maker_id.filter(|_| own).map(UserId::from_uuid),
        loan_number: row.loan_number,
        bank_name: row.bank_name,
        enterprise_name: row.enterprise_name,
        matures_on_before: row.matures_before,
        matures_on_after: row.matures_after,
        restructured: row.restructured,
        observed_until: row.observed_until,
        maker: row.maker,
        approver: row.approver,
        approvals_missing: None,
        risk_word_wanted: false,
        created_at: row.created_at,
        decided_at: row.decided_at,
        effective_on: row.effective_on,
        plan_version: row.plan_version,
        request_id: row.request_id.map(ChangeRequestId::from_uuid),
        consent,
        consent_by: row.consent_by,
        consent_note: row.consent_note,
        consented_at: row.consented_at,
        version: row.version,
    })
}
