//! What the books still miss about a policy: premium earned up to the last month's end, and its end.

use chrono::NaiveDate;
use finance::{Money, MoneyError};

use super::Cover;
use crate::quotes::model::term::last_month_end;

/// What is to be posted for a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Earned up to and with this day …
    pub through: NaiveDate,
    /// … and not yet posted.
    pub earned: Money,
    /// Whether cover is over, so that nothing follows.
    pub ended: bool,
}

/// What is due today for a policy whose earnings are posted through a day; `None`: nothing.
///
/// # Errors
/// [`MoneyError::Overflow`] beyond the range.
pub fn due(
    cover: &Cover,
    posted: Money,
    posted_through: NaiveDate,
    today: NaiveDate,
) -> Result<Option<Due>, MoneyError> {
    let ended = cover.last_day() < today;
    let through = if ended { Some(cover.last_day()) } else { last_month_end(today) };
    let Some(through) = through.filter(|through| ended || *through > posted_through) else { return Ok(None) };
    let earned = cover.split(through)?.earned.saturating_sub(posted);
    Ok(Some(Due { through: through.max(posted_through), earned, ended }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn premium_is_posted_month_by_month_and_in_full_at_the_end() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let cover = Cover {
            premium: "10000.00".parse().unwrap(),
            starts_on: day("2025-03-01"),
            ends_on: day("2026-02-28"),
            cancelled_from: None,
        };
        assert_eq!(due(&cover, Money::ZERO, day("2025-02-28"), day("2025-03-20")).unwrap(), None);
        let december = due(&cover, Money::ZERO, day("2025-02-28"), day("2026-01-10")).unwrap().unwrap();
        assert_eq!((december.through, december.earned.to_string().as_str()), (day("2025-12-31"), "8383.56"));
        let end = due(&cover, december.earned, december.through, day("2026-03-01")).unwrap().unwrap();
        assert_eq!((end.ended, end.earned.to_string().as_str()), (true, "1616.44"));
    }
}
