//! Whether the funds on which a line counts cover what is drawn on it. Where the line's terms stop it once a fund covers
//! nothing new (`fund_exhausted`), the bank counts on that cover: a draw larger than what is left of the fund's leverage is
//! refused, until people let the line go on without the fund. Elsewhere it is lent, and the answer says that it is not
//! covered.

use std::collections::HashSet;

use chrono::NaiveDate;
use contracts::FacilityId;
use finance::Money;
use tx_kit::{Fault, Tx};

use super::{
    lines::Lines,
    model::{Facility, draw::Refusal, triggers::TriggerKind},
    store,
};
use crate::fund::{Covered, Covering};

/// What funds cover of the draws of a batch.
pub(super) struct Cover {
    covering: Covering,
    /// The lines that people let go on though their fund covers nothing new.
    without: HashSet<FacilityId>,
}

/// How a draw is covered.
pub(super) struct Taken {
    /// The agreements that cover it.
    pub(super) by: Vec<Covered>,
    /// What of it is covered; none where the line counts on no fund.
    pub(super) covered: Option<Money>,
}

impl Cover {
    /// Locks what funds have agreed to cover of draws on locked lines. What people decided about a line is asked only where
    /// all the draws together are more than its funds cover.
    pub(super) async fn read(tx: &Tx, lines: &Lines, asked: &[(FacilityId, Money)]) -> Result<Self, Fault> {
        let covering = lines.covering(tx).await?;
        let asked: Vec<(&Facility, Money)> = asked
            .iter()
            .filter_map(|(id, amount)| Some((&lines.get(*id)?.facility, *amount)))
            .filter(|(line, _)| line.funded)
            .collect();
        let all = Money::total(asked.iter().map(|(_, amount)| *amount)).unwrap_or(Money::MAX);
        let on = tx.business_date();
        let short: HashSet<FacilityId> = asked
            .iter()
            .filter(|(line, _)| line.terms.triggers.fund_exhausted)
            .filter(|(line, _)| covering.short_of(line.id, all, on).is_some())
            .map(|(line, _)| line.id)
            .collect();
        let without = store::trigger::waived(tx.conn(), &short, TriggerKind::Fund).await?;
        Ok(Self { covering, without })
    }

    /// Covers an amount newly lent on a line as far as its funds do.
    pub(super) fn take(
        &mut self,
        line: &Facility,
        amount: Money,
        on: NaiveDate,
    ) -> Result<Result<Taken, Refusal>, Fault> {
        let counted_on = line.terms.triggers.fund_exhausted && !self.without.contains(&line.id);
        if counted_on && let Some(left) = self.covering.short_of(line.id, amount, on) {
            return Ok(Err(Refusal::Uncovered { asked: amount, left }));
        }
        let by = self.covering.take(line.id, amount, on)?;
        let covered = self.covering.of(line.id, amount, &by);
        Ok(Ok(Taken { by, covered }))
    }
}
