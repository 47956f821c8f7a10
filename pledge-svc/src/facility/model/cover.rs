//! Who bears a part of a loan's loss besides the bank: risk-compensation funds, guarantee insurers, guarantee companies,
//! in their order. The terms stand here; the sharing itself is `finance::share_loss`, done by the disposal of a loan.

use chrono::NaiveDate;
use contracts::{FundId, OrgId};
use finance::{LossLayer, Money, Rate};
use serde::{Deserialize, Serialize};

use super::{proposal::Flaw, terms};

/// The most parties that cover one facility.
pub const COVERS_MAX: usize = 10;
/// The last turn that a party may have.
const RANK_MAX: u32 = 99;

/// What a covering party is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CoverParty {
    /// 风险补偿基金
    Fund {
        /// The fund; the organisation that keeps it bears the same id.
        fund_id: FundId,
    },
    /// 融资担保保险
    GuaranteeInsurer {
        /// The insurer.
        insurer_id: OrgId,
    },
    /// 融资担保公司, bound by its contract of guarantee
    Guarantor {
        /// The company; the platform has no kind of organisation for guarantee companies alone.
        guarantor_id: OrgId,
    },
    /// 再担保机构
    Reguarantor {
        /// The re-guarantor: an insurer, or a fund's keeper.
        reguarantor_id: OrgId,
    },
    /// 评估机构, which answers for the value it gave
    Appraiser {
        /// The appraiser.
        appraiser_id: OrgId,
    },
}

impl CoverParty {
    /// The organisation behind it.
    #[must_use]
    pub const fn organisation(self) -> OrgId {
        match self {
            Self::Fund { fund_id } => OrgId::from_uuid(fund_id.uuid()),
            Self::GuaranteeInsurer { insurer_id } => insurer_id,
            Self::Guarantor { guarantor_id } => guarantor_id,
            Self::Reguarantor { reguarantor_id } => reguarantor_id,
            Self::Appraiser { appraiser_id } => appraiser_id,
        }
    }

    /// The fund, where it is one.
    #[must_use]
    pub const fn fund(self) -> Option<FundId> {
        match self {
            Self::Fund { fund_id } => Some(fund_id),
            Self::GuaranteeInsurer { .. }
            | Self::Guarantor { .. }
            | Self::Reguarantor { .. }
            | Self::Appraiser { .. } => None,
        }
    }
}

/// One party's promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LossCover {
    /// Who promises.
    pub party: CoverParty,
    /// Its name, as registered or, of a fund, its own; filled in where it is not given.
    #[serde(default)]
    pub name: String,
    /// Its turn: the lowest rank bears first, and what it leaves reaches the next.
    pub rank: u32,
    /// Its part of the loss that reaches its rank.
    pub share_of_loss: Rate,
    /// The most it bears of one loss; without limit where absent.
    #[serde(default)]
    pub cap: Option<Money>,
    /// What of the loss that reaches it it does not look at.
    #[serde(default)]
    pub deductible: Money,
    /// The number of the contract of guarantee (保证合同); a guarantee company needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// The last day on which the party may be claimed on (保证期间): whoever claims later has nothing from it (民法典第六百九十三条).
    /// Without limit where absent, but for what a fund's agreement or an insurer's policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
}

impl LossCover {
    /// Whether the party may be claimed on no more on a day.
    #[must_use]
    pub fn ended(&self, on: NaiveDate) -> bool {
        self.valid_until.is_some_and(|until| on > until)
    }

    /// The promise as the sharing of a loss takes it, with what is left of the party's year and account.
    #[must_use]
    pub const fn layer(&self, left_of_year: Option<Money>, balance: Option<Money>) -> LossLayer {
        LossLayer {
            rank: self.rank,
            share: self.share_of_loss,
            deductible: self.deductible,
            cap: self.cap,
            left_of_year,
            balance,
        }
    }
}

