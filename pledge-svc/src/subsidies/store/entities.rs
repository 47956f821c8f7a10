//! The rows.

/// Schemes.
pub mod scheme {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "subsidy_scheme")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub fund_id: Uuid,
        pub fund_name: String,
        pub name: String,
        pub kind: String,
        #[sea_orm(column_type = "Text")]
        pub terms: String,
        pub valid_from: Date,
        pub valid_until: Date,
        pub status: String,
        pub funded_fen: i64,
        pub paid_fen: i64,
        pub maker_id: Uuid,
        pub maker: String,
        pub checker: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub reason: Option<String>,
        pub created_at: DateTimeUtc,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Claims.
pub mod claim {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "subsidy_claim")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub scheme_id: Uuid,
        pub scheme_name: String,
        pub fund_id: Uuid,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub bank_id: Option<Uuid>,
        pub bank_name: Option<String>,
        pub kind: String,
        pub loan_id: Option<Uuid>,
        pub policy_id: Option<Uuid>,
        #[sea_orm(column_type = "Text")]
        pub object: String,
        pub claim_year: i32,
        pub basis_fen: i64,
        pub computed_fen: i64,
        pub amount_fen: i64,
        pub status: String,
        pub maker_id: Uuid,
        pub maker: String,
        pub decided_by_id: Option<Uuid>,
        pub decided_by: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub reason: Option<String>,
        pub paid_by: Option<String>,
        pub paid_on: Option<Date>,
        pub payment_id: Option<Uuid>,
        pub credit_id: Option<Uuid>,
        pub created_at: DateTimeUtc,
        pub decided_at: Option<DateTimeUtc>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Payments whose interest a claim holds on to.
pub mod payment {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "subsidy_claim_payment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub claim_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub repayment_id: Uuid,
        pub paid_on: Date,
        pub interest_fen: i64,
        pub contract_rate: String,
        pub live: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Money received for a scheme.
pub mod funding {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "subsidy_funding")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub scheme_id: Uuid,
        pub amount_fen: i64,
        pub reference: String,
        pub booked_on: Date,
        pub recorded_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Policies as insurance-svc told of them.
pub mod policy {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "subsidy_policy")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub policy_id: Uuid,
        pub known: bool,
        pub number: String,
        pub product: String,
        pub insurer_name: String,
        pub insured_id: Uuid,
        pub insured_name: String,
        pub premium_fen: i64,
        pub returned_fen: i64,
        pub starts_on: Date,
        pub ends_on: Date,
        pub status: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
