//! Draws under load, by several replicas, with twins, retries and connections that break at every step: what must hold
//! always, on SQLite and on PostgreSQL at both levels of isolation.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use contracts::FacilityId;
use finance::Money;
use futures::future::join_all;
use http_kit::IfMatch;
use identity::Caller;
use pledge_svc::facility::{self, Answer, Asked, DrawDesk, DrawRequest, model::draw::Refusal};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tx_kit::{
    IdempotencyKey, InTx, Isolation,
    testing::{Backend, Break},
};

use super::bench::{self, Bench, approval, approver, examiner, finance, officer, other_finance};

/// Where everything must hold.
fn grounds() -> Vec<(Backend, Isolation)> {
    let levels = |backend| match backend {
        Backend::Sqlite => vec![(backend, Isolation::Serializable)],
        Backend::Postgres => {
            vec![(backend, Isolation::Serializable), (backend, Isolation::ReadCommitted)]
        }
    };
    Backend::available().unwrap().into_iter().flat_map(levels).collect()
}

async fn replicas(ground: (Backend, Isolation), count: usize) -> Vec<Arc<Bench>> {
    Bench::replicas(ground.0, ground.1, count).await.into_iter().map(Arc::new).collect()
}

/// An active line of fifty million with two members; what the test is not about stands in nobody's way.
async fn line(bench: &Bench, changes: Value) -> String {
    let members = [finance(), other_finance()].map(|one| {
        json!({"enterprise_id": one.tenant, "enterprise_name": one.tenant_name, "sub_limit": "50000000.00"})
    });
    let mut proposal = json!({
        "name": "集合授信", "cluster": "集群", "industry": "C26", "limit": "50000000.00", "revolving": true,
        "available_from": "2026-01-01", "available_until": "2027-12-31", "annual_rate": "0.0345",
        "tenor_cap_months": 24, "single_member_cap": "1", "ltv_cap": "0.6", "over_allotment": "2",
        "collateral": {"rule": "unsecured", "up_to": "50000000.00"}, "members": members,
    });
    for (name, value) in changes.as_object().unwrap() {
        proposal[name] = value.clone();
    }
    let facility = bench.post(&officer(), "/facilities", proposal).await.expect(201);
    let id = facility["id"].as_str().unwrap().to_owned();
    bench.post(&approver(), &format!("/facilities/{id}/approve"), json!({})).await.expect(200);
    id
}

async fn draw(bench: &Bench, facility: &str, who: &Caller, amount: &str, key: &str) -> bench::Answer {
    let body = json!({ "enterprise_id": who.tenant, "amount": amount, "tenor_months": 12 });
    bench.send(who, "POST", &format!("/facilities/{facility}/drawdowns"), body, Some(key)).await
}

async fn repay(bench: &Bench, who: &Caller, loan: &str, amount: &str, key: &str) -> bench::Answer {
    let body = json!({ "amount": amount });
    bench.send(who, "POST", &format!("/loans/{loan}/repayments"), body, Some(key)).await
}

/// A draw as the door hands it to the desk.
fn asked(who: &Caller, facility: FacilityId, fen: i64, key: &str) -> Asked {
    let request = DrawRequest {
        enterprise_id: who.tenant,
        amount: Money::from_fen(fen),
        tenor_months: 12,
        repayment: None,
        purpose: None,
        product: None,
        grace: None,
        application_id: None,
        payment_mode: None,
        payee: None,
    };
    let command = format!("POST /facilities/{facility}/drawdowns");
    let key = IdempotencyKey::new(who.tenant, command, key, fen.to_string().as_bytes());
    Asked { caller: who.clone(), key, request, seen: IfMatch::default() }
}

/// Brings draws to a desk at the same instant, so that they make up one batch as far as it reaches.
async fn together(desk: &DrawDesk, draws: Vec<(FacilityId, Asked)>) -> Vec<Answer> {
    let answers = join_all(draws.into_iter().map(|(line, asked)| desk.draw(line, asked))).await;
    answers.into_iter().map(Result::unwrap).collect()
}

fn drawn(answer: &Answer) -> bool {
    matches!(answer, Answer::Drawn(_))
}

