//! How large a body may be, and how long an answer may take.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{Method, StatusCode},
};
use http_body_util::{BodyExt, Limited};
use http_kit::{
    Problem,
    arrival::{self, Sender},
    extract,
};
use hyper::body::{Frame, SizeHint};

/// The largest body.
const BYTES_MAX: usize = 1024 * 1024;
/// The largest upload: a file of 32 MB with the form around it.
const UPLOAD_BYTES_MAX: usize = 33 * 1024 * 1024;
/// The largest file of patents, of 256 MB, with the form around it.
const IMPORT_BYTES_MAX: usize = 257 * 1024 * 1024;
/// How long a service may take to begin its answer.
const DEADLINE: Duration = Duration::from_secs(30);
/// The same for uploads, which take as long as the client's line.
const UPLOAD_DEADLINE: Duration = Duration::from_secs(55);
/// The same for a file of patents, which may be large.
const IMPORT_DEADLINE: Duration = Duration::from_secs(300);

/// Where files of patents go.
const IMPORTS: &str = "/api/valuation/v1/imports";

/// The limits of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    upload: bool,
    import: bool,
}

impl Limits {
    /// Uploads are files (`…/imports`, `…/documents`, `…/versions`, `…/report-verifications`) and what may name ten thousand members
    /// (`…/facilities`, `…/changes`).
    pub(super) fn of(method: &Method, path: &str) -> Self {
        const LARGE: [&str; 6] =
            ["/imports", "/documents", "/versions", "/facilities", "/changes", "/report-verifications"];
        let posted = method == Method::POST;
        Self {
            upload: posted && LARGE.iter().any(|end| path.ends_with(end)),
            import: posted && path == IMPORTS,
        }
    }

    pub(super) const fn bytes_max(self) -> usize {
        match self {
            Self { import: true, .. } => IMPORT_BYTES_MAX,
            Self { upload: true, .. } => UPLOAD_BYTES_MAX,
            Self { .. } => BYTES_MAX,
        }
    }

    pub(super) const fn deadline(self) -> Duration {
        match self {
            Self { import: true, .. } => IMPORT_DEADLINE,
            Self { upload: true, .. } => UPLOAD_DEADLINE,
            Self { .. } => DEADLINE,
        }
    }

    /// The body held to its limit: refused at once where its length is told and too large.
    ///
    /// One that is no upload is read to its end first, within the memory of its sender. What the client does with it then
    /// never reaches the service: a body that comes slowly, is cut or does not read is no failure of the service. An upload is
    /// passed on as it comes, and [`Watch`] tells how it ended.
    pub(super) async fn hold(self, body: Body, sender: Sender) -> Result<(Body, Watch), Problem> {
        let watch = Watch { state: Arc::new(AtomicU8::new(UNDER_WAY)), _share: None };
        if body.size_hint().exact().is_some_and(|length| length > self.bytes_max() as u64) {
            return Err(too_large(self.bytes_max()));
        }
        let state = Arc::clone(&watch.state);
        let held = Body::new(Limited::new(body, self.bytes_max()).map_err(move |error| {
            let exceeded = error.downcast_ref::<http_body_util::LengthLimitError>().is_some();
            state.store(if exceeded { EXCEEDED } else { CUT }, Ordering::SeqCst);
            axum::Error::new(error)
        }));
        let held = Body::new(Watched::new(held, Arc::clone(&watch.state)));
        if self.upload || self.import {
            return Ok((held, watch));
        }
        match tokio::time::timeout(DEADLINE, arrival::whole(held, sender)).await {
            Ok(Ok((whole, share))) => Ok((Body::from(whole), Watch { _share: Some(share), ..watch })),
            _ if watch.exceeded() => Err(too_large(self.bytes_max())),
            Ok(Err(refused)) => Err(refused),
            Err(_) => Err(extract::cut()),
        }
    }
}

const UNDER_WAY: u8 = 0;
const EXCEEDED: u8 = 1;
const CUT: u8 = 2;
const ENDED: u8 = 3;

/// A body that tells when all of it has come.
struct Watched {
    body: Body,
    state: Arc<AtomicU8>,
}

impl Watched {
    fn new(body: Body, state: Arc<AtomicU8>) -> Self {
        let watched = Self { body, state };
        watched.note(watched.body.is_end_stream());
        watched
    }

