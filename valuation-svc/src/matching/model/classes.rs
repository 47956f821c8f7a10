//! How near two sets of IPC symbols are: the classification is a tree, and two symbols are as near as the level that they
//! share (section, class, subclass, main group, subgroup; WIPO, Guide to the IPC).

/// The value of each level that is shared: the platform's default, rising with the level.
const SECTION: f64 = 0.05;
const CLASS: f64 = 0.25;
const SUBCLASS: f64 = 0.6;
const GROUP: f64 = 0.85;
const SAME: f64 = 1.0;

/// A symbol without blanks, in capitals.
#[must_use]
pub fn symbol(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
}

/// The beginnings of a symbol at which the tree divides: section, class, subclass, main group, and itself.
#[must_use]
pub fn levels(typed: &str) -> Vec<String> {
    let whole = symbol(typed);
    let mut found: Vec<String> =
        [1, 3, 4].into_iter().filter_map(|end| whole.get(..end)).map(str::to_owned).collect();
    if let Some((group, _)) = whole.split_once('/') {
        found.push(group.to_owned());
    }
    if !found.contains(&whole) && !whole.is_empty() {
        found.push(whole);
    }
    found
}

/// How near two symbols are, 0 to 1. A symbol that ends at a subclass is as near as the subclass.
#[must_use]
pub fn nearness(left: &str, right: &str) -> f64 {
    let (left, right) = (symbol(left), symbol(right));
    let same =
        |end: usize| left.len() >= end && left.get(..end).is_some() && left.get(..end) == right.get(..end);
    let group = |text: &str| text.split_once('/').map_or(text.len(), |(group, _)| group.len());
    if !same(1) {
        0.0
    } else if !same(3) {
        SECTION
    } else if !same(4) {
        CLASS
    } else if left.len() == 4 || right.len() == 4 || left.get(..group(&left)) != right.get(..group(&right)) {
        SUBCLASS
    } else if left == right {
        SAME
    } else {
        GROUP
    }
}

/// The nearest pair of two sets, with its nearness; `None` where one set is empty or nothing is near.
#[must_use]
pub fn nearest(left: &[String], right: &[String]) -> Option<(String, String, f64)> {
    let mut best: Option<(&String, &String, f64)> = None;
    for one in left {
        for other in right {
            let near = nearness(one, other);
            if near > best.map_or(0.0, |(_, _, best)| best) {
                best = Some((one, other, near));
            }
        }
    }
    best.map(|(one, other, near)| (symbol(one), symbol(other), near))
}

/// Whether a text has the form of a symbol or of its beginning: `C22B`, `C22B26`, `C22B26/12`.
#[must_use]
pub fn is_symbol(text: &str) -> bool {
    let text = symbol(text);
    let mut letters = text.chars();
    let section = letters.next().is_some_and(|c| ('A'..='H').contains(&c));
    let class = letters.by_ref().take(2).filter(char::is_ascii_digit).count() == 2;
    let subclass = letters.next().is_some_and(|c| c.is_ascii_uppercase());
    let rest: String = letters.collect();
    let group = rest.is_empty()
        || rest.split('/').count() <= 2
            && rest
                .split('/')
                .all(|part| !part.is_empty() && part.len() <= 6 && part.bytes().all(|b| b.is_ascii_digit()));
    section && class && subclass && group
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_symbols_are_as_near_as_the_level_they_share() {
        for (left, right, near) in [
            ("C22B26/12", "c22b 26/12", SAME),
            ("C22B26/12", "C22B26/10", GROUP),
            ("C22B26/12", "C22B3/04", SUBCLASS),
            ("C22B26", "C22B26/12", GROUP),
            ("C22B", "C22B26/12", SUBCLASS),
            ("C22B26/12", "C22C1/04", CLASS),
            ("C22B26/12", "C01D15/08", SECTION),
            ("C22B26/12", "H01M4/52", 0.0),
            ("", "H01M4/52", 0.0),
        ] {
            assert!((nearness(left, right) - near).abs() < 1e-12, "{left} {right}");
            assert!((nearness(right, left) - near).abs() < 1e-12, "{right} {left}");
        }
    }

    #[test]
    fn the_nearest_pair_of_two_sets_counts() {
        let sets = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        let found = nearest(&sets(&["C22B26/12", "C01D15/08"]), &sets(&["C01D15/02", "H01M10/54"]));
        assert_eq!(found, Some(("C01D15/08".to_owned(), "C01D15/02".to_owned(), GROUP)));
        assert_eq!(nearest(&[], &sets(&["C22B26/12"])), None);
    }

    #[test]
    fn a_symbol_is_told_from_other_words() {
        for good in ["C22B", "C22B26", "c22b 26/12", "H01M10/0525"] {
            assert!(is_symbol(good), "{good}");
        }
        for bad in ["", "锂", "CN115000000", "C22", "Z22B", "C22B26/", "C22B/12/1", "LiCl"] {
            assert!(!is_symbol(bad), "{bad}");
        }
        assert_eq!(levels("C22B 26/12"), ["C", "C22", "C22B", "C22B26", "C22B26/12"]);
        assert_eq!(levels("C22B"), ["C", "C22", "C22B"]);
    }
}
