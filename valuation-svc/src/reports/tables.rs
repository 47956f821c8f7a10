//! The report's tables, as PDF and workbook both take them.

use finance::Rate;
use paper::{Cell, Column, Kind, Language, Table};
use rust_decimal::Decimal;

use super::{model::ReportContent, names};
use crate::valuations::model::Assumed;

/// A sentence of two.
pub(super) fn say<'a>(language: Language, zh: &'a str, en: &'a str) -> &'a str {
    language.pick(zh, en)
}

fn text(words: impl Into<String>) -> Cell {
    Cell::Text(words.into())
}

fn points(value: Option<Decimal>) -> Cell {
    value.map_or(Cell::Empty, |value| text(value.to_string()))
}

fn share(value: Decimal) -> Cell {
    Cell::Percent(Rate::new(value))
}

/// The methods, those not considered too, each with its reason.
pub(super) fn methods(content: &ReportContent, language: Language) -> Table {
    let t = |zh, en| say(language, zh, en);
    let columns = [
        Column::text(t("方法", "Method")),
        Column::text(t("是否采用", "Used")),
        Column::balance(t("评估值（元）", "Value, yuan")),
        Column::new(t("权重", "Weight"), Kind::Percent),
        Column::text(t("采用或不采用的理由", "Why or why not")),
    ];
    let weighed = |method: &str| {
        let weight = content.result.value.weights.iter().find(|weight| weight.method == method);
        let reason = weight.map_or("", |weight| t(&weight.reason_zh, &weight.reason_en));
        if reason.is_empty() { String::new() } else { format!("{}{reason}", t("；权重：", "; weight: ")) }
    };
    content.result.value.methods.iter().fold(Table::new(columns), |table, one| {
        table.row([
            text(t(&one.name_zh, &one.name_en)),
            text(if one.considered { t("采用", "yes") } else { t("未采用", "no") }),
            one.value.map_or(Cell::Empty, Cell::Amount),
            Cell::Percent(one.weight),
            text(format!("{}{}", t(&one.reason_zh, &one.reason_en), weighed(&one.method))),
        ])
    })
}

/// The model's management adjustments that moved the weighted mean.
pub(super) fn overlays(content: &ReportContent, language: Language) -> Table {
    let t = |zh, en| say(language, zh, en);
    let columns = [
        Column::text(t("名称", "Name")),
        Column::new(t("调整幅度", "Moves it by"), Kind::Percent),
        Column::date(t("有效期至", "Until")),
        Column::text(t("理由", "Reason")),
    ];
    content.result.value.overlays.iter().fold(Table::new(columns), |table, one| {
        table.row([
            text(one.code.clone()),
            Cell::Percent(one.adjustment),
            Cell::Date(one.until),
            text(one.reason.clone()),
        ])
    })
}

/// The inputs of each method that was used.
pub(super) fn inputs(content: &ReportContent, language: Language) -> Table {
    let t = |zh, en| say(language, zh, en);
    let columns = [
        Column::text(t("方法", "Method")),
        Column::text(t("输入", "Input")),
        Column::text(t("取值", "Figure")),
    ];
    let used = content.result.value.methods.iter().filter(|one| one.considered);
    used.fold(Table::new(columns), |table, one| {
        one.inputs.iter().fold(table, |table, (code, value)| {
            let worded = ["timing", "tab", "summary", "model", "exercise", "kind"].contains(&code.as_str());
            let shown = if worded { names::figure(value, language) } else { value.clone() };
            table.row([text(t(&one.name_zh, &one.name_en)), text(names::figure(code, language)), text(shown)])
        })
    })
}

