//! The act of quoting: looks at the risk, refuses it with every ground, or rates and stores it.

use std::collections::BTreeMap;

use chrono::{Days, Months, NaiveDate};
use contracts::{LoanId, OrgId, PatentId, QuoteId};
use finance::{Money, Rate};
use http_kit::{ActError, Fields, Problem, Who};
use rust_decimal::Decimal;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;

use super::{
    grounds::Offer,
    insured_object::Patent,
    model::{Rated, Reason, Risk, rate, referral, term},
    store::quote,
    view::{self, Quote},
};
use crate::{
    loans::{self, loan},
    products::model::{InsuredObject, Product},
};

/// How long a quote may be bound, and never after cover would have begun.
const VALID_DAYS: u64 = 30;

/// What is to be quoted.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct QuoteRequest {
    /// `enforcement`, `pledge_loan_guarantee`.
    pub product: String,
    /// Who is insured; for the guarantee, the borrower.
    pub insured_id: OrgId,
    /// The insured's name.
    pub insured_name: String,
    /// The patent, for patent products.
    #[serde(default)]
    pub patent_id: Option<PatentId>,
    /// The loan, for the guarantee.
    #[serde(default)]
    pub loan_id: Option<LoanId>,
    /// The most that one claim pays.
    pub limit_per_claim: Money,
    /// The most that all claims together pay.
    pub aggregate_limit: Money,
    /// Taken off each loss; the product's where left out.
    #[serde(default)]
    pub deductible: Option<Money>,
    /// Share of what remains that the insured bears; the product's where left out.
    #[serde(default)]
    pub coinsurance: Option<Rate>,
    /// First day of cover.
    pub starts_on: NaiveDate,
    /// Last day of cover.
    pub ends_on: NaiveDate,
    /// Values of the factors that are asked for, and declarations (`"yes"`).
    #[serde(default)]
    pub factors: BTreeMap<String, String>,
}

impl QuoteRequest {
    fn declared(&self, product: &Product) -> Vec<String> {
        let made = |code: &String| self.factors.get(code).is_some_and(|answer| answer == "yes");
        product.declarations.iter().map(|one| one.code.clone()).filter(made).collect()
    }
}

/// Whether the request holds by itself, before anything is looked up.
///
/// # Errors
/// 422 with every field that does not.
pub(crate) fn check(request: &QuoteRequest, product: &Product, today: NaiveDate) -> Result<(), Problem> {
    let mut fields = Fields::new();
    fields.text(&request.insured_name, 200, "insured_name");
    fields.amount(request.aggregate_limit, product.limit_max, "aggregate_limit");
    fields.amount(request.limit_per_claim, request.aggregate_limit, "limit_per_claim");
    let deductible = request.deductible.unwrap_or(product.deductible);
    fields.require(
        !deductible.is_negative() && deductible < request.limit_per_claim,
        "deductible",
        "免赔额不得为负，且须低于每次赔偿限额。",
        "The deductible is not negative and below the limit per claim.",
    );
    fields.require(
        request.coinsurance.is_none_or(|share| share.is_share() && share < Rate::ONE),
        "coinsurance",
        "自负比例须不小于0且小于1。",
        "The coinsurance is a share from 0 to below 1.",
    );
    fields.require(
        request.starts_on >= today,
        "starts_on",
        "起保日不得早于今天。",
        "Cover begins today or later.",
    );
    let last = request.starts_on.checked_add_months(Months::new(product.term_months_max));
    fields.require(
        request.ends_on >= request.starts_on && last.is_some_and(|last| request.ends_on < last),
        "ends_on",
        format!("终止日不得早于起保日，保险期间最长{}个月。", product.term_months_max),
        format!("Cover ends on or after its first day and lasts at most {} months.", product.term_months_max),
    );
    let (patent, loan) = (request.patent_id.is_some(), request.loan_id.is_some());
    fields.require(
        patent == (product.insures == InsuredObject::Patent),
        "patent_id",
        "专利类产品必填，其他产品不填。",
        "Needed for patent products, and only for them.",
    );
    fields.require(
        loan == (product.insures == InsuredObject::Loan),
        "loan_id",
        "质押融资保证保险必填，其他产品不填。",
        "Needed for the guarantee, and only for it.",
    );
    for code in request.factors.keys() {
        let asked = product.rating_factors.iter().any(|factor| factor.asked && factor.code == *code)
            || product.declarations.iter().any(|one| one.code == *code);
        fields.require(
            asked,
            &format!("factors.{code}"),
            "该产品不询问此因子。",
            "The product does not ask for this factor.",
        );
    }
    fields.finish()
}

/// Quotes, in the caller's transaction.
pub(crate) async fn make(
    tx: &mut Tx,
    who: &Who,
    product: &Product,
    request: &QuoteRequest,
    patent: Option<&Patent>,
) -> Result<Quote, ActError> {
    let loan = match request.loan_id {
        None => None,
        Some(id) => {
            Some(loans::find_held(tx.conn(), &who.scope(), id).await?.ok_or_else(|| unknown("loan_id"))?)
        }
    };
    if let Some(loan) = &loan
        && loan.enterprise_id != request.insured_id.uuid()
    {
        return Err(Problem::bad_fields(Vec::new())
            .with_field("insured_id", "须为该贷款的借款企业。", "This must be the loan's borrower.")
            .into());
    }
    let offer = Offer {
        product,
        patent,
        loan: loan.as_ref(),
        aggregate_limit: request.aggregate_limit,
        starts_on: request.starts_on,
        ends_on: request.ends_on,
        declared: &request.declared(product),
    };
    offer.check()?;
    let rated = rate::rate(product, &risk(product, request, patent)).map_err(unrated)?;
    let owner = patent.and_then(|patent| patent.owner_id);
    let referral = referral::reasons(product, request.aggregate_limit, &rated, request.insured_id, owner);
    let row = row(tx, who, product, request, (patent, loan.as_ref()), &rated, &referral)?;
    let stored = quote::Entity::insert(row).exec_with_returning(tx.conn()).await?;
    tx.audit([AuditEntry::new(&who.0.actor(), "quote.make", "quote", stored.id)
        .with(serde_json::json!({ "product": product.code, "premium": rated.premium }))])
        .await?;
    Ok(view::shown(stored, tx.business_date())?)
}

