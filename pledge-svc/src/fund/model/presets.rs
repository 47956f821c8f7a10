//! How losses are shared in practice: shares that a bank and a fund may start from, each with its source. They are
//! examples of what was agreed elsewhere, not rules.

use finance::Rate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who bears a part of a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bearer {
    /// 保险公司: guarantee insurance
    Insurer,
    /// 风险补偿资金池
    Fund,
    /// 互助池保证金: the members' deposit
    Pool,
    /// 补充保证金: the members' margin under a pool of patents
    Margin,
    /// 评估机构
    Appraiser,
    /// 融资担保公司
    Guarantor,
    /// 再担保机构
    Reguarantor,
    /// 银行
    Bank,
}

impl Bearer {
    /// Every bearer.
    pub const ALL: [Self; 8] = [
        Self::Insurer,
        Self::Fund,
        Self::Pool,
        Self::Margin,
        Self::Appraiser,
        Self::Guarantor,
        Self::Reguarantor,
        Self::Bank,
    ];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Insurer => "insurer",
            Self::Fund => "fund",
            Self::Pool => "pool",
            Self::Margin => "margin",
            Self::Appraiser => "appraiser",
            Self::Guarantor => "guarantor",
            Self::Reguarantor => "reguarantor",
            Self::Bank => "bank",
        }
    }

    /// The official Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Insurer => "保险公司",
            Self::Fund => "风险补偿资金池",
            Self::Pool => "互助池保证金",
            Self::Margin => "补充保证金",
            Self::Appraiser => "评估机构",
            Self::Guarantor => "融资担保公司",
            Self::Reguarantor => "再担保机构",
            Self::Bank => "银行",
        }
    }

    /// The bearer of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bearer| bearer.name() == text)
    }
}

/// One bearer's part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PresetShare {
    /// Who.
    pub bearer: Bearer,
    /// Of the loss.
    pub share: Rate,
}

/// A way of sharing that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Preset {
    /// Its code.
    pub code: String,
    /// 名称
    pub name_zh: String,
    /// Its name.
    pub name_en: String,
    /// The parts; empty where the source names the bearers and leaves the parts to the contract.
    pub shares: Vec<PresetShare>,
    /// Who shares, in the order of the source.
    pub bearers: Vec<Bearer>,
    /// 来源
    pub source_zh: String,
    /// Where it was seen.
    pub source_en: String,
}

fn preset(
    code: &str,
    (name_zh, name_en): (&str, &str),
    shares: &[(Bearer, i64)],
    bearers: &[Bearer],
    (source_zh, source_en): (&str, &str),
) -> Preset {
    let shares: Vec<PresetShare> = shares
        .iter()
        .map(|(bearer, percent)| PresetShare { bearer: *bearer, share: Rate::new(Decimal::new(*percent, 2)) })
        .collect();
    Preset {
        code: code.to_owned(),
        name_zh: name_zh.to_owned(),
        name_en: name_en.to_owned(),
        bearers: if bearers.is_empty() {
            shares.iter().map(|share| share.bearer).collect()
        } else {
            bearers.to_vec()
        },
        shares,
        source_zh: source_zh.to_owned(),
        source_en: source_en.to_owned(),
    }
}

/// What was seen.
#[must_use]
pub fn presets() -> Vec<Preset> {
    use Bearer::{Appraiser, Bank, Fund, Guarantor, Insurer, Reguarantor};
    vec![
        preset(
            "zhongshan",
            (
                "中山：基金、银行、保险、评估机构 54:26:16:4",
                "Zhongshan: fund, bank, insurer, appraiser 54:26:16:4",
            ),
            &[(Fund, 54), (Bank, 26), (Insurer, 16), (Appraiser, 4)],
            &[],
            (
                "中山市知识产权质押融资风险补偿资金的做法",
                "Practice of the risk-compensation fund for IP pledge financing of Zhongshan",
            ),
        ),
        preset(
            "zhuhai",
            ("珠海：银行、基金 60:40", "Zhuhai: bank and fund 60:40"),
            &[(Bank, 60), (Fund, 40)],
            &[],
            (
                "珠海市知识产权质押融资风险补偿基金的做法",
                "Practice of the risk-compensation fund for IP pledge financing of Zhuhai",
            ),
        ),
        preset(
            "shenzhen",
            ("深圳：银行、基金 1:1", "Shenzhen: bank and fund 1:1"),
            &[(Bank, 50), (Fund, 50)],
            &[],
            (
                "深圳市知识产权质押融资风险补偿基金的做法",
                "Practice of the risk-compensation fund for IP pledge financing of Shenzhen",
            ),
        ),
        preset(
            "tianfu_zhilaidai",
            (
                "天府知来贷：省级基金、银行、担保、再担保分担",
                "Tianfu Zhilaidai: provincial fund, bank, guarantor, re-guarantor",
            ),
            &[],
            &[Fund, Bank, Guarantor, Reguarantor],
            (
                "四川省“天府知来贷”试行办法（2025 年）；各方比例以合同为准",
                "Trial rules of Sichuan's Tianfu Zhilaidai (2025); the parts are left to the contract",
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_every_preset_that_names_them_sum_to_the_whole() {
        let all = presets();
        assert_eq!(all.len(), 4);
        for preset in all.iter().filter(|preset| !preset.shares.is_empty()) {
            let sum: Decimal = preset.shares.iter().map(|share| share.share.fraction()).sum();
            assert_eq!(sum, Decimal::ONE, "{}", preset.code);
            assert!(preset.shares.iter().any(|share| share.bearer == Bearer::Bank), "{}", preset.code);
        }
    }

    #[test]
    fn every_bearer_is_found_by_its_name() {
        for bearer in Bearer::ALL {
            assert_eq!(Bearer::parse(bearer.name()), Some(bearer));
        }
    }
}
