//! The exports that are known by their headers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a file comes from, by its headers. It names the source of a record; every column is recognised on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// The Lens
    Lens,
    /// Espacenet of the European Patent Office
    Espacenet,
    /// WIPO Patentscope
    Patentscope,
    /// Google Patents
    GooglePatents,
    /// Derwent Innovation
    Derwent,
    /// incoPat
    IncoPat,
    /// PatSnap 智慧芽
    PatSnap,
    /// Another export with Chinese headers
    Chinese,
    /// Any other table
    #[default]
    Other,
}

impl Format {
    /// The format of a header by the keys of its cells.
    pub(super) fn of_headers(keys: &[String]) -> Self {
        let has = |key: &str| keys.iter().any(|k| k == key);
        let any_part = |part: &str| keys.iter().any(|k| k.contains(part));
        if has("lensid") {
            Self::Lens
        } else if has("resultlink") || has("representativefigurelink") {
            Self::GooglePatents
        } else if any_part("dwpi") || has("deadalive") {
            Self::Derwent
        } else if has("cooperativepatentclassification") || (has("earliestpriority") && has("familynumber")) {
            Self::Espacenet
        } else if has("prioritiesdata") || has("nationalphaseentries") || has("applicationid") {
            Self::Patentscope
        } else if has("专利有效性") || has("首权字数") || has("简单同族个数") {
            Self::IncoPat
        } else if has("简单法律状态") || has("法律状态事件") || has("原始申请专利权人") {
            Self::PatSnap
        } else if keys.iter().any(|key| key.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))) {
            Self::Chinese
        } else {
            Self::Other
        }
    }

    /// The name that the catalogue keeps as a record's source.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lens => "The Lens",
            Self::Espacenet => "Espacenet",
            Self::Patentscope => "WIPO Patentscope",
            Self::GooglePatents => "Google Patents",
            Self::Derwent => "Derwent",
            Self::IncoPat => "incoPat",
            Self::PatSnap => "PatSnap 智慧芽",
            Self::Chinese => "中文专利数据库",
            Self::Other => "文件导入",
        }
    }

    /// The separator that the export always uses, where its cells may hold others inside an item.
    pub(super) fn list_separator(self) -> Option<&'static str> {
        match self {
            Self::Lens => Some(";;"),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
