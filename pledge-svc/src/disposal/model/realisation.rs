//! Proceeds of the collateral, and the waterfall that pays them out.

use chrono::NaiveDate;
use contracts::PatentId;
use finance::{
    ByClaim, Claim as Debt, Distribution, Money, MoneyError, ProceedsClaim, Rate, Rounding,
    distribute_proceeds,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Case, CaseMoney, CaseStatus, Method, Refusal, proposal::Flaw};
use crate::loan::model::Owing;

/// The most lots of one sale.
const LOTS_MAX: usize = 200;

/// A patent sold, with what it had been taken to be worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lot {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub number: String,
    /// The value that it was lent on, for back-testing the valuation.
    #[serde(default)]
    pub appraised: Option<Money>,
    /// The day of that value.
    #[serde(default)]
    pub appraised_on: Option<NaiveDate>,
    /// What it fetched.
    pub price: Money,
}

impl Lot {
    /// What it fetched as a part of what it was lent on.
    #[must_use]
    pub fn ratio(&self) -> Option<Rate> {
        self.appraised.and_then(|appraised| self.price.ratio_of(appraised))
    }
}

/// A sale whose price was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Realisation {
    /// The way it was sold.
    pub method: Method,
    /// Who bought.
    pub buyer: String,
    /// The paper of the payment.
    pub reference: String,
    /// The patents.
    pub lots: Vec<Lot>,
    /// The order in which the proceeds pay; costs, principal, interest, penalty where absent.
    #[serde(default)]
    pub order: Option<Vec<ProceedsClaim>>,
}

impl Realisation {
    /// The price of all lots.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn gross(&self) -> Result<Money, MoneyError> {
        Money::total(self.lots.iter().map(|lot| lot.price))
    }

    /// The order in which the proceeds pay.
    #[must_use]
    pub fn order(&self) -> Vec<ProceedsClaim> {
        self.order.clone().unwrap_or_else(|| ProceedsClaim::PRINCIPAL_FIRST.to_vec())
    }

    /// Everything that is wrong with it by itself.
    pub(super) fn flaws(&self, found: &mut Vec<Flaw>) {
        super::proposal::text(found, "buyer", &self.buyer, 200);
        super::proposal::text(found, "reference", &self.reference, 200);
        if !(1..=LOTS_MAX).contains(&self.lots.len()) {
            found.push(Flaw::new(
                "lots",
                format!("须列明 1 至 {LOTS_MAX} 件专利。"),
                format!("Name 1 to {LOTS_MAX} patents."),
            ));
        }
        for (index, lot) in self.lots.iter().enumerate().take(LOTS_MAX) {
            super::proposal::amount(found, &format!("lots[{index}].price"), lot.price);
            super::proposal::text(found, &format!("lots[{index}].number"), &lot.number, 64);
            if let Some(appraised) = lot.appraised {
                super::proposal::amount(found, &format!("lots[{index}].appraised"), appraised);
            }
            if self.lots[..index].iter().any(|before| before.patent_id == lot.patent_id) {
                found.push(Flaw::new(
                    format!("lots[{index}].patent_id"),
                    "同一专利只能列一次。",
                    "A patent may be named once.",
                ));
            }
        }
        let order = self.order();
        let once = |claim: &ProceedsClaim| order.iter().filter(|named| *named == claim).count() == 1;
        if order.len() != ProceedsClaim::ALL.len() || !ProceedsClaim::ALL.iter().all(once) {
            found.push(Flaw::new(
                "order",
                "清偿顺序须将费用、本金、利息、罚息各列一次。",
                "The order must name costs, principal, interest and penalty once each.",
            ));
        }
    }
}

/// What a loan owes, as the waterfall counts it: costs of enforcing and fees of the loan first.
///
/// # Errors
/// [`MoneyError::Overflow`]
pub fn by_claim(owing: &Owing, unmet_costs: Money) -> Result<ByClaim, MoneyError> {
    Ok(ByClaim {
        costs: unmet_costs.checked_add(owing.sum(|debt| debt == Debt::Fees)?)?,
        principal: owing.sum(Debt::is_principal)?,
        interest: owing.sum(Debt::is_interest)?,
        penalty: owing.sum(|debt| matches!(debt, Debt::Penalty | Debt::InterestOnInterest))?,
    })
}

