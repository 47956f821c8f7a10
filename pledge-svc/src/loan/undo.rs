//! What takes a payment back from a held loan, under the same guards that took it: the line is drawn again, the banks'
//! parts are out again, the plan is the one before, and the loan has come no further than before the payment.

use chrono::NaiveDate;
use finance::{Money, Schedule};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use tx_kit::{Fault, Tx};

use super::{Held, LoanStatus, held::broken, model::Account, store};
use crate::{books::model::Interest, facility::store as lines};

/// Why the plan that stands after an undone payment was made.
const CAUSE: &str = "repayment_reversal";

impl Held {
    /// Puts principal on the line again that a payment took off it; `retired` is what of it a line that does not revolve
    /// had kept as repaid. Neither line nor place goes above its limit.
    ///
    /// # Errors
    /// A fault where it does not fit: the rules look first.
    pub(crate) async fn take_again(
        &mut self,
        tx: &Tx,
        principal: Money,
        retired: Money,
    ) -> Result<(), Fault> {
        use lines::{facility::Column as F, member::Column as M};
        let (fen, kept) = (principal.fen(), retired.fen());
        let facility = lines::facility::Entity::update_many()
            .col_expr(F::DrawnFen, Expr::col(F::DrawnFen).add(fen))
            .col_expr(F::RetiredFen, Expr::col(F::RetiredFen).sub(kept))
            .col_expr(F::Version, Expr::col(F::Version).add(1))
            .filter(F::Id.eq(self.facility.id.uuid()))
            .filter(F::Version.eq(self.facility.version))
            .filter(F::RetiredFen.gte(kept))
            .filter(
                Expr::col(F::DrawnFen)
                    .add(Expr::col(F::ReservedFen))
                    .add(Expr::col(F::RetiredFen))
                    .add(fen - kept)
                    .lte(Expr::col(F::LimitFen)),
            )
            .exec(tx.conn())
            .await?
            .rows_affected;
        let member = lines::member::Entity::update_many()
            .col_expr(M::DrawnFen, Expr::col(M::DrawnFen).add(fen))
            .col_expr(M::RetiredFen, Expr::col(M::RetiredFen).sub(kept))
            .filter(M::Id.eq(self.member.id.uuid()))
            .filter(M::RetiredFen.gte(kept))
            .filter(
                Expr::col(M::DrawnFen)
                    .add(Expr::col(M::ReservedFen))
                    .add(Expr::col(M::RetiredFen))
                    .add(fen - kept)
                    .lte(Expr::col(M::SubLimitFen)),
            )
            .exec(tx.conn())
            .await?
            .rows_affected;
        if (facility, member) != (1, 1) {
            return Err(Fault::Invariant(format!(
                "principal drawn again did not pass the guard of facility {}",
                self.facility.id
            )));
        }
        let more = |place: Money| place.checked_add(principal).map_err(broken);
        let less = |place: Money| place.checked_sub(retired).map_err(broken);
        self.facility.drawn = more(self.facility.drawn)?;
        self.facility.retired = less(self.facility.retired)?;
        self.facility.version += 1;
        self.member.drawn = more(self.member.drawn)?;
        self.member.retired = less(self.member.retired)?;
        Ok(())
    }

    /// Writes the account as it is without the payment: the loan is active and has come `steps` steps. `plan` is the plan
    /// before with the day of its next reset, where another has taken its place since.
    ///
    /// # Errors
    /// The database's fault.
    pub(crate) async fn write_undone(
        &mut self,
        tx: &Tx,
        (account, steps): (Account, i64),
        plan: Option<(Schedule, Option<NaiveDate>)>,
        by: &str,
    ) -> Result<(), Fault> {
        self.account = account;
        self.status = LoanStatus::Active;
        let mut beside = store::loan::ActiveModel::default();
        if let Some((plan, reset_on)) = plan {
            let version = self.row.plan_version + 1;
            let row = store::plan::ActiveModel {
                loan_id: Set(self.row.id),
                version: Set(version),
                cause: Set(CAUSE.to_owned()),
                effective_on: Set(self.on),
                schedule: Set(serde_json::to_string(&plan)?),
                made_by: Set(by.to_owned()),
                made_at: Set(tx.now()),
            };
            store::plan::Entity::insert(row).exec_without_returning(tx.conn()).await?;
            self.row.plan_version = version;
            self.row.matures_on = plan.instalments.last().map_or(self.row.matures_on, |last| last.due);
            self.row.reset_on = reset_on;
            self.plan = plan;
            beside.reset_on = Set(reset_on);
            beside.plan_version = Set(version);
            beside.matures_on = Set(self.row.matures_on);
        }
        self.write_at(tx, steps, beside).await
    }

    /// Remembers what the books show and keep note of as interest without the payment, and the last day that is reckoned with
    /// in it: the next close goes on from there.
    ///
    /// # Errors
    /// A conflict where the day was closed meanwhile; the database's fault.
    pub(crate) async fn post_undone(
        &mut self,
        tx: &Tx,
        interest: Interest,
        closed_on: NaiveDate,
    ) -> Result<(), Fault> {
        use store::day::Column as D;
        self.post_interest(tx, interest).await?;
        let Some(day) = self.day.as_mut().filter(|day| day.closed_on < closed_on) else { return Ok(()) };
        let touched = store::day::Entity::update_many()
            .col_expr(D::ClosedOn, Expr::value(closed_on))
            .col_expr(D::Touched, Expr::value(day.touched + 1))
            .filter(D::LoanId.eq(day.loan_id))
            .filter(D::Touched.eq(day.touched))
            .exec(tx.conn())
            .await?
            .rows_affected;
        if touched != 1 {
            return Err(Fault::Conflict(format!("the day of loan {} was closed meanwhile", self.row.id)));
        }
        day.closed_on = closed_on;
        day.touched += 1;
        Ok(())
    }

    /// Puts principal back on the banks' parts, in their order; no part goes above what its bank has lent.
    ///
    /// # Errors
    /// A fault where a part would.
    pub(crate) async fn restore_shares(&mut self, tx: &Tx, principal: &[Money]) -> Result<(), Fault> {
        use store::share::Column as S;
        for ((position, part), share) in (0_i32..).zip(principal).zip(&mut self.shares) {
            if part.is_zero() {
                continue;
            }
            let touched = store::share::Entity::update_many()
                .col_expr(S::OutstandingFen, Expr::col(S::OutstandingFen).add(part.fen()))
                .filter(S::LoanId.eq(self.row.id))
                .filter(S::Position.eq(position))
                .filter(Expr::col(S::OutstandingFen).add(part.fen()).lte(Expr::col(S::AmountFen)))
                .exec(tx.conn())
                .await?
                .rows_affected;
            if touched != 1 {
                return Err(Fault::Invariant(format!(
                    "a part of loan {} put back did not pass its guard",
                    self.row.id
                )));
            }
            share.outstanding = share.outstanding.checked_add(*part).map_err(broken)?;
        }
        Ok(())
    }
}
