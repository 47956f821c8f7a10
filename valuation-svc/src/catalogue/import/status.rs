//! What words of an export say about the legal status.

use crate::catalogue::patent::LegalStatus;

/// Words and what they say, most decisive first: a cell may list several events of one right.
const WORDS: [(LegalStatus, &[&str]); 7] = [
    (
        LegalStatus::Invalidated,
        &["全部无效", "宣告无效", "全部撤销", "无效宣告（全部）", "invalidated", "revoked"],
    ),
    (
        LegalStatus::Expired,
        &[
            "期限届满",
            "届满终止",
            "有效期届满",
            "保护期届满",
            "届满",
            "期满",
            "expired",
            "expiry",
            "lapsed - term",
        ],
    ),
    (
        LegalStatus::Lapsed,
        &[
            "未缴年费",
            "未缴费",
            "费用终止",
            "权利终止",
            "专利权终止",
            "终止",
            "失效",
            "无权",
            "避免重复授权",
            "放弃专利权",
            "lapsed",
            "inactive",
            "ceased",
            "dead",
            "terminated",
            "not in force",
        ],
    ),
    (LegalStatus::Rejected, &["驳回", "rejected", "refused"]),
    (LegalStatus::Withdrawn, &["撤回", "放弃", "discontinued", "withdrawn", "abandoned"]),
    (
        LegalStatus::Granted,
        &[
            "维持有效",
            "部分无效",
            "授权",
            "有效",
            "有权",
            "专利权维持",
            "权利转移",
            "质押",
            "许可",
            "保全",
            "granted",
            "patented",
            "active",
            "alive",
            "in force",
            "valid",
        ],
    ),
    (
        LegalStatus::Pending,
        &[
            "实质审查",
            "实审",
            "审查中",
            "在审",
            "审中",
            "公开",
            "公布",
            "受理",
            "pending",
            "filed",
            "published",
            "examination",
        ],
    ),
];

/// Words that contain a word of the table and say something else, with what they say.
const EXCEPTIONS: [(&str, LegalStatus); 8] = [
    ("部分无效", LegalStatus::Granted),
    ("驳回等复审", LegalStatus::Pending),
    ("驳回复审", LegalStatus::Pending),
    ("撤销驳回", LegalStatus::Pending),
    ("未授权", LegalStatus::Unknown),
    ("pct指定期满", LegalStatus::Withdrawn),
    ("pct指定期内", LegalStatus::Pending),
    ("indeterminate", LegalStatus::Unknown),
];

/// The status that a cell states; [`LegalStatus::Unknown`] where it says nothing that is understood.
///
/// A cell with several events, `授权 | 权利转移`, stands where its most decisive event puts it.
pub(super) fn legal_status(text: &str) -> LegalStatus {
    let stated: Vec<LegalStatus> = text
        .split(['\n', ';', '；', '|', ',', '，', '、', '/'])
        .map(one)
        .filter(|status| *status != LegalStatus::Unknown)
        .collect();
    WORDS.iter().map(|(status, _)| *status).find(|status| stated.contains(status)).unwrap_or_default()
}

fn one(event: &str) -> LegalStatus {
    let event: String = event.trim().chars().flat_map(char::to_lowercase).collect();
    if event == "无效" {
        return LegalStatus::Lapsed;
    }
    if let Some((_, status)) = EXCEPTIONS.iter().find(|(word, _)| event.contains(word)) {
        return *status;
    }
    WORDS
        .iter()
        .find(|(_, words)| words.iter().any(|word| contains(&event, word)))
        .map_or(LegalStatus::Unknown, |(status, _)| *status)
}

/// Chinese words stand anywhere; English ones must not be the tail of another: `inactive` is not `active`.
fn contains(event: &str, word: &str) -> bool {
    event
        .match_indices(word)
        .any(|(at, _)| !word.is_ascii() || !event[..at].ends_with(|c: char| c.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_each_vendor_are_understood() {
        for (text, status) in [
            ("有效", LegalStatus::Granted),
            ("授权", LegalStatus::Granted),
            ("授权 | 权利转移", LegalStatus::Granted),
            ("部分无效", LegalStatus::Granted),
            ("失效", LegalStatus::Lapsed),
            ("未缴年费", LegalStatus::Lapsed),
            ("授权|未缴年费", LegalStatus::Lapsed),
            ("期限届满", LegalStatus::Expired),
            ("驳回", LegalStatus::Rejected),
            ("撤回", LegalStatus::Withdrawn),
            ("实质审查的生效", LegalStatus::Pending),
            ("审中", LegalStatus::Pending),
            ("全部无效", LegalStatus::Invalidated),
            ("Active", LegalStatus::Granted),
            ("INACTIVE", LegalStatus::Lapsed),
            ("Alive", LegalStatus::Granted),
            ("Dead", LegalStatus::Lapsed),
            ("Indeterminate", LegalStatus::Unknown),
            ("Patented", LegalStatus::Granted),
            ("Discontinued", LegalStatus::Withdrawn),
            ("", LegalStatus::Unknown),
            ("whatever", LegalStatus::Unknown),
        ] {
            assert_eq!(legal_status(text), status, "{text}");
        }
    }
}
