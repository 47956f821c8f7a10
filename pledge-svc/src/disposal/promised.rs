//! Who has promised to bear a part of a loan's loss: the members' margin, those who cover its facility, the pool's deposits
//! behind them, and those whom the bank names beside; each within what it has left today. Of a fund, what counts is which
//! agreement covered the loan when it was drawn.

use chrono::NaiveDate;
use contracts::OrgId;
use finance::{LossLayer, Money, Rate};
use http_kit::ActError;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::{
    model::{Case, Refusal, Sharer, Sharing, sharing::Promised},
    pool,
};
use crate::{
    facility::{self, CoverParty, DepositKind, LossCover},
    fund::{self, Bearer, FundCover},
};

/// Before the first turn that an agreement can give.
const MARGIN_RANK: u32 = 0;

/// The promises for a case.
pub(super) async fn promised(
    conn: &impl ConnectionTrait,
    case: &Case,
    sharing: &Sharing,
    on: NaiveDate,
) -> Result<Vec<Promised>, ActError> {
    let terms = facility::loss_terms(conn, &Scope::system(), case.facility_id)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("the facility of case {}", case.id)))?;
    let covered = fund::covers_of_loans(conn, &[case.loan_id], on).await?.remove(&case.loan_id);
    let covered = covered.unwrap_or_default();
    let mut promised = Vec::new();
    for one in &terms.cover {
        let sharer = covering(one);
        let found = held_down(conn, case, &covered, &sharer).await?;
        if found.is_empty() {
            // The facility names a fund that did not cover this loan when it was drawn: it bears nothing.
            promised.push(Promised {
                layer: LossLayer { balance: Some(Money::ZERO), ..sharer.layer() },
                sharer,
                agreement_id: None,
            });
        } else {
            promised.extend(found);
        }
    }
    for sharer in &sharing.also {
        let found = held_down(conn, case, &covered, sharer).await?;
        if found.is_empty() {
            return Err(Refusal::NoFundAgreement { name: sharer.name.clone() }.into());
        }
        promised.extend(found);
    }
    let margin = pool::balance(conn, case, DepositKind::Margin).await?;
    if margin.is_positive() && !promised.iter().any(|one| one.sharer.bearer == Bearer::Margin) {
        promised.extend(held_down(conn, case, &covered, &deposits(Bearer::Margin, MARGIN_RANK)).await?);
    }
    if terms.liability.is_joint() && !promised.iter().any(|one| one.sharer.bearer == Bearer::Pool) {
        let last = promised.iter().map(|one| one.sharer.rank).max().unwrap_or(0);
        promised.extend(held_down(conn, case, &covered, &deposits(Bearer::Pool, last + 1)).await?);
    }
    Ok(promised)
}

/// A promise within what the party has left: the pool's deposits; of a fund, each agreement that covered the loan when
/// it was drawn, by the part that was drawn under it, and nothing for a fund that covered none of it.
async fn held_down(
    conn: &impl ConnectionTrait,
    case: &Case,
    covered: &[FundCover],
    sharer: &Sharer,
) -> Result<Vec<Promised>, Fault> {
    let layer = sharer.layer();
    if let Some(kind) = pool::kind_of(sharer.bearer) {
        let layer = LossLayer { balance: Some(pool::balance(conn, case, kind).await?), ..layer };
        return Ok(vec![Promised { layer, sharer: sharer.clone(), agreement_id: None }]);
    }
    let (Bearer::Fund, Some(fund)) = (sharer.bearer, sharer.party_id) else {
        return Ok(vec![Promised { layer, sharer: sharer.clone(), agreement_id: None }]);
    };
    let of_fund = covered.iter().filter(|cover| cover.agreement.fund_id.uuid() == fund.uuid());
    let promised = of_fund.map(|cover| Promised {
        layer: cover.bounded(layer.clone()),
        sharer: sharer.clone(),
        agreement_id: Some(cover.agreement.id),
    });
    Ok(promised.collect())
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
            CoverParty::Reguarantor { .. } => Bearer::Reguarantor,
            CoverParty::Appraiser { .. } => Bearer::Appraiser,
        },
        party_id: Some(party),
        name: one.name.clone(),
        rank: one.rank,
        share: one.share_of_loss,
        cap: one.cap,
        deductible: one.deductible,
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
    }
}