/// The order of the waterfall as the loan's payments know it.
#[must_use]
pub fn debts(order: &[ProceedsClaim]) -> Vec<Debt> {
    order
        .iter()
        .flat_map(|claim| match claim {
            ProceedsClaim::Costs => &[Debt::Fees][..],
            ProceedsClaim::Principal => &[Debt::OverduePrincipal, Debt::CurrentPrincipal],
            ProceedsClaim::Interest => &[Debt::OverdueInterest, Debt::CurrentInterest],
            ProceedsClaim::Penalty => &[Debt::Penalty, Debt::InterestOnInterest],
        })
        .copied()
        .collect()
}

/// Proceeds, paid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Realised {
    /// The price of all lots.
    pub gross: Money,
    /// What was owed.
    pub owed: ByClaim,
    /// What each claim got, what each still lacks, what belongs to the pledgor.
    pub waterfall: Distribution,
    /// Of the costs paid, the bank's own outlay.
    pub reimbursed: Money,
    /// What the loan is paid: fees, principal, interest, penalty.
    pub to_loan: Money,
}

/// Whether what the plan offers may be sold on a day: nothing is before the plan begins.
///
/// # Errors
/// [`Refusal::Flawed`], naming the lots.
pub fn has_begun(case: &Case, on: NaiveDate) -> Result<(), Refusal> {
    let Some(plan) = case.plan.as_ref().filter(|plan| on < plan.starts_on) else { return Ok(()) };
    let from = plan.starts_on;
    Err(Refusal::Flawed(vec![Flaw::new(
        "lots",
        format!(
            "现行处置方案自 {from} 起实施，此前不能登记成交价款。请自该日起登记，或先报批开始日期更早的方案。"
        ),
        format!(
            "The plan begins on {from}, and nothing is sold before. Enter the price from that day on, or have a plan approved first that begins earlier."
        ),
    )]))
}

/// Whether a sale keeps the lowest price of the plan, which is for everything that was left to sell under it: a part of it
/// keeps its part of what the plan still has to fetch. Below it the offer found no bidder, and a new plan lowers the
/// reserve first. `part` is the value of what is sold as a part of the value of all that is left.
///
/// # Errors
/// [`Refusal::BelowReserve`], or an amount beyond the range.
pub fn keeps_reserve(case: &Case, sale: &Realisation, part: Rate) -> Result<(), Refusal> {
    let Some(plan) = &case.plan else { return Ok(()) };
    let fetched = case.money.proceeds.saturating_sub(plan.proceeds_before);
    let reserve = plan.reserve.saturating_sub(fetched).scale(part, Rounding::Down)?;
    let price = sale.gross()?;
    if price < reserve { Err(Refusal::BelowReserve { price, reserve }) } else { Ok(()) }
}

