//! Bodies that are read to their end before anything is decided: how much memory all of them together may take.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use http_body_util::BodyExt;

use crate::{Problem, extract};

/// Bytes of all bodies that a process holds while they arrive or are answered: clients that send large bodies slowly are
/// refused at this sum, not served until the memory is gone.
const HELD_MAX_BYTES: usize = 128 * 1024 * 1024;
/// When to come again, where they take too much.
const RETRY_SECONDS: u64 = 2;

static HELD: Room = Room { taken: AtomicUsize::new(0), bytes_max: HELD_MAX_BYTES };

struct Room {
    taken: AtomicUsize,
    bytes_max: usize,
}

/// What a body takes of the memory for all of them, until this is dropped.
pub struct Share {
    room: &'static Room,
    bytes: usize,
}

impl Share {
    const fn of(room: &'static Room) -> Self {
        Self { room, bytes: 0 }
    }

    /// Takes more; whether there was room for it.
    fn grow(&mut self, by: usize) -> bool {
        self.bytes += by;
        let before = self.room.taken.fetch_add(by, Ordering::Relaxed);
        before.saturating_add(by) <= self.room.bytes_max
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.room.taken.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Reads a body to its end. The caller bounds its length and how long it may take, and keeps the share as long as the bytes.
///
/// # Errors
/// 422 where it breaks off; 503 where the bodies of all requests together take too much.
pub async fn whole(body: Body) -> Result<(Bytes, Share), Problem> {
    within(body, &HELD).await
}

async fn within(mut body: Body, room: &'static Room) -> Result<(Bytes, Share), Problem> {
    let mut share = Share::of(room);
    let mut all = Vec::new();
    while let Some(frame) = body.frame().await {
        // Trailers are no part of what a command says.
        let Ok(part) = frame.map_err(|_| extract::cut())?.into_data() else { continue };
        if !share.grow(part.len()) {
            tracing::warn!("the bodies that are arriving take all the memory there is for them");
            return Err(Problem::unavailable(RETRY_SECONDS));
        }
        all.extend_from_slice(&part);
    }
    Ok((Bytes::from(all), share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bodies_beyond_the_memory_for_all_of_them_are_refused_until_others_are_done() {
        static ROOM: Room = Room { taken: AtomicUsize::new(0), bytes_max: 10 };
        let (first, held) = within(Body::from("12345678"), &ROOM).await.unwrap();
        assert_eq!(&first[..], b"12345678");
        let refused = within(Body::from("123"), &ROOM).await.err().unwrap();
        assert_eq!(refused.status().as_u16(), 503);
        assert!(within(Body::from("12"), &ROOM).await.is_ok());
        drop(held);
        assert!(within(Body::from("1234567890"), &ROOM).await.is_ok());
        assert_eq!(ROOM.taken.load(Ordering::Relaxed), 0);
    }
}
