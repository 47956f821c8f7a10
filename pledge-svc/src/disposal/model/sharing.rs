//! Who bears what is left of the debt: guarantee insurance, fund, pool deposit and others in the order agreed, each within
//! its caps, the bank the rest.

use contracts::{FundAgreementId, OrgId, PolicyId};
use finance::{ByClaim, LossLayer, LossLimit, Money, MoneyError, Rate, share_loss};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Absent, Case, CaseMoney, CaseStatus, Refusal, proposal::Flaw};
use crate::fund::Bearer;

/// The most parties that share one loss.
const SHARERS_MAX: usize = 20;
/// The last turn that a party may have.
const RANK_MAX: u32 = 99;

/// A party that has promised to bear a part of the loss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sharer {
    /// What it is.
    pub bearer: Bearer,
    /// Its organisation; a fund's is the fund itself.
    #[serde(default)]
    pub party_id: Option<OrgId>,
    /// Its name: as registered where its organisation is given, or a fund's own; filled in then where it is not given.
    #[serde(default)]
    pub name: String,
    /// Its turn: the lowest rank bears first, and what it leaves reaches the next.
    pub rank: u32,
    /// Its part of the loss that reaches its rank.
    pub share: Rate,
    /// The most it bears of one loss.
    #[serde(default)]
    pub cap: Option<Money>,
    /// What of the loss that reaches it it does not look at.
    #[serde(default)]
    pub deductible: Money,
    /// The number of the policy or guarantee contract, of a guarantee company or of an insurer outside the platform: its answers are
    /// recorded by hand. One on the platform is found by its own policy.
    #[serde(default)]
    pub paper: Option<String>,
}

impl Sharer {
    /// The promise as the sharing of a loss takes it.
    #[must_use]
    pub const fn layer(&self) -> LossLayer {
        LossLayer {
            rank: self.rank,
            share: self.share,
            deductible: self.deductible,
            cap: self.cap,
            left_of_year: None,
            balance: None,
        }
    }

    /// What is wrong with the paper of a guarantee company or of an insurer outside the platform.
    fn paper_flaws(&self, found: &mut Vec<Flaw>, at: &str) {
        match &self.paper {
            Some(paper) => super::proposal::text(found, at, paper, 200),
            None if self.needs_paper() => found.push(Flaw::new(
                at,
                "担保公司和未在平台登记的保险公司，须填写保证合同或保单编号；已登记的保险公司请按机构选择，以其保单为准。",
                "A guarantee company, and an insurer that is not on the platform, needs the number of its contract or policy. Choose an insurer that is by its organisation; its policy counts.",
            )),
            None => {}
        }
    }

    fn needs_paper(&self) -> bool {
        self.bearer == Bearer::Guarantor || (self.bearer == Bearer::Insurer && self.party_id.is_none())
    }

    /// Whether two promises are of one party.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.bearer == other.bearer
            && match (self.party_id, other.party_id) {
                (Some(one), Some(another)) => one == another,
                _ => self.name.trim() == other.name.trim(),
            }
    }
}

/// The loss is to be determined and shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sharing {
    /// Whether contract interest is part of the loss that is shared. Default yes.
    #[serde(default = "yes")]
    pub interest: bool,
    /// Whether penalty interest is. Default no.
    #[serde(default)]
    pub penalty: bool,
    /// Parties beside those that cover the facility: an appraiser, a re-guarantor, the insurer of this one loan.
    #[serde(default)]
    pub also: Vec<Sharer>,
}

const fn yes() -> bool {
    true
}

impl Sharing {
    /// What of a debt counts as the loss.
    ///
    /// # Errors
    /// A sum beyond the range of amounts.
    pub fn counted(&self, owed: &ByClaim) -> Result<Money, MoneyError> {
        let counted = [
            Some(owed.principal),
            self.interest.then_some(owed.interest),
            self.penalty.then_some(owed.penalty),
        ];
        Money::total(counted.into_iter().flatten())
    }

