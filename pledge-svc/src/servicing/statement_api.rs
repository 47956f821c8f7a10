//! Routes of statements: of a loan, of a borrower's loans, of a facility, and the settlement certificate.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{Datelike, NaiveDate};
use contracts::{FacilityId, LoanId, OrgId, OrgKind};
use http_kit::{
    Api, Lang, PathId, Problem, QueryOf, Who,
    export::{PDF, XLSX, download},
};
use identity::Permission;
use paper::{Language, Paper, PaperError, sheet::Book};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;

use super::{
    statement::{self, AccountStatement, LINES_MAX, LoanStatement, NoStatement, SettlementCertificate},
    statement_paper,
};
use crate::{
    disposal, facility,
    loan::{
        LoanStatus,
        api::seen,
        store::{self, loan},
    },
    state::App,
};

/// The most loans of one statement.
const LOANS_MAX: u64 = 20_000;

/// The routes.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::LoanRead, routes!(loan_statement))
        .route(Permission::LoanRead, routes!(borrower_statement))
        .route(Permission::LoanRead, routes!(facility_statement))
        .route(Permission::LoanRead, routes!(settlement_certificate))
}

/// What is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    /// Values, for programs and pages.
    #[default]
    Json,
    /// A document.
    Pdf,
    /// A workbook.
    Xlsx,
}

#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Asked {
    /// The first day; the first of January of the last day's year unless said otherwise.
    from: Option<NaiveDate>,
    /// The last day; today unless said otherwise.
    to: Option<NaiveDate>,
    /// Whose loans, for a bank or the regulator; an enterprise sees its own.
    enterprise_id: Option<OrgId>,
    /// `json` (default), `pdf` or `xlsx`.
    #[param(inline)]
    format: Format,
}

impl Asked {
    fn span(&self, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Problem> {
        let to = self.to.unwrap_or(today);
        let from = self.from.unwrap_or_else(|| NaiveDate::from_ymd_opt(to.year(), 1, 1).unwrap_or(to));
        if from > to || to > today {
            return Err(Problem::bad_fields(Vec::new()).with_field(
                "to",
                format!("期间须起始日不晚于截止日，且截止日不晚于今天 {today}。"),
                format!("The period begins no later than it ends and ends no later than today, {today}."),
            ));
        }
        Ok((from, to))
    }
}

#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct CertificateAsked {
    /// `json` (default) or `pdf`.
    #[param(inline)]
    format: Format,
}

impl From<NoStatement> for Problem {
    fn from(none: NoStatement) -> Self {
        match none {
            NoStatement::TooLong => Self::refused(
                "period-too-long",
                format!("该期间超过 {LINES_MAX} 笔，请缩短期间后重试。"),
                format!("The period has more than {LINES_MAX} lines: ask for a shorter one."),
            )
            .with("lines_max", LINES_MAX),
            NoStatement::NotSettled { payoff, status, voided_on } => not_settled(payoff, status, voided_on),
            NoStatement::Fault(fault) => fault.into(),
        }
    }
}

fn not_settled(payoff: finance::Money, status: LoanStatus, voided_on: Option<NaiveDate>) -> Problem {
    if let Some(day) = voided_on {
        return Problem::refused(
            "not-settled",
            format!("结清该贷款的还款已于 {day} 冲正，此前开具的结清证明自该日起作废。现结清金额为 {payoff} 元。"),
            format!("The payment that had settled the loan was undone on {day}; a certificate issued before is void from that day. {payoff} yuan would settle it now."),
        )
        .with("payoff", payoff)
        .with("status", status)
        .with("voided_on", day);
    }
    Problem::refused(
        "not-settled",
        format!("贷款尚未结清，结清金额为 {payoff} 元。还清后即可开具结清证明。"),
        format!("The loan is not settled: {payoff} yuan would settle it. The certificate is issued once it is paid."),
    )
    .with("payoff", payoff)
    .with("status", status)
}

/// What a borrower, its banks and the regulator ask for: the statement of one loan.
#[utoipa::path(get, path = "/loans/{id}/statement", tag = "loans", operation_id = "loan_statement",
    params(("id" = LoanId, Path), Asked),
    responses((status = 200, body = LoanStatement, description = "JSON, PDF or XLSX"), (status = 404),
        (status = 409, description = "period-too-long"), (status = 422), (status = 503, description = "no-chinese-font")))]
async fn loan_statement(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<LoanId>,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let row = seen(&app, &who, id).await?;
    let today = app.db.clock().business_date();
    let made = statement::of_loan(app.db.read(), row, asked.span(today)?, today).await?;
    let name = format!("statement-{}", made.loan.number);
    let as_paper = |language| statement_paper::loan_paper(&made, today, language);
    let as_book = |language| statement_paper::loan_book(&made, today, language);
    answer(&made, asked.format, &name, lang, as_paper, as_book).await
}

/// All loans of a borrower: its own, or for a bank those of one of its borrowers.
#[utoipa::path(get, path = "/loans/statement", tag = "loans", operation_id = "borrower_statement", params(Asked),
    responses((status = 200, body = AccountStatement, description = "JSON, PDF or XLSX"), (status = 404),
        (status = 409, description = "period-too-long"), (status = 422), (status = 503, description = "no-chinese-font")))]
