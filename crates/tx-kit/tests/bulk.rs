//! Many rows at once, on both databases: however many there are, they must look the same afterwards.

#![expect(clippy::unwrap_used, reason = "a test without its database has nothing to prove")]

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{Clock, Service, SystemClock};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryOrder, Statement};
use sea_orm_migration::prelude::*;
use tx_kit::{
    Db, DbConfig, Fault, InTx, Isolation,
    bulk::{Rows, Values},
    testing::{Backend, Break, TestPlace},
};
use uuid::Uuid;

mod thing {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "thing")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub owner: Option<Uuid>,
        pub key: String,
        pub note: Option<String>,
        pub fen: i64,
        pub place: Option<i32>,
        pub live: bool,
        pub day: Option<Date>,
        pub at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &'static str {
        "m2026_0009_thing"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "CREATE TABLE thing (
            id UUID NOT NULL PRIMARY KEY, owner UUID NULL, key VARCHAR NOT NULL UNIQUE, note TEXT NULL,
            fen BIGINT NOT NULL, place INTEGER NULL, live BOOLEAN NOT NULL, day DATE NULL, at TIMESTAMPTZ NOT NULL,
            CHECK (fen >= 0))";
        tx_kit::schema::run(manager, &[table]).await
    }
}

struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(tx_kit::migrations::TxKitTables), Box::new(Tables)]
    }
}

async fn databases() -> Vec<(TestPlace, Db)> {
    let mut all = Vec::new();
    for backend in Backend::available().unwrap() {
        let place = TestPlace::new(backend).unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let db = place.open::<Migrator>(Service::Pledge, clock).await.unwrap();
        all.push((place, db));
    }
    all
}

/// Every second value of a column that may be missing is.
fn thing(number: u32) -> thing::Model {
    let some = number.is_multiple_of(2);
    let at: DateTime<Utc> = "1999-12-31T16:00:00.123456Z".parse().unwrap();
    thing::Model {
        id: Uuid::from_u128(u128::from(number) + 1),
        owner: some.then(|| Uuid::from_u128(u128::from(number) << 64)),
        key: format!("钥匙 \"{number}\"\\N\t,"),
        note: some.then(String::new),
        fen: i64::MAX - i64::from(number),
        place: some.then_some(i32::MIN),
        live: some,
        day: some.then(|| NaiveDate::from_ymd_opt(1970, 2, 28).unwrap() + chrono::Days::new(number.into())),
        at: at + chrono::TimeDelta::seconds(number.into()),
    }
}

fn row(model: thing::Model) -> thing::ActiveModel {
    thing::ActiveModel {
        id: Set(model.id),
        owner: Set(model.owner),
        key: Set(model.key),
        note: Set(model.note),
        fen: Set(model.fen),
        place: Set(model.place),
        live: Set(model.live),
        day: Set(model.day),
        at: Set(model.at),
    }
}

async fn write(db: &Db, things: &[thing::Model]) -> Result<(), Fault> {
    db.run(|tx| async move { tx.conn().insert([Rows::of(things.iter().cloned().map(row))?]).await }.in_tx())
        .await
}

async fn written(db: &Db) -> Vec<thing::Model> {
    thing::Entity::find().order_by_asc(thing::Column::Id).all(db.read()).await.unwrap()
}

#[tokio::test]
async fn rows_of_every_kind_are_read_back_as_they_were_however_many() {
    for (_place, db) in databases().await {
        let all: Vec<thing::Model> = (0..1_003).map(thing).collect();
        let (few, many) = all.split_at(5);
        write(&db, &[]).await.unwrap();
        write(&db, few).await.unwrap();
        write(&db, many).await.unwrap();
        assert_eq!(written(&db).await, all);
        // The same row by the usual way: nobody can tell which way a row came.
        let usual = thing::Model { id: Uuid::from_u128(5_000), key: "usual".to_owned(), ..thing(1_002) };
        thing::Entity::insert(row(usual.clone())).exec_without_returning(db.migrator()).await.unwrap();
        let alike = "SELECT COUNT(*) AS n FROM thing a JOIN thing b ON a.at = b.at AND a.day = b.day AND a.owner = b.owner \
            WHERE a.key = 'usual' AND b.key <> 'usual'";
        let found = db
            .read()
            .query_one_raw(Statement::from_string(db.read().get_database_backend(), alike))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.try_get::<i64>("", "n").unwrap(), 1);
    }
}

#[tokio::test]
async fn what_a_constraint_refuses_is_refused_whole_and_the_connection_goes_on() {
    for (_place, db) in databases().await {
        for size in [2_u32, 300] {
            let first = thing(10_000 + size);
            write(&db, std::slice::from_ref(&first)).await.unwrap();
            let mut things: Vec<thing::Model> = (0..size).map(|n| thing(n + size * 1_000)).collect();
            things.last_mut().unwrap().key = first.key.clone();
            let fault = write(&db, &things).await.unwrap_err();
            assert!(fault.is_unique_violation(), "{fault}");
            things.last_mut().unwrap().key = format!("free {size}");
            things.last_mut().unwrap().fen = -1;
            assert!(!write(&db, &things).await.unwrap_err().is_unique_violation());
            things.last_mut().unwrap().fen = 1;
            write(&db, &things).await.unwrap();
        }
        assert_eq!(written(&db).await.len(), 304);
    }
}

