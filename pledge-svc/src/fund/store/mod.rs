//! Funds, agreements, entries and instructions as rows. A fund finds its own; a bank finds the agreements it is party to,
//! what was paid under them, and the funds they are with.

pub mod covered;
mod entities;
mod mapping;
mod writing;

use chrono::{Datelike, NaiveDate};
use contracts::{FacilityId, FundAgreementId, FundId, FundInstructionId, OrgId, OrgKind};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
    sea_query::{Alias, Expr, ExprTrait},
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

pub use covered::{covered_loans, exposures, list_agreements, lock_standing_for};
pub use entities::{agreement, entry, fund, instruction};

use super::model::{Agreement, AgreementStatus, EntryKind, Fund, Instruction, Outcome};
use crate::visible;
use mapping::{agreement_of, fund_of, instruction_of};
pub use writing::{
    insert, insert_agreement, insert_entry, insert_instruction, update, update_agreement, update_instruction,
};

/// The funds that a scope may see.
fn funds(scope: &Scope) -> Select<fund::Entity> {
    let tenant = scope.tenant().uuid();
    let seen = match scope.kind() {
        _ if scope.sees_all() => Condition::all(),
        OrgKind::Fund => Condition::all().add(fund::Column::Id.eq(tenant)),
        OrgKind::Bank => Condition::all().add(
            fund::Column::Id.in_subquery(
                agreement::Entity::find()
                    .select_only()
                    .column(agreement::Column::FundId)
                    .filter(agreement::Column::BankId.eq(tenant))
                    .into_query(),
            ),
        ),
        _ => visible::nothing(),
    };
    fund::Entity::find().filter(seen)
}

/// The agreements that a scope may see.
fn agreements(scope: &Scope) -> Select<agreement::Entity> {
    let seen = [(OrgKind::Fund, agreement::Column::FundId), (OrgKind::Bank, agreement::Column::BankId)];
    agreement::Entity::find().filter(visible::naming(scope, &seen))
}

/// The entries that a scope may see.
fn entries(scope: &Scope) -> Select<entry::Entity> {
    let seen = [(OrgKind::Fund, entry::Column::FundId), (OrgKind::Bank, entry::Column::BankId)];
    entry::Entity::find().filter(visible::naming(scope, &seen))
}

/// The instructions that a scope may see: the fund's own house.
fn instructions(scope: &Scope) -> Select<instruction::Entity> {
    let seen = [(OrgKind::Fund, instruction::Column::FundId)];
    instruction::Entity::find().filter(visible::naming(scope, &seen))
}

/// A fund, where it is in scope.
///
/// # Errors
/// The database's fault.
pub async fn find(conn: &impl ConnectionTrait, scope: &Scope, id: FundId) -> Result<Option<Fund>, Fault> {
    Ok(funds(scope).filter(fund::Column::Id.eq(id.uuid())).one(conn).await?.map(fund_of))
}

/// One page of funds.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    request: &PageRequest,
) -> Result<PageOf<Fund>, ListingError> {
    let sort = Sort { column: fund::Column::Name, descending: false };
    let page = listing::page(funds(scope), conn, sort, fund::Column::Id, request).await?;
    Ok(PageOf { items: page.items.into_iter().map(fund_of).collect(), next_cursor: page.next_cursor })
}

/// Locks a fund for the rest of the transaction. Funds are locked after facilities, members and loans, and before
/// their agreements.
///
/// # Errors
/// The database's fault.
pub async fn lock(tx: &Tx, id: FundId) -> Result<Option<Fund>, Fault> {
    Ok(fund::Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?.map(fund_of))
}

/// Locks an agreement after its fund.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn lock_agreement(tx: &Tx, id: FundAgreementId) -> Result<Option<Agreement>, Fault> {
    let row = agreement::Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?;
    row.map(agreement_of).transpose()
}

/// An agreement, where it is in scope.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find_agreement(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: FundAgreementId,
) -> Result<Option<Agreement>, Fault> {
    let row = agreements(scope).filter(agreement::Column::Id.eq(id.uuid())).one(conn).await?;
    row.map(agreement_of).transpose()
}

/// What a list of agreements is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct AgreementFilter {
    /// Of this fund.
    pub fund: Option<FundId>,
    /// With this bank.
    pub bank: Option<OrgId>,
    /// In this state.
    pub status: Option<AgreementStatus>,
    /// Number or a party's name contains this.
    pub text: Option<String>,
}

