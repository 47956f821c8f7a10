//! Scoring a million patents in memory: the OECD's cohort normalisation of six indicators (field × year, winsorised at
//! 98 %, linear) against polars, same data, sums compared; and the full score of 27 leaves with contributions.
//! Interleaved, medians, ratio.
//!
//! `cargo bench --bench scoring [-- ROUNDS]`

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]

#[path = "peers/peer.rs"]
mod peer;

use std::{hint::black_box, time::Instant};

use chrono::NaiveDate;
use peer::{Failed, Peer, compare, median};
use rayon::prelude::*;
use valuation_svc::scoring::model::{
    FactRow, HumanGrades, IndexTree, LegalStatus, Scenario, Scorer, ScoringFacts,
    cohort::{CohortKey, Cohorts},
};

const PATENTS: u32 = 1_000_000;
const FIELDS: u32 = 35;
const YEARS: u32 = 20;
const INDICATORS: u64 = 6;
const ROUNDS: usize = 9;
/// The aim for the full score, seconds.
const FULL_SCORE_SECONDS: f64 = 5.0;

/// A splitmix of position and salt, as the peer makes it.
fn mixed(at: u32, salt: u64) -> u64 {
    let mut z = u64::from(at).wrapping_add(salt.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Skewed counts, one in sixteen undefined.
fn column(salt: u64) -> Vec<f64> {
    let one = |at| {
        let z = mixed(at, salt);
        #[expect(clippy::cast_precision_loss, reason = "53 bits are exact in a double")]
        let share = (z >> 11) as f64 / 9_007_199_254_740_992.0;
        if z & 15 == 0 { f64::NAN } else { (200.0 * share * share * share).floor() }
    };
    (0..PATENTS).map(one).collect()
}

/// Cohorts as dense numbers; the keys only name them.
fn cohorts() -> Result<(Vec<CohortKey>, Vec<u32>), Failed> {
    let of = |at| {
        let z = mixed(at, 1);
        let field = u32::try_from((z >> 3) % u64::from(FIELDS)).unwrap_or(0);
        let year = u32::try_from((z >> 23) % u64::from(YEARS)).unwrap_or(0);
        field * YEARS + year
    };
    let mut keys = Vec::new();
    for field in 0..FIELDS {
        for year in 0..YEARS {
            let filed = NaiveDate::from_ymd_opt(2000 + i32::try_from(year)?, 1, 1).ok_or("no day")?;
            keys.push(CohortKey::of(&format!("A{field:02}"), filed).ok_or("no cohort")?);
        }
    }
    Ok((keys, (0..PATENTS).map(of).collect()))
}

/// Groups, finds each cohort's winsorised maximum, normalises: all that the peer does.
fn normalise(keys: &[CohortKey], of: &[u32], columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let cohorts = Cohorts::dense(keys.to_vec(), of.to_vec());
    columns.par_iter().map(|column| cohorts.normalised(column, &cohorts.maxima(column))).collect()
}

fn facts(at: u32) -> ScoringFacts {
    let z = |salt: u64| mixed(at, 100 + salt);
    let count = |salt: u64, most: u64| {
        let z = z(salt);
        (z & 15 != 0).then(|| u32::try_from((z >> 8) % most).unwrap_or(0))
    };
    let grade = |salt: u64| {
        let z = z(salt);
        (z & 3 != 0).then(|| u8::try_from((z >> 8) % 5 + 1).unwrap_or(1))
    };
    ScoringFacts {
        legal_status: LegalStatus::Granted,
        claims: count(1, 30),
        independent_claims: count(2, 6),
        description_pages: count(3, 60),
        family_countries: count(4, 12),
        forward_citations: count(5, 50),
        backward_citations: count(6, 40),
        npl_citations: count(7, 10),
        ipc_subclasses: count(8, 6),
        applicants: count(9, 4),
        challenges_pending: count(10, 2),
        litigation: count(11, 2),
        licences: count(12, 4),
        transfers: count(13, 3),
        pledges: count(14, 3),
        product_filings: count(15, 4),
        filing_date: NaiveDate::from_ymd_opt(2010 + i32::try_from(z(16) % 15).unwrap_or(0), 5, 1),
        annuities_paid: Some(z(17) & 7 != 0),
        grades: HumanGrades {
            trl: grade(18),
            substitutability: grade(19),
            detectability: grade(20),
            independence: grade(21),
            trend: grade(22),
            market: grade(23),
            market_share: grade(24),
            competition: grade(25),
            policy_fit: grade(26),
        },
        ..ScoringFacts::default()
    }
}

fn full_score(rounds: usize) -> Result<(), Failed> {
    let on = NaiveDate::from_ymd_opt(2026, 11, 24).ok_or("no day")?;
    let scorer = Scorer::of(&IndexTree::platform_default(), Scenario::Pledge);
    let records: Vec<ScoringFacts> = (0..PATENTS).into_par_iter().map(facts).collect();
    let mut times = Vec::new();
    for _ in 0..rounds.min(5) {
        let began = Instant::now();
        let rows: Vec<FactRow> = records.par_iter().map(|facts| scorer.read(facts, on)).collect();
        let scores = scorer.weigh_all(&rows);
        times.push(began.elapsed().as_secs_f64());
        let astray = scores
            .iter()
            .flatten()
            .any(|score| (score.contributions.iter().sum::<f64>() - score.total).abs() > 1e-9);
        if astray || scores.iter().any(Option::is_none) {
            return Err("contributions must sum to the total of every patent".into());
        }
    }
    let seconds = median(&mut times);
    let verdict = if seconds < FULL_SCORE_SECONDS { "reached" } else { "missed" };
    println!(
        "full score of {PATENTS} patents, 27 leaves with contributions: {seconds:.3} s (aim {FULL_SCORE_SECONDS} s: {verdict})"
    );
    Ok(())
}

fn main() -> Result<(), Failed> {
    let rounds = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(ROUNDS);
    let (keys, of) = cohorts()?;
    let columns: Vec<Vec<f64>> = (0..INDICATORS).map(|number| column(number + 2)).collect();
    let mut peer = Peer::start("scoring", &[PATENTS.to_string(), FIELDS.to_string(), YEARS.to_string()])?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let began = Instant::now();
        let found = black_box(normalise(&keys, &of, &columns));
        let time = began.elapsed().as_secs_f64();
        let mut their_time = 0.0;
        if let Some(peer) = &mut peer {
            let answer = peer.run("normalise")?;
            their_time = answer["seconds"].as_f64().ok_or("no time")?;
            for (column, sum) in found.iter().zip(answer["sums"].as_array().ok_or("no sums")?) {
                let own: f64 = column.iter().filter(|value| value.is_finite()).sum();
                if (own - sum.as_f64().ok_or("no sum")?).abs() > 1e-3 {
                    return Err(format!("the normalisations differ: {own} and {sum}").into());
                }
            }
        }
        if round > 0 {
            ours.push(time);
            theirs.push(their_time);
        }
    }
    println!(
        "{INDICATORS} indicators of {PATENTS} patents over {} cohorts, {rounds} rounds, interleaved, medians",
        keys.len()
    );
    match peer {
        Some(peer) => {
            println!("peer: {}", peer.name);
            compare("cohort normalisation", &mut ours, &mut theirs, Some(1.0));
        }
        None => println!("ours: {:.3} ms", median(&mut ours) * 1e3),
    }
    full_score(rounds)
}
