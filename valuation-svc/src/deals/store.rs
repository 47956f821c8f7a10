//! Rows of deals and their finders. An organisation sees its own, and of others' those that are verified and shared; the
//! regulator sees all.

use chrono::NaiveDate;
use contracts::{MarketDealId, PatentId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, sea_query::LikeExpr,
};
use tx_kit::{
    Fault, Tx,
    bulk::Rows,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use super::model::{Deal, DealKind, SUBCLASS_CHARS, Standing, symbol_typed};

/// Deals.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// A deal as it stands.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "market_deal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub tenant: Uuid,
        pub tenant_name: String,
        pub kind: String,
        pub dealt_on: Date,
        #[sea_orm(column_type = "Text")]
        pub patents: String,
        #[sea_orm(column_type = "Text")]
        pub ipc: String,
        pub industry: String,
        #[sea_orm(column_type = "Text")]
        pub parties: String,
        /// 0 where only a royalty was agreed.
        pub price_fen: i64,
        pub source: String,
        pub source_reference: String,
        pub shared: bool,
        pub standing: String,
        #[sea_orm(column_type = "Text")]
        pub content: String,
        pub revision: i32,
        pub maker_id: Uuid,
        pub maker: String,
        pub checker_id: Option<Uuid>,
        pub checker: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_reason: Option<String>,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What happened to deals.
pub mod history {
    use sea_orm::entity::prelude::*;

    /// A version of a deal, or a decision about it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "market_deal_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub deal_id: Uuid,
        pub revision: i32,
        pub what: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub reason: Option<String>,
        #[sea_orm(column_type = "Text")]
        pub content: String,
        pub by_id: Uuid,
        pub by_name: String,
        pub at: DateTimeUtc,
        /// The version of the deal that it made.
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::Column;

/// What a list of deals is narrowed by.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// Part of a party's name, the deal's number or the source's. Looked for in what one sees in full alone.
    pub q: Option<String>,
    /// Concerns this patent. Looked for in what one sees in full alone.
    pub patent: Option<PatentId>,
    /// The beginning of an IPC symbol. One longer than a subclass is looked for in what one sees in full alone.
    pub ipc: Option<String>,
    /// Kind.
    pub kind: Option<DealKind>,
    /// Standing.
    pub standing: Option<Standing>,
    /// Only one's own organisation's.
    pub own: bool,
    /// Not before this day.
    pub from: Option<NaiveDate>,
    /// Not after this day.
    pub until: Option<NaiveDate>,
}

/// Whether a scope sees everything of a deal.
pub(super) fn sees_in_full(scope: &Scope, row: &row::Model) -> bool {
    scope.sees_all() || row.tenant == scope.tenant().uuid()
}

fn own(scope: &Scope) -> Condition {
    if scope.sees_all() {
        Condition::all()
    } else {
        Condition::all().add(Column::Tenant.eq(scope.tenant().uuid()))
    }
}

fn within(scope: &Scope) -> Select<row::Entity> {
    let seen = if scope.sees_all() {
        Condition::all()
    } else {
        let shared =
            Condition::all().add(Column::Shared.eq(true)).add(Column::Standing.eq(Standing::Verified.name()));
        Condition::any().add(own(scope)).add(shared)
    };
    row::Entity::find().filter(seen)
}

fn narrowed(scope: &Scope, filter: &Filter) -> Select<row::Entity> {
    let mut all = Condition::all();
    let symbol = filter.ipc.as_deref().map(symbol_typed);
    // Who may not see a party, a patent or more than a subclass must not find out by asking for it.
    let fine = symbol.as_ref().is_some_and(|symbol| symbol.len() > SUBCLASS_CHARS);
    if filter.own || filter.q.is_some() || filter.patent.is_some() || fine {
        all = all.add(own(scope));
    }
    if let Some(q) = &filter.q {
        let columns = [Column::Number, Column::Parties, Column::SourceReference, Column::Patents];
        all = all.add(listing::containing(&columns, q));
    }
    if let Some(symbol) = &symbol {
        all = all.add(beginning(symbol));
    }
    all = all
        .add_option(filter.patent.map(|id| Column::Patents.like(format!("%|{}|%", id.uuid()))))
        .add_option(filter.kind.map(|kind| Column::Kind.eq(kind.name())))
        .add_option(filter.standing.map(|standing| Column::Standing.eq(standing.name())))
        .add_option(filter.from.map(|day| Column::DealtOn.gte(day)))
        .add_option(filter.until.map(|day| Column::DealtOn.lte(day)));
    within(scope).filter(all)
}

fn beginning(symbol: &str) -> sea_orm::sea_query::Expr {
    Column::Ipc.like(LikeExpr::new(format!("%|{symbol}%")))
}

/// One page of deals.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub(super) async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<Column>,
    request: &PageRequest,
) -> Result<PageOf<row::Model>, ListingError> {
    listing::page(narrowed(scope, filter), conn, sort, Column::Id, request).await
}

