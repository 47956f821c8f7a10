//! The risk of loans as the API shows it.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ClassificationId, FacilityId, LoanId, OrgId};
use finance::{EclStage, Money, Rate};
use identity::Scope;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    model::{Flag, Flags, Judged, JudgementStatus, Reason, Tier},
    store,
};
use crate::loan::{LoanStatus, store as loans};

/// A warning for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct FlagView {
    /// Its name.
    pub flag: Flag,
    /// 名称
    pub zh: String,
}

/// A reason for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct ReasonView {
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
    /// 依据
    pub basis_zh: String,
    /// The basis in English.
    pub basis_en: String,
    /// Which of the classification rules: the article's number as recalled and not confirmed, for telling reasons apart and
    /// not for citing; null where it rests on another basis.
    pub article: Option<u8>,
}

/// What is judged of a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct JudgedView {
    /// The tier is not better than this.
    pub tier: Option<Tier>,
    /// The loss expected on it by itself.
    pub impairment: Option<Rate>,
    /// The day on which the debtor's difficulties were found to be solved.
    pub difficulty_solved_on: Option<NaiveDate>,
    /// Why.
    pub reason: String,
}

/// A loan's place on the watch list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct WatchView {
    /// Since when.
    pub on: NaiveDate,
    /// Who put it there.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// A bank's part of a provision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct PartView {
    /// The bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// Its part.
    pub provision: Money,
}

/// What a loan was from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RiskChangeView)]
pub(super) struct ChangeView {
    /// From this day.
    pub from: NaiveDate,
    /// Until the day before this one; null while it holds.
    pub until: Option<NaiveDate>,
    /// The tier.
    pub tier: Tier,
    /// The stage.
    pub stage: u8,
    /// The provision on the first day.
    pub provision: Money,
    /// The warnings.
    pub flags: Vec<Flag>,
    /// What brought it about: `close`, `judgement`, `watch_list`, `restructuring` …
    pub cause: String,
    /// Why.
    pub reasons: Vec<ReasonView>,
    /// When it was written.
    pub made_at: DateTime<Utc>,
}

/// A loan's risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct RiskView {
    /// The loan.
    pub loan_id: LoanId,
    /// Its number.
    pub number: String,
    /// The facility.
    pub facility_id: FacilityId,
    /// Its name.
    pub facility_name: String,
    /// The lead bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The borrower.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// Where it stands in its life: written off, it is off the books, classified as lost and provided for no more.
    pub loan_status: LoanStatus,
    /// Principal that was taken off the books.
    pub written_off: Money,
    /// Principal outstanding.
    pub outstanding: Money,
    /// Its last day.
    pub matures_on: NaiveDate,
    /// The tier.
    pub tier: Tier,
    /// The tier that it has by itself, without what its debtor's other debts add.
    pub own_tier: Tier,
    /// The stage of expected loss, 1 to 3.
    pub stage: u8,
    /// Days overdue at the last assessment.
    pub overdue_days: i64,
    /// The loss expected by the model, or by the loan's own estimate.
    pub expected_loss: Money,
    /// What is provided: the expected loss, at least the floor of the tier.
    pub provision: Money,
    /// The provision as a part of the balance; null where nothing is owed.
    pub cover: Option<Rate>,
    /// The banks' parts of it, where several banks lend; a bank sees its own, the lead all.
    pub parts: Vec<PartView>,
    /// The early warnings.
    pub flags: Vec<FlagView>,
    /// Why it is not normal and in stage 1.
    pub reasons: Vec<ReasonView>,
    /// The first day of the tier; null before the first close.
    pub since: Option<NaiveDate>,
    /// The day of the last assessment; null before the first close.
    pub assessed_on: Option<NaiveDate>,
    /// The day on which arrears were last cleared.
    pub cleared_on: Option<NaiveDate>,
    /// Since when it is non-performing by itself.
    pub nonperforming_since: Option<NaiveDate>,
    /// The day of the restructuring that is observed.
    pub observed_since: Option<NaiveDate>,
    /// What two people have judged.
    pub judged: Option<JudgedView>,
    /// Its place on the watch list.
    pub watched: Option<WatchView>,
    /// The judgement that waits for confirmation.
    pub judgement: Option<JudgementView>,
    /// What it was, newest first; only with a loan's own page.
    pub history: Vec<ChangeView>,
    /// Counts the loan's changes: what `If-Match` of a decision names.
    pub version: i64,
}

