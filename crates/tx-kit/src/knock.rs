//! The first connection to a server: it tells why there is none, where a pool would only say that it waited in vain.

use std::{io, time::Duration};

use contracts::Service;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

use crate::{Fault, conn::not_acquired, fault::is_lost};

/// How long a server may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// Connects once and leaves.
///
/// # Errors
/// An outage where the server is away or starts ([`Fault::is_away`]), else one sentence that says what to correct.
pub(crate) async fn knock(service: Service, options: &PgConnectOptions) -> Result<(), Fault> {
    let late = || Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "no answer within 5 seconds")));
    let answered = tokio::time::timeout(ANSWER_MAX, PgConnection::connect_with(options)).await;
    match answered.unwrap_or_else(|_| late()) {
        Ok(conn) => {
            // It was opened for the answer alone: how it ends is the server's affair.
            drop(conn.close().await);
            Ok(())
        }
        Err(error) => Err(not_opened(service, error)),
    }
}

/// Why a database does not open. A server whose TLS does not fit is there, and never will fit.
pub(crate) fn not_opened(service: Service, error: sqlx::Error) -> Fault {
    if is_lost(&error) && !matches!(error, sqlx::Error::Tls(_)) {
        return not_acquired(error).into();
    }
    // SQLSTATE class 28: invalid authorisation; 3D000: there is no such database.
    let code = error.as_database_error().and_then(|refusal| refusal.code()).unwrap_or_default().into_owned();
    Fault::Other(match code.as_str() {
        "28P01" | "28000" => {
            format!(
                "the database of {service} does not take the user or the password of its address: {error}"
            )
        }
        "3D000" => {
            format!(
                "the database of {service} is not on its server: make it, or correct its address: {error}"
            )
        }
        _ => format!("the database of {service} does not open: {error}"),
    })
}
