//! The HTTP API of Greenroom and its OpenAPI document.
