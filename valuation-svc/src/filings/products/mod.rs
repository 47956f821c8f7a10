//! Products made under patents (专利产品备案): what is made, by whom, under which claims of which patents, and what it sells;
//! and their recognition as patent-intensive (专利密集型产品认定). A filing is changed by a newer version, and what stood before
//! is kept; what is recognised is told with the criteria and their evidence.
//!
//! | step | decided by | done by |
//! |---|---|---|
//! | filing, changing, withdrawing | `model/filing.rs` | `file.rs` |
//! | recognition, its end | `model/recognition.rs` | `recognise.rs` |
//! | which sales a pledge may rest on | `model/sales.rs` | `sales.rs` |
//!
//! Whoever filed sees it whole, and so does the regulator; with a patent everybody sees which products are made under it. Who
//! values it for a pledge is told the step that its sales reach (`valuations/model/revenue_bound.rs`).
//! Rows: `store.rs`; routes: `api.rs`, the list: `listing.rs`; answers: `view.rs`; refusals: `problems.rs`.

pub(crate) mod api;
mod file;
mod listing;
pub mod model;
mod problems;
mod recognise;
mod sales;
mod store;
mod view;

pub(crate) use sales::{last_confirmed_revenue, last_revenue};
