//! What a borrower goes through: valuation, application, approval, pledge, draws, payments.

use contracts::Service;
use finance::Money;
use serde_json::{Value, json};

use super::{
    banking::{self, Bank},
    cast::Person,
    desk::{DemoError, Desk, items, money, percent, text},
};

/// How many of its patents a borrower pledges at most.
const PLEDGED_MAX: usize = 3;
/// Amounts are asked for in whole ten thousands of yuan.
/// Fen: the most that a bank lends on its own valuation alone (金发〔2025〕10号).
const WITHOUT_REPORT: i64 = 1_000_000_000;
const TEN_THOUSAND: i64 = 1_000_000;

/// What the parties sign for the register, beside the contract and the valuations that are here already.
const SIGNED: [(&str, &str); 3] = [
    ("pledge_application_form", "专利权质押登记申请表"),
    ("identity_papers", "出质人、质权人身份证明及书面承诺"),
    ("power_of_attorney", "出质人授权委托书"),
];

/// A file's name, and its page that says what it stands for, in the font that every reader of PDF has for Chinese and none has to embed
/// (ISO 32000-1, 9.7.5.2: the map `UniGB-UCS2-H` of Adobe-GB1).
pub(super) fn paper(title: &str) -> (String, Vec<u8>) {
    let codes: String = title.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    let text = format!("BT /F1 16 Tf 72 720 Td <{codes}> Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R \
         /Resources << /Font << /F1 4 0 R >> >> >>"
            .to_owned(),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UCS2-H /Encoding /UniGB-UCS2-H \
         /DescendantFonts [6 0 R] >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R \
         /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>"
            .to_owned(),
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] \
         /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
            .to_owned(),
    ];
    let mut pdf = String::from("%PDF-1.4\n");
    let mut index = String::from("0000000000 65535 f \n");
    for (number, object) in (1..).zip(&objects) {
        index.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let (count, start) = (objects.len() + 1, pdf.len());
    pdf.push_str(&format!(
        "xref\n0 {count}\n{index}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    (format!("{title}.pdf"), pdf.into_bytes())
}

/// A borrower's way through the year.
#[derive(Debug, Clone)]
pub(super) struct Borrower {
    pub person: Person,
    pub bank: Bank,
    pub facility: String,
    /// The most that the facility gives it.
    pub sub_limit: Money,
    pub patents: Vec<String>,
    pub valuations: Vec<Value>,
    pub application: Option<String>,
    pub approved: Money,
    pub pledge: Option<String>,
    pub loans: Vec<String>,
    /// Whether it still pays what falls due.
    pub pays: bool,
}

impl Borrower {
    pub(super) fn new(person: Person, bank: Bank, facility: &str, sub_limit: i64) -> Self {
        Self {
            person,
            bank,
            facility: facility.to_owned(),
            sub_limit: Money::from_fen(sub_limit * 100),
            patents: Vec::new(),
            valuations: Vec::new(),
            application: None,
            approved: Money::ZERO,
            pledge: None,
            loans: Vec::new(),
            pays: true,
        }
    }

    /// The officer values the borrower's unencumbered patents until there are enough worth pledging.
    pub(super) async fn value_patents(&mut self, desk: &mut Desk<'_>) -> Result<(), DemoError> {
        self.patents.clear();
        self.valuations.clear();
        let query = format!(
            "/patents?applicant={}&legal_status=granted&encumbered=false&limit=50",
            percent(self.person.of.name)
        );
        let found = desk.get(&self.bank.officer, Service::Valuation, &query).await?;
        for patent in items(&found) {
            if self.patents.len() == PLEDGED_MAX {
                break;
            }
            let id = text(patent, "/id")?;
            // The catalogue is the one of the year's end; what was granted later is not on the table yet.
            let granted = patent.get("grant_date").and_then(Value::as_str);
            if granted.is_none_or(|day| day > desk.today.to_string().as_str()) {
                continue;
            }
            // Loans are drawn on it until the year's end and last a year: the right must outlive them.
            let needed = desk.today.checked_add_months(chrono::Months::new(25)).map(|day| day.to_string());
            let ends = patent.get("expires_on").and_then(Value::as_str);
            if ends.zip(needed.as_deref()).is_some_and(|(ends, needed)| ends < needed) {
                continue;
            }
            if !self.is_eligible(desk, id).await? {
                continue;
            }
            let valuation = match banking::value(desk, &self.bank.officer, id).await {
                Ok(valuation) => valuation,
                // A patent that cannot be assessed is passed over, as an officer would.
                Err(DemoError::Refused { .. }) => continue,
                Err(error) => return Err(error),
            };
            if money(&valuation, "/collateral/maximum_loan")?.is_positive() {
                self.patents.push(id.to_owned());
                self.valuations.push(valuation);
            }
        }
        Ok(())
    }

    async fn is_eligible(&self, desk: &mut Desk<'_>, patent: &str) -> Result<bool, DemoError> {
        let body = json!({
            "facility_id": self.facility, "amount": "10000.00", "tenor_months": 12, "patent_ids": [patent],
        });
        let answer = desk.post(&self.person, Service::Pledge, "/applications/eligibility", body).await?;
        // A patent that would need a declaration is left out, too.
        Ok(answer.get("findings").and_then(Value::as_array).is_some_and(Vec::is_empty))
    }

    /// What can be asked for on what was valued: nine tenths of the most that may be lent, in whole ten thousands.
    fn within_reach(&self) -> Result<Money, DemoError> {
        let (mut loan, mut collateral) = (0, 0);
        for valuation in &self.valuations {
            loan += money(valuation, "/collateral/maximum_loan")?.fen();
            collateral += money(valuation, "/collateral/collateral_value")?.fen();
        }
        // Neither facility lends more than half of the collateral's value.
        let fen = (loan.min(collateral / 2) / 10 * 9).min(self.sub_limit.fen() / 10 * 8).min(WITHOUT_REPORT);
        Ok(Money::from_fen(fen / TEN_THOUSAND * TEN_THOUSAND))
    }

    pub(super) async fn apply(&mut self, desk: &mut Desk<'_>) -> Result<(), DemoError> {
        let amount = self.within_reach()?;
        if !amount.is_positive() {
            return Err(DemoError::Fault(format!("{} has nothing worth pledging", self.person.username)));
        }
        let body = json!({
            "facility_id": self.facility, "amount": amount, "tenor_months": 12,
            "purpose": "采购原材料，补充流动资金", "patent_ids": self.patents,
        });
        let made = desk.post(&self.person, Service::Pledge, "/applications", body).await?;
        self.application = Some(text(&made, "/id")?.to_owned());
        self.approved = amount;
        Ok(())
    }

    fn application(&self) -> Result<&str, DemoError> {
        self.application.as_deref().ok_or_else(|| DemoError::Fault("no application yet".to_owned()))
    }

    pub(super) async fn assess(&self, desk: &mut Desk<'_>) -> Result<(), DemoError> {
        let mut named = Vec::new();
        for valuation in &self.valuations {
            named.push(json!({
                "patent_id": text(valuation, "/patent_id")?, "valuation_id": text(valuation, "/id")?,
            }));
        }
        let path = format!("/applications/{}/assess", self.application()?);
        let body = json!({
            "valuations": named, "recommended_amount": self.approved,
            "comment": "经营正常，专利与主营产品相关，评估在有效期内，建议同意。",
        });
        desk.post(&self.bank.officer, Service::Pledge, &path, body).await.map(drop)
    }

    pub(super) async fn approve(&self, desk: &mut Desk<'_>) -> Result<(), DemoError> {
        let path = format!("/applications/{}/approve", self.application()?);
        desk.post(&self.bank.approver, Service::Pledge, &path, json!({ "comment": "同意" })).await.map(drop)
    }

    pub(super) async fn pledge(&mut self, desk: &mut Desk<'_>) -> Result<(), DemoError> {
        let application = format!("/applications/{}", self.application()?);
        for (kind, title) in SIGNED {
            desk.attach(&self.person, &application, kind, paper(title)).await?;
        }
        let path = format!("{application}/pledge");
        // Who files does not grant.
        let made = desk.post(&self.bank.officer, Service::Pledge, &path, json!({})).await?;
        self.pledge = Some(text(&made, "/id")?.to_owned());
        Ok(())
    }

    pub(super) async fn register(&self, desk: &mut Desk<'_>) -> Result<(), DemoError> {
        let pledge = self.pledge.as_deref().ok_or_else(|| DemoError::Fault("no pledge yet".to_owned()))?;
        let confirm = format!("/pledges/{pledge}/confirm");
        desk.post(&self.person, Service::Pledge, &confirm, json!({})).await?;
        let path = format!("/pledges/{pledge}/register");
        desk.post(&self.bank.operations, Service::Pledge, &path, json!({})).await.map(drop)
    }

    /// Draws a part of what was approved, in hundredths of it.
    pub(super) async fn draw(
        &mut self,
        desk: &mut Desk<'_>,
        hundredths: i64,
        repayment: &str,
    ) -> Result<(), DemoError> {
        let fen = self.approved.fen() / 100 * hundredths / TEN_THOUSAND * TEN_THOUSAND;
        let body = json!({
            "enterprise_id": self.person.of.id(), "amount": Money::from_fen(fen.max(TEN_THOUSAND)),
            "tenor_months": 12, "repayment": repayment, "purpose": "采购原材料",
        });
        let path = format!("/facilities/{}/drawdowns", self.facility);
        let made = desk.post(&self.person, Service::Pledge, &path, body).await?;
        self.loans.push(text(&made, "/loan_id")?.to_owned());
        Ok(())
    }

    /// Pays on each loan what falls due today.
    pub(super) async fn pay_what_is_due(&self, desk: &mut Desk<'_>) -> Result<(), DemoError> {
        if !self.pays {
            return Ok(());
        }
        let today = desk.today.to_string();
        for loan in &self.loans {
            let view = desk.get(&self.person, Service::Pledge, &format!("/loans/{loan}")).await?;
            let due = view.pointer("/next_due/due").and_then(Value::as_str);
            if due == Some(today.as_str()) && money(&view, "/next_due/total")?.is_positive() {
                self.pay(desk, loan, money(&view, "/next_due/total")?).await?;
            }
        }
        Ok(())
    }

    /// The bank's officer looks at the borrower and writes down what was found, for each of its loans (贷后检查).
    pub(super) async fn look_after(&self, desk: &mut Desk<'_>) -> Result<(), DemoError> {
        let findings = if self.pays {
            json!({ "outcome": "sound", "findings": "生产经营正常，贷款用于采购原材料，与约定用途一致" })
        } else {
            json!({ "outcome": "watch", "findings": "回款放缓，付息出现延迟，已要求提供销售台账" })
        };
        for loan in &self.loans {
            let path = format!("/loans/{loan}/checks");
            desk.post(&self.bank.officer, Service::Pledge, &path, findings.clone()).await?;
        }
        Ok(())
    }

    /// Pays an amount on a loan.
    pub(super) async fn pay(&self, desk: &mut Desk<'_>, loan: &str, amount: Money) -> Result<(), DemoError> {
        let body = json!({ "amount": amount, "comment": "网银还款" });
        desk.post(&self.person, Service::Pledge, &format!("/loans/{loan}/repayments"), body).await.map(drop)
    }
}
