//! Bodies on their way: read to their end within the memory that there is for all of them and for each sender, and read
//! past where they were refused early, so that their sender hears why.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::header,
};
use contracts::OrgId;
use futures::{StreamExt, stream};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use uuid::Uuid;

use crate::{Problem, extract};

const MIB: usize = 1024 * 1024;
/// When to come again, where bodies take too much.
const RETRY_SECONDS: u64 = 2;
/// The most that is read of a body after it was refused: the largest file that anything takes.
const PAST_MAX_BYTES: usize = 272 * MIB;
/// How long a refused body is read.
const PAST_MAX: Duration = Duration::from_secs(30);

/// The memory for bodies whose senders nobody knows yet, which are held while they arrive or are answered: who sends large
/// ones slowly is refused at this sum, and takes nothing of what those who have signed in need.
static STRANGERS: Room = Room::new(32 * MIB, 8 * MIB);
/// The memory for bodies of those who have signed in: no organisation alone can take what the others need.
static KNOWN: Room = Room::new(96 * MIB, 24 * MIB);

/// Who sends a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sender {
    /// Nobody that is known, from this network.
    Network(IpAddr),
    /// Somebody of this organisation.
    Tenant(Uuid),
}

impl Sender {
    /// Somebody of an organisation.
    #[must_use]
    pub fn of(tenant: OrgId) -> Self {
        Self::Tenant(tenant.uuid())
    }

    fn room(self) -> &'static Room {
        match self {
            Self::Network(_) => &STRANGERS,
            Self::Tenant(_) => &KNOWN,
        }
    }
}

struct Room {
    held: Mutex<Held>,
    bytes_max: usize,
    sender_bytes_max: usize,
}

/// Bytes that are held, in all and by sender.
struct Held {
    all: usize,
    by: BTreeMap<Sender, usize>,
}

impl Room {
    const fn new(bytes_max: usize, sender_bytes_max: usize) -> Self {
        Self { held: Mutex::new(Held { all: 0, by: BTreeMap::new() }), bytes_max, sender_bytes_max }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a body takes of the memory for all of them, until this is dropped.
pub struct Share {
    room: &'static Room,
    sender: Sender,
    bytes: usize,
}

impl Share {
    /// Takes more; whether there was room for it.
    fn grow(&mut self, by: usize) -> bool {
        let mut held = self.room.held();
        let own = held.by.get(&self.sender).copied().unwrap_or_default();
        if held.all + by > self.room.bytes_max || own + by > self.room.sender_bytes_max {
            return false;
        }
        held.all += by;
        held.by.insert(self.sender, own + by);
        self.bytes += by;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if self.bytes == 0 {
            return;
        }
        let mut held = self.room.held();
        held.all -= self.bytes;
        let left = held.by.get(&self.sender).copied().unwrap_or_default().saturating_sub(self.bytes);
        if left == 0 {
            held.by.remove(&self.sender);
        } else {
            held.by.insert(self.sender, left);
        }
    }
}

/// Reads a body to its end. The caller bounds its length and how long it may take, and keeps the share as long as the bytes.
///
/// # Errors
/// 422 where it breaks off; 503 where the bodies of all requests together, or of this sender's, take too much.
pub async fn whole(mut body: Body, sender: Sender) -> Result<(Bytes, Share), Problem> {
    read(&mut body, sender, sender.room(), usize::MAX).await
}

/// Reads a body to its end or, where that is further, as far as `bytes_max`, and gives it back: what was read, then the rest
/// as it comes.
///
/// # Errors
/// As [`whole`].
pub async fn ahead(mut body: Body, sender: Sender, bytes_max: usize) -> Result<(Body, Share), Problem> {
    let (first, share) = read(&mut body, sender, sender.room(), bytes_max).await?;
    if first.len() <= bytes_max {
        return Ok((Body::from(first), share));
    }
    let first = stream::once(std::future::ready(Ok(first)));
    Ok((Body::from_stream(first.chain(body.into_data_stream())), share))
}

/// What there is of a body up to the part that passes `bytes_max`.
async fn read(
    body: &mut Body,
    sender: Sender,
    room: &'static Room,
    bytes_max: usize,
) -> Result<(Bytes, Share), Problem> {
    let mut share = Share { room, sender, bytes: 0 };
    // Most bodies come in one part, which needs no copy.
    let (mut first, mut all) = (Bytes::new(), Vec::new());
    while let Some(frame) = body.frame().await {
        // Trailers are no part of what a command says.
        let Ok(part) = frame.map_err(|_| extract::cut())?.into_data() else { continue };
        if !share.grow(part.len()) {
            tracing::warn!(?sender, "the bodies that are arriving take all the memory there is for them");
            return Err(Problem::unavailable(RETRY_SECONDS));
        }
        if first.is_empty() && all.is_empty() {
            first = part;
        } else {
            if all.is_empty() {
                all.extend_from_slice(&first);
            }
            all.extend_from_slice(&part);
        }
        if share.bytes > bytes_max {
            break;
        }
    }
    Ok((if all.is_empty() { first } else { Bytes::from(all) }, share))
}

/// Middleware: a body that is dropped before its end is read past in the background, so that the answer, which is on its way
/// by then, reaches its sender. Left unread, the connection would be closed under a sender who still writes, and who then
/// may lose the answer that has arrived.
pub(crate) async fn lingering(request: Request) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    // Who asks before sending has sent nothing when the answer is a refusal.
    let asks_first = request.headers().contains_key(header::EXPECT);
    request.map(|body| Body::new(Lingering { body, ended: false, begun: !asks_first }))
}

struct Lingering {
    body: Body,
    ended: bool,
    /// Whether anything of it may be on its way.
    begun: bool,
}

impl HttpBody for Lingering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.begun = true;
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.ended = true;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        if self.ended || !self.begun || self.body.is_end_stream() {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(read_past(std::mem::take(&mut self.body)));
        }
    }
}

