//! The rules together, in any order: draws, repayments, reservations, changes, deposits and days, each decided by the
//! rule and carried out as its act does, against an oracle that keeps every loan and every hold by itself and adds
//! everything up anew.

use chrono::NaiveDate;
use finance::{Money, Rate};
use proptest::prelude::*;

use super::{
    CollateralRule, DepositBasis, Facility, Liability, Member, MemberStatus, PoolTerms, Status, Terms,
    change::{Change, Today, decide_change},
    deposit::{self, DepositKind},
    draw::{Ask, Backing, Cover, decide_draw},
    life,
    members::ProposedMember,
    reservation::decide_reservation,
    samples::{day, facility, numbered},
    waiver::Waiver,
};

const PLACES: usize = 4;
const GROUP: &str = "甲集团";

#[derive(Debug, Clone)]
enum Step {
    Draw(usize, i64),
    Repay(usize, i64),
    Reserve(usize, i64),
    Release(usize, i64),
    Suspend,
    Resume,
    Limit(i64),
    SubLimit(usize, i64),
    Pause(usize),
    LetGoOn(usize),
    Leave(usize),
    PayIn(usize, i64),
    GiveBack(usize),
    Conditions(usize, u32),
    Carries(usize, i64),
    Waive(usize, i64),
    NextMonth,
    Longer,
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..PLACES;
    let fen = 1_i64..4_000;
    prop_oneof![
        6 => (who.clone(), fen.clone()).prop_map(|(who, fen)| Step::Draw(who, fen)),
        4 => (who.clone(), fen.clone()).prop_map(|(who, fen)| Step::Repay(who, fen)),
        3 => (who.clone(), fen.clone()).prop_map(|(who, fen)| Step::Reserve(who, fen)),
        2 => (who.clone(), fen.clone()).prop_map(|(who, fen)| Step::Release(who, fen)),
        1 => Just(Step::Suspend),
        2 => Just(Step::Resume),
        2 => (1_i64..20_000).prop_map(Step::Limit),
        2 => (who.clone(), fen.clone()).prop_map(|(who, fen)| Step::SubLimit(who, fen)),
        1 => who.clone().prop_map(Step::Pause),
        1 => who.clone().prop_map(Step::LetGoOn),
        1 => who.clone().prop_map(Step::Leave),
        2 => (who.clone(), fen.clone()).prop_map(|(who, fen)| Step::PayIn(who, fen)),
        1 => who.clone().prop_map(Step::GiveBack),
        1 => (who.clone(), 0_u32..2).prop_map(|(who, open)| Step::Conditions(who, open)),
        2 => (who.clone(), 0_i64..8_000).prop_map(|(who, fen)| Step::Carries(who, fen)),
        1 => (who, fen).prop_map(|(who, fen)| Step::Waive(who, fen)),
        1 => Just(Step::NextMonth),
        1 => Just(Step::Longer),
        1 => Just(Step::Close),
    ]
}

fn terms() -> impl Strategy<Value = Terms> {
    let collateral = prop_oneof![
        Just(CollateralRule::Own),
        Just(CollateralRule::Pooled(PoolTerms::at(Rate::ONE))),
        (1_i64..2_000).prop_map(|fen| CollateralRule::Unsecured { up_to: Money::from_fen(fen) }),
    ];
    let basis = prop_oneof![Just(DepositBasis::Draw), Just(DepositBasis::SubLimit)];
    let liability = prop_oneof![
        2 => Just(Liability::Several),
        1 => (basis, 1_i64..2_000)
            .prop_map(|(basis, bp)| Liability::Joint { basis, rate: Rate::from_basis_points(bp) }),
    ];
    (collateral, liability, 10_000_i64..30_000, 1_000_i64..=10_000, 1_000_i64..=10_000).prop_map(
        |(collateral, liability, over, group, pool)| Terms {
            collateral,
            liability,
            over_allotment: Rate::from_basis_points(over),
            group_cap: Rate::from_basis_points(group),
            pool_cap: Rate::from_basis_points(pool),
            ..Terms::default()
        },
    )
}

