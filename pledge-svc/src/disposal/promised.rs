//! Who has promised to bear a part of a loan's loss: the members' margin, those who cover its facility, the pool's deposits
//! behind them, and those whom the bank names beside; each within what it has left today. Of a fund, what counts is which
//! agreement covered the loan when it was drawn; of an insurer, which policy covered it when the borrower defaulted.

use chrono::NaiveDate;
use contracts::OrgId;
use finance::{LossLayer, Money, Rate};
use http_kit::ActError;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::{
    model::{
        Absent, Case, Guarantee, Refusal, Sharer, Sharing,
        guarantee::{self, default_day},
        sharing::Promised,
    },
    pool, store,
    today::LoanNow,
};
use crate::{
    facility::{self, CoverParty, DepositKind, LossCover},
    fund::{self, Bearer, FundCover},
};

/// Before the first turn that an agreement can give.
const MARGIN_RANK: u32 = 0;

/// What stands behind those who promise: of a fund, which agreements covered the loan; of an insurer, its policies.
struct Behind<'a> {
    case: &'a Case,
    funds: Vec<FundCover>,
    guarantees: Vec<Guarantee>,
    /// The day of the default.
    defaulted_on: NaiveDate,
    /// Principal that is owed.
    principal: Money,
}

/// The promises for a case.
pub(super) async fn promised(
    conn: &impl ConnectionTrait,
    case: &Case,
    sharing: &Sharing,
    loan: &LoanNow,
    on: NaiveDate,
) -> Result<Vec<Promised>, ActError> {
    let terms = facility::loss_terms(conn, &Scope::system(), case.facility_id)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("the facility of case {}", case.id)))?;
    let behind = behind(conn, case, loan, on).await?;
    let mut promised = Vec::new();
    for one in &terms.cover {
        let sharer = covering(one);
        if one.ended(on) {
            promised.push(Promised::absent(sharer, Absent::GuaranteeEnded));
            continue;
        }
        let found = held_down(conn, &behind, &sharer).await?;
        if found.is_empty() {
            // The facility names a fund that did not cover this loan when it was drawn, or an insurer that did not insure it
            // when the borrower defaulted: it bears nothing.
            let why = if sharer.bearer == Bearer::Fund { Absent::NoAgreement } else { Absent::NoPolicy };
            promised.push(Promised::absent(sharer, why));
        } else {
            promised.extend(found);
        }
    }
    for sharer in &sharing.also {
        let found = held_down(conn, &behind, sharer).await?;
        if found.is_empty() {
            return Err(nothing_behind(sharer, behind.defaulted_on).into());
        }
        promised.extend(found);
    }
    let margin = pool::balance(conn, case, DepositKind::Margin).await?;
    if margin.is_positive() && !promised.iter().any(|one| one.sharer.bearer == Bearer::Margin) {
        promised.extend(held_down(conn, &behind, &deposits(Bearer::Margin, MARGIN_RANK)).await?);
    }
    if terms.liability.is_joint() && !promised.iter().any(|one| one.sharer.bearer == Bearer::Pool) {
        let last = promised.iter().map(|one| one.sharer.rank).max().unwrap_or(0);
        promised.extend(held_down(conn, &behind, &deposits(Bearer::Pool, last + 1)).await?);
    }
    Ok(promised)
}

async fn behind<'a>(
    conn: &impl ConnectionTrait,
    case: &'a Case,
    loan: &LoanNow,
    on: NaiveDate,
) -> Result<Behind<'a>, Fault> {
    let loans = [case.loan_id];
    let funds = fund::covers_of_loans(conn, &loans, on).await?.remove(&case.loan_id);
    let guarantees = store::list_guarantees(conn, &Scope::system(), &loans).await?.remove(&case.loan_id);
    let accelerated_on = loan.row.accelerated_on;
    Ok(Behind {
        case,
        funds: funds.unwrap_or_default(),
        guarantees: guarantees.unwrap_or_default(),
        defaulted_on: default_day(loan.owing.overdue_days, accelerated_on, Some(case.opened_on), on),
        principal: loan.outstanding,
    })
}

