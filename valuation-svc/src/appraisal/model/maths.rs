//! Elementary functions built from additions, multiplications and square roots only.
//!
//! A valuation must give the same bits on every machine. The functions of a platform's mathematics library
//! may differ in the last bit between versions and processors; IEEE 754 arithmetic may not. Hence these.

use std::f64::consts::{LOG2_E, SQRT_2};

// ln 2 in two parts, so that k·ln 2 is exact in the first for every exponent k.
const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;

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
    ln_scaled(scaled, shift)
}

/// [`ln`] of a positive normal number, without a branch; the same bits.
#[inline(always)]
pub(super) fn ln_normal(x: f64) -> f64 {
    ln_scaled(x, 0.0)
}

#[inline(always)]
fn ln_scaled(scaled: f64, shift: f64) -> f64 {
    let bits = scaled.to_bits();
    #[expect(clippy::cast_precision_loss, reason = "an exponent has eleven bits")]
    let exponent = ((bits >> 52) & 0x7ff) as f64 - 1023.0 + shift;
    let mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    let above = mantissa > SQRT_2;
    let (mantissa, exponent) =
        (choose(above, mantissa * 0.5, mantissa), choose(above, exponent + 1.0, exponent));
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

/// [`exp`] for −700 < x ≤ 0 within two units in the last place, without a branch.
#[inline(always)]
pub(super) fn exp_falling(x: f64) -> f64 {
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

/// One of two numbers without a branch: where neither side is the likelier, guessing costs more than both.
#[must_use]
#[inline(always)]
pub fn choose(first: bool, one: f64, other: f64) -> f64 {
    let mask = u64::from(first).wrapping_neg();
    f64::from_bits((one.to_bits() & mask) | (other.to_bits() & !mask))
}

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
    }

    #[test]
    fn known_points_and_the_ends_of_the_range() {
        assert!(exp(1000.0).is_infinite() && exp(-1000.0) == 0.0 && exp(0.0) == 1.0);
        assert!(ln(-1.0).is_nan() && ln(0.0) == f64::NEG_INFINITY);
        assert!(near(ln(5e-324), -744.440_071_921_381_3, 1e-15));
        assert!((pow(1.21, 1.5) - 1.331).abs() < 1e-15);
    }
}
