//! The bus over NATS JetStream: one stream for all events, a durable pull consumer for each [`Consumer`].

use std::{sync::Arc, time::Duration};

use async_nats::{
    Client, ConnectErrorKind,
    connection::State,
    jetstream::{
        self, AckKind, ErrorCode,
        consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull},
        context::CreateStreamErrorKind,
        stream::{self, StorageType},
    },
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
    client: Client,
    jetstream: jetstream::Context,
    stream: String,
}

impl NatsBus {
    /// Connects and makes sure that the stream exists.
    ///
    /// # Errors
    /// [`Fault::BusAway`] while the server is not to be reached or chooses its leader; one sentence when it refuses or has no
    /// JetStream.
    pub async fn connect(url: &str, stream: &str) -> Result<Self, Fault> {
        let client = async_nats::ConnectOptions::new()
            .name("ip-finance")
            .connection_timeout(Duration::from_secs(5))
            .connect(url)
            .await
            .map_err(|error| match error.kind() {
                ConnectErrorKind::Dns
                | ConnectErrorKind::TimedOut
                | ConnectErrorKind::Io
                | ConnectErrorKind::MaxReconnects => Fault::BusAway(format!("NATS does not answer: {error}")),
                _ => Fault::Bus(format!("NATS refuses the connection: {error}")),
            })?;
        let jetstream = jetstream::new(client.clone());
        jetstream
            .get_or_create_stream(stream::Config {
                name: stream.to_owned(),
                subjects: vec![format!("{stream}.>")],
                storage: StorageType::File,
                duplicate_window: DUPLICATE_WINDOW,
                ..stream::Config::default()
            })
            .await
            .map_err(|error| {
                let said = format!("the stream {stream} cannot be made: {error}");
                match error.kind() {
                    CreateStreamErrorKind::TimedOut => Fault::BusAway(said),
                    // Servers that have not chosen a leader yet.
                    CreateStreamErrorKind::JetStream(refusal)
                        if [ErrorCode::CLUSTER_NOT_AVAILABLE, ErrorCode::CLUSTER_NOT_LEADER]
                            .contains(&refusal.error_code()) =>
                    {
                        Fault::BusAway(said)
                    }
                    CreateStreamErrorKind::JetStreamUnavailable => {
                        Fault::Bus("NATS runs without JetStream: start its server with -js".to_owned())
                    }
                    _ => gone_or_refused(&client, said),
                }
            })?;
        Ok(Self { client, jetstream, stream: stream.to_owned() })
    }

    async fn pull_consumer(&self, name: &str) -> Result<PullConsumer, Fault> {
        // A dot would end the name's part of the subject that the server is asked on: it would never answer.
        let name = &name.replace('.', "-");
        let stream = self.jetstream.get_stream(&self.stream).await;
        let stream = stream.map_err(|error| gone_or_refused(&self.client, error.to_string()))?;
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
            .map_err(|error| gone_or_refused(&self.client, error.to_string()))
    }
}

/// What a request came to: no answer of a server that is gone, or its refusal.
fn gone_or_refused(client: &Client, said: String) -> Fault {
    if client.connection_state() == State::Connected { Fault::Bus(said) } else { Fault::BusAway(said) }
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
