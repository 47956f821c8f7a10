//! What draws are held to beside line and member (`model/conduct.rs`): the bank's rules by the kind of loan, the product of
//! the application, the LPR in force. Read for all banks of a batch with one statement, and only where a draw is larger or
//! longer than any bank lets pass unread, or an approval holds a part of the line.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use contracts::{ApplicationId, OrgId};
use finance::{Fixings, Money, Rate};
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::model::{
    Member,
    approval::{HeldApproval, under},
    conduct::{ConductRefusal, Drawing, HeldTo, conduct},
    draw::Draw,
};
use crate::{
    adjustments::ReferenceRates,
    applications::ApplicationProducts,
    loan::{
        LendingProducts, LoanKind, LoanRules, PaymentMode,
        model::rules::{ENTRUSTED_FLOOR, TERM_FLOOR},
    },
    parameters::{ParameterSet, Sets},
    working_days::{self, ArrangedYears},
};

/// What one bank asks.
struct Asks {
    rules: LoanRules,
    products: ApplicationProducts,
    lending: LendingProducts,
    fixings: Fixings,
}

/// What the banks of a batch ask.
#[derive(Default)]
pub(super) struct Conduct(HashMap<OrgId, Asks>);

/// A draw, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn<'a> {
    /// The line's bank.
    pub(super) bank: OrgId,
    /// The application that is named.
    pub(super) application: Option<ApplicationId>,
    /// The product of the application that the loan was drawn under, for a further tranche: it counts though the approval has
    /// ended since.
    pub(super) applied_for: Option<&'a str>,
    /// The code of the lending product; none for the standard one.
    pub(super) product: Option<&'a str>,
    /// Principal of the loan before it.
    pub(super) before: Money,
    /// Months; zero for a further tranche.
    pub(super) tenor_months: u32,
    /// The contract rate.
    pub(super) annual_rate: Rate,
    /// Who pays it out.
    pub(super) mode: PaymentMode,
    /// The day.
    pub(super) on: NaiveDate,
}

/// What a draw carries that is within everything.
#[derive(Debug, Clone, Default)]
pub(super) struct Conducted {
    /// The application that it is under, with its product.
    pub(super) application: Option<(ApplicationId, String)>,
    /// Whether that product admits no fee of the bank's.
    pub(super) free_of_fees: bool,
}

/// Whether anything has to be read to decide a member's draw.
pub(super) fn asks(member: &Member, amount: Money, tenor_months: u32) -> bool {
    !member.approvals.is_empty() || amount > ENTRUSTED_FLOOR || tenor_months > TERM_FLOOR
}

impl Conduct {
    /// Reads what these banks ask on a day; without a bank nothing is read.
    pub(super) async fn read(
        conn: &impl ConnectionTrait,
        banks: HashSet<OrgId>,
        on: NaiveDate,
    ) -> Result<Self, Fault> {
        if banks.is_empty() {
            return Ok(Self::default());
        }
        let banks: Vec<OrgId> = banks.into_iter().collect();
        let kinds = [
            LoanRules::KIND,
            ApplicationProducts::KIND,
            LendingProducts::KIND,
            ReferenceRates::KIND,
            ArrangedYears::KIND,
        ];
        let sets = Sets::read(conn, &banks, &kinds, on).await?;
        let asks = banks.into_iter().map(|bank| {
            let rates: ReferenceRates = sets.of(bank)?;
            let fixings = rates
                .all(working_days::calendar(sets.of(bank)?))
                .map_err(|error| Fault::Corrupt(format!("reference rates of bank {bank}: {error}")))?;
            let asks =
                Asks { rules: sets.of(bank)?, products: sets.of(bank)?, lending: sets.of(bank)?, fixings };
            Ok((bank, asks))
        });
        asks.collect::<Result<_, Fault>>().map(Self)
    }

    /// Holds a draw that the line grants to what is asked beside; gives what it carries. `approvals` are the member's or, for a
    /// further tranche, its loan's own alone, where it stands.
    pub(super) fn hold(
        &self,
        approvals: &[HeldApproval],
        draw: Draw,
        drawn: Drawn<'_>,
    ) -> Result<Conducted, ConductRefusal> {
        let approval = if drawn.before.is_positive() {
            // A further tranche is under what its loan is under, wherever on the line its money comes from.
            approvals.first()
        } else {
            under(approvals, drawn.application, draw, drawn.tenor_months)?
        };
        let application = approval.map(|approval| (approval.application_id, approval.product.clone()));
        // Nothing was read: no bank's rule reaches so small a draw.
        let Some(asks) = self.0.get(&drawn.bank) else {
            return Ok(Conducted { application, free_of_fees: false });
        };
        let lending = drawn.product.and_then(|code| asks.lending.named(code));
        let kind = lending.map_or(LoanKind::WorkingCapital, |product| product.kind);
        let code = approval.map(|approval| approval.product.as_str()).or(drawn.applied_for);
        let product = code.and_then(|code| asks.products.find(code));
        let drawing = Drawing {
            amount: draw.amount,
            principal: drawn.before.checked_add(draw.amount).unwrap_or(Money::MAX),
            tenor_months: drawn.tenor_months,
            annual_rate: drawn.annual_rate,
            mode: drawn.mode,
        };
        // The approver's exception is for what was approved, and not for what is drawn beside it.
        let beyond = approval.filter(|_| draw.from_reservation < draw.amount);
        let beyond = beyond.map(|one| HeldApproval { term_exception: false, ..one.clone() });
        let to = HeldTo {
            rules: asks.rules.of(kind),
            approval: beyond.as_ref().or(approval),
            product,
            lpr_one_year: asks.fixings.current(drawn.on).map(|fixing| fixing.one_year),
            on: drawn.on,
        };
        conduct(drawing, to)?;
        Ok(Conducted { application, free_of_fees: product.is_some_and(|product| !product.fees_allowed) })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn under_an_application_that_is_named_no_more_is_drawn_than_it_holds() {
        let fen = Money::from_fen;
        let approval = HeldApproval {
            application_id: ApplicationId::from_uuid(Uuid::from_u128(1)),
            product: "standard".into(),
            tenor_months: 12,
            amount: fen(100),
            left: fen(100),
            term_exception: false,
            entrusted: false,
        };
        let hold = |amount: i64, held: i64, named: bool| {
            let approval = HeldApproval { left: fen(held.min(100)), ..approval.clone() };
            let draw = Draw { amount: fen(amount), from_reservation: fen(amount.min(held)) };
            let drawn = Drawn {
                bank: OrgId::from_uuid(Uuid::from_u128(2)),
                application: named.then_some(approval.application_id),
                applied_for: None,
                product: None,
                before: Money::ZERO,
                tenor_months: 6,
                annual_rate: Rate::ZERO,
                mode: PaymentMode::Borrower,
                on: NaiveDate::MIN,
            };
            let held = Conduct::default().hold(std::slice::from_ref(&approval), draw, drawn);
            held.map(|conducted| conducted.application.is_some())
        };
        let above = |asked, most| Err(ConductRefusal::AboveHeld { asked: fen(asked), most: fen(most) });
        assert_eq!(hold(100, 500, true), Ok(true));
        assert_eq!(hold(101, 500, true), above(101, 100), "the rest is held for another application");
        assert_eq!(hold(50, 20, true), above(50, 20), "30 of it would be drawn out of what is free");
        assert_eq!(hold(50, 0, true), above(50, 0), "it is used up");
        assert_eq!((hold(50, 20, false), hold(50, 0, false)), (Ok(true), Ok(false)));
    }
}
