//! One message of a conversation at a time: whoever comes while another is
//! answered waits in a line. The store's compare-and-swap alone would be right
//! as well, but would make turns in vain and in no order.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use greenroom_store::Key;
use tokio::sync::{Mutex as Turns, OwnedMutexGuard};

/// How many messages of one conversation may be under way, waiting ones included.
pub(crate) const MAX_WAITING: usize = 100;

/// The conversations of this process that are being answered.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    lanes: Mutex<HashMap<Key, Lane>>,
}

/// One conversation's line.
#[derive(Debug, Default)]
struct Lane {
    turns: Arc<Turns<()>>,
    /// How many stand in it. INVARIANT: as many as there are tickets of this key.
    tickets: usize,
}

/// A place in a line; the line is forgotten with its last ticket.
#[derive(Debug)]
struct Ticket {
    lanes: Arc<Lanes>,
    key: Key,
}

/// Whose turn it is in a conversation, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    // Dropped first: whoever takes the line over finds it free.
    _turn: OwnedMutexGuard<()>,
    _ticket: Ticket,
}

impl Lanes {
    /// Waits for the turn in a conversation, in the order of the first polls;
    /// `None` where too many wait already.
    pub(crate) async fn turn(self: &Arc<Self>, key: &Key) -> Option<Turn> {
        let (turns, ticket) = self.draw(key)?;
        Some(Turn { _turn: turns.lock_owned().await, _ticket: ticket })
    }

    fn draw(self: &Arc<Self>, key: &Key) -> Option<(Arc<Turns<()>>, Ticket)> {
        let mut lanes = self.lock();
        let lane = lanes.entry(key.clone()).or_default();
        if lane.tickets >= MAX_WAITING {
            return None;
        }
        lane.tickets += 1;
        Some((lane.turns.clone(), Ticket { lanes: self.clone(), key: key.clone() }))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Lane>> {
        // No code that holds the lock can panic half-way.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut lanes = self.lanes.lock();
        if let Some(lane) = lanes.get_mut(&self.key) {
            lane.tickets -= 1;
            if lane.tickets == 0 {
                lanes.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    fn key(text: &str) -> Key {
        Key::new(text).unwrap()
    }

    /// Whether a turn is to be had at once.
    async fn is_free(lanes: &Arc<Lanes>, name: &str) -> bool {
        timeout(Duration::from_millis(1), lanes.turn(&key(name))).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn a_conversation_has_one_turn_and_others_do_not_wait_for_it() {
        let lanes = Arc::new(Lanes::default());
        let turn = lanes.turn(&key("a")).await.unwrap();
        assert!(!is_free(&lanes, "a").await);
        assert!(is_free(&lanes, "b").await);
        drop(turn);
        assert!(is_free(&lanes, "a").await);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_kept_of_a_line_that_is_empty_even_where_waiting_was_given_up() {
        let lanes = Arc::new(Lanes::default());
        let turn = lanes.turn(&key("a")).await.unwrap();
        let given_up = is_free(&lanes, "a").await;
        assert!(!given_up && lanes.lock().len() == 1);
        drop(turn);
        assert!(lanes.lock().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_has_an_end() {
        let lanes = Arc::new(Lanes::default());
        let turn = lanes.turn(&key("a")).await.unwrap();
        let waiting: Vec<_> = (1..MAX_WAITING).map(|_| lanes.draw(&key("a")).unwrap()).collect();
        assert!(lanes.turn(&key("a")).await.is_none());
        drop((turn, waiting));
        assert!(is_free(&lanes, "a").await);
    }
}
