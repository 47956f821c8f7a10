//! The table of valuations that are to be made anew.

use super::{
    Kind::{Day, DayOrNull, Id, LongText, Stamp, Text, Whole},
    Layout,
};

/// What asks for a valuation to be made anew.
pub(super) const LAYOUT: Layout = Layout {
    name: "revaluation_due",
    key: &["id"],
    columns: &[
        ("id", Id),
        ("valuation_id", Id),
        ("valuation_number", Text),
        ("tenant", Id),
        ("tenant_name", Text),
        ("purpose", Text),
        ("patent_id", Id),
        ("patent_number", Text),
        ("patent_title", LongText),
        ("cause", Text),
        ("reason_zh", LongText),
        ("reason_en", LongText),
        ("noted_on", Day),
        ("deadline", Day),
        ("closed_on", DayOrNull),
        ("version", Whole),
        ("changed_at", Stamp),
    ],
    check: None,
};
