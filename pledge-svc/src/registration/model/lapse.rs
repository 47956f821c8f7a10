//! What becomes of a filing that the parties did not correct in time: it counts as withdrawn (专利权质押登记办法, CNIPA
//! Announcement 461 of 2021: 期满未补正的，视为撤回). An office outside says so itself.

use chrono::NaiveDate;

use super::{Answer, Filing, FilingState, Refusal};

/// The last day for the correction, while one is wanted by a day.
fn wanted_by(filing: &Filing) -> Option<NaiveDate> {
    if filing.state != FilingState::Deficient {
        return None;
    }
    filing.deficiency.as_ref().and_then(|one| one.answer_by)
}

/// The register's answer to a filing whose last day for the correction is over; `None` where it is not.
#[must_use]
pub fn lapsed(filing: &Filing, on: NaiveDate) -> Option<Answer> {
    wanted_by(filing).filter(|day| *day < on).map(|_| Answer::Withdrawn)
}

/// A correction may still be brought on this day.
///
/// # Errors
/// [`Refusal::CorrectionLate`]
pub fn in_time(filing: &Filing, on: NaiveDate) -> Result<(), Refusal> {
    match wanted_by(filing).filter(|day| *day < on) {
        Some(until) => Err(Refusal::CorrectionLate { until }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::model::{
        Deficiency,
        samples::{accepted, day, deficient},
    };

    fn wanted(by: Option<&str>) -> Filing {
        let filing = deficient().filing;
        let asked = filing.deficiency.clone().unwrap();
        Filing { deficiency: Some(Deficiency { answer_by: by.map(day), ..asked }), ..filing }
    }

    #[test]
    fn the_last_day_is_in_time_and_the_day_after_is_not() {
        let filing = wanted(Some("2026-12-10"));
        assert_eq!((lapsed(&filing, day("2026-12-10")), in_time(&filing, day("2026-12-10"))), (None, Ok(())));
        assert_eq!(lapsed(&filing, day("2026-12-11")), Some(Answer::Withdrawn));
        let late = Refusal::CorrectionLate { until: day("2026-12-10") };
        assert_eq!(in_time(&filing, day("2026-12-11")), Err(late));
    }

    #[test]
    fn what_is_wanted_by_no_day_or_is_not_wanted_never_lapses() {
        assert_eq!(lapsed(&wanted(None), day("2099-01-01")), None);
        assert_eq!(lapsed(&accepted().filing, day("2099-01-01")), None);
    }
}
