//! What a report says in words, as PDF and workbook both take it.

use chrono::NaiveDate;
use paper::{Cell, Column, Language, Table};

use super::{
    model::{Both, ReportContent, Subject},
    names,
    pictures::yuan,
};

/// The patent with its facts, disputes and encumbrances.
pub(super) fn subject(s: &Subject, language: Language) -> Vec<(&'static str, String)> {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let day = |date: Option<NaiveDate>| date.map_or_else(|| "—".to_owned(), |day| day.to_string());
    let count = |value: Option<u32>| value.map_or_else(|| "—".to_owned(), |value| value.to_string());
    let list = |all: &[String]| if all.is_empty() { "—".to_owned() } else { all.join("、") };
    let disputes: Vec<String> = s
        .disputes
        .iter()
        .map(|one| {
            let (kind, state) =
                (names::dispute(one.kind, language), names::dispute_status(one.status, language));
            format!("{kind} {state} {}", one.noted_on)
        })
        .collect();
    let liens: Vec<String> =
        s.encumbrances.iter().map(|one| format!("{} {}", one.pledgee, one.since)).collect();
    vec![
        (t("专利号", "Number"), s.number.clone()),
        (t("类型", "Kind"), names::kind(s.kind, language).to_owned()),
        (t("申请人", "Applicants"), list(&s.applicants)),
        (t("专利权人", "Owners"), list(&s.owners)),
        (t("发明人", "Inventors"), list(&s.inventors)),
        (t("主分类及分类号", "Classes"), list(&s.ipc)),
        (t("行业", "Industry"), language.pick(&s.industry.zh, &s.industry.en).to_owned()),
        (t("法律状态", "Legal status"), names::status(s.legal_status, language).to_owned()),
        (t("申请日", "Filed"), day(s.filed_on)),
        (t("授权公告日", "Granted"), day(s.granted_on)),
        (t("届满日", "Expires"), day(s.expires_on)),
        (t("年费缴至", "Annuities paid to"), day(s.annuities_paid_to)),
        (t("权利要求数", "Claims"), count(s.claims)),
        (t("同族国家", "Family"), list(&s.family_countries)),
        (t("许可次数", "Licences"), count(s.licences)),
        (t("转让次数", "Transfers"), count(s.transfers)),
        (t("纠纷", "Disputes"), list(&disputes)),
        (t("权利负担（质押）", "Encumbrances (pledges)"), list(&liens)),
        (t("资料来源", "Source"), s.source.clone()),
    ]
}

/// The row of licence statistics that is cited, where one is.
pub(super) fn evidence(content: &ReportContent, language: Language) -> Option<String> {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let row = content.evidence.as_ref()?;
    let cited = match language {
        Language::Chinese => format!("市场依据：{}；引用行：{}", row.source_zh, row.row),
        Language::English => format!("Market evidence: {}; row cited: {}", row.source_en, row.row),
    };
    let royalties =
        row.range().map(|(low, high)| format!("{} {low} – {high}", t("；许可费率区间", "; royalties")));
    let fee = row
        .fee_mean
        .map(|fee| format!("{} {}", t("；固定许可费均值（元）", "; mean fixed fee, yuan"), yuan(fee)));
    Some([Some(cited), royalties, fee].into_iter().flatten().collect())
}

/// The patent as a table.
pub(super) fn subject_table(content: &ReportContent, language: Language) -> Table {
    let columns =
        [Column::text(language.pick("项目", "Item")), Column::text(language.pick("内容", "Content"))];
    let rows = subject(&content.subject, language);
    rows.into_iter().fold(Table::new(columns), |table, (name, value)| {
        table.row([Cell::Text(name.to_owned()), Cell::Text(value)])
    })
}

/// Premise, standards, evidence, special assumptions, limits, statements and notes: a row for each sentence.
pub(super) fn statements(content: &ReportContent, language: Language) -> Table {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let both = |one: &Both| language.pick(&one.zh, &one.en).to_owned();
    let e = &content.engagement;
    let mut rows = vec![(t("价值前提", "Premise of value"), both(&e.premise))];
    rows.extend(e.standards.iter().map(|one| (t("依据", "Follows"), both(one))));
    rows.extend(evidence(content, language).map(|cited| (t("市场依据", "Market evidence"), cited)));
    let special = &content.special_assumptions;
    if !special.is_empty() {
        rows.push((t("特别假设", "Special assumptions"), special.clone()));
    }
    rows.extend(
        content
            .result
            .limits
            .iter()
            .map(|one| (t("限制", "Limit"), language.pick(&one.zh, &one.en).to_owned())),
    );
    rows.extend(content.statements.iter().map(|one| (t("声明", "Statement"), both(one))));
    if !content.comments.is_empty() {
        rows.push((t("说明", "Notes"), content.comments.clone()));
    }
    rows.push((t("输入数据 SHA-256", "SHA-256 of the inputs"), content.model.inputs_sha256.clone()));
    let columns = [Column::text(t("类别", "Kind")), Column::text(t("内容", "Content"))];
    rows.into_iter().fold(Table::new(columns), |table, (kind, sentence)| {
        table.row([Cell::Text(kind.to_owned()), Cell::Text(sentence)])
    })
}
