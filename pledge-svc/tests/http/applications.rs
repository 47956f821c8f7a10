//! From the application to the cancelled pledge, over the router.

use serde_json::{Value, json};
use tx_kit::testing::Backend;
use uuid::Uuid;

use crate::bench::{
    Bench, approver, examiner, finance, granter, officer, operations, other_finance, other_officer,
};

/// An application of the enterprise over two patents of its own, with the bank's valuations of them.
struct Applied {
    facility: String,
    id: String,
    valuations: Value,
}

fn request(facility: &str, patents: &[Uuid]) -> Value {
    json!({"facility_id": facility, "amount": "3000000.00", "tenor_months": 12, "purpose": "采购原料",
        "patent_ids": patents})
}

async fn apply(bench: &Bench) -> Applied {
    let facility = bench.facility().await;
    let patents = [bench.patent(1, &finance(), json!({})), bench.patent(2, &finance(), json!({}))];
    let application = bench.post(&finance(), "/applications", request(&facility, &patents)).await.expect(201);
    let valuations = patents.map(
        |patent| json!({"patent_id": patent, "valuation_id": bench.valuation(patent, &officer(), json!({}))}),
    );
    let id = application["id"].as_str().unwrap().to_owned();
    Applied { facility, id, valuations: json!(valuations) }
}

impl Applied {
    fn path(&self, step: &str) -> String {
        format!("/applications/{}/{step}", self.id)
    }

    fn assessment(&self) -> Value {
        json!({"valuations": self.valuations, "recommended_amount": "2500000.00", "comment": "可行"})
    }

    async fn assess(&self, bench: &Bench) -> Value {
        bench.post(&officer(), &self.path("assess"), self.assessment()).await.expect(200)
    }

    async fn approve(&self, bench: &Bench) -> Value {
        self.assess(bench).await;
        bench.post(&approver(), &self.path("approve"), json!({})).await.expect(200)
    }

    /// Approved, submitted and registered; gives the pledge's id.
    async fn register(&self, bench: &Bench) -> String {
        self.approve(bench).await;
        bench.registration_papers(&finance(), &self.id).await;
        let pledge = bench.post(&officer(), &self.path("pledge"), json!({})).await.expect(201);
        let id = pledge["id"].as_str().unwrap().to_owned();
        bench.post(&operations(), &format!("/pledges/{id}/register"), json!({})).await.expect(200);
        id
    }
}

#[tokio::test]
async fn an_application_becomes_a_registered_pledge_and_is_cancelled_when_nothing_is_owed() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let applied = apply(&bench).await;
        let assessed = applied.assess(&bench).await;
        assert_eq!(assessed["assessment"]["collateral_value"], "8000000.00");
        assert_eq!(assessed["assessment"]["maximum_loan"], "4000000.00");
        assert_eq!(assessed["patents"][1]["valid_until"], "2027-05-24");
        let approved = bench.post(&approver(), &applied.path("approve"), json!({})).await.expect(200);
        assert_eq!(
            (&approved["status"], &approved["decision"]["amount"]),
            (&json!("approved"), &json!("2500000.00"))
        );
        assert_eq!(bench.member(&applied.facility, &finance()).await.0, "2500000.00");

        bench.registration_papers(&finance(), &applied.id).await;
        let pledge = bench.post(&officer(), &applied.path("pledge"), json!({})).await.expect(201);
        assert_eq!(pledge["patents"][0]["right"]["status"], "granted", "as the catalogue shows it");
        assert_eq!(
            (&pledge["status"], &pledge["secured_amount"]),
            (&json!("submitted"), &json!("2500000.00"))
        );
        let path = format!("/pledges/{}", pledge["id"].as_str().unwrap());
        let registered = bench.post(&operations(), &format!("{path}/register"), json!({})).await.expect(200);
        assert_eq!(registered["registered_on"], "2026-11-24");
        assert!(registered["registration_number"].as_str().unwrap().starts_with("Y20261124-"));

        let why = json!({"reason": "当事人协商一致"});
        let filed = bench.post(&operations(), &format!("{path}/cancel"), why.clone()).await.expect(200);
        assert_eq!((&filed["status"], &filed["carrying"]), (&json!("registered"), &json!("0.00")));
        let grant = format!("{path}/register");
        bench.post(&operations(), &grant, json!({})).await.refused(403, "four-eyes");
        let cancelled = bench.post(&granter(), &grant, json!({})).await.expect(200);
        assert_eq!(
            (&cancelled["status"], &cancelled["cancelled_on"]),
            (&json!("cancelled"), &json!("2026-11-24"))
        );
        assert_eq!(bench.member(&applied.facility, &finance()).await.0, "0.00");
        bench.post(&operations(), &format!("{path}/cancel"), why).await.refused(409, "not-in-status");
    }
}

