//! Reconciliation: several methods become one value by stated weights, with the range they span.

use serde::{Deserialize, Serialize};

use super::error::{AppraisalError, finite, share};

/// A method's indication of value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Indication {
    /// The method's code.
    pub method: String,
    /// Its value, yuan.
    pub value: f64,
    /// Its weight; all weights sum to 1.
    pub weight: f64,
}

/// The reconciled value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reconciled {
    /// Σ weight × value.
    pub value: f64,
    /// The lowest indication that counts.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

/// Weighs the indications.
///
/// # Errors
/// Names `weights` where they are no shares that sum to 1, or `methods` where there is none.
pub fn reconcile(indications: &[Indication]) -> Result<Reconciled, AppraisalError> {
    let (mut value, mut weights) = (0.0, 0.0);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for indication in indications {
        let weight = share("weights", indication.weight)?;
        finite(&indication.method, indication.value)?;
        value += weight * indication.value;
        weights += weight;
        if weight > 0.0 {
            low = low.min(indication.value);
            high = high.max(indication.value);
        }
    }
    if indications.is_empty() {
        return Err(AppraisalError::new("methods", "至少需要一种方法", "at least one method is needed"));
    }
    if (weights - 1.0f64).abs() > 1e-9 {
        return Err(AppraisalError::new("weights", "权重之和必须为 1", "the weights must sum to 1"));
    }
    Ok(Reconciled { value, low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indication(method: &str, value: f64, weight: f64) -> Indication {
        Indication { method: method.into(), value, weight }
    }

    #[test]
    fn the_reconciled_value_lies_between_its_methods_by_their_weights() {
        let found = reconcile(&[
            indication("income", 100.0, 0.75),
            indication("cost", 60.0, 0.25),
            indication("x", 1.0, 0.0),
        ])
        .unwrap();
        assert!((found.value - 90.0).abs() < 1e-12);
        assert_eq!((found.low, found.high), (60.0, 100.0));
        assert_eq!(reconcile(&[indication("income", 1.0, 0.9)]).unwrap_err().field, "weights");
        assert_eq!(reconcile(&[]).unwrap_err().field, "methods");
    }
}
