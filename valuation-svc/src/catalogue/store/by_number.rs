//! Patents by the numbers of their documents.

use std::collections::{BTreeSet, HashMap};

use identity::Scope;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use tx_kit::Fault;

use super::patent;
use crate::catalogue::number;

/// Numbers that one statement looks for.
const NUMBERS_AT_ONCE: usize = 200;

/// The patent of a publication, application or grant number in any spelling, with or without its kind code.
pub(crate) async fn by_number(
    conn: &impl ConnectionTrait,
    public: &Scope,
    typed: &str,
) -> Result<Option<patent::Model>, Fault> {
    Ok(by_numbers(conn, public, &[typed]).await?.into_values().next())
}

/// The patents of many such numbers, by the key of each number; those that the catalogue does not have are left out.
pub(crate) async fn by_numbers(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    typed: &[&str],
) -> Result<HashMap<String, patent::Model>, Fault> {
    use patent::Column;
    type KeyOf = fn(&patent::Model) -> &String;
    let columns: [(Column, KeyOf); 3] = [
        (Column::NumberKey, |row| &row.number_key),
        (Column::GrantKey, |row| &row.grant_key),
        (Column::ApplicationKey, |row| &row.application_key),
    ];
    let keys = typed.iter().map(|typed| number::key(typed)).filter(|key| key.len() >= 4);
    let mut left: Vec<String> = keys.collect::<BTreeSet<_>>().into_iter().collect();
    let mut found = HashMap::with_capacity(left.len());
    for (exact, key_of) in columns {
        for some in left.chunks(NUMBERS_AT_ONCE) {
            let rows = patent::Entity::find().filter(exact.is_in(some)).order_by_asc(Column::NumberKey);
            // Of several the last by number stays.
            found.extend(rows.all(conn).await?.into_iter().map(|row| (key_of(&row).clone(), row)));
        }
        left.retain(|key| !found.contains_key(key));
    }
    // A kind code is a letter and perhaps a digit: the newest publication (B after A) is meant.
    for some in left.chunks(NUMBERS_AT_ONCE) {
        let published = some.iter().fold(Condition::any(), |any, key| {
            let from = Column::NumberKey.gte(format!("{key}A"));
            any.add(Condition::all().add(from).add(Column::NumberKey.lt(format!("{key}["))))
        });
        let rows = patent::Entity::find().filter(published).order_by_asc(Column::NumberKey).all(conn).await?;
        for row in rows {
            let is = |key: &&String| {
                let code = row.number_key.strip_prefix(key.as_str());
                code.is_some_and(|code| code.starts_with(|c: char| c.is_ascii_uppercase()))
            };
            if let Some(key) = some.iter().find(is) {
                found.insert(key.clone(), row);
            }
        }
    }
    Ok(found)
}
