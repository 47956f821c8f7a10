//! Statements and certificates as documents: PDF and workbooks, in Chinese or English.

use chrono::NaiveDate;
use finance::{Money, grouped, words};
use paper::{
    Cell, Column, Kind, Language, Paper, Table,
    sheet::{Book, Sheet},
};

use super::{
    statement::{AccountStatement, LoanFacts, LoanStatement, PlanLine, SettlementCertificate},
    statement_lines::{Line, LineKind, Period},
    statement_owed::OwedToday,
};
use crate::loan::model::RepaymentForm;

type Pairs = Vec<(&'static str, String)>;

/// The statement of a loan as a PDF.
pub(super) fn loan_paper(one: &LoanStatement, on: NaiveDate, language: Language) -> Paper {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let mut paper = Paper::new(language, t("贷款对账单", "Loan statement"), on)
        .subtitle(span(&one.period, language))
        .head(one.loan.bank.clone(), one.loan.number.clone())
        .foot(made_on(on, language))
        .grid(loan_pairs(&one.loan, language))
        .heading(t("本期收付", "In the period"))
        .grid(period_pairs(&one.period, language))
        .table(lines_table(&one.period, false, language))
        .heading(t("制表日欠款", "Owed on the day of this statement"))
        .grid(owed_pairs(&one.owed, language));
    if !one.plan.is_empty() {
        paper = paper.heading(t("还款计划", "Instalments to come")).table(plan_table(&one.plan, language));
    }
    paper.verification(verification(&one.code, language))
}

/// The statement of a loan as a workbook.
pub(super) fn loan_book(one: &LoanStatement, on: NaiveDate, language: Language) -> Book {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let mut notes = loan_pairs(&one.loan, language);
    notes.extend(period_pairs(&one.period, language));
    notes.extend(owed_pairs(&one.owed, language));
    notes.push((t("核验码", "Code"), one.code.clone()));
    let mut book = Book::new(on)
        .sheet(Sheet::new(t("对账单", "Statement"), lines_table(&one.period, false, language)).notes(notes));
    if !one.plan.is_empty() {
        book = book.sheet(Sheet::new(t("还款计划", "Instalments"), plan_table(&one.plan, language)));
    }
    book
}

/// The statement of many loans as a PDF.
pub(super) fn account_paper(one: &AccountStatement, on: NaiveDate, language: Language) -> Paper {
    Paper::new(language, account_title(one, language), on)
        .subtitle(span(&one.period, language))
        .head(one.subject.clone(), String::new())
        .foot(made_on(on, language))
        .grid(account_pairs(one, language))
        .grid(period_pairs(&one.period, language))
        .table(lines_table(&one.period, true, language))
        .verification(verification(&one.code, language))
}

/// The statement of many loans as a workbook.
pub(super) fn account_book(one: &AccountStatement, on: NaiveDate, language: Language) -> Book {
    let mut notes = account_pairs(one, language);
    notes.extend(period_pairs(&one.period, language));
    notes.push((language.pick("核验码", "Code"), one.code.clone()));
    let name = language.pick("对账单", "Statement");
    Book::new(on).sheet(Sheet::new(name, lines_table(&one.period, true, language)).notes(notes))
}

/// The settlement certificate as a PDF.
pub(super) fn certificate_paper(one: &SettlementCertificate, on: NaiveDate, language: Language) -> Paper {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let loan = &one.loan;
    let says = match language {
        Language::Chinese => format!(
            "兹证明：借款人{borrower}于{drawn}在本行办理的贷款（借据号：{number}），本金{principal}（小写：{figure} 元），\
             已于{settled}全部结清，贷款本金、利息及费用均无拖欠。",
            borrower = loan.borrower,
            drawn = loan.drawn_on.format("%Y年%-m月%-d日"),
            number = loan.number,
            principal = words(loan.principal),
            figure = grouped(loan.principal),
            settled = one.settled_on.format("%Y年%-m月%-d日"),
        ),
        Language::English => format!(
            "This is to certify that the loan {number} of {figure} yuan, drawn by {borrower} on {drawn}, was settled in \
             full on {settled}. No principal, interest or fee is owed on it.",
            borrower = loan.borrower,
            drawn = loan.drawn_on,
            number = loan.number,
            figure = grouped(loan.principal),
            settled = one.settled_on,
        ),
    };
    let mut paid = vec![
        (t("偿还本金", "Principal paid"), yuan(one.principal)),
        (t("支付利息", "Interest paid"), yuan(one.interest)),
        (t("支付费用", "Fees paid"), yuan(one.fees)),
        (t("结清日期", "Settled on"), one.settled_on.to_string()),
    ];
    if !one.paid_by_others.is_zero() {
        paid.push((t("其中他方代偿", "Of it, paid by others"), yuan(one.paid_by_others)));
    }
    Paper::new(language, t("贷款结清证明", "Settlement certificate"), on)
        .head(loan.bank.clone(), one.number.clone())
        .foot(made_on(on, language))
        .paragraph(says)
        .grid(loan_pairs(loan, language))
        .grid(paid)
        .paragraph(t("特此证明。", ""))
        .signatures([(t("贷款人", "Lender"), loan.bank.clone())])
        .verification(verification(&one.code, language))
}

fn yuan(amount: Money) -> String {
    grouped(amount)
}

fn span(period: &Period, language: Language) -> String {
    match language {
        Language::Chinese => format!("{} 至 {}　单位：人民币元", period.from, period.to),
        Language::English => format!("{} to {}, amounts in CNY", period.from, period.to),
    }
}

fn made_on(on: NaiveDate, language: Language) -> String {
    match language {
        Language::Chinese => format!("制表日 {on}"),
        Language::English => format!("Made on {on}"),
    }
}

fn verification(code: &str, language: Language) -> String {
    match language {
        Language::Chinese => format!("核验码 {code}。在平台上调阅同一份文件，核验码一致即未经改动。"),
        Language::English => {
            format!(
                "Code {code}. Call up the same document on the platform: the same code means that nothing was altered."
            )
        }
    }
}

fn account_title(one: &AccountStatement, language: Language) -> &'static str {
    if one.facility_id.is_some() {
        language.pick("集合授信对账单", "Facility statement")
    } else {
        language.pick("借款账户对账单", "Statement of loans")
    }
}

