//! Changes of loans as rows. A bank finds those of its loans, an enterprise those of its own that were approved or that ask
//! for its consent.

use contracts::{AdjustmentId, LoanId, OrgKind};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Expr, ExprTrait},
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use super::model::{AdjustmentKind, AdjustmentStatus, Change, Consent, Figures};
use crate::loan::store::{about, repayment};

/// The rows.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One change.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "loan_adjustment")]
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
        pub assessment: Option<String>,
        pub outstanding_fen: i64,
        pub rate_before: String,
        pub rate_after: String,
        pub matures_before: Date,
        pub matures_after: Date,
        #[sea_orm(column_type = "Text", nullable)]
        pub plan_before: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub plan_after: Option<String>,
        pub restructured: bool,
        pub observed_until: Option<Date>,
        pub maker_id: Option<Uuid>,
        pub maker: String,
        pub approver_id: Option<Uuid>,
        pub approver: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_reason: Option<String>,
        pub created_at: DateTimeUtc,
        pub decided_at: Option<DateTimeUtc>,
        pub effective_on: Option<Date>,
        pub plan_version: Option<i32>,
        pub request_id: Option<Uuid>,
        pub consent: Option<String>,
        pub consent_by_id: Option<Uuid>,
        pub consent_by: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub consent_note: Option<String>,
        pub consented_at: Option<DateTimeUtc>,
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
    pub status: Option<AdjustmentStatus>,
    /// Where the borrower's consent stands so.
    pub consent: Option<Consent>,
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
    if scope.kind() == OrgKind::Enterprise {
        // What asks for its consent is the borrower's to see; what else the bank considers is its own affair.
        let approved = row::Column::Status.eq(AdjustmentStatus::Approved.name());
        return seen.filter(Condition::any().add(approved).add(row::Column::Consent.is_not_null()));
    }
    seen
}

/// A change, where it is in scope.
///
/// # Errors
/// The database's fault.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: AdjustmentId,
) -> Result<Option<row::Model>, Fault> {
    Ok(within(scope).filter(row::Column::Id.eq(id.uuid())).one(conn).await?)
}

/// One page of changes.
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
        status: filter.status.map(AdjustmentStatus::name),
        text: filter.text.as_deref(),
    };
    let mut select = about::narrowed(within(scope), COLUMNS, &alike);
    if let Some(kind) = filter.kind {
        select = select.filter(row::Column::Kind.eq(kind.name()));
    }
    if let Some(consent) = filter.consent {
        select = select.filter(row::Column::Consent.eq(consent.name()));
        if consent == Consent::Wanted {
            // What was withdrawn or refused waits for nobody.
            select = select.filter(row::Column::Status.eq(AdjustmentStatus::Proposed.name()));
        }
    }
    listing::page(select, conn, sort, row::Column::Id, request).await
}

/// The kinds of change that leave a loan's term and method as they are.
const WITHOUT_A_NEW_TERM: [AdjustmentKind; 6] = [
    AdjustmentKind::Repricing,
    AdjustmentKind::Misuse,
    AdjustmentKind::MisuseEnded,
    AdjustmentKind::FeeWaiver,
    AdjustmentKind::VatExemption,
    AdjustmentKind::VatExemptionEnded,
];

/// What was approved for a loan, oldest first, each with the maturity it led to. What leaves its term as it was is not
/// among it.
///
/// # Errors
/// The database's fault, or a change that does not read back.
pub async fn find_applied(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: LoanId,
) -> Result<Vec<(Change, chrono::NaiveDate)>, Fault> {
    let rows = within(scope)
        .filter(row::Column::LoanId.eq(loan.uuid()))
        .filter(row::Column::Status.eq(AdjustmentStatus::Approved.name()))
        .filter(row::Column::Kind.is_not_in(WITHOUT_A_NEW_TERM.map(AdjustmentKind::name)))
        .order_by_asc(row::Column::DecidedAt)
        .order_by_asc(row::Column::Id)
        .all(conn)
        .await?;
    rows.iter().map(|row| Ok((change_of(row)?, row.matures_after))).collect()
}

