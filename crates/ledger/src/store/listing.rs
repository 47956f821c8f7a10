//! The general ledger as people read it: the entries of an account by day, and movements whole.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{MovementId, OrgId};
use finance::Money;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tx_kit::{
    Fault,
    listing::{LIMIT_MAX, ListingError, PageOf, PageRequest, Sort, page},
};
use uuid::Uuid;

use super::{
    balances::{balance_before, net_of, overflow, sums_of},
    rows::{entry, movement},
};
use crate::Side;

/// An entry as posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedEntry {
    /// The account's code.
    pub account: String,
    /// The side.
    pub side: Side,
    /// The amount.
    pub amount: Money,
}

/// A movement as posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedMovement {
    /// Its id.
    pub id: MovementId,
    /// Whose book.
    pub book: OrgId,
    /// What kind.
    pub kind: String,
    /// What it is about: a loan, a claim, a run.
    pub subject: Uuid,
    /// Within what: a facility.
    pub group: Option<Uuid>,
    /// Its business date.
    pub business_date: NaiveDate,
    /// When it was posted.
    pub posted_at: DateTime<Utc>,
    /// The movement that it undoes.
    pub reversal_of: Option<MovementId>,
    /// The movement that undoes it.
    pub reversed_by: Option<MovementId>,
    /// Why it undoes that one.
    pub reason: Option<String>,
    /// Its entries.
    pub entries: Vec<PostedEntry>,
}

/// A page of the movements about a subject, oldest first; of one book, or of all where `book` is `None` (the regulator).
///
/// # Errors
/// [`ListingError::BadCursor`] for a cursor of another list; the database's fault.
pub async fn movements_of(
    conn: &impl ConnectionTrait,
    subject: Uuid,
    book: Option<OrgId>,
    request: &PageRequest,
) -> Result<PageOf<PostedMovement>, ListingError> {
    let mut heads = movement::Entity::find().filter(movement::Column::Subject.eq(subject));
    if let Some(book) = book {
        heads = heads.filter(movement::Column::Book.eq(book.uuid()));
    }
    let sort = Sort { column: movement::Column::Id, descending: false };
    let found = page(heads, conn, sort, movement::Column::Id, request).await?;
    Ok(PageOf { items: whole(conn, found.items).await?, next_cursor: found.next_cursor })
}

/// A movement by its id; of one book, or of any where `book` is `None` (the regulator).
///
/// # Errors
/// The database's fault.
pub async fn movement_by_id(
    conn: &impl ConnectionTrait,
    id: MovementId,
    book: Option<OrgId>,
) -> Result<Option<PostedMovement>, Fault> {
    let mut head = movement::Entity::find_by_id(id.uuid());
    if let Some(book) = book {
        head = head.filter(movement::Column::Book.eq(book.uuid()));
    }
    let head = head.one(conn).await?;
    Ok(whole(conn, head.into_iter().collect()).await?.pop())
}

async fn whole(
    conn: &impl ConnectionTrait,
    heads: Vec<movement::Model>,
) -> Result<Vec<PostedMovement>, Fault> {
    if heads.is_empty() {
        return Ok(Vec::new());
    }
    let mut entries: HashMap<Uuid, Vec<PostedEntry>> = HashMap::with_capacity(heads.len());
    let rows = entry::Entity::find()
        .filter(entry::Column::MovementId.is_in(heads.iter().map(|head| head.id)))
        .order_by_asc(entry::Column::MovementId)
        .order_by_asc(entry::Column::Position)
        .all(conn)
        .await?;
    for row in rows {
        entries.entry(row.movement_id).or_default().push(posted_entry(row));
    }
    let undone: HashMap<Uuid, Uuid> = movement::Entity::find()
        .filter(movement::Column::ReversalOf.is_in(heads.iter().map(|head| head.id)))
        .all(conn)
        .await?
        .into_iter()
        .filter_map(|row| row.reversal_of.map(|of| (of, row.id)))
        .collect();
    Ok(heads
        .into_iter()
        .map(|head| PostedMovement {
            entries: entries.remove(&head.id).unwrap_or_default(),
            reversed_by: undone.get(&head.id).copied().map(MovementId::from_uuid),
            id: head.id.into(),
            book: head.book.into(),
            kind: head.kind,
            subject: head.subject,
            group: head.subject_group,
            business_date: head.business_date,
            posted_at: head.posted_at,
            reversal_of: head.reversal_of.map(MovementId::from_uuid),
            reason: head.reason,
        })
        .collect())
}

fn posted_entry(row: entry::Model) -> PostedEntry {
    let (side, amount) = side_of(&row);
    PostedEntry { account: row.account, side, amount }
}

fn side_of(row: &entry::Model) -> (Side, Money) {
    if row.debit_fen > 0 {
        (Side::Debit, Money::from_fen(row.debit_fen))
    } else {
        (Side::Credit, Money::from_fen(row.credit_fen))
    }
}

