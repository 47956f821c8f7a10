//! What an assessment needs beside the loan's row, for some loans at once: their last assessment, their members'
//! places and pledges, the facilities' promises, the debtors' other debts. A handful of statements, whatever the number
//! of loans; only loans that are due for an assessment are asked about (`due.rs`).

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use contracts::LoanId;
use finance::Money;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Statement,
};
use tx_kit::{Fault, bulk::padded};
use uuid::Uuid;

use super::{
    disposed::disposed,
    find,
    places::{Place, places},
    promised::{effective, insured},
    risk, tier,
};
use crate::{
    disposal::Guarantee,
    facility::{model::LossCover, store as lines},
    fund::{self, FundCover},
    loan::store as loans,
    risk::model::{Claim, DebtorClaims, Disposed, Promise, Tier},
};

/// Ids in one list of a statement.
const IDS: usize = 1_000;

/// A bank's claim on a debtor from one loan.
#[derive(Debug, FromQueryResult)]
struct ClaimLine {
    loan_id: Uuid,
    enterprise_id: Uuid,
    bank_id: Uuid,
    lead_id: Uuid,
    outstanding_fen: i64,
    own_tier: Option<i32>,
    overdue_days: Option<i64>,
    ripe_on: Option<NaiveDate>,
}

/// Everything together.
#[derive(Debug, Default)]
pub struct Gathered {
    risks: HashMap<Uuid, risk::Model>,
    places: HashMap<(Uuid, Uuid), Place>,
    promises: HashMap<Uuid, Vec<LossCover>>,
    covers: HashMap<LoanId, Vec<FundCover>>,
    guarantees: HashMap<LoanId, Vec<Guarantee>>,
    on: NaiveDate,
    claims: HashMap<Uuid, Vec<Claim>>,
    disposed: HashMap<Uuid, Disposed>,
    shown: HashMap<Uuid, Money>,
}

impl Gathered {
    /// What the books show as interest receivable on a loan that was last found credit-impaired; of others they show all.
    #[must_use]
    pub fn shown(&self, loan: Uuid) -> Option<Money> {
        self.shown.get(&loan).copied()
    }

    /// The last assessment of a loan.
    #[must_use]
    pub fn risk(&self, loan: Uuid) -> Option<&risk::Model> {
        self.risks.get(&loan)
    }

    /// What the open case of a loan, if it has one, has come to.
    #[must_use]
    pub fn disposed(&self, loan: Uuid) -> Disposed {
        self.disposed.get(&loan).copied().unwrap_or_default()
    }

    /// The place of a loan's borrower.
    #[must_use]
    pub fn place(&self, loan: &loans::loan::Model) -> Place {
        self.places.get(&(loan.facility_id, loan.enterprise_id)).copied().unwrap_or_default()
    }

    /// Who covers a loan's loss: of the funds that its facility names, those whose agreement covered it when it was drawn,
    /// by what they have left; of the insurers, those whose policy covers it today or covered it when it fell into default.
    #[must_use]
    pub fn promises(&self, loan: &loans::loan::Model) -> Vec<Promise> {
        let covers = self.covers.get(&loan.id.into()).map_or(&[][..], Vec::as_slice);
        let promised = self.promises.get(&loan.facility_id).map_or(&[][..], Vec::as_slice);
        let guarantees = self.guarantees.get(&loan.id.into()).map_or(&[][..], Vec::as_slice);
        let insured = (loan, guarantees, self.on);
        promised.iter().flat_map(|cover| effective(cover, covers, insured)).collect()
    }

    /// What the borrower owes on other loans. Sums are zero for a debtor without a bad loan: nothing rests on them then.
    #[must_use]
    pub fn debtor(&self, loan: &loans::loan::Model, late_after_days: i64, on: NaiveDate) -> DebtorClaims {
        self.claims.get(&loan.enterprise_id).map_or_else(DebtorClaims::default, |claims| {
            DebtorClaims::beside(claims, (loan.id, loan.bank_id), late_after_days, on)
        })
    }
}

