//! Organisations that a request names by id are those that the platform has registered, of the kind that is needed and of
//! the name that is registered; while the platform's directory is away nothing is done.

use std::time::Instant;

use contracts::{OrgId, OrgKind};
use serde_json::{Value, json};
use tx_kit::testing::Backend;
use uuid::Uuid;

use super::{
    bench::{Answer, Bench, finance, officer, org, other_finance},
    disposal::{ask, lent, opened, risk_manager, worthless},
    facility_life::{approved, place, unsecured, view},
    fund::manager,
    guarantees::insured,
    platform::Mood,
};

/// The fields that an answer finds wrong.
#[track_caller]
fn fields(answer: Answer) -> Vec<String> {
    let body = answer.refused(422, "invalid-request");
    body["errors"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap().to_owned()).collect()
}

async fn propose(bench: &Bench, terms: Value) -> Answer {
    bench.post(&officer(), "/facilities", unsecured(terms)).await
}

async fn facilities(bench: &Bench) -> usize {
    let list = bench.get(&officer(), "/facilities").await.expect(200);
    list["items"].as_array().unwrap().len()
}

fn member(id: OrgId, name: &str) -> Value {
    json!({ "enterprise_id": id, "enterprise_name": name, "sub_limit": "100000.00" })
}

fn shares(first: (OrgId, &str), second: (OrgId, &str)) -> Value {
    json!([
        { "bank_id": first.0, "bank_name": first.1, "share": "0.5" },
        { "bank_id": second.0, "bank_name": second.1, "share": "0.5" },
    ])
}

fn cover(party: Value, name: &str) -> Value {
    json!([{ "party": party, "name": name, "rank": 1, "share_of_loss": "0.5" }])
}

#[tokio::test]
async fn nobody_lends_to_or_with_an_organisation_that_the_platform_does_not_know_as_such() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let nobody = org(99);
        bench.platform.forget(nobody);
        let (lead, insurer, fund) = ((org(10), ""), org(60), org(50));
        for (terms, field) in [
            (json!({ "members": [place(20, "1.00"), member(nobody, "E0")] }), "members[1].enterprise_id"),
            (json!({ "members": [member(org(11), "")] }), "members[0].enterprise_id"),
            (json!({ "members": [member(org(20), "E0")] }), "members[0].enterprise_name"),
            (json!({ "shares": shares(lead, (nobody, "某银行")) }), "shares[1].bank_id"),
            (json!({ "shares": shares(lead, (org(22), "")) }), "shares[1].bank_id"),
            (json!({ "shares": shares(lead, (org(11), "乙银行")) }), "shares[1].bank_name"),
            (json!({ "shares": shares((org(10), "乙银行"), (org(11), "")) }), "shares[0].bank_name"),
            (json!({ "operator_id": org(20) }), "operator_id"),
            (json!({ "operator_id": nobody }), "operator_id"),
            (
                json!({ "cover": cover(json!({ "kind": "fund", "fund_id": insurer }), "") }),
                "cover[0].party.fund_id",
            ),
            (
                json!({ "cover": cover(json!({ "kind": "guarantee_insurer", "insurer_id": fund }), "") }),
                "cover[0].party.insurer_id",
            ),
            (
                json!({ "cover": cover(json!({ "kind": "guarantee_insurer", "insurer_id": insurer }), "某保险") }),
                "cover[0].name",
            ),
        ] {
            assert_eq!(fields(propose(&bench, terms).await), [field]);
        }
        assert_eq!(facilities(&bench).await, 0);
    }
}

#[tokio::test]
async fn a_refusal_says_the_registered_name_and_a_name_left_out_is_filled_in() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let wrong = propose(&bench, json!({ "members": [member(org(20), "E0")] })).await;
        let wrong = wrong.refused(422, "invalid-request");
        assert!(wrong["errors"][0]["detail"].as_str().unwrap().contains("企业财务机构"), "{wrong}");
        let insurer = json!({ "kind": "guarantee_insurer", "insurer_id": org(60) });
        let terms = json!({
            "members": [
                { "enterprise_id": org(20), "sub_limit": "1.00" }, member(org(21), " 另一企业财务机构 "),
            ],
            "shares": [{ "bank_id": org(10), "share": "0.5" }, { "bank_id": org(11), "bank_name": " ", "share": "0.5" }],
            "cover": [{ "party": insurer, "rank": 1, "share_of_loss": "0.5" }],
            "operator_id": org(45),
        });
        let made = propose(&bench, terms).await.expect(201);
        let shown = view(&bench, &officer(), made["id"].as_str().unwrap()).await;
        let names = |list: &str, field: &str| {
            let rows = shown[list].as_array().unwrap().iter();
            let mut names: Vec<_> = rows.map(|one| one[field].as_str().unwrap().to_owned()).collect();
            names.sort_unstable();
            names
        };
        assert_eq!(names("members", "enterprise_name"), ["企业财务机构", "另一企业财务机构"]);
        assert_eq!(names("shares", "bank_name"), ["他行客户经理机构", "客户经理机构"]);
        assert_eq!(names("cover", "name"), ["保险60"]);
    }
}

