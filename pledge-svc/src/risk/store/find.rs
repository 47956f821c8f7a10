//! Finding risk: one loan's, a page of the work list, histories and judgements.

use std::collections::HashMap;

use contracts::{LoanId, OrgId, OrgKind};
use finance::{EclStage, Money};
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
    sea_query::{Expr, SelectStatement},
};
use tx_kit::{
    Fault,
    bulk::padded,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use uuid::Uuid;

use super::{change, judgement, part, risk};
use crate::{
    loan::store as loans,
    risk::model::{Bucket, Flag, JudgementStatus, Tier},
    visible::nothing,
};

/// Rows of a history that are shown with a loan.
const HISTORY_MAX: u64 = 200;

/// What the work list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this tier.
    pub tier: Option<Tier>,
    /// In this stage.
    pub stage: Option<u8>,
    /// With this warning.
    pub flag: Option<Flag>,
    /// Overdue by so many days.
    pub bucket: Option<Bucket>,
    /// Non-performing, or not.
    pub nonperforming: Option<bool>,
    /// On the watch list, or not.
    pub watched: Option<bool>,
    /// Of this lead bank.
    pub bank: Option<OrgId>,
    /// Of this borrower.
    pub enterprise: Option<OrgId>,
    /// Number, borrower or facility contains this.
    pub text: Option<String>,
}

/// The loans that a bank lends, alone, as lead or in a syndicate.
fn lent_by(bank: Uuid) -> SelectStatement {
    loans::share::Entity::find()
        .select_only()
        .column(loans::share::Column::LoanId)
        .filter(loans::share::Column::BankId.eq(bank))
        .into_query()
}

fn visible<C: ColumnTrait>(scope: &Scope, bank: C, loan: C) -> Condition {
    let tenant = scope.tenant().uuid();
    match scope.kind() {
        _ if scope.sees_all() => Condition::all(),
        OrgKind::Bank => Condition::any().add(bank.eq(tenant)).add(loan.in_subquery(lent_by(tenant))),
        _ => nothing(),
    }
}

/// The risk of a loan, where it is in scope.
///
/// # Errors
/// The database's fault.
pub async fn find_risk(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: LoanId,
) -> Result<Option<risk::Model>, Fault> {
    let seen = visible(scope, risk::Column::BankId, risk::Column::LoanId);
    Ok(risk::Entity::find_by_id(loan.uuid()).filter(seen).one(conn).await?)
}

/// The risk of a loan that was found in scope.
///
/// # Errors
/// The database's fault.
pub async fn risk_of(conn: &impl ConnectionTrait, loan: LoanId) -> Result<Option<risk::Model>, Fault> {
    Ok(risk::Entity::find_by_id(loan.uuid()).one(conn).await?)
}

/// One page of the work list: loans on which something is owed.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<risk::Column>,
    request: &PageRequest,
) -> Result<PageOf<risk::Model>, ListingError> {
    listing::page(narrowed(scope, filter), conn, sort, risk::Column::LoanId, request).await
}

fn narrowed(scope: &Scope, filter: &Filter) -> Select<risk::Entity> {
    use risk::Column;
    let bad = Tier::Substandard.number();
    let mut all = visible(scope, Column::BankId, Column::LoanId);
    if let Some(text) = &filter.text {
        let columns = [
            loans::loan::Column::Number,
            loans::loan::Column::EnterpriseName,
            loans::loan::Column::FacilityName,
        ];
        let named = loans::find(scope)
            .select_only()
            .column(loans::loan::Column::Id)
            .filter(listing::containing(&columns, text))
            .into_query();
        all = Condition::all().add(all).add(Column::LoanId.in_subquery(named));
    }
    let days = filter.bucket.map(Bucket::days);
    let rest = Condition::all()
        .add_option(filter.tier.map(|tier| Column::Tier.eq(tier.number())))
        .add_option(filter.stage.map(|stage| Column::Stage.eq(i32::from(stage))))
        .add_option(filter.flag.map(raised))
        .add_option(days.map(|(first, last)| Column::OverdueDays.between(first, last)))
        .add_option(filter.nonperforming.map(
            |yes| {
                if yes { Column::Tier.gte(bad) } else { Column::Tier.lt(bad) }
            },
        ))
        .add_option(filter.watched.map(|yes| Column::Watched.eq(yes)))
        .add_option(filter.bank.map(|bank| Column::BankId.eq(bank.uuid())))
        .add_option(filter.enterprise.map(|one| Column::EnterpriseId.eq(one.uuid())));
    risk::Entity::find().filter(Column::Settled.eq(false)).filter(all).filter(rest)
}

