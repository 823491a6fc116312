#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# drivers/sqlite3.sh and lib/sqlite.sh: the decision, the copies under load, the proof.

bats_require_minimum_version 1.5.0
load helpers

setup() { world; }

teardown() { [[ -z ${BACKGROUND:-} ]] || end_background; }

backup() { run "${IMAGE}/backup.sh" "$@"; }

# --- the decision -----------------------------------------------------------------------------------------------------

@test "WAL mode is copied online" {
  make_database wal
  backup plan
  [[ ${status} -eq 0 && ${output} == *'PLAN tracker online 0'* ]]
}

@test "rollback mode is copied under a lock while that is fast" {
  make_database
  backup plan
  [[ ${output} == *'PLAN tracker locked-copy '* && ${output} == *'rollback mode'* ]]
}

@test "rollback mode and a slow disk need a pause" {
  make_database
  echo 10000 >"${W}/backups/.copy-rate"
  backup plan
  [[ ${output} =~ 'PLAN tracker pause '([0-9]+) && ${BASH_REMATCH[1]} -gt 3000 ]]
}

@test "max_downtime_seconds 0 never holds the tracker, however small the file" {
  make_database
  setting STRATEGY pause
  setting MAX_DOWNTIME_SECONDS 0
  backup plan
  [[ ${status} -eq 2 && ${output} == *'max_downtime_seconds (0)'* ]]
}

@test "max_write_wait_seconds 0 never locks, however small the file" {
  make_database
  setting MAX_WRITE_WAIT_SECONDS 0
  backup plan
  [[ ${status} -eq 0 && ${output} == *'PLAN tracker pause '* ]]
  setting STRATEGY locked-copy
  backup plan
  [[ ${status} -eq 2 && ${output} == *'max_write_wait_seconds (0)'* ]]
}

@test "a pause longer than max_downtime_seconds is refused, with both numbers" {
  make_database
  echo 10 >"${W}/backups/.copy-rate"
  backup plan
  [[ ${status} -eq 2 && ${output} == *'max_downtime_seconds (120)'* ]]
}

@test "another program's database is never a reason to hold the tracker" {
  make_database
  printf 'index sqlite3 sqlite-index %s %s\n' "${DB}" "${DB}" >"${W}/etc/databases"
  echo 10000 >"${W}/backups/.copy-rate"
  backup plan
  [[ ${status} -eq 2 && ${output} == *'max_write_wait_seconds'* ]]
  rm "${W}/backups/.copy-rate"
  setting STRATEGY pause
  backup plan
  [[ ${output} == *'PLAN index locked-copy'* ]]
}

@test "a strategy that is asked for is taken, or refused" {
  make_database
  local asked
  for asked in locked-copy pause maintenance-window; do
    setting STRATEGY "${asked}"
    backup plan
    [[ ${output} == *"PLAN tracker ${asked} "* ]]
  done
  setting STRATEGY online
  backup plan
  [[ ${status} -eq 2 && ${output} == *'needs WAL mode'* ]]
  setting STRATEGY surely
  backup plan
  [[ ${status} -eq 2 ]]
}

@test "a locked copy that is asked for but too slow is refused" {
  make_database
  setting STRATEGY locked-copy
  echo 10000 >"${W}/backups/.copy-rate"
  backup plan
  [[ ${status} -eq 2 && ${output} == *'max_write_wait_seconds (3)'* ]]
}

@test "only a copy of 64 MiB or more teaches the copy rate" {
  make_database
  backup run
  [[ ${status} -eq 0 && ! -e ${W}/backups/.copy-rate ]]
  try '' 'STRATEGY=auto LEFT_OUT= SQLITE_JOURNAL_MODE=keep; source "${HERE}/drivers/sqlite3.sh" x /x; learn_rate "${BACKUPS}" 67108864 999; cat "${BACKUPS}/.copy-rate"'
  [[ ${output} == 67108865 ]]
}

@test "a missing, empty, foreign, truncated or protected file is told apart" {
  backup
  [[ ${status} -eq 3 && ${output} == *'there is no database'* ]]
  : >"${DB}"
  backup
  [[ ${status} -eq 5 && ${output} == *'is empty'* ]]
  echo 'this is no database at all' >"${DB}"
  backup
  [[ ${status} -eq 5 && ${output} == *'not an SQLite database'* ]]
  printf 'SQLite format 3\0' >"${DB}"
  backup
  [[ ${status} -eq 5 ]]
  [[ -z $(find "${W}/backups" -type f -name '*sqlite_*') ]]
}

@test "a full backup directory is found before anything is copied" {
  make_database
  df() { printf 'Avail\n1000\n'; }
  export -f df
  backup
  [[ ${status} -eq 6 && ${output} == *'MiB are needed'* ]]
  [[ -z $(find "${W}/backups" -type f -name '*sqlite_*') ]]
}

# --- copies under load ------------------------------------------------------------------------------------------------

