//! The lending products of a bank, as data: on which terms the loan that a draw makes is repaid, priced and late.
//! `standard` is the loan of a draw that names no product and is the same everywhere; what a product agreed at the draw
//! stays with the loan, whatever the bank changes later.

mod agreed;
mod fields;
mod presets;
mod refusal;

use chrono::NaiveDate;
use finance::{DayCount, Rate, RateReset, Repayment, Roll};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{STANDARD_PRODUCT, rules::LoanKind};
use crate::parameters::{Flaw, ParameterSet};

pub use agreed::{Agreed, Floats, LoanConditions, Wanted};
pub use refusal::ProductRefusal;

/// The most products of a bank.
const PRODUCTS_MAX: usize = 50;
/// The longest code, in characters.
const CODE_CHARS_MAX: usize = 40;
/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 60;
/// Months between instalments that are offered: monthly, quarterly, half-yearly, yearly.
const INTERVALS: [u32; 4] = [1, 3, 6, 12];
/// The last day that every month has.
const DUE_DAY_MAX: u32 = 28;
/// The longest term and the longest window for further tranches: fifty years of months.
const MONTHS_MAX: u32 = 600;

/// A lending product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LendingProduct {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// What its loans are for: payment and term go by it.
    #[serde(default)]
    pub kind: LoanKind,
    /// How a loan may be repaid; the first is taken where the draw names none.
    pub repayments: Vec<Repayment>,
    /// Months between instalments: 1, 3, 6 or 12. The tenor is a multiple of it.
    pub every_months: u32,
    /// The day of the month on which interest is settled (结息日), 1 to 28: in every month, or in the last one of each
    /// quarter, half-year or year. The first period is then shorter, and the last ends with the loan. None for the day of
    /// the draw.
    #[serde(default)]
    pub due_day: Option<u32>,
    /// For equal instalments: shift all of them by a fen or so where that brings the last one closer.
    #[serde(default)]
    pub level_last: bool,
    /// The longest term in months; none for no bound beside the facility's.
    pub tenor_max_months: Option<u32>,
    /// How interest days are counted.
    pub day_count: DayCount,
    /// Opening instalments without principal where the draw names none.
    pub grace_default: u32,
    /// The most opening instalments without principal.
    pub grace_max: u32,
    /// By how much of the contract rate the rate rises on what is overdue (罚息加收), 0.3 to 0.5.
    pub penalty_surcharge: Rate,
    /// By how much of it the rate rises on what was not used as agreed (挪用加收), 0.5 to 1.
    pub misuse_surcharge: Rate,
    /// Whether penalty that stands unpaid on a due date bears interest itself (罚息计复利); disputed in court.
    #[serde(default)]
    pub penalty_compounds: bool,
    /// Whether a due date that is no working day may be met on the next one without being overdue.
    pub holiday_grace: bool,
    /// Where a due date goes that is no working day; interest runs to the day it is moved to.
    #[serde(default)]
    pub roll: Roll,
    /// The fee on principal that is repaid ahead of the plan, as a part of it.
    pub prepayment_fee_rate: Rate,
    /// Months after the draw from which on repaying ahead costs nothing; none for never.
    pub prepayment_free_months: Option<u32>,
    /// Days overdue beyond which a payment settles overdue principal first.
    pub principal_first_after_days: u32,
    /// `fixed` for the facility's rate throughout; otherwise the spread of that rate over the LPR stays and the LPR is
    /// taken anew.
    pub rate_reset: RateReset,
    /// Months after the draw within which further tranches of the loan may be drawn; 0 for none.
    pub tranche_months: u32,
}

/// A bank's lending products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LendingProducts {
    /// The products; one of them is `standard`.
    pub products: Vec<LendingProduct>,
}

impl Default for LendingProducts {
    fn default() -> Self {
        Self { products: presets::all() }
    }
}

impl LendingProducts {
    /// The product of a code.
    #[must_use]
    pub fn named(&self, code: &str) -> Option<&LendingProduct> {
        self.products.iter().find(|product| product.code == code)
    }
}

impl ParameterSet for LendingProducts {
    const KIND: &'static str = "lending_products";
    const ZH: &'static str = "贷款产品条款";
    const EN: &'static str = "Lending products";
    const FIELDS: &'static [crate::parameters::FieldDoc] = fields::FIELDS;

    fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        if self.products.len() > PRODUCTS_MAX {
            flaws.push(Flaw::new(
                "products",
                format!("产品最多 {PRODUCTS_MAX} 个。"),
                format!("There are at most {PRODUCTS_MAX} products."),
            ));
        }
        // A draw that names no product is decided without reading this set: its terms cannot be set here.
        if self.named(STANDARD_PRODUCT) != Some(&presets::standard()) {
            flaws.push(Flaw::new(
                "products",
                "须原样保留 standard 产品；如需其他条款，请另设产品。",
                "Keep the product standard as it is; for other terms add another product.",
            ));
        }
        for (index, product) in self.products.iter().enumerate() {
            let twice = self.products.iter().take(index).any(|other| other.code == product.code);
            flaws.extend(product.flaws(&format!("products[{index}]"), twice));
        }
        flaws
    }
}

