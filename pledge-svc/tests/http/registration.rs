//! Pledges at the built-in register: filing, correcting, refusing, registering, changing, cancelling, annulling,
//! consents, the certificate, what everybody may look up, and what the catalogue tells of pledged patents.

use contracts::{
    Envelope, Event, EventId, PatentId, PledgeId, Service,
    events::{DisposalRefused, LegalStatusChanged, PatentChallenged},
};
use pledge_svc::registration::PatentRights;
use serde_json::{Value, json};
use tx_kit::{Consumer, testing::Backend};
use uuid::Uuid;

use crate::{
    application_life::set,
    bench::{
        Bench, approver, examiner, finance, granter, officer, operations, org, other_finance, other_officer,
    },
};

/// An approved application over two patents of the enterprise.
pub struct Approved {
    pub facility: String,
    pub application: String,
    pub patents: [Uuid; 2],
}

impl Approved {
    /// The same with the papers that the register asks for.
    pub async fn new(bench: &Bench) -> Self {
        let approved = Self::without_papers(bench).await;
        bench.registration_papers(&finance(), &approved.application).await;
        approved
    }

    /// The enterprise has applied for three million, the bank has approved two and a half.
    pub async fn without_papers(bench: &Bench) -> Self {
        let facility = bench.facility().await;
        let patents = [bench.patent(1, &finance(), json!({})), bench.patent(2, &finance(), json!({}))];
        let request = json!({"facility_id": facility, "amount": "3000000.00", "tenor_months": 12,
            "purpose": "采购原料", "patent_ids": patents});
        let applied = bench.post(&finance(), "/applications", request).await.expect(201);
        let application = applied["id"].as_str().unwrap().to_owned();
        let valuations = patents
            .map(|patent| json!({"patent_id": patent, "valuation_id": bench.valuation(patent, &officer(), json!({}))}));
        let assessment =
            json!({"valuations": valuations, "recommended_amount": "2500000.00", "comment": "可行"});
        let path = |step: &str| format!("/applications/{application}/{step}");
        bench.post(&officer(), &path("assess"), assessment).await.expect(200);
        bench.post(&approver(), &path("approve"), json!({})).await.expect(200);
        Self { facility, application, patents }
    }

    /// Files the pledge; gives its id.
    pub async fn file(&self, bench: &Bench) -> String {
        let pledge = bench.post(&officer(), &self.path(), json!({})).await.expect(201);
        pledge["id"].as_str().unwrap().to_owned()
    }

    /// Files and registers it at the built-in register; gives its id.
    pub async fn register(&self, bench: &Bench) -> String {
        let id = self.file(bench).await;
        step(bench, &id, "register", json!({})).await;
        id
    }

    pub fn path(&self) -> String {
        format!("/applications/{}/pledge", self.application)
    }

    /// A draw by the enterprise.
    pub async fn draw(&self, bench: &Bench, amount: &str, key: &str) -> crate::bench::Answer {
        let draw = json!({"enterprise_id": finance().tenant, "amount": amount, "tenor_months": 6});
        let path = format!("/facilities/{}/drawdowns", self.facility);
        bench.send(&finance(), "POST", &path, draw, Some(key)).await
    }
}

/// A step by operations that succeeds; the pledge after it.
pub async fn step(bench: &Bench, pledge: &str, step: &str, body: Value) -> Value {
    // Who files does not grant.
    let who = if step == "register" { granter() } else { operations() };
    bench.post(&who, &format!("/pledges/{pledge}/{step}"), body).await.expect(200)
}

pub async fn pledge(bench: &Bench, id: &str) -> Value {
    bench.get(&officer(), &format!("/pledges/{id}")).await.expect(200)
}

