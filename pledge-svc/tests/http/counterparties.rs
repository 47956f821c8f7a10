//! Blacklist and connected enterprises over the router, and what they mean for an application.

use contracts::UserId;
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;
use uuid::Uuid;

use crate::{
    bench::{Answer, Bench, approver, examiner, finance, officer, other_finance, other_officer},
    facility::draw,
    facility_life::{approved, change, unsecured, view},
};

fn risk_manager() -> Caller {
    let user = UserId::from_uuid(Uuid::from_u128(1_006));
    Caller { user, name: "风险经理".to_owned(), roles: vec![Role::RiskManager], ..officer() }
}

fn other_risk_manager() -> Caller {
    Caller { roles: vec![Role::RiskManager], ..other_officer() }
}

fn ask(facility: &str, patent: Uuid, amount: &str) -> Value {
    json!({"facility_id": facility, "amount": amount, "tenor_months": 12, "purpose": "采购原料",
        "patent_ids": [patent]})
}

fn codes(answer: &Value) -> Vec<&str> {
    answer["findings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn who_is_on_the_blacklist_is_neither_taken_nor_assessed_until_the_entry_ends() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        let patent = bench.patent(1, &finance(), json!({}));
        let body = ask(&facility, patent, "1000000.00");
        let made = bench.post(&finance(), "/applications", body.clone()).await.expect(201);
        // The name as another list writes it, in wide letters and with a space.
        let entry =
            json!({"name": " 企业财务 机构", "source": "dishonest_debtor", "reason": "有履行能力而拒不履行"});
        bench.post(&officer(), "/blacklist", entry.clone()).await.refused(403, "forbidden");
        let listed = bench.post(&risk_manager(), "/blacklist", entry.clone()).await.expect(201);
        assert_eq!(listed["in_force"], true);
        let tried = bench.post(&finance(), "/applications/eligibility", body.clone()).await.expect(200);
        // Its place on the line was paused in the same act.
        let both = vec!["member_not_active", "blacklisted"];
        assert_eq!((&tried["eligible"], codes(&tried)), (&json!(false), both.clone()));
        bench.post(&finance(), "/applications", body.clone()).await.refused(409, "not-eligible");
        let valuation = bench.valuation(patent, &officer(), json!({}));
        let assessment = json!({"valuations": [{"patent_id": patent, "valuation_id": valuation}],
            "recommended_amount": "1000000.00", "comment": "可行"});
        let path = format!("/applications/{}/assess", made["id"].as_str().unwrap());
        let refused = bench.post(&officer(), &path, assessment.clone()).await.refused(409, "not-eligible");
        assert_eq!(codes(&refused), both);

        let at = format!("/blacklist/{}", listed["id"].as_str().unwrap());
        bench.get(&other_officer(), &at).await.refused(404, "not-found");
        bench.get(&finance(), &at).await.refused(403, "forbidden");
        let end = json!({"reason": "已履行完毕"});
        bench.post(&other_risk_manager(), &format!("{at}/end"), end.clone()).await.refused(404, "not-found");
        let ended = bench.post(&risk_manager(), &format!("{at}/end"), end.clone()).await.expect(200);
        assert_eq!((&ended["in_force"], &ended["end_reason"]), (&json!(false), &json!("已履行完毕")));
        bench.post(&risk_manager(), &format!("{at}/end"), end).await.refused(409, "not-in-status");
        // The entry is over; people let the member go on.
        change(&bench, &facility, json!({ "resume": [finance().tenant] })).await;
        bench.post(&officer(), &path, assessment).await.expect(200);
        // Another bank's blacklist says nothing here.
        bench.post(&other_risk_manager(), "/blacklist", entry).await.expect(201);
        let tried = bench.post(&finance(), "/applications/eligibility", body).await.expect(200);
        assert_eq!(tried["eligible"], true);
    }
}

