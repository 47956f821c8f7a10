//! Importers, models and calculators fed with anything, briefly: the same bytes on every run, so that a failure is found
//! again. `FUZZ_CASES` makes the run longer; `fuzz/README.md` says how to run for hours.

use crate::{checks, uploads};

/// Cases of a check.
const CASES: u64 = 200;

/// Bytes that a number stands for (SplitMix64: Steele, Lea, Flood, 2014).
fn bytes(case: u64, count: usize) -> Vec<u8> {
    let mut state = case.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    (0..count.div_ceil(8)).flat_map(|_| next().to_be_bytes()).take(count).collect()
}

fn each(share: u64, check: fn(&[u8])) {
    // The examples themselves are answered.
    (0..13).for_each(|example| check(&[example]));
    let asked = std::env::var("FUZZ_CASES").ok().and_then(|text| text.parse().ok());
    for case in 0..asked.unwrap_or(CASES / share) {
        // One to eight changes of four bytes, after one byte that chooses the example where there are several.
        let count = 1 + 4 * (1 + usize::try_from(case % 8).unwrap());
        check(&bytes(case, count));
    }
}

#[test]
fn uploads_of_every_subject_are_read_or_refused() {
    each(2, uploads::any_upload);
    each(1, uploads::any_patents);
    // Texts find more than bytes do: cells, quotes, dates, numbers, formulas.
    let pieces = [
        "2026-05-01",
        ",",
        ",",
        "\"",
        "\n",
        "0.3",
        "C26",
        "=SUM(A1)",
        "转让",
        "\t",
        "1e9",
        ";",
        "甲公司",
        "\u{0}",
    ];
    for case in 0..CASES / 2 {
        let text: String =
            bytes(case, 40).iter().map(|byte| pieces[usize::from(*byte) % pieces.len()]).collect();
        uploads::any_upload(text.as_bytes());
        uploads::any_patents(format!("公开号,标题,申请日\n{text}").as_bytes());
    }
}

#[test]
fn a_model_that_is_nearly_sound_is_refused_by_its_field_or_values_a_patent() {
    each(4, checks::any_model);
}

#[test]
fn a_valuation_of_nearly_sound_facts_is_made_of_numbers() {
    each(4, checks::any_valuation);
}

#[test]
fn every_calculator_answers_with_numbers_or_names_the_field() {
    each(1, checks::any_trial);
    each(4, checks::any_portfolio);
    each(1, checks::any_collateral);
    each(1, checks::any_backtest);
    each(1, checks::any_deal);
    each(1, checks::any_schedule);
}
