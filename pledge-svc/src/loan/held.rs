//! A loan held for an act: facility, member and loan locked in the order that everybody keeps, the account brought up to
//! today; and the guarded writes that an act ends with.
//!
//! | step | function | what it guards |
//! |---|---|---|
//! | lock | [`hold`] | facility, member, loan, in this order; the row of its day is read last |
//! | principal leaves the line | [`Held::give_back`] | `drawn >= x` on facility and member, the facility's version |
//! | the loan's row | [`Held::write`] | the loan's version as read |
//! | the banks' parts | [`Held::write_shares`] | `outstanding >= x` of each part |
//! | what the books show as receivable | [`Held::post_interest`] | the row of the day as read |

use chrono::NaiveDate;
use contracts::{Event, FacilityId, LoanId, OrgId, events::LoanStateChanged};
use finance::{Money, Rate, Schedule};
use identity::Caller;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use tx_kit::{Fault, Tx};

use super::{
    LoanShare, LoanStatus, LoanTerms,
    calendar::by_calendar,
    model::{Account, Owing, owing, standing},
    store,
};
use crate::{
    books::{accounts, model::Interest},
    facility::{Facility, Member, store as lines},
    fund,
};

/// A loan locked for an act, with everything that the act may move.
pub(crate) struct Held {
    /// The facility.
    pub facility: Facility,
    /// The borrower's place in it.
    pub member: Member,
    /// The loan's row as read.
    pub row: store::loan::Model,
    /// The banks' parts, lead first.
    pub shares: Vec<LoanShare>,
    /// Its terms.
    pub terms: LoanTerms,
    /// Its plan.
    pub plan: Schedule,
    /// Its account, brought up to today.
    pub account: Account,
    /// What it owes today.
    pub owed: Owing,
    /// Where it stands in its life.
    pub status: LoanStatus,
    /// The row of its day as read; `None` before its first close and payment.
    pub day: Option<store::day::Model>,
    /// The business date.
    pub on: NaiveDate,
}

/// Holds a loan that the caller may see; `None` where it is not there for the caller.
///
/// # Errors
/// The database's fault.
pub(crate) async fn hold(tx: &Tx, caller: &Caller, id: LoanId) -> Result<Option<Held>, Fault> {
    let Some(seen) = store::one(tx.conn(), &caller.scope(), id).await? else { return Ok(None) };
    held(tx, seen.facility_id.into(), seen.enterprise_id.into(), id).await.map(Some)
}

async fn held(tx: &Tx, facility_id: FacilityId, enterprise: OrgId, id: LoanId) -> Result<Held, Fault> {
    let gone = || Fault::Invariant(format!("loan {id} has lost its facility or member"));
    let facility = lines::lock(tx.conn(), facility_id).await?.ok_or_else(gone)?;
    let member = lines::lock_members(tx.conn(), facility_id, &[enterprise]).await?.pop().ok_or_else(gone)?;
    let row = store::lock(tx.conn(), id).await?.ok_or_else(gone)?;
    let shares = store::shares(tx.conn(), [row.id]).await?.into_iter().map(store::share_of).collect();
    let day = store::day::Entity::find_by_id(row.id).one(tx.conn()).await?;
    let plan = store::plan_of(tx.conn(), &row).await?;
    let (terms, account, status) = store::parts(&row)?;
    let on = tx.business_date();
    let terms = by_calendar(tx.conn(), &row, terms, on).await?;
    let account = account.advanced(&terms, &plan, on).map_err(broken)?;
    let owed = owing(&terms, &plan, &account, on).map_err(broken)?;
    Ok(Held { facility, member, row, shares, terms, plan, account, owed, status, day, on })
}

pub(crate) fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Invariant(error.to_string())
}

impl Held {
    /// The loan.
    pub(crate) fn id(&self) -> LoanId {
        self.row.id.into()
    }

    /// The oldest due date that is not met.
    pub(crate) fn next_due_on(&self) -> Result<Option<NaiveDate>, Fault> {
        Ok(standing(&self.terms, &self.plan, &self.account, self.on).map_err(broken)?.unmet)
    }

