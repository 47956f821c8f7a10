//! What entries of timelines say, in words, for files.

use http_kit::Lang;

use super::model::{Award, DisputeOutcome, Happening, LapseCause, LicenceKind, Settled, Told};
use crate::catalogue::record::DisputeKind;

/// What a kind of entry is called.
pub(super) const fn kind(what: &Happening) -> (&'static str, &'static str) {
    match what {
        Happening::Published => ("申请公布", "application published"),
        Happening::Granted => ("授权公告", "grant"),
        Happening::AnnuityPaid { .. } => ("年费已缴", "annuity paid"),
        Happening::AnnuityMissed { .. } => ("年费欠缴", "annuity missed"),
        Happening::Transferred { .. } => ("权利转移", "transfer"),
        Happening::Licensed { .. } => ("实施许可", "licence"),
        Happening::LicenceEnded { .. } => ("许可提前终止", "licence ended early"),
        Happening::DisputeOpened { .. } => ("争议发生", "dispute opened"),
        Happening::DisputeClosed { .. } => ("争议终结", "dispute closed"),
        Happening::Lapsed { .. } => ("权利终止", "lapse"),
        Happening::Restored => ("权利恢复", "restoration"),
        Happening::Expired => ("期限届满", "expiry"),
        Happening::Implemented { .. } => ("投入实施", "put to use"),
        Happening::Awarded { .. } => ("获奖", "prize"),
        Happening::Void => ("作废", "void"),
        Happening::PledgeRegistered { .. } => ("质押登记", "pledge registered"),
        Happening::PledgeCancelled { .. } => ("质押注销", "pledge cancelled"),
        Happening::Opening { .. } => ("首次登载", "as first on record"),
        Happening::Stated { .. } => ("来源载明", "stated by a newer file"),
    }
}

/// What an entry says beside its kind, field by field.
pub(super) fn details(what: &Happening, lang: Lang) -> String {
    let mut said = Said { lang, parts: Vec::new() };
    match what {
        Happening::AnnuityPaid { year, amount } | Happening::AnnuityMissed { year, amount } => {
            said.add("年度", "year", Some(year));
            said.add("金额（元）", "amount (yuan)", amount.as_ref());
        }
        Happening::Transferred { from, to, .. } => {
            said.names("原权利人", "from", from);
            said.names("新权利人", "to", to);
        }
        Happening::Licensed { licence, licensee, until, registered_number, .. } => {
            said.word("许可方式", "kind of licence", licence_kind(*licence));
            said.add("被许可人", "licensee", licensee.as_ref());
            said.add("终止日", "until", until.as_ref());
            said.add("备案号", "registered number", registered_number.as_ref());
        }
        Happening::LicenceEnded { reason, .. } => said.add("原因", "reason", Some(reason)),
        Happening::DisputeOpened { dispute, reference, by } => {
            said.word("争议种类", "kind of dispute", dispute_kind(*dispute));
            said.add("案号", "case number", reference.as_ref());
            said.add("提出人", "brought by", by.as_ref());
        }
        Happening::DisputeClosed { dispute, outcome, reference } => {
            said.word("争议种类", "kind of dispute", dispute_kind(*dispute));
            said.word("结果", "outcome", outcome_of(*outcome));
            said.add("案号", "case number", reference.as_ref());
        }
        Happening::Lapsed { cause } => said.word("终止原因", "cause", cause_of(*cause)),
        Happening::Implemented { how } => said.add("实施方式", "how", Some(how)),
        Happening::Awarded { award, year, grade } => {
            said.word("奖项", "prize", prize(*award));
            said.add("年度", "year", Some(year));
            said.add("等级", "grade", grade.as_ref());
        }
        Happening::PledgeRegistered { bank_name, .. } | Happening::PledgeCancelled { bank_name, .. } => {
            said.add("质权人", "pledgee", Some(bank_name));
        }
        Happening::Opening { facts } => said.settled(facts),
        Happening::Stated { facts } => said.told(facts),
        Happening::Published
        | Happening::Granted
        | Happening::Restored
        | Happening::Expired
        | Happening::Void => {}
    }
    said.parts.join(if lang == Lang::Zh { "；" } else { "; " })
}

/// Fields with their names, in one language.
struct Said {
    lang: Lang,
    parts: Vec<String>,
}

