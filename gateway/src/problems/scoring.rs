//! Kinds of problems of scoring. … stands for a figure that the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    (
        "scoring-run-open",
        "该场景的全库评分正在进行，未重复启动。请待其完成后再试。",
        "The catalogue is being scored for this purpose already; nothing was started. Try again when that run has ended.",
    ),
    (
        "scoring-no-own-model",
        "本机构在该场景下没有在用的自有模型，未启动评分。请先启用模型版本，或改按平台指标体系评分。",
        "Your organisation has no model version of its own in use for this purpose; nothing was started. Put a version into use first, or score by the platform's indices.",
    ),
];
