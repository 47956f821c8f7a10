//! A licence or a transfer of patents as evidence of the market, and what must hold of it.

use chrono::NaiveDate;
use contracts::PatentId;
use finance::{IpcSymbol, Money, Rate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use super::words::{DealKind, RoyaltyBase, SourceKind};

/// A deal as it is written down: in a request, or a row of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DealDraft {
    /// What was agreed.
    pub kind: DealKind,
    /// The day of the contract.
    pub dealt_on: NaiveDate,
    /// Publication, application or grant numbers of the patents, where they are known.
    #[serde(default)]
    pub patents: Vec<String>,
    /// IPC symbols, where the patents are not known or not in the catalogue.
    #[serde(default)]
    pub ipc: Vec<String>,
    /// How many patents were dealt in together; the number of those named where absent.
    #[serde(default)]
    pub patent_count: Option<u32>,
    /// Who sold or licensed.
    pub seller: String,
    /// Who bought or was licensed.
    pub buyer: String,
    /// The price, or the lump sum of a licence, for all patents together.
    #[serde(default)]
    pub price: Option<Money>,
    /// The running royalty.
    #[serde(default)]
    pub royalty_rate: Option<Rate>,
    /// What the royalty is counted on.
    #[serde(default)]
    pub royalty_base: Option<RoyaltyBase>,
    /// The term of a licence, months.
    #[serde(default)]
    pub term_months: Option<u32>,
    /// Months for which the right still ran on the day of the contract; from the patents where absent.
    #[serde(default)]
    pub remaining_months: Option<u32>,
    /// Where it is known from.
    pub source: SourceKind,
    /// The number or address there.
    pub source_reference: String,
    /// Whether others may see it, without the parties, once it is verified.
    #[serde(default)]
    pub shared: bool,
}

/// What the catalogue knows of the patents of a deal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// The patents that are in the catalogue.
    pub ids: Vec<PatentId>,
    /// Their IPC symbols, the main class of each first.
    pub ipc: Vec<String>,
    /// The last day on which any of the rights runs.
    pub expires_on: Option<NaiveDate>,
}

/// A deal that holds together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deal {
    /// As it was written down.
    #[serde(flatten)]
    pub draft: Draft,
    /// The patents that are in the catalogue.
    pub patent_ids: Vec<PatentId>,
}

/// [`DealDraft`] with its gaps filled; a type of its own, so that stored deals keep reading if the request changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What was agreed.
    pub kind: DealKind,
    /// The day of the contract.
    pub dealt_on: NaiveDate,
    /// Numbers of the patents.
    pub patents: Vec<String>,
    /// IPC symbols.
    pub ipc: Vec<String>,
    /// How many patents.
    pub patent_count: u32,
    /// Who sold or licensed.
    pub seller: String,
    /// Who bought or was licensed.
    pub buyer: String,
    /// The price or lump sum.
    pub price: Option<Money>,
    /// The running royalty.
    pub royalty_rate: Option<Rate>,
    /// What it is counted on.
    pub royalty_base: Option<RoyaltyBase>,
    /// The term of a licence, months.
    pub term_months: Option<u32>,
    /// Months for which the right still ran.
    pub remaining_months: Option<u32>,
    /// Where it is known from.
    pub source: SourceKind,
    /// The number or address there.
    pub source_reference: String,
    /// Whether others may see it.
    pub shared: bool,
}

