//! A row of a file becomes a row of a table.

use finance::Rate;
use rust_decimal::Decimal;

use super::{
    TableKind,
    cells::{Cells, Column},
    entry::{ConcordanceEntry, Entry, IndexEntry, IntensiveEntry, LicenceEntry},
    industry_code::{TOTAL, national, normalised},
    scheme::Scheme,
};

const CONCORDANCE: &[Column] = &[
    Column::new("ipc", "IPC分类号", "IPC symbol", true),
    Column::new("scheme", "分类体系", "Classification", true),
    Column::new("code", "代码", "Code", true),
    Column::new("name", "名称", "Name", false),
    Column::new("weight", "权重", "Weight", false),
];

const INTENSIVE: &[Column] = &[
    Column::new("code", "国民经济行业代码", "Industry code", true),
    Column::new("name", "行业名称", "Industry", true),
    Column::new("group_code", "分类代码", "Group code", false),
    Column::new("group_name", "分类名称", "Group", false),
];

const LICENCES: &[Column] = &[
    Column::new("industry", "行业代码", "Industry code", true),
    Column::new("year", "年份", "Year", true),
    Column::new("contracts", "许可合同数", "Contracts", true),
    Column::new("patents", "许可专利数", "Patents", false),
    Column::new("free_contracts", "无偿许可合同数", "Contracts without a fee", false),
    Column::new("fixed_fee_contracts", "固定费用合同数", "Contracts at a fixed fee", false),
    Column::new("fixed_fee_mean", "固定费用均值（元）", "Mean fixed fee (yuan)", false),
    Column::new("fixed_fee_median", "固定费用中位数（元）", "Median fixed fee (yuan)", false),
    Column::new("fixed_fee_term_years", "固定费用平均期限（年）", "Mean term, fixed fee (years)", false),
    Column::new("royalty_contracts", "提成费合同数", "Contracts with a royalty", false),
    Column::new("royalty_low", "提成率下限", "Royalty, low", false),
    Column::new("royalty_median", "提成率中位数", "Royalty, median", false),
    Column::new("royalty_high", "提成率上限", "Royalty, high", false),
    Column::new("royalty_term_years", "提成费平均期限（年）", "Mean term, royalty (years)", false),
];

const INDEX: &[Column] = &[
    Column::new("industry", "行业代码", "Industry code", true),
    Column::new("month", "月份", "Month", true),
    Column::new("value", "指数", "Index", true),
];

impl TableKind {
    /// The columns of its files.
    #[must_use]
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Concordance => CONCORDANCE,
            Self::PatentIntensive => INTENSIVE,
            Self::LicenceStatistics => LICENCES,
            Self::MarketIndex => INDEX,
        }
    }

    /// The entry of a row; what is wrong with it is noted in the cells.
    #[must_use]
    pub fn entry(self, cells: &mut Cells<'_>) -> Option<Entry> {
        let entry = match self {
            Self::Concordance => concordance(cells).map(Entry::Concordance),
            Self::PatentIntensive => intensive(cells).map(Entry::PatentIntensive),
            Self::LicenceStatistics => licences(cells).map(Entry::LicenceStatistics),
            Self::MarketIndex => index(cells).map(Entry::MarketIndex),
        };
        entry.filter(|_| cells.errors.is_empty())
    }
}

/// The beginning of an IPC symbol without blanks: a section's letter, class, subclass, main group, group.
fn ipc_prefix(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let bytes = plain.as_bytes();
    let section = matches!(bytes.first(), Some(b'A'..=b'H'));
    let class = match bytes.get(1..3) {
        Some(digits) => digits.iter().all(u8::is_ascii_digit),
        None => bytes.len() == 1,
    };
    let subclass = bytes.get(3).is_none_or(u8::is_ascii_uppercase);
    let group = plain.get(4..).unwrap_or_default();
    let (main, sub) = group.split_once('/').unwrap_or((group, "0"));
    let digits = |part: &str| part.len() <= 6 && part.bytes().all(|b| b.is_ascii_digit());
    let shaped = section && class && subclass && digits(main) && digits(sub) && !sub.is_empty();
    (shaped && (!main.is_empty() || !group.contains('/'))).then_some(plain)
}

