//! Any sequence of costs, proceeds, compensation, silence, recoveries, a write-off and what is paid after it: no yuan is made
//! or lost, nobody gets back more than it paid, nothing happens out of order, and a shared loss can always be ended.

use finance::{ByClaim, Money};
use proptest::prelude::*;

use super::{
    Case, CaseStatus, Claim, ClaimStatus, LossShares, Recovery,
    claim::{Answer, compensated},
    closing::{Closing, LoanToday, closed},
    insurer::Answerer,
    late::{compensated_late, late_room},
    plan::planned,
    realisation::realised,
    recovery::recovered,
    resharing::{payable_beside, shared_again},
    samples::{case, claim, day, person, plan, sale, sharer},
    sharing::{Promised, Sharing, shared},
    unanswered::{Ground, Unanswered, unanswered},
    write_off::{Condition, OnBooks, Pursuit, written_off},
};
use crate::{
    disposal::model::{CaseOutcome, WorkoutRules},
    fund::Bearer,
    risk::model::Tier,
};

#[derive(Debug, Clone)]
enum Step {
    Plan,
    Cost(i64),
    Sell(i64),
    Share(i64, i64),
    Answer(usize, i64),
    Silence(usize),
    WriteOff,
    PayLate(usize, i64),
    Recover(i64),
    Pay(i64),
    Close(CaseOutcome),
}

fn step() -> impl Strategy<Value = Step> {
    let fen = 1_i64..400_000;
    prop_oneof![
        Just(Step::Plan),
        fen.clone().prop_map(|fen| Step::Cost(fen / 10 + 1)),
        fen.clone().prop_map(Step::Sell),
        (0_i64..6_000, 0_i64..4_000).prop_map(|(fund, insurer)| Step::Share(fund, insurer)),
        (0_usize..2, 0_i64..12_000).prop_map(|(which, part)| Step::Answer(which, part)),
        (0_usize..2).prop_map(Step::Silence),
        Just(Step::WriteOff),
        (0_usize..2, 1_i64..=10_000).prop_map(|(which, part)| Step::PayLate(which, part)),
        fen.clone().prop_map(Step::Recover),
        fen.prop_map(Step::Pay),
        prop_oneof![Just(CaseOutcome::Cured), Just(CaseOutcome::Satisfied), Just(CaseOutcome::Ended)]
            .prop_map(Step::Close),
    ]
}

/// The world around the rules, kept simply: what the loan owes, and who has how much money.
#[derive(Debug, Clone)]
struct World {
    case: Case,
    claims: Vec<Claim>,
    /// How the loss was shared when it was determined.
    shares: Option<LossShares>,
    owed: ByClaim,
    /// Cash of the bank from the case: in less out.
    bank: i64,
    /// Cash of those who share: in less out.
    sharers: i64,
    /// What came from buyers and payers.
    outside: i64,
    pledgor: i64,
}

impl World {
    fn new() -> Self {
        let owed = ByClaim {
            costs: Money::ZERO,
            principal: Money::from_fen(1_000_000),
            interest: Money::from_fen(50_000),
            penalty: Money::from_fen(7_777),
        };
        Self {
            case: case(),
            claims: Vec::new(),
            shares: None,
            owed,
            bank: 0,
            sharers: 0,
            outside: 0,
            pledgor: 0,
        }
    }

    /// Takes a payment off what the loan owes, in the order of the waterfall; gives what it did not need.
    fn pay_loan(&mut self, mut fen: i64) -> i64 {
        for left in [&mut self.owed.principal, &mut self.owed.interest, &mut self.owed.penalty] {
            let taken = left.fen().min(fen);
            *left = Money::from_fen(left.fen() - taken);
            fen -= taken;
        }
        fen
    }