/// The years of the methods on plans that the request states.
pub(super) fn years(content: &ReportContent, language: Language) -> Table {
    let t = |zh, en| say(language, zh, en);
    let columns = [
        Column::text(t("方法", "Method")),
        Column::new(t("年", "Year"), Kind::Whole),
        Column::balance(t("税后现金流（元）", "Cash flow after tax, yuan")),
        Column::text(t("折现系数", "Discount factor")),
        Column::balance(t("现值（元）", "Present value, yuan")),
    ];
    let said = |year: &serde_json::Value, name: &str| {
        year.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    };
    let amount =
        |year: &serde_json::Value, name: &str| said(year, name).parse().map_or(Cell::Empty, Cell::Amount);
    let used = content.result.value.methods.iter().filter(|one| one.considered);
    used.fold(Table::new(columns), |table, one| {
        let plan = one.detail.get("answer").unwrap_or(&one.detail);
        let years = plan.get("periods").and_then(serde_json::Value::as_array);
        (1..).zip(years.into_iter().flatten()).fold(table, |table, (number, year)| {
            table.row([
                text(t(&one.name_zh, &one.name_en)),
                Cell::Whole(number),
                amount(year, "cash_flow"),
                text(said(year, "discount_factor")),
                amount(year, "present_value"),
            ])
        })
    })
}

/// The rank correlations between the inputs of the simulation.
pub(super) fn correlations(content: &ReportContent, language: Language) -> Table {
    let t = |zh, en| say(language, zh, en);
    let columns = [
        Column::text(t("输入", "Input")),
        Column::text(t("与", "With")),
        Column::text(t("秩相关系数", "Rank correlation")),
        Column::text(t("来源", "Source")),
    ];
    let drawn = content.result.value.simulation.correlations.iter();
    drawn.fold(Table::new(columns), |table, drawn| {
        drawn.pairs.iter().fold(table, |table, pair| {
            table.row([
                text(names::figure(&pair.first, language)),
                text(names::figure(&pair.second, language)),
                text(pair.coefficient.normalize().to_string()),
                text(t(&drawn.note_zh, &drawn.note_en)),
            ])
        })
    })
}

/// Every figure assumed, with its source.
pub(super) fn assumptions(content: &ReportContent, language: Language) -> Table {
    let t = |zh, en| say(language, zh, en);
    let columns = [
        Column::text(t("参数", "Assumption")),
        Column::text(t("取值", "Figure")),
        Column::text(t("来源", "Source")),
        Column::text(t("依据", "Rests on")),
    ];
    let a = &content.result.assumptions;
    let all: [(&str, &Assumed); 10] = [
        ("annual_revenue", &a.annual_revenue),
        ("revenue_growth", &a.revenue_growth),
        ("royalty_rate", &a.royalty_rate),
        ("discount_rate", &a.discount_rate),
        ("tax_rate", &a.tax_rate),
        ("development_cost", &a.development_cost),
        ("remaining_economic_life_years", &a.remaining_economic_life_years),
        ("technology_half_life_years", &a.technology_half_life_years),
        ("success_probability", &a.success_probability),
        ("volatility", &a.volatility),
    ];
    all.into_iter().fold(Table::new(columns), |table, (code, one)| {
        table.row([
            text(names::figure(code, language)),
            text(one.value.clone()),
            text(names::source(one.source, language)),
            text(t(&one.note_zh, &one.note_en)),
        ])
    })
}

/// The deals that the market method rests on.
pub(super) fn deals(content: &ReportContent, language: Language) -> Table {
    let t = |zh, en| say(language, zh, en);
    let columns = [
        Column::new(t("序号", "No."), Kind::Whole),
        Column::date(t("合同日", "Dealt on")),
        Column::balance(t("成交价（元）", "Price, yuan")),
        Column::balance(t("修正后（元）", "Adjusted, yuan")),
        Column::new(t("相似度", "Similarity"), Kind::Percent),
    ];
    (1..).zip(&content.deals).fold(Table::new(columns), |table, (number, deal)| {
        table.row([
            Cell::Whole(number),
            Cell::Date(deal.dealt_on),
            Cell::Amount(deal.price),
            Cell::Amount(deal.adjusted_price),
            Cell::Percent(deal.similarity),
        ])
    })
}

