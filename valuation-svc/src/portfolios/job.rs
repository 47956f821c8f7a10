//! The job that values the patents of a portfolio, some at a time, and then the whole. Killed, it goes on with the next.

use async_trait::async_trait;
use contracts::{OrgId, PortfolioId};
use finance::Money;
use identity::Scope;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use tx_kit::{
    AuditEntry, Fault, Tx,
    jobs::{Job, JobHandler, Progress},
};

use super::{
    model::{MEMBERS_MAX, Member, Spec, summarise},
    store::{self, member_row, portfolio_row},
};
use crate::{
    catalogue::PatentRecord,
    models::{self, InForce as Model},
    valuations::{
        self, InForce,
        model::{Appraised, Inputs, NotAssessed},
    },
};

/// The kind of job.
pub(crate) const KIND: &str = "portfolio.value";
/// Patents valued in one chunk: some milliseconds each.
const CHUNK: u64 = 40;
/// Characters of a class that name its subclass.
const CLASS_CHARS: usize = 4;

/// What the job is to do.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// The portfolio.
    pub(super) portfolio: PortfolioId,
}

/// Values portfolios.
pub struct PortfolioJob;

#[async_trait]
impl JobHandler for PortfolioJob {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn chunk(&self, tx: &mut Tx, job: &Job) -> Result<Progress, Fault> {
        let payload: Payload = serde_json::from_value(job.payload.clone())?;
        let after: Option<i64> = serde_json::from_value(job.cursor.clone())?;
        let after = after.unwrap_or(0);
        let row = store::find_one(tx.conn(), &Scope::system(), payload.portfolio)
            .await?
            .ok_or_else(|| Fault::Corrupt(format!("portfolio {}", payload.portfolio)))?;
        let members =
            store::list_members(tx.conn(), &Scope::system(), payload.portfolio, after, CHUNK).await?;
        let finished = members.is_empty();
        let next = members.last().map_or(after, |one| one.position);
        if finished {
            close(tx, job, &row).await?;
        } else {
            value(tx, &row, members).await?;
        }
        Ok(Progress {
            done: next,
            total: row.members,
            cursor: serde_json::to_value(next)?,
            report: serde_json::Value::Null,
            finished,
        })
    }
}

/// Values some members: by the valuation in force where there is one, else by the model of the day.
async fn value(tx: &Tx, row: &portfolio_row::Model, members: Vec<member_row::Model>) -> Result<(), Fault> {
    let spec: Spec = serde_json::from_str(&row.spec)?;
    let tenant = OrgId::from_uuid(row.tenant);
    let day = row.valuation_date;
    let ids: Vec<uuid::Uuid> = members.iter().map(|one| one.patent_id).collect();
    // Only the organisation's own valuations count.
    let own = Scope::of_bank(tenant);
    let known = valuations::in_force(tx.conn(), &own, &ids, day).await?;
    let (champion, _) = models::in_force(tx.conn(), tenant, spec.purpose, day).await?;
    let mut to_indicate = Vec::new();
    let mut made = Vec::with_capacity(members.len());
    for one in members {
        let valued = known
            .iter()
            .find(|of| of.patent_id.uuid() == one.patent_id && of.purpose == spec.purpose.as_str());
        match valued {
            Some(of) => made.push(by_valuation(&one, of)),
            None => {
                match valuations::inputs_on(tx.conn(), &own, one.patent_id, (spec.purpose, day), &champion)
                    .await?
                {
                    Some(inputs) => to_indicate.push((one, inputs)),
                    None => made.push(gone(&one)),
                }
            }
        }
    }
    made.extend(indicated(to_indicate, champion).await?);
    for member in &made {
        store::keep(tx, row.id.into(), member).await?;
    }
    Ok(())
}

/// Appraising computes for milliseconds a patent: not on a request thread.
async fn indicated(asked: Vec<(member_row::Model, Inputs)>, champion: Model) -> Result<Vec<Member>, Fault> {
    tokio::task::spawn_blocking(move || {
        asked
            .iter()
            .map(|(one, inputs)| match valuations::indicate(inputs, &champion) {
                Ok(found) => by_model(one, &inputs.patent, &found),
                Err(why) => not_assessed(one, &inputs.patent, &why),
            })
            .collect()
    })
    .await
    .map_err(|error| Fault::Other(format!("patents of a portfolio: {error}")))
}

