//! What the university and an enterprise record beside their patents: what happened to them, families and citations, why one
//! lies unused, products, inventions examined before they are filed.

use chrono::Datelike;
use contracts::Service;
use serde_json::{Value, json};

use super::{
    cast::{BORROWERS, ENTERPRISES, INSTITUTE_ADMIN, Person, TRANSFER_OFFICE},
    desk::{DemoError, Desk, items, text},
};

/// The day of the university's records, of the enterprise's products, of the examinations.
pub(super) const DAYS: [i64; 3] = [315, 320, 346];

/// What happens on one of the days.
pub(super) async fn run(desk: &mut Desk<'_>, day: i64) -> Result<(), DemoError> {
    match day {
        315 => records(desk).await,
        320 => products(desk).await,
        _ => examinations(desk).await,
    }
}

/// The granted inventions of an owner, the oldest first.
async fn granted(desk: &Desk<'_>, who: &Person, limit: usize) -> Result<Vec<Value>, DemoError> {
    let owner = who.of.id();
    let query = format!(
        "/patents?legal_status=granted&kind=invention&encumbered=false&owner_id={owner}&sort=filing_date&limit={limit}"
    );
    let found = desk.get(who, Service::Valuation, &query).await?;
    Ok(items(&found).to_vec())
}

async fn post(desk: &mut Desk<'_>, who: &Person, path: &str, body: Value) -> Result<Value, DemoError> {
    desk.post(who, Service::Valuation, path, body).await
}

/// An annuity paid, a licence, a request for invalidation and its end, a prize; a family and citations; a reason to wait.
async fn records(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let (who, today) = (&TRANSFER_OFFICE, desk.today);
    let patents = granted(desk, who, 6).await?;
    for (at, patent) in patents.iter().enumerate() {
        let path = format!("/patents/{}/timeline", text(patent, "/id")?);
        let entry =
            |what: Value, source: &str| json!({ "happened_on": today, "what": what, "source": source });
        match at {
            0 => {
                let shown =
                    desk.get(who, Service::Valuation, &format!("/patents/{}", text(patent, "/id")?)).await?;
                if let Some(year) = shown.pointer("/next_annuity/year").and_then(Value::as_u64) {
                    let paid = json!({ "kind": "annuity_paid", "year": year, "amount": shown["next_annuity"]["fee"] });
                    post(desk, who, &path, entry(paid, "年费缴费收据（演示）")).await?;
                }
                let prize = json!({ "kind": "awarded", "award": "china_patent_award", "year": today.year() - 1,
                    "grade": "优秀奖" });
                post(desk, who, &path, entry(prize, "获奖证书（演示）")).await?;
            }
            1 => {
                let licence = json!({ "kind": "licensed", "licence": "ordinary", "licensee": ENTERPRISES[1].name,
                    "licensee_organisation": ENTERPRISES[1].id(), "until": format!("{}-12-31", today.year() + 3),
                    "registered_number": "X演示0001" });
                post(desk, who, &path, entry(licence, "专利实施许可合同备案证明（演示）")).await?;
            }
            2 => {
                let asked = json!({ "kind": "dispute_opened", "dispute": "invalidation", "reference": "演示-无效-1" });
                post(desk, who, &path, entry(asked, "无效宣告请求受理通知书（演示）")).await?;
                let kept = json!({ "kind": "dispute_closed", "dispute": "invalidation", "outcome": "upheld",
                    "reference": "演示-无效-1" });
                post(desk, who, &path, entry(kept, "无效宣告请求审查决定书（演示）")).await?;
            }
            3 => belongings(desk, patent).await?,
            _ => {}
        }
    }
    let unused = desk.get(who, Service::Valuation, "/dormant-patents?limit=1").await?;
    for patent in items(&unused) {
        let why = json!({ "ground": "technology_maturing", "reason": "中试装置正在建设，预计两年内转化",
            "document": "校科演示〔1〕号", "valid_until": format!("{}-12-31", today.year() + 1) });
        let path = format!("/dormant-patents/{}/justifications", text(patent, "/id")?);
        post(desk, who, &path, why).await?;
    }
    Ok(())
}

async fn belongings(desk: &mut Desk<'_>, patent: &Value) -> Result<(), DemoError> {
    let (who, id) = (&TRANSFER_OFFICE, text(patent, "/id")?);
    // Numbers that no office has issued.
    let family = json!({ "source": "同族检索（演示）", "members": [
        { "number": "EP9990001B1", "legal_status": "granted" }, { "number": "US99900001B2", "legal_status": "granted" },
        { "number": "JP99900001B2", "legal_status": "lapsed" }] });
    post(desk, who, &format!("/patents/{id}/family"), family).await?;
    let citations = json!({ "source": "检索报告（演示）", "citations": [
        { "kind": "backward_patent", "reference": "CN999000001A", "category": "A" },
        { "kind": "backward_literature", "reference": "演示作者. 演示文献[J]. 演示学报" },
        { "kind": "forward", "reference": "US99900002B2", "cited_on": desk.today, "ipc": ["C22B26/12"] }] });
    post(desk, who, &format!("/patents/{id}/citations"), citations).await?;
    Ok(())
}

/// The second enterprise makes a product under a patent of its own; it is recognised as patent-intensive.
async fn products(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let (who, year) = (&BORROWERS[1], desk.today.year() - 1);
    let Some(patent) = granted(desk, who, 1).await?.into_iter().next() else { return Ok(()) };
    let product = json!({ "product": "连续玄武岩纤维布", "model": "BF-200", "relation": "权利要求1的结构用于本产品",
        "patents": [{ "patent_id": text(&patent, "/id")?, "protects": "product", "claims": "1-5" }],
        "revenues": [{ "year": year - 1, "revenue": "18600000.00" }, { "year": year, "revenue": "23500000.00" }] });
    let filed = post(desk, who, "/product-filings", product).await?;
    let recognised = json!({ "body": "专利密集型产品认定机构（演示）", "certificate": "MJ-演示-0001", "recognised_on": desk.today,
        "criteria": [{ "criterion": "专利对产品的技术贡献", "met": true, "evidence": "评价报告第3节（演示）" },
            { "criterion": "产品市场表现", "met": true, "evidence": "近两年销售收入增长" }] });
    post(desk, who, &format!("/product-filings/{}/recognise", text(&filed, "/id")?), recognised).await?;
    Ok(())
}

/// One invention is decided to be filed; another waits for the administrator when the reader signs in.
async fn examinations(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let examined = |title: &str, inventor: &str, recommendation: &str| {
        json!({ "title": title, "inventors": [inventor], "field": "C22B26/12", "summary": "由卤水分级提取的工艺路线",
            "searched": true, "search_findings": "未见公开相同方案", "market_outlook": 4, "market_note": "本地产业集群有需求",
            "ownership": "institute", "state_funded": true, "project": "省级科技计划（演示）",
            "recommendation": recommendation, "recommendation_reason": "技术方案完整", "evaluator": "评估专家（演示）" })
    };
    let first = examined("一种卤水提锂的膜分离工艺", "殷发明", "file");
    let first = post(desk, &TRANSFER_OFFICE, "/prefilings", first).await?;
    let decided = json!({ "decision": "file", "reason": "同意评估意见" });
    post(desk, &INSTITUTE_ADMIN, &format!("/prefilings/{}/decide", text(&first, "/id")?), decided).await?;
    let second = examined("一种钾盐结晶控制参数", "贝工程师", "keep_secret");
    post(desk, &TRANSFER_OFFICE, "/prefilings", second).await?;
    Ok(())
}
