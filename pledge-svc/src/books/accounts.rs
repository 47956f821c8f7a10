//! The bank's chart of accounts, by the codes of the Chinese accounting standards' application guide
//! (企业会计准则——应用指南, appendix: 会计科目和主要账务处理, Ministry of Finance 2006; 6702 by the format of
//! financial statements of 财会〔2018〕36号, which follows CAS 22 of 2017; the details of 2221 by 财会〔2016〕22号,
//! 增值税会计处理规定). The standards name no accounts beside the balance sheet: what a bank keeps note of has codes of its own
//! (9xxx), each with [`MEMORANDUM`] on the other side, so that every movement balances.

use chrono::NaiveDate;
use ledger::{Account, AccountKind};

const fn account_of(code: &'static str, zh: &'static str, en: &'static str, kind: AccountKind) -> Account {
    Account { code, zh, en, kind }
}

/// Money held with banks; in the book of a fund, which is no bank.
pub const BANK_BALANCES: Account = account_of("1002", "银行存款", "Bank balances", AccountKind::Asset);
/// Money kept apart for a purpose: the special account of subsidies.
pub const SPECIAL_BALANCES: Account =
    account_of("1012", "其他货币资金", "Other monetary funds", AccountKind::Asset);
/// Interest earned and not yet received.
pub const INTEREST_RECEIVABLE: Account =
    account_of("1132", "应收利息", "Interest receivable", AccountKind::Asset);
/// Claims on others: compensation, subsidies and fees due.
pub const OTHER_RECEIVABLES: Account =
    account_of("1221", "其他应收款", "Other receivables", AccountKind::Asset);
/// Loans outstanding.
pub const LOANS: Account = account_of("1303", "贷款", "Loans", AccountKind::Asset);
/// What is provided for expected loss on loans.
pub const LOAN_LOSS_ALLOWANCE: Account =
    account_of("1304", "贷款损失准备", "Loan loss allowance", AccountKind::ContraAsset);
/// Deposits that secure: contributions to a mutual-aid pool.
pub const SECURITY_DEPOSITS: Account =
    account_of("2002", "存入保证金", "Security deposits", AccountKind::Liability);
/// What customers hold with the bank; a disbursement is credited here.
pub const DEPOSITS: Account = account_of("2011", "吸收存款", "Customer deposits", AccountKind::Liability);
/// Output VAT of interest and fees that is due with the return of its month.
pub const OUTPUT_VAT: Account = account_of(
    "222101",
    "应交税费—应交增值税（销项税额）",
    "Taxes payable: output VAT",
    AccountKind::Liability,
);
/// Output VAT of income that is shown and taxed only once it is received.
pub const OUTPUT_VAT_LATER: Account = account_of(
    "222109",
    "应交税费—待转销项税额",
    "Taxes payable: output VAT not yet due",
    AccountKind::Liability,
);
/// What is owed to others: proceeds to be handed on, refunds.
pub const OTHER_PAYABLES: Account =
    account_of("2241", "其他应付款", "Other payables", AccountKind::Liability);
/// Public money received for a purpose and not yet paid out: subsidies.
pub const SUBSIDY_FUNDS: Account =
    account_of("2711", "专项应付款", "Special-purpose payables", AccountKind::Liability);
/// What is provided for expected loss on what the bank is committed to lend.
pub const COMMITMENT_PROVISIONS: Account =
    account_of("2801", "预计负债", "Provisions", AccountKind::Liability);
/// What banks of a syndicate owe each other until they settle.
pub const CLEARING: Account =
    account_of("3001", "清算资金往来", "Inter-bank clearing", AccountKind::Clearing);
/// What was paid into a fund.
pub const FUND_CAPITAL: Account = account_of("4001", "实收资本", "Paid-in capital", AccountKind::Equity);
/// Interest earned.
pub const INTEREST_INCOME: Account = account_of("6011", "利息收入", "Interest income", AccountKind::Income);
/// Interest earned that is exempt from VAT: what is not accounted for apart is not exempt (财政部 税务总局公告2023年第13号, item 1).
pub const EXEMPT_INTEREST_INCOME: Account =
    account_of("601102", "利息收入—免征增值税", "Interest income exempt from VAT", AccountKind::Income);
/// Fees earned.
pub const FEE_INCOME: Account =
    account_of("6021", "手续费及佣金收入", "Fee and commission income", AccountKind::Income);
/// Costs of keeping and selling collateral, of courts and of agents.
pub const DISPOSAL_COSTS: Account =
    account_of("6602", "业务及管理费", "Operating and administrative expense", AccountKind::Expense);
