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
        "change-not-admitted",
        "按贷款银行的规定，该变更今日不能办理。请与贷款银行联系。",
        "The bank's rules do not admit this change today. Ask the bank.",
    ),
    (
        "consent-answered",
        "借款人对该事项已经答复，不能再次答复。",
        "The borrower has answered the proposal; it is not answered again.",
    ),
    (
        "consent-declined",
        "借款人不同意本方案，不能批准。请撤回或否决，另行协商后重新提出。",
        "The borrower has declined this proposal. Withdraw or refuse it, and propose anew what both agree on.",
    ),
    (
        "consent-not-needed",
        "该事项依合同约定或由银行给予，无须借款人同意。",
        "The contract provides this, or the bank gives it: it needs no consent.",
    ),
    (
        "exposure-bound",
        "借款人或其关联客户组在银行的金额为 … 元，超过按资本核定的上限 … 元，不能续贷。请先收回超出部分。",
        "What the borrower, or its group of connected customers, has from the bank, … yuan, is more than the … yuan that its capital allows, so the loan is not renewed. Collect the excess first.",
    ),
    (
        "figures-changed",
        "贷款情况已变化，原同意不再适用；问题详情列明提出时与今日的到期日、利率和待还本金。请撤回后重新提出，由借款人再次确认。",
        "The loan has changed and a consent does not stand for other figures; the problem names maturity, rate and principal as proposed and as of today. Withdraw the proposal and make it anew.",
    ),
    (
        "firm-size",
        "该企业为…企业，不在续贷范围：小微企业流动资金贷款，以及政策期内到期的中型企业流动资金贷款（银监发〔2014〕36号、金规〔2024〕13号）。请收回或重新授信。",
        "The firm is …: only working-capital loans of micro and small firms are rolled over, and those of medium-sized firms while the notice of 2024 admits them (银监发〔2014〕36号, 金规〔2024〕13号). Collect the loan or lend anew.",
    ),
    (
        "no-vat-exemption",
        "本行未在“参数管理—增值税”中选定小微企业贷款利息免税，或政策已于 … 到期。请先由本行核定并复核参数。",
        "The bank has not elected the exemption of small firms' loans under the parameters of VAT, or it ended on …. Have the parameters set first.",
    ),
    (
        "no-vat-recognition",
        "该笔贷款未认定免征增值税，无可撤销。",
        "The loan is not recognised as exempt from VAT; there is nothing to take back.",
    ),
    (
        "not-floating",
        "该笔贷款为固定利率，没有可变更的加点。请填写利率，或先办理重定价。",
        "The loan's rate is fixed and has no spread. Give a rate, or reprice the loan first.",
    ),
    (
        "not-vat-exempt",
        "该笔贷款不在免征增值税范围：放款时的企业规模、单户授信或利率超出免税条件（财政部 税务总局公告2023年第16号），利息照章纳税。",
        "The loan is not exempt from VAT: the firm's size, its credit or the rate when the loan was drawn is beyond the conditions (财政部 税务总局公告2023年第16号), and the interest is taxed.",
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
        "request-answered",
        "该变更申请已受理、未受理、撤回或失效，不能再次办理。请刷新查看。",
        "The request was taken up, refused or withdrawn, or has lapsed. Reload to see it.",
    ),
    (
        "request-late",
        "该申请的答复期限至 …，已过期失效。请借款人重新申请，或直接提出变更并征得其同意。",
        "The request was to be answered by … and has lapsed. Have the borrower ask again, or propose the change and have it consented to.",
    ),
    (
        "request-pending",
        "该笔贷款已有一项待受理的变更申请，请等待银行答复或先撤回。",
        "A request about this loan already waits for the bank; wait for its answer or withdraw it first.",
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
    (
        "vat-exempt-already",
        "该笔贷款已认定免征增值税至 …，无须再次认定。",
        "The loan's interest is exempt until … already.",
    ),
    (
        "vat-exemption-over",
        "免税期已于 … 届满，此后的利息已照章计税，不能在此撤销认定。请就免税期内的利息在本行总账更正，并在申报时补税。",
        "The exemption ended on … and what was earned since is taxed, so the recognition is not taken back here. Correct the interest of its time in the bank's general ledger and in its return.",
    ),
];