/// A judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct JudgementView {
    /// Its id.
    pub id: ClassificationId,
    /// The loan.
    pub loan_id: LoanId,
    /// Its number.
    pub loan_number: String,
    /// Its borrower.
    pub enterprise_name: String,
    /// The tier; null with a null estimate where the tier and the estimate before are lifted, or difficulties alone are solved.
    pub tier: Option<Tier>,
    /// The loss expected on the loan by itself.
    pub impairment: Option<Rate>,
    /// The debtor's difficulties are solved. Alone it lifts nothing.
    pub difficulty_solved: bool,
    /// What the rules gave when it was proposed.
    pub rule_tier: Tier,
    /// Why.
    pub reason: String,
    /// Where it is.
    pub status: JudgementStatus,
    /// Who proposed it.
    pub maker: String,
    /// Who decided it.
    pub decider: Option<String>,
    /// What was said with the decision.
    pub decision_reason: Option<String>,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}

/// The view of a judgement.
pub(super) fn judgement_view(row: store::judgement::Model) -> Result<JudgementView, Fault> {
    let status = row.status.parse().map_err(|_| Fault::Corrupt(format!("status of judgement {}", row.id)))?;
    Ok(JudgementView {
        id: row.id.into(),
        loan_id: row.loan_id.into(),
        loan_number: row.loan_number,
        enterprise_name: row.enterprise_name,
        tier: row.tier.map(store::tier).transpose()?,
        impairment: store::impairment(row.impairment.as_deref())?,
        difficulty_solved: row.solved,
        rule_tier: store::tier(row.rule_tier)?,
        reason: row.reason,
        status,
        maker: row.maker,
        decider: row.decider,
        decision_reason: row.decision_reason,
        created_at: row.created_at,
        decided_at: row.decided_at,
    })
}

fn reason_view(reason: &Reason) -> ReasonView {
    let text = reason.text();
    ReasonView {
        zh: text.zh,
        en: text.en,
        basis_zh: text.basis_zh.to_owned(),
        basis_en: text.basis_en.to_owned(),
        article: Some(reason.article()).filter(|article| *article > 0),
    }
}

fn flag_view(flag: Flag) -> FlagView {
    FlagView { flag, zh: flag.name_zh().to_owned() }
}

fn change_view(row: store::change::Model) -> Result<ChangeView, Fault> {
    let reasons: Vec<Reason> =
        row.reasons.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
    Ok(ChangeView {
        from: row.from_on,
        until: Some(row.until_on).filter(|day| *day < store::write::far()),
        tier: store::tier(row.tier)?,
        stage: store::stage(row.stage)?.number(),
        provision: Money::from_fen(row.provision_fen),
        flags: Flags::from_bits(row.flags).list(),
        cause: row.cause,
        reasons: reasons.iter().map(reason_view).collect(),
        made_at: row.made_at,
    })
}

