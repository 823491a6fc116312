# shellcheck shell=bash
# Shared by the backup container and the host script: settings, log, errors, time limits, signals.

export LC_ALL=C TZ=UTC
umask 077

CHILD=''
# The log keeps our first stdout, so that a message is not lost inside a command substitution.
exec {LOG_FD}>&1

# What cannot be logged (the disk of the log is full) must not cost a backup.
log() {
  local level=$1 message
  shift
  message=${*//[[:cntrl:]]/ }
  if [[ ${LOG_FORMAT:-text} == json ]]; then
    message=${message//\\/\\\\}
    printf '{"time": "%(%Y-%m-%dT%H:%M:%SZ)T", "level": "%s", "message": "%s"}\n' -1 "${level}" "${message//\"/\\\"}" >&"${LOG_FD}" || :
  else
    printf '[%(%Y-%m-%d %H:%M:%S)T] %s: %s\n' -1 "${level}" "${message}" >&"${LOG_FD}" || :
  fi
}

die() {
  local code=$1
  shift
  log ERROR "$*"
  exit "${code}"
}

# What SQLite calls an I/O error may be a full disk.
is_full() {
  local free
  grep -q 'disk I/O error' "${ERRORS:?}" && free=$(df --output=avail -B1 "${FOLDER:-${BACKUP_DIRECTORY:-/}}" | tail -n 1) && ((free < 1048576))
}

# fail CODE STATUS MESSAGE: ends with the last words of the tool whose stderr went to $ERRORS.
# A reached time limit, a full disk and a damaged database have their own exit codes, whatever the tool was doing.
fail() {
  local code=$1 status=$2 words
  shift 2
  words=$(tail -n 5 "${ERRORS:?}" | tr -s '\n' ' ')
  # Compose quotes the line that it cannot read, and so a password.
  if grep -q '[.]env: line' "${ERRORS}"; then words='.env cannot be read; docker compose config says why, which is not for a log'; fi
  if ((status == 124)); then
    code=10 words="no end within its time limit. ${words}"
  elif grep -qiE 'no space left|disk is full|disk quota' "${ERRORS}" || is_full; then
    code=6
  elif grep -qiE 'malformed|not a database' "${ERRORS}"; then
    code=5
  fi
  die "${code}" "$* (status ${status}): ${words:-no message}"
}

load_settings() {
  local file=${TRACKER_BACKUP_ETC:=/etc/tracker-backup}/backup.conf missing
  [[ -r ${file} ]] || die 2 "Settings cannot be read: ${file}"
  # shellcheck source=/dev/null
  source "${file}" || die 2 "Settings cannot be read: ${file}"
  missing=$({
    : "${ENVIRONMENT:?}" "${DEPLOY_DIR:?}" "${BACKUP_DIRECTORY:?}" "${STRATEGY:?}" "${SCHEDULE_ENABLED:?}"
    : "${MAX_DOWNTIME_SECONDS:?}" "${MAX_WRITE_WAIT_SECONDS:?}" "${SQLITE_JOURNAL_MODE:?}"
    : "${COMPRESSION:?}" "${COMPRESSION_LEVEL:?}" "${SCHEDULE:?}" "${EXCLUDE_TABLES?}"
    : "${RETENTION_DAYS:?}" "${KEEP_LAST:?}" "${KEEP_DAILY:?}" "${KEEP_WEEKLY:?}" "${KEEP_MONTHLY:?}"
    : "${STEP_TIMEOUT_SECONDS:?}" "${HEALTH_TIMEOUT_SECONDS:?}" "${STOP_TIMEOUT_SECONDS:?}"
  } 2>&1) || die 2 "${file} is incomplete: ${missing##*line +([0-9]): }"
  # Where the container sees the backup directory and the stack's .env, and where the host keeps its state.
  : "${BACKUPS:=/backups}" "${STACK_ENV:=/run/tracker-backup/stack.env}" "${STATE_DIRECTORY:=/var/lib/tracker-backup}"
}

# Prints the lines of /etc/tracker-backup/databases or paths that say something.
settings_lines() {
  local file=${TRACKER_BACKUP_ETC}/$1
  [[ -r ${file} ]] || die 2 "Settings cannot be read: ${file}"
  sed -e 's/\r$//' -e '/^[[:space:]]*\(#\|$\)/d' "${file}"
}

# database_line NAME: its line of /etc/tracker-backup/databases.
database_line() { settings_lines databases | grep "^$1 "; }

# open_work: WORK, a directory for as long as we run, and ERRORS in it for the last words of tools.
open_work() {
  WORK=$(mktemp -d) || die 6 'There is no room for temporary files'
  ERRORS=${WORK}/errors
  trap 'rm -rf "${WORK}"' EXIT
  : >"${ERRORS}"
}

# new_run_id DIRECTORY: now, unless a backup of this second exists (the clock was set back).
new_run_id() {
  local id
  printf -v id '%(%Y%m%d_%H%M%S)T' -1
  while compgen -G "$1/*/*_${id}.*" >/dev/null; do
    sleep 1
    printf -v id '%(%Y%m%d_%H%M%S)T' -1
  done
  printf '%s\n' "${id}"
}

# as_date RUN_ID...: the run ids in the form that date(1) reads.
as_date() {
  local id
  for id in "$@"; do
    printf '%s-%s-%s %s:%s:%s\n' "${id:0:4}" "${id:4:2}" "${id:6:2}" "${id:9:2}" "${id:11:2}" "${id:13:2}"
  done
}

# run_id_of TIME: in UTC, as a run id.
run_id_of() {
  if [[ $1 =~ ^[0-9]{8}_[0-9]{6}$ ]]; then
    printf '%s\n' "$1"
  else
    date --utc --date="$1" +%Y%m%d_%H%M%S 2>/dev/null || die 2 "--at needs a time, such as '2026-02-04 03:00', not '$1'"
  fi
}

# days_before RUN_ID DAYS: that time, as a run id.
days_before() {
  local when seconds
  when=$(as_date "$1")
  seconds=$(date -d "${when}" +%s)
  date -d "@$((seconds - $2 * 86400))" +%Y%m%d_%H%M%S
}

# A clock that nobody can set: durations stay right when the time of day jumps.
milliseconds() {
  local uptime
  read -r uptime _ </proc/uptime
  printf '%s\n' "$((10#${uptime/./} * 10))"
}

seconds() { printf '%d.%03d\n' "$(($1 / 1000))" "$(($1 % 1000))"; }

# --foreground keeps the tool in our process group, where a signal to the group reaches it.
limited() { timeout --foreground --kill-after=15 "${STEP_TIMEOUT_SECONDS:?}" "$@"; }

# Runs a command in a process group of its own, and can be interrupted while it waits.
supervise() {
  local status=0
  set -m
  "$@" </dev/null &
  CHILD=$!
  set +m
  wait "${CHILD}" || status=$?
  CHILD=''
  return "${status}"
}

# Ends what supervise started, then us, with the exit status that the signal stands for.
stop_on_signal() {
  local number
  number=$(kill -l "$1")
  trap '' TERM INT HUP
  if [[ -n ${CHILD} ]] && kill -TERM -- "-${CHILD}"; then
    log WARNING "Stopping on SIG$1"
    # The child's own status is of no interest here: it ends because we ended it.
    wait "${CHILD}" || :
  fi
  exit "$((128 + number))"
}

trap_signals() {
  local signal
  for signal in TERM INT HUP; do
    # shellcheck disable=SC2064  # the name is wanted now
    trap "stop_on_signal ${signal}" "${signal}"
  done
}

# take_lock FILE HOLDER: the lock lives as long as any process that inherits descriptor 9.
take_lock() {
  local holder
  [[ -e $1 ]] || : >"$1" || die 2 "Cannot write to ${1%/*}"
  exec 9<"$1"
  if ! flock --nonblock 9; then
    holder=$(<"$1")
    die 9 "Another run holds $1: ${holder:-unknown}"
  fi
  # Whose it is helps only the next one; on a full disk, or one that has become read-only, the lock holds as well.
  { printf '%s since %(%Y-%m-%d %H:%M:%S)T\n' "$2" -1 >"$1" && hand_over "$1"; } 2>/dev/null || :
}

# hand_over FILE: what root writes among the backups is the container's too.
hand_over() { ((EUID != 0)) || chown 1000:1000 "$1"; }

# learn_rate DIRECTORY BYTES MILLISECONDS: how fast a copy into it was. A small one says little about a big one.
learn_rate() {
  (($2 >= 67108864)) || return 0
  printf '%s\n' "$(($2 * 1000 / ($3 + 1) + 1))" >"$1/.copy-rate"
  hand_over "$1/.copy-rate"
}
