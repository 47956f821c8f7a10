//! The portfolio: figures and lists of every bank, read from the read model and nothing else.
//!
//! Where is …?
//! - ratios, concentration, spreads, series by month: [`model`]; the database's sums: [`figures`], [`flows`]
//! - the market at a glance: [`overview`], put together in [`market`]; tiers, stages and provisions in it: [`risk`];
//!   totals for reconciliation: [`totals`]
//! - disposals, fund use and remaining cover, appeals by bank: [`recoveries`], summed in [`recovery_sums`]; their lists:
//!   [`disposals`], [`funds`], [`fund_agreements`], [`appeals`]
//! - lists: [`facilities`], [`loans`], [`applications`], [`pledges`], [`policies`], [`valuations`], [`revaluations`],
//!   [`deviations`], [`events`]; what they share, the audited look among it: [`desk`], [`computed`]

mod appeals;
mod applications;
mod computed;
mod desk;
mod deviations;
mod disposals;
mod events;
mod facilities;
mod figures;
mod flows;
mod fund_agreements;
mod funds;
mod loans;
mod market;
mod model;
mod newest;
mod overview;
mod pledges;
mod policies;
mod recoveries;
mod recovery_sums;
mod revaluations;
mod risk;
mod totals;
mod valuations;

use http_kit::Api;
use identity::Permission;
use utoipa_axum::routes;

pub(crate) use computed::page_of;
pub(crate) use desk::{exported, table};
pub(crate) use figures::exposures;
pub(crate) use model::spread::median;
pub(crate) use newest::{Newest, Which, newest_valuations};
pub use totals::{BankTotals, FacilityTotals, RecoveryTotals, Totals, recovery_totals, totals};

use crate::state::App;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    const READ: Permission = Permission::PortfolioRead;
    Api::new()
        .route(READ, routes!(overview::overview))
        .route(READ, routes!(facilities::list))
        .route(READ, routes!(facilities::export))
        .route(READ, routes!(facilities::detail))
        .route(READ, routes!(loans::list))
        .route(READ, routes!(loans::export))
        .route(READ, routes!(loans::detail))
        .route(READ, routes!(applications::list))
        .route(READ, routes!(applications::export))
        .route(READ, routes!(pledges::list))
        .route(READ, routes!(pledges::export))
        .route(READ, routes!(policies::list))
        .route(READ, routes!(policies::export))
        .route(READ, routes!(valuations::list))
        .route(READ, routes!(valuations::export))
        .route(READ, routes!(revaluations::list))
        .route(READ, routes!(revaluations::export))
        .route(READ, routes!(deviations::list))
        .route(READ, routes!(deviations::export))
        .route(READ, routes!(recoveries::recoveries))
        .route(READ, routes!(recoveries::export))
        .route(READ, routes!(disposals::list))
        .route(READ, routes!(disposals::export))
        .route(READ, routes!(disposals::detail))
        .route(READ, routes!(funds::list))
        .route(READ, routes!(funds::movements))
        .route(READ, routes!(funds::export_movements))
        .route(READ, routes!(fund_agreements::list))
        .route(READ, routes!(fund_agreements::export))
        .route(READ, routes!(fund_agreements::detail))
        .route(READ, routes!(appeals::list))
        .route(READ, routes!(appeals::export))
        .route(READ, routes!(events::list))
}
