//! The tables of pledges.

use sea_orm_migration::prelude::*;

/// Pledges and the patents under them. The database refuses a patent under two live pledges.
pub struct PledgeTables;

impl MigrationName for PledgeTables {
    fn name(&self) -> &'static str {
        "m2026_0120_pledge"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for PledgeTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = |name: &str| ColumnDef::new(Alias::new(name));
        let pledge = Table::create()
            .table(Alias::new("pledge"))
            .col(column("id").uuid().not_null().primary_key())
            .col(column("number").string().not_null().unique_key())
            .col(column("application_id").uuid().not_null().unique_key())
            .col(column("facility_id").uuid().not_null())
            .col(column("bank_id").uuid().not_null())
            .col(column("bank_name").string().not_null())
            .col(column("enterprise_id").uuid().not_null())
            .col(column("enterprise_name").string().not_null())
            .col(column("status").string().not_null())
            .col(column("registration_number").string().unique_key())
            .col(column("secured_fen").big_integer().not_null())
            .col(column("collateral_fen").big_integer().not_null())
            .col(column("maximum_loan_fen").big_integer().not_null())
            .col(column("valid_until").date().not_null())
            .col(column("submitted_at").timestamp_with_time_zone().not_null())
            .col(column("registered_on").date())
            .col(column("cancelled_on").date())
            .col(column("cancel_reason").text())
            .col(column("version").big_integer().not_null())
            .check(Expr::cust("status IN ('submitted', 'registered', 'cancelled')"))
            .check(Expr::cust(
                "secured_fen > 0 AND secured_fen <= maximum_loan_fen AND maximum_loan_fen <= collateral_fen",
            ))
            .check(Expr::cust(
                "status <> 'registered' OR (registration_number IS NOT NULL AND registered_on IS NOT NULL)",
            ))
            .check(Expr::cust("(status = 'cancelled') = (cancelled_on IS NOT NULL)"))
            .to_owned();
        manager.create_table(pledge).await?;
        let patent = Table::create()
            .table(Alias::new("pledge_patent"))
            .col(column("pledge_id").uuid().not_null())
            .col(column("position").integer().not_null())
            .col(column("patent_id").uuid().not_null())
            .col(column("number").string().not_null())
            .col(column("title").text().not_null())
            .col(column("valuation_id").uuid().not_null())
            .col(column("collateral_fen").big_integer().not_null())
            .col(column("valid_until").date().not_null())
            .col(column("live").boolean().not_null())
            .primary_key(Index::create().col(Alias::new("pledge_id")).col(Alias::new("patent_id")))
            .check(Expr::cust("collateral_fen > 0"))
            .to_owned();
        manager.create_table(patent).await?;
        let db = manager.get_connection();
        for index in [
            // One patent, one live pledge: refusal ground 9, kept by the database too.
            "CREATE UNIQUE INDEX pledge_patent_once ON pledge_patent (patent_id) WHERE live = TRUE",
            "CREATE INDEX pledge_member ON pledge (facility_id, enterprise_id, status)",
            "CREATE INDEX pledge_bank ON pledge (bank_id, submitted_at, id)",
            "CREATE INDEX pledge_enterprise ON pledge (enterprise_id, submitted_at, id)",
            "CREATE INDEX pledge_submitted ON pledge (submitted_at, id)",
        ] {
            db.execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["pledge_patent", "pledge"] {
            manager.drop_table(Table::drop().table(Alias::new(name)).to_owned()).await?;
        }
        Ok(())
    }
}
