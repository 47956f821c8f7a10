//! Entities and finders of loans and repayments; every finder takes the caller's scope.

use std::collections::HashMap;

use contracts::{LoanId, OrgKind};
use finance::{Money, Roll, Schedule, WorkingDays};
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};
use tx_kit::Fault;
use uuid::Uuid;

use super::model::{
    Account, LoanShare, LoanStatus, LoanTerms, RepaymentForm,
    products::{Floats, LoanConditions},
};
use crate::{disposal, facility::store::cover, fund, visible};

pub mod about;
pub mod tranche;

/// The loan table.
pub mod loan {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "loan")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub drawdown_id: Uuid,
        pub facility_id: Uuid,
        pub facility_name: String,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub industry: String,
        pub principal_fen: i64,
        pub outstanding_fen: i64,
        pub written_off_fen: i64,
        pub interest_from: Date,
        pub interest_carried: String,
        pub billed: i32,
        #[sea_orm(column_type = "Text", nullable)]
        pub arrears: Option<String>,
        pub next_due_on: Option<Date>,
        pub plan_version: i32,
        pub annual_rate: String,
        pub day_count: String,
        pub repayment: String,
        /// How the plan in force repays, where a restructuring agreed otherwise than the draw.
        pub repayment_now: Option<String>,
        pub tenor_months: i32,
        pub every_months: i32,
        /// The day of the month on which interest is settled; none for the day of the draw.
        pub due_day: Option<i32>,
        pub grace: i32,
        pub level_last: bool,
        pub penalty_surcharge: String,
        pub holiday_grace: bool,
        /// The rule for due dates on days that are not worked; none where they stay.
        pub roll: Option<String>,
        pub product: String,
        /// What its product says beside the terms; none for the standard one.
        #[sea_orm(column_type = "Text", nullable)]
        pub conditions: Option<String>,
        pub spread_bp: Option<i32>,
        pub rate_reset: Option<String>,
        pub reset_on: Option<Date>,
        pub restructured_on: Option<Date>,
        /// The last day on which interest that it earns is exempt from VAT; none where it is taxed.
        pub vat_exempt_until: Option<Date>,
        pub drawn_on: Date,
        pub matures_on: Date,
        /// Since when it is declared due before its time; none while it is not, or under terms agreed later.
        pub accelerated_on: Option<Date>,
        pub status: String,
        pub purpose: Option<String>,
        /// The application under whose approval it was drawn, and the product of that application; none without one.
        pub application_id: Option<Uuid>,
        pub application_product: Option<String>,
        pub payment_mode: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub payee: Option<String>,
        /// What was charged on it for a guarantee so far.
        pub guarantee_fees_fen: i64,
        pub created_at: DateTimeUtc,
        pub version: i64,
        /// Counts the acts on it, the close of a day not among them: a payment is undone only while it was the last.
        pub steps: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The banks' parts of loans.
pub mod share {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "loan_share")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub loan_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub amount_fen: i64,
        pub outstanding_fen: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Payments received.
