//! The 35 fields of technology by which the OECD compares patents: U. Schmoch, *Concept of a Technology Classification for
//! Country Comparisons*, final report to WIPO, 2008, Table 2 (update of May 2008). The rows are data
//! (`technology-fields.csv`), compared with that table row by row; its head says what stands beyond it. A symbol that no row
//! knows has no field.

use std::{collections::HashMap, sync::LazyLock};

const FILE: &str = include_str!("../technology-fields.csv");
/// Letters of a subclass and of a class.
const SUBCLASS: usize = 4;
const CLASS: usize = 3;

/// A field of technology.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TechnologyField {
    /// 1 to 35.
    pub number: u8,
    /// The sector in Chinese.
    pub sector_zh: &'static str,
    /// The sector in English.
    pub sector_en: &'static str,
    /// 中文名称
    pub name_zh: &'static str,
    /// The English name.
    pub name_en: &'static str,
}

struct Fields {
    all: Vec<TechnologyField>,
    /// Places in `all`.
    by_prefix: HashMap<&'static str, usize>,
}

static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let mut fields = Fields { all: Vec::new(), by_prefix: HashMap::new() };
    for line in FILE.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('|');
        let mut cell = || cells.next().unwrap_or_default();
        let Ok(number) = cell().parse() else { continue };
        let field = TechnologyField {
            number,
            sector_zh: cell(),
            sector_en: cell(),
            name_zh: cell(),
            name_en: cell(),
        };
        let place = fields.all.len();
        fields.by_prefix.extend(cell().split_whitespace().map(|prefix| (prefix, place)));
        fields.all.push(field);
    }
    fields
});

/// A field by its number.
#[must_use]
pub fn field(number: u8) -> Option<&'static TechnologyField> {
    FIELDS.all.iter().find(|field| field.number == number)
}

/// The field of a symbol: of its main group, else of its subclass, else of its class. `None` where no row knows it.
#[must_use]
pub fn field_of(symbol: &str) -> Option<&'static TechnologyField> {
    let plain: String = symbol
        .chars()
        .take_while(|letter| *letter != '/')
        .filter(|letter| !letter.is_whitespace())
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    let group = plain.get(SUBCLASS..).map(|number| number.trim_start_matches('0')).unwrap_or_default();
    let with_group = plain.get(..SUBCLASS).map(|subclass| format!("{subclass}{group}"));
    let known = |prefix: &str| FIELDS.by_prefix.get(prefix).copied();
    let place = with_group
        .and_then(|prefix| known(&prefix))
        .or_else(|| plain.get(..SUBCLASS).and_then(known))
        .or_else(|| plain.get(..CLASS).and_then(known))?;
    FIELDS.all.get(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_35_fields_and_no_prefix_leads_to_two_of_them() {
        assert!(FIELDS.all.iter().map(|field| field.number).eq(1..=35));
        assert!(FIELDS.all.iter().all(|field| !field.name_zh.is_empty() && !field.name_en.is_empty()));
        let lines = FILE.lines().filter(|line| !line.starts_with('#'));
        let written: usize = lines
            .filter_map(|line| line.rsplit('|').next())
            .map(|cell| cell.split_whitespace().count())
            .sum();
        assert_eq!(written, FIELDS.by_prefix.len());
    }

    #[test]
    fn the_longest_prefix_decides_and_what_is_not_certain_has_no_field() {
        let number = |symbol| field_of(symbol).map(|field| field.number);
        for (symbol, expected) in [
            ("C22B 26/12", 20),
            ("H01M10/0525", 1),
            ("A61K31/00", 16),
            ("A61K 8/49", 14),
            ("A61K", 16),
            ("G01N33/50", 11),
            ("G01N3/08", 10),
            ("G01N 0033/50", 11),
            ("B01D53/14", 24),
            ("B01D5/00", 23),
            ("E01F8/00", 24),
            ("E01F 9/00", 35),
            ("g06q10/00", 7),
            ("G06V10/40", 6),
            ("H03M7/30", 5),
            ("A61Q19/00", 14),
            ("C08J5/18", 29),
            ("B01D46/00", 24),
            ("B01D61/00", 23),
            ("H04N7/18", 3),
        ] {
            assert_eq!(number(symbol), Some(expected), "{symbol}");
        }
        for unknown in ["H04N19/00", "G16H10/00", "B33Y10/00", "", "C2", "锂"] {
            assert_eq!(number(unknown), None, "{unknown}");
        }
        assert_eq!(field(20).map(|field| field.name_en), Some("Materials, metallurgy"));
        assert_eq!(field(22).map(|field| field.name_en), Some("Micro-structure and nano-technology"));
        assert_eq!(field(36), None);
    }
}