/// What is written in a pledge's history, oldest first.
pub async fn history(bench: &Bench, id: &str) -> Vec<String> {
    let lines = bench.get(&officer(), &format!("/pledges/{id}/history?sort=at")).await.expect(200);
    lines["items"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_deficiency_stops_the_registers_time_and_a_correction_starts_it_again() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let id = approved.file(&bench).await;
        let filed = pledge(&bench, &id).await;
        assert_eq!(
            (&filed["filing"]["state"], &filed["filing"]["due_on"]),
            (&json!("accepted"), &json!("2026-11-26"))
        );
        assert_eq!((&filed["overdue"], &filed["decided_outside"]), (&json!(false), &json!(false)));

        bench.at("2026-11-27T02:00:00Z");
        assert_eq!(pledge(&bench, &id).await["overdue"], true);
        let late = bench.get(&officer(), "/pledges?overdue=true").await.expect(200);
        assert_eq!(late["items"].as_array().unwrap().len(), 1);

        let asked = json!({"text": "请补充共有人同意", "grounds": ["co_owned"], "answer_by": "2026-12-10"});
        let asked = step(&bench, &id, "deficiency", asked).await;
        assert_eq!(
            (&asked["filing"]["state"], &asked["filing"]["due_on"]),
            (&json!("deficient"), &Value::Null)
        );
        assert_eq!(pledge(&bench, &id).await["overdue"], false, "it is the parties' turn");
        bench
            .post(&operations(), &format!("/pledges/{id}/correct"), json!({}))
            .await
            .refused(422, "invalid-request");

        bench.at("2026-12-01T02:00:00Z");
        let correction = json!({"note": "已补充", "declarations": ["co_owned"]});
        let corrected = step(&bench, &id, "correct", correction.clone()).await;
        assert_eq!(
            (&corrected["filing"]["state"], &corrected["filing"]["due_on"]),
            (&json!("corrected"), &json!("2026-12-03"))
        );
        bench
            .post(&operations(), &format!("/pledges/{id}/correct"), correction)
            .await
            .refused(409, "not-deficient");
        let registered = step(&bench, &id, "register", json!({"registration_number": "Y2026980001"})).await;
        assert_eq!(
            (&registered["status"], &registered["registration_number"], &registered["filing"]["state"]),
            (&json!("registered"), &json!("Y2026980001"), &json!("completed"))
        );
        assert_eq!(
            history(&bench, &id).await,
            ["submitted", "accepted", "deficient", "corrected", "registered"]
        );
        let detail = pledge(&bench, &id).await;
        assert_eq!(detail["filings"][0]["corrections"], 1);
        assert_eq!(detail["filings"][0]["papers"]["declarations"], json!(["co_owned"]));
    }
}

#[tokio::test]
async fn a_pledge_is_filed_only_with_its_papers_and_each_that_is_missing_is_named() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::without_papers(&bench).await;
        let signed = ["pledge_application_form", "identity_papers", "power_of_attorney"];
        let codes = |body: &Value| -> Vec<String> {
            let missing = body["missing"].as_array().unwrap();
            missing.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
        };
        let refused =
            bench.post(&officer(), &approved.path(), json!({})).await.refused(409, "papers-missing");
        assert_eq!(codes(&refused), signed);
        for one in refused["missing"].as_array().unwrap() {
            assert!(
                !one["cure_zh"].as_str().unwrap().is_empty() && !one["cure_en"].as_str().unwrap().is_empty()
            );
        }
        let path = format!("/applications/{}/pledge-papers", approved.application);
        let list = bench.get(&finance(), &path).await.expect(200);
        let present = |list: &Value, code: &str| {
            let mut items = list["items"].as_array().unwrap().iter();
            items.find(|one| one["code"] == code).unwrap()["present"].clone()
        };
        assert_eq!(present(&list, "pledge_contract"), true, "it is filed with the pledge");
        assert_eq!(present(&list, "valuation_report"), true, "the bank relied on valuations made here");
        assert_eq!(present(&list, signed[0]), false);
        bench.get(&other_officer(), &path).await.refused(404, "not-found");

        // A paper for the bank's own eyes proves nothing to the register.
        let own = format!(
            "/applications/{}/documents?kind=power_of_attorney&file_name=a.pdf&internal=true",
            approved.application
        );
        let pdf = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n".to_vec();
        bench.upload(&officer(), &own, "application/pdf", pdf).await.expect(201);
        let refused =
            bench.post(&officer(), &approved.path(), json!({})).await.refused(409, "papers-missing");
        assert_eq!(codes(&refused), signed);

        bench.registration_papers(&finance(), &approved.application).await;
        let id = approved.file(&bench).await;
        let filed = pledge(&bench, &id).await["filings"][0]["papers"]["attached"].clone();
        let kinds: Vec<&str> =
            filed.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds.len(), 4, "the signed contract among them: {filed}");
        assert!(signed.iter().all(|kind| kinds.contains(kind)));
        assert!(filed[0]["sha256"].as_str().is_some_and(|digest| digest.len() == 64));
        step(&bench, &id, "register", json!({})).await;
    }
}

