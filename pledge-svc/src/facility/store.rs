//! Entities and finders. Every finder takes the caller's scope; there is no unscoped one but by lock, inside an
//! act that has already decided who may act. What only some facilities have lies in `store/`.

pub(crate) mod agreement;
pub(crate) mod cover;
pub(crate) mod deposit;
mod on_list;
pub(crate) mod pool;
pub(crate) mod trigger;
pub(crate) mod vote;
pub(crate) mod waiver;

use std::collections::BTreeMap;

use contracts::{FacilityId, OrgId, OrgKind};
use finance::{Money, Rate};
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};
use tx_kit::{Fault, bulk::padded};
use uuid::Uuid;

use super::model::{
    Facility, Member, MemberStatus, Share, ShareRole, Status, triggers::TriggerKind, waiver::Waiver,
};

pub(crate) use on_list::{Allotted, allotted, group_uses, margin, members, places};

/// The facility table.
pub mod facility {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "facility")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub name: String,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub cluster_id: Option<Uuid>,
        pub cluster: String,
        pub operator_id: Option<Uuid>,
        pub industry: String,
        pub limit_fen: i64,
        pub drawn_fen: i64,
        pub reserved_fen: i64,
        pub retired_fen: i64,
        pub status: String,
        pub revolving: bool,
        pub available_from: Date,
        pub available_until: Date,
        pub annual_rate: String,
        pub tenor_cap_months: i32,
        pub single_member_cap: String,
        pub ltv_cap: String,
        #[sea_orm(column_type = "Text")]
        pub terms: String,
        pub pooled: bool,
        pub grouped: bool,
        pub funded: bool,
        pub maker_id: Uuid,
        pub maker: String,
        pub approver: Option<String>,
        pub reason: Option<String>,
        pub suspended_on: Option<Date>,
        pub created_at: DateTimeUtc,
        pub version: i64,
        pub customer_cap_fen: Option<i64>,
        pub connected_cap_fen: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The shares of a syndicate.
pub mod share {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "facility_share")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub facility_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub share: String,
        pub role: String,
        pub tranche: i32,
        pub customer_cap_fen: Option<i64>,
        pub connected_cap_fen: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The members of a facility.
pub mod member {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "facility_member")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub facility_id: Uuid,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub sub_limit_fen: i64,
        pub drawn_fen: i64,
        pub reserved_fen: i64,
        pub retired_fen: i64,
        pub status: String,
        pub status_reason: Option<String>,
        /// The trigger that paused it; none where a person did.
        pub paused_by: Option<String>,
        pub group_label: Option<String>,
        pub sub_share: Option<String>,
        pub deposit_fen: i64,
        pub margin_fen: i64,
        pub conditions_open: i32,
        pub waived_fen: i64,
        pub waived_until: Option<Date>,
        /// The approved applications that hold a part of the line for it; none where nothing is held.
        #[sea_orm(column_type = "Text", nullable)]
        pub approvals: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Proposed changes of a facility.
pub mod change {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "facility_change")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub facility_id: Uuid,
        #[sea_orm(column_type = "Text")]
        pub content: String,
        pub status: String,
        pub maker_id: Uuid,
        pub maker: String,
        pub approver: Option<String>,
        pub reason: Option<String>,
        pub created_at: DateTimeUtc,
        pub decided_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What of the facilities a scope may see: its own as lead or syndicate bank, as member while it is one, as operator,
/// as fund or insurer that covers it.
pub(crate) fn visible(scope: &Scope) -> Condition {
    if scope.sees_all() {
        return Condition::all();
    }
    let tenant = scope.tenant().uuid();
    match scope.kind() {
        OrgKind::Bank => Condition::any().add(facility::Column::BankId.eq(tenant)).add(
            facility::Column::Id.in_subquery(
                share::Entity::find()
                    .select_only()
                    .column(share::Column::FacilityId)
                    .filter(share::Column::BankId.eq(tenant))
                    .into_query(),
            ),
        ),
        OrgKind::Enterprise => Condition::all().add(
            facility::Column::Id.in_subquery(
                member::Entity::find()
                    .select_only()
                    .column(member::Column::FacilityId)
                    .filter(member::Column::EnterpriseId.eq(tenant))
                    .filter(member::Column::Status.ne(MemberStatus::Left.name()))
                    .into_query(),
            ),
        ),
        OrgKind::Fund | OrgKind::Insurer => {
            Condition::all().add(facility::Column::Id.in_subquery(cover::of_organisation(tenant)))
        }
        OrgKind::ClusterOperator => Condition::all().add(facility::Column::OperatorId.eq(tenant)),
        _ => Condition::any(),
    }
}

/// The facilities that a scope may see.
pub(crate) fn find(scope: &Scope) -> Select<facility::Entity> {
    let seen = visible(scope);
    let query = facility::Entity::find();
    // An empty `any` is nothing, not everything.
    if seen == Condition::any() {
        query.filter(facility::Column::Id.eq(Uuid::nil()))
    } else {
        query.filter(seen)
    }
}

/// One facility that a scope may see.
pub(crate) async fn one(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: FacilityId,
) -> Result<Option<facility::Model>, Fault> {
    Ok(find(scope).filter(facility::Column::Id.eq(id.uuid())).one(conn).await?)
}

