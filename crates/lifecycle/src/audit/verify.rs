//! The verifier: entries in their order, then the head. Pure, so that an export is verified as a store is.

use greenroom_model::Digest;
use greenroom_store::layout;

use super::act::Act;
use super::entry::{AuditHead, AuditLine};
use super::fault::AuditFault;

/// Verifies an audit log, entry by entry in the order of the keys.
///
/// # Examples
/// ```
/// use greenroom_lifecycle::{AuditFault, AuditVerifier};
///
/// let mut verifier = AuditVerifier::new(None);
/// let fault = verifier.entry("00000000000000000002", b"{}");
/// assert_eq!(fault, Err(AuditFault::Missing { number: 1 }));
/// ```
#[derive(Debug, Clone)]
pub struct AuditVerifier {
    /// The digest that some entry must have.
    noted: Option<Digest>,
    /// What the entries so far end with.
    last: Option<AuditHead>,
    /// Whether the last entry does not name the one before it: one of both was changed, and
    /// what follows tells which.
    is_suspect: bool,
}

impl AuditVerifier {
    /// A verifier that has seen nothing yet. With a digest that was `noted`, some entry must have it.
    #[must_use]
    pub fn new(noted: Option<Digest>) -> Self {
        Self { noted, last: None, is_suspect: false }
    }

    /// Takes the next entry: the last segment of its key, and its stored bytes.
    ///
    /// Where an entry was changed, this is told at the latest by the second entry after it.
    ///
    /// # Errors
    /// What is wrong, and with which entry.
    pub fn entry(&mut self, name: &str, bytes: &[u8]) -> Result<AuditLine, AuditFault> {
        let last = self.last.map_or(0, |last| last.number);
        let read = AuditLine::read(name, bytes);
        if self.is_suspect {
            let named = read.ok().and_then(|line| line.entry.previous);
            return Err(self.told_by(named));
        }
        match layout::audit_number(name) {
            Some(number) if Some(number) != last.checked_add(1) => {
                return Err(AuditFault::Missing { number: last.saturating_add(1) });
            }
            Some(_) | None => {}
        }
        let line = read?;
        let AuditLine { digest, entry } = &line;
        if entry.number != last.saturating_add(1) {
            return Err(AuditFault::Misplaced { number: last.saturating_add(1), says: entry.number });
        }
        if entry.number == 1 && entry.act != Act::Created {
            return Err(AuditFault::BegunAnew { act: entry.act.word() });
        }
        if entry.previous != self.last.map(|last| last.digest) {
            if entry.number == 1 {
                return Err(AuditFault::Changed { number: 1 });
            }
            self.is_suspect = true;
        }
        if self.noted == Some(*digest) {
            self.noted = None;
        }
        self.last = Some(AuditHead { number: entry.number, digest: *digest });
        Ok(line)
    }

    /// Whether a head names the number of the last entry so far.
    pub(crate) fn ends_at(&self, head: &[u8]) -> bool {
        AuditHead::read(head).is_ok_and(|head| Some(head.number) == self.last.map(|last| last.number))
    }

    /// Ends with the stored bytes of the head.
    ///
    /// # Errors
    /// What is wrong, and with which entry; [`AuditFault::NotAsNoted`] where no entry has the
    /// digest that was noted.
    pub fn end(self, head: Option<&[u8]>) -> Result<AuditHead, AuditFault> {
        let head = head.map(AuditHead::read).transpose();
        if self.is_suspect {
            let named = head.ok().flatten().filter(|head| Some(head.number) == self.last.map(|last| last.number));
            return Err(self.told_by(named.map(|head| head.digest)));
        }
        let head = head?.ok_or(AuditFault::HeadMissing)?;
        let Some(last) = self.last.filter(|last| last.number >= head.number) else {
            return Err(AuditFault::Cut { last: self.last.map_or(0, |last| last.number), head: head.number });
        };
        if last.number > head.number {
            return Err(AuditFault::BeyondHead { number: head.number.saturating_add(1) });
        }
        if last.digest != head.digest {
            return Err(AuditFault::HeadDiffers { number: last.number });
        }
        match self.noted {
            Some(digest) => Err(AuditFault::NotAsNoted { digest }),
            None => Ok(head),
        }
    }

    /// Which of the last two entries was changed, by the digest that what follows names of the last.
    fn told_by(&self, named: Option<Digest>) -> AuditFault {
        let last = self.last.map_or(0, |last| last.number);
        let last_holds = named.is_some() && named == self.last.map(|last| last.digest);
        AuditFault::Changed { number: if last_holds { last.saturating_sub(1) } else { last } }
    }
}