#[tokio::test]
async fn every_ground_is_told_before_and_refused_at_submission() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        let foreign = bench.patent(1, &other_finance(), json!({}));
        let unpaid =
            bench.patent(2, &finance(), json!({"annuity_status": "unpaid", "expires_on": "2027-11-01"}));
        let mut body = request(&facility, &[foreign, unpaid]);
        body["amount"] = json!("5000000.01");
        let tried = bench.post(&finance(), "/applications/eligibility", body.clone()).await.expect(200);
        let codes = |findings: &Value| -> Vec<String> {
            findings.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
        };
        let expected = ["above_sub_limit", "not_the_patentee", "annuity_unpaid", "term_beyond_right"];
        assert_eq!(
            (&tried["eligible"], codes(&tried["findings"])),
            (&json!(false), expected.map(String::from).to_vec())
        );
        let refused = bench.post(&finance(), "/applications", body).await.refused(409, "not-eligible");
        assert_eq!(codes(&refused["findings"]), expected);
        assert_eq!(bench.get(&finance(), "/applications").await.expect(200)["items"], json!([]));
        let unknown = request(&facility, &[Uuid::from_u128(4)]);
        let missing = bench.post(&finance(), "/applications", unknown).await.refused(422, "invalid-request");
        assert_eq!(missing["errors"][0]["field"], "patent_ids[0]");
    }
}

#[tokio::test]
async fn a_soft_ground_is_lifted_by_declaration_at_submission_and_at_the_register() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        let contested =
            json!({"disputes": [{"kind": "invalidation", "status": "pending", "noted_on": "2026-10-01"}]});
        let patent = bench.patent(1, &finance(), contested);
        let mut body = request(&facility, &[patent]);
        body["amount"] = json!("1000000.00");
        bench.post(&finance(), "/applications", body.clone()).await.refused(409, "not-eligible");
        body["declarations"] = json!(["not_the_patentee"]);
        bench.post(&finance(), "/applications", body.clone()).await.refused(422, "invalid-request");
        body["declarations"] = json!(["invalidation_pending"]);
        let application = bench.post(&finance(), "/applications", body).await.expect(201);
        assert_eq!(application["findings"][0]["code"], "invalidation_pending");
        let valuation = bench.valuation(patent, &officer(), json!({}));
        let applied = Applied {
            facility,
            id: application["id"].as_str().unwrap().to_owned(),
            valuations: json!([{"patent_id": patent, "valuation_id": valuation}]),
        };
        let body =
            json!({"valuations": applied.valuations, "recommended_amount": "1000000.00", "comment": "可行"});
        bench.post(&officer(), &applied.path("assess"), body).await.expect(200);
        bench.post(&approver(), &applied.path("approve"), json!({})).await.expect(200);
        bench.registration_papers(&finance(), &applied.id).await;
        bench.post(&officer(), &applied.path("pledge"), json!({})).await.expect(201);
    }
}

