pub mod appraisal;
pub mod catalogue;
pub mod scoring;
