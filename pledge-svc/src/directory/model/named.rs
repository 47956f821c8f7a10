//! Whether an organisation that a request names is registered, of the kind that is needed there, and of that name.

use std::collections::HashMap;

use contracts::{OrgId, OrgKind};
use serde::Deserialize;

/// Flaws told of one request; a form with more is wrong as a whole.
const TOLD_MAX: usize = 200;

/// An organisation as the platform has it registered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Registered {
    /// Its id.
    pub id: OrgId,
    /// What kind it is.
    pub kind: OrgKind,
    /// Its name.
    pub name: String,
}

/// An organisation as a request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<'a> {
    /// Its id.
    pub id: OrgId,
    /// What it must be, one of these; any kind where there are none.
    pub kinds: &'static [OrgKind],
    /// Where in the request it is named: `members[3].`; empty at the root.
    pub at: String,
    /// The field of the id.
    pub id_field: &'static str,
    /// The field of the name and what stands in it; blank where the platform is to fill it in.
    pub name: Option<(&'static str, &'a str)>,
    /// Another name that it may bear here: a fund's own, which need not be its keeper's.
    pub also: Option<String>,
}

impl Named<'_> {
    fn typed(&self) -> Option<&str> {
        self.name.map(|(_, typed)| typed.trim()).filter(|typed| !typed.is_empty())
    }

    /// The name that it goes by: as written where something is written, else its own, else the registered one.
    #[must_use]
    pub fn called(&self, registered: &Registered) -> String {
        let own = self.typed().or(self.also.as_deref()).unwrap_or(&registered.name);
        own.trim().to_owned()
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Its path in the request.
    pub field: String,
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

/// Everything that is wrong with the organisations named, `TOLD_MAX` at most; none means that each may stand.
#[must_use]
pub fn flaws(named: &[Named<'_>], registered: &HashMap<OrgId, Registered>) -> Vec<Flaw> {
    named.iter().filter_map(|one| flaw(one, registered.get(&one.id))).take(TOLD_MAX).collect()
}

fn flaw(named: &Named<'_>, registered: Option<&Registered>) -> Option<Flaw> {
    let at = |field: &str| format!("{}{field}", named.at);
    let Some(registered) = registered else {
        return Some(Flaw {
            field: at(named.id_field),
            zh: "平台没有登记此机构。请在机构名录中核对编号，或请平台管理员先行登记。".to_owned(),
            en: "The platform has no such organisation. Check the id in the directory, or have the platform's administrator enter it first.".to_owned(),
        });
    };
    let name = registered.name.trim();
    if !named.kinds.is_empty() && !named.kinds.contains(&registered.kind) {
        let (is_zh, is_en) = word(registered.kind);
        let needed = |word: fn(OrgKind) -> &'static str, or| {
            named.kinds.iter().map(|kind| word(*kind)).collect::<Vec<_>>().join(or)
        };
        return Some(Flaw {
            field: at(named.id_field),
            zh: format!("“{name}”登记为{is_zh}，此处须为{}。", needed(|kind| word(kind).0, "或")),
            en: format!(
                "{name} is registered as {is_en}; here it must be {}.",
                needed(|kind| word(kind).1, " or ")
            ),
        });
    }
    let (field, _) = named.name?;
    let typed = named.typed()?;
    let known = [Some(name), named.also.as_deref().map(str::trim)];
    (!known.contains(&Some(typed))).then(|| Flaw {
        field: at(field),
        zh: format!("该编号在平台登记的名称为“{name}”。请按登记名称填写或留空，或核对编号。"),
        en: format!(
            "The platform has this id registered as {name}. Write that name or none, or check the id."
        ),
    })
}

/// What a kind is called, in Chinese and English.
const fn word(kind: OrgKind) -> (&'static str, &'static str) {
    match kind {
        OrgKind::Bank => ("银行", "a bank"),
        OrgKind::Enterprise => ("企业", "an enterprise"),
        OrgKind::ClusterOperator => ("集群运营机构", "a cluster's operator"),
        OrgKind::Institute => ("院所高校", "an institute"),
        OrgKind::Insurer => ("保险机构", "an insurer"),
        OrgKind::Fund => ("基金（担保）机构", "a fund or guarantor"),
        OrgKind::Investor => ("投资机构", "an investor"),
        OrgKind::Regulator => ("监管机构", "a regulator"),
        OrgKind::Platform => ("平台运营方", "the platform"),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn org(number: u128) -> OrgId {
        OrgId::from_uuid(Uuid::from_u128(number))
    }

    fn registered() -> HashMap<OrgId, Registered> {
        [(1, OrgKind::Bank, "甲银行"), (2, OrgKind::Enterprise, "乙公司"), (3, OrgKind::Fund, "丙担保公司")]
            .map(|(number, kind, name)| {
                (org(number), Registered { id: org(number), kind, name: name.into() })
            })
            .into()
    }

    fn bank(number: u128, typed: &str) -> Named<'_> {
        Named {
            id: org(number),
            kinds: &[OrgKind::Bank],
            at: "shares[1].".into(),
            id_field: "bank_id",
            name: Some(("bank_name", typed)),
            also: None,
        }
    }

    fn fields(named: &[Named<'_>]) -> Vec<String> {
        flaws(named, &registered()).into_iter().map(|flaw| flaw.field).collect()
    }

    #[test]
    fn who_is_unknown_of_another_kind_or_of_another_name_is_told_by_field() {
        let fine: [Named<'_>; 3] = [bank(1, ""), bank(1, "  "), bank(1, " 甲银行 ")];
        assert!(fields(&fine).is_empty());
        assert_eq!(fields(&[bank(9, "甲银行")]), ["shares[1].bank_id"]);
        assert_eq!(fields(&[bank(2, "乙公司")]), ["shares[1].bank_id"]);
        assert_eq!(fields(&[bank(1, "E0")]), ["shares[1].bank_name"]);
        let told = &flaws(&[bank(1, "E0")], &registered())[0];
        assert!(told.zh.contains("甲银行") && told.en.contains("甲银行"));
    }

    #[test]
    fn a_blank_name_is_filled_in_and_a_fund_may_go_by_its_own() {
        let known = registered();
        assert_eq!(bank(1, " ").called(&known[&org(1)]), "甲银行");
        let fund = |typed| Named {
            kinds: &[OrgKind::Insurer, OrgKind::Fund],
            also: Some("市级资金池".into()),
            ..bank(3, typed)
        };
        assert!(fields(&[fund(""), fund("市级资金池"), fund("丙担保公司")]).is_empty());
        assert_eq!(fields(&[fund("丁基金")]), ["shares[1].bank_name"]);
        assert_eq!(fund("").called(&known[&org(3)]), "市级资金池");
        assert_eq!(fund("丙担保公司").called(&known[&org(3)]), "丙担保公司");
    }

    #[test]
    fn a_list_that_is_wrong_as_a_whole_is_not_told_line_by_line() {
        let many: Vec<Named<'_>> = (0..10_000).map(|number| bank(1_000 + number, "")).collect();
        assert_eq!(fields(&many).len(), TOLD_MAX);
    }
}
