//! The overview put together: the database's sums, by bank, industry and borrower, and the ratios over them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use finance::{Money, MoneyError, Rate};
use http_kit::Lang;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    figures::{self, Exposure, Owed},
    flows::flows,
    model::{
        concentration::{herfindahl, share_of_largest},
        industry,
        month::series,
        ratio::{mean, ratio, ratio_of_counts, weighted_rate},
    },
    overview::{BankFigures, Borrower, HeatField, IndustryFigures, MarketTotals, Overview},
    risk::{self, Group},
};

/// Borrowers shown by name in the concentration list.
const BORROWERS_SHOWN: usize = 20;
/// Borrowers whose share is a bank's `top10_share`.
const LARGEST: usize = 10;

fn does_not_fit(error: MoneyError) -> Fault {
    Fault::Corrupt(error.to_string())
}

/// The overview at a business date.
///
/// # Errors
/// The database's fault; a sum that does not fit.
pub(super) async fn put_together(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    today: NaiveDate,
    lang: Lang,
) -> Result<Overview, Fault> {
    let owed = figures::owed(conn, scope).await?;
    let exposures = figures::exposures(conn, scope).await?;
    let by_month = series(&flows(conn, scope).await?, today).map_err(does_not_fit)?;
    let groups = risk::groups(conn, scope).await?;
    let by_bank = banks(conn, scope, (&owed, &exposures, &groups)).await?;
    let pledges = figures::pledges(conn, scope).await?;
    let cover = figures::cover(conn, scope, today).await?;
    let claims = figures::claims(conn, scope).await?;
    let newest = figures::newest_event(conn).await?;
    let add = |amounts: &dyn Fn(&BankFigures) -> Money| {
        Money::total(by_bank.iter().map(amounts)).map_err(does_not_fit)
    };
    let outstanding = add(&|bank| bank.outstanding)?;
    let collateral_value = add(&|bank| bank.collateral_value)?;
    let quality = risk::of_all(&groups)?;
    let borrowers: BTreeSet<Uuid> = exposures.iter().map(|one| one.enterprise_id).collect();
    let registered = Money::total(pledges.iter().map(|row| Money::from_fen(row.secured_fen)));
    let totals = MarketTotals {
        banks: whole(by_bank.len()),
        facilities: by_bank.iter().map(|bank| bank.facilities).sum(),
        limit: add(&|bank| bank.limit)?,
        drawn: add(&|bank| bank.drawn)?,
        reserved: add(&|bank| bank.reserved)?,
        available: add(&|bank| bank.available)?,
        loans: by_bank.iter().map(|bank| bank.loans).sum(),
        outstanding,
        granted_amount: figures::granted(conn, scope).await?,
        registered_amount: registered.map_err(does_not_fit)?,
        enterprises: whole(borrowers.len()),
        overdue_loans: figures::overdue_loans(conn, scope, today).await?,
        nonperforming: quality.nonperforming,
        nonperforming_ratio: quality.nonperforming_ratio(),
        provision: quality.provision,
        provision_cover: quality.provision_cover(),
        weighted_rate: rate_of(owed.iter())?,
        collateral_value,
        ltv: ratio(outstanding, collateral_value),
        applications: by_bank.iter().map(|bank| bank.applications).sum(),
        policies: cover.policies,
        insured_amount: Money::from_fen(cover.limit_fen),
        premium: Money::total(by_month.iter().map(|month| month.premium)).map_err(does_not_fit)?,
        claims: claims.claims,
        claims_reserve: Money::from_fen(claims.reserve_fen),
        claims_paid: Money::from_fen(claims.paid_fen),
    };
    Ok(Overview {
        as_of: today,
        newest_event_at: newest.as_ref().map(|event| event.occurred_at),
        lag_seconds: newest.map_or(0, |event| event.on_its_way_ms / 1000),
        by_industry: industries(&owed, outstanding, lang)?,
        by_tier: risk::by_tier(&groups, outstanding)?,
        by_stage: risk::by_stage(&groups, outstanding)?,
        heat_map: heat_map(&owed)?,
        concentration: largest_borrowers(&exposures, outstanding)?,
        totals,
        by_bank,
        by_month,
    })
}