/// An entry of an account, with what it belongs to and what the account stands at after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEntry {
    /// Its movement.
    pub movement: MovementId,
    /// Its place in the movement.
    pub position: i32,
    /// The movement's kind.
    pub kind: String,
    /// What the movement is about.
    pub subject: Uuid,
    /// Within what.
    pub group: Option<Uuid>,
    /// The business date.
    pub business_date: NaiveDate,
    /// When it was posted.
    pub posted_at: DateTime<Utc>,
    /// Whether the movement undoes another one.
    pub is_reversal: bool,
    /// The side.
    pub side: Side,
    /// The amount.
    pub amount: Money,
    /// Debits less credits after it.
    pub balance: Money,
}

/// The days asked for, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
}

/// A page of an account's entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntriesPage {
    /// What the account stood at before the first entry of this page: debits less credits.
    pub opening: Money,
    /// The entries, oldest first.
    pub entries: Vec<AccountEntry>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    day: NaiveDate,
    movement: Uuid,
    position: i32,
}

impl Place {
    fn parse(text: &str) -> Result<Self, ListingError> {
        let mut parts = text.split('~');
        let place = (|| {
            let day = parts.next()?.parse().ok()?;
            let movement = parts.next()?.parse().ok()?;
            let position = parts.next()?.parse().ok()?;
            parts.next().is_none().then_some(Self { day, movement, position })
        })();
        place.ok_or(ListingError::BadCursor)
    }

    fn text(self) -> String {
        format!("{}~{}~{}", self.day, self.movement, self.position)
    }

    /// The entries up to and with this place, within its day.
    fn until(self) -> Condition {
        use entry::Column as C;
        Condition::any().add(C::BusinessDate.lt(self.day)).add(
            Condition::all().add(C::BusinessDate.eq(self.day)).add(
                Condition::any().add(C::MovementId.lt(self.movement)).add(
                    Condition::all().add(C::MovementId.eq(self.movement)).add(C::Position.lte(self.position)),
                ),
            ),
        )
    }
}

/// The entries of an account of a book within a span of days, page by page.
///
/// # Errors
/// [`ListingError::BadCursor`] for a cursor of another span or list; the database's fault.
pub async fn entries(
    conn: &impl ConnectionTrait,
    book: OrgId,
    account: &str,
    span: Span,
    request: &PageRequest,
) -> Result<EntriesPage, ListingError> {
    use entry::Column as C;
    let within = Condition::all()
        .add(C::Book.eq(book.uuid()))
        .add(C::BusinessDate.gte(span.from))
        .add(C::BusinessDate.lte(span.to));
    let mut opening = balance_before(conn, book, account, span.from).await?;
    let mut select = entry::Entity::find().filter(C::Account.eq(account)).filter(within.clone());
    if let Some(text) = &request.cursor {
        let place = Place::parse(text)?;
        if !(span.from..=span.to).contains(&place.day) {
            return Err(ListingError::BadCursor);
        }
        let before = net_of(conn, sums_of(account).filter(within).filter(place.until())).await?;
        opening = opening.checked_add(before).map_err(overflow)?;
        select = select.filter(place.until().not());
    }
    let limit = request.limit.clamp(1, LIMIT_MAX);
    let mut rows = select
        .order_by_asc(C::BusinessDate)
        .order_by_asc(C::MovementId)
        .order_by_asc(C::Position)
        .limit(limit + 1)
        .all(conn)
        .await
        .map_err(Fault::from)?;
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next_cursor = rows.last().filter(|_| more).map(|row| {
        Place { day: row.business_date, movement: row.movement_id, position: row.position }.text()
    });
    let heads: HashMap<Uuid, movement::Model> = movement::Entity::find()
        .filter(movement::Column::Id.is_in(rows.iter().map(|row| row.movement_id)))
        .all(conn)
        .await
        .map_err(Fault::from)?
        .into_iter()
        .map(|head| (head.id, head))
        .collect();
    let entries = shown(rows, &heads, opening)?;
    Ok(EntriesPage { opening, entries, next_cursor })
}

fn shown(
    rows: Vec<entry::Model>,
    heads: &HashMap<Uuid, movement::Model>,
    opening: Money,
) -> Result<Vec<AccountEntry>, Fault> {
    let mut balance = opening;
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        let head = heads
            .get(&row.movement_id)
            .ok_or_else(|| Fault::Corrupt(format!("the movement {} of an entry", row.movement_id)))?;
        let (side, amount) = side_of(&row);
        balance = match side {
            Side::Debit => balance.checked_add(amount),
            Side::Credit => balance.checked_sub(amount),
        }
        .map_err(overflow)?;
        shown.push(AccountEntry {
            movement: row.movement_id.into(),
            position: row.position,
            kind: head.kind.clone(),
            subject: head.subject,
            group: head.subject_group,
            business_date: row.business_date,
            posted_at: head.posted_at,
            is_reversal: head.reversal_of.is_some(),
            side,
            amount,
            balance,
        });
    }
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_a_forged_one_is_refused() {
        let place = Place { day: "2026-11-24".parse().unwrap(), movement: Uuid::from_u128(7), position: 3 };
        assert_eq!(Place::parse(&place.text()).unwrap(), place);
        for forged in
            ["", "2026-11-24", "2026-11-24~x~1", "2026-11-24~00000000-0000-0000-0000-000000000007~1~2"]
        {
            assert!(matches!(Place::parse(forged), Err(ListingError::BadCursor)), "{forged}");
        }
    }
}
