//! Kinds of problems of scoring. … stands for a figure that the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[(
    "scoring-run-open",
    "该场景的全库评分正在进行，未重复启动。请待其完成后再试。",
    "The catalogue is being scored for this purpose already; nothing was started. Try again when that run has ended.",
)];