    /// Everything that is wrong with it by itself.
    pub(super) fn flaws(&self, found: &mut Vec<Flaw>) {
        if self.also.len() > SHARERS_MAX {
            found.push(Flaw::new(
                "also",
                format!("分担方最多 {SHARERS_MAX} 家。"),
                format!("At most {SHARERS_MAX} parties share a loss."),
            ));
        }
        for (index, sharer) in self.also.iter().enumerate().take(SHARERS_MAX) {
            let at = |field: &str| format!("also[{index}].{field}");
            super::proposal::text(found, &at("name"), &sharer.name, 120);
            if sharer.bearer == Bearer::Bank {
                found.push(Flaw::new(
                    at("bearer"),
                    "银行承担其余部分，无需列入。",
                    "The bank bears the rest and is not named.",
                ));
            }
            if sharer.bearer == Bearer::Fund && sharer.party_id.is_none() {
                found.push(Flaw::new(at("party_id"), "须指明基金。", "Name the fund."));
            }
            sharer.paper_flaws(found, &at("paper"));
            if !(1..=RANK_MAX).contains(&sharer.rank) {
                found.push(Flaw::new(
                    at("rank"),
                    format!("次序须为 1 至 {RANK_MAX}。"),
                    format!("The rank must be 1 to {RANK_MAX}."),
                ));
            }
            if !sharer.share.is_share()
                || sharer.share == Rate::ZERO
                || sharer.share.fraction().normalize().scale() > 8
            {
                found.push(Flaw::new(
                    at("share"),
                    "比例须大于 0 且不超过 1，最多八位小数。",
                    "The share must be above 0 and at most 1, with at most eight decimals.",
                ));
            }
            if sharer.cap.is_some_and(|cap| !cap.is_positive()) || sharer.deductible.is_negative() {
                found.push(Flaw::new(
                    at("cap"),
                    "上限须大于零，免赔额不得为负。",
                    "A cap must be positive and a deductible not negative.",
                ));
            }
            if self.also[..index].iter().any(|before| before.is_same(sharer)) {
                found.push(Flaw::new(
                    at("name"),
                    "同一分担方只能出现一次。",
                    "A party may appear only once.",
                ));
            }
        }
    }
}

/// A promise with what holds it down today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// Who.
    pub sharer: Sharer,
    /// The promise within what the party has left.
    pub layer: LossLayer,
    /// The fund's agreement behind it.
    pub agreement_id: Option<FundAgreementId>,
    /// The insurer's policy behind it.
    pub policy_id: Option<PolicyId>,
    /// Why it bears nothing, where nothing stands behind it.
    pub absent: Option<Absent>,
}

impl Promised {
    /// A promise that nothing but itself holds down.
    #[must_use]
    pub const fn plain(sharer: Sharer) -> Self {
        let layer = sharer.layer();
        Self { sharer, layer, agreement_id: None, policy_id: None, absent: None }
    }

    /// A promise behind which nothing stands: it bears nothing, and says why.
    #[must_use]
    pub fn absent(sharer: Sharer, why: Absent) -> Self {
        let plain = Self::plain(sharer);
        let layer = LossLayer { balance: Some(Money::ZERO), ..plain.layer };
        Self { layer, absent: Some(why), ..plain }
    }
}

/// What one party bears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharerPart {
    /// Who.
    pub sharer: Sharer,
    /// Its promise within what held it down on the day of the sharing.
    pub layer: LossLayer,
    /// The fund's agreement behind it.
    pub agreement_id: Option<FundAgreementId>,
    /// The insurer's policy behind it.
    #[serde(default)]
    pub policy_id: Option<PolicyId>,
    /// Why it bears nothing, where no agreement and no policy stands behind it.
    #[serde(default)]
    pub absent: Option<Absent>,
    /// Its share as agreed, before its limits.
    pub agreed: Money,
    /// What it bears.
    pub borne: Money,
    /// The limit that cut it.
    pub limited_by: Option<LossLimit>,
}

/// A loss, shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LossShares {
    /// What was owed.
    pub owed: ByClaim,
    /// What of it counts as the loss.
    pub loss: Money,
    /// The parts, in the order of their ranks.
    pub parts: Vec<SharerPart>,
    /// What stays with the bank.
    pub bank: Money,
}

