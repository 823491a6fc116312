# shellcheck shell=bash
# The host's half: holding the tracker still and putting it back, copying its database meanwhile, archiving its configuration.
: "${DEPLOY_DIR:?}" "${BACKUP_DIRECTORY:?}" "${MAX_DOWNTIME_SECONDS:?}" "${HEALTH_TIMEOUT_SECONDS:?}" "${STOP_TIMEOUT_SECONDS:?}"
: "${STRATEGY:?}" "${STATE:?}" "${WORK:?}" "${ERRORS:?}" "${RUN_ID?}"

# A call of Docker must not hang longer than a stop and a start may take, unless LIMIT says so. Its stderr is kept for `fail`.
docker_do() {
  timeout --foreground --kill-after=15 "${LIMIT:-$((STOP_TIMEOUT_SECONDS + HEALTH_TIMEOUT_SECONDS))}" docker "$@" 2>"${ERRORS}"
}

compose() { docker_do compose --progress quiet "$@"; }

inspect() { docker_do inspect --format "$2" "$1"; }

# The tracker ignores SIGTERM, and a container from before the install has no other stop signal. Docker before 23 takes none here.
stop_container() {
  docker_do stop --signal SIGINT -t "${STOP_TIMEOUT_SECONDS}" "$1" >/dev/null \
    || { grep -q 'unknown flag' "${ERRORS}" && docker_do stop -t "${STOP_TIMEOUT_SECONDS}" "$1" >/dev/null; }
}

# Notes what is about to be done, so that whatever happens the tracker is put back, and does it.
hold_tracker() {
  local action=$1
  { printf '%s %s %s\n' "${action}" "${TRACKER}" "${RUN_ID}" >"${STATE}" && sync "${STATE}" "${STATE%/*}"; } 2>"${ERRORS}" || return
  HELD_AT=$(milliseconds)
  if [[ ${action} == pause ]]; then
    # On a busy host the kernel may not freeze it at the first try.
    { docker_do pause "${TRACKER}" >/dev/null || docker_do pause "${TRACKER}" >/dev/null; } && log INFO 'Tracker paused successfully'
  else
    stop_container "${TRACKER}" && log INFO 'Tracker stopped successfully'
  fi
}

# is_settled CONTAINER: a stop that nobody waited for (Ctrl-C, SIGKILL) may still come, unless the container was started since.
is_settled() {
  local started
  started=$(inspect "$1" '{{.State.StartedAt}}') && started=$(date -d "${started}" +%s) || return
  ((started >= $(stat -c %Y "${STATE}") || $(milliseconds) >= RELEASING + STOP_TIMEOUT_SECONDS * 1000))
}

# resume ACTION CONTAINER: the plain reverse first, as it is right nearly always and every call costs downtime.
resume() {
  if [[ $1 == pause ]] && docker_do unpause "$2" >/dev/null; then return 0; fi
  case $(inspect "$2" '{{.State.Status}}') in
    running) [[ $1 == pause ]] || is_settled "$2" ;;
    paused) docker_do unpause "$2" >/dev/null ;;
    exited | created | dead) docker_do start "$2" >/dev/null ;;
    # Restarting, or no answer: ask again.
    *) return 1 ;;
  esac
}

# Puts back what the state file says was taken away, and nothing else.
release_tracker() {
  local action container run_id deadline
  [[ -s ${STATE} ]] || return 0
  read -r action container run_id <"${STATE}"
  TRACKER=${container} RELEASING=$(milliseconds)
  deadline=$((RELEASING + (STOP_TIMEOUT_SECONDS + HEALTH_TIMEOUT_SECONDS) * 1000))
  until resume "${action}" "${container}"; do
    if grep -qi 'no such \(container\|object\)' "${ERRORS}"; then
      log WARNING "The tracker's container of run ${run_id} was removed meanwhile: there is nothing to put back"
      TRACKER=''
      rm -f "${STATE}"
      return 0
    fi
    if (($(milliseconds) >= deadline)); then
      log ERROR "The tracker is not back after the ${action} of run ${run_id}: $(tail -n 3 "${ERRORS}" | tr -s '\n' ' ')"
      return 8
    fi
    sleep 1
  done
  rm -f "${STATE}"
  if [[ ${action} == pause ]]; then log INFO 'Tracker resumed successfully'; else log INFO 'Tracker started successfully'; fi
}

# await_health CONTAINER: running, and healthy if its image says what that is.
await_health() {
  local health='' deadline
  deadline=$(($(milliseconds) + HEALTH_TIMEOUT_SECONDS * 1000))
  while (($(milliseconds) <= deadline)); do
    health=$(inspect "$1" '{{.State.Status}} {{with .State.Health}}{{.Status}}{{end}}') || health='no answer'
    case ${health} in
      'running ' | 'running healthy') return 0 ;;
      *) sleep 1 ;;
    esac
  done
  log ERROR "The tracker is not healthy after ${HEALTH_TIMEOUT_SECONDS} s: ${health}"
  return 8
}

copy_files() {
  local part
  for part in '' -wal -journal; do
    if [[ -e $1${part} ]]; then
      timeout --foreground "${MAX_DOWNTIME_SECONDS}" cp --reflink=auto "$1${part}" "$2${part}" 2>"${WORK}/copy.errors" || return
    fi
  done
}

