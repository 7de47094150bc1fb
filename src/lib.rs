#![doc = "Takes a conversational bot from draft to live: a façade of re-exports."]
#![cfg_attr(all(feature = "lifecycle", feature = "runtime"), doc = "")]
#![cfg_attr(all(feature = "lifecycle", feature = "runtime"), doc = include_str!("../README.md"))]
//!
//! # What is where
//!
//! | module | what | feature |
//! |---|---|---|
//! | [`model`] | ids, documents, digests, the parts tree, versions, findings | |
//! | [`nlp`] | classify, recognise entities; train and evaluate | training: `train` |
//! | [`flow`] | the flow graph: builder, lints, `step`; flows as pictures | pictures: `drawing` |
//! | [`publish`] | plan: what a publish would change, and what forbids it | |
//! | [`bot`] | a loaded bot and its `turn` | |
//! | [`store`] | the trait of stores, the one in memory | |
//! | `store_sqlite` | the store in one file | `sqlite` |
//! | `format` | folders, archives, Rasa, CSV | `format` |
//! | `lifecycle` | edit, train, test, plan, publish, roll back | `lifecycle` |
//! | `runtime` | a message in, a reply out | `runtime` |

pub use greenroom_bot as bot;
pub use greenroom_flow as flow;
#[cfg(feature = "format")]
pub use greenroom_format as format;
#[cfg(feature = "lifecycle")]
pub use greenroom_lifecycle as lifecycle;
pub use greenroom_model as model;
pub use greenroom_nlp as nlp;
pub use greenroom_publish as publish;
#[cfg(feature = "runtime")]
pub use greenroom_runtime as runtime;
pub use greenroom_store as store;
#[cfg(feature = "sqlite")]
pub use greenroom_store_sqlite as store_sqlite;
