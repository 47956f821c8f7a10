//! The index as it lies on disk or in memory: opening it, writing patents, and the marks up to which it has followed the
//! catalogue, which are committed with the patents.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyError, Term, directory::MmapDirectory,
};
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    Place,
    fields::{self, Entry, Fields, Segmenter, TOKENIZER},
};

/// Rises with every change of fields or of how words are made: an index of another format is made anew.
const FORMAT: u32 = 1;
/// What the writer may hold in memory before it writes a segment, bytes: a million patents need no more.
const WRITER_BYTES: usize = 48 * 1024 * 1024;

/// A place in the catalogue's changes: the last row's stamp and id.
pub(super) type Mark = (DateTime<Utc>, Uuid);

/// Up to where the index has followed the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Marks {
    /// The format of the index that they are of; set with each commit.
    pub format: u32,
    /// Rows up to here were read once.
    pub followed: Option<Mark>,
    /// Rows up to here were looked at when nothing older could still appear.
    pub settled: Option<Mark>,
}

/// The opened index.
pub(super) struct Shelf {
    index: Index,
    reader: IndexReader,
    pub(super) fields: Fields,
    marks: Mutex<Marks>,
}

impl Shelf {
    /// Opens the index. One that cannot be read, or is of another format, is made anew; where the folder cannot be used at
    /// all the index is in memory.
    pub(super) fn open(place: &Place) -> Result<Self, Fault> {
        if let Place::Folder(folder) = place {
            for _ in 0..2 {
                match Self::in_folder(folder) {
                    Ok(Some(shelf)) => return Ok(shelf),
                    Ok(None) => tracing::info!("the search index is of another format and is made anew"),
                    Err(fault) => tracing::warn!(%fault, "the search index does not open and is made anew"),
                }
                if let Err(error) = std::fs::remove_dir_all(folder) {
                    tracing::warn!(%error, "the search index's folder cannot be emptied");
                }
            }
            tracing::warn!("the search index is kept in memory: its folder cannot be used");
        }
        let (schema, fields) = fields::schema();
        let index = Index::builder().schema(schema).create_in_ram().map_err(fault)?;
        Self::over(index, fields)
    }

    /// The index in a folder; nothing where it is of another format.
    fn in_folder(folder: &Path) -> Result<Option<Self>, Fault> {
        let (schema, fields) = fields::schema();
        std::fs::create_dir_all(folder).map_err(|error| Fault::Other(format!("search index: {error}")))?;
        let directory = MmapDirectory::open(folder).map_err(|error| fault(error.into()))?;
        let index = Index::builder().schema(schema).open_or_create(directory).map_err(fault)?;
        let shelf = Self::over(index, fields)?;
        let fresh = shelf.reader.searcher().num_docs() == 0;
        Ok((fresh || shelf.marks().format == FORMAT).then_some(shelf))
    }

    fn over(index: Index, fields: Fields) -> Result<Self, Fault> {
        index.tokenizers().register(TOKENIZER, Segmenter);
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(fault)?;
        let shelf = Self { index, reader, fields, marks: Mutex::default() };
        shelf.look_again()?;
        Ok(shelf)
    }

    /// What is committed now, by this process or another one on the same folder.
    pub(super) fn look_again(&self) -> Result<(), Fault> {
        self.reader.reload().map_err(fault)?;
        let payload = self.index.load_metas().map_err(fault)?.payload;
        let marks = payload.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        *self.marks.lock().unwrap_or_else(PoisonError::into_inner) = marks;
        Ok(())
    }

