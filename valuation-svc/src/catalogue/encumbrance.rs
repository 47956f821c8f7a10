//! Pledges over patents as the catalogue knows them: fed by pledge-svc's events, shown with the patent.
//!
//! It decides nothing about pledges. Events come at least once and in any order: the newest version of a pledge wins,
//! for every patent that it ever was over.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use contracts::{Envelope, Event, OrgId, PatentId, PledgeId, events::PledgeChanged};
use finance::Money;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
    sea_query::{Expr, SelectStatement},
};
use tx_kit::{Consumer, Db, Fault, InTx, Tx, inbox};
use uuid::Uuid;

use super::{store::patent, timeline};

/// The consumer's name on the bus and in the inbox.
const NAME: &str = "valuation.encumbrances";
const REGISTERED: &str = "registered";
/// A patent that is no longer under a pledge which stands.
const RELEASED: &str = "released";

/// The encumbrance table.
pub mod entity {
    use sea_orm::entity::prelude::*;

    /// A row: one pledge over one patent.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "encumbrance")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub patent_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub pledge_id: Uuid,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub enterprise_id: Uuid,
        pub status: String,
        pub since: Date,
        pub ended_on: Option<Date>,
        /// The version of the pledge that this row is of.
        pub version: i64,
        /// What the pledge secures in all, of which this patent is one part; fen.
        pub secured_fen: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The registered pledges over a patent. They are public: the register is open to everybody.
///
/// # Errors
/// The database's fault.
pub(crate) async fn of_patent(
    conn: &impl ConnectionTrait,
    id: PatentId,
) -> Result<Vec<entity::Model>, Fault> {
    Ok(entity::Entity::find()
        .filter(entity::Column::PatentId.eq(id.uuid()))
        .filter(entity::Column::Status.eq(REGISTERED))
        .order_by_asc(entity::Column::Since)
        .order_by_asc(entity::Column::PledgeId)
        .all(conn)
        .await?)
}

/// The registered pledges over each of many patents.
///
/// # Errors
/// The database's fault.
pub(crate) async fn of_patents(
    conn: &impl ConnectionTrait,
    patents: &[Uuid],
) -> Result<HashMap<Uuid, Vec<entity::Model>>, Fault> {
    let mut found: HashMap<Uuid, Vec<entity::Model>> = HashMap::new();
    if patents.is_empty() {
        return Ok(found);
    }
    let rows = entity::Entity::find()
        .filter(entity::Column::PatentId.is_in(patents.iter().copied()))
        .filter(entity::Column::Status.eq(REGISTERED))
        .order_by_asc(entity::Column::PledgeId)
        .all(conn)
        .await?;
    for row in rows {
        found.entry(row.patent_id).or_default().push(row);
    }
    Ok(found)
}

/// What a list of encumbrances is narrowed by.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Held {
    /// By this pledgee.
    pub(crate) bank: Option<OrgId>,
    /// Given by this pledgor.
    pub(crate) enterprise: Option<OrgId>,
}

/// The registered pledges over patents, narrowed. They are public.
pub(crate) fn registered(held: Held) -> sea_orm::Select<entity::Entity> {
    entity::Entity::find().filter(
        Condition::all()
            .add(entity::Column::Status.eq(REGISTERED))
            .add_option(held.bank.map(|bank| entity::Column::BankId.eq(bank.uuid())))
            .add_option(held.enterprise.map(|one| entity::Column::EnterpriseId.eq(one.uuid()))),
    )
}

/// The patents under registered pledges that secure an amount or more.
pub(crate) fn securing(least: Money) -> SelectStatement {
    registered(Held::default())
        .select_only()
        .column(entity::Column::PatentId)
        .filter(entity::Column::SecuredFen.gte(least.fen()))
        .into_query()
}

/// Every registered pledge over each of its patents, as the catalogue shows them.
///
/// # Errors
/// The database's fault.
pub async fn liens(conn: &impl ConnectionTrait) -> Result<BTreeSet<(PledgeId, PatentId)>, Fault> {
    let found: Vec<(Uuid, Uuid)> = registered(Held::default())
        .select_only()
        .column(entity::Column::PledgeId)
        .column(entity::Column::PatentId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(found.into_iter().map(|(pledge, patent)| (pledge.into(), patent.into())).collect())
}

/// Keeps the encumbrances by `pledge.changed.v1`.
pub struct Encumbrances {
    db: Db,
}

impl Encumbrances {
    /// A consumer that writes into this database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait]
impl Consumer for Encumbrances {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, event_name: &str) -> bool {
        event_name == "pledge.changed.v1"
    }

    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        self.db.run(|tx| take(tx, batch).in_tx()).await
    }
}

