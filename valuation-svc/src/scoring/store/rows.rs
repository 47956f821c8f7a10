//! Rows of scoring.

/// The runs; an id is its job's.
pub mod run {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "scoring_run")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant: Uuid,
        pub scenario: String,
        pub scored_on: Date,
        pub requested_by: String,
        pub created_at: DateTimeUtc,
        /// Whose tree it is by: the nil id for the platform's.
        pub owner: Uuid,
        /// The version of the tree, as scores name it.
        pub model_version: String,
        /// The bank's version; null for the platform's tree.
        pub model_version_id: Option<Uuid>,
        /// Hash of the version's content; null for the platform's tree.
        pub content_hash: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a run has read and not yet written, piece by piece.
pub mod stage {
    use sea_orm::entity::prelude::*;

    /// A piece.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "scoring_stage")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub run_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        #[sea_orm(column_type = "Text")]
        pub brief: String,
        #[sea_orm(column_type = "Text")]
        pub detail: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The last score of each patent, by the platform's tree and by each bank's.
pub mod score {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "patent_score")]
    pub struct Model {
        /// Whose tree it is by: the nil id for the platform's.
        #[sea_orm(primary_key, auto_increment = false)]
        pub owner: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub scenario: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub patent_id: Uuid,
        pub run_id: Uuid,
        pub scored_on: Date,
        pub outcome: String,
        pub total_hundredths: Option<i64>,
        pub coverage_points: i64,
        pub grade: Option<String>,
        pub percentile_points: Option<i64>,
        pub cohort: Option<i64>,
        pub citation_window_open: bool,
        /// What it said of each leaf.
        #[sea_orm(column_type = "Text")]
        pub leaves: String,
        #[sea_orm(column_type = "Text")]
        pub indicators: String,
        pub model_version: String,
        #[sea_orm(column_type = "Text")]
        pub change: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Every score that differs from the one before it.
pub mod history {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "patent_score_history")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub owner: Uuid,
        pub patent_id: Uuid,
        pub scenario: String,
        pub run_id: Uuid,
        pub scored_on: Date,
        pub at: DateTimeUtc,
        pub outcome: String,
        pub total_hundredths: Option<i64>,
        pub coverage_points: i64,
        pub grade: Option<String>,
        pub percentile_points: Option<i64>,
        pub model_version: String,
        #[sea_orm(column_type = "Text")]
        pub change: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What each cohort of the last run says.
pub mod cohort {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "scoring_cohort")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub owner: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub scenario: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub cohort: i64,
        pub run_id: Uuid,
        #[sea_orm(column_type = "Text")]
        pub norms: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
