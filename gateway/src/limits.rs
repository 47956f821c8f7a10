//! How much one client may ask for, and which client it is.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use http_kit::{Problem, config::Settings};

use crate::state::App;

/// The limit of requests, by network of the client.
pub(crate) struct RateLimit {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    behind_proxy: bool,
}

impl RateLimit {
    pub(crate) fn new(settings: &Settings) -> Self {
        let per_second = NonZeroU32::new(settings.requests_per_second_max).unwrap_or(NonZeroU32::MIN);
        Self {
            limiter: RateLimiter::keyed(Quota::per_second(per_second)),
            clock: DefaultClock::default(),
            behind_proxy: settings.behind_proxy,
        }
    }

    /// Forgets clients that have been quiet.
    pub(crate) fn forget_quiet(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }

    /// Seconds to wait where the client has asked too much.
    fn wait_seconds(&self, client: IpAddr) -> Option<u64> {
        let not_until = self.limiter.check_key(&network(client)).err()?;
        let wait = not_until.wait_time_from(self.clock.now());
        Some(wait.as_millis().div_ceil(1_000).max(1).try_into().unwrap_or(1))
    }
}

/// The client's address, as [`limit`] found it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl ClientAddress {
    /// Where the server knows no address: a request that came from no socket.
    pub(crate) const UNKNOWN: Self = Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
}

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self::UNKNOWN))
    }
}

/// Who shares a limit: an IPv4 address, or the 64 leading bits of an IPv6 address, which are one customer's.
#[must_use]
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & (u128::MAX << 64))),
        four => four,
    }
}

/// Middleware: notes the client's address and refuses who asks too much.
pub(crate) async fn limit(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let address = client_address(&request, app.rate_limit.behind_proxy);
    if let Some(seconds) = app.rate_limit.wait_seconds(address) {
        return too_many_requests(seconds).into_response();
    }
    request.extensions_mut().insert(ClientAddress(address));
    next.run(request).await
}

/// The peer's address; behind a reverse proxy the last one it wrote, since those before it are the client's word.
pub(crate) fn client_address(request: &Request, behind_proxy: bool) -> IpAddr {
    let forwarded = behind_proxy
        .then(|| request.headers().get_all("x-forwarded-for").iter().next_back()?.to_str().ok())
        .flatten()
        .and_then(|value| value.rsplit(',').next()?.trim().parse().ok());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    forwarded.or(peer).unwrap_or(ClientAddress::UNKNOWN.0)
}

fn too_many_requests(seconds: u64) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-requests",
        "请求过于频繁，本次未受理。请稍后重试。",
        "Too many requests: this one was not taken. Try again shortly.",
    )
    .retry_after(seconds)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn request(forwarded: Option<&str>) -> Request {
        let mut builder = Request::get("/").extension(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 7))));
        if let Some(forwarded) = forwarded {
            builder = builder.header("x-forwarded-for", forwarded);
        }
        builder.body(Body::empty()).unwrap()
    }

    #[test]
    fn a_client_cannot_choose_its_address() {
        let peer: IpAddr = "10.0.0.1".parse().unwrap();
        assert_eq!(client_address(&request(Some("1.2.3.4")), false), peer);
        let behind = client_address(&request(Some("9.9.9.9, 1.2.3.4")), true);
        assert_eq!(behind, "1.2.3.4".parse::<IpAddr>().unwrap(), "the proxy's word, not the client's");
        assert_eq!(client_address(&request(None), true), peer);
    }

    #[test]
    fn a_customer_with_many_addresses_has_one_limit() {
        let one = network("2001:db8:1:2::1".parse().unwrap());
        let two = network("2001:db8:1:2:ffff::9".parse().unwrap());
        assert_eq!(one, two);
        assert_ne!(one, network("2001:db8:1:3::1".parse().unwrap()));
        assert_eq!(network("::ffff:10.0.0.1".parse().unwrap()), "10.0.0.1".parse::<IpAddr>().unwrap());
    }
}