/// The first two levels of the index tree.
pub(super) fn indices(content: &ReportContent, language: Language) -> Table {
    let t = |zh, en| say(language, zh, en);
    let columns = [
        Column::text(t("一级指标", "Index")),
        Column::text(t("二级指标", "Second level")),
        Column::text(t("得分", "Score")),
        Column::new(t("权重", "Weight"), Kind::Percent),
    ];
    content.result.score.indices.iter().fold(Table::new(columns), |table, index| {
        let table = table.row([
            text(t(&index.name_zh, &index.name_en)),
            Cell::Empty,
            points(index.score),
            share(index.weight),
        ]);
        index.subindices.iter().fold(table, |table, sub| {
            table.row([
                Cell::Empty,
                text(t(&sub.name_zh, &sub.name_en)),
                points(sub.score),
                share(sub.weight),
            ])
        })
    })
}

/// Every leaf with its fact, its score and what it adds.
pub(super) fn leaves(content: &ReportContent, language: Language) -> Table {
    let t = |zh, en| say(language, zh, en);
    let columns = [
        Column::text(t("指标", "Leaf")),
        Column::text(t("事实", "Fact")),
        Column::text(t("得分", "Score")),
        Column::new(t("权重", "Weight"), Kind::Percent),
        Column::text(t("贡献分", "Adds")),
        Column::text(t("依据", "Reason")),
    ];
    let all = content.result.score.indices.iter().flat_map(|index| &index.subindices);
    all.flat_map(|sub| &sub.leaves).fold(Table::new(columns), |table, leaf| {
        table.row([
            text(t(&leaf.name_zh, &leaf.name_en)),
            leaf.value.map_or_else(|| text(t("缺失", "missing")), |value| text(value.to_string())),
            points(leaf.score),
            share(leaf.weight),
            text(leaf.contribution.to_string()),
            text(t(&leaf.reason_zh, &leaf.reason_en)),
        ])
    })
}

/// The percentiles of the simulation.
pub(super) fn percentiles(content: &ReportContent, language: Language) -> Table {
    let t = |zh, en| say(language, zh, en);
    let s = &content.result.value.simulation;
    let columns = [Column::text(t("统计量", "Statistic")), Column::balance(t("金额（元）", "Yuan"))];
    let rows = [
        (t("均值", "mean"), s.mean),
        (t("标准差", "standard deviation"), s.standard_deviation),
        ("P5", s.p5),
        ("P25", s.p25),
        ("P50", s.p50),
        ("P75", s.p75),
        ("P95", s.p95),
    ];
    rows.into_iter()
        .fold(Table::new(columns), |table, (name, amount)| table.row([text(name), Cell::Amount(amount)]))
}

/// The histogram of the simulation.
pub(super) fn histogram(content: &ReportContent, language: Language) -> Table {
    let t = |zh, en| say(language, zh, en);
    let columns = [
        Column::balance(t("下限（元）", "From, yuan")),
        Column::balance(t("上限（元）", "To, yuan")),
        Column::new(t("路径数", "Paths"), Kind::Whole),
    ];
    content.result.value.simulation.histogram.iter().fold(Table::new(columns), |table, bar| {
        table.row([Cell::Amount(bar.from), Cell::Amount(bar.to), Cell::Whole(bar.count.into())])
    })
}

/// How far each input moves the value.
pub(super) fn tornado(content: &ReportContent, language: Language) -> Table {
    let t = |zh, en| say(language, zh, en);
    let columns = [
        Column::text(t("驱动因素", "Driver")),
        Column::text(t("P10 取值", "At P10")),
        Column::text(t("P90 取值", "At P90")),
        Column::balance(t("P10 时评估值（元）", "Value at P10")),
        Column::balance(t("P90 时评估值（元）", "Value at P90")),
    ];
    content.result.value.simulation.tornado.iter().fold(Table::new(columns), |table, bar| {
        table.row([
            text(names::figure(&bar.driver, language)),
            text(bar.input_low.normalize().to_string()),
            text(bar.input_high.normalize().to_string()),
            Cell::Amount(bar.low),
            Cell::Amount(bar.high),
        ])
    })
}
