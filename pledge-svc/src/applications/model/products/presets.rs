//! The products that come with the platform.

use finance::{Money, Rate};

use crate::loan::LoanKind;

use super::{Product, Requirement, STANDARD, StandardCondition};

fn requirement(code: &str, name: (&str, &str), cure: (&str, &str)) -> Requirement {
    Requirement {
        code: code.to_owned(),
        name_zh: name.0.to_owned(),
        name_en: name.1.to_owned(),
        cure_zh: cure.0.to_owned(),
        cure_en: cure.1.to_owned(),
    }
}

fn paper(code: &str, zh: &str, en: &str) -> Requirement {
    requirement(
        code,
        (zh, en),
        (&format!("请上传{zh}（PDF 或图片）"), &format!("attach the {en} (PDF or picture)")),
    )
}

fn statement(code: &str, zh: &str, en: &str) -> Requirement {
    requirement(
        code,
        (zh, en),
        ("请在申请或补正时作出该项声明", "make the statement with the application or a correction"),
    )
}

/// The facility's own terms and nothing else.
pub(super) fn standard() -> Product {
    Product {
        code: STANDARD.to_owned(),
        name_zh: "专利权质押贷款".to_owned(),
        name_en: "Patent pledge loan".to_owned(),
        kind: LoanKind::WorkingCapital,
        fees_allowed: true,
        guarantee_fee_max: None,
        amount_max: None,
        tenor_max_months: None,
        annual_rate_max: None,
        lpr_spread_max: None,
        industries: Vec::new(),
        first_review_days: None,
        documents: Vec::new(),
        statements: Vec::new(),
        conditions: Vec::new(),
    }
}

/// 天府知来贷: start-up small and micro industrial firms with valid intellectual property; at most CNY 10 million and
/// one year, working capital; at most one-year LPR + 150 bp; guarantee fee at most 1 % a year and no other charge; a
/// guarantor underwrites each loan or follows the bank's approval (Sichuan, trial rules of 2025).
pub(super) fn tianfu_zhilai() -> Product {
    Product {
        code: "tianfu_zhilai".to_owned(),
        name_zh: "天府知来贷".to_owned(),
        name_en: "Tianfu Zhilai loan".to_owned(),
        kind: LoanKind::WorkingCapital,
        fees_allowed: false,
        guarantee_fee_max: Some(Rate::from_basis_points(100)),
        amount_max: Some(Money::from_fen(1_000_000_000)),
        tenor_max_months: Some(12),
        annual_rate_max: None,
        lpr_spread_max: Some(Rate::from_basis_points(150)),
        industries: Vec::new(),
        first_review_days: Some(5),
        documents: vec![
            paper("business_licence", "营业执照", "business licence"),
            paper("financial_statements", "近一期财务报表", "latest financial statements"),
            paper("tax_certificate", "近一年纳税证明", "tax certificate of the last year"),
            paper("patent_certificate", "专利证书及年费缴纳凭证", "patent certificate with the annuity's receipt"),
            paper("use_of_funds", "用款计划或购销合同", "plan or contract for the use of the money"),
        ],
        statements: vec![
            statement(
                "small_micro_industrial",
                "本企业为符合国家划型标准的小型、微型工业企业",
                "we are a small or micro industrial enterprise by the national standard",
            ),
            statement("start_up", "本企业处于初创期", "we are a start-up"),
            statement(
                "undisputed_ip",
                "用于融资的知识产权有效、权属清晰、无争议",
                "the intellectual property offered is valid, ours and undisputed",
            ),
            statement(
                "working_capital",
                "贷款用于生产经营流动资金，不用于投资、还贷或转贷",
                "the loan is working capital, not investment, repayment or on-lending",
            ),
        ],
        conditions: vec![
            StandardCondition {
                code: "guarantee_letter".to_owned(),
                text_zh: "担保机构已出具担保函或已按“见贷即担”确认，担保费率不高于年 1%，未收取其他费用".to_owned(),
                text_en: "the guarantor has issued its guarantee, or confirmed it on the bank's approval, for a fee of at most 1 % a year and no other charge".to_owned(),
                always: true,
            },
            StandardCondition {
                code: "fund_filing".to_owned(),
                text_zh: "已在省级知识产权质押风险补偿资金备案".to_owned(),
                text_en: "the loan is filed with the provincial risk-compensation fund".to_owned(),
                always: false,
            },
            StandardCondition {
                code: "subsidy_consent".to_owned(),
                text_zh: "企业已签署贴息资金申报授权".to_owned(),
                text_en: "the enterprise has authorised the claim for the interest subsidy".to_owned(),
                always: false,
            },
        ],
    }
}