#[tokio::test]
async fn a_bank_says_itself_which_papers_its_register_asks_for() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let paper = json!({"code": "board_resolution", "name_zh": "股东会决议", "name_en": "Board resolution",
            "cure_zh": "请上传", "cure_en": "attach it", "source": "attached"});
        set(&bench, "registration_papers", json!({"papers": [paper]})).await;
        let approved = Approved::without_papers(&bench).await;
        let refused =
            bench.post(&officer(), &approved.path(), json!({})).await.refused(409, "papers-missing");
        assert_eq!(refused["missing"][0]["code"], "board_resolution");
        assert_eq!(refused["missing"].as_array().unwrap().len(), 1);
        let path =
            format!("/applications/{}/documents?kind=board_resolution&file_name=a.pdf", approved.application);
        let pdf = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n".to_vec();
        bench.upload(&finance(), &path, "application/pdf", pdf).await.expect(201);
        approved.file(&bench).await;
    }
}

#[tokio::test]
async fn what_is_not_corrected_in_time_counts_as_withdrawn_from_the_day_after() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let id = approved.file(&bench).await;
        let asked = json!({"text": "请补充共有人同意", "grounds": ["co_owned"], "answer_by": "2026-12-10"});
        step(&bench, &id, "deficiency", asked).await;
        bench.at("2026-12-10T02:00:00Z");
        assert_eq!(pledge_svc::registration::lapse(&bench.db).await.unwrap(), 0, "the last day is in time");
        bench.at("2026-12-11T02:00:00Z");
        let late =
            bench.post(&operations(), &format!("/pledges/{id}/correct"), json!({"note": "已补充"})).await;
        assert_eq!(late.refused(409, "correction-late")["until"], "2026-12-10");
        assert_eq!(pledge_svc::registration::lapse(&bench.db).await.unwrap(), 1);
        assert_eq!(pledge_svc::registration::lapse(&bench.db).await.unwrap(), 0, "it lapses once");
        let ended = pledge(&bench, &id).await;
        assert_eq!((&ended["status"], &ended["filing"]["state"]), (&json!("withdrawn"), &json!("withdrawn")));
        assert_eq!(
            history(&bench, &id).await,
            ["submitted", "accepted", "deficient", "correction_missed", "withdrawn"]
        );
        approved.file(&bench).await;
    }
}

#[tokio::test]
async fn a_utility_model_whose_invention_the_catalogue_knows_is_pledged_only_when_the_parties_say_they_know()
{
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        let twin = json!({"kind": "utility_model", "expires_on": "2031-01-04",
            "same_day_twin": {"id": Uuid::from_u128(9), "number": "CN114000001A", "kind": "invention",
                "legal_status": "pending"}});
        let patent = bench.patent(1, &finance(), twin);
        let mut body = json!({"facility_id": facility, "amount": "1000000.00", "tenor_months": 12,
            "purpose": "采购原料", "patent_ids": [patent]});
        bench.post(&finance(), "/applications", body.clone()).await.refused(409, "not-eligible");
        body["declarations"] = json!(["same_day_pair"]);
        let applied = bench.post(&finance(), "/applications", body).await.expect(201);
        assert_eq!(applied["findings"][0]["code"], "same_day_pair");
    }
}

#[tokio::test]
async fn papers_on_paper_take_five_working_days_and_a_stated_contract_must_say_everything() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let short = json!({"contract": {"pledgor": {"name": "企业财务机构"}, "claim_amount": "2500000.00"}, "online": false});
        let refused = bench.post(&officer(), &approved.path(), short).await.refused(409, "not-registrable");
        let found = refused["findings"].as_array().unwrap();
        assert!(found.len() >= 6 && found.iter().all(|one| one["code"] == "contract_content"), "{refused}");

        let patent = |number: u32| {
            json!({"number": format!("CN1{number:08}B"), "title": format!("一种催化剂 {number}"),
                "filing_date": "2021-01-04", "grant_date": "2023-06-06"})
        };
        let application =
            bench.get(&officer(), &format!("/applications/{}", approved.application)).await.expect(200);
        let party = |whose: &str| json!({"name": application[whose], "address": "四川省达州市"});
        let contract = json!({
            "pledgor": party("enterprise_name"), "pledgee": party("bank_name"), "claim_kind": "借款",
            "claim_amount": "2500000.00", "debt_from": "2026-11-24", "debt_until": "2027-11-23",
            "patent_count": 2, "patents": [patent(1), patent(2)], "scope": "主债权及利息",
        });
        let body = json!({"contract": contract, "online": false});
        let filed = bench.post(&officer(), &approved.path(), body).await.expect(201);
        assert_eq!(filed["filing"]["due_on"], "2026-12-01");
        let id = filed["id"].as_str().unwrap();
        assert_eq!(pledge(&bench, id).await["filings"][0]["papers"]["contract"]["scope"], "主债权及利息");
    }
}