#[tokio::test]
async fn the_bank_relies_only_on_its_own_valid_pledge_valuations() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let applied = apply(&bench).await;
        let first: Uuid = applied.valuations[0]["patent_id"].as_str().unwrap().parse().unwrap();
        for (changes, why) in [
            (json!({"tenant_id": other_officer().tenant}), "other_tenant"),
            (json!({"purpose": "licence"}), "other_purpose"),
            (json!({"valid_until": "2026-11-23"}), "expired"),
        ] {
            bench.valuation(first, &officer(), changes);
            let refused = bench.post(&officer(), &applied.path("assess"), applied.assessment()).await;
            assert_eq!(refused.refused(409, "valuations-not-usable")["valuations"][0]["why"], why);
        }
        bench.valuation(first, &officer(), json!({}));
        let mut high = applied.assessment();
        high["recommended_amount"] = json!("3000000.01");
        bench.post(&officer(), &applied.path("assess"), high).await.refused(409, "above-amount");
        applied.assess(&bench).await;
        bench.at("2027-05-25T02:00:00Z");
        bench
            .post(&approver(), &applied.path("approve"), json!({}))
            .await
            .refused(409, "valuations-not-usable");
    }
}

#[tokio::test]
async fn the_assessor_never_decides_and_roles_keep_their_steps() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let applied = apply(&bench).await;
        bench.post(&officer(), &applied.path("approve"), json!({})).await.refused(403, "forbidden");
        bench.post(&approver(), &applied.path("approve"), json!({})).await.refused(409, "not-in-status");
        applied.assess(&bench).await;
        let mut both = officer();
        both.roles.push(identity::Role::CreditApprover);
        bench.post(&both, &applied.path("approve"), json!({})).await.refused(403, "four-eyes");
        bench
            .post(&both, &applied.path("refuse"), json!({"reason": "不同意"}))
            .await
            .refused(403, "four-eyes");
        bench
            .post(&approver(), &applied.path("refuse"), json!({"reason": " "}))
            .await
            .refused(422, "invalid-request");
        let refused = bench
            .post(&approver(), &applied.path("refuse"), json!({"reason": "现金流不足"}))
            .await
            .expect(200);
        assert_eq!(
            (&refused["status"], &refused["decision"]["reason"]),
            (&json!("refused"), &json!("现金流不足"))
        );
        bench
            .post(&finance(), &applied.path("withdraw"), json!({"reason": "撤"}))
            .await
            .refused(409, "not-in-status");
    }
}

#[tokio::test]
async fn applications_and_pledges_are_seen_by_their_parties_and_the_regulator_only() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let applied = apply(&bench).await;
        let pledge = applied.register(&bench).await;
        let paths = [format!("/applications/{}", applied.id), format!("/pledges/{pledge}")];
        for path in &paths {
            for who in [finance(), officer(), approver(), examiner()] {
                bench.get(&who, path).await.expect(200);
            }
            for who in [other_finance(), other_officer()] {
                bench.get(&who, path).await.refused(404, "not-found");
            }
        }
        for list in ["/applications", "/pledges"] {
            for (who, count) in [(finance(), 1), (examiner(), 1), (other_officer(), 0), (other_finance(), 0)]
            {
                let body = bench.get(&who, list).await.expect(200);
                assert_eq!(body["items"].as_array().unwrap().len(), count, "{list} for {}", who.name);
            }
            let file = bench.get(&officer(), &format!("{list}/export?format=csv")).await.expect(200);
            assert_eq!(file.as_str().unwrap().lines().count(), 2);
        }
        bench
            .post(&other_officer(), &applied.path("assess"), applied.assessment())
            .await
            .refused(404, "not-found");
        bench
            .post(&other_officer(), &format!("/pledges/{pledge}/cancel"), json!({"reason": "试"}))
            .await
            .expect(404);
    }
}

