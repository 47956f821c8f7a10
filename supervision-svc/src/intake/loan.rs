//! Loans and the payments on them.

use chrono::{DateTime, NaiveDate};
use contracts::{
    Envelope,
    events::{
        LoanDrawn, LoanRepaid, LoanRepaymentReversed, LoanStateChanged, LoanTrancheDrawn, SyndicateShare,
    },
};
use finance::Money;
use sea_orm::ActiveValue::Set;
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    batch::Rows,
    facility::{self, Totals},
    month, plus,
};
use crate::read_model::{loan, repayment, tranche};

/// A loan of which only a payment was heard so far.
fn unknown(id: Uuid) -> loan::Model {
    loan::Model {
        id,
        number: String::new(),
        facility_id: Uuid::nil(),
        bank_id: Uuid::nil(),
        bank_name: String::new(),
        enterprise_id: Uuid::nil(),
        enterprise_name: String::new(),
        industry: String::new(),
        principal_fen: 0,
        first_fen: 0,
        covered_fen: None,
        outstanding_fen: 0,
        interest_paid_fen: 0,
        annual_rate: "0".to_owned(),
        drawn_on: NaiveDate::default(),
        drawn_month: String::new(),
        matures_on: NaiveDate::default(),
        next_due_on: None,
        status: "unknown".to_owned(),
        shares: "[]".to_owned(),
        tier: String::new(),
        stage: 0,
        assessed_days: 0,
        provision_fen: 0,
        assessed_on: None,
        version: 0,
        state_version: 0,
        known: false,
        changed_at: DateTime::UNIX_EPOCH,
    }
}

/// What is owed on a loan, when next, and where it stands: by the newest that was heard of it.
fn owed(
    row: &mut loan::Model,
    envelope: &Envelope,
    (outstanding, next_due_on): (Money, Option<NaiveDate>),
    status: &str,
) {
    row.changed_at = row.changed_at.max(envelope.occurred_at);
    if envelope.version > row.version {
        row.version = envelope.version;
        row.outstanding_fen = outstanding.fen();
        row.next_due_on = next_due_on;
        status.clone_into(&mut row.status);
    }
}

/// `loan.drawn`: what the loan is; what is owed on it only if no payment was heard of before.
pub(super) fn drawn(rows: &mut Rows, envelope: &Envelope, event: &LoanDrawn) -> Result<(), Fault> {
    let id = event.loan_id.uuid();
    let row = rows.loans.entry(id).or_insert_with(|| unknown(id));
    row.known = true;
    row.number.clone_from(&event.number);
    row.facility_id = event.facility_id.uuid();
    row.bank_id = event.bank_id.uuid();
    row.bank_name.clone_from(&event.bank_name);
    row.enterprise_id = event.enterprise_id.uuid();
    row.enterprise_name.clone_from(&event.enterprise_name);
    row.industry.clone_from(&event.industry);
    // A tranche may have been heard of before: what was drawn adds up, whatever the order.
    row.principal_fen = plus(row.principal_fen, event.amount.fen())?;
    row.first_fen = event.amount.fen();
    row.covered_fen = with_cover(row.covered_fen, event.covered)?;
    row.drawn_on = event.drawn_on;
    row.drawn_month = month(event.drawn_on);
    // A change of terms that was heard of first stands.
    if envelope.version > row.state_version {
        row.state_version = envelope.version;
        row.annual_rate = event.annual_rate.to_string();
        row.matures_on = event.matures_on;
    }
    row.shares = with_parts(&row.shares, &event.shares)?;
    owed(row, envelope, (event.amount, event.next_due_on), "active");
    facility::moved(
        rows,
        &Totals {
            facility_id: event.facility_id,
            bank_id: event.bank_id,
            enterprise_id: event.enterprise_id,
            enterprise_name: &event.enterprise_name,
            version: event.facility_version,
            facility_drawn: event.facility_drawn,
            facility_reserved: event.facility_reserved,
            member_drawn: event.member_drawn,
            member_reserved: event.member_reserved,
            at: envelope.occurred_at,
        },
    );
    Ok(())
}

/// What funds cover of a loan, with one more draw: a draw that tells of no cover adds none.
fn with_cover(known: Option<i64>, told: Option<Money>) -> Result<Option<i64>, Fault> {
    match told {
        None => Ok(known),
        Some(amount) => plus(known.unwrap_or_default(), amount.fen()).map(Some),
    }
}

/// What each bank has lent, with its part of one more draw.
fn with_parts(known: &str, added: &[SyndicateShare]) -> Result<String, Fault> {
    let mut parts: Vec<SyndicateShare> = serde_json::from_str(known)?;
    for one in added {
        match parts.iter_mut().find(|part| part.bank_id == one.bank_id) {
            Some(part) => {
                part.amount =
                    part.amount.checked_add(one.amount).map_err(|error| Fault::Corrupt(error.to_string()))?;
            }
            None => parts.push(one.clone()),
        }
    }
    Ok(serde_json::to_string(&parts)?)
}

