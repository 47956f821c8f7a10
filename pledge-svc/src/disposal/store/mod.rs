//! Cases, actions, proposals and claims as rows. A bank finds the cases of loans it leads, a fund or an insurer those in which
//! something is claimed on it.

mod asked;
mod entities;
mod findings;
mod guarantees;
mod insurer_acts;
mod insurer_claims;
mod lots;
mod mapping;
mod off_books;
mod writing;

use contracts::{CaseId, CompensationId, DisposalProposalId, FacilityId, LoanId, OrgId, OrgKind};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
    sea_query::{Alias, Expr, ExprTrait, SelectStatement},
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use uuid::Uuid;

pub use asked::find_or_asked;
pub(crate) use asked::{borrowers_of, cases_asked};
pub use entities::{action, case, claim, lot, proposal};
pub use findings::{found_worthless, insert_findings};
pub use guarantees::{
    find_guarantee, forget_insurer_claims, insurer_claim, list_guarantees, list_insurer_claims,
    lock_insurer_claims, lock_policy, policy, write_insurer_claim, write_policy,
};
pub use insurer_acts::{
    decide_money_proposal, find_insurer_claim, insert_money_proposal, list_money_proposals, lock_behind,
    lock_money_proposal,
};
pub use insurer_claims::{HeardOf, find_heard_of, page_insurer_claims};
pub use lots::{find_sold, insert_lots};
pub use off_books::{find_compensation_live, find_written_off};
pub use writing::{
    insert_action, insert_case, insert_claims, insert_proposal, update_case, update_claim, update_proposal,
};

use super::model::{Action, Case, CaseStatus, Claim, ClaimStatus, Proposal, ProposalStatus};
use crate::{fund::Bearer, visible};
use mapping::{action_of, case_of, claim_of, proposal_of};

/// The ids of the cases in which something is claimed on an organisation.
pub(crate) fn cases_borne_by(party: Uuid) -> SelectStatement {
    claim::Entity::find()
        .select_only()
        .column(claim::Column::CaseId)
        .filter(claim::Column::PartyId.eq(party))
        .into_query()
}

/// The loans of the cases in which something is claimed on an organisation.
pub(crate) fn loans_borne_by(party: Uuid) -> SelectStatement {
    case::Entity::find()
        .select_only()
        .column(case::Column::LoanId)
        .filter(case::Column::Id.in_subquery(cases_borne_by(party)))
        .into_query()
}

/// Facility and borrower of the cases in which something is claimed on an organisation.
pub(crate) fn debts_borne_by(party: Uuid) -> SelectStatement {
    case::Entity::find()
        .select_only()
        .columns([case::Column::FacilityId, case::Column::EnterpriseId])
        .filter(case::Column::Id.in_subquery(cases_borne_by(party)))
        .into_query()
}

/// The cases that a scope may see.
fn cases(scope: &Scope) -> Select<case::Entity> {
    let tenant = scope.tenant().uuid();
    let seen = match scope.kind() {
        _ if scope.sees_all() => Condition::all(),
        OrgKind::Bank => Condition::all().add(case::Column::BankId.eq(tenant)),
        OrgKind::Fund | OrgKind::Insurer => {
            Condition::all().add(case::Column::Id.in_subquery(cases_borne_by(tenant)))
        }
        _ => visible::nothing(),
    };
    case::Entity::find().filter(seen)
}

/// The proposals that a scope may see: the bank's own house.
fn proposals(scope: &Scope) -> Select<proposal::Entity> {
    proposal::Entity::find().filter(visible::of_bank(scope, proposal::Column::BankId))
}

/// The claims that a scope may see: the bank's, or those on the fund or the insurer.
fn claims(scope: &Scope) -> Select<claim::Entity> {
    let (bank, party) = (claim::Column::BankId, claim::Column::PartyId);
    let seen = [(OrgKind::Bank, bank), (OrgKind::Fund, party), (OrgKind::Insurer, party)];
    claim::Entity::find().filter(visible::naming(scope, &seen))
}