async fn read_past(mut body: Body) {
    let past = async {
        let mut read = 0;
        while let Some(Ok(frame)) = body.frame().await {
            read += frame.data_ref().map_or(0, Bytes::len);
            if read > PAST_MAX_BYTES {
                return;
            }
        }
    };
    if tokio::time::timeout(PAST_MAX, past).await.is_err() {
        tracing::debug!("a body that was refused did not end in time");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    fn network(last: u8) -> Sender {
        Sender::Network(IpAddr::from([10, 0, 0, last]))
    }

    async fn within(
        body: impl Into<Body>,
        sender: Sender,
        room: &'static Room,
    ) -> Result<(Bytes, Share), Problem> {
        read(&mut body.into(), sender, room, usize::MAX).await
    }

    #[tokio::test]
    async fn bodies_beyond_the_memory_for_all_of_them_are_refused_until_others_are_done() {
        static ROOM: Room = Room::new(10, 10);
        let (first, held) = within("12345678", network(1), &ROOM).await.unwrap();
        assert_eq!(&first[..], b"12345678");
        let refused = within("123", network(2), &ROOM).await.err().unwrap();
        assert_eq!(refused.status().as_u16(), 503);
        assert!(within("12", network(2), &ROOM).await.is_ok());
        drop(held);
        assert!(within("1234567890", network(2), &ROOM).await.is_ok());
        let left = ROOM.held();
        assert_eq!((left.all, left.by.len()), (0, 0));
    }

    #[tokio::test]
    async fn one_sender_cannot_take_the_memory_that_the_others_need() {
        static ROOM: Room = Room::new(10, 4);
        let (_, held) = within("1234", network(1), &ROOM).await.unwrap();
        assert!(within("1", network(1), &ROOM).await.is_err(), "its part is taken");
        assert!(within("1234", network(2), &ROOM).await.is_ok(), "another has its own");
        drop(held);
        assert!(within("1234", network(1), &ROOM).await.is_ok());
        // Whoever has signed in shares nothing with strangers.
        let tenant = Sender::of(OrgId::from_uuid(Uuid::from_u128(1)));
        assert!(!std::ptr::eq(tenant.room(), network(1).room()));
    }

    #[tokio::test]
    async fn a_body_in_several_parts_is_put_together_in_order() {
        static ROOM: Room = Room::new(100, 100);
        let parts = ["ab", "", "c", "def"].map(|part| Ok::<_, std::io::Error>(Bytes::from(part)));
        let body = Body::from_stream(stream::iter(parts));
        let (all, share) = within(body, network(1), &ROOM).await.unwrap();
        assert_eq!((&all[..], share.bytes), (&b"abcdef"[..], 6));
    }

    #[tokio::test]
    async fn a_body_that_is_read_ahead_loses_nothing() {
        for bytes_max in [0, 2, 3, 6, 100] {
            let parts = ["ab", "c", "def"].map(|part| Ok::<_, std::io::Error>(Bytes::from(part)));
            let body = Body::from_stream(stream::iter(parts));
            let (body, share) = ahead(body, network(9), bytes_max).await.unwrap();
            assert_eq!(&body.collect().await.unwrap().to_bytes()[..], b"abcdef", "{bytes_max}");
            assert!(share.bytes <= bytes_max + 3);
        }
    }

    #[tokio::test]
    async fn a_body_that_was_refused_is_read_past_unless_its_sender_waits_to_be_asked_for_it() {
        for (asks_first, read) in [(false, 3), (true, 0)] {
            let taken = Arc::new(AtomicUsize::new(0));
            let counter = Arc::clone(&taken);
            let parts = stream::iter(0..3).map(move |_| {
                counter.fetch_add(1, Ordering::SeqCst);
                Ok::<_, std::io::Error>(Bytes::from("part"))
            });
            let mut request = Request::post("/x");
            if asks_first {
                request = request.header(header::EXPECT, "100-continue");
            }
            let request = request.body(Body::from_stream(parts)).unwrap();
            drop(lingering(request).await);
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            assert_eq!(taken.load(Ordering::SeqCst), read, "asks first: {asks_first}");
        }
    }
}
