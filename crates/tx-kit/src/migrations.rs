//! The tables of this crate, as a migration that each service puts first in its own list.

use sea_orm_migration::prelude::*;

use crate::schema::{drop, flag, id, integer, run, stamp, string, table, text, uuid};

/// Outbox, inbox, idempotency, audit and its seal, jobs.
pub struct TxKitTables;

impl MigrationName for TxKitTables {
    fn name(&self) -> &'static str {
        "m2026_0001_tx_kit"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for TxKitTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let outbox = [
            id("id"),
            uuid("aggregate"),
            integer("version"),
            string("name"),
            text("envelope"),
            stamp("occurred_at"),
            flag("sent"),
        ];
        manager.create_table(table("outbox", outbox)).await?;
        let mut inbox = table("inbox", [string("consumer"), uuid("event_id"), stamp("received_at")]);
        inbox.primary_key(Index::create().col(Alias::new("consumer")).col(Alias::new("event_id")));
        manager.create_table(inbox).await?;
        let idempotency = [id("id"), uuid("request"), text("answer"), stamp("created_at")];
        manager.create_table(table("idempotency", idempotency)).await?;
        let audit = [
            id("id"),
            stamp("at"),
            uuid("user_id"),
            string("user_name"),
            uuid("tenant"),
            string("action"),
            string("subject"),
            uuid("subject_id"),
            text("details"),
            flag("sealed"),
        ];
        manager.create_table(table("audit", audit)).await?;
        let mut seal =
            table("audit_seal", [integer("position"), uuid("audit_id").unique_key().take(), string("hash")]);
        seal.primary_key(Index::create().col(Alias::new("position")));
        manager.create_table(seal).await?;
        let job = [
            id("id"),
            string("kind"),
            uuid("tenant"),
            text("payload"),
            string("state"),
            integer("done"),
            integer("total"),
            text("cursor"),
            text("report"),
            text("actor"),
            stamp("created_at"),
            stamp("started_at").null().take(),
            stamp("finished_at").null().take(),
            stamp("leased_until").null().take(),
        ];
        manager.create_table(table("job", job)).await?;
        run(
            manager,
            &[
                "CREATE INDEX outbox_unsent ON outbox (id) WHERE sent = FALSE",
                "CREATE INDEX audit_unsealed ON audit (id) WHERE sealed = FALSE",
                "CREATE INDEX job_open ON job (kind, state)",
                "CREATE INDEX job_tenant ON job (tenant, id)",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["job", "audit_seal", "audit", "idempotency", "inbox", "outbox"]).await
    }
}
