//! Fields of parameters whose values are names of the API: the words of each, on the pages and as choices of the form.

use crate::{desk::Desk, lending, subsidy_schemes, trials};

/// The fields by the path of their documentation, each with every value that it admits.
pub const NAMED: [(&str, &[&str]); 7] = [
    ("basis", &["application", "obligor"]),
    ("products[].day_count", &["actual/360", "actual/365", "actual/actual", "30/360"]),
    ("products[].kind", &["working_capital", "fixed_asset"]),
    ("products[].rate_reset", &["fixed", "monthly", "quarterly", "half_yearly", "anniversary", "january"]),
    ("products[].repayments[]", &["interest_only", "equal_instalment", "equal_principal", "bullet"]),
    ("products[].roll", &["none", "following", "modified_following", "preceding"]),
    ("write_off_tier", &["doubtful", "loss"]),
];

fn word(desk: &Desk, field: &str, value: &str) -> String {
    match field {
        "products[].day_count" => trials::day_count(desk, value),
        "products[].kind" => desk.words().get(&format!("lend-kind-{value}")).to_owned(),
        "products[].rate_reset" => lending::pricing(desk, value),
        "products[].roll" => trials::roll(desk, value).to_owned(),
        "write_off_tier" => desk.words().get(&format!("fl-v-{value}")).to_owned(),
        _ => desk.word(value),
    }
}

/// The values that a field admits with their words; none for a field whose values are no names.
pub fn choices(desk: &Desk, field: &str) -> Option<Vec<(String, String)>> {
    let (_, values) = NAMED.iter().find(|(name, _)| *name == field)?;
    Some(values.iter().map(|value| ((*value).to_owned(), word(desk, field, value))).collect())
}

/// The word of a field's value; none where it is no name.
pub fn said(desk: &Desk, field: &str, value: &str) -> Option<String> {
    // Which products there are is the bank's own affair: what has no name here stays the code that the bank gave it.
    if field == "rollover_products[]" {
        return Some(subsidy_schemes::lent(desk, value));
    }
    let (_, values) = NAMED.iter().find(|(name, _)| *name == field)?;
    values.contains(&value).then(|| word(desk, field, value))
}
