//! The rows.

/// Funds.
pub mod fund {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "fund")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub sponsor: String,
        pub opened_on: Date,
        pub capital_fen: i64,
        pub paid_fen: i64,
        pub recovered_fen: i64,
        pub committed_fen: i64,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Agreements.
pub mod agreement {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "fund_agreement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub fund_id: Uuid,
        pub fund_name: String,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub facility_id: Option<Uuid>,
        pub facility_name: Option<String>,
        pub commitment_fen: i64,
        pub leverage_max: String,
        pub share_max: String,
        pub cap_per_claim_fen: Option<i64>,
        pub cap_per_year_fen: Option<i64>,
        pub deductible_fen: i64,
        pub threshold: String,
        pub starts_on: Date,
        pub ends_on: Date,
        pub status: String,
        pub stop_cause: Option<String>,
        pub stop_ratio: Option<String>,
        pub stopped_on: Option<Date>,
        pub paid_fen: i64,
        pub returned_fen: i64,
        pub pending_fen: i64,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What moved the money.
pub mod entry {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "fund_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub fund_id: Uuid,
        pub agreement_id: Option<Uuid>,
        pub bank_id: Option<Uuid>,
        pub kind: String,
        pub amount_fen: i64,
        pub balance_fen: i64,
        pub claim_id: Option<Uuid>,
        pub party: String,
        pub reference: String,
        pub maker: String,
        pub approver: String,
        pub booked_on: Date,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What is asked for and decided.
pub mod instruction {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "fund_instruction")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub fund_id: Uuid,
        pub kind: String,
        pub agreement_id: Option<Uuid>,
        #[sea_orm(column_type = "Text")]
        pub content: String,
        pub status: String,
        pub maker_id: Uuid,
        pub maker: String,
        pub approver: Option<String>,
        pub reason: Option<String>,
        pub created_at: DateTimeUtc,
        pub decided_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
