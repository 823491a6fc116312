//! What the host gets from cloud-init: values readable, code packed. Where user data is short values are packed too, and
//! what is deferrable is left out.

use super::{
    artifact::ArtifactSet,
    base85,
    catalog::CATALOG,
    pack::{Packed, pack},
};
use crate::plan::{HostFile, Plan};
use minijinja::{Error, ErrorKind, context, value::Value};

/// What is the same on every host: an archive below the root.
const CODE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/code.tar.xz"));
/// The same without what is deferrable.
const BACKUP_CODE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/backup-code.tar.xz"));

/// What the template sees.
pub fn values(plan: &Plan, plan_value: Value, rendered: &ArtifactSet) -> Result<Value, Error> {
    let is_short = plan.provider.user_data_limit.is_some();
    let is_value = |file: &&HostFile| CATALOG.iter().any(|entry| entry.path == file.source && entry.is_rendered());
    let content = |file: &HostFile| rendered.get(file.source).map_or("", |artifact| artifact.body.as_ref());
    let installed: Vec<&HostFile> = plan.files.iter().filter(|file| !(is_short && file.is_deferrable())).collect();
    let timers: Value = installed.iter().filter_map(|file| file.timer()).map(Value::from).collect();
    let values = installed.into_iter().filter(is_value);
    let (files, archive) = if is_short {
        let packed = pack(values.map(|file| Packed {
            target: file.target.as_str(),
            mode: file.mode,
            content: content(file).as_bytes(),
        }));
        let packed = packed.map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))?;
        // xz and tar read what is appended; packing the code anew would take a hundred times as long as all else.
        (Vec::new(), [BACKUP_CODE, &packed].concat())
    } else {
        let file =
            |file: &HostFile| context! { target => file.target.as_str(), mode => file.mode, content => content(file) };
        (values.map(file).collect(), CODE.to_vec())
    };
    Ok(context! { plan => plan_value, files, timers, archive => base85::encode(&archive) })
}
