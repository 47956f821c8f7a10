//! From the symbols of a patent to industries: the longest beginning that is known decides.

use std::collections::{BTreeMap, HashMap};

use finance::Rate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    entry::{ConcordanceEntry, Entry},
    scheme::Scheme,
};
use crate::catalogue::{industry::Industry, patent::PatentFacts};

/// A code that a patent belongs to, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ClassificationShare)]
pub struct Share {
    /// The classification.
    pub scheme: Scheme,
    /// The code in it.
    pub code: String,
    /// Its name; empty where the table gives none.
    pub name: String,
    /// The part of the patent that belongs there, above 0, at most 1.
    pub weight: Rate,
}

/// A version of the concordance, ready to be looked up in.
#[derive(Debug, Clone, Default)]
pub struct Concordance {
    rows: Vec<ConcordanceEntry>,
    by_prefix: HashMap<(Scheme, String), Vec<usize>>,
}

impl Concordance {
    /// The concordance of a version's rows; rows of other tables are left out.
    #[must_use]
    pub fn of(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut found = Self::default();
        for entry in entries {
            if let Entry::Concordance(row) = entry {
                let key = (row.scheme, row.ipc.clone());
                found.by_prefix.entry(key).or_default().push(found.rows.len());
                found.rows.push(row);
            }
        }
        found
    }

    /// Its rows, in the order of the file.
    #[must_use]
    pub fn rows(&self) -> &[ConcordanceEntry] {
        &self.rows
    }

    /// The rows of the longest known beginning of a symbol.
    ///
    /// A beginning that ends in a group's number must end there in the symbol too: `C22B3` is not `C22B34/00`.
    pub fn of_symbol(&self, scheme: Scheme, symbol: &str) -> impl Iterator<Item = &ConcordanceEntry> {
        let plain: String = symbol.chars().filter(|c| !c.is_whitespace()).collect();
        let found =
            (1..=plain.len()).rev().filter(|length| plain.is_char_boundary(*length)).find_map(|length| {
                let (prefix, rest) = plain.split_at(length);
                let within_number = length > 4 && rest.starts_with(|c: char| c.is_ascii_digit());
                self.by_prefix.get(&(scheme, prefix.to_owned())).filter(|_| !within_number)
            });
        found.into_iter().flatten().filter_map(|at| self.rows.get(*at))
    }

    /// The codes of a patent in a scheme, by weight, the heaviest first: each of its symbols counts alike, and of each the
    /// known part.
    #[must_use]
    pub fn shares(&self, scheme: Scheme, facts: &PatentFacts) -> Vec<Share> {
        let symbols = if facts.ipc.is_empty() { &facts.cpc } else { &facts.ipc };
        let mut parts: BTreeMap<&str, (Decimal, &str)> = BTreeMap::new();
        for row in symbols.iter().flat_map(|symbol| self.of_symbol(scheme, symbol)) {
            let part = parts.entry(&row.code).or_insert((Decimal::ZERO, &row.name));
            part.0 += row.weight.fraction();
        }
        let symbols = Decimal::from(symbols.len().max(1));
        let mut shares: Vec<Share> = parts
            .into_iter()
            .map(|(code, (weight, name))| Share {
                scheme,
                code: code.to_owned(),
                name: name.to_owned(),
                weight: Rate::new((weight / symbols).round_dp(6)),
            })
            .collect();
        shares.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.code.cmp(&b.code)));
        shares
    }

    /// The platform's industry of a patent: that of its first symbol which is known, the main class first; of several, the
    /// heaviest.
    #[must_use]
    pub fn industry(&self, facts: &PatentFacts) -> Industry {
        facts.ipc.iter().chain(&facts.cpc).find_map(|symbol| self.industry_of(symbol)).unwrap_or_default()
    }

    /// The platform's industry of a symbol.
    #[must_use]
    pub fn industry_of(&self, symbol: &str) -> Option<Industry> {
        let heaviest =
            self.of_symbol(Scheme::Cluster, symbol).fold(None::<&ConcordanceEntry>, |best, row| {
                if best.is_none_or(|best| row.weight > best.weight) { Some(row) } else { best }
            });
        heaviest.map(|row| Industry::of_code(&row.code))
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{TableKind, whole::read},
        *,
    };

    fn table(rows: &str) -> Concordance {
        let text = format!("ipc,scheme,code,name,weight\n{rows}");
        Concordance::of(read(TableKind::Concordance, text.as_bytes()).unwrap())
    }

    fn patent(ipc: &[&str]) -> PatentFacts {
        PatentFacts { ipc: ipc.iter().map(|s| (*s).to_owned()).collect(), ..PatentFacts::default() }
    }

    #[test]
    fn the_longest_beginning_decides_and_a_group_is_not_the_beginning_of_another() {
        let table = table(
            "C22B,cluster,new_materials,,\nC22B26,cluster,lithium_potassium,,\nC22B3,cluster,lithium_potassium,,\n\
             E21B,cluster,mechanical_engineering,,\nE21B43,cluster,natural_gas_chemistry,,\n",
        );
        assert_eq!(table.industry_of("C22B 26/12"), Some(Industry::LithiumPotassium));
        assert_eq!(table.industry_of("C22B15/00"), Some(Industry::NewMaterials));
        assert_eq!(table.industry_of("C22B3/04"), Some(Industry::LithiumPotassium));
        assert_eq!(table.industry_of("C22B34/12"), Some(Industry::NewMaterials));
        assert_eq!(table.industry_of("E21B43/26"), Some(Industry::NaturalGasChemistry));
        assert_eq!(table.industry_of("G06F3/0481"), None);
        assert_eq!(table.industry(&patent(&["G06F3/048", "E21B7/04"])), Industry::MechanicalEngineering);
        assert_eq!(table.industry(&patent(&[])), Industry::Other);
    }

    #[test]
    fn one_symbol_may_belong_to_several_industries_and_a_patent_to_the_weighted_sum() {
        let table = table(
            "C22B,national_economy,C32,有色金属,0.6\nC22B,national_economy,C26,化学原料,0.4\n\
             C01D,national_economy,C26,化学原料,1\nC22B,strategic_emerging,3.2,,1\n",
        );
        let shares = table.shares(Scheme::NationalEconomy, &patent(&["C22B26/12", "C01D15/08"]));
        let weights: Vec<(&str, String)> =
            shares.iter().map(|s| (s.code.as_str(), s.weight.to_string())).collect();
        assert_eq!(weights, [("C26", "0.7".to_owned()), ("C32", "0.3".to_owned())]);
        let unknown = table.shares(Scheme::NationalEconomy, &patent(&["C22B26/12", "H04L1/00"]));
        let sum: Decimal = unknown.iter().map(|s| s.weight.fraction()).sum();
        assert_eq!(sum, "0.5".parse().unwrap(), "an unknown symbol belongs nowhere");
    }
}
