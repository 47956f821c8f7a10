//! Whether banks may lend together in these parts.
//!
//! The bounds are those of 《银团贷款业务管理办法》(国家金融监督管理总局, published 2024-10-12, in force 2024-11-01):
//! a sole lead keeps at least 15 % and leaves at least 30 % to others; where there are joint leads, each keeps at least
//! 10 %; no bank holds more than 70 %; at most three groups (分组银团), each of two banks or more but for one; one agent
//! bank for all of them. Here the agent is the lead: every draw and payment passes its book.

use std::collections::BTreeMap;

use contracts::OrgId;
use finance::Rate;
use rust_decimal::Decimal;

use super::{Share, ShareRole, proposal::Flaw};

/// The most banks of one syndicate; the platform's bound.
pub const BANKS_MAX: usize = 50;
/// A sole lead keeps at least this.
const SOLE_LEAD_KEEPS_BP: i64 = 1_500;
/// A sole lead leaves at least this to others.
const SOLE_LEAD_LEAVES_BP: i64 = 3_000;
/// Each of several leads keeps at least this.
const EACH_LEAD_KEEPS_BP: i64 = 1_000;
/// No bank holds more than this.
const ONE_BANK_HOLDS_BP: i64 = 7_000;
/// The most groups of one syndicate.
const GROUPS_MAX: u8 = 3;

/// Every flaw of the shares of a facility that `lead` proposes; none are the shares of a sole lender.
pub(super) fn flaws(shares: &[Share], lead: OrgId, found: &mut Vec<Flaw>) {
    let Some(first) = shares.first() else { return };
    let mut flaw = |zh: &str, en: &str| found.push(Flaw::new("shares", zh, en));
    if first.bank_id != lead || shares.len() > BANKS_MAX {
        flaw(
            "银团第一位须为本行（牵头行、代理行）。",
            "The first share must be your own bank's: the lead and agent.",
        );
    }
    let sum: Decimal = shares.iter().map(|share| share.share.fraction()).sum();
    if sum != Decimal::ONE || shares.iter().any(|share| share.share <= Rate::ZERO) {
        flaw("各行份额须大于零且合计为 1。", "Every share must be above zero and all must sum to 1.");
    }
    if shares.iter().any(|share| share.share.fraction().normalize().scale() > 8) {
        flaw("份额最多八位小数。", "A share has at most eight decimals.");
    }
    let mut banks: Vec<OrgId> = shares.iter().map(|share| share.bank_id).collect();
    banks.sort_unstable();
    if banks.windows(2).any(|pair| pair[0] == pair[1]) {
        flaw("同一银行只能出现一次。", "A bank may appear only once.");
    }
    if shares.len() > 1 {
        together(shares, &mut flaw);
        groups(shares, &mut flaw);
    }
}

/// What each bank of several keeps.
fn together(shares: &[Share], flaw: &mut impl FnMut(&str, &str)) {
    let bound = Rate::from_basis_points;
    if shares.iter().any(|share| share.share > bound(ONE_BANK_HOLDS_BP)) {
        flaw("银团中单家银行份额不得超过 70%。", "No bank of a syndicate may hold more than 70 %.");
    }
    let leads: Vec<&Share> = leads(shares).collect();
    if let [sole] = leads.as_slice() {
        if sole.share < bound(SOLE_LEAD_KEEPS_BP) {
            flaw("单家牵头行的承贷份额不得低于 15%。", "A sole lead keeps at least 15 %.");
        }
        let left = Decimal::ONE - sole.share.fraction();
        if left < bound(SOLE_LEAD_LEAVES_BP).fraction() {
            flaw(
                "单家牵头行分销给其他银行的份额不得低于 30%。",
                "A sole lead leaves at least 30 % to others.",
            );
        }
    } else if leads.iter().any(|lead| lead.share < bound(EACH_LEAD_KEEPS_BP)) {
        flaw("联合牵头时，每家牵头行的份额不得低于 10%。", "With joint leads, each keeps at least 10 %.");
    }
}