/// `loan.tranche_drawn`: more principal, in the month of the tranche; what is owed after it only where nothing newer
/// was heard of.
pub(super) fn tranche_drawn(
    rows: &mut Rows,
    envelope: &Envelope,
    event: &LoanTrancheDrawn,
) -> Result<(), Fault> {
    let id = event.loan_id.uuid();
    let row = rows.loans.entry(id).or_insert_with(|| unknown(id));
    row.principal_fen = plus(row.principal_fen, event.amount.fen())?;
    row.covered_fen = with_cover(row.covered_fen, event.covered)?;
    row.shares = with_parts(&row.shares, &event.shares)?;
    owed(row, envelope, (event.outstanding, event.next_due_on), "active");
    rows.tranches.push(tranche::ActiveModel {
        id: Set(event.drawdown_id.uuid()),
        loan_id: Set(id),
        facility_id: Set(event.facility_id.uuid()),
        bank_id: Set(event.bank_id.uuid()),
        enterprise_id: Set(event.enterprise_id.uuid()),
        drawn_on: Set(event.drawn_on),
        drawn_month: Set(month(event.drawn_on)),
        amount_fen: Set(event.amount.fen()),
    });
    facility::moved(
        rows,
        &Totals {
            facility_id: event.facility_id,
            bank_id: event.bank_id,
            enterprise_id: event.enterprise_id,
            enterprise_name: "",
            version: event.facility_version,
            facility_drawn: event.facility_drawn,
            facility_reserved: event.facility_reserved,
            member_drawn: event.member_drawn,
            member_reserved: event.member_reserved,
            at: envelope.occurred_at,
        },
    );
    Ok(())
}

/// `loan.state_changed`: where the loan stands by the newest change; totals only where they moved.
pub(super) fn state_changed(
    rows: &mut Rows,
    envelope: &Envelope,
    event: &LoanStateChanged,
) -> Result<(), Fault> {
    let id = event.loan_id.uuid();
    let row = rows.loans.entry(id).or_insert_with(|| unknown(id));
    owed(row, envelope, (event.outstanding, event.next_due_on), &event.status);
    // A payment that was heard of first tells nothing of terms and risk.
    if envelope.version > row.state_version {
        row.state_version = envelope.version;
        row.annual_rate = event.annual_rate.to_string();
        row.matures_on = event.matures_on;
        row.tier.clone_from(&event.tier);
        row.stage = i64::from(event.stage.min(3));
        row.assessed_days = event.overdue_days.max(0);
        row.provision_fen = event.provision.fen().max(0);
        row.assessed_on = Some(envelope.business_date);
    }
    if event.facility_version > 0 {
        facility::moved(
            rows,
            &Totals {
                facility_id: event.facility_id,
                bank_id: event.bank_id,
                enterprise_id: event.enterprise_id,
                enterprise_name: "",
                version: event.facility_version,
                facility_drawn: event.facility_drawn,
                facility_reserved: event.facility_reserved,
                member_drawn: event.member_drawn,
                member_reserved: event.member_reserved,
                at: envelope.occurred_at,
            },
        );
    }
    Ok(())
}

/// `loan.repaid`: what is still owed, by the newest payment; interest received adds up.
pub(super) fn repaid(rows: &mut Rows, envelope: &Envelope, event: &LoanRepaid) -> Result<(), Fault> {
    let id = event.loan_id.uuid();
    let row = rows.loans.entry(id).or_insert_with(|| unknown(id));
    row.interest_paid_fen = plus(row.interest_paid_fen, event.interest.fen())?;
    owed(row, envelope, (event.outstanding, event.next_due_on), &event.status);
    rows.repayments.push(repayment::ActiveModel {
        id: Set(envelope.id.uuid()),
        loan_id: Set(id),
        facility_id: Set(event.facility_id.uuid()),
        bank_id: Set(event.bank_id.uuid()),
        enterprise_id: Set(event.enterprise_id.uuid()),
        paid_on: Set(envelope.business_date),
        paid_month: Set(month(envelope.business_date)),
        principal_fen: Set(event.principal.fen()),
        interest_fen: Set(event.interest.fen()),
    });
    facility::moved(
        rows,
        &Totals {
            facility_id: event.facility_id,
            bank_id: event.bank_id,
            enterprise_id: event.enterprise_id,
            enterprise_name: "",
            version: event.facility_version,
            facility_drawn: event.facility_drawn,
            facility_reserved: event.facility_reserved,
            member_drawn: event.member_drawn,
            member_reserved: event.member_reserved,
            at: envelope.occurred_at,
        },
    );
    Ok(())
}

/// `loan.repayment_reversed`: what is owed again. The reversal stands among the payments with the sign turned, in the month
/// in which it was made, so that every sum of payments is net of it and no figure of a month that is over moves.
pub(super) fn repayment_reversed(
    rows: &mut Rows,
    envelope: &Envelope,
    event: &LoanRepaymentReversed,
) -> Result<(), Fault> {
    let id = event.loan_id.uuid();
    let row = rows.loans.entry(id).or_insert_with(|| unknown(id));
    row.interest_paid_fen = plus(row.interest_paid_fen, -event.interest.fen())?;
    owed(row, envelope, (event.outstanding, event.next_due_on), &event.status);
    // The plan before may end on another day; what is newer of terms and risk has said so already.
    if envelope.version > row.state_version {
        row.matures_on = event.matures_on;
    }
    rows.repayments.push(repayment::ActiveModel {
        id: Set(envelope.id.uuid()),
        loan_id: Set(id),
        facility_id: Set(event.facility_id.uuid()),
        bank_id: Set(event.bank_id.uuid()),
        enterprise_id: Set(event.enterprise_id.uuid()),
        paid_on: Set(envelope.business_date),
        paid_month: Set(month(envelope.business_date)),
        principal_fen: Set(-event.principal.fen()),
        interest_fen: Set(-event.interest.fen()),
    });
    facility::moved(
        rows,
        &Totals {
            facility_id: event.facility_id,
            bank_id: event.bank_id,
            enterprise_id: event.enterprise_id,
            enterprise_name: "",
            version: event.facility_version,
            facility_drawn: event.facility_drawn,
            facility_reserved: event.facility_reserved,
            member_drawn: event.member_drawn,
            member_reserved: event.member_reserved,
            at: envelope.occurred_at,
        },
    );
    Ok(())
}
