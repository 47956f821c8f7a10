//! Each look of the regulator is written into the trail of the service that was looked at.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use contracts::OrgKind;
use identity::Caller;
use tx_kit::{AuditEntry, Db, InTx};

use crate::Problem;

/// Middleware behind the door: what the regulator reads is recorded before it is shown. A look that cannot be
/// recorded is not shown.
pub async fn record(State(db): State<Arc<Db>>, request: Request, next: Next) -> Response {
    let looking = request
        .extensions()
        .get::<Caller>()
        .filter(|caller| caller.org_kind == OrgKind::Regulator && request.method() == Method::GET);
    if let Some(caller) = looking {
        let what = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let (actor, what) = (&caller.actor(), &what);
        let written = db
            .run(|tx| {
                async move {
                    let look = AuditEntry::new(actor, "regulator.look", "request", actor.tenant).with(what);
                    tx.audit([look]).await
                }
                .in_tx()
            })
            .await;
        if let Err(fault) = written {
            return Problem::from(fault).into_response();
        }
    }
    next.run(request).await
}
