//! A service as the suite or its own thin binary starts it: a router, its document, its workers.

use std::{future::Future, pin::Pin};

use axum::Router;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use utoipa::openapi::OpenApi;

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
    /// Its routes, with its own door (token verification) in front.
    pub router: Router,
    /// What its routes are.
    pub openapi: OpenApi,
    /// Its background work.
    pub workers: Vec<Worker>,
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
