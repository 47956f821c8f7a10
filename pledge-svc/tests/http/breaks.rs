//! The acts with the most steps, each broken before and after every one of them and asked for again under its key: all of
//! it happens, once. What it leaves in every table is compared with a twin of the bench on which nothing broke.

use std::collections::BTreeMap;

use identity::Caller;
use sea_orm::DatabaseBackend;
use serde_json::{Value, json};
use tx_kit::testing::{Backend, Break};

use super::{
    bench::{Bench, approver, approver_of, finance, granter, officer, operations, org, other_officer},
    disposal::{
        ask, case, classified, compensated, done, lent, opened, plan, risk_manager, sale, write_off,
        written_off,
    },
    facility_life::{approved, place, unsecured},
    fund::manager,
    guarantee_money::unanswered,
    guarantees::{claim_on, defaulted, heard, insured, insurers_claim, pays, sharing},
    products::{all_agree, draw_as, line},
    registration::Approved,
    subsidies::{paid_loan, scheme},
    write_off_votes::lost,
};

/// More steps than any act here has.
const STEPS_MAX: u64 = 250;
/// Fewer than any of them has.
const STEPS_MIN: u64 = 6;

/// A bench on which each act is broken at every step, or on which none is, and what every act left behind.
struct Course<'a> {
    bench: &'a Bench,
    broken: bool,
    left: Vec<(&'static str, Vec<String>)>,
}

impl Course<'_> {
    /// One act, until it is done; its answer. Nothing is set up anew between two breaks: a step that broke has left nothing,
    /// or the rows would differ from the twin's.
    async fn act(&mut self, what: &'static str, who: &Caller, path: &str, body: Value) -> Value {
        let bench = self.bench;
        let send = || bench.send(who, "POST", path, body.clone(), Some(what));
        let answer = if self.broken {
            // The first step opens the transaction: a connection that is gone there is replaced, and nothing breaks.
            let breaks = (2..STEPS_MAX).flat_map(|step| [(step, Break::Before), (step, Break::After)]);
            let mut done = None;
            for (step, how) in breaks {
                bench.db.probe().break_at(step, how);
                let answer = send().await;
                let whole = bench.db.probe().take_back();
                if whole {
                    assert!(step > STEPS_MIN, "{what} has {step} steps");
                    done = Some(answer);
                    break;
                }
                let away = matches!(answer.status.as_u16(), 503 | 504);
                assert!(away, "{what}, {how:?} step {step}: {answer:?}");
            }
            done.unwrap_or_else(|| panic!("{what} has more than {STEPS_MAX} steps"))
        } else {
            send().await
        };
        assert!(answer.status.is_success(), "{what}: {answer:?}");
        let again = send().await;
        assert_eq!((again.status, &again.body), (answer.status, &answer.body), "{what}: its key tells");
        all_agree(bench).await;
        self.left.push((what, rows(bench).await));
        answer.body
    }
}

/// Every table with its number of rows and the sum of each of its amounts, and what was told how often.
async fn rows(bench: &Bench) -> Vec<String> {
    let columns = match bench.db.read().get_database_backend() {
        DatabaseBackend::Sqlite => {
            "SELECT m.name || ' ' || c.name AS text FROM sqlite_master m, pragma_table_info(m.name) c \
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY text"
        }
        _ => {
            "SELECT c.table_name || ' ' || c.column_name AS text FROM information_schema.columns c \
            WHERE c.table_schema = current_schema() ORDER BY text"
        }
    };
    let mut tables: BTreeMap<String, String> = BTreeMap::new();
    for column in bench.texts(columns).await {
        let (table, column) = column.split_once(' ').unwrap();
        let sums = tables.entry(table.to_owned()).or_default();
        if column.ends_with("_fen") {
            sums.push_str(&format!(" || ' {column} ' || COALESCE(SUM({column}), 0)"));
        }
    }
    let counts = tables
        .iter()
        .map(|(table, sums)| format!("SELECT '{table} ' || COUNT(*){sums} AS text FROM {table}"));
    let told = "SELECT 'told ' || name || ' ' || COUNT(*) AS text FROM outbox GROUP BY name".to_owned();
    let select = counts.chain([told]).collect::<Vec<_>>().join(" UNION ALL ");
    let mut rows = bench.texts(&select).await;
    rows.sort();
    rows
}

