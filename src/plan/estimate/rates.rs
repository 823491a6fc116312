//! What was measured, in seconds for each GB (10^9 bytes) of database: Debian 12, 2 cores (AMD EPYC), November 2026, data in memory.
//! `docs/benchmarks.md` says how. A slower disk is reckoned with beside them; a slower processor is not.

use crate::{
    input::backup::{Algorithm, Compression},
    plan::driver::Engine,
};

/// `quick_check` and a count of every table: 1.43 s for 1 GB.
pub const VERIFY_FILE: f64 = 1.4;
/// `integrity_check`, mapped into memory: once a week, and the first time.
pub const VERIFY_FILE_FULLY: f64 = 22.0;
/// Reading a compressed dump back, checksum and proof: 4.65 s for a GB of dump, which is half of the database.
pub const PROVE_DUMP: f64 = 2.3;
/// Between the order to stop and the first answer: of 90 s without the tracker the seeds spent 72 s in the copy, and 10 s in a stop
/// that waited for nothing.
pub const STOP_AND_START: f64 = 8.0;
/// The archive of the configuration and the removal of old backups: containers that start, at any size.
pub const REST_OF_A_RUN: f64 = 3.0;
/// Containers of a restore that start.
pub const RESTORE_START: f64 = 1.8;
/// From the start of the tracker to the verdict of its health check.
pub const HEALTHY: f64 = 6.0;
/// What `recover.sh` does before and after the databases, images and packages at hand.
pub const RECOVER: f64 = 10.0;

/// Compressing a copy and proving that it decompresses. Higher levels than these were not measured in the whole.
#[must_use]
pub fn compress_file(compression: &Compression) -> f64 {
    match (compression.algorithm, compression.effective_level()) {
        (Algorithm::Gzip, 0..=1) => 8.9,
        // On info-hashes gzip 6 works three times as long as gzip 1.
        (Algorithm::Gzip, _) => 26.7,
        (Algorithm::Zstd, _) => 5.1,
        (Algorithm::None, _) => 0.0,
    }
}

/// A dump that is compressed on its way.
#[must_use]
pub fn dump(engine: Engine) -> f64 {
    match engine {
        Engine::Sqlite3 => 0.0,
        Engine::Mysql => 23.9,
        Engine::Postgresql => 7.2,
    }
}

/// Loading a backup and holding it against its notes.
#[must_use]
pub fn restore(engine: Engine) -> f64 {
    match engine {
        Engine::Sqlite3 => 7.9,
        Engine::Mysql => 147.0,
        Engine::Postgresql => 15.3,
    }
}

/// A plain dump: no index is in it.
pub const DUMP_SIZE: f64 = 0.53;
/// What a scratch server of a drill is given: rows, indexes and its own journals, three times the dump, and 1 GiB.
pub const DRILL_SERVER: (f64, f64) = (3.0 * DUMP_SIZE, 1.07);

/// What is left of a GB of database: info-hashes hardly compress, and a dump has no index.
#[must_use]
pub fn size(engine: Engine, compression: &Compression) -> f64 {
    match (engine, compression.algorithm) {
        (Engine::Sqlite3, Algorithm::Gzip) => 0.57,
        (Engine::Sqlite3, Algorithm::Zstd) => 0.52,
        (Engine::Sqlite3, Algorithm::None) => 1.0,
        (_, Algorithm::Gzip) => 0.26,
        (_, Algorithm::Zstd) => 0.25,
        (_, Algorithm::None) => DUMP_SIZE,
    }
}
