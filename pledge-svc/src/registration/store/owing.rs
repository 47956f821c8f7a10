//! The loans that pledges secure, by what is still owed on them.

use chrono::NaiveDate;
use contracts::{FacilityId, OrgId};
use identity::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tx_kit::Fault;

use crate::loan::{LoanStatus, store::loan};

/// The last day on which a loan of a facility that is on the books falls due, of one borrower or of all. The suite's own
/// question, as [`list_loans`].
///
/// # Errors
/// The database's fault.
pub async fn find_last_due(
    conn: &impl ConnectionTrait,
    _system: &Scope,
    facility: FacilityId,
    borrower: Option<OrgId>,
) -> Result<Option<NaiveDate>, Fault> {
    let mut select = loan::Entity::find()
        .select_only()
        .column(loan::Column::MaturesOn)
        .filter(loan::Column::FacilityId.eq(facility.uuid()))
        .filter(loan::Column::Status.eq(LoanStatus::Active.name()));
    if let Some(borrower) = borrower {
        select = select.filter(loan::Column::EnterpriseId.eq(borrower.uuid()));
    }
    let last = select.order_by_desc(loan::Column::MaturesOn).limit(1);
    Ok(last.into_tuple().one(conn).await?)
}

/// The most loans that are named at once.
const NAMED_MAX: u64 = 20;

/// The numbers of a facility's loans that are on the books and not repaid, of one borrower or of all, oldest first. What
/// a pledge secures is the suite's own question: the caller has found the pledge in its scope.
///
/// # Errors
/// The database's fault.
pub async fn list_loans(
    conn: &impl ConnectionTrait,
    _system: &Scope,
    facility: FacilityId,
    borrower: Option<OrgId>,
) -> Result<Vec<String>, Fault> {
    let mut select = loan::Entity::find()
        .select_only()
        .column(loan::Column::Number)
        .filter(loan::Column::FacilityId.eq(facility.uuid()))
        .filter(loan::Column::Status.eq(LoanStatus::Active.name()));
    if let Some(borrower) = borrower {
        select = select.filter(loan::Column::EnterpriseId.eq(borrower.uuid()));
    }
    Ok(select.order_by_asc(loan::Column::Id).limit(NAMED_MAX).into_tuple().all(conn).await?)
}
