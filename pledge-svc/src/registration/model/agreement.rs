//! Whether the catalogue shows the pledges that there are: each registered pledge over each of its patents, and no
//! other.

use std::collections::BTreeSet;

use contracts::{PatentId, PledgeId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A pledge over a patent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct Lien {
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The patent.
    pub patent_id: PatentId,
}

/// How register and catalogue compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RegisterAgreement)]
pub struct Agreement {
    /// Whether they agree.
    pub agrees: bool,
    /// Pledges over patents that are registered.
    pub registered: usize,
    /// Pledges over patents that the catalogue shows.
    pub shown: usize,
    /// Registered, and not shown by the catalogue.
    pub not_shown: Vec<Lien>,
    /// Shown by the catalogue, and not registered.
    pub not_registered: Vec<Lien>,
}

/// Compares what is registered with what the catalogue shows.
#[must_use]
pub fn agreement(registered: &BTreeSet<Lien>, shown: &BTreeSet<Lien>) -> Agreement {
    let not_shown: Vec<Lien> = registered.difference(shown).copied().collect();
    let not_registered: Vec<Lien> = shown.difference(registered).copied().collect();
    Agreement {
        agrees: not_shown.is_empty() && not_registered.is_empty(),
        registered: registered.len(),
        shown: shown.len(),
        not_shown,
        not_registered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lien(pledge: u128, patent: u128) -> Lien {
        Lien {
            pledge_id: PledgeId::from_uuid(uuid::Uuid::from_u128(pledge)),
            patent_id: PatentId::from_uuid(uuid::Uuid::from_u128(patent)),
        }
    }

    #[test]
    fn what_only_one_of_the_two_knows_is_named() {
        let registered = BTreeSet::from([lien(1, 1), lien(1, 2)]);
        let shown = BTreeSet::from([lien(1, 2), lien(2, 3)]);
        let found = agreement(&registered, &shown);
        assert!(!found.agrees);
        assert_eq!((found.not_shown, found.not_registered), (vec![lien(1, 1)], vec![lien(2, 3)]));
        assert!(agreement(&registered, &registered).agrees);
    }
}