/// The shares of facilities that were found in scope, by facility.
pub(crate) async fn shares(
    conn: &impl ConnectionTrait,
    of: &[facility::Model],
) -> Result<BTreeMap<Uuid, Vec<Share>>, Fault> {
    let rows = share::Entity::find()
        .filter(share::Column::FacilityId.is_in(padded(of.iter().map(|row| row.id))))
        .order_by_asc(share::Column::FacilityId)
        .order_by_asc(share::Column::Position)
        .all(conn)
        .await?;
    let mut by_facility: BTreeMap<Uuid, Vec<Share>> = BTreeMap::new();
    for row in rows {
        let facility_id = row.facility_id;
        by_facility.entry(facility_id).or_default().push(share_of(row)?);
    }
    Ok(by_facility)
}

fn share_of(row: share::Model) -> Result<Share, Fault> {
    Ok(Share {
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        share: rate(&row.share)?,
        role: ShareRole::parse(&row.role)
            .ok_or_else(|| Fault::Corrupt(format!("share role {}", row.role)))?,
        tranche: u8::try_from(row.tranche).unwrap_or(1),
        customer_cap: row.customer_cap_fen.map(Money::from_fen),
        connected_cap: row.connected_cap_fen.map(Money::from_fen),
    })
}

/// Locks a facility for the rest of the transaction. Locks are taken facility first, then members by id, then
/// loans by id, everywhere.
pub(crate) async fn lock(conn: &impl ConnectionTrait, id: FacilityId) -> Result<Option<Facility>, Fault> {
    let Some(row) = facility::Entity::find_by_id(id.uuid()).lock_exclusive().one(conn).await? else {
        return Ok(None);
    };
    let shares = shares(conn, std::slice::from_ref(&row)).await?.remove(&row.id).unwrap_or_default();
    facility_of(row, shares).map(Some)
}

/// Locks the places of enterprises in a facility, in the order of their ids.
pub(crate) async fn lock_members(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
    enterprises: &[OrgId],
) -> Result<Vec<Member>, Fault> {
    let rows = member::Entity::find()
        .filter(member::Column::FacilityId.eq(facility.uuid()))
        .filter(member::Column::EnterpriseId.is_in(enterprises.iter().map(|id| id.uuid())))
        .order_by_asc(member::Column::Id)
        .lock_exclusive()
        .all(conn)
        .await?;
    rows.into_iter().map(member_of).collect()
}

/// Locks every member of a facility, in the order of their ids.
pub(crate) async fn lock_all_members(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
) -> Result<Vec<Member>, Fault> {
    let rows = member::Entity::find()
        .filter(member::Column::FacilityId.eq(facility.uuid()))
        .order_by_asc(member::Column::Id)
        .lock_exclusive()
        .all(conn)
        .await?;
    rows.into_iter().map(member_of).collect()
}

/// A stored rate.
pub(crate) fn rate(text: &str) -> Result<Rate, Fault> {
    text.parse().map_err(|_| Fault::Corrupt(format!("rate {text}")))
}

/// The facility of a row.
pub(crate) fn facility_of(row: facility::Model, shares: Vec<Share>) -> Result<Facility, Fault> {
    Ok(Facility {
        id: row.id.into(),
        number: row.number,
        name: row.name,
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        industry: row.industry,
        limit: Money::from_fen(row.limit_fen),
        drawn: Money::from_fen(row.drawn_fen),
        reserved: Money::from_fen(row.reserved_fen),
        retired: Money::from_fen(row.retired_fen),
        status: Status::parse(&row.status)
            .ok_or_else(|| Fault::Corrupt(format!("facility status {}", row.status)))?,
        revolving: row.revolving,
        available_from: row.available_from,
        available_until: row.available_until,
        annual_rate: rate(&row.annual_rate)?,
        tenor_cap_months: u32::try_from(row.tenor_cap_months).unwrap_or(0),
        single_member_cap: rate(&row.single_member_cap)?,
        ltv_cap: rate(&row.ltv_cap)?,
        terms: serde_json::from_str(&row.terms)?,
        grouped: row.grouped,
        funded: row.funded,
        maker: row.maker_id.into(),
        version: row.version,
        customer_cap: row.customer_cap_fen.map(Money::from_fen),
        connected_cap: row.connected_cap_fen.map(Money::from_fen),
        shares,
    })
}

/// The member of a row.
pub(crate) fn member_of(row: member::Model) -> Result<Member, Fault> {
    let status = MemberStatus::parse(&row.status)
        .ok_or_else(|| Fault::Corrupt(format!("member status {}", row.status)))?;
    Ok(Member {
        id: row.id.into(),
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        sub_limit: Money::from_fen(row.sub_limit_fen),
        drawn: Money::from_fen(row.drawn_fen),
        reserved: Money::from_fen(row.reserved_fen),
        retired: Money::from_fen(row.retired_fen),
        paused_for: row.status_reason.filter(|_| status == MemberStatus::Paused),
        paused_by: row
            .paused_by
            .filter(|_| status == MemberStatus::Paused)
            .map(|kind| {
                TriggerKind::parse(&kind).ok_or_else(|| Fault::Corrupt(format!("trigger kind {kind}")))
            })
            .transpose()?,
        overdue: false,
        status,
        group: row.group_label,
        sub_share: row.sub_share.as_deref().map(rate).transpose()?,
        deposit: Money::from_fen(row.deposit_fen),
        margin: Money::from_fen(row.margin_fen),
        conditions_open: u32::try_from(row.conditions_open).unwrap_or(0),
        waiver: row.waived_until.map(|until| Waiver { amount: Money::from_fen(row.waived_fen), until }),
        approvals: row.approvals.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default(),
    })
}
