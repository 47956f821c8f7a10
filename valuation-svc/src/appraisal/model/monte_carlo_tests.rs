//! Tests of the simulation.

use super::*;

fn variable(name: &str, distribution: Distribution) -> Variable {
    Variable { name: name.into(), distribution }
}

/// Revenue N(1e6, 1e5), royalty Tri(.03, .05, .07), a quarter of tax, five years at 12 %.
fn published(paths: u32, seed: u64) -> Simulation {
    Simulation {
        paths,
        seed,
        variables: vec![
            variable("revenue", Distribution::Normal { mean: 1e6, standard_deviation: 1e5 }),
            variable("royalty_rate", Distribution::Triangular { low: 0.03, mode: 0.05, high: 0.07 }),
        ],
        rank_correlations: vec![],
    }
}

fn royalty_value(inputs: &[f64]) -> f64 {
    let annuity = (1.0 - 1.12f64.powi(-5)) / 0.12;
    inputs[0] * inputs[1] * 0.75 * annuity
}

#[test]
fn mean_and_deviation_come_within_three_standard_errors_of_the_exact_ones() {
    let found = simulate(&published(100_000, 20_260_301), royalty_value).unwrap();
    assert!((found.mean - 135_179.107_588).abs() < 3.0 * found.standard_error, "{}", found.mean);
    // The standard error of a standard deviation is about sd/√(2n).
    let error = found.standard_deviation / (2.0f64 * 100_000.0).sqrt();
    assert!((found.standard_deviation - 25_978.784_531).abs() < 3.0 * error, "{}", found.standard_deviation);
    assert!(found.p5 < found.p25 && found.p25 < found.p50 && found.p50 < found.p75 && found.p75 < found.p95);
    assert_eq!(found.histogram.iter().map(|b| b.count).sum::<u32>(), 100_000);
    assert_eq!(found.tornado.first().unwrap().name, "royalty_rate");
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| simulate(&published(23_456, 7), royalty_value).unwrap())
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(7));
    assert_ne!(one.mean.to_bits(), simulate(&published(23_456, 8), royalty_value).unwrap().mean.to_bits());
}

#[test]
fn chunks_are_segments_of_one_stream() {
    let few = simulate(&published(2_500, 7), |v| v[0]).unwrap();
    let mut stream = Pcg64::new(7, 0x5851_f42d_4c95_7f2d);
    let quantile = Distribution::Normal { mean: 1e6, standard_deviation: 1e5 }.prepare("x").unwrap();
    let mut sum = 0.0;
    for _ in 0..2_500 {
        sum += quantile.at(open_uniform(stream.next_u64()));
        stream.next_u64();
    }
    assert_eq!(few.mean.to_bits(), (sum / 2_500.0).to_bits());
}

#[test]
fn ranks_are_correlated_as_asked() {
    let mut simulation = published(40_000, 3);
    simulation
        .variables
        .push(variable("discount_rate", Distribution::Pert { low: 0.1, mode: 0.12, high: 0.2 }));
    simulation.rank_correlations = vec![RankCorrelation { first: 0, second: 1, coefficient: 0.6 }];
    let uniform = |q: &Quantile, value: f64| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..50 {
            let middle = 0.5 * (low + high);
            if q.at(middle) < value { low = middle } else { high = middle }
        }
        low
    };
    let prepared = prepare(&simulation).unwrap();
    // Spearman's coefficient is 12·E[(U−½)(V−½)] for the ranks U and V.
    let product = |a: usize, b: usize| {
        let mean = simulate(&Simulation { paths: 4_000, ..simulation.clone() }, |v| {
            (uniform(&prepared.quantiles[a], v[a]) - 0.5) * (uniform(&prepared.quantiles[b], v[b]) - 0.5)
        });
        12.0 * mean.unwrap().mean
    };
    assert!((product(0, 1) - 0.6).abs() < 0.05, "{}", product(0, 1));
    assert!(product(0, 2).abs() < 0.05);
}

#[test]
fn what_cannot_be_simulated_is_named() {
    let field = |s: Simulation| simulate(&s, |v| v[0]).unwrap_err().field;
    assert_eq!(field(Simulation { paths: 0, ..published(1, 1) }), "paths");
    assert_eq!(field(Simulation { paths: 2_000_001, ..published(1, 1) }), "paths");
    assert_eq!(field(Simulation { variables: vec![], ..published(1, 1) }), "variables");
    let pair = |first, second, coefficient| RankCorrelation { first, second, coefficient };
    for wrong in [pair(0, 0, 0.5), pair(0, 5, 0.5), pair(0, 1, 1.5), pair(0, 1, 1.0)] {
        assert_eq!(
            field(Simulation { rank_correlations: vec![wrong], ..published(1, 1) }),
            "rank_correlations"
        );
    }
    assert_eq!(simulate(&published(10, 1), |_| f64::NAN).unwrap_err().field, "model");
}

#[test]
fn a_discrete_success_has_its_expected_value() {
    let simulation = Simulation {
        paths: 50_000,
        seed: 11,
        variables: vec![variable(
            "success",
            Distribution::Discrete { outcomes: vec![(0.0, 0.44), (1.0, 0.56)] },
        )],
        rank_correlations: vec![],
    };
    let found = simulate(&simulation, |v| v[0]).unwrap();
    assert!((found.mean - 0.56).abs() < 3.0 * found.standard_error);
}