/// The lead and its co-leads.
pub fn leads(shares: &[Share]) -> impl Iterator<Item = &Share> {
    shares
        .iter()
        .enumerate()
        .filter(|(position, share)| *position == 0 || share.role == ShareRole::Lead)
        .map(|(_, share)| share)
}

/// At most three groups, numbered from 1 without gaps, and at most one of a single bank.
fn groups(shares: &[Share], flaw: &mut impl FnMut(&str, &str)) {
    let mut banks: BTreeMap<u8, usize> = BTreeMap::new();
    for share in shares {
        *banks.entry(share.tranche).or_default() += 1;
    }
    let numbered = banks.keys().zip(1..).all(|(group, number)| *group == number);
    if !numbered || banks.len() > usize::from(GROUPS_MAX) {
        flaw(
            "银团组别须自 1 起连续编号，最多三组。",
            "The groups of a syndicate are numbered from 1 without gaps, three at most.",
        );
    }
    if banks.values().filter(|count| **count == 1).count() > 1 {
        flaw("仅有一家银行的组别不得超过一个。", "At most one group may consist of a single bank.");
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn bank(number: u128, basis_points: i64) -> Share {
        Share {
            bank_id: OrgId::from_uuid(Uuid::from_u128(number)),
            bank_name: "行".into(),
            share: Rate::from_basis_points(basis_points),
            role: ShareRole::Participant,
            tranche: 1,
            customer_cap: None,
            connected_cap: None,
        }
    }

    fn lead(number: u128, basis_points: i64) -> Share {
        Share { role: ShareRole::Lead, ..bank(number, basis_points) }
    }

    fn in_group(tranche: u8, share: Share) -> Share {
        Share { tranche, ..share }
    }

    fn sound(shares: &[Share]) -> bool {
        let mut found = Vec::new();
        flaws(shares, OrgId::from_uuid(Uuid::from_u128(1)), &mut found);
        found.is_empty()
    }

    #[test]
    fn a_syndicate_sums_to_one_with_the_lead_first_and_nobody_above_seventy_per_cent() {
        assert!(sound(&[]), "a sole lender has no shares");
        assert!(sound(&[bank(1, 6_000), bank(2, 4_000)]));
        assert!(!sound(&[bank(2, 6_000), bank(1, 4_000)]), "the lead stands first");
        assert!(!sound(&[bank(1, 2_900), bank(2, 7_100)]));
        assert!(!sound(&[bank(1, 6_000), bank(2, 3_000)]));
        assert!(!sound(&[bank(1, 6_000), bank(2, 2_000), bank(2, 2_000)]));
    }

    #[test]
    fn a_sole_lead_keeps_fifteen_per_cent_and_leaves_thirty() {
        assert!(sound(&[bank(1, 1_500), bank(2, 6_000), bank(3, 2_500)]));
        assert!(!sound(&[bank(1, 1_499), bank(2, 6_000), bank(3, 2_501)]));
        assert!(sound(&[bank(1, 7_000), bank(2, 3_000)]));
        assert!(!sound(&[bank(1, 7_001), bank(2, 2_999)]));
    }

    #[test]
    fn joint_leads_each_keep_ten_per_cent() {
        assert!(sound(&[bank(1, 1_000), lead(2, 1_000), bank(3, 7_000), bank(4, 1_000)]));
        assert!(!sound(&[bank(1, 1_001), lead(2, 999), bank(3, 7_000), bank(4, 1_000)]));
    }

    #[test]
    fn three_groups_at_most_and_one_of_a_single_bank() {
        let three = [
            bank(1, 3_000),
            bank(2, 2_000),
            in_group(2, bank(3, 2_000)),
            in_group(2, bank(4, 1_000)),
            in_group(3, bank(5, 2_000)),
        ];
        assert!(sound(&three));
        let four = [
            bank(1, 3_000),
            in_group(2, bank(2, 3_000)),
            in_group(3, bank(3, 2_000)),
            in_group(4, bank(4, 2_000)),
        ];
        assert!(!sound(&four));
        assert!(!sound(&[bank(1, 6_000), in_group(3, bank(2, 4_000))]), "no gap");
        assert!(!sound(&[bank(1, 6_000), in_group(2, bank(2, 4_000))]), "two groups of one bank");
    }
}
