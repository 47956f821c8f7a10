//! Suggestions: patents for a need, needs and enterprises for a patent. Candidates come from the search index or, of needs,
//! from the database; every one is read again with the caller's scope, and what cannot be offered is left out before it is
//! ranked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use contracts::{NeedId, OrgId, PatentId};
use identity::Scope;
use sea_orm::{ColumnTrait, QueryFilter};
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    enterprises,
    index::{Hit, Narrowed, Sought},
    model::{
        available::availability,
        compare::{Candidate, Side, compare},
        rank::{Ranked, Weights, rank},
        reasons::{Grounds, Reason, reasons},
        segment::telling,
        similarity::{Bag, Rarity, bm25, mean_length},
    },
    standing::{self, Offered},
    store::{
        matches,
        needs::{self, row},
    },
    view::{
        self, EnterpriseForPatent, NeedForPatent, NotOffered, PatentForNeed, Place, ProposalOfPair, WantedBy,
    },
};
use crate::{
    catalogue::{
        industry::Industry,
        patent::LegalStatus,
        store::{self, patent},
        view as patents,
    },
    state::App,
};

/// Candidates that are ranked: the best of the index.
const CANDIDATES: usize = 200;
/// Open needs that are looked through for a patent, the newest first.
const NEEDS_MAX: u64 = 2_000;

/// How a ranking is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranking {
    /// The weights.
    pub weights: Weights,
    /// Rows wanted.
    pub limit: usize,
}

/// What a need is about.
pub(super) fn side_of(need: &row::Model) -> Side {
    Side {
        bag: Bag::of(&telling(&need.title), &telling(&need.problem)),
        industry: Industry::of_code(&need.industry),
        ipc: needs::symbols_of(need),
    }
}

/// Candidates with the components, grounds and places of a ranking.
pub(super) struct Board {
    /// The candidates in their places.
    pub ranked: Vec<Ranked>,
    grounds: HashMap<Uuid, Grounds>,
}

impl Board {
    /// Ranks them.
    pub fn of(sought: &Side, candidates: &[Candidate], rarity: &Rarity, weights: &Weights) -> Self {
        let best = candidates.iter().map(|one| one.text).fold(0.0, f64::max);
        let mut grounds = HashMap::with_capacity(candidates.len());
        let mut parts = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let (components, why) = compare(sought, candidate, best, rarity);
            grounds.insert(candidate.id, why);
            parts.push((candidate.id, components));
        }
        Self { ranked: rank(parts, weights), grounds }
    }

    fn place(&self, at: usize, ranked: &Ranked) -> Place {
        let grounds = self.grounds.get(&ranked.id).cloned().unwrap_or_default();
        Place {
            rank: at + 1,
            score: view::hundredths(ranked.score.into()),
            components: ranked.components,
            reasons: reasons(&ranked.components, &grounds),
        }
    }
}

/// Candidates among the patents that were found: those that may be offered.
pub(super) fn candidates(hits: &[Hit], offered: &HashMap<Uuid, Offered>, on: NaiveDate) -> Vec<Candidate> {
    hits.iter()
        .filter_map(|hit| {
            let one = offered.get(&hit.id)?;
            Some(Candidate {
                id: hit.id,
                side: standing::side_of(&one.record),
                text: hit.score,
                score: standing::score_of(&one.record, on),
                availability: availability(one.standing).ok()?,
                pledged: one.standing.pledged,
                willing: one.standing.willing,
            })
        })
        .collect()
}

/// The different words of all of them.
pub(super) fn words(sought: &Side, candidates: &[Candidate]) -> BTreeSet<String> {
    let all = candidates.iter().map(|one| &one.side.bag).chain([&sought.bag]);
    all.flat_map(Bag::words).map(str::to_owned).collect()
}

/// Patents near to something, as candidates, with their rows.
async fn near(
    app: &App,
    scope: &Scope,
    sought: &Side,
    owner: Option<OrgId>,
) -> Result<(Vec<Candidate>, HashMap<Uuid, patent::Model>), Fault> {
    let on = app.db.clock().business_date();
    let narrowed = Narrowed {
        statuses: vec![LegalStatus::Granted, LegalStatus::Unknown, LegalStatus::Pending],
        owner,
        ..Narrowed::default()
    };
    let asked = Sought::about(&sought.bag, &sought.ipc);
    let hits = app.matching.index.find(&app.db, &asked, &narrowed, (0, CANDIDATES)).await?;
    let rows = rows_of(app, scope, hits.iter().map(|hit| hit.id)).await?;
    let rows: Vec<patent::Model> =
        rows.into_iter().filter(|row| owner.is_none_or(|owner| row.owner_id == Some(owner.uuid()))).collect();
    let offered = standing::of_patents(app.db.read(), &rows, on).await?;
    let candidates = candidates(&hits, &offered, on);
    Ok((candidates, rows.into_iter().map(|row| (row.id, row)).collect()))
}

