//! The main job, with real tokens over a real socket: from a patent to a valuation, a loan on a collective line, a
//! policy, and the regulator's view. The same story runs in one process and over separate ones.

use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::world::{Door, World};

const OFFICER: &str = "officer@bank-a.demo";
const APPROVER: &str = "approver@bank-a.demo";
const OPERATIONS: &str = "operations@bank-a.demo";
const OTHER_BANK: &str = "officer@bank-b.demo";
const BORROWER: &str = "finance@enterprise-1.demo";
const OTHER_BORROWER: &str = "finance@enterprise-2.demo";
const UNDERWRITER: &str = "underwriter@insurer-a.demo";
const EXAMINER: &str = "examiner@regulator.demo";

fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no {pointer} in {value}")).to_owned()
}

fn fen(value: &Value, pointer: &str) -> i64 {
    text(value, pointer).parse::<finance::Money>().unwrap().fen()
}

async fn me(door: &Door, who: &str) -> (String, String) {
    let me = door.get(who, "/api/platform/v1/me").await.expect(200);
    (text(&me, "/organisation/id"), text(&me, "/organisation/name"))
}

/// What the story leaves for a closer look.
pub struct Told {
    pub facility: String,
    pub loan: String,
    pub patent: String,
    pub policy: String,
    pub instruction: String,
}

/// A facility of bank A for one borrower beside another.
pub async fn facility(door: &Door) -> String {
    let (borrower, borrower_name) = me(door, BORROWER).await;
    let (other, other_name) = me(door, OTHER_BORROWER).await;
    let (bank, bank_name) = me(door, OFFICER).await;
    let (partner, partner_name) = me(door, "officer@bank-c.demo").await;
    let proposal = json!({
        "name": "集群集合授信", "cluster": "锂钾产业集群", "industry": "lithium_potassium", "limit": "80000000.00",
        "revolving": true, "available_from": "2025-01-01", "available_until": "2034-12-31",
        "annual_rate": "0.0345", "tenor_cap_months": 24, "single_member_cap": "0.5", "ltv_cap": "0.6",
        "shares": [
            { "bank_id": bank, "bank_name": bank_name, "share": "0.6667" },
            { "bank_id": partner, "bank_name": partner_name, "share": "0.3333" },
        ],
        "members": [
            { "enterprise_id": borrower, "enterprise_name": borrower_name, "sub_limit": "30000000.00" },
            { "enterprise_id": other, "enterprise_name": other_name, "sub_limit": "30000000.00" },
        ],
    });
    let made = door.post(OFFICER, "/api/pledge/v1/facilities", proposal).await.expect(201);
    let id = text(&made, "/id");
    let agree = format!("/api/pledge/v1/facilities/{id}/agree");
    door.post("approver@bank-c.demo", &agree, json!({})).await.expect(200);
    let path = format!("/api/pledge/v1/facilities/{id}/approve");
    door.post(APPROVER, &path, json!({})).await.expect(200);
    id
}

/// Values a borrower's patent that may be pledged; the patent's and the valuation's id, and the valuation.
pub async fn valued(door: &Door, facility: &str, borrower: &str) -> (String, Value) {
    let (_, name) = me(door, borrower).await;
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("applicant", &name)
        .append_pair("legal_status", "granted")
        .append_pair("encumbered", "false")
        .append_pair("limit", "50")
        .finish();
    let found = door.get(OFFICER, &format!("/api/valuation/v1/patents?{query}")).await.expect(200);
    for patent in found["items"].as_array().unwrap() {
        let id = text(patent, "/id");
        let body = json!({
            "facility_id": facility, "amount": "10000.00", "tenor_months": 12, "patent_ids": [id],
        });
        let answer = door.post(borrower, "/api/pledge/v1/applications/eligibility", body).await.expect(200);
        if answer["eligible"] != json!(true) || !answer["findings"].as_array().unwrap().is_empty() {
            continue;
        }
        let body = json!({ "patent_id": id, "purpose": "pledge" });
        let valuation = door.post(OFFICER, "/api/valuation/v1/valuations", body).await;
        if valuation.status.as_u16() == 201 && fen(&valuation.body, "/collateral/maximum_loan") > 100_000_000
        {
            return (id, valuation.body);
        }
    }
    panic!("{borrower} has no patent worth pledging");
}

