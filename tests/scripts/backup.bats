#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# backup.sh: several databases, one failing, lock, signals, options.

bats_require_minimum_version 1.5.0
load helpers

setup() {
  world
  make_database
}

backup() { run "${IMAGE}/backup.sh" "$@"; }

add_index() {
  printf 'index sqlite3 sqlite-index %s %s\n' "${W}/data/index.db" "${W}/data/index.db" >>"${W}/etc/databases"
}

@test "every database is backed up under one run id" {
  add_index
  sqlite3 "${W}/data/index.db" 'CREATE TABLE t(a)'
  backup
  [[ ${status} -eq 0 ]]
  only 'backups/sqlite/sqlite_*.db.gz'
  only 'backups/sqlite/sqlite-index_*.db.gz'
  [[ $(jq -s 'map(.run_id) | unique | length' "${W}"/backups/sqlite/*.meta) -eq 1 ]]
}

@test "a database that fails does not stop the others, and its code is the run's" {
  sed -i '1i index sqlite3 sqlite-index /nowhere /nowhere' "${W}/etc/databases"
  backup
  [[ ${status} -eq 3 && ${output} == *'index: there is no database at /nowhere'* ]]
  only 'backups/sqlite/sqlite_*.db.gz'
}

@test "retention leaves alone what failed in this run, and prunes the rest" {
  setting KEEP_LAST 1
  setting RETENTION_DAYS 1
  add_index
  local id
  for id in 20250101_030000 20250102_030000; do
    fake_backup "${id}"
    fake_backup "${id}" ok sqlite-index
  done
  backup
  [[ ${status} -eq 3 ]]
  [[ $(compgen -G "${W}/backups/sqlite/sqlite-index_2025*.gz" | wc -l) -eq 2 ]]
  [[ $(compgen -G "${W}/backups/sqlite/sqlite_2025*.gz" | wc -l) -eq 0 ]]
}

@test "when all fail nothing is removed" {
  rm "${DB}"
  setting KEEP_LAST 1
  fake_backup 20250101_030000
  fake_backup 20250102_030000
  backup
  [[ ${status} -eq 3 && ${output} == *'nothing is removed'* ]]
  [[ $(compgen -G "${W}/backups/sqlite/*.gz" | wc -l) -eq 2 ]]
}

@test "a collapsed size is kept, marked, and the run fails loudly" {
  fake_backup 20250101_030000
  jq '.raw_bytes = 100000000' "$(only 'backups/sqlite/*.meta')" >"${W}/m"
  mv "${W}/m" "$(only 'backups/sqlite/*.meta')"
  backup
  [[ ${status} -eq 5 && ${output} == *'kept but suspicious'* ]]
  [[ $(jq -s -r '.[-1].verdict' "${W}"/backups/sqlite/*.meta) == suspicious ]]
  [[ $(compgen -G "${W}/backups/sqlite/*.gz" | wc -l) -eq 2 ]]
}

@test "a second run is told who holds the lock" {
  flock "${W}/backups/.lock" sleep 5 3>&- &
  sleep 0.3
  echo 'the first since today' >"${W}/backups/.lock"
  backup
  kill %1
  [[ ${status} -eq 9 && ${output} == *'the first since today'* ]]
}

@test "the lock is the caller's when the run id is" {
  flock "${W}/backups/.lock" sleep 5 3>&- &
  sleep 0.3
  backup run --run-id "${ID}"
  kill %1
  [[ ${status} -eq 0 && -e ${W}/backups/sqlite/sqlite_${ID}.db.gz ]]
}

@test "SIGTERM in the middle ends all of it and leaves nothing behind" {
  tool pigz "exec sleep 20"
  PATH=${W}/tools:${PATH} "${IMAGE}/backup.sh" >"${W}/out" 3>&- &
  local main=$! status=0
  until compgen -G "${W}/backups/sqlite/*.db.gz.partial" >/dev/null; do sleep 0.05; done
  kill -TERM "${main}"
  wait "${main}" || status=$?
  [[ ${status} -eq 143 ]]
  [[ -z $(ls "${W}/backups/sqlite") ]]
}

@test "what a SIGKILL leaves behind goes with the next run" {
  tool pigz "exec sleep 20"
  PATH=${W}/tools:${PATH} setsid "${IMAGE}/backup.sh" >"${W}/out" 3>&- &
  local main=$!
  until compgen -G "${W}/backups/sqlite/*.db.gz.partial" >/dev/null; do sleep 0.05; done
  # As when the container is killed: all of it at once.
  pkill -KILL --session "${main}"
  wait "${main}" || [[ $? -eq 137 ]]
  # What it was just starting may have escaped the first kill.
  until flock --nonblock "${W}/backups/.lock" true; do
    pkill -KILL --session "${main}" || sleep 0.05
  done
  compgen -G "${W}/backups/sqlite/*.partial"
  backup
  [[ ${status} -eq 0 && ${output} == *'leftover of an interrupted run'* ]]
  refute compgen -G "${W}/backups/sqlite/*.partial*"
}

@test "a step that takes too long is exit code 10" {
  tool pigz "exec sleep 20"
  setting STEP_TIMEOUT_SECONDS 1
  PATH=${W}/tools:${PATH} backup
  [[ ${status} -eq 10 && ${output} == *'time limit'* ]]
  [[ -z $(ls "${W}/backups/sqlite") ]]
}

@test "a dry run changes nothing" {
  backup --dry-run
  [[ ${status} -eq 0 && ${output} == *'locked-copy, because'* ]]
  [[ -z $(find "${W}/backups" -type f -not -name .lock) ]]
}

@test "a backup directory that is not there or not writable is exit code 2" {
  setting BACKUPS "${W}/nowhere"
  backup
  [[ ${status} -eq 2 && ${output} == *'not writable'* ]]
}

@test "an engine without a driver is exit code 2" {
  echo 'tracker oracle oracle X' >"${W}/etc/databases"
  backup
  [[ ${status} -eq 2 && ${output} == *'no driver for oracle'* ]]
}

@test "a list without databases is exit code 2" {
  echo '# none' >"${W}/etc/databases"
  backup
  [[ ${status} -eq 2 && ${output} == *'lists no database'* ]]
}

@test "no database list, unknown commands and options are exit code 2" {
  rm "${W}/etc/databases"
  backup
  [[ ${status} -eq 2 ]]
  backup frobnicate
  [[ ${status} -eq 2 ]]
  backup --frobnicate
  [[ ${status} -eq 2 && ${output} == *'--help'* ]]
  backup run --run-id
  [[ ${status} -eq 2 ]]
}

@test "--help explains, --json logs objects" {
  backup --help
  [[ ${status} -eq 0 && ${output} == *'Exit codes'* ]]
  backup run --json
  [[ ${status} -eq 0 && $(jq -r .level <<<"${lines[0]}") == INFO ]]
}

@test "zstd and no compression work as well" {
  setting COMPRESSION zstd
  backup
  [[ ${status} -eq 0 ]]
  restore "$(only 'backups/sqlite/*.db.zst')"
  [[ $(invariant "${W}/restored.db") == 1 ]]
  setting COMPRESSION none
  sleep 1
  backup
  [[ ${status} -eq 0 ]]
  only 'backups/sqlite/*.db'
}

@test "the temporary directory of a run is gone afterwards" {
  TMPDIR=${W}/work backup
  mkdir "${W}/tmp"
  export TMPDIR=${W}/tmp
  "${IMAGE}/backup.sh"
  rm "${DB}"
  run "${IMAGE}/backup.sh"
  [[ -z $(ls -A "${W}/tmp") ]]
}
