//! Rows as the rules see them, and back.

use contracts::FundId;
use finance::{Money, Rate};
use sea_orm::ActiveValue::Set;
use tx_kit::Fault;
use uuid::Uuid;

use super::entities::{agreement, fund, instruction};
use crate::fund::model::{Agreement, AgreementStatus, AgreementTerms, Fund, Instruction, Outcome, StopCause};

/// The fund of a row.
pub(super) fn fund_of(row: fund::Model) -> Fund {
    Fund {
        id: FundId::from_uuid(row.id),
        name: row.name,
        sponsor: row.sponsor,
        opened_on: row.opened_on,
        capital: Money::from_fen(row.capital_fen),
        paid: Money::from_fen(row.paid_fen),
        recovered: Money::from_fen(row.recovered_fen),
        committed: Money::from_fen(row.committed_fen),
        version: row.version,
    }
}

/// The whole row of a fund.
pub(super) fn fund_row(fund: &Fund) -> fund::ActiveModel {
    fund::ActiveModel {
        id: Set(fund.id.uuid()),
        name: Set(fund.name.clone()),
        sponsor: Set(fund.sponsor.clone()),
        opened_on: Set(fund.opened_on),
        capital_fen: Set(fund.capital.fen()),
        paid_fen: Set(fund.paid.fen()),
        recovered_fen: Set(fund.recovered.fen()),
        committed_fen: Set(fund.committed.fen()),
        version: Set(fund.version),
    }
}

/// The agreement of a row.
pub(super) fn agreement_of(row: agreement::Model) -> Result<Agreement, Fault> {
    let id = row.id;
    let rate = |text: &str| -> Result<Rate, Fault> {
        text.parse().map_err(|_| Fault::Corrupt(format!("rate {text} of fund agreement {id}")))
    };
    Ok(Agreement {
        terms: AgreementTerms {
            commitment: Money::from_fen(row.commitment_fen),
            leverage_max: rate(&row.leverage_max)?,
            share_max: rate(&row.share_max)?,
            cap_per_claim: row.cap_per_claim_fen.map(Money::from_fen),
            cap_per_year: row.cap_per_year_fen.map(Money::from_fen),
            deductible: Money::from_fen(row.deductible_fen),
            threshold: rate(&row.threshold)?,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
        },
        status: AgreementStatus::parse(&row.status)
            .ok_or_else(|| Fault::Corrupt(format!("status {} of fund agreement {id}", row.status)))?,
        stop_cause: row
            .stop_cause
            .map(|text| {
                StopCause::parse(&text)
                    .ok_or_else(|| Fault::Corrupt(format!("stop {text} of fund agreement {id}")))
            })
            .transpose()?,
        stop_ratio: row.stop_ratio.as_deref().map(rate).transpose()?,
        stopped_on: row.stopped_on,
        id: id.into(),
        number: row.number,
        fund_id: FundId::from_uuid(row.fund_id),
        fund_name: row.fund_name,
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        facility_id: row.facility_id.map(Into::into),
        facility_name: row.facility_name,
        paid: Money::from_fen(row.paid_fen),
        returned: Money::from_fen(row.returned_fen),
        pending: Money::from_fen(row.pending_fen),
        version: row.version,
    })
}

/// The whole row of an agreement.
pub(super) fn agreement_row(one: &Agreement) -> agreement::ActiveModel {
    let terms = &one.terms;
    agreement::ActiveModel {
        id: Set(one.id.uuid()),
        number: Set(one.number.clone()),
        fund_id: Set(one.fund_id.uuid()),
        fund_name: Set(one.fund_name.clone()),
        bank_id: Set(one.bank_id.uuid()),
        bank_name: Set(one.bank_name.clone()),
        facility_id: Set(one.facility_id.map(contracts::FacilityId::uuid)),
        facility_name: Set(one.facility_name.clone()),
        commitment_fen: Set(terms.commitment.fen()),
        leverage_max: Set(terms.leverage_max.to_string()),
        share_max: Set(terms.share_max.to_string()),
        cap_per_claim_fen: Set(terms.cap_per_claim.map(Money::fen)),
        cap_per_year_fen: Set(terms.cap_per_year.map(Money::fen)),
        deductible_fen: Set(terms.deductible.fen()),
        threshold: Set(terms.threshold.to_string()),
        starts_on: Set(terms.starts_on),
        ends_on: Set(terms.ends_on),
        status: Set(one.status.name().to_owned()),
        stop_cause: Set(one.stop_cause.map(|cause| cause.name().to_owned())),
        stop_ratio: Set(one.stop_ratio.map(|ratio| ratio.to_string())),
        stopped_on: Set(one.stopped_on),
        paid_fen: Set(one.paid.fen()),
        returned_fen: Set(one.returned.fen()),
        pending_fen: Set(one.pending.fen()),
        version: Set(one.version),
    }
}

/// The instruction of a row.
pub(super) fn instruction_of(row: instruction::Model) -> Result<Instruction, Fault> {
    Ok(Instruction {
        status: Outcome::parse(&row.status)
            .ok_or_else(|| Fault::Corrupt(format!("status {} of fund instruction {}", row.status, row.id)))?,
        id: row.id.into(),
        fund_id: FundId::from_uuid(row.fund_id),
        order: serde_json::from_str(&row.content)?,
        maker_id: row.maker_id.into(),
        maker: row.maker,
        approver: row.approver,
        reason: row.reason,
        created_at: row.created_at,
        decided_at: row.decided_at,
    })
}

/// The whole row of an instruction.
pub(super) fn instruction_row(one: &Instruction) -> Result<instruction::ActiveModel, Fault> {
    Ok(instruction::ActiveModel {
        id: Set(one.id.uuid()),
        fund_id: Set(one.fund_id.uuid()),
        kind: Set(one.order.name().to_owned()),
        agreement_id: Set(one.order.agreement().map(Uuid::from)),
        content: Set(serde_json::to_string(&one.order)?),
        status: Set(one.status.name().to_owned()),
        maker_id: Set(one.maker_id.uuid()),
        maker: Set(one.maker.clone()),
        approver: Set(one.approver.clone()),
        reason: Set(one.reason.clone()),
        created_at: Set(one.created_at),
        decided_at: Set(one.decided_at),
    })
}