#[tokio::test]
async fn a_list_is_filtered_sorted_and_paged() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        for (number, amount) in [(1, "300000.00"), (2, "100000.00"), (3, "200000.00")] {
            let patent = bench.patent(number, &finance(), json!({}));
            let mut body = request(&facility, &[patent]);
            body["amount"] = json!(amount);
            bench.post(&finance(), "/applications", body).await.expect(201);
        }
        let first = bench
            .get(&officer(), "/applications?sort=-amount&limit=2&status=submitted&q=企业")
            .await
            .expect(200);
        let amounts = |page: &Value| -> Vec<Value> {
            page["items"].as_array().unwrap().iter().map(|one| one["amount"].clone()).collect()
        };
        assert_eq!(amounts(&first), ["300000.00", "200000.00"]);
        let cursor = first["next_cursor"].as_str().unwrap();
        let path = format!("/applications?sort=-amount&limit=2&cursor={cursor}");
        let second = bench.get(&officer(), &path).await.expect(200);
        assert_eq!((amounts(&second), &second["next_cursor"]), (vec![json!("100000.00")], &Value::Null));
        let none = bench.get(&officer(), "/applications?status=approved").await.expect(200);
        assert_eq!(none["items"], json!([]));
        bench.get(&officer(), "/applications?sort=purpose").await.refused(422, "invalid-request");
    }
}

#[tokio::test]
async fn a_patent_is_pledged_once_even_when_two_approvals_race_for_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let applied = apply(&bench).await;
        let first: Uuid = applied.valuations[0]["patent_id"].as_str().unwrap().parse().unwrap();
        let mut body = request(&applied.facility, &[first]);
        body["amount"] = json!("1000000.00");
        let twin = bench.post(&finance(), "/applications", body).await.expect(201);
        let twin = Applied {
            facility: applied.facility.clone(),
            id: twin["id"].as_str().unwrap().to_owned(),
            valuations: json!([applied.valuations[0]]),
        };
        let body =
            json!({"valuations": twin.valuations, "recommended_amount": "1000000.00", "comment": "可行"});
        bench.post(&officer(), &twin.path("assess"), body).await.expect(200);
        bench.post(&approver(), &twin.path("approve"), json!({})).await.expect(200);
        applied.approve(&bench).await;
        for one in [&applied, &twin] {
            bench.registration_papers(&finance(), &one.id).await;
        }
        let (who, paths) = (officer(), [applied.path("pledge"), twin.path("pledge")]);
        let (one, other) =
            tokio::join!(bench.post(&who, &paths[0], json!({})), bench.post(&who, &paths[1], json!({})));
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{} {}", one.body, other.body);
    }
}

#[tokio::test]
async fn a_pledge_stays_while_a_loan_is_outstanding() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let applied = apply(&bench).await;
        let pledge = applied.register(&bench).await;
        let draw = json!({"enterprise_id": finance().tenant, "amount": "1000000.00", "tenor_months": 6});
        let path = format!("/facilities/{}/drawdowns", applied.facility);
        bench.send(&finance(), "POST", &path, draw, Some("draw-1")).await.expect(201);
        assert_eq!(
            bench.member(&applied.facility, &finance()).await,
            ("1500000.00".to_owned(), "1000000.00".to_owned())
        );
        let refused =
            bench.post(&operations(), &format!("/pledges/{pledge}/cancel"), json!({"reason": "结清"})).await;
        assert_eq!(refused.refused(409, "still-secured")["outstanding"], "1000000.00");
    }
}

#[tokio::test]
async fn withdrawing_an_approved_application_frees_the_line_until_a_pledge_stands_on_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let applied = apply(&bench).await;
        applied.approve(&bench).await;
        let withdrawn = bench
            .post(&finance(), &applied.path("withdraw"), json!({"reason": "另有安排"}))
            .await
            .expect(200);
        assert_eq!(withdrawn["status"], "withdrawn");
        assert_eq!(bench.member(&applied.facility, &finance()).await.0, "0.00");
        bench.post(&officer(), &applied.path("pledge"), json!({})).await.refused(409, "not-approved");
    }
}

