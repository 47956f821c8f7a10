//! What the rounds compare with, each read once a round: the market index by industry, the model that an organisation
//! values with today.

use std::collections::{HashMap, hash_map::Entry};

use chrono::NaiveDate;
use contracts::OrgId;
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::model::{Finding, is_material_since, market_moved, model_retired};
use crate::{
    models::{self, model::ChampionChange},
    reference,
    valuations::InForce,
};

/// What was read in a round.
#[derive(Default)]
pub(super) struct Sources {
    /// The index of an industry by month, oldest first.
    index: HashMap<String, Vec<(NaiveDate, Decimal)>>,
    /// The model in force and what came before it.
    models: HashMap<(OrgId, &'static str), Model>,
}

/// The model that an organisation values with for a purpose.
struct Model {
    hash: String,
    /// Empty for the platform's default.
    label: String,
    /// The champions that the organisation has had.
    changes: Vec<ChampionChange>,
}

impl Sources {
    /// Whether the industry's index moved by the threshold or more since the valuation date.
    pub(super) async fn market(
        &mut self,
        conn: &impl ConnectionTrait,
        industry: &str,
        (valued_on, today): (NaiveDate, NaiveDate),
        threshold: Decimal,
    ) -> Result<Option<Finding>, Fault> {
        if !self.index.contains_key(industry) {
            let points = reference::market_index(conn, industry, today, today).await?;
            let months = points.into_iter().map(|point| (point.month, point.value)).collect();
            self.index.insert(industry.to_owned(), months);
        }
        let months = self.index.get(industry).map_or(&[][..], Vec::as_slice);
        let then = months.iter().rev().find(|(month, _)| *month <= valued_on);
        let (Some((_, then)), Some((month, now))) = (then, months.last()) else { return Ok(None) };
        Ok(market_moved(*then, *now, &month.format("%Y-%m").to_string(), threshold))
    }

    /// Whether the model that a valuation was made with is no longer the one that its organisation values with, and a
    /// material change lies between: an immaterial one leaves valuations as they are. Going back to the platform's default
    /// is always material, since nobody stated otherwise.
    pub(super) async fn model(
        &mut self,
        conn: &impl ConnectionTrait,
        of: &InForce,
        today: NaiveDate,
    ) -> Result<Option<Finding>, Fault> {
        let Some(used) = &of.model_hash else { return Ok(None) };
        let key = (of.tenant, of.scenario.as_str());
        let now = match self.models.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let (champion, _) = models::in_force(conn, of.tenant, of.scenario, today).await?;
                let changes = models::champion_changes(conn, of.tenant, of.scenario, today).await?;
                place.insert(Model { hash: champion.hash, label: champion.label, changes })
            }
        };
        if now.hash == *used {
            return Ok(None);
        }
        let own = !now.label.is_empty();
        if own && !is_material_since(&now.changes, used, (of.valuation_date, of.created_at)) {
            return Ok(None);
        }
        let (zh, en) = match now.label.as_str() {
            "" => (
                "已不再使用，现用平台默认模型".to_owned(),
                "is no longer in use; the platform's default is".to_owned(),
            ),
            label => (format!("已由 {label} 取代"), format!("was replaced by {label}")),
        };
        Ok(Some(Finding { key: now.hash.clone(), ..model_retired(&of.model_version, &zh, &en) }))
    }
}
