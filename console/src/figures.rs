//! Figures as people read them: separators, 万元, percent, days, amounts in words; and the way back from what
//! was typed. Everything is exact decimal; nothing here rounds an amount owed, only its picture.

use std::str::FromStr;

use chrono::{DateTime, FixedOffset};
use http_kit::Lang;
use rust_decimal::{Decimal, RoundingStrategy};

/// Chinese standard time, east of Greenwich.
const SHANGHAI_SECONDS: i32 = 8 * 3600;

/// `1234567.5` as `1,234,567.50`; what is no number stays as it is, nothing becomes a dash.
#[must_use]
pub fn yuan(text: &str) -> String {
    decimals(text, 2)
}

/// The amount in units of ten thousand with two decimals.
#[must_use]
pub fn wan(text: &str) -> String {
    match Decimal::from_str(text) {
        Ok(amount) => grouped(amount / Decimal::from(10_000), 2),
        Err(_) => dash(text),
    }
}

/// A number with separators and so many decimals.
#[must_use]
pub fn decimals(text: &str, places: u32) -> String {
    Decimal::from_str(text).map_or_else(|_| dash(text), |number| grouped(number, places))
}

/// A fraction as percent: `0.0345` → `3.45%`.
#[must_use]
pub fn percent(text: &str) -> String {
    match Decimal::from_str(text).ok().and_then(|rate| rate.checked_mul(Decimal::ONE_HUNDRED)) {
        Some(rate) => format!("{}%", grouped(rate, 2)),
        None => dash(text),
    }
}

/// The share of `part` in `whole` in percent, 0 to 100, for a bar.
#[must_use]
pub fn share(part: &str, whole: &str) -> f64 {
    let (Ok(part), Ok(whole)) = (part.parse::<f64>(), whole.parse::<f64>()) else { return 0.0 };
    if whole > 0.0 { (part / whole * 100.0).clamp(0.0, 100.0) } else { 0.0 }
}

/// The sum of decimal strings, for the total of a page.
#[must_use]
pub fn sum<'a>(amounts: impl Iterator<Item = &'a str>) -> String {
    amounts
        .filter_map(|text| Decimal::from_str(text).ok())
        .fold(Decimal::ZERO, |total, amount| total.checked_add(amount).unwrap_or(Decimal::MAX))
        .to_string()
}

/// `whole − part`, exact; empty where either is no number.
#[must_use]
pub fn less(whole: &str, part: &str) -> String {
    match (Decimal::from_str(whole), Decimal::from_str(part)) {
        (Ok(whole), Ok(part)) => whole.checked_sub(part).map(|left| left.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

/// Whether an amount is there that is not zero.
#[must_use]
pub fn is_some(amount: &str) -> bool {
    !amount.trim_matches(['0', '.']).is_empty()
}

/// A stamp in Chinese standard time to the minute; a day stays a day.
#[must_use]
pub fn stamp(text: &str) -> String {
    match (DateTime::parse_from_rfc3339(text), FixedOffset::east_opt(SHANGHAI_SECONDS)) {
        (Ok(at), Some(zone)) => at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string(),
        _ => dash(text),
    }
}

/// The day of a stamp or a day.
#[must_use]
pub fn day(text: &str) -> String {
    stamp(text).split(' ').next().unwrap_or("—").to_owned()
}

fn dash(text: &str) -> String {
    if text.is_empty() { "—".to_owned() } else { text.to_owned() }
}

fn grouped(number: Decimal, places: u32) -> String {
    let text = format!(
        "{:.*}",
        places as usize,
        number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
    );
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) =
        digits.split_once('.').map_or((digits, String::new()), |(w, f)| (w, format!(".{f}")));
    let mut out = String::with_capacity(whole.len() * 2);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    format!("{sign}{out}{fraction}")
}

/// What was typed as an amount (`300`, unit `wan`) as a decimal string in yuan; `None` where it is no amount.
/// Full-width digits, spaces and separators are accepted.
#[must_use]
pub fn typed_amount(text: &str, unit: &str) -> Option<String> {
    let amount = typed_number(text)?;
    let yuan = if unit == "wan" { amount.checked_mul(Decimal::from(10_000))? } else { amount };
    let yuan = yuan.normalize();
    (yuan.scale() <= 2).then(|| format!("{yuan:.2}"))
}

/// A decimal fraction as it is typed in percent: `0.0345` is `3.45`; what is no number stays as it is.
#[must_use]
pub fn percent_typed(text: &str) -> String {
    let percent = Decimal::from_str(text).ok().and_then(|rate| rate.checked_mul(Decimal::ONE_HUNDRED));
    percent.map_or_else(|| text.to_owned(), |percent| percent.normalize().to_string())
}

/// What was typed as percent as a decimal fraction.
#[must_use]
pub fn typed_percent(text: &str) -> Option<String> {
    let percent = typed_number(text.trim().trim_end_matches(['%', '％']))?;
    percent.checked_div(Decimal::ONE_HUNDRED).map(|rate| rate.normalize().to_string())
}

fn typed_number(text: &str) -> Option<Decimal> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ',' | '，' | '¥' | '￥'))
        .map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            '．' | '。' => '.',
            other => other,
        })
        .collect();
    Decimal::from_str(&plain).ok()
}

