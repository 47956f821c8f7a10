//! Requests as rows. A bank finds those about the loans it leads, an enterprise its own.

use chrono::NaiveDate;
use contracts::{ChangeRequestId, LoanId, OrgId, OrgKind};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use uuid::Uuid;

use super::super::model::{AdjustmentKind, Change, Figures, RequestStatus};
use crate::{adjustments::store::row as changes, loan::store::about};

/// Requests looked up at a time.
const PAGE: u64 = 500;

/// The rows.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One request.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "loan_change_request")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub loan_id: Uuid,
        pub loan_number: String,
        pub facility_id: Uuid,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub kind: String,
        pub status: String,
        #[sea_orm(column_type = "Text")]
        pub content: String,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub figures: Option<String>,
        pub outstanding_fen: i64,
        pub asker_id: Uuid,
        pub asker: String,
        pub answer_by: Date,
        pub answerer_id: Option<Uuid>,
        pub answerer: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub answer: Option<String>,
        pub created_at: DateTimeUtc,
        pub answered_at: Option<DateTimeUtc>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this loan.
    pub loan: Option<LoanId>,
    /// Of this kind.
    pub kind: Option<AdjustmentKind>,
    /// In this state.
    pub status: Option<RequestStatus>,
    /// Loan number or borrower contains this.
    pub text: Option<String>,
}

/// What lists narrow by.
const COLUMNS: about::Columns<row::Column> = about::Columns {
    loan: row::Column::LoanId,
    status: row::Column::Status,
    words: [row::Column::LoanNumber, row::Column::EnterpriseName],
};

fn within(scope: &Scope) -> Select<row::Entity> {
    let seen = about::about_loans::<row::Entity>(row::Column::LoanId, scope);
    if scope.kind() == OrgKind::Bank && !scope.sees_all() {
        // The others of a syndicate see what the lead proposes; what the borrower asks is said to the lead.
        return seen.filter(row::Column::BankId.eq(scope.tenant().uuid()));
    }
    seen
}

/// A request, where it is in scope.
///
/// # Errors
/// The database's fault.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ChangeRequestId,
) -> Result<Option<row::Model>, Fault> {
    Ok(within(scope).filter(row::Column::Id.eq(id.uuid())).one(conn).await?)
}

/// One page of requests.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<row::Column>,
    request: &PageRequest,
) -> Result<PageOf<row::Model>, ListingError> {
    let alike = about::Narrowed {
        loan: filter.loan,
        status: filter.status.map(RequestStatus::name),
        text: filter.text.as_deref(),
    };
    let mut select = about::narrowed(within(scope), COLUMNS, &alike);
    if let Some(kind) = filter.kind {
        select = select.filter(row::Column::Kind.eq(kind.name()));
    }
    listing::page(select, conn, sort, row::Column::Id, request).await
}

/// The proposals that requests became, each with its request, as far as the scope may see them.
///
/// # Errors
/// The database's fault.
pub async fn find_proposals(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    requests: &[Uuid],
) -> Result<Vec<(Uuid, Uuid)>, Fault> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let seen = within(scope).select_only().column(row::Column::Id).into_query();
    let found: Vec<(Option<Uuid>, Uuid)> = changes::Entity::find()
        .select_only()
        .column(changes::Column::RequestId)
        .column(changes::Column::Id)
        .filter(changes::Column::RequestId.is_in(requests.iter().copied()))
        .filter(changes::Column::RequestId.in_subquery(seen))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(found.into_iter().filter_map(|(request, id)| Some((request?, id))).collect())
}

/// The requests to a bank that wait and whose last day was before a day, after an id.
///
/// # Errors
/// The database's fault.
pub async fn list_over(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
    (before, after): (NaiveDate, Uuid),
) -> Result<Vec<Uuid>, Fault> {
    Ok(within(scope)
        .select_only()
        .column(row::Column::Id)
        .filter(row::Column::BankId.eq(bank.uuid()))
        .filter(row::Column::Status.eq(RequestStatus::Pending.name()))
        .filter(row::Column::AnswerBy.lt(before))
        .filter(row::Column::Id.gt(after))
        .order_by_asc(row::Column::Id)
        .limit(PAGE)
        .into_tuple()
        .all(conn)
        .await?)
}

/// What is asked for.
///
/// # Errors
/// [`Fault::Corrupt`]
pub fn change_of(row: &row::Model) -> Result<Change, Fault> {
    serde_json::from_str(&row.content)
        .map_err(|error| Fault::Corrupt(format!("content of request {}: {error}", row.id)))
}

/// What it came to when it was asked for.
///
/// # Errors
/// [`Fault::Corrupt`]
pub fn figures_of(row: &row::Model) -> Result<Option<Figures>, Fault> {
    let read = |text: &str| {
        serde_json::from_str(text)
            .map_err(|error| Fault::Corrupt(format!("figures of request {}: {error}", row.id)))
    };
    row.figures.as_deref().map(read).transpose()
}

/// The state that a row is in.
///
/// # Errors
/// [`Fault::Corrupt`]
pub fn status_of(row: &row::Model) -> Result<RequestStatus, Fault> {
    RequestStatus::parse(&row.status)
        .ok_or_else(|| Fault::Corrupt(format!("status {} of request {}", row.status, row.id)))
}

/// Writes a new request; false where one waits for the loan already.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &Tx, row: row::Model) -> Result<bool, Fault> {
    about::insert_unless_one_waits(tx, row::ActiveModel::from(row)).await
}

/// Writes what became of a request; its row must still be as read.
///
/// # Errors
/// The database's fault; a conflict where another transaction answered it meanwhile.
pub async fn update(tx: &Tx, read: &row::Model, change: row::ActiveModel) -> Result<(), Fault> {
    let change = row::ActiveModel { version: Set(read.version + 1), ..change };
    let as_read =
        about::AsRead { id: (row::Column::Id, read.id), version: (row::Column::Version, read.version) };
    if about::answer_as_read(tx, as_read, change).await? {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("request {} was answered by another", read.id)))
    }
}
