//! Overrides and back-tests: limits, the second signature, what holds afterwards, and what is measured.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use contracts::{
    ApplicationId, CaseId, Event, FacilityId, LoanId, PatentId, PledgeId,
    events::{DisposalCaseChanged, LoanStateChanged, PledgeChanged, SoldPatent},
};
use finance::{Money, Rate, Rounding};
use identity::{Caller, Role};
use serde_json::{Value, json};

use crate::{
    bench::{BASE, Suite, enterprise, examiner, items, officer, on_each, text, today, told},
    models::{act, developer, done, draft, money, person, put_in_use, risk, validator, value},
    reference::send_form,
};

fn share(amount: &Value, percent: i64) -> String {
    money(amount).scale(Rate::from_basis_points(percent * 100), Rounding::Down).unwrap().to_string()
}

fn proposal(value: String) -> Value {
    json!({ "change": { "kind": "value", "value": value }, "reason_code": "recent_transaction",
        "reason": "同族专利近期成交", "evidence": "合同 12 号" })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_keeps_its_limits_takes_a_second_person_and_then_holds_with_both_figures_kept() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let made = value(&suite, 1, &suite.sound_patent().await).await;
        let valued = format!("/valuations/{}", text(&made, "id"));
        let path = format!("{valued}/overrides");
        let (status, refused) =
            act(&suite, &officer(1), &path, proposal(share(&made["value"]["value"], 130))).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(text(&refused, "type").ends_with("override-beyond-limit"), "{refused}");
        let proposed = done(&suite, &officer(1), &path, proposal(share(&made["value"]["value"], 80))).await;
        let own = format!("/overrides/{}", text(&proposed, "id"));
        let (status, refused) =
            act(&suite, &officer(1), &path, proposal(share(&made["value"]["value"], 90))).await;
        assert_eq!(
            (status, text(&refused, "type").ends_with("override-pending")),
            (StatusCode::CONFLICT, true)
        );
        assert_eq!(
            suite.get(&officer(1), &valued).await["value"],
            made["value"],
            "nothing holds before it is approved"
        );
        let maker = Caller { user: officer(1).user, ..risk(1) };
        let (status, _) = act(&suite, &maker, &format!("{own}/approve"), json!({})).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let approver = person(1, Role::CreditApprover, 4);
        let approved = done(&suite, &approver, &format!("{own}/approve"), json!({})).await;
        assert_eq!(text(&approved, "status"), "approved");
        let now = suite.get(&officer(1), &valued).await;
        assert_eq!(now["value"]["value"], approved["figures"]["value"]);
        assert_eq!(now["model_figures"]["value"], made["value"]["value"]);
        assert_eq!(now["collateral"]["maximum_loan"], approved["figures"]["maximum_loan"]);
        assert!(money(&now["collateral"]["maximum_loan"]) < money(&made["collateral"]["maximum_loan"]));
        let again = suite.get(&officer(1), &format!("{valued}/reproduction")).await;
        assert_eq!(again["identical"], true, "the model's result is what it was");
        let listed = suite.get(&officer(1), "/valuations").await;
        assert_eq!(
            (&items(&listed)[0]["overridden"], &items(&listed)[0]["value"]),
            (&json!(true), &now["value"]["value"])
        );
        let (status, _) =
            act(&suite, &approver, &format!("{own}/refuse"), json!({ "reason": "改变主意" })).await;
        assert_eq!(status, StatusCode::CONFLICT, "it is decided once");
        let counted = suite.get(&examiner(), "/overrides/statistics").await;
        let maker = &counted["makers"][0];
        assert_eq!((&maker["count"], &maker["down"], &maker["approved"]), (&json!(1), &json!(1), &json!(1)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_bank_finds_no_override_realisation_or_back_test_of_a_bank() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let made = value(&suite, 1, &suite.sound_patent().await).await;
        let path = format!("/valuations/{}/overrides", text(&made, "id"));
        let body = proposal(share(&made["value"]["value"], 80));
        assert_eq!(act(&suite, &officer(2), &path, body.clone()).await.0, StatusCode::NOT_FOUND);
        let proposed = done(&suite, &officer(1), &path, body).await;
        let own = format!("/overrides/{}", text(&proposed, "id"));
        let realised = done(&suite, &validator(1), "/realisations", realisation(&made, "1 号")).await;
        let sold = format!("/realisations/{}", text(&realised, "id"));
        let period = json!({ "from": "2026-01-01", "to": "2026-11-24" });
        let tested = done(&suite, &validator(1), "/backtests", period).await;
        let test = format!("/backtests/{}", text(&tested, "id"));
        let again = format!("{test}/reproduction");
        let seen = format!("{test}/observations");
        for (who, read) in [
            (officer(2), &own),
            (validator(2), &sold),
            (validator(2), &test),
            (validator(2), &again),
            (validator(2), &seen),
        ] {
            assert_eq!(suite.call(&who, Method::GET, read, None).await.0, StatusCode::NOT_FOUND, "{read}");
            suite.get(&examiner(), read).await;
        }
        let file = format!("{seen}/export");
        assert_eq!(suite.call(&validator(2), Method::GET, &file, None).await.0, StatusCode::NOT_FOUND);
        let reason = json!({ "reason": "试探" });
        for (who, step) in [
            (risk(2), format!("{own}/approve")),
            (risk(2), format!("{own}/refuse")),
            (risk(2), format!("{sold}/verify")),
            (risk(2), format!("{sold}/refuse")),
        ] {
            assert_eq!(act(&suite, &who, &step, reason.clone()).await.0, StatusCode::NOT_FOUND, "{step}");
        }
        let (status, _) = act(&suite, &validator(2), "/realisations", realisation(&made, "2 号")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        for list in ["/overrides", "/realisations", "/backtests"] {
            assert!(items(&suite.get(&validator(2), list).await).is_empty(), "{list}");
        }
    })
    .await;
}

/// A list as comma-separated values.
pub async fn file(suite: &Suite, who: &Caller, path: &str) -> String {
    let request = Request::builder().uri(format!("{BASE}{path}")).body(Body::empty()).unwrap();
    let (status, bytes) = suite.send(who, request).await;
    assert_eq!(status, StatusCode::OK, "{path}");
    String::from_utf8(bytes).unwrap()
}

fn realisation(made: &Value, reference: &str) -> Value {
    json!({ "valuation_id": made["id"], "kind": "auction", "amount": share(&made["value"]["value"], 50),
        "realised_on": "2026-11-24", "reference": reference })
}

fn pledged(patent: &Value) -> Event {
    Event::PledgeChanged(PledgeChanged {
        pledge_id: PledgeId::from_uuid(uuid::Uuid::from_u128(71)),
        bank_id: officer(1).tenant,
        bank_name: "bank 1".into(),
        enterprise_id: enterprise().tenant,
        enterprise_name: "enterprise".into(),
        application_id: ApplicationId::from_uuid(uuid::Uuid::from_u128(72)),
        status: "registered".into(),
        registration_number: None,
        secured_amount: Money::from_fen(1),
        collateral_value: Money::from_fen(1),
        patents: vec![text(patent, "id").parse::<PatentId>().unwrap()],
        facility_id: None,
    })
}

fn overdue() -> Event {
    Event::LoanStateChanged(LoanStateChanged {
        loan_id: LoanId::from_uuid(uuid::Uuid::from_u128(73)),
        facility_id: FacilityId::from_uuid(uuid::Uuid::from_u128(74)),
        bank_id: officer(1).tenant,
        enterprise_id: enterprise().tenant,
        cause: "closing".into(),
        outstanding: Money::from_fen(1),
        status: "active".into(),
        annual_rate: Rate::ZERO,
        matures_on: today(),
        next_due_on: None,
        overdue_days: 91,
        tier: "substandard".into(),
        stage: 3,
        provision: Money::ZERO,
        facility_version: 1,
        facility_drawn: Money::ZERO,
        facility_reserved: Money::ZERO,
        member_drawn: Money::ZERO,
        member_reserved: Money::ZERO,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_back_test_counts_what_was_verified_and_defaulted_and_can_be_made_again() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let path = draft(&suite, 1, "/parameters/liquidation/cost", json!(0.2)).await;
        let challenger = put_in_use(&suite, 1, &path, "challenger").await;
        let made = value(&suite, 1, &patent).await;
        suite.consume(&[told(71, 1, pledged(&patent)), told(73, 1, overdue())]).await;
        let recorded = done(&suite, &validator(1), "/realisations", realisation(&made, "1 号")).await;
        let (status, _) = act(&suite, &validator(1), "/realisations", realisation(&made, "1 号")).await;
        assert_eq!(status, StatusCode::CONFLICT, "a reference stands once");
        let sold = format!("/realisations/{}", text(&recorded, "id"));
        let period = json!({ "from": "2026-01-01", "to": "2026-11-24", "challenger_id": challenger["id"] });
        let first = done(&suite, &developer(1), "/backtests", period.clone()).await;
        assert!(first["result"]["accuracy"].is_null(), "what nobody verified does not count");
        let (status, _) = act(&suite, &validator(1), &format!("{sold}/verify"), json!({})).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "who recorded it does not verify it");
        done(&suite, &risk(1), &format!("{sold}/verify"), json!({})).await;
        let tested = done(&suite, &developer(1), "/backtests", period).await;
        let accuracy = &tested["result"]["accuracy"];
        assert_eq!((&accuracy["count"], &accuracy["few"]), (&json!(1), &json!(true)));
        let bias: f64 = text(accuracy, "bias").parse().unwrap();
        assert!((bias - 1.0).abs() < 1e-3, "sold at half of the value: {bias}");
        assert_eq!(tested["observations"]["pledged"][0]["defaulted"], true);
        let rows = format!("/backtests/{}/observations", text(&tested, "id"));
        let first = suite.get(&developer(1), &format!("{rows}?limit=1")).await;
        assert_eq!(
            (text(&items(&first)[0], "kind"), &items(&first)[0]["defaulted"]),
            ("realised", &Value::Null)
        );
        let rest = suite.get(&developer(1), &format!("{rows}?cursor={}", text(&first, "next_cursor"))).await;
        assert_eq!((items(&rest).len(), &items(&rest)[0]["defaulted"]), (1, &json!(true)));
        assert!(rest["next_cursor"].is_null());
        let file = file(&suite, &developer(1), &format!("{rows}/export?kind=realised")).await;
        assert_eq!(file.lines().count(), 2, "{file}");
        assert!(tested["result"]["discrimination"].is_null(), "nothing to tell apart where all defaulted");
        let beside = &tested["result"]["challenger"];
        assert_eq!(beside["model_accuracy"]["count"], beside["challenger_accuracy"]["count"]);
        let again =
            suite.get(&developer(1), &format!("/backtests/{}/reproduction", text(&tested, "id"))).await;
        assert_eq!(again["identical"], true);
        let rows = json!({ "rows": [realisation(&made, "2 号"), realisation(&made, "1 号")] });
        let (status, refused) = act(&suite, &developer(1), "/realisations/batch", rows).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused["errors"][0]["field"], "rows[1]");
        assert_eq!(items(&suite.get(&developer(1), "/realisations").await).len(), 1, "all or none");
    })
    .await;
}

