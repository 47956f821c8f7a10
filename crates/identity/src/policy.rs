//! The whole authorisation policy: which role may do what. Gateway and services use this one table.
//!
//! In words. A bank's loan officer asks for valuations, assesses applications and proposes facilities; its
//! credit approver decides them and never makes them; its operations staff register pledges and record
//! payments. An enterprise applies, draws and repays for itself. An underwriter quotes and binds; claims are
//! handled by one person and approved by another. The regulator reads everything and changes nothing but its
//! own cases. A platform administrator keeps organisations, users and keys and sees no business data; an
//! auditor reads and never makes a business act. How far each sees is the [`crate::Scope`], not this table.

use std::{fmt, str::FromStr};

use contracts::OrgKind;
use serde::{Deserialize, Serialize};

/// Defines an enum whose variants have a stable name in tokens and documents.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $name {
            type Err = Unknown;

            fn from_str(text: &str) -> Result<Self, Unknown> {
                Self::ALL.iter().copied().find(|one| one.name() == text).ok_or(Unknown)
            }
        }
    };
}

/// A name that is neither a role's nor a permission's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such role or permission")]
pub struct Unknown;

named! {
    /// What a person or machine client is in its organisation.
    Role {
        /// 客户经理
        LoanOfficer = "loan_officer",
        /// 审批人
        CreditApprover = "credit_approver",
        /// 风险经理
        RiskManager = "risk_manager",
        /// 模型开发
        ModelDeveloper = "model_developer",
        /// 模型验证
        ModelValidator = "model_validator",
        /// 运营
        Operations = "operations",
        /// 审计
        Auditor = "auditor",
        /// 银行管理员
        BankAdmin = "bank_admin",
        /// 企业财务
        Finance = "finance",
        /// 企业签字人
        Signatory = "signatory",
        /// 集群运营方
        ClusterOperator = "cluster_operator",
        /// 发明人
        Inventor = "inventor",
        /// 技术转移办公室
        TransferOffice = "transfer_office",
        /// 院所管理员
        InstituteAdmin = "institute_admin",
        /// 企业评价专家
        Evaluator = "evaluator",
        /// 核保人
        Underwriter = "underwriter",
        /// 理赔人员
        ClaimsHandler = "claims_handler",
        /// 理赔审批人
        ClaimsApprover = "claims_approver",
        /// 精算师
        Actuary = "actuary",
        /// 保险公司管理员
        InsurerAdmin = "insurer_admin",
        /// 基金经理
        FundManager = "fund_manager",
        /// 投资经理
        InvestmentManager = "investment_manager",
        /// 检查员
        Examiner = "examiner",
        /// 监管主管
        Supervisor = "supervisor",
        /// 平台管理员
        PlatformAdmin = "platform_admin",
    }
}

impl Role {
    /// The kind of organisation that has this role; `None` for roles of more than one kind.
    #[must_use]
    pub const fn organisation(self) -> Option<OrgKind> {
        match self {
            Self::LoanOfficer
            | Self::CreditApprover
            | Self::RiskManager
            | Self::ModelDeveloper
            | Self::ModelValidator
            | Self::Operations
            | Self::BankAdmin => Some(OrgKind::Bank),
            Self::Auditor => None,
            Self::Finance | Self::Signatory | Self::Evaluator => Some(OrgKind::Enterprise),
            Self::ClusterOperator => Some(OrgKind::ClusterOperator),
            Self::Inventor | Self::TransferOffice | Self::InstituteAdmin => Some(OrgKind::Institute),
            Self::Underwriter
            | Self::ClaimsHandler
            | Self::ClaimsApprover
            | Self::Actuary
            | Self::InsurerAdmin => Some(OrgKind::Insurer),
            Self::FundManager => Some(OrgKind::Fund),
            Self::InvestmentManager => Some(OrgKind::Investor),
            Self::Examiner | Self::Supervisor => Some(OrgKind::Regulator),
            Self::PlatformAdmin => Some(OrgKind::Platform),
        }
    }
}

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
        /// Read the ledger.
        LedgerRead = "ledger.read",
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
    (Permission::PledgeRead, &[BANK_READERS, BORROWER, REGULATOR]),
    (Permission::PledgeRegister, &[&[Role::LoanOfficer, Role::Operations]]),
    (Permission::DrawdownRequest, &[BORROWER]),
    (Permission::LoanRead, &[BANK_READERS, BORROWER, REGULATOR, &[Role::FundManager]]),
    (Permission::RepaymentRecord, &[BORROWER, &[Role::LoanOfficer, Role::Operations]]),
    (Permission::LedgerRead, &[BANK_DESK, REGULATOR, &[Role::Auditor]]),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_has_exactly_one_row_and_someone_who_holds_it() {
        for permission in Permission::ALL {
            assert_eq!(TABLE.iter().filter(|(listed, _)| listed == permission).count(), 1, "{permission}");
            assert!(Role::ALL.iter().any(|role| permits(*role, *permission)), "{permission}");
        }
    }

    #[test]
    fn who_makes_never_approves() {
        for (make, approve) in [
            (Permission::ApplicationAssess, Permission::ApplicationApprove),
            (Permission::FacilityPropose, Permission::FacilityApprove),
            (Permission::ClaimAssess, Permission::ClaimApprove),
        ] {
            for role in Role::ALL {
                assert!(
                    !(permits(*role, make) && permits(*role, approve)),
                    "{role} holds {make} and {approve}"
                );
            }
        }
    }

    #[test]
    fn the_platform_sees_no_business_data_and_the_regulator_changes_none() {
        let business = [
            Permission::PatentRead,
            Permission::ValuationRead,
            Permission::FacilityRead,
            Permission::ApplicationRead,
            Permission::LoanRead,
            Permission::PolicyRead,
            Permission::PortfolioRead,
            Permission::LedgerRead,
        ];
        assert!(business.iter().all(|permission| !permits(Role::PlatformAdmin, *permission)));
        let acts = [
            Permission::ValuationRequest,
            Permission::FacilityPropose,
            Permission::FacilityApprove,
            Permission::ApplicationApprove,
            Permission::DrawdownRequest,
            Permission::RepaymentRecord,
            Permission::PolicyBind,
            Permission::PatentImport,
        ];
        for role in [Role::Examiner, Role::Supervisor, Role::Auditor, Role::PlatformAdmin] {
            assert!(acts.iter().all(|permission| !permits(role, *permission)), "{role}");
        }
    }
}
