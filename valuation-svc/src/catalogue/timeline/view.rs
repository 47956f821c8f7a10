//! Entries of timelines and annuities as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{LegalEventId, OrgId, PatentId};
use finance::Money;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    model::{AnnuityPosition, FigureStatus, Happening, NextAnnuity},
    store::row,
};
use crate::catalogue::{
    patent::{LegalStatus, PatentKind},
    record::PatentRecord,
    store::{self, patent},
};

/// An entry of a patent's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimelineEntry {
    /// The entry.
    pub id: LegalEventId,
    /// The patent.
    pub patent_id: PatentId,
    /// Its place in the order of recording, from one.
    pub seq: i64,
    /// The kind of what happened.
    pub kind: String,
    /// The day on which it happened.
    pub happened_on: NaiveDate,
    /// What happened.
    pub what: Happening,
    /// The register, file or paper that says so.
    pub source: String,
    /// A reference to the paper.
    pub document: Option<String>,
    /// A remark.
    pub remark: Option<String>,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// The entry that it takes the place of.
    pub supersedes: Option<LegalEventId>,
    /// The entry that has taken its place; it no longer counts.
    pub superseded_by: Option<LegalEventId>,
}

/// A row as it is shown.
pub(super) fn entry(row: row::Model, superseded_by: Option<LegalEventId>) -> Result<TimelineEntry, Fault> {
    Ok(TimelineEntry {
        id: row.id.into(),
        patent_id: row.patent_id.into(),
        seq: row.seq,
        what: serde_json::from_str(&row.details)?,
        kind: row.kind,
        happened_on: row.happened_on,
        source: row.source,
        document: row.document,
        remark: row.remark,
        recorded_by: row.recorded_by,
        recorded_at: row.recorded_at,
        supersedes: row.supersedes.map(LegalEventId::from),
        superseded_by,
    })
}

/// A patent in the annuity calendar.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AnnuityItem {
    /// The patent.
    pub patent_id: PatentId,
    /// 公开(公告)号
    pub number: String,
    /// 名称
    pub title: String,
    /// What is protected.
    pub kind: PatentKind,
    /// 法律状态, on the day of asking.
    pub legal_status: LegalStatus,
    /// Who holds it.
    pub holders: Vec<String>,
    /// The owner on the platform, where known.
    pub owner_id: Option<OrgId>,
    /// Whether a registered pledge lies on it.
    pub encumbered: bool,
    /// 年费缴至
    pub paid_until: Option<NaiveDate>,
    /// The next annuity.
    pub next: NextAnnuity,
}

/// A row of the calendar; `None` where no annuity is due any more.
pub(super) fn annuity(row: &patent::Model, on: NaiveDate) -> Result<Option<AnnuityItem>, Fault> {
    let record = store::record_of(row)?;
    Ok(record.next_annuity(on).map(|next| AnnuityItem {
        patent_id: row.id.into(),
        number: row.number.clone(),
        title: row.title.clone(),
        kind: record.facts.kind,
        legal_status: record.legal_status(on),
        owner_id: record.owner,
        encumbered: row.encumbered,
        paid_until: record.facts.annuities_paid_to,
        next,
        holders: if record.facts.current_owners.is_empty() {
            record.facts.applicants
        } else {
            record.facts.current_owners
        },
    }))
}

/// One year of a patent's annuities.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AnnuityYear {
    /// The year, counted from the filing day.
    pub year: u32,
    /// The day on which its annuity is due; for the year of the grant its beginning, which is before the grant.
    pub due_on: NaiveDate,
    /// The annuity by the scale.
    pub fee: Option<Money>,
    /// How well the scale is confirmed.
    pub fee_status: FigureStatus,
    /// Whether it is paid for; absent where nobody says.
    pub paid: Option<bool>,
}

/// The annuities of a patent's term from the year of its grant on; none where they cannot be counted.
pub(super) fn schedule(record: &PatentRecord) -> Vec<AnnuityYear> {
    let Some(position) = AnnuityPosition::of(&record.facts) else { return Vec::new() };
    let paid_to = record.facts.annuities_paid_to;
    let first_unpaid = paid_to.map(|paid| position.first_unpaid(paid));
    (position.first_owed(record.facts.grant_date)..=position.years())
        .filter_map(|year| {
            let due_on = position.due_on(year)?;
            let paid = first_unpaid.map(|first| first.is_none_or(|first| year < first));
            let fee_status = FigureStatus::Republished;
            Some(AnnuityYear { year, due_on, fee: position.fee(year), fee_status, paid })
        })
        .collect()
}