/// The case once its loss is determined and shared. `owed` is what the loan owes today.
///
/// # Errors
/// Not in collection or disposal, nothing owed, or promises that do not fit together.
pub fn shared(
    case: &Case,
    owed: &ByClaim,
    sharing: &Sharing,
    mut promised: Vec<Promised>,
) -> Result<(Case, LossShares), Refusal> {
    case.require(&[CaseStatus::Collection, CaseStatus::Disposal])?;
    let loss = sharing.counted(owed)?;
    if !loss.is_positive() {
        return Err(Refusal::NothingLost);
    }
    promised.sort_by_key(|one| one.sharer.rank);
    for (index, one) in promised.iter().enumerate() {
        // One fund may have covered two draws of a loan under two agreements.
        let again = |before: &Promised| {
            before.sharer.is_same(&one.sharer)
                && (one.agreement_id.is_none() || before.agreement_id == one.agreement_id)
        };
        if promised[..index].iter().any(again) {
            return Err(Refusal::SharedTwice { name: one.sharer.name.clone() });
        }
    }
    let layers: Vec<LossLayer> = promised.iter().map(|one| one.layer.clone()).collect();
    let shares = share_loss(loss, &layers)?;
    let parts = promised
        .into_iter()
        .zip(shares.layers)
        .map(|(one, part)| SharerPart {
            sharer: one.sharer,
            layer: one.layer,
            agreement_id: one.agreement_id,
            policy_id: one.policy_id,
            absent: one.absent,
            agreed: part.agreed,
            borne: part.borne,
            limited_by: part.limited_by,
        })
        .collect();
    let money = CaseMoney { loss, ..case.money };
    let after = Case { money, ..case.in_status(CaseStatus::Sharing) };
    Ok((after, LossShares { owed: *owed, loss, parts, bank: shares.uncovered }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposal::model::samples::{case, owed, sharer, yuan};

    fn promised(sharers: Vec<Sharer>) -> Vec<Promised> {
        sharers.into_iter().map(Promised::plain).collect()
    }

    fn principal_only() -> Sharing {
        Sharing { interest: false, penalty: false, also: Vec::new() }
    }

    #[test]
    fn zhongshan_shares_the_published_loss_to_the_fen() {
        let loss: Money = "1234567.89".parse().unwrap();
        let debt = ByClaim { principal: loss, ..ByClaim::default() };
        let sharers = vec![
            sharer(Bearer::Fund, 1, 5_400),
            sharer(Bearer::Insurer, 1, 1_600),
            sharer(Bearer::Appraiser, 1, 400),
        ];
        let (after, done) = shared(&case(), &debt, &principal_only(), promised(sharers)).unwrap();
        let parts: Vec<String> = done.parts.iter().map(|part| part.borne.to_string()).collect();
        assert_eq!(parts, ["666666.66", "197530.86", "49382.72"]);
        assert_eq!(done.bank.to_string(), "320987.65");
        assert_eq!((after.status, after.money.loss), (CaseStatus::Sharing, loss));
    }

    #[test]
    fn the_loss_is_principal_and_interest_unless_agreed_otherwise() {
        let debt = owed(0, 1_000, 70, 20);
        let loss = |sharing: Sharing| shared(&case(), &debt, &sharing, Vec::new()).unwrap().1.loss;
        assert_eq!(loss(serde_json::from_str("{}").unwrap()), yuan(1_070));
        assert_eq!(loss(principal_only()), yuan(1_000));
        assert_eq!(loss(Sharing { interest: true, penalty: true, also: Vec::new() }), yuan(1_090));
    }

    #[test]
    fn insurance_bears_before_the_fund_and_a_limit_leaves_the_rest_to_the_bank() {
        let sharers = vec![sharer(Bearer::Fund, 2, 5_000), sharer(Bearer::Insurer, 1, 4_000)];
        let mut promised = promised(sharers);
        promised[0].layer.balance = Some(yuan(100));
        let (_, done) = shared(&case(), &owed(0, 1_000, 0, 0), &principal_only(), promised).unwrap();
        assert_eq!(done.parts[0].sharer.bearer, Bearer::Insurer);
        assert_eq!((done.parts[0].borne, done.parts[1].agreed), (yuan(400), yuan(300)));
        assert_eq!((done.parts[1].borne, done.parts[1].limited_by), (yuan(100), Some(LossLimit::Balance)));
        assert_eq!(done.bank, yuan(500));
    }

    #[test]
    fn nobody_shares_twice_and_nothing_is_not_shared() {
        let twice = vec![sharer(Bearer::Fund, 1, 1_000), sharer(Bearer::Fund, 2, 1_000)];
        let refused = shared(&case(), &owed(0, 1, 0, 0), &principal_only(), promised(twice));
        assert!(matches!(refused, Err(Refusal::SharedTwice { .. })));
        let nothing = shared(&case(), &owed(5, 0, 5, 5), &principal_only(), Vec::new());
        assert_eq!(nothing, Err(Refusal::NothingLost));
    }

    #[test]
    fn a_sharer_says_what_is_wrong_with_it() {
        let bad = Sharer {
            party_id: None,
            rank: 0,
            share: Rate::ZERO,
            deductible: yuan(-1),
            ..sharer(Bearer::Fund, 1, 1)
        };
        let sharing =
            Sharing { also: vec![bad.clone(), bad, sharer(Bearer::Bank, 1, 1)], ..principal_only() };
        let mut found = Vec::new();
        sharing.flaws(&mut found);
        let fields: Vec<_> = found.iter().map(|flaw| flaw.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "also[0].party_id",
                "also[0].rank",
                "also[0].share",
                "also[0].cap",
                "also[1].party_id",
                "also[1].rank",
                "also[1].share",
                "also[1].cap",
                "also[1].name",
                "also[2].bearer"
            ]
        );
    }
}
