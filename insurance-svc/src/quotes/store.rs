//! Quotes as rows; every finder takes the scope of who asks.

use contracts::{OrgKind, QuoteId};
use identity::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select, sea_query::Expr};
use tx_kit::{Fault, Tx};

/// The table.
pub(crate) mod quote {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "insurance_quote")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub product: String,
        pub rating_version: String,
        pub insurer_id: Uuid,
        pub insurer_name: String,
        pub insured_id: Uuid,
        pub insured_name: String,
        pub patent_id: Option<Uuid>,
        pub patent_number: Option<String>,
        pub loan_id: Option<Uuid>,
        pub loan_number: Option<String>,
        pub beneficiary_id: Option<Uuid>,
        pub beneficiary_name: Option<String>,
        pub limit_per_claim_fen: i64,
        pub aggregate_limit_fen: i64,
        pub deductible_fen: i64,
        pub coinsurance: String,
        pub starts_on: Date,
        pub ends_on: Date,
        pub premium_fen: i64,
        #[sea_orm(column_type = "Text")]
        pub rating: String,
        #[sea_orm(column_type = "Text")]
        pub referral: String,
        /// The declarations made, as a JSON list of their codes.
        #[sea_orm(column_type = "Text")]
        pub declared: String,
        pub bound: bool,
        pub valid_until: Date,
        pub maker_id: Uuid,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The quotes that a scope may see: the insurer its own, an enterprise those for itself, the regulator all.
pub(crate) fn find(scope: &Scope) -> Select<quote::Entity> {
    let query = quote::Entity::find();
    let tenant = scope.tenant().uuid();
    match scope.kind() {
        _ if scope.sees_all() => query,
        OrgKind::Insurer => query.filter(quote::Column::InsurerId.eq(tenant)),
        _ => query.filter(quote::Column::InsuredId.eq(tenant)),
    }
}

/// One quote that a scope may see.
pub(crate) async fn find_one(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: QuoteId,
) -> Result<Option<quote::Model>, Fault> {
    Ok(find(scope).filter(quote::Column::Id.eq(id.uuid())).one(conn).await?)
}

/// One quote that a scope may see, held until the transaction ends.
pub(crate) async fn find_held(tx: &Tx, scope: &Scope, id: QuoteId) -> Result<Option<quote::Model>, Fault> {
    Ok(find(scope).filter(quote::Column::Id.eq(id.uuid())).lock_exclusive().one(tx.conn()).await?)
}

/// Marks a quote as bound; the guard refuses one that already is.
pub(crate) async fn mark_bound(tx: &mut Tx, id: QuoteId) -> Result<(), Fault> {
    let marked = quote::Entity::update_many()
        .col_expr(quote::Column::Bound, Expr::value(true))
        .filter(quote::Column::Id.eq(id.uuid()))
        .filter(quote::Column::Bound.eq(false))
        .exec(tx.conn())
        .await?;
    match marked.rows_affected {
        1 => Ok(()),
        rows => Err(Fault::Invariant(format!("binding quote {id} touched {rows} rows"))),
    }
}
