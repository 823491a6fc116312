# shellcheck shell=bash
# Something is wrong with the database: the run fails loudly, the tracker is as before, the last good backup stays.

# source_fault ENGINE JOURNAL_MODE FAULT EXIT LOG: a good backup, then FAULT (a command on the host), then one that must fail.
source_fault() {
  stack_up "$1" "$2"
  backup_install '{}'
  expect_exit 0 backup_run
  local good before
  good=$(backup_listing)
  host_sh "cd ${DEPLOY_DIR}; $3"
  before=$(stack_tracker)
  expect_exit "$4" backup_run
  expect_log "ERROR: .*$5"
  expect_equal "databases under good names" "$(backup_listing)" "${good}"
  expect_backups_sound
  expect_equal "tracker" "$(stack_tracker)" "${before}"
}

case_sqlite_missing() {
  source_fault sqlite WAL "mv ${DATABASE} /root" 3 'no database at'
}

case_sqlite_empty() {
  source_fault sqlite WAL "rm ${DATABASE}*; install -o 1000 -g 1000 /dev/null ${DATABASE}" 5 'is empty'
}

case_sqlite_not_a_database() {
  source_fault sqlite "" "docker stop -s KILL tracker; head -c 1000000 /dev/zero | dd of=${DATABASE} conv=notrunc status=none" 5 'not an SQLite database'
}

# A page of the table's tree is overwritten: the header is fine, the copy must be read to see it.
case_sqlite_corrupt_page() {
  source_fault sqlite "" "docker stop -s INT tracker; head -c 4096 /dev/urandom | dd of=${DATABASE} bs=4096 seek=40 conv=notrunc status=none" 5 '_check of the copy says|cannot be read|cannot be counted'
}

case_sqlite_corrupt_page_in_wal_mode() {
  source_fault sqlite WAL "docker stop -s INT tracker; head -c 4096 /dev/urandom | dd of=${DATABASE} bs=4096 seek=40 conv=notrunc status=none" 5 '_check of the copy says|cannot be read|cannot be counted|online copy failed'
}

# The tracker writes all the time: the lock is waited for, and seen.
readonly LOCKING="(sqlite3 ${DATABASE} '.timeout 30000' 'BEGIN IMMEDIATE' '.shell touch /run/locked; sleep 200') &>/dev/null & until [[ -e /run/locked ]]; do sleep 0.1; done"

# Another writer's lock keeps no reader out.
case_sqlite_locked_in_wal_mode() {
  stack_up sqlite WAL
  backup_install '{}'
  host_sh "${LOCKING}"
  expect_exit 0 backup_run
  expect_backups_sound
  expect_restorable "$(backup_newest)"
}

case_sqlite_locked() {
  source_fault sqlite "" "${LOCKING}" 4 'no write lock'
}

readonly HOLDING="docker restart -s INT tracker >/dev/null; until [[ -s ${DATABASE}-journal ]]; do sleep 0.1; done"

# Half of a transaction is in the file, its journal beside it, and nobody is left to roll it back.
case_sqlite_hot_journal() {
  stack_up sqlite "" 100000
  stack_misbehave hold
  host_sh "${HOLDING}; sleep 1; docker kill tracker; [[ -s ${DATABASE}-journal ]]" >/dev/null
  backup_install '{}'
  expect_exit 0 backup_run
  expect_backups_sound
  expect_restorable "$(backup_newest)"
}

# The same with the transaction still open: the copy is made of a paused tracker, journal included.
case_sqlite_paused_in_a_transaction() {
  stack_up sqlite "" 100000
  stack_misbehave hold
  host_sh "${HOLDING}"
  backup_install '{"backup": {"strategy": "pause"}}'
  expect_exit 0 backup_run
  expect_backups_sound
  expect_restorable "$(backup_newest)"
}

# wal_left STOP: a WAL database that its tracker has left in some way.
wal_left() {
  stack_up sqlite WAL
  probe_start
  host_sh "$1" >/dev/null
  probe_stop
  backup_install '{}'
  expect_exit 0 backup_run
  expect_backups_sound
  expect_restorable "$(backup_newest)" "$(probe_acknowledged "${EPOCHREALTIME}")"
}

case_sqlite_wal_closed_properly() {
  wal_left "docker stop -s INT tracker; [[ ! -e ${DATABASE}-wal ]]"
}

case_sqlite_wal_left_behind() {
  wal_left "docker kill tracker; [[ -s ${DATABASE}-wal ]]"
}
