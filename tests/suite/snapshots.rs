//! What is rendered, pinned. One reference environment shows every file and reads as the product; the others show what
//! differs by environment, so that one changed script is one changed snapshot.

use crate::{
    fixtures::{files, root},
    hygiene::compiled,
};
use trackgen::{Compiled, output::artifact::MANIFEST};

const REFERENCE: &str = "prod";

pub fn pin(environment: &str, path: &str, text: &str) {
    let (directory, file) = path.rsplit_once('/').unwrap_or(("", path));
    let directory = root().join("snapshots").join(environment).join(directory);
    insta::with_settings!({ snapshot_path => directory, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(file, text);
    });
}

/// What follows from the scripts alone is tested in `hygiene`; here it would change every snapshot with every script.
pub fn without_digests(compiled: &Compiled, text: &str) -> String {
    let digest = compiled.plan.as_ref().and_then(|plan| plan.image.reference.strip_prefix("tracker-backup:"));
    let text = digest.map_or_else(|| text.to_owned(), |digest| text.replace(digest, "<digest of image/>"));
    let line = |line: &str| {
        let is_sha256 = |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        if let Some(sha256) = line.split(' ').find(|word| is_sha256(word)) {
            line.replace(sha256, "<sha256>")
        } else if line.trim_start().starts_with("content: \"/") {
            "    content: <archive>\n".to_owned()
        } else {
            line.to_owned()
        }
    };
    text.split_inclusive('\n').map(line).collect()
}

fn pin_environment(compiled: &Compiled) {
    for (path, artifact) in compiled.artifacts.iter() {
        let is_rendered = root().join("templates").join(format!("{path}.j2")).is_file() || path == MANIFEST;
        if is_rendered || compiled.name == REFERENCE {
            pin(&compiled.name, path, &without_digests(compiled, &artifact.body));
        }
    }
    let decisions = compiled.plan.as_ref().map(|plan| &plan.decisions);
    let decisions = serde_json::to_string_pretty(&decisions).expect("JSON");
    pin(&compiled.name, "plan", &without_digests(compiled, &decisions));
}

#[test]
fn every_environment_renders_as_it_did() {
    for path in files(&root().join("envs")) {
        pin_environment(&compiled(&path));
    }
}
