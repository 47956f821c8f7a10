//! The standard normal distribution and its inverse, built like [`super::maths`]: the same bits on every machine.

use super::{
    maths::{choose, exp, exp_falling, ln, ln_normal},
    wide::wide,
};

const INV_SQRT_2PI: f64 = 0.398_942_280_401_432_7;

/// The density of the standard normal distribution.
#[must_use]
pub fn normal_pdf(x: f64) -> f64 {
    INV_SQRT_2PI * exp(-0.5 * x * x)
}

/// The standard normal distribution function: the series ½ + φ(x)·Σ x²ᵏ⁺¹/(1·3·…·(2k+1)) near the centre,
/// the continued fraction of the tail beyond.
#[must_use]
pub fn normal_cdf(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let size = x.abs();
    if size < 5.5 {
        let square = x * x;
        let (mut term, mut sum, mut odd) = (x, x, 1.0);
        while term.abs() > 1e-17 * sum.abs() {
            odd += 2.0;
            term *= square / odd;
            sum += term;
        }
        return 0.5 + normal_pdf(x) * sum;
    }
    let mut fraction = size;
    for k in (1..=60).rev() {
        fraction = size + f64::from(k) / fraction;
    }
    let tail = if size > 38.0 { 0.0 } else { normal_pdf(x) / fraction };
    if x > 0.0 { 1.0 - tail } else { tail }
}

/// [`normal_cdf`] for draws by the thousand: one exponential and a ratio of polynomials, without a branch or a loop, so that
/// several are worked on at a time (J. F. Hart et al., Computer Approximations, 1968, ERFC 5666, in the form of G. West,
/// Wilmott, May 2005). The two agree within 2e-15; far in the tails this one keeps no relative precision, which shares of a
/// draw do not need.
#[must_use]
#[inline]
pub fn score_share(z: f64) -> f64 {
    let size = z.abs().min(37.0);
    let horner = |coefficients: &[f64]| coefficients.iter().fold(0.0, |sum, c| sum * size + c);
    let tail = exp_falling(-0.5 * size * size) * (horner(&HART_ABOVE) / horner(&HART_BELOW));
    choose(z > 0.0, 1.0 - tail, tail)
}

/// The inverse of [`normal_cdf`] for 0 < p < 1 (M. J. Wichura, Algorithm AS 241, Applied Statistics 37, 1988).
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * ratio(r, &CENTRE_ABOVE, &CENTRE_BELOW);
    }
    let r = (-ln(if q < 0.0 { p } else { 1.0 - p })).sqrt();
    let size = if r <= 5.0 {
        ratio(r - 1.6, &MIDDLE_ABOVE, &MIDDLE_BELOW)
    } else {
        ratio(r - 5.0, &TAIL_ABOVE, &TAIL_BELOW)
    };
    if q < 0.0 { -size } else { size }
}

/// [`normal_quantile`] of a column, in place, with the same bits. Neither where most values lie nor in the tails is there a
/// branch, so that the processor takes several at a time; the tails are put side by side first. What lies beyond 1e-11 is
/// done again one by one.
pub fn normal_quantiles(column: &mut [f64]) {
    wide(
        #[inline(always)]
        || {
            for lanes in column.chunks_mut(QUANTILES) {
                quantiles(lanes);
            }
        },
    );
}

/// Quantiles worked on at a time.
const QUANTILES: usize = 128;

#[inline(always)]
fn quantiles(lanes: &mut [f64]) {
    let mut places = [0_usize; QUANTILES + 1];
    let mut tails = [0.5; QUANTILES + 1];
    let mut noted = 0;
    for (at, p) in lanes.iter().enumerate() {
        if let (Some(place), Some(tail)) = (places.get_mut(noted), tails.get_mut(noted)) {
            (*place, *tail) = (at, *p);
        }
        noted += usize::from((*p - 0.5).abs() > 0.425);
    }
    for p in lanes.iter_mut() {
        let q = *p - 0.5;
        *p = q * ratio(0.180_625 - q * q, &CENTRE_ABOVE, &CENTRE_BELOW);
    }
    let mut found = [0.0; QUANTILES];
    for (found, p) in found.iter_mut().zip(&tails).take(noted) {
        *found = middle(*p);
    }
    for ((at, p), found) in places.iter().zip(&tails).zip(&found).take(noted) {
        if let Some(slot) = lanes.get_mut(*at) {
            *slot = if found.is_nan() { normal_quantile(*p) } else { *found };
        }
    }
}

