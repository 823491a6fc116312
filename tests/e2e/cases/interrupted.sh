# shellcheck shell=bash
# Something ends the run in the middle. Afterwards the tracker is as it was, nothing half-written passes for a backup, the last
# good one is still there, and the next run is an ordinary one.

# interrupted_run JSON PHASE COMMAND...: a good backup, then one that COMMAND meets in PHASE. Sets CODE.
interrupted_run() {
  stack_up sqlite "" "${BIG}"
  backup_install "$1"
  expect_exit 0 backup_run
  GOOD=$(backup_listing)
  BEFORE=$(stack_tracker '{{.Id}}')
  backup_start
  host_until "$2"
  "${@:3}"
  CODE=0
  backup_wait || CODE=$?
  note "exit code ${CODE}"
}

# The interrupted run has added nothing and taken nothing.
expect_only_good() {
  expect_equal "databases under good names" "$(backup_listing)" "${GOOD}"
}

expect_tracker_running() {
  host_until '[[ $(docker inspect --format "{{.State.Status}}" tracker) == running ]]'
  expect_equal "tracker's container" "$(stack_tracker '{{.Id}}')" "${BEFORE}"
  stack_wait
}

# What a killed script has started may end its work first, and keeps the lock until then; so does the recovery after a boot.
expect_next_run_good() {
  host_until 'flock --nonblock /opt/torrust/storage/backup/.lock true'
  expect_exit 0 backup_run
  expect_tracker_running
  expect_backups_sound
  expect_restorable "$(backup_newest)"
  host_sh '! docker ps -aq --filter name=tracker-backup-run | grep -q .' || fail "the backup container is still there"
}

interrupted_by_term() { # JSON PHASE
  interrupted_run "$1" "$2" backup_signal TERM
  expect_equal "exit code" "${CODE}" 143
  expect_tracker_running
  expect_only_good
  expect_backups_sound
  expect_log 'ERROR: .*143'
  expect_next_run_good
}

case_term_in_window() {
  interrupted_by_term "${SLOW_WINDOW}" "${AT_WINDOW}"
}

case_term_in_compression() {
  interrupted_by_term "${SLOW}" "${AT_COMPRESSION}"
}

interrupted_by_kill() { # JSON PHASE
  interrupted_run "$1" "$2" backup_signal KILL
  expect_equal "exit code" "${CODE}" 137
  expect_next_run_good
}

case_kill_in_window() {
  interrupted_by_kill "${SLOW_WINDOW}" "${AT_WINDOW}"
}

case_kill_in_compression() {
  interrupted_by_kill "${SLOW}" "${AT_COMPRESSION}"
}

# Nine moments spread over a run, so that no phase is left out: SIGKILL for the script, then for what it has started.
case_killed_at_any_moment() {
  stack_up sqlite "" 150000
  backup_install '{"backup": {"strategy": "pause"}}'
  local started=${EPOCHREALTIME} whole part
  expect_exit 0 backup_run
  whole=$(awk -v a="${started}" -v b="${EPOCHREALTIME}" 'BEGIN { print b - a }')
  BEFORE=$(stack_tracker '{{.Id}}')
  for part in 1 2 3 4 5 6 7 8 9; do
    backup_start
    sleep "$(awk -v whole="${whole}" -v part="${part}" 'BEGIN { print whole * part / 10 }')"
    backup_signal KILL || :                                   # it may have ended already
    host_sh 'docker kill tracker-backup-run' &>/dev/null || : # not yet there, or no longer
    backup_wait || :
    expect_next_run_good
  done
}

kill_container() {
  docker exec "${HOST}" docker kill tracker-backup-run
}

case_container_killed_in_compression() {
  interrupted_run "${SLOW}" "${AT_COMPRESSION}" kill_container
  expect_equal "exit code" "${CODE}" 4
  expect_tracker_running
  expect_only_good
  expect_next_run_good
}

kill_engine() {
  host_sh 'kill -KILL "$(cat /run/docker.pid)"; sleep 1'
  host_wait
}

# Docker 26 that is killed while it stops or starts a container may keep the ports of that container to itself when it is back. Nobody
# can start it then, until Docker is started again: that is the operator's, the log says why, and the next run puts the tracker back.
# An engine that is back in time costs the run nothing but the wait.
case_engine_killed_in_window() {
  interrupted_run "${SLOW_WINDOW}" "${AT_WINDOW}" kill_engine
  if ((CODE == 8)); then
    expect_log 'ERROR: The tracker is not back .*port is already allocated'
    host_sh 'systemctl restart docker'
    host_wait
  else
    expect_tracker_running
  fi
  expect_next_run_good
}

# An engine that was killed does not start again what ran under it, with or without a backup: that is the operator's.
# The backup container may have ended its work by itself, so there may be one more, and it is good.
case_engine_killed_in_compression() {
  interrupted_run "${SLOW}" "${AT_COMPRESSION}" kill_engine
  [[ ${CODE} != 0 ]] || fail "the run saw no fault"
  expect_backups_sound
  host_sh 'docker start tracker' >/dev/null
  expect_next_run_good
}

power_cut() {
  host_power_cut
  host_power_on
}

# The unit that reads the state file at boot puts the tracker back; nobody logs in.
case_power_cut_in_window() {
  interrupted_run "${SLOW_WINDOW}" "${AT_WINDOW}" power_cut
  expect_tracker_running
  expect_only_good
  expect_next_run_good
}

case_power_cut_while_paused() {
  interrupted_run '{"backup": {"strategy": "pause"}}' "${AT_WINDOW}" power_cut
  expect_tracker_running
  expect_only_good
  expect_next_run_good
}

case_power_cut_in_compression() {
  interrupted_run "${SLOW}" "${AT_COMPRESSION}" power_cut
  expect_tracker_running
  expect_only_good
  expect_next_run_good
}
