//! What waits for whom: every queue of the platform, counted from the list that it leads to.

use serde_json::Value;

use crate::{
    desk::{Desk, with_query},
    figures,
    value::{Facts, rows},
};

/// A queue: the permission of the one who works it off, its list in the API and here, which rows wait.
pub struct Queue {
    /// Its name's key.
    pub key: &'static str,
    permission: &'static str,
    api: &'static str,
    here: &'static str,
    /// The filter of the list, here and in the API; without a name, the rows say themselves whether they wait.
    filter: (&'static str, &'static str),
    waits: fn(&Value) -> bool,
    /// Only what the person's own bank leads.
    led: bool,
}

const fn queue(
    key: &'static str,
    permission: &'static str,
    api: &'static str,
    here: &'static str,
    status: &'static str,
) -> Queue {
    Queue { key, permission, api, here, filter: ("status", status), waits: always, led: false }
}

impl Queue {
    const fn by(self, name: &'static str) -> Self {
        Self { filter: (name, self.filter.1), ..self }
    }

    const fn only(self, waits: fn(&Value) -> bool) -> Self {
        Self { waits, ..self }
    }

    const fn led(self) -> Self {
        Self { led: true, ..self }
    }

    /// The list with the rows that wait.
    #[must_use]
    pub fn href(&self) -> String {
        with_query(self.here, &[self.filter])
    }

    /// The row passes the filter, as far as it shows what is filtered by, and waits.
    fn holds(&self, row: &Value) -> bool {
        let (name, value) = self.filter;
        let shown = row.text(name);
        (shown.is_empty() || shown == value) && (self.waits)(row)
    }
}

fn always(_: &Value) -> bool {
    true
}

fn without_pledge(row: &Value) -> bool {
    !row.has("pledge_id")
}

fn registered(row: &Value) -> bool {
    row.text("status") == "registered"
}

fn wants_risk_word(row: &Value) -> bool {
    row.flag("risk_word_wanted")
}

fn proposed(row: &Value) -> bool {
    row.has("proposal")
}

fn some_proposed(row: &Value) -> bool {
    row.at("proposed").as_u64().is_some_and(|count| count > 0)
}

const ADJUSTMENTS: &str = "/api/pledge/v1/adjustments";
const CHANGE_REQUESTS: &str = "/api/pledge/v1/change-requests";
const AGREEMENTS: &str = "/api/pledge/v1/agreements";
const APPLICATIONS: &str = "/api/pledge/v1/applications";
const CONDITIONS: &str = "/api/pledge/v1/conditions";
const PLEDGES: &str = "/api/pledge/v1/pledges";
const REVALUATIONS: &str = "/api/pledge/v1/pledge-revaluations";
const REVALUATIONS_DUE: &str = "/api/pledge/v1/pledge-revaluations-due";
const REPORTS: &str = "/api/valuation/v1/reports";
const TRIGGER_RULES: &str = "/api/valuation/v1/revaluation-triggers/rules/versions";
const MODELS: &str = "/api/valuation/v1/models";
const OVERRIDES: &str = "/api/valuation/v1/overrides";
const REALISATIONS: &str = "/api/valuation/v1/realisations";
const MARGIN_CALLS: &str = "/api/pledge/v1/margin-calls";
const LOAN_TASKS: &str = "/api/pledge/v1/loan-tasks";
const COMPENSATION: &str = "/api/pledge/v1/compensation-claims";
const INSURER_PAYMENTS: &str = "/api/pledge/v1/insurer-payments";
const SUBSIDIES: &str = "/api/pledge/v1/subsidy-claims";
const CLAIMS: &str = "/api/insurance/v1/claims";
const STOCKTAKE_ITEMS: &str = "/api/valuation/v1/stocktake-items";
const PREFILINGS: &str = "/api/valuation/v1/prefilings";
const MATCHES: &str = "/api/valuation/v1/matches";
const NEEDS: &str = "/api/valuation/v1/needs";
const ROUNDS: &str = "/api/valuation/v1/evaluation-rounds";

