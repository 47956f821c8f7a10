//! The organisations and people are entered, the catalogue is filled.

use contracts::Actor;
use gateway::accounts::{HashedPassword, NewOrganisation, NewUser, create_organisation, create_user};
use http_kit::ActError;
use tx_kit::InTx;

use chrono::NaiveDate;
use tx_kit::Db;

use super::{
    cast::{organisations, patent_owners, people},
    desk::DemoError,
};

/// Generated patents of the demo catalogue.
const GENERATED: usize = 360;
/// The seed of the generated patents: the same catalogue in every demo.
const SEED: u64 = 20_251_124;

/// Enters everybody, all with the demo's password.
pub(super) async fn enter(gateway: &Db, password: &str) -> Result<(), DemoError> {
    let people = people();
    // Each person has a salt of their own, so each hash is made on its own; together they use every core.
    let hashes = futures::future::try_join_all(people.iter().map(|_| HashedPassword::of(password))).await?;
    let (people, hashes) = (&people, &hashes);
    gateway
        .run(|tx| {
            async move {
                let actor = Actor::system();
                for one in organisations() {
                    let new = NewOrganisation {
                        id: Some(one.id()),
                        kind: one.kind,
                        name: one.name.to_owned(),
                        credit_code: one.credit_code(),
                        district: Some(one.district.to_owned()),
                        industry: one.industry.map(str::to_owned),
                        cluster: one.cluster.map(str::to_owned),
                    };
                    create_organisation(tx, &actor, &new).await?;
                }
                for (one, password) in people.iter().zip(hashes) {
                    let new = NewUser {
                        id: Some(one.id()),
                        organisation: one.of.id(),
                        username: one.username.to_owned(),
                        name: one.name.to_owned(),
                        roles: vec![one.role],
                        password: password.clone(),
                        must_change: false,
                    };
                    create_user(tx, &actor, &new).await?;
                }
                Ok::<_, ActError>(())
            }
            .in_tx()
        })
        .await?;
    Ok(())
}

/// Fills the catalogue: generated patents, marked as such, and a sample of real ones.
pub(super) async fn fill_catalogue(valuation: &Db, today: NaiveDate) -> Result<(), DemoError> {
    let owners = patent_owners();
    let owners: Vec<_> = owners.iter().map(|one| (one.id(), one.name)).collect();
    let mut records = valuation_svc::catalogue::generated::generated_patents(SEED, GENERATED, today, &owners);
    let real = valuation_svc::catalogue::sample_real();
    records.extend(
        real.map_err(|problem| DemoError::Fault(format!("the sample of real patents: {problem:?}")))?,
    );
    let records = &records;
    valuation
        .run(|tx| {
            async move { valuation_svc::catalogue::upsert(tx, records, &Actor::system()).await }.in_tx()
        })
        .await?;
    Ok(())
}