/// Gathers what the assessment of loans needs that an act or a close already holds.
///
/// # Errors
/// The database's fault, or a value that does not read back.
pub async fn gather(
    conn: &impl ConnectionTrait,
    rows: &[loans::loan::Model],
    on: NaiveDate,
) -> Result<Gathered, Fault> {
    let mut made = Gathered { on, ..Gathered::default() };
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    for ids in ids.chunks(IDS) {
        let found = risk::Entity::find()
            .filter(risk::Column::LoanId.is_in(padded(ids.iter().copied())))
            .all(conn)
            .await?;
        made.risks.extend(found.into_iter().map(|row| (row.loan_id, row)));
    }
    made.disposed = disposed(conn, &ids).await?;
    made.shown = find::interest_shown(conn, made.risks.values()).await?;
    let facilities = distinct(rows.iter().map(|row| row.facility_id));
    let enterprises = distinct(rows.iter().map(|row| row.enterprise_id));
    for facilities in facilities.chunks(IDS) {
        for (facility, cover) in lines::cover::covers(conn, padded(facilities.iter().copied())).await? {
            made.promises.entry(facility).or_default().push(cover);
        }
    }
    made.places =
        places(conn, &distinct(rows.iter().map(|row| (row.facility_id, row.enterprise_id))), on).await?;
    for enterprises in enterprises.chunks(IDS) {
        claims(conn, enterprises, &mut made.claims).await?;
    }
    let by_fund = |row: &&loans::loan::Model| {
        let covers = made.promises.get(&row.facility_id);
        covers.is_some_and(|covers| covers.iter().any(|cover| cover.party.fund().is_some()))
    };
    let covered: Vec<LoanId> = rows.iter().filter(by_fund).map(|row| row.id.into()).collect();
    if !covered.is_empty() {
        made.covers = fund::covers_of_loans(conn, &covered, on).await?;
    }
    made.guarantees = insured(conn, rows, &made.promises).await?;
    Ok(made)
}

fn distinct<T: Ord>(ids: impl Iterator<Item = T>) -> Vec<T> {
    ids.collect::<BTreeSet<T>>().into_iter().collect()
}

/// What a statement finds of a list of ids.
pub(super) async fn with_ids(
    conn: &impl ConnectionTrait,
    before: &str,
    after: &str,
    ids: &[Uuid],
) -> Result<Vec<sea_orm::QueryResult>, Fault> {
    let mut found = Vec::new();
    for ids in ids.chunks(IDS) {
        let ids = padded(ids.iter().copied());
        let places: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
        let text = format!("{before}{}{after}", places.join(", "));
        let values = ids.into_iter().map(sea_orm::Value::from);
        let statement = Statement::from_sql_and_values(conn.get_database_backend(), text, values);
        found.extend(conn.query_all_raw(statement).await?);
    }
    Ok(found)
}

/// The claims on debtors that have a bad loan somewhere. A debtor's debts at other banks count by the rules (article 11),
/// so this is the suite's own question; nothing but sums leaves it.
async fn claims(
    conn: &impl ConnectionTrait,
    enterprises: &[Uuid],
    into: &mut HashMap<Uuid, Vec<Claim>>,
) -> Result<(), Fault> {
    let bad: Vec<Uuid> = risk::Entity::find()
        .select_only()
        .column(risk::Column::EnterpriseId)
        .distinct()
        .filter(risk::Column::EnterpriseId.is_in(padded(enterprises.iter().copied())))
        .filter(risk::Column::Settled.eq(false))
        .filter(risk::Column::OwnTier.gte(Tier::Substandard.number()))
        .into_tuple()
        .all(conn)
        .await?;
    if bad.is_empty() {
        return Ok(());
    }
    let found = with_ids(conn, CLAIMS, ")", &bad).await?;
    for row in &found {
        let line = ClaimLine::from_query_result(row, "")?;
        into.entry(line.enterprise_id).or_default().push(Claim {
            loan: line.loan_id,
            bank: line.bank_id,
            lead: line.lead_id,
            outstanding: Money::from_fen(line.outstanding_fen),
            own_tier: line.own_tier.map_or(Ok(Tier::Normal), tier)?,
            overdue_days: line.overdue_days.unwrap_or(0),
            ripe_on: line.ripe_on,
        });
    }
    Ok(())
}

const CLAIMS: &str = "SELECT l.id AS loan_id, l.enterprise_id, s.bank_id, s.outstanding_fen, l.bank_id AS lead_id, \
     r.own_tier, r.overdue_days, r.ripe_on \
     FROM loan l JOIN loan_share s ON s.loan_id = l.id LEFT JOIN loan_risk r ON r.loan_id = l.id \
     WHERE l.status = 'active' AND s.outstanding_fen > 0 AND l.enterprise_id IN (";
