# shellcheck shell=bash
# The harness against itself: the stand-in behaves like the tracker, a sound dump passes, one that lost a row does not.

# harness_round ENGINE DUMP TAMPER: DUMP and TAMPER are shell commands on the host, which write and spoil $1.
harness_round() {
  stack_up "$1"
  probe_start
  local dump=${BACKUPS}/$1/$1_20260101_000000.sql now
  now=${EPOCHREALTIME}
  host_sh 'mkdir -p "${1%/*}"'"; $2" "${dump}"
  probe_stop
  expect_equal "newest backup" "$(backup_newest)" "${dump}"
  expect_restorable "${dump}" "$(probe_acknowledged "${now}")"
  host_sh "$3" "${dump}"
  if restore_backup "${dump}"; then
    fail "a copy without its fifth write passed"
  fi
  stack_live_check
}

case_harness_sqlite() {
  harness_round sqlite \
    'sqlite3 /opt/torrust/storage/tracker/lib/database/tracker.db ".timeout 5000" "VACUUM INTO '"'\$1'"'"' \
    'sqlite3 "$1" "DELETE FROM ledger WHERE seq = 5"'
  local before
  before=$(stack_tracker)
  host_sh 'docker kill --signal TERM tracker; sleep 1' >/dev/null
  expect_equal "tracker after SIGTERM" "$(stack_tracker)" "${before}"
  host_sh 'docker kill --signal INT tracker; docker wait tracker' >/dev/null
  expect_equal "tracker after SIGINT" "$(stack_tracker '{{.State.Status}} {{.State.ExitCode}}')" "exited 0"
}

case_harness_mysql() {
  harness_round mysql \
    'docker exec mysql mysqldump -uroot -pstand-in-root-password --single-transaction tracker >"$1"' \
    'sed -i "s/^(5,.*/(999999,\x27\x27),/" "$1"'
}

case_harness_postgresql() {
  harness_round postgresql \
    'docker exec postgresql pg_dump -U tracker_user --no-owner tracker >"$1"' \
    'sed -i "/^COPY public.ledger/,/^5\t/ { /^5\t/d }" "$1"'
}
