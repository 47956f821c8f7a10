//! The ledger against a slow, obvious oracle: a list of entries that is summed again for every question.

#[cfg(test)]
mod books {
    use std::{collections::BTreeMap, sync::Arc};

    use chrono::{NaiveDate, TimeDelta, TimeZone, Utc};
    use contracts::{Clock, MovementId, OrgId, Service, SimulatedClock};
    use finance::Money;
    use ledger::{
        Account, AccountKind, DayClosed, Line, Movement, ReversalRefused, ReverseError, Side, Span,
        migrations::LedgerTables,
    };
    use proptest::prelude::*;
    use sea_orm_migration::{MigrationTrait, MigratorTrait};
    use tokio::sync::Notify;
    use tx_kit::{
        Db, Fault, InTx,
        listing::{ListingError, PageRequest},
        migrations::TxKitTables,
        testing::{Backend, TestPlace},
    };
    use uuid::Uuid;

    struct Migrator;

    #[async_trait::async_trait]
    impl MigratorTrait for Migrator {
        fn migrations() -> Vec<Box<dyn MigrationTrait>> {
            vec![Box::new(TxKitTables), Box::new(LedgerTables)]
        }
    }

    const ACCOUNTS: [Account; 4] = [
        Account { code: "1303", zh: "贷款", en: "Loans", kind: AccountKind::Asset },
        Account { code: "1304", zh: "贷款损失准备", en: "Allowance", kind: AccountKind::ContraAsset },
        Account { code: "2011", zh: "吸收存款", en: "Deposits", kind: AccountKind::Liability },
        Account { code: "6011", zh: "利息收入", en: "Interest income", kind: AccountKind::Income },
    ];

    fn book(number: usize) -> OrgId {
        OrgId::from_uuid(Uuid::from_u128(number as u128 + 1))
    }