/// What the acts keep, and beside it what the oracle keeps.
struct World {
    line: Facility,
    members: Vec<Member>,
    carries: [i64; PLACES],
    on: NaiveDate,
    loans: Vec<(usize, i64)>,
    held: [i64; PLACES],
    repaid: [i64; PLACES],
    paid_in: [i64; PLACES],
}

impl World {
    fn new(terms: Terms, revolving: bool) -> Self {
        let line = Facility { terms, revolving, grouped: true, ..facility(10_000, 0, 0) };
        let members = (0..PLACES)
            .zip(1_u128..)
            .map(|(place, number)| Member {
                group: (place < 2).then(|| GROUP.to_owned()),
                sub_share: (place == 3).then(|| Rate::from_basis_points(2_000)),
                sub_limit: Money::from_fen(2_000),
                ..numbered(number, 2_000, 0, 0)
            })
            .collect();
        Self {
            line,
            members,
            carries: [3_000; PLACES],
            on: day("2026-06-01"),
            loans: Vec::new(),
            held: [0; PLACES],
            repaid: [0; PLACES],
            paid_in: [0; PLACES],
        }
    }

    fn owed(&self, who: usize) -> i64 {
        self.loans.iter().filter(|(member, _)| *member == who).map(|(_, fen)| fen).sum()
    }

    fn group_use(&self, who: usize) -> Option<i64> {
        self.members[who].group.as_ref()?;
        let connected = |place: &usize| self.members[*place].group.is_some();
        Some((0..PLACES).filter(connected).map(|place| self.owed(place) + self.held[place]).sum())
    }

    fn backing(&self, who: usize) -> Backing {
        let pooled = self.line.terms.collateral.pool().is_some();
        let fen = if pooled { self.carries.iter().sum() } else { self.carries[who] };
        let cover = Cover::whole(fen > 0, Money::from_fen(fen));
        Backing {
            cover,
            group_use: self.group_use(who).map(Money::from_fen),
            customer_room: None,
            connected_room: None,
        }
    }

    /// Whether the oracle grants a draw, from its own loans and holds alone.
    fn grants(&self, who: usize, fen: i64) -> bool {
        let (line, member) = (&self.line, &self.members[who]);
        let total: i64 = (0..PLACES).map(|place| self.owed(place)).sum();
        let held: i64 = self.held.iter().sum();
        let retired = |who: usize| if line.revolving { 0 } else { self.repaid[who] };
        let own = self.held[who];
        let part = |rate: Rate| line.limit.scale(rate, finance::Rounding::Down).unwrap().fen();
        let open = line.status == Status::Active
            && line.available_from <= self.on
            && self.on <= line.available_until
            && member.status == MemberStatus::Active
            && member.conditions_open == 0;
        let waiver = member.waiver.filter(|waiver| self.on <= waiver.until);
        let most = self.carries[who].max(waiver.map_or(0, |waiver| waiver.amount.fen()));
        let collateral = match line.terms.collateral {
            CollateralRule::Own => most > 0 && self.owed(who) + fen <= most.min(part(line.terms.pool_cap)),
            CollateralRule::Pooled(_) => {
                let pool: i64 = self.carries.iter().sum();
                pool > 0 && total + fen <= pool.min(part(line.terms.pool_cap))
            }
            CollateralRule::Unsecured { up_to } => {
                self.owed(who) + fen <= up_to.fen() + most
                    && self.owed(who) + fen <= up_to.fen() + part(line.terms.pool_cap)
            }
        };
        let deposit = match line.terms.liability {
            Liability::Several => 0,
            Liability::Joint { basis, rate } => {
                let of = match basis {
                    DepositBasis::Draw => Money::from_fen(self.owed(who) + fen),
                    DepositBasis::SubLimit => member.sub_limit,
                };
                of.scale(rate, finance::Rounding::Up).unwrap().fen()
            }
        };
        open && collateral
            && self.owed(who) + fen + retired(who) <= member.sub_limit.fen()
            && self.owed(who) + fen <= part(line.single_member_cap)
            && total + fen + held - own + (0..PLACES).map(retired).sum::<i64>() <= line.limit.fen()
            && self.group_use(who).is_none_or(|used| used + fen - own <= part(line.terms.group_cap))
            && self.paid_in[who] >= deposit
    }

    fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match *step {
            Step::Draw(who, fen) => self.draw(who, fen)?,
            Step::Repay(who, fen) => self.repay(who, fen),
            Step::Reserve(who, fen) => {
                let used = self.group_use(who).map(Money::from_fen);
                let amount = Money::from_fen(fen);
                if decide_reservation(&self.line, &self.members[who], (used, None), amount).is_ok() {
                    self.hold(who, fen);
                }
            }
            Step::Release(who, fen) => self.hold(who, -fen.min(self.held[who])),
            Step::Suspend if self.line.status == Status::Active => self.line.status = Status::Suspended,
            Step::Resume if self.line.status == Status::Suspended => self.line.status = Status::Active,
            Step::Limit(fen) => self.change(&Change { limit: Some(Money::from_fen(fen)), ..why() }),
            Step::SubLimit(who, fen) => {
                self.change(&Change { members: vec![self.wanted(who, fen)], ..why() })
            }
            Step::Pause(who) => {
                self.change(&Change { pause: vec![self.members[who].enterprise_id], ..why() })
            }
            Step::LetGoOn(who) => {
                self.change(&Change { resume: vec![self.members[who].enterprise_id], ..why() });
            }
            Step::Leave(who) => {
                self.change(&Change { leave: vec![self.members[who].enterprise_id], ..why() })
            }
            Step::PayIn(who, fen) => {
                let amount = Money::from_fen(fen);
                if let Ok(after) =
                    deposit::pay_in(&self.line, &self.members[who], DepositKind::MutualAid, amount)
                {
                    self.members[who].deposit = after;
                    self.paid_in[who] += fen;
                }
            }
            Step::GiveBack(who) => self.give_back(who)?,
            Step::Conditions(who, open) => self.members[who].conditions_open = open,
            Step::Carries(who, fen) => self.carries[who] = fen,
            Step::Waive(who, fen) => {
                self.members[who].waiver = Some(Waiver { amount: Money::from_fen(fen), until: self.on });
            }
            Step::NextMonth => {
                self.on = self.on + chrono::Months::new(1);
                if life::expires(self.line.status, self.line.available_until, self.on) {
                    self.line.status = Status::Expired;
                }
            }
            Step::Longer => {
                let until = self.on + chrono::Months::new(2);
                self.change(&Change { available_until: Some(until), ..why() });
            }
            Step::Close => self.change(&Change { close: true, ..why() }),
            Step::Suspend | Step::Resume => {}
        }
        Ok(())
    }

    fn draw(&mut self, who: usize, fen: i64) -> Result<(), TestCaseError> {
        let ask = Ask::new(Money::from_fen(fen), 6, self.on);
        let decided = decide_draw(&self.line, &self.members[who], self.backing(who), ask, self.on);
        prop_assert_eq!(decided.is_ok(), self.grants(who, fen), "{:?}", decided);
        let Ok(draw) = decided else { return Ok(()) };
        let from = draw.from_reservation.fen();
        let moved = |drawn: Money, reserved: Money| {
            (Money::from_fen(drawn.fen() + fen), Money::from_fen(reserved.fen() - from))
        };
        let (line, member) = (&mut self.line, &mut self.members[who]);
        (line.drawn, line.reserved) = moved(line.drawn, line.reserved);
        (member.drawn, member.reserved) = moved(member.drawn, member.reserved);
        self.loans.push((who, fen));
        self.held[who] -= fen.min(self.held[who]);
        Ok(())
    }

    fn repay(&mut self, who: usize, fen: i64) {
        let Some(loan) = self.loans.iter_mut().find(|(member, owed)| *member == who && *owed > 0) else {
            return;
        };
        let paid = fen.min(loan.1);
        loan.1 -= paid;
        self.repaid[who] += paid;
        let retired = if self.line.revolving { 0 } else { paid };
        self.line.drawn = Money::from_fen(self.line.drawn.fen() - paid);
        self.line.retired = Money::from_fen(self.line.retired.fen() + retired);
        let member = &mut self.members[who];
        member.drawn = Money::from_fen(member.drawn.fen() - paid);
        member.retired = Money::from_fen(member.retired.fen() + retired);
    }

    fn hold(&mut self, who: usize, by: i64) {
        self.held[who] += by;
        self.line.reserved = Money::from_fen(self.line.reserved.fen() + by);
        self.members[who].reserved = Money::from_fen(self.members[who].reserved.fen() + by);
    }

    fn give_back(&mut self, who: usize) -> Result<(), TestCaseError> {
        let owes = self.owed(who) > 0;
        let asked = (DepositKind::MutualAid, None);
        let risk = (owes, 0);
        if let Ok(amount) = deposit::give_back(&self.line, &self.members[who], asked, risk, Money::ZERO) {
            prop_assert_eq!((amount.fen(), owes, self.held[who]), (self.paid_in[who], false, 0));
            self.members[who].deposit = Money::ZERO;
            self.paid_in[who] = 0;
        }
        Ok(())
    }

    fn wanted(&self, who: usize, fen: i64) -> ProposedMember {
        ProposedMember {
            enterprise_id: self.members[who].enterprise_id,
            enterprise_name: self.members[who].enterprise_name.clone(),
            sub_limit: Some(Money::from_fen(fen)),
            share: None,
            group: None,
        }
    }

    fn change(&mut self, change: &Change) {
        if !life::changeable(self.line.status) {
            return;
        }
        let today = Today { on: self.on, pledged: false, owing: Vec::new(), at_risk: 0 };
        let Ok(after) = decide_change(&self.line, &self.members, change, &today) else { return };
        self.line.limit = after.limit;
        self.line.status = after.status;
        (self.line.available_from, self.line.available_until) = after.window;
        for place in after.places {
            let who =
                self.members.iter().position(|member| member.enterprise_id == place.enterprise_id).unwrap();
            let member = &mut self.members[who];
            member.sub_limit = place.allotment.sub_limit;
            member.sub_share = place.allotment.share;
            member.group = place.group;
            member.status = place.status;
            if place.status == MemberStatus::Left {
                member.deposit = Money::ZERO;
                self.paid_in[who] = 0;
            }
        }
        if self.line.status == Status::Closed {
            self.members.iter_mut().for_each(|member| member.deposit = Money::ZERO);
            self.paid_in = [0; PLACES];
        }
    }

    /// The invariants of a facility, and that what the acts keep is what the oracle adds up.
    fn holds(&self) -> Result<(), TestCaseError> {
        let line = &self.line;
        let sum = |of: fn(&Member) -> Money| self.members.iter().map(|member| of(member).fen()).sum::<i64>();
        prop_assert!(!line.drawn.is_negative() && line.drawn <= line.limit);
        let used = line.drawn.fen() + line.reserved.fen() + line.retired.fen();
        prop_assert!(used <= line.limit.fen(), "drawn + reserved within the limit");
        prop_assert_eq!(sum(|member| member.drawn), line.drawn.fen());
        prop_assert_eq!(sum(|member| member.reserved), line.reserved.fen());
        prop_assert_eq!(self.loans.iter().map(|(_, fen)| fen).sum::<i64>(), line.drawn.fen());
        for (who, member) in self.members.iter().enumerate() {
            prop_assert_eq!((member.drawn.fen(), member.reserved.fen()), (self.owed(who), self.held[who]));
            prop_assert_eq!(member.deposit.fen(), self.paid_in[who]);
            prop_assert!(member.in_use() <= member.sub_limit, "never cut below use");
            if member.status == MemberStatus::Left {
                prop_assert!(member.drawn.is_zero() && member.reserved.is_zero());
            }
        }
        let most = line.limit.scale(line.terms.over_allotment, finance::Rounding::Down).unwrap();
        let staying = self.members.iter().filter(|member| member.status != MemberStatus::Left);
        prop_assert!(staying.map(|member| member.sub_limit.fen()).sum::<i64>() <= most.fen());
        if line.status == Status::Closed {
            prop_assert!(line.drawn.is_zero() && line.reserved.is_zero());
        }
        Ok(())
    }
}

fn why() -> Change {
    Change { reason: "复核".into(), ..Change::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn every_invariant_holds_after_every_step_in_any_order(
        terms in terms(), revolving: bool, steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = World::new(terms, revolving);
        world.holds()?;
        for step in &steps {
            world.take(step)?;
            world.holds()?;
        }
    }
}
