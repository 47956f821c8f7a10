//! Names of the API that a model, a score or a valuation goes by, and the figures of a model that are such names in the words
//! of the page.

use crate::desk::Desk;

/// The inputs that a simulation draws, as its correlations name them.
pub const DRIVERS: &[&str] = &[
    "annual_revenue",
    "revenue_growth",
    "royalty_rate",
    "discount_rate",
    "life_years",
    "success_probability",
];
/// Letter grades of a score, the best first.
pub const GRADES: &[&str] = &["AAA", "AA", "A", "BBB", "BB", "B", "C"];
/// Where the range of royalties comes from.
pub const ROYALTY_SOURCES: &[&str] = &["licence_statistics", "industry_table"];
/// How the discount rate is put together.
pub const DISCOUNT_METHODS: &[&str] = &["industry_table", "build_up"];
/// The industries of the cluster.
pub const INDUSTRIES: &[&str] = &[
    "natural_gas_chemistry",
    "new_materials",
    "lithium_potassium",
    "agriculture",
    "mechanical_engineering",
    "other",
];

/// The beginning of the keys and the names that the figure at a place admits, whether the place is a pointer (`/a/b`) or a
/// path (`a.b`); none where its values are no names.
fn named(place: &str) -> Option<(&'static str, &'static [&'static str])> {
    let parts: Vec<&str> = place.split(['/', '.']).filter(|part| !part.is_empty()).collect();
    match parts[..] {
        ["parameters", "royalty_source"] => Some(("mdl-royalty-", ROYALTY_SOURCES)),
        ["parameters", "discount", "method"] => Some(("mdl-discount-", DISCOUNT_METHODS)),
        ["parameters", "simulation", "rank_correlations", _, "first" | "second"] => Some(("as-", DRIVERS)),
        ["overlays", _, "industry"] => Some(("v-", INDUSTRIES)),
        _ => None,
    }
}

/// The value of the figure at a place as it is read: its word where it is a name, else itself.
pub fn said(desk: &Desk, place: &str, value: &str) -> String {
    let word = named(place).and_then(|(prefix, _)| desk.words().find(&format!("{prefix}{value}")));
    word.unwrap_or(value).to_owned()
}

/// The names that the figure at a place admits with their words. None where its values are no names, and where what stands
/// there is none of them: a choice would put another in its place.
pub fn choices(desk: &Desk, place: &str, value: &str) -> Option<Vec<(String, String)>> {
    let (prefix, values) = named(place)?;
    let word = |name: &&str| ((*name).to_owned(), desk.words().get(&format!("{prefix}{name}")).to_owned());
    (value.is_empty() || values.contains(&value)).then(|| values.iter().map(word).collect())
}

#[cfg(test)]
mod tests {
    use super::{DRIVERS, INDUSTRIES, named};

    #[test]
    fn a_name_is_found_at_its_place_in_the_content_and_in_a_difference() {
        for place in ["/parameters/simulation/rank_correlations/0/first", "overlays.锂价.industry"] {
            assert!(named(place).is_some(), "{place}");
        }
        assert_eq!(named("parameters.discount.method").unwrap().0, "mdl-discount-");
        assert_eq!(named("/parameters/simulation/rank_correlations/3/second").unwrap().1, DRIVERS);
        assert_eq!(named("/overlays/1/industry").unwrap().1, INDUSTRIES);
        for place in ["/parameters/discount/market_premium", "overlays.a.code", "/parameters/paths"] {
            assert_eq!(named(place), None, "{place}");
        }
    }
}
