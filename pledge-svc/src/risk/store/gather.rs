//! What an assessment needs beside the loan's row, for some loans at once: their last assessment, their members'
//! places and pledges, the facilities' promises, the debtors' other debts. A handful of statements, whatever the number
//! of loans; only loans that are due for an assessment are asked about (`due.rs`).

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use contracts::LoanId;
use finance::Money;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Statement,
    sea_query::{Alias, Expr, ExprTrait, Query},
};
use tx_kit::{Fault, bulk::padded};
use uuid::Uuid;

use super::{
    find,
    promised::{effective, insured},
    risk, tier,
};
use crate::{
    disposal::Guarantee,
    facility::{self, model::LossCover, store as lines},
    fund::{self, FundCover},
    loan::store as loans,
    risk::model::{Claim, DebtorClaims, LineUse, Promise, Tier},
};

/// Ids in one list of a statement.
const IDS: usize = 1_000;

/// A member's place under a facility: what it uses and what stands for it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    /// Use and caps.
    pub line: LineUse,
    /// The limit of the facility.
    pub limit: Money,
    /// What registered pledges carry.
    pub carries: Money,
    /// The value of the patents whose right is in force.
    pub value: Money,
    /// The last day on which all valuations may be relied on.
    pub valid_until: Option<NaiveDate>,
    /// The day on which the first of the rights ends by its term.
    pub rights_end_on: Option<NaiveDate>,
    /// Pledged once, and nothing is registered any more.
    pub lost: bool,
    /// The validity or ownership of a patent under them is attacked.
    pub attacked: bool,
    /// The first day up to which the annuities of a patent under them are paid.
    pub annuity_until: Option<NaiveDate>,
}

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
    made.shown = find::interest_shown(conn, made.risks.values()).await?;
    let facilities = distinct(rows.iter().map(|row| row.facility_id));
    let enterprises = distinct(rows.iter().map(|row| row.enterprise_id));
    for facilities in facilities.chunks(IDS) {
        for (facility, cover) in lines::cover::covers(conn, padded(facilities.iter().copied())).await? {
            made.promises.entry(facility).or_default().push(cover);
        }
        for enterprises in enterprises.chunks(IDS) {
            places(conn, facilities, enterprises, on, &mut made.places).await?;
        }
    }
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

fn distinct(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let ids: HashSet<Uuid> = ids.collect();
    let mut ids: Vec<Uuid> = ids.into_iter().collect();
    ids.sort_unstable();
    ids
}

/// Members' places and what their pledges are, pooled or not.
async fn places(
    conn: &impl ConnectionTrait,
    facilities: &[Uuid],
    enterprises: &[Uuid],
    on: NaiveDate,
    into: &mut HashMap<(Uuid, Uuid), Place>,
) -> Result<(), Fault> {
    let members = lines::member::Entity::find()
        .filter(lines::member::Column::FacilityId.is_in(padded(facilities.iter().copied())))
        .filter(lines::member::Column::EnterpriseId.is_in(padded(enterprises.iter().copied())))
        .all(conn)
        .await?;
    let rows = lines::facility::Entity::find()
        .filter(lines::facility::Column::Id.is_in(padded(facilities.iter().copied())))
        .all(conn)
        .await?;
    let mut known: HashMap<Uuid, facility::Facility> = HashMap::new();
    for row in rows {
        known.insert(row.id, lines::facility_of(row, Vec::new())?);
    }
    let mut pledged = pledges(conn, facilities, enterprises).await?;
    for member in members {
        let Some(facility) = known.get(&member.facility_id) else { continue };
        let key = (member.facility_id, member.enterprise_id);
        let mut place = pledged.remove(&key).unwrap_or_default();
        let ever = place.valid_until.is_some() || place.lost;
        let collateral = facility.terms.collateral;
        if collateral.pool().is_some() {
            // All members' patents carry all loans: no member's pledge is lost by itself.
            place.lost = false;
        }
        let most = place.carries.checked_add(collateral.unsecured()).unwrap_or(Money::MAX);
        place.limit = facility.limit;
        place.line = LineUse {
            used: Money::from_fen(member.drawn_fen),
            cap: facility.member_cap(),
            carried: Some(most).filter(|_| ever && collateral.pool().is_none()),
            waived: member.waived_fen > 0
                && collateral.pool().is_none()
                && Money::from_fen(member.drawn_fen) > most,
            undrawn: undrawn(&member).min(facility.undrawn(on)),
        };
        into.insert(key, place);
    }
    Ok(())
}

/// What a member may still draw within its sub-limit, reserved or not.
fn undrawn(member: &lines::member::Model) -> Money {
    let used = Money::from_fen(member.drawn_fen + member.retired_fen);
    Money::from_fen(member.sub_limit_fen).saturating_sub(used)
}

