//! What a valuation is calculated with: the bank's champion for the purpose on the day, the challengers beside it, or the
//! platform's default. Every content that was ever calculated with is kept by its hash, so that any past valuation can be
//! made again after versions and defaults have moved on.

use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use contracts::{ModelVersionId, OrgId};
use identity::Scope;
use moka::sync::Cache;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QuerySelect, sea_query::OnConflict};
use tx_kit::{Fault, Tx};

use super::{
    model::{ChampionChange, ModelContent, ModelRole, Stored, hash_of},
    store::{self, Head, rows::content, version},
};
use crate::scoring::model::Scenario;

/// A version to calculate with.
#[derive(Debug, Clone)]
pub struct InForce {
    /// The version; absent for the platform's default.
    pub version_id: Option<ModelVersionId>,
    /// How the valuation names it; empty for the platform's default.
    pub label: String,
    /// SHA-256 of the content.
    pub hash: String,
    /// The content as text, to be kept.
    pub text: Arc<str>,
    /// The content.
    pub content: Arc<ModelContent>,
}

impl InForce {
    /// The platform's default.
    #[must_use]
    pub fn platform() -> Self {
        let stored = ModelContent::platform_default();
        Self {
            version_id: None,
            label: String::new(),
            hash: stored.hash.clone(),
            text: Arc::clone(&stored.text),
            content: Arc::clone(&stored.content),
        }
    }

    /// The version of a head; its content is read where nobody has read the one of its hash yet.
    async fn of(conn: &impl ConnectionTrait, scope: &Scope, head: &Head) -> Result<Self, Fault> {
        let ready = match READY.get(&head.content_hash) {
            Some(ready) => ready,
            None => {
                let gone = || Fault::Corrupt(format!("model version {} vanished", head.id));
                let text = store::find_content(conn, scope, head.id).await?.ok_or_else(gone)?;
                ready(&head.content_hash, &text)?
            }
        };
        Ok(Self {
            version_id: Some(head.id.into()),
            label: named(&head.name, head.version, &head.number),
            hash: ready.hash.clone(),
            text: Arc::clone(&ready.text),
            content: Arc::clone(&ready.content),
        })
    }
}

/// Contents that were read and are what their hash says. None of them ever changes, so none of them grows old.
static READY: LazyLock<Cache<String, Arc<Stored>>> = LazyLock::new(|| Cache::new(64));

fn ready(hash: &str, text: &str) -> Result<Arc<Stored>, Fault> {
    if let Some(ready) = READY.get(hash) {
        return Ok(ready);
    }
    if hash_of(text) != hash {
        return Err(Fault::Corrupt(format!("the content {hash} of a model is not what its hash says")));
    }
    let content = Arc::new(serde_json::from_str(text)?);
    let stored = Arc::new(Stored { content, text: text.into(), hash: hash.to_owned() });
    READY.insert(hash.to_owned(), Arc::clone(&stored));
    Ok(stored)
}

/// How a valuation names a version: its name and number.
#[must_use]
pub(crate) fn label(row: &version::Model) -> String {
    named(&row.name, row.version, &row.number)
}

fn named(name: &str, version: i64, number: &str) -> String {
    format!("{name} v{version} ({number})")
}

/// How a version that a scope may see is named.
///
/// # Errors
/// The database's fault.
pub(crate) async fn label_of(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ModelVersionId,
) -> Result<Option<String>, Fault> {
    Ok(store::find_one(conn, scope, id).await?.as_ref().map(label))
}

/// The champion of a bank for a purpose on a day, or the platform's default; and the challengers.
///
/// # Errors
/// The database's fault, or a content that is not the one that was validated.
pub async fn in_force(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    scenario: Scenario,
    on: NaiveDate,
) -> Result<(InForce, Vec<InForce>), Fault> {
    let scope = Scope::of_bank(bank);
    let found = store::find_in_force(conn, &scope, bank, (scenario, on)).await?;
    let mut champion = None;
    let mut challengers = Vec::new();
    for (activation, head) in &found {
        if activation.role == ModelRole::Challenger.name() {
            challengers.push(InForce::of(conn, &scope, head).await?);
        } else if champion.is_none() {
            champion = Some(InForce::of(conn, &scope, head).await?);
        }
    }
    Ok((champion.unwrap_or_else(InForce::platform), challengers))
}

/// The hash of the content of a bank's champion for a purpose on a day, or of the platform's default: whether what was
/// worked out with a champion may still be recorded.
///
/// # Errors
/// The database's fault.
pub async fn champion_hash(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    (scenario, on): (Scenario, NaiveDate),
) -> Result<String, Fault> {
    let found = store::find_in_force(conn, &Scope::of_bank(bank), bank, (scenario, on)).await?;
    let own = found.into_iter().find(|(one, _)| one.role == ModelRole::Champion.name());
    Ok(own.map_or_else(|| ModelContent::platform_default().hash.clone(), |(_, head)| head.content_hash))
}

/// Every champion that a bank has had for a purpose by a day.
///
/// # Errors
/// The database's fault.
pub async fn champion_changes(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    scenario: Scenario,
    by: NaiveDate,
) -> Result<Vec<ChampionChange>, Fault> {
    let found = store::list_champions(conn, &Scope::of_bank(bank), bank, (scenario, by)).await?;
    let changes = found.into_iter().map(|(one, hash, material)| ChampionChange {
        from: one.active_from,
        decided_at: one.created_at,
        hash,
        material,
    });
    Ok(changes.collect())
}

/// Keeps the content of a version for ever.
///
/// # Errors
/// The database's fault.
pub async fn keep(tx: &Tx, used: &InForce) -> Result<(), Fault> {
    let known = content::Entity::find_by_id(used.hash.clone())
        .select_only()
        .column(content::Column::Hash)
        .into_tuple::<String>()
        .one(tx.conn())
        .await?;
    if known.is_some() {
        return Ok(());
    }
    let row = content::ActiveModel {
        hash: Set(used.hash.clone()),
        content: Set(used.text.to_string()),
        kept_at: Set(tx.now()),
    };
    content::Entity::insert(row)
        .on_conflict(OnConflict::column(content::Column::Hash).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// The content that a hash names.
///
/// # Errors
/// The database's fault; a content that was never kept, or is not what its hash says.
pub async fn content_of(conn: &impl ConnectionTrait, hash: &str) -> Result<Arc<ModelContent>, Fault> {
    let default = ModelContent::platform_default();
    if default.hash == hash {
        return Ok(Arc::clone(&default.content));
    }
    if let Some(ready) = READY.get(hash) {
        return Ok(Arc::clone(&ready.content));
    }
    let row = content::Entity::find_by_id(hash.to_owned()).one(conn).await?;
    let row = row.ok_or_else(|| Fault::Corrupt(format!("no content {hash} was kept")))?;
    Ok(Arc::clone(&ready(&row.hash, &row.content)?.content))
}