/// A case, where it is in scope.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find(conn: &impl ConnectionTrait, scope: &Scope, id: CaseId) -> Result<Option<Case>, Fault> {
    cases(scope).filter(case::Column::Id.eq(id.uuid())).one(conn).await?.map(case_of).transpose()
}

/// The case of a loan that is not closed.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find_open(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: LoanId,
) -> Result<Option<Case>, Fault> {
    let row = cases(scope)
        .filter(case::Column::LoanId.eq(loan.uuid()))
        .filter(case::Column::Status.ne(CaseStatus::Closed.name()))
        .one(conn)
        .await?;
    row.map(case_of).transpose()
}

/// The most open cases that are named at once.
const NAMED_MAX: u64 = 20;

/// The numbers of a facility's open cases, of one borrower or of all, oldest first.
///
/// # Errors
/// The database's fault.
pub async fn list_open_numbers(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    facility: FacilityId,
    borrower: Option<OrgId>,
) -> Result<Vec<String>, Fault> {
    let mut select = cases(scope)
        .select_only()
        .column(case::Column::Number)
        .filter(case::Column::FacilityId.eq(facility.uuid()))
        .filter(case::Column::Status.ne(CaseStatus::Closed.name()));
    if let Some(borrower) = borrower {
        select = select.filter(case::Column::EnterpriseId.eq(borrower.uuid()));
    }
    Ok(select.order_by_asc(case::Column::Id).limit(NAMED_MAX).into_tuple().all(conn).await?)
}

/// Locks a case after its loan.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn lock(tx: &Tx, id: CaseId) -> Result<Option<Case>, Fault> {
    let row = case::Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?;
    row.map(case_of).transpose()
}

/// What a list of cases is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state.
    pub status: Option<CaseStatus>,
    /// Under this facility.
    pub facility: Option<FacilityId>,
    /// Of this loan.
    pub loan: Option<LoanId>,
    /// Of this borrower.
    pub enterprise: Option<OrgId>,
    /// Number, loan or a party's name contains this.
    pub text: Option<String>,
}

/// One page of cases.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<case::Column>,
    request: &PageRequest,
) -> Result<PageOf<Case>, ListingError> {
    use case::Column as C;
    let mut select = cases(scope);
    if let Some(status) = filter.status {
        select = select.filter(C::Status.eq(status.name()));
    }
    if let Some(facility) = filter.facility {
        select = select.filter(C::FacilityId.eq(facility.uuid()));
    }
    if let Some(loan) = filter.loan {
        select = select.filter(C::LoanId.eq(loan.uuid()));
    }
    if let Some(enterprise) = filter.enterprise {
        select = select.filter(C::EnterpriseId.eq(enterprise.uuid()));
    }
    if let Some(text) = &filter.text {
        let columns = [C::Number, C::LoanNumber, C::EnterpriseName, C::BankName];
        select = select.filter(listing::containing(&columns, text));
    }
    let page = listing::page(select, conn, sort, C::Id, request).await?;
    let items = page.items.into_iter().map(case_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: page.next_cursor })
}

/// What was done to collect in a case that was found in scope, oldest first.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn list_actions(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    case: CaseId,
) -> Result<Vec<Action>, Fault> {
    let rows = action::Entity::find()
        .filter(action::Column::CaseId.eq(case.uuid()))
        .filter(
            action::Column::CaseId
                .in_subquery(cases(scope).select_only().column(case::Column::Id).into_query()),
        )
        .order_by_asc(action::Column::Id)
        .all(conn)
        .await?;
    rows.into_iter().map(action_of).collect()
}

/// A proposal, where it is in scope.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find_proposal(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: DisposalProposalId,
) -> Result<Option<Proposal>, Fault> {
    let row = proposals(scope).filter(proposal::Column::Id.eq(id.uuid())).one(conn).await?;
    row.map(proposal_of).transpose()
}

