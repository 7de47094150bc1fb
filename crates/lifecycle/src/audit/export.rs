//! The log as a file of JSON lines that is verified as the log itself is.
//!
//! Each line holds an entry, to the byte as it is stored, and its digest. The last line holds the
//! head: without it the file was cut.

use greenroom_model::Digest;

use super::entry::{AuditHead, AuditLine};
use super::fault::AuditFault;
use super::verify::AuditVerifier;
use crate::{Bot, Error};

const HEAD: &[u8] = br#"{"head":"#;
const DIGEST: &[u8] = br#"{"digest":""#;
const ENTRY: &[u8] = br#"","entry":"#;

impl Bot {
    /// The audit log as JSON lines, verified on the way: `{"digest": …, "entry": …}` for each
    /// entry and, last, `{"head": …}`. [`check_audit_export`] verifies them again.
    ///
    /// # Errors
    /// [`Error::Audit`] names the entry at fault; [`Error::Store`].
    pub async fn export_audit(&self) -> Result<(AuditHead, Vec<u8>), Error> {
        use greenroom_model::Record as _;

        let mut lines = Vec::new();
        let head = self
            .walk_audit(None, &mut |line, stored| {
                let digest = line.digest.to_string();
                for piece in [DIGEST, digest.as_bytes(), ENTRY, stored, b"}\n"] {
                    lines.extend_from_slice(piece);
                }
            })
            .await?;
        for piece in [HEAD, &head.to_bytes(), b"}\n"] {
            lines.extend_from_slice(piece);
        }
        Ok((head, lines))
    }
}

/// Verifies what [`Bot::export_audit`] wrote. With a digest that was `noted` elsewhere, some entry
/// must have it. `visit` is shown each entry that holds so far.
///
/// # Errors
/// What is wrong, and with which entry.
pub fn check_audit_export(
    file: &[u8],
    noted: Option<Digest>,
    visit: &mut dyn FnMut(&AuditLine),
) -> Result<AuditHead, AuditFault> {
    let mut verifier = AuditVerifier::new(noted);
    let mut head = None;
    let lines = file.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    for (place, line) in (1_u64..).zip(lines) {
        if head.is_some() {
            return Err(AuditFault::Foreign { key: format!("line {place}, after the head") });
        }
        if let Some(stored) = line.strip_prefix(HEAD) {
            head = stored.strip_suffix(b"}");
            continue;
        }
        let unreadable = || AuditFault::Unreadable {
            number: place,
            reason: "the line is not `{\"digest\":…,\"entry\":…}` as it was exported".to_owned(),
        };
        let (digest, stored) = parts(line).ok_or_else(unreadable)?;
        // The entry's own number tells that lines before it are missing; else its place is what counts.
        let name = |number: u64| format!("{number:020}");
        let says = AuditLine::read(&name(place), stored).map_or(place, |line| line.entry.number);
        let found = verifier.entry(&name(says.max(place)), stored)?;
        if found.digest.to_string().as_bytes() != digest {
            return Err(AuditFault::Changed { number: found.entry.number });
        }
        visit(&found);
    }
    verifier.end(head)
}

/// The digest that a line names, and the stored bytes of its entry.
fn parts(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (digest, rest) = line.strip_prefix(DIGEST)?.split_at_checked(64)?;
    Some((digest, rest.strip_prefix(ENTRY)?.strip_suffix(b"}")?))
}
