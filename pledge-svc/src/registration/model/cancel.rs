//! Cancelling a registered pledge: only when nothing is owed that it secures, or when every patent under it was sold for
//! that debt. One that is not registered yet is withdrawn instead.

use std::collections::BTreeSet;

use contracts::PatentId;
use finance::Money;

use super::{Pledge, PledgeStatus, Refusal};

/// What is owed that a pledge secures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owing {
    /// Principal outstanding.
    pub outstanding: Money,
    /// The numbers of loans on the books that are not repaid, be it of interest, penalty or fees alone.
    pub loans: Vec<String>,
    /// The numbers of open cases, those of loans taken off the books among them.
    pub cases: Vec<String>,
}

/// Whether the cancellation of a pledge may be filed. `sold` are the patents that were sold under it.
///
/// # Errors
/// Not registered, something filed already, or anything owed that it secures while patents are left under it.
pub fn cancel(pledge: &Pledge, owing: &Owing, sold: &BTreeSet<PatentId>) -> Result<(), Refusal> {
    if pledge.status != PledgeStatus::Registered {
        return Err(Refusal::NotInStatus { status: pledge.status });
    }
    if let Some(filing) = pledge.filing.as_ref().filter(|filing| filing.state.is_open()) {
        return Err(Refusal::FilingOpen { kind: filing.kind });
    }
    // A price was paid for what was pledged: the buyer gets it free of the pledge (Civil Code, articles 436 and 446).
    if pledge.held().all(|one| sold.contains(&one.patent_id)) {
        return Ok(());
    }
    if owing.outstanding.is_positive() {
        return Err(Refusal::StillSecured { outstanding: owing.outstanding });
    }
    if owing.loans.is_empty() && owing.cases.is_empty() {
        return Ok(());
    }
    Err(Refusal::StillOwed { loans: owing.loans.clone(), cases: owing.cases.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::model::samples::{fen, patent_id, registered, submitted};

    fn nothing() -> Owing {
        Owing::default()
    }

    #[test]
    fn a_registered_pledge_stays_while_a_fen_is_outstanding() {
        let none = BTreeSet::new();
        let one = Owing { outstanding: fen(1), ..nothing() };
        assert_eq!(cancel(&registered(), &one, &none), Err(Refusal::StillSecured { outstanding: fen(1) }));
        assert_eq!(cancel(&registered(), &nothing(), &none), Ok(()));
    }

    #[test]
    fn interest_alone_or_a_case_that_is_open_holds_the_pledge() {
        let none = BTreeSet::new();
        let interest = Owing { loans: vec!["L1".into()], ..nothing() };
        assert!(matches!(cancel(&registered(), &interest, &none), Err(Refusal::StillOwed { .. })));
        let off_the_books = Owing { cases: vec!["DC1".into()], ..nothing() };
        assert_eq!(
            cancel(&registered(), &off_the_books, &none),
            Err(Refusal::StillOwed { loans: vec![], cases: vec!["DC1".into()] })
        );
    }

    #[test]
    fn what_was_sold_under_a_pledge_is_let_go_of_though_the_debt_is_not_paid() {
        let one = Owing { outstanding: fen(1), loans: vec!["L1".into()], cases: vec!["DC1".into()] };
        let all: BTreeSet<_> = [patent_id(1), patent_id(2)].into();
        assert_eq!(cancel(&registered(), &one, &all), Ok(()));
        let half: BTreeSet<_> = [patent_id(1)].into();
        assert!(cancel(&registered(), &one, &half).is_err(), "a patent is left under it");
    }

    #[test]
    fn only_what_is_registered_is_cancelled_and_only_once() {
        let none = BTreeSet::new();
        let early = cancel(&submitted().pledge, &nothing(), &none);
        assert_eq!(early, Err(Refusal::NotInStatus { status: PledgeStatus::Submitted }));
        let gone = Pledge { status: PledgeStatus::Cancelled, ..registered() };
        assert_eq!(
            cancel(&gone, &nothing(), &none),
            Err(Refusal::NotInStatus { status: PledgeStatus::Cancelled })
        );
    }
}
