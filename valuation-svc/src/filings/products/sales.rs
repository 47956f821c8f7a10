//! What the products that stand filed under a patent sell, for valuations: as it is told, and as far as somebody else than
//! who told it has confirmed it (`model/sales.rs`).

use chrono::NaiveDate;
use contracts::PatentId;
use finance::Money;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    model::sales::{ActBy, Sales, confirmed_at, in_force, newest_year, still_told},
    store::{self, Parts},
    view::ProductFiling,
};

/// The newest year whose sales are told with products that stand under a patent, with the sum of the products; filings out of
/// scope do not count.
pub(crate) async fn last_revenue(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    patent: PatentId,
) -> Result<Option<(i32, Money)>, Fault> {
    let ids: Vec<Uuid> =
        store::list_standing(conn, scope, patent).await?.into_iter().map(|row| row.id).collect();
    let parts = store::list_parts(conn, scope, &ids).await?;
    let all: Vec<Sales> = ids.iter().map(|id| told(&parts, *id)).collect();
    Ok(newest_year(&all))
}

/// The same of products whose recognition as patent-intensive is in force and was recorded by another person than those who
/// filed and changed the filing; of the sales what stood at the recognition and still stands.
pub(crate) async fn last_confirmed_revenue(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    patent: PatentId,
    on: NaiveDate,
) -> Result<Option<(i32, Money)>, Fault> {
    let rows = store::list_standing(conn, scope, patent).await?;
    let ids: Vec<Uuid> = rows.into_iter().filter(|row| row.recognised).map(|row| row.id).collect();
    let parts = store::list_parts(conn, scope, &ids).await?;
    let mut all = Vec::new();
    for id in ids {
        let mut own = parts.recognitions.iter().filter(|one| one.filing_id == id);
        if own.any(|one| in_force((one.valid_until, one.ended_on), on)) {
            let then = at_recognition(conn, scope, (id, patent)).await?;
            all.extend(then.map(|then| still_told(&then, &told(&parts, id))));
        }
    }
    Ok(newest_year(&all))
}

/// The sales that a filing told when somebody else recorded its recognition, where it named the patent then.
async fn at_recognition(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (filing, patent): (Uuid, PatentId),
) -> Result<Option<Sales>, Fault> {
    let changes = store::list_changes(conn, scope, filing).await?;
    let acts: Vec<ActBy<'_>> = changes.iter().map(|one| (one.act.as_str(), one.made_by.as_str())).collect();
    let Some(change) = confirmed_at(&acts).and_then(|at| changes.get(at)) else { return Ok(None) };
    let stood: ProductFiling = serde_json::from_str(&change.details)?;
    let named = stood.patents.iter().any(|one| one.patent_id == patent);
    Ok(named.then(|| stood.revenues.iter().map(|one| (one.year, one.revenue)).collect()))
}

fn told(parts: &Parts, filing: Uuid) -> Sales {
    let own = parts.revenues.iter().filter(|one| one.filing_id == filing);
    own.map(|one| (one.year, Money::from_fen(one.revenue_fen))).collect()
}
