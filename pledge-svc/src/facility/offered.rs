//! The products that draws name, read for all banks of a batch with one statement, and only where a draw names one or its
//! line is priced on the LPR: the standard product at a fixed price needs no reading.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use contracts::OrgId;
use finance::{Fixings, WorkingDays};
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::{
    draw::DrawRequest,
    model::{Facility, pricing::Pricing},
};
use crate::{
    adjustments::ReferenceRates,
    loan::{
        LendingProducts, LoanTerms, STANDARD_PRODUCT,
        model::products::{Agreed, ProductRefusal, Wanted},
    },
    parameters::{ParameterSet, Sets},
    working_days,
};

/// What one bank offers.
struct Offer {
    products: LendingProducts,
    fixings: Fixings,
    calendar: &'static WorkingDays,
}

/// What the banks of a batch offer.
#[derive(Default)]
pub(super) struct Offered(HashMap<OrgId, Offer>);

/// Whether a draw asks for anything beside the standard product at the line's fixed rate.
pub(super) fn needs_offer(facility: &Facility, request: &DrawRequest) -> bool {
    facility.terms.pricing != Pricing::Fixed
        || request.product.as_deref().is_some_and(|code| code != STANDARD_PRODUCT)
        || request.grace.is_some_and(|grace| grace > 0)
}

impl Offered {
    /// Reads what these banks offer on a day; without a bank nothing is read.
    pub(super) async fn read(
        conn: &impl ConnectionTrait,
        banks: HashSet<OrgId>,
        on: NaiveDate,
    ) -> Result<Self, Fault> {
        if banks.is_empty() {
            return Ok(Self::default());
        }
        let banks: Vec<OrgId> = banks.into_iter().collect();
        let sets = Sets::read(conn, &banks, &[LendingProducts::KIND, ReferenceRates::KIND], on).await?;
        let calendars = working_days::of_banks(conn, &banks, on).await?;
        let offers = banks.into_iter().map(|bank| {
            let rates: ReferenceRates = sets.of(bank)?;
            let calendar = calendars.of(bank)?;
            let fixings = rates
                .all(calendar)
                .map_err(|error| Fault::Corrupt(format!("reference rates of bank {bank}: {error}")))?;
            Ok((bank, Offer { products: sets.of(bank)?, fixings, calendar }))
        });
        offers.collect::<Result<_, Fault>>().map(Self)
    }

    /// What a draw agrees; `None` under the standard product at a fixed rate.
    pub(super) fn agree(
        &self,
        facility: &Facility,
        request: &DrawRequest,
        on: NaiveDate,
    ) -> Result<Option<Agreed>, ProductRefusal> {
        if !needs_offer(facility, request) {
            return Ok(None);
        }
        let code = request.product.as_deref().unwrap_or(STANDARD_PRODUCT);
        let offer = self.0.get(&facility.bank_id);
        let Some((offer, product)) = offer.and_then(|offer| Some((offer, offer.products.named(code)?)))
        else {
            return Err(ProductRefusal::Unknown { product: code.to_owned() });
        };
        let pricing = facility.terms.pricing;
        let on_lpr = pricing.rate(&offer.fixings, request.tenor_months, on)?;
        let wanted = Wanted {
            amount: request.amount,
            annual_rate: on_lpr.unwrap_or(facility.annual_rate),
            tenor_months: request.tenor_months,
            repayment: request.repayment,
            grace: request.grace,
            line: pricing.agreed(),
        };
        let agreed = product.agree(wanted, Some(&offer.fixings), on)?;
        let terms = LoanTerms { calendar: offer.calendar, ..agreed.terms };
        Ok(Some(Agreed { terms, ..agreed }))
    }
}
