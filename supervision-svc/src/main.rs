//! supervision-svc as a process of its own, behind the gateway.

use std::{process::ExitCode, sync::Arc};

use contracts::Service;
use http_kit::own_process;

#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    own_process::main::<supervision_svc::Migrator>(Service::Supervision, |parts| {
        Ok(supervision_svc::build(supervision_svc::Deps {
            db: parts.db.clone(),
            verifier: Arc::clone(&parts.verifier),
        }))
    })
}
