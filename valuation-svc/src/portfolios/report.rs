//! The report on patents valued together, on paper and as a workbook.

use finance::{Rate, grouped};
use paper::{
    Cell, Column, Kind, Language, Paper, Picture, Side, Table,
    sheet::{Book, Sheet},
};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    model::{Concentration, Member, Spec, Summary},
    store::portfolio_row,
};
use crate::catalogue::industry::Industry;

/// Members that the paper lists; the workbook has all.
const LISTED_MAX: usize = 200;

/// What the report is of.
pub(super) struct Facts<'a> {
    pub(super) row: &'a portfolio_row::Model,
    pub(super) spec: &'a Spec,
    pub(super) summary: &'a Summary,
    pub(super) members: &'a [Member],
}

fn share(value: Decimal) -> Cell {
    Cell::Percent(Rate::new(value))
}

fn text(words: impl Into<String>) -> Cell {
    Cell::Text(words.into())
}

/// The name of a kind of concentration.
fn by(code: &str, language: Language) -> &'static str {
    match code {
        "owner" => language.pick("按权利人", "by owner"),
        "industry" => language.pick("按行业", "by industry"),
        "ipc_class" => language.pick("按 IPC 小类", "by IPC subclass"),
        _ => language.pick("按等级", "by grade"),
    }
}

/// The name of a group.
fn group(kind: &str, key: &str, language: Language) -> String {
    match (kind, key) {
        (_, "") => language.pick("未知", "not known").to_owned(),
        (_, "others") => language.pick("其余", "others").to_owned(),
        ("industry", code) => {
            let industry = Industry::of_code(code);
            language.pick(industry.name_zh(), industry.name_en()).to_owned()
        }
        (_, key) => key.to_owned(),
    }
}

fn why(code: &str, language: Language) -> &'static str {
    match code {
        "not_assessed" => language.pick("不予评估", "not valued"),
        "no_grade" => language.pick("不评级", "no grade"),
        "lowest_grade" => language.pick("最低等级", "lowest grade"),
        "short_validity" => language.pick("有效期短", "short validity"),
        "wide_range" => language.pick("区间过宽", "wide range"),
        _ => language.pick("风险占比高", "heavy in risk"),
    }
}

/// The paper.
pub(super) fn paper(facts: &Facts<'_>, language: Language) -> Paper {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let (row, s) = (facts.row, facts.summary);
    let paper = Paper::new(language, t("专利组合估值报告", "Portfolio valuation report"), row.valuation_date)
        .subtitle(row.name.clone())
        .head(row.tenant_name.clone(), row.number.clone())
        .heading(t("一、合计与区间", "1 Sum and range"))
        .grid(figures(facts, language))
        .paragraph(t(
            "合计为各专利评估值之和。区间假设每件专利的价值服从对数正态分布，离散程度取自其自身区间，并通过市场共同因素和行业共同因素相关；标准差为解析值，百分位由模拟得出。",
            "The sum is that of the patents' values. Its range takes each value as lognormal with the spread of its own range, related through a factor of the market and one of the industry; the deviation is exact, the percentiles are simulated.",
        ))
        .heading(t("二、集中度", "2 Concentration"));
    let paper = s.concentration.iter().fold(paper, |paper, one| {
        paper
            .paragraph(format!("{}  HHI {}", by(&one.by, language), one.herfindahl))
            .picture(bars(one, language))
            .table(groups(one, language))
    });
    let mut paper = paper.heading(t("三、薄弱环节", "3 Weak links")).table(weak(s, language));
    if let Some(synergy) = &s.synergy {
        let said = match language {
            Language::Chinese => format!(
                "声明的协同效应 {}：{}。计入后合计 {} 元；协同效应为假设，不计入质物价值和可贷上限。",
                synergy.rate,
                synergy.reason,
                grouped(synergy.value)
            ),
            Language::English => format!(
                "Stated synergy {}: {}. With it the sum is CNY {}; a synergy is an assumption and no part of what is lent on.",
                synergy.rate,
                synergy.reason,
                grouped(synergy.value)
            ),
        };
        paper =
            paper.heading(t("四、协同效应（声明的假设）", "4 Synergy (a stated assumption)")).paragraph(said);
    }
    paper
        .heading(t("五、成员", "5 Members"))
        .table(members(facts.members.iter().take(LISTED_MAX), language))
        .paragraph(t(
            "没有本机构有效评估的专利按当日模型给出参考值，不是评估结论。完整清单见工作簿。",
            "Patents without a valuation in force of this organisation carry indicative figures by the model of the day, which are no valuation. The workbook lists all.",
        ))
}

/// The workbook.
pub(super) fn book(facts: &Facts<'_>, language: Language) -> Book {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let s = facts.summary;
    let histogram = s.histogram.iter().fold(
        Table::new([
            Column::balance(t("下限（元）", "From, yuan")),
            Column::balance(t("上限（元）", "To, yuan")),
            Column::new(t("路径数", "Paths"), Kind::Whole),
        ]),
        |table, bar| table.row([Cell::Amount(bar.from), Cell::Amount(bar.to), Cell::Whole(bar.count.into())]),
    );
    let book = Book::new(facts.row.valuation_date)
        .sheet(
            Sheet::new(t("成员", "Members"), members(facts.members, language))
                .notes(figures(facts, language)),
        )
        .sheet(Sheet::new(t("合计分布", "Sum"), histogram))
        .sheet(Sheet::new(t("薄弱环节", "Weak links"), weak(s, language)));
    s.concentration.iter().fold(book, |book, one| {
        let note = [("HHI".to_owned(), one.herfindahl.to_string())];
        book.sheet(Sheet::new(by(&one.by, language), groups(one, language)).notes(note))
    })
}

