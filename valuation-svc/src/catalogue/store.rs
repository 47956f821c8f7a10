//! The patents' rows and finders. Facts of patents are public: every scope sees every patent, and finders still ask
//! for one, so that no list of the suite is without it.

use std::collections::HashMap;

use chrono::{DateTime, Months, NaiveDate, Utc};
use contracts::{OrgId, PatentId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, LikeExpr},
};
use sha2::{Digest, Sha256};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::{
    encumbrance,
    high_value::model::{HIGH_PLEDGE, KEPT_YEARS},
    industry::Industry,
    links, number,
    patent::{LegalStatus, PatentKind},
    record::PatentRecord,
};
use crate::reference::Concordance;

mod by_number;

pub(crate) use by_number::{by_number, by_numbers};

/// The patent table.
pub mod patent {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "patent")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub number_key: String,
        pub application_key: String,
        pub grant_key: String,
        #[sea_orm(column_type = "Text")]
        pub title: String,
        #[sea_orm(column_type = "Text")]
        pub applicants: String,
        #[sea_orm(column_type = "Text")]
        pub search: String,
        #[sea_orm(column_type = "Text")]
        pub ipc: String,
        pub kind: String,
        pub status: String,
        pub industry: String,
        /// 0001-01-01 where unknown: a sort column is never null.
        pub filing_date: Date,
        pub expires_on: Option<Date>,
        /// 0001-01-01 where it was not granted, or nobody says when.
        pub granted_on: Date,
        /// 9999-12-31 where no annuity is due, or nobody says until when they are paid.
        pub annuity_due_on: Date,
        /// Whether it is known to be put to use.
        pub implemented: bool,
        /// Whether its facts meet a criterion of the statistical definition of high-value inventions.
        pub high_value_mark: bool,
        pub owner_id: Option<Uuid>,
        pub encumbered: bool,
        pub generated: bool,
        pub source: String,
        #[sea_orm(column_type = "Text")]
        pub record: String,
        pub content_hash: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Separates names within the `applicants` column.
pub(crate) const NAMES: &str = "；";
/// The most characters of a search text.
const SEARCH_CHARS_MAX: usize = 100;

/// The patent of a row.
///
/// # Errors
/// [`Fault::Json`] where the stored record no longer reads.
pub(crate) fn record_of(row: &patent::Model) -> Result<PatentRecord, Fault> {
    Ok(serde_json::from_str(&row.record)?)
}

/// The row of a record: what is searched and sorted by stands in columns, the industry by the concordance in force, the
/// whole as JSON beside them.
pub(crate) fn row_of(
    id: PatentId,
    record: &PatentRecord,
    version: i64,
    (created_at, now): (DateTime<Utc>, DateTime<Utc>),
    encumbered: bool,
    concordance: &Concordance,
) -> Result<patent::ActiveModel, Fault> {
    let facts = &record.facts;
    let optional_key = |text: &Option<String>| text.as_deref().map(number::key).unwrap_or_default();
    let applicants = facts.applicants.join(NAMES);
    let (number_key, application_key) =
        (number::key(&facts.publication_number), optional_key(&facts.application_number));
    let search = format!("{number_key} {application_key} {} {applicants}", facts.title).to_lowercase();
    let text = serde_json::to_string(record)?;
    Ok(patent::ActiveModel {
        id: Set(id.uuid()),
        number: Set(facts.publication_number.clone()),
        number_key: Set(number_key),
        application_key: Set(application_key),
        grant_key: Set(optional_key(&facts.grant_number)),
        title: Set(facts.title.clone()),
        applicants: Set(applicants),
        search: Set(search),
        ipc: Set(ipc_text(&facts.ipc)),
        kind: Set(facts.kind.as_str().to_owned()),
        status: Set(facts.legal_status.as_str().to_owned()),
        industry: Set(concordance.industry(facts).code().to_owned()),
        filing_date: Set(filing_day(facts.filing_date)),
        expires_on: Set(facts.expiry_date),
        granted_on: Set(filing_day(facts.grant_date)),
        annuity_due_on: Set(record.annuity_due_on().unwrap_or_else(never)),
        implemented: Set(record.is_implemented()),
        high_value_mark: Set(record.has_high_value_mark(concordance)),
        owner_id: Set(record.owner.map(OrgId::uuid)),
        encumbered: Set(encumbered),
        generated: Set(record.generated),
        source: Set(record.source.clone()),
        content_hash: Set(hash(&text)),
        record: Set(text),
        version: Set(version),
        created_at: Set(created_at),
        updated_at: Set(now),
    })
}

