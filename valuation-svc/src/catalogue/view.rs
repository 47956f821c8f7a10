//! Patents as the API shows them.

use chrono::{Datelike, NaiveDate};
use contracts::{OrgId, PatentId, PledgeId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    consent::Consents,
    disposal::{self, Disposal},
    encumbrance,
    industry::Industry,
    patent::{LegalStatus, PatentKind},
    record::{AnnuityStatus, Dispute, PatentRecord},
    store::{self, patent},
    timeline::model::NextAnnuity,
};

/// A patent in a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PatentItem {
    /// The patent.
    pub id: PatentId,
    /// 公开(公告)号
    pub number: String,
    /// 名称
    pub title: String,
    /// 申请人
    pub applicants: Vec<String>,
    /// What is protected.
    pub kind: PatentKind,
    /// 法律状态, on the day of asking.
    pub legal_status: LegalStatus,
    /// International classes, main class first.
    pub ipc: Vec<String>,
    /// The industry's code.
    pub industry: Industry,
    /// Its name in Chinese.
    pub industry_name: String,
    /// 申请日
    pub filing_date: Option<NaiveDate>,
    /// 授权公告日
    pub grant_date: Option<NaiveDate>,
    /// 届满日
    pub expires_on: Option<NaiveDate>,
    /// The owner on the platform, where known.
    pub owner_id: Option<OrgId>,
    /// Whether a registered pledge lies on it.
    pub encumbered: bool,
    /// Whether it was generated for demonstration and is no real patent.
    pub generated: bool,
    /// Where the record came from.
    pub source: String,
}

/// A registered pledge over the patent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EncumbranceView {
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The pledgee.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The day of registration.
    pub since: NaiveDate,
    /// What the pledgee consents to today; nothing else may be done with the patent.
    #[serde(default)]
    pub consented: Vec<Disposal>,
}

/// A registered pledge over a patent, in a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EncumbranceItem {
    /// The patent.
    pub patent_id: PatentId,
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The pledgee.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The pledgor.
    pub enterprise_id: OrgId,
    /// The day of registration.
    pub since: NaiveDate,
}

impl From<encumbrance::entity::Model> for EncumbranceItem {
    fn from(row: encumbrance::entity::Model) -> Self {
        Self {
            patent_id: row.patent_id.into(),
            pledge_id: row.pledge_id.into(),
            bank_id: row.bank_id.into(),
            bank_name: row.bank_name,
            enterprise_id: row.enterprise_id.into(),
            since: row.since,
        }
    }
}

/// An act over the pledged patent that was not recorded, because the pledgee had not consented.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RefusedDisposal {
    /// `transfer`, `licence` or `abandonment`.
    pub act: String,
    /// The day.
    pub refused_on: NaiveDate,
    /// The pledgee.
    pub bank_name: String,
    /// Who asked for it to be recorded.
    pub asked_by: String,
}

/// A pledge as it is shown with its patent, with what the pledgee consents to on a day.
pub(crate) fn encumbrance(
    row: encumbrance::entity::Model,
    consents: &Consents,
    on: NaiveDate,
) -> EncumbranceView {
    EncumbranceView {
        consented: consents.acts(row.pledge_id, row.patent_id, on),
        pledge_id: row.pledge_id.into(),
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        since: row.since,
    }
}

/// A refusal as it is shown with its patent.
pub(crate) fn refused(row: disposal::refused::Model) -> RefusedDisposal {
    RefusedDisposal {
        act: row.act,
        refused_on: row.refused_on,
        bank_name: row.bank_name,
        asked_by: row.asked_by,
    }
}

/// The other half of a same-day pair.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SameDayTwin {
    /// The patent.
    pub id: PatentId,
    /// 公开(公告)号
    pub number: String,
    /// What is protected: the one that the patent itself is not.
    pub kind: PatentKind,
    /// 法律状态, on the day of asking.
    pub legal_status: LegalStatus,
}