fn whole(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn rate_of<'o>(owed: impl Iterator<Item = &'o Owed>) -> Result<Option<Rate>, Fault> {
    let parts: Vec<(Money, Rate)> = owed
        .map(|row| Ok((Money::from_fen(row.outstanding_fen), row.rate()?)))
        .collect::<Result<_, Fault>>()?;
    Ok(weighted_rate(parts))
}

/// The banks in the order of what they are owed, largest first.
async fn banks(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (owed, exposures, groups): (&[Owed], &[Exposure], &[Group]),
) -> Result<Vec<BankFigures>, Fault> {
    let mut names: BTreeMap<Uuid, String> = BTreeMap::new();
    for named in figures::bank_names(conn, scope).await? {
        names.entry(named.bank_id).or_insert(named.bank_name);
    }
    let mut banks: BTreeMap<Uuid, BankFigures> =
        names.into_iter().map(|(id, name)| (id, no_business(id, name))).collect();
    for row in figures::lines(conn, scope).await? {
        let Some(bank) = banks.get_mut(&row.bank_id) else { continue };
        let (limit, drawn, reserved) = (
            Money::from_fen(row.limit_fen),
            Money::from_fen(row.drawn_fen),
            Money::from_fen(row.reserved_fen),
        );
        bank.facilities += row.facilities;
        bank.limit = bank.limit.checked_add(limit).map_err(does_not_fit)?;
        bank.drawn = bank.drawn.checked_add(drawn).map_err(does_not_fit)?;
        bank.reserved = bank.reserved.checked_add(reserved).map_err(does_not_fit)?;
        if row.status == "active" {
            bank.available = limit.saturating_sub(drawn).saturating_sub(reserved);
        }
    }
    for bank in banks.values_mut() {
        let of_bank = |row: &&Owed| row.bank_id == bank.bank_id.uuid();
        bank.loans = owed.iter().filter(of_bank).map(|row| row.loans).sum();
        bank.weighted_rate = rate_of(owed.iter().filter(of_bank))?;
        let borrowers: Vec<Money> = exposures
            .iter()
            .filter(|one| one.bank_id == bank.bank_id.uuid())
            .map(|one| Money::from_fen(one.outstanding_fen))
            .collect();
        bank.outstanding = Money::total(borrowers.iter().copied()).map_err(does_not_fit)?;
        bank.enterprises = whole(borrowers.len());
        bank.hhi = herfindahl(&borrowers);
        bank.top10_share = share_of_largest(&borrowers, LARGEST);
    }
    for (id, quality) in risk::by_bank(groups)? {
        if let Some(bank) = banks.get_mut(&id.uuid()) {
            bank.nonperforming = quality.nonperforming;
            bank.nonperforming_ratio = quality.nonperforming_ratio();
            bank.provision = quality.provision;
            bank.provision_cover = quality.provision_cover();
        }
    }
    decisions_and_collateral(conn, scope, &mut banks).await?;
    let mut banks: Vec<BankFigures> = banks.into_values().collect();
    for bank in &mut banks {
        bank.utilisation = ratio(bank.drawn, bank.limit);
        bank.ltv = ratio(bank.outstanding, bank.collateral_value);
    }
    banks.sort_by(|a, b| b.outstanding.cmp(&a.outstanding).then(a.bank_id.cmp(&b.bank_id)));
    Ok(banks)
}

