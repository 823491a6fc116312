# shellcheck shell=bash
# A tracker that will not be held, or will not come back; and one that nobody may touch.

# setting NAME VALUE: as an operator would, in the installed settings.
setting() {
  host_sh 'sed -i "s/^$1=.*/$1=\x27$2\x27/" /etc/tracker-backup/backup.conf' "$@"
}

in_window() { # [JOURNAL_MODE]
  stack_up sqlite "${1:-}"
  backup_install '{"backup": {"strategy": "maintenance-window"}}'
}

# Killed after the grace period: its journal is hot, so the copy must take it along and replay it.
case_tracker_does_not_stop() {
  in_window
  setting STOP_TIMEOUT_SECONDS 3
  stack_misbehave deaf
  expect_exit 0 backup_run
  expect_log 'WARNING: .*did not stop'
  expect_equal "tracker" "$(stack_tracker '{{.State.Status}}')" running
  expect_restorable "$(backup_newest)"
}

case_tracker_does_not_start() {
  in_window
  setting HEALTH_TIMEOUT_SECONDS 8
  stack_misbehave no-start
  expect_exit 8 backup_run
  expect_log 'ERROR: .*tracker'
}

case_tracker_is_unhealthy_afterwards() {
  in_window
  setting HEALTH_TIMEOUT_SECONDS 8
  stack_misbehave unhealthy
  expect_exit 8 backup_run
  expect_log 'ERROR: .*not healthy'
  expect_restorable "$(backup_newest)"
}

case_operator_stopped_the_tracker() {
  in_window
  host_sh 'docker stop --signal INT tracker' >/dev/null
  local before
  before=$(stack_tracker)
  expect_exit 0 backup_run
  expect_equal "tracker" "$(stack_tracker)" "${before}"
  expect_restorable "$(backup_newest)"
}

# The window is not longer than that of a bare stop, copy and start, and the container stays the same.
case_window_is_short() {
  in_window
  probe_start
  local started
  started=${EPOCHREALTIME}
  expect_exit 0 backup_run
  probe_stop
  local gap
  gap=$(probe_gap write "${started}" "${EPOCHREALTIME}")
  note "longest gap in writes ${gap} s"
  host_sh 'docker logs tracker |& grep "tracker stopped"' || fail "the tracker was not stopped but killed"
  expect_less "longest gap in writes" "${gap}" 10
}

# Each insists on what this host cannot keep: refused before anything is touched.
refused() { # JOURNAL_MODE JSON
  stack_up sqlite "$1"
  backup_install "$2"
  local before
  before=$(stack_tracker)
  expect_exit 2 backup_run
  expect_equal "tracker" "$(stack_tracker)" "${before}"
  expect_equal "databases under good names" "$(backup_listing)" ""
}

case_online_without_wal_is_refused() {
  refused "" '{"backup": {"strategy": "online"}}'
}

case_too_long_a_pause_is_refused() {
  refused "" '{"backup": {"strategy": "pause", "max_downtime_seconds": 0}}'
}
