//! Kinds of problems of reference tables and deals. … stands for a figure that the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    (
        "deal-known",
        "来源编号“…”的交易已登记，未重复登记。如需更改，请在原交易上更正。",
        "A deal of source \"…\" is written down already and is not written twice. Correct that one.",
    ),
    (
        "no-rows",
        "文件只有表头，没有数据行，未作任何更改。",
        "The file has a header and no rows; nothing was changed.",
    ),
    (
        "reference-unchanged",
        "该版本与届时生效的版本逐行相同，无需发布。请作废此草稿，或导入有变化的文件。",
        "The version says row by row what will hold on that day anyway. Discard the draft, or import a file that differs.",
    ),
    (
        "rows-refused",
        "… 行中有 … 处错误，全部未导入；row_errors 逐条说明行号、列和原因。请改正后重新上传。",
        "… errors in … rows; nothing was imported. row_errors names line, column and reason of each. Correct them and upload again.",
    ),
    (
        "unknown-headers",
        "没有找到所需的表头（见到：…）。请按页面所列的列名准备文件。",
        "The columns needed were not found (seen: …). Name them as the page lists.",
    ),
];
