//! What can be done.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{Unknown, named::named};

named! {
    /// One thing that can be done. Each handler names exactly one.
    Permission {
        /// Search and read the public facts of patents.
        PatentRead = "patent.read",
        /// Import patents.
        PatentImport = "patent.import",
        /// Ask for a valuation.
        ValuationRequest = "valuation.request",
        /// Read one's own organisation's valuations.
        ValuationRead = "valuation.read",
        /// Use the trial calculators.
        TrialCalculation = "trial.calculate",
        /// Read scoring and valuation models.
        ModelRead = "model.read",
        /// Record what happened to a patent, what it belongs with, and why an own one waits.
        PatentRecord = "patent.record",
        /// Examine an institute's inventions before they are filed.
        PrefilingRecord = "prefiling.record",
        /// Read the published tables that valuations rest on: industries, licence statistics, the market index.
        ReferenceRead = "reference.read",
        /// Publish a version of such a table.
        ReferenceManage = "reference.manage",
        /// Read licences and sales that organisations wrote down as evidence of the market.
        EvidenceRead = "evidence.read",
        /// Record a licence or a sale as evidence of the market.
        EvidenceRecord = "evidence.record",
        /// File a product as made under a patent.
        ProductFile = "product.file",
        /// Read stocktakes of one's own institute.
        StocktakeRead = "stocktake.read",
        /// Open stocktakes, assign patents, assess them for the unit.
        StocktakeManage = "stocktake.manage",
        /// Assess one's own patents.
        StocktakeAnswer = "stocktake.answer",
        /// Review what the unit assessed and take it into the conversion library.
        StocktakeReview = "stocktake.review",
        /// Read evaluations of patents by enterprises' experts.
        EvaluationRead = "evaluation.read",
        /// Put patents to the market's evaluation.
        EvaluationRequest = "evaluation.request",
        /// Evaluate patents as an enterprise's expert.
        EvaluationAnswer = "evaluation.answer",
        /// Read needs and the matches proposed for them.
        MatchRead = "match.read",
        /// State an enterprise's need.
        NeedState = "need.state",
        /// Propose patents to enterprises.
        MatchPropose = "match.propose",
        /// Accept or decline what was proposed.
        MatchAnswer = "match.answer",
        /// Write versions of the bank's own valuation models.
        ModelDevelop = "model.develop",
        /// Validate a version of a model.
        ModelValidate = "model.validate",
        /// Approve, activate and retire a version of a model.
        ModelApprove = "model.approve",
        /// Compare valuations with what was realised.
        ModelBacktest = "model.backtest",
        /// Compare what banks value the same patent at.
        ModelCompare = "model.compare",
        /// Propose to put another figure in a valuation's place.
        OverridePropose = "valuation.override",
        /// Decide such a proposal.
        OverrideApprove = "valuation.override_approve",
        /// Sign a valuation report.
        ReportSign = "report.sign",
        /// Score the whole catalogue.
        ScoringRun = "scoring.run",
        /// Read facilities.
        FacilityRead = "facility.read",
        /// Propose a facility or a change of its members and limits.
        FacilityPropose = "facility.propose",
        /// Approve or refuse what was proposed.
        FacilityApprove = "facility.approve",
        /// Suspend or resume a facility.
        FacilitySuspend = "facility.suspend",
        /// Apply for pledge financing, withdraw the application.
        ApplicationSubmit = "application.submit",
        /// Read applications.
        ApplicationRead = "application.read",
        /// Assess an application.
        ApplicationAssess = "application.assess",
        /// Decide an application.
        ApplicationApprove = "application.approve",
        /// Read pledges and the register.
        PledgeRead = "pledge.read",
        /// Submit, register and cancel pledges.
        PledgeRegister = "pledge.register",
        /// Draw on a facility.
        DrawdownRequest = "drawdown.request",
        /// Read loans.
        LoanRead = "loan.read",
        /// Record a payment on a loan.
        RepaymentRecord = "repayment.record",
        /// Confirm that what a borrower instructed has come in or gone out, or send the instruction back.
        PaymentConfirm = "payment.confirm",
        /// Read the ledger.
        LedgerRead = "ledger.read",
        /// Propose and decide the reversal of a ledger movement, or of a payment on a loan; two people, held by the model.
        LedgerReverse = "ledger.reverse",
        /// Attach documents to an application, pledge or case that one is party to.
        DocumentAttach = "document.attach",
        /// Read documents of what one is party to.
        DocumentRead = "document.read",
        /// Ask for missing or better documents, confirm conditions precedent.
        ApplicationExamine = "application.examine",
        /// Consent to an approval above the amount from which the bank wants its risk manager asked.
        ApplicationConsent = "application.consent",
        /// Read a bank's blacklist and its groups of connected enterprises.
        CounterpartyRead = "counterparty.read",
        /// Keep a bank's blacklist and its groups of connected enterprises.
        CounterpartyManage = "counterparty.manage",
        /// Hand one's approval authority to a colleague for a time.
        AuthorityDelegate = "authority.delegate",
        /// End what colleagues have lent each other of their approval authority: who left, or whose account is in other hands,
        /// cannot.
        AuthorityWithdraw = "authority.withdraw",
        /// Read a bank's parameters: approval authority, products, classification, expected loss.
        ParameterRead = "parameter.read",
        /// Propose a new version of a bank's parameters.
        ParameterPropose = "parameter.propose",
        /// Approve a proposed version of a bank's parameters.
        ParameterApprove = "parameter.approve",
        /// Consent, as pledgee, to a transfer, licence or abandonment of a pledged patent.
        PledgeConsent = "pledge.consent",
        /// Propose an extension, restructuring, rollover, repricing or write-off of a loan.
        LoanAdjust = "loan.adjust",
        /// Decide what was proposed for a loan.
        LoanAdjustApprove = "loan.adjust.approve",
        /// Ask the bank to change a loan's terms, and consent to a change that it proposes, for the borrower.
        LoanChangeAsk = "loan.change.ask",
        /// Decide on proofs of what a loan was spent on, and write down checks of borrowers.
        LoanMonitor = "loan.monitor",
        /// Run and watch the close of business.
        CloseOfBusiness = "close_of_business.run",
        /// Read classification, expected loss, provisions and early warnings.
        RiskRead = "risk.read",
        /// Propose a classification by judgement.
        RiskClassify = "risk.classify",
        /// Confirm a classification by judgement.
        RiskConfirm = "risk.confirm",
        /// Read collection and disposal cases.
        DisposalRead = "disposal.read",
        /// Work on collection and disposal cases.
        DisposalManage = "disposal.manage",
        /// Decide a disposal and the sharing of its loss.
        DisposalApprove = "disposal.approve",
        /// Read a risk-compensation fund: capital, commitments, payments.
        FundRead = "fund.read",
        /// Keep a risk-compensation fund; decisions take a second person, held by the model.
        FundManage = "fund.manage",
        /// Claim an interest or premium subsidy.
        SubsidyClaim = "subsidy.claim",
        /// Read subsidy claims.
        SubsidyRead = "subsidy.read",
        /// Decide subsidy claims.
        SubsidyDecide = "subsidy.decide",
        /// Read insurance products.
        ProductRead = "product.read",
        /// Make a quote.
        QuoteMake = "quote.make",
        /// Read quotes.
        QuoteRead = "quote.read",
        /// Bind a policy.
        PolicyBind = "policy.bind",
        /// Read policies.
        PolicyRead = "policy.read",
        /// Notify a claim.
        ClaimNotify = "claim.notify",
        /// Read claims.
        ClaimRead = "claim.read",
        /// Assess a claim and set its reserve.
        ClaimAssess = "claim.assess",
        /// Approve a claim's payment.
        ClaimApprove = "claim.approve",
        /// Read the insurer's ledger.
        InsuranceLedgerRead = "insurance_ledger.read",
        /// See every portfolio.
        PortfolioRead = "portfolio.read",
        /// Read the directory of organisations.
        OrganisationRead = "organisation.read",
        /// Keep organisations.
        OrganisationManage = "organisation.manage",
        /// Keep users.
        UserManage = "user.manage",
        /// Read the audit trail of one's own organisation.
        AuditRead = "audit.read",
        /// Read and rotate signing keys, see the health of the services.
        PlatformOperate = "platform.operate",
        /// Use one's own session: who am I, sign out, change the password.
        SessionOwn = "session.own",
    }
}
