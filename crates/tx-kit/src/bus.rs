//! The event bus: in-process for the all-in-one binary, NATS JetStream for separate processes.
//!
//! Both deliver at least once. A consumer makes its effect exactly once with [`crate::inbox`].

pub mod in_process;
pub mod nats;

use std::sync::Arc;

use async_trait::async_trait;
use contracts::Envelope;
use tokio_util::sync::CancellationToken;

use crate::Fault;

/// Something that wants events.
#[async_trait]
pub trait Consumer: Send + Sync + 'static {
    /// Its stable name: the durable position on the bus and the key in its inbox.
    fn name(&self) -> &'static str;

    /// Whether it wants events of this name (`loan.drawn.v1`).
    fn wants(&self, event_name: &str) -> bool;

    /// Takes a batch, in one transaction of its own database. Asked again with the same events after a fault.
    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault>;
}

/// The way between services.
#[async_trait]
pub trait Bus: Send + Sync + 'static {
    /// Hands events over; returns when the bus (or every consumer in this process) has them safely.
    async fn publish(&self, batch: &[Envelope]) -> Result<(), Fault>;

    /// Attaches a consumer; it is served until `stop`.
    async fn attach(&self, consumer: Arc<dyn Consumer>, stop: CancellationToken) -> Result<(), Fault>;
}
