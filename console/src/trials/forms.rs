//! The forms of trial appraisals, one for each method. The bodies made from them are in `bodies.rs`.

use crate::{
    desk::Desk,
    form::{Field, Form, Kind},
    models::names::GRADES,
};

/// The methods and the steps around them, as the API names them, in the order they are offered.
pub const METHODS: [&str; 13] = [
    "relief_from_royalty",
    "excess_earnings",
    "with_and_without",
    "replacement_cost",
    "market_comparables",
    "hedonic",
    "royalty_capitalisation",
    "real_option",
    "monte_carlo",
    "profit_split",
    "remaining_life",
    "reconciliation",
    "collateral_value",
];
/// What a simulation draws, whether the figure is a share, and what stands there at first.
pub const DRAWN: [(&str, Unit, &str, &str); 6] = [
    ("revenue", Unit::Amount, "normal", "1000 100"),
    ("royalty_rate", Unit::Percent, "triangular", "3 5 7"),
    ("discount_rate", Unit::Percent, "triangular", "10 12 15"),
    ("life_years", Unit::Plain, "fixed", "8"),
    ("revenue_growth", Unit::Percent, "fixed", "3"),
    ("success_probability", Unit::Percent, "fixed", "80"),
];
const DISTRIBUTIONS: [&str; 7] =
    ["fixed", "normal", "lognormal", "triangular", "pert", "uniform", "discrete"];

/// How a drawn figure is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// An amount, in the form's unit.
    Amount,
    /// Percent.
    Percent,
    /// As it is.
    Plain,
}

/// What is typed for a method.
pub fn form(desk: &Desk, method: &str) -> Form {
    let form = Form::new(desk, format!("/trials/{method}"), desk.t("trial-calculate"))
        .intro(desk.t("trial-appraisal-intro"));
    match method {
        "excess_earnings" => {
            let form = lines(desk, form, "earnings", "tr-earnings", "1000\n1100\n1200");
            income(desk, unit(desk, form.field(charges(desk))))
        }
        "with_and_without" => {
            let form = lines(desk, form, "cash_flows_with", "tr-with", "500\n550\n600");
            let form = lines(desk, form, "cash_flows_without", "tr-without", "300\n300\n300");
            income(desk, unit(desk, form))
        }
        "replacement_cost" => cost(desk, form),
        "market_comparables" => comparables(desk, form),
        "hedonic" => hedonic(desk, form),
        "royalty_capitalisation" => capitalisation(desk, form),
        "real_option" => option(desk, form),
        "monte_carlo" => simulation(desk, form),
        "profit_split" => split(desk, form),
        "remaining_life" => life(desk, form),
        "reconciliation" => reconciliation(desk, form),
        "collateral_value" => collateral(desk, form),
        _ => {
            let form = lines(desk, form, "revenue", "trial-revenue", "1000\n1100\n1200");
            let rate = Field::new(Kind::Percent, "royalty_rate", desk.t("as-royalty_rate")).value("5");
            income(desk, unit(desk, form).field(rate.help(desk.t("tr-royalty-help"))))
        }
    }
}

fn lines(desk: &Desk, form: Form, name: &str, label: &'static str, first: &str) -> Form {
    form.field(Field::new(Kind::Lines, name, desk.t(label)).value(first).help(desk.t("trial-revenue-help")))
}

fn charges(desk: &Desk) -> Field {
    Field::new(Kind::Lines, "contributory_charges", desk.t("tr-charges"))
        .optional()
        .value("300\n300\n300")
        .help(desk.t("tr-charges-help"))
}

fn unit(desk: &Desk, form: Form) -> Form {
    form.field(Field::new(Kind::Choice, "revenue_unit", desk.t("trial-unit")).value("wan").options([
        ("wan".to_owned(), desk.t("unit-wan").to_owned()),
        ("yuan".to_owned(), desk.t("unit-yuan").to_owned()),
    ]))
}

fn percent(desk: &Desk, name: &str, label: &'static str, first: &str) -> Field {
    Field::new(Kind::Percent, name, desk.t(label)).value(first)
}

/// A choice whose words are of these forms alone: elsewhere "normal" is a class of loans.
fn choice(desk: &Desk, name: &str, label: String, values: &[&str]) -> Field {
    let words = |value: &&str| ((*value).to_owned(), desk.words().get(&format!("tr-{value}")).to_owned());
    Field::new(Kind::Choice, name, label).options(values.iter().map(words).collect::<Vec<_>>())
}

