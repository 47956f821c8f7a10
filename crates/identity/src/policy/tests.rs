//! What the table must never say.

use super::*;

#[test]
fn every_permission_has_exactly_one_row_and_someone_who_holds_it() {
    for permission in Permission::ALL {
        assert_eq!(TABLE.iter().filter(|(listed, _)| listed == permission).count(), 1, "{permission}");
        assert!(Role::ALL.iter().any(|role| permits(*role, *permission)), "{permission}");
    }
}

#[test]
fn the_document_names_permissions_and_roles_as_tokens_do() {
    fn told<T: utoipa::PartialSchema>() -> serde_json::Value {
        serde_json::to_value(T::schema()).unwrap()["enum"].clone()
    }
    let permissions: Vec<&str> = Permission::ALL.iter().map(|one| one.name()).collect();
    assert_eq!(told::<Permission>(), serde_json::json!(permissions));
    assert_eq!(told::<Permission>(), serde_json::to_value(Permission::ALL).unwrap());
    let roles: Vec<&str> = Role::ALL.iter().map(|one| one.name()).collect();
    assert_eq!(told::<Role>(), serde_json::json!(roles));
    assert_eq!(told::<Role>(), serde_json::to_value(Role::ALL).unwrap());
}

#[test]
fn who_makes_never_approves() {
    for (make, approve) in [
        (Permission::ApplicationAssess, Permission::ApplicationApprove),
        (Permission::FacilityPropose, Permission::FacilityApprove),
        (Permission::ClaimAssess, Permission::ClaimApprove),
        (Permission::ParameterPropose, Permission::ParameterApprove),
        (Permission::ApplicationConsent, Permission::ApplicationApprove),
        (Permission::LoanAdjust, Permission::LoanAdjustApprove),
        (Permission::LoanAdjust, Permission::LoanChangeAsk),
        (Permission::LoanChangeAsk, Permission::LoanAdjustApprove),
        (Permission::RiskClassify, Permission::RiskConfirm),
        (Permission::DisposalManage, Permission::DisposalApprove),
        (Permission::SubsidyClaim, Permission::SubsidyDecide),
        (Permission::StocktakeManage, Permission::StocktakeReview),
        (Permission::ModelDevelop, Permission::ModelValidate),
        (Permission::ModelDevelop, Permission::ModelApprove),
        (Permission::ModelValidate, Permission::ModelApprove),
        (Permission::OverridePropose, Permission::OverrideApprove),
        (Permission::EvaluationRequest, Permission::EvaluationAnswer),
        (Permission::MatchPropose, Permission::MatchAnswer),
    ] {
        for role in Role::ALL {
            assert!(!(permits(*role, make) && permits(*role, approve)), "{role} holds {make} and {approve}");
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
        Permission::StocktakeRead,
        Permission::EvaluationRead,
        Permission::MatchRead,
        Permission::ModelRead,
        Permission::EvidenceRead,
    ];
    assert!(business.iter().all(|permission| !permits(Role::PlatformAdmin, *permission)));
    let acts = [
        Permission::ValuationRequest,
        Permission::FacilityPropose,
        Permission::FacilityApprove,
        Permission::ApplicationApprove,
        Permission::DrawdownRequest,
        Permission::RepaymentRecord,
        Permission::PaymentConfirm,
        Permission::PolicyBind,
        Permission::PatentImport,
        Permission::LedgerReverse,
        Permission::DocumentAttach,
        Permission::ApplicationConsent,
        Permission::CounterpartyManage,
        Permission::ParameterPropose,
        Permission::LoanAdjust,
        Permission::LoanAdjustApprove,
        Permission::LoanChangeAsk,
        Permission::LoanMonitor,
        Permission::CloseOfBusiness,
        Permission::RiskClassify,
        Permission::DisposalManage,
        Permission::DisposalApprove,
        Permission::FundManage,
        Permission::SubsidyClaim,
        Permission::SubsidyDecide,
        Permission::PatentRecord,
        Permission::PrefilingRecord,
        Permission::EvidenceRecord,
        Permission::StocktakeManage,
        Permission::EvaluationAnswer,
        Permission::MatchPropose,
        Permission::ModelDevelop,
        Permission::ModelValidate,
        Permission::ModelApprove,
        Permission::OverridePropose,
        Permission::OverrideApprove,
        Permission::ReportSign,
    ];
    for role in [Role::Examiner, Role::Supervisor, Role::Auditor, Role::PlatformAdmin] {
        assert!(acts.iter().all(|permission| !permits(role, *permission)), "{role}");
    }
}

#[test]
fn an_enterprise_records_its_patents_and_only_institutes_examine_before_filing() {
    for role in [Role::Finance, Role::Signatory] {
        assert!(permits(role, Permission::PatentRecord) && permits(role, Permission::ProductFile), "{role}");
        assert!(!permits(role, Permission::PrefilingRecord), "{role}");
    }
    let examine: Vec<Role> =
        Role::ALL.iter().copied().filter(|role| permits(*role, Permission::PrefilingRecord)).collect();
    assert!(examine.iter().all(|role| INSTITUTE.contains(role)), "{examine:?}");
}
