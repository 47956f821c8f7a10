//! The facts that the rules look at, read from the read model: only rows that a rule could warn of.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Statement,
};
use tx_kit::Fault;
use uuid::Uuid;

use super::model::{
    Facts,
    collateral::{Ended, Pledge, Value},
    lending::{Exposure, Line, Member, Overdue},
    rule::{Code, rule},
};
use crate::{
    portfolio::{Newest, Which, exposures, newest_valuations},
    read_model::{facility, loan, pledge, pledge_patent, visible},
};

/// The most rows of one kind that are looked at.
const ROWS_MAX: u64 = 50_000;
/// The look-back for the peak of a value, where the rule names none.
const LOOK_BACK_DAYS: i64 = 365;

/// Everything that the rules look at, as the scope may see it.
///
/// # Errors
/// The database's fault.
pub(super) async fn facts(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    today: NaiveDate,
) -> Result<Facts, Fault> {
    let look_back = rule(Code::ValueDrop).parameter.and_then(|days| i64::try_from(days).ok());
    let look_back = look_back.unwrap_or(LOOK_BACK_DAYS);
    let mut values: BTreeMap<(Uuid, Uuid), Newest> = BTreeMap::new();
    for which in [Which::Pledged, Which::ValuedByMany] {
        let found = newest_valuations(conn, scope, which, look_back).await?;
        values.extend(found.into_iter().map(|one| ((one.tenant, one.patent_id), one)));
    }
    Ok(Facts {
        lines: lines(conn, scope).await?,
        overdue: overdue(conn, scope, today).await?,
        exposures: exposures(conn, scope)
            .await?
            .into_iter()
            .map(|one| Exposure {
                bank_id: one.bank_id,
                bank_name: one.bank_name,
                enterprise_id: one.enterprise_id,
                enterprise_name: one.enterprise_name,
                outstanding: Money::from_fen(one.outstanding_fen),
                changed_at: one.changed_at,
            })
            .collect(),
        pledges: pledges(conn, scope).await?,
        values: values.into_values().map(value).collect(),
        ended: ended(conn, scope).await?,
    })
}

fn value(one: Newest) -> Value {
    Value {
        tenant: one.tenant,
        tenant_name: one.tenant_name,
        patent_id: one.patent_id,
        patent_number: one.patent_number,
        value: Money::from_fen(one.value_fen),
        peak: one.peak_fen.map(Money::from_fen),
        maximum_loan: Money::from_fen(one.maximum_loan_fen),
        valid_until: one.valid_until,
        completed_at: one.completed_at,
    }
}

#[derive(FromQueryResult)]
struct Largest {
    facility_id: Uuid,
    enterprise_name: String,
    drawn_fen: i64,
    changed_at: DateTime<Utc>,
}

async fn lines(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Line>, Fault> {
    use facility::Column;
    let rows = facility::Entity::find()
        .filter(visible(scope, Column::BankId))
        .filter(Column::StateVersion.gt(0))
        .filter(Column::DrawnFen.gt(0))
        .order_by_asc(Column::Id)
        .limit(ROWS_MAX)
        .all(conn)
        .await?;
    let statement = Statement::from_string(
        conn.get_database_backend(),
        "SELECT facility_id, enterprise_name, drawn_fen, changed_at FROM (SELECT m.*, ROW_NUMBER() OVER \
         (PARTITION BY facility_id ORDER BY drawn_fen DESC, enterprise_id) AS place FROM facility_member m \
         WHERE in_line AND drawn_fen > 0) ranked WHERE place = 1",
    );
    let mut largest: HashMap<Uuid, Member> = Largest::find_by_statement(statement)
        .all(conn)
        .await?
        .into_iter()
        .map(|row| {
            let member = Member {
                enterprise_name: row.enterprise_name,
                drawn: Money::from_fen(row.drawn_fen),
                changed_at: row.changed_at,
            };
            (row.facility_id, member)
        })
        .collect();
    Ok(rows
        .into_iter()
        .map(|row| Line {
            largest: largest.remove(&row.id),
            id: row.id,
            number: row.number,
            bank_id: row.bank_id,
            bank_name: row.bank_name,
            limit: Money::from_fen(row.limit_fen),
            drawn: Money::from_fen(row.drawn_fen),
            changed_at: row.changed_at,
        })
        .collect())
}

async fn overdue(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    today: NaiveDate,
) -> Result<Vec<Overdue>, Fault> {
    use loan::Column;
    let rows = loan::Entity::find()
        .filter(visible(scope, Column::BankId))
        .filter(Column::Known.eq(true))
        .filter(loan::overdue(today))
        .order_by_asc(Column::NextDueOn)
        .order_by_asc(Column::Id)
        .limit(ROWS_MAX)
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(Overdue {
                missed_on: row.missed(today)?,
                id: row.id,
                number: row.number,
                bank_id: row.bank_id,
                bank_name: row.bank_name,
                enterprise_name: row.enterprise_name,
                outstanding: Money::from_fen(row.outstanding_fen),
            })
        })
        .collect())
}

async fn pledges(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Pledge>, Fault> {
    use pledge::Column;
    let registered = pledge::Entity::find()
        .filter(visible(scope, Column::BankId))
        .filter(Column::Status.eq("registered"))
        .order_by_asc(Column::Id)
        .limit(ROWS_MAX);
    let ids = registered.clone().select_only().column(Column::Id).into_query();
    let covered = pledge_patent::Entity::find()
        .filter(pledge_patent::Column::PledgeId.in_subquery(ids))
        .order_by_asc(pledge_patent::Column::PatentId)
        .all(conn)
        .await?;
    let mut patents: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in covered {
        patents.entry(row.pledge_id).or_default().push(row.patent_id);
    }
    Ok(registered
        .all(conn)
        .await?
        .into_iter()
        .map(|row| Pledge {
            patents: patents.remove(&row.id).unwrap_or_default(),
            bank_id: row.bank_id,
            enterprise_id: row.enterprise_id,
            collateral: Money::from_fen(row.collateral_fen),
        })
        .collect())
}

#[derive(FromQueryResult)]
struct EndedRow {
    patent_id: Uuid,
    patent_number: String,
    status: String,
    effective: NaiveDate,
    bank_id: Uuid,
    bank_name: String,
}

async fn ended(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Ended>, Fault> {
    let visible = if scope.sees_all() { "" } else { " AND p.bank_id = $1" };
    let sql = format!(
        "SELECT DISTINCT s.patent_id, s.patent_number, s.status, s.effective, p.bank_id, p.bank_name \
         FROM patent_status s JOIN pledge_patent pp ON pp.patent_id = s.patent_id \
         JOIN pledge p ON p.id = pp.pledge_id \
         WHERE p.status = 'registered' AND s.status IN ('lapsed', 'invalidated', 'expired'){visible} \
         ORDER BY s.patent_id, p.bank_id LIMIT {ROWS_MAX}"
    );
    let values: Vec<sea_orm::Value> =
        if scope.sees_all() { Vec::new() } else { vec![scope.tenant().uuid().into()] };
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    Ok(EndedRow::find_by_statement(statement)
        .all(conn)
        .await?
        .into_iter()
        .map(|row| Ended {
            patent_id: row.patent_id,
            patent_number: row.patent_number,
            status: row.status,
            effective: row.effective,
            bank_id: row.bank_id,
            bank_name: row.bank_name,
        })
        .collect())
}