/// One page of agreements.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page_agreements(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &AgreementFilter,
    sort: Sort<agreement::Column>,
    request: &PageRequest,
) -> Result<PageOf<Agreement>, ListingError> {
    use agreement::Column as A;
    let mut select = agreements(scope);
    if let Some(fund) = filter.fund {
        select = select.filter(A::FundId.eq(fund.uuid()));
    }
    if let Some(bank) = filter.bank {
        select = select.filter(A::BankId.eq(bank.uuid()));
    }
    if let Some(status) = filter.status {
        select = select.filter(A::Status.eq(status.name()));
    }
    if let Some(text) = &filter.text {
        select =
            select.filter(listing::containing(&[A::Number, A::BankName, A::FundName, A::FacilityName], text));
    }
    let page = listing::page(select, conn, sort, A::Id, request).await?;
    let items = page.items.into_iter().map(agreement_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: page.next_cursor })
}

/// The agreements of a fund in scope that have not ended.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn list_open(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    fund: FundId,
) -> Result<Vec<Agreement>, Fault> {
    let rows = agreements(scope)
        .filter(agreement::Column::FundId.eq(fund.uuid()))
        .filter(agreement::Column::Status.ne(AgreementStatus::Ended.name()))
        .order_by_asc(agreement::Column::Number)
        .all(conn)
        .await?;
    rows.into_iter().map(agreement_of).collect()
}

/// The agreement under which a fund covers a bank's facility: the one for the facility, else the one for the bank.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find_covering(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    fund: FundId,
    bank: OrgId,
    facility: FacilityId,
) -> Result<Option<Agreement>, Fault> {
    use agreement::Column as A;
    let rows = agreements(scope)
        .filter(A::FundId.eq(fund.uuid()))
        .filter(A::BankId.eq(bank.uuid()))
        .filter(A::Status.ne(AgreementStatus::Ended.name()))
        .filter(Condition::any().add(A::FacilityId.eq(facility.uuid())).add(A::FacilityId.is_null()))
        .order_by_asc(A::Id)
        .all(conn)
        .await?;
    let own = rows.iter().position(|row| row.facility_id.is_some()).unwrap_or(0);
    rows.into_iter().nth(own).map(agreement_of).transpose()
}

/// The agreements of a bank that are active, of every fund.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn list_active_of_bank(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
) -> Result<Vec<Agreement>, Fault> {
    let rows = agreements(scope)
        .filter(agreement::Column::BankId.eq(bank.uuid()))
        .filter(agreement::Column::Status.eq(AgreementStatus::Active.name()))
        .order_by_asc(agreement::Column::Id)
        .all(conn)
        .await?;
    rows.into_iter().map(agreement_of).collect()
}

/// Compensation paid under an agreement in the calendar year of a day.
///
/// # Errors
/// The database's fault.
pub async fn find_paid_in_year(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    agreement: FundAgreementId,
    on: NaiveDate,
) -> Result<Money, Fault> {
    let year = on.year();
    let days = NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31));
    let (first, last) = days.unwrap_or((on, on));
    let sum: Option<Option<i64>> = entries(scope)
        .select_only()
        .column_as(Expr::col(entry::Column::AmountFen).sum().cast_as(Alias::new("BIGINT")), "sum")
        .filter(entry::Column::AgreementId.eq(agreement.uuid()))
        .filter(entry::Column::Kind.eq(EntryKind::Compensation.name()))
        .filter(entry::Column::BookedOn.between(first, last))
        .into_tuple()
        .one(conn)
        .await?;
    Ok(Money::from_fen(sum.flatten().unwrap_or(0)))
}

/// What a list of entries is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter {
    /// Of this kind.
    pub kind: Option<EntryKind>,
    /// Under this agreement.
    pub agreement: Option<FundAgreementId>,
}

/// One page of a fund's entries, newest first.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page_entries(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    fund: FundId,
    filter: &EntryFilter,
    request: &PageRequest,
) -> Result<PageOf<entry::Model>, ListingError> {
    let mut select = entries(scope).filter(entry::Column::FundId.eq(fund.uuid()));
    if let Some(kind) = filter.kind {
        select = select.filter(entry::Column::Kind.eq(kind.name()));
    }
    if let Some(agreement) = filter.agreement {
        select = select.filter(entry::Column::AgreementId.eq(agreement.uuid()));
    }
    let sort = Sort { column: entry::Column::CreatedAt, descending: true };
    listing::page(select, conn, sort, entry::Column::Id, request).await
}

/// An instruction, where it is in scope.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find_instruction(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: FundInstructionId,
) -> Result<Option<Instruction>, Fault> {
    let row = instructions(scope).filter(instruction::Column::Id.eq(id.uuid())).one(conn).await?;
    row.map(instruction_of).transpose()
}

/// One page of instructions, newest first.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page_instructions(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    status: Option<Outcome>,
    request: &PageRequest,
) -> Result<PageOf<Instruction>, ListingError> {
    let mut select = instructions(scope);
    if let Some(status) = status {
        select = select.filter(instruction::Column::Status.eq(status.name()));
    }
    let sort = Sort { column: instruction::Column::CreatedAt, descending: true };
    let page = listing::page(select, conn, sort, instruction::Column::Id, request).await?;
    let items = page.items.into_iter().map(instruction_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: page.next_cursor })
}