fn account_pairs(one: &AccountStatement, language: Language) -> Pairs {
    let subject = if one.facility_id.is_some() {
        language.pick("授信", "Facility")
    } else {
        language.pick("借款人", "Borrower")
    };
    vec![(subject, one.subject.clone()), (language.pick("贷款笔数", "Loans"), one.loans.to_string())]
}

fn loan_pairs(loan: &LoanFacts, language: Language) -> Pairs {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let product = loan
        .application_product
        .iter()
        .map(|product| (t("申请产品", "Product applied for"), product.clone()));
    let head = [
        (t("借据号", "Loan"), loan.number.clone()),
        (t("借款人", "Borrower"), loan.borrower.clone()),
        (t("贷款人", "Lender"), loan.bank.clone()),
        (t("集合授信", "Facility"), loan.facility.clone()),
    ];
    let terms = [
        (t("贷款本金", "Principal"), yuan(loan.principal)),
        (t("年利率", "Rate a year"), Cell::Percent(loan.annual_rate).shown()),
        (t("还款方式", "Repayment"), repayment_name(loan.repayment, language).to_owned()),
        (t("计息天数", "Day count"), loan.day_count.to_string()),
        (t("起息日", "Drawn on"), loan.drawn_on.to_string()),
        (t("到期日", "Matures on"), loan.matures_on.to_string()),
    ];
    let exempt = loan
        .vat_exempt_until
        .map(|until| (t("利息免征增值税至", "Interest exempt from VAT until"), until.to_string()));
    head.into_iter().chain(product).chain(terms).chain(exempt).collect()
}

fn repayment_name(repayment: RepaymentForm, language: Language) -> &'static str {
    match repayment {
        RepaymentForm::EqualInstalment => language.pick("等额本息", "Equal instalments"),
        RepaymentForm::EqualPrincipal => language.pick("等额本金", "Equal principal"),
        RepaymentForm::InterestOnly => {
            language.pick("按期付息到期还本", "Interest only, principal at the end")
        }
        RepaymentForm::Bullet => language.pick("到期一次还本付息", "All at the end"),
        RepaymentForm::AgreedList => language.pick("约定还款清单", "Agreed list of instalments"),
    }
}

fn period_pairs(period: &Period, language: Language) -> Pairs {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let mut pairs = vec![
        (t("期初本金余额", "Principal before"), yuan(period.opening)),
        (t("期末本金余额", "Principal after"), yuan(period.closing)),
        (t("本期放款", "Drawn"), yuan(period.totals.drawn)),
        (t("本期还本", "Principal paid"), yuan(period.totals.principal)),
        (t("本期付息", "Interest paid"), yuan(period.totals.interest)),
        (t("本期罚息复利", "Penalty paid"), yuan(period.totals.penalty)),
    ];
    if !period.totals.fees.is_zero() {
        pairs.push((t("本期费用", "Fees paid"), yuan(period.totals.fees)));
    }
    if !period.totals.adjusted.is_zero() {
        pairs.push((t("本期调减本金", "Principal taken off"), yuan(period.totals.adjusted)));
    }
    pairs
}

