//! Columns of the read model by what they hold.

use sea_orm_migration::prelude::*;

/// What a column holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Id,
    IdOrNull,
    Text,
    LongText,
    TextOrNull,
    Whole,
    WholeOrNull,
    Flag,
    Day,
    DayOrNull,
    Stamp,
}

pub(super) fn column((name, kind): &(&str, Kind)) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(*name));
    match kind {
        Kind::Id => column.uuid().not_null().take(),
        Kind::IdOrNull => column.uuid().null().take(),
        Kind::Text => column.string().not_null().take(),
        Kind::LongText => column.text().not_null().take(),
        Kind::TextOrNull => column.string().null().take(),
        Kind::Whole => column.big_integer().not_null().take(),
        Kind::WholeOrNull => column.big_integer().null().take(),
        Kind::Flag => column.boolean().not_null().take(),
        Kind::Day => column.date().not_null().take(),
        Kind::DayOrNull => column.date().null().take(),
        Kind::Stamp => column.timestamp_with_time_zone().not_null().take(),
    }
}
