//! The rows that a batch of events touches: read with one query a table, folded in memory, written back with
//! one statement a table (more only beyond the databases' limit of bound values).

use std::collections::{BTreeMap, BTreeSet};

use contracts::{Envelope, Event};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable, ModelTrait,
    PrimaryKeyToColumn, QueryFilter,
    sea_query::{Iden, OnConflict},
};
use tx_kit::Fault;
use uuid::Uuid;

use crate::read_model::{
    appeal, application, claim, disposal_case, disposal_movement, event, facility, fund, fund_agreement,
    fund_movement, loan, member, patent_status, pledge, pledge_patent, policy, repayment, revaluation,
    tranche, valuation,
};

/// Rows written in one statement: at most 31 columns each stays far below SQLite's 32,766 bound values.
const ROWS_PER_STATEMENT: usize = 500;

/// The rows of a batch, by key and so in a stable order: two batches never lock crosswise.
#[derive(Default)]
pub(super) struct Rows {
    pub facilities: BTreeMap<Uuid, facility::Model>,
    pub members: BTreeMap<(Uuid, Uuid), member::Model>,
    pub loans: BTreeMap<Uuid, loan::Model>,
    pub repayments: Vec<repayment::ActiveModel>,
    pub tranches: Vec<tranche::ActiveModel>,
    pub applications: BTreeMap<Uuid, application::Model>,
    pub appeals: BTreeMap<Uuid, appeal::Model>,
    pub disposal_cases: BTreeMap<Uuid, disposal_case::Model>,
    pub disposal_movements: Vec<disposal_movement::ActiveModel>,
    pub funds: BTreeMap<Uuid, fund::Model>,
    pub fund_agreements: BTreeMap<Uuid, fund_agreement::Model>,
    pub fund_movements: Vec<fund_movement::ActiveModel>,
    pub pledges: BTreeMap<Uuid, pledge::Model>,
    /// The patents of pledges whose state was taken from this batch.
    pub pledge_patents: BTreeMap<Uuid, BTreeSet<Uuid>>,
    pub policies: BTreeMap<Uuid, policy::Model>,
    pub claims: BTreeMap<Uuid, claim::Model>,
    pub valuations: BTreeMap<Uuid, valuation::Model>,
    pub patents: BTreeMap<Uuid, patent_status::Model>,
    pub revaluations: BTreeMap<Uuid, revaluation::Model>,
    pub events: Vec<event::ActiveModel>,
}

/// The ids that a batch names, by table.
#[derive(Default)]
struct Named {
    facilities: BTreeSet<Uuid>,
    loans: BTreeSet<Uuid>,
    applications: BTreeSet<Uuid>,
    appeals: BTreeSet<Uuid>,
    disposal_cases: BTreeSet<Uuid>,
    funds: BTreeSet<Uuid>,
    fund_agreements: BTreeSet<Uuid>,
    pledges: BTreeSet<Uuid>,
    policies: BTreeSet<Uuid>,
    claims: BTreeSet<Uuid>,
    patents: BTreeSet<Uuid>,
    valuations: BTreeSet<Uuid>,
    revaluations: BTreeSet<Uuid>,
}

