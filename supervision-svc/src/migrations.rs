//! The tables of the read model. Everything in them comes from events and can be made again by replay.
//!
//! No foreign keys: events arrive in any order, and a loan may be known before its facility is.

mod columns;
mod recovery;
mod revaluations;

use Kind::{Day, DayOrNull, Flag, Id, IdOrNull, LongText, Stamp, Text, TextOrNull, Whole, WholeOrNull};
use columns::{Kind, column};
use sea_orm_migration::prelude::*;

/// The read model's tables.
pub(crate) struct ReadModelTables;

impl MigrationName for ReadModelTables {
    fn name(&self) -> &'static str {
        "m2026_0010_read_model"
    }
}

struct Layout {
    name: &'static str,
    key: &'static [&'static str],
    columns: &'static [(&'static str, Kind)],
    check: Option<&'static str>,
}

const FACILITIES: [Layout; 5] = [
    Layout {
        name: "facility",
        key: &["id"],
        columns: &[
            ("id", Id),
            ("number", Text),
            ("name", Text),
            ("bank_id", Id),
            ("bank_name", Text),
            ("cluster", Text),
            ("industry", Text),
            ("limit_fen", Whole),
            ("drawn_fen", Whole),
            ("reserved_fen", Whole),
            ("status", Text),
            ("available_from", Day),
            ("available_until", Day),
            ("shares", LongText),
            ("state_version", Whole),
            ("whole_version", Whole),
            ("totals_version", Whole),
            ("changed_at", Stamp),
        ],
        check: Some("drawn_fen >= 0 AND reserved_fen >= 0 AND limit_fen >= 0"),
    },
    Layout {
        name: "facility_member",
        key: &["facility_id", "enterprise_id"],
        columns: &[
            ("facility_id", Id),
            ("enterprise_id", Id),
            ("enterprise_name", Text),
            ("sub_limit_fen", Whole),
            ("drawn_fen", Whole),
            ("reserved_fen", Whole),
            ("in_line", Flag),
            ("state_version", Whole),
            ("totals_version", Whole),
            ("changed_at", Stamp),
        ],
        check: Some("drawn_fen >= 0 AND reserved_fen >= 0 AND sub_limit_fen >= 0"),
    },
    Layout {
        name: "loan",
        key: &["id"],
        columns: &[
            ("id", Id),
            ("number", Text),
            ("facility_id", Id),
            ("bank_id", Id),
            ("bank_name", Text),
            ("enterprise_id", Id),
            ("enterprise_name", Text),
            ("industry", Text),
            ("principal_fen", Whole),
            ("first_fen", Whole),
            ("covered_fen", WholeOrNull),
            ("outstanding_fen", Whole),
            ("interest_paid_fen", Whole),
            ("annual_rate", Text),
            ("drawn_on", Day),
            ("drawn_month", Text),
            ("matures_on", Day),
            ("next_due_on", DayOrNull),
            ("status", Text),
            ("shares", LongText),
            ("tier", Text),
            ("stage", Whole),
            ("assessed_days", Whole),
            ("provision_fen", Whole),
            ("assessed_on", DayOrNull),
            ("version", Whole),
            ("state_version", Whole),
            ("known", Flag),
            ("changed_at", Stamp),
        ],
        check: Some(
            "principal_fen >= 0 AND outstanding_fen >= 0 AND provision_fen >= 0 AND stage BETWEEN 0 AND 3",
        ),
    },
    Layout {
        name: "repayment",
        key: &["id"],
        columns: &[
            ("id", Id),
            ("loan_id", Id),
            ("facility_id", Id),
            ("bank_id", Id),
            ("enterprise_id", Id),
            ("paid_on", Day),
            ("paid_month", Text),
            ("principal_fen", Whole),
            ("interest_fen", Whole),
        ],
        check: None,
    },
    Layout {
        name: "tranche",
        key: &["id"],
        columns: &[
            ("id", Id),
            ("loan_id", Id),
            ("facility_id", Id),
            ("bank_id", Id),
            ("enterprise_id", Id),
            ("drawn_on", Day),
            ("drawn_month", Text),
            ("amount_fen", Whole),
        ],
        check: Some("amount_fen > 0"),
    },
];

const APPLICATIONS: [Layout; 3] = [
    Layout {
        name: "application",
        key: &["id"],
        columns: &[
            ("id", Id),
            ("bank_id", Id),
            ("bank_name", Text),
            ("enterprise_id", Id),
            ("enterprise_name", Text),
            ("facility_id", IdOrNull),
            ("amount_fen", Whole),
            ("approved_fen", Whole),
            ("patents", LongText),
            ("status", Text),
            ("submitted_on", Day),
            ("submitted_month", Text),
            ("decided_on", DayOrNull),
            ("decided_month", TextOrNull),
            ("decision_days", Whole),
            ("status_version", Whole),
            ("decision_version", Whole),
            ("known", Flag),
            ("changed_at", Stamp),
        ],
        check: None,
    },
    Layout {
        name: "pledge",
        key: &["id"],
        columns: &[
            ("id", Id),
            ("bank_id", Id),
            ("bank_name", Text),
            ("enterprise_id", Id),
            ("enterprise_name", Text),
            ("application_id", Id),
            ("status", Text),
            ("registration_number", TextOrNull),
            ("secured_fen", Whole),
            ("collateral_fen", Whole),
            ("registered_on", DayOrNull),
            ("registered_month", TextOrNull),
            ("version", Whole),
            ("changed_at", Stamp),
        ],
        check: None,
    },
    Layout {
        name: "pledge_patent",
        key: &["pledge_id", "patent_id"],
        columns: &[("pledge_id", Id), ("patent_id", Id)],
        check: None,
    },
];

