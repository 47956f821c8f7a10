//! Schemes and claims as rows. A fund finds its own schemes and the claims under them, an enterprise its own claims, a
//! bank those of its borrowers; active schemes are public to whoever may read subsidies at all.

use std::collections::HashSet;

use contracts::{LoanId, OrgId, OrgKind, PolicyId, RepaymentId, SubsidyId, SubsidySchemeId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Expr, ExprTrait},
};
use tx_kit::{
    Fault,
    listing::{self, ListingError, PageOf, PageRequest, Sort, containing},
};

pub(super) mod entities;
mod mapping;
mod past;
mod writing;

use entities::{claim, funding, payment, policy, scheme};
use mapping::{claim_of, scheme_of};
pub(super) use past::find_past;
pub(super) use writing::{
    add_funding, insert_claim, insert_scheme, note_policy, release_payments, update_claim, update_scheme,
};

use super::model::{Claim, ClaimKind, ClaimStatus, PaidInterest, Room, Scheme, SchemeStatus};
use crate::{
    loan::{model::RateHistory, store::repayment},
    visible,
};

/// The most payments of one loan that a claim is worked out from.
const PAYMENTS_MAX: u64 = 10_000;

fn schemes_in(scope: &Scope) -> Select<scheme::Entity> {
    let all = scheme::Entity::find();
    if scope.sees_all() {
        return all;
    }
    let public = scheme::Column::Status.is_in([SchemeStatus::Active.name(), SchemeStatus::Ended.name()]);
    match scope.kind() {
        OrgKind::Fund => all.filter(scheme::Column::FundId.eq(scope.tenant().uuid())),
        OrgKind::Bank | OrgKind::Enterprise => all.filter(public),
        _ => all.filter(visible::nothing()),
    }
}

fn claims_in(scope: &Scope) -> Select<claim::Entity> {
    let (fund, bank, enterprise) =
        (claim::Column::FundId, claim::Column::BankId, claim::Column::EnterpriseId);
    let seen = [(OrgKind::Fund, fund), (OrgKind::Bank, bank), (OrgKind::Enterprise, enterprise)];
    claim::Entity::find().filter(visible::naming(scope, &seen))
}

/// A scheme, where it is in scope.
pub(super) async fn find_scheme(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: SubsidySchemeId,
) -> Result<Option<Scheme>, Fault> {
    schemes_in(scope).filter(scheme::Column::Id.eq(id.uuid())).one(conn).await?.map(scheme_of).transpose()
}

/// Locks a scheme that was found in scope: what is granted under it in a year is counted by one at a time.
pub(super) async fn lock_scheme(
    conn: &impl ConnectionTrait,
    id: SubsidySchemeId,
) -> Result<Option<Scheme>, Fault> {
    scheme::Entity::find_by_id(id.uuid()).lock_exclusive().one(conn).await?.map(scheme_of).transpose()
}

/// What a list of schemes is narrowed to.
#[derive(Debug, Clone, Default)]
pub(super) struct SchemeFilter {
    /// In this status.
    pub status: Option<SchemeStatus>,
    /// Of this kind.
    pub kind: Option<ClaimKind>,
    /// Name or organisation contains this.
    pub text: Option<String>,
}

/// One page of schemes, newest first.
pub(super) async fn page_schemes(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &SchemeFilter,
    request: &PageRequest,
) -> Result<PageOf<Scheme>, ListingError> {
    use scheme::Column;
    let mut select = schemes_in(scope);
    if let Some(status) = filter.status {
        select = select.filter(Column::Status.eq(status.name()));
    }
    if let Some(kind) = filter.kind {
        select = select.filter(Column::Kind.eq(kind.name()));
    }
    if let Some(text) = &filter.text {
        select = select.filter(containing(&[Column::Name, Column::FundName], text));
    }
    let sort = Sort { column: Column::CreatedAt, descending: true };
    let found = listing::page(select, conn, sort, Column::Id, request).await?;
    let items = found.items.into_iter().map(scheme_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: found.next_cursor })
}

/// Money received for a scheme that was found in scope, newest first.
pub(super) async fn find_funding(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: SubsidySchemeId,
) -> Result<Vec<funding::Model>, Fault> {
    if find_scheme(conn, scope, id).await?.is_none() {
        return Ok(Vec::new());
    }
    Ok(funding::Entity::find()
        .filter(funding::Column::SchemeId.eq(id.uuid()))
        .order_by_desc(funding::Column::CreatedAt)
        .order_by_desc(funding::Column::Id)
        .limit(listing::LIMIT_MAX)
        .all(conn)
        .await?)
}

