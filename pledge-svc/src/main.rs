//! pledge-svc as a process of its own, behind the gateway.

use std::{process::ExitCode, sync::Arc};

use contracts::Service;
use http_kit::own_process;

#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    own_process::main::<pledge_svc::Migrator>(Service::Pledge, |parts| {
        Ok(pledge_svc::build(pledge_svc::Deps {
            db: parts.db.clone(),
            verifier: Arc::clone(&parts.verifier),
            valuation: parts.peer(Service::Valuation)?,
            directory: parts.peer(Service::Gateway)?,
            outside: pledge_svc::Outside::by_settings(&parts.settings, Arc::clone(parts.db.clock()))?,
        }))
    })
}