    pub(super) fn marks(&self) -> Marks {
        *self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes marks that need not be committed: without them rows are only looked at once more.
    pub(super) fn note(&self, marks: Marks) {
        *self.marks.lock().unwrap_or_else(PoisonError::into_inner) = marks;
    }

    pub(super) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// Whether the index has a patent in this version.
    pub(super) fn has(&self, id: Uuid, version: i64) -> Result<bool, Fault> {
        let term = Term::from_field_text(self.fields.key, &fields::key(id, version));
        Ok(self.searcher().doc_freq(&term).map_err(fault)? > 0)
    }

    /// Writes patents in place of what is there of them, and the marks with them; false where another process on the same
    /// folder is writing, whose commits are then looked at instead.
    pub(super) fn write(&self, entries: &[Entry], marks: Marks) -> Result<bool, Fault> {
        let Some(mut writer) = self.writer()? else { return Ok(false) };
        for entry in entries {
            writer.delete_term(entry.term(&self.fields));
            writer.add_document(entry.document(&self.fields)).map_err(fault)?;
        }
        self.commit(&mut writer, marks)?;
        writer.wait_merging_threads().map_err(fault)?;
        self.look_again()?;
        Ok(true)
    }

    /// Empties the index, to be filled from the beginning.
    pub(super) fn empty(&self) -> Result<bool, Fault> {
        let Some(mut writer) = self.writer()? else { return Ok(false) };
        writer.delete_all_documents().map_err(fault)?;
        self.commit(&mut writer, Marks::default())?;
        self.look_again()?;
        Ok(true)
    }

    fn writer(&self) -> Result<Option<IndexWriter>, Fault> {
        match self.index.writer_with_num_threads(1, WRITER_BYTES) {
            Ok(writer) => Ok(Some(writer)),
            Err(TantivyError::LockFailure(..)) => {
                self.look_again()?;
                Ok(None)
            }
            Err(error) => Err(fault(error)),
        }
    }

    fn commit(&self, writer: &mut IndexWriter, marks: Marks) -> Result<(), Fault> {
        let text = serde_json::to_string(&Marks { format: FORMAT, ..marks })?;
        let mut prepared = writer.prepare_commit().map_err(fault)?;
        prepared.set_payload(&text);
        prepared.commit().map_err(fault)?;
        Ok(())
    }
}

pub(super) fn fault(error: TantivyError) -> Fault {
    Fault::Other(format!("search index: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{PatentRecord, patent::PatentFacts};

    fn entry(id: u128, version: i64) -> Entry {
        let facts = PatentFacts {
            publication_number: format!("CN{id}B"),
            title: "一种锂离子筛".into(),
            ..PatentFacts::default()
        };
        Entry { id: Uuid::from_u128(id), version, record: PatentRecord::of(facts, "test") }
    }

    #[test]
    fn an_index_is_found_again_in_its_folder_and_made_anew_when_it_cannot_be_read() {
        let folder = std::env::temp_dir().join(format!("search-index-{}", Uuid::new_v4()));
        let place = Place::Folder(folder.clone());
        let stamp: DateTime<Utc> = "2026-11-24T02:00:00Z".parse().unwrap();
        let marks = Marks { followed: Some((stamp, Uuid::from_u128(2))), ..Marks::default() };
        {
            let shelf = Shelf::open(&place).unwrap();
            assert!(shelf.write(&[entry(1, 1), entry(2, 1)], marks).unwrap());
            assert!(shelf.write(&[entry(1, 2)], marks).unwrap());
        }
        {
            let again = Shelf::open(&place).unwrap();
            assert_eq!(again.marks().followed, marks.followed);
            assert_eq!(again.searcher().num_docs(), 2);
            assert!(again.has(Uuid::from_u128(1), 2).unwrap());
            assert!(!again.has(Uuid::from_u128(3), 1).unwrap());
        }
        std::fs::write(folder.join("meta.json"), "{").unwrap();
        let anew = Shelf::open(&place).unwrap();
        assert_eq!((anew.searcher().num_docs(), anew.marks().followed), (0, None));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_used_leaves_the_index_in_memory() {
        let file = std::env::temp_dir().join(format!("search-index-{}", Uuid::new_v4()));
        std::fs::write(&file, "not a folder").unwrap();
        let shelf = Shelf::open(&Place::Folder(file.join("inside"))).unwrap();
        assert!(shelf.write(&[entry(1, 1)], Marks::default()).unwrap());
        assert_eq!(shelf.searcher().num_docs(), 1);
        std::fs::remove_file(file).unwrap();
    }
}
