//! Amounts as people read them: grouped digits, ten-thousands of yuan, and the capital words of Chinese
//! contracts and bills.

use rust_decimal::RoundingStrategy;

use crate::Money;

const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];

/// The amount in capital words: `人民币壹佰贰拾叁元肆角伍分`.
///
/// Follows 《正确填写票据和结算凭证的基本规定》 (appendix to the payment and settlement rules, 银发〔1997〕393号):
/// 整 after whole yuan, none after fen; where a zero may be written or left out, the first of the two forms
/// shown there is used. A negative amount begins with 负.
#[must_use]
pub fn words(amount: Money) -> String {
    let fen = amount.fen().unsigned_abs();
    let (yuan, jiao, last) = (fen / 100, digit(fen / 10 % 10), digit(fen % 10));
    let sign = if amount.is_negative() { "负" } else { "" };
    let mut text = format!("人民币{sign}");
    if yuan > 0 || fen == 0 {
        text += &whole(yuan);
        text += "元";
    }
    match (jiao, last) {
        ("零", "零") => text += "整",
        (jiao, last) => {
            // 325.04 → …元零肆分; 1680.32 → …捌拾元零叁角贰分.
            if yuan > 0 && (jiao == "零" || yuan % 10 == 0) {
                text += "零";
            }
            if jiao != "零" {
                text = text + jiao + "角";
            }
            if last != "零" {
                text = text + last + "分";
            }
        }
    }
    text
}

fn digit(value: u64) -> &'static str {
    usize::try_from(value).ok().and_then(|index| DIGITS.get(index).copied()).unwrap_or("零")
}

/// A whole number in words; 亿 and 万 split it into parts that are read alike.
fn whole(number: u64) -> String {
    for (size, unit) in [(100_000_000, "亿"), (10_000, "万")] {
        if number >= size {
            let (high, low) = (number / size, number % size);
            let joint = if low > 0 && low < size / 10 { "零" } else { "" };
            let rest = if low > 0 { whole(low) } else { String::new() };
            return format!("{}{unit}{joint}{rest}", whole(high));
        }
    }
    section(number)
}

/// A number below ten thousand in words.
fn section(number: u64) -> String {
    if number == 0 {
        return DIGITS[0].to_owned();
    }
    let (mut text, mut zero) = (String::new(), false);
    for (place, name) in PLACES.iter().enumerate().rev() {
        let value = number / 10_u64.pow(u32::try_from(place).unwrap_or(0)) % 10;
        if value == 0 {
            zero = !text.is_empty();
        } else {
            if zero {
                text += "零";
            }
            zero = false;
            text = text + digit(value) + name;
        }
    }
    text
}

/// The amount in yuan with separators: `1,234,567.89`.
#[must_use]
pub fn grouped(amount: Money) -> String {
    separate(&amount.to_string())
}

/// The amount in ten-thousands of yuan (万元), half-up to two decimals, with separators and without the unit:
/// `1,234.56`. For reading only: it is not exact.
#[must_use]
pub fn wan_yuan(amount: Money) -> String {
    let wan = rust_decimal::Decimal::from_i128_with_scale(i128::from(amount.fen()), 6);
    let rounded = wan.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    separate(&format!("{rounded:.2}"))
}

/// Puts a comma before every third digit of the whole part, counted from the right.
fn separate(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "00"));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut text = String::from(sign);
    for (index, figure) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(figure);
    }
    text + "." + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    /// The examples of the rules themselves, and the sizes a facility has.
    #[test]
    fn an_amount_is_written_in_capital_words_as_on_a_bill() {
        for (amount, expected) in [
            ("123.45", "人民币壹佰贰拾叁元肆角伍分"),
            ("1409.50", "人民币壹仟肆佰零玖元伍角"),
            ("6007.14", "人民币陆仟零柒元壹角肆分"),
            ("1680.32", "人民币壹仟陆佰捌拾元零叁角贰分"),
            ("107000.53", "人民币壹拾万柒仟元零伍角叁分"),
            ("16409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
            ("325.04", "人民币叁佰贰拾伍元零肆分"),
            ("0", "人民币零元整"),
            ("0.05", "人民币伍分"),
            ("0.50", "人民币伍角"),
            ("10", "人民币壹拾元整"),
            ("10000000", "人民币壹仟万元整"),
            ("100000000", "人民币壹亿元整"),
            ("100010001", "人民币壹亿零壹万零壹元整"),
            ("200000300.00", "人民币贰亿零叁佰元整"),
            ("-50", "人民币负伍拾元整"),
        ] {
            assert_eq!(words(money(amount)), expected, "{amount}");
        }
        assert!(
            words(Money::MAX)
                .starts_with("人民币玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元")
        );
    }

    #[test]
    fn an_amount_is_grouped_for_reading() {
        for (amount, yuan, wan) in [
            ("1234567.89", "1,234,567.89", "123.46"),
            ("12345600", "12,345,600.00", "1,234.56"),
            ("999.99", "999.99", "0.10"),
            ("-1000", "-1,000.00", "-0.10"),
            ("50", "50.00", "0.01"),
            ("0", "0.00", "0.00"),
        ] {
            assert_eq!(grouped(money(amount)), yuan);
            assert_eq!(wan_yuan(money(amount)), wan);
        }
    }
}
