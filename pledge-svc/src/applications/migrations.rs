//! The tables of applications.

use sea_orm_migration::prelude::*;

/// Applications and the patents offered. The database keeps four eyes and the order of the amounts too.
pub struct ApplicationTables;

impl MigrationName for ApplicationTables {
    fn name(&self) -> &'static str {
        "m2026_0110_application"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for ApplicationTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = |name: &str| ColumnDef::new(Alias::new(name));
        let application = Table::create()
            .table(Alias::new("application"))
            .col(column("id").uuid().not_null().primary_key())
            .col(column("number").string().not_null().unique_key())
            .col(column("facility_id").uuid().not_null())
            .col(column("facility_name").string().not_null())
            .col(column("bank_id").uuid().not_null())
            .col(column("bank_name").string().not_null())
            .col(column("enterprise_id").uuid().not_null())
            .col(column("enterprise_name").string().not_null())
            .col(column("amount_fen").big_integer().not_null())
            .col(column("tenor_months").integer().not_null())
            .col(column("purpose").text().not_null())
            .col(column("status").string().not_null())
            .col(column("findings").text().not_null())
            .col(column("declarations").text().not_null())
            .col(column("assessor_id").uuid())
            .col(column("assessor").string())
            .col(column("assessed_at").timestamp_with_time_zone())
            .col(column("assessment_comment").text())
            .col(column("recommended_fen").big_integer())
            .col(column("collateral_fen").big_integer())
            .col(column("maximum_loan_fen").big_integer())
            .col(column("decider_id").uuid())
            .col(column("decider").string())
            .col(column("decided_at").timestamp_with_time_zone())
            .col(column("decided_fen").big_integer())
            .col(column("decision_reason").text())
            .col(column("pledge_id").uuid().unique_key())
            .col(column("holds_reservation").boolean().not_null())
            .col(column("submitted_on").date().not_null())
            .col(column("created_at").timestamp_with_time_zone().not_null())
            .col(column("version").big_integer().not_null())
            .check(Expr::cust("status IN ('submitted', 'assessed', 'approved', 'refused', 'withdrawn')"))
            .check(Expr::cust("amount_fen > 0 AND tenor_months > 0"))
            .check(Expr::cust("recommended_fen IS NULL OR recommended_fen <= amount_fen"))
            .check(Expr::cust("recommended_fen IS NULL OR recommended_fen <= maximum_loan_fen"))
            .check(Expr::cust(
                "status <> 'approved' OR (assessor_id IS NOT NULL AND assessor_id <> decider_id \
                 AND decided_fen > 0 AND decided_fen <= recommended_fen)",
            ))
            .check(Expr::cust("status <> 'refused' OR assessor_id IS NULL OR assessor_id <> decider_id"))
            .check(Expr::cust("holds_reservation = FALSE OR status = 'approved'"))
            .to_owned();
        manager.create_table(application).await?;
        let patent = Table::create()
            .table(Alias::new("application_patent"))
            .col(column("application_id").uuid().not_null())
            .col(column("position").integer().not_null())
            .col(column("patent_id").uuid().not_null())
            .col(column("number").string().not_null())
            .col(column("title").text().not_null())
            .col(column("valuation_id").uuid())
            .col(column("collateral_fen").big_integer())
            .col(column("maximum_loan_fen").big_integer())
            .col(column("ltv_cap").string())
            .col(column("valid_until").date())
            .primary_key(Index::create().col(Alias::new("application_id")).col(Alias::new("patent_id")))
            .to_owned();
        manager.create_table(patent).await?;
        let db = manager.get_connection();
        for index in [
            "CREATE INDEX application_bank ON application (bank_id, created_at, id)",
            "CREATE INDEX application_enterprise ON application (enterprise_id, created_at, id)",
            "CREATE INDEX application_created ON application (created_at, id)",
            "CREATE INDEX application_held ON application (facility_id, enterprise_id) \
             WHERE holds_reservation = TRUE",
        ] {
            db.execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["application_patent", "application"] {
            manager.drop_table(Table::drop().table(Alias::new(name)).to_owned()).await?;
        }
        Ok(())
    }
}