pub mod repayment {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "repayment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub loan_id: Uuid,
        pub amount_fen: i64,
        pub interest_fen: i64,
        pub principal_fen: i64,
        pub fees_fen: i64,
        pub penalty_fen: i64,
        pub outstanding_fen: i64,
        pub source: String,
        pub paid_on: Date,
        pub recorded_by: String,
        pub comment: Option<String>,
        pub created_at: DateTimeUtc,
        /// What it found and moved, so that it can be undone; none where others paid in a disposal case.
        #[sea_orm(column_type = "Text", nullable)]
        pub trace: Option<String>,
        pub reversed_on: Option<Date>,
        /// The ledger movement of the lead's book that undid it.
        pub reversed_by: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The plans that took the place of the one agreed at the draw.
pub mod plan {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "loan_plan")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub loan_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i32,
        pub cause: String,
        pub effective_on: Date,
        #[sea_orm(column_type = "Text")]
        pub schedule: String,
        pub made_by: String,
        pub made_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How far a loan is closed, and what interest the books show as receivable on it. The table has more columns, which are
/// the close's own: how interest runs on while the loan's version stays (`closing/model/course.rs`). An act need not touch
/// them, for it raises the version.
pub mod day {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "loan_day")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub loan_id: Uuid,
        pub bank_id: Uuid,
        pub closed_on: Date,
        pub posted_fen: i64,
        /// Interest that is owed and kept beside the books.
        pub suspended_fen: i64,
        /// Of what is posted, what is taxed only on receipt.
        pub untaxed_fen: i64,
        pub touched: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The loans that a scope may see: a bank's as lead or in syndicate, an enterprise's own, a fund's or a
/// guarantor's that it covers or bears a part of a loss of, all for the regulator.
pub(crate) fn find(scope: &Scope) -> Select<loan::Entity> {
    let tenant = scope.tenant().uuid();
    let seen = match scope.kind() {
        _ if scope.sees_all() => Condition::all(),
        OrgKind::Bank => Condition::any().add(loan::Column::BankId.eq(tenant)).add(
            loan::Column::Id.in_subquery(
                share::Entity::find()
                    .select_only()
                    .column(share::Column::LoanId)
                    .filter(share::Column::BankId.eq(tenant))
                    .into_query(),
            ),
        ),
        OrgKind::Enterprise => Condition::all().add(loan::Column::EnterpriseId.eq(tenant)),
        OrgKind::Fund => Condition::any()
            .add(loan::Column::Id.in_subquery(fund::loans_covered_by(tenant)))
            .add(loan::Column::FacilityId.in_subquery(cover::guaranteed_by(tenant)))
            .add(loan::Column::Id.in_subquery(disposal::loans_borne_by(tenant))),
        _ => visible::nothing(),
    };
    loan::Entity::find().filter(seen)
}

/// One loan that a scope may see.
pub(crate) async fn one(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: LoanId,
) -> Result<Option<loan::Model>, Fault> {
    Ok(find(scope).filter(loan::Column::Id.eq(id.uuid())).one(conn).await?)
}

/// Locks a loan for the rest of the transaction, after its facility and member.
pub(crate) async fn lock(conn: &impl ConnectionTrait, id: LoanId) -> Result<Option<loan::Model>, Fault> {
    Ok(loan::Entity::find_by_id(id.uuid()).lock_exclusive().one(conn).await?)
}

/// The parts of loans that were found in scope, lead first within each.
pub(crate) async fn shares(
    conn: &impl ConnectionTrait,
    loans: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<share::Model>, Fault> {
    Ok(share::Entity::find()
        .filter(share::Column::LoanId.is_in(loans))
        .order_by_asc(share::Column::LoanId)
        .order_by_asc(share::Column::Position)
        .all(conn)
        .await?)
}

/// What was drawn on loans that were found in scope after their first draw, in order.
pub(crate) async fn tranches(
    conn: &impl ConnectionTrait,
    loans: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<tranche::Model>, Fault> {
    Ok(tranche::Entity::find()
        .filter(tranche::Column::LoanId.is_in(loans))
        .order_by_asc(tranche::Column::CreatedAt)
        .order_by_asc(tranche::Column::Id)
        .all(conn)
        .await?)
}

/// What the product of a loan says beside its terms.
pub(crate) fn conditions(row: &loan::Model) -> Result<LoanConditions, Fault> {
    match &row.conditions {
        Some(text) => serde_json::from_str(text)
            .map_err(|error| Fault::Corrupt(format!("the conditions of loan {}: {error}", row.id))),
        None => Ok(LoanConditions::standard()),
    }
}

/// How the plan in force of a loan repays.
pub(crate) fn form(row: &loan::Model) -> Result<RepaymentForm, Fault> {
    RepaymentForm::parse(row.repayment_now.as_deref().unwrap_or(&row.repayment))
        .ok_or_else(|| Fault::Corrupt(format!("repayment of loan {}", row.id)))
}

/// How a loan is priced, where its rate floats.
pub(crate) fn floats(row: &loan::Model) -> Result<Option<Floats>, Fault> {
    let (Some(spread_bp), Some(reset)) = (row.spread_bp, row.rate_reset.as_deref()) else { return Ok(None) };
    let reset = reset.parse().map_err(|_| Fault::Corrupt(format!("rate reset of loan {}", row.id)))?;
    Ok(Some(Floats { spread_bp, reset, reset_on: row.reset_on }))
}

/// A part as the rules see it.
pub(crate) fn share_of(row: share::Model) -> LoanShare {
    LoanShare {
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        amount: Money::from_fen(row.amount_fen),
        outstanding: Money::from_fen(row.outstanding_fen),
    }
}

/// The plans of loans that were found in scope: the newest that is stored, else the one agreed at the draw.
pub(crate) async fn plans(
    conn: &impl ConnectionTrait,
    rows: &[loan::Model],
) -> Result<HashMap<Uuid, Schedule>, Fault> {
    let stored: Vec<Uuid> = rows.iter().filter(|row| row.plan_version > 0).map(|row| row.id).collect();
    let mut plans = HashMap::with_capacity(rows.len());
    for ids in stored.chunks(1_000) {
        let found = plan::Entity::find()
            .filter(plan::Column::LoanId.is_in(ids.iter().copied()))
            .order_by_asc(plan::Column::Version)
            .all(conn)
            .await?;
        // The newest version comes last and stays.
        for row in found {
            plans.insert(row.loan_id, serde_json::from_str(&row.schedule)?);
        }
    }
    for row in rows {
        if let std::collections::hash_map::Entry::Vacant(place) = plans.entry(row.id) {
            place.insert(agreed(row)?);
        }
    }
    Ok(plans)
}

/// The plan of one loan that was found in scope.
pub(crate) async fn plan_of(conn: &impl ConnectionTrait, row: &loan::Model) -> Result<Schedule, Fault> {
    let mut plans = plans(conn, std::slice::from_ref(row)).await?;
    plans.remove(&row.id).ok_or_else(|| Fault::Invariant(format!("loan {} has no plan", row.id)))
}

/// The plan that a loan, found in scope, had under a version; 0 is the one agreed at the draw.
pub(crate) async fn plan_under(
    conn: &impl ConnectionTrait,
    row: &loan::Model,
    version: i32,
) -> Result<Option<Schedule>, Fault> {
    if version == 0 {
        return agreed(row).map(Some);
    }
    let found = plan::Entity::find_by_id((row.id, version)).one(conn).await?;
    Ok(found.map(|plan| serde_json::from_str(&plan.schedule)).transpose()?)
}

/// The plan agreed at the draw.
pub(crate) fn agreed(row: &loan::Model) -> Result<Schedule, Fault> {
    let (terms, ..) = parts(row)?;
    terms.schedule().map_err(|error| Fault::Corrupt(format!("the terms of loan {}: {error}", row.id)))
}

/// The terms, account and status of a row; the terms go by the shipped calendar until `by_calendar` gives them the
/// bank's.
pub(crate) fn parts(row: &loan::Model) -> Result<(LoanTerms, Account, LoanStatus), Fault> {
    let corrupt = |what: &str| Fault::Corrupt(format!("{what} of loan {}", row.id));
    let terms = LoanTerms {
        principal: Money::from_fen(row.principal_fen),
        annual_rate: row.annual_rate.parse().map_err(|_| corrupt("rate"))?,
        day_count: row.day_count.parse().map_err(|_| corrupt("day count"))?,
        repayment: row.repayment.parse().map_err(|_| corrupt("repayment"))?,
        tenor_months: u32::try_from(row.tenor_months).map_err(|_| corrupt("tenor"))?,
        every_months: u32::try_from(row.every_months).map_err(|_| corrupt("interval"))?,
        due_day: row.due_day.map(u32::try_from).transpose().map_err(|_| corrupt("settlement day"))?,
        grace: u32::try_from(row.grace).map_err(|_| corrupt("grace"))?,
        level_last: row.level_last,
        drawn_on: row.drawn_on,
        penalty_surcharge: row.penalty_surcharge.parse().map_err(|_| corrupt("surcharge"))?,
        penalty_compounds: conditions(row)?.penalty_compounds,
        holiday_grace: row.holiday_grace,
        roll: row.roll.as_deref().map_or(Ok(Roll::None), str::parse).map_err(|_| corrupt("roll rule"))?,
        calendar: WorkingDays::china(),
    };
    let account = Account {
        outstanding: Money::from_fen(row.outstanding_fen),
        interest_from: row.interest_from,
        carried: row.interest_carried.parse().map_err(|_| corrupt("carried interest"))?,
        billed: u32::try_from(row.billed).map_err(|_| corrupt("billed"))?,
        arrears: row.arrears.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default(),
    };
    Ok((terms, account, LoanStatus::parse(&row.status).ok_or_else(|| corrupt("status"))?))
}