#[tokio::test]
async fn a_refused_or_withdrawn_pledge_frees_its_patents_and_may_be_filed_again() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let first = approved.file(&bench).await;
        bench.post(&officer(), &approved.path(), json!({})).await.refused(409, "pledge-exists");
        let refusal = json!({"reason": "登记簿记载的权利人不符", "grounds": ["not_the_patentee"]});
        let refused = step(&bench, &first, "refuse", refusal.clone()).await;
        assert_eq!((&refused["status"], &refused["filing"]["state"]), (&json!("refused"), &json!("refused")));
        assert_eq!(pledge(&bench, &first).await["filings"][0]["grounds"], json!(["not_the_patentee"]));
        bench
            .post(&operations(), &format!("/pledges/{first}/refuse"), refusal)
            .await
            .refused(409, "nothing-filed");

        let second = approved.file(&bench).await;
        assert_ne!(first, second);
        let withdrawn = step(&bench, &second, "withdraw", json!({"reason": "另行办理"})).await;
        assert_eq!(withdrawn["status"], "withdrawn");
        assert_eq!(
            history(&bench, &second).await,
            ["submitted", "accepted", "withdrawal_asked", "withdrawn"]
        );
        let third = approved.register(&bench).await;
        assert_eq!(pledge(&bench, &third).await["status"], "registered");
        let application =
            bench.get(&officer(), &format!("/applications/{}", approved.application)).await.expect(200);
        assert_eq!(application["pledge_id"], json!(third));
    }
}

#[tokio::test]
async fn a_change_lowers_the_cover_at_once_and_never_below_what_is_owed() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let id = approved.register(&bench).await;
        approved.draw(&bench, "1000000.00", "d-1").await.expect(201);
        let path = format!("/pledges/{id}/change");
        let release = |claim: &str| json!({"release": [approved.patents[0]], "secured_amount": claim, "reason": "解除一件专利"});
        let refused = bench.post(&operations(), &path, release("2500000.00")).await;
        assert_eq!(refused.refused(409, "above-maximum")["maximum"], "2000000.00");
        let refused = bench.post(&operations(), &path, release("999999.99")).await;
        assert_eq!(refused.refused(409, "cover-too-small")["outstanding"], "1000000.00");
        let nothing = json!({"secured_amount": "2500000.00", "reason": "无"});
        bench.post(&operations(), &path, nothing).await.refused(409, "nothing-to-change");

        let filed = step(&bench, &id, "change", release("1500000.00")).await;
        assert_eq!(
            (&filed["secured_amount"], &filed["carrying"], &filed["filing"]["kind"]),
            (&json!("2500000.00"), &json!("1500000.00"), &json!("change"))
        );
        approved.draw(&bench, "600000.00", "d-2").await.expect(409);
        bench
            .post(&operations(), &format!("/pledges/{id}/cancel"), json!({"reason": "结清"}))
            .await
            .refused(409, "filing-open");
        let changed = step(&bench, &id, "register", json!({})).await;
        assert_eq!(
            (&changed["status"], &changed["secured_amount"]),
            (&json!("registered"), &json!("1500000.00"))
        );
        assert_eq!(
            (&changed["collateral_value"], &changed["maximum_loan"]),
            (&json!("4000000.00"), &json!("2000000.00"))
        );
        assert_eq!(changed["patents"][0]["released_on"], "2026-11-24");
        let live = bench
            .texts("SELECT CAST(COUNT(*) AS VARCHAR) AS text FROM pledge_patent WHERE live = TRUE")
            .await;
        assert_eq!(live, ["1"], "the released patent may be pledged elsewhere");
        let told = bench
            .texts("SELECT envelope AS text FROM outbox WHERE name = 'pledge.changed.v1' ORDER BY version")
            .await;
        let last: Value = serde_json::from_str(told.last().unwrap()).unwrap();
        assert_eq!(last["event"]["data"]["patents"], json!([approved.patents[1]]));
        approved.draw(&bench, "500000.00", "d-3").await.expect(201);

        let renamed = json!({"enterprise_name": "企业（更名）", "reason": "企业更名"});
        step(&bench, &id, "change", renamed).await;
        let withdrawn = step(&bench, &id, "withdraw", json!({"reason": "改期"})).await;
        assert_eq!(
            (&withdrawn["status"], &withdrawn["carrying"]),
            (&json!("registered"), &json!("1500000.00"))
        );
    }
}

