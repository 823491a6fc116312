#!/usr/bin/env bash
# Backs up the databases that /etc/tracker-backup/databases lists, into /backups. Runs in the backup container.
set -euo pipefail

usage() {
  cat <<'TEXT'
backup.sh [run]               back up every database now
backup.sh plan                say what would be done with each database, and why
backup.sh prepare             switch SQLite to WAL mode, once, if the settings allow it
backup.sh retention           remove what the retention policy no longer wants
backup.sh list [--json]       list the backups
backup.sh restore ...         a step of tracker-restore

--dry-run             change nothing, print what would be done
--run-id ID           the run that this belongs to; the caller holds the lock
--staged NAME=HOW/DOWNTIME/COPY   the host has copied this database: how, and the milliseconds that it took

Exit codes: 0 ok, 2 configuration, 3 connect, 4 dump or copy, 5 verification, 6 space, 7 retention, 9 locked, 10 timeout.
TEXT
  exit "${1:-0}"
}

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=lib/common.sh
source "${HERE}/lib/common.sh"

# Each database in a process of its own: a failure neither stops the others nor gets lost in a condition. Sets FAILED (stems).
each_database() {
  local task=$1 name engine stem fields status first=0
  while read -r -u 8 name engine stem fields; do
    status=0
    # shellcheck disable=SC2086  # words are wanted
    supervise "${BASH_SOURCE[0]}" "${task}" "${name}" "${engine}" "${stem}" ${fields} || status=$?
    if ((status != 0)); then
      FAILED+=" ${stem}"
      ((first != 0)) || first=${status}
    fi
  done 8< <(settings_lines databases)
  return "${first}"
}

# The beginning of each such process: NAME ENGINE STEM, then the fields that the engine's driver reads.
with_driver() {
  NAME=$1 ENGINE=$2 STEM=$3 DOWNTIME=0 HELD='' COPY_TIME='' LEFT_OUT=''
  # exclude_tables is about the tracker's own database.
  if [[ ${NAME} == tracker ]]; then LEFT_OUT=${EXCLUDE_TABLES}; fi
  [[ -r ${HERE}/drivers/${ENGINE}.sh ]] || die 2 "${NAME}: there is no driver for ${ENGINE}"
  if [[ " ${STAGED} " =~ " ${NAME}="([a-z-]+)/([0-9]+)/([0-9]+)" " ]]; then
    HELD=${BASH_REMATCH[1]} DOWNTIME=${BASH_REMATCH[2]} COPY_TIME=${BASH_REMATCH[3]}
    # The host has said why.
    [[ ${HELD} != failed ]] || exit "${DOWNTIME}"
  fi
  open_work
  # shellcheck source=drivers/sqlite3.sh
  source "${HERE}/drivers/${ENGINE}.sh" "${@:4}"
  mkdir -p "${FOLDER}" || die 2 "${BACKUPS} is not writable for uid ${EUID}"
}

plan_database() {
  with_driver "$@"
  driver_plan
  log INFO "${NAME}: ${CHOICE}, because ${BECAUSE}; predicted wait or downtime $(seconds "${PREDICTED}") s"
  printf 'PLAN %s %s %s %s\n' "${NAME}" "${CHOICE}" "${PREDICTED}" "${BECAUSE}"
}

backup_database() {
  with_driver "$@"
  trap 'rm -rf "${WORK}"; rm -f "${FOLDER}/${STEM}_${RUN_ID}".*partial*' EXIT
  driver_plan
  log INFO "${NAME}: ${CHOICE}, because ${BECAUSE}"
  driver_backup
}

prepare_database() {
  with_driver "$@"
  if declare -F driver_prepare >/dev/null; then driver_prepare; fi
}

run() {
  local status=0 databases failed
  if [[ -n ${DRY_RUN} ]]; then
    each_database plan-database || status=$?
  else
    remove_leftovers "${BACKUPS}" "${RUN_ID}"
    each_database backup-database || status=$?
  fi
  databases=$(settings_lines databases | wc -l)
  failed=$(wc -w <<<"${FAILED}")
  if ((failed == databases)); then
    log WARNING 'No database was backed up: nothing is removed'
  else
    FAILED=${FAILED} supervise "${BASH_SOURCE[0]}" retention || status=$((status != 0 ? status : $?))
  fi
  return "${status}"
}

main() {
  local command=run arguments=()
  if [[ ${1:-} == restore ]]; then exec "${TRACKER_BACKUP_STEPS:-${HERE}/restore}/restore.sh" "${@:2}"; fi
  export DRY_RUN=${DRY_RUN:-} STAGED=${STAGED:-} FAILED=${FAILED:-} RUN_ID=${RUN_ID:-} LOG_FORMAT=${LOG_FORMAT:-text}
  if [[ ${1:-} =~ ^[a-z] ]]; then
    command=$1
    shift
  fi
  while (($# > 0)); do
    case $1 in
      --help | -h) usage ;;
      --dry-run) DRY_RUN=yes ;;
      --json) LOG_FORMAT=json ;;
      --run-id | --staged)
        (($# > 1)) || die 2 "$1 needs a value"
        if [[ $1 == --staged ]]; then STAGED+=" $2"; else RUN_ID=$2; fi
        shift
        ;;
      -*) die 2 "Unknown option $1 (see --help)" ;;
      *) arguments+=("$1") ;;
    esac
    shift
  done
  load_settings
  [[ -n $(settings_lines databases) ]] || die 2 "${TRACKER_BACKUP_ETC}/databases lists no database"
  # shellcheck source=lib/store.sh
  source "${HERE}/lib/store.sh"
  # shellcheck source=lib/retention.sh
  source "${HERE}/lib/retention.sh"
  trap_signals
  case ${command} in
    *-database) "${command/-/_}" "${arguments[@]}" ;;
    list) list_backups "${BACKUPS}" "${LOG_FORMAT}" ;;
    retention)
      RUN_ID=${RUN_ID:-$(new_run_id "${BACKUPS}")}
      # shellcheck disable=SC2086  # words are wanted
      prune "${RUN_ID}" ${FAILED}
      ;;
    run | plan | prepare)
      [[ -d ${BACKUPS} && -w ${BACKUPS} ]] || die 2 "${BACKUPS} is not writable for uid ${EUID}"
      if [[ -z ${RUN_ID} ]]; then
        take_lock "${BACKUPS}/.lock" "the backup container ${HOSTNAME}"
        RUN_ID=$(new_run_id "${BACKUPS}")
      fi
      if [[ ${command} == run ]]; then run; else each_database "${command}-database"; fi
      ;;
    *) die 2 "Unknown command ${command} (see --help)" ;;
  esac
}

[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