fn nothing_behind(sharer: &Sharer, defaulted_on: NaiveDate) -> Refusal {
    let name = sharer.name.clone();
    match sharer.bearer {
        Bearer::Insurer => Refusal::NoPolicy { name, on: defaulted_on },
        _ => Refusal::NoFundAgreement { name },
    }
}

/// A promise within what the party has left: the pool's deposits; of a fund, each agreement that covered the loan when
/// it was drawn, by the part that was drawn under it, and nothing for a fund that covered none of it; of an insurer, the
/// policy that covered the loan on the day of the default, and nothing without one.
async fn held_down(
    conn: &impl ConnectionTrait,
    behind: &Behind<'_>,
    sharer: &Sharer,
) -> Result<Vec<Promised>, ActError> {
    if let Some(kind) = pool::kind_of(sharer.bearer) {
        let plain = Promised::plain(sharer.clone());
        let balance = Some(pool::balance(conn, behind.case, kind).await?);
        return Ok(vec![Promised { layer: LossLayer { balance, ..plain.layer }, ..plain }]);
    }
    match (sharer.bearer, sharer.party_id) {
        (Bearer::Fund, Some(fund)) => Ok(under_agreements(behind, sharer, fund)),
        (Bearer::Insurer, Some(insurer)) => Ok(under_policy(behind, sharer, insurer)?.into_iter().collect()),
        (Bearer::Insurer, None) => {
            // Who insures the loan here is not entered by hand beside its policy: its cover would count twice.
            if behind.guarantees.iter().any(|one| one.insurer_name.trim() == sharer.name.trim()) {
                return Err(Refusal::InsurerOnPlatform { name: sharer.name.clone() }.into());
            }
            Ok(vec![Promised::plain(sharer.clone())])
        }
        _ => Ok(vec![Promised::plain(sharer.clone())]),
    }
}

fn under_agreements(behind: &Behind<'_>, sharer: &Sharer, fund: OrgId) -> Vec<Promised> {
    let of_fund = behind.funds.iter().filter(|cover| cover.agreement.fund_id.uuid() == fund.uuid());
    let bounded = fund::bounded_together(of_fund, &sharer.layer()).into_iter();
    let promised = bounded.map(|(cover, layer)| Promised {
        layer,
        agreement_id: Some(cover.agreement.id),
        ..Promised::plain(sharer.clone())
    });
    promised.collect()
}

fn under_policy(behind: &Behind<'_>, sharer: &Sharer, insurer: OrgId) -> Result<Option<Promised>, Refusal> {
    let parties = (insurer, behind.case.bank_id);
    let Some(policy) = guarantee::covering(&behind.guarantees, parties, behind.defaulted_on) else {
        return Ok(None);
    };
    Ok(Some(Promised {
        layer: policy.bounded(sharer.layer(), behind.principal)?,
        policy_id: Some(policy.policy_id),
        ..Promised::plain(sharer.clone())
    }))
}

/// The promise on the facility as a sharer of the loss.
fn covering(one: &LossCover) -> Sharer {
    // A fund's id is its organisation's.
    let party: OrgId =
        one.party.fund().map_or_else(|| one.party.organisation(), |fund| OrgId::from_uuid(fund.uuid()));
    Sharer {
        bearer: match one.party {
            CoverParty::Fund { .. } => Bearer::Fund,
            CoverParty::GuaranteeInsurer { .. } => Bearer::Insurer,
            CoverParty::Guarantor { .. } => Bearer::Guarantor,
            CoverParty::Reguarantor { .. } => Bearer::Reguarantor,
            CoverParty::Appraiser { .. } => Bearer::Appraiser,
        },
        party_id: Some(party),
        name: one.name.clone(),
        rank: one.rank,
        share: one.share_of_loss,
        cap: one.cap,
        deductible: one.deductible,
        paper: one.contract.clone(),
    }
}

/// Deposits of members: those of members who answer for each other bear what the covers leave; margin is the borrowers'
/// own money in the place of collateral, and bears before anybody else does.
fn deposits(bearer: Bearer, rank: u32) -> Sharer {
    Sharer {
        bearer,
        party_id: None,
        name: bearer.name_zh().to_owned(),
        rank,
        share: Rate::ONE,
        cap: None,
        deductible: Money::ZERO,
        paper: None,
    }
}