    /// Takes principal off the line; one that does not revolve remembers it as retired.
    pub(crate) async fn give_back(&mut self, tx: &Tx, principal: Money) -> Result<(), Fault> {
        use lines::{facility::Column as F, member::Column as M};
        let fen = principal.fen();
        let retired = if self.facility.revolving { 0 } else { fen };
        let facility = lines::facility::Entity::update_many()
            .col_expr(F::DrawnFen, Expr::col(F::DrawnFen).sub(fen))
            .col_expr(F::RetiredFen, Expr::col(F::RetiredFen).add(retired))
            .col_expr(F::Version, Expr::col(F::Version).add(1))
            .filter(F::Id.eq(self.facility.id.uuid()))
            .filter(F::Version.eq(self.facility.version))
            .filter(F::DrawnFen.gte(fen))
            .exec(tx.conn())
            .await?
            .rows_affected;
        let member = lines::member::Entity::update_many()
            .col_expr(M::DrawnFen, Expr::col(M::DrawnFen).sub(fen))
            .col_expr(M::RetiredFen, Expr::col(M::RetiredFen).add(retired))
            .filter(M::Id.eq(self.member.id.uuid()))
            .filter(M::DrawnFen.gte(fen))
            .exec(tx.conn())
            .await?
            .rows_affected;
        if (facility, member) != (1, 1) {
            return Err(Fault::Invariant(format!(
                "principal given back did not pass the guard of facility {}",
                self.facility.id
            )));
        }
        let less = |place: Money| place.checked_sub(principal).map_err(broken);
        let kept = Money::from_fen(retired);
        self.facility.drawn = less(self.facility.drawn)?;
        self.facility.retired = self.facility.retired.checked_add(kept).map_err(broken)?;
        self.facility.version += 1;
        self.member.drawn = less(self.member.drawn)?;
        self.member.retired = self.member.retired.checked_add(kept).map_err(broken)?;
        Ok(())
    }

    /// Writes the account, the status and the columns that an act sets beside them; the version rises, and the act counts
    /// as a step of the loan.
    pub(crate) async fn write(&mut self, tx: &Tx, beside: store::loan::ActiveModel) -> Result<(), Fault> {
        let steps = self.row.steps + 1;
        self.write_at(tx, steps, beside).await
    }

    /// The same by an act after which the loan has come so many steps: one that undoes others leaves fewer.
    pub(super) async fn write_at(
        &mut self,
        tx: &Tx,
        steps: i64,
        beside: store::loan::ActiveModel,
    ) -> Result<(), Fault> {
        let arrears = &self.account.arrears;
        let change = store::loan::ActiveModel {
            outstanding_fen: Set(self.account.outstanding.fen()),
            interest_from: Set(self.account.interest_from),
            interest_carried: Set(self.account.carried.to_string()),
            billed: Set(i32::try_from(self.account.billed).map_err(broken)?),
            arrears: Set(if arrears.is_empty() { None } else { Some(serde_json::to_string(arrears)?) }),
            next_due_on: Set(self.next_due_on()?),
            status: Set(self.status.name().to_owned()),
            version: Set(self.row.version + 1),
            steps: Set(steps),
            ..beside
        };
        let touched = store::loan::Entity::update_many()
            .set(change)
            .filter(store::loan::Column::Id.eq(self.row.id))
            .filter(store::loan::Column::Version.eq(self.row.version))
            .exec(tx.conn())
            .await?
            .rows_affected;
        if touched != 1 {
            return Err(Fault::Invariant(format!("loan {} changed under its lock", self.row.id)));
        }
        self.row.version += 1;
        self.row.steps = steps;
        let settled = self.status != LoanStatus::Active;
        let turns = settled != (self.row.status != LoanStatus::Active.name());
        // A loan that owes again counts again, whatever its line's terms say by then.
        if turns && (self.facility.funded || !settled) {
            fund::follow_loan(tx, self.id(), settled).await?;
        }
        Ok(())
    }

    /// Takes principal off the banks' parts, in their order.
    pub(crate) async fn write_shares(&mut self, tx: &Tx, principal: &[Money]) -> Result<(), Fault> {
        use store::share::Column as S;
        for ((position, part), share) in (0_i32..).zip(principal).zip(&mut self.shares) {
            if part.is_zero() {
                continue;
            }
            let touched = store::share::Entity::update_many()
                .col_expr(S::OutstandingFen, Expr::col(S::OutstandingFen).sub(part.fen()))
                .filter(S::LoanId.eq(self.row.id))
                .filter(S::Position.eq(position))
                .filter(S::OutstandingFen.gte(part.fen()))
                .exec(tx.conn())
                .await?
                .rows_affected;
            if touched != 1 {
                return Err(Fault::Invariant(format!(
                    "a part of loan {} did not pass its guard",
                    self.row.id
                )));
            }
            share.outstanding = share.outstanding.checked_sub(*part).map_err(broken)?;
        }
        Ok(())
    }

    /// Adds principal to the banks' parts, in their order: what they have lent and what is owed to them.
    pub(crate) async fn add_to_shares(&mut self, tx: &Tx, principal: &[Money]) -> Result<(), Fault> {
        use store::share::Column as S;
        for ((position, part), share) in (0_i32..).zip(principal).zip(&mut self.shares) {
            if part.is_zero() {
                continue;
            }
            let touched = store::share::Entity::update_many()
                .col_expr(S::AmountFen, Expr::col(S::AmountFen).add(part.fen()))
                .col_expr(S::OutstandingFen, Expr::col(S::OutstandingFen).add(part.fen()))
                .filter(S::LoanId.eq(self.row.id))
                .filter(S::Position.eq(position))
                .filter(S::BankId.eq(share.bank_id.uuid()))
                .exec(tx.conn())
                .await?
                .rows_affected;
            if touched != 1 {
                return Err(Fault::Invariant(format!("a part of loan {} is not there", self.row.id)));
            }
            share.amount = share.amount.checked_add(*part).map_err(broken)?;
            share.outstanding = share.outstanding.checked_add(*part).map_err(broken)?;
        }
        Ok(())
    }

