//! The console and the widget, as a person meets them: tests in a real Chromium.
//!
//! A test starts a [`House`] (a server in this process), opens a [`Chromium`], and
//! lets a [`Person`] work: elements are found by what a screen reader calls
//! them, pressed where the mouse would hit them, and every wait is for
//! something that the page shows. What a page does behind the person's back
//! (scripts that ran though they were only text, what the content policy
//! blocked, dialogs, errors) is [watched](Watch) from its first line on.
//!
//! ```no_run
//! use greenroom_browser_tests::{Chromium, House, Role};
//!
//! # async fn story() -> Result<(), greenroom_browser_tests::Error> {
//! let house = House::open().await?;
//! let chromium = Chromium::start().await?;
//! let mut person = chromium.person(&house.address()).await?;
//! person.goes_to("/sign-in").await?;
//! person.sees("Sign in").await?;
//! person.types("User name", "admin").await?;
//! person.clicks(Role::Button, "Sign in").await?;
//! # Ok(())
//! # }
//! ```

mod accessibility;
mod chromium;
mod error;
mod foreign_site;
mod hands;
mod house;
mod keyboard;
mod names;
mod payloads;
mod person;
mod protocol;
mod screen;
mod watch;

pub use accessibility::{AxeCore, Violation};
pub use chromium::Chromium;
pub use error::Error;
pub use foreign_site::ForeignSite;
pub use house::{House, PASSWORD};
pub use keyboard::Key;
pub use names::{Named, Role};
pub use payloads::{PAYLOADS, payload};
pub use person::Person;
pub use watch::Watch;