fn concordance(cells: &mut Cells<'_>) -> Option<ConcordanceEntry> {
    let text = cells.demanded("ipc");
    let ipc = ipc_prefix(&text);
    if ipc.is_none() && !text.is_empty() {
        cells.refuse(
            "ipc",
            "bad-class",
            format!("“{text}”不是IPC分类号的开头"),
            format!("\"{text}\" is not the beginning of an IPC symbol"),
        );
    }
    let text = cells.demanded("scheme");
    let scheme = Scheme::read(&text);
    if scheme.is_none() && !text.is_empty() {
        cells.refuse(
            "scheme",
            "bad-scheme",
            format!("“{text}”不是分类体系，应为 集群产业、国民经济行业 或 战略性新兴产业"),
            format!("\"{text}\" is no classification: write cluster, national_economy or strategic_emerging"),
        );
    }
    let text = cells.demanded("code");
    let code = match scheme {
        Some(Scheme::Cluster) => normalised(&text).filter(|code| national(code).is_none() && code != TOTAL),
        Some(Scheme::NationalEconomy) => national(&text),
        Some(Scheme::StrategicEmerging) => strategic(&text),
        None => None,
    };
    if scheme.is_some() && code.is_none() && !text.is_empty() {
        cells.refuse(
            "code",
            "bad-code",
            format!("“{text}”不是该分类体系的代码"),
            format!("\"{text}\" is not a code of that classification"),
        );
    }
    let weight = if cells.has("weight") { cells.share("weight")? } else { Rate::ONE };
    if weight == Rate::ZERO {
        cells.refuse("weight", "bad-value", "权重须大于 0", "the weight must be above 0");
    }
    Some(ConcordanceEntry { ipc: ipc?, scheme: scheme?, code: code?, name: cells.text("name"), weight })
}

/// A code of the classification of strategic emerging industries: numbers with dots, `3.2.1`.
fn strategic(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('.').collect();
    let shaped = parts.len() <= 4
        && parts.iter().all(|p| (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()));
    shaped.then(|| text.to_owned())
}

fn intensive(cells: &mut Cells<'_>) -> Option<IntensiveEntry> {
    let text = cells.demanded("code");
    let code = national(&text);
    if code.is_none() && !text.is_empty() {
        cells.refuse(
            "code",
            "bad-code",
            format!("“{text}”不是国民经济行业代码（GB/T 4754）"),
            format!("\"{text}\" is not a code of GB/T 4754"),
        );
    }
    let name = cells.demanded("name");
    let (group_code, group_name) = (cells.text("group_code"), cells.text("group_name"));
    Some(IntensiveEntry { code: code?, name, group_code, group_name })
}

fn industry(cells: &mut Cells<'_>) -> Option<String> {
    let text = cells.demanded("industry");
    let code = normalised(&text);
    if code.is_none() && !text.is_empty() {
        cells.refuse(
            "industry",
            "bad-code",
            format!("“{text}”不是行业代码（GB/T 4754 代码、平台产业或“全国”）"),
            format!("\"{text}\" is no industry: a code of GB/T 4754, an industry of the platform, or total"),
        );
    }
    code
}

/// Longest mean term that is believed, years: the term of an invention.
const TERM_YEARS_MAX: u32 = 20;

fn years(cells: &mut Cells<'_>, name: &str) -> Option<Decimal> {
    let years = cells.decimal(name)?;
    if years <= Decimal::ZERO || years > Decimal::from(TERM_YEARS_MAX) {
        cells.refuse(
            name,
            "bad-value",
            "期限须大于 0、不超过 20 年",
            "the term must be above 0, at most 20 years",
        );
        return None;
    }
    Some(years)
}

fn licences(cells: &mut Cells<'_>) -> Option<LicenceEntry> {
    let industry = industry(cells);
    cells.demanded("year");
    let year = cells.count("year").and_then(|year| i32::try_from(year).ok());
    if year.is_some_and(|year| !(1985..=2199).contains(&year)) {
        cells.refuse(
            "year",
            "bad-value",
            "年份须在 1985 与 2199 之间",
            "the year must lie between 1985 and 2199",
        );
    }
    cells.demanded("contracts");
    let contracts = cells.count("contracts");
    let entry = LicenceEntry {
        industry: industry.unwrap_or_default(),
        year: year.unwrap_or_default(),
        contracts: contracts.unwrap_or_default(),
        patents: cells.count("patents"),
        free_contracts: cells.count("free_contracts"),
        fixed_fee_contracts: cells.count("fixed_fee_contracts"),
        fixed_fee_mean: cells.amount("fixed_fee_mean"),
        fixed_fee_median: cells.amount("fixed_fee_median"),
        fixed_fee_term_years: years(cells, "fixed_fee_term_years"),
        royalty_contracts: cells.count("royalty_contracts"),
        royalty_low: cells.share("royalty_low"),
        royalty_median: cells.share("royalty_median"),
        royalty_high: cells.share("royalty_high"),
        royalty_term_years: years(cells, "royalty_term_years"),
    };
    let parts = [entry.free_contracts, entry.fixed_fee_contracts, entry.royalty_contracts];
    let sum: u64 = parts.into_iter().flatten().map(u64::from).sum();
    if contracts.is_some_and(|all| sum > u64::from(all)) {
        cells.refuse(
            "contracts",
            "bad-sum",
            format!("各类合同合计 {sum} 份，多于许可合同数"),
            format!("the kinds of contracts come to {sum}, more than there are contracts"),
        );
    }
    let rates: Vec<Rate> =
        [entry.royalty_low, entry.royalty_median, entry.royalty_high].into_iter().flatten().collect();
    if !rates.is_sorted() {
        cells.refuse(
            "royalty_low",
            "bad-order",
            "提成率须依下限、中位数、上限递增",
            "the royalties must rise from low over median to high",
        );
    }
    Some(entry)
}