    /// What the books show as interest receivable on this loan before the act.
    pub(crate) fn posted(&self) -> Money {
        Money::from_fen(self.day.as_ref().map_or(0, |day| day.posted_fen))
    }

    /// What is owed of interest on this loan before the act, as the books show it and as they keep note of it.
    pub(crate) fn interest(&self) -> Interest {
        self.day.as_ref().map_or_else(Interest::default, |day| Interest {
            receivable: Money::from_fen(day.posted_fen),
            suspended: Money::from_fen(day.suspended_fen),
            untaxed: Money::from_fen(day.untaxed_fen),
        })
    }

    /// Where interest on it is income today.
    pub(crate) fn interest_income(&self) -> ledger::Account {
        accounts::interest_income(self.row.vat_exempt_until, self.on)
    }

    /// The last day that was closed on it; the day before its draw where none was.
    pub(crate) fn closed_on(&self) -> NaiveDate {
        let before = self.row.drawn_on.pred_opt().unwrap_or(self.row.drawn_on);
        self.day.as_ref().map_or(before, |day| day.closed_on)
    }

    /// Remembers what the books show and keep note of as interest after the act.
    pub(crate) async fn post_interest(&mut self, tx: &Tx, interest: Interest) -> Result<(), Fault> {
        let interest = interest.taxed_until(self.row.vat_exempt_until, self.on);
        let Some(day) = &mut self.day else {
            if interest == Interest::default() {
                return Ok(());
            }
            let row = store::day::Model {
                loan_id: self.row.id,
                bank_id: self.row.bank_id,
                closed_on: self.closed_on(),
                posted_fen: interest.receivable.fen(),
                suspended_fen: interest.suspended.fen(),
                untaxed_fen: interest.untaxed.fen(),
                touched: 1,
            };
            let made = store::day::ActiveModel::from(row.clone());
            // The close of business may make the row at the same moment: one of the two runs again.
            store::day::Entity::insert(made)
                .exec_without_returning(tx.conn())
                .await
                .map_err(|error| Fault::from(error).overtaken_if_taken())?;
            self.day = Some(row);
            return Ok(());
        };
        let touched = store::day::Entity::update_many()
            .col_expr(store::day::Column::PostedFen, Expr::value(interest.receivable.fen()))
            .col_expr(store::day::Column::SuspendedFen, Expr::value(interest.suspended.fen()))
            .col_expr(store::day::Column::UntaxedFen, Expr::value(interest.untaxed.fen()))
            .col_expr(store::day::Column::Touched, Expr::value(day.touched + 1))
            .filter(store::day::Column::LoanId.eq(day.loan_id))
            .filter(store::day::Column::Touched.eq(day.touched))
            .filter(store::day::Column::ClosedOn.eq(day.closed_on))
            .exec(tx.conn())
            .await?
            .rows_affected;
        if touched != 1 {
            return Err(Fault::Conflict(format!("the day of loan {} was closed meanwhile", self.row.id)));
        }
        day.posted_fen = interest.receivable.fen();
        day.suspended_fen = interest.suspended.fen();
        day.untaxed_fen = interest.untaxed.fen();
        day.touched += 1;
        Ok(())
    }

    /// The event of a change that is neither a draw nor a payment. `line_moved` says whether the facility's totals did.
    pub(crate) fn state_changed(
        &self,
        cause: &str,
        risk: (&str, u8, Money),
        line_moved: bool,
    ) -> Result<Event, Fault> {
        let moved = |amount: Money| if line_moved { amount } else { Money::ZERO };
        let rate: Rate = self.terms.annual_rate;
        let today = standing(&self.terms, &self.plan, &self.account, self.on).map_err(broken)?;
        Ok(Event::LoanStateChanged(LoanStateChanged {
            loan_id: self.id(),
            facility_id: self.facility.id,
            bank_id: self.row.bank_id.into(),
            enterprise_id: self.row.enterprise_id.into(),
            cause: cause.to_owned(),
            outstanding: self.account.outstanding,
            status: self.status.name().to_owned(),
            annual_rate: rate,
            matures_on: self.plan.instalments.last().map_or(self.row.matures_on, |last| last.due),
            next_due_on: today.unmet,
            overdue_days: today.overdue_days,
            tier: risk.0.to_owned(),
            stage: risk.1,
            provision: risk.2,
            facility_version: if line_moved { self.facility.version } else { 0 },
            facility_drawn: moved(self.facility.drawn),
            facility_reserved: moved(self.facility.reserved),
            member_drawn: moved(self.member.drawn),
            member_reserved: moved(self.member.reserved),
        }))
    }
}