    fn note(&self, ended: bool) {
        if ended {
            // How it broke off stays what is told.
            let _ = self.state.compare_exchange(UNDER_WAY, ENDED, Ordering::SeqCst, Ordering::SeqCst);
        }
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.note(matches!(polled, Poll::Ready(None)) || self.body.is_end_stream());
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// How a body that is passed on as it comes ended.
pub(super) struct Watch {
    state: Arc<AtomicU8>,
    /// The memory of one that was read first, until the request is answered.
    _share: Option<arrival::Share>,
}

impl Watch {
    /// It went past its limit.
    pub(super) fn exceeded(&self) -> bool {
        self.state.load(Ordering::SeqCst) == EXCEEDED
    }

    /// It broke off, or was not what HTTP takes.
    pub(super) fn cut(&self) -> bool {
        self.state.load(Ordering::SeqCst) == CUT
    }

    /// Whether the client's body ended the request, not the service.
    pub(super) fn broke(&self) -> bool {
        self.exceeded() || self.cut()
    }

    /// Its client has not sent all of it.
    pub(super) fn is_under_way(&self) -> bool {
        self.state.load(Ordering::SeqCst) == UNDER_WAY
    }
}

/// 413
pub(super) fn too_large(bytes_max: usize) -> Problem {
    let mebibytes = bytes_max / (1024 * 1024);
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "payload-too-large",
        format!("请求内容超过 {mebibytes} MB，未作任何更改。请缩小或分批提交。"),
        format!(
            "The request exceeds {mebibytes} MB and nothing was changed. Make it smaller or send it in parts."
        ),
    )
    .with("bytes_max", bytes_max)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENDER: Sender = Sender::Network(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));

    #[test]
    fn only_an_upload_may_be_large() {
        let upload = Limits::of(&Method::POST, "/api/pledge/v1/applications/1/documents");
        assert_eq!(upload.bytes_max(), UPLOAD_BYTES_MAX);
        assert_eq!(Limits::of(&Method::POST, IMPORTS).bytes_max(), IMPORT_BYTES_MAX);
        for (method, path) in [
            (Method::GET, "/api/valuation/v1/imports"),
            (Method::POST, "/api/valuation/v1/valuations"),
            (Method::POST, "/api/valuation/v1/imports/1"),
        ] {
            assert_eq!(Limits::of(&method, path).bytes_max(), BYTES_MAX, "{method} {path}");
        }
    }

    #[tokio::test]
    async fn a_body_of_untold_length_is_cut_off_at_its_limit() {
        let chunks = || futures::stream::iter((0..3).map(|_| Ok::<_, std::io::Error>(vec![0_u8; 600_000])));
        let limits = Limits::of(&Method::POST, "/x");
        let refused = limits.hold(Body::from_stream(chunks()), SENDER).await.err().unwrap();
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert!(limits.hold(Body::from(vec![0_u8; BYTES_MAX + 1]), SENDER).await.is_err());
        let (fits, watch) = limits.hold(Body::from(vec![0_u8; BYTES_MAX]), SENDER).await.unwrap();
        assert!(fits.collect().await.is_ok() && !watch.broke() && !watch.is_under_way());

        let upload = Limits::of(&Method::POST, "/api/pledge/v1/applications/1/documents");
        let large = futures::stream::iter((0..34).map(|_| Ok::<_, std::io::Error>(vec![0_u8; 1024 * 1024])));
        let (held, watch) = upload.hold(Body::from_stream(large), SENDER).await.unwrap();
        assert!(held.collect().await.is_err());
        assert!(watch.exceeded() && !watch.cut());
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_the_clients_and_not_the_services() {
        let broken = || {
            let lost = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
            Body::from_stream(futures::stream::iter([Ok(vec![0_u8; 10]), Err(lost)]))
        };
        let refused = Limits::of(&Method::POST, "/x").hold(broken(), SENDER).await.err().unwrap();
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let (held, watch) = Limits::of(&Method::POST, IMPORTS).hold(broken(), SENDER).await.unwrap();
        assert!(held.collect().await.is_err());
        assert!(watch.cut() && watch.broke());
    }

    #[tokio::test]
    async fn an_upload_that_stalls_is_known_to_be_under_way() {
        let first = futures::stream::iter([Ok::<_, std::io::Error>(vec![0_u8; 10])]);
        let stalling = Body::from_stream(futures::StreamExt::chain(first, futures::stream::pending()));
        let (mut held, watch) = Limits::of(&Method::POST, IMPORTS).hold(stalling, SENDER).await.unwrap();
        assert!(held.frame().await.is_some_and(|frame| frame.is_ok()));
        assert!(watch.is_under_way());
        let (held, watch) = Limits::of(&Method::POST, IMPORTS).hold(Body::from("all"), SENDER).await.unwrap();
        assert!(held.collect().await.is_ok() && !watch.is_under_way());
        let (_, watch) = Limits::of(&Method::POST, IMPORTS).hold(Body::empty(), SENDER).await.unwrap();
        assert!(!watch.is_under_way());
    }
}