/// [`normal_quantile`] outside the centre down to 1e-11, and not a number beyond.
#[inline(always)]
fn middle(p: f64) -> f64 {
    let falls = p < 0.5;
    let share = choose(falls, p, 1.0 - p);
    let r = (-ln_normal(share)).sqrt();
    let size = ratio(r - 1.6, &MIDDLE_ABOVE, &MIDDLE_BELOW);
    choose((share > 0.0) & (r <= 5.0), choose(falls, -size, size), f64::NAN)
}

#[inline(always)]
fn ratio(r: f64, above: &[f64; 8], below: &[f64; 8]) -> f64 {
    let horner = |coefficients: &[f64; 8]| coefficients.iter().rev().fold(0.0, |sum, c| sum * r + c);
    horner(above) / horner(below)
}

/// The highest power first.
const HART_ABOVE: [f64; 7] = [
    3.526_249_659_989_11e-2,
    0.700_383_064_443_688,
    6.373_962_203_531_65,
    33.912_866_078_383,
    112.079_291_497_871,
    221.213_596_169_931,
    220.206_867_912_376,
];
const HART_BELOW: [f64; 8] = [
    8.838_834_764_831_84e-2,
    1.755_667_163_182_64,
    16.064_177_579_207,
    86.780_732_202_946_1,
    296.564_248_779_674,
    637.333_633_378_831,
    793.826_512_519_948,
    440.413_735_824_752,
];

const CENTRE_ABOVE: [f64; 8] = [
    3.387_132_872_796_366_5,
    133.141_667_891_784_38,
    1_971.590_950_306_551_3,
    13_731.693_765_509_46,
    45_921.953_931_549_87,
    67_265.770_927_008_7,
    33_430.575_583_588_13,
    2_509.080_928_730_122_7,
];
const CENTRE_BELOW: [f64; 8] = [
    1.0,
    42.313_330_701_600_91,
    687.187_007_492_057_9,
    5_394.196_021_424_751,
    21_213.794_301_586_597,
    39_307.895_800_092_71,
    28_729.085_735_721_943,
    5_226.495_278_852_854,
];
const MIDDLE_ABOVE: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    0.241_780_725_177_450_6,
    0.022_723_844_989_269_184,
    7.745_450_142_783_414e-4,
];
const MIDDLE_BELOW: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    0.689_767_334_985_1,
    0.148_103_976_427_480_08,
    0.015_198_666_563_616_457,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
const TAIL_ABOVE: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    0.296_560_571_828_504_87,
    0.026_532_189_526_576_124,
    1.242_660_947_388_078_4e-3,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
const TAIL_BELOW: [f64; 8] = [
    1.0,
    0.599_832_206_555_888,
    0.136_929_880_922_735_8,
    0.014_875_361_290_850_615,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(a: f64, b: f64, relative: f64) -> bool {
        (a - b).abs() <= relative * b.abs().max(1e-300)
    }

    proptest! {
        #[test]
        fn the_quantile_inverts_the_distribution(p in 1e-9..1.0f64) {
            prop_assume!(p < 1.0 - 1e-9);
            let x = normal_quantile(p);
            prop_assert!((normal_cdf(x) - p).abs() < 2e-15, "{p} -> {x} -> {}", normal_cdf(x));
        }

        #[test]
        fn both_forms_of_the_distribution_agree(z in -9.0..9.0f64) {
            prop_assert!((score_share(z) - normal_cdf(z)).abs() < 2e-15, "{z}");
        }

        #[test]
        fn a_column_of_quantiles_has_the_bits_of_each(ps in proptest::collection::vec(1e-12..1.0f64, 1..200)) {
            let mut column = ps.clone();
            normal_quantiles(&mut column);
            for (found, p) in column.iter().zip(ps) {
                prop_assert_eq!(found.to_bits(), normal_quantile(p).to_bits());
            }
        }
    }

    #[test]
    fn known_points_of_the_normal_distribution() {
        for (x, p) in [
            (0.0, 0.5),
            (1.0, 0.841_344_746_068_543),
            (-1.959_963_984_540_054, 0.025),
            (6.0, 1.0 - 9.865_876_450_377e-10),
        ] {
            assert!((normal_cdf(x) - p).abs() < 1e-14, "{x}");
        }
        assert!(near(normal_cdf(-6.0), 9.865_876_450_377e-10, 1e-12));
        assert!(near(normal_quantile(1e-12), -7.034_483_825_301_13, 1e-12));
    }
}
