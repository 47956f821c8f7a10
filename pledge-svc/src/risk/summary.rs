//! The risk of a bank's loans, or of all, in figures: tiers, stages, warnings, cover, and who went where.

use axum::{Json, extract::State};
use chrono::{Months, NaiveDate};
use contracts::OrgId;
use finance::{EclStage, Money, MoneyError, Rate};
use http_kit::{Api, Fields, Problem, QueryOf, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    model::{Bucket, Flag, Flags, Tier},
    store::{
        self,
        sums::{self, Migration, Sum},
    },
    view::ratio,
};
use crate::state::App;

/// The route of this file.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::RiskRead, routes!(summarise))
}

/// Of which bank, and between which days loans are followed.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct SummaryQuery {
    /// The bank; a bank's people always ask about their own. The regulator without one: all banks.
    bank_id: Option<OrgId>,
    /// The first day of the migration; a month before the second where none is named.
    from: Option<NaiveDate>,
    /// Its second day; today where none is named.
    to: Option<NaiveDate>,
}

/// Loans of a group.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
struct Figures {
    /// How many loans.
    loans: i64,
    /// Principal outstanding: a bank's own part of it.
    balance: Money,
    /// Provided for.
    provision: Money,
    /// Provision ÷ balance.
    cover: Option<Rate>,
    /// Balance ÷ balance of all.
    share: Option<Rate>,
}

/// Loans of a tier.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct OfTier {
    /// The tier.
    tier: Tier,
    #[serde(flatten)]
    figures: Figures,
}

/// Loans of a stage.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct OfStage {
    /// 1, 2 or 3.
    stage: u8,
    #[serde(flatten)]
    figures: Figures,
}

/// Loans overdue by so many days.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct OfBand {
    /// The band.
    overdue: Bucket,
    #[serde(flatten)]
    figures: Figures,
}

/// Loans with a warning; one may have several.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct OfFlag {
    /// The warning.
    flag: Flag,
    #[serde(flatten)]
    figures: Figures,
}

/// Loans that went from a tier to a tier.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Moved {
    /// The tier on the first day; null for loans that came since.
    from: Option<Tier>,
    /// The tier on the second day; null for loans that ended since.
    to: Option<Tier>,
    /// How many loans.
    loans: i64,
}

/// Who went where between two days.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct MigrationView {
    /// The first day.
    from: NaiveDate,
    /// The second.
    to: NaiveDate,
    /// The moves that there were.
    moves: Vec<Moved>,
}

/// The figures together.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct SummaryView {
    /// The day.
    on: NaiveDate,
    /// All loans on which something is owed.
    all: Figures,
    /// By tier, best first.
    tiers: Vec<OfTier>,
    /// By stage.
    stages: Vec<OfStage>,
    /// By days overdue.
    overdue: Vec<OfBand>,
    /// By warning.
    flags: Vec<OfFlag>,
    /// Non-performing loans.
    nonperforming: Figures,
    /// 不良贷款率: non-performing balance ÷ balance; null where nothing is owed.
    nonperforming_ratio: Option<Rate>,
    /// 拨备覆盖率: provision ÷ non-performing balance; null where nothing is non-performing.
    provision_cover: Option<Rate>,
    /// Loans that no close of business has assessed yet; they count as normal in stage 1.
    unassessed: Figures,
    /// Who went where.
    migration: MigrationView,
}

fn broken(error: MoneyError) -> Fault {
    Fault::Corrupt(format!("a sum of loans: {error}"))
}

fn total<'a>(sums: impl IntoIterator<Item = &'a Sum>) -> Result<Sum, Fault> {
    sums.into_iter().try_fold(Sum::default(), |all, one| {
        Ok(Sum {
            loans: all.loans + one.loans,
            balance: all.balance.checked_add(one.balance).map_err(broken)?,
            provision: all.provision.checked_add(one.provision).map_err(broken)?,
        })
    })
}

