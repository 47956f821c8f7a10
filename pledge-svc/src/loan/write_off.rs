//! Taking a held loan off the books: its principal leaves the line, its parts and the receivable go to nothing; what is
//! claimed on goes with the case that wrote it off. The ledger movements are the caller's.

use contracts::OrgId;
use finance::{Claim, Money};
use tx_kit::{Fault, Tx};

use super::{Held, LoanStatus, held::broken, model::Arrears, store};
use crate::books::model::Interest;

/// What was taken off the books.
pub(crate) struct WrittenOff {
    /// Principal of each bank, lead first.
    pub principal: Vec<(OrgId, Money)>,
    /// What the books showed of its interest, which falls to nothing.
    pub shown: Interest,
    /// Interest of every kind still claimed, on the books or not.
    pub interest: Money,
    /// Fees still claimed.
    pub fees: Money,
}

impl Held {
    /// Takes the loan off the books.
    ///
    /// # Errors
    /// A fault where the loan is not active, or the database's.
    pub(crate) async fn write_off(&mut self, tx: &Tx) -> Result<WrittenOff, Fault> {
        if self.status != LoanStatus::Active {
            return Err(Fault::Invariant(format!("loan {} is not on the books", self.row.id)));
        }
        let written = WrittenOff {
            principal: self.shares.iter().map(|share| (share.bank_id, share.outstanding)).collect(),
            shown: self.interest(),
            interest: self.owed.interest().map_err(broken)?,
            fees: self.owed.sum(|claim| claim == Claim::Fees).map_err(broken)?,
        };
        let principal = self.account.outstanding;
        let parts: Vec<Money> = written.principal.iter().map(|(_, amount)| *amount).collect();
        self.give_back(tx, principal).await?;
        self.account.outstanding = Money::ZERO;
        self.account.carried = rust_decimal::Decimal::ZERO;
        self.account.interest_from = self.on;
        self.account.arrears = Arrears::default();
        self.status = LoanStatus::WrittenOff;
        let before = Money::from_fen(self.row.written_off_fen);
        let sum = before.checked_add(principal).map_err(broken)?;
        let beside = store::loan::ActiveModel {
            written_off_fen: sea_orm::ActiveValue::Set(sum.fen()),
            ..Default::default()
        };
        self.write(tx, beside).await?;
        self.row.written_off_fen = sum.fen();
        self.write_shares(tx, &parts).await?;
        self.post_interest(tx, Interest::default()).await?;
        Ok(written)
    }
}
