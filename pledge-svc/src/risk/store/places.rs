//! The places of members under their facilities: what they use, and what their pledges are. A handful of statements,
//! whatever the number of members.

use std::{
    collections::{BTreeSet, HashMap},
    iter::repeat,
};

use chrono::NaiveDate;
use finance::Money;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, EntityTrait, FromQueryResult, QueryFilter, QueryResult,
    Statement, Value, sea_query::ArrayType,
};
use tx_kit::{Fault, bulk::padded};
use uuid::Uuid;

use super::gather::with_ids;
use crate::{
    facility::{self, store as lines},
    risk::model::LineUse,
};

/// Pairs in one statement.
const PAIRS: usize = 1_000;

/// A member's place under a facility: what it uses and what stands for it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    /// Use and caps.
    pub line: LineUse,
    /// The limit of the facility.
    pub limit: Money,
    /// What registered pledges carry.
    pub carries: Money,
    /// The value of the patents whose right is in force.
    pub value: Money,
    /// The last day on which all valuations may be relied on.
    pub valid_until: Option<NaiveDate>,
    /// The day on which the first of the rights ends by its term.
    pub rights_end_on: Option<NaiveDate>,
    /// Pledged once, and nothing is registered any more.
    pub lost: bool,
    /// The validity or ownership of a patent under them is attacked.
    pub attacked: bool,
    /// The first day up to which the annuities of a patent under them are paid.
    pub annuity_until: Option<NaiveDate>,
}

/// What a member uses of its line.
#[derive(Debug, FromQueryResult)]
struct MemberLine {
    facility_id: Uuid,
    enterprise_id: Uuid,
    sub_limit_fen: i64,
    drawn_fen: i64,
    retired_fen: i64,
    waived_fen: i64,
}

const MEMBERS: &str = "SELECT m.facility_id, m.enterprise_id, m.sub_limit_fen, m.drawn_fen, m.retired_fen, m.waived_fen \
     FROM {pairs} JOIN facility_member m ON m.facility_id = v.facility_id AND m.enterprise_id = v.enterprise_id";

/// Members' places and what their pledges are, pooled or not, of members that are named by facility and enterprise.
///
/// # Errors
/// The database's fault, or a facility that does not read back.
pub(super) async fn places(
    conn: &impl ConnectionTrait,
    members: &[(Uuid, Uuid)],
    on: NaiveDate,
) -> Result<HashMap<(Uuid, Uuid), Place>, Fault> {
    let facilities: BTreeSet<Uuid> = members.iter().map(|(facility, _)| *facility).collect();
    let known = known(conn, facilities.into_iter().collect()).await?;
    let mut pledged = pledges(conn, members).await?;
    let mut places = HashMap::with_capacity(members.len());
    for row in of_pairs(conn, MEMBERS, members).await? {
        let member = MemberLine::from_query_result(&row, "")?;
        let Some(facility) = known.get(&member.facility_id) else { continue };
        let key = (member.facility_id, member.enterprise_id);
        let mut place = pledged.remove(&key).unwrap_or_default();
        let ever = place.valid_until.is_some() || place.lost;
        let collateral = facility.terms.collateral;
        if collateral.pool().is_some() {
            // All members' patents carry all loans: no member's pledge is lost by itself.
            place.lost = false;
        }
        let most = place.carries.checked_add(collateral.unsecured()).unwrap_or(Money::MAX);
        place.limit = facility.limit;
        place.line = LineUse {
            used: Money::from_fen(member.drawn_fen),
            cap: facility.member_cap(),
            carried: Some(most).filter(|_| ever && collateral.pool().is_none()),
            waived: member.waived_fen > 0
                && collateral.pool().is_none()
                && Money::from_fen(member.drawn_fen) > most,
            undrawn: undrawn(&member).min(facility.undrawn(on)),
        };
        places.insert(key, place);
    }
    Ok(places)
}

/// What a member may still draw within its sub-limit, reserved or not.
fn undrawn(member: &MemberLine) -> Money {
    let used = Money::from_fen(member.drawn_fen + member.retired_fen);
    Money::from_fen(member.sub_limit_fen).saturating_sub(used)
}

