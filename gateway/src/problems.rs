//! What each kind of problem means: the page that a problem's `type` points to.

mod after_lending;
mod catalogue;
mod changed_terms;
mod drawing;
mod lending;
mod matching;
mod models;
mod pledging;
mod reference;
mod reports;
mod scoring;
mod stocktake;
mod subsidies;
mod syndicate;
mod workout;

use axum::{
    Router,
    extract::Path,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use http_kit::Problem;

use crate::openapi::{escape, page};

/// A kind of problem: its slug, and what it means in both languages.
type Kind = (&'static str, &'static str, &'static str);

/// The kinds that the suite's services answer with.
const KINDS: &[Kind] = &[
    (
        "invalid-request",
        "请求中有字段缺失或有误，未作任何更改；errors 逐项说明。",
        "Fields of the request are missing or wrong and nothing was changed; errors names each.",
    ),
    (
        "unauthenticated",
        "访问令牌缺失、无效或已过期。请登录或续期。",
        "The access token is missing, invalid or expired. Sign in or refresh.",
    ),
    ("invalid-credentials", "用户名或密码不正确。", "User name or password is wrong."),
    (
        "too-many-attempts",
        "密码输错次数过多，登录暂停至 Retry-After 所示时间。",
        "Too many wrong passwords: sign-in is paused for the time in Retry-After.",
    ),
    (
        "session-revoked",
        "登录会话已结束：已退出、已过期、账户已变更，或续期令牌被使用两次。",
        "The session has ended: signed out, expired, the account changed, or a refresh token was used twice.",
    ),
    (
        "password-change-required",
        "一次性密码须先修改，方可办理业务。",
        "A one-time password must be changed before anything else.",
    ),
    ("forbidden", "岗位没有此项权限。", "The role does not permit this."),
    (
        "four-eyes",
        "经办人不得审批自己经办的事项，请由另一人审批。",
        "Who made it may not approve it: another person must.",
    ),
    ("not-found", "没有找到，或不在权限范围内。", "Not there, or not yours to see."),
    (
        "idempotency-key-required",
        "涉及资金或会重复生成的操作须带 Idempotency-Key 请求头。",
        "What moves money, or would be made twice, demands an Idempotency-Key header.",
    ),
    (
        "idempotency-key-reused",
        "同一 Idempotency-Key 已用于另一内容不同的请求。",
        "The same Idempotency-Key was used for another request.",
    ),
    ("payload-too-large", "请求内容超过上限。", "The request is too large."),
    (
        "version-not-compared",
        "此操作不比对版本，未作任何更改。请去掉 If-Match 请求头后重新提交。",
        "This command compares no versions, and nothing was done. Send it again without If-Match.",
    ),
    (
        "unsupported-media-type",
        "请以接口说明所列的内容类型发送。",
        "Send the request in a content type that the operation takes.",
    ),
    (
        "too-many-requests",
        "请求过于频繁，请按 Retry-After 稍后重试。",
        "Too many requests: try again after the time in Retry-After.",
    ),
    (
        "unavailable",
        "服务暂时不可用，未作任何更改。",
        "The service is not available for the moment; nothing was changed.",
    ),
    (
        "no-answer",
        "服务未及时答复，操作可能已完成：请先查询，再以相同的键重试。",
        "The service did not answer in time and may have carried it out: look first, then retry with the same key.",
    ),
    (
        "fault",
        "系统故障；fault_id 供平台管理员查找原因。",
        "Something failed on our side; fault_id lets the administrator find out what.",
    ),
    (
        "organisation-exists",
        "此统一社会信用代码的机构已登记。",
        "An organisation with this credit code is entered already.",
    ),
    ("username-taken", "用户名已被使用。", "The user name is taken."),
    (
        "roles-refused",
        "这些岗位不能由此机构的同一人兼任。",
        "One person of this organisation cannot hold these roles together.",
    ),
    ("own-account", "不能停用自己的账户。", "One's own account cannot be ended."),
    ("wrong-state", "对象当前状态不允许此操作。", "The thing's present state does not allow this."),
    (
        "limit-exceeded",
        "金额超过可用额度；limit_kind 说明是哪一项，available 为可用数。",
        "The amount exceeds what is available; limit_kind says which limit, available how much is left.",
    ),
    (
        "facility-not-active",
        "授信未生效、已暂停或已结束。",
        "The facility is not active: proposed, suspended or ended.",
    ),
    ("outside-window", "不在授信可用期内。", "Outside the time in which the facility may be drawn."),
    ("tenor-exceeded", "期限超过授信上限。", "The term is longer than the facility allows."),
    (
        "no-registered-pledge",
        "尚无已登记的质押，也无有效的质押豁免。",
        "No registered pledge stands behind it, and no waiver of it is in force.",
    ),
    (
        "waiver-pending",
        "该成员已有一项质押豁免待审批。",
        "A waiver for the member waits for its approval already.",
    ),
    (
        "pledge-not-waivable",
        "以专利池担保的授信不适用单户质押豁免。",
        "A line that lends on a pool of patents waives no member's own pledge.",
    ),
    ("member-paused", "该成员的用信已暂停。", "The member is paused."),
    ("change-pending", "已有一项变更待审批。", "A change waits for its approval already."),
    (
        "not-eligible",
        "申请不符合条件；findings 逐项说明及补正办法。",
        "The application does not qualify; findings says why and what would cure it.",
    ),
    (
        "valuations-not-usable",
        "所引用的估值不可用：非本机构、非质押用途或已过期。",
        "The valuations named cannot be used: another organisation's, another purpose, or expired.",
    ),
    (
        "still-secured",
        "质押仍担保未了结的贷款、案件或应收款项，不能注销。",
        "The pledge still secures a loan, a case or money that is owed and cannot be cancelled.",
    ),
    ("filing-open", "该质押已有登记事项在办。", "Something filed for the pledge is at the register already."),
    ("nothing-filed", "该质押没有在办的登记事项。", "Nothing of the pledge is at the register."),
    ("not-deficient", "登记机关未要求补正。", "The register has asked for no correction."),
    (
        "withdrawal-asked",
        "已申请撤回，待登记机关答复。",
        "Its withdrawal was asked for; the register has to answer.",
    ),
    ("office-decides", "登记结果由外部登记机关作出。", "An office outside decides."),
    ("nothing-to-send", "没有需要重新发送的材料。", "Nothing needs to be sent again."),
    (
        "registration-number-taken",
        "登记号已用于另一笔质押。",
        "Another pledge bears the registration number.",
    ),
    ("nothing-to-change", "所填内容与现状一致。", "Everything is as named already."),
    ("not-under-pledge", "所选专利不在该质押项下。", "Patents named are not under the pledge."),
    (
        "releases-all",
        "不能解除全部专利，请办理注销。",
        "Not every patent can be released: cancel the pledge.",
    ),
    (
        "above-maximum",
        "被担保债权超过其余专利的可贷上限。",
        "The secured claim is more than may be lent on the remaining patents.",
    ),
    (
        "cover-too-small",
        "变更后质押物不足以覆盖未还本金。",
        "After the change the pledges would not cover what is outstanding.",
    ),
    ("consent-term", "同意的期限不符合要求。", "The consent's days make no permitted term."),
    ("consent-ended", "同意已撤回或已到期。", "The consent was taken back or is over."),
    (
        "nothing-to-certify",
        "质押未登记，没有可出具的证明。",
        "The pledge is not registered: there is nothing to certify.",
    ),
    (
        "register-message-contradicts",
        "同一序号已有内容不同的回执。",
        "Another message of the register bears the same number.",
    ),
    (
        "signature",
        "登记机关的签名或时间戳不正确。",
        "The signature of the register's office, or its time, is not right.",
    ),
    ("above-outstanding", "还款金额超过应还总额。", "The payment is more than what is owed."),
    (
        "not-assessable",
        "专利当前不可估值；grounds 说明原因。",
        "The patent cannot be valued at present; grounds says why.",
    ),
    ("cannot-be-calculated", "以所给数值无法计算。", "No result follows from the figures given."),
    ("out-of-range", "数值超出可计算的范围。", "A figure is outside the range that can be calculated."),
    ("not-insurable", "不予承保；grounds 说明原因。", "It cannot be insured; grounds says why."),
    ("quote-expired", "报价已过有效期。", "The quote has expired."),
    ("quote-already-bound", "报价已出单。", "The quote has been bound already."),
    ("policy-ended", "保单已终止。", "The policy has ended."),
    (
        "claim-after-cancellation",
        "事故发生在保单终止之后。",
        "The loss occurred after the policy had been cancelled.",
    ),
    ("claim-not-in-state", "赔案当前状态不允许此操作。", "The claim's present state does not allow this."),
    (
        "loss-above-outstanding",
        "损失金额超过贷款余额。",
        "The loss is more than the loan's outstanding amount.",
    ),
    ("outside-cover", "出险时间或原因不在保障范围内。", "The loss lies outside the cover."),
    (
        "waiting-period",
        "等待期未满，暂不能赔付；payable_from 说明可赔付之日。",
        "The waiting period still runs, so nothing is paid; payable_from says from which day on it may be.",
    ),
    ("within-waiting-period", "出险在等待期内。", "The loss lies within the waiting period."),
    (
        "too-many-imports",
        "已有导入任务在进行，请待其完成。",
        "An import is running already: wait for its end.",
    ),
    (
        "too-many-rows",
        "数据行数超过上限，请分批提交。",
        "There are more rows than can be taken at once: send them in parts.",
    ),
    (
        "unreadable-file",
        "文件无法识别，请检查格式与编码。",
        "The file does not read: check its format and encoding.",
    ),
    ("unreadable-form", "上传表单无法识别。", "The upload's form does not read."),
];

/// The pages.
pub(crate) fn routes() -> Router {
    Router::new().route("/problems", get(all)).route("/problems/{slug}", get(one))
}

/// Every kind, whichever service answers with it.
fn kinds() -> impl Iterator<Item = &'static Kind> {
    KINDS
        .iter()
        .chain(catalogue::KINDS)
        .chain(lending::KINDS)
        .chain(drawing::KINDS)
        .chain(syndicate::KINDS)
        .chain(pledging::KINDS)
        .chain(after_lending::KINDS)
        .chain(changed_terms::KINDS)
        .chain(matching::KINDS)
        .chain(models::KINDS)
        .chain(reference::KINDS)
        .chain(reports::KINDS)
        .chain(scoring::KINDS)
        .chain(stocktake::KINDS)
        .chain(subsidies::KINDS)
        .chain(workout::KINDS)
}

async fn all() -> Html<String> {
    let rows: String = kinds()
        .map(|(slug, zh, en)| {
            format!("<tr><td><a href=\"/problems/{slug}\"><code>{slug}</code></a></td><td>{zh}<br><span class=\"faint\">{en}</span></td></tr>")
        })
        .collect();
    Html(page("错误类型 · Problem types", &format!("<h1>错误类型 · Problem types</h1><table>{rows}</table>")))
}

async fn one(Path(slug): Path<String>) -> Response {
    let Some((slug, zh, en)) = kinds().find(|(known, _, _)| *known == slug) else {
        return Problem::not_found().into_response();
    };
    let title = escape(slug);
    let body = format!(
        "<h1><code>{title}</code></h1><p>{zh}</p><p lang=\"en\">{en}</p><p><a href=\"/problems\">全部类型 · all types</a></p>"
    );
    Html(page(&title, &body)).into_response()
}
