//! Interest and premium subsidies (贴息、保费补贴): what a public scheme grants for interest or a premium that was paid, who
//! decides a claim, what was paid out. Compensation for lost loans is in `fund`.
//!
//! Where is …?
//! - what a scheme grants and its life: `model/scheme.rs`, `schemes.rs`; money received for it: `funding.rs`
//! - a product by its name where a scheme is for another: `named.rs`
//! - what a claim comes to: `model/basis.rs`; its life: `model/claim.rs`
//! - the acts: `submit.rs`, `decide.rs`, `pay.rs`; a payment that the bank sends back: `send_back.rs`;
//!   the claim that rests on a payment of the borrower: `rests_on.rs`
//! - the policies whose premiums are subsidised, as insurance-svc tells of them: `policies.rs`
//! - ledger movements: `postings.rs`; tables: `store/`, `migrations.rs`
//! - routes: `api.rs`, `listing.rs`, `scheme_api.rs`

mod api;
mod decide;
mod funding;
mod listing;
pub mod migrations;
pub mod model;
mod named;
mod pay;
mod policies;
mod postings;
mod problems;
mod rests_on;
mod scheme_api;
mod schemes;
mod send_back;
mod store;
mod submit;

pub(crate) use api::routes;
pub use policies::InsuredPolicies;
pub(crate) use rests_on::claim_on;
pub(crate) use send_back::payment_reversed;

use http_kit::ActError;
use identity::Caller;
use tx_kit::{AuditEntry, Fault, Tx};

use model::{Claim, Hand, Scheme};

/// The caller as the rules see it.
fn hand(caller: &Caller, tx: &Tx) -> Hand {
    Hand { user: caller.user, name: caller.name.clone(), on: tx.business_date(), at: tx.now() }
}

/// Locks the scheme of a claim; every act that counts caps or moves its money begins here.
async fn locked(tx: &Tx, claim: &Claim) -> Result<Scheme, ActError> {
    let scheme = store::lock_scheme(tx.conn(), claim.scheme_id).await?;
    Ok(scheme.ok_or_else(|| Fault::Corrupt(format!("the scheme of subsidy claim {}", claim.id)))?)
}

async fn record(tx: &mut Tx, caller: &Caller, claim: &Claim, action: &'static str) -> Result<(), Fault> {
    let entry = AuditEntry::new(&caller.actor(), action, "subsidy_claim", claim.id).with(serde_json::json!({
        "number": claim.number, "scheme": claim.scheme_id, "status": claim.status, "basis": claim.basis,
        "amount": claim.amount, "reason": claim.reason,
    }));
    tx.audit([entry]).await
}