const INSURANCE: [Layout; 2] = [
    Layout {
        name: "policy",
        key: &["id"],
        columns: &[
            ("id", Id),
            ("number", Text),
            ("insurer_id", Id),
            ("insurer_name", Text),
            ("product", Text),
            ("insured_id", Id),
            ("insured_name", Text),
            ("patent_id", IdOrNull),
            ("loan_id", IdOrNull),
            ("beneficiary_id", IdOrNull),
            ("limit_fen", Whole),
            ("premium_fen", Whole),
            ("returned_fen", Whole),
            ("starts_on", Day),
            ("ends_on", Day),
            ("bound_month", Text),
            ("ended_month", TextOrNull),
            ("status", Text),
            ("known", Flag),
            ("changed_at", Stamp),
        ],
        check: None,
    },
    Layout {
        name: "claim",
        key: &["id"],
        columns: &[
            ("id", Id),
            ("policy_id", Id),
            ("insurer_id", Id),
            ("reserve_fen", Whole),
            ("paid_fen", Whole),
            ("registered_on", DayOrNull),
            ("version", Whole),
            ("changed_at", Stamp),
        ],
        check: None,
    },
];

const PATENTS_AND_EVENTS: [Layout; 3] = [
    Layout {
        name: "valuation",
        key: &["id"],
        columns: &[
            ("id", Id),
            ("tenant", Id),
            ("tenant_name", Text),
            ("patent_id", Id),
            ("patent_number", Text),
            ("patent_title", LongText),
            ("industry", TextOrNull),
            ("purpose", Text),
            ("score_hundredths", Whole),
            ("grade", TextOrNull),
            ("low_fen", Whole),
            ("value_fen", Whole),
            ("high_fen", Whole),
            ("collateral_fen", Whole),
            ("maximum_loan_fen", Whole),
            ("valuation_date", Day),
            ("valid_until", Day),
            ("model_version", Text),
            ("version", Whole),
            ("completed_at", Stamp),
        ],
        check: None,
    },
    Layout {
        name: "patent_status",
        key: &["patent_id"],
        columns: &[
            ("patent_id", Id),
            ("patent_number", Text),
            ("status", Text),
            ("effective", Day),
            ("version", Whole),
            ("changed_at", Stamp),
        ],
        check: None,
    },
    Layout {
        name: "event",
        key: &["id"],
        columns: &[
            ("id", Id),
            ("source", Text),
            ("aggregate", Id),
            ("version", Whole),
            ("name", Text),
            ("data", LongText),
            ("occurred_at", Stamp),
            ("business_date", Day),
            ("on_its_way_ms", Whole),
        ],
        check: None,
    },
];

const INDEXES: [&str; 20] = [
    "CREATE INDEX facility_bank ON facility (bank_id, status)",
    "CREATE INDEX loan_bank ON loan (bank_id, enterprise_id)",
    "CREATE INDEX loan_facility ON loan (facility_id)",
    "CREATE INDEX loan_enterprise ON loan (enterprise_id)",
    "CREATE INDEX loan_drawn ON loan (drawn_on, id)",
    "CREATE INDEX loan_maturity ON loan (matures_on) WHERE outstanding_fen > 0",
    "CREATE INDEX loan_next_due ON loan (next_due_on) WHERE outstanding_fen > 0",
    "CREATE INDEX repayment_loan ON repayment (loan_id, paid_on)",
    "CREATE INDEX repayment_month ON repayment (paid_month)",
    "CREATE INDEX tranche_month ON tranche (drawn_month)",
    "CREATE INDEX application_bank ON application (bank_id, status)",
    "CREATE INDEX application_submitted ON application (submitted_on, id)",
    "CREATE INDEX pledge_bank ON pledge (bank_id, status)",
    "CREATE INDEX pledge_patent_patent ON pledge_patent (patent_id)",
    "CREATE INDEX policy_insurer ON policy (insurer_id, status)",
    "CREATE INDEX claim_policy ON claim (policy_id)",
    "CREATE INDEX valuation_patent ON valuation (patent_id, tenant, valuation_date)",
    "CREATE INDEX valuation_date ON valuation (valuation_date, id)",
    "CREATE INDEX event_aggregate ON event (aggregate, version)",
    "CREATE INDEX event_time ON event (occurred_at, id)",
];

fn layouts() -> impl Iterator<Item = &'static Layout> {
    FACILITIES
        .iter()
        .chain(&APPLICATIONS)
        .chain(&INSURANCE)
        .chain(&PATENTS_AND_EVENTS)
        .chain(&recovery::LAYOUTS)
        .chain([&revaluations::LAYOUT])
}

/// The tables that a rebuild empties: all of them.
pub(crate) fn tables() -> impl Iterator<Item = &'static str> {
    layouts().map(|layout| layout.name)
}

#[async_trait::async_trait]
impl MigrationTrait for ReadModelTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for layout in layouts() {
            let mut table = Table::create().table(Alias::new(layout.name)).to_owned();
            for one in layout.columns {
                table.col(column(one));
            }
            let mut key = Index::create();
            for name in layout.key {
                key.col(Alias::new(*name));
            }
            table.primary_key(&mut key);
            if let Some(check) = layout.check {
                table.check(Expr::cust(check));
            }
            manager.create_table(table).await?;
        }
        for index in INDEXES.into_iter().chain(recovery::INDEXES) {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}