/// The rows of patents as the scope sees them now.
pub(super) async fn rows_of(
    app: &App,
    scope: &Scope,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<patent::Model>, Fault> {
    let on = app.db.clock().business_date();
    let select = store::find(scope, &store::Filter::default(), on);
    Ok(select.filter(patent::Column::Id.is_in(ids)).all(app.db.read()).await?)
}

/// The patents for a need, best first; those of one owner where one is named.
///
/// # Errors
/// The database's fault, or the index's.
pub(super) async fn patents_for(
    app: &App,
    scope: &Scope,
    need: &row::Model,
    owner: Option<OrgId>,
    asked: Ranking,
) -> Result<Vec<PatentForNeed>, Fault> {
    let on = app.db.clock().business_date();
    let sought = side_of(need);
    let (mut candidates, rows) = near(app, scope, &sought, owner).await?;
    // Nobody is offered what is one's own.
    candidates.retain(|one| rows.get(&one.id).is_none_or(|row| row.owner_id != Some(need.enterprise_id)));
    let rarity = app.matching.index.rarity(words(&sought, &candidates)).await?;
    let board = Board::of(&sought, &candidates, &rarity, &asked.weights);
    let pairs = board.ranked.iter().take(asked.limit);
    let pairs = pairs.map(|one| pair_of(one.id, need)).collect();
    let proposals = matches::newest_of(app.db.read(), pairs).await?;
    let mut found = Vec::new();
    for (at, ranked) in board.ranked.iter().take(asked.limit).enumerate() {
        let Some(row) = rows.get(&ranked.id) else { continue };
        found.push(PatentForNeed {
            place: board.place(at, ranked),
            patent: patents::item(row, on)?,
            proposal: of_pair(proposals.get(&pair_of(row.id, need)), scope)?,
        });
    }
    Ok(found)
}

fn pair_of(patent: Uuid, need: &row::Model) -> String {
    matches::pair(patent.into(), Some(need.id.into()), need.enterprise_id.into())
}

/// What was proposed of a pair, for those who take part in it.
fn of_pair(row: Option<&matches::row::Model>, scope: &Scope) -> Result<Option<ProposalOfPair>, Fault> {
    let me = scope.tenant().uuid();
    let shown = row.filter(|row| scope.sees_all() || row.institute_id == me || row.enterprise_id == me);
    shown.map(|row| Ok(ProposalOfPair { id: row.id.into(), status: matches::status_of(row)? })).transpose()
}

/// Who may want a patent.
///
/// # Errors
/// The database's fault, or the index's.
pub(super) async fn wanted_by(
    app: &App,
    scope: &Scope,
    row: &patent::Model,
    asked: Ranking,
) -> Result<WantedBy, Fault> {
    let on = app.db.clock().business_date();
    let weights = asked.weights;
    let offered = standing::of_patents(app.db.read(), std::slice::from_ref(row), on).await?;
    let Some(one) = offered.get(&row.id) else {
        return Err(Fault::Corrupt(format!("patent {} has no standing", row.id)));
    };
    match availability(one.standing) {
        Err(why) => {
            let not_offered = Some(NotOffered::from(why));
            Ok(WantedBy { not_offered, needs: Vec::new(), enterprises: Vec::new(), weights })
        }
        Ok(availability) => Ok(WantedBy {
            not_offered: None,
            needs: needs_for(app, scope, (row, one, availability), asked).await?,
            enterprises: enterprises_for(app, scope, (row, one), asked).await?,
            weights,
        }),
    }
}

async fn needs_for(
    app: &App,
    scope: &Scope,
    (patent, offered, availability): (&patent::Model, &Offered, f64),
    asked: Ranking,
) -> Result<Vec<NeedForPatent>, Fault> {
    let on = app.db.clock().business_date();
    let open = needs::list_open(app.db.read(), scope, on, NEEDS_MAX).await?;
    let open: BTreeMap<Uuid, row::Model> = open
        .into_iter()
        .filter(|need| patent.owner_id != Some(need.enterprise_id))
        .map(|need| (need.id, need))
        .collect();
    let sought = standing::side_of(&offered.record);
    let sides: Vec<(Uuid, Side)> = open.values().map(|need| (need.id, side_of(need))).collect();
    let bags = || sides.iter().map(|(_, side)| &side.bag);
    let rarity = Rarity::counted(bags().chain([&sought.bag]));
    let mean = mean_length(bags());
    let score = standing::score_of(&offered.record, on);
    let candidates: Vec<Candidate> = sides
        .into_iter()
        .map(|(id, side)| Candidate {
            id,
            text: bm25(&sought.bag, &side.bag, &rarity, mean),
            side,
            score: score.clone(),
            availability,
            pledged: offered.standing.pledged,
            willing: offered.standing.willing,
        })
        .collect();
    let board = Board::of(&sought, &candidates, &rarity, &asked.weights);
    let mut found = Vec::new();
    // A need that shares neither a word nor a class is none for this patent.
    let fitting = board.ranked.iter().filter(|one| one.components.text > 0.0 || one.components.ipc > 0.0);
    for (at, ranked) in fitting.take(asked.limit).enumerate() {
        let Some(need) = open.get(&ranked.id) else { continue };
        let newest = matches::newest(app.db.read(), &pair_of(patent.id, need)).await?;
        found.push(NeedForPatent {
            place: board.place(at, ranked),
            need: view::need(need.clone(), Vec::new(), scope, on)?,
            proposal: of_pair(newest.as_ref(), scope)?,
        });
    }
    Ok(found)
}

async fn enterprises_for(
    app: &App,
    scope: &Scope,
    (patent, offered): (&patent::Model, &Offered),
    asked: Ranking,
) -> Result<Vec<EnterpriseForPatent>, Fault> {
    let on = app.db.clock().business_date();
    let sought = standing::side_of(&offered.record);
    let (mut candidates, rows) = near(app, scope, &sought, None).await?;
    let owner =
        |id: &Uuid| rows.get(id).and_then(|row| row.owner_id).filter(|own| Some(*own) != patent.owner_id);
    let owners: BTreeSet<Uuid> = candidates.iter().filter_map(|one| owner(&one.id)).collect();
    let known = enterprises::known(app, &owners).await?;
    candidates.retain(|one| owner(&one.id).is_some_and(|own| known.contains(&own)));
    let rarity = app.matching.index.rarity(words(&sought, &candidates)).await?;
    let board = Board::of(&sought, &candidates, &rarity, &asked.weights);
    let mut found: Vec<EnterpriseForPatent> = Vec::new();
    for ranked in &board.ranked {
        let (Some(row), Some(enterprise)) = (rows.get(&ranked.id), owner(&ranked.id)) else { continue };
        if let Some(there) = found.iter_mut().find(|one| one.enterprise_id.uuid() == enterprise) {
            there.patents += 1;
        } else if found.len() < asked.limit {
            let nearest = patents::item(row, on)?;
            found.push(EnterpriseForPatent {
                place: board.place(found.len(), ranked),
                enterprise_id: enterprise.into(),
                enterprise_name: enterprises::name(app, enterprise.into(), row).await?,
                nearest,
                patents: 1,
            });
        }
    }
    Ok(found)
}

/// The place of a patent among the suggestions for a need or for an enterprise: score in ten-thousandths, reasons, and
/// whether the platform would have suggested it.
pub(super) struct Suggested {
    /// Ten-thousandths.
    pub score: i64,
    /// Why.
    pub reasons: Vec<Reason>,
    /// It is among the first of the suggestions.
    pub by_platform: bool,
}

/// Suggestions of which a proposal counts as the platform's.
const FIRST: usize = 20;

/// Where a patent stands among the suggestions for what it is to be proposed for.
///
/// # Errors
/// The database's fault, or the index's.
pub(super) async fn suggested(
    app: &App,
    scope: &Scope,
    patent: &patent::Model,
    (need, enterprise): (Option<NeedId>, OrgId),
) -> Result<Suggested, Fault> {
    let asked = Ranking { weights: app.matching.weights, limit: CANDIDATES };
    let place = match need {
        Some(id) => match needs::find(app.db.read(), scope, id).await? {
            Some(need) => {
                let owner = patent.owner_id.map(OrgId::from_uuid);
                let all = patents_for(app, scope, &need, owner, asked).await?;
                all.into_iter()
                    .find(|one| one.patent.id == PatentId::from_uuid(patent.id))
                    .map(|one| one.place)
            }
            None => None,
        },
        None => {
            let all = wanted_by(app, scope, patent, asked).await?.enterprises;
            all.into_iter().find(|one| one.enterprise_id == enterprise).map(|one| one.place)
        }
    };
    Ok(match place {
        Some(place) => Suggested {
            score: ten_thousandths(place.score),
            by_platform: place.rank <= FIRST,
            reasons: place.reasons,
        },
        None => Suggested { score: 0, reasons: Vec::new(), by_platform: false },
    })
}

#[expect(clippy::cast_possible_truncation, reason = "0 to 10,000")]
fn ten_thousandths(points: f64) -> i64 {
    (points * 100.0).round() as i64
}
