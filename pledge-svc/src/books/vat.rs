//! Output VAT: at a month's end the tax within the month's interest and fees leaves income, by one movement in the book. Nothing
//! is posted where the bank keeps its tax elsewhere.

use chrono::NaiveDate;
use contracts::OrgId;
use finance::{Money, MoneyError};
use ledger::{Account, Line, Movement, Span, Turnover};
use tx_kit::{Fault, Tx};

use super::{
    accounts::{FEE_INCOME, INTEREST_INCOME, OUTPUT_VAT, OUTPUT_VAT_LATER, UNTAXED_INTEREST},
    memorandum::WRITTEN_OFF,
    model::{Month, OutputTax, ValueAddedTax, months_ending, output_tax},
};
use crate::parameters;

/// The kind of the movement.
const KIND: &str = "tax.output";

/// Splits the output tax off a book's months that end with a day, or before it among days that are closed with it: a book that
/// was closed by others is closed by its bank from its first loan on, and a day between has no close of its own. To be called in
/// the transaction that closes the day of the book, before it is closed. A book whose day is closed already has had its tax
/// posted.
///
/// # Errors
/// The database's fault, or parameters that do not read back.
pub(crate) async fn tax_months(tx: &mut Tx, book: OrgId, day: NaiveDate) -> Result<(), Fault> {
    let open = ledger::first_open_day(tx.conn(), book).await?.map_or(day, |first| first.min(day));
    for (from, to) in months_ending(open, day) {
        tx.on_business_date(to);
        tax_month(tx, book, (from, to)).await?;
    }
    tx.on_business_date(day);
    Ok(())
}

async fn tax_month(tx: &mut Tx, book: OrgId, (from, to): (NaiveDate, NaiveDate)) -> Result<(), Fault> {
    let rate = parameters::current::<ValueAddedTax>(tx.conn(), book, to).await?.rate;
    if rate.fraction().is_zero() || !ledger::hold_open(tx, book, to).await? {
        return Ok(());
    }
    let accounts = [INTEREST_INCOME, FEE_INCOME, UNTAXED_INTEREST];
    let took = ledger::turnover(tx.conn(), book, &accounts, Span { from, to }).await?;
    let standing = ledger::trial_balance(tx.conn(), book, to).await?;
    let net = |account: Account| -> Result<Money, Fault> {
        let row = standing.iter().find(|row| row.account == account.code);
        row.map_or(Ok(Money::ZERO), |row| row.debit.checked_sub(row.credit)).map_err(broken)
    };
    let month = Month {
        interest: -of(&took, INTEREST_INCOME, KIND)?,
        fees: -of(&took, FEE_INCOME, KIND)?,
        untaxed: of(&took, UNTAXED_INTEREST, WRITTEN_OFF)?,
        untaxed_left: net(UNTAXED_INTEREST)?,
        waiting: -net(OUTPUT_VAT_LATER)?,
    };
    let tax = output_tax(&month, rate).map_err(broken)?;
    if let Some(movement) = movement(book, tax)? {
        ledger::store::post(tx, &[movement]).await?;
    }
    Ok(())
}

fn broken(error: MoneyError) -> Fault {
    Fault::Invariant(format!("the tax of a month: {error}"))
}

/// What an account took up, but for movements of a kind.
fn of(took: &[Turnover], account: Account, but: &str) -> Result<Money, Fault> {
    let rows = took.iter().filter(|row| row.account == account.code && row.kind != but);
    Money::total(rows.map(|row| row.net)).map_err(broken)
}

/// Dr interest income, fee income / Cr output VAT, output VAT not yet due; what is negative stands on the other side.
fn movement(book: OrgId, tax: OutputTax) -> Result<Option<Movement>, Fault> {
    let due = tax.on_interest.checked_add(tax.on_fees).map_err(broken)?;
    let interest = tax.on_interest.checked_add(tax.waiting).map_err(broken)?;
    let side = |account: Account, debit: Money| {
        if debit.is_negative() { Line::credit(account, -debit) } else { Line::debit(account, debit) }
    };
    let lines = [
        side(INTEREST_INCOME, interest),
        side(FEE_INCOME, tax.on_fees),
        side(OUTPUT_VAT, -due),
        side(OUTPUT_VAT_LATER, -tax.waiting),
    ];
    if lines.iter().all(|line| line.amount.is_zero()) {
        return Ok(None);
    }
    Ok(Some(Movement::try_new(book, KIND, book, None, lines)?))
}

#[cfg(test)]
mod tests {
    use ledger::Side;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn tax_leaves_income_and_what_becomes_due_of_what_waited_costs_nothing_more() {
        let book = OrgId::from_uuid(Uuid::from_u128(1));
        let fen = Money::from_fen;
        let made = |on_interest, on_fees, waiting| {
            let tax =
                OutputTax { on_interest: fen(on_interest), on_fees: fen(on_fees), waiting: fen(waiting) };
            let movement = movement(book, tax).unwrap();
            let lines = movement.map(|one| one.lines().to_vec()).unwrap_or_default();
            lines.iter().map(|line| (line.account.code, line.side, line.amount.fen())).collect::<Vec<_>>()
        };
        let first = made(54_000, 3_000, 6_000);
        assert_eq!(
            first,
            [
                ("6011", Side::Debit, 60_000),
                ("6021", Side::Debit, 3_000),
                ("222101", Side::Credit, 57_000),
                ("222109", Side::Credit, 6_000),
            ]
        );
        assert_eq!(made(6_000, 0, -6_000), [("222101", Side::Credit, 6_000), ("222109", Side::Debit, 6_000)]);
        assert_eq!(made(0, 0, 0), []);
    }
}
