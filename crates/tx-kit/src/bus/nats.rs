//! The bus over NATS JetStream: one stream for all events, a durable pull consumer for each [`Consumer`].

use std::{sync::Arc, time::Duration};

use async_nats::jetstream::{
    self, AckKind,
    consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull},
    stream::{self, StorageType},
};
use async_trait::async_trait;
use contracts::Envelope;
use futures::StreamExt;
use tokio_util::sync::CancellationToken;

use super::{Bus, Consumer};
use crate::Fault;

/// The stream's default name and the prefix of its subjects.
pub const DEFAULT_STREAM: &str = "ipf";
/// Messages taken at a time.
const BATCH: usize = 100;
/// Pause after a consumer's fault before the batch is asked for again.
const BACK_OFF: Duration = Duration::from_millis(500);
/// JetStream forgets message ids after this; within it a second publish of one event is dropped.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(600);

/// A connection to JetStream.
pub struct NatsBus {
    jetstream: jetstream::Context,
    stream: String,
}

impl NatsBus {
    /// Connects and makes sure that the stream exists.
    ///
    /// # Errors
    /// One sentence when the server does not answer or has no JetStream.
    pub async fn connect(url: &str, stream: &str) -> Result<Self, Fault> {
        let client = async_nats::ConnectOptions::new()
            .name("ip-finance")
            .connection_timeout(Duration::from_secs(5))
            .connect(url)
            .await
            .map_err(|error| Fault::Bus(format!("NATS does not answer: {error}")))?;
        let jetstream = jetstream::new(client);
        jetstream
            .get_or_create_stream(stream::Config {
                name: stream.to_owned(),
                subjects: vec![format!("{stream}.>")],
                storage: StorageType::File,
                duplicate_window: DUPLICATE_WINDOW,
                ..stream::Config::default()
            })
            .await
            .map_err(|error| Fault::Bus(format!("the stream {stream} cannot be made: {error}")))?;
        Ok(Self { jetstream, stream: stream.to_owned() })
    }

    async fn pull_consumer(&self, name: &str) -> Result<PullConsumer, Fault> {
        // A dot would end the name's part of the subject that the server is asked on: it would never answer.
        let name = &name.replace('.', "-");
        let stream = self.jetstream.get_stream(&self.stream).await.map_err(|e| Fault::Bus(e.to_string()))?;
        stream
            .get_or_create_consumer(
                name,
                pull::Config {
                    durable_name: Some(name.clone()),
                    ack_policy: AckPolicy::Explicit,
                    deliver_policy: DeliverPolicy::All,
                    ack_wait: Duration::from_secs(30),
                    ..pull::Config::default()
                },
            )
            .await
            .map_err(|e| Fault::Bus(e.to_string()))
    }
}

#[async_trait]
impl Bus for NatsBus {
    async fn publish(&self, batch: &[Envelope]) -> Result<(), Fault> {
        let mut pending = Vec::with_capacity(batch.len());
        for envelope in batch {
            let mut headers = async_nats::HeaderMap::new();
            headers.insert("Nats-Msg-Id", envelope.id.to_string().as_str());
            let subject = format!("{}.{}.{}", self.stream, envelope.source, envelope.event.name());
            let payload = serde_json::to_vec(envelope)?;
            let ack = self
                .jetstream
                .publish_with_headers(subject, headers, payload.into())
                .await
                .map_err(|error| Fault::Bus(error.to_string()))?;
            pending.push(ack);
        }
        for ack in pending {
            ack.await.map_err(|error| Fault::Bus(error.to_string()))?;
        }
        Ok(())
    }

    async fn attach(&self, consumer: Arc<dyn Consumer>, stop: CancellationToken) -> Result<(), Fault> {
        let pull = self.pull_consumer(consumer.name()).await?;
        tokio::spawn(async move {
            while !stop.is_cancelled() {
                let served = tokio::select! {
                    () = stop.cancelled() => return,
                    served = serve_batch(&pull, consumer.as_ref()) => served,
                };
                if let Err(fault) = served {
                    tracing::warn!(consumer = consumer.name(), %fault, "events wait: the consumer refused a batch");
                    tokio::time::sleep(BACK_OFF).await;
                }
            }
        });
        Ok(())
    }
}

async fn serve_batch(pull: &PullConsumer, consumer: &dyn Consumer) -> Result<(), Fault> {
    let bus_fault = |error: &dyn std::fmt::Display| Fault::Bus(error.to_string());
    let mut messages = pull
        .batch()
        .max_messages(BATCH)
        .expires(Duration::from_secs(5))
        .messages()
        .await
        .map_err(|e| bus_fault(&e))?;
    let mut taken = Vec::new();
    let mut batch = Vec::new();
    // The first message opens a batch; it closes as soon as no further one is at hand.
    while let Ok(Some(message)) = tokio::time::timeout(
        if taken.is_empty() { Duration::from_secs(6) } else { Duration::from_millis(5) },
        messages.next(),
    )
    .await
    {
        let message = message.map_err(|e| bus_fault(&e))?;
        match serde_json::from_slice::<Envelope>(&message.payload) {
            Ok(envelope) if consumer.wants(envelope.event.name()) => {
                batch.push(envelope);
                taken.push(message);
            }
            Ok(_) => message.ack().await.map_err(|e| bus_fault(&e))?,
            Err(error) => {
                tracing::error!(%error, subject = %message.subject, "an event that does not parse was set aside");
                message.ack_with(AckKind::Term).await.map_err(|e| bus_fault(&e))?;
            }
        }
    }
    if batch.is_empty() {
        return Ok(());
    }
    let outcome = consumer.consume(&batch).await;
    for message in taken {
        match &outcome {
            Ok(()) => message.ack().await.map_err(|e| bus_fault(&e))?,
            Err(_) => message.ack_with(AckKind::Nak(Some(BACK_OFF))).await.map_err(|e| bus_fault(&e))?,
        }
    }
    outcome
}
