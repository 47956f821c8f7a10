//! What the others are told of a case: its whole state after every act, with what the act moved.

use contracts::{
    Event,
    events::{DisposalCaseChanged, SoldPatent},
};
use finance::{Money, MoneyError};
use tx_kit::{Fault, Tx};

use super::{
    consider::Effect,
    model::{Ask, Case, CaseMoney},
};

/// What was done to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Opened, or asked to be opened by decision.
    Opened,
    /// Opening it was approved.
    Opening,
    /// Opening it was refused.
    NotOpened,
    /// The loan was declared due.
    Acceleration,
    /// Collateral was found worthless.
    Finding,
    /// A plan took force.
    Plan,
    /// Costs were paid.
    Cost,
    /// Proceeds were distributed.
    Proceeds,
    /// The loss was determined and shared.
    Sharing,
    /// One who shares the loss answered, and paid what was granted.
    Compensation,
    /// The borrower paid before anybody else had, and less is lost.
    Payment,
    /// The loan was taken off the books.
    WriteOff,
    /// A recovery was given back.
    Recovery,
    /// It ended.
    Closing,
}

impl Act {
    /// The act that an approved request is.
    pub(super) const fn of(ask: &Ask) -> Self {
        match ask {
            Ask::Opening(_) => Self::Opening,
            Ask::Acceleration(_) => Self::Acceleration,
            Ask::Plan(_) => Self::Plan,
            Ask::Finding(_) => Self::Finding,
            Ask::Cost(_) => Self::Cost,
            Ask::Proceeds(_) => Self::Proceeds,
            Ask::Sharing(_) => Self::Sharing,
            Ask::Answer(_) | Ask::Unanswered(_) => Self::Compensation,
            Ask::WriteOff(_) => Self::WriteOff,
            Ask::Recovery(_) => Self::Recovery,
            Ask::Closing(_) => Self::Closing,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Opening => "opening",
            Self::NotOpened => "not_opened",
            Self::Acceleration => "acceleration",
            Self::Finding => "finding",
            Self::Plan => "plan",
            Self::Cost => "cost",
            Self::Proceeds => "proceeds",
            Self::Sharing => "sharing",
            Self::Compensation => "compensation",
            Self::Payment => "payment",
            Self::WriteOff => "write_off",
            Self::Recovery => "recovery",
            Self::Closing => "closing",
        }
    }

    /// What it moved: the growth of the sum that it is about.
    fn moved(self, before: &CaseMoney, after: &CaseMoney) -> Result<Money, MoneyError> {
        let of = |sum: fn(&CaseMoney) -> Money| sum(after).checked_sub(sum(before));
        match self {
            Self::Cost => of(|money| money.costs),
            Self::Proceeds => of(|money| money.proceeds),
            Self::Sharing => of(|money| money.loss),
            Self::Compensation => of(|money| money.compensated),
            Self::WriteOff => of(|money| money.written_off),
            Self::Recovery => of(|money| money.recovered),
            // The one sum that may fall again: what is lost.
            Self::Payment => before.loss.checked_sub(after.loss),
            Self::Opened
            | Self::Opening
            | Self::NotOpened
            | Self::Acceleration
            | Self::Finding
            | Self::Plan
            | Self::Closing => Ok(Money::ZERO),
        }
    }
}

/// The patents that an approved request sells, each with its pledge and its price; none where it sells none.
pub(super) fn sold_by(ask: &Ask, effect: &Effect) -> Vec<SoldPatent> {
    let (Ask::Proceeds(sale), Effect::Realised { pledges, .. }) = (ask, effect) else { return Vec::new() };
    let sold = sale.lots.iter().zip(pledges);
    sold.map(|(lot, pledge)| SoldPatent { patent_id: lot.patent_id, pledge_id: *pledge, price: lot.price })
        .collect()
}

/// Tells the others, in the act's own transaction. `before` are the sums that the act found.
pub(super) async fn tell(tx: &mut Tx, act: Act, before: &CaseMoney, case: &Case) -> Result<(), Fault> {
    tell_sold(tx, act, before, case, Vec::new()).await
}

/// The same with the patents that the act sold.
pub(super) async fn tell_sold(
    tx: &mut Tx,
    act: Act,
    before: &CaseMoney,
    case: &Case,
    sold: Vec<SoldPatent>,
) -> Result<(), Fault> {
    let broken = |error: MoneyError| Fault::Invariant(error.to_string());
    let money = &case.money;
    let owed = [case.claim.principal, case.claim.interest, case.claim.penalty, case.claim.costs];
    let event = DisposalCaseChanged {
        case_id: case.id,
        number: case.number.clone(),
        loan_id: case.loan_id,
        loan_number: case.loan_number.clone(),
        facility_id: case.facility_id,
        bank_id: case.bank_id,
        bank_name: case.bank_name.clone(),
        enterprise_id: case.enterprise_id,
        enterprise_name: case.enterprise_name.clone(),
        cause: case.cause.name().to_owned(),
        act: act.name().to_owned(),
        amount: act.moved(before, money).map_err(broken)?,
        status: case.status.name().to_owned(),
        outcome: case.outcome.map(|outcome| outcome.name().to_owned()),
        opened_on: case.opened_on,
        closed_on: case.closed_on,
        claim: Money::total(owed).map_err(broken)?,
        costs: money.costs,
        reimbursed: money.reimbursed,
        proceeds: money.proceeds,
        repaid: money.repaid,
        loss: money.loss,
        compensated: money.compensated,
        written_off: money.written_off,
        written_back: money.written_back,
        recovered: money.recovered,
        own_back: money.own_back,
        extra: money.extra,
        returned: money.returned,
        surplus: money.surplus,
        sold,
    };
    tx.publish([(case.id.uuid(), case.version, Event::DisposalCaseChanged(event))]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(yuan: i64) -> Money {
        Money::from_yuan(yuan).unwrap()
    }

    #[test]
    fn an_act_moves_what_its_own_sum_grew_by() {
        let before = CaseMoney { costs: yuan(5), recovered: yuan(10), ..CaseMoney::default() };
        let after = CaseMoney { costs: yuan(7), recovered: yuan(40), own_back: yuan(30), ..before };
        assert_eq!(Act::Cost.moved(&before, &after), Ok(yuan(2)));
        assert_eq!(Act::Recovery.moved(&before, &after), Ok(yuan(30)));
        assert_eq!(Act::Proceeds.moved(&before, &after), Ok(Money::ZERO));
        assert_eq!(Act::Closing.moved(&before, &after), Ok(Money::ZERO));
        let (lost, less) = (CaseMoney { loss: yuan(9), ..before }, CaseMoney { loss: yuan(4), ..before });
        assert_eq!(Act::Payment.moved(&lost, &less), Ok(yuan(5)));
    }
}