/// From the application to the registered pledge; the application's id.
pub async fn pledged(
    door: &Door,
    facility: &str,
    borrower: &str,
    (patent, valuation): &(String, Value),
    amount: &str,
) -> String {
    let body = json!({
        "facility_id": facility, "amount": amount, "tenor_months": 12, "purpose": "采购原材料",
        "patent_ids": [patent],
    });
    let application = door.post(borrower, "/api/pledge/v1/applications", body).await.expect(201);
    let id = text(&application, "/id");
    let assessment = json!({
        "valuations": [{ "patent_id": patent, "valuation_id": text(valuation, "/id") }],
        "recommended_amount": amount, "comment": "同意",
    });
    let path = |act: &str| format!("/api/pledge/v1/applications/{id}/{act}");
    door.post(OFFICER, &path("assess"), assessment).await.expect(200);
    door.post(OFFICER, &path("approve"), json!({})).await.refused(403, "forbidden");
    door.post(APPROVER, &path("approve"), json!({})).await.expect(200);
    door.post(OPERATIONS, &path("pledge"), json!({})).await.refused(409, "papers-missing");
    for kind in ["pledge_application_form", "identity_papers", "power_of_attorney"] {
        door.attach(borrower, &format!("applications/{id}"), kind).await.expect(201);
    }
    let pledge = door.post(OFFICER, &path("pledge"), json!({})).await.expect(201);
    let step = |act: &str| format!("/api/pledge/v1/pledges/{}/{act}", text(&pledge, "/id"));
    door.post(OFFICER, &step("register"), json!({})).await.refused(403, "four-eyes");
    door.post(OPERATIONS, &step("register"), json!({})).await.refused(409, "pledgor-not-confirmed");
    door.post(borrower, &step("confirm"), json!({})).await.expect(200);
    door.post(OPERATIONS, &step("register"), json!({})).await.expect(200);
    id
}

/// The five steps.
pub async fn tell(door: &Door) -> Told {
    let facility = facility(door).await;
    let valued = valued(door, &facility, BORROWER).await;
    explained(&valued.1);
    let amount = "1000000.00";
    // Drawing before a pledge is registered is refused.
    let (enterprise, _) = me(door, BORROWER).await;
    let draws = format!("/api/pledge/v1/facilities/{facility}/drawdowns");
    let body = json!({ "enterprise_id": enterprise, "amount": "600000.01", "tenor_months": 12 });
    door.post(BORROWER, &draws, body.clone()).await.refused(409, "no-registered-pledge");
    let application = pledged(door, &facility, BORROWER, &valued, amount).await;
    let drawn = door.post(BORROWER, &draws, body).await.expect(201);
    let loan = text(&drawn, "/loan_id");
    to_the_fen(door, &facility, &loan).await;
    let instruction = repaid(door, &facility, &loan).await;
    let policy = insured(door, &valued.0, &loan, &enterprise).await;
    regulated(door, &facility, &loan).await;
    kept_apart(door, &facility, &loan, &application, &valued.1).await;
    Told { facility, loan, patent: valued.0, policy, instruction }
}

