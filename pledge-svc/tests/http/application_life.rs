//! The life of an application between submission and payment: checklist, correction, clocks, approval authority,
//! delegation, appeal, conditions precedent.

use contracts::{FacilityId, UserId};
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;
use uuid::Uuid;

use crate::bench::{
    Answer, Bench, approver, examiner, finance, officer, operations, other_finance, other_officer,
};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n";

fn colleague(number: u128, name: &str, role: Role) -> Caller {
    let user = UserId::from_uuid(Uuid::from_u128(number));
    Caller { user, name: name.to_owned(), roles: vec![role], ..officer() }
}

fn second_approver() -> Caller {
    colleague(1_005, "审批人乙", Role::CreditApprover)
}

fn risk_manager() -> Caller {
    colleague(1_006, "风险经理", Role::RiskManager)
}

/// What the bank sets for itself from today on, proposed by one and approved by another.
pub async fn set(bench: &Bench, kind: &str, content: Value) {
    let body = json!({"content": content, "effective_from": "2026-11-24", "reason": "行内规定"});
    let path = format!("/parameters/{kind}/proposals");
    let proposed = bench.post(&risk_manager(), &path, body).await.expect(201);
    let approve = format!("{path}/{}/approve", proposed["id"].as_str().unwrap());
    bench.post(&approver(), &approve, json!({})).await.expect(200);
}

/// An application of the enterprise with one patent.
struct Case {
    facility: String,
    id: String,
    assessment: Value,
}

impl Case {
    async fn of(bench: &Bench, amount: &str, more: Value) -> Self {
        let facility = bench.facility().await;
        Self::under(bench, facility, 1, amount, more).await
    }

    async fn under(bench: &Bench, facility: String, patent: u128, amount: &str, more: Value) -> Self {
        let patent = bench.patent(patent, &finance(), json!({}));
        let mut body = json!({"facility_id": facility, "amount": amount, "tenor_months": 12, "purpose": "采购原料",
            "patent_ids": [patent]});
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let made = bench.post(&finance(), "/applications", body).await.expect(201);
        let worth = json!({"collateral": {"collateral_value": "10000000.00", "ltv_cap": "0.5", "maximum_loan": "5000000.00"}});
        let valuation = bench.valuation(patent, &officer(), worth);
        let assessment = json!({"valuations": [{"patent_id": patent, "valuation_id": valuation}],
            "recommended_amount": amount, "comment": "可行"});
        Self { facility, id: made["id"].as_str().unwrap().to_owned(), assessment }
    }

    fn path(&self, step: &str) -> String {
        format!("/applications/{}/{step}", self.id)
    }

    async fn see(&self, bench: &Bench, who: &Caller) -> Value {
        bench.get(who, &format!("/applications/{}", self.id)).await.expect(200)
    }

    async fn assess(&self, bench: &Bench) -> Answer {
        bench.post(&officer(), &self.path("assess"), self.assessment.clone()).await
    }

    async fn approve(&self, bench: &Bench, who: &Caller, body: Value) -> Answer {
        bench.post(who, &self.path("approve"), body).await
    }

    async fn register(&self, bench: &Bench) {
        bench.registration_papers(&finance(), &self.id).await;
        let pledge = bench.post(&officer(), &self.path("pledge"), json!({})).await.expect(201);
        let path = format!("/pledges/{}/register", pledge["id"].as_str().unwrap());
        bench.post(&operations(), &path, json!({})).await.expect(200);
    }

    async fn draw(&self, bench: &Bench, key: &str) -> Answer {
        let body = json!({"enterprise_id": finance().tenant, "amount": "100000.00", "tenor_months": 6});
        let path = format!("/facilities/{}/drawdowns", self.facility);
        bench.send(&finance(), "POST", &path, body, Some(key)).await
    }

    /// Attaches a paper; gives its id.
    async fn attach(&self, bench: &Bench, who: &Caller, kind: &str) -> String {
        let path = format!("{}?kind={kind}&file_name={kind}.pdf", self.path("documents"));
        let made = bench.upload(who, &path, "application/pdf", PDF.to_vec()).await.expect(201);
        made["id"].as_str().unwrap().to_owned()
    }

