//! A row becomes the facts of a patent. Everything a row says about a field that the catalogue keeps must be
//! understood, or the row is refused with the column: half a record is not imported silently.

use std::collections::BTreeSet;

use super::{
    cells::{Cells, count},
    classes,
    dates::OrderSeen,
    document::{self, Nature},
    document_number::{self, DocumentNumber},
    field::Field,
    lists, office,
    reason::{Reason, RowError},
    status,
};
use crate::catalogue::patent::{LegalStatus, PatentFacts, statutory_expiry};

/// Longest title that an office is believed to have published, bytes of UTF-8.
const TITLE_BYTES_MAX: usize = 8 * 1024;

/// Converts a row.
///
/// # Errors
/// The first cell that cannot be understood.
pub(super) fn facts(cells: &Cells<'_>, seen: &mut [OrderSeen]) -> Result<PatentFacts, RowError> {
    let number = number(cells)?;
    let nature = nature(cells, &number)?;
    let mut facts = PatentFacts {
        publication_number: number.full(),
        jurisdiction: number.office.clone(),
        document_kind: number.kind.clone(),
        kind: nature.kind,
        title: title(cells)?,
        ..PatentFacts::default()
    };
    numbers(cells, &number, nature, &mut facts)?;
    texts(cells, &mut facts)?;
    dates(cells, nature, &mut facts, seen)?;
    facts.legal_status = legal_status(cells, nature, &facts)?;
    counts(cells, &mut facts)?;
    family(cells, &mut facts)?;
    Ok(facts)
}

fn number(cells: &Cells<'_>) -> Result<DocumentNumber, RowError> {
    let (field, text) = match cells.text(Field::PublicationNumber)? {
        Some(text) => (Field::PublicationNumber, text),
        None => match cells.text(Field::GrantNumber)? {
            Some(text) => (Field::GrantNumber, text),
            None => return Err(cells.refuse(Field::PublicationNumber, Reason::Missing)),
        },
    };
    let office = cells.text(Field::Jurisdiction)?;
    let kind = cells.text(Field::DocumentKind)?;
    DocumentNumber::parse(&text, office.as_deref(), kind.as_deref())
        .map_err(|reason| cells.refuse(field, reason))
}

fn nature(cells: &Cells<'_>, number: &DocumentNumber) -> Result<Nature, RowError> {
    let document_type = cells.text(Field::DocumentType)?.unwrap_or_default();
    let kind = cells.text(Field::Kind)?.unwrap_or_default();
    Ok(document::nature(number, &document_type, &kind))
}

fn title(cells: &Cells<'_>) -> Result<String, RowError> {
    let title = cells.text(Field::Title)?.map(|text| lists::one_line(&text)).unwrap_or_default();
    if title.is_empty() {
        return Err(cells.refuse(Field::Title, Reason::Missing));
    }
    if title.len() > TITLE_BYTES_MAX {
        let reason = Reason::CellTooLarge { bytes_max: TITLE_BYTES_MAX };
        return Err(cells.refuse(Field::Title, reason));
    }
    Ok(title)
}

fn numbers(
    cells: &Cells<'_>,
    number: &DocumentNumber,
    nature: Nature,
    facts: &mut PatentFacts,
) -> Result<(), RowError> {
    if let Some(text) = cells.text(Field::ApplicationNumber)? {
        facts.application_number = document_number::application(&text, &number.office)
            .map_err(|reason| cells.refuse(Field::ApplicationNumber, reason))?;
    }
    facts.grant_number = match cells.text(Field::GrantNumber)? {
        Some(text) => {
            let parsed = DocumentNumber::parse(&text, Some(&number.office), None);
            Some(parsed.map_err(|reason| cells.refuse(Field::GrantNumber, reason))?.full())
        }
        None if nature.granted => Some(number.full()),
        None => None,
    };
    Ok(())
}

fn texts(cells: &Cells<'_>, facts: &mut PatentFacts) -> Result<(), RowError> {
    facts.abstract_text =
        cells.text(Field::AbstractText)?.map(|text| lists::one_line(&text)).filter(|text| !text.is_empty());
    facts.applicants = cells.names(Field::Applicants)?;
    facts.current_owners = cells.names(Field::CurrentOwners)?;
    facts.inventors = cells.names(Field::Inventors)?;
    facts.ipc = symbols(cells, Field::Ipc)?;
    facts.cpc = symbols(cells, Field::Cpc)?;
    facts.lens_id = cells.text(Field::LensId)?.map(|text| text.into_owned());
    facts.industry = cells.text(Field::Industry)?.map(|text| lists::one_line(&text));
    if let Some(text) = cells.text(Field::Url)? {
        let lower = text.to_ascii_lowercase();
        let web = lower.starts_with("https://") || lower.starts_with("http://");
        if !web || text.contains(char::is_whitespace) {
            return Err(cells.refuse(Field::Url, Reason::BadLink { value: text.into_owned() }));
        }
        facts.url = Some(text.into_owned());
    }
    Ok(())
}

fn symbols(cells: &Cells<'_>, field: Field) -> Result<Vec<String>, RowError> {
    let mut symbols: Vec<String> = Vec::new();
    for text in cells.texts(field)? {
        for piece in lists::symbols(&text, cells.list_separator()) {
            match classes::symbol(piece) {
                Ok(Some(symbol)) if !symbols.contains(&symbol) => symbols.push(symbol),
                Ok(_) => {}
                Err(reason) => return Err(cells.refuse(field, reason)),
            }
        }
    }
    Ok(symbols)
}

