//! Who has promised to bear a part of a loan's loss: the members' margin, those who cover its facility, the pool's deposits
//! behind them, and those whom the bank names beside; each within what it has left today.

use chrono::NaiveDate;
use contracts::{FundId, OrgId};
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
    facility::{self, DepositKind, LossCover},
    fund::{self, Bearer},
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
    let mut promised = Vec::new();
    for one in &terms.cover {
        let sharer = covering(one);
        promised.push(match held_down(conn, case, &sharer, on).await? {
            Some(found) => found,
            // The facility names a fund that has agreed to nothing: it bears nothing.
            None => Promised {
                layer: LossLayer { balance: Some(Money::ZERO), ..sharer.layer() },
                sharer,
                agreement_id: None,
            },
        });
    }
    for sharer in &sharing.also {
        let found = held_down(conn, case, sharer, on).await?;
        let one = found.ok_or_else(|| Refusal::NoFundAgreement { name: sharer.name.clone() })?;
        promised.push(one);
    }
    let margin = pool::balance(conn, case, DepositKind::Margin).await?;
    if margin.is_positive() && !promised.iter().any(|one| one.sharer.bearer == Bearer::Margin) {
        promised.extend(held_down(conn, case, &deposits(Bearer::Margin, MARGIN_RANK), on).await?);
    }
    if terms.liability.is_joint() && !promised.iter().any(|one| one.sharer.bearer == Bearer::Pool) {
        let last = promised.iter().map(|one| one.sharer.rank).max().unwrap_or(0);
        promised.extend(held_down(conn, case, &deposits(Bearer::Pool, last + 1), on).await?);
    }
    Ok(promised)
}

/// A promise within what the party has left: the fund's agreement, the pool's deposits; `None` for a fund without an
/// agreement.
async fn held_down(
    conn: &impl ConnectionTrait,
    case: &Case,
    sharer: &Sharer,
    on: NaiveDate,
) -> Result<Option<Promised>, Fault> {
    let layer = sharer.layer();
    if let Some(kind) = pool::kind_of(sharer.bearer) {
        let layer = LossLayer { balance: Some(pool::balance(conn, case, kind).await?), ..layer };
        return Ok(Some(Promised { layer, sharer: sharer.clone(), agreement_id: None }));
    }
    let (Bearer::Fund, Some(fund)) = (sharer.bearer, sharer.party_id) else {
        return Ok(Some(Promised { layer, sharer: sharer.clone(), agreement_id: None }));
    };
    let fund_id = FundId::from_uuid(fund.uuid());
    let found = fund::cover_of(conn, fund_id, case.bank_id, case.facility_id, on).await?;
    Ok(found.map(|cover| Promised {
        layer: cover.bounded(layer),
        sharer: sharer.clone(),
        agreement_id: Some(cover.agreement.id),
    }))
}

/// The promise on the facility as a sharer of the loss.
fn covering(one: &LossCover) -> Sharer {
    // A fund's id is its organisation's.
    let party: OrgId =
        one.party.fund().map_or_else(|| one.party.organisation(), |fund| OrgId::from_uuid(fund.uuid()));
    Sharer {
        bearer: if one.party.fund().is_some() { Bearer::Fund } else { Bearer::Insurer },
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