/// The size of a file as people read it: kB below a megabyte, MB above.
#[must_use]
pub fn size(bytes: i64) -> String {
    let tenths = |unit: i64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    if bytes >= 1_048_576 { format!("{} MB", tenths(1_048_576)) } else { format!("{} kB", tenths(1_024)) }
}

/// An amount read back: `人民币叁佰万元整（3,000,000.00 元）`.
#[must_use]
pub fn in_words(amount: &str, lang: Lang) -> String {
    let figures = yuan(amount);
    match lang {
        Lang::Zh => format!("{}（{figures} 元）", capitals(amount).unwrap_or_default()),
        Lang::En => match Decimal::from_str(amount) {
            Ok(value) if value.abs() >= Decimal::from(1_000_000) => {
                format!("CNY {figures} ({} million)", (value / Decimal::from(1_000_000)).normalize())
            }
            _ => format!("CNY {figures}"),
        },
    }
}

/// The amount in the capitals that Chinese documents of payment use; `None` beyond 万亿 or where it is no amount.
fn capitals(amount: &str) -> Option<String> {
    const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
    const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
    const GROUPS: [&str; 4] = ["", "万", "亿", "万亿"];
    let value = Decimal::from_str(amount).ok()?;
    let text = format!("{:.2}", value.abs());
    let (whole, cents) = text.split_once('.')?;
    let digits: Vec<usize> = whole.bytes().map(|b| usize::from(b - b'0')).collect();
    if digits.len() > 16 {
        return None;
    }
    let mut out =
        String::from(if value.is_sign_negative() && !value.is_zero() { "人民币负" } else { "人民币" });
    let start = out.len();
    let (mut zero_waits, mut group_has) = (false, false);
    for (i, digit) in digits.iter().enumerate() {
        let left = digits.len() - 1 - i;
        if *digit == 0 {
            zero_waits = out.len() > start;
        } else {
            if zero_waits {
                out.push('零');
                zero_waits = false;
            }
            out.push(DIGITS[*digit]);
            out.push_str(PLACES[left % 4]);
            group_has = true;
        }
        if left.is_multiple_of(4) && std::mem::take(&mut group_has) {
            out.push_str(GROUPS[left / 4]);
        }
    }
    let whole_is_zero = out.len() == start;
    if !whole_is_zero {
        out.push('元');
    }
    let (jiao, fen) = (usize::from(cents.as_bytes()[0] - b'0'), usize::from(cents.as_bytes()[1] - b'0'));
    match (jiao, fen) {
        (0, 0) if whole_is_zero => out.push_str("零元整"),
        (0, 0) => out.push('整'),
        (0, fen) => out.push_str(&format!("{}{}分", if whole_is_zero { "" } else { "零" }, DIGITS[fen])),
        (jiao, 0) => out.push_str(&format!("{}角整", DIGITS[jiao])),
        (jiao, fen) => out.push_str(&format!("{}角{}分", DIGITS[jiao], DIGITS[fen])),
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_back_in_capitals() {
        for (amount, words) in [
            ("3000000", "人民币叁佰万元整"),
            ("1234567.89", "人民币壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
            ("100000.05", "人民币壹拾万元零伍分"),
            ("10010000", "人民币壹仟零壹万元整"),
            ("200000100.5", "人民币贰亿零壹佰元伍角整"),
            ("0", "人民币零元整"),
            ("0.30", "人民币叁角整"),
            ("1000000000000", "人民币壹万亿元整"),
        ] {
            assert_eq!(capitals(amount).unwrap(), words, "{amount}");
        }
    }

    #[test]
    fn a_size_is_told_in_the_unit_that_people_read() {
        assert_eq!(size(512), "0.5 kB");
        assert_eq!(size(1_536), "1.5 kB");
        assert_eq!(size(20 * 1_048_576), "20.0 MB");
    }

    #[test]
    fn what_is_typed_in_wan_is_exact_yuan() {
        assert_eq!(typed_amount("300", "wan").as_deref(), Some("3000000.00"));
        assert_eq!(typed_amount("３００．５", "wan").as_deref(), Some("3005000.00"));
        assert_eq!(typed_amount("1,234.56", "yuan").as_deref(), Some("1234.56"));
        assert_eq!(typed_amount("1.234", "yuan"), None);
        assert_eq!(typed_amount("三百", "yuan"), None);
        assert_eq!(typed_percent("3.45%").as_deref(), Some("0.0345"));
    }

    #[test]
    fn figures_are_grouped_and_dates_are_local() {
        assert_eq!(yuan("-1234567.5"), "-1,234,567.50");
        assert_eq!(wan("1234567.89"), "123.46");
        assert_eq!(wan(""), "—");
        assert_eq!(percent("0.0345"), "3.45%");
        assert_eq!(stamp("2026-11-24T18:30:00Z"), "2026-11-25 02:30");
        assert_eq!(day("2026-11-24"), "2026-11-24");
        assert_eq!(less("100.00", "40.5"), "59.50");
    }
}
