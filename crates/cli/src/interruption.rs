//! Ctrl-C while something long runs: the first asks it to stop, the second ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::exit::Exit;

/// Whether somebody pressed Ctrl-C.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interruption {
    requested: Arc<AtomicBool>,
}

impl Interruption {
    /// Watches from now on.
    pub(crate) fn watch() -> Self {
        let interruption = Self::default();
        let requested = interruption.requested.clone();
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                if requested.swap(true, Ordering::Relaxed) {
                    std::process::exit(Exit::Failed as i32);
                }
            }
        });
        interruption
    }

    /// Goes on, or stops where Ctrl-C was pressed.
    pub(crate) fn flow(&self) -> std::ops::ControlFlow<()> {
        if self.requested.load(Ordering::Relaxed) {
            std::ops::ControlFlow::Break(())
        } else {
            std::ops::ControlFlow::Continue(())
        }
    }
}
