//! How people reach a Greenroom bot: web chat, REST, webhook.
//!
//! Each environment of a bot has channels (`greenroom-lifecycle` keeps them).
//! This crate is what stands behind their addresses:
//!
//! - **web chat**: `/widget.js`, one script for any page, and `/chat/BOT`, a page
//!   of the chat's own; the draft has one behind a token;
//! - **REST** in the shape of Rasa's channel, so that front ends made for Rasa
//!   connect unchanged;
//! - **webhook**: signed messages in, signed answers out, delivered by a
//!   [`DeliveryWorker`] from an outbox in the store.
//!
//! Nobody is signed in here. Each route defends itself: by the page's origin, a
//! token, a signature, or names that nobody can guess.
//!
//! ```
//! use std::sync::Arc;
//! use greenroom_store::MemoryStore;
//! use greenroom_web::{App, Surfaces, WebSettings, protect};
//!
//! let app = Arc::new(App::new(Arc::new(MemoryStore::new()), WebSettings::default()));
//! let surfaces = Surfaces { of_everybody: greenroom_channels::routes(), ..Surfaces::default() };
//! let server = protect(surfaces, app);
//! # let _ = server;
//! ```

mod address_guard;
mod connect;
mod cross_origin;
mod delivered;
mod delivery;
mod desk;
mod door;
mod error;
mod failed;
mod flow_requests;
mod guarded_client;
mod guarded_names;
mod outbox;
mod outgoing_address;
mod outgoing_policy;
mod page;
mod patience;
mod rasa_payload;
mod rest;
mod routes;
mod script;
mod signature;
mod unasked;
mod web_chat;
mod webhook;

#[cfg(test)]
mod tests;

pub use connect::{ConnectInstructions, ConnectStep, connect_instructions};
pub use delivery::{DELIVERY_HEADER, DeliveryWorker};
pub use error::Error;
pub use failed::{FailedDelivery, discard_delivery, failed_deliveries, retry_delivery};
pub use flow_requests::FlowRequests;
pub use outbox::waiting_deliveries;
pub use outgoing_policy::{AllowedHost, OutgoingPolicy};
pub use routes::routes;
pub use signature::{SIGNATURE_HEADER, sign};
pub use unasked::UnaskedReplies;