fn sold(proceeds: i64) -> Event {
    Event::DisposalCaseChanged(DisposalCaseChanged {
        case_id: CaseId::from_uuid(uuid::Uuid::from_u128(75)),
        number: "D20261124-1".into(),
        loan_id: LoanId::from_uuid(uuid::Uuid::from_u128(73)),
        loan_number: "L1".into(),
        facility_id: FacilityId::from_uuid(uuid::Uuid::from_u128(74)),
        bank_id: officer(1).tenant,
        bank_name: "bank 1".into(),
        enterprise_id: enterprise().tenant,
        enterprise_name: "enterprise".into(),
        cause: "overdue".into(),
        act: "proceeds".into(),
        amount: Money::from_fen(proceeds),
        status: "disposal".into(),
        outcome: None,
        opened_on: today(),
        closed_on: None,
        claim: Money::ZERO,
        costs: Money::ZERO,
        reimbursed: Money::ZERO,
        proceeds: Money::from_fen(proceeds),
        repaid: Money::ZERO,
        loss: Money::ZERO,
        compensated: Money::ZERO,
        written_off: Money::ZERO,
        written_back: Money::ZERO,
        recovered: Money::ZERO,
        own_back: Money::ZERO,
        extra: Money::ZERO,
        returned: Money::ZERO,
        surplus: Money::ZERO,
        sold: Vec::new(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_disposal_of_a_borrowers_only_patent_brought_is_recorded_once_and_waits_to_be_verified() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        value(&suite, 1, &patent).await;
        suite.consume(&[told(71, 1, pledged(&patent))]).await;
        suite.consume(&[told(75, 2, sold(80_000_000)), told(75, 1, sold(30_000_000))]).await;
        let listed = suite.get(&validator(1), "/realisations?status=recorded").await;
        let row = &items(&listed)[0];
        assert_eq!(
            (items(&listed).len(), text(row, "source"), text(row, "amount")),
            (1, "event", "800000.00")
        );
        assert_eq!((text(row, "reference"), &row["patent_id"]), ("D20261124-1", &patent["id"]));
        done(&suite, &validator(1), &format!("/realisations/{}/verify", text(row, "id")), json!({})).await;
        suite.consume(&[told(75, 3, sold(90_000_000))]).await;
        let verified = suite.get(&validator(1), "/realisations?status=verified").await;
        assert_eq!(
            items(&verified)[0]["amount"],
            "800000.00",
            "what was verified is not moved by what comes later"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_patent_of_a_sale_is_recorded_with_its_own_price_whatever_else_the_borrower_had_pledged() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let (one, two) = (suite.sound_patent().await, another_patent(&suite).await);
        let mut pledge = pledged(&one);
        let Event::PledgeChanged(both) = &mut pledge else { panic!("a pledge") };
        both.patents.push(text(&two, "id").parse().unwrap());
        let made = value(&suite, 1, &one).await;
        suite.consume(&[told(71, 1, pledge)]).await;
        suite.consume(&[told(75, 1, sold(50_000_000))]).await;
        let listed = suite.get(&validator(1), "/realisations").await;
        assert!(items(&listed).is_empty(), "nobody knows what each of the two brought");
        let mut sale = sold(80_000_000);
        let Event::DisposalCaseChanged(case) = &mut sale else { panic!("a case") };
        case.sold = [(&one, 30_000_000), (&two, 50_000_000)]
            .map(|(patent, price)| SoldPatent {
                patent_id: text(patent, "id").parse().unwrap(),
                pledge_id: PledgeId::from_uuid(uuid::Uuid::from_u128(71)),
                price: Money::from_fen(price),
            })
            .to_vec();
        suite.consume(&[told(75, 2, sale)]).await;
        let listed = suite.get(&validator(1), "/realisations?status=recorded").await;
        assert_eq!(items(&listed).len(), 1, "the bank never valued the other");
        let row = &items(&listed)[0];
        assert_eq!((text(row, "amount"), &row["valuation_id"]), ("300000.00", &made["id"]));
        assert_eq!(text(row, "source"), "event");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_default_counts_for_the_pledges_of_its_own_facility() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        value(&suite, 1, &patent).await;
        let mut other = pledged(&patent);
        let Event::PledgeChanged(pledge) = &mut other else { panic!("a pledge") };
        pledge.facility_id = Some(FacilityId::from_uuid(uuid::Uuid::from_u128(99)));
        suite.consume(&[told(71, 1, other), told(73, 1, overdue())]).await;
        let period = json!({ "from": "2026-01-01", "to": "2026-11-24" });
        let tested = done(&suite, &validator(1), "/backtests", period).await;
        assert_eq!(tested["observations"]["pledged"][0]["defaulted"], false, "the loan was of another line");
    })
    .await;
}

/// A patent of the made-up ones that can be valued, other than the first.
pub async fn another_patent(suite: &Suite) -> Value {
    let sound = suite.sound_patent().await;
    let listed = suite.get(&officer(1), "/patents?legal_status=granted&kind=invention&limit=200").await;
    for item in items(&listed).iter().filter(|one| one["id"] != sound["id"]) {
        let patent = suite.get(&officer(1), &format!("/patents/{}", text(item, "id"))).await;
        if patent["disputes"].as_array().unwrap().is_empty() && patent["annuity_status"] == "paid" {
            return patent;
        }
    }
    panic!("no other sound patent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_realisations_is_recorded_whole_and_only_against_the_banks_own_valuations() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let (made, other) = (value(&suite, 1, &patent).await, value(&suite, 2, &patent).await);
        let head = "评估编号,变现方式,变现金额（元）,变现日,凭证号\n";
        let row = |of: &Value, reference: &str| {
            format!("{},拍卖,\"1,200,000\",2026-11-24,{reference}\n", text(of, "number"))
        };
        let to = "/realisations/imports";
        let wrong = format!("{head}{}{}", row(&made, "A-1"), row(&other, "A-2"));
        let (status, refused) = send_form(&suite, &validator(1), (to, "wrong"), &[], wrong.as_bytes()).await;
        assert_eq!(
            (status, &refused["row_errors"][0]["line"], &refused["row_errors"][0]["code"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(3), &json!("unknown-valuation")),
            "{refused}"
        );
        assert!(items(&suite.get(&validator(1), "/realisations").await).is_empty(), "all or none");
        let twice = format!("{head}{}{}", row(&made, "A-1"), row(&made, "A-1"));
        let (_, refused) = send_form(&suite, &validator(1), (to, "twice"), &[], twice.as_bytes()).await;
        assert_eq!(refused["row_errors"][0]["code"], "realisation-recorded", "{refused}");
        let sound = format!("{head}{}{}", row(&made, "A-1"), row(&made, "A-2"));
        let gbk = encoding_rs::GB18030.encode(&sound).0.into_owned();
        let (status, taken) = send_form(&suite, &validator(1), (to, "sound"), &[], &gbk).await;
        assert_eq!((status, &taken["recorded"]), (StatusCode::CREATED, &json!(2)), "{taken}");
        let listed = suite.get(&validator(1), "/realisations").await;
        assert_eq!((items(&listed).len(), text(&items(&listed)[0], "status")), (2, "recorded"));
    })
    .await;
}
