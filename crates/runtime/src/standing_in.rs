//! Which version answers where the one that an environment runs cannot be loaded,
//! because the store has lost or damaged a piece of it, or this build is too old for
//! it: the last one before it that can. It is told in the log each time it is tried,
//! and the version itself answers again as soon as it is whole.

use std::sync::Arc;

use greenroom_bot::Bot;
use greenroom_model::{Digest, Environment};

use crate::{Error, Runtime};

/// How many versions are tried, from the one that ran before.
const MOST: usize = 10;

impl Runtime {
    /// The bot of what an environment runs, and the pointer to the version that answers.
    ///
    /// # Errors
    /// That of loading `stable`, where no other version stands in for it.
    pub(crate) async fn answering(&self, pointer: Environment) -> Result<(Arc<Bot>, Environment), Error> {
        let (store, stable) = (&*self.store, pointer.stable);
        if self.loaded.failed_lately(stable)
            && let Some((bot, version)) = self.stand_in(&pointer).await
        {
            return Ok((bot, Environment { stable: version, ..pointer }));
        }
        let error = match self.loaded.of_version(store, stable).await {
            Ok(bot) => {
                self.loaded.note_failure(stable, false);
                return Ok((bot, pointer));
            }
            Err(error) if !error.is_of_the_version() => return Err(error),
            Err(error) => error,
        };
        self.loaded.note_failure(stable, true);
        match self.stand_in(&pointer).await {
            Some((bot, version)) => {
                tracing::error!(
                    %error, version = %stable, number = pointer.number, stands_in = %version,
                    "what an environment runs cannot be loaded; the version before it answers"
                );
                Ok((bot, Environment { stable: version, ..pointer }))
            }
            None => {
                tracing::error!(
                    %error, version = %stable, number = pointer.number,
                    "what an environment runs cannot be loaded, nor can a version before it"
                );
                Err(error)
            }
        }
    }

    /// The last version before that can be loaded.
    async fn stand_in(&self, pointer: &Environment) -> Option<(Arc<Bot>, Digest)> {
        let mut next = pointer.previous;
        for _ in 0..MOST {
            let version = next?;
            if let Ok(bot) = self.loaded.of_version(&*self.store, version).await {
                return Some((bot, version));
            }
            next = self.loaded.parent_of(&*self.store, version).await.ok()?;
        }
        None
    }
}

impl Error {
    /// Whether it is the version's own, so that another one may do.
    pub(crate) fn is_of_the_version(&self) -> bool {
        use greenroom_store::Error;
        match self {
            Self::Load(_) | Self::Model(_) => true,
            Self::Store(error) => matches!(
                error,
                Error::Damaged { .. } | Error::Missing(_) | Error::Model(_) | Error::DamagedStore { .. }
            ),
            _ => false,
        }
    }
}
