//! The pure measures of a back-test: how near the values came to what was realised, how well the scores told defaults
//! apart, and whether the scores have drifted. The same observations give the same figures.

mod accuracy;
mod discrimination;
pub mod realisation;
mod report;
mod stability;

pub use accuracy::{Accuracy, accuracy, spearman};
pub use discrimination::{Discrimination, RocPoint, discrimination};
pub use realisation::RealisationKind;
pub use report::{
    AccuracyReport, BacktestReport, ChallengerReport, DefaultObservation, DiscriminationReport, Observations,
    PsiBandReport, RealisedObservation, SideFigures, StabilityReport, report,
};
pub use stability::{PsiBand, PsiReading, Stability, stability};