# under_load MODE: three backups while a writer commits; each must hold the invariant.
under_load() {
  local round file
  make_database "$1" 20000
  in_background writer
  for round in 1 2 3; do
    backup
    [[ ${status} -eq 0 ]]
    file=$(compgen -G "${W}/backups/sqlite/*.db.gz" | sort | tail -n 1)
    restore "${file}"
    [[ $(sqlite3 "${W}/restored.db" 'PRAGMA integrity_check') == ok && $(invariant "${W}/restored.db") == 1 ]]
    [[ $(sqlite3 "${W}/restored.db" 'SELECT n FROM counter') -gt 0 ]]
  done
  kill -0 "${BACKGROUND}"
  [[ ! -s ${W}/writer.errors ]]
}

@test "every copy of a busy database in WAL mode holds the invariant, and no write is lost" { under_load wal; }

@test "every copy of a busy database in rollback mode holds the invariant, and no write is lost" { under_load delete; }

@test "WAL mode stays in the copy" {
  make_database wal
  backup
  restore "$(only 'backups/sqlite/*.db.gz')"
  [[ $(od -An -tu1 -j18 -N2 "${W}/restored.db") == *2*2* ]]
}

@test "what is only in the write-ahead log is in the backup" {
  make_database wal
  # A killed writer leaves the log behind.
  sqlite3 "${DB}" 'INSERT INTO keys(key) VALUES (1); SELECT 1;' '.shell kill -9 $PPID' || :
  [[ -s ${DB}-wal ]]
  setting STRATEGY locked-copy
  backup
  restore "$(only 'backups/sqlite/*.db.gz')"
  [[ $(sqlite3 "${W}/restored.db" 'SELECT count(*) FROM keys') == 1 ]]
}

@test "a hot journal is rolled back before the copy" {
  make_database delete 20000
  sqlite3 "${DB}" 'PRAGMA cache_size = 5; BEGIN; UPDATE torrents SET completed = 9;' '.shell kill -9 $PPID' || :
  [[ -s ${DB}-journal ]]
  backup
  [[ ${status} -eq 0 ]]
  restore "$(only 'backups/sqlite/*.db.gz')"
  [[ $(invariant "${W}/restored.db") == 1 ]]
}

@test "a database that somebody keeps locked is exit code 4, with SQLite's own words" {
  make_database
  sed 's/60000/300/' "${IMAGE}/lib/sqlite.sh" >"${W}/sqlite.sh"
  cp -r "${IMAGE}" "${W}/image-copy"
  cp "${W}/sqlite.sh" "${W}/image-copy/lib/sqlite.sh"
  sqlite3 "${DB}" 'BEGIN EXCLUSIVE;' '.shell sleep 3' 3>&- &
  sleep 0.5
  run "${W}/image-copy/backup.sh"
  [[ ${status} -eq 4 && ${output} == *'locked'* ]]
}

@test "a locked copy that exceeds the limit is given up, and the rate is remembered" {
  make_database
  setting MAX_WRITE_WAIT_SECONDS 1
  tool cp 'case "$*" in *always*) exit 1 ;; esac; /bin/cp "$@"; exec sleep 3'
  PATH=${W}/tools:${PATH} backup
  [[ ${status} -eq 10 && ${output} == *'took longer than max_write_wait_seconds (1)'* ]]
  [[ -z $(compgen -G "${W}/backups/sqlite/*") ]]
  [[ $(sqlite3 -cmd '.timeout 100' "${DB}" 'BEGIN IMMEDIATE; COMMIT; SELECT 7') == 7 ]]
}

# --- the proof --------------------------------------------------------------------------------------------------------

@test "a corrupt page is found, and nothing gets a good name" {
  make_database delete 20000
  printf 'garbage garbage garbage' | dd of="${DB}" bs=1 seek=$((4096 * 40 + 100)) conv=notrunc status=none
  backup
  [[ ${status} -eq 5 && ${output} == *'check of the copy says'* ]]
  [[ -z $(compgen -G "${W}/backups/sqlite/*") ]]
}

@test "a database without tables is no backup" {
  sqlite3 "${DB}" 'CREATE TABLE t(a); DROP TABLE t'
  backup
  [[ ${status} -eq 5 && ${output} == *'holds no table'* ]]
}

