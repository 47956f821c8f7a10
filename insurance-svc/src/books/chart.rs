//! The chart of accounts, with the codes of the Chinese accounting standards' application guide (CAS 25, 26).

use ledger::{Account, AccountKind};

/// 银行存款
pub const BANK: Account =
    Account { code: "1002", zh: "银行存款", en: "Cash at bank", kind: AccountKind::Asset };
/// 应收保费
pub const PREMIUM_RECEIVABLE: Account =
    Account { code: "1122", zh: "应收保费", en: "Premium receivable", kind: AccountKind::Asset };
/// 未到期责任准备金
pub const UNEARNED_PREMIUM: Account = Account {
    code: "2601",
    zh: "未到期责任准备金",
    en: "Unearned premium reserve",
    kind: AccountKind::Liability,
};
/// 未决赔款准备金（保险责任准备金）
pub const CLAIMS_RESERVE: Account = Account {
    code: "2602",
    zh: "未决赔款准备金",
    en: "Outstanding claims reserve",
    kind: AccountKind::Liability,
};
/// 保费收入
pub const PREMIUM_INCOME: Account =
    Account { code: "6031", zh: "保费收入", en: "Premium income", kind: AccountKind::Income };
/// 提取未到期责任准备金
pub const CHANGE_IN_UNEARNED: Account = Account {
    code: "6501",
    zh: "提取未到期责任准备金",
    en: "Change in unearned premium reserve",
    kind: AccountKind::Expense,
};
/// 提取保险责任准备金
pub const CHANGE_IN_CLAIMS_RESERVE: Account = Account {
    code: "6502",
    zh: "提取保险责任准备金",
    en: "Change in outstanding claims reserve",
    kind: AccountKind::Expense,
};
/// 赔付支出
pub const CLAIMS_PAID: Account =
    Account { code: "6511", zh: "赔付支出", en: "Claims paid", kind: AccountKind::Expense };

/// Every account that is posted to, by code.
pub const CHART: [Account; 8] = [
    BANK,
    PREMIUM_RECEIVABLE,
    UNEARNED_PREMIUM,
    CLAIMS_RESERVE,
    PREMIUM_INCOME,
    CHANGE_IN_UNEARNED,
    CHANGE_IN_CLAIMS_RESERVE,
    CLAIMS_PAID,
];