/// What has been paid in interest of every kind on a loan in scope; what was undone is not.
///
/// # Errors
/// The database's fault.
pub async fn find_interest_paid(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: LoanId,
) -> Result<Money, Fault> {
    let paid = about::about_loans::<repayment::Entity>(repayment::Column::LoanId, scope);
    let sum: Option<Option<i64>> = paid
        .select_only()
        .column_as(Expr::col(repayment::Column::InterestFen).sum().cast_as(Alias::new("BIGINT")), "paid")
        .filter(repayment::Column::LoanId.eq(loan.uuid()))
        .filter(repayment::Column::ReversedOn.is_null())
        .into_tuple()
        .one(conn)
        .await?;
    Ok(Money::from_fen(sum.flatten().unwrap_or(0)))
}

/// The days from which on a loan had another contract rate, each with the rate until then, oldest first.
///
/// # Errors
/// The database's fault, or a rate that does not read back.
pub async fn find_rates(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: LoanId,
) -> Result<Vec<(chrono::NaiveDate, finance::Rate)>, Fault> {
    let rows = within(scope)
        .filter(row::Column::LoanId.eq(loan.uuid()))
        .filter(row::Column::Status.eq(AdjustmentStatus::Approved.name()))
        .order_by_asc(row::Column::EffectiveOn)
        .order_by_asc(row::Column::DecidedAt)
        .order_by_asc(row::Column::Id)
        .all(conn)
        .await?;
    let mut changes = Vec::new();
    for row in rows.into_iter().filter(|row| row.rate_before != row.rate_after) {
        let before = row.rate_before.parse();
        let before = before.map_err(|_| Fault::Corrupt(format!("rate of change {}", row.id)))?;
        changes.extend(row.effective_on.map(|day| (day, before)));
    }
    Ok(changes)
}

/// The change that a row holds.
///
/// # Errors
/// [`Fault::Corrupt`]
pub fn change_of(row: &row::Model) -> Result<Change, Fault> {
    serde_json::from_str(&row.content).map_err(|error| Fault::Corrupt(format!("change {}: {error}", row.id)))
}

/// The state that a row is in.
///
/// # Errors
/// [`Fault::Corrupt`]
pub fn status_of(row: &row::Model) -> Result<AdjustmentStatus, Fault> {
    AdjustmentStatus::parse(&row.status)
        .ok_or_else(|| Fault::Corrupt(format!("status {} of change {}", row.status, row.id)))
}

/// Where the borrower's consent stands; `None` where none is needed.
///
/// # Errors
/// [`Fault::Corrupt`]
pub fn consent_of(row: &row::Model) -> Result<Option<Consent>, Fault> {
    let known = |text: &str| {
        Consent::parse(text).ok_or_else(|| Fault::Corrupt(format!("consent {text} of change {}", row.id)))
    };
    row.consent.as_deref().map(known).transpose()
}

/// What a proposal comes to as it was proposed, of what falls due after a day.
///
/// # Errors
/// [`Fault::Corrupt`]
pub fn figures_of(row: &row::Model, on: chrono::NaiveDate) -> Result<Figures, Fault> {
    let corrupt = |what: &str| Fault::Corrupt(format!("{what} of change {}", row.id));
    let plan = row.plan_after.as_deref().ok_or_else(|| corrupt("plan"))?;
    let plan = serde_json::from_str(plan).map_err(|error| corrupt(&format!("plan ({error})")))?;
    let rate = row.rate_after.parse().map_err(|_| corrupt("rate"))?;
    Figures::of(&plan, rate, on).map_err(|error| corrupt(&error.to_string()))
}

/// Writes a new change; false where one is already proposed for the loan.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &Tx, row: row::Model) -> Result<bool, Fault> {
    about::insert_unless_one_waits(tx, row::ActiveModel::from(row)).await
}

/// Writes what became of a change; its row must still be as read.
///
/// # Errors
/// The database's fault; a conflict where another transaction decided it meanwhile.
pub async fn update(tx: &Tx, read: &row::Model, change: row::ActiveModel) -> Result<(), Fault> {
    let change = row::ActiveModel { version: Set(read.version + 1), ..change };
    let as_read =
        about::AsRead { id: (row::Column::Id, read.id), version: (row::Column::Version, read.version) };
    if about::answer_as_read(tx, as_read, change).await? {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("change {} was decided or answered by another", read.id)))
    }
}
