//! What valuations rest on: a made-up market index, deals as evidence of the market, some verified, some waiting, and rules
//! of revaluation that wait for their approver.

use chrono::{Datelike, Months};
use contracts::Service;
use serde_json::{Value, json};

use super::{
    cast::{INSTITUTE_ADMIN, OPERATIONS_A, PLATFORM_ADMIN, PLATFORM_SECOND, Person, RISK_A, TRANSFER_OFFICE},
    desk::{DemoError, Desk, text},
};

/// Day of the year on which the index is put in force and the deals are written down.
pub(super) const DAY: i64 = 330;

/// The index, then the deals of a bank and of the university, then the rules of a bank.
pub(super) async fn run(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    market_index(desk).await?;
    deals(desk, (&OPERATIONS_A, &RISK_A), &BANK_DEALS, 1).await?;
    deals(desk, (&TRANSFER_OFFICE, &INSTITUTE_ADMIN), &UNIVERSITY_DEALS, 2).await?;
    rules(desk).await
}

/// Rules of revaluation that bank A's risk manager proposes; they wait for whoever signs in as its approver.
async fn rules(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let path = "/revaluation-triggers/rules";
    let mut rules = desk.get(&RISK_A, Service::Valuation, path).await?["rules"].clone();
    for rule in rules.as_array_mut().into_iter().flatten() {
        if rule["cause"] == "invalidation_filed" {
            rule["deadline_days"] = json!(10);
        }
    }
    let body = json!({ "rules": rules, "effective_from": desk.today, "reason": "无效宣告请求须更快重估" });
    desk.post(&RISK_A, Service::Valuation, &format!("{path}/proposals"), body).await.map(drop)
}

/// Industries with the index's movement a month, in hundredths.
const MOVEMENTS: [(&str, i64); 6] = [
    ("total", 20),
    ("natural_gas_chemistry", -10),
    ("new_materials", 60),
    ("lithium_potassium", -80),
    ("agriculture", 15),
    ("mechanical_engineering", 30),
];
const MONTHS: u32 = 30;

/// Thirty months of an index that says of itself that it is made up.
async fn market_index(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let mut file = "industry,month,value\n".to_owned();
    for (industry, movement) in MOVEMENTS {
        for ago in 0..MONTHS {
            let Some(month) = desk.today.checked_sub_months(Months::new(ago)) else { continue };
            let hundredths = 10_000 + movement * i64::from(MONTHS - ago);
            let line = format!(
                "{industry},{:04}-{:02},{}.{:02}\n",
                month.year(),
                month.month(),
                hundredths / 100,
                hundredths % 100
            );
            file.push_str(&line);
        }
    }
    let said = [
        ("source", "演示数据：编造的走势，不是真实指数"),
        ("citation", "仅用于演示年度，无出处"),
        ("status", "platform_default"),
    ];
    let path = "/reference/market-index/versions";
    let draft = desk.upload(&PLATFORM_ADMIN, Service::Valuation, path, &said, &file).await?;
    let version = format!("{path}/{}", text(&draft, "/id")?);
    let body = json!({ "effective_from": desk.today, "reason": "演示年度所用指数" });
    desk.post(&PLATFORM_ADMIN, Service::Valuation, &format!("{version}/propose"), body).await?;
    desk.post(&PLATFORM_SECOND, Service::Valuation, &format!("{version}/approve"), json!({})).await.map(drop)
}

/// A deal of the demo: kind, IPC symbol, months ago, patents, price in thousands of yuan (0: a royalty), term or 0.
type Made = (&'static str, &'static str, u32, u32, u32, u32);

const BANK_DEALS: [Made; 9] = [
    ("sale", "C22B26/12", 5, 1, 1_180, 0),
    ("exclusive_licence", "C01D15/08", 9, 2, 960, 60),
    ("ordinary_licence", "H01M10/54", 14, 1, 150, 36),
    ("sale", "C07C29/151", 7, 3, 2_400, 0),
    ("ordinary_licence", "C07C1/04", 18, 1, 0, 48),
    ("sale", "D01F6/74", 11, 1, 820, 0),
    ("sole_licence", "C08L77/10", 22, 1, 310, 48),
    ("sale", "A01D41/12", 4, 2, 460, 0),
    ("open_licence", "A01B49/06", 6, 1, 60, 24),
];
const UNIVERSITY_DEALS: [Made; 5] = [
    ("sale", "C22B26/10", 8, 1, 650, 0),
    ("exclusive_licence", "C01B3/34", 13, 1, 720, 72),
    ("ordinary_licence", "B23Q3/08", 16, 1, 90, 36),
    ("ordinary_licence", "C22B26/12", 3, 1, 0, 60),
    ("sale", "B23K26/38", 26, 4, 1_500, 0),
];

async fn deals(
    desk: &mut Desk<'_>,
    (maker, checker): (&Person, &Person),
    made: &[Made],
    waiting: usize,
) -> Result<(), DemoError> {
    for (place, deal) in made.iter().enumerate() {
        let body = body(desk, maker, place, deal);
        let written = desk.post(maker, Service::Valuation, "/deals", body).await?;
        // The last ones wait for whoever signs in.
        if place + waiting < made.len() {
            let verify = format!("/deals/{}/verify", text(&written, "/id")?);
            desk.post(checker, Service::Valuation, &verify, json!({})).await?;
        }
    }
    Ok(())
}

fn body(desk: &Desk<'_>, maker: &Person, place: usize, deal: &Made) -> Value {
    let (kind, ipc, ago, patents, thousands, term) = *deal;
    let day = desk.today.checked_sub_months(Months::new(ago)).unwrap_or(desk.today);
    let royalty = thousands == 0;
    json!({
        "kind": kind, "dealt_on": day, "ipc": [ipc], "patent_count": patents,
        "seller": format!("演示出让方{}", place + 1), "buyer": format!("演示受让方{}", place + 1),
        "price": (!royalty).then(|| format!("{thousands}000.00")),
        "royalty_rate": royalty.then_some("0.03"), "royalty_base": royalty.then_some("net_sales"),
        "term_months": (term > 0).then_some(term), "remaining_months": 150 - ago,
        "source": if place.is_multiple_of(2) { "announcement" } else { "contract_registration" },
        "source_reference": format!("演示-{}-{:03}", maker.of.name.chars().take(2).collect::<String>(), place + 1),
        "shared": place % 3 != 2,
    })
}
