//! The channels as the world sees them: requests in, answers out, on the store in memory.

mod desk;
mod guard;
mod rasa_actions;
mod rest;
mod web_chat;
mod webhook;
