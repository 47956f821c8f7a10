//! The bus inside one process: publishing is delivering, and it is done when every consumer has committed.

use std::sync::Arc;

use async_trait::async_trait;
use contracts::Envelope;
use tokio::sync::RwLock;
use tokio_util::sync::CancellationToken;

use super::{Bus, Consumer};
use crate::Fault;

/// Delivers directly to the consumers of this process.
#[derive(Default)]
pub struct InProcessBus {
    consumers: RwLock<Vec<Arc<dyn Consumer>>>,
}

#[async_trait]
impl Bus for InProcessBus {
    async fn publish(&self, batch: &[Envelope]) -> Result<(), Fault> {
        let consumers = self.consumers.read().await.clone();
        for consumer in consumers {
            let wanted: Vec<Envelope> =
                batch.iter().filter(|envelope| consumer.wants(envelope.event.name())).cloned().collect();
            if !wanted.is_empty() {
                consumer.consume(&wanted).await?;
            }
        }
        Ok(())
    }

    async fn attach(&self, consumer: Arc<dyn Consumer>, _stop: CancellationToken) -> Result<(), Fault> {
        self.consumers.write().await.push(consumer);
        Ok(())
    }
}
