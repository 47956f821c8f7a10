//! Fees on a loan that was drawn under an application: as far as the application's product admits them.

use chrono::NaiveDate;
use contracts::OrgId;
use finance::Money;
use http_kit::{ActError, Problem};
use sea_orm::ConnectionTrait;

use super::background::products;
use crate::loan::store::loan;

/// Whether a fee may be charged on a loan found in scope: none beside the guarantee's where the product forbids it, and for
/// the guarantee no more over the whole term than the product's yearly rate makes of the principal.
///
/// # Errors
/// `fees-forbidden`, `guarantee-fee-too-high`; the database's fault.
pub async fn admit_fee(
    conn: &impl ConnectionTrait,
    loan: &loan::Model,
    (amount, guarantee): (Money, bool),
    on: NaiveDate,
) -> Result<(), ActError> {
    let Some(code) = &loan.application_product else { return Ok(()) };
    let offered = products(conn, OrgId::from_uuid(loan.bank_id), on).await?;
    let Some(product) = offered.find(code) else { return Ok(()) };
    if !guarantee {
        if product.fees_allowed {
            return Ok(());
        }
        let refused = Problem::refused(
            "fees-forbidden",
            format!(
                "产品“{}”除担保费外不得收取其他费用。代收担保费的，请选择费用种类“担保费”。",
                product.name_zh
            ),
            format!(
                "{} admits no fee beside the guarantee's. Where it is that one, say so (kind: guarantee).",
                product.name_en
            ),
        );
        return Err(refused.with("product", code).into());
    }
    let tenor = u32::try_from(loan.tenor_months).unwrap_or(0);
    let most = product.guarantee_fees_max(Money::from_fen(loan.principal_fen), tenor);
    let left = most.map(|most| most.saturating_sub(Money::from_fen(loan.guarantee_fees_fen)));
    match left.filter(|left| amount > *left) {
        None => Ok(()),
        Some(left) => Err(Problem::refused(
            "guarantee-fee-too-high",
            format!("担保费 {amount} 元超过产品“{}”担保费率上限，本笔贷款最多还可收取 {left} 元。", product.name_zh),
            format!("{amount} yuan for the guarantee is beyond the highest rate of {}; at most {left} more may be charged on the loan.", product.name_en),
        )
        .with("asked", amount)
        .with("left", left)
        .into()),
    }
}
