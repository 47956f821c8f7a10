//! The services' documents: at hand for those in this process, asked for where a service is at an address.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use contracts::Service;
use serde_json::Value;
use tokio::{sync::Mutex, time::Instant};
use tx_kit::Fault;
use utoipa::openapi::OpenApi;

use super::merge::merge;
use crate::Upstream;

/// How long before a service that did not give its document is asked again.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// The merged document, as a value and as text.
pub(crate) struct Merged {
    pub(crate) value: Value,
    pub(crate) text: String,
}

/// All documents known, and where to ask for the others.
pub(crate) struct Documents {
    known: RwLock<BTreeMap<Service, Value>>,
    remote: Vec<(Service, String)>,
    client: reqwest::Client,
    merged: RwLock<Option<Arc<Merged>>>,
    asked_at: Mutex<Option<Instant>>,
}

impl Documents {
    pub(crate) fn new(
        documents: Vec<(Service, OpenApi)>,
        upstreams: &[(Service, Upstream)],
    ) -> Result<Self, Fault> {
        let mut known = BTreeMap::new();
        for (service, document) in documents {
            known.insert(service, serde_json::to_value(&document)?);
        }
        let remote = upstreams
            .iter()
            .filter_map(|(service, upstream)| match upstream {
                Upstream::Http(base) if !known.contains_key(service) => {
                    Some((*service, format!("{}/openapi.json", base.trim_end_matches('/'))))
                }
                _ => None,
            })
            .collect();
        Ok(Self {
            known: RwLock::new(known),
            remote,
            client: http_kit::client()?,
            merged: RwLock::new(None),
            asked_at: Mutex::new(None),
        })
    }

    /// Adds a document of this process.
    pub(crate) fn add(&self, service: Service, document: &OpenApi) -> Result<(), Fault> {
        self.learn(service, serde_json::to_value(document)?);
        Ok(())
    }

    fn learn(&self, service: Service, document: Value) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(service, document);
        *self.merged.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What is known, put together; services that were silent so far are asked again now and then.
    pub(crate) async fn merged(&self) -> Arc<Merged> {
        self.ask_the_silent().await;
        if let Some(merged) = self.merged.read().unwrap_or_else(PoisonError::into_inner).clone() {
            return merged;
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        let value = merge(&known);
        let merged = Arc::new(Merged { text: value.to_string(), value });
        *self.merged.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&merged));
        merged
    }

    async fn ask_the_silent(&self) {
        let silent = self.silent();
        if silent.is_empty() {
            return;
        }
        // One asks; whoever comes meanwhile waits for the same answers.
        let mut asked_at = self.asked_at.lock().await;
        if asked_at.is_some_and(|at| at.elapsed() < ASK_AGAIN_AFTER) {
            return;
        }
        let answers = silent.iter().map(|(service, url)| async move { (*service, self.fetch(url).await) });
        for (service, answer) in futures::future::join_all(answers).await {
            match answer {
                Ok(document) => self.learn(service, document),
                Err(error) => tracing::warn!(%service, %error, "a service did not give its document"),
            }
        }
        *asked_at = Some(Instant::now());
    }

    fn silent(&self) -> Vec<(Service, String)> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        self.remote.iter().filter(|(service, _)| !known.contains_key(service)).cloned().collect()
    }

    async fn fetch(&self, url: &str) -> Result<Value, reqwest::Error> {
        self.client.get(url).send().await?.error_for_status()?.json().await
    }
}
