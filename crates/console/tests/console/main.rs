//! The console over HTTP, without a socket: each page renders, each act does what it
//! says, nothing that people typed comes out as markup.

mod authoring;
mod desk;
mod pages;
