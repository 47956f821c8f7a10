//! Looking up the evidence of a high-value patent, and the route.

use std::collections::HashSet;

use axum::{Json, extract::State};
use contracts::PatentId;
use finance::Money;
use http_kit::{Api, PathId, Problem, Who};
use identity::{Permission, Scope};
use sea_orm::ConnectionTrait;
use tx_kit::Fault;
use utoipa_axum::routes;

use super::model::{HighValue, LookedUp, high_value};
use crate::{
    catalogue::{
        encumbrance, links, store as patents,
        timeline::{
            model::{Award, Happening},
            store as timeline,
        },
    },
    reference::{self, Scheme},
    state::App,
};

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new().route(Permission::PatentRead, routes!(show))
}

/// Whether a patent is a high-value invention patent by the statistical definition, criterion by criterion with the
/// evidence.
#[utoipa::path(get, path = "/patents/{id}/high-value", tag = "patents", operation_id = "get_patent_high_value",
    params(("id" = PatentId, Path)),
    responses((status = 200, body = HighValue), (status = 404, description = "没有此专利")))]
async fn show(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
) -> Result<Json<HighValue>, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let on = app.db.clock().business_date();
    let row = patents::one(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    let record = patents::record_of(&row)?;
    let strategic = reference::concordance(conn, on)
        .await?
        .shares(Scheme::StrategicEmerging, &record.facts)
        .into_iter()
        .map(|share| (share.code, share.name))
        .collect();
    let found = LookedUp {
        strategic,
        abroad: links::list_abroad(conn, &scope, (&row.number_key, on)).await?,
        pledges: pledges(conn, id).await?,
        prizes: prizes(conn, &scope, id).await?,
    };
    Ok(Json(high_value(&record, &found, on)))
}

async fn pledges(
    conn: &impl ConnectionTrait,
    id: PatentId,
) -> Result<Vec<(contracts::PledgeId, String, Money)>, Fault> {
    let rows = encumbrance::of_patent(conn, id).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.pledge_id.into(), row.bank_name, Money::from_fen(row.secured_fen)))
        .collect())
}

async fn prizes(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: PatentId,
) -> Result<Vec<(String, String, i32)>, Fault> {
    let rows = timeline::list_all(conn, scope, id).await?;
    let replaced: HashSet<uuid::Uuid> = rows.iter().filter_map(|row| row.supersedes).collect();
    let mut found = Vec::new();
    for row in rows.iter().filter(|row| !replaced.contains(&row.id)) {
        let Happening::Awarded { award, year, grade } = timeline::entry_of(row)?.happening else { continue };
        let (zh, en) = match award {
            Award::StateScienceAndTechnology => ("国家科学技术奖", "State Science and Technology Award"),
            Award::ChinaPatentAward => ("中国专利奖", "China Patent Award"),
        };
        let grade = grade.map(|grade| format!(" {grade}")).unwrap_or_default();
        found.push((format!("{zh}{grade}"), format!("{en}{grade}"), year));
    }
    Ok(found)
}
