//! The columns of the national platform's file. The plan of 2024 names what is recorded of a patent; how the platform heads
//! each column could not be confirmed, so every head that is ours bears an asterisk, and the list of columns says so.

use chrono::NaiveDate;
use http_kit::{Lang, export::Cell};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    items::ItemView,
    model::{Funding, Implementation, Mode, Willingness},
};

/// Stands behind a head that was not confirmed to be the national platform's.
const OURS: &str = "*";

/// A column of the file.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct PlatformColumn {
    /// Its head in Chinese.
    pub zh: String,
    /// Its head in English.
    pub en: String,
    /// Whether the head is confirmed to be the national platform's.
    pub confirmed: bool,
    /// Where what stands in it comes from.
    pub source: String,
}

type Column = (&'static str, &'static str, bool, fn(&ItemView, Lang) -> Cell);

/// Bibliographic heads are those of published patents; the others are this platform's words for what the plan names.
const COLUMNS: &[Column] = &[
    ("公开(公告)号", "Publication number", true, |v, _| Cell::Text(v.item.patent_number.clone())),
    ("专利名称", "Title", true, |v, _| Cell::Text(v.item.patent_title.clone())),
    ("专利类型", "Kind", true, |v, lang| kind(&v.item.patent_kind, lang)),
    ("IPC主分类号", "First IPC symbol", true, |v, _| Cell::Text(v.item.ipc.clone())),
    ("申请日", "Filed on", true, |v, _| date(v.item.filed_on)),
    ("授权公告日", "Granted on", true, |v, _| date(v.item.granted_on)),
    ("所属院系", "College", false, |v, _| Cell::Text(v.item.college.clone())),
    ("发明人", "Inventor", false, |v, _| Cell::Text(v.item.inventor_name.clone())),
    ("技术成熟度（自评）", "Technology readiness (inventor)", false, |v, _| {
        own(v, |o| grade(o.trl))
    }),
    ("应用场景", "Scenarios of application", false, |v, _| own(v, |o| Cell::Text(o.scenarios.clone()))),
    ("产业化前景（自评）", "Industrial prospect (inventor)", false, |v, _| {
        own(v, |o| grade(o.prospect))
    }),
    ("转化意愿", "Willingness", false, |v, lang| {
        own(v, |o| said(lang, o.willingness.map(|w| (Willingness::name_zh(w), Willingness::name(w)))))
    }),
    ("拟转化方式（自评）", "Mode (inventor)", false, |v, lang| {
        own(v, |o| said(lang, o.mode.map(|m| (Mode::name_zh(m), Mode::name(m)))))
    }),
    ("是否财政资助项目形成", "From a state-funded project", false, |v, lang| {
        own(v, |o| o.funding.map_or(Cell::Empty, |funding| Cell::yes(lang, funding == Funding::State)))
    }),
    ("项目编号", "Project number", false, |v, _| own(v, |o| Cell::Text(o.project_number.clone()))),
    ("实施情况", "Implementation", false, |v, lang| {
        own(v, |o| {
            said(lang, o.implementation.map(|i| (Implementation::name_zh(i), Implementation::name(i))))
        })
    }),
    ("未实施说明", "Why it is not used", false, |v, _| own(v, |o| Cell::Text(o.justification.clone()))),
    ("价值等级（自评）", "Value grade (inventor)", false, |v, _| own(v, |o| grade(o.value))),
    ("联系人", "Contact", false, |v, _| own(v, |o| Cell::Text(o.contact_name.clone()))),
    ("联系方式", "How to reach the contact", false, |v, _| {
        own(v, |o| Cell::Text(o.contact_reach.clone()))
    }),
    ("技术成熟度（单位）", "Technology readiness (unit)", false, |v, _| {
        unit(v, |u| Cell::Number(u.trl.into()))
    }),
    ("产业化前景（单位）", "Industrial prospect (unit)", false, |v, _| {
        unit(v, |u| Cell::Number(u.prospect.into()))
    }),
    ("拟转化方式（单位）", "Mode (unit)", false, |v, lang| {
        unit(v, |u| said(lang, u.mode.map(|m| (Mode::name_zh(m), Mode::name(m)))))
    }),
    ("价值等级（单位）", "Value grade (unit)", false, |v, _| {
        unit(v, |u| Cell::Number(u.value.into()))
    }),
    ("评价说明", "Reasons (unit)", false, |v, _| unit(v, |u| Cell::Text(u.reasons.clone()))),
    ("标签", "Labels", false, |v, _| Cell::Text(v.item.labels.join("；"))),
    ("专利包编号", "Bundle", false, |v, _| v.item.bundle.map_or(Cell::Empty, Cell::Number)),
    ("盘点状态", "State", false, |v, lang| Cell::said(lang, v.item.state.name_zh(), v.item.state.name())),
    ("截止日", "Due on", false, |v, _| Cell::Date(v.item.due_on)),
    ("是否逾期", "Overdue", false, |v, lang| Cell::yes(lang, v.overdue)),
];

fn date(day: Option<NaiveDate>) -> Cell {
    day.map_or(Cell::Empty, Cell::Date)
}

fn grade(grade: Option<u8>) -> Cell {
    grade.map_or(Cell::Empty, |grade| Cell::Number(grade.into()))
}

fn said(lang: Lang, words: Option<(&str, &str)>) -> Cell {
    words.map_or(Cell::Empty, |(zh, en)| Cell::said(lang, zh, en))
}

fn kind(kind: &str, lang: Lang) -> Cell {
    let zh = match kind {
        "invention" => "发明",
        "utility_model" => "实用新型",
        "design" => "外观设计",
        _ => "其他",
    };
    Cell::said(lang, zh, kind)
}

fn own(view: &ItemView, cell: impl FnOnce(&super::model::Assessment) -> Cell) -> Cell {
    view.item.self_assessment.as_ref().map_or(Cell::Empty, cell)
}

fn unit(view: &ItemView, cell: impl FnOnce(&super::model::UnitAssessment) -> Cell) -> Cell {
    view.item.unit_assessment.as_ref().map_or(Cell::Empty, cell)
}

/// The columns, with what is known of their heads.
pub(super) fn described() -> Vec<PlatformColumn> {
    let source = |confirmed| {
        if confirmed {
            "patent publication"
        } else {
            "national plan of 2024 names the content; the head is this platform's"
        }
    };
    COLUMNS
        .iter()
        .map(|(zh, en, confirmed, _)| PlatformColumn {
            zh: (*zh).to_owned(),
            en: (*en).to_owned(),
            confirmed: *confirmed,
            source: source(*confirmed).to_owned(),
        })
        .collect()
}

/// The heads of the file.
pub(super) fn heads(lang: Lang) -> Vec<String> {
    COLUMNS
        .iter()
        .map(|(zh, en, confirmed, _)| {
            let head = if lang == Lang::Zh { zh } else { en };
            if *confirmed { (*head).to_owned() } else { format!("{head}{OURS}") }
        })
        .collect()
}

/// A row of the file.
pub(super) fn cells(view: &ItemView, lang: Lang) -> Vec<Cell> {
    COLUMNS.iter().map(|(.., cell)| cell(view, lang)).collect()
}
