//! What may be recommended, decided and linked. Pure.

use contracts::{OrgId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What becomes of an invention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PrefilingCourse)]
pub enum Course {
    /// 申请专利
    File,
    /// 作为技术秘密保护
    KeepSecret,
    /// 公开发表
    Publish,
    /// 放弃
    Drop,
}

impl Course {
    /// Every course.
    pub const ALL: [Self; 4] = [Self::File, Self::KeepSecret, Self::Publish, Self::Drop];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::KeepSecret => "keep_secret",
            Self::Publish => "publish",
            Self::Drop => "drop",
        }
    }

    /// The course of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|course| course.name() == name)
    }
}

/// Whose the invention is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PrefilingOwnership)]
pub enum Ownership {
    /// 职务发明，归本单位
    Institute,
    /// 合作完成，共有
    Joint,
    /// 受委托完成，按合同
    Commissioned,
    /// 非职务发明，归发明人
    Inventor,
}

impl Ownership {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Institute, Self::Joint, Self::Commissioned, Self::Inventor];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Institute => "institute",
            Self::Joint => "joint",
            Self::Commissioned => "commissioned",
            Self::Inventor => "inventor",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ownership| ownership.name() == name)
    }
}

/// Where an examination stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PrefilingStatus)]
pub enum Status {
    /// 待决定
    Evaluated,
    /// 已决定
    Decided,
    /// 已提交申请
    Filed,
}

impl Status {
    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Evaluated => "evaluated",
            Self::Decided => "decided",
            Self::Filed => "filed",
        }
    }

    /// The state of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Evaluated, Self::Decided, Self::Filed].into_iter().find(|status| status.name() == name)
    }
}

/// What an examination found, as the rules read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings<'a> {
    /// The inventors.
    pub inventors: &'a [String],
    /// Who examined.
    pub evaluator: &'a str,
    /// Who puts it before the administrator.
    pub maker: &'a str,
    /// Whether the state of the art was searched.
    pub searched: bool,
    /// Whether public money paid for it.
    pub state_funded: bool,
    /// The project that paid.
    pub project: Option<&'a str>,
    /// Whose it is.
    pub ownership: Ownership,
    /// What is recommended.
    pub recommendation: Course,
}

/// Why an examination, a decision or a link is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Whoever examines has invented it.
    EvaluatorIsInventor(String),
    /// Nothing is filed whose novelty nobody searched.
    NotSearched,
    /// Public money is named by its project.
    ProjectMissing,
    /// The invention is the inventors' own: the institute does not file it.
    NotTheInstitutes,
    /// It was decided already.
    Decided,
    /// Only the institute's administrator decides.
    NotAdministrator,
    /// Who examined does not decide.
    FourEyes,
    /// Who invented does not decide.
    DeciderIsInventor(String),
    /// Only what was to be filed has a patent.
    NotToBeFiled,
    /// A patent was named already.
    LinkedAlready,
    /// The patent is another organisation's.
    PatentOfOthers,
}

/// Whether an examination may be put before the administrator.
///
/// # Errors
/// The first rule that speaks against it.
pub fn may_examine(found: &Findings<'_>) -> Result<(), Refusal> {
    for name in [found.evaluator, found.maker] {
        if is_among(name, found.inventors) {
            return Err(Refusal::EvaluatorIsInventor(name.to_owned()));
        }
    }
    if found.state_funded && found.project.is_none_or(|project| project.trim().is_empty()) {
        return Err(Refusal::ProjectMissing);
    }
    if found.recommendation == Course::File {
        if !found.searched {
            return Err(Refusal::NotSearched);
        }
        if found.ownership == Ownership::Inventor {
            return Err(Refusal::NotTheInstitutes);
        }
    }
    Ok(())
}

/// Who decides, and on what.
#[derive(Debug, Clone, Copy)]
pub struct Deciding<'a> {
    /// Where it stands.
    pub status: Status,
    /// Who put it before the administrator.
    pub maker: UserId,
    /// The inventors.
    pub inventors: &'a [String],
    /// Who decides.
    pub decider: (UserId, &'a str),
    /// Whether that person is the institute's administrator.
    pub administrator: bool,
    /// Whether the state of the art was searched.
    pub searched: bool,
    /// Whose it is.
    pub ownership: Ownership,
}