# stage NAME ACTION PREDICTED BECAUSE: copies a database while the tracker stands still; nothing else happens meanwhile.
stage() {
  local name=$1 action=$2 stem path copy state=absent copying copied downtime=0 status=0
  read -r _ _ stem path _ < <(database_line "${name}")
  copy=${BACKUP_DIRECTORY}/sqlite/${stem}_${RUN_ID}.raw.partial
  install -d -m 0700 -o 1000 -g 1000 "${copy%/*}"
  [[ -z ${TRACKER} ]] || state=$(inspect "${TRACKER}" '{{.State.Status}}')
  # One that is restarting cannot be paused, and may run at any moment.
  if [[ ${state} == restarting ]]; then action=maintenance-window; fi
  if [[ ${state} == @(running|restarting) ]]; then
    log INFO "Tracker: ${action}, because $4; predicted downtime $(seconds "$3") s and what Docker takes"
    if ! hold_tracker "${action}"; then
      [[ ${STRATEGY}:${action} == auto:pause ]] || fail 4 1 "The tracker cannot be held (${action})"
      action=maintenance-window
      log WARNING "Pausing fails, so the tracker is stopped: $(tail -n 3 "${ERRORS}" | tr -s '\n' ' ')"
      hold_tracker "${action}" || fail 4 1 "The tracker cannot be held (${action})"
    fi
  fi
  copying=$(milliseconds)
  supervise copy_files "${path}" "${copy}" || status=$?
  copied=$(milliseconds)
  if [[ ${state} == @(running|restarting) ]]; then
    release_tracker || exit 8
    downtime=$(($(milliseconds) - HELD_AT))
    log INFO "Tracker was down for $(seconds "${downtime}") s, $(seconds "$((copied - copying))") s of it for the copy, predicted $(seconds "$3") s"
    if [[ ${action} != pause ]] && ((copying - HELD_AT >= STOP_TIMEOUT_SECONDS * 1000)); then
      log WARNING "The tracker did not stop within ${STOP_TIMEOUT_SECONDS} s and was killed: does its container have stop_signal SIGINT?"
    fi
    [[ ${state} == restarting ]] || HELD=yes
  else
    log INFO "The tracker is ${state}: ${name} was copied as it lies, and the tracker is left as it is"
    if [[ -n ${TRACKER} && $(inspect "${TRACKER}" '{{.State.Status}}') != "${state}" ]]; then
      echo 'somebody has started the tracker meanwhile' >>"${WORK}/copy.errors"
      status=1
    fi
  fi
  if ((status == 0)); then
    chown 1000:1000 "${copy}"*
    STAGED+=(--staged "${name}=${action}/${downtime}/$((copied - copying))")
  else
    give_up "${copy}" "$((copied - copying))" "${status}"
    (ERRORS=${WORK}/copy.errors fail 4 "${status}" "Copying ${path} failed") || STAGED+=(--staged "${name}=failed/$?/0")
  fi
}

# give_up COPY MILLISECONDS STATUS: removes it; how far it came in its time tells the next run how long a whole one takes.
give_up() {
  local bytes
  # There may be nothing of it.
  bytes=$(cat "$1"* 2>/dev/null | wc -c) || :
  if (($3 == 124)); then learn_rate "${BACKUP_DIRECTORY}" "${bytes}" "$2"; fi
  rm -f "$1"*
}

# Runs in a process of its own: a failure here must not cost the databases.
archive_config() {
  local file need path members=() exclude=() missing=() status=0 verdict=ok
  file=${BACKUP_DIRECTORY}/config/config_${RUN_ID}${KIND:+.${KIND}}.tar$(suffix)
  install -d -m 0700 -o 1000 -g 1000 "${file%/*}"
  while read -r need path; do
    if [[ -e ${path} ]]; then members+=("${path#/}"); fi
    # Of a link only the link is saved, and not what it leads to.
    if [[ -L ${path} ]]; then
      missing+=("${path} (a link: \`paths\` of the environment file must name $(readlink -f "${path}"))")
    elif [[ -e ${path} ]]; then
      continue
    elif [[ ${need} == required ]]; then
      missing+=("${path}")
    fi
  done < <(settings_lines paths)
  ((${#members[@]} > 0)) || die 2 "No path of ${TRACKER_BACKUP_ETC:?}/paths is there"
  while read -r _ _ _ path _; do exclude+=("--exclude=${path#/}"{,-wal,-shm,-journal}); done < <(settings_lines databases)
  { limited tar --create --directory=/ --anchored --no-wildcards "${exclude[@]}" --exclude="${BACKUP_DIRECTORY#/}" -- "${members[@]}" \
    2>"${WORK}/tar.errors" || printf '%s\n' $? >"${WORK}/tar.status"; } | write_partial "${file}" || exit
  [[ ! -e ${WORK}/tar.status ]] || status=$(<"${WORK}/tar.status")
  if ((status == 1)); then
    log WARNING "Configuration archive: $(tr -s '\n' ' ' <"${WORK}/tar.errors")"
  elif ((status != 0)); then
    ERRORS=${WORK}/tar.errors fail 4 "${status}" 'The configuration cannot be archived'
  fi
  fact run_id "${RUN_ID}"
  fact database config
  fact engine tar
  fact_json members "${#members[@]}"
  # An archive that lacks something is kept, and is not the one that a restore takes by itself.
  if ((${#missing[@]} > 0)); then verdict=incomplete; fi
  fact verdict "${KIND:-${verdict}}"
  publish "${file}"
  chown 1000:1000 "${file}"*
  log INFO "config: stored ${file##*/}, ${#members[@]} paths"
  [[ -n ${KIND:-} ]] || ((${#missing[@]} == 0)) || die 2 "Required, but not there: ${missing[*]}"
}
