use contracts::OrgId;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::catalogue::{
    patent::PatentKind,
    timeline::model::{LicenceKind, Refusal, Subject, Told, may_record},
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn patent() -> PatentFacts {
    PatentFacts {
        publication_number: "CN110000001B".into(),
        jurisdiction: "CN".into(),
        kind: PatentKind::Invention,
        applicants: vec!["甲公司".into(), "某大学".into()],
        filing_date: Some(day("2015-06-03")),
        expiry_date: Some(day("2035-06-03")),
        ..PatentFacts::default()
    }
}

fn stood() -> Settled {
    Settled {
        legal_status: LegalStatus::Granted,
        grant_date: Some(day("2018-01-09")),
        annuities_paid_to: Some(day("2026-06-02")),
        owner: Some(OrgId::from_uuid(Uuid::from_u128(9))),
        transfers: Some(0),
        licences: Some(0),
        ..Settled::default()
    }
}

fn entry(seq: i64, on: &str, happening: Happening) -> Entry {
    let id = LegalEventId::from_uuid(Uuid::from_u128(u128::try_from(seq).unwrap()));
    Entry { id, seq, happened_on: day(on), happening, supersedes: None }
}

fn correction(seq: i64, of: &Entry, on: &str, happening: Happening) -> Entry {
    Entry { supersedes: Some(of.id), ..entry(seq, on, happening) }
}

fn settled(entries: &[Entry]) -> Settled {
    fold(&patent(), stood(), entries)
}

fn may(entries: &[Entry], new: &Entry) -> Result<(), Refusal> {
    let (patent, base) = (patent(), stood());
    may_record(Subject { patent: &patent, base: &base, entries }, new)
}

fn lapsed() -> Happening {
    Happening::Lapsed { cause: LapseCause::AnnuityUnpaid }
}

fn sold(to: &str) -> Happening {
    Happening::Transferred { from: vec!["甲公司".into()], to: vec![to.into()], to_organisation: None }
}

fn attacked() -> Happening {
    Happening::DisputeOpened { dispute: DisputeKind::Invalidation, reference: None, by: None }
}

fn decided(outcome: DisputeOutcome) -> Happening {
    Happening::DisputeClosed { dispute: DisputeKind::Invalidation, outcome, reference: None }
}

#[test]
fn things_count_by_the_day_on_which_they_happened_however_late_they_are_recorded() {
    let restored = entry(1, "2026-08-01", Happening::Restored);
    let before = entry(2, "2026-05-01", lapsed());
    assert_eq!(settled(&[restored, before.clone()]).legal_status, LegalStatus::Granted);
    assert_eq!(settled(&[before]).legal_status, LegalStatus::Lapsed);
}

#[test]
fn a_newer_file_is_over_what_was_recorded_before_and_under_what_is_recorded_after() {
    let gone = entry(1, "2026-05-01", lapsed());
    let told = Told { legal_status: Some(LegalStatus::Granted), ..Told::default() };
    let file = entry(2, "2026-11-01", Happening::Stated { facts: Box::new(told) });
    assert_eq!(settled(&[gone.clone(), file.clone()]).legal_status, LegalStatus::Granted);
    let known_later = entry(3, "2026-10-15", lapsed());
    assert_eq!(settled(&[gone, file, known_later]).legal_status, LegalStatus::Lapsed);
}

#[test]
fn an_annuity_is_paid_to_the_end_of_its_year_and_a_missed_one_ends_the_year_before() {
    let paid = entry(1, "2026-06-01", Happening::AnnuityPaid { year: 12, amount: None });
    assert_eq!(settled(std::slice::from_ref(&paid)).annuities_paid_to, Some(day("2027-06-02")));
    let missed = entry(1, "2026-06-04", Happening::AnnuityMissed { year: 12, amount: None });
    assert_eq!(settled(std::slice::from_ref(&missed)).annuities_paid_to, Some(day("2026-06-02")));
    let early = entry(1, "2026-06-03", Happening::AnnuityMissed { year: 12, amount: None });
    assert_eq!(may(&[], &early), Err(Refusal::NotYetDue { due_on: day("2026-06-03") }));
    assert_eq!(may(&[], &missed), Ok(()));
    let beyond = entry(1, "2026-06-03", Happening::AnnuityPaid { year: 21, amount: None });
    assert_eq!(may(&[], &beyond), Err(Refusal::BeyondTerm { years: 20 }));
}

#[test]
fn a_holder_sells_its_share_and_the_other_stays() {
    let sale = entry(1, "2026-03-01", sold("乙公司"));
    let after = settled(std::slice::from_ref(&sale));
    assert_eq!(after.current_owners, ["某大学", "乙公司"]);
    assert_eq!((after.transfers, after.owner), (Some(1), None));
    let again = entry(2, "2026-04-01", sold("丙公司"));
    let refused = may(&[sale], &again);
    assert!(matches!(refused, Err(Refusal::NotHolder { .. })), "{refused:?}");
}

#[test]
fn an_invalidation_stands_open_until_it_is_decided_and_may_end_the_right() {
    let open = entry(1, "2026-03-01", attacked());
    assert_eq!(settled(std::slice::from_ref(&open)).disputes[0].status, DisputeStatus::Open);
    let kept = [open.clone(), entry(2, "2026-09-01", decided(DisputeOutcome::PartlyUpheld))];
    assert_eq!(settled(&kept).disputes[0].status, DisputeStatus::Upheld);
    assert_eq!(settled(&kept).legal_status, LegalStatus::Granted);
    let lost = [open.clone(), entry(2, "2026-09-01", decided(DisputeOutcome::Invalidated))];
    assert_eq!(settled(&lost).legal_status, LegalStatus::Invalidated);
    let nothing_open = entry(3, "2026-10-01", decided(DisputeOutcome::Upheld));
    assert_eq!(may(&kept, &nothing_open), Err(Refusal::NoOpenDispute(DisputeKind::Invalidation)));
    let earlier = entry(3, "2026-02-01", decided(DisputeOutcome::Upheld));
    assert_eq!(may(&[open], &earlier), Err(Refusal::NoOpenDispute(DisputeKind::Invalidation)));
}

#[test]
fn a_correction_stands_in_the_place_of_what_it_corrects_once() {
    let sale = entry(1, "2026-03-01", sold("乙公司"));
    let right = correction(2, &sale, "2026-03-02", sold("丙公司"));
    assert_eq!(may(std::slice::from_ref(&sale), &right), Ok(()));
    let both = [sale.clone(), right.clone()];
    assert_eq!(settled(&both).current_owners, ["某大学", "丙公司"]);
    assert_eq!(settled(&both).transfers, Some(1));
    let twice = correction(3, &sale, "2026-03-02", Happening::Void);
    assert_eq!(may(&both, &twice), Err(Refusal::SupersededAlready));
    let void = correction(3, &right, "2026-03-02", Happening::Void);
    assert_eq!(may(&both, &void), Ok(()));
    assert_eq!(settled(&[sale, right, void]), stood());
    assert_eq!(may(&[], &entry(1, "2026-03-01", Happening::Void)), Err(Refusal::NothingToVoid));
}

fn any_happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        Just(Happening::Published),
        Just(lapsed()),
        Just(Happening::Restored),
        Just(Happening::Expired),
        Just(attacked()),
        Just(decided(DisputeOutcome::Upheld)),
        Just(decided(DisputeOutcome::Invalidated)),
        Just(sold("乙公司")),
        (2_u32..20).prop_map(|year| Happening::AnnuityPaid { year, amount: None }),
        (2_u32..20).prop_map(|year| Happening::AnnuityMissed { year, amount: None }),
        Just(Happening::Implemented { how: "自行实施".into() }),
        Just(Happening::Licensed {
            licence: LicenceKind::Ordinary,
            licensee: Some("丁公司".into()),
            licensee_organisation: None,
            until: None,
            registered_number: None,
        }),
    ]
}

