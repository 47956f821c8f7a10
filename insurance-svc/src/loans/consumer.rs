//! Follows draws, further tranches, repayments and their reversals. Events may come in any order and more than once: what a loan is comes
//! from its draw, what is owed from the newest of its events.

use async_trait::async_trait;
use chrono::NaiveDate;
use contracts::{Envelope, Event, LoanId, OrgId, events::LoanDrawn};
use finance::Money;
use sea_orm::{ActiveValue::Set, EntityTrait, QuerySelect};
use tx_kit::{Consumer, Db, Fault, InTx, Tx, inbox};

use super::store::loan;

/// The consumer's durable name.
const NAME: &str = "insurance.insurable_loans";

/// Keeps the insurable loans.
pub(crate) struct InsurableLoans {
    db: Db,
}

impl InsurableLoans {
    /// A consumer that writes to this database.
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait]
impl Consumer for InsurableLoans {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, event_name: &str) -> bool {
        matches!(
            event_name,
            "loan.drawn.v1" | "loan.tranche_drawn.v1" | "loan.repaid.v1" | "loan.repayment_reversed.v1"
        )
    }

    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        self.db.run(|tx| follow(tx, batch).in_tx()).await
    }
}

async fn follow(tx: &mut Tx, batch: &[Envelope]) -> Result<(), Fault> {
    for envelope in inbox::first_time(tx, NAME, batch).await? {
        let version = envelope.version;
        match &envelope.event {
            Event::LoanDrawn(drawn) => loan_drawn(tx, version, drawn).await?,
            Event::LoanTrancheDrawn(tranche) => {
                let owed = Owed { outstanding: tranche.outstanding, version };
                owes(tx, tranche.loan_id, (tranche.bank_id, tranche.enterprise_id), owed).await?;
            }
            Event::LoanRepaid(repaid) => {
                let owed = Owed { outstanding: repaid.outstanding, version };
                owes(tx, repaid.loan_id, (repaid.bank_id, repaid.enterprise_id), owed).await?;
            }
            Event::LoanRepaymentReversed(reversed) => {
                let owed = Owed { outstanding: reversed.outstanding, version };
                owes(tx, reversed.loan_id, (reversed.bank_id, reversed.enterprise_id), owed).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// What is owed on a loan after one of its events.
#[derive(Clone, Copy)]
struct Owed {
    outstanding: Money,
    version: i64,
}

impl Owed {
    /// Whether it is newer than what is known.
    const fn overtakes(self, row: &loan::Model) -> bool {
        self.version > row.version
            || (self.version == row.version && self.outstanding.fen() < row.outstanding_fen)
    }
}

async fn held(tx: &Tx, id: uuid::Uuid) -> Result<Option<loan::Model>, Fault> {
    Ok(loan::Entity::find_by_id(id).lock_exclusive().one(tx.conn()).await?)
}

async fn loan_drawn(tx: &mut Tx, version: i64, drawn: &LoanDrawn) -> Result<(), Fault> {
    let before = held(tx, drawn.loan_id.uuid()).await?;
    let newer = before.as_ref().filter(|row| row.version > version);
    let row = loan::ActiveModel {
        loan_id: Set(drawn.loan_id.uuid()),
        known: Set(true),
        number: Set(drawn.number.clone()),
        bank_id: Set(drawn.bank_id.uuid()),
        bank_name: Set(drawn.bank_name.clone()),
        enterprise_id: Set(drawn.enterprise_id.uuid()),
        enterprise_name: Set(drawn.enterprise_name.clone()),
        outstanding_fen: Set(newer.map_or(drawn.amount.fen(), |row| row.outstanding_fen)),
        version: Set(newer.map_or(version, |row| row.version)),
        matures_on: Set(drawn.matures_on),
        ..Default::default()
    };
    if before.is_some() {
        loan::Entity::update(row).exec(tx.conn()).await?;
    } else {
        loan::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// A payment or a tranche has changed what is owed.
async fn owes(tx: &mut Tx, id: LoanId, parties: (OrgId, OrgId), owed: Owed) -> Result<(), Fault> {
    match held(tx, id.uuid()).await? {
        Some(row) if owed.overtakes(&row) => {
            let row = loan::ActiveModel {
                loan_id: Set(row.loan_id),
                outstanding_fen: Set(owed.outstanding.fen()),
                version: Set(owed.version),
                ..Default::default()
            };
            loan::Entity::update(row).exec(tx.conn()).await?;
        }
        Some(_) => {}
        None => {
            loan::Entity::insert(not_yet_drawn(id, parties, owed)).exec_without_returning(tx.conn()).await?;
        }
    }
    Ok(())
}

/// A loan whose draw has not arrived: kept for its balance, shown when the draw comes.
fn not_yet_drawn(id: LoanId, (bank, enterprise): (OrgId, OrgId), owed: Owed) -> loan::ActiveModel {
    loan::ActiveModel {
        loan_id: Set(id.uuid()),
        known: Set(false),
        number: Set(String::new()),
        bank_id: Set(bank.uuid()),
        bank_name: Set(String::new()),
        enterprise_id: Set(enterprise.uuid()),
        enterprise_name: Set(String::new()),
        outstanding_fen: Set(owed.outstanding.fen()),
        version: Set(owed.version),
        matures_on: Set(NaiveDate::default()),
        policy_id: Set(None),
        insured_until: Set(None),
    }
}
