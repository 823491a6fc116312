//! Where the host is, and what that allows.

use crate::input::environment::ProviderName;
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct Provider {
    pub name: &'static str,
    /// Bytes of cloud-init user data that the provider takes; none where it documents no limit.
    pub user_data_limit: Option<usize>,
}

/// Hetzner's API documents 32 KiB of user data; LXD documents no limit.
impl From<ProviderName> for Provider {
    fn from(name: ProviderName) -> Self {
        let user_data_limit = match name {
            ProviderName::Hetzner => Some(32 * 1024),
            ProviderName::Lxd => None,
        };
        Self { name: name.word(), user_data_limit }
    }
}
