//! A pledge that goes while somebody draws on it: the draw comes first, or it is refused.

use std::sync::Arc;

use serde_json::json;
use tx_kit::{Isolation, testing::Backend};

use crate::{
    bench::{Answer, Bench, operations},
    registration::Approved,
};

/// Where everything must hold.
fn grounds() -> Vec<(Backend, Isolation)> {
    let levels = |backend| match backend {
        Backend::Sqlite => vec![(backend, Isolation::Serializable)],
        Backend::Postgres => {
            vec![(backend, Isolation::Serializable), (backend, Isolation::ReadCommitted)]
        }
    };
    Backend::available().unwrap().into_iter().flat_map(levels).collect()
}

/// Twelve draws of 10,000 on two replicas while a step ends the pledge; gives the step's answer and the draws'.
async fn race(ground: (Backend, Isolation), step: &str) -> (Arc<Bench>, Arc<Approved>, Answer, Vec<Answer>) {
    let replicas: Vec<Arc<Bench>> =
        Bench::replicas(ground.0, ground.1, 2).await.into_iter().map(Arc::new).collect();
    let approved = Arc::new(Approved::new(&replicas[0]).await);
    let pledge = approved.register(&replicas[0]).await;
    let draws: Vec<_> = (0..12_usize)
        .map(|number| {
            let (bench, approved) = (Arc::clone(&replicas[number % 2]), Arc::clone(&approved));
            tokio::spawn(async move { approved.draw(&bench, "10000.00", &format!("d{number}")).await })
        })
        .collect();
    let path = format!("/pledges/{pledge}/{step}");
    let ended = replicas[1].post(&operations(), &path, json!({"reason": "权属不符"})).await;
    let mut answers = Vec::with_capacity(draws.len());
    for draw in draws {
        answers.push(draw.await.unwrap());
    }
    for answer in &answers {
        assert!(matches!(answer.status.as_u16(), 201 | 409 | 503), "{ground:?}: {answer:?}");
    }
    (Arc::clone(&replicas[0]), approved, ended, answers)
}

fn granted(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status.as_u16() == 201).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pledge_is_let_go_of_or_drawn_on_and_never_both() {
    for ground in grounds() {
        for _ in 0..4 {
            let (bench, approved, ended, answers) = race(ground, "cancel").await;
            match ended.status.as_u16() {
                200 => assert_eq!(granted(&answers), 0, "{ground:?}: lent on a pledge that is let go of"),
                409 => assert!(granted(&answers) > 0, "{ground:?}: {ended:?}"),
                503 => continue,
                _ => panic!("{ended:?}"),
            }
            let after = approved.draw(&bench, "10000.00", "after").await;
            let expected = if ended.status.as_u16() == 200 { 409 } else { 201 };
            assert_eq!(after.status.as_u16(), expected, "{ground:?}: {after:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_drawn_on_a_pledge_after_it_was_annulled_however_many_ask_at_once() {
    for ground in grounds() {
        for _ in 0..4 {
            let (bench, approved, ended, answers) = race(ground, "annul").await;
            if ended.status.as_u16() == 503 {
                continue;
            }
            ended.expect(200);
            let drawn = granted(&answers);
            let loans = bench.texts("SELECT CAST(COUNT(*) AS VARCHAR) AS text FROM loan").await;
            assert_eq!(loans, [drawn.to_string()], "{ground:?}: what was refused is not there");
            approved.draw(&bench, "1.00", "after").await.refused(409, "no-registered-pledge");
        }
    }
}
