//! The rows of applications and of the patents they offer.

/// The application table.
pub mod application {
    use sea_orm::entity::prelude::*;

    /// One application.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "application")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub facility_id: Uuid,
        pub facility_name: String,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub amount_fen: i64,
        pub tenor_months: i32,
        #[sea_orm(column_type = "Text")]
        pub purpose: String,
        pub product: String,
        pub status: String,
        #[sea_orm(column_type = "Text")]
        pub findings: String,
        #[sea_orm(column_type = "Text")]
        pub declarations: String,
        #[sea_orm(column_type = "Text")]
        pub statements: String,
        #[sea_orm(column_type = "Text")]
        pub deficiencies: String,
        pub assessor_id: Option<Uuid>,
        pub assessor: Option<String>,
        pub assessed_at: Option<DateTimeUtc>,
        #[sea_orm(column_type = "Text", nullable)]
        pub assessment_comment: Option<String>,
        pub recommended_fen: Option<i64>,
        pub collateral_fen: Option<i64>,
        pub maximum_loan_fen: Option<i64>,
        #[sea_orm(column_type = "Text", nullable)]
        pub assessment_findings: Option<String>,
        pub consenter_id: Option<Uuid>,
        pub consenter: Option<String>,
        pub consented_at: Option<DateTimeUtc>,
        pub consent_agrees: Option<bool>,
        #[sea_orm(column_type = "Text", nullable)]
        pub consent_comment: Option<String>,
        pub first_approver_id: Option<Uuid>,
        pub first_approver: Option<String>,
        pub first_approved_at: Option<DateTimeUtc>,
        pub first_approved_fen: Option<i64>,
        #[sea_orm(column_type = "Text", nullable)]
        pub first_comment: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub first_under: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub first_demand: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub first_terms: Option<String>,
        pub decider_id: Option<Uuid>,
        pub decider: Option<String>,
        pub decided_at: Option<DateTimeUtc>,
        pub decided_fen: Option<i64>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_reason: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_under: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_demand: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_terms: Option<String>,
        pub appeal_until: Option<Date>,
        pub approval_until: Option<Date>,
        #[sea_orm(column_type = "Text", nullable)]
        pub appeal: Option<String>,
        pub refuser_id: Option<Uuid>,
        pub appeal_decider_id: Option<Uuid>,
        pub clock: Option<String>,
        pub clock_started_on: Option<Date>,
        pub due_on: Date,
        pub review_days_left: Option<i32>,
        pub pledge_id: Option<Uuid>,
        pub holds_reservation: bool,
        pub submitted_on: Date,
        pub created_at: DateTimeUtc,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The patents offered.
pub mod patent {
    use sea_orm::entity::prelude::*;

    /// One patent of one application.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "application_patent")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub application_id: Uuid,
        pub position: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub patent_id: Uuid,
        pub number: String,
        #[sea_orm(column_type = "Text")]
        pub title: String,
        pub valuation_id: Option<Uuid>,
        pub collateral_fen: Option<i64>,
        pub maximum_loan_fen: Option<i64>,
        pub ltv_cap: Option<String>,
        pub valid_until: Option<Date>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
