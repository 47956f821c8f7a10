//! Everything in any order over the database: draws, repayments, reservations, changes, suspensions, one after the
//! other against an oracle that keeps every loan by itself, and many at a time against the invariants alone.

use std::sync::Arc;

use contracts::{Actor, FacilityId};
use finance::Money;
use http_kit::ActError;
use identity::Caller;
use pledge_svc::facility::{self, HeldApproval};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};
use tx_kit::{InTx, testing::Backend};

use super::{approved, member, place, unsecured};
use crate::{
    bench::{Bench, approval, approver, examiner, officer, org},
    facility::draw,
};

const PLACES: usize = 3;
const NUMBERS: [u128; PLACES] = [20, 21, 22];

#[derive(Debug, Clone)]
enum Step {
    Draw(usize, i64),
    Repay(usize, i64),
    Reserve(usize, i64),
    Release(usize, i64),
    Suspend,
    Resume,
    Limit(i64),
    SubLimit(usize, i64),
    Pause(usize),
    LetGoOn(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..PLACES;
    let yuan = 1_i64..90_000;
    prop_oneof![
        6 => (who.clone(), yuan.clone()).prop_map(|(who, yuan)| Step::Draw(who, yuan)),
        3 => (who.clone(), yuan.clone()).prop_map(|(who, yuan)| Step::Repay(who, yuan)),
        3 => (who.clone(), yuan.clone()).prop_map(|(who, yuan)| Step::Reserve(who, yuan)),
        2 => (who.clone(), yuan.clone()).prop_map(|(who, yuan)| Step::Release(who, yuan)),
        1 => Just(Step::Suspend),
        2 => Just(Step::Resume),
        1 => (50_000_i64..400_000).prop_map(Step::Limit),
        2 => (who.clone(), yuan).prop_map(|(who, yuan)| Step::SubLimit(who, yuan)),
        1 => who.clone().prop_map(Step::Pause),
        1 => who.prop_map(Step::LetGoOn),
    ]
}

/// Sequences of steps that are the same every time, so that one that fails can be run again.
fn sequences(count: usize, length: usize) -> Vec<Vec<Step>> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let steps = prop::collection::vec(step(), length);
    (0..count).map(|_| steps.new_tree(&mut runner).unwrap().current()).collect()
}

/// A line of 200,000 whose members answer for themselves; two are connected and share 60 % of it.
fn proposal() -> Value {
    let mut members = NUMBERS.map(|number| place(number, "80000.00"));
    members[0]["group"] = json!("甲集团");
    members[1]["group"] = json!("甲集团");
    let rule = json!({ "rule": "unsecured", "up_to": "1000000.00" });
    unsecured(json!({
        "limit": "200000.00", "over_allotment": "1.5", "group_cap": "0.6", "single_member_cap": "1",
        "collateral": rule, "members": members,
    }))
}

async fn hold(bench: &Bench, line: FacilityId, who: usize, yuan: i64) -> bool {
    let (enterprise, amount) = (org(NUMBERS[who]), Money::from_yuan(yuan).unwrap());
    let actor = &Actor::system();
    let held = bench.db.run(|tx| facility::reserve(tx, line, enterprise, approval(amount), actor).in_tx());
    done(held.await)
}

/// The approvals of a member; each bench of these tests has one line.
async fn approvals(bench: &Bench, who: usize) -> Vec<HeldApproval> {
    let name = member(NUMBERS[who]).tenant_name;
    let sql = format!(
        "SELECT COALESCE(approvals, '[]') AS text FROM facility_member WHERE enterprise_name = '{name}'"
    );
    serde_json::from_str(&bench.texts(&sql).await[0]).unwrap()
}

/// Ends one of the member's approvals, where there is any.
async fn let_go(bench: &Bench, line: FacilityId, who: usize, which: usize) -> bool {
    let held = approvals(bench, who).await;
    if held.is_empty() {
        return true;
    }
    let (enterprise, application) = (org(NUMBERS[who]), held[which % held.len()].application_id);
    let actor = &Actor::system();
    let ended =
        bench.db.run(|tx| facility::release_reservation(tx, line, enterprise, application, actor).in_tx());
    done(ended.await)
}

fn done(answer: Result<(), ActError>) -> bool {
    match answer {
        Ok(()) => true,
        Err(ActError::Refused(_)) => false,
        // Overtaken by the others once too often: nothing was done.
        Err(ActError::Fault(fault)) if fault.is_transient() => false,
        Err(ActError::Fault(fault)) => panic!("{fault}"),
    }
}

