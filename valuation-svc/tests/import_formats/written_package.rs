//! Workbooks of any size, written in no time: what repeats is compressed once, and its compressed bytes are repeated. The
//! packages are sound (RFC 1951, APPNOTE 6.3): sizes and checksums are those of the whole content.

use std::iter;

/// The polynomial of the checksum, lowest power first (ISO 3309).
const POLYNOMIAL: u32 = 0xedb8_8320;
/// What ends a compressed content: a last block with nothing in it.
const LAST_BLOCK: [u8; 5] = [1, 0, 0, 0xff, 0xff];
/// What lets the bytes before it be followed by anything: an empty stored block.
const EMPTY_BLOCK: [u8; 4] = [0, 0, 0xff, 0xff];
/// Kinds of relationships.
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
/// The longest copy of what came before, bytes.
const COPY_MAX: usize = 258;

/// The content of a part: XML, of which most may repeat.
#[derive(Debug, Clone, Default)]
pub struct Content {
    compressed: Vec<u8>,
    size: u64,
    checksum: u32,
}

impl Content {
    /// What is said once.
    pub fn once(self, text: &str) -> Self {
        if text.is_empty() { self } else { self.times(text, 1, 1) }
    }

    /// A text `inner` times, compressed as one block; that `outer` times.
    pub fn times(self, text: &str, inner: usize, outer: usize) -> Self {
        let whole = text.repeat(inner);
        let content = Self {
            compressed: block(text.as_bytes(), inner),
            size: whole.len() as u64,
            checksum: checksum(whole.as_bytes()),
        };
        self.with(&content, outer)
    }

    /// Another content so many times.
    pub fn with(mut self, content: &Self, times: usize) -> Self {
        let moved = power(8 * content.size);
        for _ in 0..times {
            self.compressed.extend_from_slice(&content.compressed);
            self.size += content.size;
            self.checksum = multiplied(moved, self.checksum) ^ content.checksum;
        }
        self
    }
}

/// A workbook of one sheet; `more` parts beside it by their names.
pub fn workbook(sheet: &Content, more: &[(&str, Content)]) -> Vec<u8> {
    named(&["1".to_owned()], sheet, more)
}

/// A workbook in which equal sheets, each a part, stand under several names.
pub fn named(names: &[String], sheet: &Content, more: &[(&str, Content)]) -> Vec<u8> {
    let (mut sheets, mut relations) = (String::new(), String::new());
    let mut parts = Vec::new();
    for (id, name) in (1..).zip(names) {
        sheets += &format!("<sheet name=\"{name}\" sheetId=\"{id}\" r:id=\"rId{id}\"/>");
        relations += &relation(&format!("rId{id}"), "worksheet", &format!("worksheets/sheet{id}.xml"));
        parts.push((format!("xl/worksheets/sheet{id}.xml"), sheet.clone()));
    }
    let mut all: Vec<(&str, Content)> =
        parts.iter().map(|(name, content)| (name.as_str(), content.clone())).collect();
    all.extend_from_slice(more);
    described(&Content::default().once(&sheets), &Content::default().once(&relations), &all)
}

/// A relationship of a workbook.
pub fn relation(id: &str, kind: &str, target: &str) -> String {
    format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
}

