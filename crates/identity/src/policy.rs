//! The whole authorisation policy: which role may do what. Gateway and services use this one table.
//!
//! In words. A bank's loan officer asks for valuations, assesses applications and proposes facilities; its
//! credit approver decides them and never makes them; its operations staff register pledges, record
//! payments and confirm what borrowers instruct. An enterprise applies, draws and repays for itself, and records what
//! happens to the patents that it owns. An underwriter quotes and binds; claims are
//! handled by one person and approved by another. An institute's inventors assess their patents, its transfer office
//! runs the stocktake and offers them, its administrator reviews; an enterprise's experts evaluate what is put to them. The
//! regulator reads everything and changes nothing but its own cases. Whoever bears a part of a loss reads the case it is
//! claimed in, with its papers. A platform administrator keeps organisations, users, keys and the published tables that
//! valuations rest on, and sees no business data; an auditor reads and never makes a business act. How far each sees is the [`crate::Scope`], not this table.

mod named;
mod permission;
mod role;
#[cfg(test)]
mod tests;

pub use permission::Permission;
pub use role::Role;

/// A name that is neither a role's nor a permission's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such role or permission")]
pub struct Unknown;

const BANK_DESK: &[Role] = &[Role::LoanOfficer, Role::CreditApprover, Role::RiskManager, Role::Operations];
const BANK_READERS: &[Role] = &[
    Role::LoanOfficer,
    Role::CreditApprover,
    Role::RiskManager,
    Role::Operations,
    Role::ModelDeveloper,
    Role::ModelValidator,
    Role::BankAdmin,
    Role::Auditor,
];
const REGULATOR: &[Role] = &[Role::Examiner, Role::Supervisor];
const BORROWER: &[Role] = &[Role::Finance, Role::Signatory];
const INSURER: &[Role] =
    &[Role::Underwriter, Role::ClaimsHandler, Role::ClaimsApprover, Role::Actuary, Role::InsurerAdmin];
const INSTITUTE: &[Role] = &[Role::Inventor, Role::TransferOffice, Role::InstituteAdmin];
/// Those who answer claims on a loss: they read the cases in which something is claimed on their house, with the papers,
/// pledges and collection behind them.
const LOSS_BEARERS: &[Role] = &[Role::FundManager, Role::ClaimsHandler, Role::ClaimsApprover];