/// A deal that is in scope.
///
/// # Errors
/// The database's fault.
pub(super) async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: MarketDealId,
) -> Result<Option<row::Model>, Fault> {
    Ok(within(scope).filter(Column::Id.eq(id.uuid())).one(conn).await?)
}

/// One of the organisation's own deals: what others share is read and never worked on.
///
/// # Errors
/// The database's fault.
pub(super) async fn find_own(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: MarketDealId,
) -> Result<Option<row::Model>, Fault> {
    let mine = Column::Tenant.eq(scope.tenant().uuid());
    Ok(row::Entity::find().filter(mine).filter(Column::Id.eq(id.uuid())).one(conn).await?)
}

/// Verified deals of a span of days that share a subclass or the industry with what is looked for, the newest of them.
///
/// # Errors
/// The database's fault.
pub(super) async fn list_evidence(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (subclasses, industry): (&[String], Option<&str>),
    (from, until): (NaiveDate, NaiveDate),
    most: u64,
) -> Result<Vec<row::Model>, Fault> {
    let mut near = Condition::any().add_option(industry.map(|code| Column::Industry.eq(code)));
    for subclass in subclasses {
        near = near.add(beginning(subclass));
    }
    let filter = Filter {
        standing: Some(Standing::Verified),
        from: Some(from),
        until: Some(until),
        ..Filter::default()
    };
    Ok(narrowed(scope, &filter)
        .filter(near)
        .order_by_desc(Column::DealtOn)
        .order_by_desc(Column::Id)
        .limit(most)
        .all(conn)
        .await?)
}

/// What happened to a deal that was found in scope, oldest first; its corrections bound it.
///
/// # Errors
/// The database's fault.
pub(super) async fn list_history(
    conn: &impl ConnectionTrait,
    _found_in: &Scope,
    id: MarketDealId,
) -> Result<Vec<history::Model>, Fault> {
    Ok(history::Entity::find()
        .filter(history::Column::DealId.eq(id.uuid()))
        .order_by_asc(history::Column::Version)
        .all(conn)
        .await?)
}

/// The deal of a row.
///
/// # Errors
/// A content that no longer reads.
pub(super) fn deal_of(row: &row::Model) -> Result<Deal, Fault> {
    Ok(serde_json::from_str(&row.content)?)
}

/// The columns that a deal is found by, laid over a row.
///
/// # Errors
/// A deal that does not serialise.
pub(super) fn lay_over(row: &mut row::Model, deal: &Deal, industry: &str) -> Result<(), Fault> {
    let draft = &deal.draft;
    row.kind = draft.kind.name().to_owned();
    row.dealt_on = draft.dealt_on;
    let ids = deal.patent_ids.iter().map(|id| id.uuid().to_string());
    row.patents =
        ids.chain(draft.patents.iter().cloned()).fold("|".to_owned(), |text, one| text + &one + "|");
    row.ipc = draft.ipc.iter().map(|symbol| format!("|{symbol}")).collect();
    row.industry = industry.to_owned();
    row.parties = format!("{}；{}", draft.seller, draft.buyer);
    row.price_fen = draft.price.map_or(0, finance::Money::fen);
    row.source = draft.source.name().to_owned();
    row.source_reference = draft.source_reference.clone();
    row.shared = draft.shared;
    row.content = serde_json::to_string(deal)?;
    Ok(())
}

