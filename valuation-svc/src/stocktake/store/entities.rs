//! The rows.

/// Stocktakes.
pub mod campaign {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "stocktake")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant: Uuid,
        pub tenant_name: String,
        pub name: String,
        pub deadline: Date,
        pub filed_from: Option<i32>,
        pub filed_to: Option<i32>,
        pub with_pending: bool,
        #[sea_orm(column_type = "Text")]
        pub colleges: String,
        pub state: String,
        pub bundles: i64,
        pub opened_by: String,
        pub created_at: DateTimeUtc,
        pub closed_by: Option<String>,
        pub closed_at: Option<DateTimeUtc>,
        #[sea_orm(column_type = "Text", nullable)]
        pub closing_note: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub unfinished: Option<String>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Patents' places in stocktakes.
pub mod item {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "stocktake_item")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub campaign_id: Uuid,
        pub tenant: Uuid,
        pub patent_id: Uuid,
        pub patent_number: String,
        #[sea_orm(column_type = "Text")]
        pub patent_title: String,
        pub patent_kind: String,
        pub ipc: String,
        pub filed_on: Option<Date>,
        pub granted_on: Option<Date>,
        pub college: String,
        pub inventor_id: Option<Uuid>,
        pub inventor_name: String,
        pub due_on: Date,
        pub state: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub self_assessment: Option<String>,
        pub self_assessed_by: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub unit_assessment: Option<String>,
        pub unit_assessed_by_id: Option<Uuid>,
        pub unit_assessed_by: Option<String>,
        /// The prospect by the transfer office, else by the inventor; 0 where nobody has said.
        pub grade: i64,
        /// Said not to be used, with no reason on file.
        pub idle: bool,
        #[sea_orm(column_type = "Text")]
        pub labels: String,
        pub bundle: Option<i64>,
        #[sea_orm(column_type = "Text", nullable)]
        pub reason: Option<String>,
        pub reviewed_by: Option<String>,
        pub updated_at: DateTimeUtc,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Bundles of a stocktake.
pub mod bundle {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "stocktake_bundle")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub campaign_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub bundle: i64,
        pub name: String,
        #[sea_orm(column_type = "Text")]
        pub note: String,
        pub made_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
