//! The report on paper: what IVS 106 and the Chinese practice standard on appraisal reports ask a report to hold, in their
//! order.

use finance::words;
use paper::{Language, Paper, PaperError};

use super::{
    facts,
    model::{ReportContent, Signature},
    pictures,
    pictures::yuan,
    tables,
};

/// The PDF of a report, with the address at which it is verified, where that is known. The same content in the same fonts
/// gives the same bytes.
///
/// # Errors
/// [`PaperError::NoChineseFont`] where the server has none.
pub(super) fn bytes(
    content: &ReportContent,
    language: Language,
    address: Option<&str>,
) -> Result<Vec<u8>, PaperError> {
    paper(content, language, address).bytes()
}

fn paper(content: &ReportContent, language: Language, address: Option<&str>) -> Paper {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let paper = Paper::new(
        language,
        t("专利价值评估报告", "Patent valuation report"),
        content.engagement.report_date,
    )
    .subtitle(content.subject.title.clone())
    .head(content.engagement.client.clone(), content.number.clone())
    .foot(format!("{} {}", t("验证码", "Code"), content.code));
    let paper = opening(paper, content, language);
    let paper = subject(paper, content, language);
    let paper = methods(paper, content, language);
    let paper = score(paper, content, language);
    let paper = sensitivity(paper, content, language);
    let paper = collateral(paper, content, language);
    verification(closing(paper, content, language), content, language, address)
}

fn opening(paper: Paper, content: &ReportContent, language: Language) -> Paper {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let both = |one: &super::model::Both| language.pick(&one.zh, &one.en).to_owned();
    let e = &content.engagement;
    let value = &content.result.value;
    let conclusion = match language {
        Language::Chinese => format!(
            "在评估基准日 {}，该专利权的评估值为人民币 {} 元（{}），区间为 {} 元至 {} 元。",
            e.valuation_date,
            yuan(value.value),
            words(value.value),
            yuan(value.low),
            yuan(value.high),
        ),
        Language::English => format!(
            "On the valuation date, {}, the patent is valued at CNY {}, within a range from CNY {} to CNY {}.",
            e.valuation_date,
            yuan(value.value),
            yuan(value.low),
            yuan(value.high),
        ),
    };
    let standards: Vec<String> = e.standards.iter().map(&both).collect();
    paper
        .heading(t("一、结论", "1 Conclusion"))
        .paragraph(conclusion)
        .picture(pictures::range(content, language))
        .paragraph(t("图中数字单位为万元。", "Figures in the picture are in ten thousand yuan."))
        .heading(t("二、委托与目的", "2 Engagement"))
        .grid([
            (t("委托机构", "Client"), e.client.clone()),
            (t("报告使用人", "Intended user"), e.intended_user.clone()),
            (t("评估基准日", "Valuation date"), e.valuation_date.to_string()),
            (t("报告日", "Report date"), e.report_date.to_string()),
            (t("有效期至", "Valid until"), e.valid_until.to_string()),
            (t("币种", "Currency"), e.currency.clone()),
            (t("评估编号", "Valuation"), e.valuation_number.clone()),
        ])
        .paragraph(format!("{}{}", t("评估目的：", "Purpose: "), both(&e.purpose)))
        .paragraph(format!("{}{}", t("价值类型：", "Basis of value: "), both(&e.value_type)))
        .paragraph(format!("{}{}", t("价值前提：", "Premise of value: "), both(&e.premise)))
        .paragraph(format!("{}\n{}", t("依据：", "Follows:"), standards.join("\n")))
}

fn subject(paper: Paper, content: &ReportContent, language: Language) -> Paper {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let paper =
        paper.heading(t("三、评估对象", "3 Subject")).grid(facts::subject(&content.subject, language));
    if content.subject.generated {
        return paper.paragraph(t(
            "本专利为演示生成的数据，不是真实专利，本报告不得用于任何业务。",
            "The patent is generated demonstration data and not a real one: the report is of no use in business.",
        ));
    }
    paper
}

fn methods(paper: Paper, content: &ReportContent, language: Language) -> Paper {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let mut paper = paper
        .heading(t("四、评估方法与综合", "4 Methods and reconciliation"))
        .paragraph(t(
            "下表列出考虑过的全部方法，包括未采用的方法及理由；采用的方法按权重加权得出评估值。",
            "Every method considered is listed, those not used with the reason; the value is the weighted mean of those used.",
        ))
        .table(tables::methods(content, language));
    if !content.result.value.overlays.is_empty() {
        paper = paper
            .paragraph(t(
                "加权结果再按所用模型版本中有效的管理层调整修正：",
                "The weighted mean is then moved by the management adjustments in force of the model's version:",
            ))
            .table(tables::overlays(content, language));
    }
    paper = paper
        .heading(t("五、输入与假设", "5 Inputs and assumptions"))
        .table(tables::inputs(content, language))
        .paragraph(t("收益类方法逐年的现金流与现值：", "The income methods year by year:"))
        .table(tables::years(content, language))
        .table(tables::assumptions(content, language));
    if let Some(cited) = facts::evidence(content, language) {
        paper = paper.paragraph(cited);
    }
    if !content.deals.is_empty() {
        paper = paper
            .paragraph(t("市场法所依据的已核实交易：", "The verified deals that the market method rests on:"))
            .table(tables::deals(content, language));
    }
    if !content.special_assumptions.is_empty() {
        paper = paper.paragraph(format!(
            "{}{}",
            t("特别假设：", "Special assumptions: "),
            content.special_assumptions
        ));
    }
    paper
}