#[tokio::test]
async fn an_annulled_pledge_never_existed_and_carries_nothing() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let id = approved.register(&bench).await;
        step(&bench, &id, "change", json!({"enterprise_name": "企业（更名）", "reason": "更名"})).await;
        let annulled = step(&bench, &id, "annul", json!({"reason": "事后发现权属不符"})).await;
        assert_eq!(
            (&annulled["status"], &annulled["annulled_on"]),
            (&json!("annulled"), &json!("2026-11-24"))
        );
        let filings = pledge(&bench, &id).await["filings"].clone();
        assert_eq!((&filings[0]["kind"], &filings[0]["state"]), (&json!("change"), &json!("withdrawn")));
        assert_eq!(filings[1]["grounds"], json!(["other"]));
        approved.draw(&bench, "1.00", "d-1").await.refused(409, "no-registered-pledge");
        bench
            .post(&operations(), &format!("/pledges/{id}/annul"), json!({"reason": "再次"}))
            .await
            .refused(409, "not-in-status");
        approved.register(&bench).await;
        approved.draw(&bench, "1000.00", "d-2").await.expect(201);
    }
}

#[tokio::test]
async fn everybody_may_look_up_the_register_and_sees_no_amount() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let id = approved.file(&bench).await;
        let look = async |query: &str| {
            let uri = format!("{}/register/entries?{query}", Service::Pledge.base_path());
            let request = axum::http::Request::get(uri).body(axum::body::Body::empty()).unwrap();
            let (status, _, bytes) = bench.raw(request).await;
            (status.as_u16(), serde_json::from_slice::<Value>(&bytes).unwrap())
        };
        assert_eq!(look("patent_number=CN100000001B").await.1["items"], json!([]), "not registered yet");
        let number = step(&bench, &id, "register", json!({})).await["registration_number"].clone();
        for query in [
            format!("registration_number={}", number.as_str().unwrap()),
            "patent_number=CN100000001B".to_owned(),
            "patent_number=zl%20100000001".to_owned(),
        ] {
            let (status, found) = look(&query).await;
            assert_eq!((status, found["items"].as_array().unwrap().len()), (200, 1), "{query}: {found}");
            let entry = &found["items"][0];
            assert_eq!((&entry["registration_number"], &entry["status"]), (&number, &json!("registered")));
            assert_eq!(entry["patents"].as_array().unwrap().len(), 2);
            assert!(!entry.to_string().contains("2500000"), "{entry}");
        }
        assert_eq!(look("patent_number=CN1").await.0, 422);
        assert_eq!(look("").await.0, 422);
        assert_eq!(look("patent_number=CN10000000").await.1["items"], json!([]), "whole numbers only");
        step(&bench, &id, "cancel", json!({"reason": "结清"})).await;
        step(&bench, &id, "register", json!({})).await;
        let (_, found) = look("patent_number=CN100000002B").await;
        assert_eq!(found["items"][0]["status"], "cancelled");
    }
}