/// Every queue there is; a person sees those whose permission they hold.
const QUEUES: &[Queue] = &[
    // Valuation models
    queue("todo-models-validate", "model.validate", MODELS, "/models", "submitted"),
    queue("todo-models-approve", "model.approve", MODELS, "/models", "validated"),
    queue("todo-overrides", "valuation.override_approve", OVERRIDES, "/overrides", "proposed"),
    queue("todo-realisations", "model.backtest", REALISATIONS, "/realisations", "recorded"),
    // Applications
    queue("todo-assess", "application.assess", APPLICATIONS, "/applications", "submitted"),
    queue("todo-corrected", "application.assess", APPLICATIONS, "/applications", "corrected"),
    queue("todo-decide", "application.approve", APPLICATIONS, "/applications", "assessed"),
    queue("todo-second", "application.approve", APPLICATIONS, "/applications", "approved_once"),
    queue("todo-appeals", "application.approve", APPLICATIONS, "/applications", "appealed"),
    queue("todo-deficient", "application.submit", APPLICATIONS, "/applications", "deficient"),
    queue("todo-mine", "application.submit", APPLICATIONS, "/applications", "submitted"),
    queue("todo-conditions", "application.examine", CONDITIONS, "/conditions", "open"),
    queue("todo-conditions-confirm", "application.examine", CONDITIONS, "/conditions", "fulfilled"),
    queue("todo-conditions-mine", "application.submit", CONDITIONS, "/conditions", "open"),
    // Facilities and pledges
    queue("todo-facility", "facility.approve", "/api/pledge/v1/facilities", "/facilities", "proposed").led(),
    queue("todo-agree", "facility.approve", AGREEMENTS, "/agreements", "open"),
    queue("todo-agree-risk", "application.consent", AGREEMENTS, "/agreements", "open"),
    queue("todo-pledge", "pledge.register", APPLICATIONS, "/applications", "approved").only(without_pledge),
    queue("todo-register", "pledge.register", PLEDGES, "/pledges", "submitted"),
    queue("todo-revalue", "application.approve", REVALUATIONS, "/pledge-revaluations", "proposed"),
    queue("todo-valuation-ended", "application.assess", PLEDGES, "/pledges", "true").by("valuation_ended"),
    queue("todo-revaluation-due", "application.assess", REVALUATIONS_DUE, "/revaluations-due", "due"),
    queue("todo-report-review", "report.sign", REPORTS, "/valuation-reports", "prepared"),
    queue("todo-confirm-pledge", "application.submit", PLEDGES, "/pledges", "submitted"),
    queue("todo-register-correct", "pledge.register", PLEDGES, "/pledges", "deficient").by("filing_state"),
    queue("todo-register-later", "pledge.register", PLEDGES, "/pledges", "accepted")
        .by("filing_state")
        .only(registered),
    queue("todo-margin", "facility.suspend", MARGIN_CALLS, "/margin-calls", "uncured"),
    queue("todo-margin-open", "facility.propose", MARGIN_CALLS, "/margin-calls", "open"),
    queue("todo-margin-mine", "drawdown.request", MARGIN_CALLS, "/margin-calls", "open"),
    // Loans, their risk, and what is not repaid
    queue("todo-adjust", "loan.adjust.approve", ADJUSTMENTS, "/adjustments", "proposed").led(),
    queue(
        "todo-delegation-ended",
        "authority.delegate",
        "/api/pledge/v1/delegations",
        "/delegations",
        "true",
    )
    .by("ended_unseen"),
    queue("todo-adjust-risk", "application.consent", ADJUSTMENTS, "/adjustments", "proposed")
        .only(wants_risk_word)
        .led(),
    queue("todo-change-asked", "loan.adjust", CHANGE_REQUESTS, "/change-requests", "pending"),
    queue("todo-consent", "loan.change.ask", ADJUSTMENTS, "/adjustments", "wanted").by("consent"),
    queue("todo-care-decide", "loan.monitor", LOAN_TASKS, "/loan-tasks", "supplied"),
    queue("todo-care-late", "loan.monitor", LOAN_TASKS, "/loan-tasks", "true").by("overdue"),
    queue("todo-care-mine", "drawdown.request", LOAN_TASKS, "/loan-tasks", "open"),
    queue(
        "todo-judgement",
        "risk.confirm",
        "/api/pledge/v1/risk/classifications",
        "/risk/classifications",
        "proposed",
    ),
    queue("todo-collect", "disposal.manage", "/api/pledge/v1/disposal-cases", "/disposal", "collection"),
    queue(
        "todo-disposal",
        "disposal.approve",
        "/api/pledge/v1/disposal-proposals",
        "/disposal-proposals",
        "proposed",
    ),
    queue("todo-insurer-money", "disposal.manage", INSURER_PAYMENTS, "/insurer-payments", "unmatched"),
    queue("todo-insurer-money-decide", "disposal.approve", INSURER_PAYMENTS, "/insurer-payments", "true")
        .by("waiting"),
    queue("todo-claim-answer", "fund.manage", COMPENSATION, "/compensation-claims", "claimed"),
    queue("todo-claim-confirm", "fund.manage", COMPENSATION, "/compensation-claims", "answered"),
    queue("todo-claim-unanswered", "fund.manage", COMPENSATION, "/compensation-claims", "unanswered"),
    queue("todo-fund", "fund.manage", "/api/pledge/v1/fund-instructions", "/fund-instructions", "proposed"),
    queue("todo-subsidy", "subsidy.decide", SUBSIDIES, "/subsidies", "submitted"),
    queue("todo-subsidy-pay", "subsidy.decide", SUBSIDIES, "/subsidies", "approved"),
    queue(
        "todo-reversal",
        "ledger.reverse",
        "/api/pledge/v1/ledger-reversals",
        "/ledger-reversals",
        "proposed",
    ),
    queue(
        "todo-repayment-reversal",
        "ledger.reverse",
        "/api/pledge/v1/repayment-reversals",
        "/repayment-reversals",
        "proposed",
    ),
    queue(
        "todo-payment",
        "payment.confirm",
        "/api/pledge/v1/payment-instructions",
        "/payment-instructions",
        "pending",
    ),
    queue("todo-parameters", "parameter.approve", "/api/pledge/v1/parameters", "/parameters", "")
        .by("")
        .only(proposed),
    queue("todo-reference", "reference.manage", "/api/valuation/v1/reference", "/reference-data", "")
        .by("")
        .only(some_proposed),
    queue(
        "todo-trigger-rules",
        "parameter.approve",
        TRIGGER_RULES,
        "/revaluation-triggers/rules",
        "proposed",
    ),
    queue("todo-repay", "drawdown.request", "/api/pledge/v1/loans", "/loans", "active"),
    // Stocktake and market evaluation
    queue("todo-stk-mine", "stocktake.answer", STOCKTAKE_ITEMS, "/stocktake-items", "inventor").by("waiting"),
    queue("todo-stk-late", "stocktake.answer", STOCKTAKE_ITEMS, "/stocktake-items", "late").by("waiting"),
    queue("todo-stk-unit", "stocktake.manage", STOCKTAKE_ITEMS, "/stocktake-items", "unit").by("waiting"),
    queue("todo-stk-due", "stocktake.manage", STOCKTAKE_ITEMS, "/stocktake-items", "due").by("waiting"),
    queue("todo-stk-late", "stocktake.manage", STOCKTAKE_ITEMS, "/stocktake-items", "late").by("waiting"),
    queue("todo-stk-review", "stocktake.review", STOCKTAKE_ITEMS, "/stocktake-items", "review").by("waiting"),
    queue("todo-prefilings", "stocktake.review", PREFILINGS, "/prefilings", "evaluated"),
    queue("todo-evr-answer", "evaluation.answer", ROUNDS, "/evaluation-rounds", "true").by("answering"),
    queue("todo-evr-over", "evaluation.request", ROUNDS, "/evaluation-rounds", "true").by("over"),
    queue("todo-mt-answer", "match.answer", MATCHES, "/matches", "proposed"),
    queue("todo-mt-follow", "match.propose", MATCHES, "/matches", "accepted"),
    queue("todo-mt-needs", "match.propose", NEEDS, "/needs", "open"),
    queue("todo-eva-reply", "evaluation.request", "/api/valuation/v1/evaluations", "/evaluations", "false")
        .by("replied"),
    queue("todo-deals", "evidence.record", "/api/valuation/v1/deals", "/deals", "recorded").by("standing"),
    // Insurance
    queue("todo-quotes", "policy.bind", "/api/insurance/v1/quotes", "/quotes", "open"),
    queue("todo-claims", "claim.assess", CLAIMS, "/claims", "notified"),
    queue("todo-claims-decide", "claim.approve", CLAIMS, "/claims", "assessed"),
    queue("todo-claims-pay", "claim.approve", CLAIMS, "/claims", "approved"),
    // Supervision
    queue("todo-warnings", "portfolio.read", "/api/supervision/v1/warnings", "/supervision/warnings", "open"),
    queue(
        "todo-stopped",
        "portfolio.read",
        "/api/supervision/v1/fund-agreements",
        "/supervision/fund-agreements",
        "stopped",
    ),
    queue(
        "todo-appeals-open",
        "portfolio.read",
        "/api/supervision/v1/appeals",
        "/supervision/appeals",
        "open",
    )
    .by("outcome"),
];

