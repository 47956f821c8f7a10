//! Cases, proposals and claims as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{
    CaseId, CompensationId, DisposalProposalId, FacilityId, FundAgreementId, LoanId, OrgId, OrgKind, PolicyId,
};
use finance::{ByClaim, Money, MoneyError};
use identity::Scope;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    guarantee_view::{self, GuaranteeView, InsurerClaimView},
    lots,
    model::{
        Action, ActionKind, Ask, Case, CaseMoney, CaseOutcome, CaseStatus, Cause, Claim, ClaimStatus,
        CollateralLeft, LossShares, Plan, Promise, PromiseStanding, Proposal, ProposalStatus, Realised,
        collection::promises,
    },
    realised_view::{RealisedView, SaleView},
    store, today,
};
use crate::fund::Bearer;

/// A case in a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CaseHead {
    /// Its id.
    pub id: CaseId,
    /// Its number, for people.
    pub number: String,
    /// The loan.
    pub loan_id: LoanId,
    /// The loan's number.
    pub loan_number: String,
    /// The facility.
    pub facility_id: FacilityId,
    /// Its name.
    pub facility_name: String,
    /// The (lead) bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The borrower.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// Why it was opened.
    pub cause: Cause,
    /// The reason in words.
    pub reason: Option<String>,
    /// Where it is.
    pub status: CaseStatus,
    /// The day it was opened.
    pub opened_on: NaiveDate,
    /// Who opened it.
    pub opened_by: String,
    /// What was owed that day.
    pub claim: ByClaim,
    /// Every sum.
    pub money: CaseMoney,
    /// Costs not yet met.
    pub unmet_costs: Money,
    /// The bank's own part of the loss.
    pub own_loss: Money,
    /// How it ended.
    pub outcome: Option<CaseOutcome>,
    /// The day it ended.
    pub closed_on: Option<NaiveDate>,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl From<Case> for CaseHead {
    fn from(one: Case) -> Self {
        Self {
            unmet_costs: one.money.unmet_costs(),
            own_loss: one.money.own_loss(),
            id: one.id,
            number: one.number,
            loan_id: one.loan_id,
            loan_number: one.loan_number,
            facility_id: one.facility_id,
            facility_name: one.facility_name,
            bank_id: one.bank_id,
            bank_name: one.bank_name,
            enterprise_id: one.enterprise_id,
            enterprise_name: one.enterprise_name,
            cause: one.cause,
            reason: one.reason,
            status: one.status,
            opened_on: one.opened_on,
            opened_by: one.opened_by,
            claim: one.claim,
            money: one.money,
            outcome: one.outcome,
            closed_on: one.closed_on,
            version: one.version,
        }
    }
}

/// A case with everything in it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CaseView {
    /// What a list shows of it.
    #[serde(flatten)]
    pub head: CaseHead,
    /// What is owed on the books today, with the costs that are not met.
    pub owed: ByClaim,
    /// Days since the oldest due date that was missed.
    pub overdue_days: i64,
    /// Since when the loan is declared due before its time.
    pub accelerated_on: Option<NaiveDate>,
    /// The patents that secure the loan and are neither sold nor found worthless; none once the loss is shared.
    pub collateral_left: Vec<CollateralLeft>,
    /// The plan in force.
    pub plan: Option<Plan>,
    /// What was done to collect, oldest first.
    pub actions: Vec<ActionView>,
    /// What was promised, and whether it was kept.
    pub promises: Vec<PromiseStanding>,
    /// What was asked for and decided, oldest first; for the bank and the regulator.
    pub proposals: Vec<ProposalView>,
    /// Proceeds and how they were paid out.
    pub sales: Vec<SaleView>,
    /// What each patent fetched beside what it was lent on: for back-testing valuations.
    pub realised: Vec<RealisedView>,
    /// How the loss is shared: less than when it was determined, where the borrower paid before anybody else had.
    pub sharing: Option<LossShares>,
    /// The claims on those who share it.
    pub claims: Vec<ClaimView>,
    /// The policies that insure the loan.
    #[serde(default)]
    pub guarantees: Vec<GuaranteeView>,
    /// The claims under them: what their insurers paid, and what of it waits or found nothing to settle.
    #[serde(default)]
    pub insurer_claims: Vec<InsurerClaimView>,
}

