//! Disposals, fund cover and appeals, summed by the database by bank and by month, and the ratios over them.

use std::collections::BTreeMap;

use contracts::OrgId;
use finance::{Money, MoneyError};
use identity::Scope;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    disposals::opened,
    figures::{bank_names, sum},
    model::ratio::{mean, ratio, ratio_of_counts},
    recoveries::{BankRecoveries, RecoveryFigures, RecoveryMonth},
};
use crate::read_model::{appeal, disposal_case, disposal_movement, fund_agreement, fund_movement, visible};

fn does_not_fit(error: MoneyError) -> Fault {
    Fault::Corrupt(error.to_string())
}

/// A bank's cases in one state.
#[derive(Debug, FromQueryResult)]
struct Cases {
    bank_id: Uuid,
    bank_name: String,
    status: String,
    cases: i64,
    claim_fen: i64,
    costs_fen: i64,
    proceeds_fen: i64,
    loss_fen: i64,
    compensated_fen: i64,
    written_off_fen: i64,
    recovered_fen: i64,
    returned_fen: i64,
}

async fn cases(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Cases>, Fault> {
    use disposal_case::Column as C;
    Ok(disposal_case::Entity::find()
        .select_only()
        .column(C::BankId)
        .column_as(Expr::col(C::BankName.as_column_ref()).max(), "bank_name")
        .column(C::Status)
        .column_as(Expr::col(C::Id.as_column_ref()).count(), "cases")
        .column_as(sum(C::ClaimFen), "claim_fen")
        .column_as(sum(C::CostsFen), "costs_fen")
        .column_as(sum(C::ProceedsFen), "proceeds_fen")
        .column_as(sum(C::LossFen), "loss_fen")
        .column_as(sum(C::CompensatedFen), "compensated_fen")
        .column_as(sum(C::WrittenOffFen), "written_off_fen")
        .column_as(sum(C::RecoveredFen), "recovered_fen")
        .column_as(sum(C::ReturnedFen), "returned_fen")
        .filter(visible(scope, C::BankId))
        .filter(opened())
        .group_by(C::BankId)
        .group_by(C::Status)
        .into_model()
        .all(conn)
        .await?)
}

/// A bank's agreements in one state.
#[derive(Debug, FromQueryResult)]
struct Agreements {
    bank_id: Uuid,
    bank_name: String,
    status: String,
    agreements: i64,
    commitment_fen: i64,
    paid_fen: i64,
    returned_fen: i64,
    pending_fen: i64,
}

async fn agreements(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Agreements>, Fault> {
    use fund_agreement::Column as C;
    Ok(fund_agreement::Entity::find()
        .select_only()
        .column(C::BankId)
        .column_as(Expr::col(C::BankName.as_column_ref()).max(), "bank_name")
        .column(C::Status)
        .column_as(Expr::col(C::Id.as_column_ref()).count(), "agreements")
        .column_as(sum(C::CommitmentFen), "commitment_fen")
        .column_as(sum(C::PaidFen), "paid_fen")
        .column_as(sum(C::ReturnedFen), "returned_fen")
        .column_as(sum(C::PendingFen), "pending_fen")
        .filter(visible(scope, C::BankId))
        .group_by(C::BankId)
        .group_by(C::Status)
        .into_model()
        .all(conn)
        .await?)
}

/// The appeals against a bank with one outcome.
#[derive(Debug, FromQueryResult)]
struct Appeals {
    bank_id: Uuid,
    bank_name: String,
    outcome: Option<String>,
    appeals: i64,
    days: i64,
}

async fn appeals(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Appeals>, Fault> {
    use appeal::Column as C;
    Ok(appeal::Entity::find()
        .select_only()
        .column(C::BankId)
        .column_as(Expr::col(C::BankName.as_column_ref()).max(), "bank_name")
        .column(C::Outcome)
        .column_as(Expr::col(C::ApplicationId.as_column_ref()).count(), "appeals")
        .column_as(sum(C::Days), "days")
        .filter(visible(scope, C::BankId))
        .filter(C::Known.eq(true))
        .group_by(C::BankId)
        .group_by(C::Outcome)
        .into_model()
        .all(conn)
        .await?)
}

/// The sums of a bank, with what its means are taken over.
#[derive(Debug, Default)]
struct Sums {
    name: String,
    figures: RecoveryFigures,
    appeal_days: i64,
}

fn add(sum: &mut Money, fen: i64) -> Result<(), Fault> {
    *sum = sum.checked_add(Money::from_fen(fen)).map_err(does_not_fit)?;
    Ok(())
}

impl Sums {
    fn add_cases(&mut self, row: &Cases) -> Result<(), Fault> {
        let of = &mut self.figures;
        of.cases += row.cases;
        if row.status != "closed" {
            of.open_cases += row.cases;
        }
        add(&mut of.claim, row.claim_fen)?;
        add(&mut of.costs, row.costs_fen)?;
        add(&mut of.proceeds, row.proceeds_fen)?;
        add(&mut of.loss, row.loss_fen)?;
        add(&mut of.compensated, row.compensated_fen)?;
        add(&mut of.written_off, row.written_off_fen)?;
        add(&mut of.recovered, row.recovered_fen)?;
        add(&mut of.returned, row.returned_fen)
    }

    fn add_agreements(&mut self, row: &Agreements) -> Result<(), Fault> {
        let of = &mut self.figures;
        add(&mut of.fund_paid, row.paid_fen)?;
        add(&mut of.fund_returned, row.returned_fen)?;
        add(&mut of.fund_pending, row.pending_fen)?;
        if row.status == "ended" {
            return Ok(());
        }
        of.agreements += row.agreements;
        if row.status == "stopped" {
            of.stopped_agreements += row.agreements;
        }
        add(&mut of.commitment, row.commitment_fen)?;
        add(&mut of.cover_left, row.commitment_fen)?;
        add(&mut of.cover_left, row.returned_fen)?;
        let paid = Money::from_fen(row.paid_fen);
        of.cover_left = of.cover_left.checked_sub(paid).map_err(does_not_fit)?;
        Ok(())
    }

    fn add_appeals(&mut self, row: &Appeals) {
        let of = &mut self.figures;
        of.appeals += row.appeals;
        match row.outcome.as_deref() {
            None => of.open_appeals += row.appeals,
            Some("reopened") => of.reopened += row.appeals,
            Some(_) => of.upheld += row.appeals,
        }
        if row.outcome.is_some() {
            self.appeal_days += row.days;
        }
    }

    /// The ratios over the sums.
    fn finished(self) -> Result<RecoveryFigures, Fault> {
        let mut of = self.figures;
        let back = of.proceeds.checked_add(of.recovered).map_err(does_not_fit)?;
        of.recovery_rate = ratio(back, of.claim);
        of.own_loss = of.loss.checked_sub(of.compensated).map_err(does_not_fit)?;
        of.fund_used = of.fund_paid.checked_sub(of.fund_returned).map_err(does_not_fit)?;
        let decided = of.upheld + of.reopened;
        of.reopened_share = ratio_of_counts(of.reopened, decided);
        of.average_days_to_decision = mean(self.appeal_days, decided);
        Ok(of)
    }
}

/// The figures of all banks together, and of each.
///
/// # Errors
/// The database's fault; a sum that does not fit.
pub(super) async fn by_bank(
    conn: &impl ConnectionTrait,
    scope: &Scope,
) -> Result<(RecoveryFigures, Vec<BankRecoveries>), Fault> {
    let mut banks: BTreeMap<Uuid, Sums> = BTreeMap::new();
    for named in bank_names(conn, scope).await? {
        banks.entry(named.bank_id).or_default().name = named.bank_name;
    }
    let mut all = Sums::default();
    for row in cases(conn, scope).await? {
        all.add_cases(&row)?;
        let bank = banks.entry(row.bank_id).or_default();
        bank.add_cases(&row)?;
        bank.name = row.bank_name;
    }
    for row in agreements(conn, scope).await? {
        all.add_agreements(&row)?;
        let bank = banks.entry(row.bank_id).or_default();
        bank.add_agreements(&row)?;
        bank.name = row.bank_name;
    }
    for row in appeals(conn, scope).await? {
        all.add_appeals(&row);
        let bank = banks.entry(row.bank_id).or_default();
        bank.add_appeals(&row);
        bank.name = row.bank_name;
    }
    let mut by_bank = Vec::with_capacity(banks.len());
    for (id, sums) in banks {
        let bank_name = sums.name.clone();
        by_bank.push(BankRecoveries { bank_id: OrgId::from_uuid(id), bank_name, figures: sums.finished()? });
    }
    by_bank.sort_by(|a, b| b.figures.claim.cmp(&a.figures.claim).then(a.bank_id.cmp(&b.bank_id)));
    Ok((all.finished()?, by_bank))
}

#[derive(Debug, FromQueryResult)]
struct OfMonth {
    month: String,
    kind: String,
    fen: i64,
}

#[derive(Debug, FromQueryResult)]
struct Made {
    month: String,
    appeals: i64,
}

/// What moved in each month.
///
/// # Errors
/// The database's fault; a sum that does not fit.
pub(super) async fn by_month(
    conn: &impl ConnectionTrait,
    scope: &Scope,
) -> Result<Vec<RecoveryMonth>, Fault> {
    let mut months: BTreeMap<String, RecoveryMonth> = BTreeMap::new();
    let moved: Vec<OfMonth> = disposal_movement::Entity::find()
        .select_only()
        .column_as(disposal_movement::Column::MovedMonth, "month")
        .column(disposal_movement::Column::Kind)
        .column_as(sum(disposal_movement::Column::AmountFen), "fen")
        .filter(visible(scope, disposal_movement::Column::BankId))
        .group_by(disposal_movement::Column::MovedMonth)
        .group_by(disposal_movement::Column::Kind)
        .into_model()
        .all(conn)
        .await?;
    for row in moved {
        let month = months.entry(row.month).or_default();
        if row.kind == "payment" {
            month.loss = month.loss.checked_sub(Money::from_fen(row.fen)).map_err(does_not_fit)?;
            continue;
        }
        let of = match row.kind.as_str() {
            "cost" => &mut month.costs,
            "proceeds" => &mut month.proceeds,
            "sharing" => &mut month.loss,
            "compensation" => &mut month.compensated,
            "write_off" => &mut month.written_off,
            "recovery" => &mut month.recovered,
            other => return Err(Fault::Corrupt(format!("a movement of a case of kind {other}"))),
        };
        add(of, row.fen)?;
    }
    let moved: Vec<OfMonth> = fund_movement::Entity::find()
        .select_only()
        .column_as(fund_movement::Column::BookedMonth, "month")
        .column(fund_movement::Column::Kind)
        .column_as(sum(fund_movement::Column::AmountFen), "fen")
        .filter(visible(scope, fund_movement::Column::FundId))
        .group_by(fund_movement::Column::BookedMonth)
        .group_by(fund_movement::Column::Kind)
        .into_model()
        .all(conn)
        .await?;
    for row in moved {
        let month = months.entry(row.month).or_default();
        let of = match row.kind.as_str() {
            "compensation" => &mut month.fund_paid,
            "recovery" => &mut month.fund_returned,
            "capital" | "replenishment" => &mut month.fund_capital,
            other => return Err(Fault::Corrupt(format!("a movement of a fund of kind {other}"))),
        };
        add(of, row.fen)?;
    }
    let made: Vec<Made> = appeal::Entity::find()
        .select_only()
        .column_as(appeal::Column::MadeMonth, "month")
        .column_as(Expr::col(appeal::Column::ApplicationId.as_column_ref()).count(), "appeals")
        .filter(visible(scope, appeal::Column::BankId))
        .filter(appeal::Column::Known.eq(true))
        .group_by(appeal::Column::MadeMonth)
        .into_model()
        .all(conn)
        .await?;
    for row in made {
        months.entry(row.month).or_default().appeals = row.appeals;
    }
    Ok(months.into_iter().map(|(month, figures)| RecoveryMonth { month, ..figures }).collect())
}
