//! Refreshing: the token is used up and a new one given; a second use ends the session, since two hold it.

use http_kit::{ActError, Problem};
use tx_kit::{AuditEntry, InTx, Tx};

use super::{
    sign_in::{Tokens, actor_of},
    store,
};
use crate::state::App;

/// What a refresh comes to. Ending the session is a change to be kept, so it is no error of the act.
enum Outcome {
    Renewed { session: store::session::Model, must_change: bool },
    Ended,
}

/// Changes a refresh token into new tokens.
pub(super) async fn refresh(app: &App, given: &str) -> Result<Tokens, Problem> {
    let fresh = identity::secrets::token().map_err(|error| Problem::fault(&error))?;
    let (old, new) = (&store::hash(given), &store::hash(&fresh));
    let outcome: Result<Outcome, ActError> = app.db.run(|tx| rotate(tx, old, new).in_tx()).await;
    match outcome? {
        Outcome::Renewed { session, must_change } => {
            Ok(Tokens::issue(app, &session, fresh, must_change).await?)
        }
        Outcome::Ended => {
            app.sessions.forget();
            Err(session_revoked())
        }
    }
}

async fn rotate(tx: &mut Tx, old: &str, new: &str) -> Result<Outcome, ActError> {
    let Some((token, session)) = store::token(tx, old).await? else {
        return Err(session_revoked().into());
    };
    let Some((_, row)) = store::standing(tx.conn(), session.id).await? else {
        return Err(session_revoked().into());
    };
    if !session.stands(tx.now()) || !row.0.active {
        return Ok(Outcome::Ended);
    }
    if token.used_at.is_some() || !store::use_token(tx, old).await? {
        store::revoke(tx, session.id, "refresh-token-reused").await?;
        tracing::warn!(session.id = %session.id, "a refresh token was used twice; its session has ended");
        let entry = AuditEntry::new(&actor_of(&row), "session.end_reused", "session", session.id);
        tx.audit([entry]).await?;
        return Ok(Outcome::Ended);
    }
    store::add_token(tx, session.id, new).await?;
    Ok(Outcome::Renewed { session, must_change: row.0.must_change })
}

/// 401: the session has ended, whatever ended it.
pub(super) fn session_revoked() -> Problem {
    Problem::new(
        axum::http::StatusCode::UNAUTHORIZED,
        "session-revoked",
        "登录会话已结束，请重新登录。若非您本人操作，请立即修改密码。",
        "The session has ended: sign in again. If this was not you, change your password at once.",
    )
}