async fn changed(bench: &Bench, id: &str, mut what: Value) -> bool {
    what["reason"] = json!("复核");
    let path = format!("/facilities/{id}/changes");
    let made = bench.post(&officer(), &path, what).await;
    if made.status.as_u16() != 201 {
        return false;
    }
    let change = made.body["id"].as_str().unwrap().to_owned();
    bench.post(&approver(), &format!("{path}/{change}/approve"), json!({})).await.status.as_u16() == 200
}

/// What the oracle keeps, in yuan.
struct Oracle {
    loans: Vec<(usize, String, i64)>,
    /// What is left of each approval, oldest first.
    left: [Vec<i64>; PLACES],
    subs: [i64; PLACES],
    limit: i64,
    active: bool,
    paused: [bool; PLACES],
}

impl Oracle {
    fn owed(&self, who: usize) -> i64 {
        self.loans.iter().filter(|loan| loan.0 == who).map(|loan| loan.2).sum()
    }

    fn held(&self, who: usize) -> i64 {
        self.left[who].iter().sum()
    }

    fn sums(&self) -> (i64, i64) {
        (self.loans.iter().map(|loan| loan.2).sum(), self.left.iter().flatten().sum())
    }

    /// The part of a draw that comes out of what is held, and the approval that has it left.
    fn under(&self, who: usize, yuan: i64) -> (i64, Option<usize>) {
        let part = yuan.min(self.held(who));
        (part, self.left[who].iter().position(|left| *left >= part))
    }

    fn connected(&self) -> i64 {
        (0..2).map(|who| self.owed(who) + self.held(who)).sum()
    }

    fn group_cap(&self) -> i64 {
        // 60 % of whole yuan may leave a part of a yuan, which no whole amount reaches.
        self.limit * 6 / 10
    }

    fn grants(&self, who: usize, yuan: i64) -> bool {
        let ((drawn, held), own) = (self.sums(), self.held(who));
        let (part, approval) = self.under(who, yuan);
        self.active
            && (part == 0 || approval.is_some())
            && !self.paused[who]
            && self.owed(who) + yuan <= self.subs[who]
            && drawn + held - own + yuan <= self.limit
            && (who == 2 || self.connected() - own + yuan <= self.group_cap())
    }

    fn holds(&self, who: usize, yuan: i64) -> bool {
        let (drawn, held) = self.sums();
        self.active
            && !self.paused[who]
            && self.owed(who) + self.held(who) + yuan <= self.subs[who]
            && drawn + held + yuan <= self.limit
            && (who == 2 || self.connected() + yuan <= self.group_cap())
    }

    /// Whether sub-limits like these may stand under a limit like this.
    fn admits(&self, limit: i64, subs: [i64; PLACES]) -> bool {
        let (drawn, held) = self.sums();
        drawn + held <= limit
            && (0..PLACES).all(|who| subs[who] >= self.owed(who) + self.held(who) && subs[who] <= limit)
            && 2 * subs.iter().sum::<i64>() <= 3 * limit
    }
}

struct World {
    bench: Bench,
    id: String,
    line: FacilityId,
    oracle: Oracle,
    keys: u32,
}

impl World {
    async fn new(backend: Backend) -> Self {
        let bench = Bench::new(backend).await;
        let id = approved(&bench, proposal()).await;
        let oracle = Oracle {
            loans: Vec::new(),
            left: [const { Vec::new() }; PLACES],
            subs: [80_000; PLACES],
            limit: 200_000,
            active: true,
            paused: [false; PLACES],
        };
        Self { line: id.parse().unwrap(), bench, id, oracle, keys: 0 }
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("k{}", self.keys)
    }

