//! Matching (供需匹配): full-text search over the catalogue, what enterprises look for, which patents fit a need and who may
//! want a patent, and patents proposed with what becomes of them. It judges no patent's worth, and a stocktake or market
//! evaluation is the affair of its own subject.
//!
//! | what | decided by | done by |
//! |---|---|---|
//! | words of a text, snippets | `model/segment.rs`, `model/snippet.rs` | the index's tokenizer, `search.rs` |
//! | what is found | BM25 over weighted fields, `index/query.rs` | `search.rs`, `suggest.rs` |
//! | what may be offered | `model/available.rs` | `standing.rs` |
//! | who stands where, and why | `model/compare.rs`, `model/rank.rs`, `model/reasons.rs` | `suggest.rs` |
//! | stating, changing, closing a need | `model/need.rs` | `state_need.rs` |
//! | proposing a patent | `model/proposal.rs` | `propose.rs` |
//! | accepting, declining, following up | `model/proposal.rs` | `answer.rs` |
//!
//! The index is derived data of each process (`index/`); rows: `store/`, `migrations.rs`; routes: `search.rs`, `need_api.rs`,
//! `match_api.rs`, lists and files: `need_list.rs`, `match_list.rs`, answers: `view.rs`; refusals: `problems.rs`; who is known
//! as an enterprise: `enterprises.rs`. How good the ranking is: `quality_tests.rs` over `data/matching/`, figures in
//! docs/matching.md.

mod answer;
mod enterprises;
pub mod index;
mod match_api;
mod match_list;
mod migrations;
pub mod model;
mod need_api;
mod need_list;
mod problems;
mod propose;
#[cfg(test)]
mod quality_tests;
mod search;
mod standing;
mod state_need;
mod store;
mod suggest;
mod view;

use std::sync::Arc;

use http_kit::{Api, Worker, config::ConfigError};
use index::{Place, SearchIndex};
pub use migrations::MatchingTables;
use model::{proposal::MatchLimits, rank::Weights};
use tx_kit::Db;

use crate::state::App;

/// How matching is set up.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where the search index is kept.
    pub place: Place,
    /// How much may be proposed.
    pub limits: MatchLimits,
    /// What the ranking weighs where a caller names nothing else.
    pub weights: Weights,
}

impl Settings {
    /// As the process is set up, with the search index in a folder of its own inside its data folder.
    ///
    /// # Errors
    /// One sentence where the weights do not read.
    pub fn by(settings: &http_kit::config::Settings) -> Result<Self, ConfigError> {
        let weights = match &settings.match_weights {
            None => Weights::default(),
            Some(text) => Weights::parse(text).map_err(|_| {
                ConfigError(
                    "IPF_MATCH_WEIGHTS does not read: write text:0.5,ipc:0.3 with one above nought".into(),
                )
            })?,
        };
        Ok(Self {
            place: Place::Folder(settings.data.join("valuation-search")),
            limits: MatchLimits {
                per_institute_a_day: settings.proposals_per_institute_a_day,
                per_enterprise_a_day: settings.proposals_per_enterprise_a_day,
            },
            weights,
        })
    }
}

/// What the handlers of matching share.
pub struct Matching {
    /// The search index of this process.
    pub index: Arc<SearchIndex>,
    /// How much may be proposed.
    pub limits: MatchLimits,
    /// The ranking's weights.
    pub weights: Weights,
}

impl Matching {
    /// Set up. Nothing is opened yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let Settings { place, limits, weights } = settings;
        Self { index: Arc::new(SearchIndex::new(place)), limits, weights }
    }
}

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .merge(search::routes())
        .merge(need_api::routes())
        .merge(need_list::routes())
        .merge(match_api::routes())
        .merge(match_list::routes())
}

/// The worker that keeps the search index beside the catalogue.
pub(crate) fn worker(matching: &Matching, db: &Db) -> Worker {
    let (index, db) = (Arc::clone(&matching.index), db.clone());
    Worker::new("valuation.search", move |stop| index::run(index, db, stop))
}
