//! Relief from royalty under uncertainty, 1,000,000 paths × 15 years, against the same model in NumPy: same distributions,
//! same summary (mean, deviation, percentiles, histogram); ours also draws the tornado. Interleaved, medians, ratios.
//!
//! NumPy is measured in two ways: `matrix`, as a valuer writes it, and `years`, written for speed.
//!
//! `cargo bench --bench monte_carlo [-- ROUNDS]`

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]

#[path = "peers/peer.rs"]
mod peer;

use std::time::Instant;

use peer::{Failed, Peer, compare, median};
use valuation_svc::appraisal::model::{
    discount::Timing,
    distribution::Distribution,
    monte_carlo::{Simulation, Variable, simulate_columns},
    outcome::Outcome,
    royalty_stream::RoyaltyStreams,
};

const PATHS: u32 = 1_000_000;
const YEARS: u32 = 15;
const ROUNDS: usize = 9;
/// No chunk of paths is longer.
const CHUNK_MAX: usize = 4_096;

fn simulation(seed: u64) -> Simulation {
    let variable = |name: &str, distribution| Variable { name: name.to_owned(), distribution };
    Simulation {
        paths: PATHS,
        seed,
        variables: vec![
            variable("revenue", Distribution::Normal { mean: 1e6, standard_deviation: 1e5 }),
            variable("growth", Distribution::Triangular { low: -0.02, mode: 0.03, high: 0.08 }),
            variable("royalty_rate", Distribution::Triangular { low: 0.03, mode: 0.05, high: 0.07 }),
            variable("discount_rate", Distribution::Triangular { low: 0.10, mode: 0.12, high: 0.15 }),
        ],
        rank_correlations: Vec::new(),
    }
}

fn ours(seed: u64) -> Result<Outcome, Failed> {
    let (life, certain) = (vec![f64::from(YEARS); CHUNK_MAX], vec![1.0; CHUNK_MAX]);
    let outcome = simulate_columns(&simulation(seed), |drawn, values| match drawn {
        [revenue, growth, royalty_rate, discount_rate] if values.len() <= CHUNK_MAX => RoyaltyStreams {
            revenue,
            growth,
            royalty_rate,
            discount_rate,
            life_years: &life,
            success_probability: &certain,
            kept_a_year: 1.0,
            tax_rate: 0.25,
            timing: Timing::MidYear,
        }
        .values(values),
        _ => values.fill(f64::NAN),
    })?;
    Ok(outcome)
}

fn main() -> Result<(), Failed> {
    let rounds = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(ROUNDS);
    let pools = [1, 2].map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build());
    let [one, two] = pools;
    let (one, two) = (one?, two?);
    let mut peer = Peer::start("monte_carlo", &[PATHS.to_string(), YEARS.to_string()])?;
    let (mut on_one, mut on_two, mut matrix, mut years) = (vec![], vec![], vec![], vec![]);
    for round in 0..=rounds {
        let seed = u64::try_from(round)?;
        let mut times = [0.0; 2];
        let mut outcomes = Vec::new();
        for (pool, time) in [&one, &two].into_iter().zip(&mut times) {
            let began = Instant::now();
            outcomes.push(pool.install(|| ours(seed).map_err(|error| error.to_string()))?);
            *time = began.elapsed().as_secs_f64();
        }
        let [first, second] = &outcomes[..] else { return Err("two outcomes".into()) };
        if first != second {
            return Err("one thread and two must agree in every bit".into());
        }
        let mut theirs = [0.0; 2];
        if let Some(peer) = &mut peer {
            for (way, time) in ["matrix", "years"].into_iter().zip(&mut theirs) {
                let answer = peer.run(&format!("{way} {seed}"))?;
                *time = answer["seconds"].as_f64().ok_or("no time")?;
                let mean = answer["mean"].as_f64().ok_or("no mean")?;
                // Two independent samples: their means lie within five of their common errors.
                let apart = (mean - first.mean).abs();
                if apart > 5.0 * std::f64::consts::SQRT_2 * first.standard_error {
                    return Err(format!("the models differ: {mean} and {}", first.mean).into());
                }
            }
        }
        // The first round warms up.
        if round > 0 {
            on_one.push(times[0]);
            on_two.push(times[1]);
            matrix.push(theirs[0]);
            years.push(theirs[1]);
        }
    }
    println!("{PATHS} paths x {YEARS} years, {rounds} rounds, interleaved, medians");
    match peer {
        Some(peer) => {
            println!("peer: {}", peer.name);
            compare("one thread against the matrix", &mut on_one.clone(), &mut matrix.clone(), Some(10.0));
            compare("two threads against the matrix", &mut on_two.clone(), &mut matrix, Some(20.0));
            compare("one thread against year by year", &mut on_one, &mut years.clone(), None);
            compare("two threads against year by year", &mut on_two, &mut years, None);
        }
        None => {
            println!("one thread: {:.3} ms", median(&mut on_one) * 1e3);
            println!("two threads: {:.3} ms", median(&mut on_two) * 1e3);
        }
    }
    Ok(())
}