fn figures(sum: Sum, all: Sum) -> Figures {
    Figures {
        loans: sum.loans,
        balance: sum.balance,
        provision: sum.provision,
        cover: ratio(sum.provision, sum.balance),
        share: ratio(sum.balance, all.balance),
    }
}

/// The sum of those groups whose key fits.
fn of<K>(groups: &[(K, Sum)], fits: impl Fn(&K) -> bool) -> Result<Sum, Fault> {
    total(groups.iter().filter(|(key, _)| fits(key)).map(|(_, sum)| sum))
}

fn moved(found: &[Migration]) -> Result<Vec<Moved>, Fault> {
    found
        .iter()
        .map(|one| {
            Ok(Moved {
                from: one.from.map(store::tier).transpose()?,
                to: one.to.map(store::tier).transpose()?,
                loans: one.loans,
            })
        })
        .collect()
}

/// The risk of loans in figures.
#[utoipa::path(get, path = "/risk/summary", tag = "risk", operation_id = "summarise_risk",
    params(SummaryQuery), responses((status = 200, body = SummaryView)))]
async fn summarise(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<SummaryQuery>,
) -> Result<Json<SummaryView>, Problem> {
    let (conn, scope, bank) = (app.db.read(), who.scope(), query.bank_id);
    let on = app.db.clock().business_date();
    let mut fields = Fields::new();
    fields.has_come(query.to, on, "to");
    fields.finish()?;
    let to = query.to.unwrap_or(on);
    let from = query.from.or(to.checked_sub_months(Months::new(1))).unwrap_or(to);
    if from > to {
        return Err(Problem::bad_fields(Vec::new()).with_field(
            "from",
            format!("起始日不得晚于截止日 {to}。"),
            format!("The first day may not lie after the second, {to}."),
        ));
    }
    let groups = sums::find_by_tier_and_stage(conn, &scope, bank).await?;
    let all = total(groups.iter().map(|(_, sum)| sum))?;
    let bands = sums::find_by_band(conn, &scope, bank).await?;
    let flagged = sums::find_by_flags(conn, &scope, bank).await?;
    let assessed = sums::find_by_assessed(conn, &scope, bank).await?;
    let migrations = sums::find_migrations(conn, &scope, bank, from, to).await?;
    let bad = of(&groups, |(tier, _)| *tier >= Tier::Substandard.number())?;
    let tiers = Tier::ALL.map(|tier| {
        let sum = of(&groups, |(number, _)| *number == tier.number())?;
        Ok::<_, Fault>(OfTier { tier, figures: figures(sum, all) })
    });
    let stages = EclStage::ALL.map(|stage| {
        let sum = of(&groups, |(_, number)| *number == i32::from(stage.number()))?;
        Ok::<_, Fault>(OfStage { stage: stage.number(), figures: figures(sum, all) })
    });
    let overdue = (0..).zip(Bucket::ALL).map(|(number, overdue)| {
        let sum = of(&bands, |key| *key == number)?;
        Ok::<_, Fault>(OfBand { overdue, figures: figures(sum, all) })
    });
    let flags = Flag::ALL.map(|flag| {
        let sum = of(&flagged, |bits| Flags::from_bits(*bits).has(flag))?;
        Ok::<_, Fault>(OfFlag { flag, figures: figures(sum, all) })
    });
    Ok(Json(SummaryView {
        on,
        all: figures(all, all),
        tiers: tiers.into_iter().collect::<Result<_, _>>()?,
        stages: stages.into_iter().collect::<Result<_, _>>()?,
        overdue: overdue.collect::<Result<_, _>>()?,
        flags: flags.into_iter().collect::<Result<_, _>>()?,
        nonperforming: figures(bad, all),
        nonperforming_ratio: ratio(bad.balance, all.balance),
        provision_cover: ratio(all.provision, bad.balance),
        unassessed: figures(of(&assessed, |key| *key == 0)?, all),
        migration: MigrationView { from, to, moves: moved(&migrations)? },
    }))
}