impl Named {
    fn by(batch: &[&Envelope]) -> Self {
        let mut named = Self::default();
        for envelope in batch {
            match &envelope.event {
                Event::FacilityChanged(event) => {
                    named.facilities.insert(event.facility_id.uuid());
                }
                Event::LoanDrawn(event) => {
                    named.facilities.insert(event.facility_id.uuid());
                    named.loans.insert(event.loan_id.uuid());
                }
                Event::LoanTrancheDrawn(event) => {
                    named.facilities.insert(event.facility_id.uuid());
                    named.loans.insert(event.loan_id.uuid());
                }
                Event::LoanRepaid(event) => {
                    named.facilities.insert(event.facility_id.uuid());
                    named.loans.insert(event.loan_id.uuid());
                }
                Event::LoanRepaymentReversed(event) => {
                    named.facilities.insert(event.facility_id.uuid());
                    named.loans.insert(event.loan_id.uuid());
                }
                Event::LoanStateChanged(event) => {
                    named.facilities.insert(event.facility_id.uuid());
                    named.loans.insert(event.loan_id.uuid());
                }
                Event::ApplicationSubmitted(event) => {
                    named.applications.insert(event.application_id.uuid());
                }
                Event::ApplicationDecided(event) => {
                    named.applications.insert(event.application_id.uuid());
                }
                Event::ApplicationAppealed(event) => {
                    named.applications.insert(event.application_id.uuid());
                    named.appeals.insert(event.application_id.uuid());
                }
                Event::AppealDecided(event) => {
                    named.applications.insert(event.application_id.uuid());
                    named.appeals.insert(event.application_id.uuid());
                }
                Event::DisposalCaseChanged(event) => {
                    named.disposal_cases.insert(event.case_id.uuid());
                }
                Event::FundChanged(event) => {
                    named.funds.insert(event.fund_id.uuid());
                }
                Event::FundAgreementChanged(event) => {
                    named.fund_agreements.insert(event.agreement_id.uuid());
                }
                Event::PledgeChanged(event) => {
                    named.pledges.insert(event.pledge_id.uuid());
                }
                Event::PolicyBound(event) => {
                    named.policies.insert(event.policy_id.uuid());
                }
                Event::PolicyEnded(event) => {
                    named.policies.insert(event.policy_id.uuid());
                }
                Event::ClaimRegistered(event) => {
                    named.claims.insert(event.claim_id.uuid());
                }
                Event::ClaimReserved(event) => {
                    named.claims.insert(event.claim_id.uuid());
                }
                Event::ClaimDeclined(event) => {
                    named.claims.insert(event.claim_id.uuid());
                }
                Event::ClaimPaid(event) => {
                    named.claims.insert(event.claim_id.uuid());
                }
                Event::LegalStatusChanged(event) => {
                    named.patents.insert(event.patent_id.uuid());
                }
                Event::RevaluationDue(event) => {
                    named.revaluations.insert(event.trigger_id.uuid());
                }
                Event::ValuationCompleted(event) => {
                    named.valuations.insert(event.valuation_id.uuid());
                }
                Event::CompensationReturned(_)
                | Event::PledgeConsentGiven(_)
                | Event::PatentChallenged(_)
                | Event::AnnuityRecorded(_)
                | Event::PatentTransferred(_)
                | Event::DisposalRefused(_) => {}
            }
        }
        named
    }
}

impl Rows {
    /// The rows as they stand, for every aggregate that the batch names.
    pub(super) async fn load(conn: &impl ConnectionTrait, batch: &[&Envelope]) -> Result<Self, Fault> {
        let named = Named::by(batch);
        Ok(Self {
            facilities: read(conn, facility::Column::Id, &named.facilities, |row: &facility::Model| row.id)
                .await?,
            members: read(conn, member::Column::FacilityId, &named.facilities, |row: &member::Model| {
                (row.facility_id, row.enterprise_id)
            })
            .await?,
            loans: read(conn, loan::Column::Id, &named.loans, |row: &loan::Model| row.id).await?,
            applications: read(
                conn,
                application::Column::Id,
                &named.applications,
                |row: &application::Model| row.id,
            )
            .await?,
            appeals: read(conn, appeal::Column::ApplicationId, &named.appeals, |row: &appeal::Model| {
                row.application_id
            })
            .await?,
            disposal_cases: read(
                conn,
                disposal_case::Column::Id,
                &named.disposal_cases,
                |row: &disposal_case::Model| row.id,
            )
            .await?,
            funds: read(conn, fund::Column::Id, &named.funds, |row: &fund::Model| row.id).await?,
            fund_agreements: read(
                conn,
                fund_agreement::Column::Id,
                &named.fund_agreements,
                |row: &fund_agreement::Model| row.id,
            )
            .await?,
            pledges: read(conn, pledge::Column::Id, &named.pledges, |row: &pledge::Model| row.id).await?,
            policies: read(conn, policy::Column::Id, &named.policies, |row: &policy::Model| row.id).await?,
            claims: read(conn, claim::Column::Id, &named.claims, |row: &claim::Model| row.id).await?,
            patents: read(
                conn,
                patent_status::Column::PatentId,
                &named.patents,
                |row: &patent_status::Model| row.patent_id,
            )
            .await?,
            valuations: read(conn, valuation::Column::Id, &named.valuations, |row: &valuation::Model| row.id)
                .await?,
            revaluations: read(
                conn,
                revaluation::Column::Id,
                &named.revaluations,
                |row: &revaluation::Model| row.id,
            )
            .await?,
            ..Self::default()
        })
    }

