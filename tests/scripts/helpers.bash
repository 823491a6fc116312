# shellcheck shell=bash
# A small world below BATS_TEST_TMPDIR: settings, a database, a backup directory, and a docker that only pretends.
# Everything else is the real thing: sqlite3, gzip, zstd, tar, flock.

IMAGE=${BATS_TEST_DIRNAME:?}/../../templates/image
HOST=${BATS_TEST_DIRNAME}/../../templates/host
export LC_ALL=C TZ=UTC

world() {
  export W=${BATS_TEST_TMPDIR:?}
  DB=${W}/data/tracker.db
  ID=20260204_030000
  mkdir -p "${W}"/{etc,data,backups,state,bin,deploy}
  export TRACKER_BACKUP_ETC=${W}/etc TRACKER_BACKUP_SHARE=${IMAGE}/..
  # Where the container finds the steps of a restore, and they the rest.
  export TRACKER_BACKUP_STEPS=${IMAGE}/../restore/steps TRACKER_BACKUP_HOME=${IMAGE}
  cat >"${W}/etc/backup.conf" <<CONF
ENVIRONMENT='prod'
DEPLOY_DIR='${W}/deploy'
BACKUP_DIRECTORY='${W}/backups'
SCHEDULE='0 3 * * *'
SCHEDULE_ENABLED='true'
SCHEDULER='cron'
TIMEZONE=''
STRATEGY='auto'
MAX_DOWNTIME_SECONDS='120'
MAX_WRITE_WAIT_SECONDS='3'
SQLITE_JOURNAL_MODE='keep'
COMPRESSION='gzip'
COMPRESSION_LEVEL='1'
RETENTION_DAYS='7'
KEEP_LAST='3'
KEEP_DAILY='0'
KEEP_WEEKLY='0'
KEEP_MONTHLY='0'
EXCLUDE_TABLES=''
STEP_TIMEOUT_SECONDS='60'
HEALTH_TIMEOUT_SECONDS='3'
STOP_TIMEOUT_SECONDS='2'
BACKUPS='${W}/backups'
STACK_ENV='${W}/deploy/.env'
STATE_DIRECTORY='${W}/state'
CONF
  printf 'tracker sqlite3 sqlite %s %s\n' "${DB}" "${DB}" >"${W}/etc/databases"
  printf 'required %s\n' "${W}/deploy/.env" >"${W}/etc/paths"
  printf "A='x'\n" >"${W}/deploy/.env"
  : >"${W}/deploy/docker-compose.yml"
}

# setting NAME VALUE: the last one wins, as in any sourced file.
setting() { printf "%s='%s'\n" "$1" "$2" >>"${W}/etc/backup.conf"; }

# make_database [rollback|wal]: the invariant is counter.n = count(ledger) = max(ledger.seq).
make_database() {
  sqlite3 "${DB}" "PRAGMA journal_mode=${1:-delete};
    CREATE TABLE torrents(id INTEGER PRIMARY KEY, info_hash TEXT NOT NULL UNIQUE, completed INTEGER NOT NULL);
    CREATE TABLE keys(id INTEGER PRIMARY KEY, key TEXT);
    CREATE TABLE counter(n INTEGER NOT NULL); CREATE TABLE ledger(seq INTEGER PRIMARY KEY);
    INSERT INTO counter VALUES (0);
    INSERT INTO torrents(info_hash, completed) SELECT hex(randomblob(20)), 0 FROM generate_series(1, ${2:-500});" >/dev/null
}

# tracker_world: a world with a database, and a tracker that runs in the docker that pretends.
tracker_world() {
  world
  fake_docker
  make_database
}

tracker() { cat "${W}/tracker"; }

# in_background COMMAND...: in a process group of its own, so that end_background ends all of it.
in_background() {
  set -m
  "$@" 3>&- &
  BACKGROUND=$!
  set +m
}

end_background() {
  kill -- "-${BACKGROUND}"
  # Its status is that of the signal.
  wait "${BACKGROUND}" || :
  BACKGROUND=
}

# Commits without pause.
writer() {
  while :; do
    sqlite3 -cmd '.timeout 5000' "${DB}" 'BEGIN IMMEDIATE; UPDATE counter SET n = n + 1;
      INSERT INTO ledger SELECT n FROM counter; UPDATE torrents SET completed = completed + 1 WHERE id = (SELECT 1 + n % 500 FROM counter); COMMIT;' 2>>"${W}/writer.errors"
  done
}

# restore FILE: unpacks a backup to restored.db.
restore() {
  case $1 in
    *.gz) gzip -dc "$1" ;;
    *.zst) zstd -q -dc "$1" ;;
    *) cat "$1" ;;
  esac >"${W}/restored.db"
}

invariant() {
  sqlite3 "$1" "SELECT (SELECT n FROM counter) = (SELECT count(*) FROM ledger)
    AND (SELECT n FROM counter) = (SELECT coalesce(max(seq), 0) FROM ledger)
    AND (SELECT n FROM counter) = (SELECT sum(completed) FROM torrents)"
}

