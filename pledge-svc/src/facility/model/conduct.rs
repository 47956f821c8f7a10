//! What the application, its product and the rules for the kind of loan ask of a draw beside line and member: term, price,
//! and who pays the money out. Decided once the line has granted the draw, for only then is known what it takes out of what
//! an approval holds.

use chrono::NaiveDate;
use contracts::ApplicationId;
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};

use super::approval::HeldApproval;
use crate::{
    applications::{ApplicationProduct, CeilingRefusal},
    loan::{PaymentMode, model::rules::KindRules},
};

/// Why a draw that the line would grant is refused all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum ConductRefusal {
    /// The application named holds nothing for the member on this line.
    UnknownApplication {
        /// The one named.
        application: ApplicationId,
    },
    /// Approvals of several products hold a part of the line, and the draw names none.
    AmbiguousApplication {
        /// Which.
        applications: Vec<ApplicationId>,
    },
    /// More than is left of the application that is named or, where none is, of any that the draw could be under.
    AboveHeld {
        /// Principal asked for.
        asked: Money,
        /// What can be drawn under it.
        most: Money,
    },
    /// Longer than the application was approved for.
    AboveApproval {
        /// Months asked for.
        asked: u32,
        /// Months approved.
        most: u32,
    },
    /// The application's product does not admit it.
    Product {
        /// Its name in Chinese.
        name_zh: String,
        /// Its name in English.
        name_en: String,
        /// Why.
        refusal: CeilingRefusal,
    },
    /// Longer than the rules allow a loan of its kind.
    KindTerm {
        /// Months asked for.
        asked: u32,
        /// Months allowed.
        most: u32,
        /// Whether an exception was approved already.
        excepted: bool,
    },
    /// The money has to be paid out by the bank, and no payee is named.
    EntrustedPayment {
        /// Principal.
        amount: Money,
        /// Above which amount that is so; none where the approval asks for it whatever the amount.
        above: Option<Money>,
    },
}

/// What is drawn, as these rules look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawing {
    /// Principal of this draw.
    pub amount: Money,
    /// Principal of the loan after it.
    pub principal: Money,
    /// Months from the first draw; zero where an earlier draw has settled that.
    pub tenor_months: u32,
    /// The contract rate.
    pub annual_rate: Rate,
    /// Who pays it out. A payee is named where it is the bank.
    pub mode: PaymentMode,
}

/// What it is held to.
#[derive(Debug, Clone, Copy)]
pub struct HeldTo<'a> {
    /// The rules for its kind of loan.
    pub rules: &'a KindRules,
    /// The approval that it is under.
    pub approval: Option<&'a HeldApproval>,
    /// The product of that approval.
    pub product: Option<&'a ApplicationProduct>,
    /// The one-year LPR in force, where the bank has recorded it.
    pub lpr_one_year: Option<Rate>,
    /// The day.
    pub on: NaiveDate,
}

