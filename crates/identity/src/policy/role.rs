//! What people and machine clients are.

use std::{fmt, str::FromStr};

use contracts::OrgKind;
use serde::{Deserialize, Serialize};

use super::{Unknown, named::named};

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