#[tokio::test]
async fn a_repeated_key_gets_the_first_answer_and_reserves_once() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let applied = apply(&bench).await;
        applied.assess(&bench).await;
        let path = applied.path("approve");
        let first = bench.send(&approver(), "POST", &path, json!({}), Some("k-1")).await.expect(200);
        let again = bench.send(&approver(), "POST", &path, json!({}), Some("k-1")).await.expect(200);
        assert_eq!(first, again);
        assert_eq!(bench.member(&applied.facility, &finance()).await.0, "2500000.00");
        let other = json!({"amount": "1.00"});
        bench
            .send(&approver(), "POST", &path, other, Some("k-1"))
            .await
            .refused(422, "idempotency-key-reused");
    }
}

#[tokio::test]
async fn nobody_decides_on_an_application_that_has_changed_since_it_was_seen() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let applied = apply(&bench).await;
        let path = format!("/applications/{}", applied.id);
        let seen = bench.get(&officer(), &path).await;
        let submitted = seen.etag.clone().expect("an application carries its version");
        let step = |who: identity::Caller, step: &str, body: Value, seen: Option<String>| {
            let (bench, path) = (&bench, applied.path(step));
            async move { bench.send_seen(&who, ("POST", &path), body, None, seen.as_deref()).await }
        };
        let assessed = step(officer(), "assess", applied.assessment(), Some(submitted.clone())).await;
        let tag = assessed.etag.clone().expect("every step answers with the version after it");
        assert_ne!(tag, submitted);
        let assessed = assessed.expect(200);
        let pledge = step(officer(), "pledge", json!({}), Some(submitted.clone())).await;
        pledge.refused(412, "stale-version");
        // Everything decided on what was seen before the assessment is refused, and nothing is done.
        let reason = json!({ "reason": "过时" });
        for (who, name, body) in [
            (officer(), "assess", applied.assessment()),
            (officer(), "deficiency", json!({ "items": [{ "document_kind": null, "text": "补充" }] })),
            (approver(), "approve", json!({})),
            (approver(), "refuse", reason.clone()),
            (finance(), "withdraw", reason.clone()),
            (finance(), "appeal", reason.clone()),
        ] {
            let stale = step(who, name, body, Some(submitted.clone())).await.refused(412, "stale-version");
            assert_eq!(stale["version"], assessed["version"], "{name}");
        }
        assert_eq!(bench.get(&officer(), &path).await.expect(200)["version"], assessed["version"]);
        let refused = step(approver(), "refuse", reason.clone(), Some(tag.clone())).await;
        let tag = refused.etag.clone().unwrap();
        assert_eq!(refused.expect(200)["status"], "refused");
        step(finance(), "appeal", reason, Some(tag)).await.expect(200);
    }
}

#[tokio::test]
async fn every_step_is_told_to_the_others_and_written_into_the_trail() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let applied = apply(&bench).await;
        let pledge = applied.register(&bench).await;
        let why = json!({"reason": "当事人协商一致"});
        bench.post(&operations(), &format!("/pledges/{pledge}/cancel"), why).await.expect(200);
        bench.post(&granter(), &format!("/pledges/{pledge}/register"), json!({})).await.expect(200);
        let told = bench
            .texts("SELECT name AS text FROM outbox WHERE name NOT LIKE 'facility%' ORDER BY occurred_at")
            .await;
        assert_eq!(
            told,
            [
                "application.submitted.v1",
                "application.decided.v1",
                "pledge.changed.v1",
                "pledge.changed.v1",
                "pledge.changed.v1"
            ]
        );
        let trail = bench.texts("SELECT action AS text FROM audit ORDER BY at, action").await;
        assert_eq!(
            trail,
            [
                "facility.propose",
                "facility.approve",
                "application.submit",
                "application.assess",
                "application.approve",
                "facility.reserve",
                "document.attach",
                "document.attach",
                "document.attach",
                "document.attach",
                "pledge.submit",
                "pledge.register",
                // It is filed by one and granted by another.
                "pledge.cancel",
                "facility.release",
                "pledge.cancel"
            ]
        );
    }
}
