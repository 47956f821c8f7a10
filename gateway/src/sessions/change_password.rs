//! Changing one's own password: the current one is asked again, and every other session ends.

use std::net::IpAddr;

use http_kit::{ActError, Fields, Problem};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use tx_kit::{AuditEntry, Fault, InTx, Tx};

use super::{
    attempts,
    door::Admitted,
    sign_in::{invalid_credentials, too_many_attempts},
    store::revoke_of_account,
};
use crate::{
    accounts::{HashedPassword, password, store::account},
    state::App,
};

/// Changes the password of who is signed in.
pub(super) async fn change_password(
    app: &App,
    who: &Admitted,
    current: &str,
    new: &str,
    address: IpAddr,
) -> Result<(), Problem> {
    check(who, current, new)?;
    let turn = app.sign_in_turns.get_with(who.username.clone(), Default::default);
    let _turn = turn.lock().await;
    let now = app.db.clock().now();
    if let Some(left) = attempts::wait(app.db.read(), &who.username, address, now).await? {
        return Err(too_many_attempts(left));
    }
    let stored = account::Entity::find_by_id(who.caller.user.uuid())
        .one(app.db.read())
        .await?
        .ok_or_else(Problem::unauthenticated)?;
    if !password::verify(current, Some(&stored.password_hash)).await? {
        let username = &who.username;
        let counted: Result<_, Fault> = app.db.run(|tx| attempts::count(tx, username, address).in_tx()).await;
        counted?;
        return Err(invalid_credentials());
    }
    let hashed = &HashedPassword::of(new).await?;
    let before = &stored.password_hash;
    app.db.run(|tx| set(tx, who, before, hashed).in_tx()).await.map_err(Problem::from)?;
    app.sessions.forget();
    Ok(())
}

fn check(who: &Admitted, current: &str, new: &str) -> Result<(), Problem> {
    let mut fields = Fields::new();
    fields.require(
        (password::CHARS_MIN..=password::CHARS_MAX).contains(&new.chars().count()),
        "new",
        "新密码须为 8–128 个字符。",
        "The new password has 8 to 128 characters.",
    );
    fields.require(
        new != current,
        "new",
        "新密码不得与当前密码相同。",
        "The new password must differ from the current one.",
    );
    fields.require(
        !new.eq_ignore_ascii_case(&who.username),
        "new",
        "新密码不得与用户名相同。",
        "The new password must differ from the user name.",
    );
    fields.finish()
}

async fn set(tx: &mut Tx, who: &Admitted, before: &str, hashed: &HashedPassword) -> Result<(), ActError> {
    let id = who.caller.user;
    let done = account::Entity::update_many()
        .col_expr(account::Column::PasswordHash, Expr::value(hashed.text()))
        .col_expr(account::Column::PasswordSetAt, Expr::value(tx.now()))
        .col_expr(account::Column::MustChange, Expr::value(false))
        .filter(account::Column::Id.eq(id.uuid()))
        .filter(account::Column::PasswordHash.eq(before))
        .exec(tx.conn())
        .await?;
    if done.rows_affected != 1 {
        // Somebody set another password meanwhile; the one given is no longer the current one.
        return Err(invalid_credentials().into());
    }
    revoke_of_account(tx, id, Some(who.session), "password-changed").await?;
    attempts::forgive(tx, &who.username).await?;
    tx.audit([AuditEntry::new(&who.caller.actor(), "user.change_password", "user", id)]).await?;
    Ok(())
}