/// Compensation paid by a fund.
pub const COMPENSATION_PAID: Account =
    account_of("6711", "营业外支出", "Non-operating expense", AccountKind::Expense);
/// What provisions cost.
pub const CREDIT_IMPAIRMENT: Account =
    account_of("6702", "信用减值损失", "Credit impairment loss", AccountKind::Expense);

/// Interest that the borrower owes and the books do not show as earned, of credit-impaired loans.
pub const SUSPENDED_INTEREST: Account =
    account_of("9101", "表外应收未收利息", "Suspended interest (memorandum)", AccountKind::Memorandum);
/// Of the interest receivable, what is taxed only once it is received.
pub const UNTAXED_INTEREST: Account = account_of(
    "9102",
    "收讫后计税的应收利息",
    "Interest taxed on receipt (memorandum)",
    AccountKind::Memorandum,
);
/// Principal written off and still claimed.
pub const WRITTEN_OFF_LOANS: Account =
    account_of("9103", "已核销贷款", "Loans written off (memorandum)", AccountKind::Memorandum);
/// Interest and fees written off with a loan and still claimed.
pub const WRITTEN_OFF_INTEREST: Account = account_of(
    "9104",
    "已核销贷款利息",
    "Interest and fees of loans written off (memorandum)",
    AccountKind::Memorandum,
);
/// Committed on lines and undrawn by members without a loan.
pub const COMMITMENTS: Account = account_of(
    "9105",
    "未提用贷款承诺（尚无贷款的成员）",
    "Undrawn commitments to members without a loan (memorandum)",
    AccountKind::Memorandum,
);
/// The other side of every note.
pub const MEMORANDUM: Account =
    account_of("9900", "表外科目对应", "Memorandum contra", AccountKind::MemorandumContra);

/// The whole chart, in the order of the codes.
pub const CHART: [Account; 27] = [
    BANK_BALANCES,
    SPECIAL_BALANCES,
    INTEREST_RECEIVABLE,
    OTHER_RECEIVABLES,
    LOANS,
    LOAN_LOSS_ALLOWANCE,
    SECURITY_DEPOSITS,
    DEPOSITS,
    OUTPUT_VAT,
    OUTPUT_VAT_LATER,
    OTHER_PAYABLES,
    SUBSIDY_FUNDS,
    COMMITMENT_PROVISIONS,
    CLEARING,
    FUND_CAPITAL,
    INTEREST_INCOME,
    EXEMPT_INTEREST_INCOME,
    FEE_INCOME,
    DISPOSAL_COSTS,
    CREDIT_IMPAIRMENT,
    COMPENSATION_PAID,
    SUSPENDED_INTEREST,
    UNTAXED_INTEREST,
    WRITTEN_OFF_LOANS,
    WRITTEN_OFF_INTEREST,
    COMMITMENTS,
    MEMORANDUM,
];

/// Where interest of a loan is income on a day: apart while the loan is exempt from VAT.
#[must_use]
pub fn interest_income(exempt_until: Option<NaiveDate>, on: NaiveDate) -> Account {
    if exempt_until.is_some_and(|until| on <= until) { EXEMPT_INTEREST_INCOME } else { INTEREST_INCOME }
}

/// The account of a code.
#[must_use]
pub fn account(code: &str) -> Option<&'static Account> {
    CHART.iter().find(|account| account.code == code)
}

/// The accounts whose balance is the sum of rows that a subject keeps: loans, provisions, deposits, funds, subsidies, notes beside
/// the balance sheet with their other side. A movement on
/// one of them is undone where the rows are, never in the ledger alone. `control.rs` compares both sides.
pub const CONTROL: [Account; 16] = [
    BANK_BALANCES,
    SPECIAL_BALANCES,
    INTEREST_RECEIVABLE,
    LOANS,
    LOAN_LOSS_ALLOWANCE,
    SECURITY_DEPOSITS,
    SUBSIDY_FUNDS,
    COMMITMENT_PROVISIONS,
    FUND_CAPITAL,
    COMPENSATION_PAID,
    SUSPENDED_INTEREST,
    UNTAXED_INTEREST,
    WRITTEN_OFF_LOANS,
    WRITTEN_OFF_INTEREST,
    COMMITMENTS,
    MEMORANDUM,
];

/// Whether the account of a code is one of [`CONTROL`].
#[must_use]
pub fn is_control(code: &str) -> bool {
    CONTROL.iter().any(|account| account.code == code)
}
