//! Every version of every product, read from the data files once and checked whole.

use chrono::NaiveDate;

use super::{FactorKind, Product};

/// The data files, each one version of one product. A version that was ever sold stays here.
const FILES: [&str; 2] = [
    include_str!("../data/enforcement.2025-1.json"),
    include_str!("../data/pledge_loan_guarantee.2025-1.json"),
];

/// Why the data files are no catalogue: a fault of the release, found at start.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A file does not read.
    #[error("product terms do not read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// A file reads but makes no sense.
    #[error("product {product} {version}: {reason}")]
    Unsound {
        /// The product's code.
        product: String,
        /// Its version.
        version: String,
        /// What is wrong.
        reason: String,
    },
}

/// The products on offer, past and present.
#[derive(Debug, Clone)]
pub struct Catalogue {
    products: Vec<Product>,
}

impl Catalogue {
    /// Reads the data files.
    ///
    /// # Errors
    /// [`CatalogueError`]
    pub fn load() -> Result<Self, CatalogueError> {
        let products = FILES
            .iter()
            .map(|file| {
                let product: Product = serde_json::from_str(file)?;
                check(&product)?;
                Ok(product)
            })
            .collect::<Result<_, CatalogueError>>()?;
        Ok(Self { products })
    }

    /// No products.
    #[must_use]
    pub const fn empty() -> Self {
        Self { products: Vec::new() }
    }

    /// What is sold on a day: the newest version of each product that is in effect.
    pub fn on_sale(&self, on: NaiveDate) -> impl Iterator<Item = &Product> {
        self.products.iter().filter(move |product| {
            product.effective_from <= on
                && !self.products.iter().any(|other| {
                    other.code == product.code
                        && other.effective_from <= on
                        && other.effective_from > product.effective_from
                })
        })
    }

    /// The version of a product sold on a day.
    #[must_use]
    pub fn current(&self, code: &str, on: NaiveDate) -> Option<&Product> {
        self.on_sale(on).find(|product| product.code == code)
    }

    /// A version that a policy was sold under.
    #[must_use]
    pub fn version(&self, code: &str, version: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.code == code && product.version == version)
    }
}

/// A table that a premium is rated by has exactly one base, and whatever each kind of factor needs.
fn check(product: &Product) -> Result<(), CatalogueError> {
    let unsound = |reason: String| CatalogueError::Unsound {
        product: product.code.clone(),
        version: product.version.clone(),
        reason,
    };
    let of_kind = |kind| product.rating_factors.iter().filter(|factor| factor.kind == kind).count();
    if of_kind(FactorKind::Base) != 1 || of_kind(FactorKind::Term) != 1 {
        return Err(unsound("one base and one term factor are needed".to_owned()));
    }
    for factor in &product.rating_factors {
        let complete = match factor.kind {
            FactorKind::Base => {
                factor.values.iter().all(|v| v.premium.is_some() && v.cover.is_some_and(|c| c.is_positive()))
            }
            FactorKind::Term => factor.values.is_empty(),
            FactorKind::Choice => factor.values.iter().all(|v| v.multiplier.is_some()),
            FactorKind::Band => {
                factor.values.iter().all(|v| v.multiplier.is_some() && v.from.is_some())
                    && factor.values.is_sorted_by_key(|v| v.from)
            }
        };
        let default_known = factor
            .default
            .as_ref()
            .is_none_or(|default| factor.values.iter().any(|value| value.value == *default));
        if !complete || !default_known || (factor.asked && factor.default.is_none()) {
            return Err(unsound(format!("the table of factor {} is incomplete", factor.code)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_reads_and_says_where_its_parameters_come_from() {
        let catalogue = Catalogue::load().unwrap();
        let on = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let codes: Vec<&str> = catalogue.on_sale(on).map(|product| product.code.as_str()).collect();
        assert_eq!(codes, ["enforcement", "pledge_loan_guarantee"]);
        for product in catalogue.on_sale(on) {
            assert!(product.sources.iter().any(|source| source.of == "*"), "{}", product.code);
            assert!(
                product.sources.iter().all(|s| ["cited", "platform default"].contains(&s.status.as_str()))
            );
        }
    }

    #[test]
    fn a_version_is_found_again_for_the_policies_sold_under_it() {
        let catalogue = Catalogue::load().unwrap();
        assert!(catalogue.version("enforcement", "2025.1").is_some());
        assert!(catalogue.version("enforcement", "1999.1").is_none());
        assert!(catalogue.current("life", NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()).is_none());
    }
}