async fn decisions_and_collateral(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    banks: &mut BTreeMap<Uuid, BankFigures>,
) -> Result<(), Fault> {
    let mut decided: BTreeMap<Uuid, (i64, i64)> = BTreeMap::new();
    for row in figures::applications(conn, scope).await? {
        let Some(bank) = banks.get_mut(&row.bank_id) else { continue };
        bank.applications += row.applications;
        if row.status == "approved" {
            bank.approved = row.applications;
        }
        if matches!(row.status.as_str(), "approved" | "refused") {
            let (count, days) = decided.entry(row.bank_id).or_default();
            *count += row.applications;
            *days += row.days;
        }
    }
    for (id, (count, days)) in decided {
        if let Some(bank) = banks.get_mut(&id) {
            bank.approval_rate = ratio_of_counts(bank.approved, count);
            bank.average_days_to_decision = mean(days, count);
        }
    }
    for row in figures::pledges(conn, scope).await? {
        if let Some(bank) = banks.get_mut(&row.bank_id)
            && row.status == "registered"
        {
            bank.collateral_value = Money::from_fen(row.collateral_fen);
        }
    }
    Ok(())
}

fn no_business(bank: Uuid, bank_name: String) -> BankFigures {
    BankFigures {
        bank_id: bank.into(),
        bank_name,
        facilities: 0,
        limit: Money::ZERO,
        drawn: Money::ZERO,
        reserved: Money::ZERO,
        available: Money::ZERO,
        utilisation: None,
        loans: 0,
        outstanding: Money::ZERO,
        enterprises: 0,
        nonperforming: Money::ZERO,
        nonperforming_ratio: None,
        provision: Money::ZERO,
        provision_cover: None,
        weighted_rate: None,
        applications: 0,
        approved: 0,
        approval_rate: None,
        average_days_to_decision: None,
        collateral_value: Money::ZERO,
        ltv: None,
        hhi: None,
        top10_share: None,
    }
}

fn industries(owed: &[Owed], outstanding: Money, lang: Lang) -> Result<Vec<IndustryFigures>, Fault> {
    let mut sums: BTreeMap<&str, (Money, i64)> = BTreeMap::new();
    for row in owed {
        let (amount, loans) = sums.entry(&row.industry).or_default();
        *amount = amount.checked_add(Money::from_fen(row.outstanding_fen)).map_err(does_not_fit)?;
        *loans += row.loans;
    }
    let name = |code| match lang {
        Lang::Zh => industry::name_zh(code),
        Lang::En => industry::name_en(code),
    };
    let mut found: Vec<IndustryFigures> = sums
        .into_iter()
        .map(|(code, (amount, loans))| IndustryFigures {
            industry: code.to_owned(),
            industry_name: name(code).to_owned(),
            outstanding: amount,
            loans,
            share: ratio(amount, outstanding),
        })
        .collect();
    found.sort_by(|a, b| b.outstanding.cmp(&a.outstanding).then(a.industry.cmp(&b.industry)));
    Ok(found)
}

fn heat_map(owed: &[Owed]) -> Result<Vec<HeatField>, Fault> {
    let mut fields: BTreeMap<(Uuid, &str), Money> = BTreeMap::new();
    for row in owed {
        let field = fields.entry((row.bank_id, &row.industry)).or_default();
        *field = field.checked_add(Money::from_fen(row.outstanding_fen)).map_err(does_not_fit)?;
    }
    Ok(fields
        .into_iter()
        .map(|((bank, industry), outstanding)| HeatField {
            bank_id: bank.into(),
            industry: industry.to_owned(),
            outstanding,
        })
        .collect())
}

fn largest_borrowers(exposures: &[Exposure], outstanding: Money) -> Result<Vec<Borrower>, Fault> {
    let mut sums: BTreeMap<Uuid, (&str, Money)> = BTreeMap::new();
    for one in exposures {
        let (_, sum) = sums.entry(one.enterprise_id).or_insert((&one.enterprise_name, Money::ZERO));
        *sum = sum.checked_add(Money::from_fen(one.outstanding_fen)).map_err(does_not_fit)?;
    }
    let mut found: Vec<Borrower> = sums
        .into_iter()
        .map(|(id, (name, sum))| Borrower {
            enterprise_id: id.into(),
            enterprise_name: name.to_owned(),
            outstanding: sum,
            share: ratio(sum, outstanding),
        })
        .collect();
    found.sort_by(|a, b| b.outstanding.cmp(&a.outstanding).then(a.enterprise_id.cmp(&b.enterprise_id)));
    found.truncate(BORROWERS_SHOWN);
    Ok(found)
}