/// The fingerprint of a record's JSON.
pub(crate) fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Every symbol after a bar, so that a prefix is found with `LIKE '%|C22B%'`.
fn ipc_text(symbols: &[String]) -> String {
    symbols.iter().map(|s| format!("|{}", s.replace(' ', ""))).collect()
}

/// A sort column is never null: the first day of the calendar stands for an unknown one.
pub(crate) fn filing_day(filed: Option<NaiveDate>) -> NaiveDate {
    filed.or_else(|| NaiveDate::from_ymd_opt(1, 1, 1)).unwrap_or_default()
}

/// A day that never comes.
pub(crate) fn never() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}

/// What a list of patents is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of a number, title or applicant.
    pub q: Option<String>,
    /// The beginning of an IPC symbol.
    pub ipc: Option<String>,
    /// Part of an applicant's name.
    pub applicant: Option<String>,
    /// Kind.
    pub kind: Option<PatentKind>,
    /// Status on the day of asking.
    pub legal_status: Option<LegalStatus>,
    /// Industry.
    pub industry: Option<Industry>,
    /// Whether it is pledged.
    pub encumbered: Option<bool>,
    /// The owner.
    pub owner: Option<OrgId>,
    /// Whether it is a high-value invention patent by the statistical definition.
    pub high_value: Option<bool>,
}

/// The patents that a scope may see, narrowed, on a day.
#[must_use]
pub(crate) fn find(_public: &Scope, filter: &Filter, on: NaiveDate) -> Select<patent::Entity> {
    use patent::Column;
    let mut all = Condition::all();
    if let Some(q) = &filter.q {
        let words = Condition::any()
            .add(contains(Column::Search, &q.to_lowercase()))
            .add_option(key_of(q).map(|key| contains(Column::Search, &key.to_lowercase())));
        all = all.add(words);
    }
    if let Some(ipc) = &filter.ipc {
        let symbol: String = ipc.to_uppercase().split_whitespace().collect();
        all = all.add(contains(Column::Ipc, &format!("|{symbol}")));
    }
    if let Some(applicant) = &filter.applicant {
        all = all.add(contains(Column::Search, &applicant.to_lowercase()));
    }
    all = all
        .add_option(filter.kind.map(|kind| Column::Kind.eq(kind.as_str())))
        .add_option(filter.legal_status.map(|status| on_day(status, on)))
        .add_option(filter.industry.map(|industry| Column::Industry.eq(industry.code())))
        .add_option(filter.encumbered.map(|encumbered| Column::Encumbered.eq(encumbered)))
        .add_option(filter.owner.map(|owner| Column::OwnerId.eq(owner.uuid())))
        .add_option(filter.high_value.map(|wanted| {
            let high = high_value(on);
            if wanted { high } else { high.not() }
        }));
    patent::Entity::find().filter(all)
}

/// High-value invention patents on a day, as `high_value/model` answers each.
fn high_value(on: NaiveDate) -> Condition {
    use patent::Column;
    let mut met = Condition::any()
        .add(Column::HighValueMark.eq(true))
        .add(Column::NumberKey.in_subquery(links::in_force_abroad(on)))
        .add(Column::Id.in_subquery(encumbrance::securing(HIGH_PLEDGE)));
    if let Some(day) = on.checked_sub_months(Months::new(12 * KEPT_YEARS)) {
        let long =
            Condition::all().add(Column::FilingDate.gt(filing_day(None))).add(Column::FilingDate.lt(day));
        met = met.add(long);
    }
    Condition::all()
        .add(Column::Kind.eq(PatentKind::Invention.as_str()))
        .add(on_day(LegalStatus::Granted, on))
        .add(met)
}