async fn borrower_statement(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let enterprise = match (who.0.org_kind, asked.enterprise_id) {
        (OrgKind::Enterprise, Some(named)) if named != who.0.tenant => return Err(Problem::not_found()),
        (OrgKind::Enterprise, _) => who.0.tenant,
        (_, Some(named)) => named,
        (_, None) => {
            return Err(Problem::bad_fields(Vec::new()).with_field(
                "enterprise_id",
                "请指定借款人。",
                "Say whose loans you want to see.",
            ));
        }
    };
    let today = app.db.clock().business_date();
    let span = asked.span(today)?;
    let select = store::find(&who.scope()).filter(loan::Column::EnterpriseId.eq(enterprise.uuid()));
    let rows = loans_of(&app, select, span.1).await?;
    let subject = match rows.first() {
        Some(row) => row.enterprise_name.clone(),
        None if who.0.org_kind == OrgKind::Enterprise => who.0.tenant_name.clone(),
        None => return Err(Problem::not_found()),
    };
    let about = (None, Some(enterprise));
    let made = statement::of_account(app.db.read(), subject, about, &rows, span).await?;
    account_answer(&made, asked.format, "statement-loans", lang, today).await
}

/// A facility for its banks: every loan drawn on it; for a member, its own.
#[utoipa::path(get, path = "/facilities/{id}/statement", tag = "facilities", operation_id = "facility_statement",
    params(("id" = FacilityId, Path), Asked),
    responses((status = 200, body = AccountStatement, description = "JSON, PDF or XLSX"), (status = 404),
        (status = 409, description = "period-too-long"), (status = 422), (status = 503, description = "no-chinese-font")))]
async fn facility_statement(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<FacilityId>,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    let line = facility::api::seen(&app, &who, id).await?;
    let today = app.db.clock().business_date();
    let span = asked.span(today)?;
    let mut select = store::find(&who.scope()).filter(loan::Column::FacilityId.eq(line.id));
    if let Some(enterprise) = asked.enterprise_id {
        select = select.filter(loan::Column::EnterpriseId.eq(enterprise.uuid()));
    }
    let rows = loans_of(&app, select, span.1).await?;
    let subject = format!("{} {}", line.number, line.name);
    let about = (Some(id), asked.enterprise_id);
    let made = statement::of_account(app.db.read(), subject, about, &rows, span).await?;
    account_answer(&made, asked.format, &format!("statement-{}", line.number), lang, today).await
}

/// That a loan is settled (结清证明): refused while anything is owed.
#[utoipa::path(get, path = "/loans/{id}/settlement-certificate", tag = "loans",
    operation_id = "settlement_certificate", params(("id" = LoanId, Path), CertificateAsked),
    responses((status = 200, body = SettlementCertificate, description = "JSON or PDF"), (status = 404),
        (status = 409, description = "not-settled, compensation-live"), (status = 503, description = "no-chinese-font")))]
async fn settlement_certificate(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<LoanId>,
    QueryOf(asked): QueryOf<CertificateAsked>,
) -> Result<Response, Problem> {
    let row = seen(&app, &who, id).await?;
    if row.status == LoanStatus::WrittenOff.name() {
        disposal::refuse_written_off(app.db.read(), id).await?;
    }
    let today = app.db.clock().business_date();
    let made = statement::certificate(app.db.read(), row, today).await?;
    disposal::refuse_certificate(app.db.read(), id).await?;
    match asked.format {
        Format::Json => Ok(Json(&made).into_response()),
        Format::Pdf => {
            let paper = statement_paper::certificate_paper(&made, today, Language::from(lang));
            pdf(format!("settlement-{}.pdf", made.loan.number), paper).await
        }
        Format::Xlsx => Err(Problem::bad_fields(Vec::new()).with_field(
            "format",
            "结清证明只有 PDF 和 JSON 两种格式。",
            "The certificate is made as pdf or json.",
        )),
    }
}

async fn loans_of(
    app: &App,
    select: Select<loan::Entity>,
    until: NaiveDate,
) -> Result<Vec<loan::Model>, Problem> {
    let rows = select
        .filter(loan::Column::DrawnOn.lte(until))
        .order_by_asc(loan::Column::Id)
        .limit(LOANS_MAX + 1)
        .all(app.db.read())
        .await?;
    if rows.len() as u64 > LOANS_MAX {
        return Err(Problem::refused(
            "too-many-loans",
            format!("贷款超过 {LOANS_MAX} 笔，请按企业分别出具对账单。"),
            format!("There are more than {LOANS_MAX} loans: ask for the statement enterprise by enterprise."),
        ));
    }
    Ok(rows)
}

async fn account_answer(
    made: &AccountStatement,
    format: Format,
    name: &str,
    lang: Lang,
    today: NaiveDate,
) -> Result<Response, Problem> {
    let as_paper = |language| statement_paper::account_paper(made, today, language);
    let as_book = |language| statement_paper::account_book(made, today, language);
    answer(made, format, name, lang, as_paper, as_book).await
}

async fn answer<T: Serialize + Sync>(
    made: &T,
    format: Format,
    name: &str,
    lang: Lang,
    as_paper: impl FnOnce(Language) -> Paper + Send,
    as_book: impl FnOnce(Language) -> Book + Send,
) -> Result<Response, Problem> {
    match format {
        Format::Json => Ok(Json(made).into_response()),
        Format::Pdf => pdf(format!("{name}.pdf"), as_paper(lang.into())).await,
        Format::Xlsx => {
            let book = as_book(lang.into());
            let bytes = off_the_request_threads(move || book.bytes()).await?;
            Ok(download(&format!("{name}.xlsx"), XLSX, bytes))
        }
    }
}

async fn pdf(name: String, paper: Paper) -> Result<Response, Problem> {
    let bytes = off_the_request_threads(move || paper.bytes()).await?;
    Ok(download(&name, PDF, bytes))
}

/// A document reads a font and computes for a while: not where requests are served.
async fn off_the_request_threads(
    make: impl FnOnce() -> Result<Vec<u8>, PaperError> + Send + 'static,
) -> Result<Vec<u8>, Problem> {
    let made = tokio::task::spawn_blocking(make).await.map_err(|error| Problem::fault(&error))?;
    Ok(made?)
}
