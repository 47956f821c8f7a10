//! Refusals that name a product, in the words of the bank whose product it is.

use chrono::NaiveDate;
use contracts::OrgId;
use http_kit::{ActError, Problem};
use sea_orm::ConnectionTrait;

use super::{
    model::Refusal,
    problems::{other_product, other_programme},
};
use crate::{applications::ApplicationProducts, loan::model::products::LendingProducts, parameters};

/// A refusal about a loan of a bank, as people read it: a product goes by its name at that bank on that day, and by its code
/// where the bank has no such product.
pub(super) async fn in_words(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    on: NaiveDate,
    refusal: Refusal,
) -> ActError {
    match said(conn, bank, on, refusal).await {
        Ok(problem) => ActError::Refused(problem),
        Err(error) => error,
    }
}

async fn said(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    on: NaiveDate,
    refusal: Refusal,
) -> Result<Problem, ActError> {
    Ok(match refusal {
        Refusal::OtherProduct { wanted } => {
            let products: LendingProducts = parameters::current(conn, bank, on).await?;
            let names = products.named(&wanted).map(|one| (one.name_zh.as_str(), one.name_en.as_str()));
            other_product(&wanted, names)
        }
        Refusal::OtherProgramme { wanted } => {
            let products: ApplicationProducts = parameters::current(conn, bank, on).await?;
            let product = products.products.iter().find(|one| one.code == wanted);
            other_programme(&wanted, product.map(|one| (one.name_zh.as_str(), one.name_en.as_str())))
        }
        other => other.into(),
    })
}
