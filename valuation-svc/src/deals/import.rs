//! The act: a file of deals is written down, wholly or not at all. Each waits to be verified like one that was typed.

use std::collections::{HashMap, HashSet};

use http_kit::{ActError, Problem};
use identity::Caller;
use serde::{Deserialize, Serialize};
use tx_kit::Tx;
use utoipa::ToSchema;

use super::{
    model::{
        DealDraft,
        read::{self, COLUMNS},
    },
    record::{fresh, look_up, write},
    store,
};
use crate::reference::model::{cells::RowError, whole::FileRefusal};

/// Deals whose patents are looked up together.
const DRAFTS_AT_ONCE: usize = 200;

/// What a file came to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = DealImportResult)]
pub(super) struct Imported {
    /// Deals written down.
    pub recorded: usize,
    /// The file.
    pub file_name: String,
}

/// Reads a file off the request threads.
pub(super) async fn read(bytes: Vec<u8>) -> Result<Vec<(u64, DealDraft)>, Problem> {
    tokio::task::spawn_blocking(move || read::read(&bytes))
        .await
        .map_err(|error| Problem::fault(&error))?
        .map_err(Problem::from)
}

/// Writes the deals of a file down.
pub(super) async fn import(
    tx: &mut Tx,
    caller: &Caller,
    file_name: &str,
    drafts: &[(u64, DealDraft)],
) -> Result<Imported, ActError> {
    let references: Vec<String> =
        drafts.iter().map(|(_, draft)| draft.source_reference.trim().to_owned()).collect();
    let known = store::list_known_sources(tx.conn(), &caller.scope(), &references).await?;
    let known: HashSet<(String, String)> = known.into_iter().collect();
    let mut first: HashMap<(&str, String), u64> = HashMap::new();
    let (mut rows, mut errors) = (Vec::with_capacity(drafts.len()), Vec::new());
    let today = tx.business_date();
    for some in drafts.chunks(DRAFTS_AT_ONCE) {
        let asked: Vec<&DealDraft> = some.iter().map(|(_, draft)| draft).collect();
        let found = look_up(tx, &asked).await?;
        for (line, draft) in some {
            let source = (draft.source.name(), draft.source_reference.trim().to_owned());
            if known.contains(&(source.0.to_owned(), source.1.clone())) {
                let (zh, en) = ("该来源编号的交易已登记", "a deal of this source is written down already");
                errors.push(RowError::new(*line, Some("来源编号"), "deal-known", zh, en));
            }
            if let Some(before) = first.insert(source, *line) {
                let (zh, en) =
                    (format!("与第 {before} 行的来源编号重复"), format!("its source repeats line {before}"));
                errors.push(RowError::new(*line, Some("来源编号"), "repeated", zh, en));
            }
            match found.deal(draft, today)? {
                Ok((deal, industry)) => rows.push(fresh(tx, caller, &deal, &industry)?),
                Err(flaws) => errors.extend(flaws.into_iter().map(|(field, zh, en)| {
                    let column = COLUMNS.iter().find(|column| column.name == field).map(|column| column.zh);
                    RowError::new(*line, column, "bad-value", zh, en)
                })),
            }
        }
    }
    if !errors.is_empty() {
        return Err(FileRefusal::rows(drafts.len(), errors).into());
    }
    let recorded = rows.len();
    write(tx, caller, rows).await?;
    Ok(Imported { recorded, file_name: file_name.to_owned() })
}
