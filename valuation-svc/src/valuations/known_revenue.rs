//! What is on record of a patent's revenue when a request states its own.

use chrono::NaiveDate;
use contracts::PatentId;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::{model::KnownRevenue, store};
use crate::{filings, scoring::model::Scenario};

/// How many earlier valuations are looked through for the revenues that they were told.
const EARLIER_MAX: u64 = 5;

/// What is on record for the one who asks: sales told with products that it may see, and for a pledge those that anybody
/// filed, by their step. Where there are none, the lowest that its newest valuations were told, which proves nothing and is
/// named as such.
pub(super) async fn known_revenue(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    patent: PatentId,
    purpose: Scenario,
) -> Result<Option<KnownRevenue>, Fault> {
    let seen = filings::products::last_revenue(conn, scope, patent).await?;
    // Who lends can file nothing itself and is told what maker or owner put on record.
    let all = if purpose == Scenario::Pledge {
        filings::products::last_revenue(conn, &Scope::system(), patent).await?
    } else {
        None
    };
    if let Some(filed) = KnownRevenue::filed(seen, all) {
        return Ok(Some(filed));
    }
    let mut told = Vec::new();
    for row in store::list_newest(conn, scope, patent, EARLIER_MAX).await? {
        let stated = store::inputs_of(&row)?.stated_revenue();
        told.extend(stated.map(|revenue| (revenue, row.number, row.valuation_date)));
    }
    let Some((revenue, number, valuation_date)) = told.into_iter().min() else { return Ok(None) };
    Ok(Some(KnownRevenue::EarlierValuation { number, valuation_date, revenue }))
}

/// The sales that a pledge's bound goes by: those that somebody else than who told them has confirmed, in full where the one who
/// asks may see them, else by their step.
pub(super) async fn confirmed_revenue(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (patent, on): (PatentId, NaiveDate),
) -> Result<Option<KnownRevenue>, Fault> {
    let seen = filings::products::last_confirmed_revenue(conn, scope, patent, on).await?;
    let all = filings::products::last_confirmed_revenue(conn, &Scope::system(), patent, on).await?;
    Ok(KnownRevenue::filed(seen, all))
}
