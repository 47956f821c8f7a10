//! The versions that the platform ships: the first of their tables, in force until another is.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, NaiveDate};
use contracts::ReferenceVersionId;
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    model::{SourceStatus, TableKind, VersionState, concordance::Concordance, entry::Entry, whole},
    store::{self, row, version},
};

/// A shipped version.
pub(super) struct Shipped {
    /// The table.
    pub kind: TableKind,
    /// Its id, the same in every database.
    id: Uuid,
    source: &'static str,
    citation: &'static str,
    status: SourceStatus,
    file_name: &'static str,
    file: &'static str,
}

/// Who put them in.
const SHIPPED_BY: &str = "平台出厂数据 shipped with the platform";

/// The shipped versions.
pub(super) const SHIPPED: [Shipped; 2] = [
    Shipped {
        kind: TableKind::Concordance,
        id: Uuid::from_u128(0x0190_0000_0041_7000_8000_0000_0000_0001),
        source: "平台默认：达州集群五个产业的 IPC 对照",
        citation: "平台自行编制，思路参照国家知识产权局用于统计的《国际专利分类与国民经济行业分类参照关系表》，不是该表的内容",
        status: SourceStatus::PlatformDefault,
        file_name: "concordance.csv",
        file: include_str!("../../data/reference/concordance.csv"),
    },
    Shipped {
        kind: TableKind::LicenceStatistics,
        id: Uuid::from_u128(0x0190_0000_0041_7000_8000_0000_0000_0002),
        source: "国家知识产权局：2022 年备案的专利实施许可统计（全国合计）",
        citation: "2022 年许可合同 7781 份、专利 17967 件；固定费用 4531 份，均值 321 万元，平均期限 3.6 年；提成费 334 份，平均期限 6.3 年；无偿 2916 份。未公布提成率，故为空",
        status: SourceStatus::Official,
        file_name: "licence-statistics.csv",
        file: include_str!("../../data/reference/licence-statistics.csv"),
    },
];

/// The first day on which a shipped version is in force: before any business of the platform.
fn since() -> NaiveDate {
    NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default()
}

fn entries(table: &Shipped) -> Result<Vec<Entry>, Fault> {
    whole::read(table.kind, table.file.as_bytes())
        .map_err(|why| Fault::Corrupt(format!("the shipped {}: {why:?}", table.kind.name())))
}

/// The rows of a shipped version.
///
/// # Errors
/// A shipped file that does not read, which a test excludes.
pub(super) fn rows_of(table: &Shipped) -> Result<(version::Model, Vec<row::Model>), Fault> {
    let entries = entries(table)?;
    let at = DateTime::UNIX_EPOCH;
    let version = version::Model {
        id: table.id,
        kind: table.kind.name().to_owned(),
        number: 1,
        state: VersionState::Published.name().to_owned(),
        source: table.source.to_owned(),
        citation: table.citation.to_owned(),
        status: table.status.name().to_owned(),
        effective_from: Some(since()),
        row_count: i32::try_from(entries.len()).unwrap_or(i32::MAX),
        file_name: table.file_name.to_owned(),
        imported_by_id: None,
        imported_by: SHIPPED_BY.to_owned(),
        imported_at: at,
        proposed_by_id: None,
        proposed_by: None,
        proposed_at: None,
        proposal_reason: None,
        decided_by_id: None,
        decided_by: Some(SHIPPED_BY.to_owned()),
        decided_at: Some(at),
        decision_reason: None,
        version: 1,
    };
    let rows = store::rows(ReferenceVersionId::from_uuid(table.id), at, &entries)?;
    Ok((version, rows))
}

static CONCORDANCE: LazyLock<Arc<Concordance>> = LazyLock::new(|| {
    let shipped = SHIPPED.iter().filter(|table| table.kind == TableKind::Concordance);
    Arc::new(Concordance::of(shipped.filter_map(|table| entries(table).ok()).flatten()))
});

/// The concordance that the platform ships. What is in force may be another: ask [`super::concordance`].
#[must_use]
pub fn shipped_concordance() -> Arc<Concordance> {
    CONCORDANCE.clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::industry::Industry;

    #[test]
    fn every_shipped_file_reads_and_says_where_it_comes_from() {
        for table in &SHIPPED {
            let (version, rows) = rows_of(table).unwrap();
            assert!(!rows.is_empty() && !version.source.is_empty() && !version.citation.is_empty());
        }
    }

    #[test]
    fn the_shipped_concordance_knows_the_industries_of_the_cluster() {
        let table = shipped_concordance();
        assert_eq!(table.rows().len(), 75);
        assert_eq!(table.industry_of("C22B 26/12"), Some(Industry::LithiumPotassium));
        assert_eq!(table.industry_of("C22B34/12"), Some(Industry::NewMaterials));
        assert_eq!(table.industry_of("G06F3/0481"), None);
        assert!(table.rows().iter().all(|row| Industry::of_code(&row.code) != Industry::Other));
    }
}
