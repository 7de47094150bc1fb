//! What a customer does: a message in, replies out.
//!
//! A [`Runtime`] follows the environments of a store. Each turn reads which
//! version the environment runs, takes the conversation's session, walks the
//! flow, stores the session, and only then performs effects. A publish swaps
//! what new conversations begin on while others go on: nobody waits, and no
//! turn sees half of one bot and half of another.
//!
//! A message with an id is heard once, an effect is begun once: both are
//! recorded by the commit that stores the session.
//!
//! ```
//! use std::sync::Arc;
//! use greenroom_runtime::{Message, Place, Runtime};
//! use greenroom_store::MemoryStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let runtime = Runtime::new(Arc::new(MemoryStore::new()));
//! let answer = runtime.reply(&"helpdesk".parse()?, &Place::live(), "customer-7", &Message::text("hi")).await;
//! // There is no bot in this new store, and the error says so.
//! assert!(answer.unwrap_err().to_string().contains("there is no bot `helpdesk`"));
//! # Ok(())
//! # }
//! ```

mod answered;
mod conversing;
mod course;
mod effects;
mod error;
mod handlers;
mod http_client;
mod lanes;
mod loaded;
mod message;
mod notices;
mod persons;
mod rasa_actions;
mod runtime;
mod session;
mod stage;
mod standing_in;
mod timers;
mod transcript;

pub use effects::{Chance, EffectLimits};
pub use error::Error;
pub use greenroom_bot::{StoredCall, StoredInput, StoredTurn, StoredUnderstanding, TurnId};
pub use handlers::{Handler, HandlerCall, HandlerError, Handlers};
pub use http_client::HttpClient;
pub use message::{Answer, Message, Place};
pub use notices::{Happening, Notice, Observer};
pub use persons::{ConversationExport, PersonExport};
pub use rasa_actions::RasaActionServer;
pub use runtime::{Clock, Runtime};