/// The facilities themselves, without their shares.
async fn known(
    conn: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, facility::Facility>, Fault> {
    let mut known = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(PAIRS) {
        let rows = lines::facility::Entity::find()
            .filter(lines::facility::Column::Id.is_in(padded(ids.iter().copied())))
            .all(conn)
            .await?;
        for row in rows {
            known.insert(row.id, lines::facility_of(row, Vec::new())?);
        }
    }
    Ok(known)
}

/// What a statement finds that joins pairs of facility and enterprise: `{pairs}` stands for them in its text. Each pair is
/// sought by itself. Two lists make PostgreSQL read every member of a line for each of its chunks, and SQLite seek every
/// enterprise on every line.
async fn of_pairs(
    conn: &impl ConnectionTrait,
    template: &str,
    pairs: &[(Uuid, Uuid)],
) -> Result<Vec<QueryResult>, Fault> {
    let backend = conn.get_database_backend();
    let mut found = Vec::new();
    for pairs in pairs.chunks(PAIRS) {
        let (source, values) =
            if backend == DatabaseBackend::Postgres { arrays(pairs) } else { listed(pairs) };
        let text = template.replace("{pairs}", &source);
        found.extend(conn.query_all_raw(Statement::from_sql_and_values(backend, text, values)).await?);
    }
    Ok(found)
}

fn arrays(pairs: &[(Uuid, Uuid)]) -> (String, Vec<Value>) {
    let array = |ids: Vec<Uuid>| {
        Value::Array(ArrayType::Uuid, Some(Box::new(ids.into_iter().map(Value::from).collect())))
    };
    let (ones, others) = pairs.iter().copied().unzip();
    let source = "unnest($1::uuid[], $2::uuid[]) AS v (facility_id, enterprise_id)";
    (source.to_owned(), vec![array(ones), array(others)])
}

/// Filled up with pairs of nothing, so that a handful of statements stay prepared.
fn listed(pairs: &[(Uuid, Uuid)]) -> (String, Vec<Value>) {
    let size = pairs.len().next_power_of_two();
    let ids = pairs.iter().flat_map(|(one, other)| [Some(*one), Some(*other)]).chain(repeat(None));
    let places = vec!["(?, ?)"; size].join(", ");
    let source =
        format!("(SELECT column1 AS facility_id, column2 AS enterprise_id FROM (VALUES {places})) AS v");
    (source, ids.take(2 * size).map(Value::Uuid).collect())
}

/// A pledge that is or was registered.
#[derive(Debug, FromQueryResult)]
struct PledgeLine {
    id: Uuid,
    facility_id: Uuid,
    enterprise_id: Uuid,
    status: String,
    carrying_fen: i64,
    valid_until: NaiveDate,
    rights_until: Option<NaiveDate>,
    annuity_until: Option<NaiveDate>,
}

const REGISTERED: &str = "registered";

const PLEDGES: &str = "SELECT p.id, p.facility_id, p.enterprise_id, p.status, p.carrying_fen, p.valid_until, \
       p.rights_until, p.annuity_until \
     FROM {pairs} JOIN pledge p ON p.facility_id = v.facility_id AND p.enterprise_id = v.enterprise_id \
     WHERE p.status IN ('registered', 'cancelled', 'annulled')";

async fn pledges(
    conn: &impl ConnectionTrait,
    members: &[(Uuid, Uuid)],
) -> Result<HashMap<(Uuid, Uuid), Place>, Fault> {
    let rows = of_pairs(conn, PLEDGES, members).await?;
    let found = rows.iter().map(|row| PledgeLine::from_query_result(row, ""));
    let found = found.collect::<Result<Vec<_>, _>>()?;
    let registered: Vec<Uuid> =
        found.iter().filter(|line| line.status == REGISTERED).map(|line| line.id).collect();
    let mut values = values(conn, &registered).await?;
    let mut places: HashMap<(Uuid, Uuid), Place> = HashMap::new();
    for line in &found {
        let place = places.entry((line.facility_id, line.enterprise_id)).or_default();
        place.lost = true;
        if line.status != REGISTERED {
            continue;
        }
        let earlier =
            |one: Option<NaiveDate>, other: NaiveDate| Some(one.map_or(other, |one| Ord::min(one, other)));
        place.valid_until = earlier(place.valid_until, line.valid_until);
        if let Some(end) = line.rights_until {
            place.rights_end_on = earlier(place.rights_end_on, end);
        }
        let more = |sum: Money, fen: i64| Money::from_fen(sum.fen().saturating_add(fen));
        place.carries = more(place.carries, line.carrying_fen);
        let worth = values.remove(&line.id).unwrap_or_default();
        place.value = more(place.value, worth.fen);
        place.attacked |= worth.attacked;
        if let Some(paid) = line.annuity_until {
            place.annuity_until = earlier(place.annuity_until, paid);
        }
    }
    for place in places.values_mut() {
        // A registered pledge of which every right has ended carries nothing: it is lost as well.
        place.lost = place.valid_until.is_none() || (place.value.is_zero() && !place.attacked);
    }
    Ok(places)
}

/// What is attacked is worth nothing to a bank that lends nothing on it.
const VALUES: &str = "SELECT v.pledge_id, CAST(SUM(CASE WHEN COALESCE(r.challenges, '[]') <> '[]' \
       AND COALESCE(p.challenged_carries, FALSE) = FALSE THEN 0 ELSE v.collateral_fen END) AS BIGINT) AS value_fen, \
       CAST(MAX(CASE WHEN COALESCE(r.challenges, '[]') <> '[]' THEN 1 ELSE 0 END) AS BIGINT) AS attacked \
     FROM pledge_patent v JOIN pledge p ON p.id = v.pledge_id \
     LEFT JOIN patent_right r ON r.patent_id = v.patent_id \
     WHERE v.released_on IS NULL AND (r.patent_id IS NULL OR r.status NOT IN \
     ('lapsed', 'expired', 'invalidated', 'withdrawn', 'rejected')) AND v.pledge_id IN (";

/// What the patents in force under a pledge are.
#[derive(Debug, Clone, Copy, Default)]
struct Worth {
    fen: i64,
    attacked: bool,
}

/// The value of the patents in force under each pledge, and whether any of them is attacked.
async fn values(conn: &impl ConnectionTrait, pledges: &[Uuid]) -> Result<HashMap<Uuid, Worth>, Fault> {
    let mut values = HashMap::with_capacity(pledges.len());
    for row in with_ids(conn, VALUES, ") GROUP BY v.pledge_id", pledges).await? {
        let worth = Worth { fen: row.try_get_by_index(1)?, attacked: row.try_get_by_index::<i64>(2)? > 0 };
        values.insert(row.try_get_by_index::<Uuid>(0)?, worth);
    }
    Ok(values)
}