fn owed_pairs(owed: &OwedToday, language: Language) -> Pairs {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let mut pairs =
        vec![(t("截至", "As of"), owed.on.to_string()), (t("本金余额", "Principal"), yuan(owed.principal))];
    if owed.misused.is_positive() {
        pairs.push((t("其中挪用本金", "Of it, not used as agreed"), yuan(owed.misused)));
    }
    pairs.extend([
        (t("应付利息", "Interest"), yuan(owed.interest)),
        (t("其中罚息复利", "Of it, penalty"), yuan(owed.penalty)),
        (t("应付费用", "Fees"), yuan(owed.fees)),
    ]);
    if owed.prepayment_fee.is_positive() {
        pairs.push((t("提前结清手续费", "Fee for settling early"), yuan(owed.prepayment_fee)));
    }
    pairs.extend([
        (t("结清金额", "Settles the loan"), yuan(owed.payoff)),
        (t("逾期天数", "Days overdue"), owed.overdue_days.to_string()),
    ]);
    pairs
}

fn lines_table(period: &Period, many: bool, language: Language) -> Table {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let mut columns = vec![Column::date(t("日期", "Date"))];
    if many {
        columns.push(Column::text(t("借据号", "Loan")));
        columns.push(Column::text(t("借款人", "Borrower")));
    }
    columns.extend([
        Column::text(t("摘要", "What")),
        Column::amount(t("放款", "Drawn")),
        Column::amount(t("本金", "Principal")),
        Column::amount(t("利息", "Interest")),
        Column::amount(t("罚息复利", "Penalty")),
        Column::amount(t("费用", "Fees")),
        Column::balance(t("本金余额", "Balance")),
    ]);
    let rows = period.lines.iter().map(|line| {
        let mut row = vec![Cell::Date(line.on)];
        if many {
            row.push(Cell::Text(line.loan_number.clone()));
            row.push(Cell::Text(line.borrower.clone()));
        }
        let (drawn, repaid) = if line.kind == LineKind::Drawdown {
            (Cell::Amount(line.principal), Cell::Empty)
        } else {
            (Cell::Empty, Cell::Amount(line.principal))
        };
        row.extend([
            Cell::Text(what(line, language)),
            drawn,
            repaid,
            amount_or_nothing(line.interest),
            amount_or_nothing(line.penalty),
            amount_or_nothing(line.fees),
            Cell::Amount(line.balance),
        ]);
        row
    });
    Table::new(columns).rows(rows).sums(t("合计", "Sum"))
}

fn amount_or_nothing(amount: Money) -> Cell {
    if amount.is_zero() { Cell::Empty } else { Cell::Amount(amount) }
}

fn what(line: &Line, language: Language) -> String {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en).to_owned();
    match (line.kind, line.source.as_deref()) {
        (LineKind::Drawdown, _) => t("放款", "Drawn"),
        (LineKind::Payment, Some("disposal")) => t("处置回款", "Proceeds of disposal"),
        (LineKind::Payment, Some("guarantee")) => t("保证保险代偿", "Paid by the guarantee insurer"),
        (LineKind::Payment, Some("fund")) => t("风险补偿基金代偿", "Paid by the risk-compensation fund"),
        (LineKind::Payment, Some("pool")) => t("互助保证金代偿", "Paid from the mutual-aid pool"),
        (LineKind::Payment, _) => t("还款", "Payment"),
        (LineKind::Reversal, _) => t("还款冲正", "Payment reversed"),
        (LineKind::Adjustment, Some(kind)) if kind.contains("write_off") => t("核销", "Written off"),
        (LineKind::Adjustment, _) => t("调整", "Adjustment"),
    }
}

fn plan_table(plan: &[PlanLine], language: Language) -> Table {
    let t = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let columns = [
        Column::new(t("期次", "No."), Kind::Whole),
        Column::date(t("还款日", "Due")),
        Column::amount(t("本金", "Principal")),
        Column::amount(t("利息", "Interest")),
        Column::amount(t("应还合计", "Total")),
        Column::balance(t("剩余本金", "Balance")),
    ];
    let rows = plan.iter().map(|one| {
        [
            Cell::Whole(one.number.into()),
            Cell::Date(one.due),
            Cell::Amount(one.principal),
            Cell::Amount(one.interest),
            Cell::Amount(one.total),
            Cell::Amount(one.balance),
        ]
    });
    Table::new(columns).rows(rows).sums(t("合计", "Sum"))
}
