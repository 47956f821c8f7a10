//! What the others are told of a loan that is not repaid, of the fund behind it and of an appeal: the regulator makes its
//! figures of nothing else, and they must be those of the rows.

use contracts::{Envelope, Event};
use finance::Money;
use pledge_svc::books::recoveries::{BankRecoveries, by_bank};
use serde_json::json;
use tx_kit::testing::Backend;

use super::{
    bench::{Bench, officer},
    disposal::{compensated, done, lent, shared, written_off},
};

async fn told(bench: &Bench, names: &str) -> Vec<Envelope> {
    let sql = format!("SELECT envelope AS text FROM outbox WHERE name IN ({names}) ORDER BY id");
    bench.texts(&sql).await.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

#[tokio::test]
async fn every_act_in_a_case_and_of_its_fund_is_told_and_adds_up_to_the_rows() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let drawn = told(&bench, "'loan.drawn.v1'").await;
        let Event::LoanDrawn(drawn) = &drawn[0].event else { panic!("a draw") };
        assert_eq!(drawn.covered, Some(drawn.amount), "the fund behind the line covers all of it");
        let id = shared(&bench, &loan).await;
        compensated(&bench).await;
        written_off(&bench, &id).await;
        let cost = json!({ "kind": "cost", "amount": "2000.00", "purpose": "执行费", "payee": "法院", "reference": "F2" });
        done(&bench, &id, cost).await;
        let recovery =
            json!({ "kind": "recovery", "amount": "52000.00", "payer": "企业", "reference": "回单 1 号" });
        done(&bench, &id, recovery).await;
        done(&bench, &id, json!({ "kind": "closing", "outcome": "ended", "reason": "执行终结" })).await;

        let mut cases = told(&bench, "'disposal.case_changed.v1'").await;
        cases.sort_by_key(|one| one.version);
        let acts: Vec<(String, String)> = cases
            .iter()
            .map(|one| match &one.event {
                Event::DisposalCaseChanged(case) => (case.act.clone(), case.amount.to_string()),
                other => panic!("{}", other.name()),
            })
            .collect();
        let acts: Vec<(&str, &str)> =
            acts.iter().map(|(act, amount)| (act.as_str(), amount.as_str())).collect();
        assert_eq!(
            acts,
            [
                ("opened", "0.00"),
                ("plan", "0.00"),
                ("cost", "10000.00"),
                ("proceeds", "110000.00"),
                ("sharing", "500000.00"),
                ("compensation", "250000.00"),
                ("write_off", "250000.00"),
                ("cost", "2000.00"),
                ("recovery", "52000.00"),
                ("closing", "0.00"),
            ]
        );
        let sold: Vec<(String, String)> = cases
            .iter()
            .flat_map(|one| match &one.event {
                Event::DisposalCaseChanged(case) => case.sold.clone(),
                other => panic!("{}", other.name()),
            })
            .map(|one| (one.patent_id.to_string(), one.price.to_string()))
            .collect();
        let patent = uuid::Uuid::from_u128(50_001).to_string();
        assert_eq!(
            sold,
            [(patent, "110000.00".to_owned())],
            "the sale names what was sold, and nothing else does"
        );
        let mut agreements = told(&bench, "'fund.agreement_changed.v1'").await;
        agreements.sort_by_key(|one| one.version);
        let acts: Vec<&str> = agreements
            .iter()
            .map(|one| match &one.event {
                Event::FundAgreementChanged(agreement) => agreement.act.as_str(),
                other => panic!("{}", other.name()),
            })
            .collect();
        assert_eq!(acts, ["made", "claimed", "decided", "stopped", "recovered"]);
        let mut funds = told(&bench, "'fund.changed.v1'").await;
        funds.sort_by_key(|one| one.version);
        let moved: Vec<(&str, String)> = funds
            .iter()
            .filter_map(|one| match &one.event {
                Event::FundChanged(fund) => fund.movement.as_ref(),
                other => panic!("{}", other.name()),
            })
            .map(|moved| (moved.kind.as_str(), moved.balance.to_string()))
            .collect();
        assert_eq!(
            moved,
            [
                ("capital", "1000000.00".to_owned()),
                ("compensation", "750000.00".to_owned()),
                ("recovery", "775000.00".to_owned()),
            ]
        );

        let Event::DisposalCaseChanged(case) = &cases.last().unwrap().event else { panic!("a case") };
        let Event::FundAgreementChanged(agreement) = &agreements.last().unwrap().event else {
            panic!("an agreement")
        };
        assert_eq!((case.status.as_str(), case.outcome.as_deref()), ("closed", Some("ended")));
        let rows = by_bank(bench.db.read()).await.unwrap();
        let expected = BankRecoveries {
            cases: 1,
            claim: case.claim,
            costs: case.costs,
            proceeds: case.proceeds,
            loss: case.loss,
            compensated: case.compensated,
            written_off: case.written_off,
            recovered: case.recovered,
            returned: case.returned,
            commitment: agreement.commitment,
            fund_paid: agreement.paid,
            fund_returned: agreement.returned,
            fund_pending: Money::ZERO,
            appeals: 0,
            open_appeals: 0,
        };
        assert_eq!(rows.get(&officer().tenant), Some(&expected));
        assert_eq!(rows.len(), 1);
    }
}
