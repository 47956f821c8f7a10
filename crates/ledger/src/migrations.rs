//! The ledger's tables.

use sea_orm_migration::prelude::*;

/// Movements and entries. Amounts are checked by the database too; nothing offers an update.
pub struct LedgerTables;

impl MigrationName for LedgerTables {
    fn name(&self) -> &'static str {
        "m2026_0002_ledger"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for LedgerTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = |name: &str| ColumnDef::new(Alias::new(name));
        let movement = Table::create()
            .table(Alias::new("ledger_movement"))
            .col(column("id").uuid().not_null().primary_key())
            .col(column("book").uuid().not_null())
            .col(column("kind").string().not_null())
            .col(column("subject").uuid().not_null())
            .col(column("subject_group").uuid())
            .col(column("business_date").date().not_null())
            .col(column("posted_at").timestamp_with_time_zone().not_null())
            .col(column("reversal_of").uuid().unique_key())
            .to_owned();
        manager.create_table(movement).await?;
        let entry = Table::create()
            .table(Alias::new("ledger_entry"))
            .col(column("movement_id").uuid().not_null())
            .col(column("position").integer().not_null())
            .col(column("book").uuid().not_null())
            .col(column("account").string().not_null())
            .col(column("subject").uuid().not_null())
            .col(column("subject_group").uuid())
            .col(column("business_date").date().not_null())
            .col(column("debit_fen").big_integer().not_null())
            .col(column("credit_fen").big_integer().not_null())
            .primary_key(Index::create().col(Alias::new("movement_id")).col(Alias::new("position")))
            .check(Expr::cust("debit_fen >= 0 AND credit_fen >= 0 AND (debit_fen = 0) <> (credit_fen = 0)"))
            .to_owned();
        manager.create_table(entry).await?;
        let db = manager.get_connection();
        for index in [
            "CREATE INDEX ledger_movement_subject ON ledger_movement (subject)",
            "CREATE INDEX ledger_entry_account ON ledger_entry (book, account, business_date)",
            "CREATE INDEX ledger_entry_subject ON ledger_entry (subject, account)",
            "CREATE INDEX ledger_entry_group ON ledger_entry (subject_group, account)",
        ] {
            db.execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["ledger_entry", "ledger_movement"] {
            manager.drop_table(Table::drop().table(Alias::new(name)).to_owned()).await?;
        }
        Ok(())
    }
}