#[tokio::test]
async fn fund_insurer_appraiser_and_reguarantor_may_share_the_losses_of_a_line_side_by_side() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let reguarantor = |id: OrgId| json!({ "kind": "reguarantor", "reguarantor_id": id });
        let unfit = json!({ "cover": cover(reguarantor(org(20)), "") });
        assert_eq!(fields(propose(&bench, unfit).await), ["cover[0].party.reguarantor_id"]);
        let part = |party: Value, rank: u32, share: &str| json!({ "party": party, "rank": rank, "share_of_loss": share });
        let terms = json!({
            "members": [member(org(20), "")],
            "cover": [
                part(json!({ "kind": "fund", "fund_id": org(50) }), 1, "0.54"),
                part(json!({ "kind": "guarantee_insurer", "insurer_id": org(60) }), 1, "0.16"),
                part(json!({ "kind": "appraiser", "appraiser_id": org(21) }), 1, "0.04"),
                part(reguarantor(org(42)), 2, "1"),
            ],
        });
        let made = propose(&bench, terms).await.expect(201);
        let shown = view(&bench, &officer(), made["id"].as_str().unwrap()).await;
        let rows = shown["cover"].as_array().unwrap();
        let told: Vec<_> = rows
            .iter()
            .map(|one| {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                (text(&one["party"]["kind"]), text(&one["name"]), one["rank"].as_u64().unwrap())
            })
            .collect();
        let expected = [
            ("fund", "基金50", 1),
            ("guarantee_insurer", "保险60", 1),
            ("appraiser", "另一企业财务机构", 1),
            ("reguarantor", "基金42", 2),
        ];
        assert_eq!(told, expected.map(|(kind, name, rank)| (kind.to_owned(), name.to_owned(), rank)));
    }
}

#[tokio::test]
async fn a_member_who_joins_later_is_a_registered_enterprise_too() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = approved(&bench, unsecured(json!({}))).await;
        let path = format!("/facilities/{id}/changes");
        bench.platform.forget(org(23));
        let join = |id: OrgId, name: &str| json!({ "members": [member(id, name)], "reason": "新增成员" });
        let asked = async |body: Value| bench.post(&officer(), &path, body).await;
        assert_eq!(fields(asked(join(org(23), "企业23")).await), ["members[0].enterprise_id"]);
        assert_eq!(fields(asked(join(org(24), "E0")).await), ["members[0].enterprise_name"]);
        let party = json!({ "kind": "fund", "fund_id": org(24) });
        let covered = json!({ "cover": cover(party, ""), "reason": "增加分担" });
        assert_eq!(fields(asked(covered).await), ["cover[0].party.fund_id"]);
        let none = bench.get(&officer(), &path).await.expect(200);
        assert_eq!(none["items"], json!([]), "nothing waits for a decision");
        let asked = asked(join(org(24), "")).await.expect(201);
        assert_eq!(asked["members"][0]["enterprise_name"], "企业24");
    }
}

#[tokio::test]
async fn while_the_directory_is_away_nothing_is_proposed_and_the_same_key_serves_afterwards() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        bench.platform.is(Mood::Away);
        let maker = officer();
        let send = || bench.send(&maker, "POST", "/facilities", unsecured(json!({})), Some("p1"));
        let away = send().await.refused(503, "unavailable");
        assert!(away["detail"].as_str().unwrap().contains("稍后重试"), "{away}");
        assert_eq!(facilities(&bench).await, 0);
        bench.platform.is(Mood::Answers);
        let made = send().await.expect(201);
        // What was done is answered again, whether the directory answers or not.
        bench.platform.is(Mood::Away);
        assert_eq!(send().await.expect(201)["id"], made["id"]);
        assert_eq!(facilities(&bench).await, 1);
    }
}

#[tokio::test]
async fn a_directory_that_does_not_answer_in_time_holds_nobody_up_for_long() {
    let bench = Bench::new(Backend::Sqlite).await;
    bench.platform.is(Mood::Slow);
    let begun = Instant::now();
    propose(&bench, json!({})).await.refused(503, "unavailable");
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    assert_eq!(facilities(&bench).await, 0);
}

