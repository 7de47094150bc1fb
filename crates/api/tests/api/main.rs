//! The API as its callers meet it: requests in, answers out, without a socket.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

mod conversations;
mod document;
mod drafts;
mod identities;
mod matrix;
mod publishing;
mod server;
