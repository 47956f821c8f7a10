//! What is known of patents on the day that decides whether they are offered: their right, disputes, pledges with the
//! pledgees' consents, and what their owners said in a stocktake. And their score by the platform's own index tree.

use std::{collections::HashMap, sync::LazyLock};

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;
use uuid::Uuid;

use super::model::{available::Standing, compare::Side, segment::terms, similarity::Bag};
use crate::{
    catalogue::{
        PatentRecord, consent,
        disposal::Disposal,
        encumbrance,
        record::DisputeKind,
        store::{self, patent},
    },
    scoring::model::{Assessment, IndexTree, Scenario, assess},
    stocktake,
};

static TREE: LazyLock<IndexTree> = LazyLock::new(IndexTree::platform_default);

/// A patent with where it stands.
pub(super) struct Offered {
    /// Its record.
    pub record: PatentRecord,
    /// Where it stands.
    pub standing: Standing,
}

/// Each of the patents with where it stands on a day.
///
/// # Errors
/// The database's fault; a record that no longer reads.
pub(super) async fn of_patents(
    conn: &impl ConnectionTrait,
    rows: &[patent::Model],
    on: NaiveDate,
) -> Result<HashMap<Uuid, Offered>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let pledges = encumbrance::of_patents(conn, &ids).await?;
    let consents = consent::of_patents(conn, &ids).await?;
    let said = stocktake::willingness(conn, &ids).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let record = store::record_of(row)?;
        let held = pledges.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let consented = held.iter().all(|pledge| {
            [Disposal::Licence, Disposal::Transfer]
                .into_iter()
                .any(|act| consents.cover(pledge.pledge_id, row.id, act, on))
        });
        let standing = Standing {
            status: record.legal_status(on),
            disputed: record.has_open(DisputeKind::Ownership) || record.has_open(DisputeKind::Preservation),
            pledged: !held.is_empty(),
            consented,
            willing: said.get(&row.id).copied(),
        };
        found.insert(row.id, Offered { record, standing });
    }
    Ok(found)
}

/// What a patent is about.
#[must_use]
pub(super) fn side_of(record: &PatentRecord) -> Side {
    let facts = &record.facts;
    Side {
        bag: Bag::of(&terms(&facts.title), &terms(facts.abstract_text.as_deref().unwrap_or_default())),
        industry: record.industry(),
        ipc: facts.ipc.clone(),
    }
}

/// A patent's score by the platform's tree for a licence, with its grade; nothing where it is not assessed.
#[must_use]
pub(super) fn score_of(record: &PatentRecord, on: NaiveDate) -> Option<(f64, String)> {
    match assess(&TREE, Scenario::Licence, &record.scoring_facts(on), on) {
        Assessment::Assessed(score) => {
            let grade = score.grade.map(|grade| grade.as_str().to_owned()).unwrap_or_default();
            Some((score.total, grade))
        }
        Assessment::NotAssessable(_) => None,
    }
}
