//! To which addresses webhooks may go: authors write their URLs, and must not be
//! able to make the server call what only the server can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Which addresses may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Those of the public internet alone.
    Public,
    /// Those of private networks and of this machine as well: the operator said so.
    Private,
    /// Those of this machine alone; for addresses without TLS.
    Loopback,
    /// Any: the operator named the host.
    Anywhere,
}

impl Reach {
    /// Why an address must not be called; `None` where it may.
    pub(crate) fn refuses(self, address: IpAddr) -> Option<&'static str> {
        let refusal = not_public(address);
        match self {
            Self::Anywhere => None,
            Self::Public => refusal,
            Self::Private if matches!(refusal, Some(PRIVATE)) => None,
            Self::Private => refusal,
            Self::Loopback if is_loopback(address) => None,
            Self::Loopback => Some("without TLS only this machine itself may be called; use `https://`"),
        }
    }
}

/// What an operator may allow.
const PRIVATE: &str = "it lies in a private network; the operator of the server can allow that";
/// What nobody may allow: nothing that answers is there.
const SPECIAL: &str = "it is no address of one machine of the internet";

fn is_loopback(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback(),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => mapped.is_loopback(),
            None => address.is_loopback(),
        },
    }
}

fn not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => not_public_v4(address),
        IpAddr::V6(address) => not_public_v6(address),
    }
}

/// The special-purpose blocks of IPv4 (RFC 6890 and the registry that keeps it up to date).
fn not_public_v4(address: Ipv4Addr) -> Option<&'static str> {
    match address.octets() {
        // Private (RFC 1918), carrier-grade NAT (RFC 6598), this machine, link-local.
        [10, ..] | [192, 168, ..] | [127, ..] | [169, 254, ..] => Some(PRIVATE),
        [172, second, ..] if (16..=31).contains(&second) => Some(PRIVATE),
        [100, second, ..] if (64..=127).contains(&second) => Some(PRIVATE),
        // «This network», protocol assignments, 6to4 relays.
        [0, ..] | [192, 0, 0, _] | [192, 88, 99, _] => Some(SPECIAL),
        // Documentation.
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Some(SPECIAL),
        // Benchmarks.
        [198, 18 | 19, ..] => Some(SPECIAL),
        // Multicast, reserved, broadcast.
        [224..=255, ..] => Some(SPECIAL),
        _ => None,
    }
}

/// Of IPv6 the global unicast block alone is public (2000::/3), less what is
/// carved out of it. Whatever holds an IPv4 address (mapped, NAT64, 6to4,
/// Teredo) is refused, since it may lead to any.
fn not_public_v6(address: Ipv6Addr) -> Option<&'static str> {
    if let Some(mapped) = address.to_ipv4_mapped() {
        // As an operator's permission goes, it is that IPv4 address.
        return not_public_v4(mapped).or(Some(SPECIAL));
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Some(PRIVATE),
        // Unique local, link-local.
        [first, ..] if first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80 => Some(PRIVATE),
        [first, ..] if first & 0xe000 != 0x2000 => Some(SPECIAL),
        // Protocol assignments with Teredo and ORCHID (2001::/23), documentation, 6to4.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => Some(SPECIAL),
        [0x2002, ..] => Some(SPECIAL),
        [0x3fff, second, ..] if second < 0x1000 => Some(SPECIAL),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(reach: Reach, address: &str) -> bool {
        reach.refuses(address.parse().unwrap()).is_some()
    }

    const PUBLIC: &[&str] = &[
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "203.0.112.255",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a00:1450:4001::1",
        "2001:200::1",
        "2001:db7::1",
        "2001:db9::1",
        "3fff:1000::1",
    ];
    const PRIVATE_NETWORKS: &[&str] = &[
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "::1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "fe80::a9fe:a9fe",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
    ];
    const NEVER: &[&str] = &[
        "0.0.0.0",
        "0.1.2.3",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.255",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::8.8.8.8",
        "::ffff:8.8.8.8",
        "::ffff:0:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:0a00:0001::1",
        "2002:0808:0808::1",
        "3fff::1",
        "3fff:fff::1",
        "5f00::1",
        "fec0::1",
        "ff02::1",
    ];

    #[test]
    fn calls_the_public_internet_alone() {
        for address in PUBLIC {
            assert!(!refused(Reach::Public, address), "{address} was refused");
        }
        for address in PRIVATE_NETWORKS.iter().chain(NEVER) {
            assert!(refused(Reach::Public, address), "{address} was allowed");
        }
    }

    #[test]
    fn an_operator_may_allow_private_networks_and_no_more() {
        for address in PUBLIC.iter().chain(PRIVATE_NETWORKS) {
            assert!(!refused(Reach::Private, address), "{address} was refused");
        }
        for address in NEVER {
            assert!(refused(Reach::Private, address), "{address} was allowed");
        }
    }

    #[test]
    fn without_tls_this_machine_alone_is_called() {
        for address in PUBLIC.iter().chain(PRIVATE_NETWORKS).chain(NEVER) {
            let here = ["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"].contains(address);
            assert_eq!(refused(Reach::Loopback, address), !here, "{address}");
        }
    }
}
