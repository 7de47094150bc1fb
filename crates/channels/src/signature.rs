//! The signatures of webhook messages, in both directions:
//! `X-Greenroom-Signature: t=UNIX,v1=HEX`, where HEX is HMAC-SHA-256 of the time,
//! a dot and the body, under the channel's secret.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

/// The header that carries a signature.
pub const SIGNATURE_HEADER: &str = "x-greenroom-signature";

/// By how many seconds the signature's time may differ from ours.
const TOLERANCE_SECONDS: u64 = 300;

/// The signature of a body at a time, as the header carries it.
///
/// # Examples
/// ```
/// let signature = greenroom_channels::sign("secret", 1_700_000_000, br#"{"id":"1"}"#);
/// assert!(signature.starts_with("t=1700000000,v1="));
/// ```
#[must_use]
pub fn sign(secret: &str, unix: i64, body: &[u8]) -> String {
    let mac = keyed(secret, unix, body).finalize().into_bytes();
    let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={unix},v1={hex}")
}

/// Whether a header signs a body, now. Several `v1` may stand in it, of which
/// one must be right: so secrets can be changed without a gap.
///
/// # Errors
/// Says why not, for whoever sent the message.
pub(crate) fn verify(secret: &str, header: &str, now: Timestamp, body: &[u8]) -> Result<(), &'static str> {
    let mut unix: Option<i64> = None;
    let mut macs = Vec::new();
    for field in header.split(',') {
        match field.trim().split_once('=') {
            Some(("t", time)) => unix = time.parse().ok(),
            Some(("v1", hex)) => macs.push(hex),
            Some(_) | None => {}
        }
    }
    let (Some(unix), false) = (unix, macs.is_empty()) else {
        return Err("the signature is not of the form `t=UNIX,v1=HEX`");
    };
    let right = macs.into_iter().take(4).filter_map(bytes_of).any(|mac| {
        // The comparison takes as long for a wrong signature as for a right one.
        keyed(secret, unix, body).verify_slice(&mac).is_ok()
    });
    if !right {
        return Err("the signature does not fit the body and the channel's secret");
    }
    if unix.abs_diff(now.as_second()) > TOLERANCE_SECONDS {
        return Err("the signature is more than 5 minutes away from our clock; sign again");
    }
    Ok(())
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
fn keyed(secret: &str, unix: i64, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of every length");
    mac.update(unix.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    (0..32).map(|byte| u8::from_str_radix(hex.get(2 * byte..2 * byte + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // printf '1700000000.{"id":"1"}' | openssl dgst -sha256 -hmac 'correct horse'
    const KNOWN: &str = "t=1700000000,v1=a556ef0bf43fdb6f520dc943615615a26ca277f2e2e86212f023b9582b9513f8";
    const BODY: &[u8] = br#"{"id":"1"}"#;

    fn check(header: &str, now: i64, body: &[u8]) -> bool {
        verify("correct horse", header, Timestamp::from_second(now).unwrap(), body).is_ok()
    }

    #[test]
    fn signs_as_openssl_does() {
        assert_eq!(sign("correct horse", 1_700_000_000, BODY), KNOWN);
        assert!(check(KNOWN, 1_700_000_000, BODY));
    }

    #[test]
    fn holds_for_5_minutes_either_way() {
        for (now, holds) in [(-301, false), (-300, true), (300, true), (301, false), (i64::from(i32::MAX), false)] {
            assert_eq!(check(KNOWN, 1_700_000_000 + now, BODY), holds, "{now}");
        }
    }

    #[test]
    fn refuses_another_body_time_secret_or_form() {
        assert!(!check(KNOWN, 1_700_000_000, br#"{"id":"2"}"#));
        assert!(!check(&KNOWN.replace("t=1700000000", "t=1700000001"), 1_700_000_000, BODY));
        assert!(verify("other", KNOWN, Timestamp::from_second(1_700_000_000).unwrap(), BODY).is_err());
        let mac = KNOWN.split_once("v1=").unwrap().1;
        let forms = [
            String::new(),
            mac.to_owned(),
            format!("v1={mac}"),
            "t=1700000000".to_owned(),
            "t=1700000000,v1=".to_owned(),
            format!("t=1700000000,v1={}", &mac[..62]),
            format!("t=1700000000,v1={mac}00"),
            format!("t=1700000000,v1=+{}", &mac[1..]),
            format!("t=,v1={mac}"),
            format!("t=99999999999999999999,v1={mac}"),
            "t=1700000000,v1=éééééééééééééééééééééééééééééééé".to_owned(),
        ];
        for form in forms {
            assert!(!check(&form, 1_700_000_000, BODY), "`{form}` was taken");
        }
    }

    #[test]
    fn one_right_signature_among_several_is_enough() {
        let wrong = "0".repeat(64);
        let mac = KNOWN.split_once("v1=").unwrap().1;
        assert!(check(&format!("t=1700000000,v1={wrong},v1={mac}"), 1_700_000_000, BODY));
        assert!(!check(&format!("t=1700000000,v1={wrong},v1={wrong}"), 1_700_000_000, BODY));
    }
}
