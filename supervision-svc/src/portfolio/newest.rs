//! The newest valuation of each patent by each organisation, found by the database.

use chrono::{DateTime, NaiveDate, Utc};
use identity::Scope;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use tx_kit::Fault;
use uuid::Uuid;

/// The most valuations that a comparison looks at.
const ROWS_MAX: usize = 50_000;

/// An organisation's newest valuation of a patent.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct Newest {
    pub tenant: Uuid,
    pub tenant_name: String,
    pub patent_id: Uuid,
    pub patent_number: String,
    pub patent_title: String,
    pub value_fen: i64,
    pub maximum_loan_fen: i64,
    pub valuation_date: NaiveDate,
    pub valid_until: NaiveDate,
    pub completed_at: DateTime<Utc>,
    /// The highest value that the same organisation had found within the look-back before; none where it had not
    /// valued the patent then.
    pub peak_fen: Option<i64>,
}

/// Which patents are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those under a registered pledge.
    Pledged,
    /// Those that more than one organisation has valued.
    ValuedByMany,
}

/// The newest valuation by each organisation of each of the patents, with the peak of the `look_back_days` before
/// it, by patent and organisation.
///
/// # Errors
/// The database's fault.
pub(crate) async fn newest_valuations(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    which: Which,
    look_back_days: i64,
) -> Result<Vec<Newest>, Fault> {
    let backend = conn.get_database_backend();
    let postgres = backend == DbBackend::Postgres;
    // Ties are broken by the id, so that the answer is the same whenever it is asked for.
    let which = match which {
        Which::Pledged => {
            "SELECT pp.patent_id FROM pledge_patent pp JOIN pledge p ON p.id = pp.pledge_id WHERE p.status = 'registered'"
        }
        Which::ValuedByMany => {
            "SELECT patent_id FROM valuation GROUP BY patent_id HAVING COUNT(DISTINCT tenant) > 1"
        }
    };
    let since = if postgres {
        "n.valuation_date - CAST($1 AS INTEGER)"
    } else {
        "date(n.valuation_date, '-' || $1 || ' days')"
    };
    let visible = if scope.sees_all() { "" } else { " AND tenant = $2" };
    let sql = format!(
        "WITH ranked AS (SELECT v.*, ROW_NUMBER() OVER (PARTITION BY tenant, patent_id \
         ORDER BY valuation_date DESC, completed_at DESC, id DESC) AS place \
         FROM valuation v WHERE patent_id IN ({which}){visible}) \
         SELECT n.tenant, n.tenant_name, n.patent_id, n.patent_number, n.patent_title, n.value_fen, \
         n.maximum_loan_fen, n.valuation_date, n.valid_until, n.completed_at, \
         (SELECT MAX(e.value_fen) FROM valuation e WHERE e.tenant = n.tenant AND e.patent_id = n.patent_id \
         AND e.id <> n.id AND e.valuation_date >= {since}) AS peak_fen \
         FROM ranked n WHERE n.place = 1 ORDER BY n.patent_id, n.tenant LIMIT {ROWS_MAX}"
    );
    let mut values: Vec<Value> = vec![look_back_days.into()];
    if !scope.sees_all() {
        values.push(scope.tenant().uuid().into());
    }
    let statement = Statement::from_sql_and_values(backend, sql, values);
    Ok(Newest::find_by_statement(statement).all(conn).await?)
}