fn score(paper: Paper, content: &ReportContent, language: Language) -> Paper {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let s = &content.result.score;
    let grade = s.grade.map_or_else(|| t("不评级", "none").to_owned(), |grade| grade.as_str().to_owned());
    paper
        .heading(t("六、专利评分", "6 Score"))
        .grid([
            (t("总分", "Total"), s.total.to_string()),
            (t("等级", "Grade"), grade),
            (t("指标覆盖率", "Coverage"), s.coverage.to_string()),
            (t("可信度", "Confidence"), s.confidence.to_string()),
        ])
        .picture(pictures::radar(content, language))
        .picture(pictures::indices(content, language))
        .table(tables::leaves(content, language))
}

fn sensitivity(paper: Paper, content: &ReportContent, language: Language) -> Paper {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let s = &content.result.value.simulation;
    let drawn = match language {
        Language::Chinese => {
            format!("收益法以随机种子 {} 模拟 {} 条路径。图中数字单位为万元。", s.seed, s.paths)
        }
        Language::English => format!(
            "The income method with {} paths drawn from seed {}. Figures in the pictures are in ten thousand yuan.",
            s.paths, s.seed
        ),
    };
    let paper = paper
        .heading(t("七、不确定性与敏感性", "7 Uncertainty and sensitivity"))
        .paragraph(drawn)
        .picture(pictures::histogram(content))
        .table(tables::percentiles(content, language))
        .paragraph(t(
            "各驱动因素由第 10 百分位变到第 90 百分位时的评估值：",
            "The value as each driver moves from its 10th to its 90th percentile:",
        ))
        .picture(pictures::tornado(content, language))
        .table(tables::tornado(content, language));
    if s.correlations.as_ref().is_none_or(|drawn| drawn.pairs.is_empty()) {
        return paper;
    }
    paper
        .paragraph(t(
            "下列输入按秩相关共同抽取，其余相互独立：",
            "These inputs are drawn together by rank; the others are independent:",
        ))
        .table(tables::correlations(content, language))
}

fn collateral(paper: Paper, content: &ReportContent, language: Language) -> Paper {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let c = &content.result.collateral;
    paper.heading(t("八、质物价值与质押率", "8 Collateral")).grid([
        (t("质物价值（元）", "Collateral value, yuan"), yuan(c.collateral_value)),
        (t("变现净额（元）", "Net realisable, yuan"), yuan(c.net_realisable)),
        (t("变现系数", "Liquidation factor"), c.liquidation_factor.to_string()),
        (t("质押率上限", "Highest loan to value"), c.ltv_cap.to_string()),
        (t("可贷上限（元）", "Greatest loan, yuan"), yuan(c.maximum_loan)),
    ])
}

fn closing(paper: Paper, content: &ReportContent, language: Language) -> Paper {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let m = &content.model;
    let limits: Vec<String> =
        content.result.limits.iter().map(|one| language.pick(&one.zh, &one.en).to_owned()).collect();
    let statements: Vec<String> = (1..)
        .zip(&content.statements)
        .map(|(number, one)| format!("{number}. {}", language.pick(&one.zh, &one.en)))
        .collect();
    let mut paper = paper
        .heading(t("九、限制与声明", "9 Limits and statements"))
        .paragraph(limits.join("\n"))
        .paragraph(statements.join("\n"));
    if !content.comments.is_empty() {
        paper = paper.paragraph(format!("{}{}", t("说明：", "Notes: "), content.comments));
    }
    let signed = |one: &Option<Signature>| {
        one.as_ref().map_or_else(String::new, |given| {
            format!("{}（{}）{}", given.name, given.organisation, contracts::clock::china_date(given.at))
        })
    };
    paper
        .heading(t("十、模型与可复算性", "10 Model"))
        .grid([
            (t("模型版本", "Model"), m.version.clone()),
            (t("随机种子", "Seed"), m.seed.to_string()),
            (t("模拟路径", "Paths"), m.paths.to_string()),
        ])
        .paragraph(format!("{} {}", t("输入数据 SHA-256：", "SHA-256 of the inputs:"), m.inputs_sha256))
        .heading(t("十一、签署", "11 Signatures"))
        .grid([
            (t("编制人", "Prepared by"), signed(&content.signatures.prepared)),
            (t("复核人", "Reviewed by"), signed(&content.signatures.reviewed)),
        ])
}

fn verification(paper: Paper, content: &ReportContent, language: Language, address: Option<&str>) -> Paper {
    let code = &content.code;
    let text = match language {
        Language::Chinese => format!(
            "验证码 {code}。任何人可凭此码在平台的公开验证页核对本报告是否真实、是否被修改、是否仍然有效。"
        ),
        Language::English => format!(
            "Code {code}. Anybody can check by it on the platform's public page that this report is genuine, unaltered and in force."
        ),
    };
    match address {
        Some(address) => paper.verification_at(text, address),
        None => paper.verification(text),
    }
}