    fn first_day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
    }

    /// One entry, as the oracle remembers it.
    #[derive(Debug, Clone)]
    struct Noted {
        movement: MovementId,
        book: usize,
        account: &'static str,
        day: NaiveDate,
        debit: i64,
        credit: i64,
    }

    struct Desk {
        db: Db,
        clock: Arc<SimulatedClock>,
        noted: Vec<Noted>,
        closed: Vec<(usize, NaiveDate)>,
        reversed: Vec<MovementId>,
        mirrors: Vec<MovementId>,
        _place: TestPlace,
    }

    impl Desk {
        async fn new(backend: Backend) -> Self {
            let start = Utc.with_ymd_and_hms(2026, 11, 24, 2, 0, 0).unwrap();
            let clock = Arc::new(SimulatedClock::at(start));
            let place = TestPlace::new(backend).unwrap();
            let db =
                place.open::<Migrator>(Service::Pledge, Arc::clone(&clock) as Arc<dyn Clock>).await.unwrap();
            let (noted, closed, reversed, mirrors) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            Self { db, clock, noted, closed, reversed, mirrors, _place: place }
        }

        fn today(&self) -> NaiveDate {
            self.clock.business_date()
        }

        fn pass(&self, time: TimeDelta) {
            self.clock.set(self.clock.now() + time);
        }

        async fn post(
            &mut self,
            of: usize,
            (debit, credit): (usize, usize),
            fen: i64,
            on: NaiveDate,
        ) -> bool {
            self.pass(TimeDelta::seconds(1));
            let (debit, credit) = (ACCOUNTS[debit % 4], ACCOUNTS[credit % 4]);
            let lines =
                [Line::debit(debit, Money::from_fen(fen)), Line::credit(credit, Money::from_fen(fen))];
            let group = Some(Uuid::from_u128(77));
            let movement = Movement::try_new(book(of), "test", Uuid::from_u128(9), group, lines).unwrap();
            let movements = &[movement];
            let posted: Result<Vec<MovementId>, Fault> = self
                .db
                .run(|tx| {
                    async move {
                        tx.on_business_date(on);
                        ledger::post(tx, movements).await
                    }
                    .in_tx()
                })
                .await;
            let Ok(ids) = posted else {
                assert!(matches!(posted, Err(Fault::Invariant(_))), "{posted:?}");
                return false;
            };
            // What comes late stands on the first day that is open.
            let day = self
                .last_closed(of)
                .filter(|closed| *closed >= on)
                .map_or(on, |closed| closed.succ_opt().unwrap());
            for (account, debit, credit) in [(debit.code, fen, 0), (credit.code, 0, fen)] {
                self.noted.push(Noted { movement: ids[0], book: of, account, day, debit, credit });
            }
            true
        }

        fn last_closed(&self, of: usize) -> Option<NaiveDate> {
            self.closed.iter().filter(|(book, _)| *book == of).map(|(_, day)| *day).max()
        }

        async fn close(&mut self, of: usize, on: NaiveDate) -> DayClosed {
            let outcome: Result<DayClosed, Fault> =
                self.db.run(|tx| async move { ledger::close_day(tx, book(of), on).await }.in_tx()).await;
            let outcome = outcome.unwrap();
            if outcome == DayClosed::Now {
                self.closed.push((of, on));
            }
            outcome
        }

        async fn reverse(&mut self, id: MovementId) -> Result<MovementId, ReverseError> {
            self.pass(TimeDelta::seconds(1));
            let mirror =
                self.db.run(|tx| async move { ledger::reverse(tx, id, "记错").await }.in_tx()).await?;
            let today = self.today();
            let turned: Vec<Noted> = self
                .noted
                .iter()
                .filter(|one| one.movement == id)
                .map(|one| Noted {
                    movement: mirror,
                    day: today,
                    debit: one.credit,
                    credit: one.debit,
                    ..one.clone()
                })
                .collect();
            self.noted.extend(turned);
            self.reversed.push(id);
            self.mirrors.push(mirror);
            Ok(mirror)
        }

        fn sums(&self, of: usize, days: impl Fn(NaiveDate) -> bool) -> BTreeMap<&'static str, (i64, i64)> {
            let mut sums = BTreeMap::new();
            for one in self.noted.iter().filter(|one| one.book == of && days(one.day)) {
                let (debit, credit) = sums.entry(one.account).or_insert((0, 0));
                *debit += one.debit;
                *credit += one.credit;
            }
            sums
        }

        async fn agrees(&self) {
            for of in 0..2 {
                for day in first_day().iter_days().take_while(|day| *day <= self.today()) {
                    let told = ledger::trial_balance(self.db.read(), book(of), day).await.unwrap();
                    let told: BTreeMap<&str, (i64, i64)> = told
                        .iter()
                        .map(|row| (row.account.as_str(), (row.debit.fen(), row.credit.fen())))
                        .collect();
                    assert_eq!(told, self.sums(of, |one| one <= day), "book {of} on {day}");
                    let (debits, credits) =
                        told.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
                    assert_eq!(debits, credits, "book {of} on {day}");
                }
            }
        }

        /// Every closed day holds exactly the sums of the entries before it and on it.
        async fn days_agree(&self) {
            for (of, day) in &self.closed {
                let rows = ledger::day_balances(self.db.read(), book(*of), (*day, *day), None).await.unwrap();
                let before = self.sums(*of, |one| one < *day);
                let within = self.sums(*of, |one| one == *day);
                let known = self.sums(*of, |one| one <= *day);
                assert_eq!(rows.len(), known.len(), "book {of} on {day}");
                for row in rows {
                    let account = row.account.as_str();
                    let (debits, credits) = before.get(account).copied().unwrap_or_default();
                    assert_eq!(row.opening.fen(), debits - credits, "{account} before {day}");
                    let (debit, credit) = within.get(account).copied().unwrap_or_default();
                    assert_eq!((row.debit.fen(), row.credit.fen()), (debit, credit), "{account} on {day}");
                    let (debits, credits) = known[account];
                    assert_eq!(row.closing.fen(), debits - credits, "{account} after {day}");
                }
            }
        }

        /// Paging through an account gives every entry once, with a running balance that ends at its balance.
        async fn pages_agree(&self, of: usize, account: &str) {
            let span = Span { from: first_day(), to: self.today() };
            let mut request = PageRequest { limit: 2, cursor: None };
            let (mut seen, mut balance) = (0, 0);
            loop {
                let page = ledger::entries(self.db.read(), book(of), account, span, &request).await.unwrap();
                assert_eq!(page.opening.fen(), balance, "a page opens where the one before ended");
                for one in &page.entries {
                    balance += if one.side == Side::Debit { one.amount.fen() } else { -one.amount.fen() };
                    assert_eq!(one.balance.fen(), balance);
                    assert!(self.noted.iter().any(|noted| noted.movement == one.movement));
                    seen += 1;
                }
                match page.next_cursor {
                    Some(cursor) => request.cursor = Some(cursor),
                    None => break,
                }
            }
            let wanted = self.noted.iter().filter(|one| one.book == of && one.account == account);
            assert_eq!(seen, wanted.count());
            let (debits, credits) = self.sums(of, |_| true).get(account).copied().unwrap_or_default();
            assert_eq!(balance, debits - credits);
        }
    }

    #[derive(Debug, Clone)]
    enum Step {
        Post { book: usize, accounts: (usize, usize), fen: i64 },
        Late { book: usize, days: i64, fen: i64 },
        NextDay,
        Close { book: usize, days: i64 },
        Reverse { which: usize },
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            6 => (0_usize..2, 0_usize..4, 1_usize..4, 1_i64..1_000_000).prop_map(|(book, debit, apart, fen)| {
                Step::Post { book, accounts: (debit, debit + apart), fen }
            }),
            2 => (0_usize..2, 0_i64..4, 1_i64..1_000).prop_map(|(book, days, fen)| Step::Late { book, days, fen }),
            2 => Just(Step::NextDay),
            2 => (0_usize..2, 0_i64..3).prop_map(|(book, days)| Step::Close { book, days }),
            2 => (0_usize..64).prop_map(|which| Step::Reverse { which }),
        ]
    }

    async fn lived(backend: Backend, steps: &[Step]) {
        let mut desk = Desk::new(backend).await;
        for step in steps {
            match step {
                Step::Post { book, accounts, fen } => {
                    assert!(desk.post(*book, *accounts, *fen, desk.today()).await, "today takes everything");
                }
                Step::Late { book, days, fen } => {
                    let on = (desk.today() - TimeDelta::days(*days)).max(first_day());
                    assert!(desk.post(*book, (0, 2), *fen, on).await, "nothing is too late for a book");
                }
                Step::NextDay => desk.pass(TimeDelta::days(1)),
                Step::Close { book, days } => {
                    let on = desk.today() - TimeDelta::days(1 + *days);
                    let expected = match desk.last_closed(*book) {
                        Some(last) if last > on => DayClosed::Before { closed: last },
                        Some(last) if last == on => DayClosed::Again,
                        _ => DayClosed::Now,
                    };
                    assert_eq!(desk.close(*book, on).await, expected);
                }
                Step::Reverse { which } => {
                    let ids: Vec<MovementId> = desk.noted.iter().map(|one| one.movement).collect();
                    let Some(id) = ids.get(which % ids.len().max(1)).copied() else { continue };
                    let (mirror, again) = (desk.mirrors.contains(&id), desk.reversed.contains(&id));
                    match desk.reverse(id).await {
                        Ok(_) => assert!(!mirror && !again),
                        Err(ReverseError::Refused(ReversalRefused::IsReversal)) => assert!(mirror),
                        Err(ReverseError::Refused(ReversalRefused::Already { .. })) => assert!(again),
                        Err(other) => panic!("{other}"),
                    }
                }
            }
        }
        desk.agrees().await;
        // Closed days hold what stands on them, whenever it came.
        desk.days_agree().await;
        desk.pass(TimeDelta::days(1));
        for of in 0..2 {
            desk.close(of, desk.today() - TimeDelta::days(1)).await;
            let open = ledger::first_open_day(desk.db.read(), book(of)).await.unwrap();
            assert_eq!(open, Some(desk.today()), "book {of}");
        }
        desk.days_agree().await;
        desk.agrees().await;
        desk.pages_agree(0, "1303").await;
        let wanted: Vec<OrgId> =
            (0..2).filter(|of| desk.noted.iter().any(|one| one.book == *of)).map(book).collect();
        assert_eq!(ledger::books(desk.db.read()).await.unwrap(), wanted);
        let ids: Vec<MovementId> = desk.noted.iter().map(|one| one.movement).collect();
        for id in ids {
            if !desk.reversed.contains(&id) && !desk.mirrors.contains(&id) {
                desk.reverse(id).await.unwrap();
            }
        }
        for of in 0..2 {
            for row in ledger::trial_balance(desk.db.read(), book(of), desk.today()).await.unwrap() {
                assert_eq!(row.debit, row.credit, "reversals restore {} of book {of}", row.account);
            }
        }
        let group = Uuid::from_u128(77);
        let balances = ledger::balances_by_group(desk.db.read(), ACCOUNTS[0], &[group]).await.unwrap();
        assert_eq!(balances.get(&group).copied().unwrap_or_default(), Money::ZERO);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

        #[test]
        fn day_balances_equal_the_sums_of_entries_and_reversals_restore_every_balance(
            steps in prop::collection::vec(step(), 1..40),
        ) {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            for backend in Backend::available().unwrap() {
                runtime.block_on(lived(backend, &steps));
            }
        }
    }

    #[tokio::test]
    async fn of_two_reversals_at_the_same_time_one_is_posted() {
        for backend in Backend::available().unwrap() {
            let mut desk = Desk::new(backend).await;
            assert!(desk.post(0, (0, 2), 12_345, first_day()).await);
            let id = desk.noted[0].movement;
            let tries = (0..8).map(|_| {
                let db = desk.db.clone();
                tokio::spawn(async move {
                    db.run(|tx| async move { ledger::reverse(tx, id, "重复").await }.in_tx()).await.is_ok()
                })
            });
            let mut posted = 0;
            for one in tries.collect::<Vec<_>>() {
                posted += usize::from(one.await.unwrap());
            }
            assert_eq!(posted, 1);
            let seen = ledger::movement_by_id(desk.db.read(), id, Some(book(0))).await.unwrap().unwrap();
            let mirror = seen.reversed_by.unwrap();
            let mirror = ledger::movement_by_id(desk.db.read(), mirror, None).await.unwrap().unwrap();
            assert_eq!((mirror.reversal_of, mirror.reason.as_deref()), (Some(id), Some("重复")));
            for (one, other) in seen.entries.iter().zip(&mirror.entries) {
                assert_eq!((one.side.opposite(), one.amount), (other.side, other.amount));
            }
            let none = ledger::movement_by_id(desk.db.read(), id, Some(book(1))).await.unwrap();
            assert_eq!(none, None, "another book does not show it");
        }
    }

    /// Somebody posts for the days that somebody else closes, at the same time: every entry is in the balances of a day.
    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_posted_late_while_days_are_closed_is_in_the_balances_of_one_of_them() {
        for backend in Backend::available().unwrap() {
            let mut desk = Desk::new(backend).await;
            assert!(desk.post(0, (0, 2), 1, first_day()).await);
            desk.pass(TimeDelta::days(41));
            let days = |count: usize| first_day().iter_days().take(count);
            let (poster, closer) = (desk.db.clone(), desk.db.clone());
            let posting = tokio::spawn(async move {
                for day in days(40) {
                    let lines = [
                        Line::debit(ACCOUNTS[0], Money::from_fen(100)),
                        Line::credit(ACCOUNTS[2], Money::from_fen(100)),
                    ];
                    let movement =
                        Movement::try_new(book(0), "late", Uuid::from_u128(9), None, lines).unwrap();
                    let movements = &[movement];
                    let posted: Result<Vec<MovementId>, Fault> = poster
                        .run_read_committed(|tx| {
                            async move {
                                tx.on_business_date(day);
                                let ids = ledger::post(tx, movements).await?;
                                tokio::time::sleep(std::time::Duration::from_millis(3)).await;
                                Ok(ids)
                            }
                            .in_tx()
                        })
                        .await;
                    posted.unwrap();
                }
            });
            let closing = tokio::spawn(async move {
                for day in days(40) {
                    let closed: Result<DayClosed, Fault> = closer
                        .run(|tx| async move { ledger::close_day(tx, book(0), day).await }.in_tx())
                        .await;
                    assert_eq!(closed.unwrap(), DayClosed::Now);
                }
            });
            posting.await.unwrap();
            closing.await.unwrap();
            let last = first_day() + TimeDelta::days(40);
            let closed: Result<DayClosed, Fault> =
                desk.db.run(|tx| async move { ledger::close_day(tx, book(0), last).await }.in_tx()).await;
            assert_eq!(closed.unwrap(), DayClosed::Now);
            let span = (first_day(), last);
            let rows = ledger::day_balances(desk.db.read(), book(0), span, Some("1303")).await.unwrap();
            assert_eq!(rows.iter().map(|row| row.debit.fen()).sum::<i64>(), 4_001);
            assert_eq!(rows.last().unwrap().closing.fen(), 4_001);
            let told = ledger::trial_balance(desk.db.read(), book(0), desk.today()).await.unwrap();
            assert!(told.iter().all(|row| (row.debit.fen() - row.credit.fen()).abs() == 4_001), "{told:?}");
        }
    }

    #[tokio::test]
    async fn what_is_posted_on_a_today_that_a_later_clock_has_closed_stands_on_the_first_open_day() {
        for backend in Backend::available().unwrap() {
            let mut desk = Desk::new(backend).await;
            assert!(desk.post(0, (0, 2), 500, first_day()).await);
            // A process whose clock is three days ahead closes what is over by its clock.
            desk.pass(TimeDelta::days(3));
            for day in first_day().iter_days().take(3) {
                assert_eq!(desk.close(0, day).await, DayClosed::Now);
            }
            desk.pass(TimeDelta::days(-3));
            let open = first_day() + TimeDelta::days(3);
            for fen in [70, 8] {
                assert!(desk.post(0, (0, 2), fen, first_day()).await);
            }
            let reversed = desk.noted[0].movement;
            let mirror =
                desk.db.run(|tx| async move { ledger::reverse(tx, reversed, "记错").await }.in_tx()).await;
            let mirror =
                ledger::movement_by_id(desk.db.read(), mirror.unwrap(), None).await.unwrap().unwrap();
            assert_eq!(mirror.business_date, open);
            // Another book is nobody's to close.
            assert!(desk.post(1, (0, 2), 9, first_day()).await);
            let told = ledger::trial_balance(desk.db.read(), book(1), first_day()).await.unwrap();
            assert_eq!(told.len(), 2);
            let told = ledger::trial_balance(desk.db.read(), book(0), first_day()).await.unwrap();
            assert_eq!(told[0].debit.fen(), 500, "a closed day takes nothing more");
            desk.pass(TimeDelta::days(4));
            assert_eq!(desk.close(0, open).await, DayClosed::Now);
            let rows =
                ledger::day_balances(desk.db.read(), book(0), (open, open), Some("1303")).await.unwrap();
            assert_eq!((rows[0].debit.fen(), rows[0].credit.fen(), rows[0].closing.fen()), (78, 500, 78));
        }
    }

    /// Two writers at once: PostgreSQL alone has them.
    #[tokio::test(flavor = "multi_thread")]
    async fn an_entry_that_outlasts_two_closes_of_later_days_is_in_the_balances_after_the_next() {
        for backend in Backend::available().unwrap() {
            if backend == Backend::Sqlite {
                continue;
            }
            let mut desk = Desk::new(backend).await;
            assert!(desk.post(0, (0, 2), 500, first_day()).await);
            let (asked, closed) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
            let (poster, asking, closing) = (desk.db.clone(), Arc::clone(&asked), Arc::clone(&closed));
            let posting = tokio::spawn(async move {
                let lines = [
                    Line::debit(ACCOUNTS[0], Money::from_fen(70)),
                    Line::credit(ACCOUNTS[2], Money::from_fen(70)),
                ];
                let movements =
                    &[Movement::try_new(book(0), "slow", Uuid::from_u128(9), None, lines).unwrap()];
                let (asking, closing) = (&asking, &closing);
                let posted: Result<Vec<MovementId>, Fault> = poster
                    .run_read_committed(|tx| {
                        async move {
                            let ids = ledger::post(tx, movements).await?;
                            asking.notify_one();
                            closing.notified().await;
                            Ok(ids)
                        }
                        .in_tx()
                    })
                    .await;
                posted.unwrap()[0]
            });
            asked.notified().await;
            desk.pass(TimeDelta::days(3));
            for day in first_day().iter_days().take(3) {
                assert_eq!(desk.close(0, day).await, DayClosed::Now);
            }
            closed.notify_one();
            let movement = posting.await.unwrap();
            for (account, debit, credit) in [("1303", 70, 0), ("2011", 0, 70)] {
                desk.noted.push(Noted { movement, book: 0, account, day: first_day(), debit, credit });
            }
            desk.pass(TimeDelta::days(1));
            assert_eq!(desk.close(0, first_day() + TimeDelta::days(3)).await, DayClosed::Now);
            desk.days_agree().await;
            desk.agrees().await;
        }
    }

    #[tokio::test]
    async fn a_movement_that_is_not_there_is_not_reversed_and_a_day_to_come_not_closed() {
        let mut desk = Desk::new(Backend::Sqlite).await;
        let nobody = MovementId::from_uuid(Uuid::from_u128(404));
        assert!(matches!(desk.reverse(nobody).await, Err(ReverseError::Refused(ReversalRefused::NotThere))));
        let tomorrow = first_day() + TimeDelta::days(1);
        for day in [first_day(), tomorrow] {
            let closed: Result<DayClosed, Fault> =
                desk.db.run(|tx| async move { ledger::close_day(tx, book(0), day).await }.in_tx()).await;
            assert!(matches!(closed, Err(Fault::Invariant(_))), "{day} is not over");
        }
        assert!(!desk.post(0, (0, 2), 1, tomorrow).await);
        let span = Span { from: first_day(), to: first_day() };
        let request = PageRequest { limit: 2, cursor: Some("forged".into()) };
        let page = ledger::entries(desk.db.read(), book(0), "1303", span, &request).await;
        assert!(matches!(page, Err(ListingError::BadCursor)));
    }
}
