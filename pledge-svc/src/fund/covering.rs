//! Which funds cover what is drawn, decided in the act of the draw: the agreements that stand for a line are locked, so
//! that none is stopped, changed or filled beside it, and whichever covers new loans that day covers this one. What is
//! drawn before or after an agreement's days, while it is stopped, or beyond its leverage is lent all the same where the
//! line admits it, and is not the fund's.
//!
//! Locks: after the facility and its member, in the order of the agreements' ids. Lines that no fund may cover do not ask.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use contracts::{DrawdownId, FacilityId, FundAgreementId, FundId, LoanId, OrgId};
use finance::Money;
use identity::Scope;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, Tx, bulk::padded};
use utoipa::ToSchema;

use super::{
    exposure,
    model::{Agreement, Exposure, Refusal},
    store::{self, covered::row},
};
use crate::facility;

/// The agreements that stand for some lines, under lock, as the draws of the batch fill them.
#[derive(Debug, Default)]
pub(crate) struct Covering {
    /// The funds that the terms of each line name.
    named: HashSet<(FacilityId, FundId)>,
    of_line: HashMap<FacilityId, Vec<FundAgreementId>>,
    agreements: BTreeMap<FundAgreementId, (Agreement, Exposure)>,
}

/// An agreement that covers a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Covered {
    fund: FundId,
    agreement: FundAgreementId,
}

impl Covering {
    /// Locks what stands for lines of banks that are locked; asks nothing where there are none.
    ///
    /// # Errors
    /// The database's fault.
    pub(crate) async fn read(tx: &Tx, lines: &[(FacilityId, OrgId)]) -> Result<Self, Fault> {
        if lines.is_empty() {
            return Ok(Self::default());
        }
        let named: HashSet<(FacilityId, FundId)> =
            facility::funds_named(tx.conn(), padded(lines.iter().map(|(line, _)| *line))).await?;
        let ids: Vec<FacilityId> = lines.iter().map(|(line, _)| *line).collect();
        let banks: Vec<OrgId> = lines.iter().map(|(_, bank)| *bank).collect();
        let funds: Vec<FundId> = named.iter().map(|(_, fund)| *fund).collect();
        let standing = store::lock_standing_for(tx, &ids, &banks, &funds).await?;
        let mut exposures = exposure::covered_by_each(tx.conn(), &standing).await?;
        let of_line = lines.iter().map(|(line, bank)| (*line, standing_for(&standing, &named, *line, *bank)));
        let of_line = of_line.collect();
        Ok(Self {
            named,
            of_line,
            agreements: standing
                .into_iter()
                .map(|one| {
                    let exposure = exposures.remove(&one.id).unwrap_or_default();
                    (one.id, (one, exposure))
                })
                .collect(),
        })
    }

    /// What is left of the leverage of a fund named by a line's terms that covers new loans that day, and not as much as
    /// this: the least of it. `None` where none is short.
    pub(crate) fn short_of(&self, line: FacilityId, amount: Money, on: NaiveDate) -> Option<Money> {
        let standing = self.of_line.get(&line).into_iter().flatten();
        let named = standing
            .filter_map(|id| self.agreements.get(id))
            .filter(|(agreement, _)| self.named.contains(&(line, agreement.fund_id)));
        let short = named.filter_map(|(agreement, exposure)| match agreement.covers(amount, *exposure, on) {
            Err(Refusal::BeyondLeverage { room, .. }) => Some(room),
            _ => None,
        });
        short.min()
    }

    /// What of an amount lent on a line is covered by those that cover it: all, where every fund does on which the line
    /// counts, else nothing. `None` where it counts on none.
    pub(crate) fn of(&self, line: FacilityId, amount: Money, by: &[Covered]) -> Option<Money> {
        let standing = self.of_line.get(&line).into_iter().flatten();
        let standing = standing.filter_map(|id| self.agreements.get(id)).map(|(one, _)| one.fund_id);
        let named = self.named.iter().filter(|(of, _)| *of == line).map(|(_, fund)| *fund);
        let funds: HashSet<FundId> = standing.chain(named).collect();
        if funds.is_empty() {
            return None;
        }
        let whole = funds.iter().all(|fund| by.iter().any(|covered| covered.fund == *fund));
        Some(if whole { amount } else { Money::ZERO })
    }

