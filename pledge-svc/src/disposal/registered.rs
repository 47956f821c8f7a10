//! Who is to share a loss, as the platform has them registered; asked before the transaction begins. A party without an id
//! is not on the platform and goes by the name that its paper gives it.

use contracts::{FundId, OrgId, OrgKind};
use http_kit::ActError;
use identity::Caller;

use super::model::{Ask, sharing::Sharing};
use crate::{
    directory::{self, Named},
    fund::{self, Bearer},
    state::App,
};

/// What is asked for, with the registered names.
///
/// # Errors
/// 422 for whoever is not registered, of another kind or of another name; 503 while the directory does not answer.
pub(super) async fn ask(app: &App, caller: &Caller, ask: &Ask) -> Result<Ask, ActError> {
    let Ask::Sharing(sharing) = ask else { return Ok(ask.clone()) };
    let identified = || {
        let also = sharing.also.iter().enumerate();
        also.filter_map(|(index, sharer)| sharer.party_id.map(|id| (index, sharer, id)))
    };
    let of = |id: OrgId| FundId::from_uuid(id.uuid());
    let funds: Vec<FundId> =
        identified().filter(|(_, one, _)| one.bearer == Bearer::Fund).map(|(_, _, id)| of(id)).collect();
    let own = fund::own_names(app.db.read(), &funds).await?;
    let named: Vec<Named<'_>> = identified()
        .map(|(index, sharer, id)| Named {
            id,
            kinds: kinds(sharer.bearer),
            at: format!("also[{index}]."),
            id_field: "party_id",
            name: Some(("name", sharer.name.as_str())),
            also: (sharer.bearer == Bearer::Fund).then(|| own.get(&of(id)).cloned()).flatten(),
        })
        .collect();
    let names = directory::names(app, caller, &named).await?;
    let mut also = sharing.also.clone();
    for ((index, _, _), name) in identified().zip(names) {
        if let Some(sharer) = also.get_mut(index) {
            sharer.name = name;
        }
    }
    Ok(Ask::Sharing(Sharing { also, ..sharing.clone() }))
}

/// What an organisation that bears a part must be; any kind where the part says nothing of it.
const fn kinds(bearer: Bearer) -> &'static [OrgKind] {
    match bearer {
        Bearer::Insurer => &[OrgKind::Insurer],
        Bearer::Reguarantor => &[OrgKind::Insurer, OrgKind::Fund],
        Bearer::Fund => &[OrgKind::Fund],
        Bearer::Pool | Bearer::Margin | Bearer::Guarantor | Bearer::Appraiser | Bearer::Bank => &[],
    }
}
