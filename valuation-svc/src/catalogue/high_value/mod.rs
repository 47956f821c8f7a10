//! Whether a patent is a high-value invention patent by the statistical definition (国家知识产权局, 高价值发明专利 of the
//! 14th Five-Year Plan): an invention in force that meets one of five criteria. Each is answered with its evidence, and with
//! "not known" where nobody says, and with how well its way of counting is confirmed. It values nothing.
//!
//! Where is …? The rule: [`model`]; looking up the evidence and the route: `api.rs`.

pub(crate) mod api;
pub mod model;
