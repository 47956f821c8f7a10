//! What holds of a list of enterprises whatever bytes are sent as one.

use proptest::prelude::*;

use super::*;

const HEAD: &str = "企业名称,统一社会信用代码,原因,起始日期,截止日期";
/// Rows that are taken; none runs on into the next line.
const SOUND: [&str; 4] = [
    "甲公司,,有履行能力而拒不履行,2026年01月02日,2028/01/02",
    "乙公司,91330100799655058B,逃废债,20260102,",
    "丙公司,,骗取贷款,,2027-01-01",
    "\"丁公司, 一分厂\",,\"挪用\"\"专款\"\"\",,",
];
/// Rows that are refused.
const UNSOUND: [&str; 5] = [
    ",,无名,,",
    "乙公司,123,代码错,,",
    "丙公司,,日期错,昨天,",
    "丁公司,,倒置,2026-02-02,2026-02-01",
    "戊公司,,,,",
];
/// The column that each of them is refused for.
const NAMED: [&str; 5] = ["企业名称", "统一社会信用代码", "日期", "截止日期", "原因"];

fn today() -> NaiveDate {
    "2026-11-24".parse().unwrap()
}

/// The same text in UTF-8, in UTF-8 with its mark, or in GB 18030.
fn written(text: &str, encoding: u8) -> Vec<u8> {
    match encoding {
        0 => text.as_bytes().to_vec(),
        1 => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        _ => encoding_rs::GB18030.encode(text).0.into_owned(),
    }
}

/// What holds of every answer: a refusal of the whole is a sentence; each row is taken or refused, once, and says where and
/// why; what is taken keeps the bounds of the table that it goes into.
fn sound(bytes: &[u8]) -> Result<(), TestCaseError> {
    let list = match read(bytes, ListSource::OwnList, today()) {
        Ok(list) => list,
        Err(problem) => {
            prop_assert!(["unreadable-file", "too-many-rows"].contains(&problem.slug()));
            prop_assert!(problem.detail().zh.ends_with('。') && problem.detail().en.ends_with('.'));
            return Ok(());
        }
    };
    let lines = 1 + bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    prop_assert!(list.entries.len() + list.rejected.len() < lines);
    for pair in list.rejected.windows(2) {
        prop_assert!(pair[0].line < pair[1].line, "a line refused twice: {pair:?}");
    }
    for one in &list.rejected {
        prop_assert!((2..=lines as u64).contains(&one.line), "{one:?} of {lines} lines");
        prop_assert!(!one.reason_zh.is_empty() && !one.reason_en.is_empty());
    }
    for entry in &list.entries {
        for text in [&entry.name, &entry.reason] {
            prop_assert!((1..=TEXT_CHARS_MAX).contains(&text.chars().count()));
            prop_assert!(!text.chars().any(char::is_control));
        }
        prop_assert!(entry.valid_until.is_none_or(|until| until >= entry.valid_from));
        prop_assert!(entry.credit_code.as_ref().is_none_or(|code| code.parse::<CreditCode>().is_ok()));
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_are_answered(
        bytes in prop::collection::vec(any::<u8>(), 0..400), headed in any::<bool>(), encoding in 0_u8..3
    ) {
        let head = if headed { written(&format!("{HEAD}\n"), encoding) } else { Vec::new() };
        sound(&[head, bytes].concat())?;
    }

    #[test]
    fn a_file_that_was_damaged_on_its_way_is_answered(
        rows in prop::collection::vec(0_usize..9, 0..12), encoding in 0_u8..3,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 1..6),
    ) {
        let lines = rows.iter().map(|row| *SOUND.iter().chain(&UNSOUND).nth(*row).unwrap());
        let text: String = [HEAD].into_iter().chain(lines).map(|line| format!("{line}\n")).collect();
        let mut bytes = written(&text, encoding);
        for (at, byte, how) in damage {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at.max(1)),
            }
        }
        sound(&bytes)?;
    }

    #[test]
    fn each_row_is_taken_or_refused_with_its_line_and_column_in_every_encoding(
        rows in prop::collection::vec(0_usize..9, 0..40), encoding in 0_u8..3,
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
    ) {
        let all: Vec<&str> = SOUND.into_iter().chain(UNSOUND).collect();
        let lines = [HEAD].into_iter().chain(rows.iter().map(|row| all[*row]));
        let text: String = lines.map(|line| format!("{line}{end}")).collect();
        let list = read(&written(&text, encoding), ListSource::OwnList, today()).unwrap();
        let taken: Vec<&str> = list.entries.iter().map(|entry| entry.name.as_str()).collect();
        let expected: Vec<&str> = rows
            .iter()
            .filter_map(|row| ["甲公司", "乙公司", "丙公司", "丁公司, 一分厂"].get(*row).copied())
            .collect();
        prop_assert_eq!(taken, expected);
        let refused: Vec<(u64, usize)> =
            (2..).zip(&rows).filter_map(|(line, row)| Some((line, row.checked_sub(SOUND.len())?))).collect();
        prop_assert_eq!(list.rejected.len(), refused.len());
        for (one, (line, what)) in list.rejected.iter().zip(refused) {
            prop_assert_eq!(one.line, line);
            prop_assert!(one.reason_zh.contains(NAMED[what]), "{:?}", one);
        }
    }
}
