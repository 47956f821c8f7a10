//! Tables of the catalogue.

use sea_orm_migration::prelude::*;

use tx_kit::schema::{
    date, date_or_none, drop, flag, id, integer, run, stamp, string, table, text, uuid, uuid_or_none,
};

/// Patents, their encumbrances, the pledgees' consents, and what was refused without one.
pub struct CatalogueTables;

impl MigrationName for CatalogueTables {
    fn name(&self) -> &'static str {
        "m2026_0010_catalogue"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CatalogueTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let patent = [
            id("id"),
            string("number"),
            string("number_key"),
            string("application_key"),
            string("grant_key"),
            text("title"),
            text("applicants"),
            text("search"),
            text("ipc"),
            string("kind"),
            string("status"),
            string("industry"),
            date("filing_date"),
            date_or_none("expires_on"),
            date("granted_on"),
            date("annuity_due_on"),
            flag("implemented"),
            flag("high_value_mark"),
            uuid_or_none("owner_id"),
            flag("encumbered"),
            flag("generated"),
            string("source"),
            text("record"),
            string("content_hash"),
            integer("version"),
            stamp("created_at"),
            stamp("updated_at"),
        ];
        manager.create_table(table("patent", patent)).await?;
        let mut encumbrance = table(
            "encumbrance",
            [
                uuid("patent_id"),
                uuid("pledge_id"),
                uuid("bank_id"),
                string("bank_name"),
                uuid("enterprise_id"),
                string("status"),
                date("since"),
                date_or_none("ended_on"),
                integer("version"),
                integer("secured_fen"),
            ],
        );
        encumbrance.primary_key(Index::create().col(Alias::new("patent_id")).col(Alias::new("pledge_id")));
        manager.create_table(encumbrance).await?;
        run(
            manager,
            &[
                "CREATE TABLE pledge_consent (
                    consent_id UUID NOT NULL, patent_id UUID NOT NULL, pledge_id UUID NOT NULL,
                    acts VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_until DATE NOT NULL,
                    revoked BOOLEAN NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (consent_id, patent_id))",
                "CREATE TABLE refused_disposal (
                    patent_id UUID NOT NULL, pledge_id UUID NOT NULL, act VARCHAR NOT NULL,
                    refused_on DATE NOT NULL, bank_name VARCHAR NOT NULL, asked_by VARCHAR NOT NULL,
                    at TIMESTAMPTZ NOT NULL, PRIMARY KEY (patent_id, pledge_id, act, refused_on),
                    CHECK (act IN ('transfer', 'licence', 'abandonment')))",
                "CREATE INDEX pledge_consent_patent ON pledge_consent (patent_id)",
                "CREATE UNIQUE INDEX patent_number ON patent (number_key)",
                "CREATE INDEX patent_application ON patent (application_key)",
                "CREATE INDEX patent_grant ON patent (grant_key)",
                "CREATE INDEX patent_by_number ON patent (number, id)",
                "CREATE INDEX patent_by_filing ON patent (filing_date, id)",
                "CREATE INDEX patent_by_title ON patent (title, id)",
                "CREATE INDEX patent_industry ON patent (industry)",
                "CREATE INDEX patent_owner ON patent (owner_id, id)",
                "CREATE INDEX patent_by_grant ON patent (granted_on, id)",
                "CREATE INDEX patent_by_annuity ON patent (annuity_due_on, id)",
                "CREATE INDEX patent_unused ON patent (owner_id, granted_on, id) WHERE NOT implemented",
                "CREATE INDEX encumbrance_pledge ON encumbrance (pledge_id)",
                "CREATE INDEX encumbrance_bank ON encumbrance (bank_id, patent_id, pledge_id)",
                "CREATE INDEX encumbrance_enterprise ON encumbrance (enterprise_id, patent_id, pledge_id)",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["refused_disposal", "pledge_consent", "encumbrance", "patent"]).await
    }
}