    async fn take(&mut self, step: &Step) {
        match *step {
            Step::Draw(who, yuan) => {
                let key = self.key();
                let amount = format!("{yuan}.00");
                let answer = draw(&self.bench, &self.id, &member(NUMBERS[who]), &amount, &key).await;
                let granted = self.oracle.grants(who, yuan);
                let drawn = answer.expect(if granted { 201 } else { 409 });
                if granted {
                    if let (part, Some(approval)) = self.oracle.under(who, yuan) {
                        self.oracle.left[who][approval] -= part;
                    }
                    self.oracle.loans.push((who, drawn["loan_id"].as_str().unwrap().to_owned(), yuan));
                }
            }
            Step::Repay(who, yuan) => self.repay(who, yuan).await,
            Step::Reserve(who, yuan) => {
                let held = hold(&self.bench, self.line, who, yuan).await;
                assert_eq!(held, self.oracle.holds(who, yuan));
                self.oracle.left[who].extend(held.then_some(yuan));
            }
            Step::Release(who, yuan) => {
                let which = usize::try_from(yuan).unwrap();
                assert!(let_go(&self.bench, self.line, who, which).await, "letting go never refuses");
                let left = &mut self.oracle.left[who];
                if !left.is_empty() {
                    left.remove(which % left.len());
                }
            }
            Step::Suspend => self.turn("suspend", true).await,
            Step::Resume => self.turn("resume", false).await,
            Step::Limit(yuan) => {
                let admitted = self.oracle.admits(yuan, self.oracle.subs);
                let what = json!({ "limit": format!("{yuan}.00") });
                assert_eq!(changed(&self.bench, &self.id, what).await, admitted);
                self.oracle.limit = if admitted { yuan } else { self.oracle.limit };
            }
            Step::SubLimit(who, yuan) => {
                let mut subs = self.oracle.subs;
                subs[who] = yuan;
                let admitted = self.oracle.admits(self.oracle.limit, subs);
                let what = json!({ "members": [place(NUMBERS[who], &format!("{yuan}.00"))] });
                assert_eq!(changed(&self.bench, &self.id, what).await, admitted);
                self.oracle.subs = if admitted { subs } else { self.oracle.subs };
            }
            Step::Pause(who) => self.place("pause", who, true).await,
            Step::LetGoOn(who) => self.place("resume", who, false).await,
        }
    }

    async fn repay(&mut self, who: usize, yuan: i64) {
        let key = self.key();
        let Some(loan) = self.oracle.loans.iter_mut().find(|loan| loan.0 == who && loan.2 > 0) else {
            return;
        };
        let paid = yuan.min(loan.2);
        loan.2 -= paid;
        let (path, body) =
            (format!("/loans/{}/repayments", loan.1), json!({ "amount": format!("{paid}.00") }));
        // Repayments are always accepted: on a suspended line, by a paused member.
        self.bench.send(&member(NUMBERS[who]), "POST", &path, body, Some(&key)).await.expect(201);
    }

    async fn turn(&mut self, step: &str, from: bool) {
        let path = format!("/facilities/{}/{step}", self.id);
        let answer = self.bench.post(&approver(), &path, json!({ "reason": "核实" })).await;
        answer.expect(if self.oracle.active == from { 200 } else { 409 });
        self.oracle.active = !from;
    }

    async fn place(&mut self, list: &str, who: usize, pausing: bool) {
        let what = json!({ list: [org(NUMBERS[who])] });
        assert_eq!(changed(&self.bench, &self.id, what).await, self.oracle.paused[who] != pausing);
        self.oracle.paused[who] = pausing;
    }

    async fn holds(&self) {
        let shown = self.bench.get(&officer(), &format!("/facilities/{}", self.id)).await.expect(200);
        let fen = |value: &Value| value.as_str().unwrap().parse::<Money>().unwrap().fen() / 100;
        let (drawn, held) = self.oracle.sums();
        assert_eq!((fen(&shown["drawn"]), fen(&shown["reserved"])), (drawn, held));
        assert_eq!(fen(&shown["limit"]), self.oracle.limit);
        assert!(drawn + held <= self.oracle.limit);
        for (who, number) in NUMBERS.into_iter().enumerate() {
            let members = shown["members"].as_array().unwrap();
            let one = members.iter().find(|one| one["enterprise_id"] == json!(org(number))).unwrap();
            let figures = (fen(&one["drawn"]), fen(&one["reserved"]), fen(&one["sub_limit"]));
            assert_eq!(figures, (self.oracle.owed(who), self.oracle.held(who), self.oracle.subs[who]));
            let left = approvals(&self.bench, who).await;
            let left: Vec<i64> = left.iter().map(|one| one.left.fen() / 100).collect();
            assert_eq!(left, self.oracle.left[who], "what is left of each approval");
        }
        agrees(&self.bench).await;
    }
}

/// Facility, members, loans, banks' parts and ledger say the same, to the fen.
async fn agrees(bench: &Bench) {
    let body = bench.get(&examiner(), "/ledger/reconciliation").await.expect(200);
    for one in body["items"].as_array().unwrap() {
        assert_eq!(one["agrees"], json!(true), "{one}");
    }
}

