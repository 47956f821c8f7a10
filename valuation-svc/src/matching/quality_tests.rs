//! How good the ranking is: measured over the labelled set of `data/matching/` against a plain bag of characters. Weights were
//! chosen on the development half; the floors hold on the test half.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    index::{Entry, Narrowed, Place, SearchIndex, Sought},
    model::{available::Standing, compare::Side, rank::Weights, segment::telling, similarity::Bag},
    standing::Offered,
    suggest::{Board, candidates, words},
};
use crate::catalogue::{
    PatentRecord,
    industry::Industry,
    patent::{LegalStatus, PatentFacts},
    sample_real,
};

/// What the test half must reach: below what is measured (docs/matching.md), above what the bag of characters reaches.
const FLOOR: Measures = Measures { at_5: 0.46, at_10: 0.255, ndcg: 0.905 };

struct Need {
    id: String,
    test: bool,
    industry: Industry,
    ipc: String,
    title: String,
    problem: String,
}

/// Precision among the first five and ten (graded 1 or 2), and nDCG among the first ten with gains 2^grade − 1.
#[derive(Debug, Clone, Copy, Default)]
struct Measures {
    at_5: f64,
    at_10: f64,
    ndcg: f64,
}

fn rows(text: &str) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(text.as_bytes()).records().collect::<Result<_, _>>().unwrap()
}

fn needs() -> Vec<Need> {
    rows(include_str!("../../data/matching/needs.csv"))
        .iter()
        .map(|row| Need {
            id: row[0].to_owned(),
            test: &row[1] == "test",
            industry: Industry::of_code(&row[2]),
            ipc: row[3].to_owned(),
            title: row[4].to_owned(),
            problem: row[5].to_owned(),
        })
        .collect()
}

/// The labelled patents, and the shipped sample of real ones behind them: none of those is about any of the needs.
fn patents() -> Vec<(String, PatentRecord)> {
    let labelled = rows(include_str!("../../data/matching/patents.csv")).into_iter().map(|row| {
        let facts = PatentFacts {
            publication_number: row[0].to_owned(),
            ipc: vec![row[1].to_owned()],
            title: row[2].to_owned(),
            abstract_text: Some(row[3].to_owned()),
            legal_status: LegalStatus::Granted,
            ..PatentFacts::default()
        };
        (row[0].to_owned(), PatentRecord::of(facts, "labelled"))
    });
    let real = sample_real().unwrap().into_iter().map(|mut record| {
        record.facts.legal_status = LegalStatus::Granted;
        (record.facts.publication_number.clone(), record)
    });
    labelled.chain(real).collect()
}

fn judgements() -> HashMap<(String, String), u32> {
    rows(include_str!("../../data/matching/judgements.csv"))
        .iter()
        .map(|row| ((row[0].to_owned(), row[1].to_owned()), row[2].parse().unwrap()))
        .collect()
}

fn gain(grade: u32) -> f64 {
    f64::from(2_u32.pow(grade) - 1)
}

fn discounted(grades: &[u32]) -> f64 {
    grades.iter().take(10).zip(2_u32..).map(|(grade, place)| gain(*grade) / f64::from(place).log2()).sum()
}

fn measure(ranking: &[String], need: &str, judged: &HashMap<(String, String), u32>) -> Measures {
    let grade = |patent: &String| judged.get(&(need.to_owned(), patent.clone())).copied().unwrap_or(0);
    let grades: Vec<u32> = ranking.iter().map(grade).collect();
    let hits =
        |first: usize| grades.iter().take(first).filter(|grade| **grade > 0).count() as f64 / first as f64;
    let mut ideal: Vec<u32> =
        judged.iter().filter(|((of, _), _)| of == need).map(|(_, grade)| *grade).collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    Measures { at_5: hits(5), at_10: hits(10), ndcg: discounted(&grades) / discounted(&ideal) }
}

fn mean(all: &[Measures]) -> Measures {
    let of = |part: fn(&Measures) -> f64| all.iter().map(part).sum::<f64>() / all.len() as f64;
    Measures { at_5: of(|m| m.at_5), at_10: of(|m| m.at_10), ndcg: of(|m| m.ndcg) }
}