fn figures(facts: &Facts<'_>, language: Language) -> Vec<(&'static str, String)> {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let (s, spec) = (facts.summary, facts.spec);
    vec![
        (t("基准日", "Valuation date"), facts.row.valuation_date.to_string()),
        (t("专利件数", "Patents"), s.patents.to_string()),
        (t("已评估", "Valued"), s.assessed.to_string()),
        (t("引用有效评估", "By a valuation in force"), s.valuations.to_string()),
        (t("评估值合计（元）", "Sum, yuan"), grouped(s.value)),
        (t("质物价值合计（元）", "Collateral, yuan"), grouped(s.collateral_value)),
        (t("可贷上限合计（元）", "Greatest loans, yuan"), grouped(s.maximum_loan)),
        ("P5", grouped(s.p5)),
        ("P50", grouped(s.p50)),
        ("P95", grouped(s.p95)),
        (t("标准差（元）", "Deviation, yuan"), grouped(s.deviation)),
        (t("互不相关时（元）", "If independent, yuan"), grouped(s.deviation_independent)),
        (t("同涨同跌时（元）", "If they moved as one, yuan"), grouped(s.deviation_as_one)),
        (t("分散化收益", "Diversification"), s.diversification.to_string()),
        (
            t("前 1 / 5 / 10 件占比", "Share of top 1 / 5 / 10"),
            format!("{} / {} / {}", s.top_1, s.top_5, s.top_10),
        ),
        (t("基尼系数", "Gini"), s.gini.to_string()),
        (t("市场相关系数", "Market correlation"), spec.market_correlation.to_string()),
        (t("行业附加相关系数", "Industry correlation"), spec.industry_correlation.to_string()),
        (t("随机种子", "Seed"), s.seed.to_string()),
        (t("路径", "Paths"), s.paths.to_string()),
    ]
}

fn bars(one: &Concentration, language: Language) -> Picture {
    let count = u8::try_from(one.groups.len()).unwrap_or(20);
    let mut picture = Picture::new(13.0 * f32::from(count) + 4.0);
    let mut top = 2.0;
    for found in &one.groups {
        let end = 0.3 + 0.58 * found.share.to_f32().unwrap_or(0.0);
        let name: String = group(&one.by, &found.key, language).chars().take(18).collect();
        picture = picture
            .words((0.0, top), Side::Left, name)
            .boxed((0.3, top + 1.0), (end, top + 9.0), 150)
            .words((end + 0.01, top), Side::Left, found.share.to_string());
        top += 13.0;
    }
    picture
}

fn groups(one: &Concentration, language: Language) -> Table {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let columns = [
        Column::text(by(&one.by, language)),
        Column::new(t("件数", "Patents"), Kind::Whole),
        Column::amount(t("评估值（元）", "Value, yuan")),
        Column::new(t("占比", "Share"), Kind::Percent),
    ];
    one.groups.iter().fold(Table::new(columns), |table, found| {
        table.row([
            text(group(&one.by, &found.key, language)),
            Cell::Whole(found.count.into()),
            Cell::Amount(found.value),
            share(found.share),
        ])
    })
}

fn weak(s: &Summary, language: Language) -> Table {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let columns = [
        Column::text(t("专利号", "Patent")),
        Column::text(t("原因", "Why")),
        Column::balance(t("评估值（元）", "Value, yuan")),
        Column::new(t("风险占比", "Share of risk"), Kind::Percent),
    ];
    s.weak_links.iter().fold(Table::new(columns), |table, one| {
        let reasons: Vec<&str> = one.why.iter().map(|code| why(code, language)).collect();
        table.row([
            text(one.patent_number.clone()),
            text(reasons.join("、")),
            Cell::Amount(one.value),
            share(one.risk_share),
        ])
    })
}

fn members<'a>(all: impl IntoIterator<Item = &'a Member>, language: Language) -> Table {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let columns = [
        Column::new(t("序号", "No."), Kind::Whole),
        Column::text(t("专利号", "Patent")),
        Column::text(t("名称", "Title")),
        Column::text(t("等级", "Grade")),
        Column::amount(t("评估值（元）", "Value, yuan")),
        Column::amount(t("可贷上限（元）", "Greatest loan, yuan")),
        Column::text(t("依据", "Basis")),
    ];
    let basis = |one: &Member| match (one.assessed, one.valuation_id) {
        (true, Some(_)) => t("有效评估", "valuation").to_owned(),
        (true, None) => t("参考值", "indicative").to_owned(),
        (false, _) => {
            let reason = language.pick(
                one.reason_zh.as_deref().unwrap_or_default(),
                one.reason_en.as_deref().unwrap_or_default(),
            );
            reason.to_owned()
        }
    };
    all.into_iter().fold(Table::new(columns), |table, one| {
        table.row([
            Cell::Whole(one.position),
            text(one.patent_number.clone()),
            text(one.patent_title.clone()),
            text(one.grade.clone().unwrap_or_default()),
            Cell::Amount(one.value),
            Cell::Amount(one.maximum_loan),
            text(basis(one)),
        ])
    })
}
