//! Refusals of entries as the caller hears them.

use http_kit::{ActError, Problem};

use super::model::Refusal;
use crate::catalogue::{disposal::Breach, patent::LegalStatus, record::DisputeKind};

/// The patent is another organisation's affair.
pub(crate) fn held_by_others(number: &str) -> Problem {
    Problem::refused(
        "patent-held-by-others",
        format!("{number} 不属于本机构，或由其他机构质押。请由权利人所在机构或质权银行登记；企业只登记平台载明为本企业所有的专利。"),
        format!(
            "{number} is not your organisation's, or is pledged to another bank. Its owner's organisation or the pledgee \
             records what happens to it; an enterprise records only patents that the platform knows as its own."
        ),
    )
    .with("number", number)
}

/// A disposal that the pledgee has not consented to.
pub(crate) fn pledged_without_consent(breach: &Breach) -> Problem {
    let (number, bank) = (&breach.number, &breach.bank_name);
    Problem::refused(
        "pledged-without-consent",
        format!(
            "{number} 已质押给{bank}，未经其同意不得{}（民法典第四百四十四条、专利权质押登记办法）。请先取得质权人在平台上登记的同意。已告知{bank}。",
            breach.act.zh()
        ),
        format!(
            "{number} is pledged to {bank} and may not be {} without its consent (Civil Code, article 444; CNIPA Announcement 461 \
             of 2021). Have {bank} record its consent first; it has been told.",
            breach.act.en()
        ),
    )
    .with("act", breach.act)
    .with("pledge_id", breach.pledge_id)
    .with("bank_name", bank)
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let entry = |zh: String, en: String| Self::refused("entry-refused", zh, en);
        match refusal {
            Refusal::NotByPeople => entry(
                "此类事项由目录或质押登记自动登载，不能人工登记。".into(),
                "Entries of this kind are made by the catalogue and the register of pledges, not by people.".into(),
            ),
            Refusal::BeforeFiling { filed } => entry(
                format!("发生日早于申请日 {filed}。请核对日期。"),
                format!("That day is before the filing day, {filed}. Check the date."),
            )
            .with("filed", filed),
            Refusal::NothingToVoid => entry(
                "作废须指明被作废的事项。请在该事项上选择更正。".into(),
                "Name the entry that is to be void: correct it from its own line.".into(),
            ),
            Refusal::NotOfThisPatent => entry(
                "被更正的事项不属于该专利。请核对编号。".into(),
                "The entry to be corrected is none of this patent. Check its id.".into(),
            ),
            Refusal::SupersededAlready => entry(
                "该事项已被更正。请对最新的更正再作更正。".into(),
                "That entry has been corrected already. Correct the newest correction instead.".into(),
            ),
            Refusal::NotCorrectable => entry(
                "自动登载的事项在其来源处更正：重新导入文件，或由质押登记更正。".into(),
                "Entries that the catalogue makes are corrected where they come from: import the file anew, or correct the \
                 register of pledges."
                    .into(),
            ),
            Refusal::Status { stood } => status(stood),
            Refusal::NoAnnuities => entry(
                "缺少申请日，或不是中国专利，无法按年度计算年费。请先补全专利信息。".into(),
                "Its annuities cannot be counted by years: the filing day is missing, or it is no Chinese patent. Complete \
                 its record first."
                    .into(),
            ),
            Refusal::BeyondTerm { years } => entry(
                format!("该专利的年度为第 1 至第 {years} 年。请核对年度。"),
                format!("The term has years 1 to {years}. Check the year."),
            )
            .with("years", years),
            Refusal::NotYetDue { due_on } => entry(
                format!("该年度年费 {due_on} 到期，到期日之后才能登记欠缴。"),
                format!("That annuity is due on {due_on}; it can be recorded as missed after that day."),
            )
            .with("due_on", due_on),
            Refusal::NotHolder { named, holders } => {
                let listed = holders.join("、");
                entry(
                    format!("{named} 在该日不是权利人。当时的权利人为：{listed}。"),
                    format!("{named} did not hold the right on that day. Its holders were: {listed}."),
                )
                .with("holders", holders)
            }
            Refusal::TermRuns { expires } => entry(
                format!("保护期至 {expires} 届满，届满日之前不能登记届满。"),
                format!("The term runs to {expires}; it cannot be recorded as ended before."),
            )
            .with("expires", expires),
            Refusal::NoOpenDispute(kind) => {
                let (zh, en) = dispute(kind);
                entry(
                    format!("该日没有未结的{zh}。请先登记其发生。"),
                    format!("No {en} was open on that day. Record first that it was opened."),
                )
            }
            Refusal::OutcomeOfAnother => entry(
                "维持有效、部分无效和宣告无效只能是无效宣告请求的结果。请选择撤回或其他结案。".into(),
                "Only a request for invalidation is decided so. Choose withdrawn or ended otherwise.".into(),
            ),
            Refusal::LicenceIncomplete => entry(
                "许可须写明被许可人（开放许可除外），且终止日不早于发生日。".into(),
                "A licence names its licensee, unless it is open, and does not end before it begins.".into(),
            ),
            Refusal::NoSuchLicence => entry(
                "未找到所指的许可，或该许可已被更正、作废。请从该专利当前有效的许可登记中选择。".into(),
                "There is no such licence, or it was corrected or made void. Choose one that stands in this patent's timeline."
                    .into(),
            ),
            Refusal::LicenceNotRunning { from, until } => {
                let end = until.map_or_else(|| "—".to_owned(), |day| day.to_string());
                entry(
                    format!("该许可自 {from} 起，至 {end} 止，该日不在许可期内。请核对终止日。"),
                    format!("That licence runs from {from} to {end} and did not run on that day. Check the day."),
                )
                .with("from", from)
            }
        }
    }
}

fn status(stood: LegalStatus) -> Problem {
    let zh = match stood {
        LegalStatus::Pending => "审中",
        LegalStatus::Granted => "有效",
        LegalStatus::Lapsed => "终止",
        LegalStatus::Expired => "届满",
        LegalStatus::Invalidated => "无效",
        LegalStatus::Withdrawn => "撤回",
        LegalStatus::Rejected => "驳回",
        LegalStatus::Unknown => "未载明",
    };
    Problem::refused(
        "entry-refused",
        format!("该日专利的法律状态为“{zh}”，不能登记此事项。请核对日期，或先登记使状态改变的事项。"),
        format!(
            "On that day the patent was {}, and this could not happen to it. Check the date, or record first what changed \
             its status.",
            stood.as_str()
        ),
    )
    .with("legal_status", stood)
}

const fn dispute(kind: DisputeKind) -> (&'static str, &'static str) {
    match kind {
        DisputeKind::Ownership => ("权属纠纷", "dispute over ownership"),
        DisputeKind::Preservation => ("财产保全", "preservation by a court"),
        DisputeKind::Invalidation => ("无效宣告请求", "request for invalidation"),
        DisputeKind::Litigation => ("侵权诉讼", "litigation"),
    }
}
