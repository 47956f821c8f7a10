//! By whose tree a reader wants scores.

use contracts::OrgId;
use http_kit::Problem;
use identity::Scope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::Owner;

/// Whose indices, weights and bands a score is worked out by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ScoreModel {
    /// The platform's.
    #[default]
    Platform,
    /// Those of the version that the caller's bank has in use; for one patent, the platform's where it has none.
    Own,
}

impl ScoreModel {
    /// Of whose tree it is.
    pub(super) const fn of(owner: Owner) -> Self {
        match owner {
            Owner::Platform => Self::Platform,
            Owner::Bank(_) => Self::Own,
        }
    }
}

/// By whose tree what is asked for is: the regulator names the bank, a bank may only name itself.
///
/// # Errors
/// Not found, where a bank is named that the scope does not see.
pub(super) fn owner(scope: &Scope, model: ScoreModel, bank: Option<OrgId>) -> Result<Owner, Problem> {
    match (model, bank) {
        (_, Some(bank)) if scope.sees_all() || scope.tenant() == bank => Ok(Owner::Bank(bank)),
        (_, Some(_)) => Err(Problem::not_found()),
        (ScoreModel::Own, None) => Ok(Owner::Bank(scope.tenant())),
        (ScoreModel::Platform, None) => Ok(Owner::Platform),
    }
}