/// The table. A permission is given to every role of every group in its row.
const TABLE: &[(Permission, &[&[Role]])] = &[
    // Catalogue and valuation
    (
        Permission::PatentRead,
        &[
            BANK_READERS,
            BORROWER,
            INSURER,
            REGULATOR,
            &[
                Role::ClusterOperator,
                Role::Inventor,
                Role::TransferOffice,
                Role::InstituteAdmin,
                Role::Evaluator,
                Role::FundManager,
                Role::InvestmentManager,
            ],
        ],
    ),
    (
        Permission::PatentImport,
        &[&[Role::TransferOffice, Role::InstituteAdmin, Role::LoanOfficer, Role::Operations]],
    ),
    (
        Permission::ValuationRequest,
        &[&[
            Role::LoanOfficer,
            Role::RiskManager,
            Role::ModelDeveloper,
            Role::TransferOffice,
            Role::Underwriter,
        ]],
    ),
    (
        Permission::ValuationRead,
        &[
            BANK_READERS,
            REGULATOR,
            &[Role::TransferOffice, Role::InstituteAdmin, Role::Underwriter, Role::Actuary],
        ],
    ),
    (
        Permission::TrialCalculation,
        &[
            BANK_READERS,
            BORROWER,
            INSURER,
            REGULATOR,
            &[
                Role::ClusterOperator,
                Role::Inventor,
                Role::TransferOffice,
                Role::InstituteAdmin,
                Role::Evaluator,
                Role::FundManager,
                Role::InvestmentManager,
                Role::PlatformAdmin,
            ],
        ],
    ),
    (
        Permission::ModelRead,
        &[BANK_READERS, REGULATOR, &[Role::TransferOffice, Role::Underwriter, Role::Actuary]],
    ),
    // What valuations rest on
    (
        Permission::PatentRecord,
        &[BORROWER, &[Role::TransferOffice, Role::InstituteAdmin, Role::LoanOfficer, Role::Operations]],
    ),
    (Permission::PrefilingRecord, &[&[Role::TransferOffice, Role::InstituteAdmin]]),
    (
        Permission::ReferenceRead,
        &[
            BANK_READERS,
            BORROWER,
            INSURER,
            REGULATOR,
            &[Role::TransferOffice, Role::InstituteAdmin, Role::Evaluator, Role::PlatformAdmin],
        ],
    ),
    (Permission::ReferenceManage, &[&[Role::PlatformAdmin]]),
    (
        Permission::EvidenceRead,
        &[
            BANK_READERS,
            BORROWER,
            INSURER,
            REGULATOR,
            &[Role::TransferOffice, Role::InstituteAdmin, Role::Evaluator],
        ],
    ),
    (
        Permission::EvidenceRecord,
        &[&[Role::TransferOffice, Role::InstituteAdmin, Role::RiskManager, Role::Operations]],
    ),
    (Permission::ProductFile, &[BORROWER, &[Role::TransferOffice]]),
    // Stocktake, market evaluation, matching
    (Permission::StocktakeRead, &[INSTITUTE, REGULATOR]),
    (Permission::StocktakeManage, &[&[Role::TransferOffice]]),
    (Permission::StocktakeAnswer, &[&[Role::Inventor]]),
    (Permission::StocktakeReview, &[&[Role::InstituteAdmin]]),
    (Permission::EvaluationRead, &[INSTITUTE, REGULATOR, &[Role::Evaluator]]),
    (Permission::EvaluationRequest, &[&[Role::TransferOffice, Role::InstituteAdmin]]),
    (Permission::EvaluationAnswer, &[&[Role::Evaluator]]),
    (
        Permission::MatchRead,
        &[BORROWER, INSTITUTE, REGULATOR, &[Role::Evaluator, Role::LoanOfficer, Role::ClusterOperator]],
    ),
    (Permission::NeedState, &[BORROWER, &[Role::Evaluator]]),
    (Permission::MatchPropose, &[&[Role::TransferOffice, Role::InstituteAdmin]]),
    (Permission::MatchAnswer, &[BORROWER, &[Role::Evaluator]]),
    // A bank's own models
    (Permission::ModelDevelop, &[&[Role::ModelDeveloper]]),
    (Permission::ModelValidate, &[&[Role::ModelValidator]]),
    (Permission::ModelApprove, &[&[Role::RiskManager]]),
    (Permission::ModelBacktest, &[&[Role::ModelDeveloper, Role::ModelValidator, Role::RiskManager]]),
    (Permission::ModelCompare, &[REGULATOR]),
    (Permission::OverridePropose, &[&[Role::LoanOfficer]]),
    (Permission::OverrideApprove, &[&[Role::RiskManager, Role::CreditApprover]]),
    (
        Permission::ReportSign,
        &[&[
            Role::LoanOfficer,
            Role::RiskManager,
            Role::CreditApprover,
            Role::TransferOffice,
            Role::InstituteAdmin,
        ]],
    ),
    (Permission::ScoringRun, &[&[Role::ModelDeveloper, Role::TransferOffice]]),
    // Facilities, applications, pledges, loans
    (
        Permission::FacilityRead,
        &[BANK_READERS, BORROWER, REGULATOR, &[Role::ClusterOperator, Role::FundManager]],
    ),
    (Permission::FacilityPropose, &[&[Role::LoanOfficer]]),
    (Permission::FacilityApprove, &[&[Role::CreditApprover]]),
    (Permission::FacilitySuspend, &[&[Role::RiskManager, Role::CreditApprover]]),
    (Permission::ApplicationSubmit, &[BORROWER]),
    (Permission::ApplicationRead, &[BANK_READERS, BORROWER, REGULATOR]),
    (Permission::ApplicationAssess, &[&[Role::LoanOfficer]]),
    (Permission::ApplicationApprove, &[&[Role::CreditApprover]]),
    (Permission::PledgeRead, &[BANK_READERS, BORROWER, REGULATOR, LOSS_BEARERS]),
    (Permission::PledgeRegister, &[&[Role::LoanOfficer, Role::Operations]]),
    (Permission::DrawdownRequest, &[BORROWER]),
    (Permission::LoanRead, &[BANK_READERS, BORROWER, REGULATOR, &[Role::FundManager]]),
    (Permission::RepaymentRecord, &[BORROWER, &[Role::LoanOfficer, Role::Operations]]),
    (Permission::PaymentConfirm, &[&[Role::Operations]]),
    (Permission::LedgerRead, &[BANK_DESK, REGULATOR, &[Role::Auditor]]),
    (Permission::LedgerReverse, &[&[Role::Operations]]),
    // Documents, authority, parameters
    (Permission::DocumentAttach, &[BORROWER, &[Role::LoanOfficer, Role::Operations, Role::RiskManager]]),
    (Permission::DocumentRead, &[BANK_READERS, BORROWER, REGULATOR, LOSS_BEARERS]),
    (Permission::ApplicationExamine, &[&[Role::LoanOfficer, Role::Operations]]),
    (Permission::ApplicationConsent, &[&[Role::RiskManager]]),
    (Permission::CounterpartyRead, &[BANK_DESK, REGULATOR, &[Role::Auditor]]),
    (Permission::CounterpartyManage, &[&[Role::RiskManager]]),
    (Permission::AuthorityDelegate, &[&[Role::CreditApprover]]),
    (Permission::AuthorityWithdraw, &[&[Role::RiskManager, Role::BankAdmin]]),
    (Permission::ParameterRead, &[BANK_READERS, REGULATOR]),
    (Permission::ParameterPropose, &[&[Role::RiskManager]]),
    (Permission::ParameterApprove, &[&[Role::CreditApprover]]),
    (Permission::PledgeConsent, &[&[Role::CreditApprover]]),
    // Servicing, risk, disposal
    (Permission::LoanAdjust, &[&[Role::LoanOfficer]]),
    (Permission::LoanAdjustApprove, &[&[Role::CreditApprover]]),
    (Permission::LoanChangeAsk, &[BORROWER]),
    (Permission::LoanMonitor, &[&[Role::LoanOfficer, Role::RiskManager, Role::Operations]]),
    (Permission::CloseOfBusiness, &[&[Role::Operations]]),
    (Permission::RiskRead, &[BANK_DESK, REGULATOR, &[Role::Auditor]]),
    (Permission::RiskClassify, &[&[Role::RiskManager]]),
    (Permission::RiskConfirm, &[&[Role::CreditApprover]]),
    (Permission::DisposalRead, &[BANK_DESK, REGULATOR, LOSS_BEARERS, &[Role::Auditor]]),
    (Permission::DisposalManage, &[&[Role::RiskManager]]),
    (Permission::DisposalApprove, &[&[Role::CreditApprover]]),
    (Permission::FundRead, &[BANK_DESK, REGULATOR, &[Role::FundManager, Role::Auditor]]),
    (Permission::FundManage, &[&[Role::FundManager]]),
    (Permission::SubsidyClaim, &[BORROWER, &[Role::LoanOfficer]]),
    (Permission::SubsidyRead, &[BANK_DESK, BORROWER, REGULATOR, &[Role::FundManager, Role::Auditor]]),
    (Permission::SubsidyDecide, &[&[Role::FundManager]]),
    // Insurance
    (Permission::ProductRead, &[BANK_READERS, BORROWER, INSURER, REGULATOR, &[Role::TransferOffice]]),
    (Permission::QuoteMake, &[&[Role::Underwriter]]),
    (Permission::QuoteRead, &[INSURER, BORROWER, REGULATOR]),
    (Permission::PolicyBind, &[&[Role::Underwriter]]),
    (Permission::PolicyRead, &[BANK_READERS, BORROWER, INSURER, REGULATOR]),
    (Permission::ClaimNotify, &[BORROWER, &[Role::ClaimsHandler, Role::LoanOfficer]]),
    (Permission::ClaimRead, &[BANK_READERS, BORROWER, INSURER, REGULATOR]),
    (Permission::ClaimAssess, &[&[Role::ClaimsHandler]]),
    (Permission::ClaimApprove, &[&[Role::ClaimsApprover]]),
    (Permission::InsuranceLedgerRead, &[INSURER, REGULATOR, &[Role::Auditor]]),
    // Supervision
    (Permission::PortfolioRead, &[REGULATOR]),
    // Platform
    (
        Permission::OrganisationRead,
        &[
            BANK_READERS,
            BORROWER,
            INSURER,
            REGULATOR,
            &[
                Role::ClusterOperator,
                Role::Inventor,
                Role::TransferOffice,
                Role::InstituteAdmin,
                Role::Evaluator,
                Role::FundManager,
                Role::InvestmentManager,
                Role::PlatformAdmin,
            ],
        ],
    ),
    (Permission::OrganisationManage, &[&[Role::PlatformAdmin]]),
    (
        Permission::UserManage,
        &[&[Role::PlatformAdmin, Role::BankAdmin, Role::InsurerAdmin, Role::InstituteAdmin]],
    ),
    (
        Permission::AuditRead,
        &[REGULATOR, &[Role::Auditor, Role::BankAdmin, Role::InsurerAdmin, Role::PlatformAdmin]],
    ),
    (Permission::PlatformOperate, &[&[Role::PlatformAdmin]]),
    (Permission::SessionOwn, &[Role::ALL]),
];

/// Whether the role may do it.
#[must_use]
pub fn permits(role: Role, permission: Permission) -> bool {
    TABLE
        .iter()
        .filter(|(listed, _)| *listed == permission)
        .any(|(_, groups)| groups.iter().any(|group| group.contains(&role)))
}

/// The whole table as pairs, for documents and for the access-matrix test.
pub fn grants() -> impl Iterator<Item = (Role, Permission)> {
    Role::ALL.iter().flat_map(|role| {
        Permission::ALL
            .iter()
            .filter(|permission| permits(*role, **permission))
            .map(|permission| (*role, *permission))
    })
}