fn licensed() -> Happening {
    Happening::Licensed {
        licence: LicenceKind::Exclusive,
        licensee: Some("丁公司".into()),
        licensee_organisation: None,
        until: Some(day("2030-01-01")),
        registered_number: None,
    }
}

fn ended(licence: &Entry) -> Happening {
    Happening::LicenceEnded { licence_entry: licence.id, reason: "协商解除".into() }
}

#[test]
fn a_licence_ends_early_once_while_it_runs_and_stays_counted() {
    let licence = entry(1, "2024-03-01", licensed());
    let until = |entries: &[Entry]| licences(entries).into_iter().map(|(_, until)| until).collect::<Vec<_>>();
    assert_eq!(until(std::slice::from_ref(&licence)), [Some(day("2030-01-01"))]);
    for (on, answer) in
        [("2024-02-29", false), ("2024-03-01", true), ("2030-01-01", true), ("2030-01-02", false)]
    {
        let end = entry(2, on, ended(&licence));
        assert_eq!(may(std::slice::from_ref(&licence), &end).is_ok(), answer, "{on}");
    }
    let end = entry(2, "2026-05-06", ended(&licence));
    let both = [licence.clone(), end.clone()];
    assert_eq!(until(&both), [Some(day("2026-05-06"))]);
    assert_eq!(settled(&both).licences, Some(1));
    let again = entry(3, "2026-04-01", ended(&licence));
    assert!(matches!(may(&both, &again), Err(Refusal::LicenceNotRunning { .. })));
    let corrected = correction(3, &end, "2026-04-01", ended(&licence));
    assert_eq!(may(&both, &corrected), Ok(()));
    let all = [licence.clone(), end.clone(), corrected.clone()];
    assert_eq!(until(&all), [Some(day("2026-04-01"))]);
    assert_eq!(may(&all, &correction(4, &corrected, "2026-04-02", ended(&licence))), Ok(()));
    let void = correction(3, &end, "2026-06-01", Happening::Void);
    assert_eq!(until(&[licence.clone(), end.clone(), void]), [Some(day("2030-01-01"))]);
    let other = correction(3, &licence, "2024-03-05", licensed());
    assert_eq!(
        until(&[licence.clone(), end, other]),
        [Some(day("2026-05-06"))],
        "its correction ended with it"
    );
    let sale = entry(1, "2024-03-01", sold("乙公司"));
    assert_eq!(
        may(std::slice::from_ref(&sale), &entry(2, "2026-05-06", ended(&sale))),
        Err(Refusal::NoSuchLicence)
    );
}

proptest! {
    /// Whatever was recorded wrongly and declared void has left no trace in the facts.
    #[test]
    fn a_voided_entry_leaves_no_trace(
        others in prop::collection::vec((any_happening(), 0_u64..3_000), 0..8),
        wrong in (any_happening(), 0_u64..3_000),
    ) {
        let on = |days: u64| day("2018-02-01") + chrono::Days::new(days);
        let at = |seq: usize, (happening, days): &(Happening, u64)| Entry {
            happened_on: on(*days),
            ..entry(i64::try_from(seq).unwrap() + 1, "2018-02-01", happening.clone())
        };
        let without: Vec<Entry> = others.iter().enumerate().map(|(seq, one)| at(seq, one)).collect();
        let mistake = at(others.len(), &wrong);
        let void = correction(i64::try_from(others.len()).unwrap() + 2, &mistake, "2026-01-01", Happening::Void);
        let mut with = without.clone();
        with.extend([mistake, void]);
        prop_assert_eq!(settled(&with), settled(&without));
    }
}
