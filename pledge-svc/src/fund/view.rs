//! Funds, agreements, entries and instructions as the API shows them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{CompensationId, FacilityId, FundAgreementId, FundId, FundInstructionId, OrgId, OrgKind};
use finance::{Money, MoneyError, Rate};
use identity::Scope;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    exposure,
    model::{
        Agreement, AgreementStatus, AgreementTerms, EntryKind, Exposure, Fund, Instruction, Order, Outcome,
        Standing, StopCause,
    },
    store,
};
use crate::books::accounts::BANK_BALANCES;

/// A fund.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FundView {
    /// The fund; its organisation's id.
    pub id: FundId,
    /// Its name.
    pub name: String,
    /// Who set it up.
    pub sponsor: String,
    /// The day it was opened.
    pub opened_on: NaiveDate,
    /// Its account: for the fund itself and the regulator.
    pub account: Option<FundAccount>,
    /// Principal covered by the agreements that the reader sees.
    pub covered: Money,
    /// Of it, non-performing.
    pub non_performing: Money,
    /// The most that those agreements may cover.
    pub capacity: Money,
    /// What they may still cover.
    pub room: Money,
    /// Covered ÷ what is left of the commitments.
    pub leverage: Option<Rate>,
    /// Covered ÷ capacity.
    pub utilisation: Option<Rate>,
    /// How many agreements are active.
    pub active_agreements: u32,
    /// How many are stopped by the circuit breaker.
    pub stopped_agreements: u32,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// A fund's account.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FundAccount {
    /// Paid in, replenishment included.
    pub capital: Money,
    /// Compensation paid.
    pub paid: Money,
    /// Recoveries handed back.
    pub recovered: Money,
    /// Capital and recoveries less compensation.
    pub balance: Money,
    /// Promised to banks.
    pub committed: Money,
    /// Promised to nobody.
    pub free: Money,
    /// The balance of bank balances in the fund's ledger book.
    pub ledger_balance: Money,
    /// Whether the two are equal.
    pub agrees: bool,
}