fn dates(
    cells: &Cells<'_>,
    nature: Nature,
    facts: &mut PatentFacts,
    seen: &mut [OrderSeen],
) -> Result<(), RowError> {
    facts.filing_date = cells.date(Field::FilingDate, seen)?;
    facts.publication_date = cells.date(Field::PublicationDate, seen)?;
    facts.grant_date = cells.date(Field::GrantDate, seen)?;
    if facts.grant_date.is_none() && nature.published_on_grant {
        facts.grant_date = facts.publication_date;
    }
    facts.expiry_date = match cells.date(Field::ExpiryDate, seen)? {
        None => facts.filing_date.and_then(|filed| statutory_expiry(facts.kind, &facts.jurisdiction, filed)),
        stated => stated,
    };
    facts.priority_date = match cells.date(Field::PriorityDate, seen)? {
        None => earliest_priority(cells)?,
        stated => stated,
    };
    facts.annuities_paid_to = cells.date(Field::AnnuitiesPaidTo, seen)?;
    Ok(())
}

/// Priorities are listed as number and day: `FR 1051751 A 20100311;;FR 1054449 A 20100607`.
fn earliest_priority(cells: &Cells<'_>) -> Result<Option<chrono::NaiveDate>, RowError> {
    let text = cells.text(Field::PriorityNumbers)?.unwrap_or_default();
    let day = |piece: &str| {
        let last = piece.split_whitespace().last()?;
        let digits = last.len() == 8 || last.len() == 10;
        let form = if last.len() == 8 { "%Y%m%d" } else { "%Y-%m-%d" };
        digits.then(|| chrono::NaiveDate::parse_from_str(last, form).ok()).flatten()
    };
    Ok(lists::split(&text, cells.list_separator()).into_iter().filter_map(day).min())
}

fn legal_status(cells: &Cells<'_>, nature: Nature, facts: &PatentFacts) -> Result<LegalStatus, RowError> {
    let stated = cells
        .texts(Field::LegalStatus)?
        .iter()
        .map(|text| status::legal_status(text))
        .find(|status| *status != LegalStatus::Unknown);
    let granted = nature.granted || facts.grant_date.is_some();
    Ok(stated.unwrap_or(if granted { LegalStatus::Granted } else { LegalStatus::Unknown }))
}

fn counts(cells: &Cells<'_>, facts: &mut PatentFacts) -> Result<(), RowError> {
    facts.claims = cells.count(Field::Claims)?;
    facts.independent_claims = cells.count(Field::IndependentClaims)?;
    facts.description_pages = cells.count(Field::DescriptionPages)?;
    facts.forward_citations = cells.count(Field::ForwardCitations)?;
    facts.backward_citations = match cells.count(Field::BackwardCitations)? {
        None => listed(cells, Field::CitedPatents)?,
        stated => stated,
    };
    facts.non_patent_citations = match cells.count(Field::NonPatentCitations)? {
        None => listed(cells, Field::CitedLiterature)?,
        stated => stated,
    };
    facts.licences = cells.count(Field::Licences)?;
    facts.transfers = cells.count(Field::Transfers)?;
    facts.pledges = cells.count(Field::Pledges)?;
    facts.litigations = cells.count(Field::Litigations)?;
    facts.oppositions = cells.count(Field::Oppositions)?;
    facts.invalidation_requests = cells.count(Field::InvalidationRequests)?;
    Ok(())
}

/// How many things the columns of a field list; unknown where all are empty.
fn listed(cells: &Cells<'_>, field: Field) -> Result<Option<u32>, RowError> {
    let texts = cells.texts(field)?;
    let items: usize = texts.iter().map(|text| lists::split(text, cells.list_separator()).len()).sum();
    Ok(u32::try_from(items).ok().filter(|items| *items > 0))
}

fn family(cells: &Cells<'_>, facts: &mut PatentFacts) -> Result<(), RowError> {
    let mut offices = BTreeSet::new();
    let simple = members(cells, Field::SimpleFamilyMembers, facts, &mut offices)?;
    let extended = members(cells, Field::ExtendedFamilyMembers, facts, &mut BTreeSet::new())?;
    facts.simple_family_size = cells.count(Field::SimpleFamilySize)?.or(simple);
    facts.extended_family_size = cells.count(Field::ExtendedFamilySize)?.or(extended);
    let stated = cells.text(Field::FamilyCountries)?.unwrap_or_default();
    let named: BTreeSet<String> = lists::symbols(&stated, cells.list_separator())
        .into_iter()
        .filter_map(office::named)
        .map(str::to_owned)
        .collect();
    let known = if named.is_empty() { offices } else { named };
    facts.family_countries = known.into_iter().collect();
    Ok(())
}

/// The size of a family whose members are listed, the document itself among them, and their offices. Some exports
/// put the size where others put the list.
fn members(
    cells: &Cells<'_>,
    field: Field,
    facts: &PatentFacts,
    offices: &mut BTreeSet<String>,
) -> Result<Option<u32>, RowError> {
    let Some(text) = cells.text(field)? else { return Ok(None) };
    if let Some(size) = count(&text) {
        return Ok(Some(size));
    }
    let mut documents: BTreeSet<String> = BTreeSet::from([facts.publication_number.clone()]);
    for piece in lists::symbols(&text, cells.list_separator()) {
        if let Ok(member) = DocumentNumber::parse(piece, None, None) {
            offices.insert(member.office.clone());
            documents.insert(member.full());
        }
    }
    if !offices.is_empty() {
        offices.insert(facts.jurisdiction.clone());
    }
    Ok(u32::try_from(documents.len()).ok().filter(|size| *size > 1))
}