    async fn conditions(&self, bench: &Bench) -> Vec<Value> {
        let list = bench.get(&officer(), &self.path("conditions")).await.expect(200);
        list["items"].as_array().unwrap().clone()
    }
}

fn due(application: &Value) -> (&Value, &Value, &Value) {
    let clock = &application["clock"];
    (&clock["kind"], &clock["due_on"], &clock["remaining_days"])
}

#[tokio::test]
async fn a_checklist_holds_the_assessment_until_the_enterprise_has_corrected_and_the_clock_stands_still_meanwhile()
 {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let more = json!({"product": "tianfu_zhilai", "statements": ["start_up", "working_capital"]});
        let case = Case::of(&bench, "1000000.00", more).await;
        let seen = case.see(&bench, &officer()).await;
        assert_eq!(due(&seen), (&json!("first_review"), &json!("2026-12-01"), &json!(5)));
        let list = bench.get(&finance(), &case.path("checklist")).await.expect(200);
        assert_eq!((&list["complete"], &list["product"]["code"]), (&json!(false), &json!("tianfu_zhilai")));
        let refused = case.assess(&bench).await.refused(409, "checklist-incomplete");
        let missing = refused["missing"].as_array().unwrap();
        assert_eq!(missing.len(), 7, "five papers and two statements");
        assert!(missing.iter().all(|one| !one["cure_zh"].as_str().unwrap().is_empty()));

        bench.at("2026-11-26T02:00:00Z");
        let items = json!({"items": [
            {"document_kind": "business_licence", "text": "请上传营业执照"},
            {"document_kind": null, "text": "请说明主要客户"}]});
        bench.post(&other_officer(), &case.path("deficiency"), items.clone()).await.refused(404, "not-found");
        let asked = bench.post(&officer(), &case.path("deficiency"), items.clone()).await.expect(200);
        assert_eq!(asked["status"], "deficient");
        assert_eq!(due(&asked), (&json!("correction"), &json!("2026-12-10"), &json!(10)));
        case.assess(&bench).await.refused(409, "not-in-status");
        bench.post(&officer(), &case.path("deficiency"), items).await.refused(409, "not-in-status");

        bench.at("2026-12-14T02:00:00Z");
        let late = bench.get(&officer(), "/applications?overdue=true").await.expect(200);
        assert_eq!(late["items"][0]["clock"]["overdue"], true);
        assert_eq!(late["items"][0]["clock"]["remaining_days"], -2);
        let answer = json!({"answer": "已补充", "statements": ["small_micro_industrial", "undisputed_ip"]});
        let refused = bench.post(&finance(), &case.path("correct"), answer.clone()).await;
        assert_eq!(
            refused.refused(409, "correction-incomplete")["missing"][0]["document_kind"],
            "business_licence"
        );
        for kind in [
            "business_licence",
            "financial_statements",
            "tax_certificate",
            "patent_certificate",
            "use_of_funds",
        ] {
            case.attach(&bench, &finance(), kind).await;
        }
        let unknown = json!({"answer": "已补充", "statements": ["no_such"]});
        bench.post(&finance(), &case.path("correct"), unknown).await.refused(422, "invalid-request");
        let corrected = bench.post(&finance(), &case.path("correct"), answer).await.expect(200);
        assert_eq!(corrected["status"], "corrected");
        // Three working days were left when the clock stopped.
        assert_eq!(due(&corrected), (&json!("first_review"), &json!("2026-12-17"), &json!(3)));
        assert_eq!(corrected["deficiencies"][0]["answer"], "已补充");
        let none = bench.get(&officer(), "/applications?overdue=true").await.expect(200);
        assert_eq!(none["items"], json!([]));
        let list = bench.get(&officer(), &case.path("checklist")).await.expect(200);
        assert_eq!(list["complete"], true);
        let assessed = case.assess(&bench).await.expect(200);
        assert_eq!(due(&assessed), (&json!("decision"), &json!("2026-12-21"), &json!(5)));
    }
}