#[tokio::test]
async fn a_certificate_is_given_of_what_was_registered() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let id = approved.file(&bench).await;
        let path = format!("/pledges/{id}/certificate");
        bench.get(&officer(), &path).await.refused(409, "nothing-to-certify");
        step(&bench, &id, "register", json!({})).await;
        for who in [officer(), finance(), examiner()] {
            let (status, headers, bytes) = bench.download(&who, &path).await;
            if status == axum::http::StatusCode::SERVICE_UNAVAILABLE {
                // A machine without a Chinese font says so.
                assert!(String::from_utf8_lossy(&bytes).contains("no-chinese-font"));
                continue;
            }
            assert_eq!(status.as_u16(), 200);
            assert_eq!(headers["content-type"], "application/pdf");
            assert!(bytes.starts_with(b"%PDF-"), "{} bytes", bytes.len());
        }
        bench.get(&other_officer(), &path).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn the_pledgee_consents_to_a_disposal_and_takes_its_consent_back() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let id = approved.register(&bench).await;
        let path = format!("/pledges/{id}/consents");
        let body = json!({"acts": ["licence"], "patents": [approved.patents[0]], "terms": "普通许可给乙公司",
            "valid_until": "2027-02-28"});
        bench.post(&operations(), &path, body.clone()).await.refused(403, "forbidden");
        let mut long = body.clone();
        long["valid_until"] = json!("2029-01-01");
        bench.post(&approver(), &path, long).await.refused(422, "consent-term");
        let mut foreign = body.clone();
        foreign["patents"] = json!([Uuid::nil()]);
        bench.post(&approver(), &path, foreign).await.refused(409, "not-under-pledge");
        let given = bench.post(&approver(), &path, body).await.expect(201);
        let revoke = format!("{path}/{}/revoke", given["id"].as_str().unwrap());
        let mut stranger = approver();
        stranger.tenant = org(11);
        bench.post(&stranger, &revoke, json!({"reason": "试"})).await.refused(404, "not-found");
        bench.post(&approver(), &revoke, json!({"reason": "被许可人变更"})).await.expect(200);
        bench.post(&approver(), &revoke, json!({"reason": "再次"})).await.refused(409, "consent-ended");
        let list = bench.get(&finance(), &path).await.expect(200);
        assert_eq!(list["items"][0]["revoke_reason"], "被许可人变更");
        bench.get(&other_finance(), &path).await.refused(404, "not-found");
        let told = bench
            .texts(
                "SELECT envelope AS text FROM outbox WHERE name = 'pledge.consent_given.v1' ORDER BY version",
            )
            .await;
        let told: Vec<Value> = told.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        let revoked: Vec<&Value> = told.iter().map(|one| &one["event"]["data"]["revoked"]).collect();
        assert_eq!(revoked, [false, true]);
        assert_eq!(told[0]["event"]["data"]["acts"], json!(["licence"]));
        let kinds = history(&bench, &id).await;
        assert_eq!(kinds[kinds.len() - 2..], ["consent_given", "consent_revoked"]);
    }
}

fn told(patent: Uuid, version: i64, event: impl FnOnce(PatentId) -> Event) -> Envelope {
    let now = "2026-11-25T02:00:00Z".parse().unwrap();
    Envelope {
        id: EventId::fresh(now),
        source: Service::Valuation,
        aggregate: patent,
        version,
        occurred_at: now,
        business_date: "2026-11-25".parse().unwrap(),
        event: event(patent.into()),
    }
}

fn status(patent: Uuid, version: i64, to: &str) -> Envelope {
    told(patent, version, |patent_id| {
        Event::LegalStatusChanged(LegalStatusChanged {
            patent_id,
            patent_number: "CN100000001B".into(),
            from: "granted".into(),
            to: to.into(),
            effective: "2026-11-25".parse().unwrap(),
        })
    })
}