/// What happens to a deal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Happening<'a> {
    /// `recorded`, `corrected`, `verified`, `returned`.
    pub what: &'static str,
    /// Why, where something is said.
    pub reason: Option<&'a str>,
    /// Who.
    pub by: (contracts::UserId, &'a str),
}

fn line(tx: &Tx, row: &row::Model, happening: Happening<'_>) -> history::ActiveModel {
    history::ActiveModel {
        id: Set(MarketDealId::fresh(tx.now()).uuid()),
        deal_id: Set(row.id),
        revision: Set(row.revision),
        what: Set(happening.what.to_owned()),
        reason: Set(happening.reason.map(str::to_owned)),
        content: Set(row.content.clone()),
        by_id: Set(happening.by.0.uuid()),
        by_name: Set(happening.by.1.to_owned()),
        at: Set(tx.now()),
        version: Set(row.version),
    }
}

/// The sources that the organisation has written deals down from already, of those named.
///
/// # Errors
/// The database's fault.
pub(super) async fn list_known_sources(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    references: &[String],
) -> Result<Vec<(String, String)>, Fault> {
    let mine = Column::Tenant.eq(scope.tenant().uuid());
    let mut found = Vec::new();
    for some in references.chunks(500) {
        let of_these = Column::SourceReference.is_in(some.iter().map(String::as_str));
        let rows = row::Entity::find().filter(mine.clone()).filter(of_these).select_only();
        let rows = rows.columns([Column::Source, Column::SourceReference]).into_tuple::<(String, String)>();
        found.extend(rows.all(conn).await?);
    }
    Ok(found)
}

/// Writes new deals, each with the first line of its history; a twin of the same source makes the transaction run again and
/// be refused.
///
/// # Errors
/// The database's fault.
pub(super) async fn insert(tx: &Tx, rows: Vec<row::Model>, happening: Happening<'_>) -> Result<(), Fault> {
    let lines = Rows::of(rows.iter().map(|row| line(tx, row, happening)).collect::<Vec<_>>())?;
    let rows = Rows::of(rows.into_iter().map(row::ActiveModel::from).collect::<Vec<_>>())?;
    match tx.conn().insert([rows, lines]).await {
        Err(fault) if fault.is_unique_violation() => {
            Err(Fault::Conflict("a deal of the same source was written down first".to_owned()))
        }
        other => other,
    }
}

/// Writes a deal over the version before with a line of its history.
///
/// # Errors
/// The database's fault; a conflict where another changed it meanwhile.
pub(super) async fn update(tx: &Tx, row: row::Model, happening: Happening<'_>) -> Result<(), Fault> {
    let next = line(tx, &row, happening);
    let (id, before) = (row.id, row.version - 1);
    let change = row::ActiveModel {
        kind: Set(row.kind),
        dealt_on: Set(row.dealt_on),
        patents: Set(row.patents),
        ipc: Set(row.ipc),
        industry: Set(row.industry),
        parties: Set(row.parties),
        price_fen: Set(row.price_fen),
        source: Set(row.source),
        source_reference: Set(row.source_reference),
        shared: Set(row.shared),
        standing: Set(row.standing),
        content: Set(row.content),
        revision: Set(row.revision),
        maker_id: Set(row.maker_id),
        maker: Set(row.maker),
        checker_id: Set(row.checker_id),
        checker: Set(row.checker),
        decision_reason: Set(row.decision_reason),
        updated_at: Set(row.updated_at),
        version: Set(row.version),
        ..Default::default()
    };
    let touched = row::Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(before))
        .exec(tx.conn())
        .await
        .map_err(Fault::from);
    match touched {
        Err(fault) if fault.is_unique_violation() => {
            return Err(Fault::Conflict("a deal of the same source was written down first".to_owned()));
        }
        Err(fault) => return Err(fault),
        Ok(done) if done.rows_affected != 1 => {
            return Err(Fault::Conflict(format!("deal {id} was changed by another")));
        }
        Ok(_) => {}
    }
    history::Entity::insert(next).exec_without_returning(tx.conn()).await?;
    Ok(())
}
