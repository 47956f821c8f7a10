//! The console over its router, against a stand-in for the API.

#[cfg(test)]
mod adjusting;
#[cfg(test)]
mod adjustment_samples;
#[cfg(test)]
mod books;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod catalogue_samples;
#[cfg(test)]
mod examining;
#[cfg(test)]
mod fake_api;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod home;
#[cfg(test)]
mod lending;
#[cfg(test)]
mod lending_samples;
#[cfg(test)]
mod line_samples;
#[cfg(test)]
mod lines;
#[cfg(test)]
mod matching;
#[cfg(test)]
mod matching_samples;
#[cfg(test)]
mod models;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod patent_life;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod recovery_samples;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod registers;
#[cfg(test)]
mod report_samples;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod risk;
#[cfg(test)]
mod risk_samples;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod score_samples;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod stocktake;
#[cfg(test)]
mod stocktake_samples;
#[cfg(test)]
mod supervision;
#[cfg(test)]
mod supervision_samples;
#[cfg(test)]
mod trials;
#[cfg(test)]
mod versions;
