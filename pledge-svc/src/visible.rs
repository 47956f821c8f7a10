//! Which rows a scope may see by the organisations that they name: the regulator sees all; a bank, an enterprise, a fund or an
//! insurer those that name it in the column for organisations of its kind; nobody else any.

use contracts::OrgKind;
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait},
};

/// No row.
pub(crate) fn nothing() -> Condition {
    Condition::all().add(Expr::val(1).eq(0))
}

/// The rows that name the scope's organisation in the column of its kind.
pub(crate) fn naming<C: ColumnTrait>(scope: &Scope, columns: &[(OrgKind, C)]) -> Condition {
    if scope.sees_all() {
        return Condition::all();
    }
    match columns.iter().find(|(kind, _)| *kind == scope.kind()) {
        Some((_, column)) => Condition::all().add(column.eq(scope.tenant().uuid())),
        None => nothing(),
    }
}

/// The rows that are a bank's own affair.
pub(crate) fn of_bank(scope: &Scope, bank: impl ColumnTrait) -> Condition {
    naming(scope, &[(OrgKind::Bank, bank)])
}

/// The rows between a bank and an enterprise, which both see.
pub(crate) fn between<C: ColumnTrait>(scope: &Scope, bank: C, enterprise: C) -> Condition {
    naming(scope, &[(OrgKind::Bank, bank), (OrgKind::Enterprise, enterprise)])
}

#[cfg(test)]
mod tests {
    use contracts::{OrgId, UserId};
    use identity::{Caller, Role};
    use sea_orm::{DbBackend, EntityTrait, QueryFilter, QueryTrait};
    use uuid::Uuid;

    use super::*;
    use crate::loan::store::loan::{Column, Entity};

    fn scope(kind: OrgKind) -> Scope {
        let caller = Caller {
            user: UserId::from_uuid(Uuid::from_u128(1)),
            name: "某人".to_owned(),
            tenant: OrgId::from_uuid(Uuid::from_u128(7)),
            tenant_name: "某机构".to_owned(),
            org_kind: kind,
            roles: vec![Role::Auditor],
        };
        caller.scope()
    }

    #[test]
    fn each_party_sees_what_names_it_the_regulator_everything_and_others_nothing() {
        let asked = |kind| {
            let seen = between(&scope(kind), Column::BankId, Column::EnterpriseId);
            let sql = Entity::find().filter(seen).build(DbBackend::Sqlite).to_string();
            sql.split_once(" WHERE ").map(|(_, after)| after.to_owned()).unwrap_or_default()
        };
        let of_bank = asked(OrgKind::Bank);
        assert!(of_bank.contains("bank_id"), "{of_bank}");
        assert_eq!(asked(OrgKind::Enterprise), of_bank.replace("bank_id", "enterprise_id"));
        assert!(!asked(OrgKind::Regulator).contains('='), "the regulator sees all");
        for stranger in [OrgKind::Fund, OrgKind::Insurer, OrgKind::Institute, OrgKind::Platform] {
            assert_eq!(asked(stranger), "1 = 0", "{stranger:?}");
        }
    }
}
