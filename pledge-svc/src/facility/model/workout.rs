//! Members in workout at the line's bank: with a loan restructured and under observation, in a disposal case, or written
//! off. Such a member draws no more, whatever its class and on whichever line it owes, until people let it go on. One that
//! is merely overdue is stopped at the draw (`draw.rs`), and goes on once it has paid.

use contracts::OrgId;

use super::{
    Member, MemberStatus,
    triggers::{TriggerKind, Tripped},
};

/// How a member stands at the line's bank, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Workout {
    /// 重组观察期: restructured, and the observation is not over
    Observed,
    /// 处置中: a case is open
    InCase,
    /// 已核销: off the books, the claim kept
    WrittenOff,
}

impl Workout {
    const ALL: [Self; 3] = [Self::Observed, Self::InCase, Self::WrittenOff];

    /// Its number: the larger, the worse.
    #[must_use]
    pub const fn number(self) -> i32 {
        match self {
            Self::Observed => 1,
            Self::InCase => 2,
            Self::WrittenOff => 3,
        }
    }

    /// The standing of this number.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.number() == number)
    }

    /// Why the member stops: 中文, English.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Observed => ("有贷款重组后尚在观察期", "has a restructured loan under observation"),
            Self::InCase => ("有贷款在处置案件中", "has a loan in a disposal case"),
            Self::WrittenOff => ("有贷款已核销", "has a loan that was written off"),
        }
    }
}

/// The members whom workout stops: `standing` is how those of them stand who are in it.
#[must_use]
pub fn members_in_workout(standing: &[(OrgId, Workout)], members: &[Member]) -> Vec<Tripped> {
    let stopped = standing.iter().filter_map(|(enterprise, workout)| {
        let place = members
            .iter()
            .find(|member| member.enterprise_id == *enterprise && member.status != MemberStatus::Left)?;
        let (zh, en) = workout.words();
        Some(Tripped {
            kind: TriggerKind::MemberWorkout,
            member: Some(*enterprise),
            severity: workout.number().into(),
            zh: format!("{} 在本行{zh}，暂停用信。", place.enterprise_name),
            en: format!("{} {en} at the bank and draws no more.", place.enterprise_name),
        })
    });
    stopped.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facility::model::{
        samples::member,
        triggers::{TriggerState, is_news},
    };

    #[test]
    fn a_member_in_workout_is_stopped_with_the_worst_reason_named() {
        let one = member(500, 100, 0);
        let of = |workout| members_in_workout(&[(one.enterprise_id, workout)], std::slice::from_ref(&one));
        for workout in Workout::ALL {
            let found = of(workout);
            assert_eq!((found.len(), found[0].member), (1, Some(one.enterprise_id)));
            assert_eq!(found[0].kind, TriggerKind::MemberWorkout);
            assert!(found[0].zh.contains(&one.enterprise_name) && found[0].en.contains(&one.enterprise_name));
            assert_eq!(Workout::from_number(workout.number()), Some(workout));
        }
        let left = Member { status: MemberStatus::Left, ..member(500, 0, 0) };
        assert!(members_in_workout(&[(left.enterprise_id, Workout::InCase)], &[left]).is_empty());
        assert!(members_in_workout(&[], std::slice::from_ref(&one)).is_empty());
    }

    #[test]
    fn whom_people_let_go_on_while_observed_is_stopped_again_by_a_case() {
        let one = member(500, 100, 0);
        let of = |workout| {
            members_in_workout(&[(one.enterprise_id, workout)], std::slice::from_ref(&one)).remove(0)
        };
        let waived = Some((TriggerState::Waived, of(Workout::Observed).severity));
        assert!(!is_news(&of(Workout::Observed), waived));
        assert!(is_news(&of(Workout::InCase), waived));
    }
}
