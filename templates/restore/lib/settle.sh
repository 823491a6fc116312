# shellcheck shell=bash
# The host's half of a restore from the moment on at which it must not be left half done. A journal says how far it has come:
# before the swap an interrupted restore is undone, from then on it is finished. So the database is the old or the new one.
: "${BACKUP_DIRECTORY:?}" "${STATE_DIRECTORY:?}" "${HEALTH_TIMEOUT_SECONDS:?}" "${STATE:?}" "${ERRORS:?}"

JOURNAL=${STATE_DIRECTORY}/restore
# What a restore keeps for itself between its steps; the container sees it below its own backup directory.
SPOOL=${BACKUP_DIRECTORY}/.restore

# phase NAME: notes what is about to begin. RESTORE is the rest of the line: database, run id, tables or -, target or -.
phase() {
  { printf '%s %s\n' "$1" "${RESTORE:?}" >"${JOURNAL}.partial" && sync "${JOURNAL}.partial" \
    && mv "${JOURNAL}.partial" "${JOURNAL}" && sync "${STATE_DIRECTORY}"; } 2>"${ERRORS}" || fail 6 $? 'The journal of the restore cannot be written'
}

# step COMMAND [OPTION...]: one step of the restore in the container, and its exit code.
step() {
  local name run_id tables target options=()
  read -r name run_id tables target <<<"${RESTORE}"
  CONTAINER_OPTIONS=(--volume "${TRACKER_BACKUP_SHARE:-/usr/local/share/tracker-backup}/restore/steps:/usr/local/lib/tracker-backup/restore:ro")
  [[ ${tables} == - ]] || options+=(--tables "${tables}")
  [[ ${target} == - ]] || options+=(--target "${target}")
  # A directory has the same name in the container.
  [[ ${target} != /* ]] || CONTAINER_OPTIONS+=(--volume "${target}:${target}")
  supervise in_container restore "$1" "${name}" --run-id "${run_id}" "${options[@]}" "${@:2}"
}

forget_restore() {
  rm -rf "${SPOOL}"
  rm -f "${JOURNAL}"
}

# stop_tracker: holds the tracker, if there is one that runs. One that restarts for ever, as its database is gone, counts.
# Whoever else has the file open would go on with the old one; for a database of another program that is the operator's to end.
stop_tracker() {
  local state=absent user
  if [[ ${RESTORE%% *} == tracker ]]; then
    [[ -z ${TRACKER} ]] || state=$(inspect "${TRACKER}" '{{.State.Status}}') || fail 4 $? 'Docker does not say how the tracker is'
    case ${state} in
      running | restarting) hold_tracker maintenance-window || fail 4 1 'The tracker cannot be stopped' ;;
      paused) die 2 'The tracker is paused: unpause or stop it first, its process would go on with the old file' ;;
      *) [[ -s ${STATE} ]] || log INFO "The tracker is ${state}, and is left as it is" ;;
    esac
  fi
  user=$(database_user "${RESTORE%% *}")
  [[ -z ${user} ]] || die 2 "Process ${user} ($(tr '\0' ' ' <"/proc/${user}/cmdline")) has the database open: stop it first"
}

# database_user NAME: a process that has the file of an SQLite database open, in whatever container.
database_user() {
  local engine path found
  read -r _ engine _ path _ < <(database_line "$1")
  [[ ${engine} == sqlite3 && -e ${path} ]] || return 0
  # Processes that end meanwhile are errors of find's, and of no interest.
  found=$(find -L /proc/[0-9]*/fd -maxdepth 1 -samefile "${path}" -print -quit 2>/dev/null) || :
  found=${found#/proc/}
  printf '%s' "${found%%/*}"
}

# make_place: the directory of an SQLite file that was deleted with its directory. Docker would not mount what is not there.
make_place() {
  local path
  read -r _ _ _ path _ < <(database_line "${DATABASE:?}")
  [[ ${path} != /* ]] || make_directory "${path%/*}"
}

make_directory() {
  [[ ! -d $1 ]] || return 0
  make_directory "${1%/*}"
  log WARNING "The directory $1 was gone: it is made again"
  install -d -m 0770 -o 1000 -g 1000 "$1"
}

# The new file gets the owner of the old one. Only root can do that, and only while nobody runs who could put a link there.
keep_owner() {
  local name=$1 engine path old
  read -r _ engine _ path _ < <(database_line "${name}")
  [[ ${engine} == sqlite3 ]] || return 0
  old=${path%/*}/.${path##*/}.before-restore
  if [[ -e ${old} && -e ${path} ]]; then chown --no-dereference --reference="${old}" "${path}"; fi
}

# swap: the new database takes the place of the old one. What fails here is taken back, unless the step says that it cannot be.
swap() {
  local status=0
  phase swapping
  patiently step swap || status=$?
  ((status != 8)) || die 8 'The swap can neither be ended nor taken back now: the tracker stays down, and the next call tries again'
  if ((status != 0)); then
    log ERROR 'The databases cannot be swapped: the old one goes back into service'
    go_back
    return 4
  fi
  keep_owner "${RESTORE%% *}"
}

healthy_if_running() {
  local state=absent
  [[ ${RESTORE%% *} == tracker ]] || return 0
  [[ -z ${TRACKER} ]] || state=$(inspect "${TRACKER}" '{{.State.Status}}') || return 8
  [[ ${state} != @(running|restarting) ]] || await_health "${TRACKER}"
}

# start_and_judge: the restore is good when the tracker says so. A tracker that did not run is not asked.
start_and_judge() {
  phase starting
  if release_tracker && [[ -n ${HELD_AT:-} ]]; then log INFO "Tracker was down for $(seconds "$(($(milliseconds) - HELD_AT))") s"; fi
  if [[ -s ${STATE} ]] || ! healthy_if_running; then
    log ERROR 'The tracker does not accept the restored database: the old one goes back into service'
    if (stop_tracker); then
      go_back
    else
      log ERROR 'It cannot, as long as somebody has the database open: the tracker stays with the restored one, and the next call tries again'
      release_tracker || :
    fi
    return 8
  fi
  clean_up
}

clean_up() {
  phase cleaning
  patiently step finish || fail 4 $? 'The old database cannot be removed: the next call tries again'
  log INFO 'The restored database is in service'
  forget_restore
}

go_back() {
  phase reverting
  patiently step revert || fail 8 $? 'The old database cannot be put back: the tracker stays down, and the next call tries again'
  release_tracker || exit 8
  healthy_if_running || log ERROR 'The tracker was not healthy with the old database either'
  forget_restore
  log WARNING 'The old database is in service again'
}

# settle_before: an unfinished restore is ended before another begins, and a rehearsal must not end it.
settle_before() {
  if [[ -z ${DRY_RUN:-} ]]; then
    settle_restore
  elif [[ -s ${JOURNAL} ]]; then
    die 4 "A restore was interrupted; the next call without --dry-run ends it: $(<"${JOURNAL}")"
  fi
}

# settle_restore: ends what an interrupted restore began, for whoever comes next: the next restore, the next backup, or the boot.
settle_restore() {
  local at status=0
  [[ -s ${JOURNAL} ]] || return 0
  read -r at RESTORE <"${JOURNAL}"
  log WARNING "Ending a restore that came as far as ${at}: ${RESTORE}"
  remove_container
  TRACKER=$(compose ps --all --quiet tracker) || fail 8 $? 'Docker Compose cannot list the tracker'
  case ${at} in
    swapping)
      # A boot, or somebody, may have started it.
      stop_tracker
      swap && start_and_judge || status=$?
      ;;
    starting) start_and_judge || status=$? ;;
    reverting)
      stop_tracker
      go_back
      ;;
    cleaning) clean_up ;;
    *)
      release_tracker || exit 8
      patiently step discard || fail 4 $? 'What the restore has left cannot be removed: the next call tries again'
      forget_restore
      log INFO 'Nothing was swapped yet: the database is what it was'
      ;;
  esac
  return "${status}"
}