/// The case after proceeds came in. `owed` is what the loan owes today with the costs not yet met.
///
/// # Errors
/// Not in disposal, or an amount beyond the range.
pub fn realised(case: &Case, owed: &ByClaim, sale: &Realisation) -> Result<(Case, Realised), Refusal> {
    case.require(&[CaseStatus::Disposal])?;
    let gross = sale.gross()?;
    let waterfall = distribute_proceeds(gross, owed, &sale.order())?;
    let reimbursed = waterfall.paid.costs.min(case.money.unmet_costs());
    let to_loan = waterfall.paid.total()?.checked_sub(reimbursed)?;
    let before = case.money;
    let money = CaseMoney {
        proceeds: before.proceeds.checked_add(gross)?,
        reimbursed: before.reimbursed.checked_add(reimbursed)?,
        repaid: before.repaid.checked_add(to_loan)?,
        surplus: before.surplus.checked_add(waterfall.surplus)?,
        ..before
    };
    let done = Realised { gross, owed: *owed, waterfall, reimbursed, to_loan };
    Ok((case.with_money(money), done))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposal::model::{
        Plan,
        plan::planned,
        samples::{case, day, owed, plan, sale, yuan},
    };

    fn selling() -> Case {
        case().cost_paid(yuan(30)).unwrap().in_status(CaseStatus::Disposal)
    }

    #[test]
    fn proceeds_meet_costs_first_and_the_rest_pays_the_loan() {
        // 30 of costs and 5 of fees are owed before 1,000 of principal, 70 of interest, 20 of penalty.
        let (after, done) = realised(&selling(), &owed(35, 1_000, 70, 20), &sale(&[500, 100])).unwrap();
        assert_eq!((done.gross, done.reimbursed, done.to_loan), (yuan(600), yuan(30), yuan(570)));
        assert_eq!(done.waterfall.paid.principal, yuan(565));
        assert_eq!(after.money.unmet_costs(), Money::ZERO);
        let (came_in, went_out) = after.money.sides().unwrap();
        assert_eq!(came_in, went_out);
    }

    #[test]
    fn what_is_beyond_the_debt_is_the_pledgors() {
        let (after, done) = realised(&selling(), &owed(30, 100, 0, 0), &sale(&[500])).unwrap();
        assert_eq!((done.waterfall.surplus, after.money.surplus), (yuan(370), yuan(370)));
    }

    #[test]
    fn the_collateral_goes_at_the_plans_lowest_price_or_under_a_plan_that_lowers_it() {
        let first = planned(&case(), &plan()).unwrap();
        let below =
            |price, reserve| Err(Refusal::BelowReserve { price: yuan(price), reserve: yuan(reserve) });
        assert_eq!(keeps_reserve(&first, &sale(&[799_999]), Rate::ONE), below(799_999, 800_000));
        assert!(keeps_reserve(&first, &sale(&[500_000, 300_000]), Rate::ONE).is_ok());
        // Half of the value goes for half of the reserve at least, the rest for what is left of it.
        let half = Rate::from_basis_points(5_000);
        assert_eq!(keeps_reserve(&first, &sale(&[399_999]), half), below(399_999, 400_000));
        assert!(keeps_reserve(&first, &sale(&[400_000]), half).is_ok());
        let (parted, _) = realised(&first, &owed(0, 900_000, 0, 0), &sale(&[500_000])).unwrap();
        assert_eq!(keeps_reserve(&parted, &sale(&[299_999]), Rate::ONE), below(299_999, 300_000));
        assert!(keeps_reserve(&parted, &sale(&[300_000]), Rate::ONE).is_ok());
        // The next round's reserve is of what was left, whatever its proposer says was fetched before.
        let lower = Plan { reserve: yuan(200_000), proceeds_before: Money::ZERO, ..plan() };
        let again = planned(&parted, &lower).unwrap();
        assert_eq!(keeps_reserve(&again, &sale(&[199_999]), Rate::ONE), below(199_999, 200_000));
        assert!(keeps_reserve(&again, &sale(&[200_000]), Rate::ONE).is_ok());
    }

    #[test]
    fn nothing_is_sold_before_the_plan_begins() {
        let case = planned(&case(), &plan()).unwrap();
        let Err(Refusal::Flawed(flaws)) = has_begun(&case, day("2026-06-30")) else {
            panic!("sold before the auction");
        };
        assert_eq!(flaws[0].field, "lots");
        assert!(flaws[0].zh.contains("2026-07-01") && flaws[0].en.contains("2026-07-01"));
        assert_eq!(has_begun(&case, day("2026-07-01")), Ok(()));
    }

    #[test]
    fn nothing_is_sold_without_a_plan() {
        let refused = realised(&case(), &owed(0, 1, 0, 0), &sale(&[1]));
        assert_eq!(refused, Err(Refusal::NotInStatus { status: CaseStatus::Collection }));
    }

    #[test]
    fn the_loan_is_paid_in_the_order_of_the_waterfall() {
        assert_eq!(
            debts(&ProceedsClaim::STATUTORY),
            [
                Debt::Fees,
                Debt::OverdueInterest,
                Debt::CurrentInterest,
                Debt::Penalty,
                Debt::InterestOnInterest,
                Debt::OverduePrincipal,
                Debt::CurrentPrincipal
            ]
        );
    }

    #[test]
    fn a_lot_says_what_it_fetched_of_its_value() {
        let lot = Lot { appraised: Some(yuan(1_000)), ..sale(&[67]).lots[0].clone() };
        assert_eq!(lot.ratio().unwrap().to_string(), "0.067");
    }

    #[test]
    fn a_sale_says_what_is_wrong_with_it() {
        let mut bad = sale(&[1, 0]);
        bad.lots[1].patent_id = bad.lots[0].patent_id;
        bad.order = Some(vec![ProceedsClaim::Costs; 4]);
        let mut found = Vec::new();
        bad.flaws(&mut found);
        let fields: Vec<_> = found.iter().map(|flaw| flaw.field.as_str()).collect();
        assert_eq!(fields, ["lots[1].price", "lots[1].patent_id", "order"]);
    }
}
