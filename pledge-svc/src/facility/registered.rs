//! Who a proposal or a change names, as the platform has them registered: members are enterprises, shares are banks', cover
//! is promised by funds and insurers, the operator is a cluster's. Asked before the transaction begins.

use contracts::OrgKind;
use http_kit::ActError;
use identity::Caller;

use super::model::{
    CoverParty, LossCover, Share, change::Change, members::ProposedMember, proposal::Proposal,
};
use crate::{
    directory::{self, Named},
    fund,
    state::App,
};

/// The proposal with the registered names.
///
/// # Errors
/// 422 for whoever is not registered, of another kind or of another name; 503 while the directory does not answer.
pub(super) async fn proposal(app: &App, caller: &Caller, proposal: &Proposal) -> Result<Proposal, ActError> {
    let mut named = members(&proposal.members);
    named.extend(shares(&proposal.shares));
    named.extend(cover(app, &proposal.cover).await?);
    named.extend(proposal.operator_id.map(|id| Named {
        id,
        kinds: &[OrgKind::ClusterOperator],
        at: String::new(),
        id_field: "operator_id",
        name: None,
        also: None,
    }));
    let mut names = directory::names(app, caller, &named).await?.into_iter();
    let mut known = proposal.clone();
    fill(known.members.iter_mut().map(|one| &mut one.enterprise_name), &mut names);
    fill(known.shares.iter_mut().map(|one| &mut one.bank_name), &mut names);
    fill(known.cover.iter_mut().map(|one| &mut one.name), &mut names);
    Ok(known)
}

/// The change with the registered names.
///
/// # Errors
/// As [`proposal`].
pub(super) async fn change(app: &App, caller: &Caller, change: &Change) -> Result<Change, ActError> {
    let mut named = members(&change.members);
    named.extend(cover(app, change.cover.as_deref().unwrap_or_default()).await?);
    let mut names = directory::names(app, caller, &named).await?.into_iter();
    let mut known = change.clone();
    fill(known.members.iter_mut().map(|one| &mut one.enterprise_name), &mut names);
    fill(known.cover.iter_mut().flatten().map(|one| &mut one.name), &mut names);
    Ok(known)
}

fn fill<'a>(places: impl Iterator<Item = &'a mut String>, names: &mut impl Iterator<Item = String>) {
    for (place, name) in places.zip(names) {
        *place = name;
    }
}

fn members(members: &[ProposedMember]) -> Vec<Named<'_>> {
    let named = members.iter().enumerate().map(|(index, member)| Named {
        id: member.enterprise_id,
        kinds: &[OrgKind::Enterprise],
        at: format!("members[{index}]."),
        id_field: "enterprise_id",
        name: Some(("enterprise_name", member.enterprise_name.as_str())),
        also: None,
    });
    named.collect()
}

fn shares(shares: &[Share]) -> impl Iterator<Item = Named<'_>> {
    shares.iter().enumerate().map(|(index, share)| Named {
        id: share.bank_id,
        kinds: &[OrgKind::Bank],
        at: format!("shares[{index}]."),
        id_field: "bank_id",
        name: Some(("bank_name", share.bank_name.as_str())),
        also: None,
    })
}

/// Promises to bear a loss. A fund goes by its own name or by that of the organisation that keeps it.
async fn cover<'a>(app: &App, covers: &'a [LossCover]) -> Result<Vec<Named<'a>>, ActError> {
    let funds: Vec<_> = covers.iter().filter_map(|cover| cover.party.fund()).collect();
    let own = fund::own_names(app.db.read(), &funds).await?;
    let named = covers.iter().enumerate().map(|(index, cover)| {
        let (kinds, id_field): (&'static [OrgKind], _) = match cover.party {
            CoverParty::Fund { .. } => (&[OrgKind::Fund], "party.fund_id"),
            CoverParty::GuaranteeInsurer { .. } => (&[OrgKind::Insurer], "party.insurer_id"),
            CoverParty::Reguarantor { .. } => (&[OrgKind::Insurer, OrgKind::Fund], "party.reguarantor_id"),
            // The platform has no kind of organisation for guarantee companies alone, nor for appraisers.
            CoverParty::Guarantor { .. } => (&[], "party.guarantor_id"),
            CoverParty::Appraiser { .. } => (&[], "party.appraiser_id"),
        };
        Named {
            id: cover.party.organisation(),
            kinds,
            at: format!("cover[{index}]."),
            id_field,
            name: Some(("name", cover.name.as_str())),
            also: cover.party.fund().and_then(|fund| own.get(&fund).cloned()),
        }
    });
    Ok(named.collect())
}
