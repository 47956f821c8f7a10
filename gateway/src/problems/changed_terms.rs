//! Kinds of problems of changed terms: what the security, the line and the bank's bounds do not admit. … stands for a figure
//! that the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    (
        "beyond-debt-term",
        "变更后到期日为 …，而质押合同约定的债务履行期限至 …。请缩短期限，或与出质人签订补充协议并办理变更登记后，在“续设担保”中写明。",
        "The loan would mature on …, and the pledge contract gives the debt until …. Shorten the term, or sign a supplementary agreement with the pledgor, file the change, and state it as the renewed security.",
    ),
    (
        "blacklisted",
        "借款人在银行限制名单内，不能续贷。请先按规定移出名单，或收回贷款。",
        "The borrower is on the bank's blacklist and is not rolled over. Have the entry ended first, or collect the loan.",
    ),
    (
        "firm-size",
        "该企业为…企业，不在续贷范围：小微企业流动资金贷款，以及政策期内到期的中型企业流动资金贷款（银监发〔2014〕36号、金规〔2024〕13号）。请收回或重新授信。",
        "The firm is …: only working-capital loans of micro and small firms are rolled over, and those of medium-sized firms while the notice of 2024 admits them (银监发〔2014〕36号, 金规〔2024〕13号). Collect the loan or lend anew.",
    ),
    (
        "not-floating",
        "该笔贷款为固定利率，没有可变更的加点。请填写利率，或先办理重定价。",
        "The loan's rate is fixed and has no spread. Give a rate, or reprice the loan first.",
    ),
    (
        "not-working-capital",
        "该笔贷款的产品不是流动资金贷款，不能无还本续贷。可办理展期。",
        "The loan is not of a working-capital product and is not rolled over. It may be extended.",
    ),
    (
        "rate-out-of-bounds",
        "利率 … 不在本行允许的 … 至 … 之间（按授信利率、融资产品与“参数管理—贷款变更边界”）。请调整。",
        "A rate of … is not within … and …, which the line's rate, the product applied for and the bank's bounds of loan changes give.",
    ),
    (
        "restructuring-too-long",
        "重组后到期日为 …，超过本行上限 …。请缩短；上限由“参数管理—贷款变更边界”设定。",
        "The new plan would end on …, later than the bank's bound, …. Shorten it; the bound is a parameter of loan changes.",
    ),
    (
        "rolled-over-too-often",
        "该笔贷款已连续续贷 … 次，达到本行上限。请收回本金后重新申请。",
        "The loan was rolled over … times in a row, as often as the bank allows. Collect the principal and apply anew.",
    ),
    (
        "tenor-above-cap",
        "续贷期限 … 个月超过授信额度及产品允许的 … 个月。请缩短。",
        "A rollover of … months is longer than the line and the product give, …. Shorten it.",
    ),
    (
        "valuation-ended",
        "质押专利的评估有效期已于 … 届满。请先重新评估，再办理续贷。",
        "A valuation of the pledged patents ended on …. Have them valued anew before a rollover.",
    ),
];
