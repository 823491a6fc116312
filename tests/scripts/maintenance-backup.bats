#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154  # code for another shell in single quotes; variables of bats and helpers
# maintenance-backup.sh and lib/host.sh: what they do to the tracker, and that they always put it back.

bats_require_minimum_version 1.5.0
load helpers

setup() { tracker_world; }

teardown() { [[ -z ${BACKGROUND:-} ]] || end_background; }

# order WORD...: Docker was called with these words, in this order.
order() { [[ $(grep -oE '^(pause|unpause|stop|start|rm)|compose.* run .*backup (plan|run)' "${W}/docker.log" | sed 's/.* //' | paste -sd ' ') == "$*" ]]; }

# --- nothing is held without need -------------------------------------------------------------------------------------

@test "in rollback mode the copy is made under a lock, and the tracker is never touched" {
  maintenance
  [[ ${status} -eq 0 && ${output} == *'INFO: Backup completed successfully'* ]]
  order plan run
  only 'backups/sqlite/sqlite_*.db.gz'
  only 'backups/config/config_*.tar.gz'
}

@test "database and configuration carry the same run id" {
  maintenance
  [[ $(jq -s 'map(.run_id) | unique | length' "${W}"/backups/*/*.meta) -eq 1 ]]
}

@test "the configuration is compressed as the databases are" {
  setting COMPRESSION zstd
  maintenance
  [[ ${status} -eq 0 ]]
  zstd -dc "$(only 'backups/config/config_*.tar.zst')" | tar -t | grep -qx "${W#/}/deploy/.env"
  setting COMPRESSION none
  maintenance
  [[ ${status} -eq 0 ]]
  tar -tf "$(only 'backups/config/config_*.tar')" | grep -qx "${W#/}/deploy/.env"
}

@test "everything below the backup directory is private and belongs to the container's user" {
  maintenance
  [[ $(stat -c '%a %u' "${W}/backups") == '700 1000' ]]
  [[ -z $(find "${W}/backups/config" -type f \( -not -perm 600 -o -not -uid 1000 \)) ]]
  [[ $(stat -c '%a %u' "${W}/backups/.lock") == '600 1000' ]]
}

# --- pause and window -------------------------------------------------------------------------------------------------

@test "a pause is taken, released, and measured" {
  setting STRATEGY pause
  maintenance
  [[ ${status} -eq 0 && ${output} == *'INFO: Tracker resumed successfully'* && ${output} == *'Tracker was down for 0.'* ]]
  order plan pause unpause run
  [[ $(tracker) == running && ! -e ${W}/state/held ]]
  [[ $(meta .strategy) == pause && $(meta '.downtime_seconds > 0') == true ]]
}

@test "a maintenance window stops and starts" {
  setting STRATEGY maintenance-window
  maintenance
  [[ ${status} -eq 0 && ${output} == *'INFO: Tracker stopped successfully'*'INFO: Tracker started successfully'* ]]
  order plan stop start run
  called 'stop --signal SIGINT -t 2 tracker-id'
  [[ $(tracker) == running ]]
}

@test "a Docker that knows no signal for a stop stops all the same" {
  setting STRATEGY maintenance-window
  sed -i "s|^  stop\*)|  stop*--signal*) echo 'unknown flag: --signal' >\&2; exit 125 ;;\n&|" "${W}/bin/docker"
  maintenance
  [[ ${status} -eq 0 ]]
  called 'stop -t 2 tracker-id'
}

@test "rollback mode on a slow disk leads to a pause by itself, with the reason" {
  echo 10000 >"${W}/backups/.copy-rate"
  maintenance
  [[ ${status} -eq 0 && ${output} == *'Tracker: pause, because rollback mode, and writes would wait longer than max_write_wait_seconds (3); predicted downtime'* ]]
  order plan pause unpause run
}

@test "the state file is there before Docker is asked, and says what to undo" {
  setting STRATEGY pause
  sed -i "s|^  pause\*)|  pause*) cp ${W}/state/held ${W}/held-at-pause;|" "${W}/bin/docker"
  maintenance
  [[ $(<"${W}/held-at-pause") =~ ^pause\ tracker-id\ [0-9_]+$ ]]
}

@test "a copy of a frozen writer holds the invariant" {
  setting STRATEGY pause
  local round file
  in_background writer
  echo "${BACKGROUND}" >"${W}/writer.pid"
  for round in 1 2 3; do
    maintenance
    [[ ${status} -eq 0 ]]
    file=$(compgen -G "${W}/backups/sqlite/*.db.gz" | sort | tail -n 1)
    restore "${file}"
    [[ $(invariant "${W}/restored.db") == 1 ]]
  done
}

@test "where pausing fails, auto stops instead" {
  echo 10000 >"${W}/backups/.copy-rate"
  echo 'freezer: no such cgroup' >"${W}/fail-pause"
  maintenance
  [[ ${status} -eq 0 && ${output} == *'Pausing fails, so the tracker is stopped: freezer'* ]]
  order plan pause pause stop start run
  [[ $(tracker) == running && $(meta .strategy) == maintenance-window ]]
}

@test "where pausing fails and was asked for, the run fails and the tracker runs" {
  setting STRATEGY pause
  echo 'freezer: no such cgroup' >"${W}/fail-pause"
  maintenance
  [[ ${status} -eq 4 && ${output} == *'freezer: no such cgroup'* && $(tracker) == running && ! -e ${W}/state/held ]]
}

@test "a tracker that the operator stopped stays stopped, and is backed up" {
  setting STRATEGY maintenance-window
  echo exited >"${W}/tracker"
  maintenance
  [[ ${status} -eq 0 && ${output} == *'is left as it is'* && $(tracker) == exited ]]
  order plan run
  only 'backups/sqlite/sqlite_*.db.gz'
}

@test "a tracker that the operator paused stays paused" {
  setting STRATEGY pause
  echo paused >"${W}/tracker"
  maintenance
  [[ ${status} -eq 0 && $(tracker) == paused ]]
  order plan run
}

@test "no tracker container at all is no obstacle" {
  setting STRATEGY pause
  echo absent >"${W}/tracker"
  maintenance
  [[ ${status} -eq 0 ]]
  order plan run
}

@test "a copy that fails in the window puts the tracker back and leaves nothing" {
  setting STRATEGY pause
  tool cp 'echo "cp: error writing: No space left on device" >&2; exit 1'
  PATH=${W}/tools:${PATH} maintenance
  [[ ${status} -eq 6 && ${output} == *'No space left'* && $(tracker) == running ]]
  [[ -z $(find "${W}/backups/sqlite" -type f) ]]
}

@test "a copy that takes longer than max_downtime_seconds is ended, and the tracker is back" {
  setting STRATEGY pause
  setting MAX_DOWNTIME_SECONDS 1
  tool cp 'case "$*" in *raw*) exec sleep 20 ;; esac; exec /bin/cp "$@"'
  PATH=${W}/tools:${PATH} maintenance
  [[ ${status} -eq 10 && $(tracker) == running ]]
}

@test "a tracker that does not come back is exit code 8, and the state file stays for the next attempt" {
  setting STRATEGY maintenance-window
  setting HEALTH_TIMEOUT_SECONDS 1
  echo 'port is already allocated' >"${W}/fail-start"
  maintenance
  [[ ${status} -eq 8 && ${output} == *'port is already allocated'* && -s ${W}/state/held ]]
  rm "${W}/fail-start"
  maintenance --recover
  [[ ${status} -eq 0 && $(tracker) == running && ! -e ${W}/state/held ]]
}

@test "an unhealthy tracker is exit code 8, and the backup is finished all the same" {
  setting STRATEGY maintenance-window
  setting HEALTH_TIMEOUT_SECONDS 1
  echo unhealthy >"${W}/health"
  maintenance
  [[ ${status} -eq 8 && ${output} == *'not healthy after 1 s: running unhealthy'* ]]
  only 'backups/sqlite/sqlite_*.db.gz'
}

@test "health is waited for" {
  setting STRATEGY maintenance-window
  echo starting >"${W}/health"
  (
    sleep 1.5
    echo healthy >"${W}/health"
  ) 3>&- &
  maintenance
  [[ ${status} -eq 0 ]]
}

# with_index: a second database, which is not the tracker's.
with_index() {
  sqlite3 "${W}/data/index.db" 'CREATE TABLE t(v); INSERT INTO t VALUES (1)'
  printf 'index sqlite3 sqlite-index %s %s\n' "${W}/data/index.db" "${W}/data/index.db" >>"${W}/etc/databases"
}

@test "a copy that fails while the tracker stands still costs neither the configuration nor the other databases" {
  with_index
  setting STRATEGY pause
  setting MAX_DOWNTIME_SECONDS 1
  tool cp 'case "$*" in *sqlite_*raw*) exec sleep 20 ;; esac; exec /bin/cp "$@"'
  PATH=${W}/tools:${PATH} maintenance
  [[ ${status} -eq 10 && $(tracker) == running && $(grep -c 'ERROR: Copying' <<<"${output}") -eq 1 && ${output} != *'needs the host'* ]]
  [[ -s $(only 'backups/config/*.tar.gz') && -s $(only 'backups/sqlite/sqlite-index_*.db.gz') && -z $(compgen -G "${W}/backups/sqlite/sqlite_*") ]]
}

@test "how far a copy came within its time tells the next run" {
  setting STRATEGY pause
  setting MAX_DOWNTIME_SECONDS 1
  sqlite3 "${DB}" 'CREATE TABLE pad(x); INSERT INTO pad SELECT randomblob(1000000) FROM generate_series(1, 150)'
  tool cp 'case "$*" in *raw*) for to; do :; done; head -c 70000000 "${W}/data/tracker.db" >"${to}"; exec sleep 20 ;; esac; exec /bin/cp "$@"'
  PATH=${W}/tools:${PATH} maintenance
  [[ ${status} -eq 10 && $(stat -c %u "${W}/backups/.copy-rate") -eq 1000 ]]
  : >"${W}/docker.log"
  maintenance
  [[ ${status} -eq 2 && ${output} == *'longer than max_downtime_seconds'* ]]
  refute called '^pause'
  # A week later it is measured anew; so is what cannot be a rate.
  touch -d '8 days ago' "${W}/backups/.copy-rate"
  maintenance
  [[ ${status} -eq 0 ]]
  head -c 9 /dev/zero >"${W}/backups/.copy-rate"
  maintenance
  [[ ${status} -eq 0 ]]
}

@test "a tracker that is restarting is stopped for the copy" {
  setting STRATEGY pause
  echo restarting >"${W}/tracker"
  maintenance
  [[ ${status} -eq 0 && $(tracker) == running ]]
  called '^stop'
}

@test "a copy beside which somebody starts the tracker is no backup" {
  setting STRATEGY pause
  echo exited >"${W}/tracker"
  tool cp 'case "$*" in *raw*) echo running >"${W}/tracker" ;; esac; exec /bin/cp "$@"'
  PATH=${W}/tools:${PATH} maintenance
  [[ ${status} -eq 4 && ${output} == *'started the tracker meanwhile'* && -z $(compgen -G "${W}/backups/sqlite/*") ]]
}

@test "what Compose quotes of .env stays out of the log" {
  mv "${W}/bin/docker" "${W}/bin/fake"
  # The real one reads the project, the daemon pretends.
  printf '#!/bin/bash\n[[ $* != *" config "* ]] || exec docker-compose "${@:2}"\nexec "%s" "$@"\n' "${W}/bin/fake" >"${W}/bin/docker"
  chmod 755 "${W}/bin/docker"
  printf 'services: {backup: {image: "tracker-backup:1", profiles: [backup], environment: {P: "${MYSQL_PASSWORD}"}}}\n' >"${W}/deploy/docker-compose.yml"
  local line
  for line in "MYSQL_PASSWORD='hunter2-secret" 'ADMIN-TOKEN!=hunter2-secret'; do
    printf '%s\n' "${line}" >"${W}/deploy/.env"
    maintenance
    [[ ${status} -eq 2 && ${output} == *'ERROR: Docker Compose cannot read the project'*'docker compose config'* && ${output} != *hunter2* ]]
  done
}

# --- interruptions ----------------------------------------------------------------------------------------------------

# in_window SIGNAL: sends it while the copy is under way; sets STATUS.
in_window() {
  tool cp 'case "$*" in *raw*) touch "${W}/copying"; exec sleep 20 ;; esac; exec /bin/cp "$@"'
  PATH=${W}/tools:${PATH} setsid "${HOST}/maintenance-backup.sh" >"${W}/out" 2>&1 3>&- &
  local main=$!
  until [[ -e ${W}/copying ]]; do sleep 0.05; done
  STATUS=0
  if [[ $1 == KILL ]]; then pkill -KILL --session "${main}"; else kill "-$1" "${main}"; fi
  wait "${main}" || STATUS=$?
}

@test "SIGTERM in the window puts the tracker back and leaves nothing" {
  setting STRATEGY pause
  in_window TERM
  [[ ${STATUS} -eq 143 && $(tracker) == running && ! -e ${W}/state/held ]]
  grep -q 'Stopping on SIGTERM' "${W}/out"
  [[ -z $(find "${W}/backups/sqlite" -type f) ]]
}

@test "a kill -9 in the window is repaired by --recover" {
  setting STRATEGY pause
  in_window KILL
  [[ $(tracker) == paused && -s ${W}/state/held ]]
  maintenance --recover
  [[ ${status} -eq 0 && ${output} == *'resumed'* && $(tracker) == running && ! -e ${W}/state/held ]]
}

@test "a kill -9 in the window is repaired by the next run, which also clears up" {
  setting STRATEGY maintenance-window
  in_window KILL
  [[ $(tracker) == exited ]]
  sleep 1
  maintenance
  [[ ${status} -eq 0 && ${output} == *'An earlier run was interrupted'* && $(tracker) == running ]]
  [[ $(compgen -G "${W}/backups/sqlite/*" | wc -l) -eq 3 ]]
}

@test "after a reboot a tracker that Docker started already is left alone" {
  echo 'pause tracker-id 20260204_030000' >"${W}/state/held"
  maintenance --recover
  [[ ${status} -eq 0 && $(tracker) == running && ! -e ${W}/state/held ]]
  refute called '^start'
}

# Docker goes on stopping a container when the client that asked for it is gone.
@test "a stop that nobody waited for is awaited, then the tracker is started" {
  echo 'maintenance-window tracker-id 20260204_030000' >"${W}/state/held"
  setting STOP_TIMEOUT_SECONDS 20
  (sleep 2 && echo exited >"${W}/tracker") 3>&- &
  maintenance --recover
  [[ ${status} -eq 0 && $(tracker) == running && ! -e ${W}/state/held ]]
  called '^start tracker-id'
}

@test "a tracker that never stopped is given back after the time that a stop may take" {
  echo 'maintenance-window tracker-id 20260204_030000' >"${W}/state/held"
  maintenance --recover
  [[ ${status} -eq 0 && $(tracker) == running && ! -e ${W}/state/held ]]
  refute called '^start'
}

@test "a tracker that was started since is given back at once" {
  echo 'maintenance-window tracker-id 20260204_030000' >"${W}/state/held"
  setting STOP_TIMEOUT_SECONDS 60
  echo "$((EPOCHSECONDS + 5))" >"${W}/started"
  SECONDS=0
  maintenance --recover
  [[ ${status} -eq 0 && ${SECONDS} -lt 30 && ! -e ${W}/state/held ]]
}

@test "a container that was removed meanwhile is not waited for, tonight or ever" {
  echo 'stop old-id 20260204_030000' >"${W}/state/held"
  sed -i "s|^  inspect\*old|&|; s|^  inspect\*Health|  inspect*old-id) echo 'Error: No such object: old-id' >\&2; exit 1 ;;\n&|" "${W}/bin/docker"
  maintenance
  [[ ${status} -eq 0 && ${output} == *'WARNING'*'nothing to put back'* && ! -e ${W}/state/held ]]
}

@test "it works from any directory, by any name" {
  ln -s "${HOST}/maintenance-backup.sh" "${W}/link"
  cd "${W}" || return
  run ./link
  [[ ${status} -eq 0 ]]
  only 'backups/config/config_*.tar.gz'
}

@test "--recover without a state file does nothing" {
  echo exited >"${W}/tracker"
  maintenance --recover
  [[ ${status} -eq 0 && -z ${output} && $(tracker) == exited ]]
}

@test "the container of a killed run is ended first" {
  echo dead-container >"${W}/left-container"
  maintenance
  [[ ${status} -eq 0 && ${output} == *'container of an interrupted run'* ]]
  order rm plan run
}

@test "a second run is refused, says who holds the lock, and touches nothing" {
  echo 'stop tracker-id 20260204_030000' >"${W}/state/held"
  echo exited >"${W}/tracker"
  flock "${W}/backups/.lock" sleep 5 3>&- &
  sleep 0.3
  echo 'the first since today' >"${W}/backups/.lock"
  maintenance
  kill %1
  [[ ${status} -eq 9 && ${output} == *'the first since today'* ]]
  [[ $(tracker) == exited && -s ${W}/state/held && ! -e ${W}/state/status.json ]]
}

# --- checks before anything -------------------------------------------------------------------------------------------

@test "a missing image is built before anything is touched" {
  setting STRATEGY pause
  rm "${W}/image"
  maintenance
  [[ ${status} -eq 0 && ${output} == *'is missing'* ]]
  [[ $(grep -nE ' build |^pause' "${W}/docker.log" | sed 's/:.*//' | sort -n | paste -sd ' ') == $(grep -nE ' build |^pause' "${W}/docker.log" | sed 's/:.*//' | paste -sd ' ') ]]
  [[ $(grep -oE ' build |^pause' "${W}/docker.log" | tr -d ' ' | paste -sd ' ') == 'build pause' ]]
}

@test "an operator's own image is pulled" {
  rm "${W}/image"
  echo '{"services":{"backup":{"image":"registry.example/backup:1"}}}' >"${W}/compose.json"
  maintenance
  called 'pull --quiet registry.example/backup:1'
}

@test "an image that cannot be had is exit code 2, and nothing is touched" {
  rm "${W}/image"
  echo 'no route to host' >"${W}/fail-build"
  setting STRATEGY pause
  maintenance
  [[ ${status} -eq 2 && ${output} == *'no route to host'* ]]
  refute called '^pause'
}

@test "no Docker, no compose file, no backup service: exit code 2 each" {
  echo 'Cannot connect to the Docker daemon' >"${W}/fail-version"
  maintenance
  [[ ${status} -eq 2 && ${output} == *'Cannot connect'* ]]
  rm "${W}/fail-version"
  echo '{"services":{}}' >"${W}/compose.json"
  maintenance
  [[ ${status} -eq 2 && ${output} == *'no backup service'* ]]
  rm "${W}/deploy/docker-compose.yml"
  maintenance
  [[ ${status} -eq 2 && ${output} == *'No docker-compose.yml'* ]]
  rmdir "${W}/deploy" 2>/dev/null || rm -r "${W}/deploy"
  maintenance
  [[ ${status} -eq 2 ]]
}

@test "a full disk is found before anything is touched" {
  setting STRATEGY pause
  tool df 'printf "Avail\n1000\n"'
  PATH=${W}/tools:${PATH} maintenance
  [[ ${status} -eq 6 && ${output} == *'MiB are needed'* ]]
  refute called '^pause'
}

@test "a log that cannot be written costs no backup" {
  setting STRATEGY pause
  run bash -c '"$1" >/dev/full 2>&1' _ "${HOST}/maintenance-backup.sh"
  [[ ${status} -eq 0 && $(tracker) == running ]]
  only 'backups/sqlite/sqlite_*.db.gz'
  only 'backups/config/config_*.tar.gz'
}

@test "without a state file the tracker is not touched" {
  setting STRATEGY pause
  ln -s /dev/full "${W}/state/held"
  maintenance
  [[ ${status} -eq 6 && ${output} == *'cannot be held'* ]]
  refute called '^pause'
}

@test "a status that cannot be written is a warning" {
  ln -s /dev/full "${W}/state/status.json.partial"
  maintenance
  [[ ${status} -eq 0 && ${output} == *'WARNING: The status file'* ]]
}

@test "a damaged status file is replaced" {
  echo '{"last_good": {' >"${W}/state/status.json"
  maintenance
  [[ ${status} -eq 0 && $(jq .last_run.exit_code "${W}/state/status.json") == 0 ]]
}

@test "when no path at all is there, that is said" {
  printf 'required %s\n' "${W}/gone" >"${W}/etc/paths"
  maintenance
  [[ ${status} -eq 2 && ${output} == *'No path of'* ]]
  only 'backups/sqlite/sqlite_*.db.gz'
}

@test "a failure of the container is the run's exit code, told once" {
  rm "${DB}"
  maintenance
  [[ ${status} -eq 3 && $(grep -c 'there is no database' <<<"${output}") -eq 1 ]]
  [[ ${output} == *'Backup failed (exit code 3)'* ]]
}

@test "an archive that cannot be compressed gets no name" {
  tool pigz 'cat >/dev/null; echo "pigz: broken" >&2; exit 1'
  PATH=${W}/tools:${PATH} maintenance
  [[ ${status} -eq 4 && ${output} == *'pigz: broken'* ]]
  [[ -z $(find "${W}/backups" -type f -not -name .lock -not -name .copy-rate) ]]
}

@test "a container that is killed is exit code 4" {
  tool pigz 'kill -9 $(cat "${W}/container")'
  sed -i 's|^    "${IMAGE}/backup.sh"|    echo $BASHPID >"${W}/container"; exec "${IMAGE}/backup.sh"|' "${W}/bin/docker"
  PATH=${W}/tools:${PATH} maintenance
  [[ ${status} -eq 4 ]]
  [[ $(tracker) == running ]]
}

@test "an engine that does not answer is exit code 2, and nothing was tried" {
  echo 'Cannot connect to the Docker daemon' >"${W}/fail-version"
  maintenance
  [[ ${status} -eq 2 && ${output} == *'Docker does not answer'*'Cannot connect'* ]]
  refute called 'stop\|pause\| run '
}

@test "a container that hangs as a whole is exit code 10" {
  setting STEP_TIMEOUT_SECONDS 1
  sed -i "s|^  \*' run '\*)|  *' run '*' run '*) exec sleep 30 ;;\n&|" "${W}/bin/docker"
  maintenance
  [[ ${status} -eq 10 && ${output} == *'did not end within 6 s'* ]]
}

@test "a container that cannot start is exit code 4, with Docker's words" {
  echo 'network database_network not found' >"${W}/fail-run"
  maintenance
  [[ ${output} == *'network database_network not found'* && ${status} -eq 4 ]]
}

# --- the configuration archive ----------------------------------------------------------------------------------------

@test "no temporary file is left" {
  mkdir "${W}/tmp"
  export TMPDIR=${W}/tmp
  maintenance
  rm "${DB}"
  maintenance
  maintenance --list
  maintenance --status
  [[ -z $(ls -A "${W}/tmp") ]]
}

@test "the archive holds files, directories and what is hidden in them" {
  mkdir -p "${W}/deploy/caddy/.hidden"
  echo secret >"${W}/deploy/caddy/.hidden/key"
  printf 'required %s\noptional %s\n' "${W}/deploy/caddy" "${W}/deploy/none" >>"${W}/etc/paths"
  maintenance
  [[ ${status} -eq 0 ]]
  tar -tzf "$(only 'backups/config/config_*.tar.gz')" | grep -qx "${W#/}/deploy/caddy/.hidden/key"
  tar -tzf "$(only 'backups/config/config_*.tar.gz')" | grep -qx "${W#/}/deploy/.env"
}

@test "a required path that is missing is named and fails the run, but costs no database" {
  printf 'required %s\n' "${W}/deploy/tracker.toml" >>"${W}/etc/paths"
  maintenance
  [[ ${status} -eq 2 && ${output} == *"Required, but not there: ${W}/deploy/tracker.toml"* ]]
  only 'backups/sqlite/sqlite_*.db.gz'
  only 'backups/config/config_*.tar.gz'
}

@test "a path with spaces in it is one path" {
  echo x >"${W}/deploy/a b"
  printf 'required %s\n' "${W}/deploy/a b" >>"${W}/etc/paths"
  maintenance
  [[ ${status} -eq 0 ]]
  tar -tzf "$(only 'backups/config/config_*.tar.gz')" | grep -qx "${W#/}/deploy/a b"
}

@test "backups and live databases do not get into the archive" {
  printf 'required %s\n' "${W}" >>"${W}/etc/paths"
  maintenance
  refute tar -tzf "$(only 'backups/config/config_*.tar.gz')" "${W#/}/data/tracker.db"
  refute tar -tzf "$(only 'backups/config/config_*.tar.gz')" "${W#/}/backups"
}

@test "a file that changes while it is read is a warning" {
  tool tar '/bin/tar "$@"; echo "tar: x: file changed as we read it" >&2; exit 1'
  PATH=${W}/tools:${PATH} maintenance
  [[ ${status} -eq 0 && ${output} == *'WARNING'*'file changed as we read it'* ]]
  only 'backups/config/config_*.tar.gz'
}

@test "a file that cannot be read is named, and there is no archive" {
  tool tar '/bin/tar "$@"; echo "tar: etc/secret: Cannot open: Permission denied" >&2; exit 2'
  PATH=${W}/tools:${PATH} maintenance
  [[ ${status} -eq 4 && ${output} == *'etc/secret: Cannot open'* ]]
  refute compgen -G "${W}/backups/config/*"
  only 'backups/sqlite/sqlite_*.db.gz'
}

# --- by hand ----------------------------------------------------------------------------------------------------------

@test "a dry run shows decision and retention, and changes nothing" {
  setting STRATEGY pause
  setting KEEP_LAST 1
  fake_backup 20250101_030000
  maintenance --dry-run
  [[ ${status} -eq 0 && ${output} == *'tracker: pause, because'* && ${output} == *'Would remove'*20250101_030000* ]]
  [[ ! -e ${W}/state/status.json && $(compgen -G "${W}/backups/*/*.gz" | wc -l) -eq 1 ]]
  refute called '^pause'
}

@test "a dry run does not build a missing image" {
  rm "${W}/image"
  maintenance --dry-run
  [[ ${status} -eq 2 && ${output} == *'is missing'* ]]
  refute called ' build '
}

@test "--status tells the last run and the last good one" {
  maintenance --status
  [[ ${status} -eq 2 ]]
  maintenance
  local good
  good=$(jq -r .last_good.run_id "${W}/state/status.json")
  rm "${DB}"
  sleep 1
  maintenance
  maintenance --status
  [[ ${output} == *'exit code 3'*"last good: ${good}"*'next due:  20'*Z ]]
  maintenance --status --json
  [[ $(jq -r '.last_run.exit_code' <<<"${output}") == 3 ]]
}

# verdict TIME DATABASE VERDICT: as a drill leaves it.
verdict() { jq -nc --arg t "$1" --arg d "$2" --arg v "$3" '{time: $t, database: $d, verdict: $v}' >>"${W}/state/drills.jsonl"; }

# last_drill: by both forms of --status, which must agree.
last_drill() {
  maintenance --status
  [[ ${status} -eq 0 ]] || { echo "${output}" && return 1; }
  sed -n 's/^last drill: //p' <<<"${output}"
  maintenance --status --json
  [[ ${status} -eq 0 ]] && jq -r '.last_drill | if . then "\(.time), \(.database): \(.verdict)" else "none" end' <<<"${output}"
}

@test "--status tells the worst of the last drills of each database that is backed up here" {
  maintenance
  [[ $(last_drill) == $'none\nnone' ]]
  verdict 2026-02-01T04:00:00Z tracker ok
  [[ $(last_drill) == $'2026-02-01T04:00:00Z, tracker: ok\n2026-02-01T04:00:00Z, tracker: ok' ]]
  echo 'index sqlite3 index /x /x' >>"${W}/etc/databases"
  verdict 2026-02-08T04:00:00Z tracker failed
  verdict 2026-02-08T04:00:01Z index ok
  [[ $(last_drill) == $'2026-02-08T04:00:00Z, tracker: failed\n2026-02-08T04:00:00Z, tracker: failed' ]]
  verdict 2026-02-15T04:00:00Z tracker ok
  verdict 2026-02-15T04:00:01Z index ok
  # Of one that is no longer backed up there will never be a better one.
  verdict 2026-02-15T04:00:02Z former failed
  [[ $(last_drill) == $'2026-02-15T04:00:01Z, index: ok\n2026-02-15T04:00:01Z, index: ok' ]]
}

@test "--status does not mind a line of the drills that a power cut has damaged" {
  maintenance
  printf '{"time":"2026-02\n\0\0\n7\n{}\n' >"${W}/state/drills.jsonl"
  [[ $(last_drill) == $'none\nnone' ]]
  verdict 2026-02-08T04:00:00Z tracker failed
  printf '{"time":"2026-02-15T04:00:00Z","database":"trac' >>"${W}/state/drills.jsonl"
  [[ $(last_drill) == $'2026-02-08T04:00:00Z, tracker: failed\n2026-02-08T04:00:00Z, tracker: failed' ]]
}

@test "with nothing scheduled nothing is due" {
  setting SCHEDULE_ENABLED false
  maintenance
  maintenance --status
  [[ ${output} == *'next due:  never'* ]]
}

# due SCHEDULE TIME: when the schedule fires next after that time.
due() {
  setting SCHEDULE "$1"
  try schedule "next_due $(date -d "$2" +%s)"
  [[ -z ${output} ]] || date -d "@${output}" '+%F %R'
}

@test "the next run is when cron's rule says" {
  [[ $(due '0 3 * * *' '2026-02-04 02:59:59') == '2026-02-04 03:00' ]]
  [[ $(due '0 3 * * *' '2026-02-04 03:00:00') == '2026-02-05 03:00' ]]
  [[ $(due '*/20 1-3,22 * * *' '2026-02-04 03:41') == '2026-02-04 22:00' ]]
  [[ $(due '5 4 * * 7' '2026-02-04 00:00') == '2026-02-08 04:05' ]]
  [[ $(due '5 4 * * 0' '2026-02-04 00:00') == '2026-02-08 04:05' ]]
  [[ $(due '10-30/7 3 1 3 *' '2026-03-01 03:17') == '2026-03-01 03:24' ]]
  # Two restricted day fields: either is enough. One that begins with a star: both must hold.
  [[ $(due '0 0 13 * 5' '2026-02-04 00:00') == '2026-02-06 00:00' ]]
  [[ $(due '0 0 */2 * 1' '2026-02-03 00:00') == '2026-02-09 00:00' ]]
  # A day that is years away, and one that never comes.
  [[ $(due '0 3 29 2 *' '2026-02-04 00:00') == '2028-02-29 03:00' ]]
  [[ $(due '0 3 29 2 *' '2096-03-01 00:00') == '2104-02-29 03:00' ]]
  [[ -z $(due '0 0 31 2 *' '2026-02-04 00:00') ]]
}

@test "the next run is told by the clock of the time zone" {
  setting TIMEZONE Asia/Kolkata
  [[ $(due '0 3 * * *' '2026-02-04 02:59:59') == '2026-02-04 21:30' ]]
  setting TIMEZONE Europe/Berlin
  [[ $(due '0 3 * * *' '2026-02-04 02:59:59') == '2026-02-05 02:00' ]]
  [[ $(due '0 3 * * *' '2026-07-04 02:59:59') == '2026-07-05 01:00' ]]
  # From a day of 22 hours to the first minutes of the next.
  setting TIMEZONE Antarctica/Troll
  [[ $(due '5 0 30 3 *' '2026-03-29 00:20') == '2026-03-29 22:05' ]]
}

@test "--list works without Docker" {
  fake_backup 20260101_030000
  rm "${W}/bin/docker"
  maintenance --list
  [[ ${status} -eq 0 && ${output} == 20260101_030000* ]]
}

@test "--json logs one object a line, the container's too" {
  maintenance --json
  [[ $(jq -s 'length > 3 and all(.[]; .level == "INFO")' <<<"${output}") == true ]]
}

@test "--help explains, an unknown option is exit code 2" {
  maintenance --help
  [[ ${status} -eq 0 && ${output} == *'Exit codes'* ]]
  maintenance --frobnicate
  [[ ${status} -eq 2 ]]
}
