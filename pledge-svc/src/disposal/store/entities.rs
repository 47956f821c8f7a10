//! The rows.

/// Cases.
pub mod case {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "disposal_case")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub loan_id: Uuid,
        pub loan_number: String,
        pub facility_id: Uuid,
        pub facility_name: String,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub cause: String,
        pub reason: Option<String>,
        pub status: String,
        pub opened_on: Date,
        pub opened_by: String,
        pub claim_principal_fen: i64,
        pub claim_interest_fen: i64,
        pub claim_penalty_fen: i64,
        pub claim_costs_fen: i64,
        #[sea_orm(column_type = "Text", nullable)]
        pub plan: Option<String>,
        pub costs_fen: i64,
        pub reimbursed_fen: i64,
        pub proceeds_fen: i64,
        pub repaid_fen: i64,
        pub loss_fen: i64,
        pub compensated_fen: i64,
        pub taken_off_fen: i64,
        pub written_off_fen: i64,
        pub written_back_fen: i64,
        pub claim_kept_fen: i64,
        pub recovered_fen: i64,
        pub own_back_fen: i64,
        pub extra_fen: i64,
        pub returned_fen: i64,
        pub surplus_fen: i64,
        /// Of the interest written off, what had been income and taxed before, less what came back of it.
        pub taxed_fen: i64,
        pub outcome: Option<String>,
        pub closed_on: Option<Date>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What was done to collect.
pub mod action {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "disposal_action")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub case_id: Uuid,
        pub kind: String,
        pub contact: Option<String>,
        #[sea_orm(column_type = "Text")]
        pub note: String,
        pub promised_fen: Option<i64>,
        pub promised_until: Option<Date>,
        pub made_on: Date,
        pub made_by: String,
        pub made_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What is asked for and decided.
pub mod proposal {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "disposal_proposal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub case_id: Uuid,
        pub case_number: String,
        pub bank_id: Uuid,
        pub enterprise_name: String,
        pub kind: String,
        #[sea_orm(column_type = "Text")]
        pub content: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub result: Option<String>,
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

/// Claims on those who share the loss.
pub mod claim {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "disposal_claim")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub case_id: Uuid,
        pub case_number: String,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub enterprise_name: String,
        pub bearer: String,
        pub party_id: Option<Uuid>,
        pub party: String,
        pub agreement_id: Option<Uuid>,
        pub policy_id: Option<Uuid>,
        pub amount_fen: i64,
        pub status: String,
        pub granted_fen: Option<i64>,
        pub reason: Option<String>,
        pub reference: Option<String>,
        pub answered_by_id: Option<Uuid>,
        pub answered_by: Option<String>,
        pub decided_by: Option<String>,
        pub paid_fen: i64,
        pub returned_fen: i64,
        pub eased_fen: i64,
        pub claimed_on: Date,
        pub decided_on: Option<Date>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Patents sold, each under its pledge.
pub mod lot {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "disposal_lot")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub pledge_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub patent_id: Uuid,
        pub case_id: Uuid,
        pub proposal_id: Uuid,
        pub price_fen: i64,
        pub sold_on: Date,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Patents found worthless, each under its pledge.
pub mod finding {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "disposal_finding")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub pledge_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub patent_id: Uuid,
        pub proposal_id: Uuid,
        pub found_on: Date,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