# tool NAME TEXT: another program of that name, first in PATH=${W}/tools:${PATH}.
tool() {
  mkdir -p "${W}/tools"
  printf '#!/bin/sh\n%s\n' "$2" >"${W}/tools/$1"
  chmod 755 "${W}/tools/$1"
}

# only GLOB: the one file that matches.
only() {
  local files
  mapfile -t files < <(compgen -G "${W}/$1")
  [[ ${#files[@]} -eq 1 ]] && printf '%s\n' "${files[0]}"
}

meta() { jq -r "$1" "$(only 'backups/sqlite/*.meta')"; }

# fake_backup RUN_ID [VERDICT] [STEM]: what retention sees of one backup.
fake_backup() {
  local name=${3:-sqlite}_$1
  local folder=${W}/backups/${name%%[-_]*}
  mkdir -p "${folder}"
  : >"${folder}/${name}.db.gz"
  : >"${folder}/${name}.db.gz.sha256"
  jq -n --arg v "${2:-ok}" --arg id "$1" '{run_id: $id, database: "tracker", raw_bytes: 1, bytes: 0, file: "x", verdict: $v}' >"${folder}/${name}.db.gz.meta"
}

# library FILE...: what a test of single functions needs; call it with `run bash -c`.
library() {
  printf 'set -euo pipefail; source "%s/lib/common.sh"; load_settings; ' "${IMAGE}"
  mkdir -p "${W}/work"
  : >"${W}/work/errors"
  printf 'WORK=%q ERRORS=%q; ' "${W}/work" "${W}/work/errors"
  printf 'RUN_ID=%q NAME=tracker STEM=sqlite ENGINE=sqlite3 HERE=%q; ' "${ID}" "${IMAGE}"
  local file
  for file in "$@"; do printf 'source "%s/lib/%s.sh"; ' "${IMAGE}" "${file}"; done
}

# try LIBRARIES CODE: runs CODE in a shell with these libraries.
try() {
  local libraries=$1
  # shellcheck disable=SC2086  # words are wanted
  run bash -c "$(library ${libraries})$2"
}

# A docker that keeps the tracker's state in a file, freezes the writer when it is paused, and runs backup.sh as "container".
fake_docker() {
  printf 'running\n' >"${W}/tracker"
  printf '{"services":{"backup":{"image":"tracker-backup:1","build":{"context":"."}}}}\n' >"${W}/compose.json"
  : >"${W}/image"
  printf '0\n' >"${W}/started"
  cat >"${W}/bin/docker" <<DOCKER
#!/usr/bin/env bash
W='${W}' IMAGE='${IMAGE}'
DOCKER
  cat >>"${W}/bin/docker" <<'DOCKER'
printf '%s\n' "$*" >>"${W}/docker.log"
for word in "$@"; do
  if [[ -e ${W}/fail-${word} ]]; then
    cat "${W}/fail-${word}" >&2
    exit 1
  fi
done
[[ $* != *' pull '* ]] || exit 0
set_state() { printf '%s\n' "$1" >"${W}/tracker"; }
signal() { [[ ! -s ${W}/writer.pid ]] || kill "-$1" -- "-$(<"${W}/writer.pid")"; }
case "$*" in
  *' config '*) cat "${W}/compose.json" ;;
  *' build '*) : >"${W}/image" ;;
  image\ inspect*) [[ -e ${W}/image ]] ;;
  *' ps --all --quiet tracker') [[ $(<"${W}/tracker") == absent ]] || printf 'tracker-id\n' ;;
  ps\ --all*) [[ ! -e ${W}/left-container ]] || cat "${W}/left-container" ;;
  rm\ *) rm -f "${W}/left-container" ;;
  inspect*StartedAt*) date -d "@$(<"${W}/started")" --iso-8601=seconds ;;
  inspect*Health*) printf '%s %s\n' "$(<"${W}/tracker")" "$(cat "${W}/health" 2>/dev/null)" ;;
  inspect*) cat "${W}/tracker" ;;
  pause*) signal STOP; set_state paused ;;
  unpause*) signal CONT; set_state running ;;
  stop*) signal STOP; set_state exited ;;
  start*) signal CONT; set_state running ;;
  *' run '*)
    while [[ $1 != backup ]]; do
      if [[ $1 == --env ]]; then export "$2"; fi
      shift
    done
    "${IMAGE}/backup.sh" "${@:2}"
    ;;
  *) ;;
esac
DOCKER
  chmod 755 "${W}/bin/docker"
  export PATH=${W}/bin:${PATH}
}

# encode TEXT: as it stands in an address.
encode() { jq -rn --arg text "$1" '$text | @uri | gsub("\u0027"; "%27")'; }

# A `!` before a command does not fail a test; this does.
refute() { ! "$@"; }

maintenance() { run "${HOST}/maintenance-backup.sh" "$@"; }

called() { grep -q -- "$1" "${W}/docker.log"; }