#[tokio::test]
async fn a_product_is_the_banks_and_what_it_does_not_admit_is_told_before_and_refused() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        let path = format!("/application-products?facility_id={facility}");
        let products = bench.get(&finance(), &path).await.expect(200);
        let codes: Vec<&Value> =
            products["items"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
        assert_eq!(codes, ["standard", "tianfu_zhilai"]);
        let patent = bench.patent(1, &finance(), json!({}));
        let mut body = json!({"facility_id": facility, "amount": "1000000.00", "tenor_months": 13,
            "purpose": "采购原料", "patent_ids": [patent], "product": "tianfu_zhilai"});
        let tried = bench.post(&finance(), "/applications/eligibility", body.clone()).await.expect(200);
        assert_eq!(tried["findings"][0]["code"], "above_product_tenor");
        bench.post(&finance(), "/applications", body.clone()).await.refused(409, "not-eligible");
        body["product"] = json!("nothing");
        let refused = bench.post(&finance(), "/applications", body.clone()).await;
        assert_eq!(refused.refused(422, "invalid-request")["errors"][0]["field"], "product");
        body["product"] = json!("standard");
        body["statements"] = json!(["start_up"]);
        let refused = bench.post(&finance(), "/applications", body.clone()).await;
        assert_eq!(refused.refused(422, "invalid-request")["errors"][0]["field"], "statements[0]");
        body["statements"] = json!([]);
        let made = bench.post(&finance(), "/applications", body).await.expect(201);
        assert_eq!(made["product"], "standard");
    }
}

/// One approver up to a million, two up to two millions, above them the risk manager first.
fn levels() -> Value {
    json!({"levels": [
        {"up_to": "1000000.00", "approvers": 1, "risk_consent": false},
        {"up_to": "2000000.00", "approvers": 2, "risk_consent": false},
        {"up_to": null, "approvers": 2, "risk_consent": true}]})
}

#[tokio::test]
async fn a_large_amount_takes_the_risk_manager_and_two_approvers_and_is_reserved_with_the_last() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        set(&bench, "approval_authority", levels()).await;
        let case = Case::of(&bench, "2500000.00", json!({})).await;
        case.assess(&bench).await.expect(200);
        let takes = bench.get(&approver(), &case.path("authority")).await.expect(200);
        assert_eq!(
            (&takes["demand"]["level"], &takes["demand"]["approvers"], &takes["demand"]["risk_consent"]),
            (&json!(3), &json!(2), &json!(true))
        );
        bench.get(&finance(), &case.path("authority")).await.refused(403, "forbidden");
        case.approve(&bench, &approver(), json!({})).await.refused(409, "consent-missing");
        bench
            .post(&approver(), &case.path("consent"), json!({"agrees": true, "comment": "x"}))
            .await
            .refused(403, "forbidden");
        let no = json!({"agrees": false, "comment": "集中度过高"});
        bench.post(&risk_manager(), &case.path("consent"), no).await.expect(200);
        case.approve(&bench, &approver(), json!({})).await.refused(409, "consent-denied");
        let yes = json!({"agrees": true, "comment": "已补充担保"});
        bench.post(&risk_manager(), &case.path("consent"), yes).await.expect(200);

        let once = case.approve(&bench, &approver(), json!({"comment": "同意"})).await.expect(200);
        assert_eq!((&once["status"], &once["decision"]), (&json!("approved_once"), &Value::Null));
        assert_eq!(bench.member(&case.facility, &finance()).await.0, "0.00", "nothing is held yet");
        case.approve(&bench, &approver(), json!({})).await.refused(403, "same-approver");
        let takes = bench.get(&approver(), &case.path("authority")).await.expect(200);
        assert!(takes["hindrance_zh"].as_str().unwrap().contains("另一名审批人"));
        let twice =
            case.approve(&bench, &second_approver(), json!({"amount": "2400000.00"})).await.expect(200);
        assert_eq!(
            (&twice["status"], &twice["decision"]["amount"], &twice["decision"]["demand"]["approvers"]),
            (&json!("approved"), &json!("2400000.00"), &json!(2))
        );
        assert_eq!(twice["first_approval"]["by"], "审批人");
        assert_eq!(bench.member(&case.facility, &finance()).await.0, "2400000.00");
        let told = case.see(&bench, &finance()).await;
        assert_eq!((&told["first_approval"], &told["consent"]), (&Value::Null, &Value::Null));
        assert_eq!(told["decision"]["demand"], Value::Null, "how the bank decides is the bank's affair");
        let decided =
            bench.texts("SELECT name AS text FROM outbox WHERE name = 'application.decided.v1'").await;
        assert_eq!(decided.len(), 1, "others hear of the last approval only");
    }
}