#[tokio::test]
async fn ten_thousand_members_are_looked_up_at_once_and_not_told_line_by_line() {
    let bench = Bench::new(Backend::Sqlite).await;
    let ids: Vec<OrgId> =
        (0..10_000).map(|number| OrgId::from_uuid(Uuid::from_u128(1_000_000 + number))).collect();
    let members: Vec<Value> =
        ids.iter().map(|id| json!({ "enterprise_id": id, "share": "0.0001" })).collect();
    let proposal = json!({ "members": members });
    for id in &ids[..300] {
        bench.platform.forget(*id);
    }
    assert_eq!(fields(propose(&bench, proposal.clone()).await).len(), 200);
    assert_eq!((bench.platform.asked(), facilities(&bench).await), (1, 0));
    for id in &ids[..300] {
        bench.platform.register(*id, OrgKind::Enterprise, "新登记企业");
    }
    let made = propose(&bench, proposal).await.expect(201);
    assert_eq!((&made["members_count"], bench.platform.asked()), (&json!(10_000), 2));
}

#[tokio::test]
async fn a_fund_makes_its_agreement_with_a_registered_bank() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        super::fund::funded(&bench, "1000000.00").await;
        let agreement = |bank: OrgId, name: &str| {
            json!({ "kind": "agreement", "bank_id": bank, "bank_name": name, "commitment": "500000.00",
                "share_max": "0.5", "starts_on": "2026-01-01", "ends_on": "2027-12-31" })
        };
        let asked = async |body: Value| bench.post(&manager(1), "/fund-instructions", body).await;
        bench.platform.forget(org(19));
        assert_eq!(fields(asked(agreement(org(19), "某银行")).await), ["bank_id"]);
        assert_eq!(fields(asked(agreement(org(20), "")).await), ["bank_id"]);
        assert_eq!(fields(asked(agreement(org(10), "甲银行")).await), ["bank_name"]);
        let made = asked(agreement(org(10), "")).await.expect(201);
        assert_eq!(made["order"]["bank_name"], "客户经理机构");
    }
}

#[tokio::test]
async fn connected_and_blacklisted_enterprises_go_by_their_registered_names() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let group = |id: OrgId, name: &str| {
            json!({ "name": "甲系企业", "reason": "同一实际控制人", "members": [
                { "enterprise_id": finance().tenant, "relation": "母公司" },
                { "enterprise_id": id, "name": name, "relation": "子公司" },
            ] })
        };
        let declared = async |body: Value| bench.post(&risk_manager(), "/connected-groups", body).await;
        bench.platform.forget(org(25));
        assert_eq!(fields(declared(group(org(25), "企业25")).await), ["members[1].enterprise_id"]);
        assert_eq!(fields(declared(group(org(10), "")).await), ["members[1].enterprise_id"]);
        assert_eq!(fields(declared(group(other_finance().tenant, "E0")).await), ["members[1].name"]);
        let made = declared(group(other_finance().tenant, "")).await.expect(201);
        let members = made["members"].as_array().unwrap().iter();
        let mut names: Vec<&str> = members.map(|one| one["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["企业财务机构", "另一企业财务机构"]);
        let entry = |id: OrgId, name: &str| json!({ "enterprise_id": id, "name": name, "source": "dishonest_debtor", "reason": "拒不履行" });
        let entered = async |body: Value| bench.post(&risk_manager(), "/blacklist", body).await;
        assert_eq!(fields(entered(entry(org(25), "企业25")).await), ["enterprise_id"]);
        assert_eq!(fields(entered(entry(org(20), "E0")).await), ["name"]);
        assert_eq!(entered(entry(org(20), "")).await.expect(201)["name"], "企业财务机构");
    }
}

#[tokio::test]
async fn whoever_shares_a_loss_under_an_id_is_registered_and_others_go_by_their_paper() {
    let bench = Bench::new(Backend::Sqlite).await;
    let loan = lent(&bench).await;
    let id = opened(&bench, &loan).await;
    worthless(&bench, &id).await;
    let sharing = |party: Value, name: &str| {
        let sharer = json!({ "bearer": "insurer", "party_id": party, "name": name, "rank": 2, "share": "0.4",
            "paper": "保单 BD-2026-1" });
        json!({ "kind": "sharing", "interest": false, "also": [sharer] })
    };
    bench.platform.forget(org(61));
    let asked = async |party: Value, name: &str| ask(&bench, &id, sharing(party, name)).await;
    assert_eq!(fields(asked(json!(org(61)), "某保险").await), ["also[0].party_id"]);
    assert_eq!(fields(asked(json!(org(11)), "").await), ["also[0].party_id"]);
    assert_eq!(fields(asked(json!(org(60)), "某保险").await), ["also[0].name"]);
    assert_eq!(fields(asked(Value::Null, "").await), ["also[0].name"]);
    insured(&bench, &loan, 1).await;
    let made = asked(json!(org(60)), "").await.expect(201);
    assert_eq!(made["ask"]["also"][0]["name"], "保险60");
}
