#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# tracker-restore with SQLite: what it brings back, what it refuses, and what an interruption leaves.

bats_require_minimum_version 1.5.0
load helpers
load restores

setup() { sqlite_world; }

teardown() { [[ -z ${BACKGROUND:-} ]] || end_background; }

@test "the newest good backup comes back whole, the tracker runs, and the safety copy holds what was there" {
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]] || echo "${output}"
  [[ ${status} -eq 0 && ${output} == *'Tracker stopped successfully'*'Tracker started successfully'*'keys: 2 rows'*'torrents: 500 rows'*'Restore completed successfully after '* ]]
  is_restored
  restore "$(only 'backups/sqlite/*.pre-restore.db.zst')"
  [[ $(sqlite_content "${W}/restored.db") == "${AFTER}" ]]
  [[ $(jq -r .verdict "$(only 'backups/sqlite/*.pre-restore.db.zst.meta')") == pre-restore ]]
  grep -q 'Restore completed successfully' "${W}/log"
}

@test "owner and mode stay, and no journal of the old file is left to be played into the new one" {
  chmod 2770 "${W}/data"
  chmod 640 "${DB}"
  chown 33:44 "${DB}"
  printf 'stale' >"${DB}-journal"
  printf 'stale' >"${DB}-wal"
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]] || echo "${output}"
  [[ ${status} -eq 0 && $(stat -c '%a %u %g' "${DB}") == '640 33 44' && ! -e ${DB}-wal && ! -e ${DB}-journal ]]
  is_restored
}

@test "a database in WAL mode comes back while a writer's log is beside the old one" {
  sqlite3 "${DB}" 'PRAGMA journal_mode = wal' >/dev/null
  sqlite3 "${DB}" '.filectrl persist_wal 1' 'INSERT INTO keys(key) VALUES (1)' >/dev/null
  [[ -s ${DB}-wal ]]
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]] || echo "${output}"
  is_restored
}

@test "a deleted database comes back, and so does one whose directory was emptied" {
  rm "${DB}"
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]] || echo "${output}"
  [[ ${status} -eq 0 && ${output} == *'nothing to save'* ]]
  is_restored
  rm -r "${W}/data"
  mkdir "${W}/data"
  echo stale >"${DB}-wal"
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]]
  [[ ! -e ${DB}-wal ]]
  is_restored
  rm -r "${W}/data"
  tracker_restore --latest --yes
  [[ $(stat -c '%a %u' "${W}/data") == '770 1000' ]]
  [[ ${status} -eq 0 ]] || echo "${output}"
  [[ ${status} -eq 0 ]]
  is_restored
}

