//! Which members of a line are in workout at its bank, over all that they owe there: read where lines are held against
//! their members (`member_tiers.rs`), at the close and in the acts that begin it. A draw asks nothing of this. Whether a
//! member is overdue is another thing: it is read with the member's place when it draws, and ends when it has paid.

use contracts::{FacilityId, OrgId};
use sea_orm::{ConnectionTrait, Statement, Value};
use tx_kit::Fault;
use uuid::Uuid;

use super::model::workout::Workout;

/// Worst standing of each member, by number. A restructured loan is at least special-mention, so that the index of what is
/// worse than normal finds it; observation ends as the change of terms says.
const STANDING: &str = "SELECT found.enterprise_id, MAX(found.standing) AS standing FROM (\
       SELECT r.enterprise_id, 1 AS standing FROM loan_risk r JOIN loan l ON l.id = r.loan_id \
       WHERE r.bank_id = $1 AND r.settled = FALSE AND r.tier > 1 AND r.restructured_on IS NOT NULL \
         AND r.enterprise_id IN ({whom}) AND l.status = 'active' AND l.restructured_on IS NOT NULL AND EXISTS (\
         SELECT 1 FROM loan_adjustment a WHERE a.loan_id = l.id AND a.status = 'approved' AND a.observed_until > $3) \
       UNION ALL \
       SELECT c.enterprise_id, 2 AS standing FROM disposal_case c \
       WHERE c.bank_id = $1 AND c.status NOT IN ('proposed', 'closed') AND c.enterprise_id IN ({whom}) \
       UNION ALL \
       SELECT w.enterprise_id, 3 AS standing FROM loan w \
       WHERE w.bank_id = $1 AND w.status = 'written_off' AND w.enterprise_id IN ({whom})) AS found \
     GROUP BY found.enterprise_id ORDER BY found.enterprise_id";

const OF_LINE: &str =
    "SELECT m.enterprise_id FROM facility_member m WHERE m.facility_id = $2 AND m.status <> 'left'";
const OF_ONE: &str = "$2";

/// How the members of a line stand who are in workout at its bank: of one, or of all, in the order of their ids.
///
/// # Errors
/// The database's fault, or a standing that does not read back.
pub(super) async fn standings(
    conn: &impl ConnectionTrait,
    (bank, line): (OrgId, FacilityId),
    whom: Option<OrgId>,
    on: chrono::NaiveDate,
) -> Result<Vec<(OrgId, Workout)>, Fault> {
    let (of, id) = whom.map_or((OF_LINE, line.uuid()), |one| (OF_ONE, one.uuid()));
    let values: [Value; 3] = [bank.uuid().into(), id.into(), on.into()];
    let text = STANDING.replace("{whom}", of);
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), text, values);
    let mut found = Vec::new();
    for row in conn.query_all_raw(statement).await? {
        let number: i32 = row.try_get_by_index(1)?;
        let standing = Workout::from_number(number)
            .ok_or_else(|| Fault::Corrupt(format!("standing {number} at bank {bank}")))?;
        found.push((OrgId::from(row.try_get_by_index::<Uuid>(0)?), standing));
    }
    Ok(found)
}

/// With a place read for a draw: whether something its member owes at the line's bank was overdue at the last close and is
/// not paid since. A member without a loan worse than normal costs one look into an index.
pub(super) fn overdue_at_bank(on: chrono::NaiveDate) -> String {
    format!(
        "CASE WHEN EXISTS (SELECT 1 FROM loan_risk r JOIN loan l ON l.id = r.loan_id \
         JOIN facility f ON f.id = facility_member.facility_id \
         WHERE r.enterprise_id = facility_member.enterprise_id AND r.bank_id = f.bank_id AND r.settled = FALSE \
         AND r.tier > 1 AND r.overdue_days > 0 AND l.status = 'active' AND l.next_due_on < '{on}') THEN 1 ELSE 0 END"
    )
}
