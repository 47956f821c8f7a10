//! The checks of importers: any bytes in, rows or a refusal in words out, the same whichever way the file is read.

use std::ops::ControlFlow;

use valuation_svc::{
    backtests::model::realisation,
    catalogue::import::{Limits, plain, read_within, stream_within},
    deals,
    reference::model::{
        TableKind,
        whole::{self, FileRefusal},
    },
};

/// Small limits: what is refused beyond them is refused the same way at any size.
fn limits() -> Limits {
    Limits {
        workbook_bytes_max: 4 << 20,
        workbook_cells_max: 20_000,
        workbook_texts_max: 20_000,
        ..Limits::default()
    }
}

/// A file of patents: what is read at once adds up, and row by row it is as many rows or the same refusal.
pub fn any_patents(bytes: &[u8]) {
    let mut handed = 0;
    let streamed = stream_within(bytes, None, &limits(), &mut |total, _| {
        handed += 1;
        assert!(handed <= total);
        ControlFlow::Continue(())
    });
    let read = read_within(bytes, None, &limits());
    assert_eq!(read.as_ref().err(), streamed.as_ref().err());
    match read {
        Ok(file) => {
            assert_eq!(file.read, file.rows.len() as u64 + file.duplicates);
            assert_eq!(file.read, handed);
        }
        Err(problem) => {
            assert!(problem.zh().ends_with('。') && problem.en().ends_with('.'));
            assert_eq!(handed, 0);
        }
    }
}

/// A file of a subject other than the patents' (reference tables, deals): a table with a header, or a refusal in words.
pub fn any_upload(bytes: &[u8]) {
    let recognise = |headers: &[String]| headers.iter().filter(|header| !header.is_empty()).count();
    match plain::table(bytes, &recognise, &limits()) {
        Ok(table) => assert!(!table.headers.is_empty()),
        Err(problem) => assert!(problem.zh().ends_with('。') && problem.en().ends_with('.')),
    }
    for kind in TableKind::ALL {
        told(whole::read(kind, bytes).err());
        let header: Vec<&str> = kind.columns().iter().map(|column| column.zh).collect();
        let below = [header.join(",").as_bytes(), b"\n", bytes].concat();
        told(whole::read(kind, &below).err());
    }
    told(realisation::read(bytes).err());
    let header: Vec<&str> = realisation::COLUMNS.iter().map(|column| column.zh).collect();
    told(realisation::read(&[header.join(";").as_bytes(), b"\n", bytes].concat()).err());
    told(deals::model::read::read(bytes).err());
    let header: Vec<&str> = deals::model::read::COLUMNS.iter().map(|column| column.en).collect();
    told(deals::model::read::read(&[header.join("\t").as_bytes(), b"\n", bytes].concat()).err());
    told(deals::model::read::read(&[b"{\"kind\":\"sale\"}\n{", bytes].concat()).err());
}

fn told(refusal: Option<FileRefusal>) {
    if let Some(FileRefusal::Rows { count, errors, .. }) = refusal {
        assert!(count > 0 && !errors.is_empty() && errors.len() <= whole::ERRORS_MAX);
        assert!(
            errors.iter().all(|error| !error.code.is_empty() && !error.zh.is_empty() && !error.en.is_empty())
        );
    }
}
