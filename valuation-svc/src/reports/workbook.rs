//! The report's figures as a workbook: amounts as numbers that can be worked with.

use finance::Rate;
use paper::{
    Cell, Column, Language, PaperError, Table,
    sheet::{Book, Sheet},
};

use super::{
    facts,
    model::{ReportContent, Signature},
    tables,
};

/// The workbook. The same content gives the same bytes.
///
/// # Errors
/// Texts longer than a spreadsheet takes.
pub(super) fn bytes(content: &ReportContent, language: Language) -> Result<Vec<u8>, PaperError> {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    Book::new(content.engagement.report_date)
        .sheet(
            Sheet::new(t("结论", "Conclusion"), conclusion(content, language))
                .notes(notes(content, language)),
        )
        .sheet(Sheet::new(t("评估对象", "Subject"), facts::subject_table(content, language)))
        .sheet(Sheet::new(t("限制与声明", "Limits and statements"), facts::statements(content, language)))
        .sheet(Sheet::new(t("方法", "Methods"), tables::methods(content, language)))
        .sheet(Sheet::new(t("管理层调整", "Overlays"), tables::overlays(content, language)))
        .sheet(Sheet::new(t("方法输入", "Method inputs"), tables::inputs(content, language)))
        .sheet(Sheet::new(t("逐年现金流", "Years"), tables::years(content, language)))
        .sheet(Sheet::new(t("假设", "Assumptions"), tables::assumptions(content, language)))
        .sheet(Sheet::new(t("可比交易", "Deals"), tables::deals(content, language)))
        .sheet(Sheet::new(t("指标", "Indices"), tables::indices(content, language)))
        .sheet(Sheet::new(t("评分明细", "Leaves"), tables::leaves(content, language)))
        .sheet(Sheet::new(t("百分位", "Percentiles"), tables::percentiles(content, language)))
        .sheet(Sheet::new(t("直方图", "Histogram"), tables::histogram(content, language)))
        .sheet(Sheet::new(t("敏感性", "Tornado"), tables::tornado(content, language)))
        .sheet(Sheet::new(t("秩相关", "Correlations"), tables::correlations(content, language)))
        .bytes()
}

fn notes(content: &ReportContent, language: Language) -> Vec<(&'static str, String)> {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let both = |one: &super::model::Both| language.pick(&one.zh, &one.en).to_owned();
    let e = &content.engagement;
    let signed = |one: &Option<Signature>| {
        one.as_ref().map_or_else(String::new, |given| format!("{} {}", given.name, given.organisation))
    };
    vec![
        (t("报告编号", "Report"), content.number.clone()),
        (t("验证码", "Code"), content.code.clone()),
        (t("专利号", "Patent"), content.subject.number.clone()),
        (t("专利名称", "Title"), content.subject.title.clone()),
        (t("委托机构", "Client"), e.client.clone()),
        (t("报告使用人", "Intended user"), e.intended_user.clone()),
        (t("评估目的", "Purpose"), both(&e.purpose)),
        (t("价值类型", "Basis of value"), both(&e.value_type)),
        (t("评估基准日", "Valuation date"), e.valuation_date.to_string()),
        (t("报告日", "Report date"), e.report_date.to_string()),
        (t("有效期至", "Valid until"), e.valid_until.to_string()),
        (t("模型版本", "Model"), content.model.version.clone()),
        (t("随机种子", "Seed"), content.model.seed.to_string()),
        (t("编制人", "Prepared by"), signed(&content.signatures.prepared)),
        (t("复核人", "Reviewed by"), signed(&content.signatures.reviewed)),
    ]
}

fn conclusion(content: &ReportContent, language: Language) -> Table {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let (value, c) = (&content.result.value, &content.result.collateral);
    let columns = [
        Column::text(t("项目", "Item")),
        Column::balance(t("金额（元）", "Yuan")),
        Column::new(t("比率", "Rate"), paper::Kind::Percent),
    ];
    let amount = |name: &str, amount| [Cell::Text(name.to_owned()), Cell::Amount(amount), Cell::Empty];
    let rate = |name: &str, rate: Rate| [Cell::Text(name.to_owned()), Cell::Empty, Cell::Percent(rate)];
    Table::new(columns)
        .row(amount(t("评估值", "Value"), value.value))
        .row(amount(t("区间下限", "Low"), value.low))
        .row(amount(t("区间上限", "High"), value.high))
        .row(amount(t("质物价值", "Collateral value"), c.collateral_value))
        .row(amount(t("变现净额", "Net realisable"), c.net_realisable))
        .row(amount(t("可贷上限", "Greatest loan"), c.maximum_loan))
        .row(rate(t("变现系数", "Liquidation factor"), c.liquidation_factor))
        .row(rate(t("质押率上限", "Highest loan to value"), c.ltv_cap))
}
