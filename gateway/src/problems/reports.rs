//! Kinds of problems of valuation reports, of the rules of revaluation and of patents valued together. … stands for a figure that the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    (
        "bad-report-code",
        "验证码不正确：应为 17 位字母和数字，请核对是否有输错或漏输的字符。",
        "This cannot be a code: it has 17 letters and digits. Look for one that is wrong or missing.",
    ),
    (
        "no-patents",
        "没有可以合并估值的专利。请选择专利，或选择名下有专利的权利人。",
        "There is no patent to value together. Name patents, or an owner that has some.",
    ),
    (
        "no-such-report",
        "没有报告使用此验证码。请核对报告上的验证码；若核对无误，该报告不是本平台出具的。",
        "No report carries this code. Compare it with the report's; where it is the same, the report was not issued here.",
    ),
    (
        "portfolio-not-valued",
        "该组合正在估值，完成后才有报告。请稍后再试。",
        "The portfolio is being valued: its report is there once that is done.",
    ),
    (
        "report-not-issued",
        "报告尚未出具，出具后才有可下载的文件；status 为当前状态。",
        "The report has files once it is issued; status says where it is.",
    ),
    (
        "report-open",
        "该评估已有报告 … 正在编制，请在其上继续。",
        "Report … on this valuation is being written: go on with it.",
    ),
    (
        "report-value-changed",
        "编制人签署后有变化（评估值、采用的方法、有效期、法律状态、等级或可信度）：…。请退回，由编制人重新签署。",
        "Since the preparer signed, the value, the methods that count, the end of validity, the patent's status, the grade or the confidence has changed: …. Send the report back to be signed anew.",
    ),
    (
        "report-values-tried",
        "该报告一小时内核对评估值的次数已达上限，请在 … 分钟后再核对。不填评估值、只凭验证码或报告文件，现在仍可验证。",
        "As many values as may be were tried against this report within an hour: try one again in … minutes. Without a value, by the code or by the report's file, it can be verified now.",
    ),
    (
        "revaluation-due",
        "该评估须重新进行：…。请重新评估后再出具报告。",
        "The valuation is to be made anew: …. Value the patent anew first.",
    ),
    ("too-many-patents", "一个组合最多 … 件专利，请拆分。", "A portfolio has … patents at most: split it."),
    (
        "trigger-rules-pending",
        "重估规则第 … 版正在等待审批。请先完成审批，再提出新版本。",
        "Version … of the rules waits for a decision. Have it decided first.",
    ),
    (
        "trigger-rules-unchanged",
        "所提规则与届时生效的规则完全相同，无需变更。",
        "The proposal says what will hold on that day anyway; nothing would change.",
    ),
    (
        "unknown-patent",
        "专利库中没有专利 …，请核对后重新提交。",
        "The catalogue has no patent …: look at the list again.",
    ),
];
