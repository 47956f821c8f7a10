//! Codes of industries, and the way up from an industry to the whole economy.
//!
//! GB/T 4754-2017 (国民经济行业分类): a section's letter, a division's two digits, a group's three, a class's four. The
//! sections' divisions are those of its table of contents.

/// The code that stands for the whole economy.
pub const TOTAL: &str = "total";

/// First and last division of each section.
const SECTIONS: [(char, u8, u8); 20] = [
    ('A', 1, 5),
    ('B', 6, 12),
    ('C', 13, 43),
    ('D', 44, 46),
    ('E', 47, 50),
    ('F', 51, 52),
    ('G', 53, 60),
    ('H', 61, 62),
    ('I', 63, 65),
    ('J', 66, 69),
    ('K', 70, 70),
    ('L', 71, 72),
    ('M', 73, 75),
    ('N', 76, 79),
    ('O', 80, 82),
    ('P', 83, 83),
    ('Q', 84, 85),
    ('R', 86, 90),
    ('S', 91, 96),
    ('T', 97, 97),
];

/// A code of GB/T 4754 in its one form, section's letter first: `2614`, `C2614` and `c 2614` are `C2614`. `None` for
/// what is none, and for a letter that is not the section of its division.
#[must_use]
pub fn national(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let (letter, digits) = match plain.chars().next() {
        Some(first) if first.is_ascii_uppercase() => (Some(first), &plain[1..]),
        _ => (None, plain.as_str()),
    };
    if digits.is_empty() {
        let letter = letter.filter(|l| SECTIONS.iter().any(|(section, ..)| section == l))?;
        return Some(letter.to_string());
    }
    if !(2..=4).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let division: u8 = digits[..2].parse().ok()?;
    let (section, ..) = SECTIONS.iter().find(|(_, first, last)| (*first..=*last).contains(&division))?;
    letter.is_none_or(|letter| letter == *section).then(|| format!("{section}{digits}"))
}

/// A code as tables keep it: the whole economy, a code of GB/T 4754, or one of the platform's own industries.
#[must_use]
pub fn normalised(text: &str) -> Option<String> {
    let plain = text.trim();
    let lower = plain.to_lowercase();
    if ["total", "all", "全国", "合计", "总计", "全部"].contains(&lower.as_str()) {
        return Some(TOTAL.to_owned());
    }
    let own = crate::catalogue::industry::Industry::ALL
        .into_iter()
        .find(|industry| industry.code() == lower || industry.name_zh() == plain);
    own.map(|industry| industry.code().to_owned()).or_else(|| national(plain))
}

/// The code and everything above it, nearest first, the whole economy last.
#[must_use]
pub fn upwards(code: &str) -> Vec<String> {
    let code = normalised(code).unwrap_or_default();
    let mut chain = Vec::new();
    if national(&code).is_some() {
        chain.extend((3..=code.len()).rev().map(|length| code[..length].to_owned()));
        chain.push(code[..1].to_owned());
    } else if !code.is_empty() && code != TOTAL {
        chain.push(code);
    }
    chain.push(TOTAL.to_owned());
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_one_form_and_its_own_section() {
        for text in ["2614", "C2614", " c2614 "] {
            assert_eq!(national(text).as_deref(), Some("C2614"), "{text}");
        }
        assert_eq!(national("C").as_deref(), Some("C"));
        for wrong in ["A26", "Z", "98", "26145", "2", "", "C2-6", "行业"] {
            assert_eq!(national(wrong), None, "{wrong}");
        }
        assert_eq!(normalised("全国").as_deref(), Some(TOTAL));
        assert_eq!(normalised("锂钾").as_deref(), Some("lithium_potassium"));
    }

    #[test]
    fn the_way_up_ends_with_the_whole_economy() {
        assert_eq!(upwards("2614"), ["C2614", "C261", "C26", "C", "total"]);
        assert_eq!(upwards("C"), ["C", "total"]);
        assert_eq!(upwards("agriculture"), ["agriculture", "total"]);
        assert_eq!(upwards("total"), ["total"]);
        assert_eq!(upwards("nonsense"), ["total"]);
    }
}