@test "a damaged database is saved as raw bytes and replaced" {
  local kind
  for kind in page header empty; do
    restore "${FILE}"
    cp "${W}/restored.db" "${DB}"
    case ${kind} in
      page) dd if=/dev/urandom of="${DB}" bs=4096 seek=2 count=4 conv=notrunc status=none ;;
      header) dd if=/dev/zero of="${DB}" bs=100 count=1 conv=notrunc status=none ;;
      *) : >"${DB}" ;;
    esac
    cp "${DB}" "${W}/damaged.db"
    tracker_restore --latest --yes
    [[ ${status} -eq 0 && ${output} == *'saved as they are'* ]]
    is_restored
    tar --zstd -xOf "$(compgen -G "${W}/backups/sqlite/*.pre-restore.tar.zst" | sort | tail -n 1)" tracker.db | cmp - "${W}/damaged.db"
  done
}

@test "three safety copies are kept, and neither retention nor selection takes one for a backup" {
  local round
  for round in 1 2 3 4; do tracker_restore --latest --yes; done
  [[ $(compgen -G "${W}/backups/sqlite/*.pre-restore.db.zst" | wc -l) -eq 3 ]]
  setting KEEP_LAST 0
  setting RETENTION_DAYS 0
  run "${IMAGE}/backup.sh" retention
  [[ ${status} -eq 0 && -e ${FILE} && $(compgen -G "${W}/backups/sqlite/*.pre-restore.db.zst" | wc -l) -eq 3 ]]
  [[ ! ${output} =~ pre-restore ]]
  tracker_restore --latest --dry-run
  [[ ${output} == *"from ${FILE}"* ]]
}

@test "a safety copy is restored when it is told, and only then" {
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]] || echo "${output}"
  tracker_restore "$(only 'backups/sqlite/*.pre-restore.db.zst')" --yes
  [[ ${status} -eq 0 && ${output} == *'This backup is pre-restore'* ]]
  is_untouched
}

@test "a safety copy that fails ends the restore before anything is stopped" {
  cat >"${W}/tool" <<'SH'
SH
  tool cp 'case "$*" in *raw*) echo "cp: No space left on device" >&2; exit 1 ;; esac; exec /bin/cp "$@"'
  PATH=${W}/tools:${PATH} tracker_restore --latest --yes
  [[ ${status} -eq 6 && ${output} == *'safety copy failed'* ]]
  refute called '^stop'
  is_untouched
}

@test "--at takes the newest one that is not after it, in UTC; --run the one of this run" {
  cp "${FILE}" "${W}/backups/sqlite/sqlite_20260205_030000.db.gz"
  jq '.run_id = "20260205_030000"' "${FILE}.meta" >"${W}/backups/sqlite/sqlite_20260205_030000.db.gz.meta"
  tracker_restore --at '2026-02-05 02:59' --dry-run
  [[ ${status} -eq 0 && ${output} == *"from ${FILE}:"* ]]
  tracker_restore --at 20260205_030000 --dry-run
  [[ ${output} == *'sqlite_20260205_030000.db.gz:'* ]]
  tracker_restore --run "${ID}" --dry-run
  [[ ${output} == *"from ${FILE}:"* ]]
  tracker_restore --at '2026-02-03' --dry-run
  [[ ${status} -eq 2 && ${output} == *'no such backup'* ]]
  tracker_restore --at nonsense --dry-run
  [[ ${status} -eq 2 && ${output} == *'--at needs a time'* ]]
}

@test "neither a suspicious backup nor one from the future is the newest good one" {
  fake_backup 20260301_000000 suspicious
  fake_backup 29990101_000000
  fake_backup 20260302_000000 ok sqlite-index
  touch "${W}/backups/sqlite/sqlite_20260303_000000.db.gz.partial"
  tracker_restore --latest --dry-run
  [[ ${status} -eq 0 && ${output} == *"from ${FILE}:"* ]]
}

@test "a dry run checks every byte, says what would happen, and changes nothing" {
  local listing
  listing=$(find "${W}/backups" "${W}/data" -type f -not -name .lock -printf '%p %T@\n' | sort)
  tracker_restore --latest --dry-run
  [[ ${status} -eq 0 && ${output} == *'the tracker is stopped for the swap'* ]]
  [[ $(find "${W}/backups" "${W}/data" -type f -not -name .lock -printf '%p %T@\n' | sort) == "${listing}" ]]
  rm "${FILE}.sha256"
  truncate -s -100 "${FILE}"
  tracker_restore --latest --dry-run
  [[ ${status} -eq 5 && ${output} == *'cannot be unpacked'* ]]
  is_untouched
}

@test "without a terminal and without --yes nothing happens; on one it asks" {
  tracker_restore --latest
  [[ ${status} -eq 2 && ${output} == *'say --yes'* ]]
  is_untouched
  export TRACKER_BACKUP_LOG=${W}/log
  run script -qec "'${HOST}/../restore/tracker-restore' --latest" /dev/null <<<n
  [[ ${output} == *'Go on?'*'Nothing was changed'* ]]
  is_untouched
  run script -qec "'${HOST}/../restore/tracker-restore' --latest" /dev/null <<<y
  is_restored
}

@test "--target puts a copy into a directory, and stops nothing" {
  tracker_restore --latest --yes --target "${W}/elsewhere"
  [[ ${status} -eq 0 && $(sqlite_content "${W}/elsewhere/tracker.db") == "${BEFORE}" ]]
  refute called '^stop'
  is_untouched
  tracker_restore --latest --yes --target "${W}/elsewhere"
  [[ ${status} -eq 2 && ${output} == *'exists already'* ]]
}

@test "--tables replaces these tables only, with no trigger at work" {
  sqlite3 "${DB}" 'CREATE TRIGGER t AFTER DELETE ON keys BEGIN DELETE FROM torrents; END'
  sqlite3 "${DB}" 'INSERT INTO keys(key) VALUES (9)'
  tracker_restore --latest --yes --tables keys
  [[ ${status} -eq 0 && ${output} == *'keys: 2 rows'* && ${output} != *'torrents: '* ]]
  [[ $(sqlite3 "${DB}" 'SELECT count(*) FROM torrents; SELECT count(*) FROM keys') == $'501\n2' ]]
  is_tidy
  tracker_restore --latest --yes --tables keys,absent
  [[ ${status} -eq 2 && ${output} == *'has no table absent'* ]]
  sqlite3 "${DB}" 'ALTER TABLE keys ADD COLUMN more'
  tracker_restore --latest --yes --tables keys
  [[ ${status} -eq 2 && ${output} == *'other columns'* ]]
  [[ $(sqlite3 "${DB}" 'SELECT count(*) FROM keys') == 2 ]]
  is_tidy
}

@test "a dump of the deployer's own, without .meta and .sha256, comes back when it is named" {
  rm "${FILE}".*
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]] || echo "${output}"
  [[ ${status} -eq 2 && ${output} == *'must be named'* ]]
  mkdir -p "${W}/far away"
  mv "${FILE}" "${W}/far away/"
  chmod 600 "${W}/far away/"*
  cd "${W}/far away" || return
  tracker_restore "sqlite_${ID}.db.gz" --yes
  [[ ${status} -eq 0 && ${output} == *'WARNING'*'no '*'.sha256'*'has no .meta'* ]]
  is_restored
}

@test "columns that are generated, views, triggers, keys in the wrong order, blobs, no rowid: equal" {
  rm -r "${W}/backups/sqlite"
  sqlite3 "${DB}" <<'SQL'
PRAGMA user_version = 42;
PRAGMA application_id = 77;
CREATE TABLE a_child(id INTEGER PRIMARY KEY AUTOINCREMENT, p REFERENCES z_parent(id), g AS (id * 2) STORED);
CREATE TABLE z_parent(id INTEGER PRIMARY KEY, b BLOB, t TEXT) STRICT;
INSERT INTO z_parent VALUES (1, x'00ff0a0d27', '🦀 it''s'), (2, zeroblob(100000), '');
INSERT INTO a_child(p) VALUES (1), (2);
DELETE FROM a_child WHERE id = 2;
CREATE TABLE "select"("order" TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO "select" VALUES ('2026-11-01T01:30:00-05:00');
CREATE VIEW v AS SELECT * FROM "select";
CREATE TRIGGER r AFTER INSERT ON "select" BEGIN DELETE FROM keys; END;
CREATE INDEX i ON z_parent(t COLLATE NOCASE) WHERE id > 1;
SQL
  BEFORE=$(sqlite_content)
  run "${IMAGE}/backup.sh"
  sqlite3 "${DB}" 'DROP TABLE "select"; DELETE FROM z_parent'
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]] || echo "${output}"
  [[ ${status} -eq 0 ]]
  is_restored
  [[ $(sqlite3 "${DB}" 'PRAGMA user_version; PRAGMA application_id; SELECT seq FROM sqlite_sequence') == $'42\n77\n2' ]]
}

@test "a tracker that did not run is left so; a paused one is refused; none at all is no obstacle" {
  echo exited >"${W}/tracker"
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]] || echo "${output}"
  [[ ${status} -eq 0 && $(sqlite_content) == "${BEFORE}" && $(<"${W}/tracker") == exited ]]
  echo paused >"${W}/tracker"
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]] || echo "${output}"
  [[ ${status} -eq 2 && ${output} == *paused* && $(<"${W}/tracker") == paused && ! -e ${W}/state/restore ]]
  echo absent >"${W}/tracker"
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]] || echo "${output}"
  [[ ${status} -eq 0 ]]
}

@test "a tracker that restarts for ever, as its database is gone, is stopped and started" {
  echo restarting >"${W}/tracker"
  rm "${DB}"
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]] || echo "${output}"
  [[ ${status} -eq 0 ]]
  called '^stop'
  is_restored
}

@test "a tracker that is not healthy with the restored database gets the old one back: exit code 8" {
  dislike_what_is_restored
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]] || echo "${output}"
  [[ ${status} -eq 8 && ${output} == *'does not accept the restored database'*'old database is in service again'* ]]
  is_untouched
}

@test "a concurrent backup or restore is exit code 9" {
  flock "${W}/backups/.lock" sleep 5 3>&- &
  sleep 0.3
  tracker_restore --latest --yes
  [[ ${status} -eq 0 ]] || echo "${output}"
  kill %1
  [[ ${status} -eq 9 ]]
  is_untouched
}

@test "wrong usage is exit code 2, and touches nothing" {
  local arguments
  while read -r -a arguments; do
    tracker_restore "${arguments[@]}" --yes
    [[ ${status} -eq 2 ]] || { echo "${arguments[*]}: ${status}: ${output}" && false; }
  done <<'LIST'
--latest --run 20260204_030000
--run
--run nonsense
--unknown
--latest --database nowhere
--latest --tables a;b
--latest --tables keys --target /tmp/x
--latest --target-db other
--latest --target /tmp/a:b
/does/not/exist
LIST
  tracker_restore
  [[ ${status} -eq 2 && ${output} == *'tracker-restore FILE'* ]]
  is_untouched
}

@test "--list and --json are for machines; --help is for people" {
  tracker_restore --list --json
  [[ $(jq -r '.[0].run_id' <<<"${output}") == "${ID}" ]]
  tracker_restore --help
  [[ ${status} -eq 0 && ${output} == *'--latest'* ]]
  tracker_restore --latest --yes --json
  jq -e .level <<<"${output}" >/dev/null
}

@test "long work says how far it is" {
  export PROGRESS_SECONDS=0.2
  tool gzip 'sleep 1; exec /bin/gzip "$@"'
  tool pigz 'sleep 1; exec /bin/gzip "$@"'
  PATH=${W}/tools:${PATH} tracker_restore --latest --yes
  [[ ${status} -eq 0 && ${output} == *"% of sqlite_${ID}.db.gz read"* ]]
}

@test "a database that another process has open is not swapped under it; that of another program never stops the tracker" {
  exec 7<"${DB}"
  tracker_restore --latest --yes
  exec 7<&-
  [[ ${status} -eq 2 && ${output} == *'has the database open'* ]] || { echo "${output}" && false; }
  is_untouched
  : >"${W}/docker.log"
  printf 'index sqlite3 sqlite-index %s %s\n' "${W}/data/index.db" "${W}/data/index.db" >>"${W}/etc/databases"
  restore "${FILE}"
  cp "${W}/restored.db" "${W}/data/index.db"
  run "${IMAGE}/backup.sh"
  sqlite3 "${W}/data/index.db" 'DELETE FROM keys'
  tracker_restore --latest --yes --database index
  [[ ${status} -eq 0 && $(sqlite_content "${W}/data/index.db") == "${BEFORE}" ]] || { echo "${output}" && false; }
  refute called '^stop'
  is_untouched
}

@test "a table whose rows a backup leaves out is not emptied when it is asked for, and else it is told" {
  setting EXCLUDE_TABLES torrents
  sleep 1
  # It is much smaller than the one before.
  MINIMUM_SIZE_PERCENT=0 maintenance
  [[ ${status} -eq 0 ]]
  # The backup knows, whatever the settings say now.
  setting EXCLUDE_TABLES ''
  local before
  before=$(sqlite_content)
  tracker_restore --latest --tables torrents,keys --yes
  [[ ${status} -eq 2 && ${output} == *'exclude_tables left them out'* && $(sqlite_content) == "${before}" ]]
  tracker_restore --latest --yes
  [[ ${status} -eq 0 && ${output} == *'WARNING: This backup leaves out the rows of torrents'* ]]
}

@test "a tracker that is unhealthy while somebody reads its database is not left stopped: exit code 8" {
  setting HEALTH_TIMEOUT_SECONDS 1
  echo unhealthy >"${W}/health"
  reader() {
    until grep -q '^start' "${W}/docker.log"; do sleep 0.05; done
    exec tail -f "${DB}"
  }
  in_background reader
  tracker_restore --latest --yes
  [[ ${status} -eq 8 && ${output} == *'somebody has the database open'* && $(<"${W}/tracker") == running && -s ${W}/state/restore ]]
  end_background
  tracker_restore --latest --dry-run
  [[ ${status} -eq 4 ]]
  maintenance --recover
  [[ ${output} == *'The old database is in service again'* && $(sqlite_content) == "${AFTER}" && $(<"${W}/tracker") == running ]]
}