/// What was done to collect.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ActionView {
    /// Its id.
    pub id: Uuid,
    /// What.
    pub kind: ActionKind,
    /// Whom it reached.
    pub contact: Option<String>,
    /// What came of it.
    pub note: String,
    /// What was promised.
    pub promise: Option<Promise>,
    /// The day.
    pub made_on: NaiveDate,
    /// Who did it.
    pub made_by: String,
    /// When it was written.
    pub made_at: DateTime<Utc>,
}

impl From<Action> for ActionView {
    fn from(one: Action) -> Self {
        Self {
            id: one.id,
            kind: one.kind,
            contact: one.contact,
            note: one.note,
            promise: one.promise,
            made_on: one.made_on,
            made_by: one.made_by,
            made_at: one.made_at,
        }
    }
}

/// Something that one person asks for and another decides.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = DisposalProposalView)]
pub struct ProposalView {
    /// Its id.
    pub id: DisposalProposalId,
    /// The case.
    pub case_id: CaseId,
    /// The case's number.
    pub case_number: String,
    /// The borrower.
    pub enterprise_name: String,
    /// What is asked for.
    pub ask: Ask,
    /// What it did; for one that waits, what it would do today.
    #[schema(value_type = Object)]
    pub result: Option<serde_json::Value>,
    /// Where it is.
    pub status: ProposalStatus,
    /// Who asked.
    pub maker: String,
    /// Who decided.
    pub approver: Option<String>,
    /// Why it was refused.
    pub refusal_reason: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// The version of its case, where it was read for itself: what `If-Match` of the decision names.
    #[serde(default)]
    pub version: Option<i64>,
}

impl From<Proposal> for ProposalView {
    fn from(one: Proposal) -> Self {
        Self {
            id: one.id,
            case_id: one.case_id,
            case_number: one.case_number,
            enterprise_name: one.enterprise_name,
            ask: one.ask,
            result: one.result,
            status: one.status,
            maker: one.maker,
            approver: one.approver,
            refusal_reason: one.reason,
            created_at: one.created_at,
            decided_at: one.decided_at,
            version: None,
        }
    }
}

