//! The bank's chart of accounts, by the codes of the Chinese accounting standards' application guide
//! (企业会计准则——应用指南, appendix: 会计科目和主要账务处理, Ministry of Finance 2006).

use ledger::{Account, AccountKind};

/// Loans outstanding.
pub const LOANS: Account = Account { code: "1303", zh: "贷款", en: "Loans", kind: AccountKind::Asset };
/// What customers hold with the bank; a disbursement is credited here.
pub const DEPOSITS: Account =
    Account { code: "2011", zh: "吸收存款", en: "Customer deposits", kind: AccountKind::Liability };
/// What banks of a syndicate owe each other until they settle.
pub const CLEARING: Account =
    Account {
        code: "3001", zh: "清算资金往来", en: "Inter-bank clearing", kind: AccountKind::Clearing
    };
/// Interest earned.
pub const INTEREST_INCOME: Account =
    Account { code: "6011", zh: "利息收入", en: "Interest income", kind: AccountKind::Income };

/// The whole chart.
pub const CHART: [Account; 4] = [LOANS, DEPOSITS, CLEARING, INTEREST_INCOME];

/// The account of a code.
#[must_use]
pub fn account(code: &str) -> Option<&'static Account> {
    CHART.iter().find(|account| account.code == code)
}
