//! The ledger movements about a loan, as its banks and the regulator read them.

use axum::{Json, extract::State};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{LoanId, OrgId, OrgKind};
use finance::Money;
use http_kit::{Api, Lang, Page, PathId, Problem, Who};
use identity::Permission;
use ledger::store::PostedMovement;
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;
use uuid::Uuid;

use super::api::seen;
use crate::{books::accounts, state::App};

/// The route.
pub(crate) fn routes() -> Api<App> {
    Api::new().route(Permission::LoanRead, routes!(movements))
}

/// A ledger movement.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct MovementView {
    id: Uuid,
    book: OrgId,
    kind: String,
    business_date: NaiveDate,
    posted_at: DateTime<Utc>,
    entries: Vec<EntryView>,
}

/// An entry of a movement.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct EntryView {
    account: String,
    account_name: String,
    side: ledger::Side,
    amount: Money,
}

fn shown(movement: PostedMovement, lang: Lang) -> MovementView {
    let name = |code: &str| {
        accounts::account(code).map_or_else(String::new, |account| {
            if lang == Lang::Zh { account.zh } else { account.en }.to_owned()
        })
    };
    MovementView {
        id: movement.id.uuid(),
        book: movement.book,
        kind: movement.kind,
        business_date: movement.business_date,
        posted_at: movement.posted_at,
        entries: movement
            .entries
            .into_iter()
            .map(|entry| EntryView {
                account_name: name(&entry.account),
                account: entry.account,
                side: entry.side,
                amount: entry.amount,
            })
            .collect(),
    }
}

#[utoipa::path(get, path = "/loans/{id}/movements", tag = "loans", operation_id = "list_loan_movements",
    params(("id" = LoanId, Path)), responses((status = 200, body = Page<MovementView>), (status = 404)))]
async fn movements(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<LoanId>,
) -> Result<Json<Page<MovementView>>, Problem> {
    let row = seen(&app, &who, id).await?;
    // A bank reads its own book; a borrower, who has no book here, reads none.
    let items = match who.0.org_kind {
        _ if who.scope().sees_all() => ledger::store::movements_of(app.db.read(), row.id, None).await?,
        OrgKind::Bank => ledger::store::movements_of(app.db.read(), row.id, Some(who.0.tenant)).await?,
        _ => Vec::new(),
    };
    let items = items.into_iter().map(|movement| shown(movement, lang)).collect();
    Ok(Json(Page { items, next_cursor: None }))
}
