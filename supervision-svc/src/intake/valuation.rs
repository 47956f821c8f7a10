//! Valuations, each of them kept with its newest figures, what asks for them to be made anew, and the legal status of patents.

use contracts::{
    Envelope,
    events::{LegalStatusChanged, RevaluationDue, ValuationCompleted},
};

use super::batch::Rows;
use crate::read_model::{patent_status, revaluation, valuation};

/// `valuation.completed`: told once more where an approved override holds from then on; the newest figures.
pub(super) fn completed(rows: &mut Rows, envelope: &Envelope, event: &ValuationCompleted) {
    let id = event.valuation_id.uuid();
    if rows.valuations.get(&id).is_some_and(|known| envelope.version <= known.version) {
        return;
    }
    let row = valuation::Model {
        id,
        tenant: event.tenant.uuid(),
        tenant_name: event.tenant_name.clone(),
        patent_id: event.patent_id.uuid(),
        patent_number: event.patent_number.clone(),
        patent_title: event.patent_title.clone(),
        industry: event.industry.clone(),
        purpose: event.purpose.clone(),
        score_hundredths: event.score_hundredths.into(),
        grade: event.grade.clone(),
        low_fen: event.low.fen(),
        value_fen: event.value.fen(),
        high_fen: event.high.fen(),
        collateral_fen: event.collateral_value.fen(),
        maximum_loan_fen: event.maximum_loan.fen(),
        valuation_date: event.valuation_date,
        valid_until: event.valid_until,
        model_version: event.model_version.clone(),
        version: envelope.version,
        completed_at: envelope.occurred_at,
    };
    rows.valuations.insert(id, row);
}

/// `valuation.revaluation_due`: the newest state.
pub(super) fn revaluation_due(rows: &mut Rows, envelope: &Envelope, event: &RevaluationDue) {
    let id = event.trigger_id.uuid();
    if rows.revaluations.get(&id).is_some_and(|known| envelope.version <= known.version) {
        return;
    }
    let row = revaluation::Model {
        id,
        valuation_id: event.valuation_id.uuid(),
        valuation_number: event.valuation_number.clone(),
        tenant: event.tenant.uuid(),
        tenant_name: event.tenant_name.clone(),
        purpose: event.purpose.clone(),
        patent_id: event.patent_id.uuid(),
        patent_number: event.patent_number.clone(),
        patent_title: event.patent_title.clone(),
        cause: event.cause.clone(),
        reason_zh: event.reason_zh.clone(),
        reason_en: event.reason_en.clone(),
        noted_on: event.noted_on,
        deadline: event.deadline,
        closed_on: event.closed_on,
        version: envelope.version,
        changed_at: envelope.occurred_at,
    };
    rows.revaluations.insert(id, row);
}

/// `patent.legal_status_changed`: the newest status.
pub(super) fn legal_status_changed(rows: &mut Rows, envelope: &Envelope, event: &LegalStatusChanged) {
    let id = event.patent_id.uuid();
    let known = rows.patents.get(&id).map_or(0, |row| row.version);
    if envelope.version <= known {
        return;
    }
    rows.patents.insert(
        id,
        patent_status::Model {
            patent_id: id,
            patent_number: event.patent_number.clone(),
            status: event.to.clone(),
            effective: event.effective,
            version: envelope.version,
            changed_at: envelope.occurred_at,
        },
    );
}

#[cfg(test)]
mod tests {
    use contracts::{Event, EventId, OrgId, PatentId, Service, ValuationId};
    use finance::Money;

    use super::*;

    fn told(version: i64, value: i64) -> (Envelope, ValuationCompleted) {
        let now = "2026-11-24T02:00:00Z".parse().unwrap();
        let event = ValuationCompleted {
            valuation_id: ValuationId::from_uuid(uuid::Uuid::from_u128(1)),
            tenant: OrgId::from_uuid(uuid::Uuid::from_u128(2)),
            tenant_name: "甲银行".into(),
            patent_id: PatentId::from_uuid(uuid::Uuid::from_u128(3)),
            patent_number: "CN101234567A".into(),
            patent_title: "一种提锂方法".into(),
            industry: None,
            purpose: "pledge".into(),
            score_hundredths: 7_512,
            grade: None,
            low: Money::ZERO,
            value: Money::from_fen(value),
            high: Money::from_fen(value),
            collateral_value: Money::ZERO,
            maximum_loan: Money::ZERO,
            valuation_date: "2026-11-24".parse().unwrap(),
            valid_until: "2027-11-24".parse().unwrap(),
            model_version: "1".into(),
        };
        let envelope = Envelope {
            id: EventId::fresh(now),
            source: Service::Valuation,
            aggregate: uuid::Uuid::from_u128(1),
            version,
            occurred_at: now,
            business_date: event.valuation_date,
            event: Event::ValuationCompleted(event.clone()),
        };
        (envelope, event)
    }

    #[test]
    fn an_override_that_was_told_first_stands_when_the_model_s_figures_are_heard_late() {
        for order in [[(1, 500), (2, 400)], [(2, 400), (1, 500)]] {
            let mut rows = Rows::default();
            for (version, value) in order {
                let (envelope, event) = told(version, value);
                completed(&mut rows, &envelope, &event);
            }
            let kept: Vec<(i64, i64)> =
                rows.valuations.values().map(|row| (row.version, row.value_fen)).collect();
            assert_eq!(kept, [(2, 400)]);
        }
    }
}
