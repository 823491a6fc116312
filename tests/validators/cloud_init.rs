//! The user data, as cloud-init 25.1 reads it: older ones accept unknown keys without a word.

use std::path::Path;

use crate::rendered::every_environment;
use crate::tool::{Verdict, ask, require};

const USER_DATA: &str = "cloud-init/user-data.yml";

pub fn check(tree: &Path) -> Verdict {
    let said = ask("cloud-init", ["schema".as_ref(), "--config-file".as_ref(), tree.join(USER_DATA).as_os_str()]);
    said.accepted()?;
    // A deprecated key is printed, and cloud-init still exits with 0.
    require(!said.everything().to_lowercase().contains("deprecat"), said.everything())
}

#[test]
fn cloud_init_accepts_the_user_data() {
    every_environment(&[USER_DATA], check);
}
