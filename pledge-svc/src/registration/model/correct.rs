//! Correcting what the register found deficient: it gets the papers anew, and its time starts again.

use chrono::NaiveDate;
use finance::WorkingDays;

use super::{Change, Filing, FilingState, PledgeContract, Refusal, clock};
use crate::applications::FindingCode;

/// What the parties correct; what is not named stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Correction {
    /// The contract, restated.
    pub contract: Option<PledgeContract>,
    /// The change, restated.
    pub change: Option<Change>,
    /// What the parties declare besides what they declared before.
    pub declarations: Vec<FindingCode>,
    /// Their words to the register.
    pub note: String,
}

/// Corrects a deficient filing on a day.
///
/// # Errors
/// No correction was asked for.
pub fn correct(filing: Filing, correction: Correction, on: NaiveDate) -> Result<Filing, Refusal> {
    if filing.state != FilingState::Deficient {
        return Err(Refusal::NotDeficient { state: filing.state });
    }
    let mut papers = filing.papers;
    papers.contract = correction.contract.or(papers.contract);
    papers.change = correction.change.or(papers.change);
    papers.note = Some(correction.note);
    for declared in correction.declarations {
        if !papers.declarations.contains(&declared) {
            papers.declarations.push(declared);
        }
    }
    Ok(Filing {
        state: FilingState::Corrected,
        papers,
        clock_from: Some(on),
        due_on: Some(clock::due(on, filing.online, WorkingDays::china())),
        deficiency: None,
        // What was confirmed is not what is filed now.
        confirmed_by: None,
        confirmed_at: None,
        corrections: filing.corrections + 1,
        version: filing.version + 1,
        ..filing
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::model::samples::{accepted, day, deficient};

    #[test]
    fn a_correction_is_answered_in_the_registers_full_time_again() {
        let filing = deficient().filing;
        assert_eq!((filing.due_on, filing.clock_from), (None, None), "it is the parties' turn");
        let correction = Correction {
            declarations: vec![FindingCode::CoOwned],
            note: "已补充".into(),
            ..Correction::default()
        };
        let corrected = correct(filing, correction, day("2026-11-30")).unwrap();
        assert_eq!((corrected.state, corrected.corrections), (FilingState::Corrected, 1));
        assert_eq!(corrected.due_on, Some(day("2026-12-02")));
        assert_eq!(corrected.papers.declarations, [FindingCode::CoOwned]);
        assert!(corrected.papers.contract.is_some(), "what is not restated stays");
    }

    #[test]
    fn what_is_not_deficient_is_not_corrected() {
        let refused = correct(accepted().filing, Correction::default(), day("2026-11-30"));
        assert_eq!(refused, Err(Refusal::NotDeficient { state: FilingState::Accepted }));
    }
}