/// A number typed with blanks or `ZL` has a key that differs from what was typed.
fn key_of(q: &str) -> Option<String> {
    let digits = q.chars().filter(char::is_ascii_digit).count();
    let plain = q.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ' || c == '.');
    (digits >= 6 && plain).then(|| number::key(q))
}

/// A status as it is on a day, not as it was written when the term still ran.
pub(crate) fn on_day(status: LegalStatus, on: NaiveDate) -> Condition {
    use patent::Column;
    let stated = Column::Status.eq(status.as_str());
    let ended = Condition::all()
        .add(Column::Status.is_in([LegalStatus::Granted.as_str(), LegalStatus::Unknown.as_str()]))
        .add(Column::ExpiresOn.lte(on));
    match status {
        LegalStatus::Expired => Condition::any().add(stated).add(ended),
        LegalStatus::Granted | LegalStatus::Unknown => Condition::all()
            .add(stated)
            .add(Condition::any().add(Column::ExpiresOn.is_null()).add(Column::ExpiresOn.gt(on))),
        _ => Condition::all().add(stated),
    }
}

fn contains(column: patent::Column, text: &str) -> Expr {
    let escaped: String = text
        .trim()
        .chars()
        .take(SEARCH_CHARS_MAX)
        .flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] })
        .collect();
    column.like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}

/// One patent.
pub(crate) async fn one(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    id: PatentId,
) -> Result<Option<patent::Model>, Fault> {
    Ok(patent::Entity::find_by_id(id.uuid()).one(conn).await?)
}

/// The count of changes of a patent, without its record; absent where there is no such patent.
pub(crate) async fn version_of(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    id: PatentId,
) -> Result<Option<i64>, Fault> {
    let version = patent::Entity::find_by_id(id.uuid()).select_only().column(patent::Column::Version);
    Ok(version.into_tuple().one(conn).await?)
}

/// One patent, locked against another change; what belongs to whom is the act's to ask.
pub(crate) async fn lock(tx: &Tx, id: PatentId) -> Result<Option<patent::Model>, Fault> {
    Ok(patent::Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?)
}

/// The numbers and titles of patents.
///
/// # Errors
/// The database's fault.
pub(crate) async fn find_names(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    patents: &[Uuid],
) -> Result<HashMap<Uuid, (String, String)>, Fault> {
    use patent::Column;
    let found: Vec<(Uuid, String, String)> = patent::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Number, Column::Title])
        .filter(Column::Id.is_in(patents.iter().copied()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(found.into_iter().map(|(id, number, title)| (id, (number, title))).collect())
}

/// The other half of a same-day pair: an invention and a utility model that one applicant filed for the same thing on the
/// same day (专利法实施细则, rule 47; ground 10 of CNIPA Announcement 461 of 2021). One that has ended is none.
pub(crate) async fn same_day_twin(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    row: &patent::Model,
    on: NaiveDate,
) -> Result<Option<patent::Model>, Fault> {
    use patent::Column;
    let other = if row.kind == PatentKind::UtilityModel.as_str() {
        PatentKind::Invention
    } else if row.kind == PatentKind::Invention.as_str() {
        PatentKind::UtilityModel
    } else {
        return Ok(None);
    };
    if row.filing_date == filing_day(None) {
        return Ok(None);
    }
    let standing = [LegalStatus::Pending, LegalStatus::Granted, LegalStatus::Unknown];
    let alive = standing.into_iter().fold(Condition::any(), |any, status| any.add(on_day(status, on)));
    let found = patent::Entity::find()
        .filter(Column::FilingDate.eq(row.filing_date))
        .filter(Column::Title.eq(&row.title))
        .filter(Column::Kind.eq(other.as_str()))
        .filter(alive)
        .order_by_asc(Column::NumberKey)
        .all(conn)
        .await?;
    let names = |one: &patent::Model| -> Vec<String> {
        one.applicants
            .split(NAMES)
            .map(|name| name.trim().to_lowercase())
            .filter(|name| !name.is_empty())
            .collect()
    };
    let own = names(row);
    Ok(found.into_iter().find(|one| names(one).iter().any(|name| own.contains(name))))
}
