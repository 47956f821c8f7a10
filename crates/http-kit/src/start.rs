//! A start that waits for what it needs: a database or NATS that is away is asked for again, with pauses that grow, until it
//! is there. Meanwhile the process answers that it lives and is not ready, and a signal ends it. What refuses, such as a
//! database to a wrong password, ends the start at once.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{Router, routing::any};
use tokio::{net::TcpListener, time::Instant};
use tokio_util::sync::{CancellationToken, DropGuard};
use tx_kit::Fault;

use crate::{Problem, config::Settings, own_process::StartError, server};

/// The first pause before what is away is asked for again; each is twice as long as the one before.
const PAUSE_MIN: Duration = Duration::from_millis(250);
/// The longest.
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// When a client may come again that asks too early.
const RETRY_SECONDS: u64 = 5;

/// A start under way.
pub struct Start {
    stop: CancellationToken,
    /// How long it waits; none for ever.
    patience: Option<Duration>,
    missing: Missing,
}

/// What is waited for.
#[derive(Clone, Default)]
struct Missing(Arc<Mutex<BTreeSet<String>>>);

impl Missing {
    fn names(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn said(&self) -> String {
        let names: Vec<String> = self.names().iter().cloned().collect();
        if names.is_empty() {
            "it is starting".to_owned()
        } else {
            format!("it waits for {}", names.join(", "))
        }
    }
}

impl Start {
    /// One that what is away ends at once: for a command that somebody watches.
    #[must_use]
    pub fn at_once() -> Self {
        Self { stop: CancellationToken::new(), patience: Some(Duration::ZERO), missing: Missing::default() }
    }

    /// One that waits as long as the settings say, and that Ctrl-C or SIGTERM ends.
    #[must_use]
    pub fn patient(settings: &Settings) -> Self {
        let stop = CancellationToken::new();
        tokio::spawn(server::stop_on_signal(stop.clone()));
        let patience = settings.start_wait_seconds.map(Duration::from_secs);
        Self { stop, patience, missing: Missing::default() }
    }

    /// Tells the process to stop, during the start and after it.
    #[must_use]
    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Listens on an address and answers there, until [`Door::open`], that the process lives and is not ready.
    ///
    /// # Errors
    /// The address is taken, or not this machine's.
    pub async fn listen(&self, address: SocketAddr) -> Result<Door, StartError> {
        let failed = |reason| StartError::Listen { address, reason };
        let listener = TcpListener::bind(address).await.map_err(failed)?.into_std().map_err(failed)?;
        // The same socket twice: whoever knocks while the one hands over to the other waits in its queue.
        let meanwhile = listener.try_clone().and_then(TcpListener::from_std).map_err(failed)?;
        let listener = TcpListener::from_std(listener).map_err(failed)?;
        let until = CancellationToken::new();
        tokio::spawn(server::serve(meanwhile, server::dress(not_ready(&self.missing)), until.clone()));
        Ok(Door { listener, meanwhile: until.drop_guard() })
    }

    /// Gets what the start needs, and waits for it while it is away.
    ///
    /// # Errors
    /// What refuses says why; what is away for too long, and a signal to stop, end the start.
    pub async fn need<T, F>(&self, what: &str, get: impl Fn() -> F) -> Result<T, StartError>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        let began = Instant::now();
        let mut pause = PAUSE_MIN;
        loop {
            let got = tokio::select! {
                () = self.stop.cancelled() => return Err(StartError::Stopped),
                got = get() => got,
            };
            let fault = match got {
                Ok(there) => {
                    if self.missing.names().remove(what) {
                        tracing::info!("{what} is there after {} seconds", began.elapsed().as_secs());
                    }
                    return Ok(there);
                }
                Err(fault) if fault.is_away() => fault,
                Err(fault) => return Err(fault.into()),
            };
            let left = self.patience.map(|most| most.saturating_sub(began.elapsed()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(StartError::Away { what: what.to_owned(), fault });
            }
            self.missing.names().insert(what.to_owned());
            tracing::warn!("the start waits for {what}, which is away: {fault}");
            tokio::select! {
                () = self.stop.cancelled() => return Err(StartError::Stopped),
                // The last look is when the patience ends.
                () = tokio::time::sleep(left.map_or(pause, |left| left.min(pause))) => {}
            }
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }
}

/// An address that is listened on, with somebody at it who says that the process is not ready.
pub struct Door {
    listener: TcpListener,
    meanwhile: DropGuard,
}

impl Door {
    /// The address, where the machine chose the port.
    ///
    /// # Errors
    /// The machine's.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The listener for those who do the work; nobody else answers from now on.
    #[must_use]
    pub fn open(self) -> TcpListener {
        drop(self.meanwhile);
        self.listener
    }
}

fn not_ready(missing: &Missing) -> Router {
    let (for_probe, for_others) = (missing.clone(), missing.clone());
    let ready: server::ReadyCheck = Arc::new(move || {
        let said = for_probe.said();
        Box::pin(async move { Err(said) })
    });
    let early = any(move || {
        let said = for_others.said();
        async move { Problem::unavailable(RETRY_SECONDS).with("missing", said) }
    });
    server::health(ready).route("/", early.clone()).route("/{*rest}", early)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use contracts::{Service, SystemClock};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };
    use tx_kit::{Db, DbConfig};

    use super::*;

