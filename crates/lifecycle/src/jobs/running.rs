//! What a process knows of a job that it has at hand: the newest progress, and
//! whether it shall go on. Written as often as the work reports; the record
//! follows at the pace of the pulse.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::Job;

/// A job that this process has at hand.
#[derive(Debug)]
pub(super) struct Running {
    job: Mutex<Job>,
    /// Whether this process took it: then nobody knows more of it.
    claimed: AtomicBool,
    cancelled: AtomicBool,
    released: AtomicBool,
    lost: AtomicBool,
}

impl Running {
    pub(super) fn new(job: Job) -> Self {
        Self {
            job: Mutex::new(job),
            claimed: AtomicBool::new(false),
            cancelled: AtomicBool::new(false),
            released: AtomicBool::new(false),
            lost: AtomicBool::new(false),
        }
    }

    pub(super) fn job(&self) -> Job {
        self.job.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Job)) -> Job {
        let mut job = self.job.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut job);
        job.clone()
    }

    pub(super) fn claim(&self, job: Job) {
        self.change(|own| *own = job);
        self.claimed.store(true, Ordering::Release);
    }

    pub(super) fn is_claimed(&self) -> bool {
        self.claimed.load(Ordering::Acquire)
    }

    /// Somebody asked the job to end.
    pub(super) fn cancel(&self, now: Timestamp) {
        if !self.cancelled.swap(true, Ordering::Relaxed) {
            self.change(|job| {
                job.cancelling = true;
                job.note(now, "somebody asked it to end");
            });
        }
    }

    /// The process ends: the job shall go on elsewhere.
    pub(super) fn release(&self) {
        self.released.store(true, Ordering::Relaxed);
    }

    /// Another process has taken the job.
    pub(super) fn lose(&self) {
        self.lost.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(super) fn is_released(&self) -> bool {
        self.released.load(Ordering::Relaxed)
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// Takes a report; breaks where the work shall not go on here.
    pub(super) fn report(&self, now: Timestamp, share: f64, step: impl FnOnce() -> String) -> ControlFlow<()> {
        self.change(|job| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 99")]
            let percentage = (share * 100.0).clamp(0.0, 99.0) as u8;
            job.percentage = job.percentage.max(percentage);
            let step = step();
            if job.step != step {
                job.note(now, &step);
                job.step = step;
            }
        });
        if self.is_cancelled() || self.is_released() || self.is_lost() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
