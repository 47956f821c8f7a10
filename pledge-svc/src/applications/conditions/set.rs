//! Setting conditions with an approval, letting them take hold with the last one, and letting them fall away with it.

use contracts::ConditionId;
use http_kit::{ActError, Problem};
use identity::Scope;
use tx_kit::{Fault, Tx};

use super::store;
use crate::{
    applications::model::{
        Application,
        application::Hand,
        condition::{CONDITIONS_MAX, Condition, ConditionStatus, Mark, Wanted, wanted},
        products::Product,
    },
    facility,
};

/// Sets the conditions that an approval carries: the product's own that every approval does, and those that the approver
/// wants. None keeps anybody from drawing before the approval is in force.
pub(in crate::applications) async fn set(
    tx: &mut Tx,
    application: &Application,
    product: &Product,
    chosen: Vec<Wanted>,
    by: &Hand,
) -> Result<Vec<Condition>, ActError> {
    let standing = store::find_of(tx.conn(), &Scope::system(), application.id).await?;
    let always = product.conditions.iter().filter(|one| one.always).map(|one| Wanted {
        code: Some(one.code.clone()),
        text: one.text_zh.clone(),
        text_en: Some(one.text_en.clone()),
    });
    let new: Vec<Condition> = wanted(always.collect(), chosen, &standing)
        .into_iter()
        .map(|one| Condition {
            id: ConditionId::fresh(tx.now()),
            application_id: application.id,
            application_number: application.number.clone(),
            facility_id: application.facility_id,
            bank_id: application.bank_id,
            enterprise_id: application.enterprise_id,
            enterprise_name: application.enterprise_name.clone(),
            code: one.code,
            text: one.text,
            text_en: one.text_en,
            status: ConditionStatus::Open,
            blocking: false,
            set: Mark { by: by.name.clone(), by_id: by.user, at: by.at, note: String::new() },
            fulfilled: None,
            evidence: Vec::new(),
            confirmed: None,
            waived: None,
            returned: None,
            version: 1,
        })
        .collect();
    if standing.len() + new.len() > CONDITIONS_MAX {
        return Err(Problem::bad_fields(Vec::new())
            .with_field(
                "conditions",
                format!("一笔申请最多 {CONDITIONS_MAX} 项放款前提条件。"),
                format!("An application carries at most {CONDITIONS_MAX} conditions."),
            )
            .into());
    }
    store::insert(tx, &new).await?;
    Ok(new)
}

/// The approval is in force: what stands keeps the member from drawing. The place in the facility, which every draw reads,
/// counts it.
pub(in crate::applications) async fn take_hold(tx: &mut Tx, application: &Application) -> Result<(), Fault> {
    let held = store::take_hold(tx, application.id).await?;
    counted(tx, application, i32::try_from(held).unwrap_or(i32::MAX)).await
}

/// The approval, or the first of two, has fallen away, and with it what it demanded.
pub(in crate::applications) async fn fall_away(tx: &mut Tx, application: &Application) -> Result<(), Fault> {
    let held = store::count_blocking_of(tx.conn(), &Scope::system(), application.id).await?;
    counted(tx, application, -i32::try_from(held).unwrap_or(i32::MAX)).await?;
    store::fall_away(tx, application.id).await
}

async fn counted(tx: &mut Tx, application: &Application, by: i32) -> Result<(), Fault> {
    if by == 0 {
        return Ok(());
    }
    facility::conditions_changed(tx, application.facility_id, application.enterprise_id, by).await
}
