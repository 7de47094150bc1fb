//! A process that serves: configured, told about, ended by signals.

use std::io::Write as _;

use crate::{ConfigurationArguments, Error, Server, logs};

/// Serves as the arguments say, until the process is asked to end; prints the
/// address, and the one-time link as long as nobody administers the server.
///
/// # Errors
/// [`Error::Configuration`], and as [`Server::start`].
pub async fn serve(arguments: &ConfigurationArguments) -> Result<(), Error> {
    let mut output = std::io::stdout();
    if arguments.check {
        write!(output, "{}", arguments.explain()?)?;
        return Ok(());
    }
    let configuration = arguments.read()?;
    logs::begin(&configuration)?;
    let server = Server::start(&configuration).await?;
    // The link is a secret: it is printed, never logged.
    writeln!(output, "Greenroom serves `{}` at {}", configuration.store.display(), server.address())?;
    if let Some(link) = server.first_admin_link().await? {
        writeln!(output, "Nobody administers it yet. This link makes one person its administrator, once:\n  {link}")?;
    }
    output.flush()?;
    server.run(termination()).await
}

/// Waits until the process is asked to end: Ctrl-C, or the signal TERM.
pub async fn termination() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => _ = interrupt.await,
        }
    }
    #[cfg(not(unix))]
    {
        _ = interrupt.await;
    }
}