/// Whether a decision may be taken.
///
/// # Errors
/// The first rule that speaks against it.
pub fn may_decide(on: Deciding<'_>, decision: Course) -> Result<(), Refusal> {
    if on.status != Status::Evaluated {
        return Err(Refusal::Decided);
    }
    if !on.administrator {
        return Err(Refusal::NotAdministrator);
    }
    let (id, name) = on.decider;
    if id == on.maker {
        return Err(Refusal::FourEyes);
    }
    if is_among(name, on.inventors) {
        return Err(Refusal::DeciderIsInventor(name.to_owned()));
    }
    if decision == Course::File && !on.searched {
        return Err(Refusal::NotSearched);
    }
    if decision == Course::File && on.ownership == Ownership::Inventor {
        return Err(Refusal::NotTheInstitutes);
    }
    Ok(())
}

/// Whether a patent may be named for an invention.
///
/// # Errors
/// The first rule that speaks against it.
pub fn may_link(
    status: Status,
    decision: Option<Course>,
    (institute, owner): (OrgId, Option<OrgId>),
) -> Result<(), Refusal> {
    if status == Status::Filed {
        return Err(Refusal::LinkedAlready);
    }
    if decision != Some(Course::File) {
        return Err(Refusal::NotToBeFiled);
    }
    if owner.is_some_and(|owner| owner != institute) {
        return Err(Refusal::PatentOfOthers);
    }
    Ok(())
}

/// Names are compared without blanks: 张 三 is 张三.
fn is_among(name: &str, names: &[String]) -> bool {
    let plain = |name: &str| name.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    names.iter().any(|one| plain(one) == plain(name))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn found(inventors: &[String]) -> Findings<'_> {
        Findings {
            inventors,
            evaluator: "李评",
            maker: "龙海",
            searched: true,
            state_funded: true,
            project: Some("国家重点研发计划 2024YFB0000001"),
            ownership: Ownership::Institute,
            recommendation: Course::File,
        }
    }

    fn user(n: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn nobody_examines_or_decides_on_an_invention_of_his_own() {
        let inventors = vec!["李 评".to_owned()];
        assert_eq!(may_examine(&found(&inventors)), Err(Refusal::EvaluatorIsInventor("李评".into())));
        let inventors = vec!["王五".to_owned()];
        assert_eq!(may_examine(&found(&inventors)), Ok(()));
        let deciding = |decider, administrator| Deciding {
            status: Status::Evaluated,
            maker: user(1),
            inventors: &inventors,
            decider,
            administrator,
            searched: true,
            ownership: Ownership::Institute,
        };
        let decide = |decider, administrator| may_decide(deciding(decider, administrator), Course::File);
        assert_eq!(decide((user(2), "校长"), true), Ok(()));
        assert_eq!(decide((user(1), "龙海"), true), Err(Refusal::FourEyes));
        assert_eq!(decide((user(3), "王五"), true), Err(Refusal::DeciderIsInventor("王五".into())));
        assert_eq!(decide((user(4), "同事"), false), Err(Refusal::NotAdministrator));
    }

    #[test]
    fn nothing_is_filed_that_was_not_searched_or_is_the_inventors_own() {
        let inventors = vec!["王五".to_owned()];
        let not_searched = Findings { searched: false, ..found(&inventors) };
        assert_eq!(may_examine(&not_searched), Err(Refusal::NotSearched));
        let dropped = Findings { recommendation: Course::Drop, ..not_searched };
        assert_eq!(may_examine(&dropped), Ok(()));
        let own = Findings { ownership: Ownership::Inventor, ..found(&inventors) };
        assert_eq!(may_examine(&own), Err(Refusal::NotTheInstitutes));
        let unnamed = Findings { project: Some(" "), ..found(&inventors) };
        assert_eq!(may_examine(&unnamed), Err(Refusal::ProjectMissing));
    }

    #[test]
    fn a_patent_is_named_once_for_what_was_to_be_filed() {
        let (own, other) = (OrgId::from_uuid(Uuid::from_u128(1)), OrgId::from_uuid(Uuid::from_u128(2)));
        let link = |status, decision, owner| may_link(status, decision, (own, owner));
        assert_eq!(link(Status::Decided, Some(Course::File), None), Ok(()));
        assert_eq!(link(Status::Decided, Some(Course::File), Some(own)), Ok(()));
        assert_eq!(link(Status::Decided, Some(Course::File), Some(other)), Err(Refusal::PatentOfOthers));
        assert_eq!(link(Status::Filed, Some(Course::File), None), Err(Refusal::LinkedAlready));
        assert_eq!(link(Status::Decided, Some(Course::Publish), None), Err(Refusal::NotToBeFiled));
        assert_eq!(link(Status::Evaluated, None, None), Err(Refusal::NotToBeFiled));
    }
}
