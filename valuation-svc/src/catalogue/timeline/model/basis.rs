//! What the platform's figures about annuities rest on, and how well each is confirmed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How well a figure is confirmed. None is taken from the office's own text, so that none is called official.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FigureStatus {
    /// 据政府部门转载: as another authority reproduces it.
    Republished,
    /// 平台默认，待确认
    #[default]
    PlatformDefault,
}

/// What one figure rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FigureBasis)]
pub struct Basis {
    /// A stable word.
    pub figure: &'static str,
    /// What the platform counts by, in Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// Where it is from.
    pub source: &'static str,
    /// How well it is confirmed.
    pub status: FigureStatus,
}

/// What annuities are counted by.
pub const ANNUITY_BASIS: &[Basis] = &[
    Basis {
        figure: "fee_scale",
        zh: "年费标准（元/年）：发明 1–3 年 900、4–6 年 1200、7–9 年 2000、10–12 年 4000、13–15 年 6000、16–20 年 8000；\
             实用新型、外观设计 1–3 年 600、4–5 年 900、6–8 年 1200、9–10 年 2000，外观设计 11–15 年 3000。未计减缴。",
        en: "Annuities in yuan: inventions 900 (years 1–3), 1,200 (4–6), 2,000 (7–9), 4,000 (10–12), 6,000 (13–15), 8,000 \
             (16–20); utility models and designs 600 (1–3), 900 (4–5), 1,200 (6–8), 2,000 (9–10), designs 3,000 (11–15). \
             Reductions are not counted.",
        source: "攀枝花市市场监督管理局《专利年费收费标准》 http://scjgj.panzhihua.gov.cn/pzhszscqfwzx/zlksyw/zlfy/10142119.shtml；外观设计第 11–15 年：《国家发展改革委 财政部关于外观设计专利年费、单独指定费标准有关问题的通知》（发改价格〔2022〕465 号，2022-04-01）第一条，据转载",
        status: FigureStatus::Republished,
    },
    Basis {
        figure: "surcharge_rate",
        zh: "滞纳金：每超过规定的缴费时间 1 个月，加收当年全额年费的 5%。",
        en: "Surcharge: 5 % of the full annuity for each month past the time for paying.",
        source: "攀枝花市市场监督管理局《专利年费收费标准》 http://scjgj.panzhihua.gov.cn/pzhszscqfwzx/zlksyw/zlfy/10142119.shtml",
        status: FigureStatus::Republished,
    },
    Basis {
        figure: "surcharge_steps",
        zh: "滞纳金分段：首月不收，第二个月起依次为 5%、10%、15%、20%、25%，满六个月止。",
        en: "Steps of the surcharge: nothing in the first month, then 5, 10, 15, 20 and 25 %, until six months have passed.",
        source: "法律服务网站的一致说法，未核对《专利审查指南》原文",
        status: FigureStatus::PlatformDefault,
    },
    Basis {
        figure: "due_day",
        zh: "年度自申请日起算；各年度年费的应缴日为该年度起始的申请日对应日，当日缴纳不算逾期，节假日顺延未计。",
        en: "Years are counted from the filing day; a year's annuity is due on the anniversary at which the year begins, that \
             day included. Days moved by holidays are not counted.",
        source: "转引《专利审查指南》第五部分第九章第 2 节，未核对原文",
        status: FigureStatus::PlatformDefault,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_names_its_source_and_what_was_not_confirmed_is_no_more_than_a_default() {
        for basis in ANNUITY_BASIS {
            assert!(
                !basis.source.is_empty() && !basis.zh.is_empty() && !basis.en.is_empty(),
                "{}",
                basis.figure
            );
            let linked = basis.source.contains("http");
            assert_eq!(linked, basis.status == FigureStatus::Republished, "{}", basis.figure);
        }
    }
}
