//! The pure rules of model versions: what a version holds, what is wrong with it, what differs, who may do what with it.

mod check;
mod content;
mod diff;
mod lifecycle;
mod methods;
mod platform;

pub use check::{CONTENT_BYTES_MAX, ContentProblem, problems};
pub use content::{
    CostParameters, DiscountBuildUp, DiscountMethod, IndustryParameters, LifeParameters,
    LiquidationParameters, ModelContent, OptionParameters, Overlay, OverrideLimits, Parameters, PilotBound,
    RoyaltySource, Stored, SuccessParameters, TaxParameters, Validity, hash_of,
};
pub use diff::{ContentDifference, diff};
pub use lifecycle::{ChampionChange, Hands, ModelAct, ModelRole, ModelStatus, Refusal, Term};
pub use methods::{MethodWeights, SimulationParameters};