/// What is wrong with a field: its name, and a sentence in Chinese and in English.
pub type Flaw = (&'static str, String, String);

/// The most patents, and the most symbols, of one deal.
pub const LISTED_MAX: usize = 50;
/// The most patents that were dealt in together.
const PATENTS_MAX: u32 = 10_000;
/// The longest name or reference, characters.
pub const TEXT_CHARS_MAX: usize = 200;
/// The longest term of a licence, months: the term of an invention.
const TERM_MONTHS_MAX: u32 = 240;
/// The largest price, yuan.
const PRICE_YUAN_MAX: i64 = 1_000_000_000_000;

/// Characters of an IPC subclass: what others see of a deal's symbols.
pub const SUBCLASS_CHARS: usize = 4;

/// The subclasses of symbols, each once.
#[must_use]
pub fn subclasses(symbols: &[String]) -> Vec<String> {
    let mut found: Vec<String> =
        symbols.iter().map(|symbol| symbol.get(..SUBCLASS_CHARS).unwrap_or(symbol).to_owned()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The beginning of a symbol as somebody types it, as symbols are kept.
#[must_use]
pub fn symbol_typed(typed: &str) -> String {
    typed.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '/').collect::<String>().to_uppercase()
}

/// The deal of a draft, its gaps filled from what the catalogue knows of the patents.
///
/// # Errors
/// Everything that is wrong with it.
pub fn deal(draft: &DealDraft, known: &Known, today: NaiveDate) -> Result<Deal, Vec<Flaw>> {
    let mut flaws = Vec::new();
    let mut require = |holds: bool, field: &'static str, zh: &str, en: &str| {
        if !holds {
            flaws.push((field, zh.to_owned(), en.to_owned()));
        }
    };
    let first = NaiveDate::from_ymd_opt(1985, 4, 1);
    require(
        draft.dealt_on <= today && first.is_none_or(|first| draft.dealt_on >= first),
        "dealt_on",
        "须不晚于今天，且不早于专利法施行（1985-04-01）。",
        "It may not lie after today, nor before the Patent Law came into force (1985-04-01).",
    );
    for (field, text) in
        [("seller", &draft.seller), ("buyer", &draft.buyer), ("source_reference", &draft.source_reference)]
    {
        let length = text.trim().chars().count();
        require(
            (1..=TEXT_CHARS_MAX).contains(&length) && !text.chars().any(char::is_control),
            field,
            "必填，最多 200 个字符。",
            "Required, at most 200 characters.",
        );
    }
    require(
        draft.patents.len() <= LISTED_MAX
            && draft.patents.iter().all(|number| {
                (1..=40).contains(&number.trim().chars().count())
                    && !number.contains(|c: char| c.is_control() || c == '|')
            }),
        "patents",
        "专利号最多 50 个，每个 1 至 40 个字符，不含“|”。",
        "At most 50 numbers of 1 to 40 characters without \"|\".",
    );
    let stated: Vec<Option<String>> = draft
        .ipc
        .iter()
        .take(LISTED_MAX + 1)
        .map(|symbol| symbol.parse::<IpcSymbol>().ok().map(|symbol| symbol.as_str().to_owned()))
        .collect();
    require(
        stated.len() <= LISTED_MAX && stated.iter().all(Option::is_some),
        "ipc",
        "IPC 分类号最多 50 个，写作 C22B26/12 或 C22B。",
        "At most 50 IPC symbols, written C22B26/12 or C22B.",
    );
    let mut ipc: Vec<String> = Vec::new();
    for symbol in stated.into_iter().flatten().chain(known.ipc.iter().cloned()).take(LISTED_MAX) {
        if !ipc.contains(&symbol) {
            ipc.push(symbol);
        }
    }
    require(
        !ipc.is_empty() || !draft.ipc.is_empty(),
        "ipc",
        "请填写 IPC 分类号，或目录中的专利号。",
        "Write IPC symbols, or numbers of patents that are in the catalogue.",
    );
    let named = u32::try_from(draft.patents.len()).unwrap_or(u32::MAX);
    let patent_count = draft.patent_count.unwrap_or_else(|| named.max(1));
    require(
        (named.max(1)..=PATENTS_MAX).contains(&patent_count),
        "patent_count",
        "须不少于所列专利数，且不超过 10,000。",
        "Not fewer than the patents named, and at most 10,000.",
    );
    terms(draft, &mut require);
    if !flaws.is_empty() {
        return Err(flaws);
    }
    let remaining = draft.remaining_months.or_else(|| months(draft.dealt_on, known.expires_on?));
    Ok(Deal {
        patent_ids: known.ids.clone(),
        draft: Draft {
            kind: draft.kind,
            dealt_on: draft.dealt_on,
            patents: draft.patents.iter().map(|number| number.trim().to_owned()).collect(),
            ipc,
            patent_count,
            seller: draft.seller.trim().to_owned(),
            buyer: draft.buyer.trim().to_owned(),
            price: draft.price,
            royalty_rate: draft.royalty_rate,
            royalty_base: draft.royalty_base,
            term_months: draft.term_months,
            remaining_months: remaining,
            source: draft.source,
            source_reference: draft.source_reference.trim().to_owned(),
            shared: draft.shared,
        },
    })
}

/// Price, royalty and terms must fit each other and the kind.
fn terms(draft: &DealDraft, require: &mut impl FnMut(bool, &'static str, &str, &str)) {
    let sale = draft.kind == DealKind::Sale;
    require(
        draft.price.is_some() || draft.royalty_rate.is_some(),
        "price",
        "请填写价款或提成费率，二者至少一项。",
        "Write a price or a royalty, at least one of them.",
    );
    let most = Money::from_yuan(PRICE_YUAN_MAX).unwrap_or_default();
    require(
        draft.price.is_none_or(|price| price.is_positive() && price <= most),
        "price",
        "须大于零、不超过一万亿元。无偿许可不是价格证据。",
        "Above 0, at most 10¹² yuan. What was free is no evidence of a price.",
    );
    require(
        draft.royalty_rate.is_none_or(|rate| rate.is_share() && rate > Rate::ZERO),
        "royalty_rate",
        "须大于 0、不超过 1。",
        "Above 0, at most 1.",
    );
    require(
        draft.royalty_rate.is_some() == draft.royalty_base.is_some(),
        "royalty_base",
        "有提成费率须写明计费基数，没有则不填。",
        "A royalty names what it is counted on; without one this stays empty.",
    );
    require(
        if sale {
            draft.term_months.is_none()
        } else {
            draft.term_months.is_some_and(|m| (1..=TERM_MONTHS_MAX).contains(&m))
        },
        "term_months",
        "许可须填写期限（1 至 240 个月），转让不填。",
        "A licence has a term of 1 to 240 months; a sale has none.",
    );
    require(
        draft.remaining_months.is_none_or(|m| (1..=TERM_MONTHS_MAX).contains(&m)),
        "remaining_months",
        "须为 1 至 240 个月。",
        "1 to 240 months.",
    );
}

/// Whole months from one day to a later one; `None` where it is not later.
fn months(from: NaiveDate, to: NaiveDate) -> Option<u32> {
    use chrono::Datelike;
    let whole = (to.year() - from.year()) * 12 + i32::try_from(to.month()).ok()?
        - i32::try_from(from.month()).ok()?;
    let whole = if to.day() < from.day() { whole - 1 } else { whole };
    u32::try_from(whole).ok().filter(|months| *months > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn sale() -> DealDraft {
        DealDraft {
            kind: DealKind::Sale,
            dealt_on: day("2025-03-10"),
            patents: vec![],
            ipc: vec!["c22b 26/12".to_owned()],
            patent_count: None,
            seller: "甲大学".to_owned(),
            buyer: "乙公司".to_owned(),
            price: Some(Money::from_yuan(800_000).unwrap()),
            royalty_rate: None,
            royalty_base: None,
            term_months: None,
            remaining_months: None,
            source: SourceKind::Announcement,
            source_reference: "公告 2025-017".to_owned(),
            shared: true,
        }
    }

    fn flaws(draft: &DealDraft) -> Vec<&'static str> {
        deal(draft, &Known::default(), day("2026-11-24"))
            .err()
            .unwrap_or_default()
            .into_iter()
            .map(|f| f.0)
            .collect()
    }

    #[test]
    fn a_deal_takes_what_it_does_not_say_from_the_patents() {
        let known = Known {
            ids: vec![PatentId::from_uuid(uuid::Uuid::from_u128(1))],
            ipc: vec!["C22B26/12".to_owned(), "C01D15/08".to_owned()],
            expires_on: Some(day("2035-03-09")),
        };
        let found =
            deal(&DealDraft { patents: vec!["CN1B".to_owned()], ..sale() }, &known, day("2026-11-24"))
                .unwrap();
        assert_eq!(found.draft.ipc, ["C22B26/12", "C01D15/08"]);
        assert_eq!((found.draft.remaining_months, found.draft.patent_count), (Some(119), 1));
    }

    #[test]
    fn a_price_or_a_royalty_is_stated_and_the_terms_fit_the_kind() {
        assert!(flaws(&sale()).is_empty());
        assert_eq!(flaws(&DealDraft { price: None, ..sale() }), ["price"]);
        assert_eq!(flaws(&DealDraft { term_months: Some(12), ..sale() }), ["term_months"]);
        assert_eq!(flaws(&DealDraft { kind: DealKind::SoleLicence, ..sale() }), ["term_months"]);
        let royalty = DealDraft { royalty_rate: Some("0.03".parse().unwrap()), ..sale() };
        assert_eq!(flaws(&royalty), ["royalty_base"]);
        assert_eq!(flaws(&DealDraft { price: Some(Money::from_fen(0)), ..sale() }), ["price"]);
        for number in ["CN1\0", "CN1|CN2", " "] {
            assert_eq!(flaws(&DealDraft { patents: vec![number.to_owned()], ..sale() }), ["patents"]);
        }
    }

    #[test]
    fn a_deal_that_has_not_come_or_concerns_nothing_is_refused_at_every_field() {
        let wrong = DealDraft {
            dealt_on: day("2026-11-25"),
            ipc: vec!["22B".to_owned()],
            patent_count: Some(0),
            seller: " ".to_owned(),
            ..sale()
        };
        assert_eq!(flaws(&wrong), ["dealt_on", "seller", "ipc", "patent_count"]);
        assert_eq!(flaws(&DealDraft { ipc: vec![], ..sale() }), ["ipc"]);
    }
}