/// Cosine of counted characters: no words, no rarity, no classes.
fn by_characters(need: &Need, patents: &[(String, PatentRecord)]) -> Vec<String> {
    let count = |text: &str| {
        let mut counts: BTreeMap<char, f64> = BTreeMap::new();
        for letter in text.chars().filter(|c| c.is_alphanumeric()) {
            *counts.entry(letter).or_default() += 1.0;
        }
        counts
    };
    let norm = |counts: &BTreeMap<char, f64>| counts.values().map(|n| n * n).sum::<f64>().sqrt().max(1.0);
    let sought = count(&format!("{}{}", need.title, need.problem));
    let mut scored: Vec<(f64, &String)> = patents
        .iter()
        .map(|(id, record)| {
            let text = record.facts.abstract_text.as_deref().unwrap_or_default();
            let has = count(&format!("{}{text}", record.facts.title));
            let both: f64 = sought.iter().filter_map(|(c, n)| has.get(c).map(|m| n * m)).sum();
            (both / norm(&sought) / norm(&has), id)
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.into_iter().map(|(_, id)| id.clone()).collect()
}

/// Every fitting patent first, the best of them before the others.
fn at_best(need: &str, judged: &HashMap<(String, String), u32>) -> Vec<String> {
    let mut fitting: Vec<(u32, &String)> =
        judged.iter().filter(|((of, _), _)| of == need).map(|((_, id), grade)| (*grade, id)).collect();
    fitting.sort_unstable_by(|a, b| b.cmp(a));
    fitting.into_iter().map(|(_, id)| id.clone()).collect()
}

/// The product's own way: candidates from the index, compared and ranked.
async fn by_product(
    index: &SearchIndex,
    need: &Need,
    (names, offered): (&HashMap<Uuid, String>, &HashMap<Uuid, Offered>),
    hint: bool,
) -> Vec<String> {
    let on: NaiveDate = "2026-11-24".parse().unwrap();
    let sought = Side {
        bag: Bag::of(&telling(&need.title), &telling(&need.problem)),
        industry: need.industry,
        ipc: if hint { vec![need.ipc.clone()] } else { Vec::new() },
    };
    let asked = Sought::about(&sought.bag, &sought.ipc);
    let hits = index.ask(&asked, &Narrowed::default(), (0, 200)).await.unwrap();
    let found = candidates(&hits, offered, on);
    let rarity = index.rarity(words(&sought, &found)).await.unwrap();
    let board = Board::of(&sought, &found, &rarity, &Weights::default());
    board.ranked.iter().map(|one| names[&one.id].clone()).collect()
}

#[tokio::test]
async fn the_ranking_is_better_than_a_bag_of_characters_by_a_stated_floor() {
    let (needs, patents, judged) = (needs(), patents(), judgements());
    assert!(needs.len() >= 40 && judged.len() > needs.len() * 4);
    assert_eq!(needs.iter().filter(|need| need.test).count() * 2, needs.len());
    let index = SearchIndex::new(Place::Memory);
    let (mut names, mut offered, mut entries) = (HashMap::new(), HashMap::new(), Vec::new());
    let standing = Standing {
        status: LegalStatus::Granted,
        disputed: false,
        pledged: false,
        consented: false,
        willing: None,
    };
    for (at, (name, record)) in (1_u128..).zip(&patents) {
        let id = Uuid::from_u128(at);
        names.insert(id, name.clone());
        offered.insert(id, Offered { record: record.clone(), standing });
        entries.push(Entry { id, version: 1, record: record.clone() });
    }
    index.put(entries).await.unwrap();
    let mut figures: BTreeMap<(&str, &str), Vec<Measures>> = BTreeMap::new();
    for need in &needs {
        let half = if need.test { "test" } else { "development" };
        let with = by_product(&index, need, (&names, &offered), true).await;
        let without = by_product(&index, need, (&names, &offered), false).await;
        let plain = by_characters(need, &patents);
        let best = at_best(&need.id, &judged);
        for (way, ranking) in
            [("ranking", with), ("ranking without IPC", without), ("characters", plain), ("best", best)]
        {
            figures.entry((half, way)).or_default().push(measure(&ranking, &need.id, &judged));
        }
    }
    let figures: BTreeMap<_, _> = figures.iter().map(|(of, all)| (*of, mean(all))).collect();
    let reached = figures[&("test", "ranking")];
    let plain = figures[&("test", "characters")];
    assert!(
        reached.at_5 >= FLOOR.at_5 && reached.at_10 >= FLOOR.at_10 && reached.ndcg >= FLOOR.ndcg,
        "below the floor {FLOOR:?}: {figures:#?}"
    );
    assert!(
        plain.at_5 < FLOOR.at_5 && plain.at_10 < FLOOR.at_10 && plain.ndcg < FLOOR.ndcg,
        "a bag of characters reaches the floor, which says nothing then: {figures:#?}"
    );
    let row = |said: &str, of: Measures| {
        format!("| {said} | {} | {:.2} | {:.2} | {:.2} |", needs.len() / 2, of.at_5, of.at_10, of.ndcg)
    };
    let table: Vec<String> = [
        ("test half: the ranking", ("test", "ranking")),
        ("test half: without the need's IPC symbols", ("test", "ranking without IPC")),
        ("test half: bag of characters", ("test", "characters")),
        ("test half: the most that can be reached", ("test", "best")),
        ("development half: the ranking", ("development", "ranking")),
        ("development half: bag of characters", ("development", "characters")),
    ]
    .into_iter()
    .map(|(said, of)| row(said, figures[&of]))
    .collect();
    let documented = include_str!("../../../docs/matching.md");
    let stale: Vec<&String> = table.iter().filter(|row| !documented.contains(row.as_str())).collect();
    assert!(stale.is_empty(), "docs/matching.md says something else than was measured: {table:#?}");
}
