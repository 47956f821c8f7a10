//! insurance-svc over its router, on every database that is here.

#[cfg(test)]
mod claiming;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod setting;
#[cfg(test)]
mod story;
#[cfg(test)]
mod underwriting;
