//! Market approach by regression: what features are worth, read off a table of transactions (Rosen 1974).
//!
//! `ln price = b₀ + Σ bₖ·xₖ`, by ordinary least squares on centred features. The value is the exponential of the
//! subject's predicted logarithm, the middle of the lognormal; the range is the 90 % prediction interval by Student's t.

use serde::{Deserialize, Serialize};

use super::{
    error::{AppraisalError, ENTRIES_MAX, finite, positive},
    maths::{exp, ln},
};

/// The most features.
pub const FEATURES_MAX: usize = 10;
/// Transactions beyond features that a regression needs for its errors to mean anything.
const SPARE_MIN: usize = 3;
/// Share of a feature's variance that must be its own, not the other features'.
const OWN_VARIANCE_MIN: f64 = 1e-9;

/// One transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Transaction {
    /// The price paid, yuan.
    pub price: f64,
    /// Its features, in the order of the subject's.
    pub features: Vec<f64>,
}

/// A hedonic value with what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HedonicValue {
    /// The value, yuan.
    pub value: f64,
    /// Lower end of the 90 % prediction interval.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
    /// The price of each feature: the change of the logarithm for one more of it.
    pub coefficients: Vec<f64>,
    /// Share of the logarithm's variance that the features explain.
    pub r_squared: f64,
    /// Standard deviation of the residuals, of the logarithm.
    pub residual_deviation: f64,
}

/// The value of a subject by its features.
///
/// # Errors
/// Names the transaction or feature that is unusable; `transactions` where there are too few, `features` where one of them
/// follows from the others.
pub fn value(transactions: &[Transaction], subject: &[f64]) -> Result<HedonicValue, AppraisalError> {
    let k = subject.len();
    check(transactions, subject)?;
    #[expect(clippy::cast_precision_loss, reason = "at most a thousand transactions")]
    let (n, freedom) = (transactions.len() as f64, (transactions.len() - k - 1) as f64);
    let logs: Vec<f64> = transactions.iter().map(|t| ln(t.price)).collect();
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / n;
    let mean_log = mean(&mut logs.iter().copied());
    let means: Vec<f64> = (0..k).map(|j| mean(&mut transactions.iter().map(|t| feature(t, j)))).collect();
    let centred =
        |t: &Transaction| -> Vec<f64> { t.features.iter().zip(&means).map(|(x, mean)| x - mean).collect() };
    let rows: Vec<Vec<f64>> = transactions.iter().map(centred).collect();
    let mut moments = vec![vec![0.0; k]; k];
    let mut products = vec![0.0; k];
    for (row, log) in rows.iter().zip(&logs) {
        for ((x, line), product) in row.iter().zip(&mut moments).zip(&mut products) {
            line.iter_mut().zip(row).for_each(|(cell, y)| *cell += x * y);
            *product += x * (log - mean_log);
        }
    }
    let lower = factor(&moments)?;
    let coefficients = solve(&lower, &products);
    let fitted = |row: &[f64]| mean_log + row.iter().zip(&coefficients).map(|(x, b)| x * b).sum::<f64>();
    let square = |x: f64| x * x;
    let residuals: f64 = rows.iter().zip(&logs).map(|(row, log)| square(log - fitted(row))).sum();
    let total: f64 = logs.iter().map(|log| square(log - mean_log)).sum();
    let residual_deviation = (residuals / freedom).sqrt();
    let own: Vec<f64> = subject.iter().zip(&means).map(|(x, mean)| x - mean).collect();
    let leverage: f64 = 1.0 / n + own.iter().zip(solve(&lower, &own)).map(|(x, y)| x * y).sum::<f64>();
    let middle = fitted(&own);
    let spread = student_95(freedom) * residual_deviation * (1.0 + leverage).sqrt();
    Ok(HedonicValue {
        value: finite("subject", exp(middle))?,
        low: exp(middle - spread),
        high: finite("subject", exp(middle + spread))?,
        coefficients,
        r_squared: if total > 0.0 { (1.0 - residuals / total).clamp(0.0, 1.0) } else { 1.0 },
        residual_deviation,
    })
}

fn feature(transaction: &Transaction, at: usize) -> f64 {
    transaction.features.get(at).copied().unwrap_or(0.0)
}

fn check(transactions: &[Transaction], subject: &[f64]) -> Result<(), AppraisalError> {
    if subject.is_empty() || subject.len() > FEATURES_MAX {
        return Err(AppraisalError::new("subject", "必须有 1 至 10 项特征", "must have 1 to 10 features"));
    }
    let least = subject.len() + 1 + SPARE_MIN;
    if transactions.len() < least || transactions.len() > ENTRIES_MAX {
        return Err(AppraisalError::new(
            "transactions",
            format!("必须有 {least} 至 1000 笔"),
            format!("must have {least} to 1000 entries"),
        ));
    }
    subject.iter().try_for_each(|x| finite("subject", *x).map(|_| ()))?;
    for (at, transaction) in transactions.iter().enumerate() {
        let field = |name: &str| format!("transactions[{at}].{name}");
        positive(&field("price"), transaction.price)?;
        if transaction.features.len() != subject.len() {
            let (zh, en) = ("特征项数必须与标的相同", "must have as many features as the subject");
            return Err(AppraisalError::new(field("features"), zh, en));
        }
        transaction.features.iter().try_for_each(|x| finite(&field("features"), *x).map(|_| ()))?;
    }
    Ok(())
}