/// Every flaw of the promises together.
pub(super) fn flaws(covers: &[LossCover], found: &mut Vec<Flaw>) {
    if covers.len() > COVERS_MAX {
        found.push(Flaw::new(
            "cover",
            format!("风险分担方最多 {COVERS_MAX} 家。"),
            format!("At most {COVERS_MAX} parties cover one facility."),
        ));
    }
    for (index, cover) in covers.iter().enumerate().take(COVERS_MAX) {
        terms::share(&format!("cover[{index}].share_of_loss"), cover.share_of_loss, found);
        let length = cover.name.trim().chars().count();
        if !(1..=120).contains(&length) {
            found.push(Flaw::new(
                format!("cover[{index}].name"),
                "名称必填，最多 120 个字符。",
                "The name is required, at most 120 characters.",
            ));
        }
        if !(1..=RANK_MAX).contains(&cover.rank) {
            found.push(Flaw::new(
                format!("cover[{index}].rank"),
                format!("次序须为 1 至 {RANK_MAX}。"),
                format!("The rank must be 1 to {RANK_MAX}."),
            ));
        }
        if cover.cap.is_some_and(|cap| !cap.is_positive()) || cover.deductible.is_negative() {
            found.push(Flaw::new(
                format!("cover[{index}].cap"),
                "上限须大于零，免赔额不得为负。",
                "A cap must be positive and a deductible not negative.",
            ));
        }
        let contract = cover.contract.as_deref().map(str::trim).unwrap_or_default();
        let needs_one = matches!(cover.party, CoverParty::Guarantor { .. });
        if (needs_one && contract.is_empty()) || contract.chars().count() > 120 {
            found.push(Flaw::new(
                format!("cover[{index}].contract"),
                "担保公司须填写保证合同编号，最多 120 个字符。",
                "A guarantee company needs the number of its contract, at most 120 characters.",
            ));
        }
        let beside = covers.iter().filter(|other| other.rank == cover.rank);
        let sum: rust_decimal::Decimal = beside.map(|other| other.share_of_loss.fraction()).sum();
        if sum > rust_decimal::Decimal::ONE {
            found.push(Flaw::new(
                format!("cover[{index}].share_of_loss"),
                "同一次序的分担比例合计不得超过 1。",
                "The shares of one rank may sum to 1 at most.",
            ));
        }
        let same = |other: &LossCover| other.party == cover.party;
        if covers[..index].iter().any(same) {
            found.push(Flaw::new(
                format!("cover[{index}].party"),
                "同一分担方只能出现一次。",
                "A party may appear only once.",
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use finance::share_loss;
    use uuid::Uuid;

    use super::*;

    fn fund(number: u128, rank: u32, bp: i64) -> LossCover {
        let id = Uuid::from_u128(number);
        LossCover {
            party: CoverParty::Fund { fund_id: id.into() },
            name: "风险补偿基金".into(),
            rank,
            share_of_loss: Rate::from_basis_points(bp),
            cap: None,
            deductible: Money::ZERO,
            contract: None,
            valid_until: None,
        }
    }

    fn fields(covers: &[LossCover]) -> Vec<String> {
        let mut found = Vec::new();
        flaws(covers, &mut found);
        found.into_iter().map(|flaw| flaw.field).collect()
    }

    #[test]
    fn the_promises_share_a_loss_as_agreed() {
        let fund = fund(1, 1, 5_400);
        let insurer = LossCover {
            party: CoverParty::GuaranteeInsurer { insurer_id: Uuid::from_u128(2).into() },
            ..fund_like(1_600)
        };
        let appraiser = LossCover {
            party: CoverParty::Appraiser { appraiser_id: Uuid::from_u128(3).into() },
            ..fund_like(400)
        };
        let layers = [&fund, &insurer, &appraiser].map(|one| one.layer(None, None));
        let shared = share_loss("1234567.89".parse().unwrap(), &layers).unwrap();
        let borne: Vec<String> = shared.layers.iter().map(|one| one.borne.to_string()).collect();
        assert_eq!(borne, ["666666.66", "197530.86", "49382.72"]);
        assert_eq!(shared.uncovered.to_string(), "320987.65", "the bank's 26 %");
        assert!(fields(&[fund, insurer, appraiser]).is_empty());
    }

    fn fund_like(bp: i64) -> LossCover {
        fund(9, 1, bp)
    }

    #[test]
    fn shares_of_one_rank_stay_within_the_loss_and_nobody_promises_twice() {
        assert!(fields(&[fund(1, 1, 6_000), fund(2, 1, 4_000), fund(3, 2, 10_000)]).is_empty());
        let beyond = fields(&[fund(1, 1, 6_000), fund(2, 1, 4_001)]);
        assert_eq!(beyond, ["cover[0].share_of_loss", "cover[1].share_of_loss"]);
        assert_eq!(fields(&[fund(1, 1, 1_000), fund(1, 2, 1_000)]), ["cover[1].party"]);
        assert_eq!(fields(&[fund(1, 0, 1_000)]), ["cover[0].rank"]);
        let company = LossCover {
            party: CoverParty::Guarantor { guarantor_id: Uuid::from_u128(4).into() },
            contract: Some(" ".into()),
            ..fund(4, 2, 10_000)
        };
        assert_eq!(fields(std::slice::from_ref(&company)), ["cover[0].contract"]);
        let until: NaiveDate = "2028-06-30".parse().unwrap();
        let company =
            LossCover { contract: Some("保字 1 号".into()), valid_until: Some(until), ..company };
        assert!(fields(std::slice::from_ref(&company)).is_empty());
        assert!(!company.ended(until) && company.ended(until.succ_opt().unwrap()));
    }
}
