//! Reports and their files as rows: an organisation sees its own, the regulator all.

use contracts::{PatentId, ReportId, UserId, ValuationId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};
use tx_kit::{Fault, Tx, listing::containing};

use super::model::{Report, ReportCode, ReportStatus};

/// The report table.
pub mod report_row {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "valuation_report")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        /// Without hyphens; null until it is issued.
        pub code: Option<String>,
        pub tenant: Uuid,
        pub tenant_name: String,
        pub valuation_id: Uuid,
        pub valuation_number: String,
        pub patent_id: Uuid,
        pub patent_number: String,
        #[sea_orm(column_type = "Text")]
        pub patent_title: String,
        pub purpose: String,
        pub value_fen: i64,
        pub valuation_date: Date,
        pub valid_until: Date,
        pub status: String,
        #[sea_orm(column_type = "Text")]
        pub texts: String,
        pub drafted_by: String,
        pub drafted_at: DateTimeUtc,
        pub prepared_by_id: Option<Uuid>,
        pub prepared_by: Option<String>,
        pub prepared_at: Option<DateTimeUtc>,
        /// What the preparer's signature rests on.
        #[sea_orm(column_type = "Text", nullable)]
        pub basis: Option<String>,
        pub reviewed_by_id: Option<Uuid>,
        pub reviewed_by: Option<String>,
        pub reviewed_at: Option<DateTimeUtc>,
        pub issued_on: Option<Date>,
        #[sea_orm(column_type = "Text", nullable)]
        pub returned: Option<String>,
        pub superseded_by: Option<Uuid>,
        pub withdrawn_by: Option<String>,
        pub withdrawn_at: Option<DateTimeUtc>,
        #[sea_orm(column_type = "Text", nullable)]
        pub withdrawal_reason: Option<String>,
        /// The canonical JSON, as it was hashed.
        #[sea_orm(column_type = "Text", nullable)]
        pub content: Option<String>,
        pub content_sha256: Option<String>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The file table.
pub mod file_row {
    use sea_orm::entity::prelude::*;

    /// A row: one file of one report, as it was first made.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "valuation_report_file")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub report_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        pub sha256: String,
        pub content: Vec<u8>,
        pub made_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) use report_row::Column;

/// What a list of reports is narrowed by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// In this status.
    pub(crate) status: Option<ReportStatus>,
    /// Of this patent.
    pub(crate) patent: Option<PatentId>,
    /// Of this valuation.
    pub(crate) valuation: Option<ValuationId>,
    /// In report number, valuation number, patent number or title.
    pub(crate) text: Option<String>,
}

/// The reports that a scope may see, narrowed.
pub(crate) fn find(scope: &Scope, filter: &Filter) -> Select<report_row::Entity> {
    let mut all = Condition::all();
    if !scope.sees_all() {
        all = all.add(Column::Tenant.eq(scope.tenant().uuid()));
    }
    if let Some(text) = &filter.text {
        let columns = [Column::Number, Column::ValuationNumber, Column::PatentNumber, Column::PatentTitle];
        all = all.add(containing(&columns, text));
    }
    all = all
        .add_option(filter.status.map(|status| Column::Status.eq(status.name())))
        .add_option(filter.patent.map(|id| Column::PatentId.eq(id.uuid())))
        .add_option(filter.valuation.map(|id| Column::ValuationId.eq(id.uuid())));
    report_row::Entity::find().filter(all)
}

/// One report that a scope may see.
///
/// # Errors
/// The database's fault.
pub(crate) async fn find_one(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ReportId,
) -> Result<Option<report_row::Model>, Fault> {
    Ok(find(scope, &Filter::default()).filter(Column::Id.eq(id.uuid())).one(conn).await?)
}

/// The report of a code, whoever's it is: whoever holds the code may ask.
///
/// # Errors
/// The database's fault.
pub(crate) async fn find_by_code(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    code: &ReportCode,
) -> Result<Option<report_row::Model>, Fault> {
    Ok(report_row::Entity::find().filter(Column::Code.eq(code.as_str())).one(conn).await?)
}

