//! Hears how agreements with funds change (`fund.agreement_changed.v1` of this service): a fund that no longer covers new
//! loans stops the lines that count on it at once, and its trigger clears when the fund covers again. Each line is a
//! transaction of its own, for the facility is locked before anything of a fund; the close of business looks at every
//! line anyway.

use std::collections::BTreeSet;

use async_trait::async_trait;
use contracts::{Actor, Envelope, Event, FacilityId};
use identity::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};
use tx_kit::{Consumer, Db, Fault, InTx};
use uuid::Uuid;

use super::{
    store::{self, facility::Column as F},
    triggers::apply_fund_trigger,
};

/// The consumer's durable name.
const NAME: &str = "pledge.fund_standings";

/// Holds the lines of a fund against it whenever an agreement of it changes.
pub struct FundStandings {
    db: Db,
}

impl FundStandings {
    /// A consumer that writes to this database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait]
impl Consumer for FundStandings {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, event_name: &str) -> bool {
        event_name == "fund.agreement_changed.v1"
    }

    /// What is told twice does nothing twice: a line is held against the fund as it stands now.
    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        let mut touched: BTreeSet<FacilityId> = BTreeSet::new();
        for envelope in batch {
            if let Event::FundAgreementChanged(told) = &envelope.event {
                let (fund, bank) = (told.fund_id.uuid(), told.bank_id.uuid());
                touched.extend(lines_of(self.db.read(), fund, bank).await?);
            }
        }
        for line in touched {
            self.db
                .run(|tx| {
                    async move { apply_fund_trigger(tx, line, &Actor::system()).await.map(drop) }.in_tx()
                })
                .await?;
        }
        Ok(())
    }
}

/// The lines of a bank whose terms count on a fund.
async fn lines_of(conn: &impl ConnectionTrait, fund: Uuid, bank: Uuid) -> Result<Vec<FacilityId>, Fault> {
    let ids: Vec<Uuid> = store::find(&Scope::system())
        .select_only()
        .column(F::Id)
        .filter(F::BankId.eq(bank))
        .filter(F::Id.in_subquery(store::cover::of_organisation(fund)))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(ids.into_iter().map(FacilityId::from_uuid).collect())
}