#[tokio::test]
async fn every_invariant_holds_after_every_step_in_any_order() {
    for backend in Backend::available().unwrap() {
        for (number, steps) in sequences(5, 40).into_iter().enumerate() {
            let mut world = World::new(backend).await;
            for (index, step) in steps.iter().enumerate() {
                println!("sequence {number}, step {index}: {step:?}");
                world.take(step).await;
                world.holds().await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invariants_hold_when_everything_comes_at_once() {
    for backend in Backend::available().unwrap() {
        let bench = Arc::new(Bench::new(backend).await);
        let id = approved(&bench, proposal()).await;
        let line: FacilityId = id.parse().unwrap();
        let steps = sequences(1, 120).remove(0);
        let tasks = steps.into_iter().enumerate().map(|(index, step)| {
            let (bench, id) = (Arc::clone(&bench), id.clone());
            tokio::spawn(async move { at_once(&bench, &id, line, index, step).await })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        let shown = bench.get(&officer(), &format!("/facilities/{id}")).await.expect(200);
        let fen = |value: &Value| value.as_str().unwrap().parse::<Money>().unwrap().fen();
        let members = shown["members"].as_array().unwrap();
        let sum = |name: &str| members.iter().map(|one| fen(&one[name])).sum::<i64>();
        assert_eq!((sum("drawn"), sum("reserved")), (fen(&shown["drawn"]), fen(&shown["reserved"])));
        assert!(fen(&shown["drawn"]) + fen(&shown["reserved"]) <= fen(&shown["limit"]));
        for (who, number) in NUMBERS.into_iter().enumerate() {
            let one = members.iter().find(|one| one["enterprise_id"] == json!(org(number))).unwrap();
            let left: i64 = approvals(&bench, who).await.iter().map(|one| one.left.fen()).sum();
            assert_eq!(left, fen(&one["reserved"]), "what is left of the approvals is what is held");
        }
        for one in members {
            assert!(fen(&one["drawn"]) + fen(&one["reserved"]) <= fen(&one["sub_limit"]), "{one}");
        }
        agrees(&bench).await;
    }
}

/// One of many steps at the same time: it is answered, and never by a fault.
async fn at_once(bench: &Bench, id: &str, line: FacilityId, index: usize, step: Step) {
    let statuses = match step {
        Step::Draw(who, yuan) => {
            let who: Caller = member(NUMBERS[who]);
            vec![draw(bench, id, &who, &format!("{yuan}.00"), &format!("k{index}")).await.status]
        }
        Step::Reserve(who, yuan) => {
            hold(bench, line, who, yuan).await;
            vec![]
        }
        Step::Release(who, yuan) => {
            let_go(bench, line, who, usize::try_from(yuan).unwrap()).await;
            vec![]
        }
        Step::Suspend | Step::Pause(_) => {
            let path = format!("/facilities/{id}/suspend");
            vec![bench.post(&approver(), &path, json!({ "reason": "核实" })).await.status]
        }
        Step::Resume | Step::LetGoOn(_) => {
            let path = format!("/facilities/{id}/resume");
            vec![bench.post(&approver(), &path, json!({ "reason": "核实" })).await.status]
        }
        Step::Limit(yuan) => {
            changed(bench, id, json!({ "limit": format!("{yuan}.00") })).await;
            vec![]
        }
        Step::SubLimit(who, yuan) => {
            changed(bench, id, json!({ "members": [place(NUMBERS[who], &format!("{yuan}.00"))] })).await;
            vec![]
        }
        Step::Repay(who, yuan) => repay_any(bench, id, who, yuan, index).await,
    };
    for status in statuses {
        assert!(matches!(status.as_u16(), 200 | 201 | 409 | 422 | 503), "{status}");
    }
}

/// Pays on any loan of the member that there is.
async fn repay_any(
    bench: &Bench,
    id: &str,
    who: usize,
    yuan: i64,
    index: usize,
) -> Vec<axum::http::StatusCode> {
    let caller = member(NUMBERS[who]);
    let loans = bench.get(&caller, &format!("/facilities/{id}/loans")).await.expect(200);
    let Some(loan) = loans["items"].as_array().unwrap().iter().find(|one| one["status"] == "active") else {
        return vec![];
    };
    let owed = loan["outstanding"].as_str().unwrap().parse::<Money>().unwrap();
    let amount = owed.min(Money::from_yuan(yuan).unwrap());
    let path = format!("/loans/{}/repayments", loan["id"].as_str().unwrap());
    let body = json!({ "amount": amount });
    vec![bench.send(&caller, "POST", &path, body, Some(&format!("r{index}"))).await.status]
}
