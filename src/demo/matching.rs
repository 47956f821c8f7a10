//! What enterprises look for, and what the university proposes: needs of several industries, proposals at every step.

use contracts::Service;
use serde_json::{Value, json};

use super::{
    cast::{BORROWERS, TRANSFER_OFFICE},
    desk::{DemoError, Desk, items, text},
};

/// Who looks for what: place among the enterprises, title, problem, industry, classes, mode, budget.
type Wanted =
    (usize, &'static str, &'static str, &'static str, &'static [&'static str], &'static str, &'static str);

const NEEDS: [Wanted; 5] = [
    (
        0,
        "高含硫原料气深度净化与胺液长周期运行",
        "净化装置胺液发泡、再生能耗高，希望引进低能耗吸收与溶剂再生技术，尾气中硫化物再降一半。",
        "natural_gas_chemistry",
        &["B01D53/14", "C10L3/10"],
        "licence",
        "3000000.00",
    ),
    (
        1,
        "玄武岩纤维复合材料界面改性与阻燃",
        "轨道交通内饰件要求阻燃和高层间强度，现有玄武岩纤维与树脂界面结合差，寻求表面处理或树脂体系。",
        "new_materials",
        &["C08J5/08", "C08L63/00"],
        "joint_development",
        "2000000.00",
    ),
    (
        2,
        "低浓度卤水直接提锂",
        "伴生卤水锂浓度低、镁锂比高，希望不经盐田蒸发，用吸附或膜法直接富集锂，吸附剂寿命一千次以上。",
        "lithium_potassium",
        &["C22B26/12", "C01D15/08"],
        "licence",
        "5000000.00",
    ),
    (
        3,
        "苎麻脱胶减污与丘陵特色作物深加工",
        "现用碱法脱胶污染大，寻求酶法或微生物脱胶；同时需要丘陵地区作物加工副产物的利用技术。",
        "agriculture",
        &["D01C1/04", "A23L33/00"],
        "any",
        "800000.00",
    ),
    (
        4,
        "矿山机械耐磨部件延寿",
        "截齿、叶轮等部件磨损快，希望采用激光熔覆、堆焊或新型耐磨材料，使寿命提高一倍。",
        "mechanical_engineering",
        &["B23K26/34", "C22C38/00"],
        "transfer",
        "1200000.00",
    ),
];

/// What the university proposes scores so much at least, of a hundred.
const GOOD: f64 = 65.0;

/// Enterprises say what they look for.
pub(super) async fn state_needs(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    for (place, title, problem, industry, ipc, mode, budget) in NEEDS {
        let body = json!({
            "title": title, "problem": problem, "industry": industry, "ipc": ipc, "mode": mode,
            "budget_high": budget, "visibility": if place == 4 { "platform" } else { "institutes" },
            "deadline": desk.today + chrono::TimeDelta::days(150),
        });
        desk.post(&BORROWERS[place], Service::Valuation, "/needs", body).await?;
    }
    Ok(())
}

/// The university proposes what fits best. One enterprise talks, one has signed, one declined, the others have yet to
/// answer.
pub(super) async fn propose(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let listed = desk.get(&TRANSFER_OFFICE, Service::Valuation, "/needs?status=open&sort=created_at").await?;
    let mut proposed = Vec::new();
    for need in items(&listed) {
        let id = text(need, "/id")?;
        let fitting =
            desk.get(&TRANSFER_OFFICE, Service::Valuation, &format!("/needs/{id}/matches?limit=2")).await?;
        let good = |place: &&Value| place["score"].as_f64().is_some_and(|score| score >= GOOD);
        for place in items(&fitting).iter().filter(good) {
            let body = json!({
                "patent_id": text(place, "/patent/id")?, "need_id": id,
                "message": "我校持有该项专利，已完成实验室验证，可提供样品与现场技术支持。",
                "contact": "科学技术处 龙海 0818-2790000",
            });
            let made = desk.post(&TRANSFER_OFFICE, Service::Valuation, "/matches", body).await?;
            proposed.push((text(&made, "/id")?.to_owned(), text(&made, "/enterprise_id")?.to_owned()));
        }
    }
    for (place, (id, enterprise)) in proposed.iter().enumerate() {
        let Some(who) = BORROWERS.iter().find(|one| one.of.id().to_string() == *enterprise) else { continue };
        let said: Vec<(&str, Value)> = match place % 4 {
            0 => vec![
                ("accept", json!({ "contact": "技术部 139-0000-0000", "note": "希望先做小试" })),
                ("report-back", json!({ "status": "in_talks", "note": "已寄送样品" })),
            ],
            1 => vec![("decline", json!({ "reason_code": "not_mature", "note": "尚无中试数据" }))],
            2 if place == 2 => vec![
                ("accept", json!({ "contact": "总工办 0818-2000000" })),
                (
                    "report-back",
                    json!({ "status": "signed", "mode": "licence", "amount": "600000.00", "signed_on": desk.today }),
                ),
            ],
            _ => Vec::new(),
        };
        for (step, body) in said {
            desk.post(who, Service::Valuation, &format!("/matches/{id}/{step}"), body).await?;
        }
    }
    Ok(())
}
