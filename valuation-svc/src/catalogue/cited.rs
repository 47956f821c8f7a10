//! How often a patent is cited, by its record: all documents, and those within a window after publication.

use chrono::NaiveDate;

use super::PatentRecord;
use crate::scoring::model::{
    CITATION_YEARS,
    evidence::{Cited, Counted, forward_within},
};

impl PatentRecord {
    /// 被引证次数: the documents that are listed as citing it, each once, and never fewer than its source states. The one
    /// count, for pages and lists; scores read [`PatentRecord::early_citations`].
    #[must_use]
    pub fn forward_citations(&self) -> Option<u32> {
        self.facts.forward_citations.max(self.listed_forward)
    }

    /// The day from which citations count: publication, else grant, else filing.
    #[must_use]
    pub fn citable_from(&self) -> Option<NaiveDate> {
        self.facts.publication_date.or(self.facts.grant_date).or(self.facts.filing_date)
    }

    /// The citations within `years` of publication, as seen on a day, with what the count rests on.
    #[must_use]
    pub fn citations_within(&self, years: u32, on: NaiveDate) -> Option<Counted> {
        let cited = Cited { on: &self.listed_forward_on, total: self.forward_citations() };
        forward_within(self.citable_from(), cited, years, on)
    }

    /// The citations within five years of publication, which patents of any age are compared by.
    #[must_use]
    pub fn early_citations(&self, on: NaiveDate) -> Option<Counted> {
        self.citations_within(CITATION_YEARS, on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalogue::patent::PatentFacts,
        scoring::model::{LeafBasis, LeafCode, evidence::Basis},
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_score_reads_the_citations_of_the_first_five_years_however_many_came_later() {
        let facts = PatentFacts { publication_date: Some(day("2010-06-01")), ..PatentFacts::default() };
        let mut record = PatentRecord::of(facts, "test");
        record.listed_forward = Some(4);
        record.listed_forward_on = ["2011-01-01", "2015-06-01", "2015-06-02", "2024-01-01"].map(day).to_vec();
        let on = day("2026-01-01");
        let read = |record: &PatentRecord| LeafCode::T11.read(&record.scoring_facts(on), on);
        assert_eq!(read(&record), Some((2.0, LeafBasis::Recorded)));
        assert_eq!(record.forward_citations(), Some(4), "pages count them all");
        assert_eq!(record.citations_within(7, on).map(|one| one.count), Some(3));
        // Two more that nobody dates count as if within the window, and the leaf says so.
        record.facts.forward_citations = Some(6);
        assert_eq!(read(&record), Some((4.0, LeafBasis::Derived)));
        assert_eq!(record.early_citations(on).map(|one| one.basis), Some(Basis::PartlyDated));
        record.facts.publication_date = Some(day("2023-06-01"));
        assert_eq!(read(&record).map(|(_, basis)| basis), Some(LeafBasis::Derived), "the window is open");
        assert_eq!(read(&PatentRecord::default()), None, "nothing is known");
    }
}