/// Step 1: score with three indices, each leaf with its contribution and reason; methods, range, collateral.
fn explained(valuation: &Value) {
    let indices = valuation.pointer("/score/indices").and_then(Value::as_array).unwrap();
    assert_eq!(indices.len(), 3);
    let mut contributions = 0.0;
    for leaf in indices
        .iter()
        .flat_map(|index| index["subindices"].as_array().unwrap())
        .flat_map(|subindex| subindex["leaves"].as_array().unwrap())
    {
        let missing = leaf["missing"] == json!(true);
        assert!(missing || !text(leaf, "/reason_zh").is_empty(), "{leaf}");
        contributions += leaf["contribution"].as_str().map_or(0.0, |one| one.parse::<f64>().unwrap());
    }
    let total: f64 = text(valuation, "/score/total").parse().unwrap();
    assert!((contributions - total).abs() < 0.2, "{contributions} are the parts of {total}");
    let methods: Vec<&str> = valuation["value"]["methods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["method"].as_str().unwrap())
        .collect();
    assert!(methods.contains(&"relief_from_royalty"), "{methods:?}");
    assert!(methods.iter().any(|method| method.contains("cost")), "{methods:?}");
    assert!(fen(valuation, "/value/low") <= fen(valuation, "/value/value"));
    assert!(fen(valuation, "/value/value") <= fen(valuation, "/value/high"));
    assert!(fen(valuation, "/collateral/maximum_loan") <= fen(valuation, "/collateral/collateral_value"));
}

/// Step 3: line, member, syndicate and ledger moved together.
async fn to_the_fen(door: &Door, facility: &str, loan: &str) {
    let line = door.get(OFFICER, &format!("/api/pledge/v1/facilities/{facility}")).await.expect(200);
    assert_eq!(text(&line, "/drawn"), "600000.01");
    assert_eq!(text(&line, "/reserved"), "399999.99");
    let members: Vec<String> =
        line["members"].as_array().unwrap().iter().map(|one| text(one, "/drawn")).collect();
    assert!(members.contains(&"600000.01".to_owned()) && members.contains(&"0.00".to_owned()), "{members:?}");
    let loan = door.get(OFFICER, &format!("/api/pledge/v1/loans/{loan}")).await.expect(200);
    assert_eq!(text(&loan, "/shares/0/amount"), "400020.01");
    assert_eq!(text(&loan, "/shares/1/amount"), "199980.00");
    let books = door.get(OFFICER, "/api/pledge/v1/ledger/trial-balance").await.expect(200);
    assert_eq!(books["totals"]["debit"], books["totals"]["credit"]);
    agrees(door).await;
}

async fn agrees(door: &Door) {
    let all = door.get(EXAMINER, "/api/pledge/v1/ledger/reconciliation").await.expect(200);
    for one in all["items"].as_array().unwrap() {
        assert_eq!(one["agrees"], json!(true), "{one}");
    }
}

/// The bank has not said that it debits at once: what the borrower says it pays is booked once the bank has the money. The
/// instruction's id.
async fn repaid(door: &Door, facility: &str, loan: &str) -> String {
    let path = format!("/api/pledge/v1/loans/{loan}/repayments");
    let waits = door.post(BORROWER, &path, json!({ "amount": "100000.00" })).await.expect(202);
    let line = door.get(OFFICER, &format!("/api/pledge/v1/facilities/{facility}")).await.expect(200);
    assert_eq!(text(&line, "/drawn"), "600000.01", "nothing is booked");
    let id = text(&waits, "/id");
    let confirm = format!("/api/pledge/v1/payment-instructions/{id}/confirm");
    let receipt = json!({ "amount": "100000.00", "reference": "20261124-0001" });
    door.post(BORROWER, &confirm, receipt.clone()).await.refused(403, "forbidden");
    door.post(OPERATIONS, &confirm, receipt).await.expect(200);
    let line = door.get(OFFICER, &format!("/api/pledge/v1/facilities/{facility}")).await.expect(200);
    assert_eq!(text(&line, "/drawn"), "500000.01");
    agrees(door).await;
    id
}

/// Step 4: a policy on the patent, another on the loan.
async fn insured(door: &Door, patent: &str, loan: &str, enterprise: &str) -> String {
    let today = http_date(door).await;
    let ends = today + chrono::Months::new(12) - chrono::TimeDelta::days(1);
    let quote = json!({
        "product": "enforcement", "insured_id": enterprise, "insured_name": "被保险企业", "patent_id": patent,
        "limit_per_claim": "300000.00", "aggregate_limit": "500000.00", "starts_on": today, "ends_on": ends,
    });
    let quote = door.post(UNDERWRITER, "/api/insurance/v1/quotes", quote).await.expect(201);
    assert!(!quote["rating"].as_array().unwrap().is_empty());
    let bind = json!({ "quote_id": text(&quote, "/id") });
    let policy = door.post(UNDERWRITER, "/api/insurance/v1/policies", bind).await.expect(201);
    assert_eq!(policy["premium"], quote["premium"]);
    // The loan is known to the insurer once its event has arrived.
    let found = door
        .until("the loan at the insurer", async || {
            let loans = door.get(UNDERWRITER, "/api/insurance/v1/insurable-loans").await.expect(200);
            loans["items"].as_array().unwrap().iter().find(|one| one["loan_id"] == json!(loan)).cloned()
        })
        .await;
    let quote = json!({
        "product": "pledge_loan_guarantee", "insured_id": enterprise, "insured_name": "借款企业", "loan_id": loan,
        "limit_per_claim": found["outstanding"], "aggregate_limit": found["outstanding"],
        "starts_on": today, "ends_on": found["matures_on"],
    });
    let quote = door.post(UNDERWRITER, "/api/insurance/v1/quotes", quote).await.expect(201);
    let bind = json!({ "quote_id": text(&quote, "/id") });
    door.post(UNDERWRITER, "/api/insurance/v1/policies", bind).await.expect(201);
    text(&policy, "/id")
}

async fn http_date(door: &Door) -> chrono::NaiveDate {
    let books = door.get(OFFICER, "/api/pledge/v1/ledger/trial-balance").await.expect(200);
    text(&books, "/as_of").parse().unwrap()
}

/// Step 5: the examiner sees the line live and drills down to the loan; the figures are the bank's own.
async fn regulated(door: &Door, facility: &str, loan: &str) {
    let seen = door
        .until("the regulator's view of the line", async || {
            let found = door.get(EXAMINER, &format!("/api/supervision/v1/facilities/{facility}")).await;
            (found.status.is_success() && found.body["drawn"] == json!("500000.01")).then_some(found.body)
        })
        .await;
    assert_eq!(text(&seen, "/limit"), "80000000.00");
    // Between processes a payment may be heard of before the draw that it pays.
    let loan = door
        .until("the regulator's view of the loan", async || {
            let found = door.get(EXAMINER, &format!("/api/supervision/v1/loans/{loan}")).await;
            found.status.is_success().then_some(found.body)
        })
        .await;
    assert_eq!(text(&loan, "/outstanding"), "500000.01");
    let overview = door.get(EXAMINER, "/api/supervision/v1/overview").await.expect(200);
    assert_eq!(text(&overview, "/totals/drawn"), "500000.01");
    door.get(OFFICER, "/api/supervision/v1/overview").await.refused(403, "forbidden");
}

/// Bank A's rows are not there for bank B, nor one borrower's for another.
async fn kept_apart(door: &Door, facility: &str, loan: &str, application: &str, valuation: &Value) {
    let valuation = text(valuation, "/id");
    for path in [
        format!("/api/pledge/v1/facilities/{facility}"),
        format!("/api/pledge/v1/loans/{loan}"),
        format!("/api/pledge/v1/loans/{loan}/movements"),
        format!("/api/pledge/v1/applications/{application}"),
        format!("/api/valuation/v1/valuations/{valuation}"),
    ] {
        let refused = door.get(OTHER_BANK, &path).await.refused(404, "not-found");
        assert!(!refused.to_string().contains("600000"), "{refused}");
    }
    for path in [format!("/api/pledge/v1/loans/{loan}"), format!("/api/pledge/v1/applications/{application}")]
    {
        door.get(OTHER_BORROWER, &path).await.refused(404, "not-found");
    }
    for (who, path) in [
        (OTHER_BANK, "/api/pledge/v1/facilities"),
        (OTHER_BANK, "/api/pledge/v1/loans"),
        (OTHER_BANK, "/api/pledge/v1/applications"),
        (OTHER_BANK, "/api/valuation/v1/valuations"),
        (OTHER_BORROWER, "/api/pledge/v1/loans"),
        (OTHER_BORROWER, "/api/pledge/v1/applications"),
        (OTHER_BORROWER, "/api/insurance/v1/policies"),
    ] {
        let rows = door.get(who, path).await.expect(200);
        assert_eq!(rows["items"], json!([]), "{who} {path}");
        let export = door.get(who, &format!("{path}/export?format=csv")).await.expect(200);
        let lines = export.as_str().unwrap().lines().count();
        assert_eq!(lines, 1, "{who} {path}: only the head of the table");
    }
}

/// Real exports: the large ones beside the checkout where they are, the sample of them in it otherwise.
fn real_exports() -> Vec<std::path::PathBuf> {
    let beside = super::world::checkout("../shared/data/patents");
    let mut files: Vec<_> = std::fs::read_dir(beside)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "csv" || end == "xlsx"))
        .collect();
    if files.is_empty() {
        files.push(super::world::checkout("valuation-svc/data/sample-real.csv"));
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn real_exports_import_whole_and_one_of_their_granted_patents_is_valued() {
    let world = World::new(Backend::Sqlite).await;
    let mut read = 0;
    for file in real_exports() {
        let mut source = std::fs::File::open(&file).unwrap();
        let (db, actor) = (&world.databases.valuation, contracts::Actor::system());
        let named = ("export.csv", &mut source);
        let result = valuation_svc::imports::import_file(db, named, None, &actor, |_| {}).await;
        let result = result.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert_eq!(result.rejected, 0, "{}: {:?}", file.display(), result.errors.first());
        read += result.read;
    }
    assert!(read >= 100, "only {read} rows");
    let found = world
        .door
        .get(OFFICER, "/api/valuation/v1/patents?legal_status=granted&q=US&limit=200")
        .await
        .expect(200);
    let real = found["items"].as_array().unwrap().iter().filter(|one| one["generated"] == json!(false));
    let mut valued = 0;
    for patent in real.take(5) {
        let body = json!({ "patent_id": patent["id"], "purpose": "pledge" });
        let valuation = world.door.post(OFFICER, "/api/valuation/v1/valuations", body).await.expect(201);
        assert!(fen(&valuation, "/value/low") <= fen(&valuation, "/value/value"));
        assert!(fen(&valuation, "/value/value") > 0, "{valuation}");
        valued += 1;
    }
    assert!(valued > 0, "no real granted patent on the first page");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_patent_to_a_loan_a_policy_and_the_regulators_view() {
    for backend in Backend::available().unwrap() {
        let world = World::new(backend).await;
        let told = tell(&world.door).await;
        assert_ne!(told.facility, told.loan);
        assert_ne!(told.patent, told.policy);
        world.end().await;
    }
}
