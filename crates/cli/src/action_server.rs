//! The action server that `--actions` names: its actions are the handlers of flows.

use std::sync::Arc;

use greenroom_channels::{FlowRequests, OutgoingPolicy};
use greenroom_runtime::RasaActionServer;

use crate::exit::Exit;
use crate::failure::Failure;

/// The server at an address; requests to it may leave for that host, wherever it is.
pub(crate) fn action_server(address: &str) -> Result<RasaActionServer, Failure> {
    let usage = || Failure::usage("an action server's address is like `http://127.0.0.1:5055/webhook`");
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")).ok_or_else(usage)?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default().parse().map_err(|_| usage())?;
    let client = FlowRequests::new(OutgoingPolicy::public().with_host(host))
        .map_err(|error| Failure::Other(Exit::Failed, error.to_string()))?;
    Ok(RasaActionServer::new(address, Arc::new(client)))
}
