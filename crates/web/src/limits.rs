//! How many requests one address may make.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::Problem;

/// How many requests one address may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// How many in each second, in the long run.
    pub per_second: NonZeroU32,
    /// How many at once, after a pause.
    pub burst: NonZeroU32,
}

impl Default for RateLimit {
    /// 50 in a second, 300 at once: pages with many parts, and people behind one address, get through.
    fn default() -> Self {
        let number = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self { per_second: number(50), burst: number(300) }
    }
}

/// The limiter of a server.
pub(crate) struct Limiter {
    requests: DefaultKeyedRateLimiter<IpAddr>,
    behind_proxy: bool,
}

impl Limiter {
    pub(crate) fn new(limit: RateLimit, behind_proxy: bool) -> Arc<Self> {
        let quota = Quota::per_second(limit.per_second).allow_burst(limit.burst);
        Arc::new(Self { requests: RateLimiter::keyed(quota), behind_proxy })
    }

    /// Forgets addresses that have not asked for long.
    fn tidy(&self) {
        if self.requests.len() > 50_000 {
            self.requests.retain_recent();
        }
    }
}

/// Refuses an address that asks too often.
pub(crate) async fn limit(
    State(limiter): State<Arc<Limiter>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let address = client_address(request.headers(), peer, limiter.behind_proxy);
    limiter.tidy();
    match limiter.requests.check_key(&grouped(address)) {
        Ok(()) => Ok(next.run(request).await),
        Err(refused) => {
            let wait = refused.wait_time_from(DefaultClock::default().now());
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            let detail = format!("too many requests from your address; wait {seconds} s and repeat");
            Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail)
                .with("retry_after_seconds", seconds))
        }
    }
}

/// The address that a request comes from. Behind a proxy it is the last one of
/// `X-Forwarded-For`, which the proxy wrote; those before it anybody can write.
#[must_use]
pub fn client_address(headers: &HeaderMap, peer: Option<IpAddr>, behind_proxy: bool) -> IpAddr {
    let told = || {
        let text = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        text.rsplit(',').next()?.trim().parse().ok()
    };
    let told = if behind_proxy { told() } else { None };
    told.or(peer).unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED))
}

/// One customer of IPv6 has a whole /64 of addresses.
fn grouped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => IpAddr::V4(mapped),
            None => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(forwarded: &[&'static str], behind_proxy: bool) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", axum::http::HeaderValue::from_static(value));
        }
        client_address(&headers, Some(IpAddr::from([10, 0, 0, 1])), behind_proxy).to_string()
    }

    #[test]
    fn only_the_proxys_own_word_counts_and_only_behind_one() {
        assert_eq!(address(&["1.1.1.1"], false), "10.0.0.1");
        assert_eq!(address(&["6.6.6.6, 1.1.1.1"], true), "1.1.1.1");
        assert_eq!(address(&["6.6.6.6", "1.1.1.1"], true), "1.1.1.1");
        assert_eq!(address(&["1.1.1.1, nonsense"], true), "10.0.0.1");
        assert_eq!(address(&[], true), "10.0.0.1");
    }

    #[test]
    fn neighbours_of_one_ipv6_network_count_as_one() {
        let grouped = |text: &str| grouped(text.parse().unwrap()).to_string();
        assert_eq!(grouped("2001:db8::1"), grouped("2001:db8::ffff:1"));
        assert_ne!(grouped("2001:db8::1"), grouped("2001:db8:0:1::1"));
        assert_eq!(grouped("::ffff:1.2.3.4"), "1.2.3.4");
    }
}