    /// The agreements that cover an amount newly lent on a line; it counts against their leverage from then on.
    ///
    /// # Errors
    /// A sum beyond the range of amounts.
    pub(crate) fn take(
        &mut self,
        line: FacilityId,
        amount: Money,
        on: NaiveDate,
    ) -> Result<Vec<Covered>, Fault> {
        let mut covered = Vec::new();
        for id in self.of_line.get(&line).into_iter().flatten() {
            let Some((agreement, exposure)) = self.agreements.get_mut(id) else { continue };
            if agreement.covers(amount, *exposure, on).is_err() {
                continue;
            }
            exposure.covered = exposure
                .covered
                .checked_add(amount)
                .map_err(|error| Fault::Invariant(format!("what agreement {id} covers: {error}")))?;
            covered.push(Covered { fund: agreement.fund_id, agreement: *id });
        }
        Ok(covered)
    }
}

/// The agreement of each fund that stands for a line: the one made for it alone, else the one for all of the bank's that
/// name the fund.
fn standing_for(
    agreements: &[Agreement],
    named: &HashSet<(FacilityId, FundId)>,
    line: FacilityId,
    bank: OrgId,
) -> Vec<FundAgreementId> {
    let own = |one: &&Agreement| one.facility_id == Some(line);
    let own_funds: HashSet<FundId> = agreements.iter().filter(own).map(|one| one.fund_id).collect();
    let stands = |one: &&Agreement| {
        own(one)
            || (one.facility_id.is_none()
                && one.bank_id == bank
                && named.contains(&(line, one.fund_id))
                && !own_funds.contains(&one.fund_id))
    };
    agreements.iter().filter(stands).map(|one| one.id).collect()
}

/// The row of a draw that an agreement covers, to be written.
pub(crate) type CoverRow = row::ActiveModel;

/// The row of a draw that an agreement covers.
pub(crate) fn cover_row(
    covered: Covered,
    (loan, drawdown): (LoanId, DrawdownId),
    amount: Money,
    on: NaiveDate,
) -> CoverRow {
    row::ActiveModel {
        drawdown_id: Set(drawdown.uuid()),
        agreement_id: Set(covered.agreement.uuid()),
        fund_id: Set(covered.fund.uuid()),
        loan_id: Set(loan.uuid()),
        amount_fen: Set(amount.fen()),
        drawn_on: Set(on),
        settled: Set(false),
    }
}

/// What covers a loan is no longer counted once it is settled or written off, and is again when it owes again.
///
/// # Errors
/// The database's fault.
pub(crate) async fn follow_loan(tx: &Tx, loan: LoanId, settled: bool) -> Result<(), Fault> {
    store::covered::follow(tx.conn(), loan, settled).await
}

/// Writes which agreements cover a single draw.
///
/// # Errors
/// The database's fault.
pub(crate) async fn record_cover(
    tx: &Tx,
    covered: &[Covered],
    ids: (LoanId, DrawdownId),
    amount: Money,
) -> Result<(), Fault> {
    if covered.is_empty() {
        return Ok(());
    }
    let rows = covered.iter().map(|one| cover_row(*one, ids, amount, tx.business_date()));
    row::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// What an agreement covers of a loan, as the loan's page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LoanCover)]
pub struct CoveredBy {
    /// The agreement.
    pub agreement_id: FundAgreementId,
    /// Its number, for people.
    pub number: String,
    /// The fund.
    pub fund_id: FundId,
    /// Its name.
    pub fund_name: String,
    /// What was drawn while it covered new loans.
    pub amount: Money,
}

/// The agreements that covered loans, found in scope, when they were drawn.
///
/// # Errors
/// The database's fault.
pub async fn covered_by(
    conn: &impl ConnectionTrait,
    loans: &[LoanId],
) -> Result<HashMap<LoanId, Vec<CoveredBy>>, Fault> {
    let rows = store::covered_loans(conn, loans).await?;
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: HashSet<FundAgreementId> = rows.iter().map(|row| row.agreement).collect();
    let ids: Vec<FundAgreementId> = ids.into_iter().collect();
    let agreements: HashMap<FundAgreementId, Agreement> =
        store::list_agreements(conn, &Scope::system(), &ids)
            .await?
            .into_iter()
            .map(|one| (one.id, one))
            .collect();
    let mut covers: HashMap<LoanId, Vec<CoveredBy>> = HashMap::new();
    for row in rows {
        let Some(agreement) = agreements.get(&row.agreement) else { continue };
        covers.entry(row.loan).or_default().push(CoveredBy {
            agreement_id: agreement.id,
            number: agreement.number.clone(),
            fund_id: agreement.fund_id,
            fund_name: agreement.fund_name.clone(),
            amount: row.amount,
        });
    }
    Ok(covers)
}