/// The lower Cholesky factor of the features' moments.
fn factor(moments: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, AppraisalError> {
    let mut lower: Vec<Vec<f64>> = Vec::with_capacity(moments.len());
    for (i, row) in moments.iter().enumerate() {
        let mut next = vec![0.0; row.len()];
        for (j, cell) in row.iter().take(i + 1).enumerate() {
            let earlier = lower.get(j).unwrap_or(&next);
            let products: f64 = next.iter().zip(earlier).take(j).map(|(a, b)| a * b).sum();
            let left = cell - products;
            let value = if i == j {
                if left.is_nan() || left <= OWN_VARIANCE_MIN * cell {
                    return Err(AppraisalError::new(
                        "features",
                        "有特征不变化，或可由其他特征推出，请去掉",
                        "one of them does not vary or follows from the others: leave it out",
                    ));
                }
                left.sqrt()
            } else {
                left / lower.get(j).and_then(|r| r.get(j)).copied().unwrap_or(1.0)
            };
            if let Some(slot) = next.get_mut(j) {
                *slot = value;
            }
        }
        lower.push(next);
    }
    Ok(lower)
}

/// Solves `L·Lᵀ·b = y`.
fn solve(lower: &[Vec<f64>], y: &[f64]) -> Vec<f64> {
    let mut forward: Vec<f64> = Vec::with_capacity(y.len());
    for (i, (row, y)) in lower.iter().zip(y).enumerate() {
        let known: f64 = row.iter().zip(&forward).map(|(l, f)| l * f).sum();
        forward.push((y - known) / row.get(i).copied().unwrap_or(1.0));
    }
    let mut solved = vec![0.0; y.len()];
    for i in (0..y.len()).rev() {
        let column = lower.iter().zip(&solved).skip(i + 1);
        let known: f64 = column.map(|(row, b)| row.get(i).copied().unwrap_or(0.0) * b).sum();
        let pivot = lower.get(i).and_then(|row| row.get(i)).copied().unwrap_or(1.0);
        if let (Some(slot), Some(f)) = (solved.get_mut(i), forward.get(i)) {
            *slot = (f - known) / pivot;
        }
    }
    solved
}

/// The 95th percentile of Student's t, by the expansion of Cornish and Fisher around the normal one (Abramowitz and
/// Stegun 26.7.5); within a hundredth from three degrees of freedom on.
fn student_95(freedom: f64) -> f64 {
    const Z: f64 = 1.644_853_626_951_472_7;
    let (z3, z5, z7) = (Z * Z * Z, Z * Z * Z * Z * Z, Z * Z * Z * Z * Z * Z * Z);
    let first = (z3 + Z) / 4.0;
    let second = (5.0 * z5 + 16.0 * z3 + 3.0 * Z) / 96.0;
    let third = (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * Z) / 384.0;
    Z + first / freedom + second / (freedom * freedom) + third / (freedom * freedom * freedom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn priced(features: &[f64], noise: f64) -> Transaction {
        let log = 10.0 + 0.5 * features[0] - 0.2 * features[1] + noise;
        Transaction { price: log.exp(), features: features.to_vec() }
    }

    #[test]
    fn prices_made_of_features_give_the_features_prices_back() {
        let all: Vec<_> = [[1.0, 3.0], [2.0, 1.0], [3.0, 2.0], [4.0, 5.0], [5.0, 4.0], [6.0, 9.0]]
            .iter()
            .map(|x| priced(x, 0.0))
            .collect();
        let found = value(&all, &[3.5, 2.5]).unwrap();
        assert!((found.coefficients[0] - 0.5).abs() < 1e-9 && (found.coefficients[1] + 0.2).abs() < 1e-9);
        assert!((found.value / (10.0f64 + 1.75 - 0.5).exp() - 1.0).abs() < 1e-9);
        assert!((found.r_squared - 1.0).abs() < 1e-9 && found.residual_deviation < 1e-6);
    }

    /// One feature, worked by hand: x 1…5, ln y 1, 2, 1.3, 3.75, 2.25 give slope 0.425, intercept 0.785, residual sum of
    /// squares 2.79075 (D. Lane, Online Statistics Education, "Introduction to linear regression").
    #[test]
    fn a_published_regression_comes_out() {
        let all: Vec<_> = [1.0, 2.0, 1.3, 3.75, 2.25]
            .iter()
            .zip(1..)
            .map(|(y, x)| Transaction { price: f64::exp(*y), features: vec![f64::from(x)] })
            .collect();
        let found = value(&all, &[4.0]).unwrap();
        assert!((found.coefficients[0] - 0.425).abs() < 1e-12);
        assert!((found.value.ln() - (0.785 + 0.425 * 4.0)).abs() < 1e-12);
        assert!((found.residual_deviation - (2.790_75f64 / 3.0).sqrt()).abs() < 1e-9);
        // t of 0.95 at three degrees of freedom is 2.353363.
        let spread = 2.353_363 * found.residual_deviation * (1.0f64 + 0.2 + 0.1).sqrt();
        assert!((found.high.ln() - found.value.ln() - spread).abs() < 5e-3 * spread);
        assert!(found.low < found.value && found.value < found.high);
    }

    #[test]
    fn what_cannot_be_regressed_is_named() {
        let same: Vec<_> = (0..8).map(|n| priced(&[f64::from(n), 2.0 * f64::from(n)], 0.1)).collect();
        assert_eq!(value(&same, &[1.0, 2.0]).unwrap_err().field, "features");
        assert_eq!(value(&same[..5], &[1.0, 2.0]).unwrap_err().field, "transactions");
        assert_eq!(value(&same, &[1.0]).unwrap_err().field, "transactions[0].features");
        assert_eq!(value(&same, &[]).unwrap_err().field, "subject");
    }
}
