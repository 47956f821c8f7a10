//! The valuations' rows and finders: an organisation sees its own, the regulator all.

use contracts::{PatentId, ValuationId};
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::LikeExpr,
};
use tx_kit::Fault;

use super::model::Inputs;

/// The valuation table.
pub mod valuation {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "valuation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub tenant: Uuid,
        pub tenant_name: String,
        pub patent_id: Uuid,
        pub patent_number: String,
        #[sea_orm(column_type = "Text")]
        pub patent_title: String,
        pub purpose: String,
        pub score_hundredths: i64,
        /// Empty where coverage was too low for one.
        pub grade: String,
        pub value_fen: i64,
        pub low_fen: i64,
        pub high_fen: i64,
        pub collateral_fen: i64,
        pub maximum_loan_fen: i64,
        pub valuation_date: Date,
        pub valid_until: Date,
        pub model_version: String,
        pub seed: i64,
        /// The bank's own version; absent where the platform's default was used.
        pub model_version_id: Option<Uuid>,
        /// SHA-256 of the complete content that it was made with.
        pub content_hash: String,
        pub external_report_required: bool,
        /// The override that holds; amounts and grade of the row are then its.
        pub override_id: Option<Uuid>,
        /// The figures of that override as JSON; empty where there is none.
        #[sea_orm(column_type = "Text")]
        pub effective: String,
        /// Counts what was told of the valuation.
        pub row_version: i64,
        pub requested_by_id: Uuid,
        pub requested_by: String,
        #[sea_orm(column_type = "Text")]
        pub inputs: String,
        #[sea_orm(column_type = "Text")]
        pub result: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a list of valuations is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of the valuation's number, the patent's number or its title.
    pub q: Option<String>,
    /// The patent.
    pub patent: Option<PatentId>,
    /// The purpose.
    pub purpose: Option<&'static str>,
    /// Only those that may still be relied on, on this day.
    pub valid_on: Option<chrono::NaiveDate>,
}

/// The valuations that a scope may see, narrowed.
#[must_use]
pub(crate) fn find(scope: &Scope, filter: &Filter) -> Select<valuation::Entity> {
    use valuation::Column;
    let mut all = Condition::all();
    if !scope.sees_all() {
        all = all.add(Column::Tenant.eq(scope.tenant().uuid()));
    }
    if let Some(q) = &filter.q {
        let escaped: String = q
            .trim()
            .chars()
            .take(100)
            .flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] })
            .collect();
        let like = |column: Column, text: &str| column.like(LikeExpr::new(format!("%{text}%")).escape('\\'));
        all = all.add(
            Condition::any()
                .add(like(Column::Number, &escaped.to_uppercase()))
                .add(like(Column::PatentNumber, &escaped.to_uppercase()))
                .add(like(Column::PatentTitle, &escaped)),
        );
    }
    all = all
        .add_option(filter.patent.map(|id| Column::PatentId.eq(id.uuid())))
        .add_option(filter.purpose.map(|purpose| Column::Purpose.eq(purpose)))
        .add_option(filter.valid_on.map(|day| Column::ValidUntil.gte(day)));
    valuation::Entity::find().filter(all)
}

/// One valuation that a scope may see.
pub(crate) async fn one(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ValuationId,
) -> Result<Option<valuation::Model>, Fault> {
    Ok(find(scope, &Filter::default()).filter(valuation::Column::Id.eq(id.uuid())).one(conn).await?)
}

/// The newest valuations of a patent that a scope may see.
pub(crate) async fn list_newest(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    patent: PatentId,
    most: u64,
) -> Result<Vec<valuation::Model>, Fault> {
    let of_patent = Filter { patent: Some(patent), ..Filter::default() };
    Ok(find(scope, &of_patent)
        .order_by_desc(valuation::Column::CreatedAt)
        .order_by_desc(valuation::Column::Id)
        .limit(most)
        .all(conn)
        .await?)
}

/// The inputs that a valuation was made from.
pub(crate) fn inputs_of(row: &valuation::Model) -> Result<Inputs, Fault> {
    Ok(serde_json::from_str(&row.inputs)?)
}
