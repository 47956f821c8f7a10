//! The public register: anybody may look up what is pledged, by registration number or by patent.

use axum::{Json, extract::State};
use http_kit::{Api, Fields, Page, Problem, QueryOf};
use identity::Scope;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    model::{
        RegisterEntry,
        entry::{entry, number_key},
    },
    store::find::find_registered,
};
use crate::state::App;

/// The longest number, in characters.
const NUMBER_CHARS_MAX: usize = 64;
/// The shortest patent number that is looked up, in characters: fewer would find everybody's.
const PATENT_CHARS_MIN: usize = 6;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new().public("the register is open to everybody", routes!(list_register_entries))
}

/// What is looked up; at least one of the two.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LookUp {
    /// The number in the register.
    registration_number: Option<String>,
    /// A patent's publication number, in any spelling, with or without its kind code.
    patent_number: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// What the register shows, and which register it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct RegisterPage {
    /// The entries.
    #[serde(flatten)]
    page: Page<RegisterEntry>,
    /// Whether the suite's own register decides: no patent office is connected.
    built_in: bool,
}

/// Look up the public register of pledges. Exact numbers only; amounts are not shown.
#[utoipa::path(get, path = "/register/entries", tag = "register", operation_id = "list_register_entries",
    params(LookUp), responses((status = 200, body = RegisterPage), (status = 422)))]
async fn list_register_entries(
    State(app): State<App>,
    QueryOf(query): QueryOf<LookUp>,
) -> Result<Json<RegisterPage>, Problem> {
    let registration = query.registration_number.as_deref().map(str::trim).filter(|one| !one.is_empty());
    let patent = query.patent_number.as_deref().map(number_key).filter(|one| !one.is_empty());
    let mut fields = Fields::new();
    fields.require(
        registration.is_some() || patent.is_some(),
        "registration_number",
        "请填写登记号或专利号。",
        "Give a registration number or a patent number.",
    );
    if let Some(number) = registration {
        fields.text(number, NUMBER_CHARS_MAX, "registration_number");
    }
    if let Some(key) = &patent {
        fields.require(
            (PATENT_CHARS_MIN..=NUMBER_CHARS_MAX).contains(&key.chars().count()),
            "patent_number",
            "请填写完整的专利号。",
            "Give the patent's whole number.",
        );
    }
    fields.finish()?;
    // What the register shows is public: the answer holds nothing else.
    let request = http_kit::page::request(query.limit, query.cursor);
    let which = (registration, patent.as_deref());
    let page = find_registered(app.db.read(), &Scope::system(), which, &request).await?;
    let items = page.items.into_iter().filter_map(entry).collect();
    let page = Page { items, next_cursor: page.next_cursor };
    Ok(Json(RegisterPage { page, built_in: !app.office.is_outside() }))
}
