//! The last phase of a batch of draws: loans, shares, ledger, events and audit rows, each written in bulk.

use contracts::{
    Event, OrgId,
    events::{LoanDrawn, SyndicateShare},
};
use finance::Rate;
use ledger::Movement;
use sea_orm::{ActiveValue::Set, EntityTrait};
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    draw::{Asked, DAY_COUNT, Granted},
    model::Facility,
    postings,
};
use crate::loan::{self, LoanStatus, LoanTerms};

pub(super) async fn write(
    tx: &mut Tx,
    facility: &Facility,
    asked: &[Asked],
    granted: &[Granted],
) -> Result<(), Fault> {
    let loans = granted.iter().map(|one| loan_row(tx, facility, &asked[one.index], one));
    loan::store::loan::Entity::insert_many(loans.collect::<Vec<_>>())
        .exec_without_returning(tx.conn())
        .await?;
    let shares: Vec<_> = granted.iter().flat_map(share_rows).collect();
    for chunk in shares.chunks(2_000) {
        loan::store::share::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx.conn()).await?;
    }
    let mut movements: Vec<Movement> = Vec::with_capacity(granted.len());
    for one in granted {
        movements.extend(postings::disbursement(one.drawdown.loan_id, facility.id, &one.shares)?);
    }
    ledger::store::post(tx, &movements).await?;
    let events: Vec<_> = granted
        .iter()
        .map(|one| Ok((one.drawdown.loan_id.uuid(), 1, drawn_event(facility, one)?)))
        .collect::<Result<_, Fault>>()?;
    tx.publish(events).await?;
    let entries: Vec<AuditEntry> = granted
        .iter()
        .map(|one| {
            AuditEntry::new(&asked[one.index].caller.actor(), "facility.draw", "loan", one.drawdown.loan_id)
                .with(serde_json::json!({
                    "facility": facility.id, "amount": one.drawdown.amount, "drawn": one.drawdown.facility.drawn,
                }))
        })
        .collect();
    tx.audit(entries).await
}

fn loan_row(tx: &Tx, facility: &Facility, asked: &Asked, one: &Granted) -> loan::store::loan::ActiveModel {
    let drawdown = &one.drawdown;
    loan::store::loan::ActiveModel {
        id: Set(drawdown.loan_id.uuid()),
        number: Set(drawdown.loan_number.clone()),
        drawdown_id: Set(drawdown.id.uuid()),
        facility_id: Set(facility.id.uuid()),
        facility_name: Set(facility.name.clone()),
        bank_id: Set(facility.bank_id.uuid()),
        bank_name: Set(facility.bank_name.clone()),
        enterprise_id: Set(drawdown.enterprise_id.uuid()),
        enterprise_name: Set(one.enterprise_name.clone()),
        industry: Set(facility.industry.clone()),
        principal_fen: Set(drawdown.amount.fen()),
        outstanding_fen: Set(drawdown.amount.fen()),
        interest_owed_fen: Set(0),
        interest_from: Set(drawdown.drawn_on),
        annual_rate: Set(facility.annual_rate.to_string()),
        day_count: Set(DAY_COUNT.name().to_owned()),
        repayment: Set(one.repayment.name().to_owned()),
        tenor_months: Set(i32::try_from(drawdown.tenor_months).unwrap_or(i32::MAX)),
        drawn_on: Set(drawdown.drawn_on),
        matures_on: Set(drawdown.matures_on),
        status: Set(LoanStatus::Active.name().to_owned()),
        purpose: Set(asked.request.purpose.clone()),
        created_at: Set(tx.now()),
        version: Set(1),
    }
}

fn share_rows(one: &Granted) -> impl Iterator<Item = loan::store::share::ActiveModel> {
    one.shares.iter().zip(0..).map(|(share, position)| loan::store::share::ActiveModel {
        loan_id: Set(one.drawdown.loan_id.uuid()),
        position: Set(position),
        bank_id: Set(share.bank_id.uuid()),
        bank_name: Set(share.bank_name.clone()),
        amount_fen: Set(share.amount.fen()),
        outstanding_fen: Set(share.outstanding.fen()),
    })
}

fn drawn_event(facility: &Facility, one: &Granted) -> Result<Event, Fault> {
    let drawdown = &one.drawdown;
    let terms = LoanTerms {
        principal: drawdown.amount,
        annual_rate: facility.annual_rate,
        day_count: DAY_COUNT,
        repayment: one.repayment,
        tenor_months: drawdown.tenor_months,
        drawn_on: drawdown.drawn_on,
    };
    let share_of = |bank: OrgId| {
        facility.shares.iter().find(|share| share.bank_id == bank).map_or(Rate::ONE, |share| share.share)
    };
    Ok(Event::LoanDrawn(LoanDrawn {
        loan_id: drawdown.loan_id,
        number: drawdown.loan_number.clone(),
        drawdown_id: drawdown.id,
        facility_id: facility.id,
        bank_id: facility.bank_id,
        bank_name: facility.bank_name.clone(),
        enterprise_id: drawdown.enterprise_id,
        enterprise_name: one.enterprise_name.clone(),
        industry: facility.industry.clone(),
        amount: drawdown.amount,
        annual_rate: facility.annual_rate,
        drawn_on: drawdown.drawn_on,
        matures_on: drawdown.matures_on,
        next_due_on: terms.first_due().map_err(|error| Fault::Invariant(error.to_string()))?,
        shares: one
            .shares
            .iter()
            .map(|share| SyndicateShare {
                bank_id: share.bank_id,
                bank_name: share.bank_name.clone(),
                share: share_of(share.bank_id),
                amount: share.amount,
            })
            .collect(),
        facility_version: one.version,
        facility_drawn: drawdown.facility.drawn,
        facility_reserved: drawdown.facility.reserved,
        member_drawn: drawdown.member.drawn,
        member_reserved: drawdown.member.reserved,
    }))
}