/// A loan's risk without what is read for its own page only: parts, the open judgement, the history.
pub(super) fn risk_view(
    loan: &loans::loan::Model,
    risk: Option<&store::risk::Model>,
) -> Result<RiskView, Fault> {
    let found = risk.map(store::assessed_of).transpose()?;
    let outstanding = Money::from_fen(loan.outstanding_fen);
    let provision = found.as_ref().map_or(Money::ZERO, |found| found.provision);
    let past = found.as_ref().map(|found| found.past).unwrap_or_default();
    let judged = risk.map(judged_view).transpose()?.flatten();
    let stage = found.as_ref().map_or(EclStage::One, |found| found.stage);
    let status = LoanStatus::parse(&loan.status)
        .ok_or_else(|| Fault::Corrupt(format!("status of loan {}", loan.id)))?;
    // What was written off is lost, whatever it was classified as when it left the books.
    let lost = (status == LoanStatus::WrittenOff).then_some(Tier::Loss);
    Ok(RiskView {
        loan_id: loan.id.into(),
        number: loan.number.clone(),
        facility_id: loan.facility_id.into(),
        facility_name: loan.facility_name.clone(),
        bank_id: loan.bank_id.into(),
        bank_name: loan.bank_name.clone(),
        enterprise_id: loan.enterprise_id.into(),
        enterprise_name: loan.enterprise_name.clone(),
        outstanding,
        matures_on: loan.matures_on,
        loan_status: status,
        written_off: Money::from_fen(loan.written_off_fen),
        tier: lost.unwrap_or(found.as_ref().map(|found| found.tier).unwrap_or_default()),
        own_tier: lost.unwrap_or(found.as_ref().map(|found| found.own_tier).unwrap_or_default()),
        stage: if lost.is_some() { EclStage::Three } else { stage }.number(),
        overdue_days: past.overdue_days,
        expected_loss: found.as_ref().map_or(Money::ZERO, |found| found.expected_loss),
        provision,
        cover: ratio(provision, outstanding),
        parts: Vec::new(),
        flags: found
            .as_ref()
            .map_or_else(Vec::new, |found| found.flags.list().into_iter().map(flag_view).collect()),
        reasons: found
            .as_ref()
            .map_or_else(Vec::new, |found| found.reasons.iter().map(reason_view).collect()),
        since: risk.map(|risk| risk.since),
        assessed_on: risk.map(|risk| risk.assessed_on),
        cleared_on: past.cleared_on,
        nonperforming_since: past.bad_since,
        observed_since: past.restructured_on.filter(|_| past.observing),
        judged,
        watched: risk.and_then(watch_view),
        judgement: None,
        history: Vec::new(),
        version: loan.version,
    })
}

fn judged_view(risk: &store::risk::Model) -> Result<Option<JudgedView>, Fault> {
    let judged = store::judged_of(risk)?;
    Ok((judged != Judged::default()).then(|| JudgedView {
        tier: judged.tier,
        impairment: judged.impairment,
        difficulty_solved_on: judged.solved_on,
        reason: risk.judged_reason.clone().unwrap_or_default(),
    }))
}

fn watch_view(risk: &store::risk::Model) -> Option<WatchView> {
    Some(WatchView {
        on: risk.watched_on?,
        by: risk.watched_by.clone().unwrap_or_default(),
        reason: risk.watch_reason.clone().unwrap_or_default(),
    })
}

/// A part of a whole in six digits; `None` where there is no whole.
pub(super) fn ratio(part: Money, whole: Money) -> Option<Rate> {
    part.ratio_of(whole).map(|ratio| Rate::new(ratio.fraction().round_dp(6)))
}

/// A loan's risk for its own page; the loan was found in scope.
pub(super) async fn view_in(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: &loans::loan::Model,
) -> Result<RiskView, Fault> {
    let id: LoanId = loan.id.into();
    let risk = store::find::find_risk(conn, scope, id).await?;
    let mut view = risk_view(loan, risk.as_ref())?;
    let parts = store::find::find_parts(conn, scope, id, loan.bank_id.into()).await?;
    let names: std::collections::HashMap<uuid::Uuid, String> = loans::shares(conn, [loan.id])
        .await?
        .into_iter()
        .map(|share| (share.bank_id, share.bank_name))
        .collect();
    view.parts = parts
        .into_iter()
        .map(|part| PartView {
            bank_name: names.get(&part.bank_id).cloned().unwrap_or_default(),
            bank_id: part.bank_id.into(),
            provision: Money::from_fen(part.provision_fen),
        })
        .collect();
    let open = store::find::find_open_judgement(conn, scope, id).await?;
    view.judgement = open.map(judgement_view).transpose()?;
    let history = store::find::find_history(conn, scope, id).await?;
    view.history = history.into_iter().map(change_view).collect::<Result<_, _>>()?;
    Ok(view)
}

/// The views of rows of the work list.
pub(super) async fn views(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    rows: Vec<store::risk::Model>,
) -> Result<Vec<RiskView>, Fault> {
    use sea_orm::{ColumnTrait, QueryFilter};
    let ids: Vec<Uuid> = rows.iter().map(|row| row.loan_id).collect();
    let listed = loans::loan::Column::Id.is_in(ids);
    let found = loans::find(scope).filter(listed).all(conn).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in &rows {
        let loan = found.iter().find(|loan| loan.id == row.loan_id);
        let loan = loan.ok_or_else(|| Fault::Corrupt(format!("the risk of loan {}", row.loan_id)))?;
        views.push(risk_view(loan, Some(row))?);
    }
    Ok(views)
}
