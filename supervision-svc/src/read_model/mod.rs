//! The read model: what the regulator's desk knows, as rows. Written by the intake alone, from events alone.
//!
//! Every finder takes a [`Scope`]: the regulator sees all; anyone else, should a route ever be opened to them,
//! sees the rows of its own organisation.

pub(crate) mod appeal;
pub(crate) mod application;
pub(crate) mod claim;
pub(crate) mod disposal_case;
pub(crate) mod disposal_movement;
pub(crate) mod event;
pub(crate) mod facility;
pub(crate) mod fund;
pub(crate) mod fund_agreement;
pub(crate) mod fund_movement;
pub(crate) mod loan;
pub(crate) mod member;
pub(crate) mod patent_status;
pub(crate) mod pledge;
pub(crate) mod pledge_patent;
pub(crate) mod policy;
pub(crate) mod repayment;
pub(crate) mod revaluation;
pub(crate) mod tranche;
pub(crate) mod valuation;

use identity::Scope;
use sea_orm::{ColumnTrait, Condition};

/// The rows whose `owner` the scope may see.
pub(crate) fn visible(scope: &Scope, owner: impl ColumnTrait) -> Condition {
    if scope.sees_all() { Condition::all() } else { Condition::all().add(owner.eq(scope.tenant().uuid())) }
}
