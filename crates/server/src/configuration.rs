//! What the operator decides: defaults, then a file, then the environment, then
//! flags; the later wins. Every value can be printed with where it comes from.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use greenroom_channels::AllowedHost;
use greenroom_web::{RateLimit, WebSettings};
use serde::{Deserialize, Serialize};

use crate::{Error, LogFormat};

/// The prefix of the environment's variables.
const PREFIX: &str = "GREENROOM_";

/// What the operator decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// The address to listen on. Only this machine reaches the default one.
    pub listen: SocketAddr,
    /// The store's file.
    pub store: PathBuf,
    /// The address at which people reach the server; none: `http://` and the one it listens on.
    pub public_url: Option<String>,
    /// Whether a proxy stands before the server whose `X-Forwarded-For` is to be believed.
    pub behind_proxy: bool,
    /// How many requests one address may make in each second; 0: as many as it likes.
    pub rate_per_second: u32,
    /// How many requests one address may make at once, after a pause.
    pub rate_burst: u32,
    /// The longest body of a request, in KiB; uploads of archives may have 64 MiB.
    pub max_body_kib: usize,
    /// How long a request may take until its answer begins, in seconds.
    pub request_timeout_seconds: u64,
    /// How many connections may be open at once; more wait.
    pub max_connections: usize,
    /// How long the end may take for requests that are being answered, in seconds.
    pub shutdown_seconds: u64,
    /// Whether webhooks may be sent to addresses inside private networks.
    pub allow_private_webhooks: bool,
    /// Hosts that requests of flows may go to wherever they are, with TLS or without: `crm.internal` or
    /// `10.0.0.7:8080`. Others are reached on the public internet alone, with TLS, on the ports 443 and 8443.
    pub flow_hosts: Vec<String>,
    /// The address of a Rasa action server, such as `http://127.0.0.1:5055/webhook`: handlers of flows are its
    /// actions. None: handlers fail, and flows take their `on_error`.
    pub rasa_actions: Option<String>,
    /// What is logged: `error`, `warn`, `info`, `debug`, or a filter such as `info,greenroom_web=debug`.
    pub log: String,
    /// How logs are written: `text` or `json`.
    pub log_format: LogFormat,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            store: "greenroom.db".into(),
            public_url: None,
            behind_proxy: false,
            rate_per_second: 50,
            rate_burst: 300,
            max_body_kib: 2_048,
            request_timeout_seconds: 30,
            max_connections: 10_000,
            shutdown_seconds: 20,
            allow_private_webhooks: false,
            flow_hosts: Vec::new(),
            rasa_actions: None,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
        }
    }
}

/// The flags that decide; what is left out is decided by environment, file or default.
#[derive(Debug, Clone, Default, Args, Serialize)]
pub struct ConfigurationArguments {
    /// Read the configuration from this TOML file [default: none]
    #[arg(long, value_name = "FILE", env = "GREENROOM_CONFIG", hide_env_values = true)]
    #[serde(skip)]
    pub config: Option<PathBuf>,

    /// Print the configuration, with where each value comes from, and end
    #[arg(long)]
    #[serde(skip)]
    pub check: bool,

    /// The store's file, where the host has a flag of its own for it.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<PathBuf>,

    /// The address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,

    /// The address at which people reach the server, such as `https://bots.example`
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,

    /// Believe the `X-Forwarded-For` of the proxy before the server
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behind_proxy: Option<bool>,

    /// Requests that one address may make in each second; 0: no limit [default: 50]
    #[arg(long, value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_per_second: Option<u32>,

    /// What is logged, such as info or debug [default: info]
    #[arg(long, value_name = "FILTER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,

    /// How logs are written [default: text]
    #[arg(long, value_name = "FORMAT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<LogFormat>,
}

impl ConfigurationArguments {
    fn figment(&self) -> Figment {
        let mut figment = Figment::from(Serialized::defaults(Configuration::default()));
        if let Some(path) = &self.config {
            figment = figment.merge(Toml::file_exact(path));
        }
        // Other variables with the prefix belong to the command line: they are none of ours.
        let keys = names();
        let environment = Env::prefixed(PREFIX).filter(move |key| keys.iter().any(|own| key == own.as_str()));
        figment.merge(environment).merge(Serialized::globals(self))
    }

    /// What is decided.
    ///
    /// # Errors
    /// [`Error::Configuration`] says which value is wrong, and where it comes from.
    pub fn read(&self) -> Result<Configuration, Error> {
        // To figment a file that is not there is one that says nothing.
        if let Some(path) = self.config.as_ref().filter(|path| !path.is_file()) {
            return Err(Error::Configuration(format!(
                "there is no file `{}`; name another by `--config`",
                path.display()
            )));
        }
        let configuration: Configuration =
            self.figment().extract().map_err(|error| Error::Configuration(error.to_string()))?;
        configuration.check()?;
        Ok(configuration)
    }

