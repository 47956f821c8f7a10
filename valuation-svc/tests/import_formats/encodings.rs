//! The same file in every encoding, with every line end and delimiter.

use encoding_rs::{GB18030, GBK};
use valuation_svc::catalogue::import;

use crate::{facts, read};

const TEXT: &str = "公开（公告）号,标题,申请（专利权）人,申请日\nCN115000001B,一种锂盐的制备方法,甲公司；乙大学,2021-03-05\n";

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

fn marked(mark: &[u8], rest: Vec<u8>) -> Vec<u8> {
    [mark, &rest].concat()
}

#[test]
fn the_bytes_tell_the_encoding() {
    for (bytes, encoding) in [
        (TEXT.as_bytes().to_vec(), "UTF-8"),
        (marked(b"\xef\xbb\xbf", TEXT.as_bytes().to_vec()), "UTF-8"),
        (GBK.encode(TEXT).0.into_owned(), "gb18030"),
        (GB18030.encode(TEXT).0.into_owned(), "gb18030"),
        (marked(b"\xff\xfe", utf16(TEXT, u16::to_le_bytes)), "UTF-16LE"),
        (marked(b"\xfe\xff", utf16(TEXT, u16::to_be_bytes)), "UTF-16BE"),
        (utf16(TEXT, u16::to_le_bytes), "UTF-16LE"),
    ] {
        let file = import::read(&bytes, None).unwrap();
        assert_eq!(file.encoding, encoding);
        let patent = &facts(file)[0];
        assert_eq!(patent.title, "一种锂盐的制备方法", "{encoding}");
        assert_eq!(patent.applicants, ["甲公司", "乙大学"], "{encoding}");
    }
}

#[test]
fn a_western_file_of_one_byte_a_letter_keeps_its_accents() {
    let bytes = b"Title,Publication number,Inventor(s)\nProc\xe9d\xe9 de s\xe9chage,FR2900000A1,M\xdcLLER\n";
    let patent = &facts(import::read(bytes, None).unwrap())[0];
    assert_eq!(patent.title, "Procédé de séchage");
    assert_eq!(patent.inventors, ["MÜLLER"]);
}

#[test]
fn every_line_end_and_delimiter_is_read() {
    for end in ["\n", "\r\n", "\r"] {
        for delimiter in [",", ";", "\t", "|"] {
            let text = TEXT.replace('；', "、").replace(',', delimiter).replace('\n', end);
            let patent = facts(read(&text).unwrap()).remove(0);
            assert_eq!(patent.publication_number, "CN115000001B", "{delimiter:?} {end:?}");
        }
    }
}

#[test]
fn a_line_that_names_the_delimiter_for_a_spreadsheet_is_passed_over() {
    let file = read("sep=;\nPublication Number;Title\nEP1654906B1;Thing, with comma\n").unwrap();
    assert_eq!((file.header_line, facts(file)[0].title.as_str()), (2, "Thing, with comma"));
}

#[test]
fn a_damaged_character_costs_the_row_that_has_it() {
    let mut bytes = TEXT.as_bytes().to_vec();
    bytes.extend("CN115000002B,一种".as_bytes());
    bytes.extend(b"\xff\n");
    let (records, refused) = import::read(&bytes, None).unwrap().into_parts();
    assert_eq!(records.len(), 1);
    assert_eq!((refused[0].line, refused[0].reason.code()), (3, "unreadable"));
    assert_eq!(refused[0].column.as_deref(), Some("标题"));
}
