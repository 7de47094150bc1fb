//! The HTTP API of Greenroom, `/api/v1`, and its OpenAPI document.
//!
//! The handlers are thin: each asks who calls, reads what is asked, calls one act
//! of `greenroom-lifecycle`, `greenroom-runtime` or `greenroom-identity`, and
//! answers in JSON. Errors are problems by RFC 9457. The document is made from
//! the handlers themselves, so it says what they do; the role that an operation
//! takes stands in it as the scope of the token.
//!
//! ```
//! let document = greenroom_api::openapi();
//! assert!(document.paths.get_path_item("/api/v1/bots/{bot}/publish").is_some());
//! ```

mod archive;
mod audit;
mod bots;
mod channels;
mod conversations;
mod docs_page;
mod document;
mod document_schemas;
mod drift;
mod environments;
mod invitations;
mod jobs;
mod me;
mod page;
mod part_edits;
mod parts;
mod plans;
mod policy;
mod previews;
mod problems;
mod push;
mod schemas;
mod strict_json;
mod users;
mod versions;

pub use document::{openapi, routes};
