//! Applications as the one who asks is told of them: with the clock as of today, and to the applicant without what the
//! bank's people say among themselves.

use axum::{Json, http::HeaderName};
use contracts::{OrgId, OrgKind};
use http_kit::{Problem, Who, versioned};
use tx_kit::Fault;

use super::Application;
use crate::{state::App, working_days};

/// An application with its version as `ETag`, which `If-Match` of the next step names.
pub(super) type Told = ([(HeaderName, String); 1], Json<Application>);

/// An application as the one who asks is told of it, with its clock as of today.
pub(super) async fn told(app: &App, who: &Who, application: Application) -> Result<Told, Problem> {
    let mut told = told_all(app, who, vec![application]).await?;
    let one = told.pop().ok_or_else(Problem::not_found)?;
    Ok(versioned(one.version, one))
}

/// Applications to any banks, each with its clock as of today by the calendar of its bank.
pub(super) async fn told_all(
    app: &App,
    who: &Who,
    applications: Vec<Application>,
) -> Result<Vec<Application>, Problem> {
    let on = app.db.clock().business_date();
    let banks: Vec<OrgId> = applications.iter().map(|application| application.bank_id).collect();
    let calendars = working_days::of_banks(app.db.read(), &banks, on).await?;
    let told = applications.into_iter().map(|application| {
        let calendar = calendars.of(application.bank_id)?;
        let seen = application.seen_on((on, calendar));
        Ok(if who.0.org_kind == OrgKind::Enterprise { seen.told_to_applicant() } else { seen })
    });
    Ok(told.collect::<Result<_, Fault>>()?)
}
