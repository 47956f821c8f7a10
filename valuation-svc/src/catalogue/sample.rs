//! A small sample of real patents, shipped with the program so that a fresh installation has something true to show.
//! Where it comes from stands in `data/sample-real.md`.

use super::{
    import::{self, ImportProblem},
    record::PatentRecord,
};

/// The sample as it is in the file of the exporting database.
const FILE: &[u8] = include_bytes!("../../data/sample-real.csv");

/// The real patents of the sample.
///
/// # Errors
/// The file does not read: it was damaged when the program was built. A test holds that it does.
pub fn sample_real() -> Result<Vec<PatentRecord>, ImportProblem> {
    Ok(import::read(FILE, None)?.into_parts().0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_sample_is_a_real_patent() {
        let (records, refused) = import::read(FILE, None).unwrap().into_parts();
        assert!(refused.is_empty(), "{refused:?}");
        assert!(records.len() >= 20);
        assert!(records.iter().all(|record| !record.generated && !record.source.is_empty()));
        assert_eq!(sample_real().unwrap(), records);
    }
}
