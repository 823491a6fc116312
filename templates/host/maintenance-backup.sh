#!/usr/bin/env bash
# Backs up the tracker of this host: its databases through the backup container, its configuration by tar.
# The tracker is paused or stopped only when its database cannot be copied in any other way, and only for the copy.
set -euo pipefail

SELF=$(readlink -f "${BASH_SOURCE[0]}")
SHARE=${TRACKER_BACKUP_SHARE:-/usr/local/share/tracker-backup}

usage() {
  cat <<'TEXT'
maintenance-backup.sh            back up now
maintenance-backup.sh --dry-run  check everything, print what would be done, change nothing
maintenance-backup.sh --status   the last run and the last good one
maintenance-backup.sh --list     the backups that are there
maintenance-backup.sh --verify-install  what differs from what was installed, and who else starts backups
maintenance-backup.sh --recover  put the tracker back after an interrupted run, and end an interrupted restore
--json                           log, status and list for machines

Exit codes: 0 ok, 2 configuration, 3 connect, 4 dump or copy, 5 verification, 6 space, 7 retention,
8 tracker not back, 9 locked, 10 timeout; 128 + n when ended by signal n.
TEXT
  exit "${1:-0}"
}

# Of the last drills of the databases of today the worst is shown. A power cut may have left a line that is none.
show_status() {
  local file=${STATE_DIRECTORY}/status.json drills=${STATE_DIRECTORY}/drills.jsonl drill=null names
  names=$(settings_lines databases | cut -d ' ' -f 1) || exit
  [[ ! -s ${drills} ]] || drill=$(jq -cnR --arg names "${names}" '[inputs | fromjson? | objects | select(.database | IN($names | splits("\n")))]
    | group_by(.database) | map(last) | sort_by(.verdict != "ok", .time) | last' "${drills}")
  [[ -s ${file} ]] || die 2 "No run has ended yet: there is no ${file}"
  jq -e . "${file}" &>/dev/null || die 2 "${file} is damaged: the next run writes it anew"
  if [[ ${LOG_FORMAT} == json ]]; then
    jq --argjson drill "${drill}" '. + {last_drill: $drill}' "${file}"
  else
    jq -r --argjson drill "${drill}" '"last run:  \(.last_run.run_id), finished \(.last_run.finished), exit code \(.last_run.exit_code)",
      "last good: \(.last_good.run_id // "none")",
      "last drill: \($drill | if . then "\(.time), \(.database): \(.verdict)" else "none" end)",
      "next due:  \(.next_due // "never: nothing is scheduled")"' "${file}"
  fi
}

write_status() {
  local file=${STATE_DIRECTORY}/status.json before='' due=''
  # None yet, or a damaged one: both are no reason not to write a good one.
  before=$(jq -ce . "${file}" 2>/dev/null) || before='{}'
  if [[ ${SCHEDULE_ENABLED:?} == true ]]; then due=$(next_due "${EPOCHSECONDS}"); fi
  jq -n --argjson before "${before}" --arg environment "${ENVIRONMENT:?}" --arg run_id "${RUN_ID}" --argjson code "$1" --arg due "${due}" \
    '{run_id: $run_id, finished: (now | todate), exit_code: $code}
     | {environment: $environment, last_run: ., last_good: (if $code == 0 then . else $before.last_good end),
        next_due: (if $due == "" then null else $due | tonumber | todate end)}' \
    >"${file}.partial" && [[ -s ${file}.partial ]] && chmod 0644 "${file}.partial" && sync "${file}.partial" && mv "${file}.partial" "${file}"
}

on_exit() {
  local status=$?
  trap - EXIT
  trap '' TERM INT HUP
  release_tracker || status=8
  if ((status != 0)); then remove_container || :; fi
  rm -f "${BACKUP_DIRECTORY:?}"/{sqlite,config}/*"_${RUN_ID}".*partial*
  write_status "${status}" || log WARNING 'The status file could not be written'
  if ((status == 0)); then
    log INFO 'Backup completed successfully'
  else
    log ERROR "Backup failed (exit code ${status})"
  fi
  rm -rf "${WORK}"
  exit "${status}"
}

# Whoever left a journal of a restore had the scripts of restores.
end_restore() {
  [[ -s ${STATE_DIRECTORY}/restore ]] || return 0
  # shellcheck source=../restore/lib/settle.sh
  source "${SHARE}/restore/lib/settle.sh"
  settle_restore
}

back_up() {
  local name action predicted because status=0 ran=0
  # An unfinished restore is ended, not waited for: otherwise no night would have a backup until somebody looks.
  (end_restore) || [[ ! -s ${STATE_DIRECTORY}/restore ]] || exit 8
  if [[ -s ${STATE} ]]; then log WARNING 'An earlier run was interrupted while it held the tracker'; fi
  release_tracker || exit 8
  remove_container
  check_host
  # What fails here fails again in the run below, which tells why; the other databases go on.
  supervise in_container plan --run-id "${RUN_ID}" >"${WORK}/plan" || :
  while read -r _ name action predicted because; do
    if [[ ${action} == @(pause|maintenance-window) ]]; then stage "${name}" "${action}" "${predicted}" "${because}"; fi
  done < <(grep '^PLAN ' "${WORK}/plan")
  supervise "${SELF}" --archive-config || status=$((status != 0 ? status : $?))
  supervise in_container run --run-id "${RUN_ID}" "${STAGED[@]}" || ran=$?
  if ((ran != 0)); then
    status=$((status != 0 ? status : ran))
    [[ ! -s ${ERRORS} ]] || log ERROR "The backup container said: $(tail -n 5 "${ERRORS}" | tr -s '\n' ' ')"
  fi
  # Last, as an image may ask for its health only twice a minute.
  [[ -z ${HELD} ]] || await_health "${TRACKER}" || status=8
  return "${status}"
}

# A disk that is not mounted leaves an empty directory in its place.
is_elsewhere() {
  jq -e .last_good "${STATE_DIRECTORY}/status.json" &>/dev/null && ! compgen -G "${BACKUP_DIRECTORY}/*/*.meta" >/dev/null
}

make_ready() {
  install -d -m 0700 -o 1000 -g 1000 "${BACKUP_DIRECTORY}" && : >>"${BACKUP_DIRECTORY}/.lock"
} 2>"${ERRORS}"

# without_place MESSAGE: ends. Nobody else can write there either, so the tracker is put back without the lock; what an unfinished
# restore needs may be on that disk.
without_place() {
  local status=0
  (fail 2 1 "$1") || status=$?
  if [[ -z ${DRY_RUN} ]]; then
    if [[ -s ${STATE_DIRECTORY}/restore ]] || ! release_tracker; then status=8; fi
    if [[ ${MODE} == run ]]; then
      RUN_ID=$(new_run_id "${BACKUP_DIRECTORY}")
      write_status "${status}" || log WARNING 'The status file could not be written'
      log ERROR "Backup failed (exit code ${status})"
    fi
  fi
  exit "${status}"
}

# What needs the lock: a run, its rehearsal, and the recovery.
work() {
  trap_signals
  install -d -m 0755 "${STATE_DIRECTORY}"
  if is_elsewhere; then without_place "${BACKUP_DIRECTORY} holds none of the backups of this host: is its disk mounted? If they are gone for good, remove ${STATE_DIRECTORY}/status.json"; fi
  make_ready || without_place "${BACKUP_DIRECTORY} cannot be made ready for uid 1000"
  take_lock "${BACKUP_DIRECTORY}/.lock" "maintenance-backup.sh, process $$,"
  RUN_ID=$(new_run_id "${BACKUP_DIRECTORY}")
  if [[ -n ${DRY_RUN} ]]; then
    check_host
    supervise in_container run --dry-run --run-id "${RUN_ID}"
  elif [[ ${MODE} == recover ]]; then
    end_restore
    release_tracker
    [[ -z ${TRACKER} ]] || await_health "${TRACKER}"
  else
    trap on_exit EXIT
    log INFO "Backup of ${ENVIRONMENT} started, run ${RUN_ID}"
    back_up
  fi
}

main() {
  MODE=run STAGED=() HELD='' TRACKER=''
  export LOG_FORMAT=${LOG_FORMAT:-text} DRY_RUN='' RUN_ID=${RUN_ID:-} TRACKER_BACKUP_ETC=${TRACKER_BACKUP_ETC:-/etc/tracker-backup}
  while (($# > 0)); do
    case $1 in
      --help | -h) usage ;;
      --json) LOG_FORMAT=json ;;
      --dry-run) DRY_RUN=yes ;;
      --status | --list | --recover | --archive-config | --verify-install) MODE=${1#--} ;;
      *) usage 2 >&2 ;;
    esac
    shift
  done
  # shellcheck source=../image/lib/common.sh
  source "${SHARE}/image/lib/common.sh"
  load_settings
  cd "${DEPLOY_DIR}" || die 2 "There is no ${DEPLOY_DIR}"
  open_work
  STATE=${STATE_DIRECTORY}/held
  local part
  for part in store retention schedule host container; do
    # shellcheck source=/dev/null
    source "${SHARE}/image/lib/${part}.sh"
  done
  # None of these before an && or ||, where `set -e` does not hold.
  case ${MODE} in
    status) show_status ;;
    list) list_backups "${BACKUP_DIRECTORY}" "${LOG_FORMAT}" ;;
    archive-config) archive_config ;;
    verify-install)
      [[ -r ${SHARE}/host/lib/installation.sh ]] || die 2 'What this needs is installed by Ansible, and was not yet'
      # shellcheck source=lib/installation.sh
      source "${SHARE}/host/lib/installation.sh"
      verify_install
      ;;
    *) work ;;
  esac
}

[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