/// The proposals of a case that the scope may see, oldest first.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn list_proposals(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    case: CaseId,
) -> Result<Vec<Proposal>, Fault> {
    let rows = proposals(scope)
        .filter(proposal::Column::CaseId.eq(case.uuid()))
        .order_by_asc(proposal::Column::Id)
        .all(conn)
        .await?;
    rows.into_iter().map(proposal_of).collect()
}

/// One page of proposals, newest first.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page_proposals(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    status: Option<ProposalStatus>,
    request: &PageRequest,
) -> Result<PageOf<Proposal>, ListingError> {
    let mut select = proposals(scope);
    if let Some(status) = status {
        select = select.filter(proposal::Column::Status.eq(status.name()));
    }
    let sort = Sort { column: proposal::Column::CreatedAt, descending: true };
    let page = listing::page(select, conn, sort, proposal::Column::Id, request).await?;
    let items = page.items.into_iter().map(proposal_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: page.next_cursor })
}

/// A claim, where it is in scope.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find_claim(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: CompensationId,
) -> Result<Option<Claim>, Fault> {
    claims(scope).filter(claim::Column::Id.eq(id.uuid())).one(conn).await?.map(claim_of).transpose()
}

/// The claims of a case that the scope may see, oldest first.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn list_claims(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    case: CaseId,
) -> Result<Vec<Claim>, Fault> {
    let rows = claims(scope)
        .filter(claim::Column::CaseId.eq(case.uuid()))
        .order_by_asc(claim::Column::Id)
        .all(conn)
        .await?;
    rows.into_iter().map(claim_of).collect()
}

/// What is claimed on deposits of a line and waits: promised to a loss, and not there for another.
///
/// # Errors
/// The database's fault.
pub async fn find_waiting_on(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    facility: FacilityId,
    bearer: Bearer,
) -> Result<Money, Fault> {
    let open = ClaimStatus::ALL.into_iter().filter(|status| status.is_live()).map(ClaimStatus::name);
    let of_line = case::Entity::find()
        .select_only()
        .column(case::Column::Id)
        .filter(case::Column::FacilityId.eq(facility.uuid()))
        .into_query();
    let sum: Option<Option<i64>> = claims(scope)
        .select_only()
        .column_as(Expr::col(claim::Column::AmountFen).sum().cast_as(Alias::new("BIGINT")), "sum")
        .filter(claim::Column::CaseId.in_subquery(of_line))
        .filter(claim::Column::Bearer.eq(bearer.name()))
        .filter(claim::Column::Status.is_in(open))
        .into_tuple()
        .one(conn)
        .await?;
    Ok(Money::from_fen(sum.flatten().unwrap_or(0)))
}

/// What a list of claims is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct ClaimFilter {
    /// In this state.
    pub status: Option<ClaimStatus>,
    /// On such a party.
    pub bearer: Option<Bearer>,
    /// Number or a party's name contains this.
    pub text: Option<String>,
}

/// One page of claims.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page_claims(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &ClaimFilter,
    sort: Sort<claim::Column>,
    request: &PageRequest,
) -> Result<PageOf<Claim>, ListingError> {
    use claim::Column as C;
    let mut select = claims(scope);
    if let Some(status) = filter.status {
        select = select.filter(C::Status.eq(status.name()));
    }
    if let Some(bearer) = filter.bearer {
        select = select.filter(C::Bearer.eq(bearer.name()));
    }
    if let Some(text) = &filter.text {
        let columns = [C::Number, C::CaseNumber, C::EnterpriseName, C::BankName, C::Party];
        select = select.filter(listing::containing(&columns, text));
    }
    let page = listing::page(select, conn, sort, C::Id, request).await?;
    let items = page.items.into_iter().map(claim_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: page.next_cursor })
}
