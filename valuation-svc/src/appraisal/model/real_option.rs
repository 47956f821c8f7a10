//! Real options: the right, not the duty, to develop, defer or abandon.
//!
//! Black–Scholes–Merton with a dividend yield (for a patent: the cost of delay, by default 1 ÷ remaining life)
//! for European exercise; the tree of Cox, Ross and Rubinstein (1979) for American exercise and abandonment.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    error::{AppraisalError, STEPS_MAX, finite, not_negative, positive, within},
    maths::{exp, ln},
    normal::normal_cdf,
};

/// The right to buy (develop) or to sell (abandon).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OptionKind {
    /// To develop: pay the strike, get the project.
    #[default]
    Call,
    /// To abandon: give the project up for the strike.
    Put,
}

/// When it may be exercised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Exercise {
    /// At the end only.
    #[default]
    European,
    /// At any time.
    American,
}

/// The terms of an option.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptionTerms {
    /// Call or put.
    pub kind: OptionKind,
    /// Present value of the project's cash flows, yuan.
    pub underlying: f64,
    /// What exercise costs (call) or brings (put), yuan.
    pub strike: f64,
    /// Years until the right ends.
    pub years: f64,
    /// Standard deviation of the project's value a year.
    pub volatility: f64,
    /// Risk-free rate, continuous.
    pub risk_free_rate: f64,
    /// Cost of delay a year, continuous (the dividend yield of the formula).
    pub cost_of_delay: f64,
}

/// The closed form with the terms it goes through.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClosedForm {
    /// The European value, yuan.
    pub value: f64,
    /// d₁.
    pub d1: f64,
    /// d₂.
    pub d2: f64,
}

impl OptionTerms {
    fn check(&self) -> Result<(), AppraisalError> {
        positive("underlying", self.underlying)?;
        positive("strike", self.strike)?;
        positive("years", self.years)?;
        within("years", self.years, 0.0, 200.0)?;
        positive("volatility", self.volatility)?;
        within("volatility", self.volatility, 0.0, 10.0)?;
        within("risk_free_rate", self.risk_free_rate, -1.0, 10.0)?;
        within("cost_of_delay", self.cost_of_delay, -1.0, 10.0)?;
        Ok(())
    }

    fn sign(&self) -> f64 {
        match self.kind {
            OptionKind::Call => 1.0,
            OptionKind::Put => -1.0,
        }
    }

    /// What exercise at once would bring; negative where it would cost.
    #[must_use]
    pub fn net_present_value(&self) -> f64 {
        self.sign() * (self.underlying - self.strike)
    }

    /// The European value in closed form.
    ///
    /// # Errors
    /// Names the term that is unusable.
    pub fn black_scholes(&self) -> Result<ClosedForm, AppraisalError> {
        self.check()?;
        let Self {
            underlying: s, strike: k, years: t, volatility, risk_free_rate: r, cost_of_delay: q, ..
        } = *self;
        let spread = volatility * t.sqrt();
        let d1 = (ln(s / k) + (r - q + 0.5 * volatility * volatility) * t) / spread;
        let d2 = d1 - spread;
        let sign = self.sign();
        let value =
            sign * (s * exp(-q * t) * normal_cdf(sign * d1) - k * exp(-r * t) * normal_cdf(sign * d2));
        Ok(ClosedForm { value: finite("underlying", value.max(0.0))?, d1, d2 })
    }

    /// The value on a recombining tree of `steps` steps.
    ///
    /// # Errors
    /// Names the term that is unusable; `steps` where it is zero, above 10,000, or so small that the tree's
    /// probabilities leave 0–1.
    pub fn binomial(&self, exercise: Exercise, steps: u32) -> Result<f64, AppraisalError> {
        self.check()?;
        if steps == 0 || steps > STEPS_MAX {
            return Err(AppraisalError::new("steps", "必须为 1 至 10000", "must be 1 to 10000"));
        }
        let step_years = self.years / f64::from(steps);
        let move_log = self.volatility * step_years.sqrt();
        let (up, down) = (exp(move_log), exp(-move_log));
        let growth = exp((self.risk_free_rate - self.cost_of_delay) * step_years);
        let p = (growth - down) / (up - down);
        if !(0.0..=1.0).contains(&p) {
            return Err(AppraisalError::new(
                "steps",
                "步数过少，二叉树概率超出 0 至 1",
                "too few: the tree's probabilities leave 0 to 1",
            ));
        }
        let discount = exp(-self.risk_free_rate * step_years);
        let (weight_up, weight_down) = (discount * p, discount * (1.0 - p));
        let sign = self.sign();
        // prices[i] is the project after i − n net rises; a node (step, rises) sits at 2·rises − step + n.
        let n = steps as usize;
        let prices: Vec<f64> = (0..=2 * steps)
            .map(|i| self.underlying * exp((f64::from(i) - f64::from(steps)) * move_log))
            .collect();
        // What exercise brings at even and at odd places: the nodes of one step are neighbours in one of the two, so that
        // the processor takes several at a time.
        let payoff = |price: &f64| (sign * (price - self.strike)).max(0.0);
        let even: Vec<f64> = prices.iter().step_by(2).map(payoff).collect();
        let odd: Vec<f64> = prices.iter().skip(1).step_by(2).map(payoff).collect();
        let mut values = even.clone();
        let mut next = vec![0.0; n];
        for step in (0..n).rev() {
            let lowest = n - step;
            let now = if lowest.is_multiple_of(2) { &even } else { &odd };
            let (Some(slots), Some(risen), Some(exercised)) =
                (next.get_mut(..=step), values.get(1..), now.get(lowest / 2..))
            else {
                continue;
            };
            let pairs = slots.iter_mut().zip(&values).zip(risen);
            match exercise {
                Exercise::European => pairs.for_each(|((slot, fallen), risen)| {
                    *slot = weight_up * risen + weight_down * fallen;
                }),
                Exercise::American => {
                    pairs.zip(exercised).for_each(|(((slot, fallen), risen), exercised)| {
                        let waiting = weight_up * risen + weight_down * fallen;
                        *slot = if waiting > *exercised { waiting } else { *exercised };
                    })
                }
            }
            std::mem::swap(&mut values, &mut next);
        }
        finite("underlying", values.first().copied().unwrap_or(0.0))
    }
}

