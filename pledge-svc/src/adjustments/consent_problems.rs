//! Refusals about requests, consent and papers as the caller hears them.

use http_kit::Problem;

use super::model::{Consent, Refusal};

/// The problem, where the refusal is one of these.
pub(super) fn problem(refusal: &Refusal) -> Option<Problem> {
    about_the_request(refusal).or_else(|| about_the_consent(refusal))
}

fn about_the_request(refusal: &Refusal) -> Option<Problem> {
    Some(match refusal {
        Refusal::NotAskable { kind } => Problem::bad_fields(Vec::new()).with_field(
            "change",
            format!("“{}”由银行认定或给予，不须申请。可申请提前还款重算、展期、续贷、重组或重定价。", kind.name_zh()),
            format!(
                "{} is found or given by the bank. Ask for a new plan after a prepayment, an extension, a rollover, a restructuring or another price.",
                kind.name()
            ),
        ),
        Refusal::RequestPending => Problem::refused(
            "request-pending",
            "该笔贷款已有一项待受理的变更申请，请等待银行答复或先撤回。",
            "A request about this loan already waits for the bank; wait for its answer or withdraw it first.",
        ),
        Refusal::RequestClosed(status) => Problem::refused(
            "request-answered",
            format!("该申请{}，不能再次办理。请刷新查看。", status.name_zh()),
            format!("The request is {}. Reload to see it.", status.name().replace('_', " ")),
        )
        .with("status", status),
        Refusal::RequestLate { until } => Problem::refused(
            "request-late",
            format!("该申请的答复期限至 {until}，已过期失效。请借款人重新申请，或直接提出变更并征得其同意。"),
            format!("The request was to be answered by {until} and has lapsed. Have the borrower ask again, or propose the change and have it consented to."),
        )
        .with("until", until),
        _ => return None,
    })
}

fn about_the_consent(refusal: &Refusal) -> Option<Problem> {
    Some(match refusal {
        Refusal::ConsentNotWanted(None) => Problem::refused(
            "consent-not-needed",
            "该事项依合同约定或由银行给予，无须借款人同意。",
            "The contract provides this, or the bank gives it: it needs no consent.",
        ),
        Refusal::ConsentNotWanted(Some(said)) => Problem::refused(
            "consent-answered",
            format!("借款人对该事项{}，不能再次答复。", said_zh(*said)),
            format!("The borrower's consent is {}; it is not answered again.", said.name()),
        )
        .with("consent", said),
        Refusal::ConsentMissing => Problem::refused(
            "consent-missing",
            "变更合同须经双方协商一致（民法典第五百四十三条），借款人尚未同意本方案。请借款人有权人登录确认。",
            "A contract is changed by both parties (Civil Code, article 543), and the borrower has not consented to this proposal. Have an authorised person of the borrower answer it.",
        ),
        Refusal::ConsentDeclined => Problem::refused(
            "consent-declined",
            "借款人不同意本方案，不能批准。请撤回或否决，另行协商后重新提出。",
            "The borrower has declined this proposal. Withdraw or refuse it, and propose anew what both agree on.",
        ),
        Refusal::FiguresChanged { matures, rate, principal } => Problem::refused(
            "figures-changed",
            format!(
                "贷款情况已变化：提出时到期日 {}、利率 {}、待还本金 {} 元，今日为 {}、{}、{} 元，原同意不再适用。请撤回后重新提出，由借款人再次确认。",
                matures.0, rate.0, principal.0, matures.1, rate.1, principal.1
            ),
            format!(
                "The loan has changed: proposed were maturity {}, rate {}, principal to come {} yuan; today they are {}, {} and {}. A consent does not stand for other figures: withdraw the proposal and make it anew.",
                matures.0, rate.0, principal.0, matures.1, rate.1, principal.1
            ),
        )
        .with("matures_on", matures)
        .with("annual_rate", rate)
        .with("principal", principal),
        Refusal::PapersMissing { missing } => {
            let listed = |one: fn(&super::model::papers::PaperItem) -> String, between: &str| {
                missing.iter().map(one).collect::<Vec<_>>().join(between)
            };
            Problem::refused(
                "papers-missing",
                format!(
                    "缺少 {} 份变更材料，未作更改。{}。",
                    missing.len(),
                    listed(|one| format!("{}：{}", one.name_zh, one.cure_zh), "；")
                ),
                format!(
                    "{} papers of the change are missing; nothing was changed. {}.",
                    missing.len(),
                    listed(|one| format!("{}: {}", one.name_en, one.cure_en), "; ")
                ),
            )
            .with("missing", missing)
        }
        _ => return None,
    })
}

const fn said_zh(said: Consent) -> &'static str {
    match said {
        Consent::Wanted => "尚未答复",
        Consent::Given => "已同意",
        Consent::Declined => "已表示不同意",
    }
}