#[tokio::test]
async fn an_assessment_made_anew_takes_back_the_first_approval() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        set(&bench, "approval_authority", levels()).await;
        let case = Case::of(&bench, "2000000.00", json!({})).await;
        case.assess(&bench).await.expect(200);
        let with = json!({"conditions": [{"text": "追加保证人"}]});
        case.approve(&bench, &approver(), with).await.expect(200);
        let again = case.assess(&bench).await.expect(200);
        assert_eq!((&again["status"], &again["first_approval"]), (&json!("assessed"), &Value::Null));
        assert_eq!(case.conditions(&bench).await[0]["status"], "dropped");
        let once = case.approve(&bench, &approver(), json!({})).await.expect(200);
        assert_eq!(once["status"], "approved_once", "the same approver may begin anew");
    }
}

#[tokio::test]
async fn authority_is_lent_to_a_known_colleague_used_by_name_and_taken_back() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let head = colleague(1_007, "行长", Role::CreditApprover);
        let authority = json!({"personal_limit": "1000000.00",
            "persons": [{"user_id": head.user, "name": head.name, "limit": "5000000.00"}]});
        // The line was approved under the bank's former limits.
        let case = Case::of(&bench, "2500000.00", json!({})).await;
        set(&bench, "approval_authority", authority).await;
        case.assess(&bench).await.expect(200);
        let refused =
            case.approve(&bench, &second_approver(), json!({})).await.refused(403, "above-authority");
        assert_eq!(refused["limit"], "1000000.00");

        let lending = json!({"to_user_id": second_approver().user, "cap": "3000000.00",
            "valid_from": "2026-11-24", "valid_until": "2026-11-30", "reason": "出差"});
        let unknown =
            bench.post(&head, "/delegations", lending.clone()).await.refused(422, "invalid-request");
        assert_eq!(unknown["errors"][0]["field"], "to_user_id");
        bench.post(&second_approver(), "/approvers", json!({})).await.expect(200);
        let mut beyond = lending.clone();
        beyond["cap"] = json!("5000000.01");
        let beyond = bench.post(&head, "/delegations", beyond).await.refused(422, "invalid-request");
        assert_eq!(beyond["errors"][0]["field"], "cap");
        bench.post(&officer(), "/delegations", lending.clone()).await.refused(403, "forbidden");
        let lent = bench.post(&head, "/delegations", lending).await.expect(201);
        assert_eq!((&lent["to"], &lent["in_force"]), (&json!("审批人乙"), &json!(true)));
        let id = lent["id"].as_str().unwrap();
        let uses = json!({"delegation_id": id});
        case.approve(&bench, &approver(), uses.clone()).await.refused(403, "not-your-delegation");
        let strange = Caller { roles: vec![Role::CreditApprover], ..other_officer() };
        bench.get(&strange, &format!("/delegations/{id}")).await.refused(404, "not-found");
        let mine = bench.get(&second_approver(), "/delegations?mine=true&in_force=true").await.expect(200);
        assert_eq!(mine["items"].as_array().unwrap().len(), 1);

        let approved = case.approve(&bench, &second_approver(), uses.clone()).await.expect(200);
        assert_eq!(
            (&approved["status"], &approved["decision"]["under"]["from"]),
            (&json!("approved"), &json!("行长"))
        );

        let next = Case::under(&bench, case.facility.clone(), 2, "2000000.00", json!({})).await;
        next.assess(&bench).await.expect(200);
        let revoke = format!("/delegations/{id}/revoke");
        bench.post(&approver(), &revoke, json!({})).await.refused(403, "not-your-delegation");
        let note = format!("/delegations/{id}/seen");
        bench.post(&second_approver(), &note, json!({})).await.refused(409, "not-in-status");
        bench.post(&head, &revoke, json!({})).await.expect(200);
        // Who it was lent to is told that it ended, until he has taken note; who ended it knows.
        let unseen = async |who: &Caller| {
            let list = bench.get(who, "/delegations?ended_unseen=true").await.expect(200);
            let rows = list["items"].as_array().unwrap().clone();
            rows.iter().map(|row| row["ended_how"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            (unseen(&second_approver()).await, unseen(&head).await),
            (vec!["taken_back".to_owned()], vec![])
        );
        bench.post(&approver(), &note, json!({})).await.refused(403, "not-your-delegation");
        bench.post(&strange, &note, json!({})).await.refused(404, "not-found");
        let noted = bench.post(&second_approver(), &note, json!({})).await.expect(200);
        assert_eq!(noted["ended_on"], "2026-11-24");
        assert_eq!(unseen(&second_approver()).await, Vec::<String>::new());
        next.approve(&bench, &second_approver(), uses).await.refused(409, "delegation-not-in-force");
        // Whoever left cannot take back what was lent: the bank's risk manager or administrator does, and says why.
        let again = json!({"to_user_id": second_approver().user, "valid_from": "2026-11-24",
            "valid_until": "2026-11-30", "reason": "出差"});
        let again = bench.post(&head, "/delegations", again).await.expect(201)["id"].clone();
        let withdraw = format!("/delegations/{}/withdraw", again.as_str().unwrap());
        let why = json!({"reason": "授权人已离职"});
        let admin = colleague(1_008, "管理员", Role::BankAdmin);
        bench.post(&second_approver(), &withdraw, why.clone()).await.refused(403, "forbidden");
        bench.post(&admin, &withdraw, json!({"reason": " "})).await.refused(422, "invalid-request");
        let abroad = Caller { roles: vec![Role::RiskManager], ..other_officer() };
        bench.post(&abroad, &withdraw, why.clone()).await.refused(404, "not-found");
        let ended = bench.post(&admin, &withdraw, why.clone()).await.expect(200);
        assert_eq!(
            (&ended["revoked_by"], &ended["revoke_reason"], &ended["in_force"]),
            (&json!("管理员"), &json!("授权人已离职"), &json!(false))
        );
        bench.post(&admin, &withdraw, why).await.refused(409, "not-in-status");
        for one in [&head, &second_approver()] {
            assert_eq!(unseen(one).await, ["withdrawn"], "both are told: {}", one.name);
        }
        next.approve(&bench, &second_approver(), json!({"delegation_id": again}))
            .await
            .refused(409, "delegation-not-in-force");
        next.approve(&bench, &head, json!({})).await.expect(200);
    }
}