fn unknown(field: &'static str) -> Problem {
    Problem::bad_fields(Vec::new()).with_field(
        field,
        "没有找到，或不在您的权限范围内。",
        "Not found, or not yours to see.",
    )
}

/// 422 for a patent that the catalogue does not show to the caller.
pub(crate) fn unknown_patent() -> Problem {
    unknown("patent_id")
}

fn risk(product: &Product, request: &QuoteRequest, patent: Option<&Patent>) -> Risk {
    let rated_by = |code: &String| product.rating_factors.iter().any(|factor| factor.code == *code);
    let mut choices: BTreeMap<String, String> = request
        .factors
        .iter()
        .filter(|(code, _)| rated_by(code))
        .map(|(a, b)| (a.clone(), b.clone()))
        .collect();
    let mut measures = BTreeMap::new();
    if let Some(patent) = patent {
        choices.insert("patent_kind".to_owned(), patent.kind.clone());
        choices.insert("technology".to_owned(), patent.technology().to_owned());
        let years = patent.expires_on.map_or(0, |end| term::whole_years(request.starts_on, end));
        measures.insert("remaining_years", Decimal::from(years));
    }
    let deductible = request.deductible.unwrap_or(product.deductible);
    let share = deductible.ratio_of(request.limit_per_claim).unwrap_or_default();
    measures.insert("deductible_share", share.fraction());
    measures.insert("coinsurance", request.coinsurance.unwrap_or(product.coinsurance).fraction());
    Risk {
        aggregate_limit: request.aggregate_limit,
        starts_on: request.starts_on,
        ends_on: request.ends_on,
        choices,
        measures,
    }
}

fn unrated(refusal: rate::RateRefusal) -> ActError {
    match refusal {
        rate::RateRefusal::UnknownValue { factor, known, .. } => {
            let known = known.join(", ");
            Problem::bad_fields(Vec::new())
                .with_field(
                    format!("factors.{factor}"),
                    format!("可用的取值：{known}。"),
                    format!("The table knows: {known}."),
                )
                .into()
        }
        rate::RateRefusal::Overflow(error) => Problem::bad_fields(Vec::new())
            .with_field("aggregate_limit", "金额超出可计算范围。", error.to_string())
            .into(),
        rate::RateRefusal::NoMeasure(factor) => {
            Fault::Invariant(format!("rating factor {factor} has no measure")).into()
        }
    }
}

fn row(
    tx: &Tx,
    who: &Who,
    product: &Product,
    request: &QuoteRequest,
    (patent, loan): (Option<&Patent>, Option<&loan::Model>),
    rated: &Rated,
    referral: &[Reason],
) -> Result<quote::ActiveModel, ActError> {
    let id = QuoteId::fresh(tx.now());
    let today = tx.business_date();
    let valid_until = today.checked_add_days(Days::new(VALID_DAYS)).unwrap_or(today).min(request.starts_on);
    Ok(quote::ActiveModel {
        id: Set(id.uuid()),
        number: Set(contracts::number("Q", today, id.uuid())),
        product: Set(product.code.clone()),
        rating_version: Set(product.version.clone()),
        insurer_id: Set(who.0.tenant.uuid()),
        insurer_name: Set(who.0.tenant_name.clone()),
        insured_id: Set(request.insured_id.uuid()),
        insured_name: Set(request.insured_name.trim().to_owned()),
        patent_id: Set(request.patent_id.map(PatentId::uuid)),
        patent_number: Set(patent.map(|patent| patent.number.clone())),
        loan_id: Set(request.loan_id.map(LoanId::uuid)),
        loan_number: Set(loan.map(|loan| loan.number.clone())),
        beneficiary_id: Set(loan.map(|loan| loan.bank_id)),
        beneficiary_name: Set(loan.map(|loan| loan.bank_name.clone())),
        limit_per_claim_fen: Set(request.limit_per_claim.fen()),
        aggregate_limit_fen: Set(request.aggregate_limit.fen()),
        deductible_fen: Set(request.deductible.unwrap_or(product.deductible).fen()),
        coinsurance: Set(request.coinsurance.unwrap_or(product.coinsurance).to_string()),
        starts_on: Set(request.starts_on),
        ends_on: Set(request.ends_on),
        premium_fen: Set(rated.premium.fen()),
        rating: Set(serde_json::to_string(&rated.lines)?),
        referral: Set(serde_json::to_string(referral)?),
        declared: Set(serde_json::to_string(&request.declared(product))?),
        bound: Set(false),
        valid_until: Set(valid_until),
        maker_id: Set(who.0.user.uuid()),
        created_at: Set(tx.now()),
    })
}