async fn loans(bench: &Bench) -> BTreeSet<String> {
    bench.texts("SELECT number AS text FROM loan").await.into_iter().collect()
}

/// Lines, members, loans, shares and ledger agree; what is held on a line is what is held for its members.
async fn all_agree(bench: &Bench) {
    let body = bench.get(&examiner(), "/ledger/reconciliation").await.expect(200);
    for one in body["items"].as_array().unwrap() {
        assert_eq!(one["agrees"], json!(true), "{one}");
    }
    let apart = "SELECT f.number AS text FROM facility f WHERE f.drawn_fen + f.reserved_fen + f.retired_fen > f.limit_fen \
        OR f.reserved_fen <> (SELECT COALESCE(SUM(m.reserved_fen), 0) FROM facility_member m WHERE m.facility_id = f.id) \
        OR f.drawn_fen <> (SELECT COALESCE(SUM(m.drawn_fen), 0) FROM facility_member m WHERE m.facility_id = f.id)";
    assert_eq!(bench.texts(apart).await, Vec::<String>::new());
}

async fn line_drawn(bench: &Bench, facility: &str) -> String {
    let body = bench.get(&officer(), &format!("/facilities/{facility}")).await.expect(200);
    body["drawn"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_draws_of_one_million_on_fifty_free_are_exactly_fifty_whichever_replica_is_asked() {
    for ground in grounds() {
        let replicas = replicas(ground, 2).await;
        let facility = line(&replicas[0], json!({})).await;
        let draws: Vec<_> = (0..100_usize)
            .map(|number| {
                let (bench, facility) = (Arc::clone(&replicas[number % 2]), facility.clone());
                let who = if number % 4 < 2 { finance() } else { other_finance() };
                tokio::spawn(async move {
                    draw(&bench, &facility, &who, "1000000.00", &format!("k{number}")).await
                })
            })
            .collect();
        let mut granted = BTreeSet::new();
        let mut refused = 0;
        for one in draws {
            let answer = one.await.unwrap();
            match answer.status.as_u16() {
                201 => assert!(granted.insert(answer.body["loan_number"].as_str().unwrap().to_owned())),
                409 => {
                    assert_eq!(answer.body["limit_kind"], "facility", "{}", answer.body);
                    refused += 1;
                }
                _ => panic!("{answer:?}"),
            }
        }
        assert_eq!((granted.len(), refused), (50, 50), "{ground:?}");
        assert_eq!(loans(&replicas[0]).await, granted, "what was answered 201 is there, and nothing else");
        assert_eq!(line_drawn(&replicas[1], &facility).await, "50000000.00");
        all_agree(&replicas[0]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twins_of_one_key_on_two_replicas_get_one_answer_and_one_loan() {
    for ground in grounds() {
        let replicas = replicas(ground, 2).await;
        let facility = line(&replicas[0], json!({})).await;
        let twins: Vec<_> = (0..40_usize)
            .map(|number| {
                let (bench, facility) = (Arc::clone(&replicas[number % 2]), facility.clone());
                let key = format!("twin{}", number / 20);
                tokio::spawn(
                    async move { (key.clone(), draw(&bench, &facility, &finance(), "7.00", &key).await) },
                )
            })
            .collect();
        let mut answers: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for twin in twins {
            let (key, answer) = twin.await.unwrap();
            answers.entry(key).or_default().push(answer.expect(201));
        }
        for same in answers.values() {
            assert!(same.iter().all(|one| one == &same[0]), "{ground:?}: {same:?}");
        }
        assert_eq!(loans(&replicas[0]).await.len(), 2);
        draw(&replicas[1], &facility, &finance(), "8.00", "twin0")
            .await
            .refused(422, "idempotency-key-reused");
        all_agree(&replicas[1]).await;
    }
}

/// What a caller does whose answer was "come again": it comes again, with the same key.
async fn until_answered<F: Future<Output = bench::Answer>>(ask: impl Fn() -> F) -> bench::Answer {
    for _ in 0..100 {
        let answer = ask().await;
        if answer.status.as_u16() != 503 {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no answer after a hundred times");
}

/// A draw, and in half of the cases a repayment of half of it.
async fn customer(bench: Arc<Bench>, facility: String, number: usize) -> (usize, bench::Answer) {
    let who = if number.is_multiple_of(2) { finance() } else { other_finance() };
    let amount = format!("{}.00", 10_000 + (number * 7_919) % 600_000 * 2);
    let key = format!("d{number}");
    let answer = until_answered(|| draw(&bench, &facility, &who, &amount, &key)).await;
    if answer.status.as_u16() == 201 && number.is_multiple_of(3) {
        let loan = answer.body["loan_id"].as_str().unwrap().to_owned();
        let half = format!("{}.00", (10_000 + (number * 7_919) % 600_000 * 2) / 2);
        let key = format!("r{number}");
        until_answered(|| repay(&bench, &who, &loan, &half, &key)).await.expect(201);
    }
    (number, answer)
}

/// The limit goes up and down, as far as use lets it.
async fn banker(bench: Arc<Bench>, facility: String) {
    let (maker, checker) = (officer(), approver());
    for round in 0..6 {
        let limit = if round % 2 == 0 { "60000000.00" } else { "45000000.00" };
        let change = json!({ "limit": limit, "over_allotment": "3", "reason": "调整" });
        let path = format!("/facilities/{facility}/changes");
        let proposed = until_answered(|| bench.post(&maker, &path, change.clone())).await;
        if proposed.status.as_u16() != 201 {
            assert!(matches!(proposed.status.as_u16(), 409 | 422), "{proposed:?}");
            continue;
        }
        let id = proposed.body["id"].as_str().unwrap();
        let approve = format!("{path}/{id}/approve");
        let decided = until_answered(|| bench.post(&checker, &approve, json!({}))).await;
        if decided.status.as_u16() != 200 {
            assert!(matches!(decided.status.as_u16(), 409 | 422), "{decided:?}");
            let refuse = format!("{path}/{id}/refuse");
            until_answered(|| bench.post(&checker, &refuse, json!({ "reason": "不再适用" })))
                .await
                .expect(200);
        }
    }
}

/// Amounts are held for a member and let go of again.
async fn holder(bench: Arc<Bench>, facility: FacilityId, who: Caller) {
    let amount = Money::from_fen(40_000_000);
    let (actor, enterprise) = (who.actor(), who.tenant);
    let (actor, db) = (&actor, &bench.db);
    for _ in 0..10 {
        let one = approval(amount);
        let application = one.application_id;
        let held = db
            .run_read_committed(|tx| facility::reserve(tx, facility, enterprise, one.clone(), actor).in_tx());
        if held.await.is_err() {
            continue;
        }
        tokio::task::yield_now().await;
        db.run_read_committed(|tx| {
            facility::release_reservation(tx, facility, enterprise, application, actor).in_tx()
        })
        .await
        .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn draws_repayments_limit_changes_and_reservations_at_once_keep_every_sum() {
    for ground in grounds() {
        let replicas = replicas(ground, 2).await;
        let facility = line(&replicas[0], json!({})).await;
        let id: FacilityId = facility.parse().unwrap();
        let mut others = vec![tokio::spawn(banker(Arc::clone(&replicas[0]), facility.clone()))];
        for (bench, who) in [(&replicas[0], finance()), (&replicas[1], other_finance())] {
            others.push(tokio::spawn(holder(Arc::clone(bench), id, who)));
        }
        let customers: Vec<_> = (0..240_usize)
            .map(|number| tokio::spawn(customer(Arc::clone(&replicas[number % 2]), facility.clone(), number)))
            .collect();
        let mut answers = Vec::new();
        for customer in customers {
            answers.push(customer.await.unwrap());
        }
        for other in others {
            other.await.unwrap();
        }
        all_agree(&replicas[0]).await;
        let granted: BTreeSet<String> = answers
            .iter()
            .filter(|(_, answer)| answer.status.as_u16() == 201)
            .map(|(_, answer)| answer.body["loan_number"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(loans(&replicas[1]).await, granted, "{ground:?}");
        assert!(
            granted.len() > 50 && granted.len() < 240,
            "{}: the line was neither empty nor endless",
            granted.len()
        );
        // A key gives its first answer again, whatever has become of the line, on the other replica too.
        let drawn_before = line_drawn(&replicas[0], &facility).await;
        for (number, first) in &answers {
            let who = if number.is_multiple_of(2) { finance() } else { other_finance() };
            let amount = format!("{}.00", 10_000 + (number * 7_919) % 600_000 * 2);
            let again =
                draw(&replicas[(number + 1) % 2], &facility, &who, &amount, &format!("d{number}")).await;
            assert_eq!((again.status, &again.body), (first.status, &first.body), "{ground:?}");
        }
        assert_eq!(line_drawn(&replicas[1], &facility).await, drawn_before);
        assert_eq!(loans(&replicas[0]).await, granted);
    }
}

/// More steps than any transaction here has.
const STEPS_MAX: u64 = 60;

#[tokio::test(flavor = "multi_thread")]
async fn a_draw_that_breaks_at_any_step_is_there_whole_or_not_at_all_and_its_key_tells() {
    for ground in grounds() {
        let bench = replicas(ground, 1).await.remove(0);
        let facility = line(&bench, json!({})).await;
        for how in [Break::Before, Break::After] {
            let mut reached = 0;
            for step in 1..STEPS_MAX {
                let before = loans(&bench).await;
                let key = format!("{how:?}{step}");
                bench.db.probe().break_at(step, how);
                let first = draw(&bench, &facility, &finance(), "1000.00", &key).await;
                let whole = bench.db.probe().take_back();
                all_agree(&bench).await;
                let after = loans(&bench).await;
                let made: Vec<&String> = after.difference(&before).collect();
                if whole {
                    first.expect(201);
                    break;
                }
                reached = step;
                let told = first.status.as_u16() == 201;
                assert!(told || first.status.is_server_error(), "{first:?}");
                assert!(made.len() == usize::from(told) || (how == Break::After && made.len() == 1));
                let again = draw(&bench, &facility, &finance(), "1000.00", &key).await.expect(201);
                let number = again["loan_number"].as_str().unwrap();
                assert!(made.iter().all(|made| *made == number), "what was done is what the key tells");
                assert_eq!(loans(&bench).await.len(), before.len() + 1, "{ground:?} {how:?} {step}");
            }
            assert!(reached > 8 && reached < STEPS_MAX - 1, "{reached} steps were broken");
        }
        all_agree(&bench).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repayment_that_breaks_at_any_step_is_taken_once() {
    for ground in grounds() {
        let bench = replicas(ground, 1).await.remove(0);
        let facility = line(&bench, json!({})).await;
        let granted = draw(&bench, &facility, &finance(), "100000.00", "k").await.expect(201);
        let loan = granted["loan_id"].as_str().unwrap();
        let mut owed = 10_000_000_i64;
        for how in [Break::Before, Break::After] {
            for step in 1..STEPS_MAX {
                let key = format!("{how:?}{step}");
                bench.db.probe().break_at(step, how);
                let first = repay(&bench, &finance(), loan, "100.00", &key).await;
                let whole = bench.db.probe().take_back();
                all_agree(&bench).await;
                if !whole {
                    assert!(first.status.as_u16() == 201 || first.status.is_server_error(), "{first:?}");
                }
                let again = repay(&bench, &finance(), loan, "100.00", &key).await.expect(201);
                owed -= 10_000;
                let left = Money::from_fen(owed).to_string();
                assert_eq!(again["outstanding"], json!(left), "{ground:?} {how:?} {step}");
                if whole {
                    assert!(step > 8, "{step}");
                    break;
                }
            }
        }
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_break_anywhere_in_a_batch_costs_nobody_a_draw() {
    for ground in grounds() {
        let bench = replicas(ground, 1).await.remove(0);
        let lines = [line(&bench, json!({})).await, line(&bench, json!({})).await];
        let lines = lines.map(|id| id.parse::<FacilityId>().unwrap());
        let desk = DrawDesk::new(bench.db.clone());
        for how in [Break::Before, Break::After] {
            for step in 1..STEPS_MAX {
                let before = loans(&bench).await.len();
                let batch = |facility: FacilityId| {
                    (0..5).map(move |n| {
                        (facility, asked(&finance(), facility, 100_000, &format!("{how:?}{step}-{n}")))
                    })
                };
                bench.db.probe().break_at(step, how);
                let answers = together(&desk, lines.into_iter().flat_map(batch).collect()).await;
                assert!(answers.iter().all(drawn), "{ground:?} {how:?} {step}: {answers:?}");
                assert_eq!(loans(&bench).await.len(), before + 10);
                if bench.db.probe().take_back() {
                    break;
                }
            }
        }
        all_agree(&bench).await;
    }
}

/// Statements that a batch of `draws` on each of some lines takes, its begin and commit among them.
async fn steps(bench: &Bench, desk: &DrawDesk, lines: &[FacilityId], draws: usize, round: &str) -> u64 {
    let batch = |facility: FacilityId| {
        (0..draws).map(move |n| (facility, asked(&finance(), facility, 100, &format!("{round}-{n}"))))
    };
    let before = bench.db.probe().steps();
    let answers = together(desk, lines.iter().copied().flat_map(batch).collect()).await;
    assert!(answers.iter().all(drawn), "{answers:?}");
    bench.db.probe().steps() - before
}

/// Begin, lock the lines, their shares, the keys, lock the members, their pledges, two guards, the books, commit.
const AROUND_THE_ROWS: u64 = 10;
/// Loans, shares, movements, entries, events, audit rows, answers.
const TABLES: u64 = 7;

#[tokio::test]
async fn a_batch_takes_as_many_statements_as_one_draw_or_hardly_more() {
    for ground in grounds() {
        let bench = replicas(ground, 1).await.remove(0);
        let mut lines = Vec::new();
        for _ in 0..4 {
            lines.push(line(&bench, json!({})).await.parse::<FacilityId>().unwrap());
        }
        let desk = DrawDesk::new(bench.db.clone());
        let one = steps(&bench, &desk, &lines[..1], 1, "a").await;
        let full = steps(&bench, &desk, &lines[..1], 256, "b").await;
        let uneven = steps(&bench, &desk, &lines[..1], 255, "c").await;
        let wide = steps(&bench, &desk, &lines, 1, "d").await;
        if ground.0 == Backend::Postgres {
            // The guards and the tables are one statement; the guards one and the tables three where making the rows takes as
            // long as storing them.
            assert_eq!(one, AROUND_THE_ROWS - 2 + 1, "{ground:?}");
            assert_eq!(wide, AROUND_THE_ROWS - 2 + 1, "four lines cost what one does");
            assert_eq!((full, uneven), (AROUND_THE_ROWS - 1 + 3, AROUND_THE_ROWS - 1 + 3), "{ground:?}");
        } else {
            assert_eq!(one, AROUND_THE_ROWS + TABLES);
            assert_eq!(wide, AROUND_THE_ROWS + TABLES, "four lines cost what one does");
            // A draw has two entries, and a statement holds 256 rows.
            assert_eq!((full, uneven), (AROUND_THE_ROWS + TABLES + 1, AROUND_THE_ROWS + TABLES + 1));
        }
        // Draws that were answered before cost the lock, the shares and the look-up alone.
        let again = steps(&bench, &desk, &lines[..1], 256, "b").await;
        assert_eq!(again, 5, "{ground:?}");
        all_agree(&bench).await;
    }
}

/// A clerk who decides one request after the other on paper: what is the least that any ceiling leaves?
struct Clerk {
    limit: i64,
    member_cap: i64,
    unsecured: i64,
    sub_limit: i64,
    drawn: [i64; 2],
    held: [i64; 2],
}

impl Clerk {
    fn free(&self, member: usize) -> i64 {
        let other = 1 - member;
        let of_line = self.limit - self.drawn[member] - self.drawn[other] - self.held[other];
        let of_member = self.member_cap.min(self.unsecured).min(self.sub_limit) - self.drawn[member];
        of_line.min(of_member)
    }

    /// Whether it is granted, or how much could be.
    fn decide(&mut self, member: usize, fen: i64) -> Result<(), i64> {
        let free = self.free(member);
        if fen > free {
            return Err(free);
        }
        self.drawn[member] += fen;
        self.held[member] -= fen.min(self.held[member]);
        Ok(())
    }
}

#[tokio::test]
async fn what_is_granted_is_what_a_slow_clerk_grants_in_the_order_of_arrival() {
    for ground in grounds() {
        let bench = replicas(ground, 1).await.remove(0);
        for seed in 1..=3_u64 {
            // A sub-limit may not exceed the cap for one member, so the two stand at the same amount.
            let members = [finance(), other_finance()].map(|one| {
                json!({"enterprise_id": one.tenant, "enterprise_name": one.tenant_name, "sub_limit": "27500000.00"})
            });
            let terms = json!({
                "single_member_cap": "0.55", "collateral": {"rule": "unsecured", "up_to": "28000000.00"},
                "members": members,
            });
            let facility: FacilityId = line(&bench, terms).await.parse().unwrap();
            let held = Money::from_fen(300_000_000);
            let (actor, enterprise) = (finance().actor(), finance().tenant);
            let actor = &actor;
            bench
                .db
                .run(|tx| facility::reserve(tx, facility, enterprise, approval(held), actor).in_tx())
                .await
                .unwrap_or_else(|_| panic!("three million are free"));
            let mut clerk = Clerk {
                limit: 5_000_000_000,
                member_cap: 2_750_000_000,
                unsecured: 2_800_000_000,
                sub_limit: 2_750_000_000,
                drawn: [0, 0],
                held: [held.fen(), 0],
            };
            // Xorshift: the same requests in every run.
            let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mut next = |below: u64| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state % below
            };
            let requests: Vec<(usize, i64)> = (0..300)
                .map(|_| (usize::from(next(3) == 0), 1 + i64::try_from(next(60_000_000)).unwrap()))
                .collect();
            let people = [finance(), other_finance()];
            let draws = requests.iter().enumerate().map(|(number, (member, fen))| {
                (facility, asked(&people[*member], facility, *fen, &format!("{seed}-{number}")))
            });
            let desk = DrawDesk::new(bench.db.clone());
            let answers = together(&desk, draws.collect()).await;
            for (number, ((member, fen), answer)) in requests.iter().zip(&answers).enumerate() {
                match (clerk.decide(*member, *fen), answer) {
                    (Ok(()), Answer::Drawn(_)) => {}
                    (Err(free), Answer::Refused(Refusal::Limit { available, .. })) => {
                        assert_eq!(available.fen(), free, "{ground:?}, request {number} of seed {seed}");
                    }
                    (expected, got) => {
                        panic!("{ground:?}, request {number} of seed {seed}: {expected:?}, but {got:?}")
                    }
                }
            }
            assert!(answers.iter().any(drawn) && !answers.iter().all(drawn));
        }
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_line_that_somebody_holds_does_not_keep_the_others_waiting() {
    for (backend, isolation) in grounds() {
        if backend == Backend::Sqlite {
            // One writer: whoever holds anything holds everything.
            continue;
        }
        let bench = replicas((backend, isolation), 1).await.remove(0);
        let (held, free) = (line(&bench, json!({})).await, line(&bench, json!({})).await);
        let [held_id, free_id] = [&held, &free].map(|id| id.parse::<FacilityId>().unwrap());
        let holder = bench.db.begin().await.unwrap();
        let lock = format!("SELECT id FROM facility WHERE id = '{held}' FOR UPDATE");
        holder.conn().execute_unprepared(&lock).await.unwrap();
        let desk = DrawDesk::new(bench.db.clone());
        let ask = |line: FacilityId, key: &str| Box::pin(desk.draw(line, asked(&finance(), line, 100, key)));
        // Both are asked before anybody serves them: they are of one batch.
        let (mut waits, mut goes) = (ask(held_id, "w"), ask(free_id, "g"));
        assert!(futures::poll!(&mut waits).is_pending() && futures::poll!(&mut goes).is_pending());
        let soon = Duration::from_secs(10);
        assert!(drawn(&tokio::time::timeout(soon, goes).await.unwrap().unwrap()));
        // Another draw on the free line is served while the held one still waits.
        assert!(drawn(&tokio::time::timeout(soon, ask(free_id, "g2")).await.unwrap().unwrap()));
        assert!(futures::poll!(&mut waits).is_pending());
        drop(holder);
        assert!(drawn(&tokio::time::timeout(soon, waits).await.unwrap().unwrap()));
        all_agree(&bench).await;
    }
}