fn index(cells: &mut Cells<'_>) -> Option<IndexEntry> {
    let industry = industry(cells);
    cells.demanded("month");
    let month = cells.month("month");
    cells.demanded("value");
    let value = cells.decimal("value");
    if value.is_some_and(|value| value <= Decimal::ZERO || value > Decimal::from(1_000_000)) {
        cells.refuse(
            "value",
            "bad-value",
            "指数须大于 0、不超过 1,000,000",
            "the index must be above 0, at most 1,000,000",
        );
    }
    Some(IndexEntry { industry: industry?, month: month?, value: value? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: TableKind, values: &[(&str, &str)]) -> Result<Entry, Vec<String>> {
        let value = |name: &str| {
            values.iter().find(|(column, _)| *column == name).map_or("", |(_, value)| *value).to_owned()
        };
        let mut cells = Cells::of_values(kind.columns(), 2, value);
        kind.entry(&mut cells).ok_or_else(|| cells.errors.iter().map(|e| e.code.clone()).collect())
    }

    #[test]
    fn a_row_of_the_concordance_names_a_symbol_a_scheme_and_a_code_of_it() {
        let row = |ipc, scheme, code, weight| {
            read(
                TableKind::Concordance,
                &[("ipc", ipc), ("scheme", scheme), ("code", code), ("weight", weight)],
            )
        };
        let Ok(Entry::Concordance(found)) = row("c22b 26", "国民经济行业", "3239", "40%") else {
            panic!("refused")
        };
        assert_eq!((found.ipc.as_str(), found.code.as_str()), ("C22B26", "C3239"));
        assert_eq!(found.weight, "0.4".parse().unwrap());
        assert!(row("A", "cluster", "agriculture", "").is_ok());
        assert!(row("H01M10/0525", "strategic_emerging", "3.2.1", "1").is_ok());
        assert_eq!(row("22B", "cluster", "agriculture", ""), Err(vec!["bad-class".to_owned()]));
        assert_eq!(row("C22B", "cluster", "C3239", ""), Err(vec!["bad-code".to_owned()]));
        assert_eq!(row("C22B", "x", "C3239", ""), Err(vec!["bad-scheme".to_owned()]));
        assert_eq!(row("C22B", "cluster", "agriculture", "0"), Err(vec!["bad-value".to_owned()]));
    }

    #[test]
    fn licence_statistics_add_up_and_their_rates_rise() {
        let row = |more: &[(&str, &str)]| {
            let base = [("industry", "C26"), ("year", "2022"), ("contracts", "10")];
            read(TableKind::LicenceStatistics, &[&base[..], more].concat())
        };
        assert!(row(&[("royalty_low", "2%"), ("royalty_median", "3%"), ("royalty_high", "5%")]).is_ok());
        let falling = row(&[("royalty_low", "5%"), ("royalty_high", "2%")]);
        assert_eq!(falling, Err(vec!["bad-order".to_owned()]));
        let beyond = row(&[("fixed_fee_contracts", "8"), ("free_contracts", "3")]);
        assert_eq!(beyond, Err(vec!["bad-sum".to_owned()]));
        assert_eq!(row(&[("royalty_term_years", "21")]), Err(vec!["bad-value".to_owned()]));
    }

    #[test]
    fn an_index_is_positive_and_of_a_month() {
        let row = |month, value| {
            read(TableKind::MarketIndex, &[("industry", "全国"), ("month", month), ("value", value)])
        };
        let found = row("2026-03", "104.2").unwrap();
        assert_eq!((found.code(), found.period().as_str()), ("total", "2026-03"));
        assert_eq!(row("2026-03", "0"), Err(vec!["bad-value".to_owned()]));
        assert_eq!(row("", "1"), Err(vec!["missing".to_owned()]));
    }
}
