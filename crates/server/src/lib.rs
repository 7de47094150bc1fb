//! Greenroom as one service: API, console and channels on one address.
