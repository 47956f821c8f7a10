//! The pure rules of model versions: what a version holds, what is wrong with it, what differs, who may do what with it.

mod check;
mod content;
mod diff;
mod lifecycle;
mod platform;

pub use check::{ContentProblem, problems};
pub use content::{
    CostParameters, DiscountBuildUp, DiscountMethod, IndustryParameters, LifeParameters,
    LiquidationParameters, MethodWeights, ModelContent, OptionParameters, Overlay, OverrideLimits,
    Parameters, PilotBound, RoyaltySource, Stored, SuccessParameters, TaxParameters, Validity, hash_of,
};
pub use diff::{ContentDifference, diff};
pub use lifecycle::{ChampionChange, Hands, ModelAct, ModelRole, ModelStatus, Refusal};
