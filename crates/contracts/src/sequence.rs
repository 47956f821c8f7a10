//! Ids in the order of their making, also within one millisecond.
//!
//! A transaction gives all its rows one instant. Were their ids random below it, the rows of a batch would fall between
//! each other in every index; ascending, each goes to the end.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Bits of an id below its millisecond, its version and its variant.
const FREE: u128 = (1 << 74) - 1;
/// An instant's first id leaves the upper half of them for those that follow.
const FIRST: u128 = FREE >> 1;
/// An id lies at most this far above the one before: far enough that nobody guesses it.
const STEP: u128 = (1 << 40) - 1;
/// The upper part of the free bits has 12, the lower part this many.
const LOWER: u32 = 62;

/// Instants that are told apart; two of them that share a place begin anew, which costs nothing but the order.
const INSTANTS: usize = 1 << PLACE_BITS;
const PLACE_BITS: u32 = 10;
/// 2^64 over the golden ratio: instants that are whole days or seconds apart fall on places of their own (Knuth, The Art
/// of Computer Programming, volume 3, 6.4).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// The last id of an instant: its millisecond and its free bits.
static LAST: [Mutex<(u64, u128)>; INSTANTS] = [const { Mutex::new((0, 0)) }; INSTANTS];

/// An id made at the instant given, above those made at it before: UUID version 7, RFC 9562, 6.2 method 2.
pub(crate) fn id(now: DateTime<Utc>) -> Uuid {
    let instant = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    let random = Uuid::new_v4().as_u128();
    let random = ((random >> 80) << LOWER) | (random & (FREE >> 12));
    let place = instant.wrapping_mul(SPREAD) >> (u64::BITS - PLACE_BITS);
    let free = usize::try_from(place).ok().and_then(|place| LAST.get(place)).map_or(random & FIRST, |last| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        let next = last.1 + 1 + (random & STEP);
        *last = (instant, if last.0 == instant && next <= FREE { next } else { random & FIRST });
        last.1
    });
    let (upper, lower) = (free >> LOWER, free & (FREE >> 12));
    Uuid::from_u128((u128::from(instant) << 80) | (7 << 76) | (upper << 64) | (2 << LOWER) | lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_instant_ascend_and_are_ids_of_version_seven() {
        let now: DateTime<Utc> = "2026-11-24T09:00:00.123456Z".parse().unwrap();
        let ids: Vec<Uuid> = (0..10_000).map(|_| id(now)).collect();
        assert!(ids.is_sorted_by(|before, after| before < after));
        for one in ids {
            assert_eq!((one.get_version_num(), one.get_variant()), (7, uuid::Variant::RFC4122));
            assert_eq!(one.as_u128() >> 80, u128::try_from(now.timestamp_millis()).unwrap());
        }
    }

    #[test]
    fn ids_of_one_instant_ascend_beside_those_of_days_before_it() {
        let now: DateTime<Utc> = "2026-11-24T09:00:00Z".parse().unwrap();
        let before = now - chrono::TimeDelta::days(1);
        let ids: Vec<Uuid> = (0..100)
            .map(|_| {
                id(before);
                id(now)
            })
            .collect();
        assert!(ids.is_sorted_by(|before, after| before < after));
    }

    #[test]
    fn ids_of_a_later_instant_stand_above_those_of_an_earlier_one() {
        let early: DateTime<Utc> = "2026-11-24T09:00:00Z".parse().unwrap();
        let late = early + chrono::TimeDelta::milliseconds(1);
        for _ in 0..100 {
            assert!(id(late) > id(early));
        }
    }
}