    /// Writes everything back.
    pub(super) async fn save(self, conn: &impl ConnectionTrait) -> Result<(), Fault> {
        put(conn, self.facilities.into_values()).await?;
        put(conn, self.members.into_values()).await?;
        put(conn, self.loans.into_values()).await?;
        put(conn, self.repayments).await?;
        put(conn, self.tranches).await?;
        put(conn, self.applications.into_values()).await?;
        put(conn, self.appeals.into_values()).await?;
        put(conn, self.disposal_cases.into_values()).await?;
        put(conn, self.disposal_movements).await?;
        put(conn, self.funds.into_values()).await?;
        put(conn, self.fund_agreements.into_values()).await?;
        put(conn, self.fund_movements).await?;
        put(conn, self.pledges.into_values()).await?;
        replace_patents(conn, self.pledge_patents).await?;
        put(conn, self.policies.into_values()).await?;
        put(conn, self.claims.into_values()).await?;
        put(conn, self.valuations.into_values()).await?;
        put(conn, self.patents.into_values()).await?;
        put(conn, self.revaluations.into_values()).await?;
        put(conn, self.events).await
    }
}

async fn read<C, M, K>(
    conn: &impl ConnectionTrait,
    column: C,
    ids: &BTreeSet<Uuid>,
    key: impl Fn(&M) -> K,
) -> Result<BTreeMap<K, M>, Fault>
where
    C: ColumnTrait<EntityName = M::Entity>,
    M: ModelTrait + sea_orm::FromQueryResult,
    M::Entity: EntityTrait<Model = M>,
    K: Ord,
{
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = M::Entity::find().filter(column.is_in(ids.iter().copied())).all(conn).await?;
    Ok(rows.into_iter().map(|row| (key(&row), row)).collect())
}

/// Inserts rows, or brings those that are there to the new values.
async fn put<R, A>(conn: &impl ConnectionTrait, rows: impl IntoIterator<Item = R>) -> Result<(), Fault>
where
    R: IntoActiveModel<A>,
    A: ActiveModelTrait + Send,
    A::Entity: EntityTrait,
{
    let rows: Vec<A> = rows.into_iter().map(|row| row.into_active_model().reset_all()).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let key: Vec<_> = <<A::Entity as EntityTrait>::PrimaryKey as Iterable>::iter()
        .map(PrimaryKeyToColumn::into_column)
        .collect();
    let key_names: Vec<String> = key.iter().map(Iden::to_string).collect();
    let others = <<A::Entity as EntityTrait>::Column as Iterable>::iter()
        .filter(|column| !key_names.contains(&Iden::to_string(column)));
    let clash = OnConflict::columns(key).update_columns(others).to_owned();
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        A::Entity::insert_many(chunk.to_vec())
            .on_conflict(clash.clone())
            .exec_without_returning(conn)
            .await?;
    }
    Ok(())
}

async fn replace_patents(
    conn: &impl ConnectionTrait,
    pledges: BTreeMap<Uuid, BTreeSet<Uuid>>,
) -> Result<(), Fault> {
    if pledges.is_empty() {
        return Ok(());
    }
    pledge_patent::Entity::delete_many()
        .filter(pledge_patent::Column::PledgeId.is_in(pledges.keys().copied()))
        .exec(conn)
        .await?;
    let rows: Vec<pledge_patent::ActiveModel> = pledges
        .into_iter()
        .flat_map(|(pledge_id, patents)| {
            patents
                .into_iter()
                .map(move |patent_id| pledge_patent::Model { pledge_id, patent_id }.into_active_model())
        })
        .map(ActiveModelTrait::reset_all)
        .collect();
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        pledge_patent::Entity::insert_many(chunk.to_vec()).exec_without_returning(conn).await?;
    }
    Ok(())
}
