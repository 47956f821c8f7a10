//! The platform's directory of organisations, as a test wants it to be.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use contracts::{OrgId, OrgKind, Service};
use serde_json::{Value, json};
use uuid::Uuid;

/// How the directory answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    #[default]
    Answers,
    /// The gateway is down.
    Away,
    /// It answers after the caller has given up.
    Slow,
}

/// Everybody is registered by number ([`registered`]) unless a test says otherwise.
#[derive(Clone, Default)]
pub struct Platform(Arc<Mutex<Told>>);

#[derive(Default)]
struct Told {
    others: HashMap<OrgId, Option<(OrgKind, String)>>,
    mood: Mood,
    asked: usize,
}

/// What an organisation of this number is registered as.
pub fn registered(number: u128) -> (OrgKind, String) {
    let (kind, name) = match number {
        10 => (OrgKind::Bank, "客户经理机构"),
        11 => (OrgKind::Bank, "他行客户经理机构"),
        12..=19 => (OrgKind::Bank, ""),
        20 => (OrgKind::Enterprise, "企业财务机构"),
        21 => (OrgKind::Enterprise, "另一企业财务机构"),
        30 => (OrgKind::Regulator, "检查员机构"),
        40 => (OrgKind::Fund, "基金经理机构"),
        41 => (OrgKind::Fund, "另一基金经理机构"),
        42 | 50 => (OrgKind::Fund, ""),
        45 => (OrgKind::ClusterOperator, ""),
        60 => (OrgKind::Insurer, ""),
        _ => (OrgKind::Enterprise, ""),
    };
    let words = match kind {
        OrgKind::Bank => "银行",
        OrgKind::Fund => "基金",
        OrgKind::Insurer => "保险",
        OrgKind::ClusterOperator => "运营",
        _ => "企业",
    };
    (kind, if name.is_empty() { format!("{words}{number}") } else { name.to_owned() })
}

impl Platform {
    /// Registers an organisation otherwise than by its number.
    pub fn register(&self, id: OrgId, kind: OrgKind, name: &str) {
        self.0.lock().unwrap().others.insert(id, Some((kind, name.to_owned())));
    }

    /// Nobody is registered under this id.
    pub fn forget(&self, id: OrgId) {
        self.0.lock().unwrap().others.insert(id, None);
    }

    /// From now on it answers so.
    pub fn is(&self, mood: Mood) {
        self.0.lock().unwrap().mood = mood;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.0.lock().unwrap().asked
    }

    fn look_up(&self, id: OrgId) -> Option<(OrgKind, String)> {
        let told = self.0.lock().unwrap().others.get(&id).cloned();
        told.unwrap_or_else(|| Some(registered(id.uuid().as_u128())))
    }

    /// A gateway that answers from it.
    pub fn router(&self) -> Router {
        Router::new()
            .route(&format!("{}/organisations/resolve", Service::Gateway.base_path()), post(resolve))
            .with_state(self.clone())
    }
}

async fn resolve(
    State(platform): State<Platform>,
    Json(question): Json<Value>,
) -> Result<Json<Value>, StatusCode> {
    let mood = {
        let mut told = platform.0.lock().unwrap();
        told.asked += 1;
        told.mood
    };
    match mood {
        Mood::Away => return Err(StatusCode::BAD_GATEWAY),
        Mood::Slow => tokio::time::sleep(Duration::from_secs(30)).await,
        Mood::Answers => {}
    }
    let ids: Vec<Uuid> =
        serde_json::from_value(question["ids"].clone()).map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
    if ids.is_empty() || ids.len() > 10_000 {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let item = |id: Uuid| {
        let (kind, name) = platform.look_up(OrgId::from_uuid(id))?;
        Some(json!({ "id": id, "kind": kind, "name": name, "credit_code": null, "cluster": null }))
    };
    Ok(Json(json!({ "items": ids.into_iter().filter_map(item).collect::<Vec<_>>() })))
}