    fn total_owed(&self) -> Money {
        self.owed.total().unwrap()
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Plan => {
                if let Ok(after) = planned(&self.case, &plan()) {
                    self.case = after;
                }
            }
            Step::Cost(fen) => {
                if let Ok(after) = self.case.cost_paid(Money::from_fen(*fen)) {
                    self.case = after;
                    self.bank -= fen;
                    self.outside += fen;
                }
            }
            Step::Sell(fen) => self.sell(*fen),
            Step::Share(fund, insurer) => self.share(*fund, *insurer),
            Step::Answer(which, part) => self.answer(*which, *part),
            Step::Silence(which) => self.fall_silent(*which),
            Step::PayLate(which, part) => self.pay_late(*which, *part),
            Step::WriteOff => {
                let total = self.total_owed();
                let taxed = self.owed.interest;
                let loan = OnBooks { principal: self.owed.principal, total, taxed, tier: Tier::Loss };
                let of = (&self.case, self.claims.as_slice());
                let (pursuit, rules) = (Pursuit { steps: 1, days: 400 }, WorkoutRules::default());
                if let Ok(after) = written_off(of, pursuit, loan, Condition::Enforced, &rules) {
                    self.case = after;
                    self.owed = ByClaim::default();
                }
            }
            Step::Recover(fen) => self.recover(*fen),
            Step::Pay(fen) => self.pay(*fen),
            Step::Close(outcome) => {
                let closing = Closing { outcome: *outcome, reason: "结案".into() };
                let loan = LoanToday { owed: self.total_owed(), overdue_days: 30 };
                if let Ok(after) = closed(&self.case, &self.claims, loan, &closing, day("2026-06-01")) {
                    assert!(self.claims.iter().all(|claim| !claim.status.is_open()));
                    assert_ne!(*outcome, CaseOutcome::Cured, "it is thirty days late");
                    self.case = after;
                }
            }
        }
    }

    fn sell(&mut self, fen: i64) {
        let mut sold = sale(&[1]);
        sold.lots[0].price = Money::from_fen(fen);
        let owed = ByClaim { costs: self.case.money.unmet_costs(), ..self.owed };
        if let Ok((after, done)) = realised(&self.case, &owed, &sold) {
            assert_eq!(self.case.status, CaseStatus::Disposal);
            let rest = self.pay_loan(done.to_loan.fen());
            assert_eq!(rest, 0, "the loan is never paid more than it owes");
            self.outside -= fen;
            self.bank += done.reimbursed.fen() + done.to_loan.fen();
            self.pledgor += done.waterfall.surplus.fen();
            self.case = after;
        }
    }

    fn share(&mut self, fund: i64, insurer: i64) {
        let promised = [(Bearer::Insurer, 1, insurer), (Bearer::Fund, 2, fund)]
            .into_iter()
            .filter(|(_, _, share)| *share > 0)
            .map(|(bearer, rank, share)| {
                let sharer = sharer(bearer, rank, share);
                Promised::plain(sharer)
            })
            .collect();
        let sharing = Sharing { interest: true, penalty: false, also: Vec::new() };
        if let Ok((after, done)) = shared(&self.case, &self.owed, &sharing, promised) {
            let borne: i64 = done.parts.iter().map(|part| part.borne.fen()).sum();
            assert_eq!(borne + done.bank.fen(), done.loss.fen());
            self.claims = (1_u128..)
                .zip(&done.parts)
                .filter(|(_, part)| part.borne.is_positive())
                .map(|(number, part)| Claim {
                    amount: part.borne,
                    party_id: part.sharer.party_id,
                    party: part.sharer.name.clone(),
                    ..claim(number, part.sharer.bearer, 1)
                })
                .collect();
            self.case = after;
            self.shares = Some(done);
        }
    }

    /// The borrower pays the loan itself.
    fn pay(&mut self, fen: i64) {
        let refused = payable_beside(&self.case).is_err();
        let others_lack = self.case.money.compensated > self.case.money.returned;
        let sharing = self.case.status == CaseStatus::Sharing;
        assert_eq!(refused, (sharing && others_lack) || self.case.status == CaseStatus::WrittenOff);
        if refused || Money::from_fen(fen) > self.total_owed() {
            return;
        }
        self.pay_loan(fen);
        self.outside -= fen;
        self.bank += fen;
        let Some(shares) = &self.shares else { return };
        let terms = Sharing { interest: true, penalty: false, also: Vec::new() };
        let again =
            shared_again(&self.case, (&terms, shares), &self.claims, &self.owed, day("2026-06-01")).unwrap();
        let Some(again) = again else { return };
        self.case = again.case;
        for (_, after) in again.claims {
            let claim = self.claims.iter_mut().find(|claim| claim.id == after.id).unwrap();
            *claim = after;
        }
    }

    fn answer(&mut self, which: usize, part: i64) {
        let Some(open) = self.claims.get(which) else { return };
        let amount = Money::from_fen(open.amount.fen() * part / 10_000);
        let answer = Answer { amount, reason: Some("核定".into()), reference: None };
        let Ok(paid) = open
            .answered(&person(1), &answer)
            .and_then(|answered| answered.confirmed(&person(2), day("2026-06-01")))
        else {
            return;
        };
        let Ok(after) = compensated(&self.case, paid.paid) else { return };
        let rest = self.pay_loan(paid.paid.fen());
        assert_eq!(rest, 0, "compensation never exceeds what is owed");
        self.sharers -= paid.paid.fen();
        self.bank += paid.paid.fen();
        self.claims[which] = paid;
        self.case = after;
    }

    /// Two people record that nobody answers a claim; its time has run out long ago.
    fn fall_silent(&mut self, which: usize) {
        let Some(open) = self.claims.get(which) else { return };
        let asked =
            Unanswered { claim_id: open.id, ground: Ground::Silent, reason: "两次催告未复".into() };
        let Ok(silent) = unanswered(open, &asked, 60, day("2030-01-01")) else { return };
        let Ok(after) = compensated(&self.case, Money::ZERO) else { return };
        assert_eq!(silent.amount, open.amount, "the debt stays");
        self.claims[which] = silent;
        self.case = after;
    }

    /// An insurer that declined, was silent or paid a part pays once the loan is off the books, or a fund that was silent.
    fn pay_late(&mut self, which: usize, part: i64) {
        let pays = |claim: &&Claim| match claim.bearer {
            Bearer::Fund => claim.status == ClaimStatus::Unanswered,
            bearer => bearer == Bearer::Insurer,
        };
        let Some(claim) = self.claims.get(which).filter(pays) else { return };
        let room = late_room(claim, &self.case);
        let amount = Money::from_fen(room.fen() * part / 10_000);
        let off_books = self.case.money.taken_off.is_positive();
        match compensated_late(&self.case, amount) {
            Ok(_) if !off_books => panic!("{amount} is late on the books: {:?}", self.case),
            Err(refusal) if off_books => panic!("{amount} of {room}: {refusal}"),
            Err(_) => {}
            Ok((after, late)) if amount.is_positive() => {
                let came = [late.written_back, late.taxed, late.interest];
                assert_eq!(Money::total(came).unwrap(), amount);
                let paid = if claim.bearer == Bearer::Fund {
                    let answer = Answer { amount, reason: Some("核定".into()), reference: None };
                    let answered = claim.answered(&person(1), &answer).unwrap();
                    answered.confirmed(&person(2), day("2030-06-01")).unwrap()
                } else {
                    let by = Answerer { insurer: "保险公司", policy: "BD-1" };
                    claim.paid_by(by, amount, day("2030-06-01")).unwrap()
                };
                self.sharers -= amount.fen();
                self.bank += amount.fen();
                self.claims[which] = paid;
                self.case = after;
            }
            Ok(_) => {}
        }
    }

    /// Once nobody is waited for, what is owed on a shared loss is written off, and its case ends.
    fn can_end(&self) -> bool {
        let mut then = self.clone();
        then.apply(&Step::WriteOff);
        then.apply(&Step::Close(CaseOutcome::Ended));
        then.case.status == CaseStatus::Closed
    }

    fn recover(&mut self, fen: i64) {
        let recovery =
            Recovery { amount: Money::from_fen(fen), payer: "企业".into(), reference: "1".into() };
        let Ok((after, done)) = recovered(&self.case, &self.claims, self.total_owed(), &recovery) else {
            return;
        };
        if self.case.status == CaseStatus::Sharing {
            let rest = self.pay_loan(done.own_back.fen() + done.extra.fen());
            assert_eq!(rest, 0, "the loan is never paid more than it owes");
        }
        for eased in &done.eased {
            let claim = self.claims.iter_mut().find(|claim| claim.id == eased.claim_id).unwrap();
            *claim = claim.eased_by(eased.amount, day("2026-06-01")).unwrap();
        }
        for back in &done.back {
            let claim = self.claims.iter_mut().find(|claim| claim.id == back.claim_id).unwrap();
            *claim = claim.handed_back(back.amount).unwrap();
        }
        self.outside -= fen;
        self.sharers += done.returned().unwrap().fen();
        self.bank += done.costs.fen() + done.own_back.fen() + done.extra.fen();
        self.pledgor += done.surplus.fen();
        self.case = after;
    }

    fn check(&self) {
        let money = &self.case.money;
        let (came_in, went_out) = money.sides().unwrap();
        assert_eq!(came_in, went_out, "{money:?}");
        assert_eq!(self.bank + self.sharers + self.outside + self.pledgor, 0, "money is conserved");
        let wait: i64 =
            self.claims.iter().filter(|one| one.status.is_open()).map(|one| one.amount.fen()).sum();
        let counted = self.owed.principal.fen() + self.owed.interest.fen();
        assert!(wait <= counted, "nobody is asked for more than is still owed");
        let paid: i64 = self.claims.iter().map(|claim| claim.paid.fen()).sum();
        let returned: i64 = self.claims.iter().map(|claim| claim.returned.fen()).sum();
        assert_eq!((paid, returned), (money.compensated.fen(), money.returned.fen()));
        assert!(money.reimbursed <= money.costs);
        assert!(money.compensated <= money.loss);
        assert!(money.returned <= money.compensated);
        assert!(money.own_back <= money.own_loss());
        assert!(money.written_back <= money.written_off);
        assert!(money.extra.is_zero() || money.own_back == money.own_loss() || !self.owed_on_books());
        for claim in &self.claims {
            assert!(claim.paid <= claim.amount && claim.returned <= claim.paid);
            assert_eq!(
                matches!(
                    claim.status,
                    ClaimStatus::Declined | ClaimStatus::Withdrawn | ClaimStatus::Unanswered
                ),
                claim.decided_on.is_some() && claim.paid.is_zero()
            );
        }
        let waits = self.claims.iter().any(|claim| claim.status.is_open());
        assert!(self.case.status != CaseStatus::Sharing || waits || self.can_end(), "{:?}", self.case);
        let met: i64 = self.claims.iter().map(|claim| claim.met().fen()).sum();
        assert!(met <= money.own_back.fen(), "what fell while claims waited was paid to the bank");
        if self.owed_on_books() {
            let lacks = money.own_loss().saturating_sub(money.own_back);
            assert!(wait <= lacks.fen(), "nobody is asked for what has come back");
        }
    }

    fn owed_on_books(&self) -> bool {
        self.case.status == CaseStatus::Sharing
    }
}

proptest! {
    #[test]
    fn no_yuan_is_made_or_lost_over_any_sequence(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        for step in steps {
            world.apply(&step);
            world.check();
        }
    }

    /// Where everything is recovered in the end, everybody has back exactly what it paid.
    #[test]
    fn who_paid_has_it_all_back_once_all_is_recovered(
        fund in 1_i64..6_000,
        insurer in 1_i64..4_000,
        parts in prop::collection::vec(1_i64..200_000, 0..10),
        cost in 0_i64..50_000,
    ) {
        let mut world = World::new();
        world.apply(&Step::Cost(cost));
        world.apply(&Step::Share(fund, insurer));
        for which in 0..2 {
            world.apply(&Step::Answer(which, 10_000));
        }
        for part in parts {
            world.apply(&Step::Recover(part));
        }
        world.apply(&Step::Recover(5_000_000));
        world.check();
        for claim in &world.claims {
            prop_assert_eq!(claim.returned, claim.paid);
        }
        prop_assert_eq!(world.case.money.unmet_costs(), Money::ZERO);
        prop_assert_eq!(world.total_owed(), Money::ZERO);
        prop_assert!(world.pledgor > 0);
    }
}