/// A patent in full.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PatentDetail {
    /// What the list shows.
    #[serde(flatten)]
    pub item: PatentItem,
    /// 摘要
    #[serde(rename = "abstract")]
    pub abstract_text: Option<String>,
    /// 申请号
    pub application_number: Option<String>,
    /// 授权公告号
    pub grant_number: Option<String>,
    /// Office, two letters.
    pub jurisdiction: String,
    /// 公开(公告)日
    pub publication_date: Option<NaiveDate>,
    /// 当前专利权人, where the source tells them apart from the applicants.
    pub current_owners: Vec<String>,
    /// 发明人
    pub inventors: Vec<String>,
    /// 权利要求数量
    pub claims: Option<u32>,
    /// 独立权利要求数量
    pub independent_claims: Option<u32>,
    /// 从属权利要求数量
    pub dependent_claims: Option<u32>,
    /// 同族国家和地区
    pub family_countries: Vec<String>,
    /// 简单同族数量
    pub family_size: Option<u32>,
    /// 被引证次数: the documents listed as citing it, never fewer than its source states.
    pub forward_citations: Option<u32>,
    /// 引证专利数
    pub backward_citations: Option<u32>,
    /// 引证非专利文献数
    pub npl_citations: Option<u32>,
    /// 许可次数
    pub licences: Option<u32>,
    /// 转让次数
    pub transfers: Option<u32>,
    /// 年费缴至
    pub annuity_paid_until: Option<NaiveDate>,
    /// The last day on which no annuity is late: the next one is due on it.
    #[serde(default)]
    pub annuities_in_time_until: Option<NaiveDate>,
    /// Where the annuities stand on the day of asking.
    pub annuity_status: AnnuityStatus,
    /// The next annuity, where one is due and can be counted.
    #[serde(default)]
    pub next_annuity: Option<NextAnnuity>,
    /// Whether it is known to be put to use.
    #[serde(default)]
    pub implemented: bool,
    /// Products filed as made under it.
    #[serde(default)]
    pub product_filings: Option<u32>,
    /// Disputes on record.
    pub disputes: Vec<Dispute>,
    /// Registered pledges.
    pub encumbrances: Vec<EncumbranceView>,
    /// The invention or utility model that an applicant filed for the same thing on the same day, and that has not ended.
    #[serde(default)]
    pub same_day_twin: Option<SameDayTwin>,
    /// What was refused because a pledgee had not consented, newest first.
    #[serde(default)]
    pub refused_disposals: Vec<RefusedDisposal>,
    /// 剩余保护期, years with one decimal.
    pub remaining_years: Option<Decimal>,
    /// 技术就绪度, 1–9.
    pub technology_readiness: Option<u8>,
    /// A page about the document.
    pub url: Option<String>,
}

/// A row as an item of a list.
pub(crate) fn item(row: &patent::Model, on: NaiveDate) -> Result<PatentItem, Fault> {
    Ok(item_of(row, store::record_of(row)?, on).0)
}

fn item_of(row: &patent::Model, record: PatentRecord, on: NaiveDate) -> (PatentItem, PatentRecord) {
    let industry = Industry::of_code(&row.industry);
    let facts = &record.facts;
    let item = PatentItem {
        id: row.id.into(),
        number: row.number.clone(),
        title: row.title.clone(),
        applicants: facts.applicants.clone(),
        kind: facts.kind,
        legal_status: record.legal_status(on),
        ipc: facts.ipc.clone(),
        industry,
        industry_name: industry.name_zh().to_owned(),
        filing_date: facts.filing_date,
        grant_date: facts.grant_date,
        expires_on: facts.expiry_date,
        owner_id: record.owner,
        encumbered: row.encumbered,
        generated: row.generated,
        source: row.source.clone(),
    };
    (item, record)
}

/// A row in full, with the pledges over it.
pub(crate) fn detail(
    row: &patent::Model,
    encumbrances: Vec<EncumbranceView>,
    refused_disposals: Vec<RefusedDisposal>,
    twin: Option<&patent::Model>,
    on: NaiveDate,
) -> Result<PatentDetail, Fault> {
    let same_day_twin = twin.map(|row| same_day_twin(row, on)).transpose()?;
    let (item, record) = item_of(row, store::record_of(row)?, on);
    let annuity_status = record.annuity_status(on);
    let next_annuity = record.next_annuity(on);
    let implemented = record.is_implemented();
    let forward_citations = record.forward_citations();
    let annuities_in_time_until =
        record.facts.annuities_paid_to.map(|paid_to| record.annuities_in_time_until(paid_to));
    let facts = record.facts;
    Ok(PatentDetail {
        item,
        dependent_claims: facts
            .claims
            .zip(facts.independent_claims)
            .map(|(all, own)| all.saturating_sub(own)),
        abstract_text: facts.abstract_text,
        application_number: facts.application_number,
        grant_number: facts.grant_number,
        jurisdiction: facts.jurisdiction,
        publication_date: facts.publication_date,
        current_owners: facts.current_owners,
        inventors: facts.inventors,
        claims: facts.claims,
        independent_claims: facts.independent_claims,
        family_countries: facts.family_countries,
        family_size: facts.simple_family_size,
        forward_citations,
        backward_citations: facts.backward_citations,
        npl_citations: facts.non_patent_citations,
        licences: facts.licences,
        transfers: facts.transfers,
        annuity_paid_until: facts.annuities_paid_to,
        annuities_in_time_until,
        annuity_status,
        next_annuity,
        implemented,
        product_filings: record.product_filings,
        disputes: record.disputes,
        encumbrances,
        same_day_twin,
        refused_disposals,
        remaining_years: facts.expiry_date.map(|end| years_left(on, end)),
        technology_readiness: record.grades.trl,
        url: facts.url,
    })
}

fn same_day_twin(row: &patent::Model, on: NaiveDate) -> Result<SameDayTwin, Fault> {
    let (item, _) = item_of(row, store::record_of(row)?, on);
    Ok(SameDayTwin { id: item.id, number: item.number, kind: item.kind, legal_status: item.legal_status })
}

/// Years from one day to another, one decimal, never below zero.
fn years_left(on: NaiveDate, end: NaiveDate) -> Decimal {
    let days = i64::from(end.num_days_from_ce() - on.num_days_from_ce()).max(0);
    (Decimal::from(days) * Decimal::new(4, 0) / Decimal::from(1461)).round_dp(1)
}