impl LendingProduct {
    fn flaws(&self, at: &str, twice: bool) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut flaw = |holds: bool, field: &str, zh: &str, en: &str| {
            if !holds {
                flaws.push(Flaw::new(format!("{at}.{field}"), zh, en));
            }
        };
        let plain = (1..=CODE_CHARS_MAX).contains(&self.code.len())
            && self.code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        flaw(
            plain && !twice,
            "code",
            "代码须由小写字母、数字和下划线组成，最多 40 个字符，且不得重复。",
            "A code is of small letters, digits and `_`, at most 40, and stands once.",
        );
        for (field, name) in [("name_zh", &self.name_zh), ("name_en", &self.name_en)] {
            let named = !name.trim().is_empty() && name.chars().count() <= NAME_CHARS_MAX;
            flaw(named, field, "名称须为 1 至 60 个字符。", "A name has 1 to 60 characters.");
        }
        let methods = &self.repayments;
        let once = methods.iter().enumerate().all(|(index, method)| !methods[..index].contains(method));
        flaw(
            !methods.is_empty() && once,
            "repayments",
            "须列明至少一种还款方式，且不得重复。",
            "Name at least one method of repayment, each once.",
        );
        flaw(
            INTERVALS.contains(&self.every_months),
            "every_months",
            "还款间隔须为 1、3、6 或 12 个月。",
            "Instalments are 1, 3, 6 or 12 months apart.",
        );
        flaw(
            self.due_day.is_none_or(|day| (1..=DUE_DAY_MAX).contains(&day)),
            "due_day",
            "结息日须为 1 至 28 日；留空为放款对应日。",
            "The settlement day is 1 to 28; empty for the day of the draw.",
        );
        let every = self.every_months.max(1);
        flaw(
            self.tenor_max_months
                .is_none_or(|most| (1..=MONTHS_MAX).contains(&most) && most.is_multiple_of(every)),
            "tenor_max_months",
            "须为 1 至 600 个月，且为还款间隔的整数倍。",
            "It is 1 to 600 months and a multiple of the interval.",
        );
        let leaves_one = self.tenor_max_months.is_none_or(|most| self.grace_max < most / every);
        flaw(
            self.grace_default <= self.grace_max && self.grace_max < MONTHS_MAX && leaves_one,
            "grace_max",
            "宽限期上限须不小于默认值，且少于最长期限的期数。",
            "The most grace is not below the default and leaves an instalment of the longest term.",
        );
        for (field, surcharge, breach, zh, en) in [
            (
                "penalty_surcharge",
                self.penalty_surcharge,
                finance::Breach::Overdue,
                "逾期加收比例须为 0.3 至 0.5。",
                "The surcharge on what is overdue is 0.3 to 0.5.",
            ),
            (
                "misuse_surcharge",
                self.misuse_surcharge,
                finance::Breach::Misuse,
                "挪用加收比例须为 0.5 至 1。",
                "The surcharge on misused funds is 0.5 to 1.",
            ),
        ] {
            let (low, high) = breach.surcharge_range();
            flaw((low..=high).contains(&surcharge), field, zh, en);
        }
        flaw(
            (Rate::ZERO..=presets::prepayment_fee_most()).contains(&self.prepayment_fee_rate),
            "prepayment_fee_rate",
            "提前还款手续费率须为 0 至 0.05。",
            "The fee for repaying ahead is 0 to 0.05.",
        );
        for (field, months) in [
            ("prepayment_free_months", self.prepayment_free_months.unwrap_or(0)),
            ("tranche_months", self.tranche_months),
        ] {
            flaw(months <= MONTHS_MAX, field, "不得超过 600 个月。", "It is at most 600 months.");
        }
        flaws
    }
}

/// The day so many months after another.
fn months_after(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(chrono::Months::new(months)).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_product_stays_as_it_is_in_every_bank() {
        let mut products = LendingProducts::default();
        assert_eq!(products.flaws(), []);
        products.products[0].penalty_surcharge = Rate::from_basis_points(3_000);
        assert_eq!(products.flaws()[0].field, "products");
        products.products.remove(0);
        assert_eq!(products.flaws()[0].field, "products");
    }

    #[test]
    fn what_the_central_bank_does_not_allow_or_no_plan_can_follow_is_named_at_its_field() {
        let at = |change: fn(&mut LendingProduct)| {
            let mut products = LendingProducts::default();
            change(&mut products.products[1]);
            let flaws = products.flaws();
            assert_eq!(flaws.len(), 1, "{flaws:?}");
            flaws[0].field.clone()
        };
        assert_eq!(
            at(|one| one.penalty_surcharge = Rate::from_basis_points(2_999)),
            "products[1].penalty_surcharge"
        );
        assert_eq!(
            at(|one| one.misuse_surcharge = Rate::from_basis_points(4_999)),
            "products[1].misuse_surcharge"
        );
        assert_eq!(at(|one| one.every_months = 2), "products[1].every_months");
        assert_eq!(at(|one| one.repayments.clear()), "products[1].repayments");
        assert_eq!(at(|one| one.due_day = Some(29)), "products[1].due_day");
        assert_eq!(at(|one| one.due_day = Some(0)), "products[1].due_day");
        assert_eq!(at(|one| one.grace_default = 99), "products[1].grace_max");
        assert_eq!(at(|one| one.tenor_max_months = Some(13)), "products[1].tenor_max_months");
        assert_eq!(at(|one| one.prepayment_fee_rate = Rate::ONE), "products[1].prepayment_fee_rate");
        assert_eq!(at(|one| one.code = "standard".into()), "products[1].code");
        assert_eq!(at(|one| one.name_en.clear()), "products[1].name_en");
        assert_eq!(at(|one| one.tranche_months = 601), "products[1].tranche_months");
    }
}