    fn waiting(patience: Option<Duration>) -> Start {
        Start { patience, ..Start::at_once() }
    }

    fn away() -> Fault {
        Fault::BusAway("nobody answers".to_owned())
    }

    #[tokio::test]
    async fn what_is_away_is_waited_for_and_what_refuses_is_not() {
        let asked = AtomicUsize::new(0);
        let third = || {
            let before = asked.fetch_add(1, Ordering::SeqCst);
            async move { if before < 2 { Err(away()) } else { Ok(before) } }
        };
        assert_eq!(waiting(None).need("NATS", third).await.unwrap(), 2);
        let refused =
            waiting(None).need("NATS", || async { Err::<(), _>(Fault::Bus("no".to_owned())) }).await;
        assert!(matches!(refused, Err(StartError::Fault(_))));
    }

    /// A PostgreSQL that asks for no TLS and knows nobody.
    async fn refuse(mut client: TcpStream) -> std::io::Result<()> {
        refuse_tls_and_hear_who_it_is(&mut client).await?;
        let said = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0";
        client.write_u8(b'E').await?;
        client.write_u32(u32::try_from(said.len() + 4).unwrap()).await?;
        client.write_all(said).await
    }

    async fn refuse_tls_and_hear_who_it_is(client: &mut TcpStream) -> std::io::Result<()> {
        client.read_exact(&mut [0; 8]).await?;
        client.write_all(b"N").await?;
        let bytes = client.read_u32().await?;
        client.read_exact(&mut vec![0; usize::try_from(bytes).unwrap() - 4]).await?;
        Ok(())
    }

    #[tokio::test]
    async fn a_database_behind_a_forwarder_that_hangs_up_is_waited_for_until_it_answers() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            // A zero for the answer about TLS, a reset, and an end in the midst of the handshake: nobody is there.
            let (mut ended, _) = listener.accept().await?;
            ended.read_exact(&mut [0; 8]).await?;
            drop(ended);
            // What is closed with something unread is reset.
            let (reset, _) = listener.accept().await?;
            reset.readable().await?;
            drop(reset);
            let (mut broken, _) = listener.accept().await?;
            refuse_tls_and_hear_who_it_is(&mut broken).await?;
            drop(broken);
            refuse(listener.accept().await?.0).await
        });
        let config = &DbConfig::at(format!("postgres://ipf:wrong@{address}/pledge"));
        let start = waiting(Some(Duration::from_secs(60)));
        let get = || Db::open(Service::Pledge, config, Arc::new(SystemClock));
        let refused = start.need("the database of pledge", get).await.err().unwrap();
        server.await.unwrap().unwrap();
        assert!(matches!(refused, StartError::Fault(_)), "{refused}");
        let expected = "the database of pledge does not take the user or the password of its address";
        assert!(refused.to_string().starts_with(expected), "{refused}");
        assert!(start.missing.names().contains("the database of pledge"), "it was waited for");
    }

    #[tokio::test]
    async fn a_start_gives_up_after_its_time_and_one_that_does_not_wait_at_once() {
        for patience in [Duration::ZERO, Duration::from_millis(300)] {
            let began = Instant::now();
            let given_up = waiting(Some(patience)).need("NATS", || async { Err::<(), _>(away()) }).await;
            assert!(began.elapsed() < Duration::from_secs(5));
            let said = given_up.unwrap_err().to_string();
            assert_eq!(said, "NATS is away: event bus: nobody answers");
        }
    }

    #[tokio::test]
    async fn a_process_that_waits_says_that_it_lives_and_stops_when_it_is_told() {
        let start = Arc::new(waiting(None));
        let door = start.listen(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let base = format!("http://{}", door.address().unwrap());
        let waits = Arc::clone(&start);
        let task = tokio::spawn(async move {
            waits.need("the database of pledge", || async { Err::<(), _>(away()) }).await
        });
        let client = crate::client().unwrap();
        let ask = async |path: &str| client.get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(ask("/health/live").await.status(), 200);
        for path in ["/", "/health/ready", "/api/pledge/v1/loans"] {
            let mut answer = ask(path).await;
            // The first question may come before the first failure.
            for _ in 0..100 {
                if !start.missing.names().is_empty() {
                    answer = ask(path).await;
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            assert_eq!(answer.status(), 503, "{path}");
            let body: serde_json::Value = answer.json().await.unwrap();
            assert_eq!(body["missing"], "it waits for the database of pledge", "{path}: {body}");
        }
        start.stop().cancel();
        assert!(matches!(task.await.unwrap(), Err(StartError::Stopped)));
    }

    #[tokio::test]
    async fn nobody_who_knocks_during_the_hand_over_is_turned_away() {
        let door = Start::at_once().listen(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let base = format!("http://{}", door.address().unwrap());
        let listener = door.open();
        let app = Router::new().route("/", any(|| async { "open" }));
        let stop = CancellationToken::new();
        let served = tokio::spawn(server::serve(listener, app, stop.clone()));
        let client = crate::client().unwrap();
        let mut text = String::new();
        // Whoever came in before the hand-over is still told to come again.
        for _ in 0..50 {
            let answer = client.get(&base).send().await.unwrap();
            text = answer.text().await.unwrap();
            if text == "open" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(text, "open");
        stop.cancel();
        served.await.unwrap().unwrap();
    }
}
