//! The rows of the subject's tables.

/// What was realised.
pub(crate) mod realisation {
    use sea_orm::entity::prelude::*;

    /// One realisation of one patent.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "realisation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub tenant: Uuid,
        pub tenant_name: String,
        pub valuation_id: Uuid,
        pub valuation_number: String,
        pub patent_id: Uuid,
        pub patent_number: String,
        #[sea_orm(column_type = "Text")]
        pub patent_title: String,
        pub kind: String,
        pub amount_fen: i64,
        pub realised_on: Date,
        pub reference: String,
        #[sea_orm(column_type = "Text")]
        pub note: String,
        pub source: String,
        /// The version of what told it; zero where a person did.
        pub source_version: i64,
        pub status: String,
        pub recorder_id: Uuid,
        pub recorder: String,
        pub verifier_id: Option<Uuid>,
        pub verifier: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_reason: Option<String>,
        pub decided_at: Option<DateTimeUtc>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Patents that were pledged.
pub(crate) mod outcome {
    use sea_orm::entity::prelude::*;

    /// One patent of one pledge.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pledge_outcome")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub pledge_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub patent_id: Uuid,
        pub bank_id: Uuid,
        pub enterprise_id: Uuid,
        /// The facility whose loans it secures; absent where that was not told.
        pub facility_id: Option<Uuid>,
        /// The day on which it was first heard of as registered.
        pub registered_on: Date,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Borrowers that defaulted, by the facility of the loan.
pub(crate) mod default {
    use sea_orm::entity::prelude::*;

    /// One borrower of one facility of a bank.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "borrower_default")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub bank_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub enterprise_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub facility_id: Uuid,
        /// The first day.
        pub defaulted_on: Date,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Back-tests.
pub(crate) mod backtest {
    use sea_orm::entity::prelude::*;

    /// One back-test.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "backtest")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub tenant: Uuid,
        pub tenant_name: String,
        pub version_id: Option<Uuid>,
        pub model_version: String,
        pub challenger_id: Option<Uuid>,
        pub challenger_version: Option<String>,
        pub scenario: String,
        pub from_on: Date,
        pub to_on: Date,
        #[sea_orm(column_type = "Text")]
        pub observations: String,
        #[sea_orm(column_type = "Text")]
        pub result: String,
        pub made_by_id: Uuid,
        pub made_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
