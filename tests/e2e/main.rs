//! The whole suite through its gateway: stories, the access matrix, faults; in one process and as separate ones.

#[cfg(test)]
mod exports;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod guarantee;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod processes;
#[cfg(test)]
mod revaluation;
#[cfg(test)]
mod starts;
#[cfg(test)]
mod story;
#[cfg(test)]
mod tenants;
#[cfg(test)]
mod world;
