//! Why a candidate stands where it stands, a sentence for each component in both languages.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rank::Components;
use crate::catalogue::industry::Industry;

/// The most words that are named.
const WORDS_MAX: usize = 6;

/// A reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = MatchReason)]
pub struct Reason {
    /// `text`, `similarity`, `industry`, `ipc`, `quality` or `availability`.
    pub component: String,
    /// The component's value, 0 to 1.
    pub value: f64,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// What the sentences speak of.
#[derive(Debug, Clone, Default)]
pub struct Grounds {
    /// Technical words of both, those that tell most apart first.
    pub words: Vec<String>,
    /// The candidate's industry.
    pub industry: Industry,
    /// The nearest pair of symbols, the candidate's second.
    pub symbols: Option<(String, String)>,
    /// The candidate's score, of 100, and its grade.
    pub score: Option<(f64, String)>,
    /// Under a pledge whose pledgee consents.
    pub pledged: bool,
    /// What the owner said in a stocktake.
    pub willing: Option<bool>,
}

/// The sentences, in the order of the components.
#[must_use]
pub fn reasons(components: &Components, grounds: &Grounds) -> Vec<Reason> {
    let said = |component: &str, value: f64, (zh, en): (String, String)| Reason {
        component: component.to_owned(),
        value: (value * 10_000.0).round() / 10_000.0,
        zh,
        en,
    };
    vec![
        said("text", components.text, words(&grounds.words)),
        said("similarity", components.similarity, alike(components.similarity)),
        said("industry", components.industry, industry(components.industry, grounds.industry)),
        said("ipc", components.ipc, symbols(grounds.symbols.as_ref())),
        said("quality", components.quality, quality(grounds.score.as_ref())),
        said("availability", components.availability, available(grounds)),
    ]
}

fn words(words: &[String]) -> (String, String) {
    let named: Vec<&str> = words.iter().take(WORDS_MAX).map(String::as_str).collect();
    match words.len() {
        0 => ("没有共同的技术词语".into(), "no technical words in common".into()),
        1 => (
            format!("共有 1 个技术词语：{}", named.join("、")),
            format!("one shared technical word: {}", named.join(", ")),
        ),
        count => (
            format!(
                "共有 {count} 个技术词语：{}{}",
                named.join("、"),
                if count > WORDS_MAX { "等" } else { "" }
            ),
            format!(
                "{count} shared technical words: {}{}",
                named.join(", "),
                if count > WORDS_MAX { " and others" } else { "" }
            ),
        ),
    }
}

fn alike(similarity: f64) -> (String, String) {
    let percent = (similarity * 100.0).round();
    (format!("文本相似度 {percent}%"), format!("texts {percent} % alike"))
}

fn industry(same: f64, industry: Industry) -> (String, String) {
    if same > 0.0 {
        (format!("同属{}产业", industry.name_zh()), format!("same industry: {}", industry.name_en()))
    } else {
        ("产业不同或未载明".into(), "another industry, or none stated".into())
    }
}

fn symbols(nearest: Option<&(String, String)>) -> (String, String) {
    match nearest {
        Some((asked, has)) if asked == has => {
            (format!("分类号相同：{has}"), format!("same IPC symbol: {has}"))
        }
        Some((asked, has)) => {
            (format!("分类号相近：{asked} 与 {has}"), format!("near IPC symbols: {asked} and {has}"))
        }
        None => ("分类号无重合".into(), "no IPC symbol in common".into()),
    }
}

fn quality(score: Option<&(f64, String)>) -> (String, String) {
    match score {
        Some((points, grade)) if grade.is_empty() => {
            (format!("平台评分 {points:.1} 分"), format!("platform score {points:.1}"))
        }
        Some((points, grade)) => {
            (format!("平台评分 {points:.1} 分（{grade}）"), format!("platform score {points:.1} ({grade})"))
        }
        None => ("信息不足，未评分".into(), "too little is known for a score".into()),
    }
}

fn available(grounds: &Grounds) -> (String, String) {
    let (mut zh, mut en) = match grounds.willing {
        Some(true) => ("权利人愿意转化".to_owned(), "its owner is willing".to_owned()),
        _ => ("权利人转化意愿未载明".to_owned(), "its owner has not been asked".to_owned()),
    };
    if grounds.pledged {
        zh.push_str("；已质押，质权人同意许可或转让");
        en.push_str("; pledged, the pledgee consents to a licence or transfer");
    }
    (zh, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_component_has_a_sentence_in_both_languages() {
        let words = ["锂", "吸附剂", "卤水"].map(str::to_owned).to_vec();
        let grounds = Grounds {
            words,
            industry: Industry::LithiumPotassium,
            symbols: Some(("C22B26/12".into(), "C22B26/12".into())),
            score: Some((71.25, "A".into())),
            pledged: true,
            willing: Some(true),
        };
        let said = reasons(&Components { industry: 1.0, ..Components::default() }, &grounds);
        assert_eq!(said.len(), 6);
        assert_eq!(said[0].en, "3 shared technical words: 锂, 吸附剂, 卤水");
        assert_eq!(said[2].zh, "同属锂钾产业");
        assert!(said.iter().all(|reason| !reason.zh.is_empty() && !reason.en.is_empty()));
        let nothing = reasons(&Components::default(), &Grounds::default());
        assert_eq!(nothing[0].zh, "没有共同的技术词语");
        assert_eq!(nothing[3].en, "no IPC symbol in common");
    }
}