async fn take(tx: &mut Tx, batch: &[Envelope]) -> Result<(), Fault> {
    let mut touched = BTreeSet::new();
    for envelope in inbox::first_time(tx, NAME, batch).await? {
        if let Event::PledgeChanged(pledge) = &envelope.event {
            touched.extend(follow(tx, envelope, pledge).await?);
        }
    }
    for patent_id in touched {
        mark(tx, patent_id).await?;
    }
    Ok(())
}

/// Notes a pledge's new state over every patent that it is or was over; the patents touched.
async fn follow(tx: &Tx, envelope: &Envelope, pledge: &PledgeChanged) -> Result<Vec<Uuid>, Fault> {
    let known = entity::Entity::find()
        .filter(entity::Column::PledgeId.eq(pledge.pledge_id.uuid()))
        .all(tx.conn())
        .await?;
    if known.iter().any(|row| row.version >= envelope.version) {
        return Ok(Vec::new());
    }
    let mut known: HashMap<Uuid, entity::Model> = known.into_iter().map(|row| (row.patent_id, row)).collect();
    let mut touched = Vec::new();
    let (mut laid, mut lifted) = (Vec::new(), Vec::new());
    for patent_id in pledge.patents.iter().collect::<BTreeSet<_>>() {
        let before = known.remove(&patent_id.uuid());
        let was = before.as_ref().is_some_and(|row| row.status == REGISTERED);
        match (was, pledge.status == REGISTERED) {
            (false, true) => laid.push(patent_id.uuid()),
            (true, false) => lifted.push(patent_id.uuid()),
            _ => {}
        }
        note(tx, envelope, pledge, *patent_id, before).await?;
        touched.push(patent_id.uuid());
    }
    for row in known.into_values() {
        let patent_id = row.patent_id;
        if row.status == REGISTERED {
            lifted.push(patent_id);
        }
        release(tx, envelope, row).await?;
        touched.push(patent_id);
    }
    let of = (pledge.pledge_id, pledge.bank_name.as_str());
    timeline::note_pledge(tx, &laid, of, (true, envelope.business_date)).await?;
    timeline::note_pledge(tx, &lifted, of, (false, envelope.business_date)).await?;
    Ok(touched)
}

/// A patent that the pledge is no longer over.
async fn release(tx: &Tx, envelope: &Envelope, row: entity::Model) -> Result<(), Fault> {
    let ended_on = row.ended_on.or(Some(envelope.business_date));
    let mut change = row.into_active_model();
    change.status = Set(RELEASED.to_owned());
    change.ended_on = Set(ended_on);
    change.version = Set(envelope.version);
    entity::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

async fn note(
    tx: &Tx,
    envelope: &Envelope,
    pledge: &PledgeChanged,
    patent_id: PatentId,
    known: Option<entity::Model>,
) -> Result<(), Fault> {
    let key = (patent_id.uuid(), pledge.pledge_id.uuid());
    let on = envelope.business_date;
    let began = known.as_ref().filter(|row| row.status == REGISTERED).map_or(on, |row| row.since);
    let row = entity::ActiveModel {
        patent_id: Set(key.0),
        pledge_id: Set(key.1),
        bank_id: Set(pledge.bank_id.uuid()),
        bank_name: Set(pledge.bank_name.clone()),
        enterprise_id: Set(pledge.enterprise_id.uuid()),
        status: Set(pledge.status.clone()),
        since: Set(began),
        ended_on: Set((pledge.status != REGISTERED && pledge.status != "submitted").then_some(on)),
        version: Set(envelope.version),
        secured_fen: Set(pledge.secured_amount.fen()),
    };
    if known.is_some() {
        entity::Entity::update(row).exec(tx.conn()).await?;
    } else {
        entity::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Sets the patent's flag to whether any registered pledge lies on it.
async fn mark(tx: &Tx, patent_id: Uuid) -> Result<(), Fault> {
    let pledged = entity::Entity::find()
        .select_only()
        .column(entity::Column::PledgeId)
        .filter(entity::Column::PatentId.eq(patent_id))
        .filter(entity::Column::Status.eq(REGISTERED))
        .into_tuple::<Uuid>()
        .one(tx.conn())
        .await?
        .is_some();
    patent::Entity::update_many()
        .col_expr(patent::Column::Encumbered, Expr::value(pledged))
        .filter(patent::Column::Id.eq(patent_id))
        .exec(tx.conn())
        .await?;
    Ok(())
}