/// A claim for compensation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = CompensationView)]
pub struct ClaimView {
    /// Its id.
    pub id: CompensationId,
    /// Its number, for people.
    pub number: String,
    /// The case.
    pub case_id: CaseId,
    /// The case's number.
    pub case_number: String,
    /// The bank that claims.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The borrower.
    pub enterprise_name: String,
    /// What the other side is.
    pub bearer: Bearer,
    /// Its organisation.
    pub party_id: Option<OrgId>,
    /// Its name.
    pub party: String,
    /// The fund's agreement.
    pub agreement_id: Option<FundAgreementId>,
    /// The insurer's policy: then its answer comes with what the insurer pays or refuses.
    #[serde(default)]
    pub policy_id: Option<PolicyId>,
    /// What is claimed.
    pub amount: Money,
    /// Where it is.
    pub status: ClaimStatus,
    /// What the answer grants.
    pub granted: Option<Money>,
    /// Why less than claimed.
    pub reason: Option<String>,
    /// The paper of the answer.
    pub reference: Option<String>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// Who confirmed the answer.
    pub decided_by: Option<String>,
    /// Paid.
    pub paid: Money,
    /// Of it, handed back from recoveries.
    pub returned: Money,
    /// What it fell by while it waited, because recoveries met a part of the loss meanwhile.
    #[serde(default)]
    pub eased: Money,
    /// The day it was claimed.
    pub claimed_on: NaiveDate,
    /// The day it was decided.
    pub decided_on: Option<NaiveDate>,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl From<Claim> for ClaimView {
    fn from(one: Claim) -> Self {
        Self {
            id: one.id,
            number: one.number,
            case_id: one.case_id,
            case_number: one.case_number,
            bank_id: one.bank_id,
            bank_name: one.bank_name,
            enterprise_name: one.enterprise_name,
            bearer: one.bearer,
            party_id: one.party_id,
            party: one.party,
            agreement_id: one.agreement_id,
            policy_id: one.policy_id,
            amount: one.amount,
            status: one.status,
            granted: one.granted,
            reason: one.reason,
            reference: one.reference,
            answered_by: one.answered_by,
            decided_by: one.decided_by,
            paid: one.paid,
            returned: one.returned,
            eased: one.eased,
            claimed_on: one.claimed_on,
            decided_on: one.decided_on,
            version: one.version,
        }
    }
}

/// The whole case as the reader may see it.
pub(super) async fn case(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    case: Case,
    on: NaiveDate,
) -> Result<CaseView, Fault> {
    let broken = |error: MoneyError| Fault::Invariant(error.to_string());
    let loan = today::read(conn, &case, on).await?;
    let actions = store::list_actions(conn, scope, case.id).await?;
    let payments = today::payments(conn, case.loan_id).await?;
    // What was sold and shared is the case's; who asked for it is the bank's own house.
    let all = store::list_proposals(conn, &Scope::system(), case.id).await?;
    let approved: Vec<&Proposal> = all.iter().filter(|one| one.status == ProposalStatus::Approved).collect();
    let mut sales = Vec::new();
    let mut realised = Vec::new();
    let mut sharing = None;
    for one in approved {
        match (&one.ask, &one.result) {
            (Ask::Proceeds(sale), Some(result)) => {
                let day = one.decided_at.map_or(on, contracts::clock::china_date);
                realised.extend(sale.lots.iter().map(|lot| RealisedView {
                    patent_id: lot.patent_id,
                    number: lot.number.clone(),
                    method: sale.method,
                    sold_on: day,
                    appraised: lot.appraised,
                    appraised_on: lot.appraised_on,
                    price: lot.price,
                    ratio: lot.ratio(),
                }));
                let realised: Realised = serde_json::from_value(result.clone())?;
                sales.push(SaleView { method: sale.method, buyer: sale.buyer.clone(), on: day, realised });
            }
            (Ask::Sharing(_), Some(result)) => {
                let shares: LossShares = serde_json::from_value(result.clone())?;
                let now = shares.of_less(case.money.loss);
                sharing = Some(now.map_err(|refusal| Fault::Corrupt(refusal.to_string()))?);
            }
            _ => {}
        }
    }
    let claims = store::list_claims(conn, scope, case.id).await?;
    let (guarantees, insurer_claims) = guarantee_view::behind(conn, scope, (&case, &loan), on).await?;
    let own_house = scope.sees_all() || scope.kind() == OrgKind::Bank;
    let promises = promises(&actions, &payments, on);
    let open = own_house && matches!(case.status, CaseStatus::Collection | CaseStatus::Disposal);
    Ok(CaseView {
        owed: loan.owed(&case).map_err(broken)?,
        overdue_days: if loan.active { loan.owing.overdue_days } else { 0 },
        accelerated_on: loan.row.accelerated_on,
        collateral_left: if open { lots::left_to_sell(conn, &case).await? } else { Vec::new() },
        plan: case.plan.clone(),
        actions: actions.into_iter().map(ActionView::from).collect(),
        promises,
        proposals: if own_house { all.into_iter().map(ProposalView::from).collect() } else { Vec::new() },
        sales,
        realised,
        sharing,
        claims: claims.into_iter().map(ClaimView::from).collect(),
        guarantees,
        insurer_claims,
        head: case.into(),
    })
}
