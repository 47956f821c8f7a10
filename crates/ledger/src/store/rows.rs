//! The rows of the ledger.

/// Movements.
pub(super) mod movement {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ledger_movement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub book: Uuid,
        pub kind: String,
        pub subject: Uuid,
        pub subject_group: Option<Uuid>,
        pub business_date: Date,
        pub posted_at: DateTimeUtc,
        pub reversal_of: Option<Uuid>,
        #[sea_orm(column_type = "Text", nullable)]
        pub reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Entries.
pub(super) mod entry {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ledger_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub movement_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        pub book: Uuid,
        pub account: String,
        pub business_date: Date,
        pub debit_fen: i64,
        pub credit_fen: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Books, and how far they are closed.
pub(super) mod book {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ledger_book")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub book: Uuid,
        pub closed_to: Option<Date>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Days whose balances are closed.
pub(super) mod day {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ledger_day")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub book: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub business_date: Date,
        pub closed_at: DateTimeUtc,
        pub settled: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Balances of the closed days.
pub(super) mod day_balance {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ledger_day_balance")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub book: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub business_date: Date,
        pub debits_before_fen: i64,
        pub credits_before_fen: i64,
        pub opening_fen: i64,
        pub debit_fen: i64,
        pub credit_fen: i64,
        pub closing_fen: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