/// Two benches go the same way, one of them breaking at every step.
async fn hold_alike<'a, W: Future<Output = Vec<(&'static str, Vec<String>)>>>(
    benches: &'a [Bench; 2],
    way: impl Fn(Course<'a>) -> W,
) {
    let [sound, broken] = benches;
    let sound = way(Course { bench: sound, broken: false, left: Vec::new() }).await;
    let broken = way(Course { bench: broken, broken: true, left: Vec::new() }).await;
    assert!(!sound.is_empty());
    for (one, other) in sound.iter().zip(&broken) {
        let apart: Vec<_> = one.1.iter().zip(&other.1).filter(|(a, b)| a != b).collect();
        assert!(apart.is_empty() && one.1.len() == other.1.len(), "{}: {apart:?}", one.0);
    }
    assert_eq!(sound.len(), broken.len());
}

async fn two(backend: Backend) -> [Bench; 2] {
    [Bench::new(backend).await, Bench::new(backend).await]
}

fn id(body: &Value) -> &str {
    body["id"].as_str().unwrap()
}

#[tokio::test]
async fn a_sale_a_compensation_and_a_recovery_reach_every_book_once_wherever_they_break() {
    for backend in Backend::available().unwrap() {
        let benches = two(backend).await;
        hold_alike(&benches, |mut course| async move {
            let bench = course.bench;
            let loan = lent(bench).await;
            let of = opened(bench, &loan).await;
            let actions = format!("/disposal-cases/{of}/actions");
            let letter = json!({ "kind": "letter", "contact": "法定代表人", "note": "寄送催收函" });
            bench.post(&risk_manager(), &actions, letter).await.expect(201);
            done(bench, &of, plan()).await;
            for (what, asked) in [
                ("sale", sale("110000.00")),
                ("sharing", json!({ "kind": "sharing", "interest": false })),
            ] {
                let asked = ask(bench, &of, asked).await.expect(201);
                let path = format!("/disposal-proposals/{}/approve", id(&asked));
                course.act(what, &approver(), &path, json!({})).await;
            }
            let claims = bench.get(&manager(1), "/compensation-claims").await.expect(200);
            let path = format!("/compensation-claims/{}", id(&claims["items"][0]));
            let answer = json!({ "amount": claims["items"][0]["amount"] });
            bench.post(&manager(1), &format!("{path}/answer"), answer).await.expect(200);
            let paid = course.act("claim", &manager(2), &format!("{path}/confirm"), json!({})).await;
            assert_eq!(paid["status"], "paid");

            classified(bench, &loan, "loss").await;
            let off = write_off(bench, &of).await;
            let off = ask(bench, &of, off).await.expect(201);
            let path = format!("/disposal-proposals/{}/approve", id(&off));
            course.act("write-off", &approver(), &path, json!({})).await;
            let back = json!({ "kind": "recovery", "amount": "52000.00", "payer": "企业", "reference": "回单 1 号" });
            let back = ask(bench, &of, back).await.expect(201);
            let path = format!("/disposal-proposals/{}/approve", id(&back));
            let back = course.act("recovery", &approver(), &path, json!({})).await;
            assert_eq!(back["result"]["back"][0]["amount"], "26000.00");
            assert_eq!(case(bench, &of).await["claims"][0]["returned"], "26000.00");
            course.left
        })
        .await;
    }
}

#[tokio::test]
async fn a_subsidy_is_paid_and_credited_once_wherever_it_breaks() {
    for backend in Backend::available().unwrap() {
        let benches = two(backend).await;
        hold_alike(&benches, |mut course| async move {
            let bench = course.bench;
            let loan = paid_loan(bench).await;
            let scheme = scheme(bench, "interest", json!({}), "100000.00").await;
            let claim = json!({ "kind": "interest", "scheme_id": scheme, "loan_id": loan,
                "period_from": "2026-12-01", "period_to": "2026-12-24" });
            let claim = bench.post(&finance(), "/subsidy-claims", claim).await.expect(201);
            let path = format!("/subsidy-claims/{}", id(&claim));
            let yes = json!({ "approve": true, "reason": "符合政策" });
            bench.post(&manager(1), &format!("{path}/decide"), yes).await.expect(200);
            let paid = course.act("subsidy", &manager(2), &format!("{path}/pay"), json!({})).await;
            assert_eq!(paid["status"], "paid");
            course.left
        })
        .await;
    }
}

#[tokio::test]
async fn deposits_and_changes_of_a_line_happen_once_wherever_they_break() {
    for backend in Backend::available().unwrap() {
        let benches = two(backend).await;
        hold_alike(&benches, |mut course| async move {
            let bench = course.bench;
            let joint = json!({ "liability": { "kind": "joint", "basis": "sub_limit", "rate": "0.05" },
                "members": [place(20, "300000.00"), place(21, "300000.00")] });
            let of = approved(bench, unsecured(joint)).await;
            let path = format!("/facilities/{of}");
            let deposits = format!("{path}/deposits");
            let of_member = |number: u128| json!({ "enterprise_id": org(number), "amount": "15000.00" });
            course.act("deposit", &operations(), &deposits, of_member(20)).await;
            bench.send(&operations(), "POST", &deposits, of_member(21), Some("second")).await.expect(201);
            let back = json!({ "enterprise_id": org(20), "amount": "5000.00" });
            course.act("give-back", &operations(), &format!("{deposits}/return"), back).await;
            for (what, change) in [
                ("limit", json!({ "limit": "1200000.00", "reason": "扩容" })),
                ("leave", json!({ "leave": [org(21)], "reason": "退出" })),
                ("close", json!({ "close": true, "reason": "到期" })),
            ] {
                let asked = bench.post(&officer(), &format!("{path}/changes"), change).await.expect(201);
                let approve = format!("{path}/changes/{}/approve", id(&asked));
                course.act(what, &approver(), &approve, json!({})).await;
            }
            let closed = bench.get(&officer(), &path).await.expect(200);
            assert_eq!(closed["status"], "closed");
            course.left
        })
        .await;
    }
}

#[tokio::test]
async fn a_pledge_is_entered_and_cancelled_and_the_catalogue_told_once_wherever_it_breaks() {
    for backend in Backend::available().unwrap() {
        let benches = two(backend).await;
        hold_alike(&benches, |mut course| async move {
            let bench = course.bench;
            let of = Approved::new(bench).await.file(bench).await;
            let register = format!("/pledges/{of}/register");
            let granted = course.act("registration", &granter(), &register, json!({})).await;
            assert_eq!(granted["status"], "registered");
            let why = json!({ "reason": "贷款未使用" });
            course.act("cancellation", &operations(), &format!("/pledges/{of}/cancel"), why).await;
            let free = course.act("its grant", &granter(), &register, json!({})).await;
            assert_eq!(free["status"], "cancelled");
            course.left
        })
        .await;
    }
}

#[tokio::test]
async fn a_payment_is_undone_once_wherever_its_reversal_breaks() {
    for backend in Backend::available().unwrap() {
        let benches = two(backend).await;
        hold_alike(&benches, |mut course| async move {
            let bench = course.bench;
            let shares = json!({ "shares": [
                { "bank_id": officer().tenant, "share": "0.3333" },
                { "bank_id": other_officer().tenant, "share": "0.6667" },
            ]});
            let drawn = draw_as(bench, &line(bench, shares).await, json!({}), "d1").await.expect(201);
            let loan = drawn["loan_id"].as_str().unwrap();
            let paid = super::facility::repay(bench, loan, "123456.78", "r1").await.expect(201);
            let path = format!("/loans/{loan}/repayments/{}/reversals", id(&paid));
            let why = json!({ "reason": "记错贷款" });
            let asked = course.act("proposal", &operations(), &path, why).await;
            let path = format!("/repayment-reversals/{}/approve", id(&asked));
            let undone = course.act("reversal", &granter(), &path, json!({ "reason": "已核对回单" })).await;
            assert_eq!(undone["status"], "approved");
            course.left
        })
        .await;
    }
}

#[tokio::test]
async fn a_change_that_was_asked_for_is_taken_up_and_made_once_wherever_it_breaks() {
    for backend in Backend::available().unwrap() {
        let benches = two(backend).await;
        hold_alike(&benches, |mut course| async move {
            let bench = course.bench;
            let drawn = draw_as(bench, &line(bench, json!({})).await, json!({}), "d1").await.expect(201);
            let loan = drawn["loan_id"].as_str().unwrap();
            let cheaper = json!({ "kind": "repricing", "basis": "fixed", "annual_rate": "0.03" });
            let body = json!({ "change": cheaper, "reason": "利率下调" });
            let asked =
                course.act("request", &finance(), &format!("/loans/{loan}/change-requests"), body).await;
            let path = format!("/change-requests/{}/take-up", id(&asked));
            let made = course.act("take-up", &officer(), &path, json!({ "reason": "同意受理" })).await;
            assert_eq!(made["consent"], "given", "it is what was asked for");
            bench.consented(&made).await;
            let path = format!("/adjustments/{}/approve", id(&made));
            let done = course.act("change", &approver(), &path, json!({ "reason": "同意" })).await;
            assert_eq!((&done["status"], &done["annual_rate_after"]), (&json!("approved"), &json!("0.03")));
            course.left
        })
        .await;
    }
}

#[tokio::test]
async fn the_word_of_a_bank_on_a_write_off_counts_once_wherever_it_breaks() {
    for backend in Backend::available().unwrap() {
        let benches = two(backend).await;
        hold_alike(&benches, |mut course| async move {
            let bench = course.bench;
            let (_, of) = lost(bench).await;
            let off = write_off(bench, &of).await;
            let made = ask(bench, &of, off).await.expect(201);
            let path = format!("/disposal-proposals/{}", id(&made));
            let yi = approver_of(org(11));
            let why = json!({ "reason": "追偿未尽" });
            let no = course.act("its no", &yi, &format!("{path}/decline"), why).await;
            assert_eq!(no["agreements"][0]["status"], "declined");
            let yes = course.act("its yes", &yi, &format!("{path}/agree"), json!({})).await;
            assert_eq!(yes["agreements"][0]["status"], "agreed");
            let gone = course.act("both parts", &approver(), &format!("{path}/approve"), json!({})).await;
            assert_eq!(gone["status"], "approved");
            course.left
        })
        .await;
    }
}

#[tokio::test]
async fn an_insurers_money_goes_back_and_is_matched_once_wherever_it_breaks() {
    for backend in Backend::available().unwrap() {
        let benches = two(backend).await;
        hold_alike(&benches, |mut course| async move {
            let bench = course.bench;
            let (loan, of) = defaulted(bench).await;
            insured(bench, &loan, 1).await;
            done(bench, &of, sharing()).await;
            compensated(bench).await;
            let letter = json!({ "kind": "letter", "contact": "法定代表人", "note": "寄送催收函" });
            bench.post(&risk_manager(), &format!("/disposal-cases/{of}/actions"), letter).await.expect(201);
            bench.at("2027-06-10T02:00:00Z");
            let claim = claim_on(bench, &of, "insurer").await;
            done(bench, &of, unanswered(&claim)).await;
            written_off(bench, &of).await;
            done(bench, &of, json!({ "kind": "closing", "outcome": "ended", "reason": "执行终结" })).await;
            pays(bench, 1, 150_000).await;
            let asks = format!("/insurer-payments/{}/proposals", insurers_claim(1));
            let matched = json!({ "kind": "match", "claim_id": claim["id"], "amount": "120000.00", "reason": "迟付的赔款" });
            let back = json!({ "kind": "give_back", "amount": "30000.00", "reason": "多付的赔款", "reference": "R-1" });
            for (asked, decided, body) in [("a match", "matched", matched), ("a return", "returned", back)] {
                let made = course.act(asked, &risk_manager(), &asks, body).await;
                let rows = made["proposals"].as_array().unwrap();
                let waits = rows.iter().find(|one| one["status"] == "proposed").unwrap();
                let path = format!("{asks}/{}/approve", id(waits));
                course.act(decided, &approver(), &path, json!({})).await;
            }
            assert_eq!(heard(bench, &of).await, [["settled", "150000.00", "120000.00", "0.00"]]);
            course.left
        })
        .await;
    }
}
