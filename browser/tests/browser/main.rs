//! The console and the widget in a real Chromium. Without one, every test here fails.

mod accessibility;
mod album;
mod keyboard;
mod scripts;
mod story;
mod tour;
mod widget;
