//! Elementary functions built from additions, multiplications and square roots only.
//!
//! A valuation must give the same bits on every machine. The functions of a platform's mathematics library
//! may differ in the last bit between versions and processors; IEEE 754 arithmetic may not. Hence these.

use std::f64::consts::{LOG2_E, SQRT_2};

// ln 2 in two parts, so that k·ln 2 is exact in the first for every exponent k.
const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
const INV_SQRT_2PI: f64 = 0.398_942_280_401_432_7;

/// eˣ, by ln 2 reduction and the Taylor series.
#[must_use]
pub fn exp(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x > 709.782_712_893_384 {
        return f64::INFINITY;
    }
    if x < -745.2 {
        return 0.0;
    }
    let k = (x * LOG2_E).round();
    let r = (x - k * LN2_HIGH) - k * LN2_LOW;
    // |r| ≤ 0.347: the term r¹⁴/14! is below half a unit in the last place.
    let mut sum = 1.0;
    for n in (1..=13).rev() {
        sum = 1.0 + sum * r / f64::from(n);
    }
    #[expect(clippy::cast_possible_truncation, reason = "|k| is below 1,100")]
    let k = k as i32;
    let half = k / 2;
    sum * power_of_two(half) * power_of_two(k - half)
}

/// 2ᵏ for |k| ≤ 600.
fn power_of_two(k: i32) -> f64 {
    f64::from_bits(u64::from((k + 1023).unsigned_abs()) << 52)
}

/// The natural logarithm, by reduction to (√½, √2] and the series of artanh.
#[must_use]
pub fn ln(x: f64) -> f64 {
    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if x.is_infinite() {
        return x;
    }
    let (scaled, shift) =
        if x < f64::MIN_POSITIVE { (x * 18_014_398_509_481_984.0, -54.0) } else { (x, 0.0) };
    let bits = scaled.to_bits();
    #[expect(clippy::cast_precision_loss, reason = "an exponent has eleven bits")]
    let mut exponent = ((bits >> 52) & 0x7ff) as f64 - 1023.0 + shift;
    let mut mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    if mantissa > SQRT_2 {
        mantissa *= 0.5;
        exponent += 1.0;
    }
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    let mut sum = 0.0;
    for n in (0..=11).rev() {
        sum = sum * square + 1.0 / f64::from(2 * n + 1);
    }
    exponent * LN2_HIGH + (2.0 * s * sum + exponent * LN2_LOW)
}

/// bⁿ by repeated squaring.
#[must_use]
pub fn powi(base: f64, exponent: u32) -> f64 {
    let (mut result, mut square, mut n) = (1.0, base, exponent);
    while n > 0 {
        if n & 1 == 1 {
            result *= square;
        }
        square *= square;
        n >>= 1;
    }
    result
}

/// bʸ for b > 0; whole and half exponents avoid the logarithm.
#[must_use]
pub fn pow(base: f64, exponent: f64) -> f64 {
    let doubled = exponent * 2.0;
    if exponent >= 0.0 && doubled <= 2_000.0 && doubled.fract() == 0.0 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be 0 to 2,000"
        )]
        let halves = doubled as u32;
        let whole = powi(base, halves / 2);
        return if halves % 2 == 1 { whole * base.sqrt() } else { whole };
    }
    exp(exponent * ln(base))
}

/// sin x for |x| ≤ 1, by its Taylor series.
#[must_use]
pub fn sin_small(x: f64) -> f64 {
    let square = x * x;
    let mut sum = 1.0;
    for n in (1..=9).rev() {
        sum = 1.0 - sum * square / f64::from((2 * n) * (2 * n + 1));
    }
    x * sum
}

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

/// [`exp`] for −700 < x ≤ 0 within two units in the last place, without a branch.
#[inline]
fn exp_falling(x: f64) -> f64 {
    // Added to a number below 2⁵¹ it leaves the nearest whole number in the low bits.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    let shifted = x * LOG2_E + WHOLE;
    let k = shifted - WHOLE;
    let r = (x - k * LN2_HIGH) - k * LN2_LOW;
    let sum = EXP_SERIES.iter().fold(0.0, |sum, c| sum * r + c);
    sum * f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52)
}

/// 1/n! from n = 13 down to 0.
const EXP_SERIES: [f64; 14] = [
    1.0 / 6_227_020_800.0,
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
    1.0,
    1.0,
];

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

/// One of two numbers without a branch: where neither side is the likelier, guessing costs more than both.
#[must_use]
#[inline]
pub fn choose(first: bool, one: f64, other: f64) -> f64 {
    let mask = u64::from(first).wrapping_neg();
    f64::from_bits((one.to_bits() & mask) | (other.to_bits() & !mask))
}

/// [`normal_quantile`] of a column, in place. Where most values lie there is no branch, so that the processor takes several
/// at a time; those of the tails are noted without one and done again one by one. The same bits as one by one throughout.
pub fn normal_quantiles(column: &mut [f64]) {
    const LANES: usize = 128;
    let mut kept = [0.0; LANES];
    let mut tails = [0_usize; LANES + 1];
    for lanes in column.chunks_mut(LANES) {
        let mut noted = 0;
        for (at, (kept, p)) in kept.iter_mut().zip(lanes.iter()).enumerate() {
            *kept = *p;
            if let Some(slot) = tails.get_mut(noted) {
                *slot = at;
            }
            noted += usize::from((*p - 0.5).abs() > 0.425);
        }
        for p in lanes.iter_mut() {
            let q = *p - 0.5;
            *p = q * ratio(0.180_625 - q * q, &CENTRE_ABOVE, &CENTRE_BELOW);
        }
        for at in tails.iter().take(noted) {
            if let (Some(slot), Some(p)) = (lanes.get_mut(*at), kept.get(*at)) {
                *slot = normal_quantile(*p);
            }
        }
    }
}

#[inline]
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
        fn the_functions_agree_with_the_platforms(x in -700.0..700.0f64, y in 1e-300..1e300f64, z in -1.0..1.0f64) {
            prop_assert!(near(exp(x), x.exp(), 4e-16), "exp {x}");
            prop_assert!((ln(y) - y.ln()).abs() <= 4e-16 * y.ln().abs().max(1.0), "ln {y}");
            prop_assert!(near(sin_small(z), z.sin(), 4e-16), "sin {z}");
            prop_assert!(near(pow(1.0 + z.abs(), 3.7), (1.0 + z.abs()).powf(3.7), 4e-15));
        }

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
        assert!(exp(1000.0).is_infinite() && exp(-1000.0) == 0.0 && exp(0.0) == 1.0);
        assert!(ln(-1.0).is_nan() && ln(0.0) == f64::NEG_INFINITY);
        assert!(near(ln(5e-324), -744.440_071_921_381_3, 1e-15));
        assert!((pow(1.21, 1.5) - 1.331).abs() < 1e-15);
    }
}