#[tokio::test]
async fn a_refusal_is_appealed_once_and_decided_by_another_approver() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let case = Case::of(&bench, "1000000.00", json!({})).await;
        case.assess(&bench).await.expect(200);
        let why = |text: &str| json!({"reason": text});
        let refused = bench.post(&approver(), &case.path("refuse"), why("现金流不足")).await.expect(200);
        assert_eq!((&refused["appeal_until"], &refused["clock"]), (&json!("2026-12-08"), &Value::Null));
        bench.post(&other_finance(), &case.path("appeal"), why("请复核")).await.refused(404, "not-found");
        let appealed = bench.post(&finance(), &case.path("appeal"), why("已补充订单")).await.expect(200);
        assert_eq!(appealed["status"], "appealed");
        assert_eq!(due(&appealed), (&json!("appeal_decision"), &json!("2026-12-08"), &json!(10)));
        bench.post(&approver(), &case.path("appeal/uphold"), why("维持")).await.refused(403, "own-refusal");
        let again =
            bench.post(&second_approver(), &case.path("appeal/reopen"), why("可重新评审")).await.expect(200);
        assert_eq!(
            (&again["status"], &again["decision"], &again["assessment"]),
            (&json!("submitted"), &Value::Null, &Value::Null)
        );
        assert_eq!(again["appeal"]["outcome"], "reopened");
        case.assess(&bench).await.expect(200);
        case.approve(&bench, &approver(), json!({})).await.refused(403, "own-refusal");
        bench.post(&second_approver(), &case.path("refuse"), why("仍不足")).await.expect(200);
        bench.post(&finance(), &case.path("appeal"), why("再复核")).await.refused(409, "appealed-before");

        let other = Case::under(&bench, case.facility.clone(), 2, "1000000.00", json!({})).await;
        bench.post(&approver(), &other.path("refuse"), why("行业限制")).await.expect(200);
        bench.at("2026-12-09T02:00:00Z");
        bench.post(&finance(), &other.path("appeal"), why("请复核")).await.refused(409, "appeal-too-late");
    }
}

