//! Enterprises that a bank puts on a list, as the platform has them registered; asked before the transaction begins.

use contracts::{OrgId, OrgKind};
use http_kit::ActError;
use identity::Caller;

use crate::{
    directory::{self, Named},
    state::App,
};

/// The registered names of enterprises, each given with the name that the request writes for it.
///
/// # Errors
/// 422 for whoever is no registered enterprise or of another name; 503 while the directory does not answer.
pub(super) async fn members(
    app: &App,
    caller: &Caller,
    members: impl Iterator<Item = (OrgId, &str)>,
) -> Result<Vec<String>, ActError> {
    let named: Vec<Named<'_>> = members
        .enumerate()
        .map(|(index, (id, name))| Named { at: format!("members[{index}]."), ..enterprise(id, name) })
        .collect();
    directory::names(app, caller, &named).await
}

/// The registered name of one enterprise.
///
/// # Errors
/// As [`members`].
pub(super) async fn one(app: &App, caller: &Caller, id: OrgId, name: &str) -> Result<String, ActError> {
    directory::name(app, caller, enterprise(id, name)).await
}

const fn enterprise(id: OrgId, name: &str) -> Named<'_> {
    Named {
        id,
        kinds: &[OrgKind::Enterprise],
        at: String::new(),
        id_field: "enterprise_id",
        name: Some(("name", name)),
        also: None,
    }
}
