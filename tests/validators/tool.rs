//! Running a tool, and judging what it says.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a check makes of an artifact: nothing, or what the tool objected to.
pub type Verdict = Result<(), String>;

/// The project's own directory.
pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Where tools are looked for after those that `tests/run` installs; `/usr/sbin` has logrotate.
const SYSTEM: [&str; 4] = ["/usr/local/bin", "/usr/bin", "/usr/sbin", "/bin"];

/// What a tool said, on both streams, and how it ended.
pub struct Said {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Said {
    pub fn everything(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// The tool is content when it says so by its exit code.
    pub fn accepted(&self) -> Verdict {
        if self.success { Ok(()) } else { Err(self.everything()) }
    }

    /// For tools that exit with 0 and a remark: content means silent.
    pub fn silent(&self) -> Verdict {
        self.accepted()?;
        if self.everything().trim().is_empty() { Ok(()) } else { Err(self.everything()) }
    }
}

/// A tool in an environment of its own, so that the machine's settings cannot change a verdict.
pub fn tool(name: &str) -> Command {
    let installed = Path::new(ROOT).join("target/tools/bin");
    let search: Vec<PathBuf> = std::iter::once(installed).chain(SYSTEM.map(PathBuf::from)).collect();
    let program = search.iter().map(|directory| directory.join(name)).find(|path| path.is_file());
    let Some(program) = program else { panic!("{name} is missing: `tests/run tools` installs it") };
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("home");
    std::fs::create_dir_all(&home).expect("a home directory for the tools");
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::join_paths(search).expect("a search path"))
        .env("HOME", home)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null());
    command
}

/// Runs a tool to its end.
pub fn run(command: &mut Command) -> Said {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    Said {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A tool's whole run in one line: name, arguments.
pub fn ask<A: AsRef<OsStr>>(name: &str, arguments: impl IntoIterator<Item = A>) -> Said {
    run(tool(name).args(arguments))
}

/// An objection of our own when `holds` is false.
pub fn require(holds: bool, objection: impl Into<String>) -> Verdict {
    if holds { Ok(()) } else { Err(objection.into()) }
}

pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
