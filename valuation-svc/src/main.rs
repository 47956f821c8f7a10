//! valuation-svc as a process of its own, behind the gateway.

use std::{process::ExitCode, sync::Arc};

use contracts::Service;
use http_kit::own_process;

#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    own_process::main::<valuation_svc::Migrator>(Service::Valuation, |parts| {
        Ok(valuation_svc::build(valuation_svc::Deps {
            db: parts.db.clone(),
            verifier: Arc::clone(&parts.verifier),
            matching: valuation_svc::matching::Settings::by(&parts.settings)?,
            verification_page: valuation_svc::reports::verification_page(&parts.settings)?,
        }))
    })
}