    /// What is decided, a line a value, with where it comes from.
    ///
    /// # Errors
    /// As [`ConfigurationArguments::read`].
    pub fn explain(&self) -> Result<String, Error> {
        let configuration = self.read()?;
        let figment = self.figment();
        let mut text = String::new();
        let values = serde_json::to_value(&configuration).unwrap_or_default();
        for (name, value) in values.as_object().into_iter().flatten() {
            let source = match figment.find_metadata(name) {
                Some(metadata) if metadata.name.contains("ConfigurationArguments") => "flag".to_owned(),
                Some(metadata) if metadata.name.contains("Configuration") => "default".to_owned(),
                Some(metadata) if metadata.name.contains("environment") => {
                    format!("environment, {PREFIX}{}", name.to_uppercase())
                }
                Some(metadata) => {
                    metadata.source.as_ref().map_or_else(|| metadata.name.to_string(), ToString::to_string)
                }
                None => "default".to_owned(),
            };
            // Writing to a string does not fail.
            _ = match value {
                serde_json::Value::Null => writeln!(text, "# {name} is not set"),
                value => writeln!(text, "{name} = {value}  # {source}"),
            };
        }
        Ok(text)
    }
}

/// The names of all values.
fn names() -> Vec<String> {
    let values = serde_json::to_value(Configuration::default()).unwrap_or_default();
    values.as_object().map(|values| values.keys().cloned().collect()).unwrap_or_default()
}

impl Configuration {
    fn check(&self) -> Result<(), Error> {
        let wrong = |text: String| Err(Error::Configuration(text));
        if let Some(url) = &self.public_url {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            let sound = rest.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']));
            if !sound {
                return wrong(format!("`public_url` is `{url}`; it is like `https://bots.example`, without a path"));
            }
        }
        if self.rate_per_second > 0 && self.rate_burst == 0 {
            return wrong("`rate_burst` is 0; nobody could send anything".to_owned());
        }
        if !(16..=1_048_576).contains(&self.max_body_kib) {
            return wrong(format!("`max_body_kib` is {}; it takes 16 to 1048576", self.max_body_kib));
        }
        if !(1..=3_600).contains(&self.request_timeout_seconds) {
            return wrong(format!("`request_timeout_seconds` is {}; it takes 1 to 3600", self.request_timeout_seconds));
        }
        if self.max_connections == 0 {
            return wrong("`max_connections` is 0; nobody could connect".to_owned());
        }
        for host in &self.flow_hosts {
            if let Err(error) = host.parse::<AllowedHost>() {
                return wrong(format!("`flow_hosts`: {error}"));
            }
        }
        if let Some(address) = &self.rasa_actions
            && let Err(error) = action_host(address)
        {
            return wrong(format!("`rasa_actions` is `{address}`: {error}"));
        }
        crate::logs::filter(&self.log)?;
        Ok(())
    }

    /// What the surfaces are told, once the address is known.
    pub(crate) fn web_settings(&self, address: SocketAddr) -> WebSettings {
        let rate = match (NonZeroU32::new(self.rate_per_second), NonZeroU32::new(self.rate_burst)) {
            (Some(per_second), Some(burst)) => Some(RateLimit { per_second, burst }),
            _ => None,
        };
        WebSettings {
            public_url: self.public_url.clone().unwrap_or_else(|| format!("http://{address}")),
            behind_proxy: self.behind_proxy,
            rate,
            max_body_bytes: self.max_body_kib << 10,
            request_timeout: Duration::from_secs(self.request_timeout_seconds),
            allow_private_webhooks: self.allow_private_webhooks,
        }
    }
}

/// The host of an action server's address: nothing else of it is reached by its calls.
pub(crate) fn action_host(address: &str) -> Result<AllowedHost, String> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    host.parse().map_err(|_| "it is like `http://127.0.0.1:5055/webhook`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> (tempfile::TempDir, ConfigurationArguments) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("greenroom.toml");
        std::fs::write(&path, text).unwrap();
        (folder, ConfigurationArguments { config: Some(path), ..Default::default() })
    }

    #[test]
    fn without_anything_only_this_machine_is_listened_to() {
        let configuration = ConfigurationArguments::default().read().unwrap();
        assert_eq!(configuration, Configuration::default());
        assert!(configuration.listen.ip().is_loopback());
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let (_folder, mut arguments) = file("listen = \"127.0.0.1:1\"\nlog = \"debug\"\n");
        arguments.listen = Some("127.0.0.1:2".parse().unwrap());
        let configuration = arguments.read().unwrap();
        assert_eq!((configuration.listen.port(), configuration.log.as_str()), (2, "debug"));
        let text = arguments.explain().unwrap();
        assert!(text.contains("listen = \"127.0.0.1:2\"  # flag"), "{text}");
        assert!(text.contains("rate_burst = 300  # default"), "{text}");
        assert!(
            text.lines().any(|line| line.starts_with("log = \"debug\"") && line.contains("greenroom.toml")),
            "{text}"
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, part) in [
            ("lisen = \"127.0.0.1:1\"", "lisen"),
            ("listen = \"nowhere\"", "listen"),
            ("public_url = \"bots.example\"", "public_url"),
            ("public_url = \"https://bots.example/path\"", "public_url"),
            ("request_timeout_seconds = 0", "request_timeout_seconds"),
            ("log = \"a=b=c\"", "log"),
            ("max_connections = 0", "max_connections"),
            ("flow_hosts = [\"http://a/b\"]", "flow_hosts"),
            ("rasa_actions = \"127.0.0.1:5055\"", "rasa_actions"),
        ] {
            let (_folder, arguments) = file(text);
            let error = arguments.read().unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
