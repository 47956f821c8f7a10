//! Logs (pretty or JSON), traces over OTLP where an endpoint is set, metrics on `/metrics`.

use std::{io::IsTerminal, sync::OnceLock, time::Instant};

use axum::{
    extract::{MatchedPath, Request},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use opentelemetry::{KeyValue, metrics::Histogram, trace::TracerProvider as _};
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::{Resource, metrics::SdkMeterProvider, trace::SdkTracerProvider};
use prometheus::{Encoder, TextEncoder};
use tracing::Span;
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{LogFormat, Settings};

static REGISTRY: OnceLock<prometheus::Registry> = OnceLock::new();
static DURATION: OnceLock<Histogram<f64>> = OnceLock::new();

/// Telemetry could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("telemetry: {0}")]
pub struct TelemetryError(String);

/// Flushes traces and metrics when dropped at the end of `main`.
pub struct Telemetry {
    tracer: Option<SdkTracerProvider>,
    meter: Option<SdkMeterProvider>,
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(tracer) = &self.tracer {
            // Nothing can be done about a collector that is gone by now.
            drop(tracer.shutdown());
        }
        if let Some(meter) = &self.meter {
            drop(meter.shutdown());
        }
    }
}

/// Sets up logs, traces and metrics for this process, once.
///
/// # Errors
/// When the OTLP endpoint is not an address or telemetry was set up before.
pub fn start(service: &'static str, settings: &Settings) -> Result<Telemetry, TelemetryError> {
    let resource = Resource::builder().with_service_name(service).build();
    let failed = |error: &dyn std::fmt::Display| TelemetryError(error.to_string());
    let filter = EnvFilter::try_new(&settings.log_filter).map_err(|e| failed(&e))?;
    let tracer = match &settings.otlp_endpoint {
        None => None,
        Some(endpoint) => {
            let exporter = opentelemetry_otlp::SpanExporter::builder()
                .with_http()
                .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
                .build()
                .map_err(|e| failed(&e))?;
            Some(
                SdkTracerProvider::builder()
                    .with_batch_exporter(exporter)
                    .with_resource(resource.clone())
                    .build(),
            )
        }
    };
    let logs = match settings.log {
        LogFormat::Json => tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr).boxed(),
        LogFormat::Pretty => {
            let coloured = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            let lines = tracing_subscriber::fmt::layer().with_target(false).with_ansi(coloured);
            lines.with_writer(std::io::stderr).boxed()
        }
    };
    let spans =
        tracer.as_ref().map(|tracer| tracing_opentelemetry::layer().with_tracer(tracer.tracer(service)));
    tracing_subscriber::registry().with(filter).with(logs).with(spans).try_init().map_err(|e| failed(&e))?;
    let meter = start_metrics(resource, settings).map_err(|e| failed(&e))?;
    Ok(Telemetry { tracer, meter })
}

/// Sets up logs for a command that nothing is measured of.
///
/// # Errors
/// When telemetry was set up before.
pub fn logs_alone(service: &'static str, settings: &Settings) -> Result<Telemetry, TelemetryError> {
    start(service, &Settings { otlp_endpoint: None, ..settings.clone() })
}

fn start_metrics(
    resource: Resource,
    settings: &Settings,
) -> Result<Option<SdkMeterProvider>, TelemetryError> {
    let failed = |error: &dyn std::fmt::Display| TelemetryError(error.to_string());
    let registry = prometheus::Registry::new();
    if REGISTRY.set(registry.clone()).is_err() {
        return Ok(None);
    }
    let reader =
        opentelemetry_prometheus::exporter().with_registry(registry).build().map_err(|e| failed(&e))?;
    let mut builder = SdkMeterProvider::builder().with_reader(reader).with_resource(resource);
    if let Some(endpoint) = &settings.otlp_endpoint {
        let exporter = opentelemetry_otlp::MetricExporter::builder()
            .with_http()
            .with_endpoint(format!("{}/v1/metrics", endpoint.trim_end_matches('/')))
            .build()
            .map_err(|e| failed(&e))?;
        builder = builder.with_periodic_exporter(exporter);
    }
    let provider = builder.build();
    opentelemetry::global::set_meter_provider(provider.clone());
    Ok(Some(provider))
}

fn duration() -> &'static Histogram<f64> {
    DURATION.get_or_init(|| {
        opentelemetry::global::meter("http")
            .f64_histogram("http.server.request.duration")
            .with_unit("s")
            .with_description("Time to answer a request")
            .with_boundaries(vec![0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0])
            .build()
    })
}

/// The span of a request: method, route (never the raw path with ids), request id.
pub fn request_span(request: &Request) -> Span {
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str);
    let id = request.headers().get("x-request-id").and_then(|value| value.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", http.method = %request.method(), http.route = route, request.id = id)
}

/// Middleware: measures each request by method, route and status.
pub async fn measure(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().to_string();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let labels = [
        KeyValue::new("http.request.method", method),
        KeyValue::new("http.route", route),
        KeyValue::new("http.response.status_code", i64::from(response.status().as_u16())),
    ];
    duration().record(start.elapsed().as_secs_f64(), &labels);
    response
}

/// `/metrics` in the Prometheus text format.
pub async fn metrics_page() -> Response {
    let Some(registry) = REGISTRY.get() else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let mut page = Vec::new();
    let encoder = TextEncoder::new();
    match encoder.encode(&registry.gather(), &mut page) {
        Ok(()) => ([(header::CONTENT_TYPE, encoder.format_type().to_owned())], page).into_response(),
        Err(error) => crate::Problem::fault(&error).into_response(),
    }
}
