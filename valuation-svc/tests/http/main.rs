//! The service over its router, on every database that is here.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod drawn;
#[cfg(test)]
mod evaluation;
#[cfg(test)]
mod filings;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod listings;
#[cfg(test)]
mod matching;
#[cfg(test)]
mod models;
#[cfg(test)]
mod overrides;
#[cfg(test)]
mod owners;
#[cfg(test)]
mod patents;
#[cfg(test)]
mod pledged;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod scoring;
#[cfg(test)]
mod stocktake;
#[cfg(test)]
mod timeline;
#[cfg(test)]
mod triggers;
#[cfg(test)]
mod valuations;