/// The report on a valuation that is still being written.
///
/// # Errors
/// The database's fault.
pub(crate) async fn find_open(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    valuation: ValuationId,
) -> Result<Option<report_row::Model>, Fault> {
    let filter = Filter { valuation: Some(valuation), ..Filter::default() };
    let writing = [ReportStatus::Draft.name(), ReportStatus::Prepared.name()];
    Ok(find(scope, &filter).filter(Column::Status.is_in(writing)).one(conn).await?)
}

/// The issued reports of an organisation on a patent for a purpose.
///
/// # Errors
/// The database's fault.
pub(crate) async fn list_issued(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    patent: PatentId,
    purpose: &str,
) -> Result<Vec<report_row::Model>, Fault> {
    let filter = Filter { patent: Some(patent), status: Some(ReportStatus::Issued), ..Filter::default() };
    Ok(find(scope, &filter)
        .filter(Column::Tenant.eq(scope.tenant().uuid()))
        .filter(Column::Purpose.eq(purpose))
        .order_by_asc(Column::Id)
        .all(conn)
        .await?)
}

/// The report of a row.
///
/// # Errors
/// A row that does not read back.
pub(crate) fn report_of(row: &report_row::Model) -> Result<Report, Fault> {
    let unreadable = |what: &str| Fault::Corrupt(format!("{what} of report {}", row.id));
    let signed =
        |id: Option<uuid::Uuid>, name: &Option<String>, at: Option<chrono::DateTime<chrono::Utc>>| {
            Some((UserId::from_uuid(id?), name.clone()?, at?))
        };
    let code = match &row.code {
        Some(text) => Some(ReportCode::read(text).ok_or_else(|| unreadable("the code"))?),
        None => None,
    };
    Ok(Report {
        id: row.id.into(),
        number: row.number.clone(),
        code,
        tenant: row.tenant.into(),
        tenant_name: row.tenant_name.clone(),
        valuation_id: row.valuation_id.into(),
        valuation_number: row.valuation_number.clone(),
        patent_id: row.patent_id.into(),
        patent_number: row.patent_number.clone(),
        patent_title: row.patent_title.clone(),
        purpose: row.purpose.clone(),
        value: Money::from_fen(row.value_fen),
        valuation_date: row.valuation_date,
        valid_until: row.valid_until,
        status: ReportStatus::of_name(&row.status).ok_or_else(|| unreadable("the status"))?,
        texts: serde_json::from_str(&row.texts)?,
        drafted_by: row.drafted_by.clone(),
        drafted_at: row.drafted_at,
        prepared: signed(row.prepared_by_id, &row.prepared_by, row.prepared_at),
        basis: row.basis.as_deref().map(serde_json::from_str).transpose()?,
        reviewed: signed(row.reviewed_by_id, &row.reviewed_by, row.reviewed_at),
        issued_on: row.issued_on,
        returned: row.returned.clone(),
        superseded_by: row.superseded_by.map(ReportId::from_uuid),
        withdrawn: match (&row.withdrawn_by, row.withdrawn_at, &row.withdrawal_reason) {
            (Some(by), Some(at), Some(why)) => Some((by.clone(), at, why.clone())),
            _ => None,
        },
        content_sha256: row.content_sha256.clone(),
        version: row.version,
    })
}

