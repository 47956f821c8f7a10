//! The console over its router, against a stand-in for the API.

#[cfg(test)]
mod browser;
#[cfg(test)]
mod fake_api;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod sessions;