@test "the full check runs once a week, else the quick one" {
  make_database
  backup
  [[ $(meta .check) == integrity_check ]]
  rm "${W}"/backups/sqlite/*.db.gz
  sleep 1
  backup
  [[ $(compgen -G "${W}/backups/sqlite/*.meta" | wc -l) -eq 1 && $(meta .check) == integrity_check ]]
  sleep 1
  backup
  [[ $(jq -s -r '.[-1].check' "${W}"/backups/sqlite/*.meta) == quick_check ]]
}

@test "the meta file tells what was done, and how many rows each table holds" {
  make_database wal 500
  backup
  [[ $(meta '.tables | tojson') == '{"counter":1,"keys":0,"ledger":0,"torrents":500}' ]]
  [[ $(meta '.strategy + " " + .verdict + " " + .engine') == 'online ok sqlite3' ]]
  [[ $(meta .because) == 'WAL mode'* && $(meta .raw_bytes) -eq $(stat -c %s "${DB}") ]]
}

@test "an odd table name is counted like any other" {
  make_database wal
  sqlite3 "${DB}" 'CREATE TABLE "a ""b'"'"'; c"(x); INSERT INTO "a ""b'"'"'; c" VALUES (1), (2)'
  backup
  [[ ${status} -eq 0 && $(meta '.tables["a \"b'"'"'; c"]') == 2 ]]
}

@test "rows of excluded tables are left out, their schema stays" {
  make_database wal 5000
  setting EXCLUDE_TABLES 'torrents keys'
  backup
  [[ ${status} -eq 0 ]]
  restore "$(only 'backups/sqlite/*.db.gz')"
  [[ $(sqlite3 "${W}/restored.db" 'SELECT count(*) FROM torrents') == 0 && $(meta .tables.torrents) == 0 ]]
  [[ $(stat -c %s "${W}/restored.db") -lt 100000 && $(sqlite3 "${DB}" 'SELECT count(*) FROM torrents') == 5000 ]]
}

@test "leaving rows out sets off no trigger in the copy" {
  make_database wal 100
  sqlite3 "${DB}" "INSERT INTO keys(key) VALUES ('a'), ('b'); CREATE TRIGGER g AFTER DELETE ON torrents BEGIN DELETE FROM keys; END;"
  setting EXCLUDE_TABLES torrents
  backup
  [[ ${status} -eq 0 && ${output} != *enable_trigger* && $(meta .tables.torrents) == 0 && $(meta .tables.keys) == 2 ]]
}

@test "a table to exclude that is not there is a warning, and costs no backup" {
  make_database wal 100
  setting EXCLUDE_TABLES 'torrent keys'
  backup
  [[ ${status} -eq 0 && ${output} == *'WARNING: tracker: exclude_tables names torrent, which is not there'* ]]
  [[ $(meta .tables.keys) == 0 && $(meta .tables.torrents) == 100 ]]
  setting EXCLUDE_TABLES 'torrent'
  backup
  [[ ${status} -eq 0 ]]
}

# --- WAL mode and the host's copy -------------------------------------------------------------------------------------

@test "prepare switches a live database to WAL mode once, if the settings allow it" {
  make_database
  backup prepare
  [[ $(sqlite3 "${DB}" 'PRAGMA journal_mode') == delete ]]
  setting SQLITE_JOURNAL_MODE wal
  in_background writer
  backup prepare
  [[ ${status} -eq 0 && ${output} == *'is in WAL mode now'* ]]
  [[ $(sqlite3 -cmd '.timeout 5000' "${DB}" 'PRAGMA journal_mode') == wal ]]
  backup prepare
  [[ ${status} -eq 0 && -z ${output} ]]
}

@test "a run switches too, when the installer could not" {
  make_database
  setting SQLITE_JOURNAL_MODE wal
  backup
  [[ ${status} -eq 0 && ${output} == *'is in WAL mode now'* && $(meta .strategy) == online ]]
}

@test "a pause without the host is refused with the right command" {
  make_database
  setting STRATEGY pause
  backup
  [[ ${status} -eq 2 && ${output} == *'maintenance-backup.sh'* ]]
}

@test "a copy that the host staged is stored though the live file is locked" {
  make_database
  mkdir -p "${W}/backups/sqlite"
  cp "${DB}" "${W}/backups/sqlite/sqlite_${ID}.raw.partial"
  in_background sqlite3 "${DB}" 'BEGIN EXCLUSIVE' '.shell sleep 60'
  sleep 0.5
  setting STRATEGY pause
  backup run --run-id "${ID}" --staged tracker=pause/250/200
  end_background
  [[ ${status} -eq 0 && ${output} == *'WARNING'*'not compared'* && $(meta .verdict) == ok ]]
}

@test "a copy that the host staged is recovered, checked and stored" {
  make_database wal
  sqlite3 "${DB}" 'INSERT INTO keys(key) VALUES (1); SELECT 1;' '.shell kill -9 $PPID' || :
  mkdir -p "${W}/backups/sqlite"
  cp "${DB}" "${W}/backups/sqlite/sqlite_${ID}.raw.partial"
  cp "${DB}-wal" "${W}/backups/sqlite/sqlite_${ID}.raw.partial-wal"
  setting STRATEGY pause
  backup run --run-id "${ID}" --staged tracker=pause/250/200
  [[ ${status} -eq 0 && $(meta .downtime_seconds) == 0.25 && $(meta .strategy) == pause ]]
  restore "${W}/backups/sqlite/sqlite_${ID}.db.gz"
  [[ $(sqlite3 "${W}/restored.db" 'SELECT count(*) FROM keys') == 1 ]]
  [[ $(compgen -G "${W}/backups/sqlite/*" | wc -l) -eq 3 ]]
}
