//! How patents stand, as the catalogue last told, whether they are pledged or not: what is told just before a pledge
//! is made must not be lost.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::PatentId;
use identity::Scope;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use tx_kit::{Fault, Tx};

use crate::registration::model::Right;

/// The rows of rights.
mod right_row {
    use sea_orm::entity::prelude::*;

    /// One patent.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "patent_right")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub patent_id: Uuid,
        pub status: String,
        pub since: Option<Date>,
        /// The patent's version that the status is of.
        pub status_version: i64,
        #[sea_orm(column_type = "Text")]
        pub challenges: String,
        /// The patent's version that the challenges are of.
        pub challenges_version: i64,
        /// The day up to which annuities are paid, where the catalogue has told of it.
        pub annuity_until: Option<Date>,
        /// The patent's version that this day is of.
        pub annuity_version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use right_row::Column;

/// News of one patent.
#[derive(Debug, Clone)]
pub enum News {
    /// Its legal status.
    Status {
        /// The word of the catalogue.
        to: String,
        /// Since when.
        since: NaiveDate,
    },
    /// The proceedings that are open against it.
    Challenges(Vec<String>),
}

/// How patents stand; those of which nothing was told are not in the answer. Facts of patents are public.
///
/// # Errors
/// The database's fault.
pub async fn find(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    patents: &[PatentId],
) -> Result<HashMap<PatentId, Right>, Fault> {
    if patents.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = right_row::Entity::find()
        .filter(Column::PatentId.is_in(patents.iter().map(|id| id.uuid())))
        .all(conn)
        .await?;
    rows.into_iter().map(|row| Ok((row.patent_id.into(), right_of(&row)?))).collect()
}

/// Notes how a patent stands as the catalogue showed it to whoever asked, where it has told nothing of it yet. Whatever it
/// tells later is newer.
///
/// # Errors
/// The database's fault.
pub async fn note_shown(
    tx: &mut Tx,
    patent: PatentId,
    status: &str,
    since: Option<NaiveDate>,
) -> Result<(), Fault> {
    let known = right_row::Entity::find_by_id(patent.uuid()).lock_exclusive().one(tx.conn()).await?;
    if known.as_ref().is_some_and(|row| row.status_version > 0 || !row.status.is_empty()) {
        return Ok(());
    }
    let shown = right_row::ActiveModel {
        patent_id: Set(patent.uuid()),
        status: Set(status.to_owned()),
        since: Set(since),
        status_version: Set(0),
        ..Default::default()
    };
    if known.is_some() {
        right_row::Entity::update(shown).exec(tx.conn()).await?;
        return Ok(());
    }
    let first = right_row::ActiveModel {
        challenges: Set("[]".to_owned()),
        challenges_version: Set(0),
        annuity_until: Set(None),
        annuity_version: Set(0),
        ..shown
    };
    right_row::Entity::insert(first)
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(())
}

/// Notes what was told of a patent in a version of it; how it stood before and how it stands now. Older news than
/// what is known changes nothing.
///
/// # Errors
/// The database's fault.
pub async fn note(
    tx: &mut Tx,
    patent: PatentId,
    version: i64,
    news: &News,
) -> Result<Option<(Right, Right)>, Fault> {
    let (mut row, is_new) = held(tx, patent).await?;
    let before = right_of(&row)?;
    match news {
        News::Status { to, since } if version > row.status_version => {
            (row.status, row.since, row.status_version) = (to.clone(), Some(*since), version);
        }
        News::Challenges(open) if version > row.challenges_version => {
            (row.challenges, row.challenges_version) = (serde_json::to_string(open)?, version);
        }
        _ => return Ok(None),
    }
    let after = right_of(&row)?;
    write(tx, row, is_new).await?;
    Ok(Some((before, after)))
}

/// Notes until when a patent's annuities are paid, as was told in a version of it; whether that is news.
///
/// # Errors
/// The database's fault.
pub async fn note_annuity(
    tx: &mut Tx,
    patent: PatentId,
    version: i64,
    until: NaiveDate,
) -> Result<bool, Fault> {
    let (mut row, is_new) = held(tx, patent).await?;
    if version <= row.annuity_version {
        return Ok(false);
    }
    (row.annuity_until, row.annuity_version) = (Some(until), version);
    write(tx, row, is_new).await?;
    Ok(true)
}

/// Until when the annuities of patents are paid, as the catalogue told; those of which it told nothing are not in the answer.
/// Facts of patents are public.
///
/// # Errors
/// The database's fault.
pub async fn find_annuities(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    patents: &[PatentId],
) -> Result<HashMap<PatentId, NaiveDate>, Fault> {
    let rows: Vec<(uuid::Uuid, Option<NaiveDate>)> = right_row::Entity::find()
        .select_only()
        .column(Column::PatentId)
        .column(Column::AnnuityUntil)
        .filter(Column::PatentId.is_in(patents.iter().map(|id| id.uuid())))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().filter_map(|(id, until)| Some((id.into(), until?))).collect())
}

/// The row of a patent, locked, and whether it is a new one.
async fn held(tx: &Tx, patent: PatentId) -> Result<(right_row::Model, bool), Fault> {
    let known = right_row::Entity::find_by_id(patent.uuid()).lock_exclusive().one(tx.conn()).await?;
    let is_new = known.is_none();
    let row = known.unwrap_or_else(|| right_row::Model {
        patent_id: patent.uuid(),
        status: String::new(),
        since: None,
        status_version: 0,
        challenges: "[]".to_owned(),
        challenges_version: 0,
        annuity_until: None,
        annuity_version: 0,
    });
    Ok((row, is_new))
}

async fn write(tx: &Tx, row: right_row::Model, is_new: bool) -> Result<(), Fault> {
    let change = right_row::ActiveModel {
        patent_id: Set(row.patent_id),
        status: Set(row.status),
        since: Set(row.since),
        status_version: Set(row.status_version),
        challenges: Set(row.challenges),
        challenges_version: Set(row.challenges_version),
        annuity_until: Set(row.annuity_until),
        annuity_version: Set(row.annuity_version),
    };
    if is_new {
        right_row::Entity::insert(change)
            .exec_without_returning(tx.conn())
            .await
            .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    } else {
        right_row::Entity::update(change).exec(tx.conn()).await?;
    }
    Ok(())
}

fn right_of(row: &right_row::Model) -> Result<Right, Fault> {
    Ok(Right {
        status: row.status.clone(),
        since: row.since,
        challenges: serde_json::from_str(&row.challenges)?,
    })
}