/// Whether a draw is within them.
///
/// # Errors
/// [`ConductRefusal`]: term, price and amount first, for no payee would cure them.
pub fn conduct(drawing: Drawing, to: HeldTo<'_>) -> Result<(), ConductRefusal> {
    let asked = drawing.tenor_months;
    if let Some(most) = to.approval.map(|approval| approval.tenor_months).filter(|most| asked > *most) {
        return Err(ConductRefusal::AboveApproval { asked, most });
    }
    if let Some(product) = to.product {
        let drawn = (drawing.principal, asked, drawing.annual_rate);
        product.admits(drawn, to.lpr_one_year, to.on).map_err(|refusal| ConductRefusal::Product {
            name_zh: product.name_zh.clone(),
            name_en: product.name_en.clone(),
            refusal,
        })?;
    }
    let excepted = to.approval.is_some_and(|approval| approval.term_exception);
    if let Some(most) = to.rules.term_max(excepted).filter(|most| asked > *most) {
        return Err(ConductRefusal::KindTerm { asked, most, excepted });
    }
    let by_amount = to.rules.entrusts(drawing.amount);
    let by_approval = to.approval.is_some_and(|approval| approval.entrusted);
    if (by_amount || by_approval) && drawing.mode != PaymentMode::Entrusted {
        let above = by_amount.then_some(to.rules.entrusted_above);
        return Err(ConductRefusal::EntrustedPayment { amount: drawing.amount, above });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{applications::ApplicationProducts, loan::LoanRules};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn drawing(yuan: i64, tenor_months: u32, points: i64) -> Drawing {
        let amount = Money::from_yuan(yuan).unwrap();
        let annual_rate = Rate::from_basis_points(points);
        Drawing { amount, principal: amount, tenor_months, annual_rate, mode: PaymentMode::Borrower }
    }

    fn approval(tenor_months: u32) -> HeldApproval {
        HeldApproval {
            application_id: ApplicationId::from_uuid(Uuid::from_u128(7)),
            product: "tianfu_zhilai".into(),
            tenor_months,
            amount: Money::from_yuan(10_000_000).unwrap(),
            left: Money::from_yuan(10_000_000).unwrap(),
            term_exception: false,
            entrusted: false,
        }
    }

    #[test]
    fn a_large_draw_names_whom_the_bank_pays() {
        let rules = LoanRules::default().working_capital;
        let to = HeldTo {
            rules: &rules,
            approval: None,
            product: None,
            lpr_one_year: None,
            on: day("2026-03-02"),
        };
        assert_eq!(conduct(drawing(10_000_000, 12, 345), to), Ok(()));
        let large = drawing(10_000_001, 12, 345);
        let above = Some(Money::from_yuan(10_000_000).unwrap());
        assert_eq!(conduct(large, to), Err(ConductRefusal::EntrustedPayment { amount: large.amount, above }));
        assert_eq!(conduct(Drawing { mode: PaymentMode::Entrusted, ..large }, to), Ok(()));
        let new = HeldApproval { entrusted: true, ..approval(12) };
        let small = drawing(1, 12, 345);
        assert_eq!(
            conduct(small, HeldTo { approval: Some(&new), ..to }),
            Err(ConductRefusal::EntrustedPayment { amount: small.amount, above: None })
        );
    }

    #[test]
    fn working_capital_runs_three_years_and_five_where_the_approver_gave_a_reason() {
        let rules = LoanRules::default().working_capital;
        let to = HeldTo {
            rules: &rules,
            approval: None,
            product: None,
            lpr_one_year: None,
            on: day("2026-03-02"),
        };
        let term = |months, approval| conduct(drawing(1, months, 345), HeldTo { approval, ..to });
        assert_eq!(term(36, None), Ok(()));
        assert_eq!(term(37, None), Err(ConductRefusal::KindTerm { asked: 37, most: 36, excepted: false }));
        let excepted = HeldApproval { term_exception: true, ..approval(72) };
        assert_eq!(term(60, Some(&excepted)), Ok(()));
        assert_eq!(
            term(61, Some(&excepted)),
            Err(ConductRefusal::KindTerm { asked: 61, most: 60, excepted: true })
        );
        assert_eq!(term(13, Some(&approval(12))), Err(ConductRefusal::AboveApproval { asked: 13, most: 12 }));
    }

    #[test]
    fn the_product_of_the_application_bounds_the_price_on_the_day_of_the_draw() {
        let rules = LoanRules::default().working_capital;
        let products = ApplicationProducts::default();
        let approval = approval(12);
        let to = HeldTo {
            rules: &rules,
            approval: Some(&approval),
            product: products.find("tianfu_zhilai"),
            lpr_one_year: Some(Rate::from_basis_points(300)),
            on: day("2026-03-02"),
        };
        assert_eq!(conduct(drawing(1_000_000, 12, 450), to), Ok(()));
        let refused = conduct(drawing(1_000_000, 12, 451), to).unwrap_err();
        assert!(matches!(refused, ConductRefusal::Product { refusal: CeilingRefusal::Rate { .. }, .. }));
    }
}
