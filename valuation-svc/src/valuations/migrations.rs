//! The table of valuations.

use sea_orm_migration::prelude::*;

use tx_kit::schema::{date, drop, flag, id, integer, run, stamp, string, table, text, uuid, uuid_or_none};

/// Valuations.
pub struct ValuationTables;

impl MigrationName for ValuationTables {
    fn name(&self) -> &'static str {
        "m2026_0030_valuations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for ValuationTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut valuation = table(
            "valuation",
            [
                id("id"),
                string("number"),
                uuid("tenant"),
                string("tenant_name"),
                uuid("patent_id"),
                string("patent_number"),
                text("patent_title"),
                string("purpose"),
                integer("score_hundredths"),
                string("grade"),
                integer("value_fen"),
                integer("low_fen"),
                integer("high_fen"),
                integer("collateral_fen"),
                integer("maximum_loan_fen"),
                date("valuation_date"),
                date("valid_until"),
                string("model_version"),
                integer("seed"),
                uuid_or_none("model_version_id"),
                string("content_hash"),
                flag("external_report_required"),
                uuid_or_none("override_id"),
                text("effective"),
                integer("row_version"),
                uuid("requested_by_id"),
                string("requested_by"),
                text("inputs"),
                text("result"),
                stamp("created_at"),
            ],
        );
        let amounts = "low_fen >= 0 AND low_fen <= value_fen AND value_fen <= high_fen AND collateral_fen >= 0 \
                       AND collateral_fen <= value_fen AND maximum_loan_fen >= 0 AND maximum_loan_fen <= collateral_fen";
        valuation.check(Expr::cust(amounts)).check(Expr::cust("valid_until >= valuation_date"));
        manager.create_table(valuation).await?;
        run(
            manager,
            &[
                "CREATE UNIQUE INDEX valuation_number ON valuation (number)",
                "CREATE INDEX valuation_tenant ON valuation (tenant, created_at, id)",
                "CREATE INDEX valuation_patent ON valuation (patent_id, created_at)",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["valuation"]).await
    }
}