impl Said {
    fn add(&mut self, zh: &str, en: &str, value: Option<&impl ToString>) {
        let Some(text) = value.map(ToString::to_string).filter(|text| !text.is_empty()) else { return };
        self.parts.push(match self.lang {
            Lang::Zh => format!("{zh}：{text}"),
            Lang::En => format!("{en}: {text}"),
        });
    }

    fn word(&mut self, zh: &str, en: &str, (word_zh, word_en): (&str, &str)) {
        let word = if self.lang == Lang::Zh { word_zh } else { word_en };
        self.add(zh, en, Some(&word));
    }

    fn names(&mut self, zh: &str, en: &str, names: &[String]) {
        let all = names.join(if self.lang == Lang::Zh { "、" } else { ", " });
        self.add(zh, en, Some(&all));
    }

    fn settled(&mut self, facts: &Settled) {
        self.word("法律状态", "legal status", (facts.legal_status.name_zh(), facts.legal_status.as_str()));
        self.add("公布日", "published on", facts.publication_date.as_ref());
        self.add("授权日", "granted on", facts.grant_date.as_ref());
        self.add("年费缴至", "annuities paid to", facts.annuities_paid_to.as_ref());
        self.names("权利人", "holders", &facts.current_owners);
        self.add("转让次数", "transfers", facts.transfers.as_ref());
        self.add("许可次数", "licences", facts.licences.as_ref());
        self.add("争议件数", "disputes", Some(&facts.disputes.len()));
    }

    fn told(&mut self, facts: &Told) {
        if let Some(now) = facts.legal_status {
            self.word("法律状态", "legal status", (now.name_zh(), now.as_str()));
        }
        self.add("公布日", "published on", facts.publication_date.as_ref());
        self.add("授权日", "granted on", facts.grant_date.as_ref());
        self.add("年费缴至", "annuities paid to", facts.annuities_paid_to.as_ref());
        self.names("权利人", "holders", facts.current_owners.as_deref().unwrap_or_default());
        self.add("转让次数", "transfers", facts.transfers.as_ref());
        self.add("许可次数", "licences", facts.licences.as_ref());
        self.add("争议件数", "disputes", facts.disputes.as_ref().map(Vec::len).as_ref());
    }
}

const fn licence_kind(kind: LicenceKind) -> (&'static str, &'static str) {
    match kind {
        LicenceKind::Exclusive => ("独占许可", "exclusive"),
        LicenceKind::Sole => ("排他许可", "sole"),
        LicenceKind::Ordinary => ("普通许可", "ordinary"),
        LicenceKind::Open => ("开放许可", "open"),
    }
}

const fn dispute_kind(kind: DisputeKind) -> (&'static str, &'static str) {
    match kind {
        DisputeKind::Ownership => ("权属纠纷", "dispute over ownership"),
        DisputeKind::Preservation => ("财产保全", "preservation by a court"),
        DisputeKind::Invalidation => ("无效宣告请求", "request for invalidation"),
        DisputeKind::Litigation => ("侵权诉讼", "litigation"),
    }
}

const fn outcome_of(outcome: DisputeOutcome) -> (&'static str, &'static str) {
    match outcome {
        DisputeOutcome::Upheld => ("维持有效", "upheld"),
        DisputeOutcome::PartlyUpheld => ("部分无效", "upheld in part"),
        DisputeOutcome::Invalidated => ("宣告全部无效", "invalidated"),
        DisputeOutcome::Withdrawn => ("撤回或驳回", "withdrawn or rejected"),
        DisputeOutcome::Ended => ("其他结案", "ended otherwise"),
    }
}

const fn cause_of(cause: LapseCause) -> (&'static str, &'static str) {
    match cause {
        LapseCause::AnnuityUnpaid => ("未缴年费", "annuity not paid"),
        LapseCause::Abandoned => ("放弃或撤回", "given up or withdrawn"),
        LapseCause::Rejected => ("申请被驳回", "application refused"),
        LapseCause::Other => ("其他", "other"),
    }
}

const fn prize(award: Award) -> (&'static str, &'static str) {
    match award {
        Award::StateScienceAndTechnology => ("国家科学技术奖", "State Science and Technology Award"),
        Award::ChinaPatentAward => ("中国专利奖", "China Patent Award"),
    }
}
