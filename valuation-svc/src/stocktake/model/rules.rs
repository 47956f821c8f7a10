//! Rules by which many patents are given to colleges and inventors at once.

use chrono::{Datelike, NaiveDate};
use contracts::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A rule: what it asks of a patent, and whom the patent then goes to. A rule that asks nothing takes every patent; of
/// several the first that fits decides.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = AssignmentRule)]
pub struct Rule {
    /// The patent's number, in any spelling.
    pub number: Option<String>,
    /// One of its inventors is called so.
    pub inventor: Option<String>,
    /// One of its IPC symbols begins so.
    pub ipc: Option<String>,
    /// Filed in this year or later.
    pub filed_from: Option<i32>,
    /// Filed in this year or earlier.
    pub filed_to: Option<i32>,
    /// The college or unit that it goes to.
    pub college: String,
    /// The inventor to ask, by name; the inventor asked for, else the patent's first, where absent.
    pub inventor_name: Option<String>,
    /// That inventor's account.
    pub inventor_id: Option<UserId>,
}

/// What the rules read of a patent.
#[derive(Debug, Clone, Copy)]
pub struct Read<'a> {
    /// Its numbers, as keys.
    pub numbers: &'a [String],
    /// Its inventors.
    pub inventors: &'a [String],
    /// Its IPC symbols.
    pub ipc: &'a [String],
    /// When it was filed.
    pub filed_on: Option<NaiveDate>,
}

/// Whom a patent goes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assigned {
    /// The college or unit.
    pub college: String,
    /// The inventor to ask.
    pub inventor_name: String,
    /// That inventor's account.
    pub inventor_id: Option<UserId>,
}

impl Rule {
    fn fits(&self, patent: Read<'_>, symbols: &[String]) -> bool {
        let year = patent.filed_on.map(|day| day.year());
        let number = |key: &String| patent.numbers.iter().any(|one| one == key);
        let symbol = |prefix: &String| {
            let prefix = plain(prefix);
            symbols.iter().any(|one| one.starts_with(&prefix))
        };
        self.number.as_ref().is_none_or(number)
            && self.inventor.as_ref().is_none_or(|name| patent.inventors.contains(name))
            && self.ipc.as_ref().is_none_or(symbol)
            && self.filed_from.is_none_or(|from| year.is_some_and(|year| year >= from))
            && self.filed_to.is_none_or(|to| year.is_some_and(|year| year <= to))
    }
}

/// A symbol without spaces, in capitals.
fn plain(symbol: &str) -> String {
    symbol.split_whitespace().flat_map(str::chars).flat_map(char::to_uppercase).collect()
}

/// Whom the first rule that fits gives the patent to; nobody where none does.
#[must_use]
pub fn first_match(rules: &[Rule], patent: Read<'_>) -> Option<Assigned> {
    // Read once: thousands of rules are asked about each of a thousand patents.
    let symbols: Vec<String> = patent.ipc.iter().map(|symbol| plain(symbol)).collect();
    let rule = rules.iter().find(|rule| rule.fits(patent, &symbols))?;
    let named = rule.inventor_name.as_ref().or(rule.inventor.as_ref()).or(patent.inventors.first());
    Some(Assigned {
        college: rule.college.clone(),
        inventor_name: named.cloned().unwrap_or_default(),
        inventor_id: rule.inventor_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_fits_decides_and_one_that_asks_nothing_takes_the_rest() {
        let rules = [
            Rule { ipc: Some("c22b 26".into()), college: "材料学院".into(), ..Rule::default() },
            Rule { inventor: Some("李四".into()), college: "化工学院".into(), ..Rule::default() },
            Rule { filed_to: Some(2015), college: "档案馆".into(), ..Rule::default() },
            Rule { college: "科研院".into(), ..Rule::default() },
        ];
        let (zhang, li) = (vec!["张三".to_owned(), "李四".to_owned()], vec!["王五".to_owned()]);
        let given = |inventors: &[String], ipc: &str, filed: &str| {
            let ipc = [ipc.to_owned()];
            let read = Read { numbers: &[], inventors, ipc: &ipc, filed_on: filed.parse().ok() };
            first_match(&rules, read).map(|one| (one.college, one.inventor_name)).unwrap()
        };
        assert_eq!(given(&zhang, "C22B26/12", "2020-01-01"), ("材料学院".into(), "张三".into()));
        assert_eq!(given(&zhang, "A61K31/00", "2010-01-01"), ("化工学院".into(), "李四".into()));
        assert_eq!(given(&li, "A61K31/00", "2015-12-31"), ("档案馆".into(), "王五".into()));
        assert_eq!(given(&li, "A61K31/00", "2016-01-01"), ("科研院".into(), "王五".into()));
        let nothing = Read { numbers: &[], inventors: &[], ipc: &[], filed_on: None };
        assert_eq!(first_match(&rules[..3], nothing), None);
    }
}
