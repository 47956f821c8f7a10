//! Kinds of problems up to the draw: applications, documents, parameters, facilities, pledges. … stands for a figure
//! that the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    (
        "above-amount",
        "金额 … 元超过申请、建议或首次批准的 … 元。请降低金额。",
        "… yuan is more than the … asked for, recommended or approved first. Lower it.",
    ),
    (
        "above-authority",
        "金额 … 元超过权限 … 元。请由权限足够的审批人办理，或使用其转授的权限。",
        "… yuan is beyond the authority of …. An approver with more must do it, or lend theirs.",
    ),
    (
        "above-collateral",
        "金额 … 元超过质押物可贷上限 … 元。请降低金额或增加专利。",
        "… yuan is more than the … that may be lent on the patents. Lower it, or take more patents.",
    ),
    (
        "already-connected",
        "… 已在关联企业组“…”中。请在该组中变更。",
        "… belong to the group … already. Change that group.",
    ),
    (
        "already-pledged",
        "专利 … 已办理其他质押。请重新评审。",
        "Already under another pledge: …. Assess anew.",
    ),
    ("appeal-too-late", "申诉期限已于 … 届满。请重新申请。", "The appeal was possible until …. Apply anew."),
    (
        "appealed-before",
        "一笔申请只能申诉一次，已有申诉结果。如情况变化，请重新申请。",
        "An application is appealed once. Apply anew where things have changed.",
    ),
    (
        "approval-holds",
        "批准仍在有效期内，届满之前不能作失效处理。",
        "The approval still holds; it can lapse from the day after its last on.",
    ),
    (
        "approval-over",
        "批准有效期已届满，不能提交质押登记。请由企业重新申请。",
        "The approval has passed its last day, so no pledge can be made of it. The enterprise applies anew.",
    ),
    (
        "checklist-incomplete",
        "材料清单尚缺 … 项，不能评审。请通知企业补正。",
        "… items of the checklist are missing, so it cannot be assessed. Ask the enterprise for them.",
    ),
    (
        "conditions-open",
        "尚有 … 项放款前提条件未落实，不能提款。请先办理并由银行确认。",
        "… conditions precedent are not fulfilled. Fulfil them and have the bank confirm it first.",
    ),
    (
        "consent-denied",
        "风险经理…不同意：…。申请请重新评审或否决；授信及其变更、质押豁免请否决后重新提交。",
        "The risk manager … does not agree: …. Assess the application anew or refuse it; refuse what concerns a line, and have it proposed anew.",
    ),
    (
        "consent-missing",
        "该金额（申请金额、授信额度、质押豁免金额或贷款变更所涉金额）须先经风险经理同意，贷款变更须先经借款人同意。请待其答复后再审批。",
        "This amount, of an application, a line's limit, a waiver or a change of a loan, takes the risk manager's consent first, and a change of a loan the borrower's. Wait for it.",
    ),
    (
        "correction-incomplete",
        "尚有 … 份要求的材料未上传，不能提交补正。请上传后再提交。",
        "… papers that were asked for are not attached. Attach them first.",
    ),
    (
        "correction-late",
        "补正期限已于 … 届满，登记申请视为撤回。请重新提交质押登记。",
        "The correction was wanted by …; the filing counts as withdrawn. File the pledge anew.",
    ),
    (
        "delegation-not-in-force",
        "该授权未生效、已到期或已撤销，不能使用。",
        "The delegation has not begun, has ended, or was taken back.",
    ),
    (
        "deposit-above-held",
        "可退还的保证金余额为 … 元。请核对金额。",
        "… yuan is held. Ask for at most that.",
    ),
    (
        "deposit-beyond-need",
        "保证金余额最多为 … 元。请减少金额。",
        "At most … yuan may be held as a deposit. Pay in less.",
    ),
    (
        "deposit-given-back",
        "该笔还款后，借款人的互助保证金已于 … 退还。请先由其重新缴存，再冲正。",
        "The borrower's contribution to the mutual-aid pool was given back on …, after this payment. Have it paid in again, then undo the payment.",
    ),
    (
        "deposit-missing",
        "本次提款须先缴存互助保证金 … 元，现已缴存 … 元。请先补缴。",
        "This draw needs … yuan in the mutual-aid pool; … yuan is paid in. Pay in the rest first.",
    ),
    (
        "deposit-not-agreed",
        "该授信未约定互助保证金，无需缴存。",
        "The facility has no mutual-aid pool, so there is nothing to pay into.",
    ),
    (
        "deposit-still-needed",
        "企业在该授信下尚有已用 … 元、预占 … 元或未结清的利息，保证金暂不能退还。请先结清。",
        "The member still has … yuan drawn, … yuan held, or interest unpaid. Settle it before the deposit comes back.",
    ),
    (
        "document-quarantined",
        "病毒扫描暂不可用，文件在隔离区等待扫描，扫描通过后即可下载。请稍后再试。",
        "The virus scanner does not answer; the file waits in quarantine and can be had once it is scanned. Try later.",
    ),
    (
        "document-superseded",
        "第 … 版已被新版本取代。请在最新版本上更新。",
        "Version … has been replaced. Put the new one in the place of the latest.",
    ),
    (
        "file-carries-program",
        "文件含有宏、控件或嵌入对象，未保存。请另存为不含宏的文件或 PDF 后上传。",
        "The file carries macros, controls or embedded objects and was not kept. Save it without them or as PDF.",
    ),
    (
        "file-infected",
        "文件中发现病毒（…），不能保存或下载。请清除病毒后重新上传。",
        "A virus (…) was found, so the file is neither kept nor handed out. Clean it and upload it again.",
    ),
    (
        "file-type-mismatch",
        "文件名或声明的类型（…）与文件内容（…）不一致，未保存。请检查文件后重新上传。",
        "The file says it is … and its content is …; it was not kept. Check the file.",
    ),
    (
        "file-type-not-taken",
        "仅接受 PDF、PNG、JPEG、XLSX、DOCX 文件，文件内容不属于其中任何一种，未保存。请转换格式后上传。",
        "Only PDF, PNG, JPEG, XLSX and DOCX files are taken. The content is none of them and was not kept. Convert it first.",
    ),
    (
        "grace-too-long",
        "宽限期最多 … 期，申请为 … 期。请减少宽限期。",
        "At most … instalments may be without principal; … were asked for. Ask for fewer.",
    ),
    (
        "in-disposal",
        "该笔贷款正在处置（案件 …），不能再次放款。请先与银行办结处置。",
        "The loan is in disposal (case …), so nothing further can be drawn. Settle the case with the bank first.",
    ),
    (
        "line-ended",
        "该集合授信已关闭，或借款人已退出名单，已还本金不能再计入。请与借款人另行清算差额。",
        "The line is closed or the borrower has left its list, so nothing is drawn on it again. Settle the difference with the borrower.",
    ),
    (
        "line-has-no-room",
        "冲正须重新占用授信 … 元，现可用额度为 … 元。请先收回其他用信、释放预占或调增额度。",
        "Undoing it draws … yuan of the line again, but … are free. Collect or release something else, or raise the limit first.",
    ),
    (
        "loan-matured",
        "该笔贷款于 … 到期，不能再次放款。请另行申请提款。",
        "The loan matures on …; nothing can be drawn on it from that day on. Make a new draw instead.",
    ),
    (
        "loan-overdue",
        "该笔贷款已逾期 … 天，不能再次放款。请先还清逾期款项。",
        "The loan is … days overdue. Pay what is overdue before drawing again.",
    ),
    (
        "loan-restructured",
        "该笔贷款已于 … 重组，不能再次放款。请与银行商定其他安排。",
        "The loan was restructured on …, so nothing further is drawn on it. Agree another way with the bank.",
    ),
    (
        "member-left",
        "贵企业已退出该授信的成员名单，不能用信。请联系客户经理重新纳入名单。",
        "You have left the facility's list of members. Ask the loan officer to be put on it again.",
    ),
    (
        "no-chinese-font",
        "服务器未安装中文字体，无法生成 PDF。请改为下载 XLSX 或打印页面，并请平台管理员安装中文字体（如 Noto Sans CJK）。",
        "No Chinese font is installed on the server, so no PDF can be made: download the XLSX or print the page instead, and have the platform's administrator install one, such as Noto Sans CJK.",
    ),
    (
        "no-lpr-fixing",
        "银行尚未录入 … 适用的 LPR，浮动利率产品暂不能提款。请联系银行，或选择固定利率产品。",
        "The bank has not recorded the LPR in force on …, so nothing can be drawn at a floating rate. Ask the bank, or choose a product with a fixed one.",
    ),
    (
        "no-patent-pool",
        "该授信不以专利池担保，没有借款基数。",
        "The facility does not lend on a pool of patents and so has no borrowing base.",
    ),
    (
        "not-approved",
        "申请尚未最终批准或批准已失效，不能办理放款条件或质押登记。",
        "The application is not approved or no longer is, so neither its conditions nor its pledge can be worked on.",
    ),
    (
        "not-in-status",
        "该事项…，不能办理此操作。请刷新后查看最新状态。",
        "It is …, so this step is not possible. Reload to see where it is.",
    ),
    (
        "not-registrable",
        "有 … 项不予登记的情形，未作更改。请按各项说明处理后重试。",
        "The register would refuse it on … grounds; nothing was changed. Cure them as described and try again.",
    ),
    (
        "not-your-delegation",
        "该授权不是转授给您的，不能使用。授权不得再转授。",
        "This authority was not lent to you, and what is lent is not lent on.",
    ),
    (
        "not-your-document",
        "该文件由对方上传，只能由上传方更新。请联系对方。",
        "The other party attached this document, so only they can replace it. Ask them.",
    ),
    (
        "own-refusal",
        "作出否决或评审的人不得处理申诉及其后的审批。请由另一名审批人办理。",
        "Who refused or assessed it decides neither the appeal nor what comes after. Another approver must.",
    ),
    (
        "papers-missing",
        "缺少 … 份登记或变更材料，未作更改；missing 逐项说明及补齐办法。",
        "… papers for the register, or for the change of a loan, are missing; nothing was changed. missing names each and how to cure it.",
    ),
    (
        "own-limit-raised",
        "该版本提高您本人的审批权限，不能由您批准。请由另一名审批人办理。",
        "This version raises your own approval authority; another approver must decide about it.",
    ),
    (
        "parameters-pending",
        "该类参数的第 … 版正在等待审批。请先完成审批，再提出新版本。",
        "Version … of these parameters waits for a decision. Have it decided first.",
    ),
    (
        "parameters-unchanged",
        "所提参数与届时生效的参数完全相同，无需变更。",
        "The proposal says what will hold on that day anyway; nothing would change.",
    ),
    (
        "payment-claimed",
        "该笔还款的利息已用于贴息申请 …。请先撤回该申请；已拨付的，请先退回补贴款。",
        "Subsidy claim … rests on the interest of this payment. Withdraw the claim first; where it was paid, send the subsidy back first.",
    ),
    (
        "payment-not-last",
        "此后该贷款另有还款、放款或变更，本笔还款不能直接冲正；detail 说明是哪一项及如何更正。",
        "Something came after the payment on its loan, so it is not undone as it stands; detail names it and says what to do.",
    ),
    (
        "payment-of-case",
        "该笔款项是处置、代偿或基金支付，不能在还款中冲正。请在相应的处置案件或代偿申请中更正。",
        "Others paid this in a disposal case, so it is not undone as a payment. Correct it in the case or the compensation claim.",
    ),
    (
        "payment-reversal-pending",
        "该笔还款已有一项冲正申请待复核。请先复核、退回或撤回。",
        "A reversal of this payment waits for its decision. Have it decided or withdrawn first.",
    ),
    (
        "payment-reversed",
        "该笔还款已于 … 冲正，未作更改。",
        "The payment was undone on …; nothing was changed.",
    ),
    (
        "pledge-exists",
        "该申请已提交质押登记，不能撤回，也不会失效。请由银行办理质押注销。",
        "A pledge stands on the approval: it is not withdrawn and does not lapse. The bank cancels the pledge first.",
    ),
    (
        "pledge-released",
        "该笔还款后，质押 … 已注销、解除部分专利或正在注销。请先撤回注销，或重新登记质押并另行放款。",
        "After this payment pledge … was cancelled, made smaller, or is about to be. Withdraw the cancellation first, or register a pledge anew and lend again.",
    ),
    (
        "product-tenor-exceeded",
        "该产品期限最长 … 个月，申请为 … 个月。请缩短期限或选择其他产品。",
        "The product lends for at most … months; … were asked for. Shorten the tenor or choose another product.",
    ),
    ("repayment-not-admitted", "该产品不支持…。可选：…。", "The product is not repaid by …. Choose …."),
    (
        "same-approver",
        "您（或授权您的人）已就本事项发表意见，须由另一名审批人办理。",
        "You, or whose authority you use, have spoken on it already. Another approver must decide.",
    ),
    (
        "stale-version",
        "您看到的内容已被更新（现为第 … 版），未作任何更改。请刷新查看后再办理。",
        "What you saw has changed since (it is at version …) and nothing was done. Look at it again first.",
    ),
    (
        "tenor-not-multiple",
        "该产品每 … 个月还款一次，期限须为其整数倍，申请为 … 个月。请调整期限。",
        "Instalments are … months apart, and … months are no multiple of it. Change the tenor.",
    ),
    (
        "too-many-documents",
        "已有 … 份文件（含历史版本），不能再上传。请联系经办人整理。",
        "There are … documents already, earlier versions among them. Ask who handles the matter.",
    ),
    (
        "tranche-not-admitted",
        "该笔贷款的产品不支持分次放款。请另行申请提款。",
        "The loan's product is drawn at once. Make a new draw instead.",
    ),
    (
        "tranche-window-passed",
        "该笔贷款的分次放款截止于 …。请另行申请提款。",
        "Further tranches could be drawn until …. Make a new draw instead.",
    ),
    (
        "unknown-product",
        "该银行没有代码为“…”的贷款产品。请从可选产品中选择。",
        "The bank offers no product …. Choose one of those that it lists.",
    ),
    // What a borrower instructs and its bank confirms.
    (
        "amount-differs",
        "到账（付出）金额须等于付款指示金额 … 元。请退回该指示，或按实际到账金额直接登记还款。",
        "What came in, or went out, must be the … yuan instructed. Send the instruction back, or record what came in as a payment of its own.",
    ),
    (
        "instructed-already",
        "已有 … 元的付款指示待银行确认，现最多还可提交 … 元。请先等待确认或撤回原指示。",
        "Instructions for … yuan wait for the bank, so at most … yuan may be instructed beside them. Wait, or withdraw one.",
    ),
    (
        "not-giver",
        "付款指示只能由提交指示的企业撤回。银行不予办理的，请退回并说明原因。",
        "Only the enterprise that gave an instruction withdraws it. A bank sends it back with a reason.",
    ),
    (
        "not-payoff",
        "该金额不能结清贷款，今日结清金额为 … 元。请按该金额结清，或作为一般还款登记。",
        "The amount does not settle the loan: … yuan would today. Pay that, or an ordinary payment.",
    ),
    (
        "reference-used",
        "该银行流水号已用于确认另一笔付款指示。请核对流水号。",
        "This reference has confirmed another instruction. Check it.",
    ),
];