fn timing(desk: &Desk) -> Field {
    Field::new(Kind::Choice, "timing", desk.t("trial-timing"))
        .words(desk, &["end_of_year", "mid_year"])
        .help(desk.t("tr-timing-help"))
}

fn income(desk: &Desk, form: Form) -> Form {
    form.field(percent(desk, "discount_rate", "as-discount_rate", "15"))
        .field(percent(desk, "tax_rate", "as-tax_rate", "25"))
        .field(timing(desk))
        .field(Field::new(Kind::Choice, "tab", desk.t("trial-tab")).words(desk, &["true", "false"]).half())
        .field(
            Field::new(Kind::Whole, "tax_life_years", desk.t("as-tax_life_years"))
                .optional()
                .half()
                .help(desk.t("tr-tax-life-help")),
        )
}

fn cost(desk: &Desk, form: Form) -> Form {
    let form = form
        .field(
            Field::new(Kind::Lines, "costs", desk.t("tr-costs"))
                .value("30\n10\n5\n2")
                .help(desk.t("tr-costs-help")),
        )
        .field(
            Field::new(Kind::Lines, "trend_factors", desk.t("tr-trend"))
                .optional()
                .help(desk.t("tr-trend-help")),
        );
    unit(desk, form)
        .field(percent(desk, "margin", "tr-margin", "0").help(desk.t("tr-margin-help")))
        .field(percent(desk, "functional_obsolescence", "as-functional_obsolescence", "10"))
        .field(percent(desk, "technological_obsolescence", "as-technological_obsolescence", "20"))
        .field(
            percent(desk, "economic_obsolescence", "as-economic_obsolescence", "5")
                .help(desk.t("tr-obsolescence-help")),
        )
}

fn comparables(desk: &Desk, form: Form) -> Form {
    let form = form.field(
        Field::new(Kind::Lines, "comparables", desk.t("tr-comparables"))
            .value("100 1.1 0.9\n120\n150 0.8 @2")
            .help(desk.t("tr-comparables-help")),
    );
    unit(desk, form).field(
        choice(desk, "summary", desk.t("tr-summary").to_owned(), &["median", "weighted_mean"])
            .help(desk.t("tr-summary-help")),
    )
}

fn hedonic(desk: &Desk, form: Form) -> Form {
    let form = form.field(
        Field::new(Kind::Lines, "transactions", desk.t("tr-transactions"))
            .value("100 3 8\n120 4 6\n150 5 9\n90 2 5\n180 7 8\n210 8 10")
            .help(desk.t("tr-transactions-help")),
    );
    unit(desk, form).field(
        Field::new(Kind::Text, "subject", desk.t("tr-subject")).value("5 7").help(desk.t("tr-subject-help")),
    )
}

fn capitalisation(desk: &Desk, form: Form) -> Form {
    form.field(Field::new(Kind::Amount, "royalty", desk.t("tr-royalty")).value("50"))
        .field(percent(desk, "tax_rate", "as-tax_rate", "25"))
        .field(percent(desk, "discount_rate", "as-discount_rate", "15"))
        .field(percent(desk, "growth", "tr-growth", "3").help(desk.t("tr-growth-help")))
        .field(
            Field::new(Kind::Whole, "years", desk.t("as-years")).optional().help(desk.t("tr-for-ever-help")),
        )
}

fn option(desk: &Desk, form: Form) -> Form {
    form.field(
        choice(desk, "kind", desk.t("tr-kind").to_owned(), &["call", "put"]).help(desk.t("tr-kind-help")),
    )
    .field(choice(desk, "model", desk.t("tr-model").to_owned(), &["black_scholes", "binomial"]))
    .field(
        choice(desk, "exercise", desk.t("tr-exercise").to_owned(), &["european", "american"])
            .help(desk.t("tr-exercise-help")),
    )
    .field(Field::new(Kind::Amount, "underlying", desk.t("as-underlying")).value("3422"))
    .field(
        Field::new(Kind::Amount, "strike", desk.t("as-strike")).value("2875").help(desk.t("tr-strike-help")),
    )
    .field(Field::new(Kind::Text, "years", desk.t("as-years")).value("17").half())
    .field(percent(desk, "volatility", "as-volatility", "47.33").half())
    .field(percent(desk, "risk_free_rate", "as-risk_free_rate", "6.7").half())
    .field(percent(desk, "cost_of_delay", "as-cost_of_delay", "5.88").half().help(desk.t("tr-delay-help")))
    .field(Field::new(Kind::Whole, "steps", desk.t("tr-steps")).optional().help(desk.t("tr-steps-help")))
}

