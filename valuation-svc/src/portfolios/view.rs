//! Portfolios as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::PortfolioId;
use finance::Money;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    model::{Spec, Summary},
    store::{self, portfolio_row},
};

/// A portfolio in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PortfolioItem {
    /// Its id.
    pub id: PortfolioId,
    /// Its number, for people.
    pub number: String,
    /// Whose it is.
    pub tenant_name: String,
    /// Its name.
    pub name: String,
    /// How the patents were chosen: `patents`, `owner`, `pledge`, `bundle`.
    pub basis: String,
    /// The day that the values are stated for.
    pub valuation_date: NaiveDate,
    /// `running` or `valued`.
    pub status: String,
    /// Patents in it.
    pub members: i64,
    /// The sum of their values; absent until valued.
    pub value: Option<Money>,
    /// Who asked.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A portfolio in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PortfolioView {
    /// What the list shows.
    #[serde(flatten)]
    pub item: PortfolioItem,
    /// How they are valued together.
    pub spec: Spec,
    /// Members looked at so far.
    pub done: i64,
    /// Why the job was given up, where it was.
    pub failure: Option<String>,
    /// What they come to; absent until valued.
    pub summary: Option<Summary>,
}

/// A row as an item of a list.
pub(crate) fn item(row: &portfolio_row::Model) -> PortfolioItem {
    PortfolioItem {
        id: row.id.into(),
        number: row.number.clone(),
        tenant_name: row.tenant_name.clone(),
        name: row.name.clone(),
        basis: row.basis.clone(),
        valuation_date: row.valuation_date,
        status: row.status.clone(),
        members: row.members,
        value: (row.status == "valued").then(|| Money::from_fen(row.value_fen)),
        created_by: row.created_by.clone(),
        created_at: row.created_at,
    }
}

/// A row in full, with how far its job is.
pub(crate) fn full(
    row: &portfolio_row::Model,
    (done, failure): (i64, Option<String>),
) -> Result<PortfolioView, Fault> {
    Ok(PortfolioView {
        item: item(row),
        spec: serde_json::from_str(&row.spec)?,
        done,
        failure,
        summary: store::summary_of(row)?,
    })
}
