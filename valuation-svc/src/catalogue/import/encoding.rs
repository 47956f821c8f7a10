//! The bytes of a delimited file as text: which encoding, decided by the bytes unless a mapping says it.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes looked at when guessing.
const SAMPLE_BYTES: usize = 256 * 1024;

/// Words that stand in the header of a Chinese patent export.
const CHINESE_HEADER_WORDS: [&str; 6] = ["公开", "公告", "申请", "专利", "标题", "发明"];

/// A file as text.
#[derive(Debug)]
pub(super) struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub encoding: &'static Encoding,
    /// Some bytes had no meaning in the encoding and stand as U+FFFD.
    pub lossy: bool,
}

/// Decodes by the encoding stated, else by byte-order mark, else by what the bytes can be.
pub(super) fn decode<'a>(bytes: &'a [u8], stated: Option<&'static Encoding>) -> Decoded<'a> {
    let encoding = stated.unwrap_or_else(|| detect(bytes));
    let (text, used, lossy) = encoding.decode(bytes);
    let text = match text {
        Cow::Owned(text) if text.starts_with('\u{feff}') => Cow::Owned(text.replacen('\u{feff}', "", 1)),
        other => other,
    };
    Decoded { text, encoding: used, lossy }
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        return encoding;
    }
    if is_utf8_with_slips(bytes) {
        return UTF_8;
    }
    if is_gb18030(bytes) { GB18030 } else { WINDOWS_1252 }
}

/// UTF-16 without its mark shows by zero bytes on one side of the pairs (digits and delimiters); a few on the
/// other side belong to characters such as `一`, U+4E00.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096)];
    let zeros = |parity: usize| sample.iter().skip(parity).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let pairs = sample.len() / 2;
    let clearly = |many: usize, few: usize| pairs > 0 && many * 10 > pairs && many > 4 * few;
    if clearly(odd, even) {
        Some(UTF_16LE)
    } else if clearly(even, odd) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Valid UTF-8, or so nearly that another encoding is out of the question: a damaged character must not
/// turn every other one of the file into mojibake.
fn is_utf8_with_slips(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
        if bad > 1000 && good < 20 * bad {
            return false;
        }
    }
    bad == 0 || good >= 20 * bad
}

/// Chinese text has its high bytes in pairs of the GB 2312 plane; a European letter stands alone between
/// ASCII ones.
fn is_gb18030(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let (text, _) = GB18030.decode_without_bom_handling(sample);
    if CHINESE_HEADER_WORDS.iter().any(|word| text.contains(word)) {
        return true;
    }
    let (mut paired, mut alone) = (0_usize, 0_usize);
    let mut at = 0;
    while at < sample.len() {
        let (byte, next) = (sample[at], sample.get(at + 1).copied().unwrap_or(0));
        if byte < 0x80 {
            at += 1;
        } else if (0xa1..=0xf7).contains(&byte) && next >= 0xa1 {
            paired += 2;
            at += 2;
        } else {
            alone += 1;
            at += 1;
        }
    }
    paired > 4 * alone
}

/// What a file that is no table looks like by its first bytes.
pub(super) fn looks_like(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 9] = [
        (b"%PDF", "PDF"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"GIF8", "GIF"),
        (b"\x1f\x8b", "GZIP"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"Rar!", "RAR"),
        (b"{\\rtf", "RTF"),
        (b"SQLite format 3", "SQLite"),
    ];
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(name);
    }
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start: Vec<u8> =
        start.iter().skip_while(|b| b.is_ascii_whitespace()).take(15).map(u8::to_ascii_lowercase).collect();
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
        Some("HTML")
    } else if start.starts_with(b"<?xml") {
        Some("XML")
    } else {
        None
    }
}

/// Whether decoded text is made of something else than letters: more than one control in twenty.
pub(super) fn is_binary(text: &str) -> bool {
    let (mut all, mut controls) = (0_usize, 0_usize);
    for c in text.chars().take(8192) {
        all += 1;
        controls += usize::from(c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{b}'));
    }
    controls * 20 > all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(bytes: &[u8]) -> &'static str {
        decode(bytes, None).encoding.name()
    }

    #[test]
    fn each_encoding_is_told_by_its_bytes() {
        let chinese = "公开(公告)号,标题\nCN1A,一种无人机的控制方法\n";
        assert_eq!(name(chinese.as_bytes()), "UTF-8");
        assert_eq!(name(&GB18030.encode(chinese).0), "gb18030");
        assert_eq!(name(&GB18030.encode("number,title\nCN1A,一种无人机的控制方法\n").0), "gb18030");
        let utf16: Vec<u8> = chinese.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(name(&utf16), "UTF-16LE");
        let utf16: Vec<u8> = "Title,Publication number".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(name(&utf16), "UTF-16BE");
        assert_eq!(name(b"Title\nProc\xe9d\xe9 et r\xe9seau, for M\xfcller\n"), "windows-1252");
    }

    #[test]
    fn a_mark_at_the_start_is_not_part_of_the_first_header() {
        for bytes in [&b"\xef\xbb\xbfTitle"[..], &b"\xff\xfeT\0i\0t\0l\0e\0"[..]] {
            assert_eq!(decode(bytes, None).text, "Title");
        }
    }

    #[test]
    fn one_damaged_character_does_not_change_the_encoding_of_the_file() {
        let mut bytes = "标题，".repeat(20).into_bytes();
        bytes.push(0xff);
        let decoded = decode(&bytes, None);
        assert_eq!((decoded.encoding.name(), decoded.lossy), ("UTF-8", true));
    }
}
