//! Tests of the products that applications are made under.

use super::*;

#[test]
fn the_standard_product_asks_for_nothing_and_admits_whatever_the_facility_does() {
    let products = ApplicationProducts::default();
    assert!(products.flaws().is_empty(), "{:?}", products.flaws());
    let standard = products.find(STANDARD).unwrap();
    assert!(
        standard.documents.is_empty() && standard.statements.is_empty() && standard.conditions.is_empty()
    );
    assert_eq!(standard.findings(Money::MAX, 360, Rate::from_basis_points(9_999), None, "C26"), []);
}

#[test]
fn tianfu_zhilai_lends_ten_million_for_a_year_at_lpr_and_150_basis_points() {
    let products = ApplicationProducts::default();
    let product = products.find("tianfu_zhilai").unwrap();
    let lpr = Some(Rate::from_basis_points(300));
    let codes = |yuan: i64, months, points| -> Vec<FindingCode> {
        product
            .findings(Money::from_fen(yuan * 100), months, Rate::from_basis_points(points), lpr, "C26")
            .into_iter()
            .map(|finding| finding.code)
            .collect()
    };
    assert_eq!(codes(10_000_000, 12, 450), []);
    assert_eq!(
        codes(10_000_001, 13, 451),
        [FindingCode::AboveProductAmount, FindingCode::AboveProductTenor, FindingCode::AboveProductRate]
    );
    assert_eq!(product.first_review_days, Some(5));
    assert!(!product.documents.is_empty() && !product.statements.is_empty());
}

#[test]
fn the_tighter_of_a_fixed_rate_and_a_spread_over_lpr_holds_and_an_unknown_lpr_bounds_nothing() {
    let mut product = presets::tianfu_zhilai();
    product.annual_rate_max = Some(Rate::from_basis_points(400));
    assert_eq!(product.rate_max(Some(Rate::from_basis_points(300))), Some(Rate::from_basis_points(400)));
    assert_eq!(product.rate_max(Some(Rate::from_basis_points(200))), Some(Rate::from_basis_points(350)));
    assert_eq!(product.rate_max(None), Some(Rate::from_basis_points(400)));
    product.annual_rate_max = None;
    assert_eq!(product.rate_max(None), None);
}

#[test]
fn an_industry_is_served_by_the_beginning_of_its_code() {
    let mut product = presets::standard();
    product.industries = vec!["C26".into(), "C39".into()];
    let found = |industry| product.findings(Money::ZERO, 1, Rate::ZERO, None, industry).len();
    assert_eq!((found("C261"), found("C39"), found("G54")), (0, 0, 1));
}

#[test]
fn a_set_without_standard_or_with_a_code_twice_is_told() {
    let mut products = ApplicationProducts::default();
    products.products.remove(0);
    assert!(products.flaws().iter().any(|flaw| flaw.field == "products"));
    let mut products = ApplicationProducts::default();
    let again = products.products[1].documents[0].clone();
    products.products[1].documents.push(again);
    let last = products.products[1].documents.len() - 1;
    assert!(products.flaws().iter().any(|flaw| flaw.field == format!("products[1].documents[{last}].code")));
}