/// A pledge that is or was registered.
#[derive(Debug, FromQueryResult)]
struct PledgeLine {
    id: Uuid,
    facility_id: Uuid,
    enterprise_id: Uuid,
    status: String,
    carrying_fen: i64,
    valid_until: NaiveDate,
    rights_until: Option<NaiveDate>,
    annuity_until: Option<NaiveDate>,
}

const REGISTERED: &str = "registered";

async fn pledges(
    conn: &impl ConnectionTrait,
    facilities: &[Uuid],
    enterprises: &[Uuid],
) -> Result<HashMap<(Uuid, Uuid), Place>, Fault> {
    let column = |name: &'static str| Alias::new(name);
    let select = Query::select()
        .columns(
            [
                "id",
                "facility_id",
                "enterprise_id",
                "status",
                "carrying_fen",
                "valid_until",
                "rights_until",
                "annuity_until",
            ]
            .map(Alias::new),
        )
        .from(Alias::new("pledge"))
        .and_where(Expr::col(column("facility_id")).is_in(padded(facilities.iter().copied())))
        .and_where(Expr::col(column("enterprise_id")).is_in(padded(enterprises.iter().copied())))
        .and_where(Expr::col(column("status")).is_in([REGISTERED, "cancelled", "annulled"]))
        .to_owned();
    let statement = conn.get_database_backend().build(&select);
    let found = PledgeLine::find_by_statement(statement).all(conn).await?;
    let registered: Vec<Uuid> =
        found.iter().filter(|line| line.status == REGISTERED).map(|line| line.id).collect();
    let mut values = values(conn, &registered).await?;
    let mut places: HashMap<(Uuid, Uuid), Place> = HashMap::new();
    for line in &found {
        let place = places.entry((line.facility_id, line.enterprise_id)).or_default();
        place.lost = true;
        if line.status != REGISTERED {
            continue;
        }
        let earlier =
            |one: Option<NaiveDate>, other: NaiveDate| Some(one.map_or(other, |one| Ord::min(one, other)));
        place.valid_until = earlier(place.valid_until, line.valid_until);
        if let Some(end) = line.rights_until {
            place.rights_end_on = earlier(place.rights_end_on, end);
        }
        let more = |sum: Money, fen: i64| Money::from_fen(sum.fen().saturating_add(fen));
        place.carries = more(place.carries, line.carrying_fen);
        let worth = values.remove(&line.id).unwrap_or_default();
        place.value = more(place.value, worth.fen);
        place.attacked |= worth.attacked;
        if let Some(paid) = line.annuity_until {
            place.annuity_until = earlier(place.annuity_until, paid);
        }
    }
    for place in places.values_mut() {
        // A registered pledge of which every right has ended carries nothing: it is lost as well.
        place.lost = place.valid_until.is_none() || (place.value.is_zero() && !place.attacked);
    }
    Ok(places)
}

/// What is attacked is worth nothing to a bank that lends nothing on it.
const VALUES: &str = "SELECT v.pledge_id, CAST(SUM(CASE WHEN COALESCE(r.challenges, '[]') <> '[]' \
       AND COALESCE(p.challenged_carries, FALSE) = FALSE THEN 0 ELSE v.collateral_fen END) AS BIGINT) AS value_fen, \
       CAST(MAX(CASE WHEN COALESCE(r.challenges, '[]') <> '[]' THEN 1 ELSE 0 END) AS BIGINT) AS attacked \
     FROM pledge_patent v JOIN pledge p ON p.id = v.pledge_id \
     LEFT JOIN patent_right r ON r.patent_id = v.patent_id \
     WHERE v.released_on IS NULL AND (r.patent_id IS NULL OR r.status NOT IN \
     ('lapsed', 'expired', 'invalidated', 'withdrawn', 'rejected')) AND v.pledge_id IN (";

/// What the patents in force under a pledge are.
#[derive(Debug, Clone, Copy, Default)]
struct Worth {
    fen: i64,
    attacked: bool,
}

/// The value of the patents in force under each pledge, and whether any of them is attacked.
async fn values(conn: &impl ConnectionTrait, pledges: &[Uuid]) -> Result<HashMap<Uuid, Worth>, Fault> {
    let mut values = HashMap::with_capacity(pledges.len());
    for row in with_ids(conn, VALUES, ") GROUP BY v.pledge_id", pledges).await? {
        let worth = Worth { fen: row.try_get_by_index(1)?, attacked: row.try_get_by_index::<i64>(2)? > 0 };
        values.insert(row.try_get_by_index::<Uuid>(0)?, worth);
    }
    Ok(values)
}

async fn with_ids(
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
