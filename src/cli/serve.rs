//! `serve`: everything in one process, with the demo where it was asked for and the folder is new.

use std::{fs, path::Path, sync::Arc};

use contracts::{Clock, SimulatedClock, SystemClock};
use http_kit::{
    Start,
    config::{ConfigError, Settings},
    own_process::StartError,
    telemetry,
};
use secrecy::ExposeSecret;

use super::{Failure, ServeArguments, banner};
use crate::{demo, suite::Suite};

/// Lies in the data folder while the demo is being made; found at a start, the half-made demo is made again.
const HALF_MADE: &str = "demo.half-made";

pub(super) async fn serve(settings: Settings, arguments: &ServeArguments) -> Result<(), Failure> {
    settings.check_all_in_one()?;
    if arguments.demo && !settings.listen.ip().is_loopback() && !arguments.demo_beyond_this_machine {
        return Err(ConfigError(format!(
            "demo accounts have known passwords and are served on this machine alone, not on {}: \
             listen on 127.0.0.1, or say --demo-beyond-this-machine",
            settings.listen
        ))
        .into());
    }
    let address = settings.listen;
    let start = Start::patient(&settings);
    let door = start.listen(address).await?;
    let fresh = prepare(&settings.data)?;
    let _telemetry = telemetry::start("ip-finance", &settings).map_err(StartError::from)?;
    let wanted = arguments.demo && fresh;
    let simulated = Arc::new(SimulatedClock::at(SystemClock.now()));
    let clock: Arc<dyn Clock> = if wanted { simulated.clone() } else { Arc::new(SystemClock) };
    let suite = match Suite::open_when_there(&settings, clock, &start).await {
        Err(StartError::Stopped) => return Ok(()),
        opened => opened?,
    };
    // Who knocks while the demo is made waits for it.
    let listener = door.open();
    let flag = settings.data.join(HALF_MADE);
    // Databases on a server outlive a new folder.
    let here = demo::is_here(&suite).await?;
    if wanted && here && flag.exists() {
        return Err(ConfigError(format!(
            "the demo in these databases was stopped half-way: make the databases anew and remove {}",
            flag.display()
        ))
        .into());
    }
    let made = if wanted && !here {
        let noted = |error: std::io::Error| ConfigError(format!("cannot write {}: {error}", flag.display()));
        fs::write(&flag, b"").map_err(noted)?;
        // Stopped half-way, it is made again at the next start.
        let stop = start.stop();
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            made = demo::make(&suite, &simulated, settings.demo_password.expose_secret()) => made?,
        }
        simulated.release();
        fs::remove_file(&flag).map_err(noted)?;
        true
    } else {
        simulated.release();
        false
    };
    let has_demo = made || here;
    if has_demo && !settings.listen.ip().is_loopback() && !arguments.demo_beyond_this_machine {
        return Err(ConfigError(format!(
            "{} holds demo accounts with known passwords: listen on 127.0.0.1, or say --demo-beyond-this-machine",
            settings.data.display()
        ))
        .into());
    }
    let administrator = if has_demo {
        None
    } else {
        gateway::accounts::ensure_administrator(&suite.databases.gateway).await?
    };
    let told = banner::Told {
        address: listener.local_addr().map_err(|reason| StartError::Listen { address, reason })?,
        data: &settings.data,
        demo: has_demo.then(|| settings.demo_password.expose_secret()),
        just_made: made,
        administrator,
        built_in_register: settings.register_url.is_none(),
    };
    banner::say(&told);
    suite.serve(listener).await.map_err(|reason| StartError::Listen { address, reason }.into())
}

/// Makes the data folder, for its owner only, where it is not there yet.
pub(super) fn make_folder(folder: &Path) -> Result<(), ConfigError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(|error| unusable(folder, &error))
}

fn unusable(folder: &Path, error: &std::io::Error) -> ConfigError {
    ConfigError(format!("the data folder {} cannot be used: {error}", folder.display()))
}

/// Makes the data folder ready to be served from. Whether it held no data before.
fn prepare(folder: &Path) -> Result<bool, ConfigError> {
    make_folder(folder)?;
    let unusable = |error: std::io::Error| unusable(folder, &error);
    let half_made = folder.join(HALF_MADE).exists();
    let mut held = false;
    for entry in fs::read_dir(folder).map_err(unusable)? {
        let entry = entry.map_err(unusable)?;
        let name = entry.file_name();
        let database = [".db", ".db-wal", ".db-shm"].iter().any(|end| name.to_string_lossy().ends_with(end));
        if database && half_made {
            fs::remove_file(entry.path()).map_err(unusable)?;
        } else if database {
            held = true;
        }
    }
    let probe = folder.join(".writable");
    fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)).map_err(unusable)?;
    Ok(!held)
}
