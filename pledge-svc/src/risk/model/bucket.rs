//! Bands of days overdue, cut where the classification turns.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A band of days overdue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum Bucket {
    /// 未逾期
    #[serde(rename = "current")]
    Current,
    /// 1–30 天
    #[serde(rename = "1_30")]
    UpTo30,
    /// 31–90 天
    #[serde(rename = "31_90")]
    UpTo90,
    /// 91–270 天
    #[serde(rename = "91_270")]
    UpTo270,
    /// 271–360 天
    #[serde(rename = "271_360")]
    UpTo360,
    /// 361 天及以上
    #[serde(rename = "361_up")]
    Beyond360,
}

impl Bucket {
    /// Every band, best first.
    pub const ALL: [Self; 6] =
        [Self::Current, Self::UpTo30, Self::UpTo90, Self::UpTo270, Self::UpTo360, Self::Beyond360];

    /// The first and the last day of the band.
    #[must_use]
    pub const fn days(self) -> (i64, i64) {
        match self {
            Self::Current => (0, 0),
            Self::UpTo30 => (1, 30),
            Self::UpTo90 => (31, 90),
            Self::UpTo270 => (91, 270),
            Self::UpTo360 => (271, 360),
            Self::Beyond360 => (361, i64::MAX),
        }
    }

    /// The band of a number of days.
    #[must_use]
    pub fn of(days: i64) -> Self {
        Self::ALL.into_iter().find(|band| days <= band.days().1).unwrap_or(Self::Beyond360)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_follow_each_other_without_a_gap() {
        let mut next = 0;
        for band in Bucket::ALL {
            let (first, last) = band.days();
            assert_eq!(first, next);
            assert_eq!((Bucket::of(first), Bucket::of(last)), (band, band));
            next = last.saturating_add(1);
        }
    }
}
