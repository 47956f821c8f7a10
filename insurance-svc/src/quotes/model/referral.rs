//! When one underwriter's authority ends: a referred quote is bound by another one than its maker.

use contracts::{OrgId, UserId};
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Rated;
use crate::products::model::Product;

/// Why a quote is referred.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    /// A stable code.
    pub code: String,
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

/// The reasons to refer a quote; none: its maker may bind it.
#[must_use]
pub fn reasons(
    product: &Product,
    aggregate_limit: Money,
    rated: &Rated,
    insured_id: OrgId,
    owner_id: Option<OrgId>,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if aggregate_limit > product.referral_limit {
        let authority = product.referral_limit;
        reasons.push(Reason {
            code: "above_authority".to_owned(),
            zh: format!("保额超过单人核保权限{authority}元。"),
            en: format!("The limit is above one underwriter's authority of {authority} yuan."),
        });
    }
    for factor in &rated.referred_by {
        reasons.push(Reason {
            code: "referred_factor".to_owned(),
            zh: format!("费率因子 {factor} 的取值须复核。"),
            en: format!("The value of rating factor {factor} needs a second look."),
        });
    }
    if owner_id.is_some_and(|owner| owner != insured_id) {
        reasons.push(Reason {
            code: "insured_is_not_the_owner".to_owned(),
            zh: "被保险人不是登记的专利权人，须核实其保险利益。".to_owned(),
            en: "The insured is not the registered owner: its insurable interest must be verified."
                .to_owned(),
        });
    }
    reasons
}

/// Whether this underwriter may bind: anyone where nothing was referred, another than the maker where it was.
#[must_use]
pub fn may_bind(reasons: &[Reason], maker: UserId, binder: UserId) -> bool {
    reasons.is_empty() || maker != binder
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::products::model::Catalogue;

    #[test]
    fn above_the_authority_or_for_a_stranger_a_second_underwriter_binds() {
        let catalogue = Catalogue::load().unwrap();
        let product = catalogue.version("enforcement", "2025.1").unwrap();
        let rated = Rated { premium: Money::ZERO, lines: vec![], referred_by: vec![] };
        let [insured, owner] = [1, 2].map(|id| OrgId::from_uuid(uuid::Uuid::from_u128(id)));
        let within = reasons(product, product.referral_limit, &rated, insured, Some(insured));
        assert!(within.is_empty());
        let above = product.referral_limit.checked_add(Money::from_fen(1)).unwrap();
        let codes: Vec<String> = reasons(product, above, &rated, insured, Some(owner))
            .into_iter()
            .map(|reason| reason.code)
            .collect();
        assert_eq!(codes, ["above_authority", "insured_is_not_the_owner"]);
    }

    #[test]
    fn the_maker_of_a_referred_quote_never_binds_it() {
        let (one, two) =
            (UserId::from_uuid(uuid::Uuid::from_u128(1)), UserId::from_uuid(uuid::Uuid::from_u128(2)));
        let reason = Reason { code: "x".into(), zh: "x".into(), en: "x".into() };
        assert!(may_bind(&[], one, one));
        assert!(!may_bind(std::slice::from_ref(&reason), one, one));
        assert!(may_bind(&[reason], one, two));
    }
}
