//! Who covers a facility's losses, as rows.

use contracts::{FacilityId, FundId};
use finance::Money;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, SelectStatement},
};
use tx_kit::Fault;
use uuid::Uuid;

use crate::facility::model::{CoverParty, LossCover};

/// The promises.
mod row {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "facility_cover")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub facility_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        pub kind: String,
        pub organisation_id: Uuid,
        pub name: String,
        pub turn: i32,
        pub share_of_loss: String,
        pub cap_fen: Option<i64>,
        pub deductible_fen: i64,
        pub contract: Option<String>,
        pub valid_until: Option<Date>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

const FUND: &str = "fund";
const GUARANTEE_INSURER: &str = "guarantee_insurer";
const GUARANTOR: &str = "guarantor";
const REGUARANTOR: &str = "reguarantor";
const APPRAISER: &str = "appraiser";

const fn kind_of(party: CoverParty) -> &'static str {
    match party {
        CoverParty::Fund { .. } => FUND,
        CoverParty::GuaranteeInsurer { .. } => GUARANTEE_INSURER,
        CoverParty::Guarantor { .. } => GUARANTOR,
        CoverParty::Reguarantor { .. } => REGUARANTOR,
        CoverParty::Appraiser { .. } => APPRAISER,
    }
}

/// The ids of the facilities that an organisation covers.
pub(crate) fn of_organisation(organisation: Uuid) -> SelectStatement {
    promised_by(organisation).into_query()
}

/// The ids of the facilities whose every loan an organisation covers: as whoever it promised, but for a fund, whose agreements
/// say draw by draw what they cover.
pub(crate) fn guaranteed_by(organisation: Uuid) -> SelectStatement {
    promised_by(organisation).filter(row::Column::Kind.ne(FUND)).into_query()
}

fn promised_by(organisation: Uuid) -> Select<row::Entity> {
    row::Entity::find()
        .select_only()
        .column(row::Column::FacilityId)
        .filter(row::Column::OrganisationId.eq(organisation))
}

/// The promises on facilities that were found in scope, with the facility's id, in their order.
pub(crate) async fn covers(
    conn: &impl ConnectionTrait,
    facilities: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<(Uuid, LossCover)>, Fault> {
    let rows = row::Entity::find()
        .filter(row::Column::FacilityId.is_in(facilities))
        .order_by_asc(row::Column::FacilityId)
        .order_by_asc(row::Column::Position)
        .all(conn)
        .await?;
    rows.into_iter().map(|row| Ok((row.facility_id, cover_of(row)?))).collect()
}

fn cover_of(row: row::Model) -> Result<LossCover, Fault> {
    let corrupt = || Fault::Corrupt(format!("the cover {} of facility {}", row.position, row.facility_id));
    let party = match row.kind.as_str() {
        FUND => CoverParty::Fund { fund_id: row.organisation_id.into() },
        GUARANTEE_INSURER => CoverParty::GuaranteeInsurer { insurer_id: row.organisation_id.into() },
        GUARANTOR => CoverParty::Guarantor { guarantor_id: row.organisation_id.into() },
        REGUARANTOR => CoverParty::Reguarantor { reguarantor_id: row.organisation_id.into() },
        APPRAISER => CoverParty::Appraiser { appraiser_id: row.organisation_id.into() },
        _ => return Err(corrupt()),
    };
    Ok(LossCover {
        party,
        rank: u32::try_from(row.turn).map_err(|_| corrupt())?,
        share_of_loss: super::rate(&row.share_of_loss)?,
        cap: row.cap_fen.map(Money::from_fen),
        deductible: Money::from_fen(row.deductible_fen),
        name: row.name,
        contract: row.contract,
        valid_until: row.valid_until,
    })
}

/// Writes the promises of a facility in place of those it had.
pub(crate) async fn replace(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
    covers: &[LossCover],
) -> Result<(), Fault> {
    row::Entity::delete_many().filter(row::Column::FacilityId.eq(facility.uuid())).exec(conn).await?;
    if covers.is_empty() {
        return Ok(());
    }
    let rows = covers.iter().zip(0..).map(|(cover, position)| row::ActiveModel {
        facility_id: Set(facility.uuid()),
        position: Set(position),
        kind: Set(kind_of(cover.party).to_owned()),
        organisation_id: Set(cover.party.organisation().uuid()),
        name: Set(cover.name.trim().to_owned()),
        turn: Set(i32::try_from(cover.rank).unwrap_or(i32::MAX)),
        share_of_loss: Set(cover.share_of_loss.to_string()),
        cap_fen: Set(cover.cap.map(Money::fen)),
        deductible_fen: Set(cover.deductible.fen()),
        contract: Set(cover.contract.as_deref().map(|contract| contract.trim().to_owned())),
        valid_until: Set(cover.valid_until),
    });
    row::Entity::insert_many(rows).exec_without_returning(conn).await?;
    if covers.iter().any(|cover| cover.party.fund().is_some()) {
        may_be_covered(conn, facility).await?;
    }
    Ok(())
}

/// Notes that a fund may cover what is drawn on a facility, so that its draws ask. It is never taken back: where no fund
/// covers any more, the draw finds so.
pub(crate) async fn may_be_covered(conn: &impl ConnectionTrait, facility: FacilityId) -> Result<(), Fault> {
    super::facility::Entity::update_many()
        .col_expr(super::facility::Column::Funded, Expr::value(true))
        .filter(super::facility::Column::Id.eq(facility.uuid()))
        .filter(super::facility::Column::Funded.eq(false))
        .exec(conn)
        .await?;
    Ok(())
}

/// The funds that facilities name as covering their losses, with the facility's id.
pub(crate) async fn funds(
    conn: &impl ConnectionTrait,
    facilities: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<(FacilityId, FundId)>, Fault> {
    let rows: Vec<(Uuid, Uuid)> = row::Entity::find()
        .select_only()
        .column(row::Column::FacilityId)
        .column(row::Column::OrganisationId)
        .filter(row::Column::FacilityId.is_in(facilities))
        .filter(row::Column::Kind.eq(FUND))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|(facility, fund)| (facility.into(), fund.into())).collect())
}