#[tokio::test]
async fn a_member_draws_nothing_until_its_conditions_are_fulfilled_with_evidence_and_confirmed() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let case = Case::of(&bench, "1000000.00", json!({})).await;
        case.assess(&bench).await.expect(200);
        let bad = json!({"conditions": [{"code": "no_such"}, {}]});
        let refused = case.approve(&bench, &approver(), bad).await.refused(422, "invalid-request");
        assert_eq!(refused["errors"][0]["field"], "conditions[1]");
        let with = json!({"conditions": [{"text": "出具担保函"}, {"text": "完成保险投保"}]});
        case.approve(&bench, &approver(), with).await.expect(200);
        case.register(&bench).await;
        let standing = case.conditions(&bench).await;
        assert!(standing.len() == 2 && standing.iter().all(|one| one["blocking"] == true));
        let open = case.draw(&bench, "d-1").await.refused(409, "conditions-open");
        assert_eq!(open["open"], 2);
        let line: FacilityId = case.facility.parse().unwrap();
        let members = [finance().tenant, other_finance().tenant];
        let counted =
            pledge_svc::applications::conditions_open(bench.db.read(), line, &members).await.unwrap();
        assert_eq!(counted.into_iter().collect::<Vec<_>>(), [(finance().tenant, 2)]);

        let step = |index: usize, step: &str| {
            case.path(&format!("conditions/{}/{step}", standing[index]["id"].as_str().unwrap()))
        };
        bench.post(&officer(), &step(0, "fulfil"), json!({})).await.refused(422, "invalid-request");
        let stray = json!({"document_ids": [Uuid::from_u128(7)]});
        bench.post(&officer(), &step(0, "fulfil"), stray).await.refused(422, "invalid-request");
        let paper = case.attach(&bench, &finance(), "guarantee_letter").await;
        let proof = json!({"document_ids": [paper], "note": "已收到原件"});
        bench.post(&finance(), &step(0, "fulfil"), proof.clone()).await.refused(403, "forbidden");
        bench.post(&officer(), &step(0, "confirm"), json!({})).await.refused(409, "not-in-status");
        bench.post(&officer(), &step(0, "fulfil"), proof.clone()).await.expect(200);
        bench.post(&officer(), &step(0, "confirm"), json!({})).await.refused(403, "four-eyes");
        case.draw(&bench, "d-2").await.refused(409, "conditions-open");
        let back = json!({"reason": "缺签章"});
        bench.post(&operations(), &step(0, "return"), back).await.expect(200);
        bench.post(&officer(), &step(0, "fulfil"), proof).await.expect(200);
        let confirmed = bench.post(&operations(), &step(0, "confirm"), json!({})).await.expect(200);
        assert_eq!((&confirmed["status"], &confirmed["blocking"]), (&json!("confirmed"), &json!(false)));
        assert_eq!(case.draw(&bench, "d-3").await.refused(409, "conditions-open")["open"], 1);

        let reason = json!({"reason": "风险补偿基金已覆盖"});
        let assessor = Caller { roles: vec![Role::CreditApprover], ..officer() };
        bench.post(&assessor, &step(1, "waive"), reason.clone()).await.refused(403, "four-eyes");
        bench.post(&operations(), &step(1, "waive"), reason.clone()).await.refused(403, "forbidden");
        let waived = bench.post(&approver(), &step(1, "waive"), reason).await.expect(200);
        assert_eq!(
            (&waived["status"], &waived["waived"]["note"]),
            (&json!("waived"), &json!("风险补偿基金已覆盖"))
        );
        case.draw(&bench, "d-4").await.expect(201);
        let trail =
            bench.texts("SELECT action AS text FROM audit WHERE action LIKE 'condition.%' ORDER BY at").await;
        assert_eq!(
            trail,
            [
                "condition.fulfil",
                "condition.return",
                "condition.fulfil",
                "condition.confirm",
                "condition.waive"
            ]
        );
    }
}

