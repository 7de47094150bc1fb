//! Why a browser test did not go on.

/// A step that could not be done, or that did not have the effect it should.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no Chromium, or it does not start.
    #[error("chromium does not start: {0}; install Debian's package `chromium`, or name another by GREENROOM_CHROMIUM")]
    Chromium(String),
    /// There is no axe-core.
    #[error(
        "axe-core is not at `{path}`: {reason}; `cargo xtask test browser` fetches it, or name the file by GREENROOM_AXE_CORE"
    )]
    AxeCore {
        /// Where it was looked for.
        path: String,
        /// Why it could not be read.
        reason: String,
    },
    /// The browser refused a command.
    #[error("the browser refuses `{method}`: {reason}")]
    Protocol {
        /// The command.
        method: String,
        /// What the browser says.
        reason: String,
    },
    /// What was waited for did not come.
    #[error("waited in vain for {wanted}\nat {address}, which shows:\n{text}")]
    NotSeen {
        /// What was waited for.
        wanted: String,
        /// The page.
        address: String,
        /// What the page shows.
        text: String,
    },
    /// The page shows or does what it must not.
    #[error("{0}")]
    Wrong(String),
    /// The server does not start or does not do what the test prepares.
    #[error("the server: {0}")]
    Server(String),
    /// A file or a socket of the test itself.
    #[error("a file or a socket of the test: {0}")]
    Io(#[from] std::io::Error),
}

/// As the message: tests print errors by their `Debug`.
impl std::fmt::Debug for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{self}")
    }
}
