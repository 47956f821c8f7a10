//! What each field of a bank's products means and where its default comes from.

use crate::parameters::{FieldDoc, Unit, model::set::PLATFORM_DEFAULT};

const fn doc(field: &'static str, zh: &'static str, en: &'static str, unit: Unit) -> FieldDoc {
    FieldDoc { field, zh, en, unit, source_zh: PLATFORM_DEFAULT.0, source_en: PLATFORM_DEFAULT.1 }
}

const fn tianfu(field: &'static str, zh: &'static str, en: &'static str, unit: Unit) -> FieldDoc {
    FieldDoc {
        field,
        zh,
        en,
        unit,
        source_zh: "天府知来贷试行规则（四川，2025）；standard 为平台默认值",
        source_en: "天府知来贷, trial rules (Sichuan, 2025); of standard the platform default",
    }
}

/// Every field of the banks' products.
pub(super) const FIELDS: &[FieldDoc] = &[
    doc("products", "产品，其中须有 standard", "the products; standard must be among them", Unit::Text),
    doc("products[].code", "产品代码", "the product's code", Unit::Text),
    doc("products[].name_zh", "产品名称", "the name in Chinese", Unit::Text),
    doc("products[].name_en", "产品英文名称", "the name in English", Unit::Text),
    doc(
        "products[].kind",
        "贷款种类：working_capital 流动资金贷款、fixed_asset 固定资产贷款；最长期限按种类管理",
        "the kind of loan: working_capital or fixed_asset; the longest term goes by it",
        Unit::Text,
    ),
    tianfu(
        "products[].fees_allowed",
        "是否可收取担保费以外的费用；否的，提前还款也不收费",
        "whether fees beside the guarantee's may be charged; without them repaying ahead is free too",
        Unit::Flag,
    ),
    tianfu(
        "products[].guarantee_fee_max",
        "担保费率上限（年）；留空为不另设",
        "the highest guarantee fee for a year; empty for no bound of its own",
        Unit::Fraction,
    ),
    tianfu(
        "products[].amount_max",
        "单笔金额上限；留空为不另设",
        "the largest amount; empty for no bound of its own",
        Unit::Yuan,
    ),
    tianfu(
        "products[].tenor_max_months",
        "最长期限；留空为不另设",
        "the longest term; empty for no bound of its own",
        Unit::Months,
    ),
    doc(
        "products[].annual_rate_max",
        "授信合同利率上限；留空为不另设",
        "the highest contract rate of the facility; empty for no bound of its own",
        Unit::Fraction,
    ),
    tianfu(
        "products[].lpr_spread_max",
        "授信合同利率较一年期 LPR 的最高加点；留空为不另设",
        "the highest spread of the facility's rate over the one-year LPR; empty for no bound of its own",
        Unit::Fraction,
    ),
    doc(
        "products[].industries",
        "适用行业代码前缀；留空为不限",
        "beginnings of industry codes; empty for every industry",
        Unit::Text,
    ),
    tianfu(
        "products[].first_review_days",
        "首次评审时限（工作日）；留空按办理时限",
        "working days for the first review; empty for the bank's service level",
        Unit::Days,
    ),
    doc(
        "products[].documents",
        "评审前须提交的材料",
        "papers that must be there before the assessment",
        Unit::Text,
    ),
    doc("products[].documents[].code", "材料种类代码", "the kind of paper", Unit::Text),
    doc("products[].documents[].name_zh", "材料名称", "its name in Chinese", Unit::Text),
    doc("products[].documents[].name_en", "材料英文名称", "its name in English", Unit::Text),
    doc(
        "products[].documents[].cure_zh",
        "缺失时的补正办法",
        "what to do while it is missing, in Chinese",
        Unit::Text,
    ),
    doc("products[].documents[].cure_en", "缺失时的补正办法（英文）", "the same in English", Unit::Text),
    doc(
        "products[].statements",
        "评审前企业须作出的声明",
        "statements that the enterprise must make",
        Unit::Text,
    ),
    doc("products[].statements[].code", "声明代码", "the statement's code", Unit::Text),
    doc("products[].statements[].name_zh", "声明内容", "what is stated, in Chinese", Unit::Text),
    doc("products[].statements[].name_en", "声明内容（英文）", "the same in English", Unit::Text),
    doc(
        "products[].statements[].cure_zh",
        "缺失时的补正办法",
        "what to do while it is missing, in Chinese",
        Unit::Text,
    ),
    doc("products[].statements[].cure_en", "缺失时的补正办法（英文）", "the same in English", Unit::Text),
    doc("products[].conditions", "放款前提条件", "conditions precedent", Unit::Text),
    doc("products[].conditions[].code", "条件代码", "the condition's code", Unit::Text),
    doc("products[].conditions[].text_zh", "条件内容", "the condition, in Chinese", Unit::Text),
    doc("products[].conditions[].text_en", "条件内容（英文）", "the same in English", Unit::Text),
    doc(
        "products[].conditions[].always",
        "是否每笔批准都附带",
        "whether every approval carries it",
        Unit::Flag,
    ),
];
