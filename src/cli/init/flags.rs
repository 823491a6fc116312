//! The flags of `trackgen init`: one for each answer.

use clap::{Args, builder::PossibleValuesParser};
use std::path::PathBuf;

#[derive(Debug, Default, Args)]
#[allow(clippy::struct_excessive_bools, reason = "one flag")]
pub struct Flags {
    /// The file to write, never one that is there; JSON when it ends in .json, which the deployer needs [default: envs/<NAME>.yml]
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Take database, paths and hints from this compose file
    #[arg(long, value_name = "COMPOSE")]
    pub from_compose: Option<String>,
    /// Ask nothing: what no flag says takes its default
    #[arg(long)]
    pub yes: bool,
    /// Name of the environment [default: that of FILE]
    #[arg(long)]
    pub name: Option<String>,
    /// Where the host runs
    #[arg(long, value_parser = PossibleValuesParser::new(["lxd", "hetzner"]))]
    pub provider: Option<String>,
    /// User that Ansible logs in as
    #[arg(long, value_name = "USER")]
    pub ssh_user: Option<String>,
    /// Port of the SSH server
    #[arg(long, value_name = "PORT")]
    pub ssh_port: Option<u16>,
    /// Private key of that user; the public one is beside it, with .pub
    #[arg(long, value_name = "PATH")]
    pub ssh_key: Option<String>,
    /// Engine of the tracker's database
    #[arg(long, value_name = "ENGINE", value_parser = PossibleValuesParser::new(["sqlite3", "mysql", "postgresql"]))]
    pub database: Option<String>,
    /// Name of the database, or of the SQLite file
    #[arg(long, value_name = "NAME")]
    pub database_name: Option<String>,
    /// Host of the database server [default: the stack's own]
    #[arg(long, value_name = "HOST")]
    pub database_host: Option<String>,
    /// Version of the database server
    #[arg(long, value_name = "VERSION")]
    pub server_version: Option<String>,
    /// When backups are made: minute, hour, day of month, month, day of week
    #[arg(long, value_name = "CRON")]
    pub schedule: Option<String>,
    /// What starts them
    #[arg(long, value_parser = PossibleValuesParser::new(["cron", "systemd"]))]
    pub scheduler: Option<String>,
    /// Days that every backup is kept
    #[arg(long, value_name = "DAYS")]
    pub retention_days: Option<u32>,
    /// Directory for backups on the host
    #[arg(long, value_name = "DIR")]
    pub directory: Option<String>,
    /// Directory of docker-compose.yml on the host
    #[arg(long, value_name = "DIR")]
    pub deploy_dir: Option<String>,
}

/// The flag behind a value of the environment.
pub fn of(pointer: &str) -> Option<&'static str> {
    const FLAGS: [(&str, &str); 13] = [
        ("/environment/name", "--name"),
        ("/provider/profile_name", "--name"),
        ("/ssh_credentials/username", "--ssh-user"),
        ("/ssh_credentials/port", "--ssh-port"),
        ("/ssh_credentials/private_key_path", "--ssh-key"),
        ("/tracker/core/database/database_name", "--database-name"),
        ("/tracker/core/database/host", "--database-host"),
        ("/backup/server_version", "--server-version"),
        ("/backup/schedule", "--schedule"),
        ("/backup/retention_days", "--retention-days"),
        ("/backup/directory", "--directory"),
        ("/backup/deploy_dir", "--deploy-dir"),
        ("/backup", "--directory"),
    ];
    FLAGS.iter().find(|(at, _)| *at == pointer).map(|(_, flag)| *flag)
}
