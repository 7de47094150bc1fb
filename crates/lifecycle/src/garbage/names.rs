//! Which digests bytes name. What they mean is not asked: whatever looks like a digest counts, so
//! that records and objects of kinds that this build does not know keep what they name.

use greenroom_model::Digest;

/// How many hexadecimal digits write a digest.
const DIGITS: usize = 64;

/// The digests that stand in these bytes, as their 64 lower-case hexadecimal digits.
pub(super) fn digests_in(bytes: &[u8]) -> impl Iterator<Item = Digest> {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    // Where more digits stand in a row, any 64 of them may be meant.
    let runs = bytes.split(move |byte| !is_digit(byte)).filter(|run| run.len() >= DIGITS);
    runs.flat_map(|run| run.windows(DIGITS)).filter_map(|digits| std::str::from_utf8(digits).ok()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_digests_wherever_they_stand() {
        let [one, two, three] = [b"1", b"2", b"3"].map(|text| Digest::of(text));
        let text = format!(r#"{{"a":"{one}","b":["v:{two}"]}}/bots/{three}"#);
        assert_eq!(digests_in(text.as_bytes()).collect::<Vec<_>>(), [one, two, three]);
        assert_eq!(digests_in(one.to_string().as_bytes()).collect::<Vec<_>>(), [one]);
        assert!(digests_in(format!("0{one}{two}f").as_bytes()).any(|found| found == two));
    }

    #[test]
    fn finds_none_in_other_bytes() {
        let digest = Digest::of(b"1").to_string();
        for bytes in [&digest.as_bytes()[1..], digest.to_uppercase().as_bytes(), b"", &[0xff; 100]] {
            assert_eq!(digests_in(bytes).count(), 0, "{bytes:?}");
        }
    }
}