/// The bit of a flag is set. The number is ours, not the caller's.
fn raised(flag: Flag) -> Expr {
    Expr::cust(format!("(\"loan_risk\".\"flags\" & {}) <> 0", flag.bit()))
}

/// What a loan was, newest first.
///
/// # Errors
/// The database's fault.
pub async fn find_history(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: LoanId,
) -> Result<Vec<change::Model>, Fault> {
    use change::Column;
    Ok(change::Entity::find()
        .filter(visible(scope, Column::BankId, Column::LoanId))
        .filter(Column::LoanId.eq(loan.uuid()))
        // A catch-up writes many days at one moment: only the days tell their order.
        .order_by_desc(Column::FromOn)
        .order_by_desc(Column::UntilOn)
        .order_by_desc(Column::MadeAt)
        .order_by_desc(Column::Id)
        .limit(HISTORY_MAX)
        .all(conn)
        .await?)
}

/// The banks' parts of the provision of a syndicated loan, as far as they are in scope: the lead sees all of them.
///
/// # Errors
/// The database's fault.
pub async fn find_parts(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: LoanId,
    lead: OrgId,
) -> Result<Vec<part::Model>, Fault> {
    let all = scope.sees_all() || scope.tenant() == lead;
    let own = part::Column::BankId.eq(scope.tenant().uuid());
    Ok(part::Entity::find()
        .filter(part::Column::LoanId.eq(loan.uuid()))
        .filter(Condition::all().add_option((!all).then_some(own)))
        .order_by_asc(part::Column::BankId)
        .all(conn)
        .await?)
}

/// A judgement of a loan, where it is in scope.
///
/// # Errors
/// The database's fault.
pub async fn find_judgement(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: LoanId,
    id: Uuid,
) -> Result<Option<judgement::Model>, Fault> {
    use judgement::Column;
    Ok(judgement::Entity::find_by_id(id)
        .filter(visible(scope, Column::BankId, Column::LoanId))
        .filter(Column::LoanId.eq(loan.uuid()))
        .one(conn)
        .await?)
}

/// The judgement of a loan that waits.
///
/// # Errors
/// The database's fault.
pub async fn find_open_judgement(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: LoanId,
) -> Result<Option<judgement::Model>, Fault> {
    use judgement::Column;
    Ok(judgement::Entity::find()
        .filter(visible(scope, Column::BankId, Column::LoanId))
        .filter(Column::LoanId.eq(loan.uuid()))
        .filter(Column::Status.eq(JudgementStatus::Proposed.name()))
        .one(conn)
        .await?)
}

/// One page of judgements, newest first: of one loan, or of all that are in scope.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page_judgements(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: Option<LoanId>,
    status: Option<JudgementStatus>,
    request: &PageRequest,
) -> Result<PageOf<judgement::Model>, ListingError> {
    use judgement::Column;
    let narrowed = Condition::all()
        .add_option(loan.map(|loan| Column::LoanId.eq(loan.uuid())))
        .add_option(status.map(|status| Column::Status.eq(status.name())));
    let select =
        judgement::Entity::find().filter(visible(scope, Column::BankId, Column::LoanId)).filter(narrowed);
    let sort = Sort { column: Column::CreatedAt, descending: true };
    listing::page(select, conn, sort, Column::Id, request).await
}

/// What the books show as interest receivable on those of some loans that were last found credit-impaired.
///
/// # Errors
/// The database's fault.
pub(super) async fn interest_shown<'a>(
    conn: &impl ConnectionTrait,
    risks: impl Iterator<Item = &'a risk::Model>,
) -> Result<HashMap<Uuid, Money>, Fault> {
    let stage = i32::from(EclStage::Three.number());
    let mut impaired: Vec<Uuid> = risks.filter(|row| row.stage == stage).map(|row| row.loan_id).collect();
    impaired.sort_unstable();
    let mut shown = HashMap::with_capacity(impaired.len());
    for ids in impaired.chunks(1_000) {
        shown.extend(ids.iter().map(|id| (*id, Money::ZERO)));
        let of = loans::day::Column::LoanId.is_in(padded(ids.iter().copied()));
        let days = loans::day::Entity::find().filter(of).all(conn).await?;
        shown.extend(days.into_iter().map(|day| (day.loan_id, Money::from_fen(day.posted_fen))));
    }
    Ok(shown)
}
