//! A loaded bot: what people say goes in, what the bot answers comes out.
//!
//! A [`Bot`] is immutable and shared between threads. [`Bot::turn`] is pure: it
//! takes a session and what the user did, and gives the next session, the
//! replies, the effects that the host performs, and a trace that explains it.
//!
//! ```
//! use greenroom_bot::{Bot, UserInput};
//! use greenroom_flow::FlowBuilder;
//! use greenroom_model::{Document, PartPath, document::Settings};
//!
//! let flow = FlowBuilder::new("Welcome").on_introduction().message("hello", "en", "Good evening!").build()?;
//! let bot = Bot::new(
//!     [
//!         (PartPath::Settings, Document::Settings(Settings::new("Doorman", "en".parse()?))),
//!         ("flows/welcome".parse()?, Document::Flow(flow)),
//!     ],
//!     Default::default(),
//! )?;
//! let turn = bot.turn(&bot.session(None), &UserInput::Start);
//! assert_eq!(turn.replies[0].text, "Good evening!");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bot;
mod conversation_test;
mod coverage;
mod entities;
mod error;
mod language;
mod load;
mod names;
mod open_session;
mod recording;
mod replay;
mod transcript;
mod understanding;
mod vectors;

#[cfg(test)]
mod sample;

pub use bot::{Bot, Turn, UserInput};
pub use conversation_test::{LivePlay, Mismatch, PendingCall, PlayedStep, Playthrough, TEST_NOW, TestOutcome};
pub use coverage::{Coverage, CoverageReport, EdgeKind, FlowCoverage, Reached, UnreachedEdge};
pub use error::Error;
pub use load::load;
pub use names::{NamedEntity, NamedFlow, NamedVariable, Names, Question};
pub use open_session::{OpenSession, is_idle};
pub use recording::{RecordedTest, recorded_test, sessions_of};
pub use replay::{Difference, Parting, ReplaySummary, Replayed, Seen, SeenReply, replay};
pub use transcript::{InvalidTurnId, StoredCall, StoredInput, StoredTurn, StoredUnderstanding, TurnId};
pub use understanding::{RankedIntent, RecognisedEntity, Understanding};
pub use vectors::shipped_vectors;
