//! An American put on a tree of 1,000 steps, against QuantLib's Cox–Ross–Rubinstein engine: same terms, values compared.
//! Interleaved, medians, ratio.
//!
//! `cargo bench --bench real_options [-- ROUNDS]`

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]

#[path = "peers/peer.rs"]
mod peer;

use std::{hint::black_box, time::Instant};

use peer::{Failed, Peer, compare, median};
use valuation_svc::appraisal::model::real_option::{Exercise, OptionKind, OptionTerms};

const STEPS: u32 = 1_000;
const ROUNDS: usize = 15;
/// As many valuations as the peer makes for one answer.
const REPEATS: usize = 20;

fn main() -> Result<(), Failed> {
    let rounds = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(ROUNDS);
    let terms = OptionTerms {
        kind: OptionKind::Put,
        underlying: 100.0,
        strike: 105.0,
        years: 2.0,
        volatility: 0.35,
        risk_free_rate: 0.05,
        cost_of_delay: 0.02,
    };
    let mut peer = Peer::start("real_options", &[STEPS.to_string()])?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let mut times = Vec::with_capacity(REPEATS);
        let mut value = 0.0;
        for _ in 0..REPEATS {
            let began = Instant::now();
            value = black_box(terms).binomial(Exercise::American, STEPS)?;
            times.push(began.elapsed().as_secs_f64());
        }
        let mut their_time = 0.0;
        if let Some(peer) = &mut peer {
            let answer = peer.run("value")?;
            their_time = answer["seconds"].as_f64().ok_or("no time")?;
            let their_value = answer["value"].as_f64().ok_or("no value")?;
            if (value - their_value).abs() > 1e-2 {
                return Err(format!("the trees differ: {value} and {their_value}").into());
            }
        }
        if round > 0 {
            ours.push(median(&mut times));
            theirs.push(their_time);
        }
    }
    println!("American put, {STEPS} steps, {rounds} rounds of {REPEATS}, interleaved, medians");
    match peer {
        Some(peer) => {
            println!("peer: {}", peer.name);
            compare("one thread", &mut ours, &mut theirs, Some(5.0));
        }
        None => println!("ours: {:.3} ms", median(&mut ours) * 1e3),
    }
    Ok(())
}
