//! Which patents a pledge covers.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pledge_patent")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub pledge_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub patent_id: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
