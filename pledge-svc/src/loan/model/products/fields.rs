//! What each field of a bank's lending products means and where its default comes from.

use crate::parameters::{FieldDoc, PLATFORM_DEFAULT, Unit};

const fn doc(field: &'static str, zh: &'static str, en: &'static str, unit: Unit) -> FieldDoc {
    FieldDoc { field, zh, en, unit, source_zh: PLATFORM_DEFAULT.0, source_en: PLATFORM_DEFAULT.1 }
}

const fn law(field: &'static str, zh: &'static str, en: &'static str, unit: Unit) -> FieldDoc {
    FieldDoc {
        field,
        zh,
        en,
        unit,
        source_zh: "中国人民银行 银发〔2003〕251号第三条：逾期加收 30%—50%，挪用加收 50%—100%",
        source_en: "PBoC document 251 of 2003, article 3: 30 % to 50 % on what is overdue, 50 % to 100 % on misused funds",
    }
}

/// Every field of the banks' lending products.
pub(super) const FIELDS: &[FieldDoc] = &[
    doc("products", "贷款产品，其中须原样保留 standard", "the products; standard stays as it is", Unit::Text),
    doc("products[].code", "产品代码", "the product's code", Unit::Text),
    doc("products[].name_zh", "产品名称", "the name in Chinese", Unit::Text),
    doc("products[].name_en", "产品英文名称", "the name in English", Unit::Text),
    doc(
        "products[].kind",
        "贷款种类：working_capital 流动资金贷款、fixed_asset 固定资产贷款；支付方式与期限按种类管理",
        "the kind of loan: working_capital or fixed_asset; payment and term go by it",
        Unit::Text,
    ),
    doc("products[].repayments", "可选还款方式", "the methods of repayment", Unit::Text),
    doc(
        "products[].repayments[]",
        "还款方式：interest_only、equal_instalment、equal_principal、bullet；未指定时取第一种",
        "a method: interest_only, equal_instalment, equal_principal, bullet; the first where a draw names none",
        Unit::Text,
    ),
    doc(
        "products[].every_months",
        "还款间隔：1、3、6 或 12 个月",
        "months between instalments: 1, 3, 6 or 12",
        Unit::Months,
    ),
    doc(
        "products[].due_day",
        "结息日（1 至 28 日）：按月为每月该日，按季、半年、年为期末月该日，首期较短，末期至贷款到期日；留空为放款对应日",
        "the day of the month on which interest is settled, 1 to 28, in every month or the interval's last one; empty for the day of the draw",
        Unit::Count,
    ),
    doc(
        "products[].level_last",
        "等额本息末期与各期相差较大时，各期同调一两分使末期接近",
        "shift equal instalments by a fen or so where that brings the last one closer",
        Unit::Flag,
    ),
    doc(
        "products[].tenor_max_months",
        "最长期限；留空为不另设",
        "the longest term; empty for no bound of its own",
        Unit::Months,
    ),
    doc(
        "products[].day_count",
        "计息天数规则：actual/360、actual/365、actual/actual、30/360",
        "how days are counted: actual/360, actual/365, actual/actual, 30/360",
        Unit::Text,
    ),
    doc(
        "products[].grace_default",
        "默认宽限期数（只付息不还本）",
        "opening instalments without principal by default",
        Unit::Count,
    ),
    doc(
        "products[].grace_max",
        "最多宽限期数",
        "the most opening instalments without principal",
        Unit::Count,
    ),
    law(
        "products[].penalty_surcharge",
        "逾期罚息加收比例（0.3 至 0.5）",
        "surcharge on what is overdue (0.3 to 0.5)",
        Unit::Fraction,
    ),
    law(
        "products[].misuse_surcharge",
        "挪用罚息加收比例（0.5 至 1）",
        "surcharge on misused funds (0.5 to 1)",
        Unit::Fraction,
    ),
    doc(
        "products[].penalty_compounds",
        "未付罚息自结息日起是否计收复利；司法实践有争议，默认否",
        "whether penalty that stands unpaid on a due date bears interest itself; disputed in court, off by default",
        Unit::Flag,
    ),
    doc(
        "products[].holiday_grace",
        "到期日为非工作日的，次一工作日还款不计逾期",
        "a due date that is no working day may be met on the next",
        Unit::Flag,
    ),
    doc(
        "products[].roll",
        "应还日为非工作日时：none 不调整、following 顺延、modified_following 顺延但不跨月、preceding 提前；利息计至调整后的日期",
        "a due date that is no working day: none, following, modified_following or preceding; interest runs to the day moved to",
        Unit::Text,
    ),
    doc(
        "products[].prepayment_fee_rate",
        "提前还款手续费率，按提前归还的本金计收",
        "the fee on principal repaid ahead, as a part of it",
        Unit::Fraction,
    ),
    doc(
        "products[].prepayment_free_months",
        "放款满多少个月后提前还款免收手续费；留空为不免",
        "months after the draw from which on repaying ahead is free; empty for never",
        Unit::Months,
    ),
    doc(
        "products[].principal_first_after_days",
        "逾期超过多少天后还款先冲抵逾期本金",
        "days overdue beyond which a payment settles overdue principal first",
        Unit::Days,
    ),
    doc(
        "products[].rate_reset",
        "利率方式：fixed 固定；anniversary 按对年对月对日、january 按每年 1 月 1 日随 LPR 重定价，加点不变",
        "fixed; or anniversary or january: the LPR is taken anew, the spread stays",
        Unit::Text,
    ),
    doc(
        "products[].tranche_months",
        "放款后多少个月内可再次放款；0 为不可分次放款",
        "months after the draw within which further tranches may be drawn; 0 for none",
        Unit::Months,
    ),
];