#[tokio::test]
async fn a_statement_joins_rows_and_says_how_many_it_touched() {
    for (_place, db) in databases().await {
        let all: Vec<thing::Model> = (0..700).map(thing).collect();
        write(&db, &all).await.unwrap();
        let ids = |range: std::ops::Range<u128>| Values::ids(range.map(|n| Uuid::from_u128(n + 1)));
        let touched = db
            .run(|tx| {
                async move {
                    // Half of the last ten are not there.
                    let paid = Values::numbers((0..605).map(|n| n % 7));
                    let rows = Rows::named("v", vec![("id", ids(100..705)), ("paid", paid)])?;
                    let sql = "UPDATE thing SET fen = thing.fen - v.paid FROM {rows} WHERE thing.id = v.id AND v.paid > 0";
                    let touched = tx.conn().execute_with(sql, rows).await?;
                    let none = Rows::named("v", vec![("id", ids(0..0)), ("paid", Values::numbers([]))])?;
                    assert_eq!(tx.conn().execute_with(sql, none).await?, 0);
                    let found = tx
                        .conn()
                        .query_with(
                            "SELECT thing.fen AS fen FROM {rows} CROSS JOIN thing WHERE thing.id = v.id",
                            Rows::named("v", vec![("id", ids(101..104))])?,
                        )
                        .await?;
                    let mut fens = Vec::new();
                    for row in found {
                        fens.push(i64::MAX - row.try_get::<i64>("", "fen")?);
                    }
                    fens.sort_unstable();
                    assert_eq!(fens, [102, 104, 106]);
                    Ok::<u64, Fault>(touched)
                }
                .in_tx()
            })
            .await
            .unwrap();
        // Of 605 rows five are beyond the table; every seventh pays nothing.
        let expected = (0..600).filter(|n| n % 7 > 0).count();
        assert_eq!(usize::try_from(touched).unwrap(), expected);
    }
}

#[tokio::test]
async fn transactions_run_at_the_level_that_was_asked_for() {
    for backend in Backend::available().unwrap() {
        if backend == Backend::Sqlite {
            continue;
        }
        let place = TestPlace::new(backend).unwrap();
        let url = place.database_url(Service::Pledge).await.unwrap();
        for (isolation, name) in
            [(Isolation::Serializable, "serializable"), (Isolation::ReadCommitted, "read committed")]
        {
            let config = DbConfig { isolation, ..DbConfig::at(url.clone()) };
            let clock: Arc<dyn Clock> = Arc::new(SystemClock);
            let db = Db::open(Service::Pledge, &config, clock).await.unwrap();
            assert_eq!(db.run(|tx| level(tx).in_tx()).await.unwrap(), name);
            assert_eq!(db.run_read_committed(|tx| level(tx).in_tx()).await.unwrap(), "read committed");
            assert_eq!(db.run_by_kept_plans(|tx| level(tx).in_tx()).await.unwrap(), "read committed");
        }
    }
}

#[tokio::test]
async fn plans_are_kept_within_the_transactions_that_ask_for_it_alone() {
    for backend in Backend::available().unwrap() {
        if backend == Backend::Sqlite {
            continue;
        }
        let place = TestPlace::new(backend).unwrap();
        let url = place.database_url(Service::Pledge).await.unwrap();
        // One connection for all of them.
        let config = DbConfig { connections_max: 1, ..DbConfig::at(url) };
        let db = Db::open(Service::Pledge, &config, Arc::new(SystemClock)).await.unwrap();
        for _ in 0..2 {
            assert_eq!(db.run(|tx| plans(tx).in_tx()).await.unwrap(), "auto");
            assert_eq!(db.run_by_kept_plans(|tx| plans(tx).in_tx()).await.unwrap(), "force_generic_plan");
        }
    }
}

async fn level(tx: &mut tx_kit::Tx) -> Result<String, Fault> {
    shown(tx, "transaction_isolation").await
}

async fn plans(tx: &mut tx_kit::Tx) -> Result<String, Fault> {
    shown(tx, "plan_cache_mode").await
}

async fn shown(tx: &mut tx_kit::Tx, setting: &str) -> Result<String, Fault> {
    let show = Statement::from_string(tx.conn().get_database_backend(), format!("SHOW {setting}"));
    let row =
        tx.conn().query_one_raw(show).await?.ok_or_else(|| Fault::Other("no such setting".to_owned()))?;
    Ok(row.try_get("", setting)?)
}

#[tokio::test]
async fn a_broken_step_leaves_nothing_unless_it_was_the_commit_whose_answer_was_lost() {
    for (_place, db) in databases().await {
        // Begin, two statements, commit.
        let act = |n: u32| {
            let db = db.clone();
            async move {
                db.run(|tx| {
                    async move {
                        tx.conn().insert([Rows::of([row(thing(n))])?]).await?;
                        tx.conn().insert([Rows::of([row(thing(n + 1))])?]).await
                    }
                    .in_tx()
                })
                .await
            }
        };
        let mut number = 0;
        for how in [Break::Before, Break::After] {
            for step in 1..=5 {
                let before = written(&db).await.len();
                db.probe().break_at(step, how);
                let done = act(number).await;
                number += 2;
                let made = written(&db).await.len() - before;
                // A transaction that cannot begin begins on another connection.
                let unharmed = step == 1 || db.probe().take_back();
                assert_eq!(unharmed, step == 1 || step == 5, "{how:?} {step}");
                assert_eq!(done.is_ok(), unharmed, "{how:?} {step}");
                let kept = unharmed || (step == 4 && how == Break::After);
                assert_eq!(made, if kept { 2 } else { 0 }, "{how:?} {step}");
            }
        }
    }
}