#[tokio::test]
async fn a_patent_that_ended_carries_no_more_and_a_challenged_one_is_noted() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let rights = PatentRights::new(bench.db.clone());
        let id = approved.register(&bench).await;
        let [first, second] = approved.patents;
        let lapsed = status(first, 5, "lapsed");
        rights.consume(&[lapsed.clone(), lapsed.clone()]).await.unwrap();
        rights.consume(&[lapsed, status(first, 4, "granted")]).await.unwrap();
        let shown = pledge(&bench, &id).await;
        assert_eq!(
            (&shown["carrying"], &shown["patents"][0]["right"]["status"]),
            (&json!("2000000.00"), &json!("lapsed"))
        );
        approved.draw(&bench, "2000000.01", "d-1").await.expect(409);
        approved.draw(&bench, "2000000.00", "d-2").await.expect(201);

        let challenged = told(second, 3, |patent_id| {
            Event::PatentChallenged(PatentChallenged {
                patent_id,
                patent_number: "CN100000002B".into(),
                open: vec!["invalidation".into()],
                noted_on: "2026-11-25".parse().unwrap(),
            })
        });
        let refused = told(second, 1, |patent_id| {
            Event::DisposalRefused(DisposalRefused {
                patent_id,
                patent_number: "CN100000002B".into(),
                pledge_id: id.parse::<PledgeId>().unwrap(),
                bank_id: officer().tenant,
                act: "transfer".into(),
                asked_by: "成果转化处".into(),
                refused_on: "2026-11-25".parse().unwrap(),
            })
        });
        rights.consume(&[challenged, refused, status(first, 6, "granted")]).await.unwrap();
        let shown = pledge(&bench, &id).await;
        assert_eq!(
            shown["carrying"], "2000000.00",
            "a restored right carries again, an attacked one does not"
        );
        assert_eq!(shown["patents"][1]["right"]["challenges"], json!(["invalidation"]));
        assert_eq!(
            history(&bench, &id).await[3..],
            ["patent_ended", "patent_challenged", "disposal_refused", "patent_restored"]
        );
    }
}

#[tokio::test]
async fn news_of_a_patent_that_came_before_its_pledge_is_not_lost() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let rights = PatentRights::new(bench.db.clone());
        // The catalogue was asked before it told: the bench's still says that the patent is in force.
        rights.consume(&[status(approved.patents[0], 5, "invalidated")]).await.unwrap();
        let id = approved.register(&bench).await;
        assert_eq!(pledge(&bench, &id).await["carrying"], "2000000.00");
    }
}

#[tokio::test]
async fn register_and_catalogue_are_compared_patent_by_patent() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let id = approved.register(&bench).await;
        let lien = |pledge: &str, patent: Uuid| json!({"pledge_id": pledge, "patent_id": patent});
        let [first, second] = approved.patents;
        let stranger = Uuid::from_u128(7).to_string();
        let shown = json!({"items": [lien(&id, first), lien(&stranger, second)], "next_cursor": null});
        bench.shelve("encumbrances", shown);
        let found = bench.get(&officer(), "/pledges/reconciliation").await.expect(200);
        assert_eq!(
            (&found["agrees"], &found["registered"], &found["shown"]),
            (&json!(false), &json!(2), &json!(2))
        );
        assert_eq!(found["not_shown"], json!([lien(&id, second)]));
        assert_eq!(found["not_registered"], json!([lien(&stranger, second)]));
        let whole = json!({"items": [lien(&id, first), lien(&id, second)], "next_cursor": null});
        bench.shelve("encumbrances", whole);
        let found = bench.get(&officer(), "/pledges/reconciliation").await.expect(200);
        assert_eq!(found["agrees"], true);
    }
}

#[tokio::test]
async fn the_built_in_register_hears_no_office_and_sends_nothing() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let id = approved.file(&bench).await;
        let uri = format!("{}/register/callbacks", Service::Pledge.base_path());
        let request = axum::http::Request::post(uri).body(axum::body::Body::from("{}")).unwrap();
        assert_eq!(bench.raw(request).await.0.as_u16(), 404);
        bench
            .post(&operations(), &format!("/pledges/{id}/resend"), json!({}))
            .await
            .refused(409, "nothing-to-send");
        assert!(bench.texts("SELECT kind AS text FROM register_parcel").await.is_empty());
    }
}

#[tokio::test]
async fn who_decides_on_a_pledge_that_has_changed_since_is_told_so() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let id = approved.file(&bench).await;
        let seen = bench.get(&officer(), &format!("/pledges/{id}")).await.etag.unwrap();
        step(&bench, &id, "deficiency", json!({"text": "补正"})).await;
        let path = format!("/pledges/{id}/refuse");
        let body = json!({"reason": "不符"});
        let answer = bench.send_seen(&operations(), ("POST", &path), body.clone(), None, Some(&seen)).await;
        assert_eq!(answer.status.as_u16(), 412, "{}", answer.body);
        assert_eq!(pledge(&bench, &id).await["status"], "submitted");
        let now = bench.get(&officer(), &format!("/pledges/{id}")).await.etag.unwrap();
        bench.send_seen(&operations(), ("POST", &path), body, None, Some(&now)).await.expect(200);
    }
}
