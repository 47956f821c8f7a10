//! The types of product terms and rating tables.

mod catalogue;
mod product;

pub use catalogue::{Catalogue, CatalogueError};
pub use product::{
    Declaration, Factor, FactorKind, FactorValue, InsuredObject, Product, Source, SubLimit, WaitingPeriod,
    Wording,
};