/// The queues of the one who asks.
pub fn of(desk: &Desk) -> impl Iterator<Item = &'static Queue> {
    QUEUES.iter().filter(|queue| desk.may(queue.permission))
}

/// What waits in a queue.
pub struct Waiting {
    /// The queue.
    pub queue: &'static Queue,
    /// How many, `+` where there are more behind; none where the service did not answer.
    pub count: Result<String, ()>,
    /// Nothing waits.
    pub none: bool,
    /// The day of the oldest.
    pub oldest: String,
}

/// Counts a queue.
pub async fn count(desk: &Desk, queue: &'static Queue) -> Waiting {
    let answer = desk.find(queue.api, &[queue.filter, ("limit", "100")]).await;
    let Ok(answer) = answer else {
        return Waiting { queue, count: Err(()), none: false, oldest: String::new() };
    };
    let waiting: Vec<&Value> = rows(&answer)
        .iter()
        .filter(|row| queue.holds(row) && (!queue.led || row.text("bank_id") == desk.me().organisation_id))
        .collect();
    let more = if answer.has("next_cursor") { "+" } else { "" };
    let oldest = waiting
        .iter()
        .map(|row| if row.has("next_due.due") { row.text("next_due.due") } else { stamp_of(row) })
        .filter(|at| !at.is_empty())
        .min()
        .map(figures::day)
        .unwrap_or_default();
    Waiting { queue, count: Ok(format!("{}{more}", waiting.len())), none: waiting.is_empty(), oldest }
}

fn stamp_of(row: &Value) -> &str {
    [
        "created_at",
        "notified_at",
        "submitted_at",
        "raised_at",
        "proposed_at",
        "set_at",
        "claimed_on",
        "called_on",
        "heard_on",
        "opened_on",
        "made_on",
        "made_at",
        "stopped_on",
        "proposal.created_at",
    ]
    .into_iter()
    .map(|name| row.text(name))
    .find(|at| !at.is_empty())
    .unwrap_or_default()
}