#[tokio::test]
async fn a_courts_list_is_imported_row_by_row_and_a_second_time_changes_nothing() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let list = "企业名称,统一社会信用代码,原因,起始日期,截止日期\n\
            甲公司,,有履行能力而拒不履行,2026-01-02,\n乙公司,123,代码错,,\n丙公司,,违反财产报告制度,,2027-01-01\n";
        let import = async |who: &Caller| -> Answer {
            bench.upload(who, "/blacklist/imports", "text/csv", list.as_bytes().to_vec()).await
        };
        import(&officer()).await.refused(403, "forbidden");
        let done = import(&risk_manager()).await.expect(200);
        assert_eq!((&done["read"], &done["entered"], &done["unchanged"]), (&json!(3), &json!(2), &json!(0)));
        assert_eq!(done["rejected"][0]["line"], 3);
        let again = import(&risk_manager()).await.expect(200);
        assert_eq!((&again["entered"], &again["unchanged"]), (&json!(0), &json!(2)));
        let held = bench
            .get(&officer(), "/blacklist?in_force=true&source=dishonest_debtor&sort=name")
            .await
            .expect(200);
        assert_eq!(held["items"].as_array().unwrap().len(), 2);
        let file = bench.get(&officer(), "/blacklist/export?format=csv").await.expect(200);
        assert_eq!(file.as_str().unwrap().lines().count(), 3);
        let wrong =
            bench.upload(&risk_manager(), "/blacklist/imports", "text/csv", b"a,b\n1,2\n".to_vec()).await;
        wrong.refused(422, "unreadable-file");
        let form = async |source: &str| {
            let body = format!(
                "--x\r\nContent-Disposition: form-data; name=\"source\"\r\n\r\n{source}\r\n--x\r\n\
                Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n名称,原因\n丁公司,逃废债\n\r\n--x--\r\n"
            );
            let kind = "multipart/form-data; boundary=x";
            bench.upload(&risk_manager(), "/blacklist/imports", kind, body.into_bytes()).await
        };
        let unknown = form("ownlist").await.refused(422, "invalid-request");
        assert_eq!(unknown["errors"][0]["field"], "source", "{unknown}");
        assert_eq!(form("own_list").await.expect(200)["entered"], 1);
    }
}

#[tokio::test]
async fn a_list_whose_answer_was_lost_is_sent_again_and_brings_back_no_entry_that_ended_meanwhile() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let send = async |reason: &str| {
            let list = format!("企业名称,原因\n甲公司,{reason}\n");
            let path = "/blacklist/imports";
            bench.upload_under(Some("k-1"), &risk_manager(), path, "text/csv", list.into_bytes()).await
        };
        let first = send("拒不履行").await.expect(200);
        assert_eq!(first["entered"], json!(1));
        let held = bench.get(&officer(), "/blacklist?in_force=true").await.expect(200);
        let end = format!("/blacklist/{}/end", held["items"][0]["id"].as_str().unwrap());
        bench.post(&risk_manager(), &end, json!({ "reason": "已履行" })).await.expect(200);
        assert_eq!(send("拒不履行").await.expect(200), first, "the first answer again");
        let held = bench.get(&officer(), "/blacklist?in_force=true").await.expect(200);
        assert!(held["items"].as_array().unwrap().is_empty(), "{held}");
        send("违反财产报告制度").await.refused(422, "idempotency-key-reused");
    }
}

fn group(members: &[(&Caller, &str)]) -> Value {
    let members: Vec<Value> = members
        .iter()
        .map(|(who, relation)| {
            json!({"enterprise_id": who.tenant, "name": who.tenant_name, "relation": relation})
        })
        .collect();
    json!({"name": "甲系企业", "reason": "同一实际控制人", "members": members})
}

