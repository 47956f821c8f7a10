//! Breaking text into lines: where Unicode's line breaking (UAX #14) allows it, which keeps Chinese punctuation off
//! the beginning of a line; inside a word only where it is wider than a line.

use unicode_linebreak::{BreakOpportunity, linebreaks};

use crate::fonts::Ruler;

/// The lines of a text at a size, none wider than `width`; a single character that is wider stands alone. Control
/// characters but the line feed become spaces.
pub(crate) fn broken(text: &str, ruler: &Ruler<'_>, size: f32, width: f32) -> Vec<String> {
    let text: String = text
        .replace("\r\n", "\n")
        .chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect();
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut start = 0;
    for (end, opportunity) in linebreaks(&text) {
        let piece = text.get(start..end).unwrap_or_default();
        start = end;
        let fits = |line: &str| ruler.width(format!("{line}{piece}").trim_end(), size) <= width;
        if !line.is_empty() && !fits(&line) {
            finish(&mut lines, &mut line);
        }
        if fits(&line) {
            line.push_str(piece);
        } else {
            by_letter(piece, &mut lines, &mut line, ruler, size, width);
        }
        if opportunity == BreakOpportunity::Mandatory && end < text.len() {
            finish(&mut lines, &mut line);
        }
    }
    if !line.trim_end().is_empty() || lines.is_empty() {
        finish(&mut lines, &mut line);
    }
    lines
}

fn by_letter(
    piece: &str,
    lines: &mut Vec<String>,
    line: &mut String,
    ruler: &Ruler<'_>,
    size: f32,
    width: f32,
) {
    let mut used = 0.0;
    for letter in piece.chars() {
        let wide = ruler.glyph(letter).1 * size;
        if !line.is_empty() && used + wide > width {
            finish(lines, line);
            used = 0.0;
        }
        line.push(letter);
        used += wide;
    }
}

fn finish(lines: &mut Vec<String>, line: &mut String) {
    lines.push(std::mem::take(line).trim_end().to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fonts::{Fonts, Weight};

    fn lines(text: &str, width: f32) -> Option<Vec<String>> {
        let loaded = Fonts::installed().ok()?.load().unwrap();
        let ruler = loaded.face(Weight::Regular).ruler().unwrap();
        Some(broken(text, &ruler, 10.0, width))
    }

    #[test]
    fn chinese_breaks_between_characters_and_never_before_a_full_stop() {
        // Each character is as wide as the size.
        let Some(lines) = lines("质押贷款已全部结清。特此证明", 50.0) else { return };
        assert!(lines.iter().all(|line| !line.starts_with('。') && line.chars().count() <= 5), "{lines:?}");
        assert_eq!(lines.concat(), "质押贷款已全部结清。特此证明");
    }

    #[test]
    fn words_stay_whole_unless_a_line_cannot_hold_them() {
        let Some(short) = lines("a loan repaid", 40.0) else { return };
        assert_eq!(short, ["a loan", "repaid"]);
        let long = lines(&"9".repeat(40), 60.0).unwrap();
        assert!(long.len() > 3);
        assert_eq!(long.concat(), "9".repeat(40), "no digit is lost");
    }

    #[test]
    fn line_feeds_hold_and_an_empty_text_is_one_empty_line() {
        let Some(lines_of) = lines("甲\n\n乙\r\n", 100.0) else { return };
        assert_eq!(lines_of, ["甲", "", "乙"]);
        assert_eq!(lines("", 100.0).unwrap(), [""]);
        assert_eq!(lines("甲\t\u{7}乙", 100.0).unwrap(), ["甲  乙"]);
    }
}
