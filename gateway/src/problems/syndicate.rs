//! Kinds of problems of a line of several banks. … stands for a figure that the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    (
        "above-customer-bound",
        "按份额，参加的银行对成员企业最多承贷 … 元，超过该行对单一客户的贷款上限 … 元（按资本净额核定）。请降低分项额度或该行份额后重新提交。",
        "By its share a bank that takes part would lend up to … yuan to a member, more than the … yuan that its capital allows for one customer. Propose a lower sub-limit or share.",
    ),
    (
        "agreed-before",
        "本行已表示同意。如需撤回，请在牵头行批准前表示不同意并说明理由。",
        "Your bank has agreed already. To take that back, decline with a reason before the lead approves.",
    ),
    (
        "agreement-not-asked",
        "该事项不增加参加行的风险，无须参加行同意。",
        "This does not raise what a bank that takes part may lose, so its agreement is not asked for.",
    ),
    (
        "lead-approves",
        "本行是该授信的牵头行，无须表示同意参加。请按审批流程办理。",
        "Your bank leads this line: it does not agree to take part but approves or refuses.",
    ),
    (
        "participants-not-asked",
        "该变更提交后成员的关联关系有调整，已增加参加行的风险，而提交时未征求其意见。请否决该变更并重新提交。",
        "Since this change was proposed members were grouped anew, so that it now raises what the banks that take part may lose; they were not asked. Refuse it and have it proposed anew.",
    ),
    (
        "participants-open",
        "银团参加行须全部同意后方可批准；open 列明尚未同意的银行，declined 列明不同意的银行。请联系有关银行，或否决后调整方案重新提交。",
        "Every bank that takes part must agree before this is approved; open names those that have not answered, declined those that do not agree. Ask the bank, or refuse it and have it proposed anew.",
    ),
];
