//! The totals that `reconcile` holds against the services' own: per facility and per bank, to the fen.

use std::collections::BTreeMap;

use contracts::{FacilityId, OrgId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use uuid::Uuid;

use super::{figures::sum, recovery_sums};
use crate::read_model::{facility, loan, member, repayment};

/// What the read model says of one facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacilityTotals {
    /// The facility.
    pub facility_id: FacilityId,
    /// Its number.
    pub number: String,
    /// The (lead) bank.
    pub bank_id: OrgId,
    /// The limit.
    pub limit: Money,
    /// Drawn, by the facility's newest event.
    pub drawn: Money,
    /// Reserved, by the facility's newest event.
    pub reserved: Money,
    /// Drawn by its members together.
    pub members_drawn: Money,
    /// Outstanding principal of its loans.
    pub loans_outstanding: Money,
}

/// What the read model says of one bank.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankTotals {
    /// Principal ever lent.
    pub granted: Money,
    /// Principal repaid.
    pub repaid: Money,
    /// Interest received.
    pub interest: Money,
    /// Principal outstanding.
    pub outstanding: Money,
}

/// What the read model says of one bank's disposals, fund cover and appeals; named as pledge-svc names its own sums.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryTotals {
    /// Cases ever opened.
    pub cases: i64,
    /// Owed on the days they were opened.
    pub claim: Money,
    /// Costs that the bank paid.
    pub costs: Money,
    /// Proceeds of collateral, gross.
    pub proceeds: Money,
    /// Losses that were determined.
    pub loss: Money,
    /// Compensation received.
    pub compensated: Money,
    /// Principal written off.
    pub written_off: Money,
    /// Recovered after the losses were determined, gross.
    pub recovered: Money,
    /// Of the recoveries, what those who paid got back.
    pub returned: Money,
    /// Commitments of fund agreements that have not ended.
    pub commitment: Money,
    /// Compensation that funds paid.
    pub fund_paid: Money,
    /// Recoveries handed back to funds.
    pub fund_returned: Money,
    /// Claimed from funds and not decided.
    pub fund_pending: Money,
    /// Appeals against refusals.
    pub appeals: i64,
    /// Of them, not decided.
    pub open_appeals: i64,
}

/// Disposals, fund cover and appeals of every bank that has any, as the regulator's page shows them.
///
/// # Errors
/// The database's fault.
pub async fn recovery_totals(conn: &impl ConnectionTrait) -> Result<BTreeMap<OrgId, RecoveryTotals>, Fault> {
    let (_, shown) = recovery_sums::by_bank(conn, &Scope::system()).await?;
    let banks = shown.into_iter().map(|bank| {
        let of = bank.figures;
        let totals = RecoveryTotals {
            cases: of.cases,
            claim: of.claim,
            costs: of.costs,
            proceeds: of.proceeds,
            loss: of.loss,
            compensated: of.compensated,
            written_off: of.written_off,
            recovered: of.recovered,
            returned: of.returned,
            commitment: of.commitment,
            fund_paid: of.fund_paid,
            fund_returned: of.fund_returned,
            fund_pending: of.fund_pending,
            appeals: of.appeals,
            open_appeals: of.open_appeals,
        };
        (bank.bank_id, totals)
    });
    Ok(banks.filter(|(_, totals)| *totals != RecoveryTotals::default()).collect())
}

/// The read model's totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// By facility, in the order of their ids.
    pub facilities: Vec<FacilityTotals>,
    /// By bank.
    pub banks: BTreeMap<OrgId, BankTotals>,
}

#[derive(FromQueryResult)]
struct OfFacility {
    facility_id: Uuid,
    fen: i64,
}

#[derive(FromQueryResult)]
struct OfBank {
    bank_id: Uuid,
    first_fen: i64,
    second_fen: i64,
}

/// The totals of the whole suite as the read model has them.
///
/// # Errors
/// The database's fault.
pub async fn totals(conn: &impl ConnectionTrait) -> Result<Totals, Fault> {
    let members: Vec<OfFacility> = member::Entity::find()
        .select_only()
        .column(member::Column::FacilityId)
        .column_as(sum(member::Column::DrawnFen), "fen")
        .group_by(member::Column::FacilityId)
        .into_model()
        .all(conn)
        .await?;
    let loans: Vec<OfFacility> = loan::Entity::find()
        .select_only()
        .column(loan::Column::FacilityId)
        .column_as(sum(loan::Column::OutstandingFen), "fen")
        .filter(loan::Column::Known.eq(true))
        .group_by(loan::Column::FacilityId)
        .into_model()
        .all(conn)
        .await?;
    let amounts = |rows: Vec<OfFacility>| -> BTreeMap<Uuid, Money> {
        rows.into_iter().map(|row| (row.facility_id, Money::from_fen(row.fen))).collect()
    };
    let (members, loans) = (amounts(members), amounts(loans));
    let of = |amounts: &BTreeMap<Uuid, Money>, id: Uuid| amounts.get(&id).copied().unwrap_or(Money::ZERO);
    let facilities = facility::Entity::find()
        .filter(facility::Column::StateVersion.gt(0))
        .order_by_asc(facility::Column::Id)
        .all(conn)
        .await?;
    let facilities = facilities
        .into_iter()
        .map(|row| FacilityTotals {
            facility_id: row.id.into(),
            number: row.number,
            bank_id: row.bank_id.into(),
            limit: Money::from_fen(row.limit_fen),
            drawn: Money::from_fen(row.drawn_fen),
            reserved: Money::from_fen(row.reserved_fen),
            members_drawn: of(&members, row.id),
            loans_outstanding: of(&loans, row.id),
        })
        .collect();
    Ok(Totals { facilities, banks: banks(conn).await? })
}

async fn banks(conn: &impl ConnectionTrait) -> Result<BTreeMap<OrgId, BankTotals>, Fault> {
    let lent: Vec<OfBank> = loan::Entity::find()
        .select_only()
        .column(loan::Column::BankId)
        .column_as(sum(loan::Column::PrincipalFen), "first_fen")
        .column_as(sum(loan::Column::OutstandingFen), "second_fen")
        .filter(loan::Column::Known.eq(true))
        .group_by(loan::Column::BankId)
        .into_model()
        .all(conn)
        .await?;
    let paid: Vec<OfBank> = repayment::Entity::find()
        .select_only()
        .column(repayment::Column::BankId)
        .column_as(sum(repayment::Column::PrincipalFen), "first_fen")
        .column_as(sum(repayment::Column::InterestFen), "second_fen")
        .group_by(repayment::Column::BankId)
        .into_model()
        .all(conn)
        .await?;
    let mut banks: BTreeMap<OrgId, BankTotals> = BTreeMap::new();
    for row in lent {
        let bank = banks.entry(row.bank_id.into()).or_default();
        bank.granted = Money::from_fen(row.first_fen);
        bank.outstanding = Money::from_fen(row.second_fen);
    }
    for row in paid {
        let bank = banks.entry(row.bank_id.into()).or_default();
        bank.repaid = Money::from_fen(row.first_fen);
        bank.interest = Money::from_fen(row.second_fen);
    }
    Ok(banks)
}