/// An agreement.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = FundAgreementView)]
pub struct AgreementView {
    /// Its id.
    pub id: FundAgreementId,
    /// Its number, for people.
    pub number: String,
    /// The fund.
    pub fund_id: FundId,
    /// Its name.
    pub fund_name: String,
    /// The bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The one facility covered; absent where all of the bank's are that name the fund.
    pub facility_id: Option<FacilityId>,
    /// Its name.
    pub facility_name: Option<String>,
    /// What is agreed.
    #[serde(flatten)]
    pub terms: AgreementTerms,
    /// Where it is.
    pub status: AgreementStatus,
    /// Why the circuit breaker stopped it.
    pub stop_cause: Option<StopCause>,
    /// The ratio that did.
    pub stop_ratio: Option<Rate>,
    /// The day it was stopped or ended.
    pub stopped_on: Option<NaiveDate>,
    /// Compensation paid.
    pub paid: Money,
    /// Recoveries handed back.
    pub returned: Money,
    /// Claimed and not decided.
    pub pending: Money,
    /// How it stands today.
    pub standing: Standing,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// A line of the fund's statement.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = FundEntryView)]
pub struct EntryView {
    /// Its id.
    pub id: Uuid,
    /// What moved.
    pub kind: EntryKind,
    /// How much.
    pub amount: Money,
    /// What the fund held after it; for the fund itself and the regulator.
    pub balance: Option<Money>,
    /// The agreement, for compensation and recoveries.
    pub agreement_id: Option<FundAgreementId>,
    /// The bank, for the same.
    pub bank_id: Option<OrgId>,
    /// The bank's claim, for the same.
    pub claim_id: Option<CompensationId>,
    /// Who paid or was paid.
    pub party: String,
    /// The paper behind it.
    pub reference: String,
    /// Who asked for it.
    pub maker: String,
    /// Who decided it.
    pub approver: String,
    /// Business date.
    pub booked_on: NaiveDate,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// Something that one person asks for and another decides.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = FundInstructionView)]
pub struct InstructionView {
    /// Its id.
    pub id: FundInstructionId,
    /// The fund.
    pub fund_id: FundId,
    /// What is asked for.
    pub order: Order,
    /// Where it is.
    pub status: Outcome,
    /// Who asked.
    pub maker: String,
    /// Who decided.
    pub approver: Option<String>,
    /// Why it was refused.
    pub refusal_reason: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Where the fund and the agreement that it is about stand, where it was read for itself: what `If-Match` of the
    /// decision names.
    #[serde(default)]
    pub version: Option<i64>,
}

/// Where a fund and an agreement stand, as one number. Each counts its changes, so that the sum is the same only while
/// neither has changed.
pub(super) fn version_of(fund: Option<&Fund>, agreement: Option<&Agreement>) -> i64 {
    fund.map_or(0, |fund| fund.version).saturating_add(agreement.map_or(0, |agreement| agreement.version))
}

/// An instruction that was found in scope, with the version of what it is about.
pub(super) async fn instruction(
    conn: &impl ConnectionTrait,
    one: Instruction,
) -> Result<(i64, InstructionView), Fault> {
    let system = Scope::system();
    let fund = store::find(conn, &system, one.fund_id).await?;
    let agreement = match one.order.agreement() {
        Some(id) => store::find_agreement(conn, &system, id).await?,
        None => None,
    };
    let version = version_of(fund.as_ref(), agreement.as_ref());
    Ok((version, InstructionView { version: Some(version), ..one.into() }))
}

impl From<Instruction> for InstructionView {
    fn from(one: Instruction) -> Self {
        Self {
            id: one.id,
            fund_id: one.fund_id,
            order: one.order,
            status: one.status,
            maker: one.maker,
            approver: one.approver,
            refusal_reason: one.reason,
            created_at: one.created_at,
            decided_at: one.decided_at,
            version: None,
        }
    }
}

fn broken(error: MoneyError) -> Fault {
    Fault::Invariant(error.to_string())
}

fn agreement_view(one: Agreement, exposure: Exposure, on: NaiveDate) -> Result<AgreementView, Fault> {
    let standing = one.standing(exposure, on).map_err(broken)?;
    Ok(AgreementView {
        id: one.id,
        number: one.number,
        fund_id: one.fund_id,
        fund_name: one.fund_name,
        bank_id: one.bank_id,
        bank_name: one.bank_name,
        facility_id: one.facility_id,
        facility_name: one.facility_name,
        terms: one.terms,
        status: one.status,
        stop_cause: one.stop_cause,
        stop_ratio: one.stop_ratio,
        stopped_on: one.stopped_on,
        paid: one.paid,
        returned: one.returned,
        pending: one.pending,
        standing,
        version: one.version,
    })
}

/// Agreements with how they stand today.
pub(super) async fn agreements(
    conn: &impl ConnectionTrait,
    found: Vec<Agreement>,
    on: NaiveDate,
) -> Result<Vec<AgreementView>, Fault> {
    let mut exposures: HashMap<FundAgreementId, Exposure> = exposure::of_each(conn, &found, on).await?;
    found
        .into_iter()
        .map(|one| {
            let exposure = exposures.remove(&one.id).unwrap_or_default();
            agreement_view(one, exposure, on)
        })
        .collect()
}

/// One agreement with how it stands today.
pub(super) async fn agreement(
    conn: &impl ConnectionTrait,
    one: Agreement,
    on: NaiveDate,
) -> Result<AgreementView, Fault> {
    let exposure = exposure::of(conn, &one, on).await?;
    agreement_view(one, exposure, on)
}

/// A fund as the reader may see it.
pub(super) async fn fund(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    fund: Fund,
    on: NaiveDate,
) -> Result<FundView, Fault> {
    let open = agreements(conn, store::list_open(conn, scope, fund.id).await?, on).await?;
    let sum =
        |of: fn(&Standing) -> Money| Money::total(open.iter().map(|one| of(&one.standing))).map_err(broken);
    let (covered, capacity) = (sum(|one| one.covered)?, sum(|one| one.capacity)?);
    let left = sum(|one| one.commitment_left)?;
    let count =
        |status| u32::try_from(open.iter().filter(|one| one.status == status).count()).unwrap_or(u32::MAX);
    let own = scope.sees_all() || scope.kind() == OrgKind::Fund;
    Ok(FundView {
        account: if own { Some(account(conn, &fund, on).await?) } else { None },
        covered,
        non_performing: sum(|one| one.non_performing)?,
        capacity,
        room: sum(|one| one.room)?,
        leverage: covered.ratio_of(left),
        utilisation: covered.ratio_of(capacity),
        active_agreements: count(AgreementStatus::Active),
        stopped_agreements: count(AgreementStatus::Stopped),
        id: fund.id,
        name: fund.name,
        sponsor: fund.sponsor,
        opened_on: fund.opened_on,
        version: fund.version,
    })
}

async fn account(conn: &impl ConnectionTrait, fund: &Fund, on: NaiveDate) -> Result<FundAccount, Fault> {
    let balances = ledger::store::trial_balance(conn, OrgId::from_uuid(fund.id.uuid()), on).await?;
    let held = balances.into_iter().find(|row| row.account == BANK_BALANCES.code);
    let ledger_balance = match held {
        None => Money::ZERO,
        Some(row) => row.debit.checked_sub(row.credit).map_err(broken)?,
    };
    let balance = fund.balance().map_err(broken)?;
    Ok(FundAccount {
        capital: fund.capital,
        paid: fund.paid,
        recovered: fund.recovered,
        balance,
        committed: fund.committed,
        free: fund.free().map_err(broken)?,
        ledger_balance,
        agrees: balance == ledger_balance,
    })
}

/// A line of the statement as the reader may see it.
pub(super) fn entry(scope: &Scope, row: store::entry::Model) -> Result<EntryView, Fault> {
    let own = scope.sees_all() || scope.kind() == OrgKind::Fund;
    Ok(EntryView {
        kind: EntryKind::parse(&row.kind)
            .ok_or_else(|| Fault::Corrupt(format!("kind {} of fund entry {}", row.kind, row.id)))?,
        id: row.id,
        amount: Money::from_fen(row.amount_fen),
        balance: own.then(|| Money::from_fen(row.balance_fen)),
        agreement_id: row.agreement_id.map(Into::into),
        bank_id: row.bank_id.map(Into::into),
        claim_id: row.claim_id.map(Into::into),
        party: row.party,
        reference: row.reference,
        maker: row.maker,
        approver: row.approver,
        booked_on: row.booked_on,
        created_at: row.created_at,
    })
}