/// A project with the right to give it up at any time for its salvage value: the project plus an American put.
///
/// # Errors
/// As [`OptionTerms::binomial`]; the salvage value is the term `strike`.
pub fn with_abandonment(terms: OptionTerms, steps: u32) -> Result<f64, AppraisalError> {
    not_negative("strike", terms.strike)?;
    let put = OptionTerms { kind: OptionKind::Put, ..terms };
    Ok(terms.underlying + put.binomial(Exercise::American, steps)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appraisal::model::{
        distribution::Distribution,
        monte_carlo::{Simulation, Variable, simulate},
    };
    use proptest::prelude::*;

    /// Damodaran, *The Promise and Peril of Real Options*: Biogen's Avonex, $ million.
    fn avonex() -> OptionTerms {
        OptionTerms {
            kind: OptionKind::Call,
            underlying: 3_422.0,
            strike: 2_875.0,
            years: 17.0,
            volatility: 0.224f64.sqrt(),
            risk_free_rate: 0.067,
            cost_of_delay: 1.0 / 17.0,
        }
    }

    #[test]
    fn avonex_is_worth_907_as_published() {
        let found = avonex().black_scholes().unwrap();
        assert!((found.d1 - 1.136_190_134).abs() < 5e-10);
        assert!((found.d2 + 0.815_219_613).abs() < 5e-10);
        assert!((found.value - 906.865_434).abs() < 5e-7, "{}", found.value);
        assert!((avonex().net_present_value() - 547.0).abs() < 1e-9);
    }

    #[test]
    fn exercising_avonex_early_is_worth_about_1603() {
        let american = avonex().binomial(Exercise::American, 1_000).unwrap();
        assert!((american - 1_603.0).abs() < 3.0, "{american}");
        let european = avonex().binomial(Exercise::European, 1_000).unwrap();
        assert!((european - 906.865_434).abs() < 1.0, "{european}");
    }

    #[test]
    fn hulls_five_step_tree_gives_the_american_put_of_4_49() {
        let put = OptionTerms {
            kind: OptionKind::Put,
            underlying: 50.0,
            strike: 50.0,
            years: 5.0 / 12.0,
            volatility: 0.40,
            risk_free_rate: 0.10,
            cost_of_delay: 0.0,
        };
        let found = put.binomial(Exercise::American, 5).unwrap();
        assert!((found - 4.488_458_535).abs() < 5e-10, "{found}");
    }

    #[test]
    fn mertons_put_with_a_yield() {
        let put = OptionTerms {
            kind: OptionKind::Put,
            underlying: 100.0,
            strike: 95.0,
            years: 0.5,
            volatility: 0.20,
            risk_free_rate: 0.10,
            cost_of_delay: 0.05,
        };
        let found = put.black_scholes().unwrap().value;
        assert!((found - 2.464_787_647).abs() < 5e-10, "{found}");
    }

    /// Damodaran's second example is printed as 37.12; the formula gives 26.622960, checked by the tree.
    #[test]
    fn the_tree_comes_near_the_closed_form() {
        let terms = OptionTerms { volatility: 0.3, years: 3.0, ..avonex() };
        let closed = terms.black_scholes().unwrap().value;
        let tree = terms.binomial(Exercise::European, 2_000).unwrap();
        assert!((closed - tree).abs() < 0.5, "{closed} {tree}");
    }

    #[test]
    fn closed_form_tree_and_simulation_agree_within_their_errors() {
        let terms = OptionTerms {
            kind: OptionKind::Call,
            underlying: 100.0,
            strike: 95.0,
            years: 1.5,
            volatility: 0.3,
            risk_free_rate: 0.05,
            cost_of_delay: 0.02,
        };
        let closed = terms.black_scholes().unwrap().value;
        // The tree's error falls with its steps: at 2,000 it is below a hundredth.
        let tree = terms.binomial(Exercise::European, 2_000).unwrap();
        assert!((closed - tree).abs() < 0.01, "{closed} {tree}");
        let simulation = Simulation {
            paths: 200_000,
            seed: 9,
            variables: vec![Variable {
                name: "z".into(),
                distribution: Distribution::Normal { mean: 0.0, standard_deviation: 1.0 },
            }],
            rank_correlations: vec![],
        };
        let drift = (0.05 - 0.02 - 0.5 * 0.3 * 0.3) * 1.5;
        let found = simulate(&simulation, |z| {
            let end = 100.0 * exp(drift + 0.3 * 1.5f64.sqrt() * z[0]);
            exp(-0.05 * 1.5) * (end - 95.0).max(0.0)
        })
        .unwrap();
        assert!((found.mean - closed).abs() < 3.5 * found.standard_error, "{closed} {}", found.mean);
    }

    #[test]
    fn the_right_to_abandon_is_never_worth_less_than_nothing() {
        let project = with_abandonment(OptionTerms { strike: 2_000.0, years: 5.0, ..avonex() }, 200).unwrap();
        assert!(project > 3_422.0);
        let worthless = with_abandonment(OptionTerms { strike: 1e-6, years: 5.0, ..avonex() }, 200).unwrap();
        assert!((worthless - 3_422.0).abs() < 1e-3);
    }

    #[test]
    fn unusable_terms_are_named() {
        let field = |terms: OptionTerms| terms.black_scholes().unwrap_err().field;
        assert_eq!(field(OptionTerms { volatility: 0.0, ..avonex() }), "volatility");
        assert_eq!(field(OptionTerms { years: f64::NAN, ..avonex() }), "years");
        assert_eq!(field(OptionTerms { strike: f64::INFINITY, ..avonex() }), "strike");
        assert_eq!(avonex().binomial(Exercise::American, 10_001).unwrap_err().field, "steps");
        let coarse = OptionTerms { volatility: 0.01, risk_free_rate: 0.5, ..avonex() };
        assert_eq!(coarse.binomial(Exercise::American, 1).unwrap_err().field, "steps");
    }

    fn terms() -> impl Strategy<Value = OptionTerms> {
        (1.0..1e6f64, 1.0..1e6f64, 0.1..20.0f64, 0.05..1.0f64, 0.0..0.2f64, 0.0..0.2f64).prop_map(
            |(underlying, strike, years, volatility, risk_free_rate, cost_of_delay)| OptionTerms {
                kind: OptionKind::Call,
                underlying,
                strike,
                years,
                volatility,
                risk_free_rate,
                cost_of_delay,
            },
        )
    }

    proptest! {
        #[test]
        fn a_call_less_a_put_is_the_forward(terms in terms()) {
            let call = terms.black_scholes().unwrap().value;
            let put = OptionTerms { kind: OptionKind::Put, ..terms }.black_scholes().unwrap().value;
            let forward = terms.underlying * (-terms.cost_of_delay * terms.years).exp()
                - terms.strike * (-terms.risk_free_rate * terms.years).exp();
            prop_assert!((call - put - forward).abs() <= 1e-9 * (terms.underlying + terms.strike));
        }

        #[test]
        fn a_call_rises_with_the_project_and_volatility_and_falls_with_strike_and_delay(
            terms in terms(), more in 1.0..2.0f64,
        ) {
            let value = |t: OptionTerms| t.black_scholes().unwrap().value;
            let slack = 1e-9 * (terms.underlying + terms.strike);
            let base = value(terms);
            let dearer_project = value(OptionTerms { underlying: terms.underlying * more, ..terms });
            let wilder = value(OptionTerms { volatility: terms.volatility * more, ..terms });
            let dearer_strike = value(OptionTerms { strike: terms.strike * more, ..terms });
            let costlier_delay = value(OptionTerms { cost_of_delay: terms.cost_of_delay * more, ..terms });
            prop_assert!(dearer_project + slack >= base && wilder + slack >= base);
            prop_assert!(dearer_strike <= base + slack && costlier_delay <= base + slack);
        }

        #[test]
        fn american_exercise_is_worth_at_least_european_and_at_least_exercise_now(terms in terms()) {
            for kind in [OptionKind::Call, OptionKind::Put] {
                let terms = OptionTerms { kind, ..terms };
                let (Ok(european), Ok(american)) =
                    (terms.binomial(Exercise::European, 60), terms.binomial(Exercise::American, 60))
                else { continue };
                let slack = 1e-9 * (terms.underlying + terms.strike);
                prop_assert!(american + slack >= european);
                prop_assert!(american + slack >= terms.net_present_value());
            }
        }
    }
}
