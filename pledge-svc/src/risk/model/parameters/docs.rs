//! What each parameter of risk means, what it counts and where its default comes from.

use crate::parameters::{FieldDoc, PLATFORM_DEFAULT, Unit};

const RULES: (&str, &str) = (
    "《商业银行金融资产风险分类办法》（银保监会、人民银行令〔2023〕第1号）",
    "Rules on the risk classification of commercial banks' financial assets (CBIRC and PBoC Order No. 1 of 2023)",
);
const CAS22: (&str, &str) = ("《企业会计准则第22号——金融工具确认和计量》", "CAS 22; IFRS 9");
const PROVISION: (&str, &str) = (
    "《银行贷款损失准备计提指引》（银发〔2002〕98号）",
    "Guidelines on provisions for loan losses (银发〔2002〕98号)",
);

const fn doc(
    field: &'static str,
    zh: &'static str,
    en: &'static str,
    unit: Unit,
    source: (&'static str, &'static str),
) -> FieldDoc {
    FieldDoc { field, zh, en, unit, source_zh: source.0, source_en: source.1 }
}

pub(super) const FIELDS: &[FieldDoc] = &[
    doc(
        "classification.substandard_after_days",
        "逾期超过此天数，至少归为次级类",
        "overdue for more days: at least substandard",
        Unit::Days,
        RULES,
    ),
    doc(
        "classification.doubtful_after_days",
        "逾期超过此天数，至少归为可疑类",
        "overdue for more days: at least doubtful",
        Unit::Days,
        RULES,
    ),
    doc(
        "classification.loss_after_days",
        "逾期超过此天数，归为损失类",
        "overdue for more days: loss",
        Unit::Days,
        RULES,
    ),
    doc(
        "classification.debtor_share",
        "债务人在本行的债权被分为不良的比例超过此值，全部归为不良",
        "a larger part of the debtor's claims at the bank is non-performing: all are",
        Unit::Fraction,
        RULES,
    ),
    doc(
        "classification.all_banks_share",
        "债务人在所有银行的债务中逾期超过 90 天的比例超过此值，至少归为次级类",
        "a larger part of the debtor's debts at all banks is overdue for more than 90 days: at least substandard",
        Unit::Fraction,
        RULES,
    ),
    doc(
        "classification.doubtful_impairment",
        "已发生信用减值且预期信用损失占账面余额达到此比例，至少归为可疑类",
        "credit-impaired with an expected loss of at least this part of the book value: at least doubtful",
        Unit::Fraction,
        RULES,
    ),
    doc(
        "classification.loss_impairment",
        "已发生信用减值且预期信用损失占账面余额达到此比例，归为损失类",
        "credit-impaired with an expected loss of at least this part of the book value: loss",
        Unit::Fraction,
        RULES,
    ),
    doc(
        "classification.observation_months",
        "重组资产观察期最短月数",
        "months for which a restructured loan is observed at least",
        Unit::Months,
        RULES,
    ),
    doc(
        "classification.observation_periods",
        "重组资产观察期内须连续正常偿付的还款期数",
        "consecutive repayment periods that a restructured loan pays within its observation",
        Unit::Count,
        RULES,
    ),
    doc(
        "classification.upgrade_months",
        "不良资产上调前须正常偿付的月数（自欠款全部偿付起）",
        "months for which a non-performing loan performs before an upgrade, from the day arrears were cleared",
        Unit::Months,
        RULES,
    ),
    doc(
        "staging.increased_after_days",
        "逾期超过此天数，认定信用风险显著增加（第二阶段）",
        "overdue for more days: a significant increase of risk (stage 2)",
        Unit::Days,
        CAS22,
    ),
    doc(
        "staging.impaired_after_days",
        "逾期超过此天数，认定已发生信用减值（第三阶段）",
        "overdue for more days: credit-impaired (stage 3)",
        Unit::Days,
        CAS22,
    ),
    doc(
        "pd.normal[]",
        "第一阶段贷款逐年条件违约概率；末年之后沿用末年",
        "conditional probability of default of each year, stage 1; the last year's holds on",
        Unit::Fraction,
        PLATFORM_DEFAULT,
    ),
    doc(
        "pd.watched[]",
        "观察名单内正常类贷款逐年条件违约概率",
        "the same for normal loans on the watch list",
        Unit::Fraction,
        PLATFORM_DEFAULT,
    ),
    doc(
        "pd.special_mention[]",
        "关注类贷款逐年条件违约概率",
        "the same for special-mention loans",
        Unit::Fraction,
        PLATFORM_DEFAULT,
    ),
    doc(
        "lgd.unguaranteed",
        "无担保部分的违约损失率；知识产权质押处置回收很少，故取高值",
        "loss on the unguaranteed part; pledged patents have realised little, so it is high",
        Unit::Fraction,
        PLATFORM_DEFAULT,
    ),
    doc(
        "lgd.guaranteed",
        "由担保人、保险或补偿资金覆盖部分的违约损失率",
        "loss on the part that a guarantor, insurer or fund covers",
        Unit::Fraction,
        PLATFORM_DEFAULT,
    ),
    doc(
        "lgd.collateral_realisation",
        "质押专利净变现占认定质物价值的比例（已见案例为 6.7%）",
        "what pledged patents realise net, as a part of accepted collateral value (6.7 % in a case seen)",
        Unit::Fraction,
        PLATFORM_DEFAULT,
    ),
    doc(
        "lgd.floor",
        "无担保部分违约损失率下限，无论质物价值；巴塞尔初级法不认可知识产权质物",
        "least loss on the unguaranteed part whatever the collateral; Basel's foundation approach recognises no IP",
        Unit::Fraction,
        PLATFORM_DEFAULT,
    ),
    doc(
        "commitments.conversion",
        "未提用授信的信用转换系数，计入阶段一、二贷款的违约风险敞口；0 表示不计（可随时无条件撤销）。资本办法对可随时无条件撤销的贷款承诺为 0.1，其他为 0.4",
        "credit conversion factor of the undrawn line, in the exposure at default of loans in stages 1 and 2; 0 leaves it out (lines that may be cancelled at any time). The capital rules take 0.1 for commitments that may be cancelled unconditionally and 0.4 for others",
        Unit::Fraction,
        (
            "《企业会计准则第22号》（贷款承诺）；《商业银行资本管理办法》（2023）附件2；默认 0 为平台默认值，须由银行核定",
            "CAS 22 (loan commitments); Capital rules for commercial banks (2023), annex 2; the default of 0 is the platform's, for the bank to set",
        ),
    ),
    doc("scenarios[].name", "情景名称", "the scenario's name", Unit::Text, PLATFORM_DEFAULT),
    doc(
        "scenarios[].weight",
        "情景权重，合计为 1",
        "the scenario's weight; all sum to 1",
        Unit::Fraction,
        CAS22,
    ),
    doc(
        "scenarios[].pd_factor",
        "该情景下违约概率的乘数",
        "what probabilities of default are multiplied by",
        Unit::Factor,
        PLATFORM_DEFAULT,
    ),
    doc(
        "scenarios[].lgd_factor",
        "该情景下违约损失率的乘数",
        "what losses given default are multiplied by",
        Unit::Factor,
        PLATFORM_DEFAULT,
    ),
    doc(
        "provision_floor.normal",
        "正常类最低计提比例",
        "least provision for normal loans, as a part of the balance",
        Unit::Fraction,
        PROVISION,
    ),
    doc(
        "provision_floor.special_mention",
        "关注类最低计提比例",
        "least provision for special-mention loans",
        Unit::Fraction,
        PROVISION,
    ),
    doc(
        "provision_floor.substandard",
        "次级类最低计提比例",
        "least provision for substandard loans",
        Unit::Fraction,
        PROVISION,
    ),
    doc(
        "provision_floor.doubtful",
        "可疑类最低计提比例",
        "least provision for doubtful loans",
        Unit::Fraction,
        PROVISION,
    ),
    doc(
        "provision_floor.loss",
        "损失类最低计提比例",
        "least provision for loans classed as loss",
        Unit::Fraction,
        PROVISION,
    ),
    doc(
        "warnings.overdue_days",
        "逾期达到此天数即预警",
        "overdue for this many days: a warning",
        Unit::Days,
        PLATFORM_DEFAULT,
    ),
    doc(
        "warnings.concentration_share",
        "企业用信达到单户上限的此比例即预警",
        "a member's use of this part of the cap on one member: a warning",
        Unit::Fraction,
        PLATFORM_DEFAULT,
    ),
    doc(
        "warnings.patent_life_margin_months",
        "质押专利剩余保护期短于贷款剩余期限加此月数即预警",
        "patents that end less than these months after the loan: a warning",
        Unit::Months,
        PLATFORM_DEFAULT,
    ),
];