/// Sums the whole up.
async fn close(tx: &mut Tx, job: &Job, row: &portfolio_row::Model) -> Result<(), Fault> {
    let spec: Spec = serde_json::from_str(&row.spec)?;
    let rows = store::list_members(tx.conn(), &Scope::system(), row.id.into(), 0, MEMBERS_MAX as u64).await?;
    let members = rows.iter().filter_map(|one| store::member_of(one).transpose());
    let members = members.collect::<Result<Vec<Member>, Fault>>()?;
    let seed = u64::try_from(row.seed).unwrap_or(0);
    let today = tx.business_date();
    let summary = tokio::task::spawn_blocking(move || summarise(&members, &spec, seed, today))
        .await
        .map_err(|error| Fault::Other(format!("a portfolio's sum: {error}")))?
        .map_err(|error| Fault::Other(format!("a portfolio's sum: {}", error.en)))?;
    let value = summary.value;
    store::close(tx, row, &summary, value).await?;
    let details =
        serde_json::json!({ "number": row.number, "value": value, "p5": summary.p5, "p95": summary.p95 });
    let id = PortfolioId::from_uuid(row.id);
    tx.audit([AuditEntry::new(&job.actor, "portfolio.valued", "portfolio", id).with(details)]).await
}

/// A member of which only the catalogue's facts are known.
fn blank(one: &member_row::Model, patent: Option<&PatentRecord>) -> Member {
    let facts = patent.map(|record| &record.facts);
    let owner = facts.and_then(|facts| facts.current_owners.first().or(facts.applicants.first()));
    let class = facts.and_then(|facts| facts.ipc.first());
    Member {
        position: one.position,
        patent_id: one.patent_id.into(),
        patent_number: one.patent_number.clone(),
        patent_title: one.patent_title.clone(),
        owner: owner.cloned().unwrap_or_default(),
        industry: patent.map(|record| record.industry().code().to_owned()).unwrap_or_default(),
        ipc_class: class.map(|class| class.chars().take(CLASS_CHARS).collect()).unwrap_or_default(),
        assessed: false,
        reason_zh: None,
        reason_en: None,
        valuation_id: None,
        score: None,
        grade: None,
        value: Money::ZERO,
        low: Money::ZERO,
        high: Money::ZERO,
        collateral_value: Money::ZERO,
        maximum_loan: Money::ZERO,
        valid_until: None,
    }
}

fn gone(one: &member_row::Model) -> Member {
    Member {
        reason_zh: Some("专利库中已没有该专利。".to_owned()),
        reason_en: Some("The catalogue no longer has the patent.".to_owned()),
        ..blank(one, None)
    }
}

fn by_valuation(one: &member_row::Model, of: &InForce) -> Member {
    Member {
        assessed: true,
        valuation_id: Some(of.id),
        score: Some(Decimal::new(of.score_hundredths, 2)),
        grade: Some(of.grade.clone()).filter(|grade| !grade.is_empty()),
        value: of.value,
        low: of.low,
        high: of.high,
        collateral_value: of.collateral,
        maximum_loan: of.maximum_loan,
        valid_until: Some(of.valid_until),
        ..blank(one, Some(&of.patent))
    }
}

fn by_model(one: &member_row::Model, patent: &PatentRecord, found: &Appraised) -> Member {
    Member {
        assessed: true,
        score: Some(found.score.total),
        grade: found.score.grade.map(|grade| grade.as_str().to_owned()),
        value: found.value.value,
        low: found.value.low,
        high: found.value.high,
        collateral_value: found.collateral.collateral_value,
        maximum_loan: found.collateral.maximum_loan,
        valid_until: Some(found.valid_until),
        ..blank(one, Some(patent))
    }
}

fn not_assessed(one: &member_row::Model, patent: &PatentRecord, why: &NotAssessed) -> Member {
    let (zh, en) = match why {
        NotAssessed::Grounds(grounds) => (
            grounds.iter().map(|ground| ground.zh.as_str()).collect::<Vec<_>>().join("；"),
            grounds.iter().map(|ground| ground.en.as_str()).collect::<Vec<_>>().join("; "),
        ),
        NotAssessed::Figure(error) => (error.zh.clone(), error.en.clone()),
    };
    Member { reason_zh: Some(zh), reason_en: Some(en), ..blank(one, Some(patent)) }
}
