//! The rows of the subject's tables.

/// Versions.
pub(crate) mod version {
    use sea_orm::entity::prelude::*;

    /// One version of one bank.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "model_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub number: String,
        pub version: i64,
        pub name: String,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        pub based_on: Option<Uuid>,
        pub status: String,
        #[sea_orm(column_type = "Text")]
        pub content: String,
        pub content_hash: String,
        pub developer_id: Uuid,
        pub developer: String,
        pub validator_id: Option<Uuid>,
        pub validator: Option<String>,
        pub validated_at: Option<DateTimeUtc>,
        /// The validation report as JSON.
        #[sea_orm(column_type = "Text", nullable)]
        pub validation: Option<String>,
        pub approver_id: Option<Uuid>,
        pub approver: Option<String>,
        pub approved_at: Option<DateTimeUtc>,
        #[sea_orm(column_type = "Text", nullable)]
        pub approval_note: Option<String>,
        pub returned_by: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub returned_reason: Option<String>,
        pub retired_by: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub retired_reason: Option<String>,
        /// When it was first handed in.
        pub submitted_at: Option<DateTimeUtc>,
        /// Whether valuations made with another version are to be made anew.
        pub material: bool,
        /// Why it is, or is not.
        #[sea_orm(column_type = "Text", nullable)]
        pub material_reason: Option<String>,
        pub row_version: i64,
        pub created_at: DateTimeUtc,
        pub changed_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What versions are used for, from a day to a day.
pub(crate) mod activation {
    use sea_orm::entity::prelude::*;

    /// One use.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "model_activation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub bank_id: Uuid,
        pub version_id: Uuid,
        pub scenario: String,
        pub role: String,
        pub active_from: Date,
        /// The first day on which it does not hold any more.
        pub active_until: Option<Date>,
        pub activated_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Contents by hash.
pub(crate) mod content {
    use sea_orm::entity::prelude::*;

    /// One content; it never changes.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "model_content")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
        #[sea_orm(column_type = "Text")]
        pub content: String,
        pub kept_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What challengers said of valuations.
pub(crate) mod challenger {
    use sea_orm::entity::prelude::*;

    /// One challenger's figures for one valuation.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "valuation_challenger")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub valuation_id: Uuid,
        pub tenant: Uuid,
        pub patent_id: Uuid,
        pub version_id: Uuid,
        pub content_hash: String,
        pub model_version: String,
        pub score_hundredths: i64,
        pub grade: String,
        pub value_fen: i64,
        pub low_fen: i64,
        pub high_fen: i64,
        pub collateral_fen: i64,
        pub maximum_loan_fen: i64,
        pub valuation_date: Date,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