/// A claim, where it is in scope.
pub(super) async fn find_claim(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: SubsidyId,
) -> Result<Option<Claim>, Fault> {
    claims_in(scope).filter(claim::Column::Id.eq(id.uuid())).one(conn).await?.map(claim_of).transpose()
}

/// What a list of claims is narrowed to.
#[derive(Debug, Clone, Default)]
pub(super) struct ClaimFilter {
    /// In this status.
    pub status: Option<ClaimStatus>,
    /// Of this kind.
    pub kind: Option<ClaimKind>,
    /// Under this scheme.
    pub scheme: Option<SubsidySchemeId>,
    /// Of this enterprise.
    pub enterprise: Option<OrgId>,
    /// For this loan.
    pub loan: Option<LoanId>,
    /// Number, enterprise or bank contains this.
    pub text: Option<String>,
}

/// One page of claims.
pub(super) async fn page_claims(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &ClaimFilter,
    sort: Sort<claim::Column>,
    request: &PageRequest,
) -> Result<PageOf<Claim>, ListingError> {
    use claim::Column;
    let mut select = claims_in(scope);
    if let Some(status) = filter.status {
        select = select.filter(Column::Status.eq(status.name()));
    }
    if let Some(kind) = filter.kind {
        select = select.filter(Column::Kind.eq(kind.name()));
    }
    if let Some(scheme) = filter.scheme {
        select = select.filter(Column::SchemeId.eq(scheme.uuid()));
    }
    if let Some(enterprise) = filter.enterprise {
        select = select.filter(Column::EnterpriseId.eq(enterprise.uuid()));
    }
    if let Some(loan) = filter.loan {
        select = select.filter(Column::LoanId.eq(loan.uuid()));
    }
    if let Some(text) = &filter.text {
        select =
            select.filter(containing(&[Column::Number, Column::EnterpriseName, Column::SchemeName], text));
    }
    let found = listing::page(select, conn, sort, Column::Id, request).await?;
    let items = found.items.into_iter().map(claim_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: found.next_cursor })
}

#[derive(FromQueryResult)]
struct Sum {
    fen: Option<i64>,
}

/// What live claims under a scheme use of a year's caps, but for one of them.
pub(super) async fn find_room(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (scheme, year, enterprise): (SubsidySchemeId, i32, OrgId),
    but: Option<SubsidyId>,
) -> Result<Room, Fault> {
    use claim::Column;
    let live = ClaimStatus::ALL.into_iter().filter(|status| status.is_live()).map(ClaimStatus::name);
    let mut used = claims_in(scope)
        .select_only()
        .column_as(Expr::col(Column::AmountFen).sum().cast_as(Alias::new("BIGINT")), "fen")
        .filter(Column::SchemeId.eq(scheme.uuid()))
        .filter(Column::ClaimYear.eq(year))
        .filter(Column::Status.is_in(live));
    if let Some(but) = but {
        used = used.filter(Column::Id.ne(but.uuid()));
    }
    let own = used.clone().filter(Column::EnterpriseId.eq(enterprise.uuid()));
    let sum = |row: Option<Sum>| Money::from_fen(row.and_then(|row| row.fen).unwrap_or(0));
    Ok(Room {
        enterprise_used: sum(own.into_model::<Sum>().one(conn).await?),
        scheme_used: sum(used.into_model::<Sum>().one(conn).await?),
    })
}

