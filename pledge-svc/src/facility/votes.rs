//! The votes on a proposed facility, a change of one, a waiver of a pledge, the write-off of a loan under one or a
//! change of such a loan: an approver's approval, which may be the
//! first of two, and the risk manager's word before it. Called inside the act that holds the facility's lock.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use contracts::{DelegationId, OrgId, UserId};
use finance::{Money, Rate};
use http_kit::{ActError, Problem};
use identity::Caller;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};
use uuid::Uuid;

use super::{
    agreements::{self, AgreementView},
    model::authority::{self, Case, NotYours, Spoken, Weight, Word},
    store::{self, vote::NewVote},
};
use crate::{
    applications::{self, ApprovalAuthority, Delegation, Demand},
    parameters,
};

/// What is voted on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject {
    /// The facility that it belongs to.
    pub(crate) facility: Uuid,
    /// The facility's id, that of a change or a waiver of it, of a write-off, or of the change of a loan.
    pub(crate) id: Uuid,
    /// Who proposed it.
    pub(crate) maker: UserId,
    /// How much it weighs.
    pub(crate) weight: Weight,
    /// The bank that decides it: the lead, or one that takes part and agrees for its own part.
    pub(crate) bank: OrgId,
    /// What was said in an earlier round counts no longer: a bank that declines begins anew, and what is said on the change
    /// of a loan is about the loan at one version.
    pub(crate) round: i32,
}

impl Subject {
    /// The same, as a bank that takes part decides it: by its own part of what weighs.
    pub(super) fn for_part(self, bank: OrgId, share: Rate, round: i32) -> Self {
        Self { weight: self.weight.part(share), bank, round, ..self }
    }

    const fn case(self, spoken: &[Spoken]) -> Case<'_> {
        Case { maker: self.maker, weight: self.weight, spoken }
    }
}

/// An approver's approval as it was sent.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = LineApproval)]
pub(crate) struct Approval {
    /// A remark.
    #[serde(default)]
    pub(crate) comment: Option<String>,
    /// A colleague's authority that is used.
    #[serde(default)]
    pub(crate) delegation_id: Option<DelegationId>,
}

impl Approval {
    fn remark(&self) -> &str {
        self.comment.as_deref().unwrap_or_default().trim()
    }
}

/// The risk manager's word as it was sent.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Consent {
    /// Whether there is nothing against it.
    pub(crate) agrees: bool,
    /// Why.
    pub(crate) comment: String,
}

/// Records an approval of the caller, who decides for the bank that leads the facility or agrees for one that takes part;
/// gives the names of all who
/// approved it where it was the last one needed.
///
/// # Errors
/// The caller may not decide it; the delegation is not there or not in force; a fault.
pub(crate) async fn approve(
    tx: &mut Tx,
    caller: &Caller,
    subject: Subject,
    said: &Approval,
) -> Result<Option<String>, ActError> {
    let on = tx.business_date();
    let lent = match said.delegation_id {
        Some(delegation) => Some(applications::lent_authority(tx, caller, delegation, on).await?),
        None => None,
    };
    let authority: ApprovalAuthority = parameters::current(tx.conn(), caller.tenant, on).await?;
    let spoken = spoken(tx.conn(), subject).await?;
    let counted = authority::approve(&authority, subject.case(&spoken), caller.user, lent.as_ref())
        .map_err(|refused| ActError::Refused(not_yours(refused)))?;
    let vote = NewVote {
        facility: subject.facility,
        subject: subject.id,
        bank: subject.bank,
        round: subject.round,
        word: Word::Approves,
        amount: counted.demand.map(|demand| demand.amount),
        by: caller,
        lent: lent.as_ref(),
        comment: said.remark(),
    };
    store::vote::insert(tx, vote).await?;
    applications::remember_approver(tx, caller).await?;
    if !counted.last {
        return Ok(None);
    }
    let mut names: Vec<String> =
        spoken.into_iter().filter(|one| one.word == Word::Approves).map(|one| one.by).collect();
    names.push(caller.name.clone());
    Ok(Some(names.join("、")))
}

/// Records the risk manager's word.
///
/// # Errors
/// It is the caller's own proposal, or the caller approved it; a fault.
pub(crate) async fn consent(
    tx: &mut Tx,
    caller: &Caller,
    subject: Subject,
    said: &Consent,
) -> Result<(), ActError> {
    let spoken = spoken(tx.conn(), subject).await?;
    authority::consent(subject.case(&spoken), caller.user)
        .map_err(|refused| ActError::Refused(not_yours(refused)))?;
    let vote = NewVote {
        facility: subject.facility,
        subject: subject.id,
        bank: subject.bank,
        round: subject.round,
        word: if said.agrees { Word::Consents } else { Word::Denies },
        amount: None,
        by: caller,
        lent: None,
        comment: said.comment.trim(),
    };
    store::vote::insert(tx, vote).await?;
    let entry = AuditEntry::new(&caller.actor(), "facility.consent", "facility", subject.facility)
        .with(serde_json::json!({ "subject": subject.id, "agrees": said.agrees, "comment": said.comment }));
    tx.audit([entry]).await?;
    Ok(())
}

