//! The pages in which authors work on a Greenroom bot.