#[tokio::test]
async fn what_is_approved_for_connected_enterprises_is_counted_together() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let body = json!({"content": {"group_exposure_max": "3000000.00"}, "effective_from": "2026-11-24",
            "reason": "资本净额核定"});
        let path = "/parameters/application_eligibility/proposals";
        let proposed = bench.post(&risk_manager(), path, body).await.expect(201);
        let approve = format!("{path}/{}/approve", proposed["id"].as_str().unwrap());
        bench.post(&approver(), &approve, json!({})).await.expect(200);
        let facility = bench.facility().await;
        let patent = bench.patent(1, &finance(), json!({}));
        let made =
            bench.post(&finance(), "/applications", ask(&facility, patent, "2000000.00")).await.expect(201);
        let valuation = bench.valuation(patent, &officer(), json!({}));
        let assessment = json!({"valuations": [{"patent_id": patent, "valuation_id": valuation}],
            "recommended_amount": "2000000.00", "comment": "可行"});
        let step = |step: &str| format!("/applications/{}/{step}", made["id"].as_str().unwrap());
        bench.post(&officer(), &step("assess"), assessment).await.expect(200);
        bench.post(&approver(), &step("approve"), json!({})).await.expect(200);

        let theirs = bench.patent(2, &other_finance(), json!({}));
        let mut above = ask(&facility, theirs, "1000000.01");
        let tried =
            bench.post(&other_finance(), "/applications/eligibility", above.clone()).await.expect(200);
        assert_eq!(tried["eligible"], true, "they are not connected yet");
        let declared = group(&[(&finance(), "母公司"), (&other_finance(), "子公司")]);
        let made = bench.post(&risk_manager(), "/connected-groups", declared.clone()).await.expect(201);
        let tried =
            bench.post(&other_finance(), "/applications/eligibility", above.clone()).await.expect(200);
        assert_eq!(codes(&tried), ["above_group_exposure"]);
        let told = tried["findings"][0].to_string();
        for secret in ["甲系企业", "2000000", "3000000", "母公司"] {
            assert!(!told.contains(secret), "{told}");
        }
        above["amount"] = json!("1000000.00");
        let tried = bench.post(&other_finance(), "/applications/eligibility", above).await.expect(200);
        assert_eq!(tried["eligible"], true, "the cap itself may be reached");
        let asked = [other_finance().tenant];
        let known = pledge_svc::applications::connected_groups(bench.db.read(), officer().tenant, &asked);
        let known = known.await.unwrap();
        assert_eq!((known.len(), known[0].members.len()), (1, 2));

        bench.post(&risk_manager(), "/connected-groups", declared).await.refused(409, "already-connected");
        let at = format!("/connected-groups/{}", made["id"].as_str().unwrap());
        bench.get(&other_officer(), &at).await.refused(404, "not-found");
        bench.get(&examiner(), &at).await.expect(200);
        let dissolve = json!({"reason": "已转让股权"});
        let ended =
            bench.post(&risk_manager(), &format!("{at}/dissolve"), dissolve.clone()).await.expect(200);
        assert!(ended["dissolved_at"].is_string() && ended["members"].as_array().unwrap().len() == 2);
        bench.post(&risk_manager(), &format!("{at}/dissolve"), dissolve).await.refused(409, "not-in-status");
        let mut above = ask(&facility, theirs, "1000000.01");
        above["purpose"] = json!("扩产");
        bench.post(&other_finance(), "/applications", above).await.expect(201);
    }
}

#[tokio::test]
async fn what_a_connected_enterprise_drew_without_an_application_counts_for_its_group() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let body = json!({"content": {"group_exposure_max": "1000000.00"}, "effective_from": "2026-11-24",
            "reason": "资本净额核定"});
        let path = "/parameters/application_eligibility/proposals";
        let proposed = bench.post(&risk_manager(), path, body).await.expect(201);
        let approve = format!("{path}/{}/approve", proposed["id"].as_str().unwrap());
        bench.post(&approver(), &approve, json!({})).await.expect(200);
        let unsecured = super::products::line(&bench, json!({})).await;
        super::products::draw_as(&bench, &unsecured, json!({}), "k").await.expect(201);
        let declared = group(&[(&finance(), "母公司"), (&other_finance(), "子公司")]);
        bench.post(&risk_manager(), "/connected-groups", declared).await.expect(201);
        let facility = bench.facility().await;
        let patent = bench.patent(2, &other_finance(), json!({}));
        for (amount, found) in [("400000.00", vec![]), ("400000.01", vec!["above_group_exposure"])] {
            let asked = ask(&facility, patent, amount);
            let tried = bench.post(&other_finance(), "/applications/eligibility", asked).await.expect(200);
            assert_eq!(codes(&tried), found, "600,000 are drawn on another line");
        }
    }
}

