//! The acts: a claim is worked out from what was recorded as paid, shown beforehand, submitted, withdrawn.

use chrono::{Datelike, NaiveDate};
use contracts::{LoanId, OrgId, OrgKind, PolicyId, SubsidyId, SubsidySchemeId};
use finance::{Money, PremiumClass, Rate};
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use tx_kit::Tx;

use super::{
    hand, locked,
    model::{
        Claim, ClaimStatus, Granted, Object, PaidInterest, PremiumBasis, Refusal, Scheme, interest_basis,
        of_interest, of_premium, rate_of, withdrawn, year_of_cover,
    },
    named::in_words,
    record, rests_on, store,
};
use crate::{adjustments::rate_history, loan::store as loans};

/// What is claimed. Amounts are worked out; nobody types them in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ClaimRequest {
    /// For the interest that was paid on a loan in a period.
    Interest {
        /// The scheme.
        scheme_id: SubsidySchemeId,
        /// The loan.
        loan_id: LoanId,
        /// First day on which interest was paid.
        period_from: NaiveDate,
        /// Last such day, in the same calendar year.
        period_to: NaiveDate,
    },
    /// For the premium of a policy.
    Premium {
        /// The scheme.
        scheme_id: SubsidySchemeId,
        /// The policy.
        policy_id: PolicyId,
        /// The class that the enterprise believes to be in; the decision confirms or corrects it.
        class: PremiumClass,
    },
}

impl ClaimRequest {
    const fn scheme_id(&self) -> SubsidySchemeId {
        match self {
            Self::Interest { scheme_id, .. } | Self::Premium { scheme_id, .. } => *scheme_id,
        }
    }
}

/// What a claim would come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct ClaimPreview {
    /// What it is for.
    #[serde(flatten)]
    pub object: Object,
    /// Whose it is.
    pub enterprise_id: OrgId,
    /// The name.
    pub enterprise_name: String,
    /// Where the money would go.
    pub bank_name: Option<String>,
    /// The calendar year whose caps count.
    pub year: i32,
    /// Interest or premium that was paid.
    pub basis: Money,
    /// What the scheme's rate makes of it.
    pub computed: Money,
    /// What would be claimed, within the caps.
    pub amount: Money,
    /// The payments that the claim takes hold of.
    pub payments: Vec<PaidInterest>,
    #[serde(skip)]
    bank_id: Option<OrgId>,
}

/// Works a claim out; changes nothing.
pub(super) async fn preview(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    request: &ClaimRequest,
    today: NaiveDate,
) -> Result<ClaimPreview, ActError> {
    let scheme = store::find_scheme(conn, &caller.scope(), request.scheme_id())
        .await?
        .ok_or_else(Problem::not_found)?;
    worked_out(conn, caller, &scheme, request, today).await
}

/// Submits it. The scheme is locked, so that its caps are counted by one claim at a time.
pub(super) async fn submit(tx: &mut Tx, caller: &Caller, request: &ClaimRequest) -> Result<Claim, ActError> {
    store::find_scheme(tx.conn(), &caller.scope(), request.scheme_id())
        .await?
        .ok_or_else(Problem::not_found)?;
    let scheme = store::lock_scheme(tx.conn(), request.scheme_id()).await?.ok_or_else(Problem::not_found)?;
    let today = tx.business_date();
    let worked = worked_out(tx.conn(), caller, &scheme, request, today).await?;
    let (id, hand) = (SubsidyId::fresh(tx.now()), hand(caller, tx));
    let claim = Claim {
        id,
        number: contracts::number("S", today, id.uuid()),
        scheme_id: scheme.id,
        scheme_name: scheme.terms.name,
        fund_id: scheme.fund_id,
        enterprise_id: worked.enterprise_id,
        enterprise_name: worked.enterprise_name,
        bank_id: worked.bank_id,
        bank_name: worked.bank_name,
        object: worked.object,
        year: worked.year,
        basis: worked.basis,
        computed: worked.computed,
        amount: worked.amount,
        status: ClaimStatus::Submitted,
        maker_id: hand.user,
        maker: hand.name,
        decided_by_id: None,
        decided_by: None,
        reason: None,
        paid_by: None,
        paid_on: None,
        payment_id: None,
        credit_id: None,
        created_at: hand.at,
        decided_at: None,
        version: 1,
    };
    rests_on::hold_payments(tx, &worked.payments).await?;
    store::insert_claim(tx, &claim, &worked.payments).await?;
    record(tx, caller, &claim, "subsidy.submit").await?;
    Ok(claim)
}

