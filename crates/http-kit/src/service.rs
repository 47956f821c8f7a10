//! A service as the suite or its own thin binary starts it: a router, its document, its database, its workers.

use std::{future::Future, pin::Pin, sync::Arc};

use axum::Router;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tx_kit::{Bus, Consumer, Db, relay, seal};
use utoipa::openapi::OpenApi;

use crate::{Start, own_process::StartError};

type Work = Box<dyn FnOnce(CancellationToken) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// Something that works in the background until told to stop.
pub struct Worker {
    name: String,
    work: Work,
}

impl Worker {
    /// A worker with a name for the log.
    pub fn new<F>(name: impl Into<String>, work: impl FnOnce(CancellationToken) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self { name: name.into(), work: Box::new(move |stop| Box::pin(work(stop))) }
    }
}

/// One service, built and ready to be started.
pub struct Service {
    /// Which one.
    pub name: contracts::Service,
    /// Its data; the relay and the sealer of [`Service::start`] work on them.
    pub db: Db,
    /// Its routes, with its own door (token verification) in front.
    pub router: Router,
    /// What its routes are.
    pub openapi: OpenApi,
    /// What it wants to hear from the others.
    pub consumers: Vec<Arc<dyn Consumer>>,
    /// Its own background work beside relay and sealer, which every service has.
    pub workers: Vec<Worker>,
}

impl Service {
    /// Attaches its consumers to the bus.
    ///
    /// # Errors
    /// The bus refuses, or is away for too long.
    pub async fn attach(&mut self, bus: &dyn Bus, start: &Start) -> Result<(), StartError> {
        for consumer in self.consumers.drain(..) {
            start.need("NATS", || bus.attach(Arc::clone(&consumer), start.stop())).await?;
        }
        Ok(())
    }

    /// Starts relay, sealer and workers; they end when `stop` is cancelled and are awaited through the set.
    pub fn start(&mut self, bus: &Arc<dyn Bus>, tasks: &mut JoinSet<()>, stop: &CancellationToken) {
        tasks.spawn(relay::run(self.db.clone(), Arc::clone(bus), stop.clone()));
        tasks.spawn(seal::run(self.db.clone(), stop.clone()));
        start_workers(std::mem::take(&mut self.workers), tasks, stop);
    }
}

/// Starts workers; they end when `stop` is cancelled and are awaited through the set.
pub fn start_workers(workers: Vec<Worker>, tasks: &mut JoinSet<()>, stop: &CancellationToken) {
    for worker in workers {
        let stop = stop.clone();
        tasks.spawn(async move {
            tracing::debug!(worker = worker.name, "starts");
            (worker.work)(stop).await;
            tracing::debug!(worker = worker.name, "has stopped");
        });
    }
}