fn row_of(one: &Report, content: Option<&str>) -> Result<report_row::Model, Fault> {
    let signed = |given: &Option<(UserId, String, chrono::DateTime<chrono::Utc>)>| match given {
        Some((id, name, at)) => (Some(id.uuid()), Some(name.clone()), Some(*at)),
        None => (None, None, None),
    };
    let (prepared, reviewed) = (signed(&one.prepared), signed(&one.reviewed));
    let withdrawn = one.withdrawn.clone();
    Ok(report_row::Model {
        id: one.id.uuid(),
        number: one.number.clone(),
        code: one.code.as_ref().map(|code| code.as_str().to_owned()),
        tenant: one.tenant.uuid(),
        tenant_name: one.tenant_name.clone(),
        valuation_id: one.valuation_id.uuid(),
        valuation_number: one.valuation_number.clone(),
        patent_id: one.patent_id.uuid(),
        patent_number: one.patent_number.clone(),
        patent_title: one.patent_title.clone(),
        purpose: one.purpose.clone(),
        value_fen: one.value.fen(),
        valuation_date: one.valuation_date,
        valid_until: one.valid_until,
        status: one.status.name().to_owned(),
        texts: serde_json::to_string(&one.texts)?,
        drafted_by: one.drafted_by.clone(),
        drafted_at: one.drafted_at,
        prepared_by_id: prepared.0,
        prepared_by: prepared.1,
        prepared_at: prepared.2,
        basis: one.basis.as_ref().map(serde_json::to_string).transpose()?,
        reviewed_by_id: reviewed.0,
        reviewed_by: reviewed.1,
        reviewed_at: reviewed.2,
        issued_on: one.issued_on,
        returned: one.returned.clone(),
        superseded_by: one.superseded_by.map(ReportId::uuid),
        withdrawn_by: withdrawn.as_ref().map(|(by, ..)| by.clone()),
        withdrawn_at: withdrawn.as_ref().map(|(_, at, _)| *at),
        withdrawal_reason: withdrawn.map(|(.., why)| why),
        content: content.map(str::to_owned),
        content_sha256: one.content_sha256.clone(),
        version: one.version,
    })
}

/// Writes a new report.
///
/// # Errors
/// The database's fault; a twin that drafted first makes the transaction run again and be refused.
pub(crate) async fn insert(tx: &Tx, report: &Report) -> Result<(), Fault> {
    report_row::Entity::insert(row_of(report, None)?.into_active_model().reset_all())
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(())
}

/// Writes what a report has become, with the content of one that is issued now; the row must still be at the version that
/// was read.
///
/// # Errors
/// The database's fault; a conflict where another changed it meanwhile.
pub(crate) async fn update(
    tx: &Tx,
    report: &Report,
    content: Option<&str>,
    read_version: i64,
) -> Result<(), Fault> {
    let mut change = row_of(report, content)?.into_active_model().reset_all();
    change.id = sea_orm::ActiveValue::NotSet;
    if content.is_none() {
        // What was issued stays as it was issued.
        change.content = sea_orm::ActiveValue::NotSet;
    }
    let changed = report_row::Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(report.id.uuid()))
        .filter(Column::Version.eq(read_version))
        .exec(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("report {} was changed by another", report.id)))
    }
}

/// A file of a report in scope, where it was made.
///
/// # Errors
/// The database's fault.
pub(crate) async fn find_file(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ReportId,
    kind: &str,
) -> Result<Option<Vec<u8>>, Fault> {
    let seen = find(scope, &Filter::default()).filter(Column::Id.eq(id.uuid())).one(conn).await?;
    if seen.is_none() {
        return Ok(None);
    }
    let found = file_row::Entity::find_by_id((id.uuid(), kind.to_owned())).one(conn).await?;
    Ok(found.map(|row| row.content))
}

/// The hashes of the files of a report, by kind. Whoever holds the code may ask whether a file is among them.
///
/// # Errors
/// The database's fault.
pub(crate) async fn list_hashes(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    id: ReportId,
) -> Result<Vec<(String, String)>, Fault> {
    Ok(file_row::Entity::find()
        .select_only()
        .column(file_row::Column::Kind)
        .column(file_row::Column::Sha256)
        .filter(file_row::Column::ReportId.eq(id.uuid()))
        .order_by_asc(file_row::Column::Kind)
        .into_tuple()
        .all(conn)
        .await?)
}

/// Keeps a file that was made; one that another made first stays.
///
/// # Errors
/// The database's fault; a twin that made it first makes the transaction run again.
pub(crate) async fn keep_file(
    tx: &Tx,
    id: ReportId,
    kind: &str,
    (sha256, bytes): (&str, &[u8]),
) -> Result<Vec<u8>, Fault> {
    if let Some(first) = file_row::Entity::find_by_id((id.uuid(), kind.to_owned())).one(tx.conn()).await? {
        return Ok(first.content);
    }
    let row = file_row::ActiveModel {
        report_id: Set(id.uuid()),
        kind: Set(kind.to_owned()),
        sha256: Set(sha256.to_owned()),
        content: Set(bytes.to_vec()),
        made_at: Set(tx.now()),
    };
    file_row::Entity::insert(row)
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(bytes.to_vec())
}
