//! What the report calls things in each language.

use paper::Language;

use crate::{
    catalogue::{
        patent::{LegalStatus, PatentKind},
        record::{DisputeKind, DisputeStatus},
    },
    valuations::model::AssumptionSource,
};

/// Inputs, assumptions and drivers by their code.
const FIGURES: &[(&str, &str, &str)] = &[
    ("annual_revenue", "年销售收入", "annual revenue"),
    ("revenue", "销售收入", "revenue"),
    ("revenue_growth", "收入增长率", "revenue growth"),
    ("royalty_rate", "许可费率", "royalty rate"),
    ("discount_rate", "折现率", "discount rate"),
    ("tax_rate", "所得税率", "tax rate"),
    ("development_cost", "研发成本", "development cost"),
    ("remaining_economic_life_years", "剩余经济寿命（年）", "remaining economic life (years)"),
    ("technology_half_life_years", "技术半衰期（年）", "technology half-life (years)"),
    ("half_life_years", "半衰期（年）", "half-life (years)"),
    ("success_probability", "产业化成功概率", "probability of success"),
    ("volatility", "波动率", "volatility"),
    ("life_years", "经济寿命（年）", "life (years)"),
    ("margin", "利润率", "margin"),
    ("periods", "期数", "periods"),
    ("timing", "现金流时点", "timing"),
    ("cost_new", "重置成本", "cost new"),
    ("tax_life_years", "税务摊销年限", "tax life (years)"),
    ("functional_obsolescence", "功能性贬值", "functional obsolescence"),
    ("technological_obsolescence", "技术性贬值", "technological obsolescence"),
    ("economic_obsolescence", "经济性贬值", "economic obsolescence"),
    ("mean_fee", "许可费均值", "mean licence fee"),
    ("patents_per_contract", "每份合同专利数", "patents a contract"),
    ("quality_adjustment", "质量修正", "quality adjustment"),
    ("term_adjustment", "期限修正", "term adjustment"),
    ("kind_adjustment", "类型修正", "kind adjustment"),
    ("underlying", "标的价值", "underlying"),
    ("strike", "执行价", "strike"),
    ("years", "年数", "years"),
    ("risk_free_rate", "无风险利率", "risk-free rate"),
    ("cost_of_delay", "延迟成本", "cost of delay"),
    ("royalty_evidence", "许可费率的引用行", "row cited for the royalty"),
    ("royalty_low", "许可费率下限", "lowest royalty"),
    ("royalty_high", "许可费率上限", "highest royalty"),
    ("fee_evidence", "许可费的引用行", "row cited for the fee"),
    ("deals", "可比交易笔数", "comparable deals"),
    ("lowest_adjusted", "修正后最低价", "lowest adjusted price"),
    ("highest_adjusted", "修正后最高价", "highest adjusted price"),
    ("basis", "依据", "rests on"),
    ("earnings", "营业利润（逐年）", "operating earnings, year by year"),
    ("contributory_charges", "贡献资产回报（逐年）", "returns on contributory assets, year by year"),
    ("cash_flows_with", "有专利时现金流（逐年）", "cash flows with the patent, year by year"),
    ("cash_flows_without", "无专利时现金流（逐年）", "cash flows without it, year by year"),
    ("tab", "税收摊销收益", "tax amortisation benefit"),
    ("costs", "研发支出", "costs"),
    ("trend_factors", "价格指数系数", "trend factors"),
    ("comparables", "可比交易笔数", "comparable transactions"),
    ("summary", "汇总方式", "summary"),
    ("transactions", "交易样本数", "transactions"),
    ("subject", "本专利特征", "features of the subject"),
    ("royalty", "首年许可费", "royalty of the first year"),
    ("growth", "年增长率", "growth a year"),
    ("model", "计算模型", "model"),
    ("exercise", "行权方式", "exercise"),
    ("kind", "期权类型", "kind"),
    ("steps", "二叉树步数", "steps"),
    ("true", "计入", "added"),
    ("false", "不计入", "not added"),
    ("median", "中位数", "median"),
    ("weighted_mean", "加权平均", "weighted mean"),
    ("black_scholes", "布莱克－斯科尔斯公式", "Black–Scholes"),
    ("binomial", "二叉树", "binomial tree"),
    ("european", "欧式", "European"),
    ("american", "美式", "American"),
    ("call", "看涨（开发）", "call (develop)"),
    ("put", "看跌（放弃）", "put (abandon)"),
    ("mid_year", "年中", "mid-year"),
    ("end_of_year", "年末", "end of the year"),
];

/// The name of an input, an assumption or a driver; one that has none is told by its code.
pub(super) fn figure(code: &str, language: Language) -> String {
    FIGURES
        .iter()
        .find(|(known, ..)| *known == code)
        .map_or_else(|| code.replace('_', " "), |(_, zh, en)| language.pick(zh, en).to_owned())
}

/// The kind of a right.
pub(super) const fn kind(kind: PatentKind, language: Language) -> &'static str {
    match kind {
        PatentKind::Invention => language.pick("发明", "invention"),
        PatentKind::UtilityModel => language.pick("实用新型", "utility model"),
        PatentKind::Design => language.pick("外观设计", "design"),
        PatentKind::Other => language.pick("其他", "other"),
    }
}

/// A legal status.
pub(super) const fn status(status: LegalStatus, language: Language) -> &'static str {
    match status {
        LegalStatus::Pending => language.pick("审中", "pending"),
        LegalStatus::Granted => language.pick("授权有效", "granted, in force"),
        LegalStatus::Lapsed => language.pick("终止", "lapsed"),
        LegalStatus::Expired => language.pick("届满", "expired"),
        LegalStatus::Invalidated => language.pick("宣告无效", "invalidated"),
        LegalStatus::Withdrawn => language.pick("撤回或放弃", "withdrawn"),
        LegalStatus::Rejected => language.pick("驳回", "refused"),
        LegalStatus::Unknown => language.pick("来源未载明", "not stated by the source"),
    }
}

/// A kind of dispute.
pub(super) const fn dispute(kind: DisputeKind, language: Language) -> &'static str {
    match kind {
        DisputeKind::Ownership => language.pick("权属纠纷", "ownership"),
        DisputeKind::Preservation => language.pick("财产保全", "preservation"),
        DisputeKind::Invalidation => language.pick("无效宣告请求", "invalidation"),
        DisputeKind::Litigation => language.pick("侵权诉讼", "infringement"),
    }
}

/// Where a dispute stands.
pub(super) const fn dispute_status(status: DisputeStatus, language: Language) -> &'static str {
    match status {
        DisputeStatus::Open => language.pick("未决", "open"),
        DisputeStatus::Upheld => language.pick("已结，权利维持", "closed, right upheld"),
        DisputeStatus::Closed => language.pick("已结", "closed"),
    }
}

/// Where an assumption comes from.
pub(super) const fn source(source: AssumptionSource, language: Language) -> &'static str {
    match source {
        AssumptionSource::Request => language.pick("委托方提供", "stated in the request"),
        AssumptionSource::PatentRecord => language.pick("专利著录数据", "the patent's record"),
        AssumptionSource::PlatformDefault => language.pick("平台默认值", "platform default"),
        AssumptionSource::BankModel => language.pick("本行模型", "the bank's own model"),
        AssumptionSource::Statistics => language.pick("许可统计数据", "licence statistics"),
    }
}