async fn spoken(conn: &impl ConnectionTrait, subject: Subject) -> Result<Vec<Spoken>, Fault> {
    let rows = store::vote::said_on(conn, subject.id, subject.bank).await?;
    rows.iter().filter(|row| row.round == subject.round).map(store::vote::spoken).collect()
}

/// A word as it was said.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub(super) struct VoteView {
    /// What.
    word: Word,
    /// Who.
    by: String,
    /// Whose authority was used, where it was lent.
    lent_by: Option<String>,
    /// Why.
    comment: String,
    /// When.
    said_at: DateTime<Utc>,
}

/// What a decision takes, what was said on it, and whether the one who asks may take it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct LineAuthority {
    /// The amount that decides; none where another person than the maker is enough.
    amount: Option<Money>,
    /// What the decision takes; none where another person than the maker is enough.
    demand: Option<Demand>,
    /// What was said, in the order in which it was said.
    votes: Vec<VoteView>,
    /// How far the own authority of the one who asks reaches; none where it has no bound.
    own_limit: Option<Money>,
    /// Why the one who asks may not decide it in the own name; none where nothing stands in the way.
    hindrance_zh: Option<String>,
    /// The same in English.
    hindrance_en: Option<String>,
    /// Authority lent to the one who asks that holds today.
    delegations: Vec<Delegation>,
    /// What the banks that take part have said of it; empty where it asks none.
    agreements: Vec<AgreementView>,
}

/// Looks; changes nothing.
///
/// # Errors
/// The database's fault.
pub(crate) async fn look(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    subject: Subject,
    on: chrono::NaiveDate,
) -> Result<LineAuthority, Fault> {
    let authority: ApprovalAuthority = parameters::current(conn, caller.tenant, on).await?;
    let rows = store::vote::said_on(conn, subject.id, subject.bank).await?;
    let spoken = spoken(conn, subject).await?;
    let hindrance = authority::approve(&authority, subject.case(&spoken), caller.user, None)
        .err()
        .map(|refused| not_yours(refused).detail().clone());
    let demand = authority::demand(&authority, subject.weight);
    let votes = rows.into_iter().map(|row| {
        Ok(VoteView {
            word: store::vote::spoken(&row)?.word,
            by: row.by_name,
            lent_by: row.lent_by,
            comment: row.comment,
            said_at: row.said_at,
        })
    });
    Ok(LineAuthority {
        amount: demand.map(|demand| demand.amount),
        demand,
        votes: votes.collect::<Result<_, Fault>>()?,
        own_limit: authority.limit_of(caller.user),
        hindrance_zh: hindrance.as_ref().map(|text| text.zh.clone()),
        hindrance_en: hindrance.map(|text| text.en),
        delegations: applications::lent_to(conn, caller, on).await?,
        agreements: agreements::views_of(conn, &[subject.id]).await?.remove(&subject.id).unwrap_or_default(),
    })
}

/// How many approvals a proposal still waits for, by the authority that its bank has on that day.
///
/// # Errors
/// The database's fault.
pub(crate) async fn missing(
    conn: &impl ConnectionTrait,
    subject: Subject,
    on: chrono::NaiveDate,
) -> Result<u8, Fault> {
    let authority: ApprovalAuthority = parameters::current(conn, subject.bank, on).await?;
    Ok(authority::missing(&authority, subject.case(&spoken(conn, subject).await?)))
}

/// Of what waits for the decision of a bank, that which takes its risk manager's word and has not heard it, by the authority
/// that the bank has on that day.
///
/// # Errors
/// The database's fault.
pub(crate) async fn risk_word_wanted(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    subjects: &[Subject],
    on: chrono::NaiveDate,
) -> Result<HashSet<Uuid>, Fault> {
    let authority: ApprovalAuthority = parameters::current(conn, bank, on).await?;
    let ids: Vec<Uuid> = subjects.iter().map(|subject| subject.id).collect();
    let rows = store::vote::said_on_each(conn, &ids, bank).await?;
    let mut wanted = HashSet::new();
    for subject in subjects {
        let of = rows.iter().filter(|row| row.subject_id == subject.id && row.round == subject.round);
        let spoken: Vec<Spoken> = of.map(store::vote::spoken).collect::<Result<_, Fault>>()?;
        if authority::risk_word_wanted(&authority, subject.case(&spoken)) {
            wanted.insert(subject.id);
        }
    }
    Ok(wanted)
}

fn not_yours(refused: NotYours) -> Problem {
    match refused {
        NotYours::Own => four_eyes::same_person(),
        NotYours::SpokenBefore => Problem::new(
            axum::http::StatusCode::FORBIDDEN,
            "same-approver",
            "您（或授权您的人）已就本事项发表意见，须由另一名审批人办理。",
            "You, or whose authority you use, have spoken on it already. Another approver must decide.",
        ),
        NotYours::Beyond { asked, limit } => applications::above_authority(asked, limit),
        NotYours::ConsentMissing => Problem::refused(
            "consent-missing",
            "该金额须先经风险经理同意。请待风险经理发表意见后再审批。",
            "This amount takes the risk manager's consent first. Wait for it.",
        ),
        NotYours::ConsentDenied { by, comment } => Problem::refused(
            "consent-denied",
            format!("风险经理{by}不同意：{comment}。请调整方案后重新提交，或否决。"),
            format!("The risk manager {by} is against it: {comment}. Refuse it, and have it proposed anew."),
        ),
    }
}
