//! The facts of a patent that its timeline settles.

use chrono::NaiveDate;
use contracts::OrgId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::{
    patent::LegalStatus,
    record::{Dispute, PatentRecord},
};

/// All of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = SettledFacts)]
pub struct Settled {
    /// 法律状态
    pub legal_status: LegalStatus,
    /// 公开(公告)日
    pub publication_date: Option<NaiveDate>,
    /// 授权公告日
    pub grant_date: Option<NaiveDate>,
    /// 年费缴至
    pub annuities_paid_to: Option<NaiveDate>,
    /// The owner on the platform.
    pub owner: Option<OrgId>,
    /// 当前专利权人
    pub current_owners: Vec<String>,
    /// 转让次数
    pub transfers: Option<u32>,
    /// 许可次数
    pub licences: Option<u32>,
    /// Disputes on record.
    pub disputes: Vec<Dispute>,
    /// Whether it is known to be put to use.
    pub implemented: Option<bool>,
    /// Prizes of the statistical definition of high-value patents.
    pub awards: Option<u32>,
}

impl Settled {
    /// The facts as a record has them.
    #[must_use]
    pub fn of(record: &PatentRecord) -> Self {
        let facts = &record.facts;
        Self {
            legal_status: facts.legal_status,
            publication_date: facts.publication_date,
            grant_date: facts.grant_date,
            annuities_paid_to: facts.annuities_paid_to,
            owner: record.owner,
            current_owners: facts.current_owners.clone(),
            transfers: facts.transfers,
            licences: facts.licences,
            disputes: record.disputes.clone(),
            implemented: record.implemented,
            awards: record.awards,
        }
    }

    /// Writes the facts into a record.
    pub fn settle(self, record: &mut PatentRecord) {
        let facts = &mut record.facts;
        facts.legal_status = self.legal_status;
        facts.publication_date = self.publication_date;
        facts.grant_date = self.grant_date;
        facts.annuities_paid_to = self.annuities_paid_to;
        facts.current_owners = self.current_owners;
        facts.transfers = self.transfers;
        facts.licences = self.licences;
        record.owner = self.owner;
        record.disputes = self.disputes;
        record.implemented = self.implemented;
        record.awards = self.awards;
    }
}

/// Those of them that a newer file says otherwise; what is absent it left as it was.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = StatedFacts)]
pub struct Told {
    /// 法律状态
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_status: Option<LegalStatus>,
    /// 公开(公告)日
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publication_date: Option<NaiveDate>,
    /// 授权公告日
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_date: Option<NaiveDate>,
    /// 年费缴至
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annuities_paid_to: Option<NaiveDate>,
    /// The owner on the platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<OrgId>,
    /// 当前专利权人
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_owners: Option<Vec<String>>,
    /// 转让次数
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfers: Option<u32>,
    /// 许可次数
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licences: Option<u32>,
    /// Disputes on record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disputes: Option<Vec<Dispute>>,
}

impl Told {
    /// What the later facts say otherwise than the earlier ones; `None` where they say the same. What a source does not
    /// say it does not deny: a fact never becomes unknown by it.
    #[must_use]
    pub fn between(before: &Settled, after: &Settled) -> Option<Self> {
        fn changed<T: PartialEq + Clone>(before: &Option<T>, after: &Option<T>) -> Option<T> {
            after.clone().filter(|_| before != after)
        }
        let told = Self {
            legal_status: (before.legal_status != after.legal_status).then_some(after.legal_status),
            publication_date: changed(&before.publication_date, &after.publication_date),
            grant_date: changed(&before.grant_date, &after.grant_date),
            annuities_paid_to: changed(&before.annuities_paid_to, &after.annuities_paid_to),
            owner: changed(&before.owner, &after.owner),
            current_owners: (before.current_owners != after.current_owners)
                .then(|| after.current_owners.clone()),
            transfers: changed(&before.transfers, &after.transfers),
            licences: changed(&before.licences, &after.licences),
            disputes: (before.disputes != after.disputes).then(|| after.disputes.clone()),
        };
        (told != Self::default()).then_some(told)
    }

    /// Lays what is told over the facts.
    pub fn apply(&self, facts: &mut Settled) {
        if let Some(status) = self.legal_status {
            facts.legal_status = status;
        }
        facts.publication_date = self.publication_date.or(facts.publication_date);
        facts.grant_date = self.grant_date.or(facts.grant_date);
        facts.annuities_paid_to = self.annuities_paid_to.or(facts.annuities_paid_to);
        facts.owner = self.owner.or(facts.owner);
        facts.transfers = self.transfers.or(facts.transfers);
        facts.licences = self.licences.or(facts.licences);
        if let Some(owners) = &self.current_owners {
            facts.current_owners.clone_from(owners);
        }
        if let Some(disputes) = &self.disputes {
            facts.disputes.clone_from(disputes);
        }
    }
}
