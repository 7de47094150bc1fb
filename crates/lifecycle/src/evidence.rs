//! What was found out about candidates, kept under what it judged.
//!
//! Tests judge a candidate, scores judge training data, comparisons judge a candidate against what
//! is live. Each is kept under the digest of that, so it speaks for whatever has the same bytes.

mod gathering;

use greenroom_model::{Content, Digest, Record as _, tree};
use greenroom_publish::{Candidate, Evidence, Live};
use greenroom_store::{Commit, Key, layout};
use serde::{Deserialize, Serialize};

pub use gathering::{Effect, EvidenceOptions, EvidenceProgress};

use crate::{Bot, Error};

impl Bot {
    /// What was found out about a candidate: by the tests that the draft has now, of its training
    /// data and live's, and against what is live.
    pub(crate) async fn evidence(
        &self,
        candidate: &Candidate,
        live: Option<&Live>,
        draft: &Content,
    ) -> Result<Vec<Evidence>, Error> {
        let data = candidate.data.values().chain(live.into_iter().flat_map(|live| live.content.data.values()));
        let mut subjects: Vec<Digest> = data.map(greenroom_model::TrainingData::digest).collect();
        subjects.push(candidate.digest());
        subjects.extend(live.map(|live| comparison(&candidate.digest(), &live.content.digest())));
        subjects.sort_unstable();
        subjects.dedup();
        let keys: Result<Vec<Key>, _> = subjects.iter().map(|subject| layout::evidence(&self.id, subject)).collect();
        let tests = self.tests_digest(draft).await?;
        let mut evidence = Vec::new();
        for record in self.lifecycle.store.look_up(&keys?).await?.into_iter().flatten() {
            let stored = StoredEvidence::from_bytes(&record.value)?;
            let is_of_other_tests = stored.tests != tests;
            evidence.extend(stored.evidence.into_iter().filter(|item| match item {
                Evidence::Tests { .. } => !is_of_other_tests,
                _ => true,
            }));
        }
        Ok(evidence)
    }

    /// Keeps evidence in the place of what was known of the same subject.
    pub(crate) async fn keep_evidence(
        &self,
        subject: &Digest,
        draft: &Content,
        evidence: Vec<Evidence>,
    ) -> Result<(), Error> {
        let stored = StoredEvidence { tests: self.tests_digest(draft).await?, evidence };
        let key = layout::evidence(&self.id, subject)?;
        self.lifecycle.store.commit(Commit::new().put(key, stored.to_bytes())).await?;
        Ok(())
    }

    async fn tests_digest(&self, content: &Content) -> Result<Option<Digest>, Error> {
        self.reader().run(|objects| tree::directory_digest(objects, &content.tree, &["tests"])).await
    }
}

/// The name of a comparison.
fn comparison(candidate: &Digest, live: &Digest) -> Digest {
    Digest::of(&[candidate.as_bytes().as_slice(), live.as_bytes().as_slice()].concat())
}

/// Evidence, and the tests that it comes from: those of the draft, whatever the candidate holds.
#[derive(Serialize, Deserialize)]
struct StoredEvidence {
    tests: Option<Digest>,
    evidence: Vec<Evidence>,
}

impl greenroom_model::Record for StoredEvidence {
    const WHAT: &'static str = "evidence";
    const FORMAT: u32 = 1;
}