/// A workbook with such sheets and relationships, as they are written, and such parts beside it.
pub fn described(sheets: &Content, relations: &Content, parts: &[(&str, Content)]) -> Vec<u8> {
    let related = |relations: &Content| {
        Content::default()
            .once("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">")
            .with(relations, 1)
            .once("</Relationships>")
    };
    let book = Content::default()
        .once(&format!(
            "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
             xmlns:r=\"{OFFICE}\"><sheets>"
        ))
        .with(sheets, 1)
        .once("</sheets></workbook>");
    let place = Content::default().once(&relation("rId1", "officeDocument", "xl/workbook.xml"));
    let mut all = vec![
        ("_rels/.rels", related(&place)),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", related(relations)),
    ];
    all.extend_from_slice(parts);
    package(&all)
}

fn package(parts: &[(&str, Content)]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let compressed = [content.compressed.as_slice(), &LAST_BLOCK].concat();
        // Version 2.0, no flags, deflated, midnight of 1 January 1980.
        let mut about = vec![20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
        about.extend(content.checksum.to_le_bytes());
        about.extend(u32::try_from(compressed.len()).unwrap().to_le_bytes());
        about.extend(u32::try_from(content.size).unwrap().to_le_bytes());
        about.extend(u32::try_from(name.len()).unwrap().to_le_bytes());
        let at = u32::try_from(file.len()).unwrap();
        file.extend([b"PK\x03\x04", about.as_slice(), name.as_bytes(), &compressed].concat());
        directory.extend([b"PK\x01\x02\x14\x00", about.as_slice(), &[0; 10], &at.to_le_bytes()].concat());
        directory.extend(name.as_bytes());
    }
    let (at, entries) = (u32::try_from(file.len()).unwrap(), u16::try_from(parts.len()).unwrap());
    let size = u32::try_from(directory.len()).unwrap();
    file.append(&mut directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend([entries.to_le_bytes(), entries.to_le_bytes()].concat());
    file.extend([size.to_le_bytes(), at.to_le_bytes()].concat());
    file.extend([0, 0]);
    file
}

/// One block with the fixed codes, that refers to nothing before it and ends at a whole byte.
fn block(text: &[u8], times: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    // Not the last block, fixed codes.
    bits.put(0b010, 3);
    text.iter().for_each(|byte| bits.literal(*byte));
    let repeated = text.len() * (times - 1);
    for _ in 0..repeated / COPY_MAX {
        bits.copy(text.len());
    }
    let rest = repeated % COPY_MAX;
    text.iter().cycle().skip((repeated - rest) % text.len()).take(rest).for_each(|byte| bits.literal(*byte));
    bits.code(0, 7);
    bits.put(0, 3);
    if bits.count > 0 {
        bits.bytes.push(bits.held.to_le_bytes()[0]);
    }
    bits.bytes.extend(EMPTY_BLOCK);
    bits.bytes
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        self.held |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.held.to_le_bytes()[0]);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// A code goes out from its highest bit.
    fn code(&mut self, code: u32, count: u32) {
        self.put(code.reverse_bits() >> (32 - count), count);
    }

    fn literal(&mut self, byte: u8) {
        match u32::from(byte) {
            low @ ..144 => self.code(0x30 + low, 8),
            high => self.code(0x190 + high - 144, 9),
        }
    }

    /// A copy of the greatest length from so many bytes before.
    fn copy(&mut self, distance: usize) {
        self.code(0xc5, 8);
        let beyond = u32::try_from(distance - 1).unwrap();
        assert!(beyond < 32_768, "a text that repeats fits into the window");
        if beyond < 4 {
            self.code(beyond, 5);
        } else {
            let extra = beyond.ilog2() - 1;
            self.code(2 * (extra + 1) + ((beyond >> extra) & 1), 5);
            self.put(beyond & ((1 << extra) - 1), extra);
        }
    }
}

fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (POLYNOMIAL * (sum & 1)))
    })
}

/// The product of two polynomials modulo that of the checksum: by a power, it moves a checksum as many bits on.
fn multiplied(first: u32, second: u32) -> u32 {
    let powers = iter::successors(Some(second), |b| Some((b >> 1) ^ (POLYNOMIAL * (b & 1))));
    (0..32).rev().zip(powers).fold(0, |sum, (bit, power)| sum ^ (power * ((first >> bit) & 1)))
}

/// The power of `x`.
fn power(mut exponent: u64) -> u32 {
    let (mut found, mut square) = (1 << 31, 1 << 30);
    while exponent > 0 {
        if exponent & 1 == 1 {
            found = multiplied(found, square);
        }
        square = multiplied(square, square);
        exponent >>= 1;
    }
    found
}
