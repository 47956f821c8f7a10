//! The rows of risk and what they say. A bank finds what it leads or lends a part of, the regulator everything, nobody
//! else anything.
//!
//! Where is …? Looking up: `find.rs`; what an assessment needs of other subjects, in bulk: `gather.rs`, members' places and pledges: `places.rs`, what cases have come to: `disposed.rs`; which loans are
//! due for one: `due.rs`; writing: `write.rs`; sums: `sums.rs`.

pub mod commitments;
mod disposed;
pub mod due;
pub mod find;
pub mod gather;
pub mod places;
mod promised;
pub mod sums;
pub mod write;

use finance::{EclStage, Money, Rate};
use tx_kit::Fault;

use super::model::{Assessed, Flags, Judged, Past, Tier};

/// The risk of a loan.
pub mod risk {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "loan_risk")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub loan_id: Uuid,
        pub facility_id: Uuid,
        pub bank_id: Uuid,
        pub enterprise_id: Uuid,
        pub tier: i32,
        pub own_tier: i32,
        pub stage: i32,
        pub overdue_days: i64,
        pub expected_fen: i64,
        pub provision_fen: i64,
        pub flags: i32,
        #[sea_orm(column_type = "Text", nullable)]
        pub reasons: Option<String>,
        pub since: Date,
        pub changed_on: Date,
        pub assessed_on: Date,
        pub review_on: Date,
        pub settled: bool,
        pub cleared_on: Option<Date>,
        pub bad_since: Option<Date>,
        pub ripe_on: Option<Date>,
        pub restructured_on: Option<Date>,
        pub observed_from: Option<Date>,
        pub observing: bool,
        pub restructured_again: bool,
        pub loan_version: i64,
        pub line_fen: i64,
        pub limit_fen: i64,
        pub carries_fen: i64,
        pub judged_tier: Option<i32>,
        pub judged_impairment: Option<String>,
        pub judged_solved_on: Option<Date>,
        #[sea_orm(column_type = "Text", nullable)]
        pub judged_reason: Option<String>,
        pub watched: bool,
        #[sea_orm(column_type = "Text", nullable)]
        pub watch_reason: Option<String>,
        pub watched_on: Option<Date>,
        pub watched_by: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A bank's part of the provision of a syndicated loan; a sole lender's part is the whole.
pub mod part {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "loan_risk_part")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub loan_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub bank_id: Uuid,
        pub provision_fen: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a loan was from a day on, until the day before another.
pub mod change {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "loan_risk_change")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub loan_id: Uuid,
        pub bank_id: Uuid,
        pub from_on: Date,
        pub until_on: Date,
        pub tier: i32,
        pub stage: i32,
        pub flags: i32,
        pub provision_fen: i64,
        pub cause: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub reasons: Option<String>,
        pub made_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Judgements.
pub mod judgement {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "loan_judgement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub loan_id: Uuid,
        pub bank_id: Uuid,
        pub loan_number: String,
        pub enterprise_name: String,
        pub tier: Option<i32>,
        pub impairment: Option<String>,
        pub solved: bool,
        pub rule_tier: i32,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        pub status: String,
        pub maker_id: Uuid,
        pub maker: String,
        pub decider_id: Option<Uuid>,
        pub decider: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_reason: Option<String>,
        pub created_at: DateTimeUtc,
        pub decided_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The tier of a stored number.
///
/// # Errors
/// A number that is no tier's.
pub fn tier(number: i32) -> Result<Tier, Fault> {
    Tier::from_number(number).ok_or_else(|| Fault::Corrupt(format!("tier {number}")))
}

/// The stage of a stored number.
///
/// # Errors
/// A number that is no stage's.
pub fn stage(number: i32) -> Result<EclStage, Fault> {
    u8::try_from(number)
        .ok()
        .and_then(EclStage::from_number)
        .ok_or_else(|| Fault::Corrupt(format!("stage {number}")))
}

/// A stored estimate.
///
/// # Errors
/// A text that is no rate.
pub fn impairment(text: Option<&str>) -> Result<Option<Rate>, Fault> {
    text.map(|text| text.parse().map_err(|_| Fault::Corrupt(format!("impairment {text}")))).transpose()
}

/// What was found of a loan at last.
///
/// # Errors
/// A value that does not read back.
pub fn assessed_of(row: &risk::Model) -> Result<Assessed, Fault> {
    let own_tier = tier(row.own_tier)?;
    Ok(Assessed {
        tier: tier(row.tier)?,
        own_tier,
        stage: stage(row.stage)?,
        expected_loss: Money::from_fen(row.expected_fen),
        provision: Money::from_fen(row.provision_fen),
        flags: Flags::from_bits(row.flags),
        reasons: row.reasons.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default(),
        past: Past {
            own_tier,
            overdue_days: row.overdue_days,
            cleared_on: row.cleared_on,
            bad_since: row.bad_since,
            ripe_on: row.ripe_on,
            restructured_on: row.restructured_on,
            observed_from: row.observed_from,
            observing: row.observing,
            again: row.restructured_again,
        },
    })
}

/// What two people have judged.
///
/// # Errors
/// A value that does not read back.
pub fn judged_of(row: &risk::Model) -> Result<Judged, Fault> {
    Ok(Judged {
        tier: row.judged_tier.map(tier).transpose()?,
        impairment: impairment(row.judged_impairment.as_deref())?,
        solved_on: row.judged_solved_on,
    })
}