/// The contract interest that the borrower itself paid on a loan found in scope, oldest first.
pub(super) async fn find_paid_interest(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: LoanId,
    rates: &RateHistory,
) -> Result<Vec<PaidInterest>, Fault> {
    let Some(lent) = crate::loan::store::one(conn, scope, loan).await? else { return Ok(Vec::new()) };
    let rows = repayment::Entity::find()
        .filter(repayment::Column::LoanId.eq(loan.uuid()))
        .filter(repayment::Column::ReversedOn.is_null())
        .order_by_asc(repayment::Column::PaidOn)
        .order_by_asc(repayment::Column::Id)
        .limit(PAYMENTS_MAX)
        .all(conn)
        .await?;
    let held: HashSet<uuid::Uuid> = payment::Entity::find()
        .select_only()
        .column(payment::Column::RepaymentId)
        .filter(payment::Column::RepaymentId.is_in(rows.iter().map(|row| row.id)))
        .filter(payment::Column::Live.eq(true))
        .into_tuple::<uuid::Uuid>()
        .all(conn)
        .await?
        .into_iter()
        .collect();
    // A payment settles penalty before the interest that is late: what is paid beside it on the same day shows none.
    let late: HashSet<chrono::NaiveDate> =
        rows.iter().filter(|row| row.penalty_fen > 0).map(|row| row.paid_on).collect();
    // Whoever paid interest before, the days until then are paid for.
    let (mut since, mut last) = (lent.drawn_on, lent.drawn_on);
    let mut paid = Vec::with_capacity(rows.len());
    for row in rows {
        // Penalty and interest on interest are within the interest.
        let interest = Money::from_fen(row.interest_fen - row.penalty_fen);
        if interest.is_positive() && row.paid_on > last {
            (since, last) = (last, row.paid_on);
        }
        if row.source == "borrower" {
            paid.push(PaidInterest {
                repayment_id: RepaymentId::from_uuid(row.id),
                paid_on: row.paid_on,
                interest,
                contract_rate: rates.mean(since, row.paid_on),
                claimed: held.contains(&row.id),
                late: late.contains(&row.paid_on),
            });
        }
    }
    Ok(paid)
}

/// The payments that a claim found in scope holds on to, or held on to.
pub(super) async fn find_payments(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: SubsidyId,
) -> Result<Vec<PaidInterest>, Fault> {
    if find_claim(conn, scope, id).await?.is_none() {
        return Ok(Vec::new());
    }
    let rows = payment::Entity::find()
        .filter(payment::Column::ClaimId.eq(id.uuid()))
        .order_by_asc(payment::Column::PaidOn)
        .order_by_asc(payment::Column::RepaymentId)
        .all(conn)
        .await?;
    let corrupt = |row: &payment::Model| Fault::Corrupt(format!("the rate of payment {}", row.repayment_id));
    rows.into_iter()
        .map(|row| {
            Ok(PaidInterest {
                repayment_id: row.repayment_id.into(),
                paid_on: row.paid_on,
                interest: Money::from_fen(row.interest_fen),
                contract_rate: row.contract_rate.parse().map_err(|_| corrupt(&row))?,
                claimed: row.live,
                // What a claim took hold of is not weighed again.
                late: false,
            })
        })
        .collect()
}

/// A policy of the enterprise in scope, or of any for who sees all.
pub(super) async fn find_policy(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: PolicyId,
) -> Result<Option<policy::Model>, Fault> {
    Ok(policies_in(scope).filter(policy::Column::PolicyId.eq(id.uuid())).one(conn).await?)
}

/// The policies of the enterprise in scope, newest first.
pub(super) async fn find_policies(
    conn: &impl ConnectionTrait,
    scope: &Scope,
) -> Result<Vec<policy::Model>, Fault> {
    let newest = policies_in(scope).order_by_desc(policy::Column::StartsOn);
    Ok(newest.order_by_desc(policy::Column::PolicyId).limit(listing::LIMIT_MAX).all(conn).await?)
}

fn policies_in(scope: &Scope) -> Select<policy::Entity> {
    let seen = visible::naming(scope, &[(OrgKind::Enterprise, policy::Column::InsuredId)]);
    policy::Entity::find().filter(policy::Column::Known.eq(true)).filter(seen)
}

/// The first day of cover of the same enterprise's first policy of the same product, which was not cancelled.
pub(super) async fn find_first_cover(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    of: &policy::Model,
) -> Result<Option<chrono::NaiveDate>, Fault> {
    let first = policies_in(scope)
        .filter(policy::Column::InsuredId.eq(of.insured_id))
        .filter(policy::Column::Product.eq(of.product.clone()))
        .filter(policy::Column::Status.ne("cancelled"))
        .order_by_asc(policy::Column::StartsOn)
        .one(conn)
        .await?;
    Ok(first.map(|row| row.starts_on))
}

/// Whether a live claim for the premium of a policy exists, whoever made it.
pub(super) async fn find_premium_claim(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: PolicyId,
) -> Result<Option<SubsidyId>, Fault> {
    let live = ClaimStatus::ALL.into_iter().filter(|status| status.is_live()).map(ClaimStatus::name);
    let found = claims_in(scope)
        .filter(claim::Column::PolicyId.eq(id.uuid()))
        .filter(claim::Column::Status.is_in(live))
        .one(conn)
        .await?;
    Ok(found.map(|row| row.id.into()))
}
