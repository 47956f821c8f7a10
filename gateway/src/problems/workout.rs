//! Kinds of problems before a loss is shared, with insurers too, a loan written off or a pool's deposit given back. … stands
//! for a figure that the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    (
        "all-due",
        "该贷款的本金已全部到期，无需宣布提前到期。",
        "All of the loan's principal has fallen due already, so there is nothing to declare due.",
    ),
    (
        "answer-still-due",
        "… 的答复期限至 …，期满仍未答复的方可登记。期限内请继续催告。",
        "… has until … to answer; only then may it be recorded that it does not. Keep asking until then.",
    ),
    (
        "class-too-good",
        "该贷款风险分类为…，归为…及以下方可核销。请先按规定重新分类。",
        "The loan is …; it is written off from … on. Have it classified anew first.",
    ),
    (
        "collateral-left",
        "尚有 … 件质押专利未处置、未解除，也未认定无变现价值。请先处置或认定，再认定损失。",
        "… pledged patents are neither sold, released nor found worthless. Sell them, or have them found worthless, before the loss is shared.",
    ),
    (
        "declared-due",
        "该贷款已于 … 宣布提前到期，无需重复办理。",
        "The loan was declared due on …; there is nothing more to do.",
    ),
    (
        "insurer-answers-itself",
        "… 的保单在平台上，其赔付或拒赔由保险公司办理后自动入账，银行不能代为登记。请在保险理赔中报案并跟进。",
        "The policy of … is on the platform: what the insurer pays or refuses arrives by itself, and the bank cannot record it. Notify the claim under the policy and follow it there.",
    ),
    (
        "insurer-on-platform",
        "… 已在平台承保本笔贷款，不能以平台外机构登记。请按机构选择，以其保单为准。",
        "… insures this loan on the platform and is not entered by hand. Choose it by its organisation; its policy counts.",
    ),
    (
        "member-overdue",
        "贵企业在本行有贷款逾期，不能用信。请先结清逾期款项，结清后即可提款。",
        "A loan of yours at the bank is overdue, so nothing further is lent. Pay what is late first.",
    ),
    (
        "no-collateral-left",
        "担保本笔贷款的质押物已全部处置、解除或认定，无需再作认定。",
        "All that secures the loan is sold, released or found worthless; nothing is left to find.",
    ),
    (
        "no-policy",
        "… 没有在违约日 … 承保本笔贷款的保证保险保单，不分担其损失。请核对保单的保险期间，或将其移出分担方。",
        "No guarantee policy of … covered this loan on …, the day of the default. Check the policy's period, or leave the insurer out.",
    ),
    (
        "not-in-default",
        "该贷款未违约：逾期 … 天，风险分类为…，未到期也未宣布提前到期，不能认定和分担损失。",
        "The loan is not in default: … days overdue and …, neither at its end nor declared due. No loss is shared.",
    ),
    (
        "not-small",
        "债权 … 元，超过小额核销上限 … 元。请按其他核销条件办理。",
        "… yuan are owed, more than a small claim may be. Choose another condition.",
    ),
    (
        "other-claim",
        "该笔赔款不能匹配至代偿申请 …：须为同一保险公司、同一笔贷款的申请，且赔款此前未冲抵其他申请。请核对，或退还保险公司。",
        "This money cannot settle claim …: it must be a claim on the same insurer for the same loan, and the money must have paid no other before. Check the claim, or give the money back.",
    ),
    (
        "pool-at-risk",
        "互助池成员有 … 笔贷款逾期、不良或在处置中，互助保证金暂不退还。",
        "… loans of the pool's members are overdue, non-performing or in a case: its deposits stay.",
    ),
    (
        "pursued-too-shortly",
        "自首次催收起 … 天，小额核销须追索满 … 天。请继续追索。",
        "The claim was pursued for … days; a small one takes …. Go on pursuing it.",
    ),
    (
        "worth-selling",
        "预计变现 … 元，高于变现费用 … 元，不能认定为无变现价值。请提交处置方案并登记价款。",
        "A sale would fetch … yuan and cost …, so the collateral is not worthless. Propose a plan and sell it.",
    ),
];
