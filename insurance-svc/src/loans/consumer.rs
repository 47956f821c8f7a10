//! Follows `loan.drawn.v1` and `loan.repaid.v1`. Events may come in any order and more than once: what a loan is
//! comes from its draw, what is owed only ever falls, so the lowest figure seen is the newest.

use async_trait::async_trait;
use chrono::NaiveDate;
use contracts::{
    Envelope, Event,
    events::{LoanDrawn, LoanRepaid},
};
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
        matches!(event_name, "loan.drawn.v1" | "loan.repaid.v1")
    }

    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        self.db.run(|tx| follow(tx, batch).in_tx()).await
    }
}

async fn follow(tx: &mut Tx, batch: &[Envelope]) -> Result<(), Fault> {
    for envelope in inbox::first_time(tx, NAME, batch).await? {
        match &envelope.event {
            Event::LoanDrawn(drawn) => loan_drawn(tx, drawn).await?,
            Event::LoanRepaid(repaid) => loan_repaid(tx, repaid).await?,
            _ => {}
        }
    }
    Ok(())
}

async fn held(tx: &Tx, id: uuid::Uuid) -> Result<Option<loan::Model>, Fault> {
    Ok(loan::Entity::find_by_id(id).lock_exclusive().one(tx.conn()).await?)
}

async fn loan_drawn(tx: &mut Tx, drawn: &LoanDrawn) -> Result<(), Fault> {
    let before = held(tx, drawn.loan_id.uuid()).await?;
    let outstanding = before.as_ref().map_or(drawn.amount.fen(), |row| row.outstanding_fen);
    let row = loan::ActiveModel {
        loan_id: Set(drawn.loan_id.uuid()),
        known: Set(true),
        number: Set(drawn.number.clone()),
        bank_id: Set(drawn.bank_id.uuid()),
        bank_name: Set(drawn.bank_name.clone()),
        enterprise_id: Set(drawn.enterprise_id.uuid()),
        enterprise_name: Set(drawn.enterprise_name.clone()),
        outstanding_fen: Set(outstanding.min(drawn.amount.fen())),
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

async fn loan_repaid(tx: &mut Tx, repaid: &LoanRepaid) -> Result<(), Fault> {
    let id = repaid.loan_id.uuid();
    let owed = repaid.outstanding.fen();
    match held(tx, id).await? {
        Some(row) if row.outstanding_fen > owed => {
            let row =
                loan::ActiveModel { loan_id: Set(id), outstanding_fen: Set(owed), ..Default::default() };
            loan::Entity::update(row).exec(tx.conn()).await?;
        }
        Some(_) => {}
        None => {
            loan::Entity::insert(not_yet_drawn(repaid)).exec_without_returning(tx.conn()).await?;
        }
    }
    Ok(())
}

/// A loan of which only a repayment has arrived: kept for its balance, shown when the draw comes.
fn not_yet_drawn(repaid: &LoanRepaid) -> loan::ActiveModel {
    loan::ActiveModel {
        loan_id: Set(repaid.loan_id.uuid()),
        known: Set(false),
        number: Set(String::new()),
        bank_id: Set(repaid.bank_id.uuid()),
        bank_name: Set(String::new()),
        enterprise_id: Set(repaid.enterprise_id.uuid()),
        enterprise_name: Set(String::new()),
        outstanding_fen: Set(repaid.outstanding.fen()),
        matures_on: Set(NaiveDate::default()),
        policy_id: Set(None),
        insured_until: Set(None),
    }
}