#[tokio::test]
async fn conditions_fall_away_with_the_approval_that_carried_them() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let case = Case::of(&bench, "1000000.00", json!({})).await;
        case.assess(&bench).await.expect(200);
        case.approve(&bench, &approver(), json!({"conditions": [{"text": "出具担保函"}]})).await.expect(200);
        bench.post(&finance(), &case.path("withdraw"), json!({"reason": "另有安排"})).await.expect(200);
        let dropped = case.conditions(&bench).await;
        assert_eq!((&dropped[0]["status"], &dropped[0]["blocking"]), (&json!("dropped"), &json!(false)));
        let next = Case::under(&bench, case.facility.clone(), 2, "1000000.00", json!({})).await;
        next.assess(&bench).await.expect(200);
        next.approve(&bench, &approver(), json!({})).await.expect(200);
        next.register(&bench).await;
        next.draw(&bench, "d-1").await.expect(201);
    }
}

#[tokio::test]
async fn conditions_are_a_work_list_of_the_parties_and_the_regulator() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let case = Case::of(&bench, "1000000.00", json!({})).await;
        case.assess(&bench).await.expect(200);
        case.approve(&bench, &approver(), json!({"conditions": [{"text": "出具担保函"}]})).await.expect(200);
        for (who, count) in
            [(officer(), 1), (finance(), 1), (examiner(), 1), (other_officer(), 0), (other_finance(), 0)]
        {
            let list = bench.get(&who, "/conditions?blocking=true&q=担保").await.expect(200);
            assert_eq!(list["items"].as_array().unwrap().len(), count, "{}", who.name);
        }
        let one = case.conditions(&bench).await[0]["id"].as_str().unwrap().to_owned();
        let path = case.path(&format!("conditions/{one}/waive"));
        let strange = Caller { roles: vec![Role::CreditApprover], ..other_officer() };
        bench.post(&strange, &path, json!({"reason": "试"})).await.refused(404, "not-found");
        let file = bench.get(&officer(), "/conditions/export?format=csv").await.expect(200);
        assert_eq!(file.as_str().unwrap().lines().count(), 2);
    }
}

#[tokio::test]
async fn a_loan_beyond_the_banks_own_valuation_is_neither_assessed_nor_approved_without_an_outside_report() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let case = Case::of(&bench, "1000000.00", json!({})).await;
        case.assess(&bench).await.expect(200);
        let above = json!({ "external_report_above": "10000000.01" });
        let body = json!({"content": above, "effective_from": "2026-11-24", "reason": "行内规定"});
        let path = "/parameters/application_eligibility/proposals";
        bench.post(&risk_manager(), path, body).await.refused(422, "invalid-request");
        set(&bench, "application_eligibility", json!({ "external_report_above": "999999.99" })).await;
        let refused = case.approve(&bench, &approver(), json!({})).await.refused(409, "checklist-incomplete");
        assert_eq!(refused["missing"][0]["code"], "external_valuation_report");
        case.assess(&bench).await.refused(409, "checklist-incomplete");
        let list = bench.get(&finance(), &case.path("checklist")).await.expect(200);
        assert_eq!(list["complete"], false);
        case.attach(&bench, &finance(), "external_valuation_report").await;
        case.assess(&bench).await.expect(200);
        let approved = case.approve(&bench, &approver(), json!({})).await.expect(200);
        assert_eq!(approved["status"], "approved");
    }
}
