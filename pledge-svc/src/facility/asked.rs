//! What the banks that take part in a line are asked beside the line itself: whether a loan under it is written off. What
//! is asked for, and whether it can still be done, is `disposal`'s; here it is put to the banks, their word is recorded, and
//! the lead's last approval is held to it. Everything but the looks runs under the facility's lock.

use contracts::FacilityId;
use finance::Money;
use http_kit::ActError;
use identity::{Caller, Scope};
use sea_orm::{
    ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::SelectStatement,
};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::{
    agreements::{self, AgreementView, Matter, Said},
    model::{
        Facility,
        agreement::{AgreementKind, participants},
    },
    store,
    votes::Subject,
};

/// Asks every bank that takes part in a locked line whether a loan under it is written off; `amount` is all that would leave
/// the books.
///
/// # Errors
/// The database's fault.
pub(crate) async fn ask_write_off(
    tx: &Tx,
    facility: &Facility,
    proposal: Uuid,
    amount: Money,
) -> Result<(), Fault> {
    let about = (AgreementKind::WriteOff, proposal);
    store::agreement::ask(tx, facility.id, about, participants(facility), amount).await
}

/// Records the word of the caller's bank on a write-off that waits.
///
/// # Errors
/// 409 for the bank that leads, and for one that agreed before; what its own authority refuses; a fault.
pub(crate) async fn say_on_write_off(
    tx: &mut Tx,
    caller: &Caller,
    facility: &Facility,
    subject: Subject,
    said: Said<'_>,
) -> Result<(), ActError> {
    let share = agreements::seat(facility, caller)?.ok_or_else(agreements::lead_approves)?;
    agreements::say(tx, caller, (facility, &share), &matter(subject), said).await
}

/// What the lead's last approval of a write-off needs: that every bank which takes part agrees.
///
/// # Errors
/// 409 with the banks whose agreement is missing, and why; a fault.
pub(crate) async fn gate_write_off(tx: &Tx, facility: &Facility, subject: Subject) -> Result<(), ActError> {
    agreements::gate(tx, facility, &matter(subject)).await
}

const fn matter(subject: Subject) -> Matter {
    Matter { kind: AgreementKind::WriteOff, subject, members: Vec::new() }
}

/// The lead refused it: nobody's word is waited for any longer.
///
/// # Errors
/// The database's fault.
pub(crate) async fn no_longer_asked(tx: &Tx, subject: Uuid) -> Result<(), Fault> {
    store::agreement::lapse(tx, subject).await
}

/// What is decided, as the caller's bank decides it: for a look.
///
/// # Errors
/// 404 for a bank without a seat at the line; 409 for one that was not asked; a fault.
pub(crate) async fn subject_of_bank(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    facility: FacilityId,
    subject: Subject,
) -> Result<Subject, ActError> {
    let (_, share) = agreements::seated(conn, caller, facility).await?;
    agreements::seen_from(conn, subject, share.as_ref()).await
}

/// The same under the line's lock, where the bank still has something to say.
///
/// # Errors
/// As [`subject_of_bank`]; 409 where the bank has agreed.
pub(crate) async fn subject_open_to(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    facility: &Facility,
    subject: Subject,
) -> Result<Subject, ActError> {
    let share = agreements::seat(facility, caller)?;
    agreements::open_to(conn, subject, share.as_ref()).await
}

/// What the banks have said on a subject that was found in scope, in the order of the shares.
///
/// # Errors
/// The database's fault.
pub(crate) async fn said_on(conn: &impl ConnectionTrait, subject: Uuid) -> Result<Vec<AgreementView>, Fault> {
    agreements::views_on(conn, subject).await
}

/// The write-offs on which a bank is or was asked.
pub(crate) fn write_offs_asked(scope: &Scope) -> SelectStatement {
    store::agreement::find(scope)
        .select_only()
        .column(store::agreement::row::Column::SubjectId)
        .filter(store::agreement::row::Column::Kind.eq(AgreementKind::WriteOff.name()))
        .into_query()
}
