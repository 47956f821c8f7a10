//! The service over its router, each test on a database of its own.

#[cfg(test)]
#[cfg(test)]
mod applications;
#[cfg(test)]
#[cfg(test)]
mod bench;
#[cfg(test)]
mod facility;