fn simulation(desk: &Desk, form: Form) -> Form {
    let drawn = DRAWN.into_iter().fold(unit(desk, form), |form, (name, _, shape, first)| {
        let label = desk.word(&format!("as-{name}"));
        form.field(
            choice(desk, &shape_of(name), format!("{label} · {}", desk.t("tr-shape")), &DISTRIBUTIONS)
                .value(shape)
                .half(),
        )
        .field(Field::new(Kind::Text, name, label).value(first).half().help(desk.t("tr-parameters-help")))
    });
    drawn
        .field(percent(desk, "tax_rate", "as-tax_rate", "25"))
        .field(timing(desk))
        .field(
            Field::new(Kind::Lines, "rank_correlations", desk.t("tr-correlations"))
                .optional()
                .help(desk.t("tr-correlations-help")),
        )
        .field(Field::new(Kind::Whole, "paths", desk.t("valuation-paths")).value("20000").half())
        .field(
            Field::new(Kind::Whole, "seed", desk.t("as-seed"))
                .optional()
                .half()
                .help(desk.t("value-seed-help")),
        )
}

fn split(desk: &Desk, form: Form) -> Form {
    let form = form
        .field(percent(desk, "low", "tr-split-low", "0.5").half())
        .field(percent(desk, "high", "tr-split-high", "1.5").half().help(desk.t("tr-split-help")))
        .field(
            Field::new(Kind::Lines, "factors", desk.t("tr-factors"))
                .value("80 @30\n70 @50\n60 @20")
                .help(desk.t("tr-factors-help")),
        )
        .field(
            Field::new(Kind::Lines, "revenue", desk.t("tr-split-plan"))
                .optional()
                .value("1000\n1100\n1200")
                .help(desk.t("tr-split-plan-help")),
        );
    income(desk, unit(desk, form))
}

fn life(desk: &Desk, form: Form) -> Form {
    form.field(Field::new(Kind::Text, "legal_years", desk.t("patents-remaining")).value("15"))
        .field(
            Field::new(Kind::Text, "half_life_years", desk.t("as-technology_half_life_years"))
                .optional()
                .value("5")
                .half()
                .help(desk.t("tr-half-life-help")),
        )
        .field(
            percent(desk, "floor", "mp-advantage_floor", "25")
                .optional()
                .half()
                .help(desk.t("tr-floor-help")),
        )
        .field(
            Field::new(Kind::Text, "product_plan_years", desk.t("tr-plan-years"))
                .optional()
                .value("12")
                .help(desk.t("tr-plan-years-help")),
        )
}

fn reconciliation(desk: &Desk, form: Form) -> Form {
    let first = ["relief_from_royalty", "market_comparables", "replacement_cost"]
        .into_iter()
        .zip(["1200 60", "1000 30", "321.48 10"])
        .map(|(method, figures)| format!("{} {figures}", desk.words().get(&format!("tr-name-{method}"))))
        .collect::<Vec<_>>()
        .join("\n");
    unit(
        desk,
        form.field(
            Field::new(Kind::Lines, "indications", desk.t("tr-indications"))
                .value(first)
                .help(desk.t("tr-indications-help")),
        ),
    )
}

fn collateral(desk: &Desk, form: Form) -> Form {
    form.field(Field::new(Kind::Amount, "market_value", desk.t("tr-market-value")).value("1000"))
        .field(percent(desk, "forced_sale_discount", "mp-forced_sale_discount", "45").half())
        .field(percent(desk, "cost", "tr-selling-cost", "8").half().help(desk.t("tr-selling-cost-help")))
        .field(Field::new(Kind::Text, "months", desk.t("tr-sale-months")).value("9").half())
        .field(percent(desk, "rate", "tr-holding-rate", "12").half().help(desk.t("tr-holding-rate-help")))
        .field(
            Field::new(Kind::Choice, "grade", desk.t("col-grade"))
                .optional()
                .value("A")
                .options(GRADES.iter().map(|grade| ((*grade).to_owned(), (*grade).to_owned())))
                .half()
                .help(desk.t("tr-grade-help")),
        )
        .field(
            Field::new(Kind::Percent, "ltv", desk.t("tr-own-ltv"))
                .optional()
                .half()
                .help(desk.t("tr-own-ltv-help")),
        )
}

/// The field with the shape of a drawn figure.
pub fn shape_of(name: &str) -> String {
    format!("{name}_shape")
}
