//! Looks a host's name up once, and lets the connection go nowhere else than to
//! the addresses that were checked: a name server that answers differently the
//! next time has no next time.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address_guard::Reach;

/// Looks names up; tests bring their own.
#[async_trait::async_trait]
pub(crate) trait Names: Send + Sync {
    /// The addresses of a name.
    async fn look_up(&self, name: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// As the system looks them up.
#[derive(Debug)]
pub(crate) struct SystemNames;

#[async_trait::async_trait]
impl Names for SystemNames {
    async fn look_up(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// A name leads to where nobody may call.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to `{address}`, which may not be called: {reason}")]
pub(crate) struct ForbiddenName {
    address: IpAddr,
    reason: &'static str,
}

/// Gives a client the addresses that it may connect to.
pub(crate) struct GuardedResolver {
    pub(crate) reach: Reach,
    pub(crate) names: Arc<dyn Names>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, names) = (self.reach, self.names.clone());
        Box::pin(async move {
            let found = names.look_up(name.as_str()).await?;
            Ok(checked(reach, found)?)
        })
    }
}

/// All of a name's addresses, or none: a name that has one forbidden address is
/// not one that was set up by mistake.
fn checked(reach: Reach, found: Vec<IpAddr>) -> Result<Addrs, ForbiddenName> {
    for address in &found {
        if let Some(reason) = reach.refuses(*address) {
            return Err(ForbiddenName { address: *address, reason });
        }
    }
    Ok(Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_forbidden_address_of_a_name_is_enough() {
        let public: IpAddr = "8.8.8.8".parse().unwrap();
        let inside: IpAddr = "10.0.0.1".parse().unwrap();
        assert!(checked(Reach::Public, vec![public]).is_ok());
        assert!(checked(Reach::Public, vec![public, inside]).is_err());
    }
}