/// Withdraws one's own organisation's claim; what it held on to may be claimed anew.
pub(super) async fn withdraw(tx: &mut Tx, caller: &Caller, id: SubsidyId) -> Result<Claim, ActError> {
    let claim = store::find_claim(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    locked(tx, &claim).await?;
    let claim = withdrawn(claim)?;
    store::update_claim(tx, &claim).await?;
    store::release_payments(tx, claim.id).await?;
    record(tx, caller, &claim, "subsidy.withdraw").await?;
    Ok(claim)
}

async fn worked_out(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    scheme: &Scheme,
    request: &ClaimRequest,
    today: NaiveDate,
) -> Result<ClaimPreview, ActError> {
    match request {
        ClaimRequest::Interest { loan_id, period_from, period_to, .. } => {
            for_interest(conn, caller, scheme, *loan_id, (*period_from, *period_to), today).await
        }
        ClaimRequest::Premium { policy_id, class, .. } => {
            for_premium(conn, caller, scheme, *policy_id, *class).await
        }
    }
}

async fn for_interest(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    scheme: &Scheme,
    loan_id: LoanId,
    period: (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> Result<ClaimPreview, ActError> {
    let loan = loans::one(conn, &caller.scope(), loan_id).await?.ok_or_else(Problem::not_found)?;
    // A bank of the syndicate sees the loan; the lead speaks for the borrower.
    if caller.org_kind == OrgKind::Bank && loan.bank_id != caller.tenant.uuid() {
        return Err(Problem::not_found().into());
    }
    let rates = rate_history(conn, &loan).await?;
    let paid = store::find_paid_interest(conn, &caller.scope(), loan_id, &rates).await?;
    let past = store::find_past(conn, &caller.scope(), &loan).await?;
    let worked_out = interest_basis(scheme, &past, period, today, &paid);
    let (payments, basis) = match worked_out {
        Ok(found) => found,
        Err(refusal) => return Err(in_words(conn, loan.bank_id.into(), today, refusal).await),
    };
    let (enterprise, year) = (OrgId::from_uuid(loan.enterprise_id), period.0.year());
    let room = store::find_room(conn, &Scope::system(), (scheme.id, year, enterprise), None).await?;
    let Granted { computed, amount } = of_interest(scheme, &payments, year, room)?;
    Ok(ClaimPreview {
        object: Object::Interest {
            loan_id,
            loan_number: loan.number,
            period_from: period.0,
            period_to: period.1,
            contract_rate: rate_of(&payments),
            subsidy_rate: scheme.terms.annual_rate.unwrap_or(Rate::ZERO),
        },
        enterprise_id: enterprise,
        enterprise_name: loan.enterprise_name,
        bank_name: Some(loan.bank_name),
        bank_id: Some(loan.bank_id.into()),
        year,
        basis,
        computed,
        amount,
        payments,
    })
}

async fn for_premium(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    scheme: &Scheme,
    policy_id: PolicyId,
    class: PremiumClass,
) -> Result<ClaimPreview, ActError> {
    let scope = caller.scope();
    let policy = store::find_policy(conn, &scope, policy_id).await?.ok_or_else(Problem::not_found)?;
    if store::find_premium_claim(conn, &Scope::system(), policy_id).await?.is_some() {
        return Err(Refusal::PremiumClaimed.into());
    }
    let first = store::find_first_cover(conn, &scope, &policy).await?;
    let basis = PremiumBasis {
        premium: Money::from_fen(policy.premium_fen).saturating_sub(Money::from_fen(policy.returned_fen)),
        starts_on: policy.starts_on,
        year_of_cover: year_of_cover(policy.starts_on, first),
    };
    let (enterprise, year) = (OrgId::from_uuid(policy.insured_id), policy.starts_on.year());
    let room = store::find_room(conn, &Scope::system(), (scheme.id, year, enterprise), None).await?;
    let (share, Granted { computed, amount }) = of_premium(scheme, basis, class, room)?;
    let bank = loans::find(&scope)
        .filter(loans::loan::Column::EnterpriseId.eq(policy.insured_id))
        .order_by_desc(loans::loan::Column::Id)
        .one(conn)
        .await?;
    let (bank_id, bank_name) =
        bank.map_or((None, None), |loan| (Some(loan.bank_id.into()), Some(loan.bank_name)));
    Ok(ClaimPreview {
        object: Object::Premium {
            policy_id,
            policy_number: policy.number,
            class,
            year_of_cover: basis.year_of_cover,
            share,
        },
        enterprise_id: enterprise,
        enterprise_name: policy.insured_name,
        bank_name,
        bank_id,
        year,
        basis: basis.premium,
        computed,
        amount,
        payments: Vec::new(),
    })
}