#[tokio::test]
async fn a_group_is_declared_anew_with_all_of_its_enterprises_and_never_with_one() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let one = group(&[(&finance(), "母公司")]);
        let refused =
            bench.post(&risk_manager(), "/connected-groups", one).await.refused(422, "invalid-request");
        assert_eq!(refused["errors"][0]["field"], "members");
        let two = group(&[(&finance(), "母公司"), (&other_finance(), "子公司")]);
        bench.post(&officer(), "/connected-groups", two.clone()).await.refused(403, "forbidden");
        let made = bench.post(&risk_manager(), "/connected-groups", two).await.expect(201);
        let at = format!("/connected-groups/{}/members", made["id"].as_str().unwrap());
        let swapped = group(&[(&other_finance(), "担保人"), (&finance(), "被担保人")]);
        let changed = bench.post(&risk_manager(), &at, swapped).await.expect(200);
        assert_eq!((&changed["version"], &changed["members"][0]["relation"]), (&json!(2), &json!("担保人")));
        let list = bench.get(&officer(), "/connected-groups?living=true").await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        let file = bench.get(&officer(), "/connected-groups/export?format=csv").await.expect(200);
        assert_eq!(file.as_str().unwrap().lines().count(), 3, "an enterprise a row");
    }
}

#[tokio::test]
async fn members_of_a_line_are_capped_together_as_the_register_connects_them() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let both = group(&[(&finance(), "母公司"), (&other_finance(), "子公司")]);
        let name = both["name"].as_str().unwrap().to_owned();
        let declared = bench.post(&risk_manager(), "/connected-groups", both.clone()).await.expect(201);
        let mut members = [place_of(&finance()), place_of(&other_finance())];
        members[1]["group"] = json!("另一组");
        let terms = json!({ "members": members });
        let refused =
            bench.post(&officer(), "/facilities", unsecured(terms)).await.refused(422, "invalid-request");
        assert_eq!(refused["errors"][0]["field"], "members[1].group");
        members[1]["group"] = json!("");
        let id = approved(&bench, unsecured(json!({ "members": members }))).await;
        // A group uses three tenths of the million at most.
        draw(&bench, &id, &finance(), "200000.00", "k1").await.expect(201);
        let refused = draw(&bench, &id, &other_finance(), "100000.01", "k2").await;
        assert_eq!(refused.refused(409, "limit-exceeded")["limit_kind"], "group");

        let labels = async || {
            let view = view(&bench, &officer(), &id).await;
            let members = view["members"].as_array().unwrap().clone();
            members.iter().map(|one| one["group"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(labels().await, [json!(name), json!(name)]);
        let at = format!("/connected-groups/{}", declared["id"].as_str().unwrap());
        let mut renamed = both;
        renamed["name"] = json!("甲系（更名）");
        bench.post(&risk_manager(), &format!("{at}/members"), renamed).await.expect(200);
        assert_eq!(labels().await, [json!("甲系（更名）"), json!("甲系（更名）")]);
        let reason = json!({"reason": "已转让股权"});
        bench.post(&risk_manager(), &format!("{at}/dissolve"), reason).await.expect(200);
        assert!(labels().await.iter().all(Value::is_null), "what is dissolved caps nobody");
        draw(&bench, &id, &other_finance(), "100000.01", "k3").await.expect(201);
    }
}

fn place_of(who: &Caller) -> Value {
    json!({ "enterprise_id": who.tenant, "enterprise_name": who.tenant_name, "sub_limit": "300000.00" })
}
